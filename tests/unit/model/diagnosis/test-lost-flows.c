/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passes before a change and not after it. */
#include "model/diagnosis/lost-flows.h"

#include "sketch.h"

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                 \
    "link pods bridge addr 10.9.0.1/24\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\n"                  \
    "zone public\nzone work\npermanent eth0 -\n"

typedef struct {
    const char *name;
    const char *before;
    const char *after;
    const char *lost; /* "KIND IN OUT", or NULL */
} LostCase;

static const LostCase cases[] = {
    {"nothing changes", "bind public eth0\n", "bind public eth0\n", NULL},
    {"nothing passed", "", "bind work cni0\n", NULL},
    {"everything passes now", "", "bind public eth0\n", NULL},
    {"one of two that passed", "bind public eth0\n", "bind public eth0\nbind work pods\n",
     "outside pods eth0"},
    {"one more, under the finding that is there", "bind public eth0\nbind work pods\n",
     "bind work eth0\nbind work pods\n", "outside cni0 eth0"},
    {"a link that comes", "bind public eth0\n",
     "bind public eth0\nlink new bridge addr 10.8.0.1/24\nbind work new\n", NULL},
    {"an uplink whose name was another link's alternative",
     "bind public eth0\nlink old dummy alt eth9\n",
     "bind public eth0\nlink old dummy\nlink eth9 physical addr 198.51.100.9/24\nroute 0.0.0.0/0 "
     "dev "
     "eth9 via 198.51.100.1 table 7\nrule 4 table 7\n",
     NULL},
    {"a network whose name was another link's alternative",
     "bind public eth0\nlink old dummy alt late\n",
     "bind public eth0\nlink old dummy\nlink late bridge addr 10.8.0.1/24\nbind work late\n", NULL},
    {"what may have passed", "zone trusted target ACCEPT sources 10.9.0.0/25\n",
     "zone trusted target ACCEPT\n", NULL},
    {"what surely passed", "zone trusted target ACCEPT sources 10.9.0.0/24\n",
     "zone trusted target ACCEPT\n", "outside pods eth0"},
    {"an uplink that comes", "bind public eth0\n",
     "bind public eth0\nlink eth1 physical addr 198.51.100.9/24\nroute 0.0.0.0/0 dev eth1 via "
     "198.51.100.1 table 7\nrule 4 table 7\n",
     NULL},
};

static void test_lost(void **state)
{
    const LostCase *test = *state;
    g_autofree char *one = g_strconcat(NODE, test->before, NULL);
    g_autofree char *other = g_strconcat(NODE, test->after, NULL);
    g_autoptr(Snapshot) before = sketch(one);
    g_autoptr(Snapshot) after = sketch(other);
    g_autoptr(Diagnosis) first = diagnose(before, NULL);
    g_autoptr(Diagnosis) second = diagnose(after, NULL);
    LostFlow lost;
    assert_int_equal(diagnosis_find_lost(first, second, LOST_SURELY, &lost), test->lost != NULL);
    if (test->lost == NULL)
        return;
    g_autofree char *text =
        g_strdup_printf("%s %s %s", need_kind_word(lost.kind), lost.in, lost.out);
    assert_string_equal(text, test->lost);
}

/* ---- needs ---- */

/* From each of IN to each of OUT, or to this host where that is empty; names, separated by commas. */
static Need *need_of(const Snapshot *snapshot, const char *in, const char *out, Coverage coverage)
{
    Need *need = need_new(NEED_POD_TO_POD, NEED_EVIDENT, NEED_BECAUSE_HOST_ROUTES, NULL);
    g_auto(GStrv) from = g_strsplit(in, ",", -1);
    g_auto(GStrv) to = g_strsplit(out, ",", -1);
    for (char **name = from; *name != NULL; name++)
        g_ptr_array_add(need->alike, (gpointer)snapshot_link_by_name(snapshot, *name));
    for (char **name = to; *name != NULL; name++)
        g_ptr_array_add(need->out_alike, (gpointer)snapshot_link_by_name(snapshot, *name));
    need->way.coverage = coverage;
    return need;
}

typedef struct {
    const char *in;
    const char *out;
    Coverage coverage;
    const char *service;
} NeedRow;

/* A diagnosis with these needs (transfer full). */
static Diagnosis *diagnosis_with(const Snapshot *snapshot, const NeedRow *rows)
{
    Diagnosis *diagnosis = diagnose(snapshot, NULL);
    g_ptr_array_set_size(diagnosis->needs, 0);
    for (; rows->in != NULL; rows++) {
        Need *need = need_of(snapshot, rows->in, rows->out, rows->coverage);
        need->service = g_strdup(rows->service);
        g_ptr_array_add(diagnosis->needs, need);
    }
    return diagnosis;
}

typedef struct {
    const char *name;
    NeedRow before[4];
    NeedRow after[4];
    const char *in; /* of what is lost; NULL: nothing is */
    const char *out;
} NeedCase;

