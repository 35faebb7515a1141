/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which fix is offered for what, and that each that is offered really cures. */
#include "model/plan/fixes.h"

#include "model/plan/flow-fixes.h"

#include "flows.h"
#include "hosts.h"
#include "requests.h"
#include "rules.h"
#include "stride.h"

#define NODE                                                                                       \
    "link eth0 physical addr 10.1.0.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                  \
    "route 0.0.0.0/0 dev eth0 via 10.1.0.1\n"                                                      \
    "service ssh ports 22/tcp\n"                                                                   \
    "zone public services ssh\nzone work services ssh\nzone trusted target ACCEPT\n"               \
    "zone drop target DROP\nzone docker target ACCEPT\npermanent eth0 -\n"

static char *command_text(char *const *command)
{
    return command != NULL ? g_strjoinv(" ", (char **)command) : g_strdup("none");
}

/* The command where it says what it does; else what is done in the running firewall. */
static char *fix_text(const Fix *fix)
{
    if (fix == NULL)
        return g_strdup("none");
    if (fix->command[0] != NULL && !g_str_equal(fix->command[2], "--finding"))
        return command_text(fix->command);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < fix->actions->len; i++) {
        const Action *action = g_ptr_array_index(fix->actions, i);
        bool is_policy = action->op == ACTION_ADD_POLICY;
        if ((action->scope == SCOPE_RUNTIME) == is_policy)
            continue;
        g_string_append(text, text->len > 0 ? ", " : "");
        g_string_append(text, action_op_word(action->op));
        const char *words[] = {action->interface, action->value, action->from, action->to};
        for (gsize j = 0; j < G_N_ELEMENTS(words); j++) {
            if (words[j] != NULL)
                g_string_append_printf(text, " %s", words[j]);
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- the fix of a finding ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *fixes; /* of all findings: "ID: COMMAND" a line */
    const char *named; /* --uplink, or NULL */
} FixCase;

static const FixCase fixes[] = {
    {"bound", NODE, "uplink-unbound: nicfix apply --zone public --interface eth0\n"},
    {"a warning is fixed, too", NODE "host forwarding4 no\n",
     "uplink-unbound: nicfix apply --zone public --interface eth0\n"},
    {"an info needs no fix", NODE "bind trusted cni0\n", "uplink-unbound: none\n"},
    {"a named uplink stays named",
     NODE "bind public eth0\nlink wan bridge addr 203.0.113.9/24\npermanent wan -\n",
     "uplink-unbound: nicfix apply --zone public --interface wan --uplink wan\n", "wan"},
    {"forward switched on", NODE "change public forward no\n",
     "uplink-unbound: nicfix apply --zone public --interface eth0 --enable-forward\n"},
    {"an uplink follows the downstream, where the zone opens and closes nothing",
     NODE "bind work eth0\n",
     "forward-blocked: nicfix apply --zone public --interface eth0 --move\n"},
    {"a policy where both are bound: nothing is moved", NODE "bind work eth0\nbind public cni0\n",
     "forward-blocked: add-policy nicfix-publi-work public work\n"},
    {"an uplink stays in a zone that refuses on purpose", NODE "bind drop eth0\n",
     "uplink-in-rejecting-zone: bind cni0 public, add-policy nicfix-publi-drop public drop\n"},
    {"an uplink stays in a zone that accepts everything: less is closed",
     NODE "bind trusted eth0\n",
     "forward-blocked: bind cni0 public, add-policy nicfix-publ-trust public trusted\n"},
    {"several zones refuse", NODE "link pods bridge addr 10.9.0.1/24\nbind work pods\n",
     "uplink-unbound: bind eth0 public, add-policy nicfix-work-publi work public\n"},
    {"several zones refuse, one of them the uplink's",
     NODE "link pods bridge addr 10.9.0.1/24\nbind work eth0\nlink more bridge addr 10.8.0.1/24\n"
          "zone home\nbind home more\n",
     "forward-blocked: bind cni0 public, bind pods public, add-policy nicfix-publi-work public "
     "work, add-policy nicfix-home-work home work\n"},
    {"ports of a bridge",
     NODE "bind public eth0\nhost bridge4 yes\nlink a veth in cni0\nlink b veth in cni0\n",
     "forward-blocked: nicfix apply --zone trusted --interface cni0\n"},
    {"an overlay", NODE "bind public eth0\nlink flannel.1 vxlan addr 10.244.2.0/32\n",
     "forward-blocked: add-source 10.244.2.0/24 trusted\n"},
    {"a binding that will not last", NODE "change public interfaces eth0\n",
     "runtime-only-binding: nicfix apply --zone public --interface eth0\n"},
    {"a trusted downstream's binding that will not last",
     NODE "bind public eth0\nchange trusted interfaces cni0\npermanent cni0 -\n",
     "runtime-only-binding: nicfix apply --zone trusted --interface cni0\n"},
    {"a binding that is not in force",
     NODE "bind trusted cni0\nlink x dummy\nbind work eth0\nchange work interfaces x\n",
     "permanent-not-active: nicfix apply --zone work --interface eth0\nuplink-unbound: none\n"},
    {"a profile that will undo the binding",
     NODE "change public interfaces eth0\nmanager eth0 work uuid 1-2\n",
     "manager-zone-mismatch: nicfix apply --zone public --interface eth0 --move\n"},
    {"panic mode, a stale binding, two zones: not by binding",
     NODE "firewalld 1.3.3 public panic yes\nbind public eth0\nchange public interfaces eth0,x\n"
          "permanent y '!public work'\n",
     "panic-mode: none\nzone-conflict: none\nstale-binding: none\n"},
    {"nothing cures a network that a source takes to Docker's zone",
     NODE "bind public eth0\nchange docker target default sources 10.244.0.0/16\n",
     "forward-blocked: none\n"},
    {"what cannot be told has no fix",
     NODE "bind public eth0\nzone hidden unread\nlink lan0 physical addr 10.7.0.1/24\n"
          "bind hidden cni0\nbind work lan0\nchange public masquerade yes\n",
     "need-refused: add-policy nicfix-work-publi work public\nverdict-unknown: "
     "none\nverdict-unknown: none\n"},
    {"many networks, of which the last is in another zone",
     NODE "link a bridge addr 10.9.1.1/24\nlink b bridge addr 10.9.2.1/24\nlink c bridge addr "
          "10.9.3.1/24\nlink d bridge addr 10.9.4.1/24\nlink e bridge addr 10.9.5.1/24\nlink f "
          "bridge addr fd00::1/64,10.9.6.1/24\nbind work f\n",
     "uplink-unbound: bind eth0 public, add-policy nicfix-work-publi work public\n"},
    {"many networks in one zone",
     NODE "link a bridge addr 10.9.1.1/24\nlink b bridge addr 10.9.2.1/24\nlink c bridge addr "
          "10.9.3.1/24\nlink d bridge addr 10.9.4.1/24\nlink e bridge addr 10.9.5.1/24\nlink f "
          "bridge addr fd00::1/64,10.9.6.1/24\n",
     "uplink-unbound: nicfix apply --zone public --interface eth0\n"},
    {"what the permanent configuration binds could not be read",
     "link eth0 physical addr 10.1.0.10/24\nzone public\n", "uplink-unbound: none\n"},
};

static char *fixes_text(const Diagnosis *diagnosis)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        g_autofree char *command = fix_text(finding->fix);
        g_string_append_printf(text, "%s: %s\n", finding_word(finding->id), command);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_fix(void **state)
{
    const FixCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    const char *named[] = {test->named, NULL};
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, &(Declared){.uplinks = named});
    fixes_suggest(snapshot, diagnosis, &(Declared){.uplinks = named});
    g_autofree char *found = fixes_text(diagnosis);
    assert_string_equal(found, test->fixes);
}

