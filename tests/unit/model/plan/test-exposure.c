/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passes and what does not any more when an interface changes its zone, or a zone its settings. */
#include "model/plan/exposure.h"

#include "flows.h"
#include "rules.h"

/* eth0 is unbound before, and in zone "to" afterwards. */
#define SERVICES                                                                                   \
    "link eth0 physical addr 192.0.2.10/24\n"                                                      \
    "service ssh ports 22/tcp\nservice http ports 80/tcp,8008/tcp\n"                               \
    "service mdns ports 5353/udp destination4 224.0.0.251 destination6 ff02::fb\n"                 \
    "service dhcpv6-client ports 546/udp destination6 fe80::/64\n"                                 \
    "service samba-client includes netbios-ns\nservice netbios-ns ports 137/udp\n"                 \
    "service a includes b\nservice b ports 7000/tcp includes a\n"

typedef struct {
    const char *name;
    const char *zones;
    const char *changes; /* "+SERVICE" and "-SERVICE", a line each */
} ServiceCase;

static const ServiceCase services[] = {
    {"the same services", "zone public services ssh\nzone to services ssh\n", ""},
    {"a service more", "zone public services ssh\nzone to services ssh,http\n", "+http\n"},
    {"a service less", "zone public services ssh,http\nzone to services ssh\n", "-http\n"},
    {"one for another", "zone public services ssh\nzone to services http\n", "+http\n-ssh\n"},
    {"a port", "zone public\nzone to ports 8080/tcp\n", "+port 8080/tcp\n"},
    {"a range of ports", "zone public ports 6000-6010/udp\nzone to\n", "-port 6000-6010/udp\n"},
    {"a range of ports that begins at 0", "zone public\nzone to ports 0-1023/udp\n",
     "+port 0-1023/udp\n"},
    {"a service with such a range",
     "service low ports 0-1023/udp\nzone public\nzone to services low\n", "+low\n"},
    {"a port that is a service's", "zone public services ssh\nzone to ports 22/tcp\n", ""},
    {"a service with a destination", "zone public\nzone to services mdns\n", "+mdns\n"},
    {"a service of one family", "zone public\nzone to services dhcpv6-client\n",
     "+dhcpv6-client\n"},
    {"a service that only includes another", "zone public\nzone to services samba-client\n",
     "+samba-client\n"},
    {"services that include each other", "zone public\nzone to services a\n", "+a\n"},
    {"a port that no packet of a known protocol has",
     "zone public\nzone to ports 5/nosuch,/nosuch\n", ""},
    {"a service with such ports", "service odd ports 5/nosuch\nzone public\nzone to services odd\n",
     ""},
    {"a service with every port", "service all ports /tcp\nzone public\nzone to services all\n",
     "+any other port\n"},
    {"a service for the members of a set",
     "service set ports 99/tcp destination4 ipset:friends\nipset friends hash:ip 192.0.2.10\n"
     "zone public\nzone to services set\n",
     ""},
    {"a service that was not read", "zone public\nzone to services nosuch\n", ""},
    {"a rich rule with a service",
     "zone public\nzone to rich 'rule service name=\"http\" accept'\n", "+http\n"},
    {"a rich rule with a port",
     "zone public\nzone to rich 'rule port port=\"9000\" protocol=\"tcp\" accept'\n",
     "+port 9000/tcp\n"},
    {"a rich rule for friends only is not for everybody",
     "zone public\nzone to rich 'rule family=\"ipv4\" source address=\"203.0.113.5\" service "
     "name=\"http\" accept'\n",
     ""},
    {"a policy to the host from one zone",
     "zone public\nzone to\npolicy in ingress to egress HOST services http\n", "+http\n"},
    {"a policy to the host from every zone",
     "zone public\nzone to\npolicy in ingress ANY egress HOST services http\n", ""},
    {"target ACCEPT", "zone public services ssh\nzone to target ACCEPT services ssh\n",
     "+any other port\n"},
    {"target DROP", "zone public services ssh\nzone to target DROP\n", "-icmp\n-ssh\n"},
    {"target DROP with a service", "zone public services ssh\nzone to target DROP services ssh\n",
     "-icmp\n"},
    {"a zone that could not be read: nothing is claimed",
     "zone public services ssh\nzone to unread\n", ""},
    {"neither could be read", "zone public unread\nzone to unread\n", ""},
};

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *changes_text(const GPtrArray *opens, const GPtrArray *closes)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < opens->len + closes->len; i++) {
        const ExposureChange *change = i < opens->len ? g_ptr_array_index(opens, i)
                                                      : g_ptr_array_index(closes, i - opens->len);
        assert_string_equal(change->interface, "eth0");
        static const char *const kinds[] = {
            [SERVICE_NAMED] = "",
            [SERVICE_PORT] = "port ",
            [SERVICE_ICMP] = "icmp",
            [SERVICE_OTHER_PORTS] = "any other port",
        };
        g_ptr_array_add(lines, g_strdup_printf("%c%s%s\n", i < opens->len ? '+' : '-',
                                               kinds[change->kind], change->name));
    }
    g_ptr_array_sort(lines, by_text);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("", (char **)lines->pdata);
}

