/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix.conf: what it allows, and that whatever is wrong in it is told with its line. */
#include "door/settings.h"

#include "cases.h"
#include "model/error.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    const char *name;
    const char *text;    /* NULL: there is no file */
    const char *refusal; /* what the message ends with; NULL: it is read */
    bool allows;         /* enp2s0 in public */
} SettingsCase;

static const SettingsCase rows[] = {
    {"no file", NULL, NULL, true},
    {"an empty file", "", NULL, true},
    {"only comments", "# nothing\n\n", NULL, true},
    {"an empty group", "[service]\n", NULL, true},
    {"a zone", "[service]\nzones=public\n", NULL, true},
    {"zones", "[service]\nzones = work; public\n", NULL, true},
    {"zones without blanks", "[service]\nzones=work;public;\n", NULL, true},
    {"another zone", "[service]\nzones=work\n", NULL, false},
    {"a pattern", "[service]\ninterfaces=wl*;en?2s0\n", NULL, true},
    {"another pattern", "[service]\ninterfaces=wl*\n", NULL, false},
    {"both", "[service]\ninterfaces=en*\nzones=public\n", NULL, true},
    {"one of both", "[service]\ninterfaces=en*\nzones=work\n", NULL, false},
    {"uplinks", "[service]\nuplinks=wg0;tun0\n", NULL, true},
    {"an unknown key", "[service]\n# x\nzone=public\n",
     "line 3: unknown key 'zone' (zones, interfaces, uplinks)", false},
    {"an unknown group", "\n[door]\nzones=public\n", "line 2: unknown group 'door' (service)",
     false},
    {"two groups", "[service]\n[other]\n", "line 2: unknown group 'other' (service)", false},
    {"no group", "zones=public\n", "line 1: neither a [group] nor KEY=VALUE", false},
    {"no pair", "[service]\nzones\n", "line 2: neither a [group] nor KEY=VALUE", false},
    {"no key", "[service]\n=public\n", "line 2: neither a [group] nor KEY=VALUE", false},
    {"no name", "[service]\nzones=\n", "line 2: zones names nothing; remove the line to allow any",
     false},
    {"an empty name", "[service]\nzones=a;;b\n", "line 2: zones: invalid name ''", false},
    {"a pattern for a zone", "[service]\nzones=pub*\n", "line 2: zones: invalid name 'pub*'",
     false},
    {"a slash", "[service]\ninterfaces=a/b\n", "line 2: interfaces: invalid name 'a/b'", false},
    {"a blank", "[service]\ninterfaces=a b\n", "line 2: interfaces: invalid name 'a b'", false},
    {"a class", "[service]\ninterfaces=en[ps]*\n", "line 2: interfaces: invalid name 'en[ps]*'",
     false},
    {"a key twice", "[service]\nzones=work\nuplinks=wg0\n zones = public\n",
     "line 4: zones is there twice", false},
    {"no ASCII", "[service]\nzones=caf\xc3\xa9\n", "line 2: zones: invalid name 'caf\xc3\xa9'",
     false},
    {"no UTF-8", "[service]\nzones=\xff\n", "line 1: not UTF-8 text", false},
};

static void write_file(const char *path, const char *text, int mode)
{
    assert_true(g_file_set_contents(path, text, -1, NULL));
    assert_int_equal(g_chmod(path, mode), 0);
}

static void test_settings(void **state)
{
    const SettingsCase *row = *state;
    g_autoptr(GError) error = NULL;
    g_auto(DoorSettings) settings = {0};
    g_autofree char *folder = g_dir_make_tmp("nicfix-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "nicfix.conf", NULL);
    if (row->text != NULL)
        write_file(path, row->text, 0644);
    bool is_read = door_settings_read(path, &settings, &error);
    g_remove(path);
    g_rmdir(folder);
    assert_int_equal(is_read, row->refusal == NULL);
    if (!is_read) {
        assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_BAD_INPUT));
        assert_true(g_str_has_suffix(error->message, row->refusal));
        assert_null(settings.zones);
        return;
    }
    assert_int_equal(door_settings_allow(&settings, "enp2s0", "public", &error), row->allows);
    assert_int_equal(error == NULL, row->allows);
    if (!row->allows)
        assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NOT_AUTHORISED));
}

static void test_a_file_that_cannot_be_read(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    g_auto(DoorSettings) settings = {0};
    assert_false(door_settings_read("/", &settings, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_BAD_INPUT));
}

static void test_a_file_that_others_may_write(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    g_auto(DoorSettings) settings = {0};
    g_autofree char *folder = g_dir_make_tmp("nicfix-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "nicfix.conf", NULL);
    write_file(path, "[service]\nzones=public\n", 0664);
    assert_false(door_settings_read(path, &settings, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_BAD_INPUT));
    assert_null(settings.zones);
    g_remove(path);
    g_rmdir(folder);
}

static void test_giving_back(G_GNUC_UNUSED void **state)
{
    char zone[] = "work";
    char *zones[] = {zone, NULL};
    const DoorSettings settings = {.zones = zones};
    assert_true(door_settings_allow(&settings, "enp2s0", NULL, NULL));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_that_cannot_be_read),
        cmocka_unit_test(test_a_file_that_others_may_write),
        cmocka_unit_test(test_giving_back),
    };
    int failures = RUN_CASES(test_settings, rows);
    return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
