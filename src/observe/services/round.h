/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A round: the questions that the readers of firewalld and NetworkManager put at the same time, and
 * what becomes of those that are not answered.
 *
 * Rules: that firewalld is gone, silent or talks nonsense ends the observation. Everything else
 * that keeps an answer from us is noted in the snapshot as unread, and the observation goes on. */
#pragma once

#include "bus/wave.h"
#include "model/host/snapshot.h"

typedef struct Round Round;

/* Sees ERROR, with which a question was not answered, and says whether that settles the matter;
 * where it does not, the rules above apply. */
typedef bool (*RoundUnanswered)(const GError *error, gpointer user);

typedef struct {
    CallId call;
    const char *path;     /* NULL where the call's row has one */
    GVariant *parameters; /* may be floating, consumed; NULL: none */
    WaveDecode decode;
    RoundUnanswered unanswered; /* may be NULL */
    gpointer user;              /* of both; must live until the round is finished */
} Question;

/* SNAPSHOT takes the notes. CANCELLABLE may be NULL. All must outlive the round (transfer full). */
Round *round_new(Bus *bus, guint timeout_ms, GCancellable *cancellable, Snapshot *snapshot);
void round_free(Round *round);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Round, round_free)

/* Adds QUESTION. The format says in the user's words what is asked for, "settings of zone public":
 * it stands in the note. */
void round_ask(Round *round, const Question *question, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Whether nothing has been asked. */
bool round_is_empty(const Round *round);

/* Sends the questions and returns at once. */
void round_start(Round *round);

/* Waits for the answers. Returns false with *ERROR set where the observation is at its end. */
bool round_finish(Round *round, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After round_finish(): the first refusal of authorisation, where firewalld answered nothing at all
 * that it was asked; else NULL (transfer none). */
const GError *round_refusal(const Round *round);
