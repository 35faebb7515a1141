/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets as sock_diag tells them, and those of this machine. */
#include "observe/kernel/sockets.h"

#include "netlink-messages.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    const char *name;
    struct inet_diag_msg header;
    const Piece *pieces;
    gsize cut;        /* bytes that are missing at the end */
    const char *text; /* NULL: it is none that waits for others */
} SocketCase;

#define ID(port, interface, ...)                                                                   \
    {                                                                                              \
        .idiag_sport = (guint16)(((port)&0xff) << 8 | (port) >> 8), .idiag_src = {__VA_ARGS__},    \
        .idiag_if = (interface)                                                                    \
    }

static const SocketCase cases[] = {
    {"on all addresses", {.idiag_family = AF_INET, .id = ID(22, 0, 0)}, NULL, 0, "0.0.0.0 22 0 0"},
    {"bound to a link", {.idiag_family = AF_INET, .id = ID(67, 7, 0)}, NULL, 0, "0.0.0.0 67 7 0"},
    {"for IPv6 only",
     {.idiag_family = AF_INET6, .id = ID(8080, 0, 0)},
     PIECES(U8(INET_DIAG_SKV6ONLY, 1)),
     0,
     ":: 8080 0 1"},
    {"for both",
     {.idiag_family = AF_INET6, .id = ID(80, 0, 0)},
     PIECES(U8(INET_DIAG_SKV6ONLY, 0)),
     0,
     ":: 80 0 0"},
    {"without a port", {.idiag_family = AF_INET, .id = ID(0, 0, 0)}, NULL, 0, NULL},
    {"of another family", {.idiag_family = AF_UNIX, .id = ID(22, 0, 0)}, NULL, 0, NULL},
    {"a negative interface", {.idiag_family = AF_INET, .id = ID(22, 0xffffffff, 0)}, NULL, 0, NULL},
    {"an attribute that is too short",
     {.idiag_family = AF_INET6, .id = ID(80, 0, 0)},
     PIECES(EMPTY(INET_DIAG_SKV6ONLY)),
     0,
     NULL},
    {"cut short", {.idiag_family = AF_INET, .id = ID(22, 0, 0)}, NULL, 4, NULL},
};

static void test_message(void **state)
{
    const SocketCase *test = *state;
    g_autofree struct nlmsghdr *message =
        message_new(SOCK_DIAG_BY_FAMILY, &test->header, sizeof test->header, test->pieces);
    message->nlmsg_len -= (guint32)test->cut;
    Socket found;
    bool is_one = socket_from_message(message, PROTOCOL_TCP, &found);
    assert_int_equal(is_one, test->text != NULL);
    if (!is_one)
        return;
    g_autofree char *address = ip_address_to_string(&found.address);
    g_autofree char *text =
        g_strdup_printf("%s %u %d %d", address, found.port, found.interface, (int)found.only_ipv6);
    assert_string_equal(text, test->text);
    assert_int_equal(found.protocol, PROTOCOL_TCP);
}

static bool has_socket(const Snapshot *snapshot, Protocol protocol, guint port)
{
    for (guint i = 0; i < snapshot->sockets->len; i++) {
        const Socket *socket = g_ptr_array_index(snapshot->sockets, i);
        if (socket->protocol == protocol && socket->port == port)
            return true;
    }
    return false;
}

/* Opens one on the loopback address; *PORT is what the kernel chose. */
static int open_socket(int type, guint *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int descriptor = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    assert_true(descriptor >= 0);
    assert_int_equal(bind(descriptor, (struct sockaddr *)&address, size), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(descriptor, 1), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return descriptor;
}

/* A kernel without the module says so, and nothing is missing that is not noted. */
static void test_of_this_machine(G_GNUC_UNUSED void **state)
{
    guint tcp_port;
    guint udp_port;
    int tcp = open_socket(SOCK_STREAM, &tcp_port);
    int udp = open_socket(SOCK_DGRAM, &udp_port);
    g_autoptr(Snapshot) snapshot = snapshot_new();
    sockets_observe(snapshot);
    bool found = has_socket(snapshot, PROTOCOL_TCP, tcp_port) &&
                 has_socket(snapshot, PROTOCOL_UDP, udp_port);
    close(tcp);
    close(udp);
    assert_true(found || snapshot->unread->len > 0);
}

int main(void)
{
    const struct CMUnitTest whole[] = {cmocka_unit_test(test_of_this_machine)};
    return RUN_CASES(test_message, cases) + cmocka_run_group_tests(whole, NULL, NULL);
}
