/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever firewalld or another owner of its name answers, it is refused with an error or becomes part of a
 * snapshot that is written and read again. The first byte says which call is answered; what follows is the
 * answer in GVariant's own format. */
#include "documents/json.h"
#include "documents/snapshot-json.h"
#include "model/error.h"
#include "observe/services/firewalld-decode.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef bool (*Take)(Snapshot *snapshot, GVariant *value, GError **error);

/* Adds what was read, if anything, to ITEMS. */
static bool add(GPtrArray *items, gpointer item)
{
    if (item != NULL)
        g_ptr_array_add(items, item);
    return item != NULL;
}

#define DEFINE_TAKE(kind, items)                                                                   \
    static bool take_##kind(Snapshot *snapshot, GVariant *value, GError **error)                   \
    {                                                                                              \
        return add(snapshot->firewalld->items, firewalld_decode_##kind("fuzz", value, error));     \
    }

DEFINE_TAKE(zone, zones)
DEFINE_TAKE(policy, policies)
DEFINE_TAKE(service, services)
DEFINE_TAKE(ipset, ipsets)

static bool take_active_zones(Snapshot *snapshot, GVariant *value, G_GNUC_UNUSED GError **error)
{
    GPtrArray *zones = firewalld_decode_active_zones(value);
    g_ptr_array_extend_and_steal(snapshot->firewalld->zones, zones);
    return true;
}

static bool take_identity(Snapshot *snapshot, GVariant *value, GError **error)
{
    return firewalld_decode_identity(value, snapshot->firewalld, error);
}

static bool take_options(Snapshot *snapshot, GVariant *value, GError **error)
{
    return firewalld_decode_options(value, &snapshot->firewalld->options, error);
}

static bool take_conf(Snapshot *snapshot, GVariant *value, GError **error)
{
    return firewalld_decode_conf(value, snapshot->firewalld, error);
}

static bool take_binding(Snapshot *snapshot, GVariant *value, G_GNUC_UNUSED GError **error)
{
    const char *answer = g_variant_get_string(value, NULL);
    g_ptr_array_add(snapshot->permanent->bindings,
                    firewalld_decode_permanent_binding("enp2s0", answer));
    return true;
}

/* Types as of src/bus/calls.c. */
static const struct {
    const char *type;
    Take take;
} replies[] = {
    {"a{sv}", take_zone},
    {"(sssbsasa(ss)asba(ssss)asasasasa(ss)b)", take_zone},
    {"a{sv}", take_policy},
    {"a{sv}", take_service},
    {"(sssa(ss)asa{ss}asa(ss))", take_service},
    {"(ssssa{ss}as)", take_ipset},
    {"a{sa{sas}}", take_active_zones},
    {"a{sv}", take_identity},
    {"a{sv}", take_options},
    {"a{sv}", take_conf},
    {"s", take_binding},
};

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size == 0)
        return 0;
    guint kind = data[0] % G_N_ELEMENTS(replies);
    /* GVariant aligns by address. */
    g_autoptr(GBytes) bytes = g_bytes_new(data + 1, size - 1);
    g_autoptr(GVariant) raw =
        g_variant_new_from_bytes(G_VARIANT_TYPE(replies[kind].type), bytes, FALSE);
    g_variant_ref_sink(raw);
    /* GDBus hands out answers in normal form only. */
    g_autoptr(GVariant) value = g_variant_get_normal_form(raw);
    g_autoptr(Snapshot) snapshot = snapshot_new();
    g_autoptr(GError) error = NULL;
    bool taken = replies[kind].take(snapshot, value, &error);
    g_assert(taken == (error == NULL));
    if (error != NULL)
        g_assert(error->domain == NICFIX_ERROR && g_utf8_validate(error->message, -1, NULL));
    json_auto_t *document = snapshot_to_json(snapshot);
    g_autofree char *text = json_document_text(document, false);
    g_assert(g_utf8_validate(text, -1, NULL));
    return 0;
}
