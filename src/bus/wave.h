/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A wave: many calls under way at once, so that a single-threaded service is never left waiting for
 * us, and their answers decoded in one place.
 *
 * Rules: add all calls, start once, finish once. Decoders run in wave_finish(), in the order in
 * which the calls were added, after the last answer has come, so that what they build does not
 * depend on who answers first. */
#pragma once

#include "bus/bus.h"

#include <stdbool.h>

typedef struct Wave Wave;

/* Turns REPLY, a tuple of the row's reply type, into something; false with *ERROR set where it does
 * not hold what it should. */
typedef bool (*WaveDecode)(GVariant *reply, gpointer user, GError **error);

/* Every call of the wave may take TIMEOUT_MS milliseconds. CANCELLABLE may be NULL. Both BUS and
 * CANCELLABLE must outlive the wave (transfer full). */
Wave *wave_new(Bus *bus, guint timeout_ms, GCancellable *cancellable);

/* Safe at any time: what is still under way is given up. */
void wave_free(Wave *wave);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Wave, wave_free)

/* Adds a call and returns its index. PATH is NULL where the row of CALL has one. PARAMETERS may be
 * floating and is consumed; NULL stands for none. DECODE may be NULL where only success counts. */
guint wave_add(Wave *wave, CallId call, const char *path, GVariant *parameters, WaveDecode decode,
               gpointer user);

/* How many calls were added. */
guint wave_size(const Wave *wave);

/* Sends the calls and returns without waiting for answers. */
void wave_start(Wave *wave);

/* Waits until every call has been answered, refused, timed out or cancelled, then decodes. */
void wave_finish(Wave *wave);

/* After wave_finish(): NULL where the call was answered and its answer decoded, else why it was not
 * (a translated error, transfer none). */
const GError *wave_error(const Wave *wave, guint index);
