/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of each kind of denial. */
#include "report/denied-report.h"

#include "cases.h"

typedef struct {
    const char *name;
    const char *prefix;
    const char *in;
    const char *out;
    const char *protocol;
    int port;
    int icmp_type;
    bool any_port;
    const char *words;
} WordsCase;

static const WordsCase words[] = {
    {"forwarded", "filter_FWD_public_REJECT", "cni0", "eth0", "tcp", 8629, -1, false,
     "new tcp connections to port 8629 from cni0 out through eth0, rejected by zone public"},
    {"to the host", "filter_IN_drop_DROP", "eth0", NULL, "udp", 53, -1, false,
     "new udp connections to port 53 from eth0 to this host, dropped by zone drop"},
    {"from the host", "filter_OUT_policy_p_REJECT", NULL, "eth0", "tcp", 25, -1, false,
     "new tcp connections to port 25 of this host out through eth0, rejected by policy p"},
    {"many ports", "filter_IN_public_REJECT", "eth0", NULL, "tcp", 80, -1, true,
     "new tcp connections to many ports from eth0 to this host, rejected by zone public"},
    {"pings", "filter_FWD_public_REJECT", "cni0", "eth0", "icmp", -1, 8, false,
     "pings from cni0 out through eth0, rejected by zone public"},
    {"pings, IPv6", "filter_FWD_public_REJECT", "cni0", "eth0", "icmpv6", -1, 128, false,
     "pings from cni0 out through eth0, rejected by zone public"},
    {"other ICMP", "filter_IN_public_ICMP_BLOCK", "eth0", NULL, "icmp", -1, 13, false,
     "icmp of type 13 from eth0 to this host, rejected by the ICMP blocks of zone public"},
    {"another protocol", "FINAL_REJECT", "eth0", NULL, "47", -1, -1, false,
     "packets of protocol 47 from eth0 to this host, rejected since no zone took them"},
    {"no protocol", "STATE_INVALID_DROP", "eth0", NULL, NULL, -1, -1, false,
     "packets of protocol unknown from eth0 to this host, dropped since they belong to no "
     "connection that the kernel knows"},
    {"the reverse path", "rpfilter_DROP", "eth0", NULL, "tcp", 1, -1, false,
     "new tcp connections to port 1 from eth0 to this host, dropped since answers to their source "
     "would leave elsewhere (rpfilter)"},
};

static void test_words(void **state)
{
    const WordsCase *row = *state;
    DenialGroup group = {
        .packet =
            {
                .in = (char *)row->in,
                .out = (char *)row->out,
                .protocol = (char *)row->protocol,
                .destination_port = row->port,
                .icmp_type = row->icmp_type,
            },
        .any_port = row->any_port,
    };
    assert_true(denial_parse(row->prefix, &group.denial));
    g_autofree char *text = denied_report_message(&group);
    denial_clear(&group.denial);
    assert_string_equal(text, row->words);
}

int main(void)
{
    return RUN_CASES(test_words, words);
}
