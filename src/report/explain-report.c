/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verdict and its way as text and as JSON. */
#include "report/explain-report.h"

#include "model/foreach.h"
#include "report/escape.h"
#include "report/fix-text.h"
#include "report/judgement-text.h"
#include "report/json-parts.h"
#include "report/path-text.h"
#include "report/reason.h"
#include "report/table.h"
#include "report/trace-report.h"
#include "report/wrap.h"

#include <string.h>

void explain_route_clear(ExplainRoute *route)
{
    g_free(route->gateway);
    g_free(route->table);
    g_free(route->prefix);
    g_free(route->source);
    memset(route, 0, sizeof *route);
}

static char *address_text(const FlowAddress *address)
{
    return address->kind == FLOW_ADDRESS_PREFIX ? ip_address_to_string(&address->prefix.address)
                                                : NULL;
}

/* ---- text ---- */

static char *describe_flow(const Flow *flow)
{
    GString *text = g_string_new(flow_direction_word(flow->direction));
    g_autofree char *from = address_text(&flow->from);
    g_autofree char *to = address_text(&flow->to);
    const char *protocol = protocol_word(flow->protocol);
    g_string_append_printf(text, ", %s, from %s to %s",
                           protocol != NULL ? protocol : "any protocol",
                           from != NULL ? from : "anywhere", to != NULL ? to : "anywhere");
    if (flow->port != 0)
        g_string_append_printf(text, " port %u", flow->port);
    if (flow->icmp_type >= 0)
        g_string_append_printf(text, " type %d", flow->icmp_type);
    if (flow->state == FLOW_ESTABLISHED)
        g_string_append(text, ", established");
    if (flow->state == FLOW_INVALID)
        g_string_append(text, ", of no connection");
    return g_string_free(text, FALSE);
}

static void append_way(GString *text, const Explanation *explanation)
{
    const Flow *flow = explanation->flow;
    g_autofree char *description = describe_flow(flow);
    g_string_append_printf(text, "  flow   %s\n", description);
    if (flow->in != NULL) {
        g_autofree char *in = escape_for_terminal(flow->in);
        g_string_append_printf(text, "  in     %s", in);
        if (explanation->port_named != NULL) {
            g_autofree char *port = escape_for_terminal(explanation->port_named);
            g_string_append_printf(text, " (%s is a port of it: the firewall sees %s)", port, in);
        }
        g_string_append_c(text, '\n');
    }
    if (flow->out == NULL)
        return;
    g_autofree char *out = escape_for_terminal(flow->out);
    const ExplainRoute *route = explanation->route;
    g_string_append_printf(text, "  out    %s", out);
    if (route->known)
        g_string_append_printf(
            text, " (%s%s%s%s%s%s)", route->prefix != NULL ? "route " : "",
            route->prefix != NULL ? route->prefix : "the kernel's route",
            route->gateway != NULL ? " via " : "", route->gateway != NULL ? route->gateway : "",
            route->table != NULL ? ", table " : "", route->table != NULL ? route->table : "");
    g_string_append_c(text, '\n');
}

/* What firewalld looks at, with the step that decided marked where firewalld did. */
static void append_steps(GString *text, const Judgement *judgement, const TextStyle *style)
{
    const Verdict *verdict = judgement->firewalld;
    bool decided = judgement_is_in_firewallds_words(judgement);
    static const char *const titles[] = {"  STAGE", "OF", "RESULT", "SETTING", NULL};
    g_autoptr(Table) table = table_new(titles);
    const VerdictStep *decisive = decided ? reason_step(verdict) : NULL;
    if (!decided)
        g_string_append_printf(text, "firewalld's configuration alone: %s\n",
                               verdict_word(verdict));
    PTR_ARRAY_FOREACH (const VerdictStep, step, verdict->steps) {
        g_autofree char *stage =
            g_strconcat(step == decisive ? "> " : "  ", stage_word(step->stage), NULL);
        g_autofree char *owner = step->policy != NULL ? g_strdup_printf("policy %s", step->policy)
                                 : step->zone != NULL ? g_strdup_printf("zone %s", step->zone)
                                                      : NULL;
        g_autofree char *setting = setting_text(&step->setting);
        const char *cells[] = {stage, owner, step_result_word(step), setting, NULL};
        table_add(table, cells);
        if (step == decisive)
            table_color(table, text_outcomes(verdict->possible, style));
    }
    table_render(table, style, text);
    g_string_append_c(text, '\n');
}

/* With the path there is room for firewalld's steps only where they leave the answer open. */
static bool wants_steps(const Judgement *judgement, const TextStyle *style)
{
    bool certain = judgement_accepts(judgement) || judgement_refuses(judgement);
    return judgement->path == NULL || style->verbose ||
           (!certain && judgement_is_in_firewallds_words(judgement));
}

