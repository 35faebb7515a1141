/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of firewalld, and how the answers get into the snapshot. */
#include "observe/services/firewalld.h"

#include "bus/bus-error.h"
#include "observe/services/firewalld-decode.h"
#include "observe/services/firewalld-items.h"
#include "observe/services/interests.h"

struct FirewalldReader {
    Items items; /* of the running side */
    Snapshot *snapshot;
    Firewalld *firewalld; /* the snapshot's */
    ObserveScope scope;
    bool zones_asked;    /* getZones */
    bool zones_unread;   /* and it failed */
    guint empty_directs; /* of the two kinds of direct rules, how many there are none of */
};

FirewalldReader *firewalld_reader_new(Snapshot *snapshot, ObserveScope scope)
{
    FirewalldReader *reader = g_new0(FirewalldReader, 1);
    items_init(&reader->items, snapshot, snapshot->firewalld, &firewalld_running_side);
    reader->snapshot = snapshot;
    reader->firewalld = snapshot->firewalld;
    reader->scope = scope;
    return reader;
}

void firewalld_reader_free(FirewalldReader *reader)
{
    if (reader == NULL)
        return;
    items_clear(&reader->items);
    g_free(reader);
}

/* ---- the first round ---- */

static bool take_identity(GVariant *reply, gpointer user, GError **error);
static bool take_default_zone(GVariant *reply, gpointer user, GError **error);
static bool take_panic(GVariant *reply, gpointer user, GError **error);
static bool take_log_denied(GVariant *reply, gpointer user, GError **error);
static bool take_active_zones(GVariant *reply, gpointer user, GError **error);
static bool take_policies(GVariant *reply, gpointer user, GError **error);
static bool take_direct(GVariant *reply, gpointer user, GError **error);
static bool take_options(GVariant *reply, gpointer user, GError **error);
static bool no_active_zones(const GError *error, gpointer user);
static bool no_policies(const GError *error, gpointer user);
static bool no_direct(const GError *error, gpointer user);

static const FirstQuestion first_questions[] = {
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

static bool take_zone_names(GVariant *reply, gpointer user, GError **error)
{
    FirewalldReader *reader = user;
    return items_take_zone_names(reply, &reader->items, error);
}

static bool zone_names_failed(const GError *error G_GNUC_UNUSED, gpointer user)
{
    FirewalldReader *reader = user;
    reader->zones_unread = true;
    return false;
}

static void ask_zones(FirewalldReader *reader, Round *round)
{
    const Question question = {
        .call = CALL_GET_ZONES,
        .decode = take_zone_names,
        .unanswered = zone_names_failed,
        .user = reader,
    };
    reader->zones_asked = true;
    round_ask(round, &question, "the names of the zones");
}

void firewalld_ask_first(FirewalldReader *reader, Round *round)
{
    items_ask_first(first_questions, G_N_ELEMENTS(first_questions), reader, round);
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

static bool take_default_zone(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    FirewalldReader *reader = user;
    take_text(reply, &reader->firewalld->default_zone);
    if (reader->firewalld->default_zone != NULL)
        items_ensure_zone(reader->firewalld, reader->firewalld->default_zone);
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

static bool take_active_zones(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    FirewalldReader *reader = user;
    g_autoptr(GVariant) answer = g_variant_get_child_value(reply, 0);
    g_autoptr(GPtrArray) zones = firewalld_decode_active_zones(answer);
    g_ptr_array_set_free_func(zones, NULL);
    for (guint i = 0; i < zones->len; i++)
        items_put_zone(reader->firewalld, g_ptr_array_index(zones, i));
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

static bool take_policies(GVariant *reply, gpointer user, GError **error)
{
    FirewalldReader *reader = user;
    return items_take_policy_names(reply, &reader->items, error);
}

static bool no_policies(const GError *error, gpointer user)
{
    FirewalldReader *reader = user;
    return items_no_policies(error, &reader->items);
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

/* ---- every further round ---- */

static bool take_binding(GVariant *reply, gpointer user, GError **error);

static const Kind binding_kind = {
    .what = "the permanent zone of",
    .locate = N_CALLS,
    .ways = {{CALL_CONFIG_GET_ZONE_OF_INTERFACE, take_binding, false}},
    .n_ways = 1,
};

static void want_bindings(FirewalldReader *reader, const Interests *interests)
{
    g_autoptr(GPtrArray) bindings = interests_bindings(interests);
    for (guint i = 0; i < bindings->len; i++)
        items_want(&reader->items, &binding_kind, g_ptr_array_index(bindings, i));
}

/* What is not active may still be there, or not be there at all. */
void firewalld_want_zone(FirewalldReader *reader, const char *name)
{
    if (firewalld_zone(reader->firewalld, name) != NULL)
        return;
    if (reader->zones_unread)
        items_ensure_zone(reader->firewalld, name);
    else
        reader->scope = OBSERVE_ALL_ZONES;
}

void firewalld_ask_more(FirewalldReader *reader, const Interests *interests, Round *round)
{
    if (reader->scope == OBSERVE_ALL_ZONES && !reader->zones_asked)
        ask_zones(reader, round);
    items_want_named(&reader->items);
    want_bindings(reader, interests);
    items_ask(&reader->items, round);
}

void firewalld_reader_finish(FirewalldReader *reader)
{
    items_sort(&reader->items);
}

static bool take_binding(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    const Item *item = user;
    const char *answer;
    g_variant_get(reply, "(&s)", &answer);
    g_ptr_array_add(item->items->snapshot->permanent->bindings,
                    firewalld_decode_permanent_binding(item->name, answer));
    return true;
}
