/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items: how each kind is asked for, and how the answers get into the model's values. */
#include "observe/services/firewalld-items.h"

#include "bus/bus-error.h"
#include "observe/services/firewalld-decode.h"

#include <string.h>

static void item_free(Item *item)
{
    g_free(item->name);
    g_free(item->path);
    g_free(item);
}

void items_init(Items *items, Snapshot *snapshot, Firewalld *firewalld, const Side *side)
{
    *items = (Items){
        .snapshot = snapshot,
        .firewalld = firewalld,
        .side = side,
        .list = g_ptr_array_new_with_free_func((GDestroyNotify)item_free),
        .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
}

void items_clear(Items *items)
{
    g_hash_table_unref(items->known);
    g_ptr_array_unref(items->list);
}

/* ---- names ---- */

void items_ensure_zone(Firewalld *firewalld, const char *name)
{
    if (firewalld_zone(firewalld, name) == NULL)
        g_ptr_array_add(firewalld->zones, zone_new(name));
}

void items_put_zone(Firewalld *firewalld, Zone *zone)
{
    for (guint i = 0; i < firewalld->zones->len; i++) {
        Zone *known = g_ptr_array_index(firewalld->zones, i);
        if (g_str_equal(known->name, zone->name)) {
            firewalld->zones->pdata[i] = zone;
            zone_free(known);
            return;
        }
    }
    g_ptr_array_add(firewalld->zones, zone);
}

bool items_take_zone_names(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    Items *items = user;
    g_autofree const char **names = NULL;
    g_variant_get(reply, "(^a&s)", &names);
    for (const char **name = names; *name != NULL; name++)
        items_ensure_zone(items->firewalld, *name);
    return true;
}

bool items_take_policy_names(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    Items *items = user;
    g_autofree const char **names = NULL;
    g_variant_get(reply, "(^a&s)", &names);
    for (const char **name = names; *name != NULL; name++) {
        if (firewalld_policy(items->firewalld, *name) == NULL)
            g_ptr_array_add(items->firewalld->policies, policy_new(*name));
    }
    items->firewalld->policies_exist = TRISTATE_YES;
    return true;
}

bool items_no_policies(const GError *error, Items *items)
{
    if (!bus_error_is_missing_method(error))
        return false;
    items->firewalld->policies_exist = TRISTATE_NO;
    return true;
}

void items_ask_first(const FirstQuestion *questions, guint count, gpointer user, Round *round)
{
    for (guint i = 0; i < count; i++) {
        const char *argument = questions[i].argument;
        const Question question = {
            .call = questions[i].call,
            .parameters = argument == NULL ? NULL : g_variant_new("(s)", argument),
            .decode = questions[i].decode,
            .unanswered = questions[i].unanswered,
            .user = user,
        };
        round_ask(round, &question, "%s", questions[i].what);
    }
}

/* ---- kinds ---- */

static bool take_zone(GVariant *reply, gpointer user, GError **error);
static bool take_zone_tuple(GVariant *reply, gpointer user, GError **error);
static bool take_zone_interfaces(GVariant *reply, gpointer user, GError **error);
static bool take_policy(GVariant *reply, gpointer user, GError **error);
static bool take_service(GVariant *reply, gpointer user, GError **error);
static bool take_service_tuple(GVariant *reply, gpointer user, GError **error);
static bool take_ipset(GVariant *reply, gpointer user, GError **error);

static const Kind zone_kind = {
    .what = "the settings of zone",
    .locate = N_CALLS,
    .ways = {{CALL_GET_ZONE_SETTINGS, take_zone, false},
             {CALL_GET_ZONE_SETTINGS_TUPLE, take_zone_tuple, false},
             {CALL_GET_INTERFACES, take_zone_interfaces, true}},
    .n_ways = 3,
};
static const Kind policy_kind = {
    .what = "the settings of policy",
    .locate = N_CALLS,
    .ways = {{CALL_GET_POLICY_SETTINGS, take_policy, false}},
    .n_ways = 1,
};
static const Kind service_kind = {
    .what = "the ports of service",
    .locate = N_CALLS,
    .ways = {{CALL_GET_SERVICE_SETTINGS, take_service, false},
             {CALL_GET_SERVICE_SETTINGS_TUPLE, take_service_tuple, false}},
    .n_ways = 2,
};
static const Kind ipset_kind = {
    .what = "the entries of ipset",
    .locate = N_CALLS,
    .ways = {{CALL_GET_IPSET_SETTINGS, take_ipset, false}},
    .n_ways = 1,
};
static const Kind permanent_zone_kind = {
    .what = "the permanent settings of zone",
    .locate = CALL_CONFIG_GET_ZONE_BY_NAME,
    .ways = {{CALL_CONFIG_ZONE_GET_SETTINGS, take_zone, false}},
    .n_ways = 1,
};
static const Kind permanent_policy_kind = {
    .what = "the permanent settings of policy",
    .locate = CALL_CONFIG_GET_POLICY_BY_NAME,
    .ways = {{CALL_CONFIG_POLICY_GET_SETTINGS, take_policy, false}},
    .n_ways = 1,
};
static const Kind permanent_service_kind = {
    .what = "the permanent ports of service",
    .locate = CALL_CONFIG_GET_SERVICE_BY_NAME,
    .ways = {{CALL_CONFIG_SERVICE_GET_SETTINGS, take_service, false}},
    .n_ways = 1,
};
static const Kind permanent_ipset_kind = {
    .what = "the permanent entries of ipset",
    .locate = CALL_CONFIG_GET_IPSET_BY_NAME,
    .ways = {{CALL_CONFIG_IPSET_GET_SETTINGS, take_ipset, false}},
    .n_ways = 1,
};

const Side firewalld_running_side = {&zone_kind, &policy_kind, &service_kind, &ipset_kind};
const Side firewalld_permanent_side = {&permanent_zone_kind, &permanent_policy_kind,
                                       &permanent_service_kind, &permanent_ipset_kind};

/* ---- asking ---- */

/* The service lacks the method: the next way is tried, and where it tells less, or there is none,
 * what is missing is noted. */
static bool try_next_way(const GError *error, gpointer user)
{
    Item *item = user;
    if (!bus_error_is_missing_method(error) || item->way + 1 == item->kind->n_ways)
        return false;
    item->way++;
    item->is_open = true;
    return !item->kind->ways[item->way].partial;
}

static bool take_path(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    Item *item = user;
    g_variant_get(reply, "(o)", &item->path);
    item->is_open = true;
    return true;
}

static void ask_item(Item *item, Round *round)
{
    const Way *way = &item->kind->ways[item->way];
    bool is_located = item->kind->locate != N_CALLS;
    bool locate = is_located && item->path == NULL;
    const Question question = {
        .call = locate ? item->kind->locate : way->call,
        .path = item->path,
        .parameters = is_located && !locate ? NULL : g_variant_new("(s)", item->name),
        .decode = locate ? take_path : way->decode,
        .unanswered = try_next_way,
        .user = item,
    };
    item->is_open = false;
    round_ask(round, &question, "%s %s", item->kind->what, item->name);
}

void items_ask(Items *items, Round *round)
{
    for (guint i = 0; i < items->list->len; i++) {
        Item *item = g_ptr_array_index(items->list, i);
        if (item->is_open)
            ask_item(item, round);
    }
}

/* ---- wanting ---- */

void items_want(Items *items, const Kind *kind, const char *name)
{
    char *key = g_strdup_printf("%s %s", kind->what, name);
    if (!g_hash_table_add(items->known, key))
        return;
    Item *item = g_new0(Item, 1);
    item->items = items;
    item->kind = kind;
    item->name = g_strdup(name);
    item->is_open = true;
    g_ptr_array_add(items->list, item);
}

static void want_each(Items *items, const Kind *kind, char *const *names)
{
    for (; *names != NULL; names++)
        items_want(items, kind, *names);
}

static void want_ipset_of(Items *items, const AddressSpec *address)
{
    if (address != NULL && address->kind == ADDRESS_SPEC_IPSET)
        items_want(items, items->side->ipset, address->name);
}

static void want_named_by_filter(Items *items, const Filter *filter)
{
    want_each(items, items->side->service, filter->services);
    for (guint i = 0; i < filter->rich_rules->len; i++) {
        const RichRule *rule = g_ptr_array_index(filter->rich_rules, i);
        if (rule->understood && rule->element == RICH_ELEMENT_SERVICE)
            items_want(items, items->side->service, rule->name);
        want_ipset_of(items, rule->source);
        want_ipset_of(items, rule->destination);
    }
}

static void want_named_by_zones(Items *items)
{
    const GPtrArray *zones = items->firewalld->zones;
    for (guint i = 0; i < zones->len; i++) {
        const Zone *zone = g_ptr_array_index(zones, i);
        items_want(items, items->side->zone, zone->name);
        want_named_by_filter(items, &zone->filter);
        for (guint j = 0; j < zone->sources->len; j++)
            want_ipset_of(items, g_ptr_array_index(zone->sources, j));
    }
}

static void want_named_by_policies(Items *items)
{
    const GPtrArray *policies = items->firewalld->policies;
    for (guint i = 0; i < policies->len; i++) {
        const Policy *policy = g_ptr_array_index(policies, i);
        items_want(items, items->side->policy, policy->name);
        want_named_by_filter(items, &policy->filter);
    }
}

static void want_included(Items *items)
{
    const GPtrArray *services = items->firewalld->services;
    for (guint i = 0; i < services->len; i++) {
        const Service *service = g_ptr_array_index(services, i);
        want_each(items, items->side->service, service->includes);
    }
}

void items_want_named(Items *items)
{
    want_named_by_zones(items);
    want_named_by_policies(items);
    want_included(items);
}

/* Zones, policies, services and sets all begin with their name. */
static gint compare_names(gconstpointer a, gconstpointer b)
{
    char *const *const *left = a;
    char *const *const *right = b;
    return strcmp(**left, **right);
}

void items_sort(const Items *items)
{
    g_ptr_array_sort(items->firewalld->zones, compare_names);
    g_ptr_array_sort(items->firewalld->policies, compare_names);
    g_ptr_array_sort(items->firewalld->services, compare_names);
    g_ptr_array_sort(items->firewalld->ipsets, compare_names);
}

/* ---- answers ---- */

static bool take_zone(GVariant *reply, gpointer user, GError **error)
{
    const Item *item = user;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    Zone *zone = firewalld_decode_zone(item->name, settings, error);
    if (zone == NULL)
        return false;
    items_put_zone(item->items->firewalld, zone);
    return true;
}

static bool take_zone_tuple(GVariant *reply, gpointer user, GError **error)
{
    const Item *item = user;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    Zone *zone = firewalld_decode_zone_tuple(item->name, settings, error);
    if (zone == NULL)
        return false;
    items_put_zone(item->items->firewalld, zone);
    return true;
}

static bool take_zone_interfaces(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    const Item *item = user;
    Zone *zone = firewalld_zone(item->items->firewalld, item->name);
    g_strfreev(zone->interfaces);
    g_variant_get(reply, "(^as)", &zone->interfaces);
    return true;
}

static bool take_policy(GVariant *reply, gpointer user, GError **error)
{
    const Item *item = user;
    GPtrArray *policies = item->items->firewalld->policies;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    Policy *policy = firewalld_decode_policy(item->name, settings, error);
    if (policy == NULL)
        return false;
    g_ptr_array_remove(policies, firewalld_policy(item->items->firewalld, item->name));
    g_ptr_array_add(policies, policy);
    return true;
}

static bool take_service(GVariant *reply, gpointer user, GError **error)
{
    const Item *item = user;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    Service *service = firewalld_decode_service(item->name, settings, error);
    if (service == NULL)
        return false;
    g_ptr_array_add(item->items->firewalld->services, service);
    return true;
}

static bool take_service_tuple(GVariant *reply, gpointer user, GError **error)
{
    const Item *item = user;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    Service *service = firewalld_decode_service_tuple(item->name, settings, error);
    if (service == NULL)
        return false;
    g_ptr_array_add(item->items->firewalld->services, service);
    return true;
}

static bool take_ipset(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    const Item *item = user;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    g_ptr_array_add(item->items->firewalld->ipsets, firewalld_decode_ipset(item->name, settings));
    return true;
}
