/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A need: a class of flows that this host is there to pass, with why it is thought so and how surely. */
#pragma once

#include "model/host/topology.h"
#include "model/needs/coverage.h"

typedef enum {
    NEED_OUTSIDE,        /* a downstream to other networks, out through an uplink */
    NEED_LAN_TO_WAN,     /* the network of real hardware, out through an uplink */
    NEED_SITE_TO_SITE,   /* to or from the networks behind a tunnel */
    NEED_POD_TO_POD,     /* between links that each carry the host route of one pod */
    NEED_NODE_TO_POD,    /* from other nodes to the pods of this one */
    NEED_WITHIN_BRIDGE,  /* between the ports of a bridge */
    NEED_OVERLAY,        /* between a bridge and the same network on other hosts */
    NEED_HOST_SERVICE,   /* to a service of this host that a downstream lives on */
    NEED_PUBLISHED_PORT, /* to a port that the kernel's rules translate */
    NEED_EXPECTATION,    /* what a file of expectations says */
} NeedKind;

typedef enum {
    NEED_POSSIBLE, /* it may be meant */
    NEED_EVIDENT,  /* the host's own configuration says so */
    NEED_DECLARED, /* the user says so */
} NeedCertainty;

/* Why it is thought that there is such a need. The comments name the members of Need that say more. */
typedef enum {
    NEED_BECAUSE_DECLARED,           /* by --downstream, or a file of expectations */
    NEED_BECAUSE_TRANSLATED,         /* detail: the zone that masquerades what leaves through OUT */
    NEED_BECAUSE_POLICY_TRANSLATES,  /* detail: the policy that does */
    NEED_BECAUSE_PROGRAM_TRANSLATES, /* another program's rules do */
    NEED_BECAUSE_POLICY,             /* detail: the policy that names both zones and accepts */
    NEED_BECAUSE_SERVED,             /* detail: what serves addresses on IN */
    NEED_BECAUSE_ROUTED,             /* detail: the network that is routed there */
    NEED_BECAUSE_HOST_ROUTES,        /* IN and OUT carry host routes */
    NEED_BECAUSE_LISTENED,           /* detail: the socket */
    NEED_BECAUSE_PUBLISHED,          /* detail: the table with the rule */
    NEED_BECAUSE_FORWARDING,         /* nothing but that forwarding is on */
} NeedReason;

typedef struct {
    NeedKind kind;
    NeedCertainty certainty;
    NeedReason reason;
    char *detail;         /* NULL: none */
    const Link *in;       /* where it comes in; NULL: this host sends it */
    const Link *out;      /* where it leaves; NULL: it is for this host */
    GPtrArray *alike;     /* const Link: IN and those that firewalld filters as it does IN */
    GPtrArray *out_alike; /* const Link: the same for OUT; empty without one */
    char *service;   /* of NEED_HOST_SERVICE and NEED_PUBLISHED_PORT: "dhcp", "dns", "8080/tcp" */
    WayCoverage way; /* how the flow fares that stands for it */
} Need;

/* A need without links and flow (transfer full). DETAIL (NULL for none) is copied. */
Need *need_new(NeedKind kind, NeedCertainty certainty, NeedReason reason, const char *detail);
void need_free(Need *need);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Need, need_free)

/* The words in text and JSON (static): "lan-to-wan", "evident". */
const char *need_kind_word(NeedKind kind);
const char *need_certainty_word(NeedCertainty certainty);

/* The word of a reason in JSON (static): "translated". */
const char *need_reason_word(NeedReason reason);
