/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sentences about plans: why nothing is planned, what an action does, what else to know. */
#pragma once

#include "model/plan/plan.h"
#include "model/plan/reload-harm.h"
#include "model/plan/reload-losses.h"
#include "model/plan/reload.h"

/* Sets *ERROR to what REFUSAL says, with a hint at what would help. */
void plan_refusal_set_error(const PlanRefusal *refusal, GError **error);

/* Sets *ERROR to: after the plan's VERDICT nobody can come back the way SESSION came. */
void lock_out_set_error(const Flow *session, const Verdict *verdict, GError **error);

/* Sets *ERROR to: nothing can be predicted of a reload, since the permanent configuration was not
 * read. */
void permanent_unread_set_error(GError **error);

/* The commands of ACTION, separated by semicolons (transfer full). */
char *action_command_line(const Action *action);

/* What LOST is about: "what goes from cni0 to eth0" (transfer full). */
char *lost_flow_text(const LostFlow *lost);

/* All of these: one sentence without a period (transfer full). */
char *action_text(const Action *action);
char *plan_note_text(const PlanNote *note);
char *reload_loss_text(const ReloadLoss *loss);
char *reload_closure_text(const ReloadClosure *closure);
char *reload_assumption_text(const ReloadAssumption *assumption);

/* LOSSES (ReloadLoss), separated by semicolons (transfer full). */
char *reload_losses_text(const GPtrArray *losses);

/* All that HARM is, separated by semicolons (transfer full). */
char *reload_harm_text(const ReloadHarm *harm);
