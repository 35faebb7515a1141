/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of firewalld, and how the answers get into the snapshot. */
#include "observe/firewalld.h"

#include "bus/bus-error.h"
#include "observe/firewalld-decode.h"
#include "observe/interests.h"

#include <string.h>

/* A way to read an item. Where the service lacks the method, the next way is tried. */
typedef struct {
    CallId call;
    WaveDecode decode;
    bool partial; /* tells less than was wanted: that is noted */
} Way;

/* What firewalld has by name. */
typedef struct {
    const char *what; /* in the user's words, before the name */
    Way ways[3];
    guint n_ways;
} Kind;

typedef struct {
    FirewalldReader *reader;
    const Kind *kind;
    char *name;
    guint way;    /* the one to try next, or that was tried last */
    bool is_open; /* is to be asked in the next round */
} Item;

struct FirewalldReader {
    Snapshot *snapshot;
    Firewalld *firewalld; /* the snapshot's */
    ObserveScope scope;
    bool zones_asked;    /* getZones */
    guint empty_directs; /* of the two kinds of direct rules, how many there are none of */
    GPtrArray *items;    /* Item */
    GHashTable *known;   /* "KIND NAME" of all items */
};

static void item_free(Item *item)
{
    g_free(item->name);
    g_free(item);
}

FirewalldReader *firewalld_reader_new(Snapshot *snapshot, ObserveScope scope)
{
    FirewalldReader *reader = g_new0(FirewalldReader, 1);
    reader->snapshot = snapshot;
    reader->firewalld = snapshot->firewalld;
    reader->scope = scope;
    reader->items = g_ptr_array_new_with_free_func((GDestroyNotify)item_free);
    reader->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return reader;
}

void firewalld_reader_free(FirewalldReader *reader)
{
    if (reader == NULL)
        return;
    g_hash_table_unref(reader->known);
    g_ptr_array_unref(reader->items);
    g_free(reader);
}

/* ---- the first round ---- */

static bool take_identity(GVariant *reply, gpointer user, GError **error);
static bool take_default_zone(GVariant *reply, gpointer user, GError **error);
static bool take_panic(GVariant *reply, gpointer user, GError **error);
static bool take_log_denied(GVariant *reply, gpointer user, GError **error);
static bool take_active_zones(GVariant *reply, gpointer user, GError **error);
static bool take_zones(GVariant *reply, gpointer user, GError **error);
static bool take_policies(GVariant *reply, gpointer user, GError **error);
static bool take_direct(GVariant *reply, gpointer user, GError **error);
static bool take_options(GVariant *reply, gpointer user, GError **error);
static bool no_active_zones(const GError *error, gpointer user);
static bool no_policies(const GError *error, gpointer user);
static bool no_direct(const GError *error, gpointer user);

static const struct {
    CallId call;
    const char *argument; /* NULL: the call takes none */
    WaveDecode decode;
    RoundUnanswered unanswered;
    const char *what;
} first_questions[] = {
    {CALL_FIREWALLD_PROPERTIES, "org.fedoraproject.FirewallD1", take_identity, NULL,
     "firewalld's version and state"},
    {CALL_GET_DEFAULT_ZONE, NULL, take_default_zone, NULL, "the default zone"},
    {CALL_QUERY_PANIC_MODE, NULL, take_panic, NULL, "panic mode"},
    {CALL_GET_LOG_DENIED, NULL, take_log_denied, NULL, "whether denials are logged"},
    {CALL_GET_ACTIVE_ZONES, NULL, take_active_zones, no_active_zones, "the active zones"},
    {CALL_GET_POLICIES, NULL, take_policies, no_policies, "the policies"},
    {CALL_GET_DIRECT_RULES, NULL, take_direct, no_direct, "direct rules"},
    {CALL_GET_DIRECT_PASSTHROUGHS, NULL, take_direct, no_direct, "direct passthrough rules"},
    {CALL_CONFIG_PROPERTIES, "org.fedoraproject.FirewallD1.config", take_options, NULL,
     "the options of firewalld.conf"},
};

static void ask_zones(FirewalldReader *reader, Round *round)
{
    const Question question = {.call = CALL_GET_ZONES, .decode = take_zones, .user = reader};
    reader->zones_asked = true;
    round_ask(round, &question, "the names of the zones");
}

