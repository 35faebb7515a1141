/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists with a table of the items that are about one port: see filter-index.h. */
#include "model/host/filter-index.h"

#include "model/foreach.h"

/* ---- a list by ports ---- */

typedef struct PortList {
    GPtrArray *items;    /* of somebody else */
    GHashTable *of_port; /* by the one port they are about: their positions (GArray of guint) */
    GArray *of_any;      /* the positions of the others */
} PortList;

static GArray *positions_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(guint));
}

static void port_list_init(PortList *list)
{
    list->items = g_ptr_array_new();
    list->of_port = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    list->of_any = positions_new();
}

static void port_list_clear(PortList *list)
{
    g_ptr_array_unref(list->items);
    g_hash_table_unref(list->of_port);
    g_array_unref(list->of_any);
}

/* RANGE: what ITEM is about, NULL: not about a port. */
static void port_list_add(PortList *list, gconstpointer item, const PortRange *range)
{
    GArray *positions = list->of_any;
    if (range != NULL && range->first != 0 && range->first == range->last) {
        gpointer key = GUINT_TO_POINTER(range->first);
        positions = g_hash_table_lookup(list->of_port, key);
        if (positions == NULL) {
            positions = positions_new();
            g_hash_table_insert(list->of_port, key, positions);
        }
    }
    guint position = list->items->len;
    g_array_append_val(positions, position);
    g_ptr_array_add(list->items, (gpointer)item);
}

static PortWalk port_list_walk(const PortList *list, guint16 port)
{
    PortWalk walk = {.list = list};
    if (port != 0) {
        walk.of_any = list->of_any;
        walk.of_port = g_hash_table_lookup(list->of_port, GUINT_TO_POINTER(port));
    }
    return walk;
}

static guint position_at(const GArray *positions, guint i)
{
    return positions != NULL && i < positions->len ? g_array_index(positions, guint, i) : G_MAXUINT;
}

gconstpointer port_walk_next(PortWalk *walk)
{
    const GPtrArray *items = walk->list->items;
    guint next = walk->next_of_any;
    if (walk->of_any != NULL) {
        guint of_port = position_at(walk->of_port, walk->next_of_port);
        next = position_at(walk->of_any, walk->next_of_any);
        if (of_port < next) {
            walk->next_of_port++;
            return g_ptr_array_index(items, of_port);
        }
    }
    walk->next_of_any++;
    return next < items->len ? g_ptr_array_index(items, next) : NULL;
}

/* ---- the lists of a filter ---- */

struct FilterIndex {
    PortList rich_rules[N_RICH_PHASES];
    PortList forward_ports;
    PortList masquerades;
    PortList ports;
};

static RichPhase phase_of(const RichRule *rule)
{
    if (!rule->understood)
        return RICH_PHASE_PRE;
    bool blocks = rule->action == RICH_ACTION_NONE && rule->element == RICH_ELEMENT_ICMP_BLOCK;
    bool accepts = rule->action == RICH_ACTION_ACCEPT;
    if (!accepts && !blocks && rule->action != RICH_ACTION_REJECT &&
        rule->action != RICH_ACTION_DROP)
        return RICH_PHASE_NONE;
    if (rule->priority != 0)
        return rule->priority < 0 ? RICH_PHASE_PRE : RICH_PHASE_POST;
    return accepts ? RICH_PHASE_ALLOW : RICH_PHASE_DENY;
}

static int compare_priorities(gconstpointer a, gconstpointer b)
{
    const RichRule *one = *(const RichRule *const *)a;
    const RichRule *other = *(const RichRule *const *)b;
    return (one->priority > other->priority) - (one->priority < other->priority);
}

static void add_rich_rules(FilterIndex *index, const GPtrArray *rich_rules)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_copy((GPtrArray *)rich_rules, NULL, NULL);
    g_ptr_array_set_free_func(sorted, NULL);
    g_ptr_array_sort(sorted, compare_priorities); /* stable since GLib 2.32 */
    PTR_ARRAY_FOREACH (const RichRule, rule, sorted) {
        RichPhase phase = phase_of(rule);
        bool has_port = rule->understood && rule->element == RICH_ELEMENT_PORT;
        if (phase != RICH_PHASE_NONE)
            port_list_add(&index->rich_rules[phase], rule, has_port ? rule->port : NULL);
    }
}

static void add_rewrites(FilterIndex *index, const GPtrArray *rich_rules)
{
    PTR_ARRAY_FOREACH (const RichRule, rule, rich_rules) {
        if (rule->understood && rule->element == RICH_ELEMENT_FORWARD_PORT)
            port_list_add(&index->forward_ports, rule, rule->forward_port->port);
        else if (!rule->understood || rule->element == RICH_ELEMENT_MASQUERADE)
            port_list_add(&index->masquerades, rule, NULL);
    }
}

static FilterIndex *filter_index_new(const Filter *filter)
{
    FilterIndex *index = g_rc_box_new(FilterIndex);
    for (guint phase = 0; phase < N_RICH_PHASES; phase++)
        port_list_init(&index->rich_rules[phase]);
    port_list_init(&index->forward_ports);
    port_list_init(&index->masquerades);
    port_list_init(&index->ports);
    add_rich_rules(index, filter->rich_rules);
    add_rewrites(index, filter->rich_rules);
    PTR_ARRAY_FOREACH (const PortRange, port, filter->ports)
        port_list_add(&index->ports, port, port);
    return index;
}

static void clear_lists(gpointer data)
{
    FilterIndex *index = data;
    for (guint phase = 0; phase < N_RICH_PHASES; phase++)
        port_list_clear(&index->rich_rules[phase]);
    port_list_clear(&index->forward_ports);
    port_list_clear(&index->masquerades);
    port_list_clear(&index->ports);
}

void filter_index_unref(FilterIndex *index)
{
    g_rc_box_release_full(index, clear_lists);
}

/* What is kept of a constant filter is no part of its value. */
static const FilterIndex *index_of(const Filter *filter)
{
    if (filter->index == NULL)
        ((Filter *)filter)->index = filter_index_new(filter);
    return filter->index;
}

PortWalk filter_rich_rules(const Filter *filter, RichPhase phase, guint16 port)
{
    return port_list_walk(&index_of(filter)->rich_rules[phase], port);
}

PortWalk filter_rich_forward_ports(const Filter *filter, guint16 port)
{
    return port_list_walk(&index_of(filter)->forward_ports, port);
}

PortWalk filter_rich_masquerades(const Filter *filter)
{
    return port_list_walk(&index_of(filter)->masquerades, 0);
}

PortWalk filter_ports(const Filter *filter, guint16 port)
{
    return port_list_walk(&index_of(filter)->ports, port);
}
