/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sentence that says what decided a verdict, or what leaves it open. */
#pragma once

#include "model/firewalld/verdict.h"

/* Both texts are new strings (transfer full), fit to stand after "because". */
char *reason_of(const Flow *flow, const Verdict *verdict);

/* How a packet came to its zone: "zone public (interface enp2s0)" or, for the catch-all, "zone
 * public (catch-all: no zone binds cni0)". */
char *reason_for_zone(const ZoneMatch *match, const char *interface);
