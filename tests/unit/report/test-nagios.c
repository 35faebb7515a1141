/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line for Nagios, word for word. */
#include "report/nagios.h"

#include "cases.h"
#include "model/error.h"
#include "sketch.h"

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                 \
    "link veth0 veth in cni0\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\n"               \
    "zone trusted target ACCEPT\npermanent eth0 -\n"
#define BOUND NODE "change public interfaces eth0\n"
#define CURED NODE "bind public eth0\n"

typedef struct {
    const char *name;
    const char *host;
    NagiosStatus status;
    const char *line;
} NagiosCase;

static const NagiosCase nagios[] = {
    {"fine", CURED, NAGIOS_OK,
     "NICFIX OK - every uplink is covered (1 uplink, 1 downstream) | errors=0;;0;0 warnings=0;0;;0 "
     "uplinks=1;;;0 downstreams=1;;;0\n"},
    {"a warning", BOUND, NAGIOS_WARNING,
     "NICFIX WARNING - runtime-only-binding: eth0 is in zone public in the running firewall only: "
     "the next reload or restart of firewalld undoes it | errors=0;;0;0 warnings=1;0;;0 "
     "uplinks=1;;;0 downstreams=1;;;0\n"},
    {"an error", NODE, NAGIOS_CRITICAL,
     "NICFIX CRITICAL - uplink-unbound: eth0 is in no zone, and new connections from cni0 out "
     "through eth0 are rejected | errors=1;;0;0 warnings=0;0;;0 uplinks=1;;;0 downstreams=1;;;0\n"},
    {"a name with a bar", CURED "zone a|b interfaces gone\n", NAGIOS_WARNING,
     "NICFIX WARNING - stale-binding: zone a/b has interface gone, which does not exist | "
     "errors=0;;0;0 warnings=1;0;;0 uplinks=1;;;0 downstreams=1;;;0\n"},
};

static void test_nagios(void **state)
{
    const NagiosCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autofree char *line = nagios_text(diagnosis);
    assert_string_equal(line, row->line);
    assert_int_equal(nagios_status(diagnosis), row->status);
}

static void test_nagios_of_an_error(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    nicfix_error_set(&error, NICFIX_ERROR_NO_BUS, NULL, "no bus | \033[31mhere\n");
    g_autofree char *line = nagios_text_of_error(error);
    assert_string_equal(line, "NICFIX UNKNOWN - no bus / \\x1b[31mhere\\x0a\n");
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_nagios_of_an_error)};
    return RUN_CASES(test_nagios, nagios) + cmocka_run_group_tests(others, NULL, NULL);
}
