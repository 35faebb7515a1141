/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of the kernel log, one at a time, from the journal, /dev/kmsg, a file or standard input. Each
 * is passed on and freed: a log of any size takes the same memory. */
#pragma once

#include "model/denied/denials.h"

typedef struct KernelMessages KernelMessages;

/* Takes a message of LENGTH arbitrary bytes, which last as long as the call. */
typedef void (*KernelMessageTake)(const char *message, gsize length, const LogTime *time,
                                  gpointer user);

/* SINCE of what is logged from now on. */
#define KERNEL_MESSAGES_NEW G_MAXINT64

/* Opens the log of this machine since it was started: the journal where it can be read, else
 * /dev/kmsg. Messages before SINCE (microseconds since the epoch, 0: none) are left out.
 * NULL with NICFIX_ERROR_NOT_AUTHORISED or _NOT_FOUND where neither can be read (transfer full). */
KernelMessages *kernel_messages_open(gint64 since, GError **error);

/* Opens PATH, "-" for standard input: lines of kern.log or dmesg, or of journalctl -o short*, json
 * and cat. Lines whose time is not understood are included whatever SINCE is. With FOLLOW, waits for
 * the rest of an incomplete line, and opens a file again that was rotated. */
KernelMessages *kernel_messages_open_file(const char *path, gint64 since, bool follow,
                                          GError **error);

void kernel_messages_free(KernelMessages *messages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KernelMessages, kernel_messages_free)

/* Where they come from: "the journal", "/dev/kmsg" or the file's name. */
const char *kernel_messages_name(const KernelMessages *messages);

/* Passes the messages that are there to TAKE; false with an error where they cannot be read. */
bool kernel_messages_read(KernelMessages *messages, KernelMessageTake take, gpointer user,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Waits until there may be more, at most TIMEOUT_MS; false where there will not be any more. */
bool kernel_messages_wait(KernelMessages *messages, guint timeout_ms);

/* How many lines were skipped because they are longer than any message. */
guint64 kernel_messages_skipped(const KernelMessages *messages);

/* How many lines look like the kernel's and were left out, since the log says that another program wrote
 * them: anybody may write to it. */
guint64 kernel_messages_foreign(const KernelMessages *messages);
