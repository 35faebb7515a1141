/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What explain shows of flows on the hosts of the fixtures, word for word: the files
 * tests/unit/golden/explain-*, written anew with NICFIX_UPDATE_GOLDEN=1. */
#include "report/explain-report.h"

#include "model/firewalld/verdict.h"
#include "model/plan/flow-fixes.h"

#include "flows.h"
#include "golden.h"
#include "hosts.h"

typedef struct {
    const char *name; /* of the golden file: with ".json" it is a document, else text */
    const char *host; /* a snapshot, or a sketch where it has more than one line */
    const char *flow;
    const char *port_named;
    guint width;
} ExplainCase;

#define PUBLIC                                                                                     \
    "host forwarding4 yes forwarding6 no\n"                                                        \
    "link cni0 bridge addr 10.244.2.1/24\nlink eth0 physical addr 192.0.2.1/24\n"                  \
    "firewalld 1.3.3 public\nzone public forward yes services ssh ports 80/tcp interfaces eth0\n"  \
    "service ssh ports 22/tcp\n"
#define POD "forward in cni0 out eth0 from 10.244.2.2 to 198.51.100.1 tcp 443"

static const ExplainCase explanations[] = {
    {"explain-incident.txt", "incident",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 tcp 8629", NULL, 0},
    {"explain-incident.json", "incident",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 tcp 8629", NULL, 0},
    {"explain-incident-60.txt", "incident",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 tcp 8629", "veth1", 60},
    {"explain-incident-cured.txt", "incident-cured",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 tcp 8629", NULL, 0},
    {"explain-forward-off.txt", PUBLIC "change public forward no interfaces cni0,eth0\n", POD, NULL,
     0},
    {"explain-other-zone.txt", PUBLIC "zone dmz target DROP interfaces cni0\n", POD, NULL, 0},
    {"explain-zone-closed.txt", PUBLIC "zone dmz forward no interfaces cni0\n", POD, NULL, 0},
    {"explain-wildcard.txt", "hosts/calico-wildcard",
     "forward in cali7d1f out enp2s0 from 10.244.2.2 to 198.51.100.1 tcp 443", NULL, 0},
    {"explain-service.txt", PUBLIC, "input in eth0 from 198.51.100.1 to 192.0.2.1 tcp 22", NULL, 0},
    {"explain-port.json", PUBLIC, "input in eth0 from 198.51.100.1 to 192.0.2.1 tcp 80", NULL, 0},
    {"explain-input-refused.txt", PUBLIC, "input in eth0 from 198.51.100.1 to 192.0.2.1 tcp 25",
     NULL, 0},
    {"explain-input-dropped.txt", "hosts/default-zone-drop",
     "input in enp2s0 from 198.51.100.1 to 192.168.150.130 icmp 8", NULL, 0},
    {"explain-output.txt", PUBLIC, "output out eth0 from 192.0.2.1 to 198.51.100.1 udp 53", NULL,
     0},
    {"explain-rich-rule.txt",
     PUBLIC "change public rich 'rule family=ipv4 source address=198.51.100.0/24 drop'\n",
     "input in eth0 from 198.51.100.1 to 192.0.2.1 tcp 22", NULL, 0},
    {"explain-hidden-order.txt",
     PUBLIC "change public rich 'rule priority=-1 family=ipv4 source address=198.51.100.0/24 drop' "
            "rich 'rule priority=-1 family=ipv4 service name=ssh accept'\n",
     "input in eth0 from 198.51.100.1 to 192.0.2.1 tcp 22", NULL, 0},
    {"explain-order-of-policies.txt",
     PUBLIC "policy a ingress ANY egress ANY priority -1 target ACCEPT\n"
            "policy b ingress ANY egress ANY priority -1 target DROP\n",
     POD, NULL, 0},
    {"explain-depends.txt", PUBLIC, "input in eth0 from 198.51.100.1 to 192.0.2.1 tcp", NULL, 0},
    {"explain-policy.txt", PUBLIC "policy out ingress ANY egress ANY priority -1 target ACCEPT\n",
     POD, NULL, 0},
    {"explain-not-root.txt", "hosts/not-root",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 tcp 8629", NULL, 0},
    {"explain-not-root.json", "hosts/not-root",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 tcp 8629", NULL, 0},
    {"explain-panic.txt", PUBLIC "firewalld 1.3.3 public panic yes\n", POD, NULL, 0},
    {"explain-openvswitch.txt",
     PUBLIC "link ovs-system openvswitch\nlink vnet7 tun in ovs-system port-kind openvswitch\n",
     "forward in vnet7 out eth0 from 10.244.2.2 to 198.51.100.1 tcp 443", NULL, 0},
    {"explain-docker-policy-80.txt", "rulesets/docker",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 tcp 8629", NULL, 80},
    {"explain-docker-policy.json", "rulesets/docker",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 tcp 8629", NULL, 0},
    {"explain-docker-firewalld-80.txt", "rulesets/docker",
     "forward in docker0 out enp2s0 from 172.17.0.2 to 192.168.150.131 tcp 443", NULL, 80},
    {"explain-docker-published-80.txt", "rulesets/docker",
     "input in enp2s0 from 192.168.150.131 to 192.168.150.130 tcp 8088", NULL, 80},
    {"explain-docker-published.json", "rulesets/docker",
     "input in enp2s0 from 192.168.150.131 to 192.168.150.130 tcp 8088", NULL, 0},
    {"explain-kube-service-80.txt", "rulesets/docker-kube-proxy",
     "forward in docker0 out enp2s0 from 172.17.0.2 to 10.96.0.10 tcp 80", NULL, 80},
    {"explain-kernel-depends-80.txt", "rulesets/docker",
     "input in enp2s0 from 192.168.150.131 to 192.168.150.130 tcp", NULL, 80},
    {"explain-no-route-80.txt", "rulesets/docker",
     "forward in cni0 from 10.244.2.2 to 203.0.113.7 tcp 80 no-route", NULL, 80},
    {"explain-invalid-80.txt", "rulesets/docker",
     "input in enp2s0 from 192.168.150.131 to 192.168.150.130 tcp 22 invalid", NULL, 80},
    {"explain-established.txt", PUBLIC, POD " established", NULL, 0},
    {"explain-forward-port.txt", PUBLIC "change public forward-port 8080:tcp:80:10.244.2.2\n",
     "input in eth0 from 198.51.100.1 to 192.0.2.1 tcp 8080", NULL, 0},
};

static void test_explanation(void **state)
{
    const ExplainCase *row = *state;
    g_autoptr(Snapshot) snapshot =
        strchr(row->host, '\n') != NULL ? sketch(row->host) : host_read(row->host);
    g_auto(GStrv) words = g_strsplit(row->flow, " ", -1);
    const Flow flow = flow_parse(words);
    g_autoptr(Judgement) judgement = judgement_of(snapshot, &flow, JUDGE_PACKET);
    g_autoptr(FlowFixes) fixes = flow_fixes_new(snapshot, NULL);
    const ExplainRoute route = {0};
    const Explanation explanation = {
        .flow = &flow,
        .judgement = judgement,
        .route = &route,
        .port_named = row->port_named,
        .fix = flow_fixes_find(fixes, &flow, judgement),
    };
    const TextStyle style = {.width = row->width};
    g_autofree char *text = g_str_has_suffix(row->name, ".json")
                                ? document_text(explain_report_json(&explanation))
                                : explain_report_text(&explanation, &style);
    compare_with_golden(row->name, text);
    if (row->width == 80) { /* it fits a screen, with the prompt */
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        assert_true(g_strv_length(lines) <= 24);
    }
}

int main(void)
{
    return RUN_CASES(test_explanation, explanations);
}
