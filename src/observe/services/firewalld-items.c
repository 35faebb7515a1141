/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How each kind of item is read, and how the replies become values of the model. */
#include "observe/services/firewalld-items.h"

#include "bus/bus-error.h"
#include "model/error.h"
#include "model/foreach.h"
#include "observe/services/firewalld-decode.h"

#include <string.h>

/* Names of links are no more than there are links, and not counted. firewalld ships about 250 services,
 * which are the most numerous. */
enum { ITEMS_MAX = 16384 };

bool items_check_count(gsize count, GError **error)
{
    if (count <= ITEMS_MAX)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_BAD_REPLY, "look at its zones and services",
                     "firewalld names more than %d zones, policies, services or sets", ITEMS_MAX);
    return false;
}

static void item_free(Item *item)
{
    g_free(item->name);
    g_free(item->path);
    g_free(item);
}

void items_init(Items *items, Snapshot *snapshot, Firewalld *firewalld, const FirewalldSide *side)
{
    *items = (Items){
        .snapshot = snapshot,
        .firewalld = firewalld,
        .side = side,
        .list = g_ptr_array_new_with_free_func((GDestroyNotify)item_free),
        .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .all_zones = true,
        .named_zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
}

void items_clear(Items *items)
{
    g_hash_table_unref(items->known);
    g_hash_table_unref(items->named_zones);
    g_ptr_array_unref(items->list);
}

/* ---- what is read once ---- */

void items_add_first_calls(Items *items, const FirstCall *calls, guint count, CallBatch *batch)
{
    for (guint i = 0; i < count; i++) {
        const char *argument = calls[i].argument;
        const Call call = {
            .id = calls[i].call,
            .parameters = argument == NULL ? NULL : g_variant_new("(s)", argument),
            .decode = calls[i].decode,
            .failed = calls[i].failed,
            .user = items,
        };
        call_batch_add(batch, &call, "%s", calls[i].what);
    }
}

/* The names in REPLY (as; transfer full), NULL where they are too many. */
static char **take_names(GVariant *reply, GError **error)
{
    g_autoptr(GVariant) list = g_variant_get_child_value(reply, 0);
    return items_check_count(g_variant_n_children(list), error) ? g_variant_dup_strv(list, NULL)
                                                                : NULL;
}

bool items_take_zone_names(GVariant *reply, gpointer user, GError **error)
{
    Items *items = user;
    g_auto(GStrv) names = take_names(reply, error);
    if (names == NULL)
        return false;
    STRV_FOREACH (name, names)
        items_ensure_zone(items->firewalld, *name);
    return true;
}

bool items_take_policy_names(GVariant *reply, gpointer user, GError **error)
{
    Items *items = user;
    g_auto(GStrv) names = take_names(reply, error);
    if (names == NULL)
        return false;
    STRV_FOREACH (name, names) {
        if (firewalld_policy(items->firewalld, *name) == NULL)
            g_ptr_array_add(items->firewalld->policies, policy_new(*name));
    }
    items->firewalld->policies_exist = TRISTATE_YES;
    return true;
}

bool items_take_lack_of_policies(const GError *error, gpointer user)
{
    Items *items = user;
    if (!bus_error_is_missing_method(error))
        return false;
    items->firewalld->policies_exist = TRISTATE_NO;
    return true;
}

/* ---- items and their names ---- */

/* Zones, policies, services and sets all begin with their name. */
static const char *name_of(gconstpointer value)
{
    return *(char *const *)value;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(name_of(*(gconstpointer *)a), name_of(*(gconstpointer *)b));
}

void items_sort(const Items *items)
{
    g_ptr_array_sort(items->firewalld->zones, compare_names);
    g_ptr_array_sort(items->firewalld->policies, compare_names);
    g_ptr_array_sort(items->firewalld->services, compare_names);
    g_ptr_array_sort(items->firewalld->ipsets, compare_names);
}

void items_put(GPtrArray *list, gpointer value)
{
    for (guint i = 0; i < list->len; i++) {
        if (g_str_equal(name_of(g_ptr_array_index(list, i)), name_of(value))) {
            g_ptr_array_remove_index(list, i);
            g_ptr_array_insert(list, (gint)i, value);
            return;
        }
    }
    g_ptr_array_add(list, value);
}

void items_ensure_zone(Firewalld *firewalld, const char *name)
{
    if (firewalld_zone(firewalld, name) == NULL)
        g_ptr_array_add(firewalld->zones, zone_new(name));
}

/* ---- the kinds ---- */

static bool take_zone_interfaces(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    const Item *item = user;
    Zone *zone = firewalld_zone(item->items->firewalld, item->name);
    char **interfaces;
    g_variant_get(reply, "(^as)", &interfaces);
    zone_set_interfaces(zone, interfaces);
    return true;
}

#define LIST(member)         G_STRUCT_OFFSET(Firewalld, member)
#define SINGLE(call, decode) .methods = {{call, decode, NULL, false}}, .n_methods = 1

const FirewalldSide firewalld_running_side = {
    .zone =
        {
            .what = "the settings of zone",
            .locate = N_CALLS,
            .list = LIST(zones),
            .methods = {{CALL_GET_ZONE_SETTINGS, firewalld_decode_zone, NULL, false},
                        {CALL_GET_ZONE_SETTINGS_TUPLE, firewalld_decode_zone, NULL, false},
                        {CALL_GET_INTERFACES, NULL, take_zone_interfaces, true}},
            .n_methods = 3,
        },
    .policy = {"the settings of policy", N_CALLS, LIST(policies),
               SINGLE(CALL_GET_POLICY_SETTINGS, firewalld_decode_policy)},
    .service =
        {
            .what = "the ports of service",
            .locate = N_CALLS,
            .list = LIST(services),
            .methods = {{CALL_GET_SERVICE_SETTINGS, firewalld_decode_service, NULL, false},
                        {CALL_GET_SERVICE_SETTINGS_TUPLE, firewalld_decode_service, NULL, false}},
            .n_methods = 2,
        },
    .ipset = {"the entries of ipset", N_CALLS, LIST(ipsets),
              SINGLE(CALL_GET_IPSET_SETTINGS, firewalld_decode_ipset)},
};

const FirewalldSide firewalld_permanent_side = {
    .zone = {"the permanent settings of zone", CALL_CONFIG_GET_ZONE_BY_NAME, LIST(zones),
             SINGLE(CALL_CONFIG_ZONE_GET_SETTINGS, firewalld_decode_zone)},
    .policy = {"the permanent settings of policy", CALL_CONFIG_GET_POLICY_BY_NAME, LIST(policies),
               SINGLE(CALL_CONFIG_POLICY_GET_SETTINGS, firewalld_decode_policy)},
    .service = {"the permanent ports of service", CALL_CONFIG_GET_SERVICE_BY_NAME, LIST(services),
                SINGLE(CALL_CONFIG_SERVICE_GET_SETTINGS, firewalld_decode_service)},
    .ipset = {"the permanent entries of ipset", CALL_CONFIG_GET_IPSET_BY_NAME, LIST(ipsets),
              SINGLE(CALL_CONFIG_IPSET_GET_SETTINGS, firewalld_decode_ipset)},
};

/* ---- reading items ---- */

static bool take_settings(GVariant *reply, gpointer user, GError **error)
{
    const Item *item = user;
    const SettingKind *kind = item->kind;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    gpointer value = kind->methods[item->method].decode(item->name, settings, error);
    if (value != NULL)
        items_put(G_STRUCT_MEMBER(GPtrArray *, item->items->firewalld, kind->list), value);
    return value != NULL;
}

static bool take_path(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    Item *item = user;
    g_variant_get(reply, "(o)", &item->path);
    item->is_pending = true;
    return true;
}

/* A service that lacks the method is tried with the next one; where that returns less, or there is
 * none, the rest is recorded as unread. */
static bool try_next_method(const GError *error, gpointer user)
{
    Item *item = user;
    if (!bus_error_is_missing_method(error) || item->method + 1 == item->kind->n_methods)
        return false;
    item->method++;
    item->is_pending = true;
    return !item->kind->methods[item->method].partial;
}

static void add_call(Item *item, CallBatch *batch)
{
    const ReadMethod *method = &item->kind->methods[item->method];
    bool is_located = item->kind->locate != N_CALLS;
    bool locate = is_located && item->path == NULL;
    const Call call = {
        .id = locate ? item->kind->locate : method->call,
        .path = item->path,
        .parameters = is_located && !locate ? NULL : g_variant_new("(s)", item->name),
        .decode = locate                   ? take_path
                  : method->decode != NULL ? take_settings
                                           : method->take,
        .failed = try_next_method,
        .user = item,
    };
    item->is_pending = false;
    call_batch_add(batch, &call, "%s %s", item->kind->what, item->name);
}

bool items_add_calls(Items *items, CallBatch *batch, GError **error)
{
    if (!items_check_count(items->count, error))
        return false;
    PTR_ARRAY_FOREACH (Item, item, items->list) {
        if (item->is_pending)
            add_call(item, batch);
    }
    return true;
}

/* ---- wanting ---- */

void items_want(Items *items, const SettingKind *kind, const char *name)
{
    bool is_counted = kind->methods[0].decode != NULL;
    char *key = g_strdup_printf("%s %s", kind->what, name);
    if (!g_hash_table_add(items->known, key))
        return;
    items->count += is_counted;
    if (items->count > ITEMS_MAX)
        return;
    Item *item = g_new0(Item, 1);
    item->items = items;
    item->kind = kind;
    item->name = g_strdup(name);
    item->is_pending = true;
    g_ptr_array_add(items->list, item);
}

static void want_ipset_of(Items *items, const AddressSpec *address)
{
    if (address != NULL && address->kind == ADDRESS_SPEC_IPSET)
        items_want(items, &items->side->ipset, address->name);
}

static void want_named_by_filter(Items *items, const Filter *filter)
{
    STRV_FOREACH (service, filter->services)
        items_want(items, &items->side->service, *service);
    PTR_ARRAY_FOREACH (const RichRule, rule, filter->rich_rules) {
        if (rule->understood && rule->element == RICH_ELEMENT_SERVICE)
            items_want(items, &items->side->service, rule->name);
        want_ipset_of(items, rule->source);
        want_ipset_of(items, rule->destination);
    }
}

static bool is_zone_wanted(const Items *items, const Zone *zone)
{
    return items->all_zones || zone->interfaces[0] != NULL || zone->sources->len > 0 ||
           g_strcmp0(zone->name, items->firewalld->default_zone) == 0 ||
           g_hash_table_contains(items->named_zones, zone->name);
}

void items_want_named(Items *items)
{
    PTR_ARRAY_FOREACH (const Zone, zone, items->firewalld->zones) {
        if (!is_zone_wanted(items, zone))
            continue;
        items_want(items, &items->side->zone, zone->name);
        want_named_by_filter(items, &zone->filter);
        PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources)
            want_ipset_of(items, source);
    }
    PTR_ARRAY_FOREACH (const Policy, policy, items->firewalld->policies) {
        items_want(items, &items->side->policy, policy->name);
        want_named_by_filter(items, &policy->filter);
    }
    PTR_ARRAY_FOREACH (const Service, service, items->firewalld->services) {
        STRV_FOREACH (included, service->includes)
            items_want(items, &items->side->service, *included);
    }
}
