/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing to the system's logs without ever waiting for a reader that does not read, as sd_journal_send(),
 * g_log_writer_journald() and syslog(3) do: what cannot be written at once is lost. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Sends DATA to the socket PATH, of TYPE (socket(2)); false with errno. */
bool journal_socket_send(const char *path, int type, const char *data, gsize length);

/* Writes one entry of COUNT FIELDS, which are text, to the journal; false with errno. */
bool journal_send(const GLogField *fields, gsize count);
