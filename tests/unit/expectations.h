/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expectations from the text of a file, on a sketched host. */
#pragma once

#include "observe/expectation-file.h"

#include "sketch.h"

#include <glib/gstdio.h>

/* The host of TEXT, whose routes are all known (transfer full). */
static inline Snapshot *sketch_routed(const char *text)
{
    Snapshot *snapshot = sketch(text);
    snapshot->routes_complete = TRISTATE_YES;
    return snapshot;
}

/* Reads TEXT of LENGTH bytes (-1: to its end) as the file "host.flows" (transfer full); NULL with
 * ERROR set. */
static inline GPtrArray *expectations_read(const char *text, gssize length,
                                           const Snapshot *snapshot, GError **error)
{
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func((GDestroyNotify)expectation_free);
    g_autofree char *directory = g_dir_make_tmp("nicfix-XXXXXX", NULL);
    g_autofree char *old = g_get_current_dir();
    if (directory == NULL || g_chdir(directory) != 0 ||
        !g_file_set_contents("host.flows", text, length, NULL))
        g_error("no temporary file");
    bool is_good = expectation_file_read("host.flows", snapshot, NULL, read, error);
    if (g_unlink("host.flows") != 0 || g_chdir(old) != 0 || g_rmdir(directory) != 0)
        g_error("%s is left", directory);
    return is_good ? g_steal_pointer(&read) : NULL;
}

/* The same of what is no error. */
static inline GPtrArray *expectations_of(const char *text, const Snapshot *snapshot)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *expectations = expectations_read(text, -1, snapshot, &error);
    if (expectations == NULL)
        g_error("%s", error->message);
    return expectations;
}
