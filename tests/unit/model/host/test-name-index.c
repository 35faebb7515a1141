/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is looked up in long lists is what going through them would find, also after they changed. */
#include "model/host/firewalld.h"

#include "cases.h"

enum { MANY = 20 };

/* ---- lists that grow ---- */

static void add_bindings(Permanent *permanent, const char *zone, guint first, guint end)
{
    for (guint i = first; i < end; i++) {
        g_autofree char *name = g_strdup_printf("eth%u", i);
        PermanentBinding *binding = permanent_binding_new(name);
        binding->zone = g_strdup(zone);
        g_ptr_array_add(permanent->bindings, binding);
    }
}

static void test_growing_list(G_GNUC_UNUSED void **state)
{
    Permanent *permanent = permanent_new();
    add_bindings(permanent, "home", 0, MANY);
    assert_string_equal(permanent_binding(permanent, "eth19")->zone, "home");
    assert_null(permanent_binding(permanent, "eth20"));
    add_bindings(permanent, "work", 19, 2 * MANY);
    assert_string_equal(permanent_binding(permanent, "eth20")->zone, "work");
    assert_string_equal(permanent_binding(permanent, "eth19")->zone, "home"); /* the first */
    Permanent *copy = permanent_copy(permanent);
    permanent_free(permanent);
    assert_string_equal(permanent_binding(copy, "eth39")->zone, "work");
    permanent_free(copy);
}

/* ---- the interfaces of a zone ---- */

/* A zone with many interfaces that nobody asks for around those that are listed. */
static Zone *zone_with(const char *names, guint around)
{
    Zone *zone = zone_new("public");
    g_auto(GStrv) listed = g_strsplit(names, " ", -1);
    for (guint i = 0; listed[i] != NULL; i++) {
        for (guint k = 0; k < around; k++) {
            g_autofree char *other = g_strdup_printf("other%u-%u", i, k);
            zone_add_interface(zone, other);
        }
        zone_add_interface(zone, listed[i]);
    }
    return zone;
}

static char *found_for(const Zone *zone, const char *name)
{
    GString *found = g_string_new(NULL);
    NameWalk walk = zone_interfaces_for(zone, name);
    for (const char *item = name_walk_next(&walk); item != NULL; item = name_walk_next(&walk)) {
        if (!g_str_has_prefix(item, "other"))
            g_string_append_printf(found, "%s%s", found->len > 0 ? " " : "", item);
    }
    return g_string_free(found, FALSE);
}

typedef struct {
    const char *name;
    const char *listed;
    const char *asked;
    const char *found;
    bool is_listed;
} WalkCase;

static const WalkCase walks[] = {
    {"the one", "br0 br1 br2", "br1", "br1", true},
    {"none", "br0 br1", "br7", "", false},
    {"twice", "br0 br1 br0", "br0", "br0 br0", true},
    {"wildcards between, in order", "veth+ br0 cali* br0 +", "br0", "veth+ br0 cali* br0 +", true},
    {"a name that is a wildcard", "br+ br0 br+", "br+", "br+ br+", true},
    {"by a wildcard only", "br0 veth+", "veth7", "veth+", false},
};

static void test_walk(void **state)
{
    const WalkCase *test = *state;
    g_autoptr(Zone) zone = zone_with(test->listed, MANY);
    g_autofree char *found = found_for(zone, test->asked);
    assert_string_equal(found, test->found);
    assert_int_equal(zone_lists_interface(zone, test->asked), test->is_listed);
}

static void test_short_list(G_GNUC_UNUSED void **state)
{
    g_autoptr(Zone) zone = zone_with("br0 br1 veth+", 0);
    g_autofree char *found = found_for(zone, "br1");
    assert_string_equal(found, "br0 br1 veth+");
}

static void test_changes(G_GNUC_UNUSED void **state)
{
    g_autoptr(Zone) zone = zone_with("br0 br1", MANY);
    assert_true(zone_lists_interface(zone, "br1"));
    zone_remove_interface(zone, "br1");
    assert_false(zone_lists_interface(zone, "br1"));
    zone_add_interface(zone, "br2");
    assert_true(zone_lists_interface(zone, "br2"));
    zone_set_interfaces(zone, g_strsplit("a b c d e f g h i br3", " ", -1));
    assert_false(zone_lists_interface(zone, "br2"));
    assert_true(zone_lists_interface(zone, "br3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growing_list),
        cmocka_unit_test(test_short_list),
        cmocka_unit_test(test_changes),
    };
    return RUN_CASES(test_walk, walks) + cmocka_run_group_tests(tests, NULL, NULL);
}
