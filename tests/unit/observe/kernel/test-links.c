/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links as rtnetlink tells them: what is kept, what is left out, and what is refused. */
#include "observe/kernel/links.h"

#include "netlink-messages.h"
#include "recorded-links.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

static const char *switch_word(Tristate value)
{
    static const char *const words[] = {"?", "no", "yes"};
    return words[value];
}

static char *link_text(const Link *link)
{
    GString *text = g_string_new(NULL);
    g_autofree char *altnames = g_strjoinv(" ", link->altnames);
    g_string_printf(text, "%d %s", link->index, link->name);
    append_text(text, " kind ", link->kind);
    append_text(text, " port of ", link->port_kind);
    append_text(text, " parent ", link->parent_device);
    append_text(text, " bus ", link->parent_bus);
    append_text(text, " mac ", link->mac);
    append_text(text, " permanent ", link->permanent_mac);
    append_number(text, " mtu ", link->mtu);
    append_number(text, " flags ", link->flags);
    append_number(text, " state ", link->operstate);
    append_number(text, " master ", (guint64)link->master);
    append_number(text, " lower ", (guint64)link->lower);
    append_number(text, " table ", link->vrf_table);
    append_text(text, "", link->programs.xdp ? " xdp" : NULL);
    append_text(text, " aka ", *altnames != '\0' ? altnames : NULL);
    if (link->hairpin != TRISTATE_UNKNOWN)
        g_string_append_printf(text, " hairpin %s", switch_word(link->hairpin));
    if (link->isolated == TRISTATE_YES)
        g_string_append(text, " isolated");
    g_string_append_printf(text, " carrier %s calls %s %s", switch_word(link->carrier),
                           switch_word(link->bridge_call_iptables),
                           switch_word(link->bridge_call_ip6tables));
    return g_string_free(text, FALSE);
}

static bool read_link(const struct nlmsghdr *message, char **text, GError **error)
{
    g_autoptr(Link) link = link_from_message(message, error);
    if (link != NULL)
        *text = link_text(link);
    return link != NULL;
}

/* ---- recorded ---- */

static const MessageCase recorded[] = {
    {"a bridge with alternative names", recorded_bridge,
     .text = "2 br0 kind bridge mac 5a:c9:be:ea:80:5f mtu 1500 flags 69699 state 6 "
             "aka bridge-one x/ff\\xfe carrier yes calls no no"},
    {"a veth that is a port of it: the other end is no lower link", recorded_bridge_port,
     .text = "4 v0 kind veth port of bridge mac 5a:c9:be:ea:80:5f mtu 1500 flags 69699 "
             "state 6 master 2 hairpin no carrier yes calls ? ?"},
};

/* ---- made ---- */

static const struct ifinfomsg seven = {.ifi_type = ARPHRD_ETHER, .ifi_index = 7};
static const struct ifinfomsg loopback = {
    .ifi_type = ARPHRD_LOOPBACK, .ifi_index = 1, .ifi_flags = IFF_UP | IFF_LOOPBACK};
static const struct ifinfomsg no_index = {.ifi_index = 0};
static const struct ifinfomsg negative_index = {.ifi_index = -1};

#define LINK(...)                                                                                  \
    .type = RTM_NEWLINK, HEADER(seven), .pieces = PIECES(TEXT(IFLA_IFNAME, "x"), __VA_ARGS__)
#define PLAIN "7 x carrier ? calls ? ?"

