/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a finding was concluded from, in sentences. */
#pragma once

#include "model/diagnosis/finding.h"

/* Why a link is an uplink: "default route via 10.0.0.1 in table main" (transfer full). */
char *uplink_reason_text(const UplinkReason *reason);

/* A sentence for each Evidence of FINDING, and one for each command (transfer full). */
char **finding_evidence(const Finding *finding);
