/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of hooks and chains, and what happens between them, on rulesets of a few lines. */
#include "rule-cases.h"

#define IN22    TO_HOST "tcp 22"
#define POD80   TO_POD "tcp 80"
#define OUT80   "output out enp2s0 from 192.168.150.130 to 192.168.150.131 tcp 80"
#define TO_SELF "output out lo from 192.168.150.130 to 192.168.150.130 tcp 80"

/* Marks tell what ran before what. */
static const RuleCase order[] = {
    {"accepted by one table is not accepted by the next",
     "table inet a\nchain c input 0\naccept\ntable inet b\nchain c input 1\ndrop", IN22,
     "drop in input: inet b c", NULL},
    {"dropped by one is not asked of the next",
     "table inet a\nchain c input 0\ndrop\ntable inet b\nchain c input 1\nreject", IN22,
     "drop in input: inet a c", NULL},
    {"priorities, not the order of tables",
     "table inet a\nchain c input 5\nmark=1 drop\ntable inet b\nchain c input -5\nmark:=1", IN22,
     "drop in input: inet a c", NULL},
    {"the larger priority runs later",
     "table inet a\nchain c input -5\nmark=1 drop\ntable inet b\nchain c input 5\nmark:=1", IN22,
     "accept", NULL},
    {"at one priority, the table that was made last runs first",
     "table inet a\nchain c input 0\nmark=1 drop\ntable inet b\nchain c input 0\nmark:=1", IN22,
     "drop in input: inet a c", NULL},
    {"at one priority, by handle, not by place",
     "table inet a handle 9\nchain c input 0\nmark=1 drop\ntable inet b handle 5\n"
     "chain c input 0\nmark:=1",
     IN22, "accept", NULL},
    {"at one priority, the chain that was made last runs first",
     "table inet a\nchain c input 0 handle 3\nmark=1 drop\nchain d input 0 handle 7\nmark:=1", IN22,
     "drop in input: inet a c", NULL},
    {"at one priority, the chain that was made first runs last",
     "table inet a\nchain c input 0 handle 7\nmark=1 drop\nchain d input 0 handle 3\nmark:=1", IN22,
     "accept", NULL},
    {"marks go from prerouting to forward to postrouting",
     "table inet a\nchain p prerouting 0\nmark:=1\nchain f forward 0\nmark=1 mark:=2\n"
     "chain q postrouting 0\nmark=2 drop",
     POD80, "drop in postrouting: inet a q", NULL},
    {"a dormant table is not asked", "table inet a dormant\nchain c input 0\ndrop", IN22, "accept",
     NULL},
    {"a table of IPv4", "table ip a\nchain c input 0\ndrop", IN22, "drop in input: ip a c", NULL},
    {"a table of IPv6", "table ip6 a\nchain c input 0\ndrop", IN22, "accept", NULL},
    {"a table of IPv6 and an IPv6 packet", "table ip6 a\nchain c input 0\ndrop",
     "input in enp2s0 from fd00:2::2 to fd00:2::1 back-by-it tcp 22", "drop in input: ip6 a c",
     NULL},
    {"a table of ARP", "table arp a\nchain c input 0\ndrop", IN22, "accept", NULL},
    {"forward is not input", "table inet a\nchain c forward 0\ndrop", IN22, "accept", NULL},
    {"input is not forward", "table inet a\nchain c input 0\ndrop\nchain o output 0\ndrop", POD80,
     "accept", NULL},
    {"prerouting", "table inet a\nchain c prerouting 0\ndrop", POD80,
     "drop in prerouting: inet a c", NULL},
    {"output", "table inet a\nchain c output 0\ndrop", OUT80, "drop in output: inet a c", NULL},
    {"output, then postrouting",
     "table inet a\nchain c postrouting 0\nmark=1 drop\nchain o output 0\nmark:=1", OUT80,
     "drop in postrouting: inet a c", NULL},
    {"what is sent does not pass prerouting", "table inet a\nchain c prerouting 0\ndrop", OUT80,
     "accept", NULL},
    {"postrouting has the way in", "table inet a\nchain c postrouting 0\niif=enp2s0 drop", POD80,
     "drop in postrouting: inet a c", NULL},
    {"what is sent has none in postrouting",
     "table inet a\nchain c postrouting 0\nmeta:6:r0 cmp:0:r0:@ drop", OUT80,
     "drop in postrouting: inet a c", NULL},
    {"postrouting has the way out", "table inet a\nchain c postrouting 0\noif=cni0 drop", POD80,
     "drop in postrouting: inet a c", NULL},
    {"forward has both", "table inet a\nchain c forward 0\niif=enp2s0 oif=cni0 drop", POD80,
     "drop in forward: inet a c", NULL},
};

