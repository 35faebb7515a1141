/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a reload undoes. */
#include "cases.h"

#include "model/foreach.h"
#include "model/plan/reload-losses.h"
#include "rules.h"

typedef struct {
    const char *name;
    const char *host;
    const char *losses;
} LossCase;

static const LossCase cases[] = {
    {"nothing", "zone public services ssh\nlasting zone public services ssh\n", ""},
    {"a binding", "zone public interfaces eth0\nlasting zone public\n",
     "zone public loses interface eth0\n"},
    {"a binding that comes from a profile",
     "link eth0 physical\nzone public interfaces eth0\nlasting zone public\nmanager eth0 public\n",
     ""},
    {"a binding elsewhere",
     "zone public interfaces eth0\nzone work\nlasting zone public\n"
     "lasting zone work interfaces eth0\n",
     "zone public loses interface eth0\nzone work gets interface eth0\n"},
    {"what a zone lets in",
     "zone public services ssh,http ports 80/tcp,8000-8010/udp sources 10.0.0.0/8 target ACCEPT\n"
     "lasting zone public services ssh\n",
     "zone public loses source 10.0.0.0/8\nzone public loses target ACCEPT\n"
     "zone public loses service http\nzone public loses port 80/tcp\n"
     "zone public loses port 8000-8010/udp\n"},
    {"what a zone no longer lets in", "zone public\nlasting zone public services ssh\n",
     "zone public gets service ssh\n"},
    {"forward and masquerade",
     "zone public forward yes masquerade yes\nlasting zone public forward no\n",
     "zone public loses forward\nzone public loses masquerade\n"},
    {"rich rules", "zone public rich 'rule family=ipv4 accept'\nlasting zone public\n",
     "zone public loses rich-rule rule family=ipv4 accept\n"},
    {"what is left besides",
     "zone public protocols gre icmp-blocks echo-request\nlasting zone public\n",
     "zone public loses protocol gre\nzone public loses icmp-block echo-request\n"},
    {"where a policy stands",
     "zone public\nzone work\npolicy p ingress public egress HOST\nlasting zone public\n"
     "lasting zone work\nlasting policy p ingress work egress HOST priority 5\n",
     "policy p loses ingress-zone public\npolicy p loses priority -1\n"
     "policy p gets ingress-zone work\npolicy p gets priority 5\n"},
    {"a zone that is no longer configured", "zone public\nzone old\nlasting zone public\n",
     "zone old is lost\n"},
    {"a policy",
     "zone public\npolicy p ingress public egress HOST target ACCEPT\nlasting zone public\n"
     "lasting policy p ingress public egress HOST\n",
     "policy p loses target ACCEPT\n"},
    {"a policy that is not configured", "zone public\npolicy p egress HOST\nlasting zone public\n",
     "policy p is lost\n"},
    {"a policy without zones matches nothing", "zone public\npolicy p\nlasting zone public\n", ""},
    {"a policy that was not read", "zone public\npolicy p unread\nlasting zone public\n",
     "policy p is lost\n"},
    {"what is refused", "zone public inversion\nlasting zone public\n",
     "zone public loses icmp-block-inversion\n"},
    {"an entry of a set",
     "zone public\nipset s hash:ip 10.0.0.1,10.0.0.2\nlasting zone public\n"
     "lasting ipset s hash:ip 10.0.0.1\n",
     "ipset s loses entry 10.0.0.2\n"},
    {"a reload that flushes nothing",
     "firewalld 1.3.3 public flush no\nzone public interfaces eth0\nlasting zone public\n", ""},
};

static char *losses_text(const GPtrArray *losses)
{
    static const char *const kinds[] = {
        [RELOAD_LOSES] = "loses",
        [RELOAD_BRINGS] = "gets",
        [RELOAD_REMOVES] = "is lost",
        [RELOAD_UNREAD] = "unread",
        [RELOAD_DIRECT_RULES] = "direct rules",
        [RELOAD_FLUSHES] = "is flushed",
    };
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const ReloadLoss, loss, losses) {
        if (loss->thing != NULL)
            g_string_append_printf(text, "%s %s ", loss->thing, loss->name);
        g_string_append(text, kinds[loss->kind]);
        if (loss->setting != NULL)
            g_string_append_printf(text, " %s", loss->setting);
        if (loss->value != NULL)
            g_string_append_printf(text, " %s", loss->value);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void test_losses(void **state)
{
    const LossCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(GPtrArray) losses = reload_losses(snapshot);
    assert_non_null(losses);
    g_autofree char *text = losses_text(losses);
    assert_string_equal(text, row->losses);
}

static void test_direct_rules(G_GNUC_UNUSED void **state)
{
    static const struct {
        const char *host;
        Tristate direct;
        const char *losses;
    } rows[] = {
        {"zone public\nlasting zone public\n", TRISTATE_YES, "direct rules\n"},
        {"zone public\nlasting zone public\n", TRISTATE_UNKNOWN, "direct rules\n"},
        {"zone public\nlasting zone public\n", TRISTATE_NO, ""},
        {"firewalld 1.3.3 public flush no\nzone public\nlasting zone public\n", TRISTATE_YES, ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Snapshot) snapshot = sketch(rows[i].host);
        snapshot->firewalld->direct_rules = rows[i].direct;
        g_autoptr(GPtrArray) losses = reload_losses(snapshot);
        g_autofree char *text = losses_text(losses);
        assert_string_equal(text, rows[i].losses);
    }
}

static void test_settings_that_were_not_read(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch("zone public services ssh\nlasting zone public\n");
    firewalld_zone(snapshot->firewalld, "public")->settings_read = false;
    g_autoptr(GPtrArray) losses = reload_losses(snapshot);
    g_autofree char *text = losses_text(losses);
    assert_string_equal(text, "zone public unread\n");
}

/* Releases before 2.0 flush what podman never puts back; a reboot makes all anew. */
static void test_flushed(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch("zone public\nlasting zone public\n");
    snapshot->ruleset =
        rules_parse("table ip nat\nchain NETAVARK-1D8721804F16F\ndaddr=10.88.0.2 accept");
    g_autoptr(Snapshot) then = snapshot_after_reload(snapshot, EVENT_RELOAD, NULL);
    g_autoptr(GPtrArray) reload = reload_losses_between(snapshot, then, EVENT_RELOAD);
    g_autofree char *text = losses_text(reload);
    assert_string_equal(text, "table nat is flushed podman ip\n");
    g_autoptr(GPtrArray) reboot = reload_losses_between(snapshot, then, EVENT_REBOOT);
    assert_int_equal(reboot->len, 0);
}

static void test_not_read(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch("zone public\n");
    assert_null(reload_losses(snapshot));
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_direct_rules),
        cmocka_unit_test(test_settings_that_were_not_read),
        cmocka_unit_test(test_flushed),
        cmocka_unit_test(test_not_read),
    };
    return RUN_CASES(test_losses, cases) +
           cmocka_run_group_tests_name("others", others, NULL, NULL);
}
