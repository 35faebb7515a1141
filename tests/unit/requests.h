/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests for a plan from the words of `nicfix apply`, and plans as text. */
#pragma once

#include "model/plan/offer.h"

#include "sketch.h"

typedef struct {
    PlanRequest request;
    char *zone;
    GPtrArray *interfaces; /* NULL-terminated */
    GPtrArray *uplinks;    /* NULL-terminated */
    Declared *declared;
    int finding; /* of --finding, else -1 */
} RequestWords;

static inline void request_words_clear(RequestWords *words)
{
    g_free(words->zone);
    g_ptr_array_unref(words->interfaces);
    g_ptr_array_unref(words->uplinks);
    g_free(words->declared);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RequestWords, request_words_clear)

static inline bool request_flag(PlanRequest *request, const char *word)
{
    const struct {
        const char *word;
        bool *flag;
    } flags[] = {
        {"--runtime-only", &request->runtime_only},
        {"--permanent-only", &request->permanent_only},
        {"--move", &request->move},
        {"--enable-forward", &request->enable_forward},
        {"--bind-downstream", &request->bind_downstreams},
        {"--force", &request->force},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (g_str_equal(word, flags[i].word))
            return *flags[i].flag = true;
    }
    return false;
}

/* The request of WORDS, which may begin with "nicfix apply". */
static inline RequestWords request_from(char *const *words)
{
    RequestWords result = {
        .interfaces = g_ptr_array_new_with_free_func(g_free),
        .uplinks = g_ptr_array_new_with_free_func(g_free),
        .finding = -1,
    };
    for (char *const *word = words; *word != NULL; word++) {
        if (g_str_equal(*word, "nicfix") || g_str_equal(*word, "apply") ||
            request_flag(&result.request, *word))
            continue;
        if (g_str_equal(*word, "--zone"))
            result.zone = g_strdup(*++word);
        else if (g_str_equal(*word, "--interface"))
            g_ptr_array_add(result.interfaces, g_strdup(*++word));
        else if (g_str_equal(*word, "--uplink"))
            g_ptr_array_add(result.uplinks, g_strdup(*++word));
        else if (g_str_equal(*word, "--finding"))
            result.finding = finding_from_word(*++word);
        else if (**word != '\0')
            g_error("unknown word: %s", *word);
    }
    g_ptr_array_add(result.interfaces, NULL);
    g_ptr_array_add(result.uplinks, NULL);
    result.request.zone = result.zone;
    result.request.interfaces = (const char *const *)result.interfaces->pdata;
    result.declared = g_new0(Declared, 1);
    result.declared->uplinks = (const char *const *)result.uplinks->pdata;
    result.request.declared = result.declared;
    return result;
}

static inline RequestWords request_parse(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    return request_from(words);
}

/* What `nicfix apply` plans on SNAPSHOT for WORDS: as the user directs, or what is offered. */
static inline Plan *plan_from_words(const Snapshot *snapshot, const RequestWords *words,
                                    PlanRefusal *refusal)
{
    const PlanRequest *request = &words->request;
    bool directed = request->zone != NULL || request->move || request->enable_forward ||
                    request->bind_downstreams;
    const Offer offer = {
        .finding = words->finding,
        .interfaces = request->interfaces,
        .declared = request->declared,
        .runtime_only = request->runtime_only,
        .permanent_only = request->permanent_only,
        .force = request->force,
    };
    return directed ? plan_new(snapshot, request, refusal)
                    : plan_of_offer(snapshot, &offer, refusal);
}

/* The commands that do what ACTIONS (Action) do, a line each (transfer full). */
static inline char *actions_text(const GPtrArray *actions)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *last = NULL;
    for (guint i = 0; i < actions->len; i++) {
        g_autoptr(GPtrArray) commands = action_commands(g_ptr_array_index(actions, i));
        for (guint j = 0; j < commands->len; j++) {
            g_autofree char *line = g_strjoinv(" ", g_ptr_array_index(commands, j));
            if (g_strcmp0(line, last) != 0) /* one reload for all */
                g_string_append_printf(text, "%s\n", line);
            g_free(last);
            last = g_steal_pointer(&line);
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The same for those of PLAN. */
static inline char *commands_text(const Plan *plan)
{
    return actions_text(plan->actions);
}