/* ---- a fix that is offered cures ---- */

static const Finding *new_error(const Plan *plan)
{
    for (guint i = 0; i < plan->after->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(plan->after->findings, i);
        const Finding *before = diagnosis_find(plan->before, finding);
        if (finding->severity == SEVERITY_ERROR &&
            (before == NULL || before->severity < SEVERITY_ERROR))
            return finding;
    }
    return NULL;
}

static void assert_commands_are_those_of(const Fix *fix, const Plan *plan)
{
    g_autoptr(GString) offered = g_string_new(NULL);
    for (guint i = 0; i < fix->firewall_cmd->len; i++) {
        g_autofree char *line = g_strjoinv(" ", g_ptr_array_index(fix->firewall_cmd, i));
        g_string_append_printf(offered, "%s\n", line);
    }
    g_autofree char *planned = commands_text(plan);
    g_autofree char *actions = actions_text(fix->actions);
    assert_string_equal(offered->str, planned);
    assert_string_equal(actions, planned);
}

/* As if the user had pasted the command. */
static Plan *plan_of_fix(const Snapshot *snapshot, const Finding *finding, const Declared *declared)
{
    if (g_str_equal(finding->fix->command[2], "--finding"))
        return plan_of_actions(snapshot, finding->fix->actions, declared);
    g_auto(RequestWords) words = request_from(finding->fix->command);
    return plan_from_words(snapshot, &words, NULL);
}

