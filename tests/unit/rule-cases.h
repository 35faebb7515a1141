/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows that ask what becomes of a flow on a router whose ruleset is the row's. */
#pragma once

#include "flows.h"
#include "paths.h"
#include "rules.h"

typedef struct {
    const char *name;
    const char *rules; /* rules.h */
    const char *flow;  /* flows.h */
    const char *expected;
    const char *host; /* further lines of a sketch, or NULL */
} RuleCase;

#define RULE_HOST                                                                                  \
    "link lo loopback addr 127.0.0.1/8,::1/128\n"                                                  \
    "link cni0 bridge addr 10.244.2.1/24,fd00:1::1/64\n"                                           \
    "link enp2s0 physical addr 192.168.150.130/24,fd00:2::1/64\n"                                  \
    "host forwarding6 yes\n"                                                                       \
    "rule 4 table 254\nrule 6 table 254\n"                                                         \
    "route 0.0.0.0/0 dev enp2s0 via 192.168.150.1\n"                                               \
    "route 10.244.2.0/24 dev cni0\nroute 192.168.150.0/24 dev enp2s0\n"                            \
    "route fd00:1::/64 dev cni0\nroute fd00:2::/64 dev enp2s0\n"

/* From outside to a port of the host, and to one of a pod. */
#define TO_HOST "input in enp2s0 from 192.168.150.131 to 192.168.150.130 back-by-it "
#define TO_POD  "forward in enp2s0 out cni0 from 192.168.150.131 to 10.244.2.2 back-by-it "

static inline Snapshot *rule_case_snapshot(const RuleCase *row)
{
    g_autofree char *text = g_strconcat(RULE_HOST, row->host, NULL);
    Snapshot *snapshot = sketch(text);
    snapshot->routes_complete = TRISTATE_YES;
    snapshot->ruleset = rules_parse(row->rules);
    return snapshot;
}

/* The outcomes that are possible, as "accept drop". */
static inline char *rule_case_outcomes(guint possible)
{
    static const Outcome outcomes[] = {OUTCOME_ACCEPT, OUTCOME_REJECT, OUTCOME_DROP};
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(outcomes); i++) {
        if ((possible & outcomes[i]) != 0)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "",
                                   outcome_text(outcomes[i]));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static inline GStrv flow_words(const RuleCase *row)
{
    g_autofree char *text = g_strchomp(g_strdup(row->flow));
    return g_strsplit(text, " ", -1);
}

/* A test that a row's flow has the outcomes it expects. */
static inline void test_outcomes(void **state)
{
    const RuleCase *row = *state;
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(row);
    g_auto(GStrv) words = flow_words(row);
    const Flow flow = flow_parse(words);
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    g_autofree char *found = rule_case_outcomes(path->possible);
    assert_string_equal(found, row->expected);
}

/* A test that a row's flow has the ways it expects (paths.h). */
static inline void test_ways(void **state)
{
    const RuleCase *row = *state;
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(row);
    g_auto(GStrv) words = flow_words(row);
    const Flow flow = flow_parse(words);
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    g_autofree char *found = path_text(path);
    assert_string_equal(found, row->expected);
}