void firewalld_ask_first(FirewalldReader *reader, Round *round)
{
    for (guint i = 0; i < G_N_ELEMENTS(first_questions); i++) {
        const char *argument = first_questions[i].argument;
        const Question question = {
            .call = first_questions[i].call,
            .parameters = argument == NULL ? NULL : g_variant_new("(s)", argument),
            .decode = first_questions[i].decode,
            .unanswered = first_questions[i].unanswered,
            .user = reader,
        };
        round_ask(round, &question, "%s", first_questions[i].what);
    }
    if (reader->scope == OBSERVE_ALL_ZONES)
        ask_zones(reader, round);
}

static bool take_identity(GVariant *reply, gpointer user, GError **error)
{
    FirewalldReader *reader = user;
    g_autoptr(GVariant) properties = g_variant_get_child_value(reply, 0);
    return firewalld_decode_identity(properties, reader->firewalld, error);
}

static void take_text(GVariant *reply, char **field)
{
    const char *text;
    g_variant_get(reply, "(&s)", &text);
    g_free(*field);
    *field = *text == '\0' ? NULL : g_strdup(text);
}

static void ensure_zone(Firewalld *firewalld, const char *name)
{
    if (firewalld_zone(firewalld, name) == NULL)
        g_ptr_array_add(firewalld->zones, zone_new(name));
}

static bool take_default_zone(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    FirewalldReader *reader = user;
    take_text(reply, &reader->firewalld->default_zone);
    if (reader->firewalld->default_zone != NULL)
        ensure_zone(reader->firewalld, reader->firewalld->default_zone);
    return true;
}

static bool take_panic(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    FirewalldReader *reader = user;
    gboolean panic;
    g_variant_get(reply, "(b)", &panic);
    reader->firewalld->panic = panic ? TRISTATE_YES : TRISTATE_NO;
    return true;
}

static bool take_log_denied(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    FirewalldReader *reader = user;
    take_text(reply, &reader->firewalld->log_denied);
    return true;
}

/* Puts ZONE (transfer full) in the place of what was known of it so far. */
static void put_zone(Firewalld *firewalld, Zone *zone)
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

static bool take_active_zones(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    FirewalldReader *reader = user;
    g_autoptr(GVariant) answer = g_variant_get_child_value(reply, 0);
    g_autoptr(GPtrArray) zones = firewalld_decode_active_zones(answer);
    g_ptr_array_set_free_func(zones, NULL);
    for (guint i = 0; i < zones->len; i++)
        put_zone(reader->firewalld, g_ptr_array_index(zones, i));
    return true;
}

/* Programs that offer firewalld's name may lack this; then the zones tell it one by one. */
static bool no_active_zones(const GError *error, gpointer user)
{
    FirewalldReader *reader = user;
    if (!bus_error_is_missing_method(error))
        return false;
    reader->scope = OBSERVE_ALL_ZONES;
    return true;
}

static bool take_zones(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    FirewalldReader *reader = user;
    g_autofree const char **names = NULL;
    g_variant_get(reply, "(^a&s)", &names);
    for (const char **name = names; *name != NULL; name++)
        ensure_zone(reader->firewalld, *name);
    return true;
}

static bool take_policies(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    FirewalldReader *reader = user;
    g_autofree const char **names = NULL;
    g_variant_get(reply, "(^a&s)", &names);
    for (const char **name = names; *name != NULL; name++) {
        if (firewalld_policy(reader->firewalld, *name) == NULL)
            g_ptr_array_add(reader->firewalld->policies, policy_new(*name));
    }
    reader->firewalld->policies_exist = TRISTATE_YES;
    return true;
}

/* Before 0.9 there are none. */
static bool no_policies(const GError *error, gpointer user)
{
    FirewalldReader *reader = user;
    if (!bus_error_is_missing_method(error))
        return false;
    reader->firewalld->policies_exist = TRISTATE_NO;
    return true;
}

static void note_direct(FirewalldReader *reader, gsize count)
{
    if (count > 0)
        reader->firewalld->direct_rules = TRISTATE_YES;
    else if (++reader->empty_directs == 2)
        reader->firewalld->direct_rules = TRISTATE_NO;
}

static bool take_direct(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    g_autoptr(GVariant) rules = g_variant_get_child_value(reply, 0);
    note_direct(user, g_variant_n_children(rules));
    return true;
}

