/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows, their order, and what is counted over them: see fleet-report.h. */
#include "fleet/fleet-report.h"

#include "model/foreach.h"
#include "model/words.h"

enum { SPOOL_LIMIT = 1024 * 1024 };

/* FOUND has a bit for each. */
G_STATIC_ASSERT(FINDING_LAST < 64);

void fleet_finding_free(FleetFinding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->interface);
    g_free(finding->zone);
    g_free(finding->message);
    g_strfreev(finding->evidence);
    fix_free(finding->fix);
    g_free(finding);
}

FleetHost *fleet_host_new(const char *host, const char *file, FleetSource source)
{
    FleetHost *row = g_new0(FleetHost, 1);
    row->host = g_strdup(host);
    row->file = g_strdup(file);
    row->source = source;
    row->age = AGE_UNKNOWN;
    row->findings = g_ptr_array_new_with_free_func((GDestroyNotify)fleet_finding_free);
    return row;
}

void fleet_host_free(FleetHost *host)
{
    if (host == NULL)
        return;
    g_free(host->host);
    g_free(host->file);
    g_free(host->firewalld);
    g_free(host->taken_at);
    g_free(host->nicfix);
    g_clear_pointer(&host->findings, g_ptr_array_unref);
    g_free(host->error);
    g_free(host->worst_interface);
    g_free(host);
}

void fleet_host_add(FleetHost *host, FleetFinding *finding)
{
    host->count.errors += finding->severity == SEVERITY_ERROR;
    host->count.warnings += finding->severity == SEVERITY_WARNING;
    host->infos += finding->severity == SEVERITY_INFO;
    g_ptr_array_add(host->findings, finding);
}

bool fleet_host_is_judged(const FleetHost *host)
{
    return host->source != FLEET_ERROR && host->source != FLEET_UNREADABLE;
}

bool fleet_host_has_infos(const FleetHost *host)
{
    return fleet_host_is_judged(host) && host->source != FLEET_APPLY;
}

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

bool fleet_host_is_old(const FleetHost *host)
{
    return host->age > DAY;
}

char *fleet_host_age(const FleetHost *host)
{
    static const struct {
        gint64 seconds;
        const char *unit;
    } units[] = {{DAY, "d"}, {HOUR, "h"}, {MINUTE, "min"}, {1, "s"}};
    if (host->age == AGE_UNKNOWN)
        return NULL;
    guint i = 0;
    while (i + 1 < G_N_ELEMENTS(units) && host->age < units[i].seconds)
        i++;
    return g_strdup_printf("%" G_GINT64_FORMAT " %s", host->age / units[i].seconds, units[i].unit);
}

FleetReport *fleet_report_new(const FleetView *view)
{
    FleetReport *report = g_new0(FleetReport, 1);
    report->view = view;
    report->spool = fleet_spool_new(SPOOL_LIMIT);
    report->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    report->now = g_get_real_time() / G_USEC_PER_SEC;
    report->hosts = g_ptr_array_new_with_free_func((GDestroyNotify)fleet_host_free);
    report->tallies = g_ptr_array_new_with_free_func(g_free);
    return report;
}

void fleet_report_free(FleetReport *report)
{
    if (report == NULL)
        return;
    g_ptr_array_unref(report->hosts);
    g_ptr_array_unref(report->tallies);
    g_hash_table_unref(report->places);
    fleet_spool_free(report->spool);
    g_free(report);
}

/* ---- order ---- */

static gint by_name(gconstpointer a, gconstpointer b)
{
    const FleetHost *x = *(const FleetHost *const *)a;
    const FleetHost *y = *(const FleetHost *const *)b;
    gint order = g_strcmp0(x->host, y->host);
    return order != 0 ? order : g_strcmp0(x->file, y->file);
}

/* A host that nothing is known of may have errors, but comes after those that do. */
static guint badness(const FleetHost *host)
{
    enum { FINE, NOTED, WARNED, UNKNOWN, WRONG };
    if (host->count.errors > 0)
        return WRONG;
    if (!fleet_host_is_judged(host) || host->error != NULL)
        return UNKNOWN;
    if (host->count.warnings > 0)
        return WARNED;
    return host->infos > 0 ? NOTED : FINE;
}

static gint more_first(guint a, guint b)
{
    return a == b ? 0 : a > b ? -1 : 1;
}

static gint worst_host_first(gconstpointer a, gconstpointer b)
{
    const FleetHost *x = *(const FleetHost *const *)a;
    const FleetHost *y = *(const FleetHost *const *)b;
    const gint orders[] = {
        more_first(badness(x), badness(y)),
        more_first(x->count.errors, y->count.errors),
        more_first(x->count.warnings, y->count.warnings),
        more_first(x->infos, y->infos),
    };
    for (gsize i = 0; i < G_N_ELEMENTS(orders); i++) {
        if (orders[i] != 0)
            return orders[i];
    }
    return by_name(a, b);
}

static gint worst_tally_first(gconstpointer a, gconstpointer b)
{
    const FleetTally *x = *(const FleetTally *const *)a;
    const FleetTally *y = *(const FleetTally *const *)b;
    if (x->severity != y->severity)
        return more_first(x->severity, y->severity);
    return x->hosts != y->hosts ? more_first(x->hosts, y->hosts) : more_first(y->id, x->id);
}

/* ---- counting ---- */

