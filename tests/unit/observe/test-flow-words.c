/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions about flows as JSON objects. */
#include "cases.h"

#include "observe/flow-question.h"

typedef struct {
    const char *name;
    const char *line;
    const char *error; /* NULL: it is a question */
} JsonCase;

static const JsonCase objects[] = {
    {"everything",
     "{\"in\":\"cni0\",\"out\":\"enp2s0\",\"from\":\"10.0.0.2\",\"to\":\"10.1.0.2\","
     "\"from_mac\":\"02:00:5e:00:53:01\",\"protocol\":\"tcp\",\"state\":\"new\",\"port\":80,"
     "\"source_port\":1024,\"icmp_type\":null,\"icmp_code\":null}",
     NULL},
    {"what is null or absent is not told", "{\"to\":\"10.1.0.2\",\"in\":null}", NULL},
    {"unknown members are passed over", "{\"to\":\"10.1.0.2\",\"colour\":1}", NULL},
    {"a number for a string", "{\"to\":1}", "flow: to: expected a string or null"},
    {"a string for a number", "{\"port\":\"80\"}", "flow: port: expected a number or null"},
    {"a fraction for a number", "{\"port\":80.5}", "flow: port: expected a number or null"},
    {"no object", "[]", "flow: expected an object, found a list"},
    {"cut off", "{\"to\":", "flow: line 1, column 6: "},
};

static void test_object(void **state)
{
    const JsonCase *row = *state;
    g_auto(FlowQuestion) question = flow_question_new();
    g_autoptr(GError) error = NULL;
    bool read = flow_question_from_json(row->line, &question, &error);
    assert_int_equal(read, row->error == NULL);
    if (!read)
        assert_true(g_str_has_prefix(error->message, row->error));
}

static void test_values(void **state)
{
    (void)state;
    g_auto(FlowQuestion) question = flow_question_new();
    g_autoptr(GError) error = NULL;
    assert_true(flow_question_from_json(objects[0].line, &question, &error));
    assert_string_equal(question.in, "cni0");
    assert_string_equal(question.from_mac, "02:00:5e:00:53:01");
    assert_int_equal(question.port, 80);
    assert_int_equal(question.source_port, 1024);
    assert_int_equal(question.icmp_type, -1);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_values)};
    return RUN_CASES(test_object, objects) +
           cmocka_run_group_tests_name("values", others, NULL, NULL);
}
