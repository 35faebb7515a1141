/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The path of a packet through the kernel: hook by hook, every table's chains in the order of their
 * priorities, translation followed, routed in between. This is what happens now; what firewalld would
 * make of another configuration is for model/firewalld. */
#pragma once

#include "model/kernel/machine.h"
#include "model/kernel/routing.h"

typedef enum {
    PATH_INGRESS, /* of families netdev and inet */
    PATH_BRIDGE_IN,
    PATH_PREROUTING,
    PATH_INPUT,
    PATH_FORWARD,
    PATH_OUTPUT,
    PATH_POSTROUTING,
    PATH_BRIDGE_OUT,
    PATH_EGRESS,
    PATH_ROUTE, /* no hook: where the kernel looks up the route, and may refuse */
} PathHook;

/* Why the kernel itself does not let a packet on, whatever the rules. */
typedef enum {
    LOSS_NONE,
    LOSS_NOT_FORWARDED, /* forwarding is off for the link it comes in on */
    LOSS_REVERSE_PATH,  /* rp_filter */
    LOSS_NO_ROUTE,
    LOSS_UNREACHABLE, /* an unreachable route or rule */
    LOSS_PROHIBITED,
    LOSS_BLACKHOLE,
    LOSS_MARTIAN,          /* its source cannot come in there */
    LOSS_HAIRPIN,          /* the bridge sends nothing back out of the port that it came in on */
    LOSS_ISOLATED,         /* the bridge passes nothing between isolated ports */
    LOSS_ROUTE_UNKNOWN,    /* not a loss: where it would be routed could not be told */
    LOSS_HAIRPIN_UNKNOWN,  /* nor is this: whether the bridge sends it back could not be told */
    LOSS_ISOLATED_UNKNOWN, /* nor is this: whether both ports are isolated could not be told */
} PathLoss;

typedef enum {
    STAGE_RESULT_CONTINUE, /* no rule decided, and the policy of the chain accepts */
    STAGE_RESULT_ACCEPT,
    STAGE_RESULT_REJECT,
    STAGE_RESULT_DROP,
    STAGE_RESULT_TRANSLATE,
    STAGE_RESULT_UNKNOWN, /* handed to something that is not modelled */
} StageResult;

/* One base chain on the way, or the route look-up. */
typedef struct {
    PathHook hook;
    const NftTable *table; /* NULL of PATH_ROUTE */
    const NftChain *base;
    const NftChain *chain; /* where it was decided: BASE, or one that BASE led to */
    const NftRule *rule;   /* that decided, NULL: the policy of BASE */
    const TraceNode *trace;
    StageResult result;
    const char *obstacle; /* of STAGE_RESULT_UNKNOWN (static or the ruleset's) */
    PathLoss loss;        /* of PATH_ROUTE */
    const Link *out;      /* of PATH_ROUTE, where it is forwarded */
    bool by_maybe;        /* other worlds fared differently here */
} PathStage;

/* One way that the packet may take. */
typedef struct {
    Outcome outcome;
    PathLoss loss;
    GPtrArray *stages; /* PathStage, in order; the last one decided */
    bool translated;   /* its destination has changed */
    bool status_dnat;  /* its connection has the status "dnat" for sure */
    IpPrefix to;       /* where it goes then */
    guint16 port;      /* 0: not known */
    bool masqueraded;  /* its source is translated on the way out */
    bool delivered;    /* to this host itself, at the end */
    const Link *out;   /* the link it leaves by, NULL: none, or not known */
} PathWay;

typedef struct {
    guint possible;   /* the outcomes of all ways, joined; OUTCOME_ANY where nothing can be said */
    GPtrArray *ways;  /* PathWay: one for each outcome and each deciding rule, at least one; not
                         all of them where they are hundreds */
    bool certain;     /* all ways have one outcome, and it is modelled */
    bool exhausted;   /* the rules are too many or too deep to be followed */
    bool broken;      /* the ruleset names something that is not in it */
    Machine *machine; /* owns the traces */
} Path;

/* Whose tables are asked. */
typedef enum {
    PATH_ALL_TABLES,
    PATH_WITHOUT_FIREWALLD, /* as if firewalld accepted and translated nothing */
    PATH_FIREWALLD_ONLY,
} PathTables;

/* SNAPSHOT's ruleset must have been read; both outlive the result (transfer full). */
Path *path_of(const Snapshot *snapshot, const Flow *flow, PathTables tables);
void path_free(Path *path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Path, path_free)

/* The way that decides: the worst one, refused before unknown before accepted (transfer none). */
const PathWay *path_worst(const Path *path);

/* The stage that decided WAY (transfer none). */
const PathStage *path_way_decision(const PathWay *way);

/* "prerouting", "forward", ... as nft writes them (static). */
const char *path_hook_word(PathHook hook);
