/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host after a reload or a reboot: which zone binds what, and what else has changed. */
#include "model/plan/after.h"

#include "model/plan/action.h"
#include "model/error.h"
#include "sketch.h"

#define LINKS "link eth0 physical\nlink docker0 bridge\nlink eth1 physical\n"
#define NOW   LINKS "zone public interfaces eth0\nzone work\nzone docker interfaces docker0\n"
#define ZONES "lasting zone public\nlasting zone work\nlasting zone docker\n"
#define BACK  "the program that keeps zone docker puts docker0 back there\n"
#define DEFAULT(zone)                                                                              \
    "the default zone becomes " zone " (firewalld takes five seconds to notice a changed "         \
    "firewalld.conf)\n"
#define REBOOT "links, addresses and routes are then as they are now\n"

typedef struct {
    const char *name;
    const char *host;
    AfterEvent event;
    const char *zones; /* of eth0, eth1 and docker0 */
    const char *assumes;
} AfterCase;

static const AfterCase cases[] = {
    {"what is runtime only is lost", NOW ZONES, AFTER_RELOAD, "- - docker", BACK},
    {"and at a reboot", NOW ZONES, AFTER_REBOOT, "- - docker", BACK REBOOT},
    {"what is permanent comes", NOW ZONES "lasting change work interfaces eth0,eth1\n",
     AFTER_RELOAD, "work work docker", BACK},
    {"a reload that flushes nothing keeps it", "firewalld 1.3.3 public flush no\n" NOW ZONES,
     AFTER_RELOAD, "public - docker", ""},
    {"even against what is permanent",
     "firewalld 1.3.3 public flush no\n" NOW ZONES "lasting change work interfaces eth0\n",
     AFTER_RELOAD, "public - docker", ""},
    {"but a reboot does not", "firewalld 1.3.3 public flush no\n" NOW ZONES, AFTER_REBOOT,
     "- - docker", BACK REBOOT},
    {"a zone that is only there now loses it",
     "firewalld 1.3.3 public flush no\n" NOW "lasting zone public\nzone new interfaces eth1\n",
     AFTER_RELOAD, "public - -", ""},
    {"the program's own zone is not there", NOW "lasting zone public\n", AFTER_RELOAD, "- - -",
     BACK},
    {"NetworkManager's profile names a zone", NOW ZONES "manager eth0 work\n", AFTER_RELOAD,
     "work - docker", BACK},
    {"against what is permanent",
     NOW ZONES "manager eth0 work\nlasting change public interfaces eth0\n", AFTER_REBOOT,
     "work - docker", BACK REBOOT},
    {"the profile names none: the default zone",
     NOW ZONES "manager eth0 -\nlasting firewalld - work\n", AFTER_RELOAD, "work - docker",
     BACK DEFAULT("work")},
    {"the profile names a zone that is not there",
     NOW ZONES "manager eth0 werk\nlasting change public interfaces eth0\n", AFTER_RELOAD,
     "public - docker", BACK},
    {"a profile that only describes what was found", NOW ZONES "manager eth0 work external\n",
     AFTER_RELOAD, "- - docker", BACK},
    {"a wildcard is no link, and stays one", NOW ZONES "lasting change work interfaces eth+\n",
     AFTER_RELOAD, "- - docker", BACK},
};

static void test_zones(void **state)
{
    const AfterCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(GPtrArray) assumes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Snapshot) after = snapshot_after(snapshot, row->event, assumes, NULL);
    assert_non_null(after);
    static const char *const links[] = {"eth0", "eth1", "docker0"};
    g_autoptr(GString) zones = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(links); i++) {
        const char *zone = binding_of_interface(after, links[i]);
        g_string_append_printf(zones, "%s%s", i > 0 ? " " : "", zone != NULL ? zone : "-");
    }
    assert_string_equal(zones->str, row->zones);
    g_autoptr(GString) told = g_string_new(NULL);
    for (guint i = 0; i < assumes->len; i++)
        g_string_append_printf(told, "%s\n", (const char *)g_ptr_array_index(assumes, i));
    assert_string_equal(told->str, row->assumes);
    assert_string_equal(after->firewalld->version, "1.3.3");
    assert_string_equal(after->firewalld->state, "RUNNING");
}

/* ---- the rest ---- */

typedef struct {
    const char *name;
    const char *host;
    AfterEvent event;
    Tristate panic;
    Tristate direct;
} StateCase;

static const StateCase states[] = {
    {"a reload does not end panic mode", "firewalld 1.3.3 public panic yes\nlasting zone public\n",
     AFTER_RELOAD, TRISTATE_YES, TRISTATE_NO},
    {"a restart does", "firewalld 1.3.3 public panic yes\nlasting zone public\n", AFTER_REBOOT,
     TRISTATE_NO, TRISTATE_NO},
};

static void test_state(void **state)
{
    const StateCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(GPtrArray) assumes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Snapshot) after = snapshot_after(snapshot, row->event, assumes, NULL);
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
    g_autoptr(GPtrArray) assumes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Snapshot) after = snapshot_after(snapshot, AFTER_RELOAD, assumes, NULL);
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
    g_autoptr(GPtrArray) assumes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Snapshot) after = snapshot_after(snapshot, AFTER_RELOAD, assumes, NULL);
    assert_string_equal(binding_of_interface(after, "eth0"), "public");
    assert_string_equal(after->permanent->fault, "INVALID_ZONE: bad");
}

static void test_not_read(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = sketch(NOW);
    g_autoptr(GPtrArray) assumes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    assert_null(snapshot_after(snapshot, AFTER_RELOAD, assumes, &error));
    assert_int_equal(error->code, NICFIX_ERROR_NOT_AUTHORISED);
    assert_non_null(nicfix_error_hint(error));
}

static void test_words(void **state)
{
    (void)state;
    AfterEvent event;
    for (guint i = 0; i <= AFTER_REBOOT; i++) {
        assert_true(after_event_from_word(after_event_word((AfterEvent)i), &event));
        assert_int_equal(event, i);
    }
    assert_false(after_event_from_word("restart", &event));
    assert_false(after_event_from_word(NULL, &event));
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
