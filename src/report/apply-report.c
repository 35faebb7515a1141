/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan and its outcome as text and as JSON. */
#include "report/apply-report.h"

#include "report/escape.h"
#include "report/fix-text.h"
#include "report/json-parts.h"

/* ---- text ---- */

static char *describe(const Action *action)
{
    static const char *const scopes[] = {
        [SCOPE_RUNTIME] = "in the running firewall",
        [SCOPE_PERMANENT] = "in the permanent configuration",
        [SCOPE_NETWORKMANAGER] = "in NetworkManager's profile",
    };
    const char *scope = scopes[action->scope];
    switch (action->op) {
    case ACTION_BIND:
        return g_strdup_printf("bind %s to zone %s %s", action->interface, action->to, scope);
    case ACTION_UNBIND:
        return g_strdup_printf("unbind %s from zone %s %s", action->interface, action->from, scope);
    case ACTION_MOVE:
        return g_strdup_printf("move %s from zone %s to zone %s %s", action->interface,
                               action->from, action->to, scope);
    case ACTION_ENABLE_FORWARD:
        return g_strdup_printf("switch the forward of zone %s on %s", action->to, scope);
    case ACTION_DISABLE_FORWARD:
        return g_strdup_printf("switch the forward of zone %s off %s", action->to, scope);
    }
    return NULL;
}

static void append_action(GString *text, const Action *action, const TextStyle *style)
{
    g_autofree char *raw = describe(action);
    g_autofree char *description = escape_for_terminal(raw);
    g_auto(GStrv) command = action_firewall_cmd(action);
    g_string_append_printf(text, "  %s\n    %s", description, text_faint(style));
    command_text_append(text, command);
    g_string_append_printf(text, "%s\n", text_plain(style));
}

static void append_services(GString *text, const char *what, const GPtrArray *services)
{
    for (guint i = 0; i < services->len; i++) {
        const ServiceChange *change = g_ptr_array_index(services, i);
        g_autofree char *interface = escape_for_terminal(change->interface);
        g_autofree char *service = escape_for_terminal(change->service);
        g_string_append_printf(text, "  %s %s on this host from %s\n", what, service, interface);
    }
}

static void append_findings(GString *text, const char *what, const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);
        g_autofree char *message = escape_for_terminal(finding->message);
        g_string_append_printf(text, "  %s %s: %s\n", what, finding_word(finding->id), message);
    }
}

char *apply_report_plan_text(const Plan *plan, const TextStyle *style)
{
    if (plan->actions->len == 0)
        return g_strdup("");
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%splan%s\n", text_bold(style), text_plain(style));
    for (guint i = 0; i < plan->actions->len; i++)
        append_action(text, g_ptr_array_index(plan->actions, i), style);
    g_string_append_printf(text, "%spredicted%s\n", text_bold(style), text_plain(style));
    append_findings(text, "cures", plan->cured);
    append_findings(text, "causes", plan->caused);
    append_services(text, "opens", plan->opens);
    append_services(text, "closes", plan->closes);
    if (plan->opens->len == 0 && plan->closes->len == 0)
        g_string_append(text, "  opens and closes no service of this host\n");
    for (guint i = 0; i < plan->notes->len; i++) {
        g_autofree char *line = escape_for_terminal(g_ptr_array_index(plan->notes, i));
        g_string_append_printf(text, "  note: %s\n", line);
    }
    return g_string_free(text, FALSE);
}

static char *describe_rest(const Diagnosis *after)
{
    if (after == NULL || !diagnosis_has(after, SEVERITY_WARNING))
        return g_strdup("");
    return g_strdup_printf(" (%u error%s and %u warning%s are left: nicfix check)", after->errors,
                           after->errors == 1 ? "" : "s", after->warnings,
                           after->warnings == 1 ? "" : "s");
}

/* Established connections are accepted before any zone is asked. */
static char *describe_pending(const ApplyOutcome *outcome, const TextStyle *style)
{
    return g_strdup_printf(
        "%sdone and verified in the running firewall%s; undone in %u s unless you run\n"
        "    %snicfix confirm %s%s\n"
        "best from a new login: this session proves nothing, as what is established stays "
        "accepted\n",
        text_good(style), text_plain(style), outcome->pending_seconds, text_bold(style),
        outcome->pending_id, text_plain(style));
}

