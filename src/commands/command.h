/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command: a row of the table that main, help and completion are made from, and what every
 * command is given. */
#pragma once

#include "model/diagnosis/finding.h"
#include "model/host/snapshot.h"
#include "observe/observe.h"
#include "report/output.h"

/* The options of every command. */
typedef struct {
    gboolean json;
    gboolean quiet;
    gboolean verbose;
    char *color;
    char *snapshot; /* NULL: this machine */
    char **uplinks; /* NULL: none are named */
    int timeout;    /* seconds */
    gboolean help;
    gboolean version;
} GlobalOptions;

/* The exit statuses that are no errors; errors have their own (model/error.h). */
enum {
    STATUS_FINE = 0,
    STATUS_NOT_FINE = 1,
};

typedef struct {
    const GlobalOptions *options;
    Output *output;
} Context;

/* Runs with the option values that ENTRIES of the command filled and the ARGUMENTS that are left.
 * Returns the exit status, or -1 with an error set. */
typedef int (*CommandRun)(const Context *context, gpointer values, char *const *arguments,
                          GError **error);

typedef struct {
    const char *name;
    const char *arguments; /* what stands behind the options in its usage line, or NULL */
    const char *summary;   /* one line, no period */
    const char *example;   /* a command line that works, and what it is for */
    guint max_arguments;
    gsize values_size; /* of the struct that make_entries() refers to */
    /* The options of the command alone, pointing into VALUES (transfer full, NULL-terminated). */
    GOptionEntry *(*make_entries)(gpointer values);
    void (*free_values)(gpointer values); /* what is inside VALUES; NULL: nothing to free */
    CommandRun run;
} Command;

extern const Command check_command;
extern const Command list_command;
extern const Command apply_command;
extern const Command confirm_command;
extern const Command undo_command;
extern const Command snapshot_command;
extern const Command explain_command;
extern const Command denied_command;
extern const Command watch_command;
extern const Command report_command;
extern const Command complete_command; /* for shells: not in the help */

/* The snapshot that the command is to work on: read from --snapshot, or as OPTIONS say from this
 * machine over a bus that is opened for it. *BUS, where not NULL, is set to that bus, NULL for a
 * file (transfer full). */
Snapshot *context_snapshot(const Context *context, const ObserveOptions *options, Bus **bus,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What observe() needs to be told of the options of every command. */
ObserveOptions context_observe_options(const Context *context, ObserveScope scope);

/* Whether every --uplink names a link of SNAPSHOT; else NICFIX_ERROR_NOT_FOUND. */
bool context_check_uplinks(const Context *context, const Snapshot *snapshot,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

const char *const *context_uplinks(const Context *context);
guint context_timeout_ms(const Context *context);

/* Sets the output to the format that --format WORD names: text, json (which is --json), or SPECIAL,
 * the one that only this command has. NULL leaves it as it is. */
bool command_choose_format(const Context *context, const char *word, const char *special,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The severity that --fail-on WORD names; a warning where WORD is NULL. */
bool command_parse_fail_on(const char *word, Severity *severity,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
