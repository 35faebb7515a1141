/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rule of firewalld denied a packet, as the prefix of its log line says. */
#pragma once

#include "model/denied/logged-packet.h"

typedef enum {
    DENIAL_REJECT,
    DENIAL_DROP,
} DenialAction;

/* The rules of firewalld that log what they deny. */
typedef enum {
    DENIAL_BY_ZONE,
    DENIAL_BY_POLICY,
    DENIAL_BY_ICMP_BLOCK,   /* of a zone or a policy */
    DENIAL_AS_INVALID,      /* STATE_INVALID_DROP: it belongs to no known connection */
    DENIAL_AT_THE_END,      /* FINAL_REJECT: no zone and no policy handles it */
    DENIAL_BY_REVERSE_PATH, /* rpfilter_DROP: replies would leave through another link */
    DENIAL_BY_RFC3964,      /* RFC3964_IPv4_REJECT: 6to4 of a private address */
} DenialKind;

typedef struct {
    DenialKind kind;
    DenialAction action;
    char *zone;   /* the zone that denied it, or whose ICMP block did; NULL: none */
    char *policy; /* the same for a policy */
} Denial;

/* Parses PREFIX, the word before the colon: "filter_FWD_public_REJECT" (nftables) or
 * "FWDI_public_REJECT" (iptables). Returns false and leaves DENIAL alone for a prefix that is not
 * firewalld's own, for example that of a rich rule. The prefixes are those of
 * firewall/core/nftables.py and ipXtables.py, 0.9 to 2.5. */
bool denial_parse(const char *prefix, Denial *denial);

void denial_clear(Denial *denial);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Denial, denial_clear)

/* "reject" or "drop" (static). */
const char *denial_action_word(DenialAction action);
