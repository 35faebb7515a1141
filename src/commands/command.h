/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command: a row of the table that main, help and completion use, and what every command is
 * given. */
#pragma once

#include "act/record.h"
#include "commands/option-words.h"
#include "model/diagnosis/finding.h"
#include "model/host/snapshot.h"
#include "observe/observe.h"
#include "report/output.h"

typedef struct Command Command;

/* What the service sets beside the options that its caller may use; all zero where nobody else is behind a
 * command. */
typedef struct {
    char *caller;     /* its unique name on the bus; NULL: nicfix runs for its own user */
    gboolean may_ask; /* the caller waits while a person is asked for a password */
    int width;        /* columns of its terminal; 0: no limit */
} BehalfOptions;

/* The options of every command. */
typedef struct {
    gboolean json;
    gboolean quiet;
    gboolean verbose;
    char *color;
    char *format;
    char *snapshot;     /* NULL: this machine */
    char *sosreport;    /* where not NULL, SNAPSHOT is the same, and not a document */
    bool is_text;       /* SNAPSHOT is from the text of a sosreport: no fix can be told from it */
    char **uplinks;     /* NULL: none are named */
    char **downstreams; /* likewise */
    GPtrArray *expectations; /* Expectation; NULL: none were read */
    Declared declared;       /* these three, once they are known */
    char *timeout_word;
    guint timeout; /* seconds */
    BehalfOptions behalf;
    struct json_t *notes; /* of the service, commands/host-notes.h; NULL: this host's own files */
    gboolean direct;      /* the service is not asked */
    gboolean via_service; /* by root, too, and nobody else */
    gboolean help;
    gboolean version;
    char **words; /* the command line, as it is parsed */
} GlobalOptions;

/* The exit statuses that are no errors; errors have their own (model/error.h). */
enum {
    STATUS_FINE = 0,
    STATUS_NOT_FINE = 1,
    STATUS_TO_ASK =
        8, /* only between the service and the command of a user: the plan is to be asked for */
};

typedef struct {
    const Command *command; /* that runs; NULL: the line names none */
    GlobalOptions *options;
    Output *output;
    /* Where not NULL, the command is only asked for its options. */
    void (*completion)(const OptionTable *table, gpointer user);
    gpointer user;
} Context;

/* Parses WORDS with command_line_parse() first of all, and then runs. Returns the exit status, or -1
 * with an error set. */
typedef int (*CommandRun)(const Context *context, char **words, GError **error);

struct Command {
    const char *name;
    const char *arguments; /* what follows the options in the usage line, or NULL */
    const char *summary;   /* one line, no period */
    const char *example;   /* a command line that works */
    guint max_arguments;
    const char *formats;         /* that --format takes, "text|json|..."; NULL: these two */
    const char *why_no_snapshot; /* why it does not take --snapshot; NULL: it does */
    const char *why_no_uplink;   /* the same for --uplink */
    bool answers_from_text;      /* the text of a sosreport says enough for it */
    CommandRun run;
};

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
extern const Command help_command;
extern const Command version_command;
extern const Command service_command;  /* not in the help: systemd runs it */
extern const Command complete_command; /* not in the help: shells run it */

/* The snapshot to work on (transfer full): of --snapshot, or read from this machine as OPTIONS say, over *BUS,
 * which is opened where it is NULL (transfer full). BUS is NULL where nobody needs it afterwards. */
Snapshot *context_snapshot(const Context *context, const ObserveOptions *options, Bus **bus,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The options of observe() that follow from those of every command. */
ObserveOptions context_observe_options(const Context *context, ObserveScope scope);

/* The options of observe() for what is offered, by check and by apply alike: a fix may be about a zone
 * that nothing is in yet, and what a reload would lose rules out what needs one. */
ObserveOptions context_offer_options(const Context *context);

/* Whether replies of firewalld may be known on this host: only root sees the rules that most of them hold with. */
bool context_may_know_replies(const Context *context);

/* Whether every --uplink and --downstream names a link of SNAPSHOT; else NICFIX_ERROR_NOT_FOUND. */
bool context_check_declared(const Context *context, const Snapshot *snapshot,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

const Declared *context_declared(const Context *context);
guint context_timeout_ms(const Context *context);

/* The path of NAME in $CONFIGURATION_DIRECTORY where it is set (systemd.exec(5)), else where nicfix was built for
 * (transfer full). */
char *configuration_path(const char *name);

/* Fails with "invalid OPTION value 'VALUE' (ACCEPTED)", and returns false. */
bool command_reject_value(const char *option, const char *value, const char *accepted,
                          GError **error);

/* Reads WORD, which OPTION was given, as 1 to MAX seconds, else NICFIX_ERROR_USAGE. Leaves *SECONDS as it is
 * where WORD is NULL. */
bool command_parse_seconds(const char *option, const char *word, guint max, guint *seconds,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The severity that --fail-on WORD names; a warning where WORD is NULL. */
bool command_parse_fail_on(const char *word, Severity *severity,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
