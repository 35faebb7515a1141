/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that `nicfix check` could take: the same calls on the bus, in the same batches, and the
 * same kernel lists, through the same libraries, but it keeps nothing and decides nothing. The
 * argument is the uplink, which nicfix has to find. bench.py checks that both make the same calls. */
#include <gio/gio.h>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

#define FIREWALLD    "org.fedoraproject.FirewallD1"
#define RUNNING_PATH "/org/fedoraproject/FirewallD1"
#define CONFIG_PATH  "/org/fedoraproject/FirewallD1/config"
#define PROPERTIES   "org.freedesktop.DBus.Properties"

enum {
    RECEIVE_BUFFER_SIZE = 1 << 20,
    SEND_BUFFER_SIZE = 1 << 15,
    DATAGRAM_SIZE = 1 << 15,
};

/* ---- the bus ---- */

typedef struct {
    GDBusConnection *connection;
    guint under_way;
    GVariant *policies; /* replies that name what to ask for next */
    GVariant *zone;
    GPtrArray *policy_settings; /* GVariant: likewise */
} Bus;

static GVariant *finish(GObject *source, GAsyncResult *result)
{
    g_autoptr(GError) error = NULL;
    GVariant *reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    if (reply == NULL)
        g_error("floor: %s", error->message);
    return reply;
}

static void forget(GObject *source, GAsyncResult *result, gpointer user)
{
    g_variant_unref(finish(source, result));
    ((Bus *)user)->under_way--;
}

static void keep_policies(GObject *source, GAsyncResult *result, gpointer user)
{
    Bus *bus = user;
    bus->policies = finish(source, result);
    bus->under_way--;
}

static void keep_zone(GObject *source, GAsyncResult *result, gpointer user)
{
    Bus *bus = user;
    bus->zone = finish(source, result);
    bus->under_way--;
}

static void keep_policy(GObject *source, GAsyncResult *result, gpointer user)
{
    Bus *bus = user;
    g_ptr_array_add(bus->policy_settings, finish(source, result));
    bus->under_way--;
}

static void ask(Bus *bus, const char *path, const char *interface, const char *method,
                GVariant *parameters, GAsyncReadyCallback answered)
{
    bus->under_way++;
    g_dbus_connection_call(bus->connection, FIREWALLD, path, interface, method, parameters, NULL,
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, answered, bus);
}

static void ask_first(Bus *bus)
{
    ask(bus, RUNNING_PATH, PROPERTIES, "GetAll", g_variant_new("(s)", FIREWALLD), forget);
    ask(bus, RUNNING_PATH, FIREWALLD, "getDefaultZone", NULL, forget);
    ask(bus, RUNNING_PATH, FIREWALLD, "queryPanicMode", NULL, forget);
    ask(bus, RUNNING_PATH, FIREWALLD, "getLogDenied", NULL, forget);
    ask(bus, RUNNING_PATH, FIREWALLD, "checkPermanentConfig", NULL, forget);
    ask(bus, RUNNING_PATH, FIREWALLD ".zone", "getActiveZones", NULL, forget);
    ask(bus, RUNNING_PATH, FIREWALLD ".policy", "getPolicies", NULL, keep_policies);
    ask(bus, RUNNING_PATH, FIREWALLD ".direct", "getAllRules", NULL, forget);
    ask(bus, RUNNING_PATH, FIREWALLD ".direct", "getAllPassthroughs", NULL, forget);
    ask(bus, CONFIG_PATH, PROPERTIES, "GetAll", g_variant_new("(s)", FIREWALLD ".config"), forget);
    bus->under_way++;
    g_dbus_connection_call(bus->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                           "org.freedesktop.DBus", "NameHasOwner",
                           g_variant_new("(s)", "org.freedesktop.NetworkManager"), NULL,
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, forget, bus);
}

/* In the lab of the benchmark the default zone is the only one, active or not. */
static void ask_second(Bus *bus, const char *uplink)
{
    g_autoptr(GVariantIter) policies = NULL;
    const char *policy;
    ask(bus, RUNNING_PATH, FIREWALLD ".zone", "getZoneSettings2", g_variant_new("(s)", "public"),
        keep_zone);
    g_variant_get(bus->policies, "(as)", &policies);
    while (g_variant_iter_next(policies, "&s", &policy))
        ask(bus, RUNNING_PATH, FIREWALLD ".policy", "getPolicySettings",
            g_variant_new("(s)", policy), keep_policy);
    ask(bus, CONFIG_PATH, FIREWALLD ".config", "getZoneOfInterface", g_variant_new("(s)", uplink),
        forget);
}

