/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/logging-note.h"

#include "act/record.h"
#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct LoggingNote {
    int descriptor;
};

/* Beside the record of the last change (transfer full). */
static char *note_path(void)
{
    g_autofree char *record = record_path();
    g_autofree char *directory = g_path_get_dirname(record);
    return g_build_filename(directory, "log-denied", NULL);
}

static bool fail(const char *path, GError **error)
{
    bool held = errno == EWOULDBLOCK;
    nicfix_error_set(error, held ? NICFIX_ERROR_REFUSED : NICFIX_ERROR_NOT_AUTHORISED, NULL,
                     held ? "another nicfix denied --record runs: %s is held"
                          : "cannot write %s: %s",
                     path, g_strerror(errno));
    return false;
}

static bool sync_directory(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return synced;
}

LoggingNote *logging_note_begin(GError **error)
{
    g_autofree char *path = note_path();
    g_autofree char *directory = g_path_get_dirname(path);
    g_autoptr(LoggingNote) note = g_new0(LoggingNote, 1);
    bool has_directory = g_mkdir_with_parents(directory, 0700) == 0;
    note->descriptor =
        has_directory ? open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)
                      : -1;
    if (note->descriptor < 0 || flock(note->descriptor, LOCK_EX | LOCK_NB) != 0 ||
        fsync(note->descriptor) != 0 || !sync_directory(directory)) {
        fail(path, error);
        return NULL;
    }
    return g_steal_pointer(&note);
}

void logging_note_free(LoggingNote *note)
{
    if (note == NULL)
        return;
    if (note->descriptor >= 0)
        close(note->descriptor);
    g_free(note);
}

void logging_note_remove(void)
{
    g_autofree char *path = note_path();
    unlink(path);
}

bool logging_note_is_left(void)
{
    g_autofree char *path = note_path();
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool is_left = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
                   status.st_uid == geteuid() && flock(descriptor, LOCK_SH | LOCK_NB) == 0;
    close(descriptor);
    return is_left;
}
