/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replies that are known to be what a service would answer again, because what they follow from is as it
 * was: the state of the kernel's rules, or of files.
 *
 * Rules: a state is a text that is never the same for two different states. Only replies to calls whose
 * row says that they last are kept (CallRow), and only successes. */
#pragma once

#include "bus/calls.h"

#include <gio/gio.h>
#include <stdbool.h>

typedef struct KnownReplies KnownReplies;

/* Nothing is known (transfer full). */
KnownReplies *known_replies_new(void);
void known_replies_free(KnownReplies *known);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KnownReplies, known_replies_free)

/* Sets that calls that last as LASTS says are answered in STATE from now on: what was answered in another
 * one is forgotten. NULL: the state is not known, and nothing is served or kept. */
void known_replies_set_state(KnownReplies *known, CallLasts lasts, const char *state);

/* Forgets everything: no state is known. */
void known_replies_forget_all(KnownReplies *known);

/* Says that what is known in a state that begins with SAME holds in STATE, too, which is the state from now
 * on. */
void known_replies_carry_over(KnownReplies *known, CallLasts lasts, const char *same,
                              const char *state);

/* The reply to a call of ROW on PATH with PARAMETERS, NULL where it is not known (transfer none). */
GVariant *known_replies_lookup(const KnownReplies *known, const CallRow *row, const char *path,
                               GVariant *parameters);

/* Keeps REPLY, where it lasts and the state is known. */
void known_replies_keep(KnownReplies *known, const CallRow *row, const char *path,
                        GVariant *parameters, GVariant *reply);

/* Forgets what known_replies_from_variant() brought of what LASTS so: what is left was answered to this
 * process. */
void known_replies_forget_old(KnownReplies *known, CallLasts lasts);

/* Whether replies that last longer than a look were kept since the last known_replies_from_variant(). */
bool known_replies_have_grown(const KnownReplies *known);

/* All that is known for longer than a look, with the states it is known in (floating), and back; VARIANT comes
 * from a file. It may have any type, then nothing is known, and need not be in normal form. */
GVariant *known_replies_to_variant(const KnownReplies *known);
void known_replies_from_variant(KnownReplies *known, GVariant *variant);
