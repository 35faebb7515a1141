/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever the kernel's messages hold, of rtnetlink(7), sock_diag(7) and nf_tables, they are refused with an
 * error or become part of a snapshot. The first byte says of which kind the messages are; each begins
 * with its length, in two bytes. */
#include "documents/json.h"
#include "documents/snapshot-json.h"
#include "observe/kernel/forwarding.h"
#include "observe/kernel/link-addresses.h"
#include "observe/kernel/links.h"
#include "observe/kernel/netfilter-decode.h"
#include "observe/kernel/netfilter-sets.h"
#include "observe/kernel/nexthops.h"
#include "observe/kernel/route-lookup.h"
#include "observe/kernel/routes.h"
#include "observe/kernel/rules.h"
#include "observe/kernel/sockets.h"
#include "observe/kernel/trace.h"
#include "observe/kernel/traffic-control.h"

#include <sanitizer/lsan_interface.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
    Snapshot *snapshot;
    Ruleset *ruleset;
    NftTable *table;
    NftSet *set;
    NexthopObjects *nexthops;
} Heard;

typedef bool (*Take)(const struct nlmsghdr *message, Heard *heard, GError **error);

static bool add(GPtrArray *items, gpointer item)
{
    if (item != NULL)
        g_ptr_array_add(items, item);
    return item != NULL;
}

static bool take_link(const struct nlmsghdr *message, Heard *heard, GError **error)
{
    Link *link = link_from_message(message, error);
    if (link != NULL)
        snapshot_add_link(heard->snapshot, link);
    return link != NULL;
}

static bool take_address(const struct nlmsghdr *message, G_GNUC_UNUSED Heard *heard, GError **error)
{
    int index;
    LinkAddress address;
    return link_address_from_message(message, &index, &address, error);
}

static bool take_route(const struct nlmsghdr *message, Heard *heard, GError **error)
{
    Route *route = NULL;
    bool wide;
    bool taken = route_from_message(message, ROUTES_ALL, &route, &wide, error);
    if (route != NULL)
        g_ptr_array_add(heard->snapshot->routes, route);
    return taken;
}

static bool take_rule(const struct nlmsghdr *message, Heard *heard, GError **error)
{
    return add(heard->snapshot->rules, rule_from_message(message, error));
}

static bool take_nexthop(const struct nlmsghdr *message, Heard *heard, GError **error)
{
    bool taken = nexthop_objects_add(heard->nexthops, message, error);
    for (guint32 id = 0; id < 4; id++) {
        GArray *found = nexthop_objects_resolve(heard->nexthops, id);
        g_clear_pointer(&found, g_array_unref);
    }
    return taken;
}

static bool take_forwarding(const struct nlmsghdr *message, G_GNUC_UNUSED Heard *heard,
                            GError **error)
{
    ForwardingSwitches switches;
    return forwarding_from_message(message, &switches, error);
}

static bool take_answer(const struct nlmsghdr *message, G_GNUC_UNUSED Heard *heard, GError **error)
{
    RouteAnswer answer;
    return route_answer_from_message(message, &answer, error);
}

static bool take_qdisc(const struct nlmsghdr *message, G_GNUC_UNUSED Heard *heard, GError **error)
{
    int index;
    return qdisc_from_message(message, &index, error);
}

static bool take_socket(const struct nlmsghdr *message, G_GNUC_UNUSED Heard *heard,
                        G_GNUC_UNUSED GError **error)
{
    Socket socket;
    (void)socket_from_message(message, PROTOCOL_TCP, &socket);
    return true;
}

static bool take_trace(const struct nlmsghdr *message, G_GNUC_UNUSED Heard *heard,
                       G_GNUC_UNUSED GError **error)
{
    trace_message_free(trace_message_read(message));
    return true;
}

static bool take_table(const struct nlmsghdr *message, Heard *heard, GError **error)
{
    return netfilter_add_table(message, heard->ruleset, error);
}

static bool take_chain(const struct nlmsghdr *message, Heard *heard, GError **error)
{
    return netfilter_add_chain(message, heard->ruleset, error);
}

static bool take_nft_rule(const struct nlmsghdr *message, Heard *heard, GError **error)
{
    return netfilter_add_rule(message, heard->table, error);
}

static bool take_set(const struct nlmsghdr *message, Heard *heard, GError **error)
{
    return netfilter_add_set(message, heard->table, error);
}

static bool take_elements(const struct nlmsghdr *message, Heard *heard, GError **error)
{
    return netfilter_add_elements(message, heard->set, error);
}

static const Take takes[] = {
    take_link,       take_address, take_route,    take_rule,   take_nexthop,
    take_forwarding, take_answer,  take_qdisc,    take_socket, take_trace,
    take_table,      take_chain,   take_nft_rule, take_set,    take_elements,
};

static bool is_of_libnftnl(Take take)
{
    return take == take_trace || take == take_table || take == take_chain ||
           take == take_nft_rule || take == take_set || take == take_elements;
}

/* The ruleset has a table with what messages may name. */
static void heard_begin(Heard *heard)
{
    heard->snapshot = snapshot_new();
    heard->nexthops = nexthop_objects_new();
    heard->ruleset = ruleset_new();
    heard->table = nft_table_new(NFT_FAMILY_INET, "fuzz");
    g_ptr_array_add(heard->ruleset->tables, heard->table);
    g_ptr_array_add(heard->table->chains, nft_chain_new("fuzz"));
    heard->set = nft_set_new("fuzz");
    g_ptr_array_add(heard->table->sets, heard->set);
    snapshot_replace_ruleset(heard->snapshot, heard->ruleset);
}

static void heard_end(Heard *heard)
{
    netfilter_join_intervals(heard->set);
    nft_set_finish(heard->set);
    json_auto_t *document = snapshot_to_json(heard->snapshot);
    g_autofree char *text = json_document_text(document, false);
    g_assert(g_utf8_validate(text, -1, NULL));
    g_autoptr(GError) error = NULL;
    g_autoptr(Snapshot) again = snapshot_from_json(text, strlen(text), "snapshot", &error);
    if (again == NULL)
        g_error("what was read cannot be written: %s\n%s", error->message, text);
    nexthop_objects_free(heard->nexthops);
    snapshot_free(heard->snapshot);
}

static void take_one(Take take, const struct nlmsghdr *message, Heard *heard)
{
    g_autoptr(GError) error = NULL;
    bool taken = take(message, heard, &error);
    g_assert(taken == (error == NULL));
}

/* Where libnftnl refuses a message, it leaks what it has read until then. */
static void take_by_libnftnl(Take take, const struct nlmsghdr *message, Heard *heard)
{
    __lsan_disable();
    take_one(take, message, heard);
    __lsan_enable();
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size == 0)
        return 0;
    Heard heard;
    heard_begin(&heard);
    Take take = takes[data[0] % G_N_ELEMENTS(takes)];
    const guint8 *end = data + size;
    for (data++; end - data >= 2;) {
        gsize length = MIN((gsize)(data[0] | data[1] << 8), (gsize)(end - data - 2));
        /* Just as long as it says: what is behind it is not to be read. */
        gsize whole = NLMSG_HDRLEN + length;
        g_autofree struct nlmsghdr *message = g_malloc0(whole);
        message->nlmsg_len = (guint32)whole;
        memcpy(NLMSG_DATA(message), data + 2, length);
        data += 2 + length;
        (is_of_libnftnl(take) ? take_by_libnftnl : take_one)(take, message, &heard);
    }
    heard_end(&heard);
    return 0;
}
