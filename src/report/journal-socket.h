/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said to systemd. Writing to the system's logs never waits for a reader that does not read, as
 * sd_journal_send(), g_log_writer_journald() and syslog(3) do: what cannot be written at once is lost.
 *
 * All of this is documented for programs that do without libsystemd, which would draw in six more libraries. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Sends DATA to the socket PATH, of TYPE (socket(2)); false with errno. */
bool journal_socket_send(const char *path, int type, const char *data, gsize length);

/* Writes one entry of COUNT FIELDS, which are text, to the journal; false with errno. */
bool journal_send(const GLogField *fields, gsize count);

/* Tells systemd the STATE of this service, as sd_notify(3) does; nothing where it did not ask. Waits until
 * systemd has taken it, which must not be lost. */
void service_notify(const char *state);

/* How often systemd wants to hear "WATCHDOG=1" from this process at least, in microseconds, as
 * sd_watchdog_enabled(3) has it of the environment; 0: not at all. */
guint64 service_watchdog_usec(void);
