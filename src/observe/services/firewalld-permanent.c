/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read of the permanent configuration. */
#include "observe/services/firewalld-permanent.h"

#include "bus/bus-error.h"
#include "observe/services/firewalld-decode.h"
#include "observe/services/firewalld-items.h"

struct PermanentReader {
    Items items;          /* of the permanent side */
    Firewalld *firewalld; /* what they fill; NULL: moved into the snapshot */
    bool begun;
};

PermanentReader *permanent_reader_new(Snapshot *snapshot)
{
    PermanentReader *reader = g_new0(PermanentReader, 1);
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

/* ---- the first batch ---- */

static bool take_conf(GVariant *reply, gpointer user, GError **error)
{
    PermanentReader *reader = user;
    g_autoptr(GVariant) properties = g_variant_get_child_value(reply, 0);
    return firewalld_decode_conf(properties, reader->firewalld, error);
}

/* Chains without rules decide nothing. */
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

static bool take_lack_of_direct(const GError *error, gpointer user)
{
    PermanentReader *reader = user;
    if (!bus_error_is_missing_method(error))
        return false;
    reader->firewalld->direct_rules = TRISTATE_NO;
    return true;
}

/* firewalld's own check reports a broken configuration as an error. */
static bool take_fault(const GError *error, gpointer user)
{
    Snapshot *snapshot = user;
    if (bus_error_firewalld_code(error) == NULL)
        return false;
    Permanent *permanent = snapshot->permanent;
    g_free(permanent->fault);
    permanent->fault = g_strdup(error->message);
    return true;
}

static const FirstCall first_calls[] = {
    {CALL_CONFIG_PROPERTIES, FIREWALLD_SERVICE ".config", take_conf, NULL,
     "the settings of firewalld.conf"},
    {CALL_CONFIG_GET_ZONE_NAMES, NULL, items_take_zone_names, NULL,
     "the names of the permanent zones"},
    {CALL_CONFIG_GET_POLICY_NAMES, NULL, items_take_policy_names, items_take_lack_of_policies,
     "the names of the permanent policies"},
    {CALL_CONFIG_GET_DIRECT_SETTINGS, NULL, take_direct, take_lack_of_direct,
     "the permanent direct rules"},
};

void permanent_add_check(Snapshot *snapshot, CallBatch *batch)
{
    const Call call = {.id = CALL_CHECK_PERMANENT_CONFIG, .failed = take_fault, .user = snapshot};
    call_batch_add(batch, &call, "whether the permanent configuration is sound");
}

/* ---- all batches ---- */

bool permanent_add_calls(PermanentReader *reader, CallBatch *batch, GError **error)
{
    if (!reader->begun) {
        items_add_first_calls(&reader->items, first_calls, G_N_ELEMENTS(first_calls), batch);
        permanent_add_check(reader->items.snapshot, batch);
    }
    reader->begun = true;
    items_want_named(&reader->items);
    return items_add_calls(&reader->items, batch, error);
}

void permanent_reader_finish(PermanentReader *reader)
{
    if (reader->firewalld->zones->len == 0 || reader->firewalld->default_zone == NULL)
        return;
    items_sort(&reader->items);
    reader->items.snapshot->permanent->firewalld = g_steal_pointer(&reader->firewalld);
}
