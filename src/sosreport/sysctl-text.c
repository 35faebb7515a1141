/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sosreport/sysctl-text.h"

#include "model/foreach.h"
#include "sosreport/lines.h"

#include <string.h>

static Tristate switch_of(guint64 value)
{
    return value != 0 ? TRISTATE_YES : TRISTATE_NO;
}

/* net.ipv4.conf.NAME.KEY, and the same of IPv6. */
static void set_of_link(Link *link, bool is_ipv4, const char *key, guint64 value)
{
    if (g_str_equal(key, "forwarding"))
        *(is_ipv4 ? &link->forwarding_ipv4 : &link->forwarding_ipv6) = switch_of(value);
    else if (g_str_equal(key, "ignore_routes_with_linkdown"))
        *(is_ipv4 ? &link->skip_linkdown_ipv4 : &link->skip_linkdown_ipv6) = switch_of(value);
    else if (g_str_equal(key, "rp_filter") && is_ipv4)
        link->rp_filter = (int)MIN(value, 2);
}

static void set_of_all(Snapshot *snapshot, bool is_ipv4, const char *key, guint64 value)
{
    if (g_str_equal(key, "forwarding"))
        *(is_ipv4 ? &snapshot->forwarding_ipv4 : &snapshot->forwarding_ipv6) = switch_of(value);
    else if (g_str_equal(key, "rp_filter") && is_ipv4)
        snapshot->rp_filter = (int)MIN(value, 2);
}

/* REST is NAME.KEY. A dot in a link's name is a slash here (sysctl(8)). */
static void set_conf(Snapshot *snapshot, bool is_ipv4, char *rest, guint64 value)
{
    char *dot = strrchr(rest, '.');
    if (dot == NULL)
        return;
    *dot = '\0';
    if (g_str_equal(rest, "all")) {
        set_of_all(snapshot, is_ipv4, dot + 1, value);
        return;
    }
    g_strdelimit(rest, "/", '.');
    /* Links are shared with copies and do not change once they are handed out: none is yet. */
    Link *link = (Link *)snapshot_link_by_name(snapshot, rest);
    if (link != NULL)
        set_of_link(link, is_ipv4, dot + 1, value);
}

void sysctl_from_text(char *const *lines, Snapshot *snapshot)
{
    STRV_FOREACH (line, lines) {
        g_auto(GStrv) sides = g_strsplit(*line, " = ", 2);
        guint64 value;
        if (sides[0] == NULL || !number_parse(sides[1], G_MAXUINT32, &value))
            continue;
        g_autofree char *rest = NULL;
        if (line_has_prefix(sides[0], "net.ipv4.conf.", &rest))
            set_conf(snapshot, true, rest, value);
        else if (line_has_prefix(sides[0], "net.ipv6.conf.", &rest))
            set_conf(snapshot, false, rest, value);
        else if (g_str_equal(sides[0], "net.bridge.bridge-nf-call-iptables"))
            snapshot->bridge_call_iptables = switch_of(value);
        else if (g_str_equal(sides[0], "net.bridge.bridge-nf-call-ip6tables"))
            snapshot->bridge_call_ip6tables = switch_of(value);
    }
}
