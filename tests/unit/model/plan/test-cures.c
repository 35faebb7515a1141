/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cure that is chosen: on hosts of public reports, and on hosts drawn at random, where every
 * candidate is tried. */
#include "model/plan/cures.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "model/plan/fixes.h"
#include "model/plan/flow-fixes.h"

#include "sketch.h"
#include "stride.h"

#define SERVICES                                                                                   \
    "firewalld 1.3.3 public\nservice ssh ports 22/tcp\nservice http ports 80/tcp\n"                \
    "service dns ports 53/udp,53/tcp\n"

/* What is done in the running firewall, and the policies. */
static char *actions_text(const GPtrArray *actions)
{
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        bool is_policy = action->op == ACTION_ADD_POLICY;
        if ((action->scope == SCOPE_RUNTIME) == is_policy)
            continue;
        const char *words[] = {action_op_word(action->op), action->interface, action->value,
                               action->from, action->to};
        g_string_append(text, text->len > 0 ? ", " : "");
        for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
            if (words[i] != NULL)
                g_string_append_printf(text, "%s%s", i > 0 ? " " : "", words[i]);
        }
    }
    return g_string_free(text, FALSE);
}

/* ---- hosts of public reports ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *in; /* of a new connection of TCP */
    const char *from;
    const char *out; /* NULL: to the host */
    const char *to;
    guint16 port;
    Protocol protocol;
    const char *cure;
} ReportCase;

#define ROUTER                                                                                     \
    SERVICES "link wan0 physical addr 203.0.113.9/24\nlink br0 bridge addr 192.168.1.1/24\n"       \
             "route 0.0.0.0/0 dev wan0 via 203.0.113.1\nzone public services ssh\n"                \
             "zone external services ssh masquerade yes\nzone internal services ssh,dns,http\n"    \
             "zone trusted target ACCEPT\nbind external wan0\nbind internal br0\n"
#define PUBLIC_NODE                                                                                \
    SERVICES "link eth0 physical addr 203.0.113.9/24\nlink cni0 bridge addr 10.244.1.1/24\n"       \
             "route 0.0.0.0/0 dev eth0 via 203.0.113.1\nzone public services ssh\n"                \
             "zone drop target DROP\nzone trusted target ACCEPT\nbind drop eth0\n"
#define CALICO                                                                                     \
    SERVICES "link eth0 physical addr 10.1.0.9/24\nlink cali1 veth\nlink cali2 veth\n"             \
             "route 0.0.0.0/0 dev eth0 via 10.1.0.1\nzone public services ssh\n"                   \
             "zone trusted target ACCEPT\npermanent eth0 -\n"
#define DOCKER                                                                                     \
    SERVICES "link eth0 physical addr 10.1.0.9/24\nlink br-0123456789ab bridge addr "              \
             "172.18.0.1/16\nroute 0.0.0.0/0 dev eth0 via 10.1.0.1\nzone public services ssh\n"    \
             "zone work services ssh\nzone docker target ACCEPT\nbind work eth0\n"
#define LXD                                                                                        \
    SERVICES "link eth0 physical addr 203.0.113.9/24\nlink lxdbr0 bridge addr 10.50.0.1/24\n"      \
             "route 0.0.0.0/0 dev eth0 via 203.0.113.1\nzone public services ssh\n"                \
             "zone home services ssh\nzone trusted target ACCEPT\nbind public eth0\n"
#define RENAMED                                                                                    \
    SERVICES "link enp3s0 physical alt eth0 addr 10.1.0.9/24\nhost forwarding4 no\n"               \
             "route 0.0.0.0/0 dev enp3s0 via 10.1.0.1\nzone public services ssh\n"                 \
             "zone work services ssh,http interfaces eth0\npermanent enp3s0 -\n"

