/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test results as XML: see junit.h. */
#include "report/junit.h"

#include "model/foreach.h"
#include "report/escape.h"
#include "report/finding-evidence.h"
#include "report/finding-text.h"
#include "report/fix-text.h"

#include <string.h>

/* What is not known is no failure of the host's but an error of the test. */
typedef enum {
    RESULT_PASSED,
    RESULT_FAILED,
    RESULT_ERROR,
    RESULT_SKIPPED, /* it cannot be told, and that need not fail */
    N_RESULTS,
} Result;

typedef struct {
    const char *name;
    GString *tests;
    guint counts[N_RESULTS];
} Suite;

/* XML 1.0 cannot carry most control characters, not even as references: they are escaped as for a
 * terminal. */
static char *xml_text(const char *raw)
{
    g_autofree char *plain = escape_for_terminal(raw);
    return g_markup_escape_text(plain, -1);
}

static void append_attribute(GString *xml, const char *name, const char *value)
{
    g_autofree char *text = xml_text(value);
    g_string_append_printf(xml, " %s=\"%s\"", name, text);
}

/* ---- one test ---- */

static Result result_of(const Finding *finding, Severity fail_on)
{
    bool unknown = finding->id == FINDING_VERDICT_UNKNOWN;
    if (finding->severity >= fail_on)
        return unknown ? RESULT_ERROR : RESULT_FAILED;
    return unknown ? RESULT_SKIPPED : RESULT_PASSED;
}

/* The message, what it rests on, and the fix. */
static char *describe(const Finding *finding)
{
    g_autofree char *message = finding_message(finding);
    g_auto(GStrv) evidence = finding_evidence(finding);
    g_autofree char *first = xml_text(message);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s: %s", severity_word(finding->severity), first);
    STRV_FOREACH (sentence, evidence) {
        g_autofree char *line = xml_text(*sentence);
        g_string_append_printf(text, "\n- %s", line);
    }
    if (finding->fix != NULL) {
        g_autoptr(GString) command = g_string_new(NULL);
        command_text_append(command, finding->fix->command);
        g_autofree char *line = g_markup_escape_text(command->str, -1);
        g_string_append_printf(text, "\nfix: %s", line);
    }
    return g_string_free(text, FALSE);
}

static void append_result(GString *xml, Result result, const Finding *finding)
{
    static const char *const elements[] = {
        [RESULT_PASSED] = "system-out",
        [RESULT_FAILED] = "failure",
        [RESULT_ERROR] = "error",
        [RESULT_SKIPPED] = "skipped",
    };
    g_autofree char *message = finding_message(finding);
    g_autofree char *text = describe(finding);
    g_string_append_printf(xml, "      <%s", elements[result]);
    if (result != RESULT_PASSED)
        append_attribute(xml, "message", message);
    if (result == RESULT_FAILED || result == RESULT_ERROR)
        append_attribute(xml, "type", finding_word(finding->id));
    g_string_append_printf(xml, ">%s</%s>\n", text, elements[result]);
}

static void begin_test(Suite *suite, const char *class, const char *name)
{
    g_string_append(suite->tests, "    <testcase");
    append_attribute(suite->tests, "classname", class);
    append_attribute(suite->tests, "name", name);
}

/* ---- the suites ---- */

static void add_expectation(Suite *suite, const ExpectationResult *result, const Finding *finding,
                            Severity fail_on)
{
    const Expectation *expectation = result->expectation;
    g_autofree char *words =
        g_strdup_printf("%s %s", expectation->words, expected_word(expectation->expected));
    g_autofree char *name = expectation->name != NULL
                                ? g_strdup_printf("%s (%s)", expectation->name, words)
                                : g_steal_pointer(&words);
    begin_test(suite, expectation->file, name);
    append_attribute(suite->tests, "file", expectation->file);
    g_string_append_printf(suite->tests, " line=\"%u\"", expectation->line);
    Result outcome = finding != NULL ? result_of(finding, fail_on) : RESULT_PASSED;
    suite->counts[outcome]++;
    g_string_append(suite->tests, finding != NULL ? ">\n" : "/>\n");
    if (finding == NULL)
        return;
    append_result(suite->tests, outcome, finding);
    g_string_append(suite->tests, "    </testcase>\n");
}

static void add_expectations(Suite *suite, const Diagnosis *diagnosis, Severity fail_on)
{
    g_autoptr(GHashTable) findings = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        if (finding->expectation != NULL)
            g_hash_table_insert(findings, (gpointer)finding->expectation, (gpointer)finding);
    }
    ARRAY_FOREACH (const ExpectationResult, result, diagnosis->expectations)
        add_expectation(suite, result, g_hash_table_lookup(findings, result->expectation), fail_on);
}

/* A test may have one failure only, and its other findings are in the text of what it printed. */
static void add_id(Suite *suite, const Diagnosis *diagnosis, FindingId id, Severity fail_on)
{
    g_autoptr(GString) findings = g_string_new(NULL);
    Result outcome = RESULT_PASSED;
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        if (finding->id != id || finding->expectation != NULL)
            continue;
        Result result = result_of(finding, fail_on);
        if (findings->len == 0)
            outcome = result; /* the worst comes first */
        append_result(findings, findings->len == 0 ? result : RESULT_PASSED, finding);
    }
    suite->counts[outcome]++;
    begin_test(suite, "nicfix.check", finding_word(id));
    if (findings->len == 0)
        g_string_append(suite->tests, "/>\n");
    else
        g_string_append_printf(suite->tests, ">\n%s    </testcase>\n", findings->str);
}

static guint count_tests(const Suite *suite)
{
    guint tests = 0;
    for (Result result = 0; result < N_RESULTS; result++)
        tests += suite->counts[result];
    return tests;
}

static void append_suite(GString *xml, const Suite *suite, const Snapshot *snapshot)
{
    g_string_append(xml, "  <testsuite");
    append_attribute(xml, "name", suite->name);
    g_string_append_printf(xml,
                           " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" time=\"0\"",
                           count_tests(suite), suite->counts[RESULT_FAILED],
                           suite->counts[RESULT_ERROR], suite->counts[RESULT_SKIPPED]);
    if (snapshot->host != NULL)
        append_attribute(xml, "hostname", snapshot->host);
    if (snapshot->taken_at != NULL)
        append_attribute(xml, "timestamp", snapshot->taken_at);
    g_string_append_printf(xml, ">\n%s  </testsuite>\n", suite->tests->str);
}

char *junit_text(const Snapshot *snapshot, const Diagnosis *diagnosis, Severity fail_on)
{
    Suite suites[] = {{.name = "nicfix expectations"}, {.name = "nicfix findings"}};
    for (gsize i = 0; i < G_N_ELEMENTS(suites); i++)
        suites[i].tests = g_string_new(NULL);
    add_expectations(&suites[0], diagnosis, fail_on);
    for (FindingId id = FINDING_PANIC_MODE; id <= FINDING_LAST; id++) {
        if (id != FINDING_EXPECTATION_FAILED) /* those are the other suite */
            add_id(&suites[1], diagnosis, id, fail_on);
    }
    GString *xml = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (gsize i = 0; i < G_N_ELEMENTS(suites); i++) {
        append_suite(xml, &suites[i], snapshot);
        g_string_free(suites[i].tests, TRUE);
    }
    g_string_append(xml, "</testsuites>\n");
    return g_string_free(xml, FALSE);
}
