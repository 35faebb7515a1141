/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fleet: what the documents of many hosts say, a row for each document, and how many hosts have
 * each finding. Rows are added one by one, and are sorted and counted at the end. What is to be told of a
 * row is made when it is added and spooled: a row that is kept has a few hundred bytes, whatever its document
 * has. */
#pragma once

#include "fleet/fleet-spool.h"
#include "model/diagnosis/finding.h"

/* What a row was made from. */
typedef enum {
    FLEET_CHECK,      /* what check found on the host */
    FLEET_SNAPSHOT,   /* what the host is, diagnosed here */
    FLEET_APPLY,      /* what a change left, in numbers only */
    FLEET_ERROR,      /* why nicfix failed on the host */
    FLEET_UNREADABLE, /* not a document of nicfix */
} FleetSource;

typedef struct {
    guint errors;
    guint warnings;
} FleetCount;

/* A finding in the words of a document. */
typedef struct {
    FindingId id;
    Severity severity;
    char *interface; /* NULL: none in particular */
    char *zone;      /* NULL: none in particular */
    char *message;
    char **evidence;
    Fix *fix; /* NULL: nicfix offers none */
} FleetFinding;

typedef struct {
    char *host;
    char *file; /* where the document was read from */
    FleetSource source;
    const char *after; /* of FLEET_CHECK, static: the event that it predicts, or NULL */
    FleetCount count;  /* what the host has now; 0 where that is not known */
    FleetCount before; /* of FLEET_APPLY: what it had */
    guint infos;       /* of FLEET_CHECK and FLEET_SNAPSHOT */
    char *firewalld;   /* its version; NULL: not known, or told by the view */
    char *taken_at; /* when the host was looked at, in ISO 8601; NULL: not known, or it was added */
    char *nicfix;   /* the version of nicfix that did; NULL: likewise */
    GPtrArray *findings; /* FleetFinding, in the order of the document; NULL once it was added */
    char *error;         /* why the host or the document could not be read, or why a change failed;
                          * NULL: neither */

    /* Known once it was added: */
    guint64 found;         /* a bit for each FindingId that it has */
    FindingId worst;       /* the first of its worst findings, where FOUND is not 0 */
    char *worst_interface; /* of that finding, or NULL; known where there is no view */
    FleetPlace told;       /* what VIEW tells of it */
    bool alone;            /* no other document is of this host: known at the end */
    gint64 age;            /* seconds since it was looked at; AGE_UNKNOWN: not known */
} FleetHost;

#define AGE_UNKNOWN G_MININT64

/* How many hosts have a finding. */
typedef struct {
    FindingId id;
    Severity severity; /* the worst it has anywhere */
    guint hosts;
} FleetTally;

/* What is told of HOST, with its findings (transfer full). */
typedef char *(*FleetTell)(const FleetHost *host);

typedef struct {
    FleetTell tell;
    bool shares; /* what is told has no names: it is kept once for all of which the same is told */
} FleetView;

typedef struct {
    const FleetView *view; /* NULL: nothing */
    FleetSpool *spool;     /* what it tells of each host */
    GHashTable *places;    /* of what is shared: its checksum to its FleetPlace */
    gint64 now;            /* seconds since 1970 */
    GPtrArray *hosts;      /* FleetHost; at the end worst first */
    GPtrArray *tallies;    /* FleetTally, likewise: empty until the end, as is what follows */
    guint names;           /* hosts, of which some may have several documents */
    guint unreadable;      /* documents that do not say what the host has */
    guint unchecked;       /* hosts that have no other documents */
    guint old;             /* documents */
    guint with_errors;     /* hosts */
    guint with_warnings;   /* hosts without errors */
    guint64 errors;        /* in all documents: the sum may exceed what one document can hold */
    guint64 warnings;
    guint64 infos;
} FleetReport;

void fleet_finding_free(FleetFinding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FleetFinding, fleet_finding_free)

/* HOST and FILE are copied. */
FleetHost *fleet_host_new(const char *host, const char *file, FleetSource source);
void fleet_host_free(FleetHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FleetHost, fleet_host_free)

/* Adds FINDING (takes it) and counts it. */
void fleet_host_add(FleetHost *host, FleetFinding *finding);

/* Whether HOST says what the host has. */
bool fleet_host_is_judged(const FleetHost *host);

/* Whether the infos of HOST are known: a change does not count them. */
bool fleet_host_has_infos(const FleetHost *host);

/* A report of what is known now, which may be set to another time before anything is added. */
FleetReport *fleet_report_new(const FleetView *view);
void fleet_report_free(FleetReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FleetReport, fleet_report_free)

/* Takes HOST, and forgets its findings once they are counted and told. */
void fleet_report_add(FleetReport *report, FleetHost *host);

/* Sorts the rows and counts, once all are added. Hosts with errors come first, then those of which
 * nothing is known, then those with warnings; of two alike the one with more of them. */
void fleet_report_finish(FleetReport *report);

/* Whether HOST was looked at so long ago that it may be another one today. */
bool fleet_host_is_old(const FleetHost *host);

/* How long ago HOST was looked at, such as "5 min" (transfer full); NULL where that is not known. */
char *fleet_host_age(const FleetHost *host);

/* Whether some host has a finding of at least SEVERITY. */
bool fleet_report_has(const FleetReport *report, Severity severity);

/* Whether it is known of some host what it has. */
bool fleet_report_is_judged(const FleetReport *report);

/* "check", "snapshot", "apply", "error", or NULL for FLEET_UNREADABLE. */
const char *fleet_source_word(FleetSource value);