static void assert_cures(const Snapshot *snapshot, const Finding *finding, const Declared *declared)
{
    g_autoptr(Plan) plan = plan_of_fix(snapshot, finding, declared);
    if (plan == NULL)
        fail_msg("%s: its fix is refused", finding_word(finding->id));
    const Finding *left = diagnosis_find(plan->after, finding);
    if (left != NULL && left->severity >= finding->severity)
        fail_msg("%s: not cured", finding_word(finding->id));
    const Finding *broken = new_error(plan);
    if (broken != NULL)
        fail_msg("%s: its fix breaks something: %s", finding_word(finding->id),
                 finding_word(broken->id));
    assert_commands_are_those_of(finding->fix, plan);
}

static guint check_all_fixes(const Snapshot *snapshot, const char *const *named)
{
    const Declared declared = {.uplinks = named};
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, &declared);
    fixes_suggest(snapshot, diagnosis, &declared);
    guint offered = 0;
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        if (finding->fix == NULL)
            continue;
        assert_cures(snapshot, finding, &declared);
        offered++;
    }
    return offered;
}

static void test_what_is_offered_cures(void **state)
{
    const FixCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    const char *named[] = {test->named, NULL};
    guint offered = check_all_fixes(snapshot, named);
    assert_int_equal(offered > 0, strstr(test->fixes, ": nicfix") != NULL ||
                                      strstr(test->fixes, ": add") != NULL ||
                                      strstr(test->fixes, ": bind") != NULL);
}

/* Whatever zone the uplink or the downstream of a real host is put in. */
static const char *const changes[] = {
    "host forwarding4 yes",         "change DEFAULT forward no",
    "change DEFAULT target DROP",   "change DEFAULT target %%REJECT%%",
    "change DEFAULT target ACCEPT", "change DEFAULT masquerade yes",
    "firewalld 0.9.11 DEFAULT",     "firewalld 2.4.4 DEFAULT",
    "firewalld 2.5.0 DEFAULT",      "firewalld - DEFAULT",
};

/* CHANGE with the name of the default zone in it (transfer full). */
static char *change_for(const Snapshot *snapshot, const char *change)
{
    g_auto(GStrv) parts = g_strsplit(change, "DEFAULT", 2);
    return g_strjoinv(snapshot->firewalld->default_zone, parts);
}

static void test_what_is_offered_on_real_hosts_cures(G_GNUC_UNUSED void **state)
{
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), "hosts", NULL);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    assert_non_null(folder);
    guint offered = 0, hosts = 0;
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        g_autofree char *stem = g_strndup(name, strlen(name) - strlen(".json"));
        g_autofree char *file = g_build_filename("hosts", stem, NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(changes); i += stride(4), hosts++) {
            g_autoptr(Snapshot) snapshot = host_read(file);
            g_autofree char *change = change_for(snapshot, changes[i]);
            sketch_add(snapshot, change);
            offered += check_all_fixes(snapshot, NULL);
        }
    }
    print_message("%u fixes on %u hosts\n", offered, hosts);
    assert_true(offered > hosts / 4);
}

