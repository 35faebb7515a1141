/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/expectations.h"

#include "model/error.h"
#include "model/foreach.h"
#include "observe/expectation-file.h"

static bool read_files(const GPtrArray *files, const Snapshot *snapshot, Netlink *netlink,
                       GPtrArray *expectations, GError **error)
{
    PTR_ARRAY_FOREACH (const char, file, files) {
        if (!expectation_file_read(file, snapshot, netlink, expectations, error))
            return false;
    }
    return true;
}

/* What this user may not read is reported, and the host is judged without it. */
static bool read_directory(Snapshot *snapshot, Netlink *netlink, GPtrArray *expectations,
                           GError **error)
{
    g_autofree char *directory = configuration_path("expect.d");
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) files = expectation_files_in(directory, &reason);
    if (files != NULL && read_files(files, snapshot, netlink, expectations, &reason))
        return true;
    if (g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NOT_AUTHORISED)) {
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
    if (is_live && (netlink == NULL || !read_directory(snapshot, netlink, read, error)))
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
