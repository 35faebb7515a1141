/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passes and what does not any more when an interface changes its zone, or a zone its settings. */
#include "model/plan/exposure.h"

#include "sketch.h"

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
    {"a port that is a service's", "zone public services ssh\nzone to ports 22/tcp\n", ""},
    {"a service with a destination", "zone public\nzone to services mdns\n", "+mdns\n"},
    {"a service of one family", "zone public\nzone to services dhcpv6-client\n",
     "+dhcpv6-client\n"},
    {"a service that only includes another", "zone public\nzone to services samba-client\n",
     "+samba-client\n"},
    {"services that include each other", "zone public\nzone to services a\n", "+a\n"},
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
    "zone internal\nzone trusted target ACCEPT\nsocket tcp 0.0.0.0 9\n"                            \
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
     NULL, "internal", NULL, "+br0>cali1\n+cali1(1 alike)>br0\n+cali1(1 alike)>cali2\n", 300},
    {"what turns back through the way out", "change external forward no\n", ACTION_ENABLE_FORWARD,
     NULL, NULL, "external", NULL, "+wan0>wan0\n", 1},
    {"a port on which something listens", "change internal ports 9/tcp\n", ACTION_REMOVE_PORT, NULL,
     NULL, "internal", "9/tcp", "!br0>host\n-br0>host\n", 0},
};

static void add_lines(GPtrArray *lines, char sign, const GPtrArray *changes)
{
    for (guint i = 0; i < changes->len; i++) {
        const ExposureChange *change = g_ptr_array_index(changes, i);
        g_autofree char *alike =
            change->alike > 0 ? g_strdup_printf("(%u alike)", change->alike) : g_strdup("");
        g_ptr_array_add(lines, g_strdup_printf("%c%s%s>%s\n", sign, change->interface, alike,
                                               change->to != NULL ? change->to : "host"));
    }
}

static void test_networks(void **state)
{
    const NetworkCase *test = *state;
    g_autoptr(Snapshot) before = sketch(ROUTER);
    sketch_add(before, test->more);
    g_autoptr(Snapshot) after = snapshot_copy(before);
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    Action *action = action_new(test->op, SCOPE_RUNTIME, test->interface, test->from, test->to);
    action->value = g_strdup(test->value);
    g_ptr_array_add(actions, action);
    action_predict(action, after);
    g_autoptr(Topology) topology = topology_new(before, NULL);
    g_autoptr(ExposureBase) base = exposure_base_new(before, topology);
    g_autoptr(Exposure) exposure = exposure_of(base, after, actions, NULL);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    add_lines(lines, '+', exposure->opens);
    add_lines(lines, '-', exposure->closes);
    add_lines(lines, '~', exposure->translates);
    add_lines(lines, '!', exposure->silences);
    g_ptr_array_sort(lines, by_text);
    g_ptr_array_add(lines, NULL);
    g_autofree char *changes = g_strjoinv("", (char **)lines->pdata);
    assert_string_equal(changes, test->changes);
    assert_int_equal(exposure_opened(exposure), test->opened);
}

int main(void)
{
    return RUN_CASES(test_services, services) + RUN_CASES(test_networks, networks);
}
