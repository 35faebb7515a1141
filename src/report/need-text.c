/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Needs in sentences: see need-text.h. */
#include "report/need-text.h"

#include "model/foreach.h"

static const char *or_unknown(const char *name)
{
    return name != NULL ? name : "?";
}

static const char *service_text(const char *service)
{
    static const struct {
        const char *word;
        const char *text;
    } services[] = {{"dhcp", "DHCP"}, {"dhcpv6", "DHCPv6"}, {"dns", "DNS"}};
    for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
        if (g_strcmp0(services[i].word, service) == 0)
            return services[i].text;
    }
    return or_unknown(service);
}

/* "DHCP, DNS and 8080/tcp", each once (transfer full). */
static char *name_services(const GPtrArray *needs)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    PTR_ARRAY_FOREACH (const Need, need, needs) {
        const char *name = service_text(need->service);
        if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, (gpointer)name);
    }
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const char, name, names)
        g_string_append_printf(text, "%s%s",
                               name_index == 0               ? ""
                               : name_index + 1 < names->len ? ", "
                                                             : " and ",
                               name);
    return g_string_free(text, FALSE);
}

/* Whether the link NAME is one of those that FINDING is about. */
static bool sends_too(const Finding *finding, const char *name)
{
    PTR_ARRAY_FOREACH (const Link, link, finding->refused) {
        if (g_str_equal(link->name, name))
            return true;
    }
    return false;
}

char *need_traffic_text(const Finding *finding, const char *links)
{
    const char *to = or_unknown(finding->peer);
    g_autofree char *services = name_services(finding->needs);
    switch (finding->need) {
    case NEED_HOST_SERVICE:
        return g_strdup_printf("requests to %s of this host on %s", services, links);
    case NEED_PUBLISHED_PORT:
        return g_strdup_printf("new connections to published port %s on %s", services, links);
    case NEED_POD_TO_POD:
        if (finding->refused->len > 1 && sends_too(finding, to))
            return g_strdup_printf("new connections between the pods on %s", links);
        return g_strdup_printf("new connections from the pods on %s to those on %s", links, to);
    case NEED_NODE_TO_POD:
        return g_strdup_printf("new connections between pods and other nodes, from %s out through "
                               "%s,",
                               links, to);
    case NEED_OUTSIDE:
    case NEED_LAN_TO_WAN:
    case NEED_SITE_TO_SITE:
    case NEED_WITHIN_BRIDGE:
    case NEED_OVERLAY:
    case NEED_EXPECTATION:
        break;
    }
    return g_strdup_printf("new connections from %s out through %s", links, to);
}

char *need_reason_text(const Need *need)
{
    const char *in = need->in != NULL ? need->in->name : "this host";
    const char *out = need->out != NULL ? need->out->name : "this host";
    const char *detail = or_unknown(need->detail);
    switch (need->reason) {
    case NEED_BECAUSE_DECLARED:
        return g_strdup_printf("--downstream says that this host forwards what comes in on %s", in);
    case NEED_BECAUSE_TRANSLATED:
        return g_strdup_printf("zone %s masquerades what leaves through %s", detail, out);
    case NEED_BECAUSE_POLICY_TRANSLATES:
        return g_strdup_printf("policy %s masquerades what goes from %s to %s", detail, in, out);
    case NEED_BECAUSE_PROGRAM_TRANSLATES:
        return g_strdup_printf("another program masquerades what goes from %s to %s", in, out);
    case NEED_BECAUSE_POLICY:
        return g_strdup_printf("policy %s accepts traffic from the zone of %s to that of %s",
                               detail, in, out);
    case NEED_BECAUSE_SERVED:
        return g_strdup_printf("this host serves addresses on %s (port %s)", in, detail);
    case NEED_BECAUSE_ROUTED:
        return g_strdup_printf("a route leads to %s, and the host forwards", detail);
    case NEED_BECAUSE_HOST_ROUTES:
        return g_strdup_printf("routes to single hosts lead through %s and %s, and the host "
                               "forwards",
                               in, out);
    case NEED_BECAUSE_LISTENED:
        return g_strdup_printf("a program of this host listens on %s", detail);
    case NEED_BECAUSE_PUBLISHED:
        return g_strdup_printf("a rule in table %s publishes port %s", detail,
                               or_unknown(need->service));
    case NEED_BECAUSE_FORWARDING:
        return g_strdup("forwarding is on, and nothing else shows that this traffic is meant to "
                        "pass");
    }
    return NULL;
}