/* ---- a larger plan where one would not cure ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *request;
    const char *better;
} BetterCase;

static const BetterCase betters[] = {
    {"forward is off", NODE "change public forward no\n", "",
     "nicfix apply --zone public --interface eth0 --enable-forward"},
    {"forward is off, named", NODE "change public forward no\n",
     "--interface eth0 --zone public --runtime-only",
     "nicfix apply --zone public --interface eth0 --enable-forward --runtime-only"},
    {"another zone than the downstream's", NODE, "--zone work",
     "nicfix apply --zone public --interface eth0"},
    {"out of another zone", NODE "bind work eth0\n", "--interface eth0 --zone public",
     "nicfix apply --zone public --interface eth0 --move"},
    {"a zone that can never do", NODE, "--zone drop --interface eth0",
     "nicfix apply --zone public --interface eth0"},
    {"a zone that can never do, with nothing forwarded", NODE "host forwarding4 no\n",
     "--zone drop --interface eth0", "nicfix apply --zone public --interface eth0"},
    {"what lasts only", NODE "lasting zone public services ssh\nlasting zone drop target DROP\n",
     "--zone drop --interface eth0 --permanent-only",
     "nicfix apply --zone public --interface eth0 --permanent-only"},
    {"a link that is not there", NODE, "--interface eth7", "none"},
    {"nothing would do",
     NODE "bind public eth0\nchange docker target default sources 10.244.0.0/16\n",
     "--interface eth0", "none"},
};

static void test_better(void **state)
{
    const BetterCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_auto(RequestWords) words = request_parse(test->request);
    g_autoptr(Plan) plan = plan_new(snapshot, &words.request, NULL);
    assert_null(plan);
    g_auto(GStrv) better = fixes_find_better(snapshot, &words.request);
    g_autofree char *found = command_text(better);
    assert_string_equal(found, test->better);
}

/* A request that names nothing asks about everything. */
static void test_better_for_no_interface_in_particular(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(NODE);
    g_auto(GStrv) better = fixes_find_better(snapshot, &(PlanRequest){.zone = "drop"});
    g_autofree char *found = command_text(better);
    assert_string_equal(found, "nicfix apply --zone public --interface eth0");
}

/* ---- the fix of a flow ---- */

typedef struct {
    const char *name;
    const char *host;
    FlowDirection direction;
    const char *in;
    const char *out;
    const char *fix;
} FlowCase;

static const FlowCase flows[] = {
    {"forwarded by an unbound uplink", NODE, FLOW_FORWARD, "cni0", "eth0",
     "nicfix apply --zone public --interface eth0"},
    {"accepted already", NODE "bind public eth0\n", FLOW_FORWARD, "cni0", "eth0", "none"},
    {"to the pods", NODE, FLOW_FORWARD, "eth0", "cni0",
     "nicfix apply --zone public --interface cni0"},
    {"to the pods, from another zone", NODE "bind work eth0\n", FLOW_FORWARD, "eth0", "cni0",
     "nicfix apply --zone work --interface cni0"},
    {"to the host", NODE "change public target DROP\n", FLOW_INPUT, "eth0", NULL, "none"},
    {"to the host, from nowhere in particular", NODE "change public target DROP\n", FLOW_INPUT,
     NULL, NULL, "none"},
    {"by a link that is not there", NODE, FLOW_FORWARD, "cni0", "eth9", "none"},
    {"by one that is not there", NODE, FLOW_FORWARD, "eth9", "eth0", "none"},
    {"to the host, from a network that leads nowhere else",
     NODE "link stor0 physical addr 10.9.0.9/24\nbind work stor0\n", FLOW_INPUT, "stor0", NULL,
     "add-port 8629/tcp work"},
    {"to the host, from one that is in a zone for outside",
     NODE "link stor0 physical addr 10.9.0.9/24\nbind public stor0\n", FLOW_INPUT, "stor0", NULL,
     "none"},
    {"to the host, from a bridge", NODE "bind work cni0\n", FLOW_INPUT, "cni0", NULL,
     "add-port 8629/tcp work"},
    {"from the host", NODE "firewalld 1.3.3 public panic yes\n", FLOW_OUTPUT, NULL, "eth0", "none"},
    {"where no zone filters", NODE "firewalld 1.3.3 -\n", FLOW_INPUT, "cni0", NULL, "none"},
};

