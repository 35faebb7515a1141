/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a host is there to let through, in words. */
#pragma once

#include "model/diagnosis/finding.h"

/* What the needs of FINDING let through from LINKS, their names in words: "new connections from lan0 out
 * through wan0" (transfer full). */
char *need_traffic_text(const Finding *finding, const char *links);

/* Why NEED is thought to be one, in a sentence (transfer full). */
char *need_reason_text(const Need *need);
