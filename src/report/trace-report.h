/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel did to a real packet of a flow, beside what was predicted of it. */
#pragma once

#include "documents/json.h"
#include "model/kernel/judgement.h"
#include "model/kernel/traced.h"
#include "report/output.h"

/* Whether the kernel did what JUDGEMENT predicts of the packet; only where a packet was traced. */
bool trace_agrees(const Judgement *judgement, const Traced *traced);

/* What people see while nicfix waits for a packet (transfer full). */
char *trace_report_waiting(guint seconds);

/* Both render TRACED, of which SECONDS were watched (transfer full). */
char *trace_report_text(const Judgement *judgement, const Traced *traced, guint seconds,
                        const TextStyle *style);
json_t *trace_report_json(const Judgement *judgement, const Traced *traced);
