/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever host a snapshot describes, it is diagnosed, there is a plan or a reason for none, and both can be
 * told of. */
#include "documents/json.h"
#include "documents/snapshot-json.h"
#include "model/plan/fixes.h"
#include "model/plan/offer.h"
#include "report/apply-report.h"
#include "report/check-report.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void check_text(char *text)
{
    g_assert(g_utf8_validate(text, -1, NULL));
    g_free(text);
}

static void check_json(json_t *document)
{
    check_text(json_document_text(document, false));
    json_decref(document);
}

static void tell_of(const Plan *plan)
{
    const TextStyle style = {.width = 80};
    const ApplyOutcome outcome = {.dry_run = true, .after = plan->after};
    check_text(apply_report_plan_text(plan, &style));
    check_text(apply_report_outcome_text(plan, &outcome, &style));
    check_json(apply_report_json(plan, &outcome, NULL));
}

static void plan_all(const Snapshot *snapshot)
{
    const Offer offer = {.finding = -1};
    g_auto(PlanRefusal) refusal = {0};
    g_autoptr(Plan) offered = plan_of_offer(snapshot, &offer, &refusal);
    if (offered != NULL)
        tell_of(offered);
    g_auto(PlanRefusal) reason = {0};
    g_autoptr(Plan) plan = plan_new(snapshot, &(PlanRequest){.enable_forward = true}, &reason);
    if (plan != NULL)
        tell_of(plan);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    const TextStyle style = {.width = 80};
    g_autoptr(Snapshot) snapshot =
        snapshot_from_json((const char *)data, size, "snapshot fuzz", NULL);
    if (snapshot == NULL)
        return 0;
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    fixes_suggest(snapshot, diagnosis, NULL);
    const CheckReport report = {.snapshot = snapshot, .diagnosis = diagnosis};
    check_text(check_report_text(&report, &style));
    check_json(check_report_json(&report));
    plan_all(snapshot);
    return 0;
}