static void test_services(void **state)
{
    const ServiceCase *test = *state;
    g_autoptr(Snapshot) before = sketch(SERVICES);
    sketch_add(before, test->zones);
    g_autoptr(Snapshot) after = sketch(SERVICES);
    sketch_add(after, test->zones);
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    g_ptr_array_add(actions, action_new(ACTION_BIND, SCOPE_RUNTIME, "eth0", NULL, "to"));
    action_predict(g_ptr_array_index(actions, 0), after);
    g_autoptr(Topology) topology = topology_new(before, NULL);
    g_autoptr(ExposureBase) base = exposure_base_new(before, topology);
    g_autoptr(Exposure) exposure = exposure_of(base, after, actions, NULL);
    g_autofree char *changes = changes_text(exposure->opens, exposure->closes);
    assert_string_equal(changes, test->changes);
}

/* ---- from network to network ---- */

#define ROUTER                                                                                     \
    "firewalld 1.3.3 public\nlink wan0 physical addr 203.0.113.9/24\n"                             \
    "link br0 bridge addr 192.168.1.1/24\nlink br1 bridge addr 192.168.2.1/24\n"                   \
    "route 0.0.0.0/0 dev wan0 via 203.0.113.1\nzone public\nzone external masquerade yes\n"        \
    "zone internal\nzone trusted target ACCEPT\n"                                                  \
    "bind external wan0\nbind internal br0\n"

typedef struct {
    const char *name;
    const char *more; /* of the host */
    ActionOp op;
    const char *interface;
    const char *from;
    const char *to;
    const char *value;
    const char *changes;
    guint64 opened;
} NetworkCase;

