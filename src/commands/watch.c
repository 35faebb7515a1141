/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix watch: keep checking, and report when a finding appears or clears.
 *
 * Events only say that something changed. A pass reads everything they may be about: after the first few, which
 * come together, and as often as its cost allows while more come. What the services change meanwhile is read again before
 * anything is told (a reload of firewalld sends hundreds of signals). */
#include "commands/command-line.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/plan/fixes.h"
#include "observe/events.h"
#include "report/escape.h"
#include "report/journal-socket.h"
#include "report/metrics.h"
#include "report/watch-report.h"

#include <glib-unix.h>
#include <string.h>

enum {
    MAX_INTERVAL = 86400,
    SETTLE_MS = 5, /* without an event: those that one command causes are there */
    SETTLE_MAX_MS = 20,
    SHARE = 10,         /* passes take at most one part in ten of the time in the long run, */
    CREDIT_MS = 100,    /* but this much of it may be used before, */
    PAUSE_MAX_MS = 250, /* and no pause is longer, unless the pass before it was */
    QUIET_MS = 50,      /* without an event of a service: what it began is done */
    DOUBT_MAX_MS = 200, /* then a pass is believed although the services go on */
    RETRY_MS = 2000,    /* after a failure whose end nothing announces; doubled each time */
    RETRY_MAX_MS = 60000,
};

typedef struct {
    const Context *context;
    const char *metrics_file; /* NULL: none */
    ObserveOptions scope;
    KnownReplies *known; /* of firewalld; NULL: it is asked for everything each time */
    WatchOutput output;
    Events *events;       /* NULL: for a single pass */
    Bus *bus;             /* NULL: not connected */
    Snapshot *snapshot;   /* of the last good pass; NULL: there was none */
    Diagnosis *diagnosis; /* likewise */
    bool is_stale;        /* a pass has failed since */
    char *state;          /* last reported: "watching", or the code of an error */
    Metrics metrics;
    bool is_unwritten;  /* writing them failed, and that was reported */
    guint pending;      /* events since the last pass began */
    gint64 first_event; /* of those */
    gint64 last_event;
    gint64 last_service_event;
    gint64 looked_at;  /* when the last pass ended */
    gint64 took;       /* that pass */
    gint64 debt;       /* what passes had taken by then, less the share of the time that went by */
    gint64 doubted_at; /* the first pass that was not believed since the last that was; 0: none */
    bool is_busy;      /* with a pass: events are only noted */
    guint timer;
    bool is_retry;  /* TIMER is of a retry: an event replaces it */
    guint retry_ms; /* after the next failure */
} Watcher;

static void watcher_clear(Watcher *watcher)
{
    if (watcher->timer != 0)
        g_source_remove(watcher->timer);
    events_free(watcher->events);
    bus_free(watcher->bus);
    diagnosis_free(watcher->diagnosis);
    snapshot_free(watcher->snapshot);
    known_replies_free(watcher->known);
    g_free(watcher->state);
    memset(watcher, 0, sizeof *watcher);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Watcher, watcher_clear)

/* ---- one pass ---- */

static void set_bus(Watcher *watcher, Bus *bus)
{
    if (watcher->events != NULL)
        events_listen(watcher->events, bus);
    bus_free(watcher->bus);
    watcher->bus = bus;
}

/* Reads what EVENTS may have changed. Services are left out where only the kernel announced a change
 * and they would be asked the same questions as last time. */
static Snapshot *read_host(Watcher *watcher, guint events, GError **error)
{
    if (events == EVENT_KERNEL && watcher->snapshot != NULL && !watcher->is_stale) {
        bool suffices = false;
        g_autoptr(Snapshot) snapshot =
            observe_kernel(watcher->snapshot, &watcher->scope, &suffices, error);
        if (snapshot == NULL || suffices)
            return g_steal_pointer(&snapshot);
    }
    if (watcher->bus == NULL)
        set_bus(watcher, bus_open(context_timeout_ms(watcher->context), error));
    if (watcher->bus == NULL)
        return NULL;
    g_autoptr(GError) reason = NULL;
    Snapshot *snapshot = observe(watcher->bus, &watcher->scope, &reason);
    if (g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NO_BUS))
        set_bus(watcher, NULL);
    if (reason != NULL)
        g_propagate_error(error, g_steal_pointer(&reason));
    return snapshot;
}