static bool no_direct(const GError *error, gpointer user)
{
    if (!bus_error_is_missing_method(error))
        return false;
    note_direct(user, 0);
    return true;
}

static bool take_options(GVariant *reply, gpointer user, GError **error)
{
    FirewalldReader *reader = user;
    g_autoptr(GVariant) properties = g_variant_get_child_value(reply, 0);
    return firewalld_decode_options(properties, &reader->firewalld->options, error);
}

/* ---- items ---- */

static bool take_zone(GVariant *reply, gpointer user, GError **error);
static bool take_zone_tuple(GVariant *reply, gpointer user, GError **error);
static bool take_zone_interfaces(GVariant *reply, gpointer user, GError **error);
static bool take_policy(GVariant *reply, gpointer user, GError **error);
static bool take_service(GVariant *reply, gpointer user, GError **error);
static bool take_service_tuple(GVariant *reply, gpointer user, GError **error);
static bool take_ipset(GVariant *reply, gpointer user, GError **error);
static bool take_binding(GVariant *reply, gpointer user, GError **error);

static const Kind zone_kind = {
    .what = "the settings of zone",
    .ways = {{CALL_GET_ZONE_SETTINGS, take_zone, false},
             {CALL_GET_ZONE_SETTINGS_TUPLE, take_zone_tuple, false},
             {CALL_GET_INTERFACES, take_zone_interfaces, true}},
    .n_ways = 3,
};
static const Kind policy_kind = {
    .what = "the settings of policy",
    .ways = {{CALL_GET_POLICY_SETTINGS, take_policy, false}},
    .n_ways = 1,
};
static const Kind service_kind = {
    .what = "the ports of service",
    .ways = {{CALL_GET_SERVICE_SETTINGS, take_service, false},
             {CALL_GET_SERVICE_SETTINGS_TUPLE, take_service_tuple, false}},
    .n_ways = 2,
};
static const Kind ipset_kind = {
    .what = "the entries of ipset",
    .ways = {{CALL_GET_IPSET_SETTINGS, take_ipset, false}},
    .n_ways = 1,
};
static const Kind binding_kind = {
    .what = "the permanent zone of",
    .ways = {{CALL_CONFIG_GET_ZONE_OF_INTERFACE, take_binding, false}},
    .n_ways = 1,
};

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

static void ask_item(Item *item, Round *round)
{
    const Way *way = &item->kind->ways[item->way];
    const Question question = {
        .call = way->call,
        .parameters = g_variant_new("(s)", item->name),
        .decode = way->decode,
        .unanswered = try_next_way,
        .user = item,
    };
    item->is_open = false;
    round_ask(round, &question, "%s %s", item->kind->what, item->name);
}

static void want(FirewalldReader *reader, const Kind *kind, const char *name)
{
    char *key = g_strdup_printf("%s %s", kind->what, name);
    if (!g_hash_table_add(reader->known, key))
        return;
    Item *item = g_new0(Item, 1);
    item->reader = reader;
    item->kind = kind;
    item->name = g_strdup(name);
    item->is_open = true;
    g_ptr_array_add(reader->items, item);
}

static void want_each(FirewalldReader *reader, const Kind *kind, char *const *names)
{
    for (; *names != NULL; names++)
        want(reader, kind, *names);
}

static void want_ipset_of(FirewalldReader *reader, const AddressSpec *address)
{
    if (address != NULL && address->kind == ADDRESS_SPEC_IPSET)
        want(reader, &ipset_kind, address->name);
}

static void want_named_by_filter(FirewalldReader *reader, const Filter *filter)
{
    want_each(reader, &service_kind, filter->services);
    for (guint i = 0; i < filter->rich_rules->len; i++) {
        const RichRule *rule = g_ptr_array_index(filter->rich_rules, i);
        if (rule->understood && rule->element == RICH_ELEMENT_SERVICE)
            want(reader, &service_kind, rule->name);
        want_ipset_of(reader, rule->source);
        want_ipset_of(reader, rule->destination);
    }
}

static void want_named_by_zones(FirewalldReader *reader)
{
    const GPtrArray *zones = reader->firewalld->zones;
    for (guint i = 0; i < zones->len; i++) {
        const Zone *zone = g_ptr_array_index(zones, i);
        want(reader, &zone_kind, zone->name);
        want_named_by_filter(reader, &zone->filter);
        for (guint j = 0; j < zone->sources->len; j++)
            want_ipset_of(reader, g_ptr_array_index(zone->sources, j));
    }
}

