/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host after a reload or a reboot: which zone binds what, and what else has changed. */
#include "model/plan/reload.h"

#include "model/foreach.h"
#include "model/plan/action.h"
#include "sketch.h"

#define LINKS         "link eth0 physical\nlink docker0 bridge\nlink eth1 physical\n"
#define NOW           LINKS "zone public interfaces eth0\nzone work\nzone docker interfaces docker0\n"
#define ZONES         "lasting zone public\nlasting zone work\nlasting zone docker\n"
#define BACK          "programs put back docker docker0\n"
#define DEFAULT(zone) "default zone " zone "\n"
#define REBOOT        "same network\n"

typedef struct {
    const char *name;
    const char *host;
    ReloadEvent event;
    const char *zones; /* of eth0, eth1 and docker0 */
    const char *assumes;
} ReloadCase;

static const ReloadCase cases[] = {
    {"what is runtime only is lost", NOW ZONES, EVENT_RELOAD, "- - docker", BACK},
    {"and at a reboot", NOW ZONES, EVENT_REBOOT, "- - docker", BACK REBOOT},
    {"what is permanent comes", NOW ZONES "lasting change work interfaces eth0,eth1\n",
     EVENT_RELOAD, "work work docker", BACK},
    {"a reload that flushes nothing keeps it", "firewalld 1.3.3 public flush no\n" NOW ZONES,
     EVENT_RELOAD, "public - docker", ""},
    {"even against what is permanent",
     "firewalld 1.3.3 public flush no\n" NOW ZONES "lasting change work interfaces eth0\n",
     EVENT_RELOAD, "public - docker", ""},
    {"but a reboot does not", "firewalld 1.3.3 public flush no\n" NOW ZONES, EVENT_REBOOT,
     "- - docker", BACK REBOOT},
    {"a zone that is only there now loses it",
     "firewalld 1.3.3 public flush no\n" NOW "lasting zone public\nzone new interfaces eth1\n",
     EVENT_RELOAD, "public - -", ""},
    {"the program's own zone is not there", NOW "lasting zone public\n", EVENT_RELOAD, "- - -",
     BACK},
    {"NetworkManager's profile names a zone", NOW ZONES "manager eth0 work\n", EVENT_RELOAD,
     "work - docker", BACK},
    {"against what is permanent",
     NOW ZONES "manager eth0 work\nlasting change public interfaces eth0\n", EVENT_REBOOT,
     "work - docker", BACK REBOOT},
    {"the profile names none: the default zone",
     NOW ZONES "manager eth0 -\nlasting firewalld - work\n", EVENT_RELOAD, "work - docker",
     BACK DEFAULT("work")},
    {"the profile names a zone that is not there",
     NOW ZONES "manager eth0 werk\nlasting change public interfaces eth0\n", EVENT_RELOAD,
     "public - docker", BACK},
    {"the profile names what is permanent, too",
     NOW ZONES "manager eth0 work\nlasting change work interfaces eth0\n", EVENT_RELOAD,
     "work - docker", BACK},
    {"a bridge of another program stays in that program's zone", NOW ZONES "manager docker0 -\n",
     EVENT_RELOAD, "- - docker", BACK},
    {"a profile that only describes what was found", NOW ZONES "manager eth0 work external\n",
     EVENT_RELOAD, "- - docker", BACK},
    {"a wildcard is no link, and stays one", NOW ZONES "lasting change work interfaces eth+\n",
     EVENT_RELOAD, "- - docker", BACK},
};

