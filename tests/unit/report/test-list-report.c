/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/list-report.h"

#include "reports.h"

/* ---- golden files ---- */

static const ReportCase reports[] = {
    {"list-incident.txt", "incident", NULL, 0},
    {"list-incident-100.txt", "incident", NULL, 100},
    {"list-incident-60.txt", "incident", NULL, 60},
    {"list-incident-20.txt", "incident", NULL, 20},
    {"list-incident.json", "incident", NULL, 0},
    {"list-bond-vlan-trunk-100.txt", "hosts/bond-vlan-trunk", NULL, 100},
    {"list-calico-wildcard.txt", "hosts/calico-wildcard", NULL, 0},
    {"list-calico-wildcard.json", "hosts/calico-wildcard", NULL, 0},
    {"list-not-root.txt", "hosts/not-root", NULL, 0},
    {"list-vrf-management.txt", "hosts/vrf-management", NULL, 0},
};

static char *render(const Snapshot *snapshot, G_GNUC_UNUSED const char *request,
                    const TextStyle *style)
{
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    const ListReport report = {
        .snapshot = snapshot,
        .topology = topology,
        .links = snapshot->links,
        .zones = snapshot->firewalld->zones,
    };
    return style != NULL ? list_report_text(&report, style)
                         : document_text(list_report_json(&report));
}

/* ---- width ---- */

static void test_lists_fit_the_terminal(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = host_read("hosts/calico-wildcard");
    for (guint width = 1; width < 140; width++) {
        const TextStyle style = {.width = width};
        g_autofree char *text = render(snapshot, NULL, &style);
        assert_lines_fit(text, width);
    }
}

static void test_hostile_names_fit(void **state)
{
    const HostileCase *test = *state;
    for (gsize i = 0; i < G_N_ELEMENTS(hostile_names); i++) {
        g_autoptr(Snapshot) snapshot = hostile_host(test->host, test->word, hostile_names[i]);
        for (guint width = 40; width <= 80 && snapshot->unread->len == 0; width += 40) {
            const TextStyle style = {.width = width};
            g_autofree char *text = render(snapshot, NULL, &style);
            assert_lines_fit(text, width);
        }
    }
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_lists_fit_the_terminal),
    };
    return RUN_CASES(test_report, reports) + RUN_CASES(test_colour_changes_no_word, reports) +
           RUN_CASES(test_hostile_name, hostile) + RUN_CASES(test_hostile_names_fit, hostile) +
           cmocka_run_group_tests(others, NULL, NULL);
}
