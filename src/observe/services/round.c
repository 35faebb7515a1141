/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A round is a wave whose calls carry the words for what they ask. */
#include "observe/services/round.h"

#include "model/error.h"

#include <stdarg.h>

typedef struct {
    const CallRow *row;
    char *what;
    RoundUnanswered unanswered;
    gpointer user;
} Asked;

struct Round {
    Wave *wave;
    Snapshot *snapshot;
    GPtrArray *asked; /* Asked, by the index of its call in the wave */
};

static void asked_free(Asked *asked)
{
    g_free(asked->what);
    g_free(asked);
}

Round *round_new(Bus *bus, guint timeout_ms, GCancellable *cancellable, Snapshot *snapshot)
{
    Round *round = g_new0(Round, 1);
    round->wave = wave_new(bus, timeout_ms, cancellable);
    round->snapshot = snapshot;
    round->asked = g_ptr_array_new_with_free_func((GDestroyNotify)asked_free);
    return round;
}

void round_free(Round *round)
{
    if (round == NULL)
        return;
    wave_free(round->wave);
    g_ptr_array_unref(round->asked);
    g_free(round);
}

void round_ask(Round *round, const Question *question, const char *format, ...)
{
    Asked *asked = g_new0(Asked, 1);
    va_list args;
    va_start(args, format);
    asked->what = g_strdup_vprintf(format, args);
    va_end(args);
    asked->row = call_row(question->call);
    asked->unanswered = question->unanswered;
    asked->user = question->user;
    g_ptr_array_add(round->asked, asked);
    wave_add(round->wave, question->call, question->path, question->parameters, question->decode,
             question->user);
}

bool round_is_empty(const Round *round)
{
    return wave_size(round->wave) == 0;
}

void round_start(Round *round)
{
    wave_start(round->wave);
}

static bool is_firewalld(const CallRow *row)
{
    return g_str_equal(row->service, FIREWALLD_SERVICE);
}

static bool ends_observation(const GError *error, const CallRow *row)
{
    if (error->domain != NICFIX_ERROR || error->code == NICFIX_ERROR_NO_BUS)
        return true;
    bool broken = error->code == NICFIX_ERROR_NO_FIREWALLD || error->code == NICFIX_ERROR_TIMEOUT ||
                  error->code == NICFIX_ERROR_BAD_REPLY;
    return broken && is_firewalld(row);
}

static void note_unread(Round *round, const Asked *asked, const GError *error)
{
    g_autofree char *where = g_strdup_printf("%s.%s", asked->row->interface, asked->row->method);
    snapshot_add_unread(round->snapshot, asked->what, where, error->message);
}

bool round_finish(Round *round, GError **error)
{
    wave_finish(round->wave);
    for (guint i = 0; i < round->asked->len; i++) {
        const Asked *asked = g_ptr_array_index(round->asked, i);
        const GError *reason = wave_error(round->wave, i);
        if (reason == NULL)
            continue;
        if (asked->unanswered != NULL && asked->unanswered(reason, asked->user))
            continue;
        if (ends_observation(reason, asked->row)) {
            g_propagate_error(error, g_error_copy(reason));
            return false;
        }
        note_unread(round, asked, reason);
    }
    return true;
}

const GError *round_refusal(const Round *round)
{
    const GError *refusal = NULL;
    for (guint i = 0; i < round->asked->len; i++) {
        const Asked *asked = g_ptr_array_index(round->asked, i);
        const GError *reason = wave_error(round->wave, i);
        if (!is_firewalld(asked->row))
            continue;
        if (reason == NULL)
            return NULL;
        if (refusal == NULL && g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NOT_AUTHORISED))
            refusal = reason;
    }
    return refusal;
}