static const RuleCase links[] = {
    {"ingress of a link", "table netdev a\nchain c ingress 0 device enp2s0\ndrop", IN22,
     "drop in ingress: netdev a c", NULL},
    {"ingress of another link", "table netdev a\nchain c ingress 0 device cni0\ndrop", IN22,
     "accept", NULL},
    {"ingress of several links", "table netdev a\nchain c ingress 0 device cni0,enp2s0\ndrop", IN22,
     "drop in ingress: netdev a c", NULL},
    {"ingress of family inet", "table inet a\nchain c ingress 0 device enp2s0\ndrop", IN22,
     "drop in ingress: inet a c", NULL},
    {"ingress is before the rest",
     "table inet b\nchain p prerouting -300\nmark=1 reject\n"
     "table netdev a\nchain c ingress 0 device enp2s0\nmark:=1",
     IN22, "reject in prerouting: inet b p", NULL},
    {"ingress of a port of the bridge", "table netdev a\nchain c ingress 0 device veth1\ndrop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 back-by-it tcp 80",
     "accept; drop in ingress: netdev a c", "link veth1 veth in cni0\n"},
    {"egress of a port of the bridge", "table netdev a\nchain c egress 0 device veth1\ndrop", POD80,
     "accept; drop in egress: netdev a c", "link veth1 veth in cni0\n"},
    {"ingress of a port of another bridge", "table netdev a\nchain c ingress 0 device veth1\ndrop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 back-by-it tcp 80", "accept",
     "link br9 bridge\nlink veth1 veth in br9\n"},
    {"ingress does not track", "table netdev a\nchain c ingress 0 device enp2s0\nstate=8 drop",
     IN22, "accept", NULL},
    {"egress of a link", "table netdev a\nchain c egress 0 device cni0\ndrop", POD80,
     "drop in egress: netdev a c", NULL},
    {"egress of another link", "table netdev a\nchain c egress 0 device enp2s0\ndrop", POD80,
     "accept", NULL},
    {"egress is not ingress", "table netdev a\nchain c egress 0 device enp2s0\ndrop", IN22,
     "accept", NULL},
    {"what is sent is not ingress", "table netdev a\nchain c ingress 0 device enp2s0\ndrop", OUT80,
     "accept", NULL},
    {"a bridge, on the way in", "table bridge a\nchain c prerouting 0\ndrop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 back-by-it tcp 80",
     "drop in bridge: bridge a c", NULL},
    {"a bridge, for the host", "table bridge a\nchain c input 0\ndrop",
     "input in cni0 from 10.244.2.2 to 10.244.2.1 back-by-it tcp 80", "drop in bridge: bridge a c",
     NULL},
    {"what is routed is not forwarded by the bridge", "table bridge a\nchain c forward 0\ndrop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 back-by-it tcp 80", "accept",
     NULL},
    {"a bridge, on the way out", "table bridge a\nchain c output 0\ndrop", POD80,
     "drop in bridge: bridge a c", NULL},
    {"a bridge, last on the way out", "table bridge a\nchain c postrouting 0\ndrop", POD80,
     "drop in bridge: bridge a c", NULL},
    {"no bridge", "table bridge a\nchain c prerouting 0\ndrop\nchain i input 0\ndrop", IN22,
     "accept", NULL},
    {"a bridge's prerouting is before its input, whatever their priorities",
     "table bridge a\nchain i input -5\nmark=1 drop\nchain p prerouting 5\nmark:=1",
     "input in cni0 from 10.244.2.2 to 10.244.2.1 back-by-it tcp 80", "drop in bridge: bridge a i",
     NULL},
    {"a bridge's output is before its postrouting, whatever their priorities",
     "table bridge a\nchain q postrouting -5\nmark=1 drop\nchain o output 5\nmark:=1", POD80,
     "drop in bridge: bridge a q", NULL},
    {"the port of a bridge is not known", "table bridge a\nchain c prerouting 0\niif=veth0 drop",
     "input in cni0 from 10.244.2.2 to 10.244.2.1 back-by-it tcp 80",
     "accept; drop in bridge: bridge a c", NULL},
    {"nor is the one it leaves by", "table bridge a\nchain c output 0\noif=veth0 drop", POD80,
     "accept; drop in bridge: bridge a c", NULL},
    {"a bridge's input is behind its prerouting, whichever was made first",
     "table bridge a\nchain p prerouting 5\nmark:=1\nchain i input -5\nmark=1 drop",
     "input in cni0 from 10.244.2.2 to 10.244.2.1 back-by-it tcp 80", "drop in bridge: bridge a i",
     NULL},
    {"two chains of one port", /* a packet passes both, or neither */
     "table netdev a\nchain c ingress 0 device veth1\nlimit:0 drop\n"
     "chain d ingress 1 device veth1\ndrop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 back-by-it tcp 80",
     "accept; drop in ingress: netdev a c; drop in ingress: netdev a d",
     "link veth1 veth in cni0\n"},
    {"a chain of a port that is gone", "table netdev a\nchain c ingress 0 device veth9\ndrop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 back-by-it tcp 80", "accept",
     NULL},
    {"ingress of family inet is no egress", "table inet a\nchain c ingress 0 device cni0\ndrop",
     POD80, "accept", NULL},
    {"the bridge itself is known again afterwards",
     "table bridge a\nchain c prerouting 0\nlimit:0 mark:=1\ntable inet b\nchain p prerouting 0\n"
     "iif=cni0 drop",
     "input in cni0 from 10.244.2.2 to 10.244.2.1 back-by-it tcp 80",
     "drop in prerouting: inet b p", NULL},
};

static const RuleCase tracking[] = {
    {"a connection is known after -200", "table inet a\nchain c prerouting -199\nstate=8 drop",
     IN22, "drop in prerouting: inet a c", NULL},
    {"and not before", "table inet a\nchain c prerouting -201\nstate=8 drop", IN22, "accept", NULL},
    {"in output, too", "table inet a\nchain c output -199\nstate=8 drop", OUT80,
     "drop in output: inet a c", NULL},
    {"and not before, either", "table inet a\nchain c output -201\nstate=8 drop", OUT80, "accept",
     NULL},
    {"without any rule in prerouting", "table inet a\nchain c input 0\nstate=8 drop", IN22,
     "drop in input: inet a c", NULL},
    {"notrack in time",
     "table inet a\nchain c prerouting -300\nnotrack\nchain i input 0\n"
     "state=64 drop",
     IN22, "drop in input: inet a i", NULL},
    {"notrack too late",
     "table inet a\nchain c prerouting -150\nnotrack\nchain i input 0\n"
     "state=64 drop",
     IN22, "accept", NULL},
    {"what is not tracked is not translated",
     "table inet a\nchain c prerouting -300\nnotrack\nchain d prerouting -100 nat\n"
     "dnat:10.244.2.2:80",
     IN22, "accept", NULL},
    {"an established connection is not translated anew",
     "table inet a\nchain d prerouting -100 nat\ndnat:10.244.2.2:80\nchain i input 0\n"
     "state=2 drop",
     IN22 " established", "drop in input: inet a i", NULL},
    {"policies of established ones", "table inet a\nchain i input 0 policy-drop\nstate=2 accept",
     IN22 " established", "accept", NULL},
};

#define DNAT  "table ip n\nchain d prerouting -100 nat\n"
#define ODNAT "table ip n\nchain d output -100 nat\n"

