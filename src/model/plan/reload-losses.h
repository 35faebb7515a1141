/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a reload of firewalld undoes: the running settings that are not the permanent ones. */
#pragma once

#include "model/plan/reload.h"

typedef enum {
    RELOAD_LOSES,        /* a setting of a thing */
    RELOAD_BRINGS,       /* a setting that the running one does not have */
    RELOAD_REMOVES,      /* the thing itself */
    RELOAD_UNREAD,       /* what becomes of the thing: its settings could not be read */
    RELOAD_DIRECT_RULES, /* those that are not permanent; no thing */
    RELOAD_FLUSHES,      /* of the table of family VALUE the rules of the program SETTING (NULL: not
                            known) */
} ReloadLossKind;

typedef struct {
    ReloadLossKind kind;
    const char *thing; /* "zone", "policy", "ipset" or "table" (static) */
    char *name;
    char *setting; /* as firewall-cmd's options name it: "service" */
    char *value;   /* "http"; NULL for a setting that is on or off */
} ReloadLoss;

/* What is different after a reload (ReloadLoss; transfer full); empty where nothing is. NULL where the
 * permanent configuration was not read. */
GPtrArray *reload_losses(const Snapshot *snapshot) G_GNUC_WARN_UNUSED_RESULT;

/* The same between SNAPSHOT and AFTER, which is snapshot_after_reload() of it and EVENT. */
GPtrArray *reload_losses_between(const Snapshot *snapshot, const Snapshot *after,
                                 ReloadEvent event) G_GNUC_WARN_UNUSED_RESULT;
