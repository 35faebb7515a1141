/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which flow a question means on a host, and what is said of flows that netfilter may not see. */
#include "observe/flow-question.h"

#include "report/reason.h"

#include "sketch.h"

#define HOST                                                                                       \
    "host forwarding4 yes forwarding6 no\n"                                                        \
    "link lo loopback\n"                                                                           \
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

/* ---- words ---- */

typedef struct {
    const char *name;
    const char *json;
    const char *flow; /* "!" and a message where it is rejected */
} WordsCase;

#define TO      "'to': '10.9.0.1'"
#define FORWARD "'in': 'br0', 'out': 'enp2s0', " TO

static const WordsCase words[] = {
    {"forwarded", "{" FORWARD "}", "forward br0 enp2s0 any"},
    {"sent by this host", "{'out': 'enp2s0', " TO "}", "output - enp2s0 any"},
    {"for an address of this host", "{'in': 'enp2s0', 'to': '10.1.0.1'}", "input enp2s0 - any"},
    {"for this host itself", "{'in': 'lan', 'to': '127.0.0.5'}", "input red - any"},
    {"sent by this host to itself", "{'from': '10.1.0.1', 'to': '10.2.0.1'}", "output - lo any"},
    {"sent by this host in a VRF", "{'out': 'lan', " TO "}", "output - red any"},
    {"a port", "{" FORWARD ", 'protocol': 'tcp', 'port': 443, 'source_port': 65535}",
     "forward br0 enp2s0 tcp 443 from 65535"},
    {"an ICMP message is a ping", "{" FORWARD ", 'protocol': 'icmp'}",
     "forward br0 enp2s0 icmp type 8 code 0"},
    {"ICMP of IPv6 has another ping",
     "{'in': 'br0', 'out': 'enp2s0', 'to': '2001:db8::1', 'protocol': "
     "'icmp'}",
     "forward br0 enp2s0 icmp type 128 code 0"},
    {"a type and a code", "{" FORWARD ", 'protocol': 'icmp', 'icmp_type': 3, 'icmp_code': 4}",
     "forward br0 enp2s0 icmp type 3 code 4"},
    {"a source and its MAC address",
     "{" FORWARD ", 'from': '10.1.0.7', 'from_mac': "
     "'02:00:00:00:00:01'}",
     "forward br0 enp2s0 any of 02:00:00:00:00:01"},
    {"an established connection", "{" FORWARD ", 'state': 'established'}",
     "forward br0 enp2s0 any established"},
    {"no destination", "{'in': 'br0'}", "!the flow needs a destination address"},
    {"a name for a destination", "{'to': 'example.net'}",
     "!--to: 'example.net' is not an IP address"},
    {"a name for a source", "{" TO ", 'from': 'x'}", "!--from: 'x' is not an IP address"},
    {"two families", "{" TO ", 'from': '2001:db8::1'}",
     "!--from and --to are of different families"},
    {"an interface that does not exist", "{'in': 'gone0', " TO "}",
     "!--in: no interface is named 'gone0'"},
    {"an egress interface that does not exist", "{'in': 'br0', 'out': 'gone0', " TO "}",
     "!--out: no interface is named 'gone0'"},
    {"an unknown protocol", "{" FORWARD ", 'protocol': 'gre'}", "!protocol 'gre' is not supported"},
    {"a protocol in upper case", "{" FORWARD ", 'protocol': 'UDP', 'port': 53}",
     "forward br0 enp2s0 udp 53 from 0"},
    {"a port without a protocol is TCP's", "{" FORWARD ", 'port': 80}",
     "forward br0 enp2s0 tcp 80 from 0"},
    {"a source port without a protocol is TCP's", "{" FORWARD ", 'source_port': 80}",
     "forward br0 enp2s0 tcp"},
    {"a port of ICMP", "{" FORWARD ", 'protocol': 'icmp', 'port': 80}", "!ICMP has no ports"},
    {"port 0", "{" FORWARD ", 'protocol': 'tcp', 'port': 0}", "!a port is out of range"},
    {"a port too high", "{" FORWARD ", 'protocol': 'udp', 'port': 65536}",
     "!a port is out of range"},
    {"a source port too high", "{" FORWARD ", 'protocol': 'udp', 'source_port': 65536}",
     "!a port is out of range"},
    {"an ICMP type of TCP", "{" FORWARD ", 'protocol': 'tcp', 'icmp_type': 8}",
     "!an ICMP type needs that protocol"},
    {"an ICMP type too high", "{" FORWARD ", 'protocol': 'icmp', 'icmp_type': 256}",
     "!an ICMP type or code is out of range"},
    {"an ICMP code too high", "{" FORWARD ", 'protocol': 'icmp', 'icmp_code': 256}",
     "!an ICMP type or code is out of range"},
    {"of no connection", "{" FORWARD ", 'state': 'invalid'}", "forward br0 enp2s0 any invalid"},
    {"broadcast to all networks comes in", "{'in': 'br0', 'to': '255.255.255.255'}",
     "input br0 - any"},
    {"broadcast to a network of this host comes in", "{'in': 'enp2s0', 'to': '10.1.0.255'}",
     "input enp2s0 - any"},
    {"multicast comes in", "{'in': 'br0', 'to': '224.0.0.251'}", "input br0 - any"},
    {"an unknown state", "{" FORWARD ", 'state': 'related'}", "!invalid --state value 'related'"},
    {"no egress interface, and no route in a snapshot without all of them", "{'in': 'br0', " TO "}",
     "!the snapshot does not tell where the kernel routes this flow"},
    {"no ingress interface, and no route back in a snapshot without all of them",
     "{'to': '10.1.0.1', 'from': '10.3.0.9'}",
     "!the snapshot does not tell where the kernel routes this flow"},
};

