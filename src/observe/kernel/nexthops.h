/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nexthop objects (ip-nexthop(8)): where routes that name one really lead. */
#pragma once

#include "model/host/snapshot.h"
#include "observe/kernel/netlink.h"

/* The nexthop objects of a namespace, by their ids. */
typedef struct NexthopObjects NexthopObjects;

/* Makes an empty set, and fills it with all that the kernel has; on a kernel without nexthop
 * objects (before 5.3) it stays empty. Errors as of netlink_list(). Both return (transfer full). */
NexthopObjects *nexthop_objects_new(void);
NexthopObjects *nexthop_objects_observe(Netlink *netlink, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void nexthop_objects_free(NexthopObjects *objects);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NexthopObjects, nexthop_objects_free)

/* Adds the object of an RTM_NEWNEXTHOP message. Returns false with NICFIX_ERROR_NETLINK where it is
 * malformed. */
bool nexthop_objects_add(NexthopObjects *objects, const struct nlmsghdr *message,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Returns the nexthops (element type Nexthop, transfer full) of the object ID: one, those of a
 * group with their weights, or none where it is a blackhole or of a bridge's forwarding table. NULL
 * where there is no object ID. */
GArray *nexthop_objects_resolve(const NexthopObjects *objects, guint32 id);
