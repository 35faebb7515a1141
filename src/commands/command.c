/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands share: where their snapshot comes from. */
#include "commands/command.h"

#include "model/error.h"
#include "observe/snapshot-json.h"

guint context_timeout_ms(const Context *context)
{
    return (guint)context->options->timeout * 1000;
}

const char *const *context_uplinks(const Context *context)
{
    return (const char *const *)context->options->uplinks;
}

bool context_check_uplinks(const Context *context, const Snapshot *snapshot, GError **error)
{
    for (const char *const *name = context_uplinks(context); name != NULL && *name != NULL;
         name++) {
        if (snapshot_link_by_name(snapshot, *name) != NULL)
            continue;
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, "nicfix list shows the links there are",
                         "--uplink: no link is named %s", *name);
        return false;
    }
    return true;
}

ObserveOptions context_observe_options(const Context *context, ObserveScope scope)
{
    return (ObserveOptions){
        .timeout_ms = context_timeout_ms(context),
        .scope = scope,
        .uplinks = context_uplinks(context),
    };
}

static Snapshot *read_machine(const ObserveOptions *options, Bus **bus, GError **error)
{
    g_autoptr(Bus) opened = bus_open(options->timeout_ms, error);
    if (opened == NULL)
        return NULL;
    Snapshot *snapshot = observe(opened, options, error);
    if (snapshot != NULL && bus != NULL)
        *bus = g_steal_pointer(&opened);
    return snapshot;
}

Snapshot *context_snapshot(const Context *context, const ObserveOptions *options, Bus **bus,
                           GError **error)
{
    const char *file = context->options->snapshot;
    g_autoptr(Snapshot) snapshot =
        file != NULL ? snapshot_read_file(file, error) : read_machine(options, bus, error);
    if (snapshot == NULL || !context_check_uplinks(context, snapshot, error))
        return NULL;
    return g_steal_pointer(&snapshot);
}
