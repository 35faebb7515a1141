/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What could not be read, told to people. */
#include "report/unread-text.h"

#include "report/escape.h"

void unread_text_append(GString *text, const Snapshot *snapshot, const TextStyle *style)
{
    if (snapshot->unread->len > 0)
        g_string_append_c(text, '\n');
    for (guint i = 0; i < snapshot->unread->len; i++) {
        const Unread *unread = g_ptr_array_index(snapshot->unread, i);
        g_autofree char *what = escape_for_terminal(unread->what);
        g_autofree char *reason = escape_for_terminal(unread->reason);
        g_string_append_printf(text, "%sunread%s: %s: %s\n", text_doubtful(style),
                               text_plain(style), what, reason);
    }
}