static void test_flow(void **state)
{
    const FlowCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    Flow flow = flow_new(test->direction, FAMILY_IPV4);
    flow.in = test->in;
    flow.out = test->out;
    flow.protocol = PROTOCOL_TCP;
    flow.port = 8629;
    g_autoptr(FlowFixes) known = flow_fixes_new(snapshot, NULL);
    g_autoptr(Judgement) judgement = judgement_of(snapshot, &flow, JUDGE_PACKET);
    g_autofree char *found = fix_text(flow_fixes_find(known, &flow, judgement));
    assert_string_equal(found, test->fix);
}

/* What is forwarded between ends that nothing tells apart has one fix as long as it lets all through, and one search
 * finds it; it is what a search for each would find. */
typedef struct {
    const char *name;
    const char *host;
    const char *flows[2];
    guint searches;
} PairCase;

#define LANS                                                                                       \
    NODE "link lan0 bridge addr 10.7.0.1/24\nlink lan1 bridge addr 10.7.1.1/24\n"                  \
         "link lan2 bridge addr 10.7.2.1/24\nlink lan3 bridge addr 10.7.3.1/24\n"

static const PairCase pairs[] = {
    {"another port",
     NODE,
     {"forward in cni0 out eth0 tcp 80", "forward in cni0 out eth0 tcp 81"},
     1},
    {"another source",
     NODE,
     {"forward in cni0 out eth0 from 10.244.2.2 tcp 80",
      "forward in cni0 out eth0 from 10.244.2.3 tcp 80"},
     1},
    {"another source, of which a rule speaks",
     NODE "change public rich 'rule family=\"ipv4\" source address=\"10.244.2.3\" drop'\n",
     {"forward in cni0 out eth0 from 10.244.2.2 tcp 80",
      "forward in cni0 out eth0 from 10.244.2.3 tcp 80"},
     2},
    {"between others that are alike",
     LANS,
     {"forward in lan0 out lan1 from 10.7.0.2 to 10.7.1.2 tcp 80",
      "forward in lan2 out lan3 from 10.7.2.2 to 10.7.3.2 tcp 443"},
     1},
    {"the other way between others that are alike",
     LANS,
     {"forward in lan0 out lan1 tcp 80", "forward in lan1 out lan0 tcp 80"},
     1},
    {"back where it came from",
     LANS,
     {"forward in lan0 out lan1 tcp 80", "forward in lan2 out lan2 tcp 80"},
     2},
    {"one of them is bound",
     LANS "zone work\nbind work lan3\n",
     {"forward in lan0 out lan1 tcp 80", "forward in lan2 out lan3 tcp 80"},
     2},
    {"the way back",
     NODE,
     {"forward in cni0 out eth0 tcp 80", "forward in eth0 out cni0 tcp 80"},
     2},
    {"services of the host",
     NODE "bind work cni0\n",
     {"input in cni0 tcp 80", "input in cni0 tcp 81"},
     2},
    {"a service of the host from another source",
     NODE "bind work cni0\n",
     {"input in cni0 from 10.244.2.2 tcp 80", "input in cni0 from 10.244.2.3 tcp 80"},
     1},
    {"what the first fix does not let through",
     NODE "change public rich 'rule port port=\"81\" protocol=\"tcp\" drop'\n"
          "policy deny ingress ANY egress ANY priority -1 rich 'rule port port=\"81\" "
          "protocol=\"tcp\" drop'\n",
     {"forward in cni0 out eth0 tcp 80", "forward in cni0 out eth0 tcp 81"},
     2},
    {"nothing lets it through, twice",
     NODE "link eth9 physical addr 203.0.113.9/24\nbind public eth9\n",
     {"input in eth9 tcp 80", "input in eth9 tcp 80"},
     0},
};