static const MessageCase kinds[] = {
    {"a name is enough", LINK(U8(IFLA_CARRIER, 0)), .text = "7 x carrier no calls ? ?"},
    {"physical: a parent device and no kind",
     LINK(TEXT(IFLA_PARENT_DEV_NAME, "0000:00:03.0"), TEXT(IFLA_PARENT_DEV_BUS_NAME, "pci")),
     .text = "7 x kind physical parent 0000:00:03.0 bus pci carrier ? calls ? ?"},
    {"a parent device and a kind",
     LINK(TEXT(IFLA_PARENT_DEV_NAME, "p"), NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_KIND, "dsa"))),
     .text = "7 x kind dsa parent p carrier ? calls ? ?"},
    {"loopback, whose zeros are no MAC address", .type = RTM_NEWLINK, HEADER(loopback),
     .pieces = PIECES(TEXT(IFLA_IFNAME, "lo"), BYTES(IFLA_ADDRESS, 0, 0, 0, 0, 0, 0)),
     .text = "1 lo kind loopback flags 9 carrier ? calls ? ?"},
    {"the table of a VRF",
     LINK(NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_KIND, "vrf"),
               NEST(IFLA_INFO_DATA, U32(IFLA_VRF_TABLE, 1001)))),
     .text = "7 x kind vrf table 1001 carrier ? calls ? ?"},
    {"a bridge whose packets pass the firewall",
     LINK(NEST(
         IFLA_LINKINFO, TEXT(IFLA_INFO_KIND, "bridge"),
         NEST(IFLA_INFO_DATA, U8(IFLA_BR_NF_CALL_IPTABLES, 1), U8(IFLA_BR_NF_CALL_IP6TABLES, 0)))),
     .text = "7 x kind bridge carrier ? calls yes no"},
    {"an XDP program", LINK(NEST(IFLA_XDP, U8(IFLA_XDP_ATTACHED, XDP_ATTACHED_SKB))),
     .text = "7 x xdp carrier ? calls ? ?"},
    {"no XDP program", LINK(NEST(IFLA_XDP, U8(IFLA_XDP_ATTACHED, XDP_ATTACHED_NONE))),
     .text = "7 x carrier ? calls ? ?"},
    {"a bridge without br_netfilter",
     LINK(NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_KIND, "bridge"),
               NEST(IFLA_INFO_DATA, U32(IFLA_BR_FORWARD_DELAY, 1)))),
     .text = "7 x kind bridge carrier ? calls ? ?"},
    {"data of a kind that has the same numbers for other things",
     LINK(NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_KIND, "vlan"),
               NEST(IFLA_INFO_DATA, U16(IFLA_VLAN_ID, 5)))),
     .text = "7 x kind vlan carrier ? calls ? ?"},
    {"a port of a bond",
     LINK(U32(IFLA_MASTER, 3), NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_SLAVE_KIND, "bond")),
          TEXT(IFLA_PARENT_DEV_NAME, "p")),
     .text = "7 x kind physical port of bond parent p master 3 carrier ? calls ? ?"},
    {"a port of a bridge in hairpin mode",
     LINK(U32(IFLA_MASTER, 3), NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_SLAVE_KIND, "bridge"),
                                    NEST(IFLA_INFO_SLAVE_DATA, U8(IFLA_BRPORT_MODE, 1)))),
     .text = "7 x port of bridge master 3 hairpin yes carrier ? calls ? ?"},
    {"a port of a bridge as it comes",
     LINK(U32(IFLA_MASTER, 3), NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_SLAVE_KIND, "bridge"),
                                    NEST(IFLA_INFO_SLAVE_DATA, U8(IFLA_BRPORT_MODE, 0)))),
     .text = "7 x port of bridge master 3 hairpin no carrier ? calls ? ?"},
    {"an isolated port of a bridge",
     LINK(U32(IFLA_MASTER, 3),
          NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_SLAVE_KIND, "bridge"),
               NEST(IFLA_INFO_SLAVE_DATA, U8(IFLA_BRPORT_MODE, 0), U8(IFLA_BRPORT_ISOLATED, 1)))),
     .text = "7 x port of bridge master 3 hairpin no isolated carrier ? calls ? ?"},
    {"a port of a bridge that is not isolated",
     LINK(U32(IFLA_MASTER, 3),
          NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_SLAVE_KIND, "bridge"),
               NEST(IFLA_INFO_SLAVE_DATA, U8(IFLA_BRPORT_MODE, 0), U8(IFLA_BRPORT_ISOLATED, 0)))),
     .text = "7 x port of bridge master 3 hairpin no carrier ? calls ? ?"},
    {"data of a port of another kind",
     LINK(U32(IFLA_MASTER, 3), NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_SLAVE_KIND, "bond"),
                                    NEST(IFLA_INFO_SLAVE_DATA, U8(IFLA_BRPORT_MODE, 1)))),
     .text = "7 x port of bond master 3 carrier ? calls ? ?"},
};

