/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line for node-problem-detector, word for word. */
#include "report/npd.h"

#include "cases.h"
#include "model/error.h"
#include "sketch.h"

#include <string.h>

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                 \
    "link veth0 veth in cni0\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\n"               \
    "zone trusted target ACCEPT\npermanent eth0 -\n"
#define BOUND NODE "change public interfaces eth0\n"
#define CURED NODE "bind public eth0\n"

typedef struct {
    const char *name;
    const char *host;
    Severity severity;
    NpdStatus status;
    const char *line;
} NpdCase;

static const NpdCase npd[] = {
    {"fine", CURED, SEVERITY_WARNING, NPD_OK, "every uplink is covered (1 uplink, 1 downstream)\n"},
    {"an error", NODE, SEVERITY_ERROR, NPD_PROBLEM,
     "uplink-unbound: eth0 is in no zone, and new connections from cni0 out through...\n"},
    {"a warning", BOUND, SEVERITY_WARNING, NPD_PROBLEM,
     "runtime-only-binding: eth0 is in zone public in the running firewall only: th...\n"},
    {"a warning where only errors count", BOUND, SEVERITY_ERROR, NPD_OK,
     "runtime-only-binding: eth0 is in zone public in the running firewall only: th...\n"},
};

static void test_npd(void **state)
{
    const NpdCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autofree char *line = npd_text(diagnosis);
    assert_string_equal(line, row->line);
    assert_int_equal(npd_status(diagnosis, row->severity), row->status);
}

static char *line_of_message(const char *message)
{
    g_autoptr(GError) error = NULL;
    nicfix_error_set(&error, NICFIX_ERROR_NO_BUS, NULL, "%s", message);
    return npd_text_of_error(error);
}

static void test_control_characters(void **state)
{
    (void)state;
    g_autofree char *line = line_of_message("no bus\n\033[31mhere");
    assert_string_equal(line, "no bus\\x0a\\x1b[31mhere\n");
}

/* Whatever the length, and wherever the characters end: at most 80 bytes of valid UTF-8. */
static void test_every_length(void **state)
{
    (void)state;
    g_autoptr(GString) message = g_string_new(NULL);
    for (guint length = 0; length < 100; length++) {
        g_autofree char *line = line_of_message(message->str);
        assert_true(strlen(line) <= strlen("\n") + 80);
        assert_true(g_utf8_validate(line, -1, NULL));
        assert_true(g_str_has_suffix(line, message->len > 80 ? "...\n" : "\n"));
        g_string_append(message, length % 3 == 0 ? "\u00e9" : length % 3 == 1 ? "\u6f22" : "x");
    }
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_every_length),
    };
    return RUN_CASES(test_npd, npd) + cmocka_run_group_tests(others, NULL, NULL);
}