static const NetworkCase networks[] = {
    {"a policy", "", ACTION_ADD_POLICY, NULL, "internal", "external", "p", "+br0>wan0\n", 100},
    {"from outside to inside counts more", "", ACTION_ADD_POLICY, NULL, "external", "internal", "p",
     "+wan0>br0\n", 100000},
    {"a policy for two networks that are filtered alike", "bind internal br1\n", ACTION_ADD_POLICY,
     NULL, "internal", "external", "p", "+br0(1 alike)>wan0\n", 100},
    {"the way out into the zone of the inside", "", ACTION_MOVE, "wan0", "external", "internal",
     NULL, "+br0>wan0\n+wan0>br0\n~br0>wan0\n~wan0>wan0\n", 100100},
    {"an unbound network into a zone with others", "", ACTION_BIND, "br1", NULL, "internal", NULL,
     "+br0>br1\n+br1>br0\n", 200},
    {"a network as a source of a zone that accepts everything", "", ACTION_ADD_SOURCE, NULL, NULL,
     "trusted", "192.168.1.0/24", "+br0>br1\n+br0>host\n+br0>wan0\n", 300},
    {"pods that are routed to, as a source of a zone that accepts everything",
     "link cali1 veth\nnet 10.42.1.2/32 dev cali1\n", ACTION_ADD_SOURCE, NULL, NULL, "trusted",
     "10.42.1.0/24", "+cali1>br0\n+cali1>br1\n+cali1>host\n+cali1>wan0\n", 400},
    {"networks without a zone that are bound by one wildcard",
     "link cali1 veth addr 10.42.1.1/24\nlink cali2 veth addr 10.42.2.1/24\n", ACTION_BIND, "cali+",
     NULL, "internal", NULL,
     "+br0>cali1(1 alike)\n+cali1(1 alike)>br0\n+cali1(1 alike)>cali2(1 alike)\n", 300},
    {"a network behind one link, and links that its other end is like",
     "link cali1 veth\nnet 10.42.1.2/32 dev cali1\nbind internal br1\n", ACTION_ADD_SOURCE, NULL,
     NULL, "trusted", "10.42.1.0/24", "+cali1>br0(1 alike)\n+cali1>host\n+cali1>wan0\n", 300},
    {"what turns back through the way out", "change external forward no\n", ACTION_ENABLE_FORWARD,
     NULL, NULL, "external", NULL, "+wan0>wan0\n", 1},
    {"a network of IPv6 as a source", "link br6 bridge addr fd00:6::1/64\n", ACTION_ADD_SOURCE,
     NULL, NULL, "trusted", "fd00:6::/64", "+br6>host\n", 100},
    {"a network behind another one, as a source", "net 10.9.0.0/16 dev br0 via 192.168.1.2\n",
     ACTION_ADD_SOURCE, NULL, NULL, "trusted", "10.9.0.0/16", "+br0>br1\n+br0>host\n+br0>wan0\n",
     300},
    {"networks that nothing leads to are no sources of anything",
     "link lo loopback\nlink p dummy in br0\nlink d bridge addr 10.9.4.1/24 down\n"
     "net 10.9.0.0/24\nnet 10.9.1.0/24 dev lo\nnet 10.9.2.0/24 dev p\nnet 10.9.3.0/24 dev d\n"
     "net 10.9.5.0/24 dev br0 type 6\n",
     ACTION_ADD_SOURCE, NULL, NULL, "trusted", "10.9.0.0/16", "", 0},
    {"a network card's own network leads nowhere else",
     "link lan0 physical addr 10.7.0.1/24\nnet 10.8.0.0/16 dev lan0\nbind internal lan0\n",
     ACTION_ADD_SOURCE, NULL, NULL, "trusted", "10.8.0.0/16", "+lan0>br1\n+lan0>host\n+lan0>wan0\n",
     300},
    {"a network behind the way out, as a source", "net 10.9.0.0/16 dev wan0 via 203.0.113.7\n",
     ACTION_ADD_SOURCE, NULL, NULL, "trusted", "10.9.0.0/16", "+wan0>br0\n+wan0>br1\n+wan0>host\n",
     300},
    {"a zone that does not run", "", ACTION_ENABLE_FORWARD, NULL, NULL, "nosuch", NULL, "", 0},
    {"a zone by one of its sources", "change internal sources 192.168.2.0/24 forward no\n",
     ACTION_ENABLE_FORWARD, NULL, NULL, "internal", NULL, "+br0>br1\n+br1>br0\n", 200},
    {"a policy translates what its own networks send",
     "change external masquerade no\npolicy m ingress internal egress external target ACCEPT "
     "masquerade yes\n",
     ACTION_BIND, "br1", NULL, "internal", NULL, "+br0>br1\n+br1>br0\n+br1>wan0\n~br1>wan0\n", 300},
    {"every zone's policy translates before, too",
     "change external masquerade no\npolicy a ingress internal egress external target ACCEPT\n"
     "policy m ingress ANY egress ANY masquerade yes priority 1\n",
     ACTION_BIND, "br1", NULL, "internal", NULL, "+br0>br1\n+br1>br0\n+br1>wan0\n", 300},
    {"policies that translate what others send, or are off",
     "firewalld 2.5.0 public\nchange external masquerade no\n"
     "policy a ingress internal egress external target ACCEPT\n"
     "policy b ingress trusted egress external masquerade yes priority 1\n"
     "policy c ingress internal egress trusted masquerade yes priority 2\n"
     "policy d ingress internal egress external masquerade yes priority 3 disabled\n"
     "policy e ingress internal egress external priority 4\n",
     ACTION_BIND, "br1", NULL, "internal", NULL, "+br0>br1\n+br1>br0\n+br1>wan0\n", 300},
};

static char *alike_text(guint alike)
{
    return alike > 0 ? g_strdup_printf("(%u alike)", alike) : g_strdup("");
}

static void add_lines(GPtrArray *lines, char sign, const GPtrArray *changes)
{
    for (guint i = 0; i < changes->len; i++) {
        const ExposureChange *change = g_ptr_array_index(changes, i);
        g_autofree char *alike = alike_text(change->alike);
        g_autofree char *to_alike = alike_text(change->to_alike);
        g_ptr_array_add(lines, g_strdup_printf("%c%s%s>%s%s\n", sign, change->interface, alike,
                                               change->to != NULL ? change->to : "host", to_alike));
    }
}

