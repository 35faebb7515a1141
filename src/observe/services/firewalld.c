/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read of firewalld, and how the replies get into the snapshot. */
#include "observe/services/firewalld.h"

#include "bus/bus-error.h"
#include "model/foreach.h"
#include "observe/services/firewalld-decode.h"
#include "observe/services/firewalld-items.h"

struct FirewalldReader {
    Items items; /* of the running side */
    ObserveScope scope;
    bool lasting_called;    /* LASTING_CALLS */
    bool zones_called;      /* getZones */
    bool zones_unread;      /* and it failed */
    GError *bindings_error; /* getActiveZones was refused: why; else NULL */
    bool settings_may_be_old;
    GVariant *active_zones; /* getActiveZones; NULL: not told */
    guint empty_directs;    /* how many of the two kinds of direct rules have none */
};

FirewalldReader *firewalld_reader_new(Snapshot *snapshot, ObserveScope scope,
                                      bool settings_may_be_old)
{
    FirewalldReader *reader = g_new0(FirewalldReader, 1);
    items_init(&reader->items, snapshot, snapshot->firewalld, &firewalld_running_side);
    reader->scope = scope;
    reader->settings_may_be_old = settings_may_be_old;
    reader->items.all_zones = scope == OBSERVE_ALL_ZONES;
    return reader;
}

void firewalld_reader_free(FirewalldReader *reader)
{
    if (reader == NULL)
        return;
    items_clear(&reader->items);
    g_clear_error(&reader->bindings_error);
    g_clear_pointer(&reader->active_zones, g_variant_unref);
    g_free(reader);
}

/* ---- the first batch ---- */

static Firewalld *firewalld_of(gpointer user)
{
    FirewalldReader *reader = user;
    return reader->items.firewalld;
}

static bool take_identity(GVariant *reply, gpointer user, GError **error)
{
    g_autoptr(GVariant) properties = g_variant_get_child_value(reply, 0);
    return firewalld_decode_identity(properties, firewalld_of(user), error);
}

static bool take_options(GVariant *reply, gpointer user, GError **error)
{
    g_autoptr(GVariant) properties = g_variant_get_child_value(reply, 0);
    return firewalld_decode_options(properties, &firewalld_of(user)->options, error);
}

static void take_text(GVariant *reply, char **field)
{
    const char *text;
    g_variant_get(reply, "(&s)", &text);
    g_free(*field);
    *field = *text == '\0' ? NULL : g_strdup(text);
}

static bool take_default_zone(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    Firewalld *firewalld = firewalld_of(user);
    take_text(reply, &firewalld->default_zone);
    if (firewalld->default_zone != NULL)
        items_ensure_zone(firewalld, firewalld->default_zone);
    return true;
}

static bool take_log_denied(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    take_text(reply, &firewalld_of(user)->log_denied);
    return true;
}

static bool take_panic(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    gboolean panic;
    g_variant_get(reply, "(b)", &panic);
    firewalld_of(user)->panic = panic ? TRISTATE_YES : TRISTATE_NO;
    return true;
}

static bool take_active_zones(GVariant *reply, gpointer user, GError **error)
{
    g_autoptr(GVariant) answer = g_variant_get_child_value(reply, 0);
    if (!items_check_count(g_variant_n_children(answer), error))
        return false;
    g_autoptr(GPtrArray) zones = firewalld_decode_active_zones(answer);
    g_ptr_array_set_free_func(zones, NULL);
    PTR_ARRAY_FOREACH (Zone, zone, zones)
        items_put(firewalld_of(user)->zones, zone);
    FirewalldReader *reader = user;
    g_clear_pointer(&reader->active_zones, g_variant_unref);
    reader->active_zones = g_steal_pointer(&answer);
    return true;
}

/* What is in each zone, whatever its settings said. */
static void take_all_members(FirewalldReader *reader)
{
    g_autoptr(GPtrArray) active = firewalld_decode_active_zones(reader->active_zones);
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    PTR_ARRAY_FOREACH (Zone, zone, active)
        g_hash_table_insert(by_name, zone->name, zone);
    PTR_ARRAY_FOREACH (Zone, zone, reader->items.firewalld->zones) {
        g_autoptr(Zone) empty = zone_new(zone->name);
        const Zone *found = g_hash_table_lookup(by_name, zone->name);
        const Zone *members = found != NULL ? found : empty;
        zone_set_interfaces(zone, g_strdupv(members->interfaces));
        g_ptr_array_unref(zone->sources);
        zone->sources = g_ptr_array_ref(members->sources);
    }
}

/* Programs that offer firewalld's name may lack this; then each zone is read for its interfaces. So it is
 * where the call was refused: the settings of all zones say the same. */
static bool take_lack_of_active_zones(const GError *error, gpointer user)
{
    FirewalldReader *reader = user;
    reader->scope = OBSERVE_ALL_ZONES;
    reader->items.all_zones = true;
    if (bus_error_is_missing_method(error))
        return true;
    reader->bindings_error = g_error_copy(error);
    return false;
}

