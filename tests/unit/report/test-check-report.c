/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/check-report.h"

#include "model/plan/fixes.h"

#include "reports.h"

/* ---- golden files ---- */

static const ReportCase reports[] = {
    {"check-incident.txt", "incident", NULL, 0},
    {"check-incident.json", "incident", NULL, 0},
    {"check-incident-cured.txt", "incident-cured", NULL, 0},
    {"check-incident-cured.json", "incident-cured", NULL, 0},
    {"check-docker.txt", "hosts/docker", NULL, 0},
    {"check-k3s-unbound.txt", "hosts/k3s-unbound", NULL, 0},
    {"check-k3s-unbound.json", "hosts/k3s-unbound", NULL, 0},
    {"check-not-root.txt", "hosts/not-root", NULL, 0},
    {"check-not-root.json", "hosts/not-root", NULL, 0},
    {"check-wireguard-gateway-without-policy.txt", "hosts/wireguard-gateway-without-policy", NULL,
     0},
};

static char *render(const Snapshot *snapshot, G_GNUC_UNUSED const char *request,
                    const TextStyle *style)
{
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    fixes_suggest(snapshot, diagnosis, NULL);
    const CheckReport report = {.snapshot = snapshot, .diagnosis = diagnosis, .version = "1.2.3"};
    return style != NULL ? check_report_text(&report, style)
                         : document_text(check_report_json(&report));
}

/* ---- the outlook ---- */

typedef struct {
    const char *name;
    const char *before; /* the host as it is */
    const char *after;  /* and as it will be */
    bool worse;
    const char *line;
} OutlookCase;

static const OutlookCase outlooks[] = {
    {"fine, and stays", "incident-cured", "incident-cured", false,
     "A reboot changes nothing: 0 errors now, 0 errors after\n"},
    {"wrong, and stays", "incident", "incident", false,
     "A reboot changes nothing: 1 error now, 1 error after\n"},
    {"cured", "incident", "incident-cured", false,
     "A reboot makes nothing worse: 1 error now, 0 errors after\n"},
    {"broken", "incident-cured", "hosts/k3s-unbound", true,
     "A reboot breaks something: 0 errors now, 3 errors after\n"},
    {"warnings count", "hosts/not-root", "incident", true,
     "A reboot breaks something: 0 errors and 1 warning now, 1 error after\n"},
};

static void test_outlook(void **state)
{
    const OutlookCase *test = *state;
    g_autoptr(Snapshot) now = host_read(test->before);
    g_autoptr(Snapshot) then = host_read(test->after);
    g_autoptr(Diagnosis) before = diagnose(now, NULL);
    g_autoptr(Diagnosis) after = diagnose(then, NULL);
    g_autoptr(GPtrArray) assumes = reload_assumptions_new();
    g_autoptr(ReloadHarm) harm = reload_harm_of(now, then, EVENT_REBOOT);
    const Outlook outlook = {EVENT_REBOOT, test->worse, before, assumes, harm};
    const TextStyle style = {.width = 0};
    const CheckReport report = {.snapshot = then, .diagnosis = after, .outlook = &outlook};
    g_autofree char *text = check_report_text(&report, &style);
    assert_true(g_str_has_prefix(text, test->line));
}

/* A fix is pasted into a shell: there a name has to be one word, and that very name. None is offered for a
 * name that firewalld could not keep. */
static void test_a_fix_is_safe_to_paste(G_GNUC_UNUSED void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(hostile_names); i++) {
        g_autoptr(Snapshot) snapshot = hostile_host("incident", "enp2s0", hostile_names[i]);
        const TextStyle style = {.width = 0};
        g_autofree char *text = render(snapshot, NULL, &style);
        g_autofree char *word = escape_for_shell(hostile_names[i]);
        g_autofree char *command =
            g_strdup_printf("nicfix apply --zone public --interface %s\n", word);
        bool is_offered = strstr(text, command) != NULL;
        assert_int_equal(is_offered, link_name_fits_firewalld(hostile_names[i]));
    }
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_a_fix_is_safe_to_paste),
    };
    return RUN_CASES(test_report, reports) + RUN_CASES(test_colour_changes_no_word, reports) +
           RUN_CASES(test_hostile_name, hostile) + RUN_CASES(test_outlook, outlooks) +
           cmocka_run_group_tests(others, NULL, NULL);
}