static const RuleCase translations[] = {
    {"to a pod", DNAT "dport=22 dnat:10.244.2.2:80", IN22, "accept, to 10.244.2.2 port 80 out cni0",
     NULL},
    {"another port is not", DNAT "dport=23 dnat:10.244.2.2:80", IN22, "accept", NULL},
    {"to a pod is forwarded", DNAT "dnat:10.244.2.2:80\nchain f forward 0\ndport=80 oif=cni0 drop",
     IN22, "drop in forward: ip n f", NULL},
    {"and is not for the host", DNAT "dnat:10.244.2.2:80\nchain f input 0\ndrop", IN22,
     "accept, to 10.244.2.2 port 80 out cni0", NULL},
    {"to the host what is for a pod",
     DNAT "dnat:192.168.150.130\nchain f input 0\ndaddr=192.168.150.130 drop", POD80,
     "drop in input: ip n f", NULL},
    {"only where forwarding is on", DNAT "dnat:10.244.2.2:80", IN22,
     "drop by routing: not-forwarded", "change-link"},
    {"to where no route leads", DNAT "dnat:10.9.9.9:80", IN22,
     "accept, to 10.9.9.9 port 80 out enp2s0", NULL},
    {"to the loopback network from outside", DNAT "dnat:127.0.0.1:80", IN22,
     "unknown by routing: route-unknown", NULL},
    {"a status that rules accept by",
     DNAT "dnat:10.244.2.2:80\nchain f forward 0 policy-drop\nstatus=0x20 accept", IN22,
     "accept, to 10.244.2.2 port 80 out cni0", NULL},
    {"to where it goes anyway has no such status",
     DNAT "dnat:10.244.2.2:80\nchain f forward 0 policy-drop\nstatus=0x20 accept", POD80,
     "drop in forward: ip n f", NULL},
    {"to where it goes anyway, by another port",
     DNAT "dnat:10.244.2.2:81\nchain f forward 0 policy-drop\nstatus=0x20 accept", POD80,
     "accept, to 10.244.2.2 port 81 out cni0", NULL},
    {"to where it may go anyway",
     DNAT "dnat:10.244.2.2:80\nchain f forward 0 policy-drop\nstatus=0x20 accept", TO_POD "tcp",
     "accept, to 10.244.2.2 port 80 out cni0; drop in forward: ip n f", NULL},
    {"to the address alone where it goes anyway",
     DNAT "dnat:10.244.2.2\nchain f forward 0 policy-drop\nstatus=0x20 accept", TO_POD "tcp",
     "drop in forward: ip n f", NULL},
    {"only once",
     DNAT "dnat:10.244.2.2:80\ntable ip z\nchain d prerouting -90 nat\n"
          "dnat:10.244.2.3:81",
     IN22, "accept, to 10.244.2.2 port 80 out cni0", NULL},
    {"by priority among chains of nat",
     DNAT "dnat:10.244.2.2:80\ntable ip z\nchain d prerouting -110 nat\ndnat:10.244.2.3:81", IN22,
     "accept, to 10.244.2.3 port 81 out cni0", NULL},
    {"only once, though it changed nothing",
     DNAT "dnat:192.168.150.130\ntable ip z\nchain d prerouting -90 nat\ndnat:10.244.2.3:81", IN22,
     "accept", NULL},
    {"accept in a chain of nat lets the next one translate",
     DNAT "accept\ntable ip z\nchain d prerouting -90 nat\ndnat:10.244.2.3:81", IN22,
     "accept, to 10.244.2.3 port 81 out cni0", NULL},
    {"nat runs at its own place, whatever its priority",
     "table ip n\nchain d prerouting 300 nat\ndnat:10.244.2.2:80\ntable inet a\n"
     "chain c prerouting 0\ndaddr=10.244.2.2 drop",
     IN22, "drop in prerouting: inet a c", NULL},
    {"before nat it has its old address",
     DNAT "dnat:10.244.2.2:80\ntable inet a\nchain c prerouting -150\ndaddr=192.168.150.130 drop",
     IN22, "drop in prerouting: inet a c", NULL},
    {"drop in a chain of nat", DNAT "drop", IN22, "drop in prerouting: ip n d", NULL},
    {"IPv4's translation in a table of both, IPv6 packet",
     "table inet n\nchain d prerouting -100 nat\ndnat:10.244.2.2:80\ndrop",
     "input in enp2s0 from fd00:2::2 to fd00:2::1 back-by-it tcp 22",
     "drop in prerouting: inet n d", NULL},
    {"a redirection", DNAT "redirect:80\nchain i input 0\ndport=80 daddr=192.168.150.130 drop",
     POD80, "drop in input: ip n i", NULL},
    {"masquerading changes the source after forward",
     "table ip n\nchain s postrouting 100 nat\nmasquerade\nchain f forward 0\nsaddr=10.244.2.2 "
     "mark:=1\nchain q postrouting 200\nmark=1 saddr=192.168.150.130 drop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 back-by-it tcp 80",
     "drop in postrouting: ip n q", NULL},
    {"to the host that sent it, by a bridge that filters",
     "table ip n\nchain d prerouting -100 nat\ndnat:10.244.2.2:80",
     "input in cni0 from 10.244.2.2 to 10.244.2.1 back-by-it tcp 8080",
     "unknown by routing: hairpin-unknown", "bridge4"},
    {"to another host of a bridge that filters",
     "table ip n\nchain d prerouting -100 nat\ndnat:10.244.2.2:80",
     "input in cni0 from 10.244.2.3 to 10.244.2.1 back-by-it tcp 8080",
     "accept, to 10.244.2.2 port 80 out cni0", "bridge4"},
    {"to the host that sent it, by a bridge that does not filter",
     "table ip n\nchain d prerouting -100 nat\ndnat:10.244.2.2:80",
     "input in cni0 from 10.244.2.2 to 10.244.2.1 back-by-it tcp 8080",
     "accept, to 10.244.2.2 port 80 out cni0", NULL},
    {"the usual host of a bridge that filters is another one",
     "table ip n\nchain d prerouting -100 nat\ndnat:10.244.2.2:80",
     "input in cni0 from 10.244.2.0/24 to 10.244.2.1 back-by-it typical tcp 8080",
     "accept, to 10.244.2.2 port 80 out cni0", "bridge4"},
    {"of any protocol", DNAT "dnat:10.244.2.2",
     "input in enp2s0 from 192.168.150.131 to 192.168.150.130 back-by-it",
     "accept, to 10.244.2.2 port 0 out cni0", NULL},
    {"of a port that is not told", DNAT "dnat:10.244.2.2", TO_HOST "tcp",
     "accept, to 10.244.2.2 port 0 out cni0", NULL},
    {"of a ping", DNAT "dnat:10.244.2.2", TO_HOST "icmp 8", "accept, to 10.244.2.2 port 0 out cni0",
     NULL},
    {"source translation in input",
     "table ip n\nchain s input 100 nat\nsnat:10.0.0.1\nchain i input 200\nsaddr=10.0.0.1 drop",
     IN22, "drop in input: ip n i", NULL},
    {"only once, in chains that are none of nat", /* as no kernel takes them */
     "table ip n\nchain d prerouting -100\ndnat:10.244.2.2:80\nchain e prerouting -90\n"
     "dnat:10.244.2.3:81\nredirect:82",
     IN22, "accept, to 10.244.2.2 port 80 out cni0", NULL},
    {"a redirection only once, in chains that are none of nat",
     "table ip n\nchain d prerouting -100\ndnat:10.244.2.2:80\nchain e prerouting -90\nredirect:82",
     IN22, "accept, to 10.244.2.2 port 80 out cni0", NULL},
    {"masquerading only once, in chains that are none of nat",
     "table ip n\nchain s postrouting 100\nsnat:10.0.0.1\nchain t postrouting 101\nmasquerade\n"
     "chain q postrouting 200\nsaddr=10.0.0.1 drop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 back-by-it tcp 80",
     "drop in postrouting: ip n q", NULL},
    {"masquerading by a link that is not there",
     "table ip n\nchain s postrouting 100 nat\nmasquerade\nchain q postrouting 200\n"
     "saddr=10.244.2.2 drop",
     "forward in cni0 out eth9 from 10.244.2.2 to 192.168.150.131 back-by-it tcp 80",
     "accept; drop in postrouting: ip n q", NULL},
    {"masquerading of IPv6",
     "table ip6 n\nchain s postrouting 100 nat\nmasquerade\nchain q postrouting 200\n"
     "payload:1:8:16:r0 cmp:0:r0:0xfd000002000000000000000000000001 drop",
     "forward in cni0 out enp2s0 from fd00:1::2 to fd00:2::9 back-by-it tcp 80",
     "drop in postrouting: ip6 n q", NULL},
    {"a redirection of IPv6",
     "table ip6 n\nchain d prerouting -100 nat\nredirect:80\nchain i input 0\n"
     "payload:1:24:16:r0 cmp:0:r0:0xfd000002000000000000000000000001 dport=80 drop",
     "forward in enp2s0 out cni0 from fd00:2::9 to fd00:1::2 back-by-it tcp 22",
     "drop in input: ip6 n i", NULL},
    {"of any family, in a table of both", /* NFPROTO_INET */
     "table inet n\nchain d prerouting -100 nat\nimmediate:r0:10.244.2.2 nat:1:1:r0", IN22,
     "accept, to 10.244.2.2 port 22 out cni0", NULL},
    {"addresses of IPv6 that are written over are routed anew",
     "table inet a\nchain c prerouting -150\nimmediate:r0:0xfd000001000000000000000000000002 "
     "payload-set:1:24:16:r0",
     "input in enp2s0 from fd00:2::2 to fd00:2::1 back-by-it tcp 22",
     "accept, to fd00:1::2 port 22 out cni0", NULL},
    {"source only once",
     "table ip n\nchain s postrouting 100 nat\nsnat:10.0.0.1\nchain t postrouting 101 nat\n"
     "snat:10.0.0.2\nchain q postrouting 200\nsaddr=10.0.0.1 drop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 back-by-it tcp 80",
     "drop in postrouting: ip n q", NULL},
    {"what the host sends to a pod", ODNAT "dnat:10.244.2.2:80", OUT80,
     "accept, to 10.244.2.2 port 80 out cni0", NULL},
    {"what the host sends to itself, instead",
     ODNAT "dnat:192.168.150.130:80\nchain i input 0\niif=lo drop", OUT80, "drop in input: ip n i",
     NULL},
    {"addresses that are written over are routed anew",
     "table inet a\nchain c prerouting -150\nimmediate:r0:10.244.2.2 payload-set:1:16:4:r0", IN22,
     "accept, to 10.244.2.2 port 22 out cni0", NULL},
    {"what the host sends, to the loopback network", ODNAT "dnat:127.0.0.1:80", OUT80,
     "accept, to 127.0.0.1 port 80 out -", NULL},
    {"a destination of which half is written over with what is not known",
     "table inet a\nchain c prerouting -150\nmeta:24:r0 payload-set:1:16:2:r0", IN22,
     "unknown by routing: route-unknown", NULL},
    {"a source of which half is",
     "table inet a\nchain c prerouting -150\nmeta:24:r0 payload-set:1:12:2:r0", IN22,
     "unknown by routing: route-unknown", NULL},
    {"addresses that are written over with what is not known",
     "table inet a\nchain c prerouting -150\nmeta:24:r0 payload-set:1:16:4:r0", IN22,
     "unknown by routing: route-unknown", NULL},
};

