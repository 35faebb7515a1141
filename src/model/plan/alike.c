/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read and found out about a link is written down, without names and addresses, in one pass over
 * each part of the snapshot and the diagnosis. What is only true of one link, such as a rule that names it, is
 * written down as such, so that no other is like it. */
#include "model/plan/alike.h"

#include "model/firewalld/match.h"
#include "model/foreach.h"

#include <linux/rtnetlink.h>

struct AlikeLinks {
    const Snapshot *snapshot;
    const Diagnosis *diagnosis;
    GHashTable *traits;   /* Link to GString */
    GHashTable *by_owner; /* IpAddress, of the snapshot, to the Link that has it */
    GHashTable *classes;  /* traits as text to the number of the class, from 1 on */
    GHashTable *class_of; /* Link to that number */
};

static const char *or_none(const char *text)
{
    return text != NULL ? text : "-";
}

static void free_text(gpointer text)
{
    g_string_free(text, TRUE);
}

static GString *traits_of(const AlikeLinks *links, const Link *link)
{
    GString *traits = g_hash_table_lookup(links->traits, link);
    if (traits == NULL) {
        traits = g_string_new(NULL);
        g_hash_table_insert(links->traits, (gpointer)link, traits);
    }
    return traits;
}

static GString *traits_of_name(const AlikeLinks *links, const char *name)
{
    const Link *link = name != NULL ? snapshot_link_by_name(links->snapshot, name) : NULL;
    return link != NULL ? traits_of(links, link) : NULL;
}

/* ---- links ---- */

/* A program numbers its links: what comes before the number tells whose they are. */
static void add_stem(GString *text, const char *name)
{
    gsize length = strlen(name);
    while (length > 0 && g_ascii_isdigit(name[length - 1]))
        length--;
    g_string_append_len(text, name, (gssize)length);
}

static void add_link(const AlikeLinks *links, const Link *link)
{
    const Topology *topology = links->diagnosis->topology;
    const UplinkReason *reason = topology_uplink_reason(topology, link);
    GString *text = traits_of(links, link);
    add_stem(text, link->name);
    g_string_append_printf(
        text, "|%s|%s|%x|%d|%d|%d|%d|%u|%d|%d|%d|%d|%d|%d|%d|%d|%d%d%d", or_none(link->kind),
        or_none(link->port_kind), link->flags, link->operstate, (int)link->carrier, link->master,
        link->lower, link->vrf_table, (int)link->forwarding_ipv4, (int)link->forwarding_ipv6,
        link->rp_filter, (int)link->skip_linkdown_ipv4, (int)link->skip_linkdown_ipv6,
        (int)link->bridge_call_iptables, (int)link->bridge_call_ip6tables, (int)link->hairpin,
        link->programs.xdp, link->programs.tc_ingress, link->programs.tc_egress);
    g_string_append_printf(text, "|%d%d|%d%d|%d%d", link->mac != NULL, *link->altnames != NULL,
                           topology_is_uplink(topology, link),
                           topology_is_downstream(topology, link),
                           reason != NULL ? (int)reason->kind : -1,
                           link_leads_outside(links->snapshot, topology, link));
    g_string_append_printf(text, "|%d,%s", link->parent_device != NULL,
                           or_none(zone_of_owner(links->snapshot->firewalld, link)));
    STRV_FOREACH (altname, link->altnames)
        g_string_append_printf(text, ",%s",
                               or_none(binding_of_interface(links->snapshot, *altname)));
    const int parts[] = {link->master, link->lower};
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        const Link *other = snapshot_link_by_index(links->snapshot, parts[i]);
        if (other != NULL)
            g_string_append_printf(traits_of(links, other), "|carries,%d", link->index);
    }
    PTR_ARRAY_FOREACH (LinkAddress, address, link->addresses)
        g_hash_table_insert(links->by_owner, &address->prefix.address, (gpointer)link);
}

static void add_place(const Link *link, const char *place, gpointer user)
{
    g_string_append_printf(traits_of(user, link), "|at,%s", place);
}

/* ---- routes, rules and sockets ---- */

static void add_route(const AlikeLinks *links, const Route *route)
{
    bool is_main = route->table == RT_TABLE_MAIN;
    bool is_one_of_many = route->nexthops->len > 1;
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        const Link *link = snapshot_link_by_index(links->snapshot, nexthop->oif);
        if (link == NULL)
            continue;
        g_string_append_printf(traits_of(links, link), "|route,%d/%u,%u,%d%d%d,%u,%x,%u,%p",
                               is_main, route->destination.length, route->type, route->has_source,
                               route->has_preferred_source, nexthop->has_gateway, route->tos,
                               nexthop->flags, nexthop->weight,
                               is_one_of_many ? (gconstpointer)route : NULL);
    }
}

