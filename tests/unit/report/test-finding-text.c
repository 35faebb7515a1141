/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each finding says and what it rests on, word for word, and that README, the manual and the
 * schemas have all findings. */
#include "report/finding-text.h"

#include "model/foreach.h"
#include "report/finding-evidence.h"

#include "hosts.h"

#include <string.h>

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink pods bridge addr 10.1.0.1/24\n"                   \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\n"
#define UPLINK  "- eth0 is an uplink: default route via 192.0.2.1 in table main\n"
#define UNBOUND UPLINK "- zone public (catch-all: no zone binds eth0) filters eth0\n"

typedef struct {
    const char *name;
    const char *host;
    FindingId id;
    const char *text; /* the message, and the evidence as a list */
} TextCase;

static const TextCase texts[] = {
    {"panic mode", "firewalld 1.3.3 public panic yes\n", FINDING_PANIC_MODE,
     "firewalld is in panic mode and drops all traffic, even of established connections\n"
     "- queryPanicMode answered \"yes\"\n- run firewall-cmd --panic-off\n"},
    {"panic mode that could not be read", "firewalld 1.3.3 public panic ?\n",
     FINDING_VERDICT_UNKNOWN,
     "cannot tell whether firewalld is in panic mode and drops all traffic\n"
     "- queryPanicMode did not answer\n"},
    {"an uplink in no zone", NODE, FINDING_UPLINK_UNBOUND,
     "eth0 is in no zone, and new connections from pods out through eth0 are rejected\n" UNBOUND
     "- a new connection from pods out through eth0 is rejected: REASON\n"},
    {"an uplink in no zone, and many links",
     NODE "link a bridge addr 10.2.0.1/24\nlink b bridge addr 10.3.0.1/24\n"
          "link c bridge addr 10.4.0.1/24\nlink d bridge addr 10.5.0.1/24\n"
          "link e bridge addr 10.6.0.1/24\nlink f bridge addr 10.7.0.1/24\n"
          "link g bridge addr 10.8.0.1/24\n",
     FINDING_UPLINK_UNBOUND,
     "eth0 is in no zone, and new connections from pods, a, b, c, d, e and 2 more out through eth0 "
     "are rejected\n" UNBOUND "- a new connection from pods out through eth0 is rejected: REASON\n"
     "- a new connection from a out through eth0 is rejected: REASON\n"
     "- a new connection from b out through eth0 is rejected: REASON\n"
     "- a new connection from c out through eth0 is rejected: REASON\n"
     "- a new connection from d out through eth0 is rejected: REASON\n"
     "- a new connection from e out through eth0 is rejected: REASON\n"},
    {"an uplink in no zone, and nothing forwarded",
     "link eth0 physical addr 192.0.2.10/24\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\n",
     FINDING_UPLINK_UNBOUND,
     "eth0 is in no zone: only the catch-all of the default zone public filters it, and nothing is "
     "forwarded out through it yet\n" UNBOUND},
    {"an uplink in no zone, and accepted", NODE "zone trusted target ACCEPT interfaces pods\n",
     FINDING_UPLINK_UNBOUND,
     "eth0 is in no zone, but all new connections out through it are accepted for other "
     "reasons\n" UNBOUND},
    {"an uplink in no zone, and it depends",
     NODE "zone trusted target ACCEPT sources 10.1.0.0/25\n", FINDING_UPLINK_UNBOUND,
     "eth0 is in no zone, and nicfix cannot tell whether new connections out through it are "
     "accepted\n" UNBOUND "- a new connection from pods out through eth0 may be refused: REASON\n"},
    {"it depends on the flow", NODE "zone trusted target ACCEPT sources 10.1.0.0/25\n",
     FINDING_VERDICT_UNKNOWN,
     "cannot tell whether new connections from pods out through eth0 are accepted: it depends on "
     "the flow or on what could not be read\n" UNBOUND
     "- a new connection from pods out through eth0 may be refused: REASON\n"},
    {"a zone that could not be read",
     "link eth0 physical addr 192.0.2.10/24\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\n"
     "zone mine unread\nbind mine eth0\n",
     FINDING_VERDICT_UNKNOWN,
     "cannot tell whether zone mine accepts new connections out through eth0: its settings could "
     "not be read\n" UPLINK "- zone mine (interface eth0) filters eth0\n"},
    {"a zone that drops",
     "link eth0 physical addr 192.0.2.10/24\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\n"
     "zone drop target DROP\nbind drop eth0\n",
     FINDING_UPLINK_IN_REJECTING_ZONE,
     "eth0 is in zone drop, which drops all new connections\n" UPLINK
     "- zone drop (interface eth0) filters eth0\n"},
    {"a zone that drops, and what is forwarded",
     NODE "zone drop target DROP\nbind drop eth0\nbind public pods\n",
     FINDING_UPLINK_IN_REJECTING_ZONE,
     "eth0 is in zone drop, but new connections from pods out through eth0 are rejected\n" UPLINK
     "- zone drop (interface eth0) filters eth0\n"
     "- a new connection from pods out through eth0 is rejected: REASON\n"},
    {"a bridge whose ports cannot reach one another",
     NODE "host bridge4 yes\nlink a veth in pods\nlink b veth in pods\n", FINDING_FORWARD_BLOCKED,
     "new connections between the ports of bridge pods are rejected: br_netfilter passes them to "
     "the firewall as coming in on pods and going out through it\n"
     "- net.bridge.bridge-nf-call-iptables or -ip6tables, or the bridge's own nf_call_iptables, is "
     "on\n- a new connection from pods out through pods is rejected: REASON\n"},
    {"an overlay", "link pods bridge addr 10.1.0.1/24\nlink flannel.1 vxlan addr 10.1.0.0/32\n",
     FINDING_FORWARD_BLOCKED,
     "flannel.1 leads to the network of pods on other hosts, but new connections from pods out "
     "through flannel.1 are rejected\n- flannel.1 has an address in the network of pods\n"
     "- a new connection from pods out through flannel.1 is rejected: REASON\n"},

    /* Bindings. */
    {"a name that no link has", "change public interfaces ppp0\n", FINDING_STALE_BINDING,
     "zone public has interface ppp0, which does not exist\n"
     "- zone public lists interface ppp0 (getActiveZones)\n"
     "- run firewall-cmd --zone=public --remove-interface=ppp0\n"
     "- run firewall-cmd --permanent --zone=public --remove-interface=ppp0\n"},
    {"an alternative name", "link eth0 physical alt enp1s0\nchange public interfaces enp1s0\n",
     FINDING_STALE_BINDING,
     "zone public has interface enp1s0, which is only an alternative name of eth0: firewalld does "
     "not know alternative names\n"
     "- zone public lists interface enp1s0 (getActiveZones)\n"
     "- run firewall-cmd --zone=public --remove-interface=enp1s0\n"
     "- run firewall-cmd --permanent --zone=public --remove-interface=enp1s0\n"},
    {"in the running firewall only",
     "link eth0 physical\nchange public interfaces eth0\npermanent eth0 -\n",
     FINDING_RUNTIME_ONLY_BINDING,
     "eth0 is in zone public in the running firewall only: the next reload or restart of firewalld "
     "undoes it\n"
     "- eth0 is in no zone in the permanent configuration (config.getZoneOfInterface)\n"},
    {"in the running firewall only, which a reload keeps",
     "firewalld 1.3.3 public flush no\nlink eth0 physical\nchange public interfaces eth0\n"
     "permanent eth0 -\n",
     FINDING_RUNTIME_ONLY_BINDING,
     "eth0 is in zone public in the running firewall only: the next restart of firewalld undoes "
     "it\n"
     "- eth0 is in no zone in the permanent configuration (config.getZoneOfInterface)\n"},
    {"elsewhere permanently",
     "link eth0 physical\nchange public interfaces eth0\npermanent eth0 work\n",
     FINDING_PERMANENT_NOT_ACTIVE,
     "eth0 is in zone work in the permanent configuration, but in zone public in the running "
     "firewall\n- config.getZoneOfInterface answered \"work\"\n"},
    {"permanently only", "link eth0 physical\npermanent eth0 work\n", FINDING_PERMANENT_NOT_ACTIVE,
     "eth0 is in zone work in the permanent configuration, but in no zone in the running "
     "firewall\n- config.getZoneOfInterface answered \"work\"\n"},
    {"two zones permanently", "link eth0 physical\npermanent eth0 '!public work  (ERROR: ...)'\n",
     FINDING_ZONE_CONFLICT,
     "the permanent configuration binds eth0 in more than one zone: the next reload will fail\n"
     "- config.getZoneOfInterface answered \"public work  (ERROR: ...)\"\n"},
    {"the permanent configuration is broken", "fault 'INVALID_ZONE: bad'\n", FINDING_ZONE_CONFLICT,
     "the permanent configuration is broken: the next reload or restart of firewalld will fail\n"
     "- checkPermanentConfig answered \"INVALID_ZONE: bad\"\n"},
    {"the profile has another zone",
     "link eth0 physical\nchange public interfaces eth0\nzone work\nmanager eth0 work\n",
     FINDING_MANAGER_ZONE_MISMATCH,
     "eth0 is in zone public, but NetworkManager's profile will put it in zone work at its next "
     "activation\n- connection.zone of the profile Wired connection 1 is work\n"},
    {"the profile has a zone that firewalld does not have",
     "link eth0 physical\nmanager eth0 werk\n", FINDING_MANAGER_ZONE_MISMATCH,
     "NetworkManager's profile puts eth0 in zone werk, which firewalld does not have: it will be "
     "in "
     "no zone\n- connection.zone of the profile Wired connection 1 is werk\n"
     "- firewalld has no zone werk (getZones)\n"},
    {"the profile has no zone", "link eth0 physical\nzone work interfaces eth0\nmanager eth0 -\n",
     FINDING_MANAGER_ZONE_MISMATCH,
     "eth0 is in zone work, but NetworkManager's profile will put it in zone public at its next "
     "activation\n- connection.zone of the profile Wired connection 1 is not set, which means the "
     "default zone\n"},
};