/* Back to the bridge of the sender, whose frames netfilter sees. */
#define BACK    DNAT "dnat:10.244.2.2:80"
#define SENDER  "input in cni0 from 10.244.2.2 to 10.244.2.1 back-by-it tcp 8080"
#define OTHER   "input in cni0 from 10.244.2.3 to 10.244.2.1 back-by-it tcp 8080"
#define BRIDGED "host bridge4 yes\n"
#define BACK_ON "accept, to 10.244.2.2 port 80 out cni0"

/* should_deliver() of Linux: a bridge sends a frame back through its port only in hairpin mode. */
static const RuleCase hairpins[] = {
    {"to its sender, by ports that send nothing back", BACK, SENDER, "drop by routing: hairpin",
     BRIDGED "link veth1 veth in cni0 hairpin no\nlink veth2 veth in cni0 hairpin no\n"},
    {"to its sender, by ports in hairpin mode", BACK, SENDER, BACK_ON,
     BRIDGED "link veth1 veth in cni0 hairpin yes\nlink veth2 veth in cni0 hairpin yes\n"},
    {"to its sender, by ports of both kinds", BACK, SENDER, "unknown by routing: hairpin-unknown",
     BRIDGED "link veth1 veth in cni0 hairpin yes\nlink veth2 veth in cni0 hairpin no\n"},
    {"to its sender, by ports whose mode could not be read", BACK, SENDER,
     "unknown by routing: hairpin-unknown", BRIDGED "link veth1 veth in cni0 hairpin ?\n"},
    {"to its sender, by another bridge's port", BACK, SENDER, "unknown by routing: hairpin-unknown",
     BRIDGED "link br9 bridge\nlink veth1 veth in br9 hairpin yes\n"},
    {"to a range of which its sender is one",
     DNAT "immediate:r0:10.244.2.2 immediate:r1:10.244.2.3 nat:1:2:r0:r1", SENDER,
     "unknown by routing: hairpin-unknown", BRIDGED "link veth1 veth in cni0 hairpin no\n"},
    {"to a range of others", DNAT "immediate:r0:10.244.2.6 immediate:r1:10.244.2.7 nat:1:2:r0:r1",
     SENDER, "accept, to 10.244.2.6 port 8080 out cni0",
     BRIDGED "link veth1 veth in cni0 hairpin no\n"},
    {"to any of its network's", BACK,
     "input in cni0 from 10.244.2.0/24 to 10.244.2.1 back-by-it tcp 8080",
     "unknown by routing: hairpin-unknown", BRIDGED "link veth1 veth in cni0 hairpin no\n"},
    {"from a link that is not there", BACK,
     "input in eth9 from 10.244.2.3 to 10.244.2.1 back-by-it tcp 8080", BACK_ON, BRIDGED},
    {"to another container", BACK, OTHER, BACK_ON,
     BRIDGED "link veth1 veth in cni0 hairpin no\nlink veth2 veth in cni0 hairpin no\n"},
    {"to another host, where both may be behind one port", BACK, OTHER,
     "unknown by routing: hairpin-unknown",
     BRIDGED "link eth1 physical in cni0 hairpin no\nlink veth2 veth in cni0 hairpin no\n"},
    {"to the usual host, where both may be behind one port", BACK,
     "input in cni0 from 10.244.2.0/24 to 10.244.2.1 back-by-it typical tcp 8080",
     "unknown by routing: hairpin-unknown",
     BRIDGED "link eth1 physical in cni0 hairpin no\nlink veth2 veth in cni0 hairpin no\n"},
    {"to another host behind the only port", BACK, OTHER, "drop by routing: hairpin",
     BRIDGED "link eth1 physical in cni0 hairpin no\n"},
    {"to another host behind the only port, in hairpin mode", BACK, OTHER, BACK_ON,
     BRIDGED "link eth1 physical in cni0 hairpin yes\n"},
    {"to another host behind the port that is in hairpin mode", BACK, OTHER, BACK_ON,
     BRIDGED "link eth1 physical in cni0 hairpin yes\nlink veth2 veth in cni0 hairpin no\n"},
    {"to another host behind the only port, routed", BACK, OTHER, BACK_ON,
     "link eth1 physical in cni0 hairpin no\n"},
    {"to another host, by isolated ports", BACK, OTHER, "drop by routing: isolated",
     BRIDGED "link veth1 veth in cni0 hairpin no isolated yes\n"
             "link veth2 veth in cni0 hairpin no isolated yes\n"},
    {"to its sender, by isolated ports in hairpin mode", BACK, SENDER, "drop by routing: hairpin",
     BRIDGED "link veth1 veth in cni0 hairpin yes isolated yes\n"
             "link veth2 veth in cni0 hairpin yes isolated yes\n"},
    {"to another host, routed, by isolated ports", BACK, OTHER, BACK_ON,
     "link veth1 veth in cni0 isolated yes\nlink veth2 veth in cni0 isolated yes\n"},
};

