/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See flow-packet.h. */
#include "observe/flow-packet.h"

#include "observe/flow-usage.h"

#include <netdb.h>
#include <netinet/in.h>

static bool has_ports(Protocol protocol)
{
    return protocol != PROTOCOL_ICMP && protocol != PROTOCOL_ICMPV6 && protocol != PROTOCOL_ANY;
}

/* The service named WORD of PROTOCOL (NULL: TCP, else whatever it has), in services(5), whose names
 * are in lower case but for a few. */
static const struct servent *find_service(const char *word, const char *protocol)
{
    g_autofree char *lower = g_ascii_strdown(word, -1);
    const char *names[] = {word, lower};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const struct servent *found =
            getservbyname(names[i], protocol != NULL ? protocol : protocol_word(PROTOCOL_TCP));
        if (found == NULL && protocol == NULL)
            found = getservbyname(names[i], NULL);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* Sets *PORT to what WORD means, where it is not NULL, and the flow's protocol where only the service
 * says it. */
static bool read_port(const char *word, int *port, Flow *flow, GError **error)
{
    guint64 number;
    if (word == NULL)
        return true;
    if (g_ascii_string_to_unsigned(word, 10, 0, G_MAXINT, &number, NULL)) {
        *port = (int)number;
        return true;
    }
    const struct servent *service = find_service(word, protocol_word(flow->protocol));
    if (service == NULL)
        return flow_usage(error, "give its number; /etc/services has the names",
                          "'%s' is not a port or the name of a service", word);
    if (flow->protocol == PROTOCOL_ANY)
        flow->protocol = protocol_from_word(service->s_proto, flow->family);
    *port = ntohs((guint16)service->s_port);
    return true;
}

/* A port without a protocol is TCP's. */
static bool choose_ports(const FlowQuestion *question, Flow *flow, GError **error)
{
    int port = question->port;
    int source_port = question->source_port;
    if (!read_port(question->port_word, &port, flow, error) ||
        !read_port(question->source_port_word, &source_port, flow, error))
        return false;
    bool is_given = port >= 0 || source_port >= 0;
    if (is_given && flow->protocol == PROTOCOL_ANY)
        flow->protocol = PROTOCOL_TCP;
    if (is_given && !has_ports(flow->protocol))
        return flow_usage(error, "omit the port, or use tcp or udp", "ICMP has no ports");
    if (port == 0 || port > G_MAXUINT16 || source_port > G_MAXUINT16)
        return flow_usage(error, "ports are 1 to 65535", "a port is out of range");
    flow->port = (guint16)MAX(port, 0);
    flow->source_port = (guint16)MAX(source_port, 0);
    return true;
}

/* Without a type it is a ping. */
static bool choose_icmp_type(const FlowQuestion *question, Flow *flow, GError **error)
{
    enum { ECHO_REQUEST = 8, ECHO_REQUEST_V6 = 128 };
    bool is_icmp = flow->protocol == PROTOCOL_ICMP || flow->protocol == PROTOCOL_ICMPV6;
    if (question->icmp_type >= 0 && !is_icmp)
        return flow_usage(error, "add --protocol icmp", "an ICMP type needs that protocol");
    if (question->icmp_type > G_MAXUINT8 || question->icmp_code > G_MAXUINT8)
        return flow_usage(error, "they are 0 to 255", "an ICMP type or code is out of range");
    if (!is_icmp)
        return true;
    flow->icmp_type = question->icmp_type >= 0          ? question->icmp_type
                      : flow->protocol == PROTOCOL_ICMP ? ECHO_REQUEST
                                                        : ECHO_REQUEST_V6;
    flow->icmp_code = MAX(question->icmp_code, 0);
    return true;
}

static bool choose_protocol(const FlowQuestion *question, Flow *flow, GError **error)
{
    const char *given = question->protocol;
    g_autofree char *word = given != NULL ? g_ascii_strdown(given, -1) : NULL;
    if (word != NULL)
        flow->protocol =
            protocol_from_word(g_str_equal(word, "icmpv6") ? "icmp" : word, flow->family);
    if (word != NULL && flow->protocol == PROTOCOL_ANY)
        return flow_usage(error, "use tcp, udp, sctp, dccp or icmp",
                          "protocol '%s' is not supported", given);
    return choose_ports(question, flow, error) && choose_icmp_type(question, flow, error);
}

static bool choose_state(const FlowQuestion *question, Flow *flow, GError **error)
{
    const char *state = question->state;
    if (g_strcmp0(state, "established") == 0)
        flow->state = FLOW_ESTABLISHED;
    else if (g_strcmp0(state, "invalid") == 0)
        flow->state = FLOW_INVALID;
    else if (state != NULL && !g_str_equal(state, "new"))
        return flow_usage(error, "use new, established or invalid", "invalid --state value '%s'",
                          state);
    return true;
}

bool flow_packet_read(const FlowQuestion *question, ResolvedFlow *resolved, GError **error)
{
    const char *mac = question->from_mac;
    Flow *flow = &resolved->flow;
    if (!choose_protocol(question, flow, error) || !choose_state(question, flow, error))
        return false;
    if (mac != NULL && !mac_address_is_valid(mac))
        return flow_usage(error, "write it as 02:00:5e:00:53:01",
                          "--from-mac: '%s' is not a MAC address", mac);
    flow->from_mac = resolved->from_mac = g_strdup(mac);
    return true;
}
