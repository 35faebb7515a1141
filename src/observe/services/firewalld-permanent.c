/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of the permanent configuration. */
#include "observe/services/firewalld-permanent.h"

#include "bus/bus-error.h"
#include "observe/services/firewalld-decode.h"
#include "observe/services/firewalld-items.h"

struct PermanentReader {
    Items items; /* of the permanent side */
    Snapshot *snapshot;
    Firewalld *firewalld; /* owned until it is handed over */
    bool begun;
};

PermanentReader *permanent_reader_new(Snapshot *snapshot)
{
    PermanentReader *reader = g_new0(PermanentReader, 1);
    reader->snapshot = snapshot;
    reader->firewalld = firewalld_new();
    items_init(&reader->items, snapshot, reader->firewalld, &firewalld_permanent_side);
    return reader;
}

void permanent_reader_free(PermanentReader *reader)
{
    if (reader == NULL)
        return;
    items_clear(&reader->items);
    firewalld_free(reader->firewalld);
    g_free(reader);
}

/* ---- the first round ---- */

static bool take_conf(GVariant *reply, gpointer user, GError **error)
{
    PermanentReader *reader = user;
    g_autoptr(GVariant) properties = g_variant_get_child_value(reply, 0);
    return firewalld_decode_conf(properties, reader->firewalld, error);
}

static bool take_zone_names(GVariant *reply, gpointer user, GError **error)
{
    PermanentReader *reader = user;
    return items_take_zone_names(reply, &reader->items, error);
}

static bool take_policy_names(GVariant *reply, gpointer user, GError **error)
{
    PermanentReader *reader = user;
    return items_take_policy_names(reply, &reader->items, error);
}

static bool no_policies(const GError *error, gpointer user)
{
    PermanentReader *reader = user;
    return items_no_policies(error, &reader->items);
}

/* Chains by themselves decide nothing. */
static bool take_direct(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    PermanentReader *reader = user;
    g_autoptr(GVariant) rules = NULL;
    g_autoptr(GVariant) passthroughs = NULL;
    g_variant_get(reply, "((@a(sss)@a(sssias)@a(sas)))", NULL, &rules, &passthroughs);
    bool any = g_variant_n_children(rules) > 0 || g_variant_n_children(passthroughs) > 0;
    reader->firewalld->direct_rules = any ? TRISTATE_YES : TRISTATE_NO;
    return true;
}

static bool no_direct(const GError *error, gpointer user)
{
    PermanentReader *reader = user;
    if (!bus_error_is_missing_method(error))
        return false;
    reader->firewalld->direct_rules = TRISTATE_NO;
    return true;
}

static bool take_soundness(GVariant *reply G_GNUC_UNUSED, gpointer user G_GNUC_UNUSED,
                           GError **error G_GNUC_UNUSED)
{
    return true;
}

/* firewalld's own check refuses a configuration in the words of its error. */
static bool take_fault(const GError *error, gpointer user)
{
    PermanentReader *reader = user;
    if (bus_error_firewalld_code(error) == NULL)
        return false;
    g_free(reader->snapshot->permanent->fault);
    reader->snapshot->permanent->fault = g_strdup(error->message);
    return true;
}

static const FirstQuestion first_questions[] = {
    {CALL_CONFIG_PROPERTIES, "org.fedoraproject.FirewallD1.config", take_conf, NULL,
     "the settings of firewalld.conf"},
    {CALL_CONFIG_GET_ZONE_NAMES, NULL, take_zone_names, NULL, "the names of the permanent zones"},
    {CALL_CONFIG_GET_POLICY_NAMES, NULL, take_policy_names, no_policies,
     "the names of the permanent policies"},
    {CALL_CONFIG_GET_DIRECT_SETTINGS, NULL, take_direct, no_direct, "the permanent direct rules"},
    {CALL_CHECK_PERMANENT_CONFIG, NULL, take_soundness, take_fault,
     "whether the permanent configuration is sound"},
};

/* ---- the whole ---- */

void permanent_ask(PermanentReader *reader, Round *round)
{
    if (!reader->begun)
        items_ask_first(first_questions, G_N_ELEMENTS(first_questions), reader, round);
    reader->begun = true;
    items_want_named(&reader->items);
    items_ask(&reader->items, round);
}

void permanent_reader_finish(PermanentReader *reader)
{
    if (reader->firewalld->zones->len == 0 || reader->firewalld->default_zone == NULL)
        return;
    items_sort(&reader->items);
    reader->snapshot->permanent->firewalld = g_steal_pointer(&reader->firewalld);
}