/* What ACTION, which is taken, changes on BEFORE (transfer full). */
static Exposure *exposure_of_action(const Snapshot *before, Action *action, const GArray *needed)
{
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    g_ptr_array_add(actions, action);
    g_autoptr(Snapshot) after = snapshot_copy(before);
    after->firewalld_predicted = true;
    action_predict(action, after);
    g_autoptr(Topology) topology = topology_new(before, NULL);
    g_autoptr(ExposureBase) base = exposure_base_new(before, topology);
    return exposure_of(base, after, actions, needed);
}

/* The changes of EXPOSURE in alphabetical order (transfer full). */
static char *exposure_text(const Exposure *exposure)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    add_lines(lines, '+', exposure->opens);
    add_lines(lines, '-', exposure->closes);
    add_lines(lines, '~', exposure->translates);
    add_lines(lines, '!', exposure->silences);
    add_lines(lines, '?', exposure->uncertain);
    g_ptr_array_sort(lines, by_text);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("", (char **)lines->pdata);
}

static void test_networks(void **state)
{
    const NetworkCase *test = *state;
    g_autoptr(Snapshot) before = sketch(ROUTER);
    sketch_add(before, test->more);
    Action *action = action_new(test->op, SCOPE_RUNTIME, test->interface, test->from, test->to);
    action->value = g_strdup(test->value);
    g_autoptr(Exposure) exposure = exposure_of_action(before, action, NULL);
    g_autofree char *changes = exposure_text(exposure);
    assert_string_equal(changes, test->changes);
    assert_int_equal(exposure_opened(exposure), test->opened);
}

/* ---- what listens ---- */

/* The zone of br0 loses a port, and something may listen there. */
typedef struct {
    const char *name;
    const char *socket;
    const char *port; /* that br0's zone has no more */
    const char *changes;
} SocketCase;

#define SILENCED "!br0>host\n-br0>host\n"
#define CLOSED   "-br0>host\n"

static const SocketCase sockets[] = {
    {"on every address", "socket tcp 0.0.0.0 9\n", "9/tcp", SILENCED},
    {"on the link's own", "socket tcp 192.168.1.1 9\n", "9/tcp", SILENCED},
    {"on another link's", "socket tcp 192.168.2.1 9\n", "9/tcp", CLOSED},
    {"of this link alone", "socket tcp 0.0.0.0 9 on br0\n", "9/tcp", SILENCED},
    {"of another link alone", "socket tcp 0.0.0.0 9 on br1\n", "9/tcp", CLOSED},
    {"on every address of both families", "socket tcp :: 9\n", "9/tcp", SILENCED},
    {"on every address of IPv6 alone", "socket tcp :: 9 only6\n", "9/tcp", CLOSED},
    {"on an address of IPv6", "socket tcp fd00::1 9\n", "9/tcp", CLOSED},
    {"on every address of IPv4 alone, beside a network of IPv6",
     "link br6 bridge addr fd00:6::1/64\nbind internal br6\nsocket tcp 0.0.0.0 9\n", "9/tcp",
     "!br0>host\n-br0>host\n-br6>host\n"},
    {"on another port", "socket tcp 0.0.0.0 10\n", "9/tcp", CLOSED},
    {"of another protocol", "socket udp 0.0.0.0 9\n", "9/tcp", CLOSED},
    {"UDP", "socket udp 0.0.0.0 9\n", "9/udp", SILENCED},
    {"a client of UDP", "socket udp 0.0.0.0 40000\n", "40000/udp", CLOSED},
    {"a server of TCP with such a port", "socket tcp 0.0.0.0 40000\n", "40000/tcp", SILENCED},
    {"one that a service lets through still",
     "socket tcp 0.0.0.0 9\nservice discard ports 9/tcp\nchange internal services discard\n",
     "9/tcp", ""},
};

static void test_sockets(void **state)
{
    const SocketCase *test = *state;
    g_autoptr(Snapshot) before = sketch(ROUTER);
    g_autofree char *open = g_strdup_printf("change internal ports %s\n", test->port);
    sketch_add(before, open);
    sketch_add(before, test->socket);
    Action *action = action_new_for_zone(ACTION_REMOVE_PORT, SCOPE_RUNTIME, "internal", test->port);
    g_autoptr(Exposure) exposure = exposure_of_action(before, action, NULL);
    g_autofree char *changes = exposure_text(exposure);
    assert_string_equal(changes, test->changes);
}