/* The reason of a verdict is tested with the verdicts. */
static char *without_reason(const char *sentence)
{
    g_autoptr(GRegex) reason = g_regex_new("^(a new connection [^:]*: ).*", 0, 0, NULL);
    return g_regex_replace(reason, sentence, -1, 0, "\\1REASON", 0, NULL);
}

static char *text_of(const Finding *finding)
{
    g_autofree char *message = finding_message(finding);
    g_auto(GStrv) evidence = finding_evidence(finding);
    GString *text = g_string_new(message);
    g_string_append_c(text, '\n');
    STRV_FOREACH (sentence, evidence) {
        g_autofree char *line = without_reason(*sentence);
        g_string_append_printf(text, "- %s\n", line);
    }
    return g_string_free(text, FALSE);
}

static void test_text(void **state)
{
    const TextCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch("zone public services ssh\n");
    sketch_add(snapshot, test->host);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        if (finding->id != test->id)
            continue;
        g_autofree char *text = text_of(finding);
        assert_string_equal(text, test->text);
        return;
    }
    fail_msg("no %s", finding_word(test->id));
}

/* ---- why a link is an uplink ---- */

#define ETH0     "link eth0 physical addr 192.168.1.10/24\n"
#define DEFAULT  "route 0.0.0.0/0 dev eth0 via 192.168.1.1\n"
#define DEFAULT6 "route ::/0 dev eth0 via fe80::1\n"