static char *fix_of(FlowFixes *known, const Snapshot *snapshot, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    const Flow flow = flow_parse(words);
    g_autoptr(Judgement) judgement = judgement_of(snapshot, &flow, JUDGE_PACKET);
    return fix_text(flow_fixes_find(known, &flow, judgement));
}

static void test_pair(void **state)
{
    const PairCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_autoptr(FlowFixes) known = flow_fixes_new(snapshot, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(test->flows); i++) {
        g_autofree char *found = fix_of(known, snapshot, test->flows[i]);
        g_autoptr(FlowFixes) alone = flow_fixes_new(snapshot, NULL);
        g_autofree char *expected = fix_of(alone, snapshot, test->flows[i]);
        assert_string_equal(found, expected);
    }
    assert_int_equal(flow_fixes_searches(known), test->searches);
}

/* ---- beside what the user and other programs say ---- */

/* The command says again what was declared, or another host would be judged. */
static void test_what_is_declared_stays_declared(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot =
        sketch("link wan0 physical addr 198.51.100.2/24\nlink lan0 physical addr 192.168.1.1/24\n"
               "route 0.0.0.0/0 dev wan0 via 198.51.100.1\nzone public\nzone internal\n"
               "bind public wan0\nbind internal lan0\n");
    const char *up[] = {"wan0", NULL}, *down[] = {"lan0", NULL};
    const Declared declared = {.uplinks = up, .downstreams = down};
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, &declared);
    fixes_suggest(snapshot, diagnosis, &declared);
    const Finding *finding = g_ptr_array_index(diagnosis->findings, 0);
    assert_non_null(finding->fix);
    g_autofree char *command = command_text(finding->fix->command);
    assert_string_equal(command,
                        "nicfix apply --finding need-refused --interface lan0 --uplink wan0 "
                        "--downstream lan0");
}

/* What firewalld refuses is cured although another program's rule is left, of which another finding
 * speaks. */
static void test_firewallds_share_is_cured_alone(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(NODE);
    snapshot->firewalld_predicted = true;
    snapshot->ruleset = rules_parse("table ip f\nchain c forward 0\niif=cni0 drop");
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    fixes_suggest(snapshot, diagnosis, NULL);
    g_autofree char *found = fixes_text(diagnosis);
    assert_string_equal(found, "uplink-unbound: nicfix apply --zone public --interface eth0\n"
                               "refused-elsewhere: none\n");
}

/* ---- many links ---- */

static void test_a_thousand_links_are_not_bound_one_by_one(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(NODE "bind work eth0\n");
    for (int i = 0; i < 1000; i += (int)stride(10)) {
        g_autofree char *link = g_strdup_printf("link cali%d veth", i);
        sketch_add(snapshot, link);
    }
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    fixes_suggest(snapshot, diagnosis, NULL);
    g_autofree char *found = fixes_text(diagnosis);
    assert_string_equal(found,
                        "forward-blocked: nicfix apply --zone public --interface eth0 --move\n");
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_what_is_declared_stays_declared),
        cmocka_unit_test(test_better_for_no_interface_in_particular),
        cmocka_unit_test(test_firewallds_share_is_cured_alone),
        cmocka_unit_test(test_what_is_offered_on_real_hosts_cures),
        cmocka_unit_test(test_a_thousand_links_are_not_bound_one_by_one),
    };
    return RUN_CASES(test_fix, fixes) + RUN_CASES(test_what_is_offered_cures, fixes) +
           RUN_CASES(test_better, betters) + RUN_CASES(test_flow, flows) +
           RUN_CASES(test_pair, pairs) + cmocka_run_group_tests(others, NULL, NULL);
}