/* A failure may be told in better words by the next pass: they are for systemd only. */
static void report_state(Watcher *watcher, const char *state, const char *message)
{
    bool is_known = g_strcmp0(watcher->state, state) == 0;
    /* A line of its own would be another assignment, such as MAINPID (sd_notify(3)). */
    g_autofree char *line = escape_for_terminal(message);
    g_autofree char *status = g_strdup_printf("STATUS=%s: %s", state, line);
    if (!is_known || watcher->is_stale)
        service_notify(status);
    if (is_known)
        return;
    g_free(watcher->state);
    watcher->state = g_strdup(state);
    watch_report_state(&watcher->output, state, message);
}

static void take_snapshot(Watcher *watcher, Snapshot *snapshot)
{
    Diagnosis *diagnosis = diagnose(snapshot, context_declared(watcher->context));
    g_autoptr(GArray) changes = diagnosis_changes(watcher->diagnosis, diagnosis);
    report_state(watcher, "watching",
                 watcher->state == NULL ? "started" : "this host can be read again");
    if (changes->len > 0)
        fixes_suggest(snapshot, diagnosis, context_declared(watcher->context));
    ARRAY_FOREACH (const FindingChange, change, changes)
        watch_report_change(&watcher->output, change);
    diagnosis_free(watcher->diagnosis);
    snapshot_free(watcher->snapshot);
    watcher->diagnosis = diagnosis;
    watcher->snapshot = snapshot;
    watcher->is_stale = false;
}

static bool write_metrics(Watcher *watcher, GError **error)
{
    if (watcher->metrics_file == NULL)
        return true;
    watcher->metrics.diagnosis = watcher->is_stale ? NULL : watcher->diagnosis;
    watcher->metrics.links = watcher->snapshot != NULL ? watcher->snapshot->links->len : 0;
    return metrics_write(&watcher->metrics, watcher->metrics_file, error);
}

/* Notes the events that have come by now. */
static void hear_all(void)
{
    enum { MANY = 64 };
    for (int i = 0; i < MANY && g_main_context_iteration(NULL, FALSE); i++)
        continue;
}

/* Whether what was read, or that it could not be read (SNAPSHOT is NULL), may be of the middle of a change of
 * the services, such as a reload or a restart, which is not to be told. They are not waited for forever. */
static bool is_doubtful(Watcher *watcher, const Snapshot *snapshot)
{
    if (watcher->state == NULL)
        return false;
    hear_all();
    gint64 now = g_get_monotonic_time();
    bool is_changing = (watcher->pending & ~(guint)EVENT_KERNEL) != 0 ||
                       (snapshot == NULL &&
                        now - watcher->last_service_event < QUIET_MS * G_TIME_SPAN_MILLISECOND);
    if (!is_changing)
        return false;
    if (watcher->doubted_at == 0)
        watcher->doubted_at = now;
    return now - watcher->doubted_at < DOUBT_MAX_MS * G_TIME_SPAN_MILLISECOND;
}

static void account(Watcher *watcher, gint64 begin)
{
    gint64 end = g_get_monotonic_time();
    watcher->took = end - begin;
    watcher->debt = MAX(watcher->debt - (begin - watcher->looked_at) / SHARE, 0) + watcher->took;
    watcher->looked_at = end;
    watcher->metrics.duration = (double)watcher->took / G_USEC_PER_SEC;
}

/* One pass because of EVENTS; fails where the host cannot be read. */
static bool pass(Watcher *watcher, guint events, bool *doubtful, GError **error)
{
    gint64 begin = g_get_monotonic_time();
    g_autoptr(Snapshot) snapshot = read_host(watcher, events, error);
    watcher->metrics.passes++;
    *doubtful = is_doubtful(watcher, snapshot);
    if (*doubtful) {
        account(watcher, begin);
        return snapshot != NULL;
    }
    watcher->doubted_at = 0;
    bool passed = snapshot != NULL;
    if (snapshot != NULL) {
        take_snapshot(watcher, g_steal_pointer(&snapshot));
        watcher->metrics.last_success = g_get_real_time() / G_USEC_PER_SEC;
    } else {
        watcher->is_stale = true;
        watcher->metrics.failures++;
    }
    account(watcher, begin);
    return passed;
}

/* ---- when ---- */

static void schedule(Watcher *watcher, guint delay_ms);

/* How long the next pass has to wait, in milliseconds: at least as long as the last one took, so that passes
 * never take more than half of the time. */
