/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ports of this host rules of other programs may translate, as their tests name them. A rule only
 * tells which port may be meant: the packet's own path shows whether it is. */
#pragma once

#include "model/host/flow.h"
#include "model/host/ruleset.h"

typedef struct {
    Family family;
    Protocol protocol; /* PROTOCOL_ANY: every one */
    guint16 port;      /* 0: every one */
    IpAddress to;      /* what of this host it is sent to, where HAS_TO */
    bool has_to;
    const NftTable *table;
} PublishedPort;

/* Of RULESET (element type PublishedPort; transfer full), at most 256. Of a range of ports the first and
 * the last. OWNERS: the addresses of this host (IpAddress *). Ports that firewalld forwards are not among
 * them, nor those of protocols other than TCP, UDP and SCTP. */
GArray *published_ports_of(const Ruleset *ruleset, GHashTable *owners);
