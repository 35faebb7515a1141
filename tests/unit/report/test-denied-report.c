/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What denied shows of a log, word for word: the files tests/unit/golden/denied-*, written anew with
 * NICFIX_UPDATE_GOLDEN=1. */
#include "report/denied-report.h"

#include "observe/flow-question.h"
#include "observe/log/kernel-log.h"

#include "golden.h"
#include "hosts.h"

#define FROM_POD "SRC=10.244.2.2 DST=192.168.150.131 "
#define TO_HOST  "IN=enp2s0 OUT= SRC=192.168.150.131 DST=192.168.150.129 "

static const char *const one_of_each[] = {
    "filter_FWD_public_REJECT: IN=cni0 OUT=enp2s0 " FROM_POD "PROTO=TCP SPT=51670 DPT=8629",
    "filter_FWD_public_REJECT: IN=cni0 OUT=enp2s0 " FROM_POD "PROTO=TCP SPT=51671 DPT=8629",
    "filter_FWD_public_REJECT: IN=cni0 OUT=enp2s0 SRC=10.244.2.3 DST=192.168.150.131 PROTO=TCP "
    "SPT=51671 DPT=8629",
    "filter_FWD_public_REJECT: IN=cni0 OUT=enp2s0 " FROM_POD "PROTO=ICMP TYPE=8 CODE=0",
    "filter_FWD_public_REJECT: IN=cni0 OUT=enp2s0 SRC=fd00::2 DST=fd01::2 PROTO=ICMPv6 TYPE=128 "
    "CODE=0",
    "filter_IN_drop_DROP: " TO_HOST "PROTO=UDP SPT=53 DPT=53",
    "filter_IN_public_REJECT: " TO_HOST "PROTO=TCP SPT=1000 DPT=22",
    "filter_OUT_policy_out_REJECT: IN= OUT=enp2s0 SRC=192.168.150.129 DST=192.168.150.131 "
    "PROTO=TCP "
    "SPT=1000 DPT=25",
    "filter_IN_policy_p_ICMP_BLOCK: " TO_HOST "PROTO=ICMP TYPE=13 CODE=0",
    "FINAL_REJECT: " TO_HOST "PROTO=47",
    "FINAL_REJECT: " TO_HOST "PROTO=47",
    "STATE_INVALID_DROP: " TO_HOST "PROTO=TCP SPT=1 DPT=1",
    "rpfilter_DROP: " TO_HOST "PROTO=TCP SPT=1 DPT=2",
    "RFC3964_IPv4_REJECT: IN= OUT=enp2s0 SRC=2002:a00::1 DST=2002:a00::2 PROTO=TCP SPT=1 DPT=80",
    "another_prefix: " TO_HOST "PROTO=TCP SPT=1 DPT=80",
    NULL,
};

static const char *const incident_only[] = {
    "filter_FWD_public_REJECT: IN=cni0 OUT=enp2s0 " FROM_POD "PROTO=TCP SPT=51670 DPT=8629",
    NULL,
};

static const char *const no_lines[] = {NULL};

typedef struct {
    const char *name; /* of the golden file: with ".json" it is a document, else text */
    const char *host;
    const char *const *lines;
    guint width;
    DeniedSource source;
} DeniedCase;

static const DeniedCase reports[] = {
    {"denied-one-of-each.txt", "incident", one_of_each, 0, {"the journal", "all"}},
    {"denied-one-of-each.json", "incident", one_of_each, 0, {"the journal", "all"}},
    {"denied-incident-60.txt", "incident", incident_only, 60, {"the journal", "off"}},
    {"denied-incident-cured.txt", "incident-cured", incident_only, 0, {"messages", "off", 3, 1}},
    {"denied-nothing.txt", "incident", no_lines, 0, {"the journal", "off"}},
    {"denied-nothing-recorded.txt",
     "incident",
     no_lines,
     0,
     {"the journal", "off", .recorded = true}},
};

/* Counts LINE, logged that many SECONDS after 2026-04-07 06:45:19 UTC. */
static void count_line(Denials *denials, const char *line, guint seconds)
{
    g_auto(LoggedPacket) packet = {0};
    g_auto(LogTime) time = {.usec = (G_GINT64_CONSTANT(1775544319) + seconds) * G_USEC_PER_SEC};
    assert_true(kernel_log_parse(line, strlen(line), &packet));
    denials_add(denials, &packet, &time);
}

static DenialCause cause_of(const Snapshot *snapshot, const Diagnosis *diagnosis, FlowFixes *fixes,
                            const DenialGroup *group)
{
    g_auto(FlowQuestion) question = flow_question_from_packet(&group->packet);
    g_auto(ResolvedFlow) resolved = {0};
    g_autoptr(GError) error = NULL;
    if (!flow_question_resolve(&question, snapshot, NULL, &resolved, &error))
        return (DenialCause){.unknown = g_strdup(error->message)};
    return denial_cause_of(snapshot, diagnosis, &resolved.flow, fixes);
}

