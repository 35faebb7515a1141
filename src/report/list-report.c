/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links and zones as tables and as JSON. */
#include "report/list-report.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "report/json-parts.h"
#include "report/reason.h"
#include "report/table.h"
#include "report/unread-text.h"

static const char *name_of_index(const Snapshot *snapshot, int index)
{
    const Link *link = snapshot_link_by_index(snapshot, index);
    return link != NULL ? link->name : NULL;
}

static char **address_texts(const Link *link)
{
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
        g_autofree char *text = ip_prefix_to_string(&address->prefix);
        g_strv_builder_add(texts, text);
    }
    return g_strv_builder_end(texts);
}

bool list_report_is_filtered(Role role)
{
    return role != ROLE_PORT && role != ROLE_LOOPBACK;
}

/* ---- text ---- */

static char *zone_cell(const ZoneMatch *match, Role role)
{
    if (!list_report_is_filtered(role) || match->zone == NULL)
        return NULL;
    if (match->by == BOUND_BY_INTERFACE)
        return g_strdup(match->zone->name);
    return g_strdup_printf("%s (%s)", match->zone->name,
                           match->by == BOUND_BY_WILDCARD ? match->binding : "catch-all");
}

static char *kind_cell(const Snapshot *snapshot, const Link *link)
{
    const char *kind = link->kind != NULL ? link->kind : "?";
    const char *master = name_of_index(snapshot, link->master);
    const char *lower = name_of_index(snapshot, link->lower);
    return g_strconcat(kind, lower != NULL ? " on " : "", lower != NULL ? lower : "",
                       master != NULL ? " in " : "", master, NULL);
}

static char *role_cell(const Topology *topology, const Link *link)
{
    bool both = topology_is_uplink(topology, link) && topology_is_downstream(topology, link);
    return g_strdup_printf("%s%s", role_word(topology_role(topology, link)),
                           both ? " downstream" : "");
}

/* The last column is that of the addresses. */
static const char *const link_titles[] = {"NIC", "KIND", "ROLE",      "STATE", "ZONE",
                                          "MTU", "MAC",  "ADDRESSES", NULL};

enum { LINK_COLUMNS = G_N_ELEMENTS(link_titles) - 1 };

static void add_link_row(Table *table, const Snapshot *snapshot, const Topology *topology,
                         const Link *link, const TextStyle *style)
{
    Role role = topology_role(topology, link);
    ZoneMatch match = dispatch_interface(snapshot, link->name);
    g_auto(GStrv) addresses = address_texts(link);
    g_autofree char *kind = kind_cell(snapshot, link);
    g_autofree char *zone = zone_cell(&match, role);
    g_autofree char *roles = role_cell(topology, link);
    g_autofree char *mtu = g_strdup_printf("%u", link->mtu);
    const char *cells[LINK_COLUMNS + 1] = {link->name, kind, roles,     link_state_word(link),
                                           zone,       mtu,  link->mac, *addresses};
    table_add(table, cells);
    for (guint i = 1; *addresses != NULL && addresses[i] != NULL; i++)
        table_add_line(table, LINK_COLUMNS - 1, addresses[i]);
    if (role == ROLE_UPLINK)
        table_color(table,
                    match.by == BOUND_BY_CATCH_ALL ? text_doubtful(style) : text_good(style));
    else if (role != ROLE_DOWNSTREAM)
        table_color(table, text_faint(style));
}

static const char *const yes_no[] = {
    [TRISTATE_UNKNOWN] = "?",
    [TRISTATE_NO] = "no",
    [TRISTATE_YES] = "yes",
};

static bool is_active(const Zone *zone)
{
    return *zone->interfaces != NULL || zone->sources->len > 0;
}

static bool is_default(const Snapshot *snapshot, const Zone *zone)
{
    return g_strcmp0(zone->name, snapshot->firewalld->default_zone) == 0;
}

static char **source_texts(const Zone *zone)
{
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources)
        g_strv_builder_add(texts, source->text);
    return g_strv_builder_end(texts);
}

static char *join_or_null(char *const *words)
{
    return *words != NULL ? g_strjoinv(" ", (char **)words) : NULL;
}

static void add_zone_row(Table *table, const Snapshot *snapshot, const Zone *zone,
                         const TextStyle *style)
{
    g_auto(GStrv) sources = source_texts(zone);
    g_autofree char *interface_cell = join_or_null(zone->interfaces);
    g_autofree char *source_cell = join_or_null(sources);
    bool takes_rest = is_default(snapshot, zone);
    const char *state = takes_rest        ? (is_active(zone) ? "default, active" : "default")
                        : is_active(zone) ? "active"
                                          : NULL;
    const char *target = zone->target == TARGET_UNKNOWN  ? "?"
                         : zone->target == TARGET_REJECT ? "REJECT"
                                                         : target_word(zone->target);
    const char *cells[] = {
        zone->name,     state,       target, yes_no[zone->forward], yes_no[zone->filter.masquerade],
        interface_cell, source_cell, NULL};
    table_add(table, cells);
    if (state == NULL)
        table_color(table, text_faint(style));
}

