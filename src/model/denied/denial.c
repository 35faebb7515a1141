/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prefixes taken apart, and words. */
#include "model/denied/denial.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

static const struct {
    const char *prefix;
    DenialKind kind;
    DenialAction action;
} fixed[] = {
    {"STATE_INVALID_DROP", DENIAL_AS_INVALID, DENIAL_DROP},
    {"FINAL_REJECT", DENIAL_AT_THE_END, DENIAL_REJECT},
    {"rpfilter_DROP", DENIAL_BY_REVERSE_PATH, DENIAL_DROP},
    {"RFC3964_IPv4_REJECT", DENIAL_BY_RFC3964, DENIAL_REJECT},
};

static const struct {
    const char *suffix;
    DenialKind kind;
    DenialAction action;
} endings[] = {
    {"_ICMP_BLOCK", DENIAL_BY_ICMP_BLOCK, DENIAL_REJECT},
    {"_REJECT", DENIAL_BY_ZONE, DENIAL_REJECT},
    {"_DROP", DENIAL_BY_ZONE, DENIAL_DROP},
};

/* The part of the chain's name behind its hook, or NULL where it begins with none. */
static const char *skip_hook(const char *chain)
{
    static const char *const hooks[] = {"IN_", "FWD_", "FWDI_", "FWDO_", "OUT_"};
    if (g_str_has_prefix(chain, "filter_"))
        chain += strlen("filter_");
    for (guint i = 0; i < G_N_ELEMENTS(hooks); i++) {
        if (g_str_has_prefix(chain, hooks[i]))
            return chain + strlen(hooks[i]);
    }
    return NULL;
}

/* NAME is that of a zone, or "policy_NAME". */
static void take_name(const char *name, gsize length, Denial *denial)
{
    static const char policy[] = "policy_";
    gsize skip = strlen(policy);
    if (length > skip && strncmp(name, policy, skip) == 0) {
        denial->policy = g_strndup(name + skip, length - skip);
        if (denial->kind == DENIAL_BY_ZONE)
            denial->kind = DENIAL_BY_POLICY;
    } else {
        denial->zone = g_strndup(name, length);
    }
}

bool denial_parse(const char *prefix, Denial *denial)
{
    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++) {
        if (g_str_equal(prefix, fixed[i].prefix)) {
            *denial = (Denial){.kind = fixed[i].kind, .action = fixed[i].action};
            return true;
        }
    }
    const char *name = skip_hook(prefix);
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(endings); i++) {
        gsize length = strlen(name), ending = strlen(endings[i].suffix);
        if (length > ending && g_str_has_suffix(name, endings[i].suffix)) {
            *denial = (Denial){.kind = endings[i].kind, .action = endings[i].action};
            take_name(name, length - ending, denial);
            return true;
        }
    }
    return false;
}

void denial_clear(Denial *denial)
{
    g_free(denial->zone);
    g_free(denial->policy);
    memset(denial, 0, sizeof *denial);
}

const char *denial_action_word(DenialAction action)
{
    return action == DENIAL_REJECT ? "reject" : "drop";
}

/* ---- words ---- */

static char *describe_packets(const LoggedPacket *packet, bool any_port)
{
    const char *protocol = packet->protocol != NULL ? packet->protocol : "unknown";
    if (any_port && packet->destination_port >= 0)
        return g_strdup_printf("new %s connections to many ports", protocol);
    if (packet->destination_port >= 0)
        return g_strdup_printf("new %s connections to port %d", protocol, packet->destination_port);
    bool is_ping = g_str_equal(protocol, "icmp") ? packet->icmp_type == ICMP_ECHO
                                                 : packet->icmp_type == ICMP6_ECHO_REQUEST;
    if (is_ping)
        return g_strdup("pings");
    if (packet->icmp_type >= 0)
        return g_strdup_printf("%s of type %d", protocol, packet->icmp_type);
    return g_strdup_printf("packets of protocol %s", protocol);
}

static char *describe_way(const LoggedPacket *packet)
{
    if (packet->in != NULL && packet->out != NULL)
        return g_strdup_printf("from %s out by %s", packet->in, packet->out);
    if (packet->in != NULL)
        return g_strdup_printf("from %s to this host", packet->in);
    return g_strdup_printf("of this host out by %s", packet->out != NULL ? packet->out : "nowhere");
}

static char *describe_owner(const Denial *denial)
{
    return denial->policy != NULL ? g_strdup_printf("policy %s", denial->policy)
                                  : g_strdup_printf("zone %s", denial->zone);
}

static char *describe_rule(const Denial *denial)
{
    g_autofree char *owner = NULL;
    switch (denial->kind) {
    case DENIAL_BY_ZONE:
    case DENIAL_BY_POLICY:
        owner = describe_owner(denial);
        return g_strdup_printf("by %s", owner);
    case DENIAL_BY_ICMP_BLOCK:
        owner = describe_owner(denial);
        return g_strdup_printf("by the ICMP blocks of %s", owner);
    case DENIAL_AS_INVALID:
        return g_strdup("since they belong to no connection that the kernel knows");
    case DENIAL_AT_THE_END:
        return g_strdup("since no zone took them");
    case DENIAL_BY_REVERSE_PATH:
        return g_strdup("since answers to their source would leave elsewhere (rpfilter)");
    case DENIAL_BY_RFC3964:
        return g_strdup("since they are 6to4 packets of a private address (RFC 3964)");
    }
    return NULL;
}

char *denial_describe(const Denial *denial, const LoggedPacket *packet, bool any_port)
{
    g_autofree char *packets = describe_packets(packet, any_port);
    g_autofree char *way = describe_way(packet);
    g_autofree char *rule = describe_rule(denial);
    return g_strdup_printf("%s %s, %s %s", packets, way,
                           denial->action == DENIAL_REJECT ? "rejected" : "dropped", rule);
}