static void add_rule(const AlikeLinks *links, const Rule *rule)
{
    GString *named[] = {traits_of_name(links, rule->iif), traits_of_name(links, rule->oif)};
    for (guint i = 0; i < G_N_ELEMENTS(named); i++) {
        if (named[i] != NULL)
            g_string_append_printf(named[i], "|rule,%p", (gconstpointer)rule);
    }
    const Link *owner =
        rule->has_source ? g_hash_table_lookup(links->by_owner, &rule->source.address) : NULL;
    if (owner != NULL)
        g_string_append_printf(traits_of(links, owner), "|rule,%d%d%d/%u", rule->action,
                               rule->table == RT_TABLE_MAIN, rule->inverted, rule->source.length);
}

static void add_socket(const AlikeLinks *links, const Socket *socket)
{
    const Link *link = socket->interface != 0
                           ? snapshot_link_by_index(links->snapshot, (int)socket->interface)
                           : g_hash_table_lookup(links->by_owner, &socket->address);
    if (link != NULL)
        g_string_append_printf(traits_of(links, link), "|serves,%d/%u", (int)socket->protocol,
                               socket->port);
}

/* ---- what lasts ---- */

static void add_binding(const AlikeLinks *links, const PermanentBinding *binding)
{
    GString *text = traits_of_name(links, binding->interface);
    if (text != NULL)
        g_string_append_printf(text, "|lasts,%s,%s", or_none(binding->zone),
                               or_none(binding->conflict));
}

static void add_device(const AlikeLinks *links, const ManagedDevice *device)
{
    GString *text = traits_of_name(links, device->interface);
    if (text != NULL)
        g_string_append_printf(text, "|managed,%d%d%d,%s", device->managed, device->external,
                               device->profile_uuid != NULL, or_none(device->zone));
}

/* ---- what was found out ---- */

static void add_need(const AlikeLinks *links, const Need *need, const Link *link, const Link *other)
{
    g_string_append_printf(traits_of(links, link), "|needs,%d,%d,%d,%s,%d,%p,%d/%u",
                           (int)need->kind, (int)need->certainty, (int)need->reason,
                           or_none(need->service), (int)need->way.coverage, (gconstpointer)other,
                           (int)need->way.flow.protocol, need->way.flow.port);
}

static void add_needs(const AlikeLinks *links, const Need *need)
{
    PTR_ARRAY_FOREACH (const Link, link, need->alike)
        add_need(links, need, link, need->out);
    PTR_ARRAY_FOREACH (const Link, link, need->out_alike)
        add_need(links, need, link, need->in);
}

static void add_finding(const AlikeLinks *links, const Finding *finding)
{
    GString *about[] = {traits_of_name(links, finding->interface),
                        traits_of_name(links, finding->peer)};
    for (guint i = 0; i < G_N_ELEMENTS(about); i++) {
        if (about[i] != NULL)
            g_string_append_printf(about[i], "|found,%d,%d,%d,%s", (int)finding->id,
                                   (int)finding->severity, (int)finding->need,
                                   or_none(i == 0 ? finding->peer : finding->interface));
    }
}

/* ---- the whole ---- */

static void add_all_found(const AlikeLinks *links)
{
    PTR_ARRAY_FOREACH (const Need, need, links->diagnosis->needs)
        add_needs(links, need);
    PTR_ARRAY_FOREACH (const Finding, finding, links->diagnosis->findings)
        add_finding(links, finding);
}

AlikeLinks *alike_links_new(const Snapshot *snapshot, const Diagnosis *diagnosis,
                            const ExposureBase *base)
{
    AlikeLinks *links = g_new0(AlikeLinks, 1);
    links->snapshot = snapshot;
    links->diagnosis = diagnosis;
    links->traits = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_text);
    links->by_owner = g_hash_table_new(ip_address_hash, ip_address_same);
    links->classes = g_hash_table_new(g_str_hash, g_str_equal);
    links->class_of = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links)
        add_link(links, link);
    exposure_base_describe_places(base, add_place, links);
    PTR_ARRAY_FOREACH (const Route, route, snapshot->routes)
        add_route(links, route);
    PTR_ARRAY_FOREACH (const Rule, rule, snapshot->rules)
        add_rule(links, rule);
    PTR_ARRAY_FOREACH (const Socket, socket, snapshot->sockets)
        add_socket(links, socket);
    PTR_ARRAY_FOREACH (const PermanentBinding, binding, snapshot->permanent->bindings)
        add_binding(links, binding);
    PTR_ARRAY_FOREACH (const ManagedDevice, device, snapshot->networkmanager->devices)
        add_device(links, device);
    add_all_found(links);
    return links;
}

void alike_links_free(AlikeLinks *links)
{
    if (links == NULL)
        return;
    g_hash_table_unref(links->class_of);
    g_hash_table_unref(links->classes);
    g_hash_table_unref(links->traits);
    g_hash_table_unref(links->by_owner);
    g_free(links);
}

