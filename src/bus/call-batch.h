/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many D-Bus calls at once: a single-threaded service never waits for us, and all replies are
 * decoded in one place.
 *
 * Rules: add all calls, start once, finish once. A service that has left one call without an answer is
 * called no more: the rest of its calls time out with that one. Decoders run in call_batch_finish(), in the order
 * in which the calls were added, after the last reply: the result does not depend on who answers
 * first. A firewalld that is gone, silent or talks nonsense ends the observation; every other failure
 * is recorded in the snapshot as unread, and the observation goes on. */
#pragma once

#include "bus/bus.h"
#include "model/host/snapshot.h"

typedef struct CallBatch CallBatch;

/* Stores REPLY, a tuple of the row's reply type; false with *ERROR set where its content is wrong. */
typedef bool (*CallDecode)(GVariant *reply, gpointer user, GError **error);

/* Called with the ERROR that a call failed with; true: the failure is dealt with. Otherwise the
 * rules above apply. */
typedef bool (*CallFailed)(const GError *error, gpointer user);

typedef struct {
    CallId id;
    const char *path;     /* NULL where the call's row has one */
    GVariant *parameters; /* may be floating, consumed; NULL: none */
    CallDecode decode;    /* NULL where only success counts */
    CallFailed failed;    /* may be NULL */
    gpointer user;        /* for both; must live until the batch is finished */
} Call;

/* BUS and CANCELLABLE (may be NULL) must outlive the batch (transfer full). */
CallBatch *call_batch_new(Bus *bus, GCancellable *cancellable);

/* From DEADLINE on, a point of the monotonic clock, nothing is waited for, and what has not been answered
 * has timed out. Without this, each call has the time of the bus. */
void call_batch_set_deadline(CallBatch *batch, gint64 deadline);

/* Safe at any time: abandons the calls that are under way. */
void call_batch_free(CallBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CallBatch, call_batch_free)

/* Adds CALL. FORMAT says in the user's words what it reads, such as "settings of zone public": the
 * name under which it is recorded as unread. */
void call_batch_add(CallBatch *batch, const Call *call, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

bool call_batch_is_empty(const CallBatch *batch);

/* Sends the calls and returns without waiting for replies. */
void call_batch_start(CallBatch *batch);

/* Waits until every call has been answered, refused, cancelled or has timed out, and decodes. SNAPSHOT
 * takes what could not be read; it may be NULL where each call's FAILED deals with any error. Returns
 * false with the error that ends the observation: the first in the order of the calls. */
bool call_batch_finish(CallBatch *batch, Snapshot *snapshot,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After call_batch_finish(): where every call to firewalld failed, the first refusal of authorisation, or
 * the first failure where there is none; else NULL (transfer none). */
const GError *call_batch_refusal(const CallBatch *batch);
