/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a link has lost: a change of the firewall must cost it neither its address nor its route. */
#pragma once

#include "model/host/snapshot.h"

/* What the link NAME of BEFORE no longer has in AFTER: itself, being up, an address or a route to
 * other networks. One sentence (transfer full), NULL where nothing is lost. Addresses that come and
 * go by themselves (IFA_F_TEMPORARY, RFC 8981) do not count. */
char *link_loss(const Snapshot *before, const Snapshot *after, const char *name);