guint alike_links_class(AlikeLinks *links, const Link *link)
{
    guint class = GPOINTER_TO_UINT(g_hash_table_lookup(links->class_of, link));
    if (class != 0)
        return class;
    char *traits = traits_of(links, link)->str;
    class = GPOINTER_TO_UINT(g_hash_table_lookup(links->classes, traits));
    if (class == 0) {
        class = g_hash_table_size(links->classes) + 1;
        g_hash_table_insert(links->classes, traits, GUINT_TO_POINTER(class));
    }
    g_hash_table_insert(links->class_of, (gpointer)link, GUINT_TO_POINTER(class));
    return class;
}

/* ---- findings ---- */

static void add_links(GString *text, const GPtrArray *links)
{
    PTR_ARRAY_FOREACH (const Link, link, links)
        g_string_append_printf(text, "%p,", (gconstpointer)link);
}

/* Whether SUBJECT is the finding's own link, or the profile that NetworkManager has for it. */
static bool is_own_subject(const AlikeLinks *links, const Finding *finding, const char *subject)
{
    const ManagedDevice *device =
        networkmanager_device(links->snapshot->networkmanager, finding->interface);
    return g_strcmp0(subject, finding->interface) == 0 ||
           (device != NULL && device->profile != NULL && g_strcmp0(subject, device->profile) == 0);
}

static void add_evidence(const AlikeLinks *links, GString *text, const Finding *finding,
                         const Evidence *evidence)
{
    bool is_own = is_own_subject(links, finding, evidence->subject);
    const Flow *flow = &evidence->way.flow;
    g_string_append_printf(text, "|%d,%s,%s,%p,%d,%d,%d,%d,%d/%u", (int)evidence->kind,
                           is_own ? "" : or_none(evidence->subject), or_none(evidence->value),
                           (gconstpointer)evidence->match.zone, (int)evidence->match.by,
                           (int)evidence->way.coverage, (int)flow->direction, (int)flow->family,
                           (int)flow->protocol, flow->port);
}

char *alike_links_describe(const AlikeLinks *links, const Finding *finding)
{
    const GString *traits = traits_of_name(links, finding->interface);
    if (traits == NULL || finding->needs->len > 0 || finding->expectation != NULL ||
        finding->altname != NULL)
        return NULL;
    g_autoptr(GString) text = g_string_new(traits->str);
    g_string_append_printf(text, "|is,%d,%d,%d,%s,%s,%s,%u,%x,%d%d%d,%p", (int)finding->id,
                           (int)finding->severity, (int)finding->way, or_none(finding->zone),
                           or_none(finding->other_zone), or_none(finding->peer), finding->senders,
                           finding->outcomes, finding->is_missing, finding->survives_reload,
                           finding->is_flushed, (gconstpointer)finding->stage);
    add_links(text, finding->refused);
    g_string_append_c(text, '|');
    add_links(text, finding->open);
    PTR_ARRAY_FOREACH (const Evidence, evidence, finding->evidence)
        add_evidence(links, text, finding, evidence);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- cures ---- */

static const char *profile_of(const Snapshot *snapshot, const char *name)
{
    const ManagedDevice *device = networkmanager_device(snapshot->networkmanager, name);
    return device != NULL ? device->profile_uuid : NULL;
}

static const char *renamed(const char *name, const Renaming *renamings, guint n)
{
    for (guint i = 0; i < n; i++) {
        if (g_strcmp0(name, renamings[i].from) == 0)
            return renamings[i].to;
    }
    return NULL;
}

static Action *action_for_alike(const Action *action, const Snapshot *snapshot,
                                const Renaming *renamings, guint n)
{
    Action *other = action_copy(action);
    const char *to = action->interface != NULL ? renamed(action->interface, renamings, n) : NULL;
    if (to == NULL)
        return other;
    g_free(other->interface);
    other->interface = g_strdup(to);
    if (action->profile != NULL) {
        g_free(other->profile);
        other->profile = g_strdup(profile_of(snapshot, to));
    }
    return other;
}

Cure *cure_for_alike(const Cure *cure, const Snapshot *snapshot, const Renaming *renamings, guint n)
{
    Cure *other = g_new0(Cure, 1);
    *other = *cure;
    other->actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    PTR_ARRAY_FOREACH (const Action, action, cure->actions)
        g_ptr_array_add(other->actions, action_for_alike(action, snapshot, renamings, n));
    other->command = g_strdupv(cure->command);
    for (char **word = other->command; word != NULL && word[0] != NULL && word[1] != NULL; word++) {
        const char *to =
            g_str_equal(word[0], "--interface") ? renamed(word[1], renamings, n) : NULL;
        if (to == NULL)
            continue;
        g_free(word[1]);
        word[1] = g_strdup(to);
    }
    return other;
}
