/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of denials as text and as JSON. */
#include "report/denied-report.h"

#include "report/escape.h"
#include "report/fix-text.h"
#include "report/json-parts.h"
#include "report/wrap.h"

#include <string.h>

/* Local time where it is known, else as the log has it; NULL where it has none (transfer full). */
static char *time_text(const LogTime *time, const char *format)
{
    if (time->usec == 0)
        return g_strdup(time->text);
    g_autoptr(GDateTime) local = g_date_time_new_from_unix_local(time->usec / G_USEC_PER_SEC);
    return local != NULL ? g_date_time_format(local, format) : g_strdup(time->text);
}

static char *describe(const DenialGroup *group)
{
    g_autofree char *words = denial_describe(&group->denial, &group->packet, group->any_port);
    return escape_for_terminal(words);
}

/* ---- text ---- */

static void append_times(GString *text, const DenialGroup *group)
{
    g_autofree char *first = time_text(&group->first, "%F %T");
    g_autofree char *last = time_text(&group->last, "%F %T");
    if (first == NULL && last == NULL)
        return;
    g_autofree char *first_shown = escape_for_terminal(first != NULL ? first : "?");
    g_autofree char *last_shown = escape_for_terminal(last != NULL ? last : "?");
    bool is_one = g_str_equal(first_shown, last_shown);
    g_string_append_printf(text, "  when   %s%s%s\n", first_shown, is_one ? "" : " to ",
                           is_one ? "" : last_shown);
}

static void append_sources(GString *text, const DenialGroup *group, const TextStyle *style)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < group->sources->len; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(group->sources, i));
    if (group->more_sources)
        g_string_append(list, " and others");
    g_autofree char *shown = escape_for_terminal(list->str);
    g_string_append(text, "  from   ");
    wrap_append(text, shown, 9, 9, style);
}

static void append_now(GString *text, const DenialCause *cause, const TextStyle *style)
{
    bool over = cause->verdict != NULL && verdict_accepts(cause->verdict);
    g_autofree char *reason =
        escape_for_terminal(cause->verdict != NULL ? cause->verdict->reason : cause->unknown);
    const char *word = cause->verdict != NULL ? verdict_word(cause->verdict) : "unknown";
    const char *color = over ? text_good(style)
                        : cause->verdict != NULL && verdict_refuses(cause->verdict)
                            ? text_bad(style)
                            : text_doubtful(style);
    const char *label = over ? "no longer: " : "";
    g_string_append_printf(text, "  now    %s%s%s%s: ", color, label, word, text_plain(style));
    wrap_append(text, reason, (guint)(9 + strlen(label) + strlen(word) + 2), 9, style);
    if (cause->finding != NULL)
        g_string_append_printf(text, "  see    nicfix check: %s\n",
                               finding_word(cause->finding->id));
}

char *denied_report_group_text(const DenialGroup *group, const DenialCause *cause,
                               const TextStyle *style)
{
    GString *text = g_string_new(NULL);
    g_autofree char *words = describe(group);
    g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT " x ", group->count);
    g_string_append_printf(text, "%s%s%s", text_bold(style), count, text_plain(style));
    wrap_append(text, words, (guint)strlen(count), 2, style);
    append_times(text, group);
    append_sources(text, group, style);
    append_now(text, cause, style);
    if (cause->fix != NULL)
        fix_text_append(text, cause->fix, 2, style);
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

char *denied_report_again_text(const DenialGroup *group, const TextStyle *style)
{
    GString *text = g_string_new(NULL);
    g_autofree char *words = describe(group);
    g_autofree char *when = time_text(&group->last, "%T");
    g_autofree char *shown = escape_for_terminal(when != NULL ? when : "again");
    g_autofree char *head = g_strdup_printf("%s, %" G_GUINT64_FORMAT " x ", shown, group->count);
    g_string_append(text, head);
    wrap_append(text, words, (guint)escape_display_width(head), 2, style);
    return g_string_free(text, FALSE);
}

static void append_note(GString *text, const char *note, const TextStyle *style)
{
    g_autofree char *shown = escape_for_terminal(note);
    g_string_append_printf(text, "%snote:%s ", text_faint(style), text_plain(style));
    wrap_append(text, shown, (guint)strlen("note: "), 2, style);
}

