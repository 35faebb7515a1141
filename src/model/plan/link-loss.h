/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a link has lost: a change of the firewall must cost it neither its address nor its route. */
#pragma once

#include "model/host/snapshot.h"

typedef enum {
    LINK_LOST_NOTHING,
    LINK_LOST_ITSELF,
    LINK_REPLACED, /* another link has its name */
    LINK_LOST_UP,
    LINK_LOST_ADDRESS,
    LINK_LOST_ROUTE,
} LinkLossKind;

typedef struct {
    LinkLossKind kind;
    IpPrefix prefix; /* the address, or where the route leads */
} LinkLoss;

/* What the link NAME of BEFORE no longer has in AFTER. Addresses that come and go by themselves
 * (IFA_F_TEMPORARY, RFC 8981) do not count. */
LinkLoss link_loss(const Snapshot *before, const Snapshot *after, const char *name);