static FleetTally *tally_of(FleetReport *report, FindingId id)
{
    PTR_ARRAY_FOREACH (FleetTally, tally, report->tallies) {
        if (tally->id == id)
            return tally;
    }
    FleetTally *tally = g_new0(FleetTally, 1);
    tally->id = id;
    g_ptr_array_add(report->tallies, tally);
    return tally;
}

static guint64 bit_of(FindingId id)
{
    return G_GUINT64_CONSTANT(1) << id;
}

/* Takes from the findings of HOST what is needed of them at the end. */
static void summarise(FleetReport *report, FleetHost *host)
{
    const FleetFinding *worst = NULL;
    PTR_ARRAY_FOREACH (const FleetFinding, finding, host->findings) {
        FleetTally *tally = tally_of(report, finding->id);
        tally->severity = MAX(tally->severity, finding->severity);
        host->found |= bit_of(finding->id);
        if (worst == NULL || finding->severity > worst->severity)
            worst = finding;
    }
    if (worst != NULL)
        host->worst = worst->id;
    if (worst != NULL && report->view == NULL)
        host->worst_interface = g_strdup(worst->interface);
}

/* Where TOLD is kept, and is told of others, too. */
static FleetPlace share(FleetReport *report, const char *told)
{
    g_autofree char *checksum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, told, -1);
    const FleetPlace *known = g_hash_table_lookup(report->places, checksum);
    if (known != NULL)
        return *known;
    FleetPlace place = fleet_spool_add(report->spool, told);
    g_hash_table_insert(report->places, g_steal_pointer(&checksum),
                        g_memdup2(&place, sizeof place));
    return place;
}

/* A time that cannot be read is not known. One that is to come is that of a clock that is wrong. */
static void find_age(const FleetReport *report, FleetHost *host)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) taken =
        host->taken_at != NULL ? g_date_time_new_from_iso8601(host->taken_at, utc) : NULL;
    if (taken != NULL)
        host->age = MAX(report->now - g_date_time_to_unix(taken), 0);
}

void fleet_report_add(FleetReport *report, FleetHost *host)
{
    const FleetView *view = report->view;
    find_age(report, host);
    summarise(report, host);
    if (view != NULL) {
        g_autofree char *told = view->tell(host);
        host->told = view->shares ? share(report, told) : fleet_spool_add(report->spool, told);
        g_clear_pointer(&host->firewalld, g_free);
    }
    g_clear_pointer(&host->taken_at, g_free);
    g_clear_pointer(&host->nicfix, g_free);
    g_clear_pointer(&host->findings, g_ptr_array_unref);
    g_ptr_array_add(report->hosts, host);
}

/* Counts the findings of the COUNT documents at ROWS, which are of one host: a finding that is in
 * several of them, or on several interfaces, is on one host. */
static void tally_host(FleetReport *report, FleetHost *const *rows, guint count)
{
    guint64 found = 0;
    for (guint i = 0; i < count; i++)
        found |= rows[i]->found;
    PTR_ARRAY_FOREACH (FleetTally, tally, report->tallies)
        tally->hosts += (found & bit_of(tally->id)) != 0;
}

/* Counts one host, whose COUNT documents are at ROWS. */
static void count_host(FleetReport *report, FleetHost *const *rows, guint count)
{
    FleetCount worst = {0};
    guint unreadable = 0;
    for (guint i = 0; i < count; i++) {
        const FleetHost *row = rows[i];
        rows[i]->alone = count == 1;
        worst.errors = MAX(worst.errors, row->count.errors);
        worst.warnings = MAX(worst.warnings, row->count.warnings);
        report->errors += row->count.errors;
        report->warnings += row->count.warnings;
        report->infos += row->infos;
        report->old += fleet_host_is_old(row);
        unreadable += fleet_host_is_judged(row) ? 0 : 1;
    }
    report->names++;
    report->unreadable += unreadable;
    report->unchecked += unreadable == count;
    report->with_errors += worst.errors > 0;
    report->with_warnings += worst.errors == 0 && worst.warnings > 0;
    tally_host(report, rows, count);
}

void fleet_report_finish(FleetReport *report)
{
    FleetHost *const *rows = (FleetHost *const *)report->hosts->pdata;
    g_ptr_array_sort(report->hosts, by_name);
    for (guint start = 0, end; start < report->hosts->len; start = end) {
        for (end = start + 1; end < report->hosts->len; end++) {
            if (!g_str_equal(rows[start]->host, rows[end]->host))
                break;
        }
        count_host(report, rows + start, end - start);
    }
    g_ptr_array_sort(report->hosts, worst_host_first);
    g_ptr_array_sort(report->tallies, worst_tally_first);
}

bool fleet_report_has(const FleetReport *report, Severity severity)
{
    return report->errors > 0 || (severity <= SEVERITY_WARNING && report->warnings > 0) ||
           (severity <= SEVERITY_INFO && report->infos > 0);
}

bool fleet_report_is_judged(const FleetReport *report)
{
    return report->unreadable < report->hosts->len;
}

static const char *const source_words[] = {
    [FLEET_CHECK] = "check", [FLEET_SNAPSHOT] = "snapshot", [FLEET_APPLY] = "apply",
    [FLEET_ERROR] = "error", [FLEET_UNREADABLE] = NULL,
};
DEFINE_WORD(fleet_source, FleetSource, source_words)