static const ReportCase reports[] = {
    {"a router: a policy, and the way out keeps its zone", ROUTER, "br0", "192.168.1.5", "wan0",
     "198.51.100.1", 443, PROTOCOL_TCP, "add-policy nicfix-inte-exter internal external"},
    {"a router whose firewalld has no policies that work: nothing from outside is let in",
     ROUTER "policy other ingress internal egress HOST\nfirewalld 2.3.1 public\n", "br0",
     "192.168.1.5", "wan0", "198.51.100.1", 443, PROTOCOL_TCP, "add-source 192.168.1.0/24 trusted"},
    {"an uplink that is in drop on purpose stays there", PUBLIC_NODE, "cni0", "10.244.1.7", "eth0",
     "198.51.100.1", 443, PROTOCOL_TCP,
     "bind cni0 public, add-policy nicfix-publi-drop public drop"},
    {"the same, where a reload would lose something: the pods are trusted",
     PUBLIC_NODE "lasting zone public\nlasting zone drop target DROP interfaces eth0\n"
                 "lasting zone trusted target ACCEPT\n",
     "cni0", "10.244.1.7", "eth0", "198.51.100.1", 443, PROTOCOL_TCP, "bind cni0 trusted"},
    {"pods on veths: all of them by a wildcard", CALICO, "cali1", "10.244.1.7", "cali2",
     "10.244.1.8", 80, PROTOCOL_TCP, "bind cali+ trusted"},
    {"Docker's bridge goes back to Docker's zone", DOCKER, "br-0123456789ab", "172.18.0.2", "eth0",
     "198.51.100.1", 443, PROTOCOL_TCP, "bind br-0123456789ab docker"},
    {"DNS for containers is not opened to the Internet", LXD, "lxdbr0", "10.50.0.7", NULL,
     "10.50.0.1", 53, PROTOCOL_UDP, "bind lxdbr0 trusted"},
    {"a service in the zone of the bridge alone", LXD "bind home lxdbr0\n", "lxdbr0", "10.50.0.7",
     NULL, "10.50.0.1", 53, PROTOCOL_UDP, "add-service dns home"},
    {"DHCP, which comes from no address yet", LXD "bind home lxdbr0\n", "lxdbr0", "0.0.0.0", NULL,
     "255.255.255.255", 67, PROTOCOL_UDP, "add-service dhcp home"},
    {"a port that no service has", LXD "bind home lxdbr0\n", "lxdbr0", "10.50.0.7", NULL,
     "10.50.0.1", 8443, PROTOCOL_TCP, "add-port 8443/tcp home"},
    {"what strangers try is not let in", LXD, "eth0", "198.51.100.1", NULL, "203.0.113.9", 23,
     PROTOCOL_TCP, "none"},
};

static FlowAddress address_of(const char *text)
{
    return (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = sketch_prefix(text)};
}

static void test_report(void **state)
{
    const ReportCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    Flow flow = flow_new(test->out != NULL ? FLOW_FORWARD : FLOW_INPUT, FAMILY_IPV4);
    flow.in = test->in;
    flow.out = test->out;
    flow.from = address_of(test->from);
    flow.to = address_of(test->to);
    flow.protocol = test->protocol;
    flow.port = test->port;
    g_autoptr(FlowFixes) fixes = flow_fixes_new(snapshot, NULL);
    g_autoptr(Judgement) judgement = judgement_of(snapshot, &flow, JUDGE_PACKET);
    const Fix *fix = flow_fixes_find(fixes, &flow, judgement);
    g_autofree char *cure = fix != NULL ? actions_text(fix->actions) : g_strdup("none");
    assert_string_equal(cure, test->cure);
}

static void test_a_renamed_card_keeps_its_zone(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(RENAMED);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    fixes_suggest(snapshot, diagnosis, NULL);
    const Finding *first = g_ptr_array_index(diagnosis->findings, 0);
    assert_int_equal(first->id, FINDING_UPLINK_UNBOUND);
    g_autofree char *command = g_strjoinv(" ", first->fix->command);
    assert_string_equal(command, "nicfix apply --zone work --interface enp3s0");
}

/* ---- hosts drawn at random ---- */

static const char *pick(GRand *random, const char *const *words, gint32 count)
{
    return words[g_rand_int_range(random, 0, count)];
}
#define PICK(random, words) pick(random, words, (gint32)G_N_ELEMENTS(words))