char *denied_report_end_text(const DeniedSource *source, guint count, const TextStyle *style)
{
    GString *text = g_string_new(NULL);
    g_autofree char *log = escape_for_terminal(source->log);
    if (count == 0)
        g_string_append_printf(text, "no denials of firewalld's in %s\n", log);
    if (source->left_off > 0)
        g_string_append_printf(text,
                               "%" G_GUINT64_FORMAT " more denials, of too many kinds to list\n",
                               source->left_off);
    if (source->skipped > 0)
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " lines were too long, and left out\n",
                               source->skipped);
    for (guint i = 0; i < source->notes->len; i++)
        append_note(text, g_ptr_array_index(source->notes, i), style);
    if (!source->recorded && g_strcmp0(source->log_denied, "off") == 0)
        append_note(text,
                    "firewalld does not log what it denies now (log-denied is off): nicfix denied "
                    "--record 30 has it logged for that long",
                    style);
    return g_string_free(text, FALSE);
}

/* ---- JSON ---- */

static void add_time(JsonBuilder *builder, const char *member, const LogTime *time)
{
    g_autofree char *text = time_text(time, "%FT%T%:z");
    json_add_string(builder, member, text);
}

static void add_sources(JsonBuilder *builder, const DenialGroup *group)
{
    json_builder_set_member_name(builder, "sources");
    json_builder_begin_array(builder);
    for (guint i = 0; i < group->sources->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(group->sources, i));
    json_builder_end_array(builder);
    json_add_bool(builder, "more_sources", group->more_sources);
}

static void add_port(JsonBuilder *builder, const DenialGroup *group)
{
    if (group->any_port || group->packet.destination_port < 0)
        json_add_string(builder, "port", NULL);
    else
        json_add_int(builder, "port", group->packet.destination_port);
}

static void add_cause(JsonBuilder *builder, const DenialCause *cause)
{
    json_add_string(builder, "verdict",
                    cause->verdict != NULL ? verdict_word(cause->verdict) : "unknown");
    json_add_string(builder, "reason",
                    cause->verdict != NULL ? cause->verdict->reason : cause->unknown);
    json_add_string(builder, "finding",
                    cause->finding != NULL ? finding_word(cause->finding->id) : NULL);
    json_add_fix(builder, "fix", cause->fix);
}

static void add_group(JsonBuilder *builder, const DenialGroup *group, const DenialCause *cause)
{
    const LoggedPacket *packet = &group->packet;
    g_autofree char *words = denial_describe(&group->denial, packet, group->any_port);
    json_builder_begin_object(builder);
    json_add_string(builder, "chain", packet->prefix);
    json_add_string(builder, "zone", group->denial.zone);
    json_add_string(builder, "policy", group->denial.policy);
    json_add_string(builder, "action", denial_action_word(group->denial.action));
    json_add_string(builder, "in", packet->in);
    json_add_string(builder, "out", packet->out);
    json_add_string(builder, "protocol", packet->protocol);
    add_port(builder, group);
    json_add_int(builder, "count", (gint64)group->count);
    add_time(builder, "first", &group->first);
    add_time(builder, "last", &group->last);
    add_sources(builder, group);
    json_add_string(builder, "message", words);
    add_cause(builder, cause);
    json_builder_end_object(builder);
}

JsonNode *denied_report_json(const DeniedSource *source, const GPtrArray *groups,
                             const DenialCause *causes)
{
    JsonBuilder *builder = json_document("denied");
    json_add_string(builder, "log", source->log);
    json_add_string(builder, "log_denied", source->log_denied);
    json_builder_set_member_name(builder, "groups");
    json_builder_begin_array(builder);
    for (guint i = 0; i < groups->len; i++)
        add_group(builder, g_ptr_array_index(groups, i), &causes[i]);
    json_builder_end_array(builder);
    json_add_int(builder, "left_off", (gint64)source->left_off);
    json_add_int(builder, "skipped", (gint64)source->skipped);
    json_builder_set_member_name(builder, "notes");
    json_builder_begin_array(builder);
    for (guint i = 0; i < source->notes->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(source->notes, i));
    json_builder_end_array(builder);
    return json_document_end(builder);
}
