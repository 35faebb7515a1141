/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What SSH_CONNECTION says, and what it cannot say. */
#include "cases.h"

#include "observe/session.h"

typedef struct {
    const char *name;
    const char *value;
    int port; /* 0: it is no session */
} ValueCase;

static const ValueCase values[] = {
    {"IPv4", "198.51.100.7 50000 192.0.2.1 22", 22},
    {"IPv6", "2001:db8::7 50000 2001:db8::1 2222", 2222},
    {"too short", "198.51.100.7 50000 192.0.2.1", 0},
    {"too long", "198.51.100.7 50000 192.0.2.1 22 x", 0},
    {"no address", "client 50000 192.0.2.1 22", 0},
    {"two families", "198.51.100.7 50000 2001:db8::1 22", 0},
    {"port out of range", "198.51.100.7 50000 192.0.2.1 65536", 0},
    {"port 0", "198.51.100.7 50000 192.0.2.1 0", 0},
    {"empty", "", 0},
};

static void test_value(void **state)
{
    const ValueCase *row = *state;
    g_auto(RemoteSession) session = {0};
    bool found = remote_session_parse(row->value, &session);
    assert_int_equal(found, row->port != 0);
    assert_int_equal(session.port, row->port);
}

static void test_own_environment(void **state)
{
    (void)state;
    g_auto(RemoteSession) session = {0};
    g_setenv("SSH_CONNECTION", "198.51.100.7 50000 192.0.2.1 22", TRUE);
    assert_true(remote_session_find(&session));
    assert_string_equal(session.client, "198.51.100.7");
    assert_string_equal(session.server, "192.0.2.1");
    g_unsetenv("SSH_CONNECTION");
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_own_environment)};
    return RUN_CASES(test_value, values) +
           cmocka_run_group_tests_name("environment", others, NULL, NULL);
}
