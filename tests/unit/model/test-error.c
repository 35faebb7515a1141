/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words and exit statuses that the contract with callers fixes, and the hint's way. */
#include "model/error.h"

#include "cases.h"

typedef struct {
    const char *name; /* the word in JSON */
    NicfixError code;
    int exit_status;
} CodeCase;

static const CodeCase codes[] = {
    {"usage", NICFIX_ERROR_USAGE, 2},
    {"not-found", NICFIX_ERROR_NOT_FOUND, 2},
    {"bad-input", NICFIX_ERROR_BAD_INPUT, 2},
    {"refused", NICFIX_ERROR_REFUSED, 2},
    {"no-bus", NICFIX_ERROR_NO_BUS, 3},
    {"no-firewalld", NICFIX_ERROR_NO_FIREWALLD, 3},
    {"not-running", NICFIX_ERROR_NOT_RUNNING, 3},
    {"timeout", NICFIX_ERROR_TIMEOUT, 3},
    {"bad-reply", NICFIX_ERROR_BAD_REPLY, 3},
    {"netlink", NICFIX_ERROR_NETLINK, 3},
    {"not-authorised", NICFIX_ERROR_NOT_AUTHORISED, 4},
    {"firewalld", NICFIX_ERROR_FIREWALLD, 3},
    {"undone", NICFIX_ERROR_UNDONE, 5},
    {"not-undone", NICFIX_ERROR_NOT_UNDONE, 6},
    {"declined", NICFIX_ERROR_DECLINED, 1},
    {"output", NICFIX_ERROR_OUTPUT, 2},
    {"unreported", NICFIX_ERROR_UNREPORTED, 7},
};

static void test_code(void **state)
{
    const CodeCase *test = *state;
    g_autoptr(GError) error = NULL;
    nicfix_error_set(&error, test->code, "a hint", "zone %s is %d", "public", 7);
    assert_true(g_error_matches(error, NICFIX_ERROR, (int)test->code));
    assert_string_equal(error->message, "zone public is 7");
    assert_string_equal(nicfix_error_hint(error), "a hint");
    assert_string_equal(nicfix_error_word(error), test->name);
    assert_int_equal(nicfix_error_exit_status(error), test->exit_status);
}

static void test_no_hint(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    nicfix_error_set(&error, NICFIX_ERROR_TIMEOUT, NULL, "late");
    assert_null(nicfix_error_hint(error));
}

static void test_nobody_asks(G_GNUC_UNUSED void **state)
{
    nicfix_error_set(NULL, NICFIX_ERROR_TIMEOUT, "a hint", "late");
}

static void test_hint_survives_copy_and_prefix(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *hint = g_strdup("start firewalld");
    nicfix_error_set(&error, NICFIX_ERROR_NO_FIREWALLD, hint, "nobody answers");
    hint[0] = 'S';
    g_autoptr(GError) copy = g_error_copy(error);
    g_prefix_error(&copy, "check: ");
    g_clear_error(&error);
    assert_string_equal(copy->message, "check: nobody answers");
    assert_string_equal(nicfix_error_hint(copy), "start firewalld");
}

static void test_errors_of_others_are_usage(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error =
        g_error_new(G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, "Unknown option --frobnicate");
    nicfix_error_set_detail(error, "a detail");
    assert_null(nicfix_error_hint(error));
    assert_null(nicfix_error_detail(error));
    assert_string_equal(nicfix_error_word(error), "usage");
    assert_int_equal(nicfix_error_exit_status(error), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_hint),
        cmocka_unit_test(test_nobody_asks),
        cmocka_unit_test(test_hint_survives_copy_and_prefix),
        cmocka_unit_test(test_errors_of_others_are_usage),
    };
    return RUN_CASES(test_code, codes) + cmocka_run_group_tests(tests, NULL, NULL);
}