static char *assumptions_text(const GPtrArray *assumptions)
{
    static const char *const codes[] = {
        [ASSUMES_BINDINGS_KEPT] = "bindings kept",
        [ASSUMES_PROGRAM_BINDS] = "programs put back",
        [ASSUMES_NEW_DEFAULT_ZONE] = "default zone",
        [ASSUMES_SAME_NETWORK] = "same network",
    };
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const ReloadAssumption, assumption, assumptions) {
        g_string_append(text, codes[assumption->code]);
        if (assumption->zone != NULL)
            g_string_append_printf(text, " %s", assumption->zone);
        if (assumption->other != NULL)
            g_string_append_printf(text, " %s", assumption->other);
        STRV_FOREACH (interface, assumption->interfaces)
            g_string_append_printf(text, " %s", *interface);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void test_zones(void **state)
{
    const ReloadCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(GPtrArray) assumes = reload_assumptions_new();
    g_autoptr(Snapshot) after = snapshot_after_reload(snapshot, row->event, assumes);
    assert_non_null(after);
    static const char *const links[] = {"eth0", "eth1", "docker0"};
    g_autoptr(GString) zones = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(links); i++) {
        const char *zone = binding_of_interface(after, links[i]);
        g_string_append_printf(zones, "%s%s", i > 0 ? " " : "", zone != NULL ? zone : "-");
    }
    assert_string_equal(zones->str, row->zones);
    g_autofree char *assumed = assumptions_text(assumes);
    assert_string_equal(assumed, row->assumes);
    assert_string_equal(after->firewalld->version, "1.3.3");
    assert_string_equal(after->firewalld->state, "RUNNING");
}

/* ---- the rest ---- */

typedef struct {
    const char *name;
    const char *host;
    ReloadEvent event;
    Tristate panic;
    Tristate direct;
} StateCase;

static const StateCase states[] = {
    {"a reload does not end panic mode", "firewalld 1.3.3 public panic yes\nlasting zone public\n",
     EVENT_RELOAD, TRISTATE_YES, TRISTATE_NO},
    {"a restart does", "firewalld 1.3.3 public panic yes\nlasting zone public\n", EVENT_REBOOT,
     TRISTATE_NO, TRISTATE_NO},
};

static void test_state(void **state)
{
    const StateCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(GPtrArray) assumes = reload_assumptions_new();
    g_autoptr(Snapshot) after = snapshot_after_reload(snapshot, row->event, assumes);
    assert_int_equal(after->firewalld->panic, row->panic);
    assert_int_equal(after->firewalld->direct_rules, row->direct);
    assert_int_equal(after->firewalld->policies_exist, TRISTATE_YES);
}

static void test_settings_are_the_permanent_ones(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = sketch(
        "zone public target DROP services ssh\nlasting zone public forward no services http\n"
        "lasting policy p ingress public egress HOST target ACCEPT\n");
    g_autoptr(GPtrArray) assumes = reload_assumptions_new();
    g_autoptr(Snapshot) after = snapshot_after_reload(snapshot, EVENT_RELOAD, assumes);
    const Zone *zone = firewalld_zone(after->firewalld, "public");
    assert_int_equal(zone->target, TARGET_DEFAULT);
    assert_int_equal(zone->forward, TRISTATE_NO);
    assert_string_equal(zone->filter.services[0], "http");
    assert_non_null(firewalld_policy(after->firewalld, "p"));
    assert_int_equal(firewalld_zone(snapshot->firewalld, "public")->target, TARGET_DROP);
}

static void test_broken(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot =
        sketch(NOW ZONES "lasting change work interfaces eth0\nfault 'INVALID_ZONE: bad'\n");
    g_autoptr(GPtrArray) assumes = reload_assumptions_new();
    g_autoptr(Snapshot) after = snapshot_after_reload(snapshot, EVENT_RELOAD, assumes);
    assert_string_equal(binding_of_interface(after, "eth0"), "public");
    assert_string_equal(after->permanent->fault, "INVALID_ZONE: bad");
}

static void test_not_read(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = sketch(NOW);
    g_autoptr(GPtrArray) assumes = reload_assumptions_new();
    assert_null(snapshot_after_reload(snapshot, EVENT_RELOAD, assumes));
    assert_int_equal(assumes->len, 0);
}

static void test_words(void **state)
{
    (void)state;
    for (guint i = 0; i < EVENT_UNKNOWN; i++)
        assert_int_equal(reload_event_from_word(reload_event_word((ReloadEvent)i)), i);
    assert_int_equal(reload_event_from_word("restart"), EVENT_UNKNOWN);
    assert_int_equal(reload_event_from_word(NULL), EVENT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_settings_are_the_permanent_ones),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_not_read),
        cmocka_unit_test(test_words),
    };
    return RUN_CASES(test_zones, cases) + RUN_CASES(test_state, states) +
           cmocka_run_group_tests(single, NULL, NULL);
}
