/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies: which apply to a flow, in which order, and what they say. Used by the parts of the
 * verdict only. */
#pragma once

#include "model/firewalld/trace.h"

typedef enum {
    POLICIES_BEFORE_ZONE, /* priority below 0 */
    POLICIES_AFTER_ZONE,  /* priority above 0 */
} PolicyPhase;

/* Consults the policies of PHASE. INGRESS and EGRESS are the zones the flow was sent to: NULL for
 * the host's own side, and not looked at up to 1.3, where a policy looks at what its zones list. */
void policies_run(Trace *trace, PolicyPhase phase, const ZoneMatch *ingress,
                  const ZoneMatch *egress);

/* 2.0 to 2.4: whether policies of one priority, put to *PRIORITY, share a pair of zones in HOOK. They have
 * one sort key for several rules, so that later rules of all pairs land where they do not belong. */
bool policies_disorder(const Trace *trace, FlowDirection hook, int *priority);

/* ---- for forward ports ---- */

bool zone_list_contains(char *const *zones, const char *name);
bool zone_match_catches_all(const ZoneMatch *match);

/* Whether rules are written for the zone NAME, or HOST or ANY: not for a zone that nothing is sent to. */
bool zone_has_rules(const Firewalld *firewalld, const char *name);

bool policy_is_in_phase(const Policy *policy, PolicyPhase phase);

/* Whether the packet is listed by a zone on either side, as policies look at it up to 1.3. */
Match match_membership(const Trace *trace, char *const *ingress_zones, char *const *egress_zones);

/* Whether ZONES names the zone of MATCH; NULL is the host. */
Match match_zone(char *const *zones, const ZoneMatch *match);

/* Whether POLICY filters a flow that is sent from INGRESS to EGRESS. */
Match match_policy(const Trace *trace, const Policy *policy, const ZoneMatch *ingress,
                   const ZoneMatch *egress);