#define ALL_DROP   "table inet a\nchain p prerouting 0\ndrop\nchain f forward 0\ndrop\n"
#define NOT_ROUTED "table inet a\nchain f forward 0\ndrop\nchain q postrouting 0\ndrop"
#define SWITCHED   "forward in cni0 out cni0 from 10.244.2.2 to 10.244.2.3 back-by-it tcp 80"
#define SWITCHED6  "forward in cni0 out cni0 from fd00:1::2 to fd00:1::3 back-by-it tcp 80"
#define OWN_BRIDGE "forward in br9 out br9 from 10.9.0.2 to 10.9.0.3 back-by-it tcp 80"
#define OTHER_NET  "forward in br9 out br9 from 10.9.0.2 to 10.8.0.2 back-by-it tcp 80"
#define FORWARDED  "drop in forward: inet a f"

/* From port to port of a bridge: br_handle_frame() and br_netfilter of Linux. */
static const RuleCase bridged[] = {
    {"no chain of IP is asked", ALL_DROP, SWITCHED, "accept", NULL},
    {"between isolated ports", ALL_DROP, SWITCHED, "drop by routing: isolated",
     "link veth1 veth in cni0 isolated yes\nlink veth2 veth in cni0 isolated yes\n"},
    {"between isolated ports, with br_netfilter", "table inet a\nchain f forward 0\naccept",
     SWITCHED, "drop by routing: isolated",
     BRIDGED "link veth1 veth in cni0 isolated yes\nlink veth2 veth in cni0 isolated yes\n"},
    {"between ports of which some are isolated", ALL_DROP, SWITCHED,
     "unknown by routing: isolated-unknown",
     "link veth1 veth in cni0 isolated yes\nlink veth2 veth in cni0 isolated yes\n"
     "link veth3 veth in cni0\n"},
    {"between an isolated port and others", ALL_DROP, SWITCHED, "accept",
     "link veth1 veth in cni0 isolated yes\nlink veth2 veth in cni0 isolated no\n"
     "link veth3 veth in cni0\n"},
    {"with br_netfilter they are", NOT_ROUTED, SWITCHED, FORWARDED, BRIDGED},
    {"the bridge is both ends", "table inet a\nchain f forward 0\niif=cni0 oif=cni0 drop", SWITCHED,
     FORWARDED, BRIDGED},
    {"behind which it came in by nothing",
     "table inet a\nchain q postrouting 0\nmeta:6:r0 cmp:0:r0:@ drop", SWITCHED,
     "drop in postrouting: inet a q", BRIDGED},
    {"br_netfilter of this bridge alone", NOT_ROUTED, OWN_BRIDGE, FORWARDED,
     "link br9 bridge bridge4 yes addr 10.9.0.1/24\n"},
    {"br_netfilter of another bridge", NOT_ROUTED, SWITCHED, "accept",
     "link br9 bridge bridge4 yes addr 10.9.0.1/24\n"},
    {"IPv6 has its own switch", NOT_ROUTED, SWITCHED6, FORWARDED, "host bridge6 yes\n"},
    {"and not that of IPv4", NOT_ROUTED, SWITCHED6, "accept", BRIDGED},
    {"IPv6, of this bridge alone", NOT_ROUTED,
     "forward in br9 out br9 from fd00:9::2 to fd00:9::3 back-by-it tcp 80", FORWARDED,
     "link br9 bridge bridge6 yes addr fd00:9::1/64\n"},
    {"the bridge's prerouting", "table bridge a\nchain c prerouting 0\ndrop", SWITCHED,
     "drop in bridge: bridge a c", NULL},
    {"the bridge's forward", "table bridge a\nchain c forward 0\ndrop", SWITCHED,
     "drop in bridge: bridge a c", NULL},
    {"the bridge's postrouting", "table bridge a\nchain c postrouting 0\ndrop", SWITCHED,
     "drop in bridge: bridge a c", NULL},
    {"the bridge's postrouting, with br_netfilter", "table bridge a\nchain c postrouting 0\ndrop",
     SWITCHED, "drop in bridge: bridge a c", BRIDGED},
    {"neither the bridge's input nor its output",
     "table bridge a\nchain i input 0\ndrop\nchain o output 0\ndrop", SWITCHED, "accept", BRIDGED},
    {"the bridge is no device of it",
     "table netdev a\nchain c ingress 0 device cni0\ndrop\nchain e egress 0 device cni0\ndrop",
     SWITCHED, "accept", BRIDGED},
    {"its ports may be", "table netdev a\nchain c egress 0 device veth1\ndrop", SWITCHED,
     "accept; drop in egress: netdev a c", BRIDGED "link veth1 veth in cni0\n"},
    {"from one network of the bridge to another it is routed", NOT_ROUTED, OTHER_NET, FORWARDED,
     "link br9 bridge addr 10.9.0.1/24,10.8.0.1/24\n"},
    {"to where its network is not it is routed", NOT_ROUTED,
     "forward in cni0 out cni0 from 10.244.2.2 to elsewhere back-by-it tcp 80", FORWARDED, NULL},
    {"a bridge without an address switches all", NOT_ROUTED, OTHER_NET, "accept",
     "link br9 bridge\n"},
    {"so does one with an address for its link alone", NOT_ROUTED, OTHER_NET, "accept",
     "link br9 bridge addr-link 169.254.1.1/16\n"},
    {"a mark does not route it",
     "table inet a\nchain c prerouting 0\nmark:=1\nchain f forward 0\noif=tun0 drop", SWITCHED,
     "accept",
     BRIDGED "link tun0 wireguard addr 10.8.0.1/24\nroute 0.0.0.0/0 dev tun0 table 7\n"
             "rule 4 priority 0 table 7 mark 1\n"},
    {"what is translated to elsewhere is routed", DNAT "dnat:192.168.150.131:81", SWITCHED,
     "accept, to 192.168.150.131 port 81 out enp2s0", BRIDGED},
    {"forwarding is no matter", NOT_ROUTED, SWITCHED, FORWARDED, BRIDGED "host forwarding4 no\n"},
};