static void add_zones(GString *host, GRand *random)
{
    static const char *const zones[] = {"public", "internal", "external",
                                        "work",   "trusted",  "drop"};
    static const char *const targets[] = {"default", "default", "default", "%%REJECT%%"};
    static const char *const words[] = {"yes", "no"};
    static const char *const services[] = {"ssh", "ssh,dns", "http"};
    for (gsize i = 0; i < G_N_ELEMENTS(zones); i++) {
        const char *target = g_str_equal(zones[i], "trusted") ? "ACCEPT"
                             : g_str_equal(zones[i], "drop")  ? "DROP"
                                                              : PICK(random, targets);
        g_string_append_printf(host, "zone %s target %s forward %s masquerade %s services %s\n",
                               zones[i], target, PICK(random, words), PICK(random, words),
                               PICK(random, services));
    }
}

/* One link by which the host reaches others, maybe another, and up to three behind it (transfer
 * full). */
static char *random_host(GRand *random)
{
    static const char *const versions[] = {"0.9.11", "1.3.3", "2.4.4", "2.5.0"};
    static const char *const links[] = {
        ("link wan physical addr 203.0.113.9/24\nroute 0.0.0.0/0 dev wan via 203.0.113.1\n"
         "permanent wan -\n"),
        "link lan physical addr 10.1.0.9/24\npermanent lan -\n",
        "link cni0 bridge addr 10.244.1.1/24\n",
        "link br0 bridge addr 192.168.1.1/24\n",
        "link cali1 veth\n",
    };
    static const char *const names[] = {"wan", "lan", "cni0", "br0", "cali1"};
    static const char *const zones[] = {"public", "internal", "external",
                                        "work",   "trusted",  "drop"};
    GString *host = g_string_new(SERVICES);
    g_string_append_printf(host, "firewalld %s public\n", PICK(random, versions));
    add_zones(host, random);
    for (gsize i = 0; i < G_N_ELEMENTS(links); i++) {
        if (i > 0 && g_rand_boolean(random))
            continue;
        g_string_append(host, links[i]);
        if (g_rand_boolean(random))
            g_string_append_printf(host, "bind %s %s\n", PICK(random, zones), names[i]);
    }
    return g_string_free(host, FALSE);
}

/* ---- what every cure has to keep ---- */

static bool accepts(const Snapshot *snapshot, const char *in, const char *out, guint16 port)
{
    Flow flow = flow_new(out != NULL ? FLOW_FORWARD : FLOW_INPUT, FAMILY_IPV4);
    const Link *link = snapshot_link_by_name(snapshot, in);
    const LinkAddress *address =
        link->addresses->len > 0 ? g_ptr_array_index(link->addresses, 0) : NULL;
    flow.in = in;
    flow.out = out;
    flow.protocol = PROTOCOL_TCP;
    flow.port = port;
    flow.typical = true;
    flow.from.kind = FLOW_ADDRESS_ELSEWHERE;
    if (address != NULL)
        flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = address->prefix};
    flow.to.kind = FLOW_ADDRESS_ELSEWHERE;
    g_autoptr(Verdict) verdict = verdict_of(snapshot, &flow);
    return verdict_accepts(verdict);
}

static bool is_needed(const GArray *needed, const char *in, const char *out)
{
    for (guint i = 0; i < needed->len; i++) {
        const Flow *flow = &g_array_index(needed, Flow, i);
        if (g_strcmp0(flow->in, in) == 0 && g_strcmp0(flow->out, out) == 0)
            return true;
    }
    return false;
}

/* By asking for every pair of links, and for some ports of the host. */
static bool opens_anything(const Snapshot *before, const Snapshot *after, const GArray *needed)
{
    static const guint16 ports[] = {4, 22, 53, 80};
    PTR_ARRAY_FOREACH (const Link, in, before->links) {
        for (gsize i = 0; i < G_N_ELEMENTS(ports); i++) {
            if (accepts(after, in->name, NULL, ports[i]) &&
                !accepts(before, in->name, NULL, ports[i]) && !is_needed(needed, in->name, NULL))
                return true;
        }
        PTR_ARRAY_FOREACH (const Link, out, before->links) {
            if (in != out && !is_needed(needed, in->name, out->name) &&
                accepts(after, in->name, out->name, 443) &&
                !accepts(before, in->name, out->name, 443))
                return true;
        }
    }
    return false;
}