/* Where the kernel's rules were read, nothing is assumed of them. */
static bool is_assumed(const Explanation *explanation, Assumption assumption)
{
    const Judgement *judgement = explanation->judgement;
    if (assumption == ASSUMPTION_XDP)
        return explanation->programs.xdp;
    if (assumption == ASSUMPTION_TC)
        return explanation->programs.tc_ingress || explanation->programs.tc_egress;
    bool known =
        judgement->by == JUDGED_BY_KERNEL ||
        (judgement->by == JUDGED_BY_PREDICTION &&
         (assumption == ASSUMPTION_OTHER_NFT_TABLES || assumption == ASSUMPTION_NOT_TRANSLATED));
    return judgement->firewalld->assumes[assumption] && !known;
}

static void append_assumptions(GString *text, const Explanation *explanation,
                               const TextStyle *style)
{
    for (Assumption i = 0; i < N_ASSUMPTIONS; i++) {
        if (!is_assumed(explanation, i))
            continue;
        g_string_append_printf(text, "%sassumes:%s ", text_faint(style), text_plain(style));
        wrap_append(text, assumption_text(i), strlen("assumes: "), strlen("assumes: "), style);
    }
}

char *explain_report_text(const Explanation *explanation, const TextStyle *style)
{
    const Judgement *judgement = explanation->judgement;
    const Verdict *verdict = judgement->firewalld;
    GString *text = g_string_new(NULL);
    g_autofree char *raw_reason = judgement_reason(judgement);
    g_autofree char *reason = escape_for_terminal(raw_reason);
    const char *word = judgement_word(judgement);
    g_string_append_printf(text, "%s%s%s: ", text_outcomes(judgement->possible, style), word,
                           text_plain(style));
    wrap_append(text, reason, (guint)(strlen(word) + strlen(": ")), 2, style);
    append_way(text, explanation);
    path_text_append_destination(text, judgement);
    g_string_append_c(text, '\n');
    path_text_append(text, judgement, style);
    if (wants_steps(judgement, style))
        append_steps(text, judgement, style);
    path_text_append_command(text, judgement, style);
    append_assumptions(text, explanation, style);
    if (explanation->fix != NULL)
        fix_text_append(text, explanation->fix, 0, style);
    else if (verdict->deciding != NULL && verdict->deciding->stage == STAGE_PANIC)
        g_string_append_printf(text, "%sfix:%s  firewall-cmd --panic-off\n", text_good(style),
                               text_plain(style));
    /* Nothing may follow the empty line that ends a table. */
    if (g_str_has_suffix(text->str, "\n\n"))
        g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}

/* ---- JSON ---- */

static json_t *steps_json(const GPtrArray *steps)
{
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const VerdictStep, step, steps) {
        g_autofree char *setting = setting_text(&step->setting);
        json_t *object = json_object();
        json_object_set_new(object, "stage", json_text(stage_word(step->stage)));
        json_object_set_new(object, "zone", json_text(step->zone));
        json_object_set_new(object, "policy", json_text(step->policy));
        json_object_set_new(object, "setting", json_text(setting));
        json_object_set_new(object, "result", json_text(step_result_word(step)));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *route_json(const ExplainRoute *route)
{
    if (!route->known)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "gateway", json_text(route->gateway));
    json_object_set_new(object, "table", json_text(route->table));
    json_object_set_new(object, "prefix", json_text(route->prefix));
    json_object_set_new(object, "source", json_text(route->source));
    return object;
}

static json_t *alternatives_json(const Judgement *judgement)
{
    static const Outcome outcomes[] = {OUTCOME_ACCEPT, OUTCOME_REJECT, OUTCOME_DROP};
    bool open = g_str_equal(judgement_word(judgement), "unknown");
    json_t *array = json_array();
    for (guint i = 0; open && i < G_N_ELEMENTS(outcomes); i++) {
        if ((judgement->possible & outcomes[i]) != 0)
            json_array_append_new(array, json_text(outcome_word(outcomes[i])));
    }
    return array;
}

static json_t *assumptions_json(const Explanation *explanation)
{
    json_t *array = json_array();
    for (Assumption i = 0; i < N_ASSUMPTIONS; i++) {
        if (is_assumed(explanation, i))
            json_array_append_new(array, json_text(assumption_word(i)));
    }
    return array;
}

json_t *explain_report_json(const Explanation *explanation)
{
    const Judgement *judgement = explanation->judgement;
    g_autofree char *reason = judgement_reason(judgement);
    json_t *document = json_document("explain");
    json_object_set_new(document, "flow", json_flow(explanation->flow));
    json_object_set_new(document, "verdict", json_text(judgement_word(judgement)));
    json_object_set_new(document, "by", json_text(judged_by_word(judgement->by)));
    json_object_set_new(document, "alternatives", alternatives_json(judgement));
    json_object_set_new(document, "reason", json_text(reason));
    json_object_set_new(document, "route", route_json(explanation->route));
    json_object_set_new(document, "steps", steps_json(judgement->firewalld->steps));
    json_object_set_new(document, "path", path_json(judgement->path));
    json_object_set_new(document, "answer_path", path_json(judgement->reply_path));
    json_object_set_new(document, "translated", judgement_translated_json(judgement));
    json_object_set_new(document, "assumptions", assumptions_json(explanation));
    json_object_set_new(document, "traced",
                        explanation->traced != NULL
                            ? trace_report_json(judgement, explanation->traced)
                            : json_null());
    json_object_set_new(document, "fix", json_fix(explanation->fix));
    return document;
}
