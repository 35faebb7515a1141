/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "ip -d address" prints, and what is taken from it. The texts are iproute2's own; 6.1 and 5.10. */
#include "sosreport/links-text.h"

#include "cases.h"
#include "model/foreach.h"

#define ETH0                                                                                       \
    "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default "   \
    "qlen 1000\n"                                                                                  \
    "    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff promiscuity 0 minmtu 68 maxmtu 65535 " \
    "parentbus virtio parentdev virtio0 \n"

typedef struct {
    const char *name;
    const char *text;
    const char *told; /* of the last link */
} LinkCase;

static const LinkCase links[] = {
    {"hardware", ETH0, "2 eth0 physical up mac 52:54:00:12:34:56 on virtio0 mtu 1500"},
    {"loopback",
     "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n"
     "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0\n"
     "    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n",
     "1 lo loopback up mtu 65536 addr 127.0.0.1/8 scope 254 flags 0x80"},
    {"down",
     "3: eth1: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default\n"
     "    link/ether 52:54:00:12:34:57 brd ff:ff:ff:ff:ff:ff\n",
     "3 eth1 - down mac 52:54:00:12:34:57 mtu 1500"},
    {"no carrier",
     "3: eth1: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc pfifo_fast state DOWN\n",
     "3 eth1 - no-carrier mtu 1500"},
    {"a VLAN on another link",
     ETH0 "5: eth0.7@eth0: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default\n"
          "    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff promiscuity 0\n"
          "    vlan protocol 802.1Q id 7 <REORDER_HDR> numtxqueues 1\n",
     "5 eth0.7 vlan up mac 52:54:00:12:34:56 lower 2 mtu 1500"},
    {"a port of a bridge that is named later",
     "3: veth@if2: <UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP\n"
     "    link/ether c6:1f:cc:65:cb:72 brd ff:ff:ff:ff:ff:ff link-netnsid 0\n    veth \n"
     "    bridge_slave state forwarding priority 32 hairpin on guard off isolated off locked off\n"
     "1: br0: <UP,LOWER_UP> mtu 1500 qdisc noqueue state UP\n"
     "    link/ether c6:1f:cc:65:cb:72 brd ff:ff:ff:ff:ff:ff\n"
     "    bridge forward_delay 1500 nf_call_iptables 1 nf_call_ip6tables 0\n",
     "3 veth veth up mac c6:1f:cc:65:cb:72 master 1 port bridge hairpin yes isolated no mtu 1500"},
    {"a VRF",
     "9: red: <NOARP,MASTER,UP,LOWER_UP> mtu 65575 qdisc noqueue state UP\n"
     "    link/ether 9a:1f:cc:65:cb:72 brd ff:ff:ff:ff:ff:ff\n    vrf table 10 numtxqueues 1\n",
     "9 red vrf up mac 9a:1f:cc:65:cb:72 vrf 10 mtu 65575"},
    {"a tunnel with a peer",
     "7: tun0: <POINTOPOINT,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UNKNOWN\n"
     "    link/none  promiscuity 0 minmtu 68 maxmtu 65535 \n    tun type tun pi off vnet_hdr off\n"
     "    inet 10.8.0.2 peer 10.8.0.1/24 scope global tun0\n",
     "7 tun0 tun up mtu 1500 addr 10.8.0.2/32 scope 0 flags 0x80"},
    {"addresses with flags, and an alternative name",
     ETH0
     "    altname enp1s0\n"
     "    inet 192.0.2.7/24 brd 192.0.2.255 scope global secondary dynamic noprefixroute eth0\n"
     "    inet6 2001:db8::7/64 scope global tentative \n"
     "    inet6 fe80::1/64 scope link \n",
     "2 eth0 physical up mac 52:54:00:12:34:56 on virtio0 alt enp1s0 mtu 1500 addr 192.0.2.7/24 "
     "scope 0 "
     "flags 0x201 addr 2001:db8::7/64 scope 0 flags 0xc0 addr fe80::1/64 scope 253 flags 0x80"},
    {"virtual functions and an alias that looks like a kind",
     ETH0
     "    vf 0     link/ether 00:00:00:00:00:00 brd ff:ff:ff:ff:ff:ff\n    alias bridge of sighs\n",
     "2 eth0 physical up mac 52:54:00:12:34:56 on virtio0 mtu 1500"},
    {"an XDP program", "2: eth0: <UP,LOWER_UP> mtu 1500 xdpgeneric/id:5 qdisc noqueue state UP\n",
     "2 eth0 - up xdp mtu 1500"},
    {"a name that begins with an at sign", "4: @x: <UP,LOWER_UP> mtu 1500 qdisc noqueue state UP\n",
     "4 @x - up mtu 1500"},
    {"a name with an at sign", "4: a@b@NONE: <UP,LOWER_UP> mtu 1500 qdisc noqueue state UP\n",
     "4 a@b - up mtu 1500"},
};