static void note_direct(FirewalldReader *reader, gsize count)
{
    if (count > 0)
        reader->items.firewalld->direct_rules = TRISTATE_YES;
    else if (++reader->empty_directs == 2)
        reader->items.firewalld->direct_rules = TRISTATE_NO;
}

static bool take_direct(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    g_autoptr(GVariant) rules = g_variant_get_child_value(reply, 0);
    note_direct(user, g_variant_n_children(rules));
    return true;
}

static bool take_lack_of_direct(const GError *error, gpointer user)
{
    if (!bus_error_is_missing_method(error))
        return false;
    note_direct(user, 0);
    return true;
}

/* What may change while the kernel's rules stay the same. */
static const FirstCall first_calls[] = {
    {CALL_FIREWALLD_PROPERTIES, FIREWALLD_SERVICE, take_identity, NULL,
     "firewalld's version and state"},
    {CALL_GET_DEFAULT_ZONE, NULL, take_default_zone, NULL, "the default zone"},
    {CALL_GET_ACTIVE_ZONES, NULL, take_active_zones, take_lack_of_active_zones, "the active zones"},
    {CALL_CONFIG_PROPERTIES, FIREWALLD_SERVICE ".config", take_options, NULL,
     "the options of firewalld.conf"},
};

static const FirstCall lasting_calls[] = {
    {CALL_QUERY_PANIC_MODE, NULL, take_panic, NULL, "panic mode"},
    {CALL_GET_LOG_DENIED, NULL, take_log_denied, NULL, "whether denials are logged"},
    {CALL_GET_POLICIES, NULL, items_take_policy_names, items_take_lack_of_policies, "the policies"},
    {CALL_GET_DIRECT_RULES, NULL, take_direct, take_lack_of_direct, "direct rules"},
    {CALL_GET_DIRECT_PASSTHROUGHS, NULL, take_direct, take_lack_of_direct,
     "direct passthrough rules"},
};

static bool note_zones_unread(const GError *error G_GNUC_UNUSED, gpointer user)
{
    FirewalldReader *reader = user;
    reader->zones_unread = true;
    return false;
}

static const FirstCall all_zones = {CALL_GET_ZONES, NULL, items_take_zone_names, note_zones_unread,
                                    "the names of the zones"};

static void add_zone_names(FirewalldReader *reader, CallBatch *batch)
{
    if (reader->scope != OBSERVE_ACTIVE_ZONES && !reader->zones_called && reader->lasting_called) {
        items_add_first_calls(&reader->items, &all_zones, 1, batch);
        reader->zones_called = true;
    }
}

static void add_lasting_calls(FirewalldReader *reader, CallBatch *batch)
{
    if (!reader->lasting_called)
        items_add_first_calls(&reader->items, lasting_calls, G_N_ELEMENTS(lasting_calls), batch);
    reader->lasting_called = true;
    add_zone_names(reader, batch);
}

void firewalld_add_first_calls(FirewalldReader *reader, bool may_be_known, CallBatch *batch)
{
    items_add_first_calls(&reader->items, first_calls, G_N_ELEMENTS(first_calls), batch);
    if (!may_be_known)
        add_lasting_calls(reader, batch);
}

/* ---- every further batch ---- */

static bool take_binding(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    const Item *item = user;
    const char *answer;
    g_variant_get(reply, "(&s)", &answer);
    g_ptr_array_add(item->items->snapshot->permanent->bindings,
                    firewalld_decode_permanent_binding(item->name, answer));
    return true;
}

static const SettingKind binding_kind = {
    .what = "the permanent zone of",
    .locate = N_CALLS,
    .methods = {{CALL_CONFIG_GET_ZONE_OF_INTERFACE, NULL, take_binding, false}},
    .n_methods = 1,
};

/* A zone that is not active may still exist. */
void firewalld_want_zone(FirewalldReader *reader, const char *name)
{
    g_hash_table_add(reader->items.named_zones, g_strdup(name));
    if (reader->zones_unread)
        items_ensure_zone(reader->items.firewalld, name);
    else if (firewalld_zone(reader->items.firewalld, name) == NULL)
        reader->scope = MAX(reader->scope, OBSERVE_ZONE_NAMES);
}

bool firewalld_add_calls(FirewalldReader *reader, const Interests *interests, CallBatch *batch,
                         GError **error)
{
    add_lasting_calls(reader, batch);
    items_want_named(&reader->items);
    g_autoptr(GPtrArray) bindings = interests_bindings(interests);
    PTR_ARRAY_FOREACH (const char, binding, bindings)
        items_want(&reader->items, &binding_kind, binding);
    return items_add_calls(&reader->items, batch, error);
}

bool firewalld_reader_finish(FirewalldReader *reader, GError **error)
{
    bool are_known = reader->bindings_error == NULL || !reader->zones_unread;
    PTR_ARRAY_FOREACH (const Zone, zone, reader->items.firewalld->zones)
        are_known = are_known && (reader->bindings_error == NULL || zone->settings_read);
    if (!are_known) {
        g_propagate_error(error, g_error_copy(reader->bindings_error));
        return false;
    }
    if (reader->settings_may_be_old && reader->active_zones != NULL)
        take_all_members(reader);
    items_sort(&reader->items);
    return true;
}