static guint pause_left_ms(const Watcher *watcher)
{
    gint64 longest = MAX(watcher->took, PAUSE_MAX_MS * G_TIME_SPAN_MILLISECOND);
    gint64 owed = (watcher->debt - CREDIT_MS * G_TIME_SPAN_MILLISECOND) * SHARE;
    gint64 pause = CLAMP(owed, watcher->took, longest);
    gint64 left = watcher->looked_at + pause - g_get_monotonic_time();
    return left > 0 ? (guint)(left / G_TIME_SPAN_MILLISECOND + 1) : 0;
}

/* NameOwnerChanged announces firewalld's return. Nothing announces the bus's own return, or a hung
 * firewalld that answers again: poll for those. */
static void retry_later(Watcher *watcher, const GError *reason)
{
    if (g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NO_FIREWALLD))
        return;
    watcher->pending |= EVENT_SERVICES;
    watcher->is_retry = watcher->timer == 0;
    schedule(watcher, watcher->retry_ms);
    watcher->retry_ms = MIN(watcher->retry_ms * 2, (guint)RETRY_MAX_MS);
}

/* Looks again at what the pass because of EVENTS looked at, which is not believed. */
static void look_again(Watcher *watcher, guint events, bool passed)
{
    watcher->pending |= events | EVENT_SERVICES;
    schedule(watcher, MAX(pause_left_ms(watcher), passed ? 0 : (guint)QUIET_MS));
}

/* One pass; a failure is a state to report, not the end. */
static void pass_and_report(Watcher *watcher)
{
    guint events = watcher->pending;
    bool doubtful;
    watcher->pending = 0;
    if ((events & EVENT_BUS_LOST) != 0)
        set_bus(watcher, NULL);
    g_autoptr(GError) reason = NULL;
    watcher->is_busy = true;
    bool passed = pass(watcher, events, &doubtful, &reason);
    watcher->is_busy = false;
    if (doubtful) {
        look_again(watcher, events, passed);
        return;
    }
    if (watcher->pending != 0)
        schedule(watcher, pause_left_ms(watcher));
    if (passed) {
        watcher->retry_ms = RETRY_MS;
    } else {
        report_state(watcher, nicfix_error_word(reason), reason->message);
        retry_later(watcher, reason);
    }
    g_autoptr(GError) unwritten = NULL;
    bool written = write_metrics(watcher, &unwritten);
    if (!written && !watcher->is_unwritten)
        watch_report_state(&watcher->output, nicfix_error_word(unwritten), unwritten->message);
    watcher->is_unwritten = !written;
}

static gboolean timer_fires(gpointer user)
{
    Watcher *watcher = user;
    watcher->timer = 0;
    watcher->is_retry = false;
    gint64 now = g_get_monotonic_time();
    gint64 quiet_ms = (now - watcher->last_event) / G_TIME_SPAN_MILLISECOND;
    gint64 burst_ms = (now - watcher->first_event) / G_TIME_SPAN_MILLISECOND;
    if (quiet_ms < SETTLE_MS && burst_ms < SETTLE_MAX_MS)
        schedule(watcher, (guint)(SETTLE_MS - quiet_ms));
    else
        pass_and_report(watcher);
    return G_SOURCE_REMOVE;
}

static void schedule(Watcher *watcher, guint delay_ms)
{
    if (watcher->timer == 0)
        watcher->timer = g_timeout_add(delay_ms, timer_fires, watcher);
}

static void hear(guint events, gpointer user)
{
    Watcher *watcher = user;
    watcher->last_event = g_get_monotonic_time();
    if (watcher->pending == 0 || watcher->is_retry)
        watcher->first_event = watcher->last_event;
    if ((events & ~(guint)EVENT_KERNEL) != 0)
        watcher->last_service_event = watcher->last_event;
    watcher->pending |= events;
    if (watcher->is_busy)
        return;
    if (watcher->is_retry) {
        g_source_remove(watcher->timer);
        watcher->timer = 0;
        watcher->is_retry = false;
    }
    schedule(watcher, MAX(pause_left_ms(watcher), (guint)SETTLE_MS));
}

static gboolean interval_is_over(gpointer user)
{
    hear(EVENT_KERNEL | EVENT_SERVICES, user);
    return G_SOURCE_CONTINUE;
}

/* ---- the whole ---- */

