/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan and its outcome as text and as JSON. */
#include "report/apply-report.h"

#include "model/foreach.h"
#include "report/escape.h"
#include "report/finding-text.h"
#include "report/fix-text.h"
#include "report/json-parts.h"
#include "report/plan-text.h"
#include "report/wrap.h"

/* ---- text ---- */

/* A line of the plan; RAW may have names of others. */
static void append_line(GString *text, const char *raw, const TextStyle *style)
{
    g_autofree char *line = escape_for_terminal(raw);
    g_string_append(text, "  ");
    wrap_append(text, line, 2, 4, style);
}

static void append_action(GString *text, const Action *action, const TextStyle *style)
{
    g_autofree char *description = action_text(action);
    g_autoptr(GPtrArray) commands = action_commands(action);
    append_line(text, description, style);
    PTR_ARRAY_FOREACH (char *, command, commands) {
        g_string_append_printf(text, "    %s", text_faint(style));
        command_text_append(text, command);
        g_string_append_printf(text, "%s\n", text_plain(style));
    }
}

static char *service_text(const ExposureChange *change)
{
    static const char *const words[] = {
        [SERVICE_NAMED] = "",
        [SERVICE_PORT] = "port ",
        [SERVICE_ICMP] = "icmp",
        [SERVICE_OTHER_PORTS] = "any other port",
    };
    return g_strconcat(words[change->kind], change->name, NULL);
}

/* "eth0", or "cali1 and 12 alike". */
static char *links_text(const char *interface, guint alike)
{
    return alike > 0 ? g_strdup_printf("%s and %u alike", interface, alike) : g_strdup(interface);
}

static void append_changes(GString *text, const char *what, const GPtrArray *changes,
                           const TextStyle *style)
{
    PTR_ARRAY_FOREACH (const ExposureChange, change, changes) {
        g_autofree char *service = service_text(change);
        g_autofree char *senders = links_text(change->interface, change->alike);
        g_autofree char *receivers = links_text(change->to, change->to_alike);
        g_autofree char *raw =
            change->to != NULL
                ? g_strdup_printf("%s traffic from %s %s %s", what, senders,
                                  g_str_equal(change->interface, change->to) ? "back out through"
                                                                             : "to",
                                  receivers)
                : g_strdup_printf("%s %s on this host from %s", what, service, senders);
        append_line(text, raw, style);
    }
}

/* Whether one of CHANGES is about this host itself. */
static bool has_service(const GPtrArray *changes)
{
    PTR_ARRAY_FOREACH (const ExposureChange, change, changes) {
        if (change->to == NULL)
            return true;
    }
    return false;
}

static void append_exposure(GString *text, const Exposure *exposure, const TextStyle *style)
{
    append_changes(text, "opens", exposure->opens, style);
    append_changes(text, "closes", exposure->closes, style);
    PTR_ARRAY_FOREACH (const ExposureChange, change, exposure->translates) {
        g_autofree char *senders = links_text(change->interface, change->alike);
        g_autofree char *receivers = links_text(change->to, change->to_alike);
        g_autofree char *raw =
            g_strdup_printf("%s masquerading traffic from %s to %s",
                            change->starts ? "starts" : "stops", senders, receivers);
        append_line(text, raw, style);
    }
    if (!has_service(exposure->opens) && !has_service(exposure->closes))
        g_string_append(text, "  reachable services of this host: unchanged\n");
}

static void append_findings(GString *text, const char *what, const GPtrArray *findings,
                            const TextStyle *style)
{
    PTR_ARRAY_FOREACH (const Finding, finding, findings) {
        g_autofree char *message = finding_message(finding);
        g_autofree char *raw =
            g_strdup_printf("%s %s: %s", what, finding_word(finding->id), message);
        append_line(text, raw, style);
    }
}

char *apply_report_note_text(const PlanNote *note, const TextStyle *style)
{
    GString *text = g_string_new(NULL);
    g_autofree char *note_text = plan_note_text(note);
    g_autofree char *raw = g_strconcat("note: ", note_text, NULL);
    append_line(text, raw, style);
    return g_string_free(text, FALSE);
}

char *apply_report_plan_text(const Plan *plan, const TextStyle *style)
{
    if (plan->actions->len == 0)
        return g_strdup("");
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%splan%s\n", text_bold(style), text_plain(style));
    PTR_ARRAY_FOREACH (const Action, action, plan->actions)
        append_action(text, action, style);
    g_string_append_printf(text, "%spredicted%s\n", text_bold(style), text_plain(style));
    append_findings(text, "cures", plan->cured, style);
    append_findings(text, "causes", plan->caused, style);
    append_exposure(text, plan->exposure, style);
    PTR_ARRAY_FOREACH (const PlanNote, note, plan->notes) {
        g_autofree char *line = apply_report_note_text(note, style);
        g_string_append(text, line);
    }
    return g_string_free(text, FALSE);
}

static char *describe_rest(const Diagnosis *after)
{
    if (after == NULL || !diagnosis_has(after, SEVERITY_WARNING))
        return g_strdup("");
    return g_strdup_printf(" (%u error%s and %u warning%s are left: nicfix check)", after->errors,
                           text_plural(after->errors), after->warnings,
                           text_plural(after->warnings));
}

/* firewalld accepts established connections before it asks any zone. */
static char *describe_pending(const ApplyOutcome *outcome, const TextStyle *style)
{
    return g_strdup_printf(
        "%sdone and verified%s%s; undone in %u s%s run\n"
        "    %snicfix confirm %s%s\n"
        "Log in anew to confirm: this session stays open even if new logins are blocked\n",
        text_good(style), outcome->pending_is_all ? "" : " in the running firewall",
        text_plain(style), outcome->pending.seconds,
        outcome->pending_is_all ? " unless you" : "; made permanent when you", text_bold(style),
        outcome->pending.id, text_plain(style));
}

