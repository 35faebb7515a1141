/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links that zones do not tell apart: each pod of a host may have a link of its own, and a question about
 * two of them is asked once for each pair of groups, not for each pair of links. */
#pragma once

#include "model/host/snapshot.h"

/* A link, and the hosts behind it. */
typedef struct {
    const Link *link;
    const IpPrefix *hosts; /* NULL: not known */
} LinkEnd;

typedef struct {
    GPtrArray *links; /* const Link */
    GArray *ends;     /* LinkEnd: the first two of them, or one */
} LinkGroup;

/* Groups ENDS (LinkEnd) by the zones that list their links or their hosts as interfaces or sources; an
 * address in a rich rule makes no difference (LinkGroup, transfer full). There are at most MOST groups:
 * links of further ones are left out. */
GPtrArray *link_groups(const Firewalld *firewalld, const GArray *ends, guint most);
