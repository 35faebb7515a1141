/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld lets the kernel do with a flow, and why. A verdict is a set: where the flow or
 * the configuration leaves something open, every outcome that is possible is in it, and only a set
 * of one is an answer. */
#pragma once

#include "model/firewalld/dispatch.h"

typedef enum {
    OUTCOME_ACCEPT = 1 << 0,
    OUTCOME_REJECT = 1 << 1,
    OUTCOME_DROP = 1 << 2,
} Outcome;

#define OUTCOME_ANY (OUTCOME_ACCEPT | OUTCOME_REJECT | OUTCOME_DROP)

/* The stages of a packet's way, in the order it meets them. */
typedef enum {
    STAGE_PANIC,
    STAGE_REVERSE_PATH,
    STAGE_ESTABLISHED,
    STAGE_INVALID,
    STAGE_FORWARD_PORT,
    STAGE_LOOPBACK,
    STAGE_RFC3964,
    STAGE_INGRESS_ZONE,
    STAGE_EGRESS_ZONE,
    STAGE_POLICY,
    STAGE_FORWARD,
    STAGE_RICH_RULE,
    STAGE_ICMP_BLOCK,
    STAGE_SERVICE,
    STAGE_PORT,
    STAGE_PROTOCOL,
    STAGE_MASQUERADE,
    STAGE_ICMP,
    STAGE_TARGET,
    STAGE_END, /* the end of the hook, where nothing before it decided */
} Stage;

/* What a step consults. Those with a value say in which member of Setting it is. */
typedef enum {
    SETTING_PANIC,
    SETTING_REVERSE_PATH, /* IPv6_rpfilter */
    SETTING_ESTABLISHED,  /* the rule for established and related connections */
    SETTING_INVALID,      /* the rule for packets of no connection */
    SETTING_FORWARD_PORT, /* forward_port */
    SETTING_FORWARD_PORTS,
    SETTING_LOOPBACK,         /* name: the link */
    SETTING_RFC3964,          /* name: the prefix that RFC3964_IPv4 refuses */
    SETTING_OPENVSWITCH,      /* name: the port whose traffic Open vSwitch directs */
    SETTING_DIRECT_RULES,     /* of the iptables backend */
    SETTING_ZONE_DRIFTING,    /* AllowZoneDrifting */
    SETTING_POLICIES,         /* which policies there are */
    SETTING_NO_ZONE,          /* name: the link that no zone takes */
    SETTING_CATCH_ALL,        /* name: the link that only the default zone takes */
    SETTING_WILDCARD,         /* name */
    SETTING_INTERFACE,        /* name */
    SETTING_SOURCE,           /* name */
    SETTING_ALL,              /* all that a zone or policy holds */
    SETTING_FORWARD,          /* name: the interface or source of the zone it reaches */
    SETTING_FORWARD_OFF,      /* name: the same, with forward off */
    SETTING_FORWARD_EXCLUDES, /* name: the link, which the zone does not reach */
    SETTING_RICH_RULE,        /* name: the rule */
    SETTING_ICMP_BLOCK,       /* name: the ICMP type */
    SETTING_ICMP_ALLOW,       /* name: the same with icmp-block-inversion */
    SETTING_ICMP_INVERSION,   /* the ICMP types that are not listed then */
    SETTING_ICMP_DEFAULT,     /* the ICMP types that are not blocked */
    SETTING_SERVICE,          /* name */
    SETTING_PORT,             /* port */
    SETTING_SOURCE_PORT,      /* port */
    SETTING_PROTOCOL,         /* name */
    SETTING_MASQUERADE,
    SETTING_TARGET,           /* target */
    SETTING_EQUAL_PRIORITIES, /* priority: that several policies have */
    SETTING_KEPT_RULES,       /* name: the link, which was moved out of the zone at run time */
    SETTING_IPTABLES_MAC, /* name: the MAC address, which the iptables backend treats otherwise */
    SETTING_HOST_OUTPUT,  /* the end of the output hook */
    SETTING_END,          /* the end of the other hooks */
} SettingKind;

/* A setting and its value; what it points to belongs to the snapshot or the flow. */
typedef struct {
    SettingKind kind;
    bool unread; /* its value could not be read */
    const char *name;
    const PortRange *port;
    const ForwardPort *forward_port;
    Target target;
    int priority;
} Setting;

typedef struct {
    Stage stage;
    const char *zone;   /* NULL: no zone's setting */
    const char *policy; /* NULL: no policy's setting */
    Setting setting;
    Match match;     /* MATCH_NO: it does not apply, and the packet goes on */
    Outcome outcome; /* of anything but MATCH_NO; 0: it only chooses a zone */
} VerdictStep;

/* What an answer can take for granted, because it is not read or not modelled. */
typedef enum {
    ASSUMPTION_BINDING_ORDER,
    ASSUMPTION_OTHER_NFT_TABLES,
    ASSUMPTION_DIRECT_RULES,
    ASSUMPTION_NOT_TRANSLATED,
    ASSUMPTION_POLICY_INSTALLED,
    ASSUMPTION_UNKNOWN_VERSION,
    ASSUMPTION_IPTABLES_BACKEND,
    ASSUMPTION_XDP, /* of the path, not of firewalld: verdict_of() never sets this and the next */
    ASSUMPTION_TC,
    N_ASSUMPTIONS,
} Assumption;

typedef struct {
    Flow flow;                   /* as asked; its strings are the caller's */
    guint possible;              /* Outcomes, or-ed: never 0 */
    GPtrArray *steps;            /* VerdictStep */
    const VerdictStep *deciding; /* the step that decided; NULL where several outcomes are left */
    ZoneMatch ingress;           /* of a flow that comes in */
    ZoneMatch egress;            /* of a flow that goes out, as firewalld's interfaces bind it */
    bool assumes[N_ASSUMPTIONS]; /* what the answer takes for granted */
} Verdict;

/* The verdict on FLOW as things stand in SNAPSHOT. Both the snapshot and the names in FLOW must
 * outlive it. */
Verdict *verdict_of(const Snapshot *snapshot, const Flow *flow);
void verdict_free(Verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)

/* Whether the flow is certainly accepted, and whether it certainly is not. */
bool verdict_accepts(const Verdict *verdict);
bool verdict_refuses(const Verdict *verdict);
