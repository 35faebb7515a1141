/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of verdicts are there for each value, and the pages explain each assumption. */
#include "report/reason.h"

#include "cases.h"

#include <string.h>

static void test_every_assumption_is_documented(G_GNUC_UNUSED void **state)
{
    static const char *const pages[] = {"README.md", "docs/nicfix-json.5.in"};
    for (gsize page = 0; page < G_N_ELEMENTS(pages); page++) {
        g_autofree char *path =
            g_build_filename(g_getenv("FIXTURES"), "..", "..", "..", pages[page], NULL);
        g_autofree char *text = NULL;
        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        for (Assumption i = 0; i < N_ASSUMPTIONS; i++) {
            if (strstr(text, assumption_word(i)) == NULL)
                fail_msg("%s does not name %s", pages[page], assumption_word(i));
        }
    }
}

static void test_every_setting_has_a_text(G_GNUC_UNUSED void **state)
{
    for (SettingKind kind = SETTING_PANIC; kind <= SETTING_END; kind++) {
        const Setting setting = {kind, .name = "x", .unread = true};
        g_autofree char *text = setting_text(&setting);
        assert_true(g_str_has_suffix(text, " (could not be read)"));
        assert_true(strlen(text) > strlen(" (could not be read)"));
    }
    for (Stage stage = STAGE_PANIC; stage <= STAGE_END; stage++)
        assert_non_null(stage_word(stage));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_assumption_is_documented),
        cmocka_unit_test(test_every_setting_has_a_text),
    };
    return cmocka_run_group_tests_name("reason", tests, NULL, NULL);
}
