/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes two links alike, what tells them apart, and that a cure said of another link is the one that a
 * search for that link finds. */
#include "model/plan/alike.h"

#include "model/plan/fixes.h"

#include "hosts.h"

/* Two uplinks in no zone, and a network whose traffic to them is refused. */
#define TWINS                                                                                      \
    "link eth1 physical addr 10.1.0.10/24\nlink eth2 physical addr 10.2.0.10/24\n"                 \
    "link cni0 bridge addr 10.244.2.1/24\n"                                                        \
    "route 0.0.0.0/0 dev eth1 via 10.1.0.1 metric 1\n"                                             \
    "route 0.0.0.0/0 dev eth2 via 10.2.0.1 metric 2\n"                                             \
    "zone public services ssh\nzone work services ssh\nservice ssh ports 22/tcp\n"                 \
    "permanent eth1 -\npermanent eth2 -\n"

typedef struct {
    const char *name;
    const char *more; /* of the host */
    bool alike;
    const char *uplink; /* that the user names; NULL: none */
} AlikeCase;

static const AlikeCase cases[] = {
    {"two default routes", "", true},
    {"a link that leads nowhere", "link eth3 physical\n", true},
    {"managed by profiles that name no zone",
     "manager eth1 - uuid 11111111-1111-1111-1111-111111111111\n"
     "manager eth2 - uuid 22222222-2222-2222-2222-222222222222\n",
     true},
    {"profiles that name another zone",
     "manager eth1 work uuid 11111111-1111-1111-1111-111111111111\n"
     "manager eth2 work uuid 22222222-2222-2222-2222-222222222222\n",
     true},
    {"nothing is offered where what manages them is not known", "manager eth9 -\n", true},
    {"a zone that does not forward within itself", "change public forward no\n", true},
    {"a link whose name is a number", "link 77 physical\n", true},
    {"a route by a link that is gone", "route 0.0.0.0/0 dev @99 metric 9\n", true},
    {"a rule for what nobody here sends", "rule 4 table 100 from 10.99.0.1/32\n", true},
    {"the permanent configuration contradicts itself on one", "permanent eth2 !both\n", false},
    {"one is managed", "manager eth1 - uuid 11111111-1111-1111-1111-111111111111\n", false},
    {"one profile names a zone",
     "manager eth1 - uuid 11111111-1111-1111-1111-111111111111\n"
     "manager eth2 work uuid 22222222-2222-2222-2222-222222222222\n",
     false},
    {"one carries a VLAN", "link eth1.5 vlan on eth1\n", false},
    {"one has an address that a zone lists", "change work sources 10.2.0.0/24\n", false},
    {"one has an address that a rich rule names",
     "change public rich 'rule family=\"ipv4\" source address=\"10.1.0.0/24\" accept'\n", false},
    {"a rule names one", "rule 4 table 100 iif eth2\n", false},
    {"a rule for what one sends", "rule 4 table 100 from 10.1.0.10/32\n", false},
    {"such a rule for each",
     "rule 4 table 100 from 10.1.0.10/32\nrule 4 table 101 from 10.2.0.10/32\n", true},
    {"a server on one", "socket tcp 10.1.0.10 80\n", false},
    {"a server bound to one", "socket tcp 0.0.0.0 80 on eth2\n", false},
    {"a server on both", "socket tcp 0.0.0.0 80\n", true},
    {"a network behind one", "net 10.9.0.0/16 dev eth1 via 10.1.0.7\n", false},
    {"the user names one", "", false, "eth2"},
};

static const Finding *finding_of(const Diagnosis *diagnosis, FindingId id, const char *interface)
{
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        if (finding->id == id && g_strcmp0(finding->interface, interface) == 0)
            return finding;
    }
    g_error("no finding on %s", interface);
}

static const Finding *finding_on(const Diagnosis *diagnosis, const char *interface)
{
    return finding_of(diagnosis, FINDING_UPLINK_UNBOUND, interface);
}

