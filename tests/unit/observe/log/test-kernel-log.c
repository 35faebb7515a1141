/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the kernel log: those of current and older firewalld, of several log formats, and bytes
 * that are no line at all. */
#include "cases.h"

#include "observe/log/kernel-log.h"

#include <string.h>

#define FIELDS                                                                                     \
    "IN=cni0 OUT=enp2s0 PHYSIN=vethe05661cb MAC=36:50:69:84:9b:2c:4e:65:15:1d:9d:92:08:00 "        \
    "SRC=10.244.2.2 DST=192.168.150.131 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=28423 DF PROTO=TCP "   \
    "SPT=51670 DPT=8629 WINDOW=64860 RES=0x00 SYN URGP=0"

/* NULL and 0 stand for what the line does not have. */
typedef struct {
    const char *name;
    const char *line;
    const char *prefix;
    const char *in;
    const char *out;
    const char *source_mac;
    const char *protocol;
    int port; /* destination port */
    int icmp_type;
} LineCase;

static const LineCase lines[] = {
    {"current firewalld", "filter_FWD_public_REJECT: " FIELDS, "filter_FWD_public_REJECT", "cni0",
     "enp2s0", "4e:65:15:1d:9d:92", "tcp", 8629, -1},
    {"quotes around the prefix, time and host before it",
     "Apr 7 08:45:19 worker kernel: [12868.221898] \"filter_FWD_public_REJECT: \"" FIELDS,
     "filter_FWD_public_REJECT", "cni0", "enp2s0", "4e:65:15:1d:9d:92", "tcp", 8629, -1},
    {"journalctl -o short-iso",
     "2026-04-07T08:45:19+0200 worker kernel: filter_IN_drop_DROP: "
     "IN=eth0 OUT= MAC= SRC=192.0.2.1 DST=192.0.2.2 PROTO=UDP SPT=1 "
     "DPT=53 LEN=40",
     "filter_IN_drop_DROP", "eth0", NULL, NULL, "udp", 53, -1},
    {"what the host sends", "IN= OUT=eth0 SRC=192.0.2.1 DST=192.0.2.2 PROTO=ICMP TYPE=8 CODE=0",
     NULL, NULL, "eth0", NULL, "icmp", -1, 8},
    {"ICMPv6", "x: IN=eth0 OUT= SRC=2001:db8::1 DST=2001:db8::2 PROTO=ICMPv6 TYPE=128 CODE=0", "x",
     "eth0", NULL, NULL, "icmpv6", -1, 128},
    {"a port out of range is none",
     "IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP SPT=1 DPT=70000", NULL, "eth0", NULL, NULL,
     "tcp", -1, -1},
    {"a port of many digits", "IN=a OUT= SRC=1 DST=2 PROTO=TCP DPT=0000000000000000000080", NULL,
     "a", NULL, NULL, "tcp", 80, -1},
    {"a number that is none does not count, and hides none", "IN=a OUT= SRC=1 DST=2 DPT=8x DPT=80",
     NULL, "a", NULL, NULL, NULL, -1, -1},
    {"the packet that an error of ICMP quotes",
     "IN=a OUT= SRC=1 DST=2 PROTO=ICMP TYPE=3 CODE=1 [SRC=3 DST=4 PROTO=UDP SPT=1 DPT=53 ]", NULL,
     "a", NULL, NULL, "icmp", 53, 3},
    {"the last word with a colon", "a: b: c IN=a OUT= SRC=1 DST=2", "b", "a", NULL, NULL, NULL, -1,
     -1},
    {"two blanks before OUT=", "x: IN=a  OUT= SRC=1 DST=2", NULL, NULL, NULL, NULL, NULL, -2, -1},
    {"addresses before IN=", "SRC=1 DST=2 IN=a OUT=", NULL, NULL, NULL, NULL, NULL, -2, -1},
    {"escapes part words", "IN=eth0\033[31m OUT=enp2s0 SRC=192.0.2.1 DST=192.0.2.2", NULL, NULL,
     NULL, NULL, NULL, -2, -1},
    {"cut before the addresses", "filter_FWD_public_REJECT: IN=cni0 OUT=enp2s0 PHYSIN=ve", NULL,
     NULL, NULL, NULL, NULL, -2, -1},
    {"another line", "Apr 7 08:45:19 worker kernel: eth0: link is up", NULL, NULL, NULL, NULL, NULL,
     -2, -1},
    {"nothing", "", NULL, NULL, NULL, NULL, NULL, -2, -1},
};

static void check_text(const char *found, const char *expected)
{
    if (expected == NULL)
        assert_null(found);
    else
        assert_string_equal(found, expected);
}

/* A port of -2 in the row says that the line is none of netfilter's. */
static void test_line(void **state)
{
    const LineCase *row = *state;
    g_auto(LoggedPacket) packet = {0};
    bool parsed = kernel_log_parse(row->line, strlen(row->line), &packet);
    assert_int_equal(parsed, row->port != -2);
    if (!parsed)
        return;
    check_text(packet.prefix, row->prefix);
    check_text(packet.in, row->in);
    check_text(packet.out, row->out);
    check_text(packet.source_mac, row->source_mac);
    check_text(packet.protocol, row->protocol);
    assert_int_equal(packet.destination_port, row->port);
    assert_int_equal(packet.icmp_type, row->icmp_type);
}

/* Every beginning of a line, and every line with one byte broken, is parsed or refused: the
 * sanitizers and valgrind watch. */
static void test_damage(void **state)
{
    (void)state;
    g_autofree char *line = g_strdup(lines[1].line);
    gsize size = strlen(line);
    for (gsize length = 0; length <= size; length++) {
        g_auto(LoggedPacket) packet = {0};
        bool parsed = kernel_log_parse(line, length, &packet);
        assert_true(parsed || packet.in == NULL);
    }
    for (gsize i = 0; i < size; i++) {
        g_auto(LoggedPacket) packet = {0};
        char kept = line[i];
        line[i] = (char)0xff;
        bool parsed = kernel_log_parse(line, size, &packet);
        assert_true(parsed || packet.in == NULL);
        line[i] = kept;
    }
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_damage)};
    return RUN_CASES(test_line, lines) + cmocka_run_group_tests_name("damage", others, NULL, NULL);
}
