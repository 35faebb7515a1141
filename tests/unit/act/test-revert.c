/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command lines by which a change that nobody confirms is undone. */
#include "act/revert.h"

#include "cases.h"

typedef struct {
    const char *name;
    RevertBy by;
    const char *bus;       /* DBUS_SYSTEM_BUS_ADDRESS; NULL: not set */
    const char *directory; /* STATE_DIRECTORY */
    const char *expected;
} CommandCase;

#define TIMER                                                                                      \
    "systemd-run --quiet --collect --unit=nicfix-undo-3f9a1c2e --on-active=60s "                   \
    "--timer-property=AccuracySec=100ms --property=Restart=on-failure "                            \
    "--property=RestartSec=1s --property=StartLimitIntervalSec=0 "                                 \
    "--description=Undo a nicfix change that nobody confirmed "
#define UNDO "/usr/bin/nicfix undo --quiet --timeout 10 --unconfirmed 3f9a1c2e"

static const CommandCase commands[] = {
    {"a timer undoes at once", REVERT_BY_TIMER, NULL, NULL, TIMER "-- " UNDO},
    {"a timer keeps the bus and the record's directory", REVERT_BY_TIMER, "unix:path=/run/bus",
     "/run/state",
     TIMER "--setenv=DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/bus "
           "--setenv=STATE_DIRECTORY=/run/state -- " UNDO},
    {"a timer keeps what is set alone", REVERT_BY_TIMER, NULL, "/run/state",
     TIMER "--setenv=STATE_DIRECTORY=/run/state -- " UNDO},
    {"a process waits, and inherits the environment", REVERT_BY_PROCESS, "unix:path=/run/bus", NULL,
     UNDO " --wait"},
};

static void set(const char *name, const char *value)
{
    if (value != NULL)
        g_setenv(name, value, TRUE);
    else
        g_unsetenv(name);
}

static void test_command(void **state)
{
    const CommandCase *row = *state;
    set("DBUS_SYSTEM_BUS_ADDRESS", row->bus);
    set("STATE_DIRECTORY", row->directory);
    g_auto(GStrv) words = revert_command(row->by, "/usr/bin/nicfix", "3f9a1c2e", 60, 10);
    g_autofree char *line = g_strjoinv(" ", words);
    assert_string_equal(line, row->expected);
}

int main(void)
{
    return RUN_CASES(test_command, commands);
}
