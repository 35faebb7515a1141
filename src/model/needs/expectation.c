/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/needs/expectation.h"

#include "model/words.h"

static const char *own(char **place, const char *name)
{
    *place = g_strdup(name);
    return *place;
}

Expectation *expectation_new(const char *file, guint line, const char *words, Expected expected,
                             const Flow *flow, const char *unresolved)
{
    Expectation *expectation = g_new0(Expectation, 1);
    expectation->file = g_strdup(file);
    expectation->line = line;
    expectation->words = g_strdup(words);
    expectation->expected = expected;
    expectation->unresolved = g_strdup(unresolved);
    if (flow != NULL) {
        expectation->flow = *flow;
        expectation->flow.in = own(&expectation->names[0], flow->in);
        expectation->flow.out = own(&expectation->names[1], flow->out);
        expectation->flow.from_mac = own(&expectation->names[2], flow->from_mac);
    }
    return expectation;
}

void expectation_free(Expectation *expectation)
{
    if (expectation == NULL)
        return;
    g_free(expectation->name);
    g_free(expectation->file);
    g_free(expectation->words);
    g_free(expectation->unresolved);
    for (guint i = 0; i < G_N_ELEMENTS(expectation->names); i++)
        g_free(expectation->names[i]);
    g_free(expectation);
}

gint expectation_compare(const Expectation *a, const Expectation *b)
{
    int files = g_strcmp0(a->file, b->file);
    return files != 0 ? files : (a->line > b->line) - (a->line < b->line);
}

static const char *const expected_words[] = {
    [EXPECT_ACCEPT] = "accept",
    [EXPECT_REFUSE] = "refuse",
};

DEFINE_WORD(expected, Expected, expected_words)