typedef struct {
    const char *name;
    const char *host;
    const char *reason; /* of the first link */
    const char *named;
} ReasonCase;

static const ReasonCase reasons[] = {
    {"by default route", ETH0 DEFAULT, "default route via 192.168.1.1 in table main"},
    {"of IPv6", "link eth0 veth\n" DEFAULT6, "IPv6 default route via fe80::1 in table main"},
    {"without gateway", "link ppp0 ppp\nroute 0.0.0.0/0 dev ppp0 table 253\n",
     "default route in table default"},
    {"by a half",
     "link a tun\nroute 0.0.0.0/1 dev a table 9\nroute 128.0.0.0/1 dev a table 9\n"
     "rule 4 table 9\n",
     "route to all of 0.0.0.0/1 in table 9"},
    {"by a route of IPv4 over a router of IPv6", "link a veth\nroute 0.0.0.0/0 dev a via fe80::7\n",
     "default route via fe80::7 in table main"},
    {"on hardware", ETH0, "hardware that is up and has a global address"},
    {"named, which is told before the route", ETH0 DEFAULT, "named by --uplink", "eth0"},
};

static void test_reason(void **state)
{
    const ReasonCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    const char *named[] = {test->named, NULL};
    g_autoptr(Topology) topology = topology_new(snapshot, &(Declared){.uplinks = named});
    const Link *link = g_ptr_array_index(snapshot->links, 0);
    g_autofree char *reason = uplink_reason_text(topology_uplink_reason(topology, link));
    assert_string_equal(reason, test->reason);
}

/* ---- the pages that list all findings ---- */