char *list_report_text(const ListReport *report, const TextStyle *style)
{
    static const char *const zone_titles[] = {"ZONE",       "STATE",      "TARGET",  "FORWARD",
                                              "MASQUERADE", "INTERFACES", "SOURCES", NULL};
    const Snapshot *snapshot = report->snapshot;
    GString *text = g_string_new(NULL);
    unread_text_append_advice(text, snapshot, "list");
    pending_text_append(text, &report->pending, style);
    g_autoptr(Table) links = table_new(link_titles);
    PTR_ARRAY_FOREACH (const Link, link, report->links)
        add_link_row(links, snapshot, report->topology, link, style);
    table_render(links, style, text);
    g_string_append_c(text, '\n');
    g_autoptr(Table) zones = table_new(zone_titles);
    PTR_ARRAY_FOREACH (const Zone, zone, report->zones)
        add_zone_row(zones, snapshot, zone, style);
    table_render(zones, style, text);
    unread_text_append(text, snapshot, style);
    return g_string_free(text, FALSE);
}

/* ---- JSON ---- */

static json_t *link_json(const Snapshot *snapshot, const Topology *topology, const Link *link)
{
    Role role = topology_role(topology, link);
    ZoneMatch match = dispatch_interface(snapshot, link->name);
    bool filtered = list_report_is_filtered(role) && match.zone != NULL;
    g_auto(GStrv) addresses = address_texts(link);
    g_autofree char *reason = filtered ? reason_for_zone(&match, link->name) : NULL;
    json_t *object = json_object();
    json_object_set_new(object, "name", json_text(link->name));
    json_object_set_new(object, "altnames", json_strv(link->altnames));
    json_object_set_new(object, "index", json_integer(link->index));
    json_object_set_new(object, "kind", json_text(link->kind));
    json_object_set_new(object, "role", json_text(role_word(role)));
    json_object_set_new(object, "roles", json_roles(topology, link));
    json_object_set_new(object, "state", json_text(link_state_word(link)));
    json_object_set_new(object, "addresses", json_strv(addresses));
    json_object_set_new(object, "mac", json_text(link->mac));
    json_object_set_new(object, "permanent_mac", json_text(link->permanent_mac));
    json_object_set_new(object, "mtu", json_integer(link->mtu));
    json_object_set_new(object, "master", json_text(name_of_index(snapshot, link->master)));
    json_object_set_new(object, "lower", json_text(name_of_index(snapshot, link->lower)));
    json_object_set_new(object, "parent_device", json_text(link->parent_device));
    json_object_set_new(object, "zone", json_text(filtered ? match.zone->name : NULL));
    json_object_set_new(object, "bound_by", json_text(filtered ? bound_by_word(match.by) : NULL));
    json_object_set_new(object, "zone_reason", json_text(reason));
    return object;
}

static json_t *zone_json(const Snapshot *snapshot, const Zone *zone)
{
    g_auto(GStrv) sources = source_texts(zone);
    json_t *object = json_object();
    json_object_set_new(object, "name", json_text(zone->name));
    json_object_set_new(object, "target", json_text(target_word(zone->target)));
    json_object_set_new(object, "forward", json_tristate(zone->forward));
    json_object_set_new(object, "masquerade", json_tristate(zone->filter.masquerade));
    json_object_set_new(object, "interfaces", json_strv(zone->interfaces));
    json_object_set_new(object, "sources", json_strv(sources));
    json_object_set_new(object, "default", json_boolean(is_default(snapshot, zone)));
    json_object_set_new(object, "active", json_boolean(is_active(zone)));
    return object;
}

json_t *list_report_json(const ListReport *report)
{
    const Snapshot *snapshot = report->snapshot;
    json_t *document = json_document("list");
    json_object_set_new(document, "pending", pending_json(&report->pending));
    json_t *links = json_array();
    PTR_ARRAY_FOREACH (const Link, link, report->links)
        json_array_append_new(links, link_json(snapshot, report->topology, link));
    json_object_set_new(document, "links", links);
    json_t *zones = json_array();
    PTR_ARRAY_FOREACH (const Zone, zone, report->zones)
        json_array_append_new(zones, zone_json(snapshot, zone));
    json_object_set_new(document, "zones", zones);
    json_object_set_new(document, "unread", json_unread(snapshot));
    return document;
}