static const RuleCase loopback[] = {
    {"what the host sends itself comes in again", "table inet a\nchain i input 0\niif=lo drop",
     TO_SELF, "drop in input: inet a i", NULL},
    {"it passes prerouting, too", "table inet a\nchain i prerouting 0\niif=lo drop", TO_SELF,
     "drop in prerouting: inet a i", NULL},
    {"and all of output before",
     "table inet a\nchain i input 0\nmark=3 drop\nchain o output 0\nmark:=1\n"
     "chain p postrouting 0\nmark=1 mark:=3",
     TO_SELF, "drop in input: inet a i", NULL},
    {"it is not translated again", "table ip n\nchain d prerouting -100 nat\ndnat:10.244.2.2:80",
     TO_SELF, "accept", NULL},
    {"it is still the first packet of its connection",
     "table inet a\nchain i input 0\niif=lo state=8 drop", TO_SELF, "drop in input: inet a i",
     NULL},
    {"its connection is confirmed by then", "table inet a\nchain i input 0\niif=lo status=8 drop",
     TO_SELF, "drop in input: inet a i", NULL},
    {"nothing else comes in", "table inet a\nchain i input 0\ndrop", OUT80, "accept", NULL},
    {"ingress of the loopback link", "table netdev a\nchain c ingress 0 device lo\ndrop", TO_SELF,
     "drop in ingress: netdev a c", NULL},
};

#define POLICY_ROUTE "link tun0 wireguard addr 10.8.0.1/24\nroute 0.0.0.0/0 dev tun0 table 7\n"

