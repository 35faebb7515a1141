/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of a fleet's hosts, and what is counted over them. */
#include "fleet/fleet-report.h"

#include "cases.h"
#include "model/foreach.h"

/* ---- fleets as text ---- */

typedef struct {
    const char *host;
    FleetSource source;
    const char *findings; /* a letter of add_finding() for each; "!": an error of the host */
} Document;

static void add_finding(FleetHost *host, char letter)
{
    static const struct {
        char letter;
        FindingId id;
        Severity severity;
    } findings[] = {
        {'E', FINDING_FORWARD_BLOCKED, SEVERITY_ERROR},
        {'P', FINDING_PANIC_MODE, SEVERITY_ERROR},
        {'W', FINDING_STALE_BINDING, SEVERITY_WARNING},
        {'w', FINDING_FORWARD_BLOCKED, SEVERITY_WARNING},
        {'I', FINDING_VERDICT_UNKNOWN, SEVERITY_INFO},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(findings); i++) {
        if (findings[i].letter != letter)
            continue;
        FleetFinding *finding = g_new0(FleetFinding, 1);
        finding->id = findings[i].id;
        finding->severity = findings[i].severity;
        fleet_host_add(host, finding);
    }
}

static FleetHost *make_host(const Document *document, guint file)
{
    g_autofree char *name = g_strdup_printf("%u.json", file);
    FleetHost *host = fleet_host_new(document->host, name, document->source);
    for (const char *p = document->findings; *p != '\0'; p++) {
        if (*p == '!')
            host->error = g_strdup("it broke");
        else
            add_finding(host, *p);
    }
    return host;
}

