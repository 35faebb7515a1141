/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/unread-text.h"

#include "model/foreach.h"
#include "report/escape.h"
#include "report/wrap.h"

#include <string.h>

/* How the reason begins where polkit or the bus refused: the rest, the call and the polkit action,
 * is for the document. */
#define NOT_AUTHORISED "not authorised"

static const char *short_reason(const Unread *unread)
{
    return g_str_has_prefix(unread->reason, NOT_AUTHORISED) ? NOT_AUTHORISED : unread->reason;
}

void unread_text_append_advice(GString *text, const Snapshot *snapshot, const char *command)
{
    PTR_ARRAY_FOREACH (const Unread, unread, snapshot->unread) {
        if (g_str_equal(short_reason(unread), NOT_AUTHORISED)) {
            g_string_append_printf(text, "Not root: run \"sudo nicfix %s\" for a full answer\n\n",
                                   command);
            return;
        }
    }
}

void unread_text_append(GString *text, const Snapshot *snapshot, const TextStyle *style)
{
    if (snapshot->unread->len > 0)
        g_string_append_c(text, '\n');
    g_autoptr(GHashTable) reasons = g_hash_table_new(g_str_hash, g_str_equal);
    PTR_ARRAY_FOREACH (const Unread, first, snapshot->unread) {
        const char *reason = short_reason(first);
        if (!g_hash_table_add(reasons, (char *)reason))
            continue;
        g_autoptr(GString) line = g_string_new(first->what);
        for (guint i = first_index + 1; i < snapshot->unread->len; i++) {
            const Unread *other = g_ptr_array_index(snapshot->unread, i);
            if (g_str_equal(short_reason(other), reason))
                g_string_append_printf(line, ", %s", other->what);
        }
        g_string_append_printf(line, ": %s", reason);
        g_autofree char *shown = escape_for_terminal(line->str);
        g_string_append_printf(text, "%sunread%s: ", text_doubtful(style), text_plain(style));
        wrap_append(text, shown, (guint)strlen("unread: "), 2, style);
    }
}
