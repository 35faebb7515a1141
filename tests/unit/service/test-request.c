/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What callers of the service send becomes words of a command line, or is refused. */
#include "service/request.h"

#include "cases.h"
#include "service/names.h"

#include <string.h>

#define COMMON "--caller=:1.7"
#define CLI    DOOR_COMMAND_LINE

typedef struct {
    const char *name;
    const char *interface;
    const char *method;
    const char *parameters; /* in GVariant's text format */
    const char *words;      /* joined by blanks; NULL: refused */
    const char *refusal;    /* else what the message contains */
} RequestCase;

static const RequestCase rows[] = {
    {"nothing named", DOOR_INTERFACE, "Check", "(@as [],)", "check --json " COMMON " --", NULL},
    {"interfaces", DOOR_INTERFACE, "Check", "(['a', 'b'],)", "check --json " COMMON " -- a b",
     NULL},
    {"an interface like an option", DOOR_INTERFACE, "List", "(['--caller=x'],)",
     "list --json " COMMON " -- --caller=x", NULL},
    {"a method without arguments", DOOR_INTERFACE, "Watch", "()", "check --json " COMMON " --",
     NULL},
    {"a flow", DOOR_INTERFACE, "Explain",
     "({'in': <'cni0'>, 'to': <'192.0.2.7'>, 'port': <uint32 80>},)",
     "explain --json " COMMON " --in=cni0 --to=192.0.2.7 --port=80 --", NULL},
    {"a preview", DOOR_INTERFACE, "Preview", "({'zone': <'public'>},)",
     "apply --json --dry-run " COMMON " --zone=public --", NULL},
    {"a truth", DOOR_INTERFACE, "Apply", "({'move': <true>},)", "apply --json " COMMON " --move --",
     NULL},
    {"no truth", DOOR_INTERFACE, "Apply", "({'move': <false>},)", "apply --json " COMMON " --",
     NULL},
    {"what is repeated", DOOR_INTERFACE, "Apply", "({'interface': <['a', 'b']>},)",
     "apply --json " COMMON " --interface=a --interface=b --", NULL},
    {"an id", DOOR_INTERFACE, "Confirm", "('3f9a1c2e',)", "confirm --json " COMMON " -- 3f9a1c2e",
     NULL},
    {"an id like an option", DOOR_INTERFACE, "Confirm", "('--help',)",
     "confirm --json " COMMON " -- --help", NULL},
    {"a look", CLI, "Snapshot", "({'format': <'json'>, 'timeout': <uint32 5>},)",
     "snapshot " COMMON " --format=json --timeout=5 --", NULL},
    {"a request and a look", CLI, "Undo", "({'dry-run': <true>}, {'quiet': <true>})",
     "undo " COMMON " --dry-run --quiet --", NULL},
    {"an id and a look", CLI, "Confirm", "('x', @a{sv} {})", "confirm " COMMON " -- x", NULL},
    {"a value with an equals sign", DOOR_INTERFACE, "Apply", "({'zone': <'a=b --force'>},)",
     "apply --json " COMMON " --zone=a=b --force --", NULL},
    {"force", DOOR_INTERFACE, "Apply", "({'force': <true>},)", NULL, "for root only"},
    {"an unknown key", DOOR_INTERFACE, "Apply", "({'caller': <':1.0'>},)", NULL,
     "unknown key 'caller'"},
    {"a key of another method", DOOR_INTERFACE, "Undo", "({'zone': <'public'>},)", NULL,
     "unknown key"},
    {"a key of looks", DOOR_INTERFACE, "Apply", "({'shown': <'x'>},)", NULL, "unknown key"},
    {"a key of requests", CLI, "Undo", "(@a{sv} {}, {'dry-run': <true>})", NULL, "unknown key"},
    {"a key with a value", DOOR_INTERFACE, "Apply", "({'zone=x': <true>},)", NULL, "unknown key"},
    {"a key twice", DOOR_INTERFACE, "Apply", "([{'zone', <'a'>}, {'zone', <'b'>}],)", NULL,
     "twice"},
    {"a wrong type", DOOR_INTERFACE, "Apply", "({'zone': <uint32 1>},)", NULL,
     "expected the type s, found u"},
    {"a wrong type of a list", DOOR_INTERFACE, "Apply", "({'interface': <'a'>},)", NULL,
     "expected the type as"},
    {"an empty value", DOOR_INTERFACE, "Apply", "({'zone': <''>},)", NULL,
     "expected 1 to 1024 bytes"},
    {"an empty argument", DOOR_INTERFACE, "Check", "([''],)", NULL, "expected 1 to 1024 bytes"},
    {"an escape", DOOR_INTERFACE, "Apply", "({'zone': <'\x1b[2J'>},)", NULL, "control character"},
    {"a newline", DOOR_INTERFACE, "Confirm", "('a\\nb',)", NULL, "control character"},
    {"a C1 control character", DOOR_INTERFACE, "Confirm", "('\\u009b2J',)", NULL,
     "control character"},
    {"a session that is none", CLI, "Undo", "(@a{sv} {}, {'session': <'x; y'>})", NULL,
     "SSH_CONNECTION"},
};

static void test_request(void **state)
{
    const RequestCase *row = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *session = NULL;
    const Method *method = method_find(row->interface, row->method);
    assert_non_null(method);
    assert_int_equal(method_is_for_command_line(method), g_str_equal(row->interface, CLI));
    g_autoptr(GVariant) parameters = g_variant_parse(NULL, row->parameters, NULL, NULL, &error);
    assert_null(error);
    g_auto(GStrv) words = method_words(method, parameters, ":1.7", false, &session, &error);
    if (row->words == NULL) {
        assert_null(words);
        assert_true(g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS));
        assert_non_null(strstr(error->message, row->refusal));
        return;
    }
    assert_null(error);
    g_autofree char *line = g_strjoinv(" ", words);
    assert_string_equal(line, row->words);
    assert_string_equal(session, "");
}

static void test_session_and_password(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *session = NULL;
    g_autoptr(GVariant) parameters = g_variant_parse(
        NULL, "(@a{sv} {}, {'session': <'192.0.2.1 0 192.0.2.7 22'>})", NULL, NULL, NULL);
    g_auto(GStrv) words =
        method_words(method_find(CLI, "Undo"), parameters, ":1.7", true, &session, &error);
    assert_string_equal(session, "192.0.2.1 0 192.0.2.7 22");
    assert_true(g_strv_contains((const char *const *)words, "--may-ask"));
}

static void test_too_many_words(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *session = NULL;
    GVariantBuilder names;
    g_variant_builder_init(&names, G_VARIANT_TYPE_STRING_ARRAY);
    for (guint i = 0; i < 5000; i++)
        g_variant_builder_add(&names, "s", "eth0");
    g_autoptr(GVariant) parameters = g_variant_ref_sink(g_variant_new("(as)", &names));
    assert_null(method_words(method_find(DOOR_INTERFACE, "Check"), parameters, ":1.7", false,
                             &session, &error));
    assert_non_null(strstr(error->message, "more than"));
}

static void test_no_such_method(G_GNUC_UNUSED void **state)
{
    assert_null(method_find(DOOR_INTERFACE, "Snapshot"));
    assert_null(method_find(CLI, "Check"));
    assert_true(method_watches(method_find(DOOR_INTERFACE, "Watch")));
    assert_false(method_watches(method_find(DOOR_INTERFACE, "Check")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_session_and_password),
        cmocka_unit_test(test_too_many_words),
        cmocka_unit_test(test_no_such_method),
    };
    int failures = RUN_CASES(test_request, rows);
    return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