/* Beside an error, "nothing to change" would be taken for "all is well". */
static char *describe_nothing(const ApplyOutcome *outcome, const TextStyle *style)
{
    g_autofree char *rest = describe_rest(outcome->after);
    bool has_errors = outcome->after != NULL && diagnosis_has(outcome->after, SEVERITY_ERROR);
    switch (outcome->purpose) {
    case PURPOSE_APPLY:
        return has_errors ? g_strdup_printf("nothing was changed%s\n", rest)
                          : g_strdup_printf("%snothing to change%s%s\n", text_good(style),
                                            text_plain(style), rest);
    case PURPOSE_UNDO:
        return g_strdup("nothing to undo\n");
    case PURPOSE_CONFIRM:
        break;
    }
    return g_strdup_printf("%skept%s%s\n", text_good(style), text_plain(style), rest);
}

char *apply_report_outcome_text(const Plan *plan, const ApplyOutcome *outcome,
                                const TextStyle *style)
{
    if (plan->actions->len == 0)
        return describe_nothing(outcome, style);
    g_autofree char *rest = describe_rest(outcome->after);
    if (outcome->dry_run)
        return g_strdup_printf("dry run: nothing was changed%s\n", rest);
    if (outcome->pending.id != NULL)
        return describe_pending(outcome, style);
    if (outcome->verified)
        return g_strdup_printf("%sdone and verified%s%s\n", text_good(style), text_plain(style),
                               rest);
    return g_strdup("");
}

/* ---- JSON ---- */

static json_t *commands_json(const GPtrArray *commands)
{
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (char *, command, commands)
        json_array_append_new(array, json_strv(command));
    return array;
}

static json_t *action_json(const Action *action)
{
    g_autoptr(GPtrArray) commands = action_commands(action);
    json_t *object = json_object();
    json_object_set_new(object, "op", json_text(action_op_word(action->op)));
    json_object_set_new(object, "interface", json_text(action->interface));
    json_object_set_new(object, "from", json_text(action->from));
    json_object_set_new(object, "to", json_text(action->to));
    json_object_set_new(object, "scope", json_text(action_scope_word(action->scope)));
    json_object_set_new(object, "value", json_text(action->value));
    json_object_set_new(object, "firewall_cmd", json_strv(g_ptr_array_index(commands, 0)));
    json_object_set_new(object, "commands", commands_json(commands));
    json_object_set_new(object, "state", json_text(action_state_word(action->state)));
    return object;
}

static json_t *counts_json(const Diagnosis *diagnosis)
{
    return diagnosis != NULL ? json_counts(diagnosis->errors, diagnosis->warnings) : json_null();
}

static json_t *findings_json(const GPtrArray *findings)
{
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const Finding, finding, findings) {
        json_t *object = json_object();
        json_object_set_new(object, "id", json_text(finding_word(finding->id)));
        json_object_set_new(object, "interface", json_text(finding->interface));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *changes_json(const GPtrArray *changes)
{
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const ExposureChange, change, changes) {
        json_t *object = json_object();
        g_autofree char *service = service_text(change);
        json_object_set_new(object, "interface", json_text(change->interface));
        json_object_set_new(object, "service", json_text(change->to == NULL ? service : NULL));
        json_object_set_new(object, "to", json_text(change->to));
        json_object_set_new(object, "alike", json_integer(change->alike));
        json_object_set_new(object, "to_alike", json_integer(change->to_alike));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *translations_json(const GPtrArray *changes)
{
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const ExposureChange, change, changes) {
        json_t *object = json_object();
        json_object_set_new(object, "interface", json_text(change->interface));
        json_object_set_new(object, "to", json_text(change->to));
        json_object_set_new(object, "masqueraded", json_boolean(change->starts));
        json_array_append_new(array, object);
    }
    return array;
}

json_t *apply_report_json(const Plan *plan, const ApplyOutcome *outcome, const GError *error)
{
    json_t *document = json_document("apply");
    json_object_set_new(document, "changed", json_boolean(outcome->changed));
    json_object_set_new(document, "dry_run", json_boolean(outcome->dry_run));
    json_object_set_new(document, "zone", json_text(plan->zone));
    json_object_set_new(document, "verified", json_boolean(outcome->verified));
    json_object_set_new(document, "rolled_back", json_boolean(outcome->rolled_back));
    json_t *actions = json_array();
    PTR_ARRAY_FOREACH (const Action, action, plan->actions)
        json_array_append_new(actions, action_json(action));
    json_object_set_new(document, "actions", actions);
    json_object_set_new(document, "before", counts_json(plan->before));
    json_object_set_new(document, "after", counts_json(outcome->after));
    json_object_set_new(document, "cures", findings_json(plan->cured));
    json_object_set_new(document, "causes", findings_json(plan->caused));
    json_object_set_new(document, "opens", changes_json(plan->exposure->opens));
    json_object_set_new(document, "closes", changes_json(plan->exposure->closes));
    json_object_set_new(document, "translates", translations_json(plan->exposure->translates));
    json_t *notes = json_array();
    PTR_ARRAY_FOREACH (const PlanNote, note, plan->notes) {
        g_autofree char *line = plan_note_text(note);
        json_array_append_new(notes, json_text(line));
    }
    json_object_set_new(document, "notes", notes);
    json_object_set_new(document, "pending", pending_json(&outcome->pending));
    json_object_set_new(document, "error", json_error(error));
    return document;
}
