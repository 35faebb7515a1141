/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of links as rtnetlink tells them. */
#include "observe/kernel/link-addresses.h"

#include "netlink-messages.h"
#include "recorded-links.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

static bool read_address(const struct nlmsghdr *message, char **text, GError **error)
{
    int index = -99;
    LinkAddress address = {0};
    if (!link_address_from_message(message, &index, &address, error))
        return false;
    GString *result = g_string_new(NULL);
    g_string_printf(result, "%d", index);
    if (index != 0) {
        append_prefix(result, " ", &address.prefix);
        g_string_append_printf(result, " scope %u flags %u", address.scope, address.flags);
    }
    *text = g_string_free(result, FALSE);
    return true;
}

static const MessageCase recorded[] = {
    {"an address with a peer stands for itself alone", recorded_peer_address,
     .text = "3 10.3.0.1/32 scope 0 flags 128"},
    {"IPv6", recorded_ipv6_address, .text = "5 2001:db8:1::1/64 scope 0 flags 130"},
};

static const struct ifaddrmsg ipv4 = {
    .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_flags = 1, .ifa_scope = 253, .ifa_index = 4};
static const struct ifaddrmsg ipv4_too_long = {.ifa_family = AF_INET, .ifa_prefixlen = 33};
static const struct ifaddrmsg ipv6 = {.ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_index = 4};
static const struct ifaddrmsg phonet = {.ifa_family = AF_PHONET, .ifa_index = 4};

#define A    10, 0, 0, 1
#define B    10, 0, 0, 2
#define AAAA 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
#define BBBB 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2

#define ADDRESS(family, ...) .type = RTM_NEWADDR, HEADER(family), .pieces = PIECES(__VA_ARGS__)

static const MessageCase made[] = {
    {"IPv4", ADDRESS(ipv4, BYTES(IFA_ADDRESS, A), BYTES(IFA_LOCAL, A)),
     .text = "4 10.0.0.1/24 scope 253 flags 1"},
    {"flags beyond the header's eight bits",
     ADDRESS(ipv4, BYTES(IFA_LOCAL, A), U32(IFA_FLAGS, 0x301)),
     .text = "4 10.0.0.1/24 scope 253 flags 769"},
    {"IPv4 with a peer", ADDRESS(ipv4, BYTES(IFA_ADDRESS, B), BYTES(IFA_LOCAL, A)),
     .text = "4 10.0.0.1/32 scope 253 flags 1"},
    {"IPv6", ADDRESS(ipv6, BYTES(IFA_ADDRESS, AAAA)), .text = "4 fd00::1/64 scope 0 flags 0"},
    {"IPv6 with a peer", ADDRESS(ipv6, BYTES(IFA_ADDRESS, BBBB), BYTES(IFA_LOCAL, AAAA)),
     .text = "4 fd00::1/128 scope 0 flags 0"},
    {"another family", ADDRESS(phonet, BYTES(IFA_ADDRESS, 1, 2, 3, 4)), .text = "0"},
};

static const MessageCase malformed[] = {
    {"no address", .type = RTM_NEWADDR, HEADER(ipv4)},
    {"half a header", .type = RTM_NEWADDR, .header = &ipv4, .header_size = 4},
    {"IPv4 in an address of IPv6", ADDRESS(ipv6, BYTES(IFA_ADDRESS, A))},
    {"IPv6 in an address of IPv4", ADDRESS(ipv4, BYTES(IFA_LOCAL, AAAA))},
    {"an address of three bytes", ADDRESS(ipv4, BYTES(IFA_LOCAL, 1, 2, 3))},
    {"an address of five bytes", ADDRESS(ipv4, BYTES(IFA_LOCAL, 1, 2, 3, 4, 5))},
    {"an address of 17 bytes", ADDRESS(ipv6, BYTES(IFA_LOCAL, AAAA, 0))},
    {"a prefix longer than the address", ADDRESS(ipv4_too_long, BYTES(IFA_LOCAL, A))},
    {"flags of two bytes", ADDRESS(ipv4, BYTES(IFA_LOCAL, A), U16(IFA_FLAGS, 1))},
};

static void test_message(void **state)
{
    check_message(*state, read_address);
}

static void test_broken(void **state)
{
    check_broken(*state, read_address);
}

int main(void)
{
    return RUN_RECORDED(test_message, recorded) + RUN_CASES(test_message, made) +
           RUN_CASES(test_broken, made) + RUN_CASES(test_message, malformed);
}
