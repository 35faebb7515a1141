/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows that ask what becomes of a flow on a host whose rules were recorded. */
#pragma once

#include "flows.h"
#include "hosts.h"
#include "paths.h"

typedef struct {
    const char *name;
    const char *ruleset;  /* fixtures/rulesets */
    const char *flow;     /* flows.h */
    const char *expected; /* paths.h */
} RulesetCase;

#define OUTSIDE "192.168.150.131"
#define HOST    "192.168.150.130"

/* A test that a row's flow has the ways it expects. */
static inline void test_ruleset(void **state)
{
    const RulesetCase *row = *state;
    g_autofree char *file = g_strconcat("rulesets/", row->ruleset, NULL);
    g_autoptr(Snapshot) snapshot = host_read(file);
    g_auto(GStrv) words = g_strsplit(row->flow, " ", -1);
    Flow flow = flow_parse(words);
    flow.reverse_path = REVERSE_PATH_SAME_LINK;
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    g_autofree char *found = path_text(path);
    assert_string_equal(found, row->expected);
    assert_false(path->broken);
    assert_false(path->exhausted);
}
