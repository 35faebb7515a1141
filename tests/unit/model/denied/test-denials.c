/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the prefixes of firewalld's log lines say, and the counting of denials into groups. */
#include "cases.h"

#include "model/denied/denials.h"
#include "report/judgement-text.h"
#include "rules.h"

/* ---- prefixes ---- */

typedef struct {
    const char *name;
    const char *prefix;
    const char *text; /* kind, action, zone and policy; NULL: it is none of firewalld's */
} PrefixCase;

static const PrefixCase prefixes[] = {
    {"a zone rejects what is forwarded", "filter_FWD_public_REJECT", "0 reject public -"},
    {"a zone drops what comes in", "filter_IN_drop_DROP", "0 drop drop -"},
    {"a zone with underscores", "filter_IN_my_own_zone_REJECT", "0 reject my_own_zone -"},
    {"a policy", "filter_FWD_policy_pods_REJECT", "1 reject - pods"},
    {"a policy for what the host sends", "filter_OUT_policy_out_DROP", "1 drop - out"},
    {"an ICMP block of a zone", "filter_IN_public_ICMP_BLOCK", "2 reject public -"},
    {"an ICMP block of a policy", "filter_IN_policy_p_ICMP_BLOCK", "2 reject - p"},
    {"iptables, 0.9", "FWDI_public_REJECT", "0 reject public -"},
    {"iptables, what goes out", "FWDO_work_DROP", "0 drop work -"},
    {"an unknown connection", "STATE_INVALID_DROP", "3 drop - -"},
    {"the end", "FINAL_REJECT", "4 reject - -"},
    {"the reverse path", "rpfilter_DROP", "5 drop - -"},
    {"6to4", "RFC3964_IPv4_REJECT", "6 reject - -"},
    {"a rich rule's own prefix", "ssh_attempt", NULL},
    {"another program's", "UFW BLOCK", NULL},
    {"no zone", "filter_IN__REJECT", NULL},
    {"no name at all", "filter_IN_REJECT", NULL},
    {"no ending", "filter_IN_public", NULL},
    {"nothing", "", NULL},
};

static void test_prefix(void **state)
{
    const PrefixCase *row = *state;
    g_auto(Denial) denial = {0};
    bool parsed = denial_parse(row->prefix, &denial);
    assert_int_equal(parsed, row->text != NULL);
    if (!parsed)
        return;
    g_autofree char *text = g_strdup_printf(
        "%d %s %s %s", (int)denial.kind, denial_action_word(denial.action),
        denial.zone != NULL ? denial.zone : "-", denial.policy != NULL ? denial.policy : "-");
    assert_string_equal(text, row->text);
}

/* ---- groups ---- */

static LoggedPacket packet_of(const char *prefix, const char *in, const char *out,
                              const char *protocol, int port)
{
    return (LoggedPacket){
        .prefix = g_strdup(prefix),
        .in = g_strdup(in),
        .out = g_strdup(out),
        .source = g_strdup("10.244.2.2"),
        .destination = g_strdup("192.0.2.1"),
        .protocol = g_strdup(protocol),
        .source_port = -1,
        .destination_port = port,
        .icmp_type = -1,
        .icmp_code = -1,
    };
}

static DenialGroup *add(Denials *denials, const char *prefix, int port, const char *source,
                        gint64 usec)
{
    g_auto(LoggedPacket) packet = packet_of(prefix, "cni0", "eth0", "tcp", port);
    g_free(packet.source);
    packet.source = g_strdup(source);
    g_auto(LogTime) time = {.usec = usec, .text = g_strdup("then")};
    return denials_add(denials, &packet, &time);
}

