/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test results for CI, word for word, and what they do to names that XML cannot carry. */
#include "report/junit.h"

#include "model/plan/fixes.h"

#include "expectations.h"
#include "golden.h"
#include "hosts.h"

#define NODE                                                                                       \
    "zone public\npermanent eth0 -\nlink eth0 physical addr 192.0.2.10/24\nlink pods bridge addr " \
    "10.1.0.1/24\n"                                                                                \
    "route 192.0.2.0/24 dev eth0\nroute 10.1.0.0/24 dev pods\n"                                    \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\n"

static char *render(const char *host, const char *flows, Severity fail_on)
{
    g_autoptr(Snapshot) snapshot = sketch_routed(host);
    g_autoptr(GPtrArray) expectations = expectations_of(flows, snapshot);
    const Declared declared = {.expectations = expectations};
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, &declared);
    fixes_suggest(snapshot, diagnosis, &declared);
    return junit_text(snapshot, diagnosis, fail_on);
}

static void test_golden(G_GNUC_UNUSED void **state)
{
    static const char flows[] =
        "# pods reach the registry\npods to 198.51.100.7:443/tcp accept\n"
        "eth0 192.0.2.7 to 192.0.2.10:10250/tcp refuse\ntun0 to 198.51.100.8 accept\n";
    g_autofree char *text = render(NODE, flows, SEVERITY_WARNING);
    compare_with_golden("check-expectations.xml", text);
}

/* ---- what fails ---- */

typedef struct {
    const char *name;
    const char *host;
    Severity fail_on;
    const char *flows;
    const char *expectations; /* what the first suite counts */
} CountCase;

static const CountCase counts[] = {
    {"none", NODE, SEVERITY_WARNING, "", "tests=\"0\" failures=\"0\" errors=\"0\" skipped=\"0\""},
    {"met and failed", NODE, SEVERITY_WARNING,
     "pods to 198.51.100.7 accept\npods to 198.51.100.7 refuse\n",
     "tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\""},
    {"what cannot be told is an error of the test", NODE, SEVERITY_WARNING,
     "tun0 to 198.51.100.7 accept\n", "tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\""},
    {"unless only errors are to fail", NODE, SEVERITY_ERROR, "tun0 to 198.51.100.7 accept\n",
     "tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\""},
};

static void test_counts(void **state)
{
    const CountCase *test = *state;
    g_autofree char *text = render(test->host, test->flows, test->fail_on);
    assert_non_null(strstr(text, test->expectations));
}

/* ---- names that want to do harm ---- */

static void check_text(G_GNUC_UNUSED GMarkupParseContext *context, const char *text, gsize length,
                       gpointer user, G_GNUC_UNUSED GError **error)
{
    if (g_strstr_len(text, (gssize)length, user) != NULL)
        fail_msg("markup was not escaped");
}

/* XML 1.0, 2.2: of the characters below the blank only tab, line feed and carriage return. */
static void test_hostile(G_GNUC_UNUSED void **state)
{
    g_autofree char *text = render(
        NODE, "# a]]>\x01\x1b[2J<b>&\"'\xef\xbf\xbf \xe2\x80\xae\npods to 198.51.100.7 accept\n",
        SEVERITY_WARNING);
    for (const char *p = text; *p != '\0'; p++)
        assert_true((guchar)*p >= ' ' || *p == '\n');
    assert_null(strstr(text, "\xef\xbf\xbf"));
    assert_non_null(strstr(text, "a]]&gt;\\x01\\x1b[2J&lt;b&gt;&amp;&quot;"));
    const GMarkupParser parser = {.text = check_text};
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, 0, (gpointer) "<b>\x01", NULL);
    g_autoptr(GError) error = NULL;
    assert_true(g_markup_parse_context_parse(context, text, -1, &error));
    assert_true(g_markup_parse_context_end_parse(context, &error));
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_hostile),
    };
    return RUN_CASES(test_counts, counts) + cmocka_run_group_tests(others, NULL, NULL);
}