static gboolean keep_alive(G_GNUC_UNUSED gpointer user)
{
    service_notify("WATCHDOG=1");
    return G_SOURCE_CONTINUE;
}

/* Half of the time that systemd waits, as sd_watchdog_enabled(3) recommends; 0: it has no watchdog. */
static guint watchdog_interval_ms(void)
{
    return (guint)(service_watchdog_usec() / 2 / G_TIME_SPAN_MILLISECOND);
}

static gboolean quit(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

/* The first pass. A firewalld that is away may come; other things that are missing are errors. */
static bool begin(Watcher *watcher, GError **error)
{
    watcher->events = events_new(hear, watcher, error);
    if (watcher->events == NULL)
        return false;
    watcher->pending = EVENT_KERNEL | EVENT_SERVICES;
    pass_and_report(watcher);
    return (watcher->snapshot == NULL ||
            context_check_declared(watcher->context, watcher->snapshot, error)) &&
           write_metrics(watcher, error);
}

/* Watches until SIGINT or SIGTERM comes. Fails where it cannot begin, or cannot write the metrics at the
 * start. */
static bool watch(Watcher *watcher, guint interval_seconds, GError **error)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    guint interrupt = g_unix_signal_add(SIGINT, quit, loop);
    guint terminate = g_unix_signal_add(SIGTERM, quit, loop);
    guint interval = interval_seconds > 0
                         ? g_timeout_add_seconds(interval_seconds, interval_is_over, watcher)
                         : 0;
    bool begun = begin(watcher, error);
    if (begun) {
        guint watchdog_ms = watchdog_interval_ms();
        if (watchdog_ms > 0)
            g_timeout_add(watchdog_ms, keep_alive, NULL);
        service_notify("READY=1");
        g_main_loop_run(loop);
        service_notify("STOPPING=1");
    }
    g_source_remove(interrupt);
    g_source_remove(terminate);
    if (interval != 0)
        g_source_remove(interval);
    return begun;
}

/* One pass, reported like the first of a watch. *FAILING is whether it found a warning or an error. Fails
 * where the host cannot be read; the metrics are written all the same. */
static bool watch_once(Watcher *watcher, bool *failing, GError **error)
{
    bool doubtful; /* it is not: there is no earlier state */
    bool passed = pass(watcher, EVENT_KERNEL | EVENT_SERVICES, &doubtful, error);
    if (!write_metrics(watcher, passed ? error : NULL) || !passed)
        return false;
    *failing = diagnosis_has(watcher->diagnosis, SEVERITY_WARNING);
    return context_check_declared(watcher->context, watcher->snapshot, error);
}

static int run(const Context *context, char **words, GError **error)
{
    g_autofree char *interval_word = NULL;
    guint interval = 0;
    g_autofree char *metrics = NULL;
    gboolean once = FALSE;
    const GOptionEntry options[] = {
        {"interval", 0, 0, G_OPTION_ARG_STRING, &interval_word,
         "Also re-read everything every SECONDS", "SECONDS"},
        {"metrics", 0, 0, G_OPTION_ARG_FILENAME, &metrics,
         "Write metrics for node_exporter to FILE", "FILE"},
        {"once", 0, 0, G_OPTION_ARG_NONE, &once, "Run one check and exit", NULL},
        {NULL},
    };
    int status;
    if (!command_line_parse(context, options, &words, &status, error))
        return status;
    if (!command_parse_seconds("--interval", interval_word, MAX_INTERVAL, &interval, error))
        return -1;
    if (context->output->format == FORMAT_JSON)
        context->output->format = FORMAT_JSON_LINES;
    g_auto(Watcher) watcher = {
        .context = context,
        .metrics_file = metrics,
        .scope = context_observe_options(context, OBSERVE_ACTIVE_ZONES),
        .output = watch_output_for(context->output),
        .retry_ms = RETRY_MS,
    };
    if (context_may_know_replies(context))
        watcher.known = known_replies_new();
    watcher.scope.known = watcher.known;
    bool failing = false;
    bool done = once ? watch_once(&watcher, &failing, error) : watch(&watcher, interval, error);
    return !done ? -1 : failing ? STATUS_NOT_FINE : STATUS_FINE;
}

const Command watch_command = {
    .name = "watch",
    .summary = "Keep checking, and report when a finding appears or clears",
    .example = "nicfix watch --metrics /var/lib/node_exporter/nicfix.prom",
    .why_no_snapshot = "a snapshot does not change",
    .run = run,
};
