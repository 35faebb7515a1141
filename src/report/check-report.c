/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A diagnosis as text and as JSON. */
#include "report/check-report.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "report/escape.h"
#include "report/finding-commands.h"
#include "report/finding-evidence.h"
#include "report/finding-text.h"
#include "report/fix-text.h"
#include "report/json-parts.h"
#include "report/judgement-text.h"
#include "report/plan-text.h"
#include "report/reason.h"
#include "report/unread-text.h"
#include "report/wrap.h"

#include <string.h>

/* ---- text ---- */

static void append_finding(GString *text, const Finding *finding, const TextStyle *style)
{
    g_autofree char *raw = finding_message(finding);
    g_autofree char *message = escape_for_terminal(raw);
    g_auto(GStrv) sentences = finding_evidence(finding);
    g_autoptr(GPtrArray) commands = finding_commands(finding);
    const char *severity = severity_word(finding->severity);
    const char *id = finding_word(finding->id);
    g_string_append_printf(text, "%s%s%s %s: ", text_severity(finding->severity, style), severity,
                           text_plain(style), id);
    wrap_append(text, message, (guint)(strlen(severity) + strlen(id) + strlen(" : ")), 2, style);
    for (guint i = 0; i < finding->evidence->len; i++) {
        g_autofree char *evidence = escape_for_terminal(sentences[i]);
        g_string_append(text, "  - ");
        wrap_append(text, evidence, 4, 4, style);
    }
    PTR_ARRAY_FOREACH (char *, command, commands) {
        g_string_append_printf(text, "  %srun:%s  ", text_good(style), text_plain(style));
        command_text_append(text, command);
        g_string_append_c(text, '\n');
    }
    if (finding->fix != NULL)
        fix_text_append(text, finding->fix, 2, style);
    g_string_append_c(text, '\n');
}

static void append_all_counts(GString *text, const Diagnosis *diagnosis)
{
    g_string_append_printf(text, "%u error%s, %u warning%s, %u note%s", diagnosis->errors,
                           text_plural(diagnosis->errors), diagnosis->warnings,
                           text_plural(diagnosis->warnings), diagnosis->infos,
                           text_plural(diagnosis->infos));
}

/* Of some interfaces alone nothing follows for the host. */
static char *summary_about(const Diagnosis *diagnosis)
{
    g_autofree char *names = g_strjoinv(", ", diagnosis->about);
    g_autofree char *escaped = escape_for_terminal(names);
    GString *text = g_string_new(NULL);
    append_all_counts(text, diagnosis);
    g_string_append_printf(text, " about %s and the host as a whole", escaped);
    return g_string_free(text, FALSE);
}

char *check_report_summary(const Diagnosis *diagnosis)
{
    if (diagnosis->about != NULL)
        return summary_about(diagnosis);
    guint uplinks = topology_uplinks(diagnosis->topology)->len;
    guint downstreams = topology_count_downstreams(diagnosis->topology);
    guint notes = diagnosis->infos;
    GString *text = g_string_new(NULL);
    if (diagnosis_has(diagnosis, SEVERITY_WARNING))
        append_all_counts(text, diagnosis);
    else if (uplinks == 0)
        return g_string_free(g_string_assign(text, "no uplinks: nothing leads to other networks"),
                             FALSE);
    else
        g_string_append(text, "every uplink is covered");
    g_string_append_printf(text, " (%u uplink%s, %u downstream%s", uplinks, text_plural(uplinks),
                           downstreams, text_plural(downstreams));
    if (notes > 0 && !diagnosis_has(diagnosis, SEVERITY_WARNING))
        g_string_append_printf(text, ", %u note%s", notes, text_plural(notes));
    return g_string_free(g_string_append_c(text, ')'), FALSE);
}

static void append_links(GString *text, const char *role, const Snapshot *snapshot,
                         const Topology *topology, const GPtrArray *links)
{
    PTR_ARRAY_FOREACH (const Link, link, links) {
        ZoneMatch match = dispatch_interface(snapshot, link->name);
        g_autofree char *zone = reason_for_zone(&match, link->name);
        const UplinkReason *uplink = topology_uplink_reason(topology, link);
        g_autofree char *reason = uplink != NULL ? uplink_reason_text(uplink) : NULL;
        g_autofree char *line =
            g_strdup_printf("%s %s: %s%s%s", role, link->name, zone, reason != NULL ? ", " : "",
                            reason != NULL ? reason : "");
        g_autofree char *escaped = escape_for_terminal(line);
        g_string_append_printf(text, "%s\n", escaped);
    }
}

