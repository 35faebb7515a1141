/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which flow a question means on a host, and what is said of flows that netfilter may not see. */
#include "observe/flow-question.h"

#include "model/firewalld/reason.h"

#include "sketch.h"

#define HOST                                                                                       \
    "host forwarding4 yes forwarding6 no\n"                                                        \
    "link ovs-system openvswitch down\n"                                                           \
    "link br0 bridge addr 10.1.0.1/24\n"                                                           \
    "link veth1 veth in br0 port-kind bridge\n"                                                    \
    "link vnet7 tun in ovs-system port-kind openvswitch\n"                                         \
    "link vnet8 tun in ovs-system\n"                                                               \
    "link red vrf table 10\n"                                                                      \
    "link lan veth in red addr 10.2.0.1/24\n"                                                      \
    "link enp2s0 physical addr 192.168.1.10/24\n"                                                  \
    "firewalld 1.3.3 public\n"                                                                     \
    "zone public interfaces br0,vnet7,vnet8,red,enp2s0 forward yes\n"

typedef struct {
    const char *name;
    const char *in;
    const char *out;
    const char *flow_in;
    const char *flow_out;
    const char *port_named; /* the port in place of whose master the flow stands */
    const char *verdict;
} LinkCase;

static const LinkCase links[] = {
    {"a link stands for itself", "br0", "enp2s0", "br0", "enp2s0", NULL, "accept"},
    {"netfilter sees the bridge of a port", "veth1", "enp2s0", "br0", "enp2s0", "veth1", "accept"},
    {"netfilter sees the bridge a packet leaves through", "enp2s0", "veth1", "enp2s0", "br0", NULL,
     "accept"},
    {"netfilter sees the VRF device for what comes in", "lan", "enp2s0", "red", "enp2s0", NULL,
     "accept"},
    {"what comes in on a port of Open vSwitch", "vnet7", "enp2s0", "vnet7", "enp2s0", NULL,
     "unknown"},
    {"what leaves through a port of Open vSwitch", "br0", "vnet7", "br0", "vnet7", NULL, "unknown"},
    {"a port of Open vSwitch on a kernel that names no port kind", "vnet8", "enp2s0", "vnet8",
     "enp2s0", NULL, "unknown"},
};

static void test_links(void **state)
{
    const LinkCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(HOST);
    g_auto(FlowQuestion) question = flow_question_new();
    question.in = g_strdup(row->in);
    question.out = g_strdup(row->out);
    question.to = g_strdup("10.9.0.1");
    g_auto(ResolvedFlow) resolved = {0};
    g_autoptr(GError) error = NULL;
    assert_true(flow_question_resolve(&question, snapshot, NULL, &resolved, &error));
    assert_string_equal(resolved.flow.in, row->flow_in);
    assert_string_equal(resolved.flow.out, row->flow_out);
    assert_true(g_strcmp0(resolved.master_of, row->port_named) == 0);
    g_autoptr(Verdict) verdict = verdict_of(snapshot, &resolved.flow);
    assert_string_equal(verdict_word(verdict), row->verdict);
    g_autofree char *reason = reason_of(verdict);
    assert_true(g_str_equal(row->verdict, "unknown") == (strstr(reason, "Open vSwitch") != NULL));
}

int main(void)
{
    return RUN_CASES(test_links, links);
}
