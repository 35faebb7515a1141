/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/dot-report.h"

#include "reports.h"
#include "rules.h"

/* ---- golden files ---- */

static const ReportCase reports[] = {
    {"list-incident.dot", "incident", NULL, 0},
    {"list-incident-cured.dot", "incident-cured", NULL, 0},
    {"list-k3s-unbound.dot", "hosts/k3s-unbound", NULL, 0},
    {"list-docker.dot", "hosts/docker", NULL, 0},
    {"list-not-root.dot", "hosts/not-root", NULL, 0},
    {"list-docker-rules.dot", "rulesets/docker", NULL, 0},
    {"list-podman-rules.dot", "rulesets/podman", NULL, 0},
    {"list-ufw-rules.dot", "rulesets/ufw", NULL, 0},
    {"list-bond-vlan-trunk.dot", "hosts/bond-vlan-trunk", NULL, 0},
};

static char *render(const Snapshot *snapshot, G_GNUC_UNUSED const char *request,
                    G_GNUC_UNUSED const TextStyle *style)
{
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    return dot_report(snapshot, topology, map);
}

/* ---- pictures ---- */

/* Nothing that a name holds ends a string of Graphviz's, or begins an escape of its or a terminal's. */
static void test_dot_of_hostile_names(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(
        "link 'a\"];evil[label=\"' physical addr 192.0.2.10/24\nlink 'b\\N\\' bridge addr "
        "10.0.0.1/24\n"
        "link '<b>c</b>' dummy\nlink 'e\033[31m' dummy\nzone 'z\"' interfaces eth0\nzone public\n");
    g_autofree char *text = render(snapshot, NULL, NULL);
    assert_non_null(strstr(text, "[label=\"a\\\"];evil[label=\\\"\\n"));
    assert_non_null(strstr(text, "[label=\"b\\\\\\\\N\\\\\\\\\\n"));
    assert_non_null(strstr(text, "[label=\"<b>c</b>\\n"));
    assert_null(strchr(text, '\033'));
}

/* What is made on another link says so, and a line without arrows ties it to that. The lower link of a
 * veth is its peer. */
static void test_dot_of_lower_links(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch("link eth0 physical addr 192.0.2.10/24\n"
                                          "link eth0.7 vlan on eth0 addr 10.7.0.1/24\n"
                                          "link pod veth on eth0\nzone public\n");
    g_autofree char *text = render(snapshot, NULL, NULL);
    assert_non_null(strstr(text, "\\nvlan on eth0\""));
    assert_non_null(strstr(text, "  n1 -> n0 [dir=none"));
    assert_null(strstr(text, "veth on"));
    assert_null(strstr(text, "n2 -> n0 [dir=none"));
}

/* Published ports that go the same way are one line, and only some of them are named. */
static void test_dot_of_published_ports(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot =
        sketch("link up physical addr 192.0.2.2/24\nroute 0.0.0.0/0 dev up via 192.0.2.1\n"
               "link down bridge addr 10.1.0.1/16\nnet 10.1.0.0/16 dev down proto 2\n"
               "net 192.0.2.0/24 dev up proto 2\nrule 4 table 254\nrule 6 table 254\n"
               "firewalld 1.3.3 public\nzone public forward yes interfaces up\n");
    snapshot->routes_complete = TRISTATE_YES;
    snapshot->ruleset = rules_parse("table ip nat\nchain PREROUTING prerouting -100 nat\n"
                                    "proto=6 dport=1 dnat:10.1.0.7\nproto=6 dport=2 dnat:10.1.0.7\n"
                                    "proto=6 dport=3 dnat:10.1.0.7\nproto=6 dport=4 dnat:10.1.0.7\n"
                                    "proto=6 dport=5 dnat:10.1.0.7\n");
    g_autofree char *text = render(snapshot, NULL, NULL);
    if (strstr(text, "published ports 1/tcp, 2/tcp, 3/tcp and 2 more\\naccepted") == NULL)
        fail_msg("no published ports in %s", text);
}

/* Links that look alike are one node from a certain number on. */
static void test_dot_of_many_links(G_GNUC_UNUSED void **state)
{
    g_autoptr(GString) host = g_string_new("link eth0 physical addr 192.0.2.10/24\nzone public\n");
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(host, "link cali%d veth\n", i);
    g_autoptr(Snapshot) snapshot = sketch(host->str);
    g_autofree char *text = render(snapshot, NULL, NULL);
    assert_non_null(strstr(text, "and 996 more"));
    assert_true(strlen(text) < 4000);
}

typedef struct {
    const char *name;
    const char *host; /* a sketch, but for the uplink and its downstream */
    const char *label;
} PictureCase;

static const PictureCase pictures[] = {
    {"a zone refuses", "firewalld 1.3.3 public\nzone public\n", "\"refused by public\""},
    {"a policy refuses what the zone would let pass",
     "firewalld 1.3.3 public\nzone public forward yes interfaces up\n"
     "policy lockdown ingress ANY egress ANY priority -1 target DROP\n",
     "\"refused by policy lockdown\""},
    {"panic mode refuses",
     "firewalld 1.3.3 public panic yes\nzone public forward yes interfaces up\n",
     "\"refused: panic mode\""},
    {"what is in no zone has a box of its own",
     "firewalld 1.3.3 public\nzone public interfaces up\n",
     "label=\"in no zone: caught by the default zone (public)\";\n    style=\"rounded,dashed\";\n"
     "    color=\"#8c959f\";\n    n1 "},
    {"and what a zone binds has another", "firewalld 1.3.3 public\nzone public interfaces up\n",
     "label=\"zone public\";\n    style=\"rounded\";\n    color=\"#8c959f\";\n    n0 "},
    {"an entity is no entity", "firewalld 1.3.3 '&lt;'\nzone '&lt;'\n", "\"refused by &amp;lt;\""},
};

/* What decides is named, not only what filters. */
static void test_picture(void **state)
{
    const PictureCase *test = *state;
    g_autofree char *host = g_strconcat("link up physical addr 192.0.2.2/24\n"
                                        "route 0.0.0.0/0 dev up via 192.0.2.1\n"
                                        "link down bridge addr 10.1.0.1/16\n",
                                        test->host, NULL);
    g_autoptr(Snapshot) snapshot = sketch(host);
    g_autofree char *picture = render(snapshot, NULL, NULL);
    if (strstr(picture, test->label) == NULL)
        fail_msg("%s is not in %s", test->label, picture);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_dot_of_hostile_names),
        cmocka_unit_test(test_dot_of_lower_links),
        cmocka_unit_test(test_dot_of_published_ports),
        cmocka_unit_test(test_dot_of_many_links),
    };
    return RUN_CASES(test_report, reports) + RUN_CASES(test_colour_changes_no_word, reports) +
           RUN_CASES(test_hostile_name, hostile) + RUN_CASES(test_picture, pictures) +
           cmocka_run_group_tests(others, NULL, NULL);
}
