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

/* Consults their forward ports (nat, before routing): a match accepts. */
void policies_forward_ports(Trace *trace, PolicyPhase phase, const ZoneMatch *ingress);

/* The same for what the host itself sends to EGRESS. */
void policies_forward_ports_from_host(Trace *trace, const ZoneMatch *egress);
