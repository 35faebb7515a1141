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

int main(void)
{
    return RUN_CASES(test_services, services);
}