static void assert_stays_outside(const Snapshot *snapshot, const Cure *cure)
{
    static const char *const inside[] = {"internal", "home", "trusted", NULL};
    const char *now = dispatch_interface(snapshot, "wan").zone->name;
    PTR_ARRAY_FOREACH (const Action, action, cure->actions) {
        if (g_strcmp0(action->interface, "wan") != 0 || action->to == NULL)
            continue;
        assert_true(!g_strv_contains(inside, action->to) || g_str_equal(action->to, now));
        assert_true(g_strcmp0(action->from, "drop") != 0);
    }
}

static void assert_is_good(const CureGoal *goal, const Cure *cure, const GArray *needed)
{
    g_autoptr(Plan) plan = plan_of_actions(goal->snapshot, cure->actions, NULL);
    const Finding *left = diagnosis_find(plan->after, goal->finding);
    assert_true(left == NULL || left->severity < goal->finding->severity);
    ARRAY_FOREACH (const Flow, flow, goal->flows) {
        g_autoptr(Verdict) verdict = verdict_of(plan->predicted, flow);
        assert_true(verdict_accepts(verdict));
    }
    PTR_ARRAY_FOREACH (const ExposureChange, change, plan->exposure->translates)
        assert_true(change->starts);
    assert_stays_outside(goal->snapshot, cure);
    bool claims_nothing = exposure_opened(plan->exposure) == 0;
    if (claims_nothing)
        assert_false(opens_anything(goal->snapshot, plan->predicted, needed));
}

/* Tries every candidate, and holds the one that was chosen against the best of them. */
static bool check_goal(const CureGoal *goal)
{
    g_autoptr(ExposureBase) base = exposure_base_new(goal->snapshot, goal->diagnosis->topology);
    g_autoptr(GArray) needed = plan_needed_flows(goal->snapshot, goal->diagnosis);
    g_autoptr(Cure) chosen = cure_find(goal, base, needed);
    g_autoptr(GPtrArray) candidates = cure_candidates(goal);
    const Cure *best = NULL;
    PTR_ARRAY_FOREACH (Cure, cure, candidates) {
        bool good = cure_is_promising(goal, base, needed, cure) && cure_holds(goal, cure);
        if (good && (best == NULL || cure_compare(cure, best) < 0))
            best = cure;
    }
    assert_int_equal(chosen != NULL, best != NULL);
    if (chosen == NULL)
        return false;
    assert_int_equal(cure_compare(chosen, best), 0);
    assert_is_good(goal, chosen, needed);
    return true;
}

static GArray *refused_flows(const Finding *finding)
{
    GArray *flows = g_array_new(FALSE, FALSE, sizeof(Flow));
    PTR_ARRAY_FOREACH (const Evidence, evidence, finding->evidence) {
        if (evidence->kind == EVIDENCE_FLOW && evidence->way.coverage == COVERAGE_REFUSED)
            g_array_append_val(flows, evidence->way.flow);
    }
    return flows;
}

static void test_random_hosts(G_GNUC_UNUSED void **state)
{
    enum { HOSTS = 400 };
    guint goals = 0, cured = 0;
    for (guint seed = 0; seed < HOSTS; seed += stride(24)) {
        GRand *random = g_rand_new_with_seed(seed);
        g_autofree char *host = random_host(random);
        g_rand_free(random);
        g_autoptr(Snapshot) snapshot = sketch(host);
        g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
        PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
            g_autoptr(GArray) flows = refused_flows(finding);
            if (flows->len == 0 || finding->severity < SEVERITY_WARNING)
                continue;
            const CureGoal goal = {snapshot, NULL, diagnosis, finding, flows};
            goals++;
            cured += check_goal(&goal);
        }
    }
    print_message("%u of %u cured\n", cured, goals);
    assert_true(goals > HOSTS / 2 / stride(24));
    assert_true(cured > goals / 2);
}

static void test_freeing_nothing_is_fine(G_GNUC_UNUSED void **state)
{
    cure_free(NULL);
    action_free(NULL);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_a_renamed_card_keeps_its_zone),
        cmocka_unit_test(test_random_hosts),
        cmocka_unit_test(test_freeing_nothing_is_fine),
    };
    return RUN_CASES(test_report, reports) + cmocka_run_group_tests(others, NULL, NULL);
}