static const struct {
    const char *name; /* of the file */
    const char *form; /* how it names a finding */
} pages[] = {
    {"README.md", "| `%s` |"},
    {"docs/nicfix.8.in", ".It Sy %s\n"},
    {"docs/schema/nicfix.check-1.schema.json", "\"%s\""},
    {"docs/schema/nicfix.apply-1.schema.json", "\"%s\""},
    {"docs/schema/nicfix.report-1.schema.json", "\"%s\""},
};

static void test_page(void **state)
{
    const char *const *page = *state;
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), "../../..", page[0], NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) around = g_strsplit(page[1], "%s", 2);
    for (FindingId id = FINDING_PANIC_MODE; id <= FINDING_LAST; id++) {
        g_autofree char *entry = g_strconcat(around[0], finding_word(id), around[1], NULL);
        if (strstr(text, entry) == NULL)
            fail_msg("%s does not have %s", page[0], entry);
    }
}

/* The worst severity of a finding comes first in its rule: "an error where ..., a warning where ..." */
static const char *first_severity(FindingId id)
{
    static const char *const words[] = {"error", "warning", "note"};
    const char *rule = finding_entry(id)->severity;
    const char *first = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        const char *found = strstr(rule, words[i]);
        if (found != NULL && (first == NULL || found < strstr(rule, first)))
            first = words[i];
    }
    return first;
}

/* What of TEXT is between START and END (transfer full). */
static char *part_of(const char *text, const char *start, const char *end)
{
    const char *begin = strstr(text, start);
    const char *stop = begin != NULL ? strstr(begin + strlen(start), end) : NULL;
    if (begin != NULL && stop == NULL)
        stop = begin + strlen(begin);
    if (stop == NULL)
        fail_msg("nothing from %s to %s", start, end);
    return g_strndup(begin, (gsize)(stop - begin));
}

static char *page_text(const char *name)
{
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), "../../..", name, NULL);
    char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* The table at the head of the manual's section has a cause and a cure of each finding. Each row is one
 * line of 80 columns: the indent, an id of 24, and these two. */
static void test_manual_table(G_GNUC_UNUSED void **state)
{
    enum { CAUSE_MAX = 24, CURE_MAX = 23 };
    g_autofree char *manual = page_text("docs/nicfix.8.in");
    g_autofree char *table = part_of(manual, ".Ss Findings\n.Bl -column", "\n.El\n");
    for (FindingId id = FINDING_PANIC_MODE; id <= FINDING_LAST; id++) {
        g_autofree char *start = g_strdup_printf("\n.It Sy %s Ta ", finding_word(id));
        g_autofree char *row = part_of(table, start, "\n");
        g_auto(GStrv) cells = g_strsplit(row, " Ta ", -1);
        assert_int_equal(g_strv_length(cells), 3);
        assert_in_range(strlen(cells[1]), 1, CAUSE_MAX);
        assert_in_range(strlen(cells[2]), 1, CURE_MAX);
    }
}

static void test_severities(void **state)
{
    (void)state;
    g_autofree char *readme = page_text("README.md");
    g_autofree char *manual = page_text("docs/nicfix.8.in");
    for (FindingId id = FINDING_PANIC_MODE; id <= FINDING_LAST; id++) {
        g_autofree char *row_start = g_strdup_printf("| `%s` |", finding_word(id));
        g_autofree char *row = part_of(readme, row_start, " |\n");
        const char *cell = strrchr(row, '|') + 2;
        g_autofree char *item_start = g_strdup_printf(".It Sy %s\n", finding_word(id));
        g_autofree char *item = part_of(manual, item_start, "\n.It ");
        g_autofree char *sentence = g_strdup_printf(" %s", first_severity(id));
        if (!g_str_has_prefix(cell, first_severity(id)))
            fail_msg("README.md: %s is %s, not %s", finding_word(id), first_severity(id), cell);
        if (strstr(item, sentence) == NULL)
            fail_msg("docs/nicfix.8.in: %s is %s", finding_word(id), first_severity(id));
    }
}

int main(void)
{
    const struct CMUnitTest severities[] = {cmocka_unit_test(test_severities),
                                            cmocka_unit_test(test_manual_table)};
    return RUN_CASES(test_text, texts) + RUN_CASES(test_reason, reasons) +
           RUN_CASES(test_page, pages) + cmocka_run_group_tests(severities, NULL, NULL);
}
