/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of denials as text and as JSON. */
#include "report/denied-report.h"

#include "model/foreach.h"
#include "report/escape.h"
#include "report/fix-text.h"
#include "report/json-parts.h"
#include "report/judgement-text.h"
#include "report/template.h"
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

/* ---- sentences ---- */

static const char *packets_template(const DenialGroup *group)
{
    const LoggedPacket *packet = &group->packet;
    bool is_icmp = g_strcmp0(packet->protocol, "icmp") == 0;
    if (packet->protocol == NULL)
        return "packet{s} of an unknown protocol";
    if (packet->destination_port >= 0 && group->denial.kind == DENIAL_AS_INVALID)
        return group->any_port ? "{protocol} packet{s} to many ports"
                               : "{protocol} packet{s} to port {number}";
    if (packet->destination_port >= 0)
        return group->any_port ? "new {protocol} connection{s} to many ports"
                               : "new {protocol} connection{s} to port {number}";
    if (packet->icmp_type == (is_icmp ? ICMP_ECHO : ICMP6_ECHO_REQUEST))
        return "ping{s}";
    return packet->icmp_type >= 0 ? "{protocol} packet{s} of type {number}"
                                  : "packet{s} of protocol {protocol}";
}

/* "rule 7 in chain DOCKER-USER of table ip filter"; NULL where the kernel log has it (transfer full). */
static char *place_text(const DenialGroup *group)
{
    const Denial *denial = &group->denial;
    if (denial->table == NULL)
        return NULL;
    g_autofree char *rule = denial->rule != 0
                                ? g_strdup_printf("rule %" G_GUINT64_FORMAT, denial->rule)
                                : g_strdup("the policy");
    return g_strdup_printf("%s of chain %s of table %s", rule, group->packet.prefix, denial->table);
}

/* "new tcp connections to port 8629 from cni0 out through enp2s0, rejected by zone public"; where
 * IS_ONE, of a single packet (transfer full). */
static char *group_message(const DenialGroup *group, bool is_one)
{
    static const char *const rules[] = {
        [DENIAL_BY_ZONE] = "by {owner}",
        [DENIAL_BY_POLICY] = "by {owner}",
        [DENIAL_BY_ICMP_BLOCK] = "by the ICMP blocks of {owner}",
        [DENIAL_AS_INVALID] = "as part of no known connection",
        [DENIAL_AT_THE_END] = "because no zone or policy handles this traffic",
        [DENIAL_BY_REVERSE_PATH] = "by rpfilter: replies would leave through another interface",
        [DENIAL_BY_RFC3964] = "because 6to4 must not carry private addresses (RFC 3964)",
        [DENIAL_BY_SETTING] = "by a rich rule or an ICMP block of {owner}",
        [DENIAL_BY_OTHERS] = "by {program}{place}",
    };
    static const char *const did[] = {
        [DENIAL_REJECT] = "rejected",
        [DENIAL_DROP] = "dropped",
        [DENIAL_REFUSE] = "dropped or rejected",
    };
    const Denial *denial = &group->denial;
    const LoggedPacket *packet = &group->packet;
    const char *way = packet->unrouted      ? "from {in}"
                      : packet->in == NULL  ? "from this host out through {out}"
                      : packet->out == NULL ? "from {in} to this host"
                                            : "from {in} out through {out}";
    g_autofree char *template = g_strdup_printf("%s %s, %s %s", packets_template(group), way,
                                                did[denial->action], rules[denial->kind]);
    g_autofree char *number = g_strdup_printf(
        "%d", packet->destination_port >= 0 ? packet->destination_port : packet->icmp_type);
    g_autofree char *owner = denial->policy != NULL ? g_strconcat("policy ", denial->policy, NULL)
                                                    : g_strconcat("zone ", denial->zone, NULL);
    g_autofree char *place = place_text(group);
    g_autofree char *program =
        denial->owner != NULL ? g_strconcat(denial->owner, ": ", NULL) : NULL;
    return template_fill(template, "protocol", packet->protocol, "number", number, "in", packet->in,
                         "out", packet->out != NULL ? packet->out : "no interface", "owner", owner,
                         "program", program != NULL ? program : "", "place", place, "s",
                         is_one ? "" : "s", NULL);
}

/* ---- text ---- */

/* Appends HEAD, the count of GROUP and its message, wrapped. */
static void append_message(GString *text, const char *head, const DenialGroup *group,
                           const TextStyle *style)
{
    g_autofree char *message = group_message(group, group->count == 1);
    g_autofree char *shown = escape_for_terminal(message);
    g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT " ", group->count);
    g_string_append_printf(text, "%s%s%s%s", head, text_bold(style), count, text_plain(style));
    wrap_append(text, shown, (guint)(escape_display_width(head) + strlen(count)), 2, style);
}

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
    bool over = cause->judgement != NULL && judgement_accepts(cause->judgement);
    g_autofree char *why =
        cause->judgement != NULL ? judgement_reason(cause->judgement) : g_strdup(cause->unknown);
    g_autofree char *reason = escape_for_terminal(why);
    const char *word = cause->judgement != NULL ? judgement_word(cause->judgement) : "unknown";
    const char *color = cause->judgement != NULL ? text_outcomes(cause->judgement->possible, style)
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
    append_message(text, "", group, style);
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
    g_autofree char *when = time_text(&group->last, "%T");
    g_autofree char *shown = escape_for_terminal(when != NULL ? when : "again");
    g_autofree char *head = g_strconcat(shown, ", ", NULL);
    append_message(text, head, group, style);
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
        g_string_append_printf(text, "no %sdenials in %s\n", source->traced ? "" : "firewalld ",
                               log);
    if (source->left_off > 0)
        g_string_append_printf(text,
                               "more denials, of too many kinds to list: %" G_GUINT64_FORMAT "\n",
                               source->left_off);
    if (source->skipped > 0)
        g_string_append_printf(text,
                               "lines skipped because they are too long: %" G_GUINT64_FORMAT "\n",
                               source->skipped);
    PTR_ARRAY_FOREACH (const char, note, source->notes)
        append_note(text, note, style);
    if (!source->recorded && g_strcmp0(source->log_denied, "off") == 0)
        append_note(
            text,
            "firewalld does not log denials now (log-denied is off): nicfix denied --record "
            "30 records them for 30 seconds",
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
    g_autofree char *message = group_message(group, false);
    bool has_port = !group->any_port && packet->destination_port >= 0;
    const Judgement *judgement = cause->judgement;
    const Finding *finding = cause->finding;
    g_autofree char *reason =
        judgement != NULL ? judgement_reason(judgement) : g_strdup(cause->unknown);
    json_t *object = json_object();
    json_object_set_new(object, "chain", json_text(packet->prefix));
    json_object_set_new(object, "zone", json_text(group->denial.zone));
    json_object_set_new(object, "policy", json_text(group->denial.policy));
    json_object_set_new(object, "table", json_text(group->denial.table));
    json_object_set_new(object, "rule",
                        group->denial.rule != 0 ? json_integer((gint64)group->denial.rule)
                                                : json_null());
    json_object_set_new(object, "owner", json_text(group->denial.owner));
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
    json_object_set_new(object, "message", json_text(message));
    json_object_set_new(object, "verdict",
                        json_text(judgement != NULL ? judgement_word(judgement) : "unknown"));
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