static const RuleCase routing[] = {
    {"no rule at all", "table inet a\nchain c input 0", IN22, "accept", NULL},
    {"a mark that leads elsewhere, set before routing",
     "table inet a\nchain c prerouting 0\nmark:=1\nchain f forward 0\noif=tun0 drop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 198.51.100.1 back-by-it tcp 80",
     "drop in forward: inet a f", POLICY_ROUTE},
    {"a mark that no rule asks for",
     "table inet a\nchain c prerouting 0\nmark:=2\nchain f forward 0\noif=tun0 drop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 198.51.100.1 back-by-it tcp 80", "accept",
     POLICY_ROUTE},
    {"a mark that may be set",
     "table inet a\nchain c prerouting 0\nmeta:24:r0 meta-set:3:r0\nchain f forward 0\n"
     "oif=tun0 drop",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 198.51.100.1 back-by-it tcp 80",
     "unknown by routing: route-unknown", POLICY_ROUTE},
    {"a mark that a chain of type route sets",
     "table inet a\nchain c output 0 route\nmark:=1\nchain p postrouting 0\noif=tun0 drop",
     "output out enp2s0 from 192.168.150.130 to 198.51.100.1 tcp 80",
     "drop in postrouting: inet a p", POLICY_ROUTE},
    {"a mark that another chain of output sets",
     "table inet a\nchain c output 0\nmark:=1\nchain p postrouting 0\noif=tun0 drop",
     "output out enp2s0 from 192.168.150.130 to 198.51.100.1 tcp 80", "accept", POLICY_ROUTE},
    {"a chain of type route that leaves the mark as it is",
     "table inet a\nchain c output 0 route\nmark:=0\nchain p postrouting 0\noif=tun0 drop",
     "output out enp2s0 from 192.168.150.130 to 198.51.100.1 tcp 80", "accept", POLICY_ROUTE},
    {"a mark that a chain of type route may set",
     "table inet a\nchain c output 0 route\nmeta:24:r0 meta-set:3:r0",
     "output out enp2s0 from 192.168.150.130 to 198.51.100.1 tcp 80",
     "unknown by routing: route-unknown", POLICY_ROUTE},
    {"an exit that is not named", "table inet a\nchain f forward 0\noif=enp2s0 drop",
     "forward in cni0 from 10.244.2.2 to 198.51.100.1 back-by-it tcp 80",
     "drop in forward: inet a f", NULL},
    {"it comes in by a link that is not there", "table inet a\nchain f forward 0\niif=enp2s0 drop",
     "forward in eth9 out cni0 from 192.168.150.131 to 10.244.2.2 tcp 80",
     "accept; drop in forward: inet a f", NULL},
    {"the host's own routes lead back", "table inet a\nchain c input 0",
     "input in enp2s0 from 192.168.150.131 to 192.168.150.130 tcp 22", "accept", "strict"},
    {"the host's own routes lead back by another link", "table inet a\nchain c input 0",
     "input in enp2s0 from 10.244.2.2 to 192.168.150.130 tcp 22", "drop by routing: reverse-path",
     "strict"},
    {"the host's own routes lead back by another link, loosely", "table inet a\nchain c input 0",
     "input in enp2s0 from 10.244.2.2 to 192.168.150.130 tcp 22", "accept", "loose"},
    {"no way back, strictly", "table inet a\nchain c input 0",
     "input in enp2s0 from 10.9.9.9 to 192.168.150.130 no-way-back tcp 22",
     "drop by routing: reverse-path", "strict"},
    {"the way back of what is forwarded is another", "table inet a\nchain c forward 0",
     "forward in enp2s0 out cni0 from 192.168.150.131 to 10.244.2.2 back-by-another tcp 80",
     "drop by routing: reverse-path", "strict"},
    {"the kernel calls it unreachable where the link does not forward", "table inet a",
     "forward in enp2s0 from 192.168.150.131 to 203.0.113.7 tcp 80 unreachable",
     "drop by routing: not-forwarded", "change-link"},
    {"it calls martian what rp_filter refuses", "table inet a",
     "forward in enp2s0 from 10.244.2.2 to 203.0.113.7 back-by-another tcp 80 martian",
     "drop by routing: reverse-path", "strict"},
    {"what the host sends is unreachable", "table inet a",
     "output from 192.168.150.130 to 203.0.113.7 tcp 80 unreachable",
     "reject by routing: unreachable", NULL},
    {"the way back is another", "table inet a\nchain c input 0",
     "input in enp2s0 from 10.244.2.2 to 192.168.150.130 back-by-another tcp 22",
     "drop by routing: reverse-path", "strict"},
    {"the way back is another, loosely", "table inet a\nchain c input 0",
     "input in enp2s0 from 10.244.2.2 to 192.168.150.130 back-by-another tcp 22", "accept",
     "loose"},
    {"no way back, loosely", "table inet a\nchain c input 0",
     "input in enp2s0 from 10.9.9.9 to 192.168.150.130 no-way-back tcp 22",
     "drop by routing: reverse-path", "loose"},
    {"no way back, not asked", "table inet a\nchain c input 0",
     "input in enp2s0 from 10.9.9.9 to 192.168.150.130 no-way-back tcp 22", "accept", NULL},
    {"no way back of IPv6", "table inet a\nchain c input 0",
     "input in enp2s0 from fd00:9::9 to fd00:2::1 no-way-back tcp 22", "accept", "strict"},
    {"not forwarded", "table inet a\nchain c forward 0", POD80, "drop by routing: not-forwarded",
     "change-link"},
    {"whether it is forwarded is not known", "table inet a\nchain c forward 0", POD80,
     "accept; drop by routing: not-forwarded", "forwards-?"},
    {"not forwarded does not matter to the host", "table inet a\nchain c input 0", IN22, "accept",
     "change-link"},
    {"rules before routing decide first", "table inet a\nchain c prerouting 0\nreject", POD80,
     "reject in prerouting: inet a c", "change-link"},
};

/* The host of a row, with what a sketch has no words for. */
static void test_on_host(void **state)
{
    RuleCase row = *(const RuleCase *)*state;
    const char *word = row.host;
    bool is_word = word != NULL && strchr(word, ' ') == NULL;
    if (is_word)
        row.host = NULL;
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&row);
    Link *link = g_ptr_array_index(snapshot->links, 2);
    if (is_word && g_str_equal(word, "change-link"))
        link->forwarding_ipv4 = TRISTATE_NO;
    else if (is_word && g_str_equal(word, "forwards-?")) {
        link->forwarding_ipv4 = TRISTATE_UNKNOWN;
        snapshot->forwarding_ipv4 = TRISTATE_UNKNOWN;
    } else if (is_word && g_str_equal(word, "bridge4"))
        snapshot->bridge_call_iptables = TRISTATE_YES;
    else if (is_word)
        snapshot->rp_filter = g_str_equal(word, "strict") ? 1 : 2;
    else if (word != NULL) {
        Rule *rule = rule_new();
        rule->family = FAMILY_IPV4;
        rule->priority = 0;
        rule->action = FR_ACT_TO_TBL;
        rule->table = 7;
        rule->mark = 1;
        rule->mark_mask = G_MAXUINT32;
        g_ptr_array_insert(snapshot->rules, 0, rule);
    }
    g_auto(GStrv) words = flow_words(&row);
    const Flow flow = flow_parse(words);
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    g_autofree char *found = path_text(path);
    assert_string_equal(found, row.expected);
}

