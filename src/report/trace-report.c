/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel and prediction side by side: see trace-report.h. */
#include "report/trace-report.h"

#include "report/escape.h"
#include "report/judgement-text.h"
#include "report/path-text.h"
#include "report/reason.h"
#include "report/wrap.h"

#include <string.h>

static bool is_seen(const Traced *traced)
{
    return traced->state >= TRACED_UNFINISHED;
}

/* Of the packet alone: whether its answer passes is not what was traced. */
static guint predicted_for_packet(const Judgement *judgement)
{
    return judgement->reply_path != NULL ? judgement->path->possible : judgement->possible;
}

bool trace_agrees(const Judgement *judgement, const Traced *traced)
{
    guint predicted = predicted_for_packet(judgement);
    if (traced->state == TRACED_UNFINISHED)
        return (predicted & ~(guint)OUTCOME_ACCEPT) != 0;
    return (predicted & traced->way.outcome) != 0;
}

/* NULL where no packet came. */
static const char *fate_word(const Traced *traced)
{
    switch (traced->state) {
    case TRACED_PASSED:
    case TRACED_REFUSED:
        return outcome_word(traced->way.outcome);
    case TRACED_UNFINISHED:
        return "lost";
    case TRACED_NOTHING:
    case TRACED_KNOWN:
        break;
    }
    return NULL;
}

static char *fate_text(const Traced *traced, guint seconds)
{
    const PathStage *stage = traced->way.stages != NULL ? path_way_decision(&traced->way) : NULL;
    switch (traced->state) {
    case TRACED_PASSED:
        return g_strdup("a real packet of this flow passed all rules");
    case TRACED_REFUSED: {
        g_autofree char *owner = stage != NULL ? stage_owner_text(stage) : NULL;
        g_autofree char *place = stage != NULL ? stage_place_text(stage) : NULL;
        return stage == NULL
                   ? g_strdup("a real packet of this flow was refused")
                   : g_strdup_printf("%s refused a real packet of this flow: %s", owner, place);
    }
    case TRACED_UNFINISHED:
        return g_strdup("no rule refused a real packet of this flow, and it did not arrive: the "
                        "kernel did not route it");
    case TRACED_KNOWN:
        return g_strdup_printf("no packet that begins a connection came in %u s, only packets of "
                               "connections that are known already",
                               seconds);
    case TRACED_NOTHING:
        break;
    }
    return g_strdup_printf("no packet of this flow came in %u s; make one while nicfix watches",
                           seconds);
}

char *trace_report_waiting(guint seconds)
{
    return g_strdup_printf("watching for a packet of this flow, for at most %u s\n", seconds);
}

static void append_difference(GString *text, const Judgement *judgement, const Traced *traced,
                              const TextStyle *style)
{
    if (!is_seen(traced) || trace_agrees(judgement, traced))
        return;
    g_string_append_printf(text, "%sdiffers:%s ", text_bad(style), text_plain(style));
    wrap_append(text,
                traced->rules_new
                    ? "the kernel's rules have changed since they were read; ask again"
                    : "the kernel did not do what was predicted above; please report it with the "
                      "output of nicfix snapshot",
                (guint)strlen("differs: "), 2, style);
}

char *trace_report_text(const Judgement *judgement, const Traced *traced, guint seconds,
                        const TextStyle *style)
{
    GString *text = g_string_new(NULL);
    g_autofree char *raw = fate_text(traced, seconds);
    g_autofree char *fate = escape_for_terminal(raw);
    const char *word = fate_word(traced);
    guint outcome = is_seen(traced) ? traced->way.outcome : OUTCOME_ANY;
    g_autofree char *head = g_strconcat("kernel: ", word != NULL ? word : "no packet", ": ", NULL);
    g_string_append_printf(text, "%s%s%s", text_outcomes(outcome, style), head, text_plain(style));
    wrap_append(text, fate, (guint)strlen(head), 2, style);
    if (is_seen(traced))
        path_text_append_traced(text, &traced->way, style);
    append_difference(text, judgement, traced, style);
    return g_string_free(text, FALSE);
}

json_t *trace_report_json(const Judgement *judgement, const Traced *traced)
{
    bool seen = is_seen(traced);
    json_t *object = json_object();
    json_object_set_new(object, "verdict", json_text(fate_word(traced)));
    json_object_set_new(object, "agrees",
                        seen ? json_boolean(trace_agrees(judgement, traced)) : json_null());
    json_object_set_new(object, "path", seen ? path_way_json(&traced->way) : json_array());
    json_object_set_new(object, "translated",
                        seen ? path_way_translated_json(&traced->way) : json_null());
    return object;
}
