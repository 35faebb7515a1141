/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding: one thing that is or will go wrong, as facts: what was read, and what follows from it.
 * Sentences about them are in report/finding-*. A finding lives no longer than its diagnosis and
 * the snapshot that was diagnosed, which own the links, routes and verdicts that it names. */
#pragma once

#include "model/host/reload-flush.h"
#include "model/host/topology.h"
#include "model/needs/expectation.h"
#include "model/needs/need.h"

typedef enum {
    SEVERITY_INFO,
    SEVERITY_WARNING,
    SEVERITY_ERROR,
} Severity;

/* The stable ids of findings; of two with the same severity the first one here is shown first. */
typedef enum {
    FINDING_PANIC_MODE,
    FINDING_ZONE_CONFLICT,
    FINDING_UPLINK_UNBOUND,
    FINDING_UPLINK_IN_REJECTING_ZONE,
    FINDING_FORWARD_BLOCKED,
    FINDING_NEED_REFUSED,
    FINDING_EXPECTATION_FAILED,
    FINDING_REFUSED_ELSEWHERE,
    FINDING_RULES_DIFFER,
    FINDING_FORWARDING_OFF,
    FINDING_RELOAD_HARMS,
    FINDING_PROFILE_OVERRIDES_ZONE,
    FINDING_MANAGER_ZONE_MISMATCH,
    FINDING_PERMANENT_NOT_ACTIVE,
    FINDING_RUNTIME_ONLY_BINDING,
    FINDING_STALE_BINDING,
    FINDING_LOGGING_LEFT,
    FINDING_VERDICT_UNKNOWN,
} FindingId;

#define FINDING_LAST FINDING_VERDICT_UNKNOWN

/* A finding rests on the first few flows, and counts the others. */
#define FINDING_FLOWS 6

/* The nicfix command that cures a finding, and the firewall-cmd commands that do the same. */
typedef struct {
    char **command;
    GPtrArray *actions;      /* Action, model/plan/action.h: what the command does */
    GPtrArray *firewall_cmd; /* char **: one argument vector each */
} Fix;

/* The way of what is forwarded. */
typedef enum {
    WAY_NONE,    /* the finding is about no traffic in particular */
    WAY_OUT,     /* through an uplink */
    WAY_PORTS,   /* between the ports of a bridge */
    WAY_OVERLAY, /* through a tunnel, to the same network on other hosts */
} FindingWay;

typedef enum {
    EVIDENCE_ANSWER,           /* the call SUBJECT answered VALUE (NULL: nothing) */
    EVIDENCE_UPLINK,           /* SUBJECT is an uplink, because of UPLINK */
    EVIDENCE_ZONE,             /* what comes in on SUBJECT goes to the zone of MATCH */
    EVIDENCE_FLOW,             /* WAY is refused or open, and JUDGEMENT says why */
    EVIDENCE_BRIDGE_NETFILTER, /* bridged frames are passed to the firewall */
    EVIDENCE_OVERLAY,          /* SUBJECT has an address in the network of VALUE */
    EVIDENCE_BINDING,          /* zone VALUE binds SUBJECT */
    EVIDENCE_PERMANENT_NONE,   /* the permanent configuration has no zone for SUBJECT */
    EVIDENCE_PROFILE,      /* the profile SUBJECT (NULL: unnamed) has zone VALUE (NULL: unset) */
    EVIDENCE_NO_SUCH_ZONE, /* firewalld has no zone SUBJECT */
    EVIDENCE_DIFFERENCE,   /* on the flow of JUDGEMENT, the kernel's rules and firewalld's
                              configuration differ */
    EVIDENCE_NO_TABLE,     /* the kernel has no table of firewalld's */
    EVIDENCE_POLICY_DROP,  /* the kernel has the table that drops all during a reload */
    EVIDENCE_FORWARDING,   /* forwarding of FAMILY is off on SUBJECT (NULL: on this host) */
    EVIDENCE_FLUSHED,      /* a reload removes FLUSHED */
    EVIDENCE_NEED,         /* why NEED is thought to be one */
    EVIDENCE_EXPECTATION,  /* the expectation of the finding; JUDGEMENT (NULL: none) says why it is
                              not met */
    EVIDENCE_LOST_BINDING, /* nicfix bound SUBJECT to zone VALUE, which has not lasted */
} EvidenceKind;

/* A fact that a finding rests on: its kind says which members it has. */
typedef struct {
    EvidenceKind kind;
    const char *subject; /* both strings are the finding's own */
    const char *value;
    const UplinkReason *uplink;
    ZoneMatch match;
    WayCoverage way;
    const Judgement *judgement;
    Family family;
    FlushedRules flushed;
    const Need *need;
} Evidence;

typedef struct {
    FindingId id;
    Severity severity;
    char *interface; /* NULL: none in particular */
    char *zone;      /* NULL: none in particular */

    FindingWay way;
    guint senders;          /* how many links send this way */
    GPtrArray *refused;     /* const Link: those whose new connections are refused on it */
    GPtrArray *open;        /* const Link: those for which that cannot be told */
    guint outcomes;         /* Outcomes, or-ed: what becomes of the new connections of REFUSED */
    Target target;          /* of ZONE, where it decides; else TARGET_UNKNOWN */
    const Link *altname;    /* the link that has INTERFACE as an alternative name only, or NULL */
    char *other_zone;       /* the zone that contradicts ZONE or takes its place, or NULL */
    bool is_missing;        /* firewalld has no zone OTHER_ZONE */
    bool survives_reload;   /* the binding is lost at a restart only */
    bool is_flushed;        /* the kernel has none of firewalld's rules */
    const PathStage *stage; /* where another program or the kernel refuses, else NULL */

    NeedKind need;           /* of FINDING_NEED_REFUSED: which */
    NeedCertainty certainty; /* likewise: the surest of NEEDS */
    char *peer;              /* the other link that the finding is about, or NULL */
    GPtrArray *needs;        /* const Need (of the diagnosis): those that are not met */

    const Expectation *expectation; /* that is not met; NULL: the finding is about none */

    GPtrArray *evidence; /* Evidence */
    Fix *fix;            /* NULL: nicfix offers none */
} Finding;

/* A finding without facts (transfer full). INTERFACE and ZONE, which may be NULL, are copied. */
Finding *finding_new(FindingId id, Severity severity, const char *interface, const char *zone);
void finding_free(Finding *finding);

/* Adds EVIDENCE, whose SUBJECT and VALUE are copied. */
void finding_add_evidence(Finding *finding, Evidence evidence);

/* The first EVIDENCE_FLOW of FINDING, or NULL (transfer none). */
const Evidence *finding_cause(const Finding *finding);

/* Whether both are about the same thing, whatever their severity: the id, the links, the
 * need, the expectation. */
bool finding_is_same(const Finding *a, const Finding *b);

/* Whether FINDING is about one of INTERFACES (NULL-terminated), at either end. */
bool finding_is_about(const Finding *finding, const char *const *interfaces);

Fix *fix_new(void);
void fix_free(Fix *fix);

/* The word of a finding or severity in text and JSON (static), and back: -1 where WORD is none. */
const char *finding_word(FindingId id);
const char *severity_word(Severity severity);
int finding_from_word(const char *word);
int severity_from_word(const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Finding, finding_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fix, fix_free)
