/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the running firewall accepts and a reload or a reboot would have it refuse: flows that stand for
 * all that its settings tell apart, and settings that no flow stands for. */
#pragma once

#include "model/needs/host-flows.h"
#include "model/plan/reload-losses.h"
#include "model/plan/reload.h"

/* A class of flows that is accepted now and is not then. */
typedef struct {
    char *in;         /* where it comes in: one interface of those that are filtered alike */
    guint alike;      /* how many others there are */
    char *source;     /* the source of a zone; NULL: any */
    char *out;        /* where it leaves; NULL: it is for this host */
    ServiceKind kind; /* of what is for this host */
    char *name;       /* likewise: empty for the last two kinds */
    bool certain;     /* it is refused then; else that cannot be told */
} ReloadClosure;

typedef struct {
    GPtrArray *closes; /* ReloadClosure */
    GPtrArray
        *losses; /* ReloadLoss: what may pass or translate traffic that no flow stands for, and
                          what could not be read */
} ReloadHarm;

/* What EVENT does to the host NOW, whose state THEN is that of snapshot_after_reload() (transfer
 * full). */
ReloadHarm *reload_harm_of(const Snapshot *now, const Snapshot *then, ReloadEvent event);
void reload_harm_free(ReloadHarm *harm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReloadHarm, reload_harm_free)

/* Whether nothing is closed or lost. */
bool reload_harm_is_none(const ReloadHarm *harm);