char *apply_report_outcome_text(const Plan *plan, const ApplyOutcome *outcome,
                                const TextStyle *style)
{
    g_autofree char *rest = describe_rest(outcome->after);
    if (plan->actions->len == 0)
        return g_strdup_printf("%snothing to change%s%s\n", text_good(style), text_plain(style),
                               rest);
    if (outcome->dry_run)
        return g_strdup_printf("dry run: nothing was changed%s\n", rest);
    if (outcome->pending_id != NULL)
        return describe_pending(outcome, style);
    if (outcome->verified)
        return g_strdup_printf("%sdone and verified%s%s\n", text_good(style), text_plain(style),
                               rest);
    return g_strdup("");
}

/* ---- JSON ---- */

static void add_action(JsonBuilder *builder, const Action *action)
{
    g_auto(GStrv) command = action_firewall_cmd(action);
    json_builder_begin_object(builder);
    json_add_string(builder, "op", action_op_word(action->op));
    json_add_string(builder, "interface", action->interface);
    json_add_string(builder, "from", action->from);
    json_add_string(builder, "to", action->to);
    json_add_string(builder, "scope", action_scope_word(action->scope));
    json_add_strings(builder, "firewall_cmd", command);
    json_add_string(builder, "state", action_state_word(action->state));
    json_builder_end_object(builder);
}

static void add_counts(JsonBuilder *builder, const char *member, const Diagnosis *diagnosis)
{
    if (diagnosis == NULL) {
        json_add_string(builder, member, NULL);
        return;
    }
    json_builder_set_member_name(builder, member);
    json_builder_begin_object(builder);
    json_add_int(builder, "errors", diagnosis->errors);
    json_add_int(builder, "warnings", diagnosis->warnings);
    json_builder_end_object(builder);
}

static void add_findings(JsonBuilder *builder, const char *member, const GPtrArray *findings)
{
    json_builder_set_member_name(builder, member);
    json_builder_begin_array(builder);
    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);
        json_builder_begin_object(builder);
        json_add_string(builder, "id", finding_word(finding->id));
        json_add_string(builder, "interface", finding->interface);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_services(JsonBuilder *builder, const char *member, const GPtrArray *services)
{
    json_builder_set_member_name(builder, member);
    json_builder_begin_array(builder);
    for (guint i = 0; i < services->len; i++) {
        const ServiceChange *change = g_ptr_array_index(services, i);
        json_builder_begin_object(builder);
        json_add_string(builder, "interface", change->interface);
        json_add_string(builder, "service", change->service);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_pending(JsonBuilder *builder, const ApplyOutcome *outcome)
{
    if (outcome->pending_id == NULL) {
        json_add_string(builder, "pending", NULL);
        return;
    }
    json_builder_set_member_name(builder, "pending");
    json_builder_begin_object(builder);
    json_add_string(builder, "id", outcome->pending_id);
    json_add_int(builder, "seconds", outcome->pending_seconds);
    json_builder_end_object(builder);
}

JsonNode *apply_report_json(const Plan *plan, const ApplyOutcome *outcome, const GError *error)
{
    JsonBuilder *builder = json_document("apply");
    json_add_bool(builder, "changed", outcome->changed);
    json_add_bool(builder, "dry_run", outcome->dry_run);
    json_add_string(builder, "zone", plan->zone);
    json_add_bool(builder, "verified", outcome->verified);
    json_add_bool(builder, "rolled_back", outcome->rolled_back);
    json_builder_set_member_name(builder, "actions");
    json_builder_begin_array(builder);
    for (guint i = 0; i < plan->actions->len; i++)
        add_action(builder, g_ptr_array_index(plan->actions, i));
    json_builder_end_array(builder);
    add_counts(builder, "before", plan->before);
    add_counts(builder, "after", outcome->after);
    add_findings(builder, "cures", plan->cured);
    add_findings(builder, "causes", plan->caused);
    add_services(builder, "opens", plan->opens);
    add_services(builder, "closes", plan->closes);
    json_builder_set_member_name(builder, "notes");
    json_builder_begin_array(builder);
    for (guint i = 0; i < plan->notes->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(plan->notes, i));
    json_builder_end_array(builder);
    add_pending(builder, outcome);
    json_add_error(builder, "error", error);
    return json_document_end(builder);
}