static void append_number(GString *text, const char *word, guint64 number)
{
    if (number != 0)
        g_string_append_printf(text, " %s %" G_GUINT64_FORMAT, word, number);
}

static void append_text(GString *text, const char *word, const char *value)
{
    if (value != NULL)
        g_string_append_printf(text, " %s %s", word, value);
}

static char *tell(const Link *link)
{
    static const char *const switches[] = {NULL, "no", "yes"};
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%d %s %s %s", link->index, link->name,
                           link->kind != NULL ? link->kind : "-", link_state_word(link));
    append_text(text, "mac", link->mac);
    append_text(text, "on", link->parent_device);
    append_text(text, "alt", link->altnames[0]);
    append_number(text, "lower", (guint64)link->lower);
    append_number(text, "master", (guint64)link->master);
    append_number(text, "vrf", link->vrf_table);
    append_text(text, "port", link->port_kind);
    append_text(text, "hairpin", switches[link->hairpin]);
    append_text(text, "isolated", switches[link->isolated]);
    if (link->programs.xdp)
        g_string_append(text, " xdp");
    append_number(text, "mtu", link->mtu);
    PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
        g_autofree char *prefix = ip_prefix_to_string(&address->prefix);
        g_string_append_printf(text, " addr %s scope %u flags 0x%x", prefix, address->scope,
                               address->flags);
    }
    return g_string_free(text, FALSE);
}

static bool read_links(const char *text, Snapshot *snapshot, GError **error)
{
    g_autofree char *whole = g_strndup(text, strlen(text) - 1);
    g_auto(GStrv) lines = g_strsplit(whole, "\n", -1);
    return links_from_text(lines, "links", snapshot, error);
}

static void test_links(void **state)
{
    const LinkCase *row = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Snapshot) snapshot = snapshot_new();
    assert_true(read_links(row->text, snapshot, &error));
    g_autofree char *told = tell(g_ptr_array_index(snapshot->links, snapshot->links->len - 1));
    assert_string_equal(told, row->told);
}

typedef struct {
    const char *name;
    const char *text;
    const char *message;
} BadCase;

static const BadCase bad[] = {
    {"an error of ip", "Object \"address\" is unknown, try \"ip help\".\n", "links: line 1 is not"},
    {"details without a link", "    link/ether 52:54:00:12:34:57\n", "links: line 1 is not"},
    {"an address that is none", ETH0 "    inet 192.0.2.300/24 scope global eth0\n",
     "links: line 3 is not"},
    {"no address", ETH0 "    inet\n", "links: line 3 is not"},
    {"an address without a scope", ETH0 "    inet 192.0.2.3/24 eth0\n", "links: line 3 is not"},
    {"an index that is none", "x: eth0: <UP> mtu 1500 qdisc noop\n", "links: line 1 is not"},
    {"an index that is too large", "99999999999: eth0: <UP> mtu 1500 qdisc noop\n",
     "links: line 1 is not"},
    {"no name", "1: : <UP> mtu 1500 qdisc noop\n", "links: line 1 is not"},
    {"no MTU", "1: eth0: <UP> qdisc noop state UP\n", "links: line 1 is not"},
    {"cut off", "1: eth0: <UP,LOWER\n", "links: line 1 is not"},
    {"an empty line", ETH0 "\n" ETH0, "links: line 3 is not"},
};

static void test_bad(void **state)
{
    const BadCase *row = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Snapshot) snapshot = snapshot_new();
    assert_false(read_links(row->text, snapshot, &error));
    assert_true(g_str_has_prefix(error->message, row->message));
    assert_int_equal(snapshot->links->len, 0);
}

int main(void)
{
    return RUN_CASES(test_links, links) + RUN_CASES(test_bad, bad);
}
