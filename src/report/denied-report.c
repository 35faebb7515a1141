/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of denials as text and as JSON. */
#include "report/denied-report.h"

#include "model/foreach.h"
#include "report/escape.h"
#include "report/fix-text.h"
#include "report/json-parts.h"
#include "report/reason.h"
#include "report/wrap.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

/* Local time where it is known, else as the log has it; NULL where it has none (transfer full). */
static char *time_text(const LogTime *time, const char *format)
{
    if (time->usec == 0)
        return g_strdup(time->text);
    g_autoptr(GDateTime) local = g_date_time_new_from_unix_local(time->usec / G_USEC_PER_SEC);
    return local != NULL ? g_date_time_format(local, format) : g_strdup(time->text);
}

/* ---- what was denied ---- */

static char *describe_packets(const LoggedPacket *packet, bool any_port)
{
    const char *protocol = packet->protocol != NULL ? packet->protocol : "unknown";
    if (any_port && packet->destination_port >= 0)
        return g_strdup_printf("new %s connections to many ports", protocol);
    if (packet->destination_port >= 0)
        return g_strdup_printf("new %s connections to port %d", protocol, packet->destination_port);
    bool is_ping = g_str_equal(protocol, "icmp") ? packet->icmp_type == ICMP_ECHO
                                                 : packet->icmp_type == ICMP6_ECHO_REQUEST;
    if (is_ping)
        return g_strdup("pings");
    if (packet->icmp_type >= 0)
        return g_strdup_printf("%s of type %d", protocol, packet->icmp_type);
    return g_strdup_printf("packets of protocol %s", protocol);
}

static char *describe_way(const LoggedPacket *packet)
{
    if (packet->in != NULL && packet->out != NULL)
        return g_strdup_printf("from %s out through %s", packet->in, packet->out);
    if (packet->in != NULL)
        return g_strdup_printf("from %s to this host", packet->in);
    return g_strdup_printf("of this host out through %s",
                           packet->out != NULL ? packet->out : "nowhere");
}

static char *describe_rule(const Denial *denial)
{
    const char *kind = denial->policy != NULL ? "policy" : "zone";
    const char *owner = denial->policy != NULL ? denial->policy : denial->zone;
    switch (denial->kind) {
    case DENIAL_BY_ZONE:
    case DENIAL_BY_POLICY:
        return g_strdup_printf("by %s %s", kind, owner);
    case DENIAL_BY_ICMP_BLOCK:
        return g_strdup_printf("by the ICMP blocks of %s %s", kind, owner);
    case DENIAL_AS_INVALID:
        return g_strdup("since they belong to no connection that the kernel knows");
    case DENIAL_AT_THE_END:
        return g_strdup("since no zone took them");
    case DENIAL_BY_REVERSE_PATH:
        return g_strdup("since answers to their source would leave elsewhere (rpfilter)");
    case DENIAL_BY_RFC3964:
        return g_strdup("since they are 6to4 packets of a private address (RFC 3964)");
    }
    return NULL;
}

char *denied_report_message(const DenialGroup *group)
{
    g_autofree char *packets = describe_packets(&group->packet, group->any_port);
    g_autofree char *way = describe_way(&group->packet);
    g_autofree char *rule = describe_rule(&group->denial);
    return g_strdup_printf("%s %s, %s %s", packets, way,
                           group->denial.action == DENIAL_REJECT ? "rejected" : "dropped", rule);
}

static char *describe(const DenialGroup *group)
{
    g_autofree char *words = denied_report_message(group);
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
    PTR_ARRAY_FOREACH (const char, source, group->sources)
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", source);
    if (group->more_sources)
        g_string_append(list, " and others");
    g_autofree char *shown = escape_for_terminal(list->str);
    g_string_append(text, "  from   ");
    wrap_append(text, shown, 9, 9, style);
}