static void test_groups(void **state)
{
    (void)state;
    g_autoptr(Denials) denials = denials_new();
    DenialGroup *group = add(denials, "filter_FWD_public_REJECT", 80, "10.0.0.1", 5);
    assert_ptr_equal(add(denials, "filter_FWD_public_REJECT", 80, "10.0.0.2", 7), group);
    assert_ptr_equal(add(denials, "filter_FWD_public_REJECT", 80, "10.0.0.1", 9), group);
    assert_ptr_not_equal(add(denials, "filter_FWD_public_REJECT", 81, "10.0.0.1", 9), group);
    assert_ptr_not_equal(add(denials, "filter_FWD_work_REJECT", 80, "10.0.0.1", 9), group);
    assert_null(add(denials, "my_own_prefix", 80, "10.0.0.1", 9));
    assert_int_equal(group->count, 3);
    assert_int_equal(group->first.usec, 5);
    assert_int_equal(group->last.usec, 9);
    assert_int_equal(group->sources->len, 2);
    g_autoptr(GPtrArray) sorted = denials_sorted(denials);
    assert_int_equal(sorted->len, 3);
    assert_ptr_equal(g_ptr_array_index(sorted, 0), group);
    assert_int_equal(denials_left_off(denials), 0);
}

/* Groups of one size have an order of their own, whatever the order of the log. */
static void test_order(void **state)
{
    (void)state;
    g_autoptr(Denials) denials = denials_new();
    const DenialGroup *last = add(denials, "filter_FWD_work_REJECT", 80, "10.0.0.1", 1);
    const DenialGroup *second = add(denials, "filter_FWD_public_REJECT", 81, "10.0.0.1", 2);
    const DenialGroup *first = add(denials, "filter_FWD_public_REJECT", 80, "10.0.0.1", 3);
    g_autoptr(GPtrArray) sorted = denials_sorted(denials);
    assert_ptr_equal(g_ptr_array_index(sorted, 0), first);
    assert_ptr_equal(g_ptr_array_index(sorted, 1), second);
    assert_ptr_equal(g_ptr_array_index(sorted, 2), last);
}

/* A scan of ports is one group, after some that are their own. */
static void test_many_ports(void **state)
{
    (void)state;
    g_autoptr(Denials) denials = denials_new();
    for (int port = 1; port <= 60000; port++)
        assert_non_null(add(denials, "filter_FWD_public_REJECT", port, "10.0.0.1", 1));
    g_autoptr(GPtrArray) sorted = denials_sorted(denials);
    assert_true(sorted->len < 100);
    const DenialGroup *most = g_ptr_array_index(sorted, 0);
    assert_true(most->any_port);
    assert_true(most->count > 59000);
}

static void test_many_sources(void **state)
{
    (void)state;
    g_autoptr(Denials) denials = denials_new();
    DenialGroup *group = NULL;
    for (int i = 0; i < 1000; i++) {
        g_autofree char *source = g_strdup_printf("10.0.%d.%d", i / 250, i % 250);
        group = add(denials, "filter_FWD_public_REJECT", 80, source, 1);
    }
    assert_true(group->sources->len < 20);
    assert_true(group->more_sources);
    assert_int_equal(group->count, 1000);
}

/* A log can name any number of zones and links. */
static void test_many_groups(void **state)
{
    (void)state;
    g_autoptr(Denials) denials = denials_new();
    const guint lines = 5000;
    for (guint i = 0; i < lines; i++) {
        g_autofree char *prefix = g_strdup_printf("filter_FWD_zone%u_REJECT", i);
        add(denials, prefix, 80, "10.0.0.1", 1);
    }
    g_autoptr(GPtrArray) sorted = denials_sorted(denials);
    assert_true(sorted->len <= 1000);
    assert_int_equal(sorted->len + denials_left_off(denials), lines);
}

/* Whatever a line leaves out counts, too: ARP has no protocol, and a bridge logs no source. */
static void test_what_a_line_leaves_out(G_GNUC_UNUSED void **state)
{
    const LogTime time = {.usec = 1};
    g_autoptr(Denials) denials = denials_new();
    const LoggedPacket bare = {.prefix = (char *)"filter_IN_public_REJECT", .destination_port = -1};
    const LoggedPacket unnamed = {.destination_port = -1};
    DenialGroup *group = denials_add(denials, &bare, &time);
    assert_non_null(group);
    assert_ptr_equal(denials_add(denials, &bare, &time), group);
    assert_int_equal(group->count, 2);
    assert_int_equal(group->sources->len, 0);
    assert_null(denials_add(denials, &unnamed, &time));
    assert_int_equal(denials_left_off(denials), 0);
}

