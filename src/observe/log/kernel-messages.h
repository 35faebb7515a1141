/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of the kernel log, one at a time: of the journal, of /dev/kmsg, of a file or of standard
 * input. Each is handed over and forgotten, so that a log of any size takes the same memory. */
#pragma once

#include "model/denied/denials.h"

typedef struct KernelMessages KernelMessages;

/* What may be a line of netfilter's: a message of LENGTH bytes, which may be anything and last as long as the call. */
typedef void (*KernelMessageTake)(const char *message, gsize length, const LogTime *time,
                                  gpointer user);

/* SINCE of what is logged from now on. */
#define KERNEL_MESSAGES_NEW G_MAXINT64

/* Opens the log of this machine since it was started: the journal where there is one and it may be
 * read, else /dev/kmsg. Messages before SINCE (microseconds since the epoch, 0: none) are left out.
 * NULL with NICFIX_ERROR_NOT_AUTHORISED or _NOT_FOUND where neither can be read (transfer full). */
KernelMessages *kernel_messages_open(gint64 since, GError **error);

/* Opens PATH, "-" for standard input: lines of kern.log or dmesg, or of journalctl -o short*, json
 * and cat. Lines whose time is not understood are in, whatever SINCE is. With FOLLOW a line that does
 * not end yet is waited for, and a file that was rotated is opened again. */
KernelMessages *kernel_messages_open_file(const char *path, gint64 since, bool follow,
                                          GError **error);

void kernel_messages_free(KernelMessages *messages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KernelMessages, kernel_messages_free)

/* Where they are from: "the journal", "/dev/kmsg" or the file's name. */
const char *kernel_messages_name(const KernelMessages *messages);

/* Hands all that is there by now to TAKE; false with an error where it cannot be read. */
bool kernel_messages_read(KernelMessages *messages, KernelMessageTake take, gpointer user,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Waits until there may be more, at most TIMEOUT_MS; false where there never will be. */
bool kernel_messages_wait(KernelMessages *messages, guint timeout_ms);

/* How many lines were longer than any message and left out. */
guint64 kernel_messages_skipped(const KernelMessages *messages);