static void test_report(void **state)
{
    const DeniedCase *row = *state;
    const TextStyle style = {.width = row->width};
    g_autoptr(Snapshot) snapshot = host_read(row->host);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autoptr(FlowFixes) fixes = flow_fixes_new(snapshot, NULL);
    g_autoptr(Denials) denials = denials_new();
    for (guint i = 0; row->lines[i] != NULL; i++)
        count_line(denials, row->lines[i], i);
    g_autoptr(GPtrArray) groups = denials_sorted(denials);
    g_autoptr(GPtrArray) notes = g_ptr_array_new();
    g_autofree DenialCause *causes = g_new0(DenialCause, groups->len + 1);
    g_autoptr(GString) text = g_string_new(NULL);
    DeniedSource source = row->source;
    source.notes = notes;
    for (guint i = 0; i < groups->len; i++) {
        const DenialGroup *group = g_ptr_array_index(groups, i);
        causes[i] = cause_of(snapshot, diagnosis, fixes, group);
        g_autofree char *shown = denied_report_group_text(group, &causes[i], &style);
        g_string_append(text, shown);
    }
    g_autofree char *end = denied_report_end_text(&source, groups->len, &style);
    g_string_append(text, end);
    g_autofree char *document = document_text(denied_report_json(&source, groups, causes));
    compare_with_golden(row->name, g_str_has_suffix(row->name, ".json") ? document : text->str);
    for (guint i = 0; i < groups->len; i++)
        denial_cause_clear(&causes[i]);
}

/* The largest group of PORTS lines that differ in their port, as it is reported again. */
static char *again_text(guint ports)
{
    const TextStyle style = {0};
    g_autoptr(Denials) denials = denials_new();
    for (guint port = 1; port <= ports; port++) {
        g_autofree char *line =
            g_strdup_printf("filter_IN_public_REJECT: " TO_HOST "PROTO=TCP SPT=1 DPT=%u", port);
        count_line(denials, line, port);
    }
    g_autoptr(GPtrArray) groups = denials_sorted(denials);
    return denied_report_again_text(g_ptr_array_index(groups, 0), &style);
}

static void test_again(void **state)
{
    (void)state;
    g_autofree char *one = again_text(1);
    g_autofree char *many = again_text(60);
    assert_string_equal(one, "06:45:20, 1 new tcp connection to port 1 from enp2s0 to this host, "
                             "rejected by zone public\n");
    assert_string_equal(many, "06:46:19, 10 new tcp connections to many ports from enp2s0 to this "
                              "host, rejected by zone public\n");
}

/* What the kernel traced names the rule, wherever it is. */
static void test_traced(void **state)
{
    (void)state;
    static const struct {
        Denial denial;
        const char *out;
        bool unrouted;
        const char *text;
    } rows[] = {
        {{.kind = DENIAL_BY_OTHERS, .action = DENIAL_DROP, .owner = "Docker", .rule = 17},
         "enp2s0",
         false,
         "from cni0 out through enp2s0, dropped by Docker: rule 17 of chain C of table ip "
         "filter\n"},
        {{.kind = DENIAL_BY_OTHERS, .action = DENIAL_DROP},
         NULL,
         true,
         "from cni0, dropped by the policy of chain C of table ip filter\n"},
        {{.kind = DENIAL_BY_OTHERS, .action = DENIAL_REFUSE, .rule = 3},
         NULL,
         false,
         "from cni0 to this host, dropped or rejected by rule 3 of chain C of table ip filter\n"},
        {{.kind = DENIAL_BY_SETTING, .action = DENIAL_REJECT, .rule = 3, .zone = (char *)"public"},
         "enp2s0",
         false,
         "from cni0 out through enp2s0, rejected by a rich rule or an ICMP block of zone public\n"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const TextStyle style = {0};
        g_auto(LogTime) time = {.usec = G_USEC_PER_SEC};
        g_autoptr(Denials) denials = denials_new();
        LoggedPacket packet = {
            .prefix = (char *)"C",
            .in = (char *)"cni0",
            .out = (char *)rows[i].out,
            .protocol = (char *)"tcp",
            .destination_port = 80,
            .icmp_type = -1,
            .unrouted = rows[i].unrouted,
        };
        g_auto(Denial) denial = rows[i].denial;
        denial.zone = g_strdup(denial.zone);
        denial.table = g_strdup("ip filter");
        g_autofree char *text =
            denied_report_again_text(denials_add_denial(denials, &packet, &denial, &time), &style);
        g_autofree char *wanted =
            g_strconcat("00:00:01, 1 new tcp connection to port 80 ", rows[i].text, NULL);
        assert_string_equal(text, wanted);
    }
}

int main(void)
{
    g_setenv("TZ", "UTC", TRUE);
    const struct CMUnitTest again[] = {
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_traced),
    };
    return RUN_CASES(test_report, reports) +
           cmocka_run_group_tests_name("again", again, NULL, NULL);
}
