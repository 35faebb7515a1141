/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents as D-Bus types. */
#include "service/answer.h"

#include "cases.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *document;
    const char *answer; /* in GVariant's text format; NULL: refused */
    const char *error;  /* its name on the bus, else NULL */
} AnswerCase;

static const AnswerCase rows[] = {
    {"nothing", "{}", "@a{sv} {}", NULL},
    {"values", "{\"s\": \"x\", \"i\": 7, \"t\": true, \"f\": false, \"r\": 0.5}",
     "{'s': <'x'>, 'i': <int64 7>, 't': <true>, 'f': <false>, 'r': <0.5>}", NULL},
    {"null is left out", "{\"a\": null, \"b\": 1}", "{'b': <int64 1>}", NULL},
    {"an object", "{\"o\": {\"a\": \"b\"}}", "{'o': <{'a': <'b'>}>}", NULL},
    {"an empty array", "{\"a\": []}", "{'a': <@as []>}", NULL},
    {"strings", "{\"a\": [\"x\", \"y\"]}", "{'a': <['x', 'y']>}", NULL},
    {"objects", "{\"a\": [{\"x\": 1}, {}]}", "{'a': <[{'x': <int64 1>}, @a{sv} {}]>}", NULL},
    {"a mixture", "{\"a\": [\"x\", 1, null]}", "{'a': <[<'x'>, <int64 1>]>}", NULL},
    {"no error", "{\"error\": null}", "@a{sv} {}", NULL},
    {"an error",
     "{\"error\": {\"code\": \"not-authorised\", \"message\": \"no\", \"hint\": \"ask\"}}", NULL,
     "org.nicfix.Nicfix1.Error.NotAuthorised"},
    {"an error without a hint", "{\"error\": {\"code\": \"refused\", \"message\": \"no\"}}", NULL,
     "org.nicfix.Nicfix1.Error.Refused"},
    {"no document", "", NULL, "org.freedesktop.DBus.Error.Failed"},
    {"no object", "[1]", NULL, "org.freedesktop.DBus.Error.Failed"},
    {"cut off", "{\"a\": ", NULL, "org.freedesktop.DBus.Error.Failed"},
};

static void test_answer(void **state)
{
    const AnswerCase *row = *state;
    g_autoptr(GError) error = NULL;
    GVariant *floating = answer_of_document(row->document, strlen(row->document), &error);
    if (row->answer == NULL) {
        assert_null(floating);
        g_autofree char *name = g_dbus_error_get_remote_error(error);
        if (name == NULL)
            name = g_dbus_error_encode_gerror(error);
        assert_string_equal(name, row->error);
        return;
    }
    assert_null(error);
    g_autoptr(GVariant) answer = g_variant_ref_sink(floating);
    g_autoptr(GVariant) expected =
        g_variant_parse(G_VARIANT_TYPE_VARDICT, row->answer, NULL, NULL, NULL);
    assert_true(g_variant_equal(answer, expected));
}

int main(void)
{
    return RUN_CASES(test_answer, rows);
}
