/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts on packets to the host, service by service: see host-services.h. */
#include "model/plan/host-services.h"

#include "model/firewalld/verdict.h"

typedef struct {
    const Snapshot *before;
    const Snapshot *after;
    const char *interface;
    GHashTable *seen; /* names, each with its kind as its first letter */
    GPtrArray *opens;
    GPtrArray *closes;
} Comparison;

void service_change_free(ServiceChange *change)
{
    if (change == NULL)
        return;
    g_free(change->interface);
    g_free(change->name);
    g_free(change);
}

/* MATCH_MAYBE where that cannot be told. */
static Match is_accepted(const Snapshot *snapshot, const Flow *flow)
{
    g_autoptr(Verdict) verdict = verdict_of(snapshot, flow);
    return verdict_accepts(verdict) ? MATCH_YES : verdict_refuses(verdict) ? MATCH_NO : MATCH_MAYBE;
}

static void compare(ServiceKind kind, const char *name, const Flow *flow, gpointer user)
{
    Comparison *comparison = user;
    Match before = is_accepted(comparison->before, flow);
    Match after = is_accepted(comparison->after, flow);
    bool changes = before != MATCH_MAYBE && after != MATCH_MAYBE && before != after;
    if (!changes || !g_hash_table_add(comparison->seen, g_strdup_printf("%d%s", kind, name)))
        return;
    ServiceChange *change = g_new0(ServiceChange, 1);
    change->interface = g_strdup(comparison->interface);
    change->kind = kind;
    change->name = g_strdup(name);
    g_ptr_array_add(after == MATCH_YES ? comparison->opens : comparison->closes, change);
}

void host_services_compare(const Snapshot *before, const Snapshot *after, const char *interface,
                           GPtrArray *opens, GPtrArray *closes)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Comparison comparison = {before, after, interface, seen, opens, closes};
    host_flows_foreach(before, interface, compare, &comparison);
    host_flows_foreach(after, interface, compare, &comparison);
}
