/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forwarding switches as rtnetlink and /proc/sys tell them. */
#include "observe/kernel/forwarding.h"

#include "netlink-messages.h"
#include "recorded-links.h"

#include <glib/gstdio.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

static const char *switch_word(Tristate value)
{
    static const char *const words[] = {"unknown", "no", "yes"};
    return words[value];
}

static bool read_switch(const struct nlmsghdr *message, char **text, GError **error)
{
    static const char *const filters[] = {"", " strict", " loose"};
    ForwardingSwitches switches;
    if (!forwarding_from_message(message, &switches, error))
        return false;
    *text = g_strdup_printf("%d %s%s%s", switches.index, switch_word(switches.forwarding),
                            filters[switches.rp_filter],
                            switches.skip_linkdown == TRISTATE_YES ? " skips linkdown" : "");
    return true;
}

static const MessageCase recorded[] = {
    {"all links", recorded_forwarding_of_all, .text = "-1 yes"},
    {"one link", recorded_forwarding_of_v1, .text = "3 no"},
};

static const struct netconfmsg ipv4 = {.ncm_family = AF_INET};

#define NETCONF(...) .type = RTM_NEWNETCONF, HEADER(ipv4), .pieces = PIECES(__VA_ARGS__)

static const MessageCase made[] = {
    {"strict rp_filter",
     NETCONF(U32(NETCONFA_IFINDEX, 7), U32(NETCONFA_FORWARDING, 1), U32(NETCONFA_RP_FILTER, 1)),
     .text = "7 yes strict"},
    {"loose rp_filter, and a value that the kernel treats as such",
     NETCONF(U32(NETCONFA_IFINDEX, 7), U32(NETCONFA_FORWARDING, 1), U32(NETCONFA_RP_FILTER, 3)),
     .text = "7 yes loose"},
    {"routes of links without a carrier are ignored",
     NETCONF(U32(NETCONFA_IFINDEX, 7), U32(NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, 1)),
     .text = "7 unknown skips linkdown"},
    {"on", NETCONF(U32(NETCONFA_IFINDEX, 7), U32(NETCONFA_FORWARDING, 1)), .text = "7 yes"},
    {"off", NETCONF(U32(NETCONFA_IFINDEX, 7), U32(NETCONFA_FORWARDING, 0)), .text = "7 no"},
    {"any number but zero is on",
     NETCONF(U32(NETCONFA_IFINDEX, 7), U32(NETCONFA_FORWARDING, 0x10000)), .text = "7 yes"},
    {"what links to come will have", NETCONF(U32(NETCONFA_IFINDEX, NETCONFA_IFINDEX_DEFAULT)),
     .text = "-2 unknown"},
    {"an attribute of tomorrow's kernel",
     NETCONF(U32(NETCONFA_IFINDEX, 7), U32(NETCONFA_MAX + 9, 1)), .text = "7 unknown"},
    {"no link", NETCONF(U32(NETCONFA_FORWARDING, 1))},
    {"nothing", .type = RTM_NEWNETCONF, HEADER(ipv4)},
    {"no header", .type = RTM_NEWNETCONF, .header = "", .header_size = 0},
    {"a switch of one byte", NETCONF(U32(NETCONFA_IFINDEX, 7), U8(NETCONFA_FORWARDING, 1))},
};

static void test_message(void **state)
{
    check_message(*state, read_switch);
}

static void test_broken(void **state)
{
    check_broken(*state, read_switch);
}

/* ---- /proc/sys ---- */

typedef struct {
    const char *name;
    const char *content; /* NULL: no file */
    Tristate value;
} SysctlCase;

static const SysctlCase sysctls[] = {
    {"on", "1\n", TRISTATE_YES},
    {"off", "0\n", TRISTATE_NO},
    {"more than on", "2\n", TRISTATE_YES},
    {"no br_netfilter", NULL, TRISTATE_UNKNOWN},
    {"empty", "", TRISTATE_UNKNOWN},
    {"no number", "on\n", TRISTATE_UNKNOWN},
    {"two numbers", "1\t0\n", TRISTATE_UNKNOWN},
};

static void test_sysctl(void **state)
{
    const SysctlCase *test = *state;
    g_autofree char *folder = g_dir_make_tmp("forwarding-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "switch", NULL);
    if (test->content != NULL)
        assert_true(g_file_set_contents(path, test->content, -1, NULL));
    Tristate value = sysctl_switch(path);
    g_unlink(path);
    g_rmdir(folder);
    assert_int_equal(value, test->value);
}

/* ---- the kernel that runs this ---- */

static void test_observe(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Netlink) netlink = netlink_new(NETLINK_ROUTE, &error);
    g_autoptr(Snapshot) snapshot = snapshot_new();
    Link *link = link_new();
    link->index = 1;
    link->name = g_strdup("lo");
    snapshot_add_link(snapshot, link);
    assert_non_null(netlink);
    assert_true(forwarding_observe(netlink, snapshot, &error));
    Tristate all = sysctl_switch("/proc/sys/net/ipv4/conf/all/forwarding");
    Tristate loopback = sysctl_switch("/proc/sys/net/ipv4/conf/lo/forwarding");
    assert_int_equal(snapshot->forwarding_ipv4, all);
    assert_int_equal(link->forwarding_ipv4, loopback);
}

int main(void)
{
    const struct CMUnitTest live[] = {cmocka_unit_test(test_observe)};
    return RUN_RECORDED(test_message, recorded) + RUN_CASES(test_message, made) +
           RUN_CASES(test_broken, made) + RUN_CASES(test_sysctl, sysctls) +
           cmocka_run_group_tests(live, NULL, NULL);
}
