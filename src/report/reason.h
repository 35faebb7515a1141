/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts in words: what decided, what leaves a verdict open, and what it takes for granted. All
 * texts for people about verdicts are made here. */
#pragma once

#include "model/firewalld/verdict.h"

/* The words of verdicts in JSON and text (all static). A verdict's is "unknown" where more than one
 * outcome is possible. */
const char *verdict_word(const Verdict *verdict);
const char *outcome_word(Outcome outcome);
/* "rejected", "dropped", or "refused" where OUTCOMES have the one and the other. */
const char *outcomes_refused_word(guint outcomes);
const char *stage_word(Stage stage);
/* What a step said: "continue", "accept", "maybe-accept", ... */
const char *step_result_word(const VerdictStep *step);

/* The sentence that says what decided VERDICT, or what leaves it open (transfer full). */
char *reason_of(const Verdict *verdict);

/* The step that this sentence is about: the one that decided, or the first one that may have; NULL
 * where there is none. */
const VerdictStep *reason_step(const Verdict *verdict);

/* How a packet came to its zone: "zone public (interface enp2s0)" or, for the catch-all, "zone
 * public (catch-all: no zone binds cni0)" (transfer full). */
char *reason_for_zone(const ZoneMatch *match, const char *interface);

/* What a step consulted: "service ssh", "target DROP" (transfer full). */
char *setting_text(const Setting *setting);

/* The code of an assumption in JSON, and what it means to a person (static). */
const char *assumption_word(Assumption assumption);
const char *assumption_text(Assumption assumption);
