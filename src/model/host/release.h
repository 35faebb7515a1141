/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld's releases do differently. Everything that depends on the version asks here. */
#pragma once

#include "model/host/firewalld.h"

/* The generations of firewalld's rule set; within one the same rules hold. */
typedef enum {
    GENERATION_0_9, /* 0.9: zones have halves for both ways */
    GENERATION_1,   /* 1.0 to 1.3: the ingress zone decides */
    GENERATION_2,   /* 2.0 to 2.4: pairs of zones */
    GENERATION_2_5, /* 2.5: the same in three stages */
} Generation;

/* The generation of FIREWALLD's version; the newest where the version is unknown or newer. */
Generation firewalld_generation(const Firewalld *firewalld);

/* What some releases do, beside what their generation does. */
typedef enum {
    RELEASE_SPARES_OTHER_TABLES,       /* a reload flushes iptables' tables for direct rules only */
    RELEASE_WILDCARDS_IN_POLICIES,     /* a zone's interface "lan+" counts for policies */
    RELEASE_INCLUDES_IN_RICH_RULES,    /* a rich rule with a service takes its includes, too */
    RELEASE_MIXES_KINDS_OF_SOURCES,    /* policies get rules for two sources of different kinds */
    RELEASE_FORWARDS_PORTS_TO_HOST,    /* a policy from a named zone to HOST translates */
    RELEASE_FORWARDS_OUTPUT,           /* a policy from HOST translates */
    RELEASE_ACCEPTS_DNAT_IN_OUTPUT,    /* what was translated is accepted in OUTPUT, too */
    RELEASE_ACCEPTS_REPLIES_IN_OUTPUT, /* what is established is accepted in OUTPUT, too */
    RELEASE_MLD_TYPES,                 /* ICMP types of multicast listener discovery */
    RELEASE_NUMBERS_ICMP,              /* ICMP types are written from a table of numbers */
    RELEASE_DISPATCHES_ON,             /* OUTPUT and nat go on to the next zone that matches */
    RELEASE_TRANSLATES_BY_INGRESS,     /* a policy's forward ports look at its ingress zones only */
    RELEASE_KEEPS_RULES_OF_MOVED,      /* rules of an interface that is moved at run time stay */
    RELEASE_MISPLACES_EQUAL, /* policies of one priority put the rules of others in disorder */
    N_RELEASE_TRAITS,
} ReleaseTrait;

/* Whether FIREWALLD's version has TRAIT; one that is unknown is taken for the newest. */
bool release_has(const Firewalld *firewalld, ReleaseTrait trait);

/* Where FIREWALLD's version is unknown, or one that was never measured: versions, one for each way it
 * may behave (NULL-terminated, transfer none). NULL: it behaves as its version says. */
const char *const *release_candidates(const Firewalld *firewalld);
