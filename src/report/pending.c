/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/pending.h"

#include "documents/json.h"
#include "report/wrap.h"

#include <string.h>

void pending_text_append(GString *text, const Pending *pending, const TextStyle *style)
{
    static const char title[] = "on trial: ";
    if (pending->id == NULL)
        return;
    g_autofree char *sentence =
        pending->seconds == 0
            ? g_strdup_printf("change %s was not confirmed in time and is being undone",
                              pending->id)
            : g_strdup_printf("change %s is undone in %u s; keep it with nicfix confirm %s, or "
                              "undo it now with nicfix undo",
                              pending->id, pending->seconds, pending->id);
    g_string_append_printf(text, "%s%s%s", text_doubtful(style), title, text_plain(style));
    wrap_append(text, sentence, (guint)strlen(title), 2, style);
    g_string_append_c(text, '\n');
}

json_t *pending_json(const Pending *pending)
{
    if (pending->id == NULL)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "id", json_text(pending->id));
    json_object_set_new(object, "seconds", json_integer(pending->seconds));
    return object;
}