static void want_named_by_policies(FirewalldReader *reader)
{
    const GPtrArray *policies = reader->firewalld->policies;
    for (guint i = 0; i < policies->len; i++) {
        const Policy *policy = g_ptr_array_index(policies, i);
        want(reader, &policy_kind, policy->name);
        want_named_by_filter(reader, &policy->filter);
    }
}

static void want_included(FirewalldReader *reader)
{
    const GPtrArray *services = reader->firewalld->services;
    for (guint i = 0; i < services->len; i++) {
        const Service *service = g_ptr_array_index(services, i);
        want_each(reader, &service_kind, service->includes);
    }
}

static void want_bindings(FirewalldReader *reader, const Interests *interests)
{
    g_autoptr(GPtrArray) bindings = interests_bindings(interests);
    for (guint i = 0; i < bindings->len; i++)
        want(reader, &binding_kind, g_ptr_array_index(bindings, i));
}

void firewalld_ask_more(FirewalldReader *reader, const Interests *interests, Round *round)
{
    if (reader->scope == OBSERVE_ALL_ZONES && !reader->zones_asked)
        ask_zones(reader, round);
    want_named_by_zones(reader);
    want_named_by_policies(reader);
    want_included(reader);
    want_bindings(reader, interests);
    for (guint i = 0; i < reader->items->len; i++) {
        Item *item = g_ptr_array_index(reader->items, i);
        if (item->is_open)
            ask_item(item, round);
    }
}

/* Zones, policies, services and sets all begin with their name. */
static gint compare_names(gconstpointer a, gconstpointer b)
{
    char *const *const *left = a;
    char *const *const *right = b;
    return strcmp(**left, **right);
}

void firewalld_reader_finish(FirewalldReader *reader)
{
    g_ptr_array_sort(reader->firewalld->zones, compare_names);
    g_ptr_array_sort(reader->firewalld->policies, compare_names);
    g_ptr_array_sort(reader->firewalld->services, compare_names);
    g_ptr_array_sort(reader->firewalld->ipsets, compare_names);
}

/* ---- answers about items ---- */

static bool take_zone(GVariant *reply, gpointer user, GError **error)
{
    const Item *item = user;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    Zone *zone = firewalld_decode_zone(item->name, settings, error);
    if (zone == NULL)
        return false;
    put_zone(item->reader->firewalld, zone);
    return true;
}

static bool take_zone_tuple(GVariant *reply, gpointer user, GError **error)
{
    const Item *item = user;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    Zone *zone = firewalld_decode_zone_tuple(item->name, settings, error);
    if (zone == NULL)
        return false;
    put_zone(item->reader->firewalld, zone);
    return true;
}

static bool take_zone_interfaces(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    const Item *item = user;
    Zone *zone = firewalld_zone(item->reader->firewalld, item->name);
    g_strfreev(zone->interfaces);
    g_variant_get(reply, "(^as)", &zone->interfaces);
    return true;
}

static bool take_policy(GVariant *reply, gpointer user, GError **error)
{
    const Item *item = user;
    GPtrArray *policies = item->reader->firewalld->policies;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    Policy *policy = firewalld_decode_policy(item->name, settings, error);
    if (policy == NULL)
        return false;
    g_ptr_array_remove(policies, firewalld_policy(item->reader->firewalld, item->name));
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
    g_ptr_array_add(item->reader->firewalld->services, service);
    return true;
}

static bool take_service_tuple(GVariant *reply, gpointer user, GError **error)
{
    const Item *item = user;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    Service *service = firewalld_decode_service_tuple(item->name, settings, error);
    if (service == NULL)
        return false;
    g_ptr_array_add(item->reader->firewalld->services, service);
    return true;
}

static bool take_ipset(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    const Item *item = user;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    g_ptr_array_add(item->reader->firewalld->ipsets, firewalld_decode_ipset(item->name, settings));
    return true;
}

static bool take_binding(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    const Item *item = user;
    const char *answer;
    g_variant_get(reply, "(&s)", &answer);
    g_ptr_array_add(item->reader->snapshot->permanent->bindings,
                    firewalld_decode_permanent_binding(item->name, answer));
    return true;
}
