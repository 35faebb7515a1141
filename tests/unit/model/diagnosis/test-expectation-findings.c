/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Declared flows that fare otherwise than expected, and what plans make of them. */
#include "model/diagnosis/expectation-findings.h"

#include "model/foreach.h"
#include "model/plan/fixes.h"

#include "expectations.h"
#include "hosts.h"

#define NODE                                                                                       \
    "zone public\npermanent eth0 -\nlink eth0 physical addr 192.0.2.10/24\nlink pods bridge addr " \
    "10.1.0.1/24\n"                                                                                \
    "route 192.0.2.0/24 dev eth0\nroute 10.1.0.0/24 dev pods\n"                                    \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nservice ssh ports 22/tcp\n"
#define CURED NODE "bind public eth0\n"

typedef struct {
    const char *name;
    const char *host;
    const char *flows;
    const char *findings; /* those of the bindings left out */
} FindingCase;

static const FindingCase findings[] = {
    {"as expected", CURED, "pods to 198.51.100.7:443/tcp accept\n", ""},
    {"refused as expected", NODE, "pods to 198.51.100.7:443/tcp refuse\n", ""},
    {"refused, and expected to pass", NODE, "pods to 198.51.100.7:443/tcp accept\n",
     "error expectation-failed pods\n"},
    {"accepted, and expected not to be", CURED, "pods to 198.51.100.7:443/tcp refuse\n",
     "error expectation-failed pods\n"},
    {"to a service of this host", CURED, "eth0 192.0.2.7 to 192.0.2.10:22/tcp accept\n",
     "error expectation-failed eth0\n"},
    {"by this host", CURED, "to 198.51.100.7 refuse\n", "error expectation-failed eth0\n"},
    {"each is a finding, in the order of the file", NODE,
     "pods to 198.51.100.8 accept\npods to 198.51.100.7 accept\neth0 192.0.2.7 to 192.0.2.10:22 "
     "accept\n",
     "error expectation-failed pods\nerror expectation-failed pods\nerror expectation-failed "
     "eth0\n"},
    {"it cannot be told", NODE "zone trusted target ACCEPT sources 10.1.0.0/25\n",
     "pods to 198.51.100.7 accept\n", "warning verdict-unknown pods\n"},
    {"an interface that is not there", NODE, "tun0 to 198.51.100.7 accept\n",
     "warning verdict-unknown -\n"},
    {"what cannot be told is not refused either", NODE, "tun0 to 198.51.100.7 refuse\n",
     "warning verdict-unknown -\n"},
};

static Diagnosis *diagnose_with(const Snapshot *snapshot, const GPtrArray *expectations)
{
    const Declared declared = {.expectations = expectations};
    return diagnose(snapshot, &declared);
}

static void test_findings(void **state)
{
    const FindingCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch_routed(test->host);
    g_autoptr(GPtrArray) expectations = expectations_of(test->flows, snapshot);
    g_autoptr(Diagnosis) diagnosis = diagnose_with(snapshot, expectations);
    g_autoptr(GString) text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        if (finding->expectation != NULL)
            g_string_append_printf(text, "%s %s %s\n", severity_word(finding->severity),
                                   finding_word(finding->id),
                                   finding->interface != NULL ? finding->interface : "-");
    }
    assert_string_equal(text->str, test->findings);
    assert_int_equal(diagnosis->expectations->len, expectations->len);
}

/* ---- needs ---- */

static void test_needs(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch_routed(NODE);
    g_autoptr(GPtrArray) expectations =
        expectations_of("pods to 198.51.100.7 accept\npods to 198.51.100.8 refuse\n", snapshot);
    g_autoptr(Diagnosis) diagnosis = diagnose_with(snapshot, expectations);
    guint declared = 0;
    PTR_ARRAY_FOREACH (const Need, need, diagnosis->needs) {
        if (need->kind != NEED_EXPECTATION)
            continue;
        declared++;
        assert_int_equal(need->certainty, NEED_DECLARED);
        assert_string_equal(need->detail, "host.flows:1");
        assert_string_equal(need->in->name, "pods");
        assert_string_equal(need->out->name, "eth0");
        assert_int_equal(need->way.coverage, COVERAGE_REFUSED);
    }
    assert_int_equal(declared, 1);
}

/* ---- plans ---- */

/* Binding the uplink would cure the pods, and let them reach what they must not. */
static void test_a_plan_breaks_no_expectation(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch_routed(NODE);
    g_autoptr(GPtrArray) expectations = expectations_of("pods to 198.51.100.7 refuse\n", snapshot);
    const Declared none = {0};
    const Declared declared = {.expectations = expectations};
    g_auto(PlanRefusal) refusal = {0};
    const PlanRequest free = {.declared = &none};
    const PlanRequest bound = {.declared = &declared};
    g_autoptr(Plan) plan = plan_new(snapshot, &free, NULL);
    assert_non_null(plan);
    g_autoptr(Plan) harmful = plan_new(snapshot, &bound, &refusal);
    assert_null(harmful);
    assert_int_equal(refusal.code, REFUSED_WORSE);
    assert_int_equal(refusal.finding->id, FINDING_EXPECTATION_FAILED);
}

typedef struct {
    const char *name;
    const char *host;
    const char *flows;
    guint failed;
    guint fixed; /* how many of the failed have a fix */
} FixCase;

#define MANY(x)                                                                                    \
    "pods to 198.51.100.1 " x "\npods to 198.51.100.2 " x "\npods to 198.51.100.3 " x              \
    "\npods to 198.51.100.4 " x "\npods to 198.51.100.5 " x "\npods to 198.51.100.6 " x            \
    "\npods to 198.51.100.7 " x "\npods to 198.51.100.8 " x "\npods to 198.51.100.9 " x            \
    "\npods to 198.51.100.10 " x "\n"

static const FixCase fixes[] = {
    {"what is to pass", NODE, "pods to 198.51.100.7 accept\n", 1, 1},
    {"one cure for several", NODE, "pods to 198.51.100.7 accept\npods to 198.51.100.8 accept\n", 2,
     2},
    {"each is cured by what is offered for another, or by its own", NODE,
     "pods to 198.51.100.7 accept\npods 10.1.0.7 to 192.0.2.10:22/tcp accept\n"
     "pods 10.1.0.7 to 192.0.2.10:8443/tcp accept\npods to 198.51.100.8 accept\n",
     4, 4},
    {"what is not to pass", CURED, "pods to 198.51.100.7 refuse\n", 1, 0},
    {"no more than are worth a search each", NODE, MANY("accept"), 10, 8},
};

static void test_fix(void **state)
{
    const FixCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch_routed(test->host);
    g_autoptr(GPtrArray) expectations = expectations_of(test->flows, snapshot);
    const Declared declared = {.expectations = expectations};
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, &declared);
    fixes_suggest(snapshot, diagnosis, &declared);
    guint failed = 0, fixed = 0;
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        bool is_failed = finding->id == FINDING_EXPECTATION_FAILED;
        failed += is_failed;
        fixed += is_failed && finding->fix != NULL;
    }
    assert_int_equal(failed, test->failed);
    assert_int_equal(fixed, test->fixed);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_a_plan_breaks_no_expectation),
    };
    return RUN_CASES(test_findings, findings) + RUN_CASES(test_fix, fixes) +
           cmocka_run_group_tests(others, NULL, NULL);
}
