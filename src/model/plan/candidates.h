/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that might cure, in the making: what its parts hand one another. Used by the parts of the
 * candidates only. Nothing is judged here. */
#pragma once

#include "model/plan/cures.h"

typedef struct {
    const CureGoal *goal;
    const Link *subject; /* what the goal's finding is about; NULL: no link */
    GPtrArray *cures;    /* Cure */
    GHashTable *known;   /* the actions of CURES as text */
    GPtrArray *ins;      /* Link: where the flows come in, no link twice */
    GPtrArray *outs;     /* Link: where they leave, if they do */
    GPtrArray *zones;    /* const char *: those that come into question */
} Candidates;

enum { CANDIDATES_MAX_ZONES = 12 };

/* ---- lists of actions ---- */

/* An empty list of Action, which owns them (transfer full). */
GPtrArray *actions_new(void);

/* Takes ACTION, which is dropped where ACTIONS has it already. */
void actions_add(GPtrArray *actions, Action *action);

/* Takes ACTIONS and COMMAND, the options of apply that say it all, or NULL. Nothing to do is no cure,
 * nor is what is a candidate already. RESTORES: as in Cure. */
void candidates_add(Candidates *candidates, GPtrArray *actions, char **command, bool restores);

/* ---- each way of curing ---- */

/* One interface back to the zone of its old name, or those of a program to the zone that it keeps for
 * them. */
void candidates_give_back(Candidates *candidates);

/* Interfaces in a zone: the finding's own, where the flows come in, where they leave, or both. */
void candidates_add_bindings(Candidates *candidates);

/* The one cure of a finding on what only lasts or only runs: it is to be as the finding says. */
void candidates_add_lasting(Candidates *candidates);

/* Links of one program by a wildcard, alone or together with what else has no zone. */
void candidates_add_wildcards(Candidates *candidates);

/* The networks that send, those that receive, and both, as sources of a zone. */
void candidates_add_sources(Candidates *candidates);

/* A policy for each pair of zones that the flows cross, with and without what makes their links
 * members of these. */
void candidates_add_policies(Candidates *candidates);

/* The host's services in the zones that filter the flows. */
void candidates_add_services(Candidates *candidates);

/* Forwarding in zones that filter what comes in and goes out, and have it off. */
void candidates_add_forwarding(Candidates *candidates);

/* ---- what more than one way does ---- */

/* Adds what a plan of REQUEST does for INTERFACES, if it is not refused. ZONE: NULL for the one that
 * makes sense. */
void candidates_add_request(Candidates *candidates, const char *const *interfaces, const char *zone,
                            PlanRequest request, bool restores);

/* Whether no zone binds LINK: it is in the default zone only because nothing else takes it. */
bool link_has_no_zone(const Snapshot *snapshot, const Link *link);

/* Whether FINDING is on what only lasts or only runs; false where it is NULL. */
bool is_about_what_lasts(const Finding *finding);

/* Adds to ACTIONS what binds those of LINKS (Link) to ZONE that have no zone and no wildcard. */
void bind_each(const Candidates *candidates, GPtrArray *actions, const GPtrArray *links,
               const char *zone);

/* Adds to ACTIONS what binds to ZONE the wildcards that no zone binds and that match one of LINKS
 * (Link). */
void bind_wildcards(const Candidates *candidates, GPtrArray *actions, const GPtrArray *links,
                    const char *zone);

/* Adds to ACTIONS both halves of a setting of ZONE, as far as they are not there; false where it would
 * not last. */
bool candidates_add_setting(const Candidates *candidates, GPtrArray *actions, ActionOp op,
                            const char *zone, const char *value);