static char *flow_text(const Flow *flow)
{
    static const char *const directions[] = {
        [FLOW_INPUT] = "input", [FLOW_FORWARD] = "forward", [FLOW_OUTPUT] = "output"};
    const char *protocol = protocol_word(flow->protocol);
    GString *text = g_string_new(directions[flow->direction]);
    g_string_append_printf(text, " %s %s %s", flow->in != NULL ? flow->in : "-",
                           flow->out != NULL ? flow->out : "-",
                           protocol != NULL ? protocol : "any");
    if (flow->port != 0)
        g_string_append_printf(text, " %u from %u", flow->port, flow->source_port);
    if (flow->protocol == PROTOCOL_ICMP || flow->protocol == PROTOCOL_ICMPV6)
        g_string_append_printf(text, " type %d code %d", flow->icmp_type, flow->icmp_code);
    if (flow->from_mac != NULL)
        g_string_append_printf(text, " of %s", flow->from_mac);
    if (flow->state == FLOW_ESTABLISHED)
        g_string_append(text, " established");
    if (flow->state == FLOW_INVALID)
        g_string_append(text, " invalid");
    return g_string_free(text, FALSE);
}

static void test_words(void **state)
{
    const WordsCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(HOST);
    g_autofree char *json = g_strdelimit(g_strdup(row->json), "'", '"');
    g_auto(FlowQuestion) question = flow_question_new();
    g_auto(ResolvedFlow) resolved = {0};
    g_autoptr(GError) error = NULL;
    assert_true(flow_question_from_json(json, &question, NULL));
    bool is_resolved = flow_question_resolve(&question, snapshot, NULL, &resolved, &error);
    assert_int_equal(is_resolved, *row->flow != '!');
    if (!is_resolved) {
        assert_string_equal(error->message, row->flow + 1);
        return;
    }
    g_autofree char *text = flow_text(&resolved.flow);
    assert_string_equal(text, row->flow);
}

int main(void)
{
    return RUN_CASES(test_links, links) + RUN_CASES(test_words, words);
}