/* ---- what is needed ---- */

/* A policy lets br0 out by wan0, or internal gets a service; what is needed is not counted. */
typedef struct {
    const char *name;
    const char *more; /* of the host */
    const char *port; /* that is opened; NULL: the policy is made */
    const char *needed;
    const char *changes;
} NeedCase;

static const NeedCase needs[] = {
    {"the same way", "", NULL, "forward in br0 out wan0 tcp 443", ""},
    {"the way of a network that is filtered alike", "bind internal br1\n", NULL,
     "forward in br1 out wan0 tcp 443", ""},
    {"the way back", "", NULL, "forward in wan0 out br0 tcp 443", "+br0>wan0\n"},
    {"another way in", "", NULL, "forward in br1 out wan0 tcp 443", "+br0>wan0\n"},
    {"another way out", "", NULL, "forward in br0 out br1 tcp 443", "+br0>wan0\n"},
    {"to the host", "", NULL, "input in br0 tcp 443", "+br0>wan0\n"},
    {"from the host", "", NULL, "output out wan0 tcp 443", "+br0>wan0\n"},
    {"from anywhere", "", NULL, "forward out wan0 tcp 443", "+br0>wan0\n"},
    {"a port", "", "53/udp", "input in br0 udp 53", ""},
    {"another port", "", "53/udp", "input in br0 udp 67", "+br0>host\n"},
    {"the port of another protocol", "", "53/udp", "input in br0 tcp 53", "+br0>host\n"},
    {"what may have passed before",
     "policy x ingress internal egress external target ACCEPT unread priority 1\n", NULL,
     "forward in br1 out wan0 tcp 443", "?br0>wan0\n"},
    {"what is needed, and may have passed before",
     "policy x ingress internal egress external target ACCEPT unread priority 1\n", NULL,
     "forward in br0 out wan0 tcp 443", ""},
};

static void test_needs(void **state)
{
    const NeedCase *test = *state;
    g_autoptr(Snapshot) before = sketch(ROUTER);
    sketch_add(before, test->more);
    g_auto(GStrv) words = g_strsplit(test->needed, " ", -1);
    const Flow flow = flow_parse(words);
    g_autoptr(GArray) needed = g_array_new(FALSE, FALSE, sizeof(Flow));
    g_array_append_val(needed, flow);
    Action *action =
        test->port != NULL
            ? action_new_for_zone(ACTION_ADD_PORT, SCOPE_RUNTIME, "internal", test->port)
            : action_new_for_policy(ACTION_ADD_POLICY, SCOPE_RUNTIME, "p", "internal", "external");
    g_autoptr(Exposure) exposure = exposure_of_action(before, action, needed);
    g_autofree char *changes = exposure_text(exposure);
    assert_string_equal(changes, test->changes);
}

/* ---- other programs' rules ---- */

/* What another program drops is not opened by firewalld, nor is it closed. */
static void test_what_is_refused_elsewhere(G_GNUC_UNUSED void **state)
{
    static const char *const rulesets[] = {
        "table ip f\nchain c forward 0\niif=br0 drop\n",
        "table ip f\nchain c forward 0\niif=br1 drop\n",
    };
    static const char *const expected[] = {"", "+br0>wan0\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(rulesets); i++) {
        g_autoptr(Snapshot) before = sketch(ROUTER);
        before->firewalld_predicted = true;
        before->ruleset = rules_parse(rulesets[i]);
        Action *action =
            action_new_for_policy(ACTION_ADD_POLICY, SCOPE_RUNTIME, "p", "internal", "external");
        g_autoptr(Exposure) exposure = exposure_of_action(before, action, NULL);
        g_autofree char *changes = exposure_text(exposure);
        assert_string_equal(changes, expected[i]);
    }
}

static void test_freeing_nothing_is_fine(G_GNUC_UNUSED void **state)
{
    exposure_free(NULL);
    exposure_base_free(NULL);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_what_is_refused_elsewhere),
        cmocka_unit_test(test_freeing_nothing_is_fine),
    };
    return RUN_CASES(test_services, services) + RUN_CASES(test_networks, networks) +
           RUN_CASES(test_sockets, sockets) + RUN_CASES(test_needs, needs) +
           cmocka_run_group_tests(others, NULL, NULL);
}
