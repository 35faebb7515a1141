/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan makes of the zones of interfaces, for whoever decides whether that may be. */
#pragma once

#include "model/plan/action.h"

/* What becomes of one interface in one scope, in however many steps. */
typedef struct {
    char *interface;
    ActionScope scope;
    /* The zone that it is taken from: one that has it in this scope or else in another, by its name or a
     * wildcard, now or after a reboot; NULL: none has. */
    char *from;
    char *to; /* the zone that binds it afterwards; NULL: none */
} Rebinding;

typedef enum {
    REBINDINGS_KNOWN,
    REBINDINGS_AND_MORE, /* an action is something else */
    REBINDINGS_UNREAD,   /* which zones bind the interface after a reboot was not read */
} RebindingsResult;

/* Appends to REBINDINGS (of rebindings_new()) those of ACTIONS (Action), which begin on the host of SNAPSHOT. For other
 * results than REBINDINGS_KNOWN *CULPRIT is the action (transfer none). */
RebindingsResult rebindings_find(const GPtrArray *actions, const Snapshot *snapshot,
                                 GPtrArray *rebindings, const Action **culprit);

/* An array of Rebinding (transfer full). */
GPtrArray *rebindings_new(void);
