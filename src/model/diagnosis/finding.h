/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding: one thing that is or will go wrong, with what was read and what would cure it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    SEVERITY_INFO,
    SEVERITY_WARNING,
    SEVERITY_ERROR,
} Severity;

/* The stable ids of findings; worse ones of equal severity come first. */
typedef enum {
    FINDING_PANIC_MODE,
    FINDING_ZONE_CONFLICT,
    FINDING_UPLINK_UNBOUND,
    FINDING_UPLINK_IN_REJECTING_ZONE,
    FINDING_FORWARD_BLOCKED,
    FINDING_MANAGER_ZONE_MISMATCH,
    FINDING_PERMANENT_NOT_ACTIVE,
    FINDING_RUNTIME_ONLY_BINDING,
    FINDING_STALE_BINDING,
    FINDING_VERDICT_UNKNOWN,
} FindingId;

#define FINDING_LAST FINDING_VERDICT_UNKNOWN

/* The nicfix command that cures a finding, and the firewall-cmd commands that do the same. */
typedef struct {
    char **command;
    GPtrArray *firewall_cmd; /* char **: one argument vector each */
} Fix;

typedef struct {
    FindingId id;
    Severity severity;
    char *interface;     /* NULL: none in particular */
    char *zone;          /* NULL: none in particular */
    char *message;       /* one sentence, no period */
    GPtrArray *evidence; /* char *: what was read, and where */
    Fix *fix;            /* NULL: nicfix offers none */
} Finding;

/* MESSAGE is taken; INTERFACE and ZONE, which may be NULL, are copied. */
Finding *finding_new(FindingId id, Severity severity, const char *interface, const char *zone,
                     char *message);
void finding_free(Finding *finding);

/* Adds to the evidence (takes TEXT). */
void finding_add_evidence(Finding *finding, char *text);

/* Whether both are about the same thing, whatever their severity. */
bool finding_is_same(const Finding *a, const Finding *b);

Fix *fix_new(void);
void fix_free(Fix *fix);

const char *finding_word(FindingId id);
const char *severity_word(Severity severity);

/* What WORD stands for; false where it stands for nothing. */
bool finding_from_word(const char *word, FindingId *id);
bool severity_from_word(const char *word, Severity *severity);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Finding, finding_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fix, fix_free)
