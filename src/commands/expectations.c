/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/expectations.h"

#include "commands/host-notes.h"
#include "model/error.h"
#include "model/foreach.h"
#include "observe/expectation-file.h"

/* What this user may not read is reported, and the host is judged without it. */
static bool read_directory(const GlobalOptions *options, Snapshot *snapshot, Netlink *netlink,
                           GPtrArray *expectations, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (host_notes_read_expectations(options, snapshot, netlink, expectations, &reason))
        return true;
    if (g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NOT_AUTHORISED)) {
        g_autofree char *directory = configuration_path("expect.d");
        snapshot_add_unread(snapshot, "expectations", directory, reason->message);
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

bool context_read_expectations(const Context *context, char *const *files, Snapshot *snapshot,
                               GError **error)
{
    GlobalOptions *options = context->options;
    bool is_live = options->snapshot == NULL;
    g_autoptr(Netlink) netlink = is_live ? netlink_new(NETLINK_ROUTE, error) : NULL;
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func((GDestroyNotify)expectation_free);
    if (is_live && (netlink == NULL || !read_directory(options, snapshot, netlink, read, error)))
        return false;
    STRV_FOREACH (file, files) {
        if (!expectation_file_read(*file, snapshot, netlink, read, error))
            return false;
    }
    g_clear_pointer(&options->expectations, g_ptr_array_unref);
    options->expectations = g_steal_pointer(&read);
    options->declared.expectations = options->expectations;
    return true;
}