typedef struct {
    const char *name;
    const char *rules;
    PathTables tables;
    const char *expected;
} TablesCase;

#define TWO "table inet firewalld\nchain c input 0\nreject\ntable ip foreign\nchain c input 1\ndrop"

static const TablesCase tables[] = {
    {"all", TWO, PATH_ALL_TABLES, "reject in input: inet firewalld c"},
    {"without firewalld", TWO, PATH_WITHOUT_FIREWALLD, "drop in input: ip foreign c"},
    {"firewalld only", TWO, PATH_FIREWALLD_ONLY, "reject in input: inet firewalld c"},
};

static void test_tables(void **state)
{
    const TablesCase *row = *state;
    const RuleCase whole = {row->name, row->rules, IN22, row->expected, NULL};
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&whole);
    g_auto(GStrv) words = flow_words(&whole);
    const Flow flow = flow_parse(words);
    g_autoptr(Path) path = path_of(snapshot, &flow, row->tables);
    g_autofree char *found = path_text(path);
    assert_string_equal(found, row->expected);
}

/* What a way tells besides: its stages, whether it is masqueraded, where it ends. */
static void test_stages(G_GNUC_UNUSED void **state)
{
    const RuleCase row = {"",
                          "table ip n\nchain d prerouting -100 nat\ndnat:10.244.2.2:80\n"
                          "chain s postrouting 100 nat\nmasquerade\n"
                          "chain f forward 0\naccept\nchain g forward 1\nlimit:0 drop",
                          IN22, NULL, NULL};
    static const StageResult results[] = {STAGE_RESULT_TRANSLATE, STAGE_RESULT_CONTINUE,
                                          STAGE_RESULT_ACCEPT, STAGE_RESULT_CONTINUE,
                                          STAGE_RESULT_TRANSLATE};
    static const PathHook hooks[] = {PATH_PREROUTING, PATH_ROUTE, PATH_FORWARD, PATH_FORWARD,
                                     PATH_POSTROUTING};
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&row);
    g_auto(GStrv) words = flow_words(&row);
    const Flow flow = flow_parse(words);
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    assert_int_equal(path->ways->len, 2);
    assert_int_equal(path->possible, OUTCOME_ACCEPT | OUTCOME_DROP);
    assert_false(path->certain);
    const PathWay *worst = path_worst(path);
    assert_int_equal(worst->outcome, OUTCOME_DROP);
    const PathWay *other = g_ptr_array_index(path->ways, worst == path->ways->pdata[0]);
    assert_int_equal(other->stages->len, G_N_ELEMENTS(results));
    for (gsize i = 0; i < G_N_ELEMENTS(results); i++) {
        const PathStage *stage = g_ptr_array_index(other->stages, i);
        assert_int_equal(stage->result, results[i]);
        assert_int_equal(stage->hook, hooks[i]);
        assert_int_equal(stage->by_maybe, i == 3);
    }
    assert_true(other->masqueraded && other->translated && other->status_dnat);
    assert_false(other->delivered);
    assert_string_equal(other->out->name, "cni0");
    assert_int_equal(other->port, 80);
    assert_false(worst->masqueraded);
}

/* The ways of a packet through COUNT rules, each WORDS with its number, and AFTER them (transfer full). */
static char *ways_of_many(guint count, const char *words, const char *after, guint *ways)
{
    g_autoptr(GString) rules = g_string_new("table inet a\nchain c prerouting -150\n");
    for (guint i = 1; i <= count; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        g_auto(GStrv) parts = g_strsplit(words, "#", -1);
        g_autofree char *rule = g_strjoinv(number, parts);
        g_string_append_printf(rules, "%s\n", rule);
    }
    g_string_append(rules, after);
    const RuleCase row = {"", rules->str, IN22, NULL, NULL};
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&row);
    g_auto(GStrv) flow_text = flow_words(&row);
    const Flow flow = flow_parse(flow_text);
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    *ways = path->ways->len;
    return rule_case_outcomes(path->possible);
}

/* Hundreds of worlds are joined, and what any of them may meet still may be. */
static void test_worlds_that_are_joined(G_GNUC_UNUSED void **state)
{
    guint ways;
    g_autofree char *one =
        ways_of_many(300, "limit:0 mark:=# accept", "chain i input 0\nmark=150 drop", &ways);
    assert_string_equal(one, "accept drop");
    g_autofree char *none =
        ways_of_many(300, "limit:0 mark:=# accept", "chain i input 0\niif=cni0 drop", &ways);
    assert_string_equal(none, "accept");
    g_autofree char *notes = ways_of_many(
        300, "limit:0 mark:=# accept",
        "limit:0 notrack\nchain i input 0\nstate=64 drop\nstate=8 accept\nreject", &ways);
    assert_string_equal(notes, "accept");
}

/* Nobody reads hundreds of ways: the outcomes are told, and as many of the ways as are of use. */
static void test_ways_that_are_not_told(G_GNUC_UNUSED void **state)
{
    guint ways;
    g_autofree char *outcomes = ways_of_many(700, "limit:0 drop", "chain i input 0\nreject", &ways);
    assert_string_equal(outcomes, "reject drop");
    assert_int_equal(ways, 512 + 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_worlds_that_are_joined),
        cmocka_unit_test(test_ways_that_are_not_told),
    };
    return RUN_CASES(test_ways, order) + RUN_CASES(test_ways, links) +
           RUN_CASES(test_ways, tracking) + RUN_CASES(test_on_host, translations) +
           RUN_CASES(test_ways, hairpins) + RUN_CASES(test_ways, bridged) +
           RUN_CASES(test_ways, loopback) + RUN_CASES(test_on_host, routing) +
           RUN_CASES(test_tables, tables) +
           cmocka_run_group_tests_name("stages", tests, NULL, NULL);
}