static void append_now(GString *text, const DenialCause *cause, const TextStyle *style)
{
    bool over = cause->verdict != NULL && verdict_accepts(cause->verdict);
    g_autofree char *why =
        cause->verdict != NULL ? reason_of(cause->verdict) : g_strdup(cause->unknown);
    g_autofree char *reason = escape_for_terminal(why);
    const char *word = cause->verdict != NULL ? verdict_word(cause->verdict) : "unknown";
    const char *color =
        cause->verdict != NULL ? text_verdict(cause->verdict, style) : text_doubtful(style);
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
        g_string_append_printf(text, "no firewalld denials in %s\n", log);
    if (source->left_off > 0)
        g_string_append_printf(text,
                               "%" G_GUINT64_FORMAT " more denials, of too many kinds to list\n",
                               source->left_off);
    if (source->skipped > 0)
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " lines were too long, and left out\n",
                               source->skipped);
    PTR_ARRAY_FOREACH (const char, note, source->notes)
        append_note(text, note, style);
    if (!source->recorded && g_strcmp0(source->log_denied, "off") == 0)
        append_note(text,
                    "firewalld does not log what it denies now (log-denied is off): nicfix denied "
                    "--record 30 has it logged for that long",
                    style);
    return g_string_free(text, FALSE);
}

/* ---- JSON ---- */

static json_t *time_json(const LogTime *time)
{
    g_autofree char *text = time_text(time, "%FT%T%:z");
    return json_text(text);
}

static json_t *group_json(const DenialGroup *group, const DenialCause *cause)
{
    const LoggedPacket *packet = &group->packet;
    g_autofree char *words = denied_report_message(group);
    bool has_port = !group->any_port && packet->destination_port >= 0;
    const Verdict *verdict = cause->verdict;
    const Finding *finding = cause->finding;
    g_autofree char *reason = verdict != NULL ? reason_of(verdict) : g_strdup(cause->unknown);
    json_t *object = json_object();
    json_object_set_new(object, "chain", json_text(packet->prefix));
    json_object_set_new(object, "zone", json_text(group->denial.zone));
    json_object_set_new(object, "policy", json_text(group->denial.policy));
    json_object_set_new(object, "action", json_text(denial_action_word(group->denial.action)));
    json_object_set_new(object, "in", json_text(packet->in));
    json_object_set_new(object, "out", json_text(packet->out));
    json_object_set_new(object, "protocol", json_text(packet->protocol));
    json_object_set_new(object, "port",
                        has_port ? json_integer(packet->destination_port) : json_null());
    json_object_set_new(object, "count", json_integer((gint64)group->count));
    json_object_set_new(object, "first", time_json(&group->first));
    json_object_set_new(object, "last", time_json(&group->last));
    json_object_set_new(object, "sources", json_texts(group->sources));
    json_object_set_new(object, "more_sources", json_boolean(group->more_sources));
    json_object_set_new(object, "message", json_text(words));
    json_object_set_new(object, "verdict",
                        json_text(verdict != NULL ? verdict_word(verdict) : "unknown"));
    json_object_set_new(object, "reason", json_text(reason));
    json_object_set_new(object, "finding",
                        json_text(finding != NULL ? finding_word(finding->id) : NULL));
    json_object_set_new(object, "fix", json_fix(cause->fix));
    return object;
}

json_t *denied_report_json(const DeniedSource *source, const GPtrArray *groups,
                           const DenialCause *causes)
{
    json_t *document = json_document("denied");
    json_object_set_new(document, "log", json_text(source->log));
    json_object_set_new(document, "log_denied", json_text(source->log_denied));
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const DenialGroup, group, groups)
        json_array_append_new(array, group_json(group, &causes[group_index]));
    json_object_set_new(document, "groups", array);
    json_object_set_new(document, "left_off", json_integer((gint64)source->left_off));
    json_object_set_new(document, "skipped", json_integer((gint64)source->skipped));
    json_object_set_new(document, "notes", json_texts(source->notes));
    return document;
}