static void test_freeing_nothing_is_fine(G_GNUC_UNUSED void **state)
{
    denials_free(NULL);
}

/* ---- causes ---- */

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                 \
    "link veth0 veth in cni0\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\n"               \
    "permanent eth0 -\n"

typedef struct {
    const char *name;
    const char *host;
    const char *text; /* verdict, finding and whether there is a fix */
    FlowDirection direction;
    const char *rules; /* of other programs; NULL: they were not read */
} CauseCase;

static const CauseCase causes[] = {
    {"the incident", NODE, "reject uplink-unbound fix", FLOW_FORWARD},
    {"it is cured", NODE "bind public eth0\n", "accept - -", FLOW_FORWARD},
    {"panic", NODE "firewalld 1.3.3 public panic yes\n", "drop panic-mode -", FLOW_FORWARD},
    {"an uplink that refuses on purpose", NODE "zone drop target DROP\nbind drop eth0\n",
     "reject uplink-in-rejecting-zone fix", FLOW_FORWARD},
    {"what is only a note is no cause",
     "host forwarding4 no\n" NODE "zone drop target DROP\nbind drop eth0\n", "reject - fix",
     FLOW_FORWARD},
    {"a pair of zones", NODE "zone work\nbind work eth0\n", "reject forward-blocked fix",
     FLOW_FORWARD},
    {"the way out is not the way in", NODE, "reject - fix", FLOW_INPUT},
    {"of two uplinks the other one",
     NODE "bind public eth0\nlink eth1 physical addr 198.51.100.9/24\nroute 0.0.0.0/0 dev eth1 via "
          "198.51.100.1 table 7\nrule 4 table 7\npermanent eth1 -\nchange public forward no\n",
     "reject forward-blocked fix", FLOW_FORWARD},
    {"what another program drops", NODE "bind public eth0\n", "drop refused-elsewhere -",
     FLOW_FORWARD, "table ip f\nchain c forward 0\niif=cni0 drop"},
    {"of what another program drops firewalld's findings say nothing", NODE,
     "drop refused-elsewhere -", FLOW_FORWARD, "table ip f\nchain c forward 0\niif=cni0 drop"},
};

static void test_cause(void **state)
{
    const CauseCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    snapshot->firewalld_predicted = true;
    snapshot->ruleset = row->rules != NULL ? rules_parse(row->rules) : NULL;
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    Flow flow = flow_new(row->direction, FAMILY_IPV4);
    flow.in = "cni0";
    flow.out = row->direction == FLOW_FORWARD ? "eth0" : NULL;
    flow.protocol = PROTOCOL_TCP;
    flow.port = 8629;
    g_autoptr(FlowFixes) fixes = flow_fixes_new(snapshot, NULL);
    g_auto(DenialCause) cause = denial_cause_of(snapshot, diagnosis, &flow, fixes);
    g_autofree char *text =
        g_strdup_printf("%s %s %s", judgement_word(cause.judgement),
                        cause.finding != NULL ? finding_word(cause.finding->id) : "-",
                        cause.fix != NULL ? "fix" : "-");
    assert_string_equal(text, row->text);
}

int main(void)
{
    const struct CMUnitTest groups[] = {
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_many_ports),
        cmocka_unit_test(test_many_sources),
        cmocka_unit_test(test_many_groups),
        cmocka_unit_test(test_what_a_line_leaves_out),
        cmocka_unit_test(test_freeing_nothing_is_fine),
    };
    return RUN_CASES(test_prefix, prefixes) + RUN_CASES(test_cause, causes) +
           cmocka_run_group_tests_name("groups", groups, NULL, NULL);
}