/* What the findings were made from. */
static void append_facts(GString *text, const Snapshot *snapshot, const Topology *topology)
{
    const Firewalld *firewalld = snapshot->firewalld;
    g_autofree char *line = g_strdup_printf(
        "host %s at %s: firewalld %s, default zone %s", snapshot->host, snapshot->taken_at,
        firewalld->version != NULL ? firewalld->version : "of a version that could not be read",
        firewalld->default_zone != NULL ? firewalld->default_zone : "that could not be read");
    g_autofree char *escaped = escape_for_terminal(line);
    g_string_append_printf(text, "%s\n", escaped);
    append_links(text, "uplink", snapshot, topology, topology_uplinks(topology));
    append_links(text, "downstream", snapshot, topology, topology_downstreams(topology));
    g_string_append_c(text, '\n');
}

static void append_counts(GString *text, const Diagnosis *diagnosis)
{
    g_string_append_printf(text, "%u error%s", diagnosis->errors, text_plural(diagnosis->errors));
    if (diagnosis->warnings > 0)
        g_string_append_printf(text, " and %u warning%s", diagnosis->warnings,
                               text_plural(diagnosis->warnings));
}

/* Takes RAW. */
static void append_line(GString *text, const char *title, char *raw, const TextStyle *style)
{
    g_autofree char *line = escape_for_terminal(raw);
    g_free(raw);
    g_string_append(text, title);
    wrap_append(text, line, (guint)strlen(title), 4, style);
}

/* What the event does to this host, and what the answer rests on. */
static void append_outlook(GString *text, const Outlook *outlook, const Diagnosis *after,
                           const TextStyle *style)
{
    const Diagnosis *before = outlook->before;
    bool same = before->errors == after->errors && before->warnings == after->warnings;
    g_string_append_printf(text, "A %s %s%s%s: ", reload_event_word(outlook->event),
                           outlook->worse ? text_bad(style) : text_good(style),
                           outlook->worse ? "breaks something"
                           : same         ? "changes nothing"
                                          : "makes nothing worse",
                           text_plain(style));
    append_counts(text, before);
    g_string_append(text, " now, ");
    append_counts(text, after);
    g_string_append(text, " after\n");
    PTR_ARRAY_FOREACH (const ReloadClosure, closure, outlook->harm->closes)
        append_line(text, "  closes: ", reload_closure_text(closure), style);
    PTR_ARRAY_FOREACH (const ReloadLoss, loss, outlook->harm->losses)
        append_line(text, "  loses: ", reload_loss_text(loss), style);
    PTR_ARRAY_FOREACH (const ReloadAssumption, assumption, outlook->assumes)
        append_line(text, "  assumes: ", reload_assumption_text(assumption), style);
    g_string_append_c(text, '\n');
}

char *check_report_text(const CheckReport *report, const TextStyle *style)
{
    const Snapshot *snapshot = report->snapshot;
    const Diagnosis *diagnosis = report->diagnosis;
    GString *text = g_string_new(NULL);
    unread_text_append_advice(text, snapshot, "check");
    pending_text_append(text, &report->pending, style);
    if (report->outlook != NULL)
        append_outlook(text, report->outlook, diagnosis, style);
    if (style->verbose)
        append_facts(text, snapshot, diagnosis->topology);
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings)
        append_finding(text, finding, style);
    g_autofree char *summary = check_report_summary(diagnosis);
    bool wrong = diagnosis_has(diagnosis, SEVERITY_WARNING);
    const char *color =
        wrong ? text_severity(diagnosis->errors > 0 ? SEVERITY_ERROR : SEVERITY_WARNING, style)
              : text_good(style);
    g_string_append_printf(text, "%s%s%s%s\n", color, wrong ? "" : "OK: ", summary,
                           text_plain(style));
    unread_text_append(text, snapshot, style);
    return g_string_free(text, FALSE);
}

/* ---- JSON ---- */

static json_t *firewalld_json(const Firewalld *firewalld)
{
    json_t *object = json_object();
    json_object_set_new(object, "version", json_text(firewalld->version));
    json_object_set_new(object, "state", json_text(firewalld->state));
    json_object_set_new(object, "default_zone", json_text(firewalld->default_zone));
    json_object_set_new(object, "panic", json_tristate(firewalld->panic));
    return object;
}

static json_t *link_json(const Snapshot *snapshot, const Topology *topology, const Link *link)
{
    Role role = topology_role(topology, link);
    ZoneMatch match = dispatch_interface(snapshot, link->name);
    bool filtered = role != ROLE_PORT && role != ROLE_LOOPBACK && match.zone != NULL;
    json_t *object = json_object();
    json_object_set_new(object, "name", json_text(link->name));
    json_object_set_new(object, "index", json_integer(link->index));
    json_object_set_new(object, "kind", json_text(link->kind));
    json_object_set_new(object, "role", json_text(role_word(role)));
    json_object_set_new(object, "roles", json_roles(topology, link));
    json_object_set_new(object, "state", json_text(link_state_word(link)));
    json_object_set_new(object, "zone", json_text(filtered ? match.zone->name : NULL));
    json_object_set_new(object, "bound_by", json_text(filtered ? bound_by_word(match.by) : NULL));
    return object;
}

