/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix explain` shows: the way of one flow, what decided, and what would change it. */
#pragma once

#include "model/diagnosis/finding.h"
#include "model/kernel/judgement.h"
#include "model/kernel/traced.h"
#include "report/output.h"

/* The kernel's route for the flow, as far as it was asked. */
typedef struct {
    bool known;
    char *gateway; /* NULL: none, the destination is on the link */
    char *table;   /* NULL: not told */
    char *prefix;  /* NULL: not told */
    char *source;  /* the one this host would choose; NULL: not told */
} ExplainRoute;

void explain_route_clear(ExplainRoute *route);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ExplainRoute, explain_route_clear)

typedef struct {
    const Flow *flow;
    const Judgement *judgement;
    const ExplainRoute *route;
    const char *port_named; /* the port of a bridge or bond that was named instead of its master */
    const Fix *fix;         /* NULL: none is known */
    const Traced *traced;   /* what the kernel did to a real packet; NULL: it was not watched */
    LinkPrograms programs;  /* on the flow's interfaces, which are not judged */
} Explanation;

/* Both render EXPLANATION (transfer full). */
char *explain_report_text(const Explanation *explanation, const TextStyle *style);
json_t *explain_report_json(const Explanation *explanation);
