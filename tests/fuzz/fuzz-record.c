/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever the file of the last change holds, it is refused, or it is a record that is written and read again
 * as the same, and that can be taken back on paper. */
#include "act/record.h"
#include "model/plan/undo.h"

#include <glib/gstdio.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void remove_state(void)
{
    g_autofree char *path = record_path();
    g_unlink(path);
    g_rmdir(g_getenv("STATE_DIRECTORY"));
}

/* A folder of this process's own, in memory. */
static void make_state(void)
{
    static char directory[] = "/dev/shm/nicfix-fuzz-XXXXXX";
    if (g_getenv("NICFIX_FUZZ_STATE") != NULL)
        return;
    g_assert(g_mkdtemp(directory) != NULL);
    g_setenv("STATE_DIRECTORY", directory, TRUE);
    g_setenv("NICFIX_FUZZ_STATE", directory, TRUE);
    atexit(remove_state);
}

static void take_back(const Record *record)
{
    g_autoptr(Snapshot) snapshot = snapshot_new();
    g_autoptr(GPtrArray) notes = plan_notes_new();
    g_autoptr(GPtrArray) inverses = undo_actions(snapshot, record->actions, notes);
    g_assert(inverses->len <= record->actions->len);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    make_state();
    g_autofree char *path = record_path();
    g_assert(g_file_set_contents_full(path, (const char *)data, (gssize)size,
                                      G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    g_autoptr(Record) record = NULL;
    g_autoptr(GError) error = NULL;
    bool loaded = record_load(&record, &error);
    g_assert(loaded == (record != NULL) && loaded == (error == NULL));
    if (!loaded)
        return 0;
    take_back(record);
    g_assert(record_save(record, NULL));
    g_autoptr(Record) again = NULL;
    g_assert(record_load(&again, NULL) && again != NULL);
    g_assert(g_str_equal(again->id, record->id) && again->actions->len == record->actions->len);
    return 0;
}
