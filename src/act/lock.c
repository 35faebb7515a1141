/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who passes over a holder removes the file and locks another: the old holder, if it goes on, notices
 * that its file is no longer there. */
#include "act/lock.h"

#include "act/interruption.h"
#include "act/state.h"
#include "bus/deadline.h"
#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAME "lock"

enum { TEXT_SIZE = 1024 };

struct Lock {
    int fd; /* -1: there is no file to lock */
};

/* A process, as proc(5) shows it. */
typedef struct {
    int pid;       /* 0: not known */
    guint64 start; /* clock ticks after the boot */
    bool is_stopped;
} Process;

/* ---- processes ---- */

/* The state is the third word of /proc/PID/stat, after a name that may contain anything, and the start
 * is the 22nd. */
static Process process_of(int pid)
{
    enum { STATE = 0, START = 19 }; /* words after the name */
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
    g_autofree char *text = NULL;
    const char *end;
    if (!g_file_get_contents(path, &text, NULL, NULL) || (end = strrchr(text, ')')) == NULL)
        return (Process){0};
    g_auto(GStrv) words = g_strsplit(end + strspn(end, ") "), " ", -1);
    if (g_strv_length(words) <= START)
        return (Process){0};
    bool is_stopped = g_ascii_tolower(*words[STATE]) == 't'; /* T: stopped; t: by a debugger */
    return (Process){pid, g_ascii_strtoull(words[START], NULL, 10), is_stopped};
}

static guint seconds_since(guint64 start)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    guint64 began = start / (guint64)sysconf(_SC_CLK_TCK);
    return (guint64)now.tv_sec > began ? (guint)((guint64)now.tv_sec - began) : 0;
}

/* ---- the holder ---- */

static void write_holder(int fd)
{
    Process self = process_of(getpid());
    char text[TEXT_SIZE];
    int length = snprintf(text, sizeof text, "%d %" G_GUINT64_FORMAT "\n", self.pid, self.start);
    /* Not being able to say who holds it takes nothing from the lock. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)length, 0) != length)
        errno = 0;
}

/* All zero where the file does not say, or names a process that is no longer there. */
static Process find_holder(int fd)
{
    char text[TEXT_SIZE];
    ssize_t length = pread(fd, text, sizeof text - 1, 0);
    if (length <= 0)
        return (Process){0};
    text[length] = '\0';
    char *end = text;
    guint64 pid = g_ascii_strtoull(text, &end, 10);
    guint64 start = g_ascii_strtoull(end, NULL, 10);
    Process process = pid > 0 && pid <= G_MAXINT ? process_of((int)pid) : (Process){0};
    return process.start == start ? process : (Process){0};
}

/* ---- the file ---- */

static bool is_in_place(int fd, const char *path)
{
    struct stat own, there;
    return fstat(fd, &own) == 0 && lstat(path, &there) == 0 && own.st_dev == there.st_dev &&
           own.st_ino == there.st_ino;
}

static int open_file(const char *path)
{
    int fd = state_make_directory() ? state_open(path, O_RDWR | O_CREAT) : -1;
    return fd < 0 && errno == EROFS ? state_open(path, O_RDONLY) : fd;
}

typedef enum {
    TRY_TAKEN,
    TRY_WITHOUT, /* there is no file to lock */
    TRY_FOREIGN, /* the file is not nicfix's */
    TRY_HELD,
} Try;

/* FD is set for TRY_TAKEN, HOLDER for TRY_HELD. */
static Try try_to_take(const char *path, LockRule rule, int *fd, Process *holder)
{
    for (;;) {
        *fd = open_file(path);
        if (*fd < 0)
            return errno == EBADMSG ? TRY_FOREIGN : TRY_WITHOUT;
        bool taken = flock(*fd, LOCK_EX | LOCK_NB) == 0;
        bool held = !taken && errno == EWOULDBLOCK;
        if (taken && is_in_place(*fd, path)) {
            write_holder(*fd);
            return TRY_TAKEN;
        }
        *holder = find_holder(*fd);
        bool in_place = is_in_place(*fd, path);
        bool passes = held && in_place && holder->is_stopped && rule == LOCK_PASSES_STOPPED;
        close(*fd);
        if (passes && unlink(path) != 0)
            return TRY_WITHOUT;
        if (!taken && !held) /* a file system without locks */
            return TRY_WITHOUT;
        if (held && in_place && !passes)
            return TRY_HELD;
    }
}

static void set_held_error(const Process *holder, GError **error)
{
    if (holder->pid == 0) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "wait for it and run this again",
                         "another process is changing this host, and nothing was changed");
        return;
    }
    g_autofree char *hint =
        holder->is_stopped
            ? g_strdup_printf("it is stopped: let it go on (kill -CONT %d), then run this again",
                              holder->pid)
            : g_strdup("wait for it and run this again");
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, hint,
                     "another nicfix (process %d, started %u s ago) is changing this host, and "
                     "nothing was changed",
                     holder->pid, seconds_since(holder->start));
}

Lock *lock_take(LockRule rule, guint timeout_ms, GError **error)
{
    gint64 deadline = deadline_in(timeout_ms);
    g_autofree char *path = state_path(NAME);
    Process holder = {0};
    do {
        Lock own = {.fd = -1};
        Try outcome = try_to_take(path, rule, &own.fd, &holder);
        if (outcome == TRY_WITHOUT || (outcome == TRY_FOREIGN && rule == LOCK_PASSES_STOPPED))
            own.fd = -1;
        else if (outcome == TRY_FOREIGN) {
            state_set_error(error, EBADMSG, "use the lock", path);
            return NULL;
        }
        if (outcome != TRY_HELD)
            return g_memdup2(&own, sizeof own);
        const char *signal = interruption_pending();
        if (signal != NULL) {
            nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                             "interrupted by %s; nothing was changed", signal);
            return NULL;
        }
    } while (deadline_wait(deadline));
    set_held_error(&holder, error);
    return NULL;
}

bool lock_is_lost(const Lock *lock)
{
    g_autofree char *path = state_path(NAME);
    return lock != NULL && lock->fd >= 0 && !is_in_place(lock->fd, path);
}

void lock_free(Lock *lock)
{
    if (lock == NULL)
        return;
    if (lock->fd >= 0)
        close(lock->fd);
    g_free(lock);
}
