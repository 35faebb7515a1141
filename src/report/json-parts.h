/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts that several JSON documents share. */
#pragma once

#include "documents/json.h"
#include "model/diagnosis/diagnosis.h"

/* Each returns a value of its own (transfer full). FIX and ERROR may be NULL, which makes null. */
json_t *json_flow(const Flow *flow);
json_t *json_fix(const Fix *fix);
json_t *json_finding(const Finding *finding);
/* All roles of LINK, the first one first. */
json_t *json_roles(const Topology *topology, const Link *link);
json_t *json_error(const GError *error);
json_t *json_unread(const Snapshot *snapshot);

/* The same from its parts, in the words of a document. */
json_t *json_finding_of(FindingId id, Severity severity, const char *interface, const char *zone,
                        const char *message, char *const *evidence, const Fix *fix);

/* How many findings there are of each severity. */
json_t *json_counts(guint errors, guint warnings);