static const MessageCase parts[] = {
    {"a VLAN's lower link",
     LINK(U32(IFLA_LINK, 2), NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_KIND, "vlan"))),
     .text = "7 x kind vlan lower 2 carrier ? calls ? ?"},
    {"a lower link in another namespace",
     LINK(U32(IFLA_LINK, 2), U32(IFLA_LINK_NETNSID, 0),
          NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_KIND, "macvlan"))),
     .text = "7 x kind macvlan carrier ? calls ? ?"},
    {"the other end of a netkit pair",
     LINK(U32(IFLA_LINK, 2), NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_KIND, "netkit"))),
     .text = "7 x kind netkit carrier ? calls ? ?"},
    {"MAC addresses",
     LINK(BYTES(IFLA_ADDRESS, 2, 0xAB, 0, 0, 0, 1), BYTES(IFLA_PERM_ADDRESS, 2, 0, 0, 0, 0, 2)),
     .text = "7 x mac 02:ab:00:00:00:01 permanent 02:00:00:00:00:02 carrier ? calls ? ?"},
    {"a tunnel's IPv4 address is no MAC address", LINK(BYTES(IFLA_ADDRESS, 10, 0, 0, 1)),
     .text = PLAIN},
    {"a tunnel's IPv6 address is no MAC address",
     LINK(BYTES(IFLA_ADDRESS, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)), .text = PLAIN},
    {"an empty hardware address", LINK(EMPTY(IFLA_ADDRESS)), .text = PLAIN},
    {"MTU, state and carrier",
     LINK(U32(IFLA_MTU, 9000), U8(IFLA_OPERSTATE, IF_OPER_UP), U8(IFLA_CARRIER, 1)),
     .text = "7 x mtu 9000 state 6 carrier yes calls ? ?"},
    {"alternative names, and properties that are none",
     LINK(NEST(IFLA_PROP_LIST, TEXT(IFLA_ALT_IFNAME, "enp2s0"), U32(IFLA_MTU, 1),
               TEXT(IFLA_ALT_IFNAME, "uplink"))),
     .text = "7 x aka enp2s0 uplink carrier ? calls ? ?"},
    {"an alternative name without an end",
     LINK(NEST(IFLA_PROP_LIST, BYTES(IFLA_ALT_IFNAME, 'a', 'b'))),
     .text = "7 x aka ab carrier ? calls ? ?"},
    {"an empty alternative name", LINK(NEST(IFLA_PROP_LIST, EMPTY(IFLA_ALT_IFNAME))),
     .text = PLAIN},
    {"an attribute of tomorrow's kernel", LINK(U32(IFLA_MAX + 7, 1)), .text = PLAIN},
    {"a name of 15 bytes", .type = RTM_NEWLINK, HEADER(seven),
     .pieces = PIECES(TEXT(IFLA_IFNAME, "abcdefghijklmno")),
     .text = "7 abcdefghijklmno carrier ? calls ? ?"},
    {"a name that is no UTF-8", .type = RTM_NEWLINK, HEADER(seven),
     .pieces = PIECES(TEXT(IFLA_IFNAME, "n\xe4me")), .text = "7 n/e4me carrier ? calls ? ?"},
    {"a name in UTF-8", .type = RTM_NEWLINK, HEADER(seven),
     .pieces = PIECES(TEXT(IFLA_IFNAME, "n\xc3\xa4me")),
     .text = "7 n\xc3\xa4me carrier ? calls ? ?"},
};

