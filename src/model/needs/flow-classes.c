/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A class is written down as what matches the flow: each binding of either link, and each address
 * that some setting names. A verdict looks at links and addresses in no other way. */
#include "model/needs/flow-classes.h"

#include "model/firewalld/match.h"
#include "model/foreach.h"
#include "model/host/owner.h"

struct FlowClasses {
    const Firewalld *firewalld;
    GHashTable *bindings;  /* by name: GArray of the numbers of the zones that bind it */
    GPtrArray *wildcards;  /* Wildcard */
    GPtrArray *specs;      /* AddressSpec: all that zones, policies and services name */
    bool tells_all_apart;  /* other programs have rules, which may look at anything */
    GStringChunk *classes; /* each text once */
    Flow last;             /* the flow asked for before, but for its links and addresses */
    GString *text;         /* of its class */
    gsize head;            /* length of what LAST has in TEXT */
};

typedef struct {
    const char *pattern;
    guint zone;
} Wildcard;

/* ---- what the settings name ---- */

static void add_interface(FlowClasses *classes, const char *pattern, guint zone)
{
    if (interface_is_wildcard(pattern)) {
        const Wildcard wildcard = {pattern, zone};
        g_ptr_array_add(classes->wildcards, g_memdup2(&wildcard, sizeof wildcard));
        return;
    }
    GArray *zones = g_hash_table_lookup(classes->bindings, pattern);
    if (zones == NULL) {
        zones = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(classes->bindings, (gpointer)pattern, zones);
    }
    g_array_append_val(zones, zone);
}

static void add_spec(FlowClasses *classes, const AddressSpec *spec)
{
    if (spec != NULL)
        g_ptr_array_add(classes->specs, (gpointer)spec);
}

static void add_filter(FlowClasses *classes, const Filter *filter)
{
    PTR_ARRAY_FOREACH (const RichRule, rule, filter->rich_rules) {
        add_spec(classes, rule->source);
        add_spec(classes, rule->destination);
    }
}

static void add_zone(FlowClasses *classes, guint number)
{
    const Zone *zone = g_ptr_array_index(classes->firewalld->zones, number);
    STRV_FOREACH (interface, zone->interfaces)
        add_interface(classes, *interface, number);
    PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources)
        add_spec(classes, source);
    add_filter(classes, &zone->filter);
}

static bool has_rules_of_others(const Ruleset *ruleset)
{
    PTR_ARRAY_FOREACH (const NftTable, table, ruleset->tables) {
        if (table->base_chains->len > 0 && !nft_is_firewallds(table))
            return true;
    }
    return false;
}

FlowClasses *flow_classes_new(const Snapshot *snapshot)
{
    const Firewalld *firewalld = snapshot->firewalld;
    FlowClasses *classes = g_new0(FlowClasses, 1);
    classes->firewalld = firewalld;
    classes->bindings =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
    classes->wildcards = g_ptr_array_new_with_free_func(g_free);
    classes->specs = g_ptr_array_new();
    classes->classes = g_string_chunk_new(4096);
    classes->text = g_string_new(NULL);
    classes->tells_all_apart = snapshot->ruleset != NULL && has_rules_of_others(snapshot->ruleset);
    for (guint i = 0; i < firewalld->zones->len; i++)
        add_zone(classes, i);
    PTR_ARRAY_FOREACH (const Policy, policy, firewalld->policies)
        add_filter(classes, &policy->filter);
    PTR_ARRAY_FOREACH (const Service, service, firewalld->services) {
        add_spec(classes, service->destination_ipv4);
        add_spec(classes, service->destination_ipv6);
    }
    return classes;
}

void flow_classes_free(FlowClasses *classes)
{
    if (classes == NULL)
        return;
    g_hash_table_unref(classes->bindings);
    g_ptr_array_unref(classes->wildcards);
    g_ptr_array_unref(classes->specs);
    g_string_chunk_free(classes->classes);
    g_string_free(classes->text, TRUE);
    g_free(classes);
}

/* ---- the class of a flow ---- */

/* For each of thousands of links printf() would take a third of the time. */
static void append_number(GString *text, char kind, guint number, char end)
{
    char digits[10];
    gsize first = sizeof digits;
    do
        digits[--first] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    g_string_append_c(text, kind);
    g_string_append_len(text, digits + first, (gssize)(sizeof digits - first));
    g_string_append_c(text, end);
}

/* Where several zones bind a link, which of them takes it may hinge on the name itself. */
static void describe_link(const FlowClasses *classes, const char *name, GString *text)
{
    guint bindings = 0;
    const GArray *zones = g_hash_table_lookup(classes->bindings, name);
    for (guint i = 0; zones != NULL && i < zones->len; i++, bindings++)
        append_number(text, 'z', g_array_index(zones, guint, i), ',');
    for (guint i = 0; i < classes->wildcards->len; i++) {
        const Wildcard *wildcard = g_ptr_array_index(classes->wildcards, i);
        if (match_interface(wildcard->pattern, name) == MATCH_NO)
            continue;
        append_number(text, 'w', i, ',');
        bindings++;
    }
    if (bindings > 1 || classes->tells_all_apart)
        g_string_append_printf(text, "%s,", name);
}

static void describe_address(const FlowClasses *classes, const Flow *flow, FlowEnd end,
                             GString *text)
{
    const FlowAddress *address = end == FLOW_SOURCE ? &flow->from : &flow->to;
    if (classes->tells_all_apart && address->kind == FLOW_ADDRESS_PREFIX) {
        g_autofree char *prefix = ip_prefix_to_string(&address->prefix);
        g_string_append(text, prefix);
    }
    for (guint i = 0; i < classes->specs->len; i++) {
        const AddressSpec *spec = g_ptr_array_index(classes->specs, i);
        Match match = match_address(classes->firewalld, flow, end, spec);
        if (match != MATCH_NO)
            append_number(text, 's', i, match == MATCH_YES ? '!' : '?');
    }
}

/* Thousands of flows differ in nothing but their links and addresses. */
static void begin_text(FlowClasses *classes, const Flow *flow)
{
    Flow *last = &classes->last;
    if (classes->head > 0 && last->family == flow->family && last->direction == flow->direction &&
        last->protocol == flow->protocol && last->port == flow->port &&
        last->source_port == flow->source_port) {
        g_string_truncate(classes->text, classes->head);
        return;
    }
    *last = *flow;
    g_string_printf(classes->text, "%d/%d/%d/%u/%u<", (int)flow->family, (int)flow->direction,
                    (int)flow->protocol, flow->port, flow->source_port);
    classes->head = classes->text->len;
}

const char *flow_classes_find(FlowClasses *classes, const Flow *flow)
{
    GString *text = classes->text;
    begin_text(classes, flow);
    if (flow->in != NULL)
        describe_link(classes, flow->in, text);
    g_string_append_c(text, '>');
    if (flow->out != NULL)
        describe_link(classes, flow->out, text);
    g_string_append_c(text, '@');
    describe_address(classes, flow, FLOW_SOURCE, text);
    g_string_append_c(text, '@');
    describe_address(classes, flow, FLOW_DESTINATION, text);
    return g_string_chunk_insert_const(classes->classes, text->str);
}
