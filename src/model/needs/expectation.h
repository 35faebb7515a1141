/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An expectation: one flow that the user says is to be accepted or refused on this host, with where
 * that is written. */
#pragma once

#include "model/host/flow.h"

typedef enum {
    EXPECT_ACCEPT,
    EXPECT_REFUSE, /* rejected or dropped */
} Expected;

typedef struct {
    char *name; /* NULL: it has none */
    char *file; /* as the user named it */
    guint line; /* from 1 */
    char *words;
    Expected expected;
    Flow flow;        /* on the host that is judged; its names are in NAMES */
    char *unresolved; /* why the words are no flow on this host, and FLOW means nothing; NULL: they
                         are one */
    char *names[3];   /* of FLOW: where it comes in and leaves, and its MAC; NULL: none */
} Expectation;

/* All strings are copied, those of FLOW, too; FLOW is NULL where UNRESOLVED says why (transfer
 * full). */
Expectation *expectation_new(const char *file, guint line, const char *words, Expected expected,
                             const Flow *flow, const char *unresolved);
void expectation_free(Expectation *expectation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Expectation, expectation_free)

/* By file, then by line: less than, equal to or greater than 0. */
gint expectation_compare(const Expectation *a, const Expectation *b);

/* "accept" and "refuse" (static). */
const char *expected_word(Expected expected);
