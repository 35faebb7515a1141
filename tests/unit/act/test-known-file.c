/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file between two checks: it comes back as it was, and only where nobody else can have written it. */
#include "act/known-file.h"

#include "act/state.h"
#include "cases.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static GVariant *zone_asked(void)
{
    return g_variant_ref_sink(g_variant_new("(s)", "public"));
}

static KnownReplies *something_known(void)
{
    KnownReplies *known = known_replies_new();
    g_autoptr(GVariant) zone = zone_asked();
    g_autoptr(GVariant) reply =
        g_variant_ref_sink(g_variant_new_parsed("({'target': <'default'>},)"));
    known_replies_set_state(known, LASTS_IN_FORCE, "one");
    known_replies_keep(known, call_row(CALL_GET_ZONE_SETTINGS), "/firewalld", zone, reply);
    return known;
}

static bool file_knows(void)
{
    g_autoptr(KnownReplies) known = known_file_load();
    g_autoptr(GVariant) zone = zone_asked();
    return known_replies_lookup(known, call_row(CALL_GET_ZONE_SETTINGS), "/firewalld", zone) !=
           NULL;
}

static void write_file(const char *content, gssize length, int mode)
{
    g_autofree char *path = state_path("known-replies");
    g_unlink(path);
    assert_true(g_file_set_contents(path, content, length, NULL));
    assert_int_equal(g_chmod(path, (mode_t)mode), 0);
}

static void save(void)
{
    g_autoptr(KnownReplies) known = something_known();
    known_file_save(known);
}

static void test_it_comes_back(G_GNUC_UNUSED void **state)
{
    g_autofree char *path = state_path("known-replies");
    GStatBuf status;
    assert_false(file_knows()); /* there is no file, and no directory */
    save();
    assert_true(file_knows());
    assert_int_equal(g_stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_nothing_new_is_not_written(G_GNUC_UNUSED void **state)
{
    g_autofree char *path = state_path("known-replies");
    g_unlink(path);
    g_autoptr(KnownReplies) known = known_replies_new();
    known_file_save(known);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_others_may_write_it(G_GNUC_UNUSED void **state)
{
    g_autofree char *path = state_path("known-replies");
    save();
    assert_int_equal(g_chmod(path, 0660), 0);
    assert_false(file_knows());
    assert_int_equal(g_chmod(path, 0600), 0);
    assert_true(file_knows());
}

/* Any part of it may be anything: nothing is known then, or what is well-formed. */
static void test_damaged(G_GNUC_UNUSED void **state)
{
    g_autofree char *path = state_path("known-replies");
    g_autofree char *content = NULL;
    gsize length;
    save();
    assert_true(g_file_get_contents(path, &content, &length, NULL));
    for (gsize i = 0; i < length; i++) {
        content[i] ^= 0x5a;
        write_file(content, (gssize)length, 0600);
        (void)file_knows();
        content[i] ^= 0x5a;
        write_file(content, (gssize)i, 0600);
        assert_false(file_knows());
    }
}

static void test_of_another_release(G_GNUC_UNUSED void **state)
{
    g_autoptr(KnownReplies) known = something_known();
    g_autoptr(GVariant) file =
        g_variant_ref_sink(g_variant_new("(sv)", "0.0.1", known_replies_to_variant(known)));
    write_file(g_variant_get_data(file), (gssize)g_variant_get_size(file), 0600);
    assert_false(file_knows());
}

int main(void)
{
    g_autofree char *folder = g_dir_make_tmp("nicfix-XXXXXX", NULL);
    g_autofree char *directory = g_build_filename(folder, "state", NULL);
    g_setenv("STATE_DIRECTORY", directory, TRUE);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_comes_back),
        cmocka_unit_test(test_nothing_new_is_not_written),
        cmocka_unit_test(test_others_may_write_it),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_of_another_release),
    };
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    g_autofree char *path = state_path("known-replies");
    g_unlink(path);
    g_rmdir(directory);
    g_rmdir(folder);
    return failures;
}
