/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/apply-report.h"

#include "reports.h"
#include "requests.h"

/* ---- golden files ---- */

static const ReportCase reports[] = {
    {"apply-incident.txt", "incident", "", 0},
    {"apply-incident-60.txt", "incident", "", 60},
    {"apply-incident.json", "incident", "", 0},
    {"apply-incident-runtime-only.txt", "incident", "--runtime-only", 0},
    {"apply-incident-cured.txt", "incident-cured", "", 0},
    {"apply-incident-cured.json", "incident-cured", "", 0},
    {"apply-k3s-unbound.txt", "hosts/k3s-unbound", "", 0},
    {"apply-wireguard-gateway-move.txt", "hosts/wireguard-gateway-without-policy",
     "--zone internal --interface ens3 --move --force", 0},
    {"apply-wireguard-gateway-move.json", "hosts/wireguard-gateway-without-policy",
     "--zone internal --interface ens3 --move --force", 0},
    {"apply-incident-0.9.txt", "hosts/incident-0.9", "--enable-forward", 0},
};

static char *render_plan(const Plan *plan, const TextStyle *style)
{
    const ApplyOutcome outcome = {
        .dry_run = true,
        .changed = plan->actions->len > 0,
        .after = plan->after,
    };
    if (style == NULL)
        return document_text(apply_report_json(plan, &outcome, NULL));
    g_autofree char *shown = apply_report_plan_text(plan, style);
    g_autofree char *ended = apply_report_outcome_text(plan, &outcome, style);
    return g_strconcat(shown, ended, NULL);
}

static char *render(const Snapshot *snapshot, const char *request, const TextStyle *style)
{
    g_auto(RequestWords) words = request_parse(request);
    g_auto(PlanRefusal) refusal = {0};
    g_autoptr(Plan) plan = plan_new(snapshot, &words.request, &refusal);
    if (plan != NULL)
        return render_plan(plan, style);
    assert_int_equal(refusal.code, REFUSED_NAME); /* nothing is planned for a hostile one */
    return g_strdup("");
}

/* ---- how apply ends ---- */

typedef struct {
    const char *name;
    const char *host;
    ApplyOutcome outcome; /* but for "after", which is what was predicted */
    const char *text;
} OutcomeCase;

static const OutcomeCase outcomes[] = {
    {"nothing to change", "incident-cured", {.verified = true}, "nothing to change\n"},
    {"a dry run", "incident", {.dry_run = true, .changed = true}, "dry run: nothing was changed\n"},
    {"done", "incident", {.changed = true, .verified = true}, "done and verified\n"},
    {"failed: the error says it", "incident", {.rolled_back = true}, ""},
    {"something else is left",
     "hosts/k3s-unbound",
     {.changed = true, .verified = true},
     "done and verified (2 errors and 0 warnings are left: nicfix check)\n"},
};

static void test_outcome(void **state)
{
    const OutcomeCase *test = *state;
    g_autoptr(Snapshot) snapshot = host_read(test->host);
    const PlanRequest request = {.zone = NULL};
    g_autoptr(Plan) plan = plan_new(snapshot, &request, NULL);
    assert_non_null(plan);
    ApplyOutcome outcome = test->outcome;
    outcome.after = plan->after;
    const TextStyle style = {.width = 0};
    g_autofree char *text = apply_report_outcome_text(plan, &outcome, &style);
    assert_string_equal(text, test->text);
}

static void test_a_failure_is_in_the_document(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = host_read("incident");
    const PlanRequest request = {.zone = NULL};
    g_autoptr(Plan) plan = plan_new(snapshot, &request, NULL);
    Action *first = g_ptr_array_index(plan->actions, 0);
    Action *second = g_ptr_array_index(plan->actions, 1);
    first->state = ACTION_UNDONE;
    second->state = ACTION_FAILED;
    g_autoptr(GError) error = NULL;
    nicfix_error_set(&error, NICFIX_ERROR_UNDONE, "try again", "firewalld went away");
    const ApplyOutcome outcome = {.rolled_back = true};
    g_autofree char *text = document_text(apply_report_json(plan, &outcome, error));
    compare_with_golden("apply-incident-undone.json", text);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_a_failure_is_in_the_document),
    };
    return RUN_CASES(test_report, reports) + RUN_CASES(test_colour_changes_no_word, reports) +
           RUN_CASES(test_hostile_name, hostile) + RUN_CASES(test_outcome, outcomes) +
           cmocka_run_group_tests(others, NULL, NULL);
}
