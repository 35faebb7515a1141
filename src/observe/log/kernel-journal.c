/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's messages in the journal of systemd, sd-journal(3). */
#include "observe/log/kernel-source.h"

#ifdef HAVE_SYSTEMD

#include "model/error.h"

#include <dlfcn.h>
#include <string.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#define MESSAGE "MESSAGE="

/* Where journald listens (systemd-journald.service(8)). */
#define SOCKET "/run/systemd/journal/socket"

/* libsystemd draws in six more libraries. Loaded here and not with the program, they cost only those who read
 * the journal: at the start of every command they took a quarter of the time until main(). */
#define LIBRARY "libsystemd.so.0"

#define FOR_ALL_FUNCTIONS(DO)                                                                      \
    DO(sd_id128_get_boot)                                                                          \
    DO(sd_id128_to_string)                                                                         \
    DO(sd_journal_add_match)                                                                       \
    DO(sd_journal_close)                                                                           \
    DO(sd_journal_get_data)                                                                        \
    DO(sd_journal_get_realtime_usec)                                                               \
    DO(sd_journal_next)                                                                            \
    DO(sd_journal_open)                                                                            \
    DO(sd_journal_previous)                                                                        \
    DO(sd_journal_seek_head)                                                                       \
    DO(sd_journal_seek_realtime_usec)                                                              \
    DO(sd_journal_seek_tail)                                                                       \
    DO(sd_journal_wait)

static struct {
#define AS_MEMBER(function) __typeof__(&function) function;
    FOR_ALL_FUNCTIONS(AS_MEMBER)
} library;

/* False where the library is not installed, or lacks a function. */
static bool load_library(void)
{
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
#define LOAD(function)                                                                             \
    if (handle == NULL || (*(void **)&library.function = dlsym(handle, #function)) == NULL)        \
        return false;
    FOR_ALL_FUNCTIONS(LOAD)
    return true;
}

static bool match_this_boot(sd_journal *journal)
{
    sd_id128_t boot;
    char id[SD_ID128_STRING_MAX];
    if (library.sd_id128_get_boot(&boot) < 0)
        return false;
    g_autofree char *match = g_strdup_printf("_BOOT_ID=%s", library.sd_id128_to_string(boot, id));
    return library.sd_journal_add_match(journal, "_TRANSPORT=kernel", 0) >= 0 &&
           library.sd_journal_add_match(journal, match, 0) >= 0;
}

/* A journal without kernel messages is one that this user may not read, or none at all. */
static bool go_to_start(sd_journal *journal, gint64 since)
{
    if (library.sd_journal_seek_head(journal) < 0 || library.sd_journal_next(journal) <= 0)
        return false;
    if (since == KERNEL_MESSAGES_NEW)
        return library.sd_journal_seek_tail(journal) >= 0 &&
               library.sd_journal_previous(journal) >= 0;
    return since > 0 ? library.sd_journal_seek_realtime_usec(journal, (guint64)since) >= 0
                     : library.sd_journal_seek_head(journal) >= 0;
}

static bool read_entries(gpointer state, KernelSink *sink, GError **error)
{
    sd_journal *journal = state;
    int more;
    while ((more = library.sd_journal_next(journal)) > 0) {
        const void *data;
        size_t length;
        guint64 usec;
        if (library.sd_journal_get_data(journal, "MESSAGE", &data, &length) < 0 ||
            library.sd_journal_get_realtime_usec(journal, &usec) < 0 || length < strlen(MESSAGE))
            continue;
        g_auto(LogTime) time = {.usec = (gint64)usec};
        kernel_sink_put(sink, (const char *)data + strlen(MESSAGE), length - strlen(MESSAGE),
                        &time);
    }
    if (more < 0)
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, "give the log with --file",
                         "the journal cannot be read: %s", g_strerror(-more));
    return more >= 0;
}

static bool wait_for_entries(gpointer state, guint timeout_ms)
{
    return library.sd_journal_wait(state, (guint64)timeout_ms * 1000) >= 0;
}

static void close_journal(gpointer state)
{
    library.sd_journal_close(state);
}

static const KernelSourceKind kind = {
    .name = "the journal",
    .read = read_entries,
    .wait = wait_for_entries,
    .free = close_journal,
};

KernelSource kernel_source_journal(gint64 since)
{
    sd_journal *journal = NULL;
    /* A stale journal that journald no longer writes would hide what is logged now. */
    if (access(SOCKET, F_OK) != 0 || !load_library())
        return (KernelSource){&kind, NULL};
    if (library.sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM) < 0)
        return (KernelSource){&kind, NULL};
    if (!match_this_boot(journal) || !go_to_start(journal, since)) {
        library.sd_journal_close(journal);
        return (KernelSource){&kind, NULL};
    }
    return (KernelSource){&kind, journal};
}

#else

KernelSource kernel_source_journal(gint64 since G_GNUC_UNUSED)
{
    return (KernelSource){NULL, NULL};
}

#endif