/* The hosts in their order, with the file where a host has several documents (transfer full). */
static char *hosts_text(const FleetReport *report)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < report->hosts->len; i++) {
        const FleetHost *host = g_ptr_array_index(report->hosts, i);
        g_string_append_printf(text, "%s%s%s%s", i > 0 ? " " : "", host->host,
                               host->alone ? "" : "@", host->alone ? "" : host->file);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* "error panic-mode 2, ..." (transfer full). */
static char *findings_text(const FleetReport *report)
{
    g_autoptr(GString) text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const FleetTally, tally, report->tallies)
        g_string_append_printf(text, "%s%s %s %u", text->len > 0 ? ", " : "",
                               severity_word(tally->severity), finding_word(tally->id),
                               tally->hosts);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *counts_text(const FleetReport *report)
{
    return g_strdup_printf(
        "%u hosts, %u with errors, %u with warnings, %u unreadable, %u unchecked, "
        "%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
        report->names, report->with_errors, report->with_warnings, report->unreadable,
        report->unchecked, report->errors, report->warnings, report->infos);
}

/* ---- cases ---- */

enum { DOCUMENTS_MAX = 8 };

typedef struct {
    const char *name;
    Document documents[DOCUMENTS_MAX]; /* up to the first without a host */
    const char *hosts;
    const char *findings;
    const char *counts;
} FleetCase;

static const FleetCase cases[] = {
    {"nothing",
     {{NULL}},
     "",
     "",
     "0 hosts, 0 with errors, 0 with warnings, 0 unreadable, 0 unchecked, 0/0/0"},
    {"the worst first, then by name",
     {{"fine", FLEET_CHECK, ""},
      {"warned", FLEET_CHECK, "WII"},
      {"noted", FLEET_SNAPSHOT, "I"},
      {"wrong", FLEET_SNAPSHOT, "E"},
      {"bad", FLEET_CHECK, "EW"},
      {"also-fine", FLEET_CHECK, ""},
      {"worst", FLEET_CHECK, "EE"}},
     "worst bad wrong warned noted also-fine fine",
     "error forward-blocked 3, warning stale-binding 2, info verdict-unknown 2",
     "7 hosts, 3 with errors, 1 with warnings, 0 unreadable, 0 unchecked, 4/2/3"},
    {"what is not known comes before warnings and after errors",
     {{"warned", FLEET_CHECK, "WWW"},
      {"gone", FLEET_ERROR, "!"},
      {"garbage", FLEET_UNREADABLE, "!"},
      {"half-done", FLEET_APPLY, "!"},
      {"wrong", FLEET_CHECK, "E"}},
     "wrong garbage gone half-done warned",
     "error forward-blocked 1, warning stale-binding 1",
     "5 hosts, 1 with errors, 1 with warnings, 2 unreadable, 2 unchecked, 1/3/0"},
    {"several documents of one host",
     {{"web1", FLEET_CHECK, "E"},
      {"web2", FLEET_CHECK, "W"},
      {"web1", FLEET_SNAPSHOT, "EW"},
      {"web1", FLEET_ERROR, "!"}},
     "web1@2.json web1@0.json web1@3.json web2",
     "error forward-blocked 1, warning stale-binding 2",
     "2 hosts, 1 with errors, 1 with warnings, 1 unreadable, 0 unchecked, 2/2/0"},
    {"findings: the worse, then the more frequent, then the worse id",
     {{"a", FLEET_CHECK, "IW"},
      {"b", FLEET_CHECK, "WwW"},
      {"c", FLEET_CHECK, "E"},
      {"d", FLEET_CHECK, "P"},
      {"e", FLEET_CHECK, "P"},
      {"f", FLEET_CHECK, "w"}},
     "c d e b a f",
     "error forward-blocked 3, error panic-mode 2, warning stale-binding 2, info verdict-unknown 1",
     "6 hosts, 3 with errors, 3 with warnings, 0 unreadable, 0 unchecked, 3/5/1"},
};

static FleetReport *make_report(const Document *documents)
{
    FleetReport *report = fleet_report_new(NULL);
    for (guint i = 0; i < DOCUMENTS_MAX && documents[i].host != NULL; i++)
        fleet_report_add(report, make_host(&documents[i], i));
    fleet_report_finish(report);
    return report;
}

static void test_fleet(void **state)
{
    const FleetCase *test = *state;
    g_autoptr(FleetReport) report = make_report(test->documents);
    g_autofree char *hosts = hosts_text(report);
    g_autofree char *findings = findings_text(report);
    g_autofree char *counts = counts_text(report);
    assert_string_equal(hosts, test->hosts);
    assert_string_equal(findings, test->findings);
    assert_string_equal(counts, test->counts);
}

/* ---- what decides the exit status ---- */

typedef struct {
    const char *name;
    Document documents[DOCUMENTS_MAX];
    bool judged;
    bool has_error;
    bool has_warning;
    bool has_info;
} AnswerCase;

static const AnswerCase answers[] = {
    {"nothing", {{NULL}}, false, false, false, false},
    {"nothing known", {{"a", FLEET_ERROR, "!"}}, false, false, false, false},
    {"fine", {{"a", FLEET_CHECK, ""}, {"b", FLEET_UNREADABLE, "!"}}, true, false, false, false},
    {"noted", {{"a", FLEET_CHECK, "I"}}, true, false, false, true},
    {"warned", {{"a", FLEET_CHECK, "W"}}, true, false, true, true},
    {"wrong", {{"a", FLEET_CHECK, ""}, {"b", FLEET_CHECK, "E"}}, true, true, true, true},
};

static void test_answer(void **state)
{
    const AnswerCase *test = *state;
    g_autoptr(FleetReport) report = make_report(test->documents);
    assert_int_equal(fleet_report_is_judged(report), test->judged);
    assert_int_equal(fleet_report_has(report, SEVERITY_ERROR), test->has_error);
    assert_int_equal(fleet_report_has(report, SEVERITY_WARNING), test->has_warning);
    assert_int_equal(fleet_report_has(report, SEVERITY_INFO), test->has_info);
}

/* The largest count that an apply document can have, and one more, do not add up to 0. */
static void test_counts_do_not_wrap(G_GNUC_UNUSED void **state)
{
    g_autoptr(FleetReport) report = fleet_report_new(NULL);
    for (guint i = 0; i < 2; i++) {
        FleetHost *host = make_host(&(Document){"web", FLEET_APPLY, ""}, i);
        host->count.errors = i == 0 ? G_MAXUINT32 : 1;
        fleet_report_add(report, host);
    }
    fleet_report_finish(report);
    assert_true(fleet_report_has(report, SEVERITY_ERROR));
    assert_true(report->errors == (guint64)G_MAXUINT32 + 1);
}

/* ---- what is kept ---- */

static char *tell_by_name(const FleetHost *host)
{
    return g_strdup_printf("%s has %u findings\n", host->host, host->findings->len);
}

static char *tell_without_name(const FleetHost *host)
{
    return g_strdup_printf("%u findings\n", host->findings->len);
}

/* Of many documents little more is kept than the names of their hosts, and all is told. */
static void test_findings_are_told_and_forgotten(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    g_autoptr(FleetReport) report = fleet_report_new(&(FleetView){.tell = tell_by_name});
    for (guint i = 0; i < MANY; i++) {
        g_autofree char *name = g_strdup_printf("host%05u", i);
        fleet_report_add(report, make_host(&(Document){name, FLEET_CHECK, "WI"}, i));
        assert_true(fleet_spool_held(report->spool) < 2 * 1024 * 1024);
    }
    fleet_report_finish(report);
    PTR_ARRAY_FOREACH (const FleetHost, host, report->hosts) {
        g_autofree char *told = fleet_spool_get(report->spool, host->told, NULL);
        g_autofree char *expected = g_strdup_printf("host%05u has 2 findings\n", host_index);
        assert_string_equal(told, expected);
        assert_null(host->findings);
    }
}

/* What is told of several without their names is kept once. */
static void test_what_is_shared_is_kept_once(G_GNUC_UNUSED void **state)
{
    static const char *const findings[] = {"W", "WI", "I", "EE", "W"};
    g_autoptr(FleetReport) report =
        fleet_report_new(&(FleetView){.tell = tell_without_name, .shares = true});
    for (guint i = 0; i < G_N_ELEMENTS(findings); i++) {
        g_autofree char *name = g_strdup_printf("host%u", i);
        fleet_report_add(report, make_host(&(Document){name, FLEET_CHECK, findings[i]}, i));
    }
    assert_int_equal(fleet_spool_held(report->spool), 2 * strlen("1 findings\n"));
    const FleetHost *const *hosts = (const FleetHost *const *)report->hosts->pdata;
    assert_int_equal(hosts[0]->told.start, hosts[2]->told.start);
    assert_int_equal(hosts[1]->told.start, hosts[3]->told.start);
    assert_int_not_equal(hosts[0]->told.start, hosts[1]->told.start);
}

/* ---- how old it is ---- */

typedef struct {
    const char *name;
    const char *taken_at; /* NULL: not known */
    const char *age;      /* likewise */
    bool old;
} AgeCase;

static const AgeCase ages[] = {
    {"not known", NULL, NULL, false},
    {"no time", "yesterday", NULL, false},
    {"now", "2024-04-07T12:00:00Z", "0 s", false},
    {"seconds", "2024-04-07T11:59:01Z", "59 s", false},
    {"a minute", "2024-04-07T11:59:00Z", "1 min", false},
    {"hours", "2024-04-07T09:01:00Z", "2 h", false},
    {"another zone", "2024-04-07T12:30:00+02:00", "1 h", false},
    {"exactly a day", "2024-04-06T12:00:00Z", "1 d", false},
    {"more than a day", "2024-04-06T11:59:59Z", "1 d", true},
    {"a year", "2023-04-07T12:00:00Z", "366 d", true},
    {"a clock that is ahead", "2024-04-07T13:00:00Z", "0 s", false},
};

static void test_age(void **state)
{
    const AgeCase *test = *state;
    g_autoptr(FleetReport) report = fleet_report_new(NULL);
    g_autoptr(GDateTime) now = g_date_time_new_utc(2024, 4, 7, 12, 0, 0);
    report->now = g_date_time_to_unix(now);
    FleetHost *host = make_host(&(Document){"worker", FLEET_CHECK, ""}, 1);
    host->taken_at = g_strdup(test->taken_at);
    fleet_report_add(report, host);
    fleet_report_finish(report);
    g_autofree char *age = fleet_host_age(host);
    assert_string_equal(age != NULL ? age : "none", test->age != NULL ? test->age : "none");
    assert_int_equal(fleet_host_is_old(host), test->old);
    assert_int_equal(report->old, test->old);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_counts_do_not_wrap),
        cmocka_unit_test(test_findings_are_told_and_forgotten),
        cmocka_unit_test(test_what_is_shared_is_kept_once),
    };
    return RUN_CASES(test_fleet, cases) + RUN_CASES(test_answer, answers) +
           RUN_CASES(test_age, ages) + cmocka_run_group_tests(others, NULL, NULL);
}