static const NeedCase needs[] = {
    {"met and met",
     {{"cni0", "", COVERAGE_ACCEPTED, "dns"}},
     {{"cni0", "", COVERAGE_ACCEPTED, "dns"}},
     NULL},
    {"met and refused",
     {{"cni0", "", COVERAGE_ACCEPTED, "dns"}},
     {{"cni0", "", COVERAGE_REFUSED, "dns"}},
     "cni0"},
    {"met and refused by others",
     {{"cni0", "eth0", COVERAGE_ACCEPTED, NULL}},
     {{"cni0", "eth0", COVERAGE_ELSEWHERE, NULL}},
     "cni0",
     "eth0"},
    {"met and not known",
     {{"cni0", "", COVERAGE_ACCEPTED, "dns"}},
     {{"cni0", "", COVERAGE_OPEN, "dns"}},
     NULL},
    {"refused and refused",
     {{"cni0", "", COVERAGE_REFUSED, "dns"}},
     {{"cni0", "", COVERAGE_REFUSED, "dns"}},
     NULL},
    {"not known and refused",
     {{"cni0", "", COVERAGE_OPEN, "dns"}},
     {{"cni0", "", COVERAGE_REFUSED, "dns"}},
     NULL},
    {"another service",
     {{"cni0", "", COVERAGE_ACCEPTED, "dns"}},
     {{"cni0", "", COVERAGE_REFUSED, "dhcp"}},
     NULL},
    {"one that stood for others before",
     {{"cni0,pods", "eth0", COVERAGE_ACCEPTED, NULL}},
     {{"cni0", "eth0", COVERAGE_ACCEPTED, NULL}, {"pods", "eth0", COVERAGE_REFUSED, NULL}},
     "pods",
     "eth0"},
    {"one that stands for others afterwards",
     {{"cni0", "eth0", COVERAGE_REFUSED, NULL}, {"pods", "eth0", COVERAGE_ACCEPTED, NULL}},
     {{"cni0,pods", "eth0", COVERAGE_REFUSED, NULL}},
     "pods",
     "eth0"},
    {"to one of several",
     {{"cni0,pods", "cni0", COVERAGE_ACCEPTED, NULL},
      {"cni0,pods", "pods", COVERAGE_REFUSED, NULL}},
     {{"pods", "eth0,pods", COVERAGE_REFUSED, NULL}, {"cni0,pods", "cni0", COVERAGE_REFUSED, NULL}},
     "cni0",
     "cni0"},
    {"others on both sides",
     {{"cni0", "pods", COVERAGE_ACCEPTED, NULL}, {"pods", "cni0", COVERAGE_ACCEPTED, NULL}},
     {{"cni0", "cni0", COVERAGE_REFUSED, NULL}, {"pods", "pods", COVERAGE_REFUSED, NULL}},
     NULL},
};

static void test_need(void **state)
{
    const NeedCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(NODE "bind public eth0\n");
    g_autoptr(Diagnosis) before = diagnosis_with(snapshot, test->before);
    g_autoptr(Diagnosis) after = diagnosis_with(snapshot, test->after);
    LostFlow lost;
    assert_int_equal(diagnosis_find_lost(before, after, LOST_SURELY, &lost), test->in != NULL);
    if (test->in == NULL)
        return;
    assert_string_equal(lost.in, test->in);
    assert_int_equal(g_strcmp0(lost.out, test->out), 0);
}

/* ---- how sure ---- */

#define OVERLAY NODE "link flannel.1 vxlan addr 10.244.2.0/32\nzone trusted target ACCEPT\n"

typedef struct {
    const char *name;
    const char *before;
    const char *after;
    const char *from; /* of what may be lost; NULL: nothing is */
} MaybeCase;

static const MaybeCase maybes[] = {
    {"nothing changes", OVERLAY, OVERLAY, NULL},
    {"to the same network on other hosts", OVERLAY "bind trusted cni0\nbind trusted flannel.1\n",
     OVERLAY, "cni0"},
    {"what could not be told before is refused", NODE "bind public eth0\nchange public forward ?\n",
     NODE "bind public eth0\nchange public forward no\n", "cni0"},
};

static void test_maybe(void **state)
{
    const MaybeCase *test = *state;
    g_autoptr(Snapshot) before = sketch(test->before);
    g_autoptr(Snapshot) after = sketch(test->after);
    g_autoptr(Diagnosis) first = diagnose(before, NULL);
    g_autoptr(Diagnosis) second = diagnose(after, NULL);
    LostFlow lost = {0};
    assert_int_equal(diagnosis_find_lost(first, second, LOST_MAYBE, &lost), test->from != NULL);
    assert_int_equal(g_strcmp0(lost.in, test->from), 0);
}

static void test_need_that_is_open(void **state G_GNUC_UNUSED)
{
    static const NeedRow met[] = {{"cni0", "pods", COVERAGE_ACCEPTED, NULL}, {NULL}};
    static const NeedRow open[] = {{"cni0", "pods", COVERAGE_OPEN, NULL}, {NULL}};
    g_autoptr(Snapshot) snapshot = sketch(NODE "bind public eth0\n");
    g_autoptr(Diagnosis) before = diagnosis_with(snapshot, met);
    g_autoptr(Diagnosis) after = diagnosis_with(snapshot, open);
    LostFlow lost;
    assert_false(diagnosis_find_lost(before, after, LOST_SURELY, &lost));
    assert_true(diagnosis_find_lost(before, after, LOST_MAYBE, &lost));
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_need_that_is_open)};
    return RUN_CASES(test_lost, cases) + RUN_CASES(test_need, needs) +
           RUN_CASES(test_maybe, maybes) + cmocka_run_group_tests(others, NULL, NULL);
}
