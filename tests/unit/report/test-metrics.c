/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metrics for Prometheus: their grammar, and the numbers of one host. */
#include "report/metrics.h"

#include "cases.h"
#include "sketch.h"

#include <string.h>

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                 \
    "link veth0 veth in cni0\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\n"               \
    "zone trusted target ACCEPT\npermanent eth0 -\n"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_metrics_of_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