/* Each service once, whoever names it. */
static void ask_services(Bus *bus, GVariant *reply, GHashTable *asked)
{
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    g_autoptr(GVariantIter) services = NULL;
    const char *service;
    g_variant_lookup(settings, "services", "as", &services);
    while (services != NULL && g_variant_iter_next(services, "&s", &service)) {
        if (g_hash_table_add(asked, g_strdup(service)))
            ask(bus, RUNNING_PATH, FIREWALLD, "getServiceSettings2", g_variant_new("(s)", service),
                forget);
    }
}

static void ask_third(Bus *bus)
{
    g_autoptr(GHashTable) asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ask_services(bus, bus->zone, asked);
    for (guint i = 0; i < bus->policy_settings->len; i++)
        ask_services(bus, g_ptr_array_index(bus->policy_settings, i), asked);
}

static void wait_for_answers(const Bus *bus)
{
    while (bus->under_way > 0)
        g_main_context_iteration(NULL, TRUE);
}

/* ---- the kernel ---- */

static struct nl_sock *open_netlink(void)
{
    static const int options[] = {NETLINK_GET_STRICT_CHK, NETLINK_EXT_ACK, NETLINK_CAP_ACK};
    const int on = 1;
    struct nl_sock *netlink = nl_socket_alloc();
    if (netlink == NULL || nl_connect(netlink, NETLINK_ROUTE) < 0)
        g_error("floor: no rtnetlink");
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
        (void)setsockopt(nl_socket_get_fd(netlink), SOL_NETLINK, options[i], &on, sizeof on);
    (void)nl_socket_set_buffer_size(netlink, RECEIVE_BUFFER_SIZE, SEND_BUFFER_SIZE);
    (void)nl_socket_set_msg_buf_size(netlink, DATAGRAM_SIZE);
    return netlink;
}

/* Whether the last message of the list is among these. */
static bool is_end(void *bytes, int length)
{
    struct nlmsghdr *message = bytes;
    for (; nlmsg_ok(message, length); message = nlmsg_next(message, &length)) {
        if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
            return true;
    }
    return false;
}

static void list(struct nl_sock *netlink, struct nl_msg *request)
{
    bool ended = false;
    if (nl_send_auto(netlink, request) < 0)
        g_error("floor: cannot send");
    nlmsg_free(request);
    while (!ended) {
        struct sockaddr_nl sender;
        unsigned char *bytes = NULL;
        int length = nl_recv(netlink, &sender, &bytes, NULL);
        if (length <= 0)
            g_error("floor: cannot receive");
        ended = is_end(bytes, length);
        free(bytes);
    }
}

static struct nl_msg *request(int type, void *header, gsize size)
{
    struct nl_msg *message = nlmsg_alloc_simple(type, NLM_F_DUMP);
    if (message == NULL || nlmsg_append(message, header, size, NLMSG_ALIGNTO) < 0)
        g_error("floor: out of memory");
    return message;
}

static void list_all(struct nl_sock *netlink)
{
    static const unsigned char families[] = {AF_INET, AF_INET6};
    struct ifinfomsg links = {.ifi_family = AF_UNSPEC};
    struct ifaddrmsg addresses = {.ifa_family = AF_UNSPEC};
    struct nl_msg *of_links = request(RTM_GETLINK, &links, sizeof links);
    nla_put_u32(of_links, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    list(netlink, of_links);
    list(netlink, request(RTM_GETADDR, &addresses, sizeof addresses));
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        struct rtmsg routes = {.rtm_family = families[i], .rtm_type = RTN_UNICAST};
        struct fib_rule_hdr rules = {.family = families[i]};
        struct netconfmsg forwarding = {.ncm_family = families[i]};
        list(netlink, request(RTM_GETROUTE, &routes, sizeof routes));
        list(netlink, request(RTM_GETRULE, &rules, sizeof rules));
        list(netlink, request(RTM_GETNETCONF, &forwarding, sizeof forwarding));
    }
}

static void read_kernel(void)
{
    struct nl_sock *netlink = open_netlink();
    list_all(netlink);
    nl_socket_free(netlink);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    Bus bus = {
        .connection = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &error),
        .policy_settings = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref),
    };
    if (argc != 2 || bus.connection == NULL)
        g_error("floor: %s", error != NULL ? error->message : "the argument is the uplink");
    g_dbus_connection_set_exit_on_close(bus.connection, FALSE);
    ask_first(&bus);
    read_kernel();
    wait_for_answers(&bus);
    ask_second(&bus, argv[1]);
    wait_for_answers(&bus);
    ask_third(&bus);
    wait_for_answers(&bus);
    g_variant_unref(bus.policies);
    g_variant_unref(bus.zone);
    g_ptr_array_unref(bus.policy_settings);
    g_object_unref(bus.connection);
    return 0;
}
