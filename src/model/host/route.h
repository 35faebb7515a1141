/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes that lead to other networks, and the rules that choose among routing tables. */
#pragma once

#include "model/host/address.h"

typedef struct {
    int oif; /* ifindex */
    bool has_gateway;
    IpAddress gateway; /* may be of the other family (RTA_VIA) */
    guint32 weight;    /* 1 for a route with a single nexthop */
    guint32 flags;     /* RTNH_F_* */
} Nexthop;

/* A route of any table; the host's own addresses have none here where the kernel made it itself. */
typedef struct {
    IpPrefix destination;
    bool has_source; /* it is only for packets from there (IPv6) */
    IpPrefix source;
    guint8 tos; /* it is only for packets of this type of service (IPv4), 0: any */
    bool has_preferred_source;
    IpAddress preferred_source; /* RTA_PREFSRC: of what this host sends by it */
    guint32 table;
    guint8 type;        /* RTN_*: unicast, unreachable, blackhole ... */
    guint8 protocol;    /* RTPROT_*: kernel, boot, static, ra, dhcp ... */
    guint32 metric;     /* RTA_PRIORITY, 0 where there is none */
    guint32 nexthop_id; /* the nexthop object it uses, 0 without; its nexthops are filled in */
    GArray *nexthops;   /* Nexthop */
} Route;

/* Ports from the first to the last; 0: any. */
typedef struct {
    guint32 first;
    guint32 last;
} RulePorts;

/* A routing policy rule, ip-rule(8). */
typedef struct {
    Family family;
    guint32 priority;
    guint8 action;  /* FR_ACT_*: 1 is "to table" */
    guint32 target; /* of FR_ACT_GOTO: the priority where it goes on */
    guint32 table;  /* 0 where the action names none, as for l3mdev */
    bool l3mdev;    /* the table is the VRF's own */
    bool inverted;
    char *iif; /* NULL: any */
    char *oif; /* NULL: any */
    bool has_source;
    IpPrefix source;
    bool has_destination;
    IpPrefix destination;
    guint32 mark;
    guint32 mark_mask;
    guint8 tos;         /* 0: any */
    guint8 ip_protocol; /* IPPROTO_*, 0: any */
    RulePorts source_ports;
    RulePorts destination_ports;
    bool other_selector;        /* it also looks at what is not read, such as the user */
    int suppress_prefix_length; /* -1: none */
} Rule;

Route *route_new(void);
void route_free(Route *route);
Rule *rule_new(void);
void rule_free(Rule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Route, route_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rule, rule_free)
