/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listening for signs that something may have changed: rtnetlink's groups and that of nf_tables, and the
 * signals of firewalld, NetworkManager and the bus. What changed has to be observed; nothing is read
 * here. */
#pragma once

#include "bus/bus.h"

typedef enum {
    EVENT_KERNEL = 1 << 0, /* a link, an address, a route, a rule, a nexthop; a rule of nf_tables */
    EVENT_SERVICES = 1 << 1, /* firewalld or NetworkManager, or either came or went */
    EVENT_OVERRUN = 1 << 2,  /* messages of the kernel did not fit into the buffer */
    EVENT_BUS_LOST = 1 << 3, /* no more signals of the services will come */
} Event;

/* EVENTS: one or several of Event, or-ed. Called from the default main context. */
typedef void (*EventsFunc)(guint events, gpointer user);

typedef struct Events Events;

/* Listens to the kernel from now on and calls NOTIFY. NULL with NICFIX_ERROR_NETLINK (transfer full). */
Events *events_new(EventsFunc notify, gpointer user, GError **error);

/* Also listens on BUS, which must outlive EVENTS or the next call of this; NULL: on none. */
void events_listen(Events *events, Bus *bus);

void events_free(Events *events);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Events, events_free)