static void test_alike(void **state)
{
    const AlikeCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(TWINS);
    sketch_add(snapshot, test->more);
    const char *const uplinks[] = {test->uplink, NULL};
    const Declared declared = {.uplinks = uplinks};
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, &declared);
    g_autoptr(ExposureBase) base = exposure_base_new(snapshot, diagnosis->topology);
    g_autoptr(AlikeLinks) links = alike_links_new(snapshot, diagnosis, base);
    g_autofree char *one = alike_links_describe(links, finding_on(diagnosis, "eth1"));
    g_autofree char *other = alike_links_describe(links, finding_on(diagnosis, "eth2"));
    assert_non_null(one);
    if (test->alike)
        assert_string_equal(one, other);
    else
        assert_string_not_equal(one, other);
}

/* ---- what is derived is what is found ---- */

static char *actions_text(const Finding *finding)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (finding->fix == NULL)
        return g_strdup("none");
    for (guint i = 0; i < finding->fix->actions->len; i++) {
        g_autofree char *identity = action_identity(g_ptr_array_index(finding->fix->actions, i));
        g_string_append_printf(text, "%s\n", identity);
    }
    for (char **word = finding->fix->command; *word != NULL; word++)
        g_string_append_printf(text, "%s ", *word);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What a search finds for the finding on INTERFACE where OTHER is bound, and has none (transfer full). */
static char *found_alone(const char *more, const char *other, const char *interface)
{
    g_autoptr(Snapshot) snapshot = sketch(TWINS);
    sketch_add(snapshot, more);
    g_autofree char *binding = g_strdup_printf("bind public %s\n", other);
    sketch_add(snapshot, binding);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    fixes_suggest(snapshot, diagnosis, NULL);
    return actions_text(finding_on(diagnosis, interface));
}

static void test_what_is_derived_is_what_is_found(void **state)
{
    const AlikeCase *test = *state;
    if (!test->alike)
        return;
    g_autoptr(Snapshot) snapshot = sketch(TWINS);
    sketch_add(snapshot, test->more);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    fixes_suggest(snapshot, diagnosis, NULL);
    const struct {
        const char *interface;
        const char *other;
    } ways[] = {{"eth1", "eth2"}, {"eth2", "eth1"}};
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *found = found_alone(test->more, ways[i].other, ways[i].interface);
        g_autofree char *told = actions_text(finding_on(diagnosis, ways[i].interface));
        assert_string_equal(told, found);
    }
}

static void test_a_finding_on_no_link_is_like_no_other(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(TWINS "firewalld 1.3.3 public panic yes\n");
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autoptr(ExposureBase) base = exposure_base_new(snapshot, diagnosis->topology);
    g_autoptr(AlikeLinks) links = alike_links_new(snapshot, diagnosis, base);
    const Finding *panic = g_ptr_array_index(diagnosis->findings, 0);
    assert_int_equal(panic->id, FINDING_PANIC_MODE);
    assert_null(alike_links_describe(links, panic));
}

/* Each link has a profile of its own name. */
static void test_findings_on_profiles(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot =
        sketch(TWINS "manager eth1 - uuid 11111111-1111-1111-1111-111111111111\n"
                     "manager eth2 - uuid 22222222-2222-2222-2222-222222222222\n");
    ManagedDevice *second = g_ptr_array_index(snapshot->networkmanager->devices, 1);
    g_free(second->profile);
    second->profile = g_strdup("Wired connection 2");
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autoptr(ExposureBase) base = exposure_base_new(snapshot, diagnosis->topology);
    g_autoptr(AlikeLinks) links = alike_links_new(snapshot, diagnosis, base);
    g_autofree char *one =
        alike_links_describe(links, finding_of(diagnosis, FINDING_MANAGER_ZONE_MISMATCH, "eth1"));
    g_autofree char *other =
        alike_links_describe(links, finding_of(diagnosis, FINDING_MANAGER_ZONE_MISMATCH, "eth2"));
    assert_string_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_a_finding_on_no_link_is_like_no_other),
        cmocka_unit_test(test_findings_on_profiles),
    };
    return RUN_CASES(test_alike, cases) + RUN_CASES(test_what_is_derived_is_what_is_found, cases) +
           cmocka_run_group_tests(others, NULL, NULL);
}
