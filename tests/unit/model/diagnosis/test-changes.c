/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a watch tells of: findings that come and go, in metrics and for Nagios. */
#include "cases.h"

#include "model/diagnosis/changes.h"
#include "model/error.h"
#include "report/metrics.h"
#include "report/nagios.h"
#include "sketch.h"

#include <string.h>

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                 \
    "link veth0 veth in cni0\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\n"               \
    "zone trusted target ACCEPT\npermanent eth0 -\n"
#define BOUND NODE "change public interfaces eth0\n"
#define CURED NODE "bind public eth0\n"

typedef struct {
    const char *name;
    const char *before; /* NULL: nothing was known */
    const char *after;
    const char *changes;
} ChangeCase;

static const ChangeCase cases[] = {
    {"at the start", NULL, NODE, "appeared error uplink-unbound eth0\n"},
    {"at the start, all is well", NULL, CURED, ""},
    {"nothing happens", NODE, NODE, ""},
    {"it is cured", NODE, CURED, "cleared error uplink-unbound eth0\n"},
    {"one goes and another comes", NODE, BOUND,
     "cleared error uplink-unbound eth0\nappeared warning runtime-only-binding eth0\n"},
    {"it is less bad", NODE, NODE "change trusted interfaces cni0\n",
     "changed info uplink-unbound eth0\n"},
    {"the link goes", BOUND, "zone public\n", "cleared warning runtime-only-binding eth0\n"},
};

static void test_changes(void **state)
{
    const ChangeCase *row = *state;
    g_autoptr(Snapshot) earlier = row->before != NULL ? sketch(row->before) : NULL;
    g_autoptr(Snapshot) later = sketch(row->after);
    g_autoptr(Diagnosis) before = earlier != NULL ? diagnose(earlier, NULL) : NULL;
    g_autoptr(Diagnosis) after = diagnose(later, NULL);
    g_autoptr(GArray) changes = diagnosis_changes(before, after);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < changes->len; i++) {
        const FindingChange *change = &g_array_index(changes, FindingChange, i);
        g_string_append_printf(text, "%s %s %s %s\n", change_word(change->kind),
                               severity_word(change->finding->severity),
                               finding_word(change->finding->id), change->finding->interface);
    }
    assert_string_equal(text->str, row->changes);
}

/* ---- metrics ---- */

static void assert_line(const char *text, const char *line)
{
    g_autofree char *whole = g_strdup_printf("\n%s\n", line);
    if (strstr(text, whole) == NULL)
        fail_msg("no line \"%s\" in:\n%s", line, text);
}

/* The grammar of the text format: comments about a metric, then its samples. */
static void assert_grammar(const char *text)
{
    g_autoptr(GRegex) line = g_regex_new(
        "^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z]+=\"[a-z-]+\"(,[a-z]+=\"[a-z-]+\")*\\})? "
        "[0-9]+(\\.[0-9]+)?)$",
        0, 0, NULL);
    assert_true(g_str_has_suffix(text, "\n"));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i + 1] != NULL; i++) {
        if (!g_regex_match(line, lines[i], 0, NULL))
            fail_msg("line %u: %s", i, lines[i]);
    }
}

static void test_metrics(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = sketch(NODE);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    const Metrics metrics = {diagnosis, snapshot->links->len, 0.025, 1775544319, 7, 2};
    g_autofree char *text = metrics_text(&metrics);
    assert_grammar(text);
    assert_line(text, "nicfix_up 1");
    assert_line(text, "nicfix_findings{id=\"uplink-unbound\",severity=\"error\"} 1");
    assert_line(text, "nicfix_findings{id=\"zone-conflict\",severity=\"error\"} 0");
    assert_line(text, "nicfix_links 3");
    assert_line(text, "nicfix_uplinks 1");
    assert_line(text, "nicfix_uplinks_covered 0");
    assert_line(text, "nicfix_downstreams 1");
    assert_line(text, "nicfix_last_success_timestamp_seconds 1775544319");
    assert_line(text, "nicfix_pass_duration_seconds 0.025000");
    assert_line(text, "nicfix_passes_total 7");
    assert_line(text, "nicfix_failures_total 2");
}

static void test_metrics_of_a_failure(void **state)
{
    (void)state;
    const Metrics metrics = {.passes = 1, .failures = 1};
    g_autofree char *text = metrics_text(&metrics);
    assert_grammar(text);
    assert_line(text, "# TYPE nicfix_up gauge\nnicfix_up 0");
    assert_null(strstr(text, "nicfix_findings"));
}

/* ---- Nagios ---- */

typedef struct {
    const char *name;
    const char *host;
    NagiosStatus status;
    const char *line;
} NagiosCase;

static const NagiosCase nagios[] = {
    {"fine", CURED, NAGIOS_OK,
     "NICFIX OK - all 1 uplink covered (1 downstream, 0 notes) | errors=0;;0;0 warnings=0;0;;0 "
     "uplinks=1;;;0 downstreams=1;;;0\n"},
    {"a warning", BOUND, NAGIOS_WARNING,
     "NICFIX WARNING - runtime-only-binding: eth0 is bound to zone public in the running firewall "
     "only: the next reload or restart of firewalld undoes it | errors=0;;0;0 warnings=1;0;;0 "
     "uplinks=1;;;0 downstreams=1;;;0\n"},
    {"an error", NODE, NAGIOS_CRITICAL,
     "NICFIX CRITICAL - uplink-unbound: no zone binds eth0, and new connections from cni0 out by "
     "it "
     "are refused | errors=1;;0;0 warnings=0;0;;0 uplinks=1;;;0 downstreams=1;;;0\n"},
    {"a name with a bar", CURED "zone a|b interfaces gone\n", NAGIOS_WARNING,
     "NICFIX WARNING - stale-binding: zone a/b binds gone, and no link has that name | "
     "errors=0;;0;0 warnings=1;0;;0 uplinks=1;;;0 downstreams=1;;;0\n"},
};

static void test_nagios(void **state)
{
    const NagiosCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autofree char *line = nagios_text(diagnosis);
    assert_string_equal(line, row->line);
    assert_int_equal(nagios_status(diagnosis), row->status);
}

static void test_nagios_of_an_error(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    nicfix_error_set(&error, NICFIX_ERROR_NO_BUS, NULL, "no bus | \033[31mhere\n");
    g_autofree char *line = nagios_text_of_error(error);
    assert_string_equal(line, "NICFIX UNKNOWN - no bus / \\x1b[31mhere\\x0a\n");
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_metrics_of_a_failure),
        cmocka_unit_test(test_nagios_of_an_error),
    };
    return RUN_CASES(test_changes, cases) + RUN_CASES(test_nagios, nagios) +
           cmocka_run_group_tests_name("others", others, NULL, NULL);
}