static const MessageCase malformed[] = {
    {"no attributes", .type = RTM_NEWLINK, HEADER(seven)},
    {"no name", .type = RTM_NEWLINK, HEADER(seven), .pieces = PIECES(U32(IFLA_MTU, 1500))},
    {"an empty name", .type = RTM_NEWLINK, HEADER(seven), .pieces = PIECES(TEXT(IFLA_IFNAME, ""))},
    {"a name of no bytes", .type = RTM_NEWLINK, HEADER(seven),
     .pieces = PIECES(EMPTY(IFLA_IFNAME))},
    {"a name without an end", .type = RTM_NEWLINK, HEADER(seven),
     .pieces = PIECES(BYTES(IFLA_IFNAME, 'e', 't', 'h'))},
    {"a name of 16 bytes", .type = RTM_NEWLINK, HEADER(seven),
     .pieces = PIECES(TEXT(IFLA_IFNAME, "abcdefghijklmnop"))},
    {"no index", .type = RTM_NEWLINK, HEADER(no_index), .pieces = PIECES(TEXT(IFLA_IFNAME, "x"))},
    {"a negative index", .type = RTM_NEWLINK, HEADER(negative_index),
     .pieces = PIECES(TEXT(IFLA_IFNAME, "x"))},
    {"half a header", .type = RTM_NEWLINK, .header = &seven, .header_size = 8},
    {"an MTU of two bytes", LINK(U16(IFLA_MTU, 1500))},
    {"a master of no bytes", LINK(EMPTY(IFLA_MASTER))},
    {"a state of no bytes", LINK(EMPTY(IFLA_OPERSTATE))},
    {"an attribute longer than the message", LINK({PIECE_RAW, "\xff\x00\x04\x00zzz", 8, NULL})},
    {"an attribute shorter than its own header", LINK({PIECE_RAW, "\x02\x00\x04\x00", 4, NULL})},
    {"a kind that is cut short",
     LINK(NEST(IFLA_LINKINFO, {PIECE_RAW, "\xff\xff\x01\x00", 4, NULL}))},
    {"a kind without an end", LINK(NEST(IFLA_LINKINFO, BYTES(IFLA_INFO_KIND, 'v')))},
    {"a VRF's table of two bytes", LINK(NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_KIND, "vrf"),
                                             NEST(IFLA_INFO_DATA, U16(IFLA_VRF_TABLE, 1))))},
    {"a bridge's data cut short",
     LINK(NEST(IFLA_LINKINFO, TEXT(IFLA_INFO_KIND, "bridge"), U16(IFLA_INFO_DATA, 1)))},
    {"alternative names cut short",
     LINK(NEST(IFLA_PROP_LIST, {PIECE_RAW, "\xff\xff\x35\x00", 4, NULL}))},
};

static void test_message(void **state)
{
    check_message(*state, read_link);
}

static void test_broken(void **state)
{
    check_broken(*state, read_link);
}

/* ---- the kernel that runs this ---- */

/* Each network namespace has a loopback link, and it is the first one. */
static void test_observe(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Netlink) netlink = netlink_new(NETLINK_ROUTE, &error);
    g_autoptr(Snapshot) snapshot = snapshot_new();
    assert_non_null(netlink);
    assert_true(links_observe(netlink, snapshot, &error));
    const Link *link = snapshot_link_by_name(snapshot, "lo");
    assert_non_null(link);
    assert_ptr_equal(link, g_ptr_array_index(snapshot->links, 0));
    assert_int_equal(link->index, 1);
    assert_string_equal(link->kind, "loopback");
    for (guint i = 1; i < snapshot->links->len; i++) {
        const Link *before = g_ptr_array_index(snapshot->links, i - 1);
        const Link *after = g_ptr_array_index(snapshot->links, i);
        assert_true(before->index < after->index);
    }
}

int main(void)
{
    const struct CMUnitTest live[] = {cmocka_unit_test(test_observe)};
    return RUN_RECORDED(test_message, recorded) + RUN_RECORDED(test_broken, recorded) +
           RUN_CASES(test_message, kinds) + RUN_CASES(test_broken, kinds) +
           RUN_CASES(test_message, parts) + RUN_CASES(test_message, malformed) +
           cmocka_run_group_tests(live, NULL, NULL);
}