static json_t *closure_json(const ReloadClosure *closure)
{
    g_autofree char *text = reload_closure_text(closure);
    json_t *object = json_object();
    json_object_set_new(object, "in", json_text(closure->in));
    json_object_set_new(object, "out", json_text(closure->out));
    json_object_set_new(object, "from", json_text(closure->source));
    bool is_named = closure->out == NULL && *closure->name != '\0';
    json_object_set_new(object, "service", json_text(is_named ? closure->name : NULL));
    json_object_set_new(object, "certain", json_boolean(closure->certain));
    json_object_set_new(object, "text", json_text(text));
    return object;
}

static json_t *outlook_json(const Outlook *outlook)
{
    if (outlook == NULL)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "event", json_text(reload_event_word(outlook->event)));
    json_object_set_new(object, "worse", json_boolean(outlook->worse));
    json_t *assumes = json_array();
    PTR_ARRAY_FOREACH (const ReloadAssumption, assumption, outlook->assumes) {
        g_autofree char *line = reload_assumption_text(assumption);
        json_array_append_new(assumes, json_text(line));
    }
    json_object_set_new(object, "assumes", assumes);
    json_t *closes = json_array();
    PTR_ARRAY_FOREACH (const ReloadClosure, closure, outlook->harm->closes)
        json_array_append_new(closes, closure_json(closure));
    json_object_set_new(object, "closes", closes);
    json_t *losses = json_array();
    PTR_ARRAY_FOREACH (const ReloadLoss, loss, outlook->harm->losses) {
        g_autofree char *line = reload_loss_text(loss);
        json_array_append_new(losses, json_text(line));
    }
    json_object_set_new(object, "loses", losses);
    return object;
}

static json_t *expectation_json(const ExpectationResult *result)
{
    const Expectation *expectation = result->expectation;
    const Judgement *judgement = result->judgement;
    g_autofree char *reason =
        judgement != NULL ? judgement_reason(judgement) : g_strdup(expectation->unresolved);
    json_t *object = json_object();
    json_object_set_new(object, "name", json_text(expectation->name));
    json_object_set_new(object, "file", json_text(expectation->file));
    json_object_set_new(object, "line", json_integer(expectation->line));
    json_object_set_new(object, "words", json_text(expectation->words));
    json_object_set_new(object, "flow",
                        judgement != NULL ? json_flow(&expectation->flow) : json_null());
    json_object_set_new(object, "expected", json_text(expected_word(expectation->expected)));
    json_object_set_new(object, "verdict",
                        json_text(judgement != NULL ? judgement_word(judgement) : "unknown"));
    json_object_set_new(object, "met", json_tristate(result->met));
    json_object_set_new(object, "reason", json_text(reason));
    return object;
}

json_t *check_report_json(const CheckReport *report)
{
    const Snapshot *snapshot = report->snapshot;
    const Diagnosis *diagnosis = report->diagnosis;
    json_t *document = json_document("check");
    json_object_set_new(document, "host", json_text(snapshot->host));
    json_object_set_new(document, "taken_at", json_text(snapshot->taken_at));
    json_object_set_new(document, "nicfix", json_text(report->version));
    json_object_set_new(document, "interfaces",
                        diagnosis->about != NULL ? json_strv(diagnosis->about) : json_array());
    json_object_set_new(document, "pending", pending_json(&report->pending));
    json_object_set_new(document, "after", outlook_json(report->outlook));
    json_object_set_new(document, "firewalld", firewalld_json(snapshot->firewalld));
    json_t *summary = json_counts(diagnosis->errors, diagnosis->warnings);
    json_object_set_new(summary, "infos", json_integer(diagnosis->infos));
    json_object_set_new(document, "summary", summary);
    json_t *links = json_array();
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links)
        json_array_append_new(links, link_json(snapshot, diagnosis->topology, link));
    json_object_set_new(document, "links", links);
    json_t *findings = json_array();
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings)
        json_array_append_new(findings, json_finding(finding));
    json_object_set_new(document, "findings", findings);
    json_t *expectations = json_array();
    ARRAY_FOREACH (const ExpectationResult, result, diagnosis->expectations)
        json_array_append_new(expectations, expectation_json(result));
    json_object_set_new(document, "expectations", expectations);
    json_object_set_new(document, "unread", json_unread(snapshot));
    return document;
}
