/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rule denied a packet: of firewalld, as the prefix of its log line says, or any that the kernel's
 * trace names. */
#pragma once

#include "model/denied/logged-packet.h"
#include "model/kernel/traced.h"

typedef enum {
    DENIAL_REJECT,
    DENIAL_DROP,
    DENIAL_REFUSE, /* one of them: the rule was gone before it could be read */
} DenialAction;

typedef enum {
    DENIAL_BY_ZONE,
    DENIAL_BY_POLICY,
    DENIAL_BY_ICMP_BLOCK,   /* of a zone or a policy */
    DENIAL_AS_INVALID,      /* STATE_INVALID_DROP: it belongs to no known connection */
    DENIAL_AT_THE_END,      /* FINAL_REJECT: no zone and no policy handles it */
    DENIAL_BY_REVERSE_PATH, /* rpfilter_DROP: replies would leave through another link */
    DENIAL_BY_RFC3964,      /* RFC3964_IPv4_REJECT: 6to4 of a private address */
    DENIAL_BY_SETTING,      /* a rich rule or ICMP block of a zone or a policy; it logs nothing */
    DENIAL_BY_OTHERS,       /* a rule or policy that is not of a zone or a policy of firewalld */
} DenialKind;

typedef struct {
    DenialKind kind;
    DenialAction action;
    char *zone;   /* the zone that denied it, or whose ICMP block did; NULL: none */
    char *policy; /* the same for a policy */

    /* Only what was traced: */
    char *table;       /* "ip filter"; NULL: not traced */
    const char *owner; /* the program it is of (model/host/owner.h), NULL: not known */
    guint64 rule;      /* the handle; 0: the policy of the chain */
} Denial;

/* Parses PREFIX, the word before the colon: "filter_FWD_public_REJECT" (nftables) or
 * "FWDI_public_REJECT" (iptables). Returns false and leaves DENIAL alone for a prefix that is not
 * firewalld's own, for example that of a rich rule. The prefixes are those of
 * firewall/core/nftables.py and ipXtables.py, 0.9 to 2.5. */
bool denial_parse(const char *prefix, Denial *denial);

/* What MESSAGE, a verdict NF_DROP, says that denied the packet; *PREFIX becomes the prefix of the line that
 * firewalld's rule would log, else the chain (transfer full). RULESET has the rules of that time; where it
 * has not that rule, DENIAL_REFUSE. */
void denial_of_message(const TraceMessage *message, const Ruleset *ruleset, Denial *denial,
                       char **prefix);

void denial_clear(Denial *denial);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Denial, denial_clear)

/* "reject", "drop" or "unknown" (static). */
const char *denial_action_word(DenialAction action);
