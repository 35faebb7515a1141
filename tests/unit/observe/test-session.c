/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What SSH_CONNECTION says, and what it cannot say. */
#include "cases.h"

#include "observe/session.h"
#include "observe/kernel/tcp-table.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

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

/* ---- the table of sockets ---- */

typedef struct {
    const char *name;
    const char *line;
    const char *text; /* NULL: it is no socket */
} LineCase;

/* Bytes of an address are as a machine with its lowest byte first prints them. */
static const LineCase lines[] = {
    {"the heading",
     "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
     "inode",
     NULL},
    {"IPv4",
     "   3: 0A02000A:0016 0702000A:C350 01 00000000:00000000 02:000A7D1B 00000000     0        0 "
     "24713 2 0000000000000000 20 4 30 10 -1",
     "10.0.2.10 22 10.0.2.7 1 24713"},
    {"IPv6",
     "   0: B80D0120000000000000000001000000:08AE B80D0120000000000000000007000000:C350 01 "
     "00000000:00000000 00:00000000 00000000     0        0 99 1 0000000000000000 20 4 0 10 -1",
     "2001:db8::1 2222 2001:db8::7 1 99"},
    {"IPv4 by a socket of IPv6",
     "   0: 0000000000000000FFFF00000A02000A:0016 0000000000000000FFFF00000702000A:C350 01 "
     "00000000:00000000 00:00000000 00000000     0        0 7 1 0000000000000000 20 4 0 10 -1",
     "10.0.2.10 22 10.0.2.7 1 7"},
    {"listening",
     " 12: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5 "
     "1 0000000000000000 100 0 0 10 0",
     "0.0.0.0 22 0.0.0.0 10 5"},
    {"cut short", "   3: 0A02000A:0016 0702000A:C350 01 00000000:00000000 02:000A7D1B", NULL},
    {"an address too short", "   3: 0A02:0016 0702:C350 01 0:0 0:0 0 0 0 7", NULL},
    {"nothing", "", NULL},
};

static void test_line(void **state)
{
    const LineCase *row = *state;
    TcpSocket socket;
    bool parsed = tcp_socket_parse(row->line, &socket);
    assert_int_equal(parsed, row->text != NULL);
    if (!parsed || G_BYTE_ORDER != G_LITTLE_ENDIAN)
        return;
    g_autofree char *local = ip_address_to_string(&socket.local);
    g_autofree char *remote = ip_address_to_string(&socket.remote);
    g_autofree char *text = g_strdup_printf("%s %u %s %u %" G_GUINT64_FORMAT, local,
                                            socket.local_port, remote, socket.state, socket.inode);
    assert_string_equal(text, row->text);
}

/* Of both ends of a connection, this process has the one that was accepted, and then the other. */
static void test_accepted_connection(void **state)
{
    (void)state;
    g_autoptr(GSocketListener) listener = g_socket_listener_new();
    g_autoptr(GSocketClient) client = g_socket_client_new();
    guint16 port = g_socket_listener_add_any_inet_port(listener, NULL, NULL);
    TcpSocket found;
    assert_false(tcp_table_find_accepted(getpid(), &found));
    g_autoptr(GSocketConnection) ours =
        g_socket_client_connect_to_host(client, "127.0.0.1", port, NULL, NULL);
    assert_non_null(ours);
    g_autoptr(GSocketConnection) accepted = g_socket_listener_accept(listener, NULL, NULL, NULL);
    assert_true(tcp_table_find_accepted(getpid(), &found));
    assert_int_equal(found.local_port, port);
    g_autofree char *remote = ip_address_to_string(&found.remote);
    assert_string_equal(remote, "127.0.0.1");
    g_socket_close(g_socket_connection_get_socket(accepted), NULL);
    assert_false(tcp_table_find_accepted(getpid(), &found));
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_own_environment),
                                        cmocka_unit_test(test_accepted_connection)};
    return RUN_CASES(test_value, values) + RUN_CASES(test_line, lines) +
           cmocka_run_group_tests_name("environment", others, NULL, NULL);
}
