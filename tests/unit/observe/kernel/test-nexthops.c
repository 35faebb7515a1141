/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nexthop objects: what a route that names one gets. */
#include "observe/kernel/nexthops.h"

#include "netlink-messages.h"
#include "recorded-routes.h"

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

static char *nexthops_text(const GArray *nexthops)
{
    GString *text = g_string_new(nexthops != NULL ? "" : "unknown");
    for (guint i = 0; nexthops != NULL && i < nexthops->len; i++) {
        const Nexthop *nexthop = &g_array_index(nexthops, Nexthop, i);
        g_string_append_printf(text, "%sdev %d", i > 0 ? ", " : "", nexthop->oif);
        append_address(text, " via ", nexthop->has_gateway, &nexthop->gateway);
        g_string_append_printf(text, " weight %u", nexthop->weight);
        append_number(text, " flags ", nexthop->flags);
    }
    return g_string_free(text, FALSE);
}

/* ---- recorded ---- */

typedef struct {
    const char *name;
    guint32 id;
    const char *text;
} ResolveCase;

static const ResolveCase resolved[] = {
    {"a gateway", 11, "dev 5 via 10.2.0.2 weight 1"},
    {"an IPv6 gateway", 21, "dev 5 via 2001:db8:1::2 weight 1"},
    {"a group", 13, "dev 5 via 10.2.0.2 weight 4, dev 2 via 10.1.0.2 weight 1"},
    {"a blackhole", 14, ""},
    {"of a bridge's forwarding table", 30, ""},
    {"no such object", 99, "unknown"},
};

/* The group comes before what it is made of: the order must not matter. */
static NexthopObjects *recorded_objects(void)
{
    static const char *const recordings[] = {recorded_nexthop_13, recorded_nexthop_11,
                                             recorded_nexthop_12, recorded_nexthop_14,
                                             recorded_nexthop_21, recorded_nexthop_30};
    NexthopObjects *objects = nexthop_objects_new();
    for (gsize i = 0; i < G_N_ELEMENTS(recordings); i++) {
        g_autofree struct nlmsghdr *message = message_from_hex(recordings[i]);
        assert_true(nexthop_objects_add(objects, message, NULL));
    }
    return objects;
}

static void test_resolve(void **state)
{
    const ResolveCase *test = *state;
    g_autoptr(NexthopObjects) objects = recorded_objects();
    g_autoptr(GArray) nexthops = nexthop_objects_resolve(objects, test->id);
    g_autofree char *text = nexthops_text(nexthops);
    assert_string_equal(text, test->text);
}

/* ---- made: the object 1, beside an object 2 and a group 3 ---- */

static const struct nhmsg ipv4 = {.nh_family = AF_INET};
static const struct nhmsg dead = {.nh_family = AF_INET, .nh_flags = RTNH_F_DEAD};

static const struct nexthop_grp group_of_2[] = {{.id = 2}};
static const Piece *const others[] = {
    PIECES(U32(NHA_ID, 2), U32(NHA_OIF, 22)),
    PIECES(U32(NHA_ID, 3), STRUCT(NHA_GROUP, group_of_2)),
};

static bool add_others(NexthopObjects *objects)
{
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree struct nlmsghdr *message =
            message_new(RTM_NEWNEXTHOP, &ipv4, sizeof ipv4, others[i]);
        if (!nexthop_objects_add(objects, message, NULL))
            return false;
    }
    return true;
}

static bool read_object(const struct nlmsghdr *message, char **text, GError **error)
{
    g_autoptr(NexthopObjects) objects = nexthop_objects_new();
    assert_true(add_others(objects));
    if (!nexthop_objects_add(objects, message, error))
        return false;
    g_autoptr(GArray) nexthops = nexthop_objects_resolve(objects, 1);
    *text = nexthops_text(nexthops);
    return true;
}

static const struct nexthop_grp of_itself[] = {{.id = 1}, {.id = 2}};
static const struct nexthop_grp of_a_group[] = {{.id = 3}, {.id = 2}};
static const struct nexthop_grp with_one_gone[] = {{.id = 9}, {.id = 2}};
/* The name of the upper half of the weight depends on the headers. */
static const struct nexthop_grp heavy[] = {{2, 255, 1, 0}};

#define OBJECT(...)                                                                                \
    .type = RTM_NEWNEXTHOP, HEADER(ipv4), .pieces = PIECES(U32(NHA_ID, 1), __VA_ARGS__)

static const MessageCase made[] = {
    {"a link without a gateway", OBJECT(U32(NHA_OIF, 7)), .text = "dev 7 weight 1"},
    {"a dead one", .type = RTM_NEWNEXTHOP, HEADER(dead),
     .pieces = PIECES(U32(NHA_ID, 1), U32(NHA_OIF, 7)), .text = "dev 7 weight 1 flags 1"},
    {"neither link nor gateway", OBJECT(EMPTY(NHA_BLACKHOLE)), .text = ""},
    {"a group with a member that is gone", OBJECT(STRUCT(NHA_GROUP, with_one_gone)),
     .text = "dev 22 weight 1"},
    {"a weight of 16 bits", OBJECT(STRUCT(NHA_GROUP, heavy)), .text = "dev 22 weight 512"},
    {"a group of itself", OBJECT(STRUCT(NHA_GROUP, of_itself)), .text = "dev 22 weight 1"},
    {"a group of a group", OBJECT(STRUCT(NHA_GROUP, of_a_group)), .text = "dev 22 weight 1"},
};

static const MessageCase malformed[] = {
    {"no id", .type = RTM_NEWNEXTHOP, HEADER(ipv4), .pieces = PIECES(U32(NHA_OIF, 7))},
    {"the id 0", .type = RTM_NEWNEXTHOP, HEADER(ipv4), .pieces = PIECES(U32(NHA_ID, 0))},
    {"half a header", .type = RTM_NEWNEXTHOP, .header = &ipv4, .header_size = 4},
    {"a gateway of five bytes", OBJECT(BYTES(NHA_GATEWAY, 1, 2, 3, 4, 5))},
    {"an empty group", OBJECT(EMPTY(NHA_GROUP))},
    {"a group and a half", OBJECT(BYTES(NHA_GROUP, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0))},
};

static void test_message(void **state)
{
    check_message(*state, read_object);
}

static void test_broken(void **state)
{
    check_broken(*state, read_object);
}

int main(void)
{
    return RUN_RECORDED(test_resolve, resolved) + RUN_CASES(test_message, made) +
           RUN_CASES(test_broken, made) + RUN_CASES(test_message, malformed);
}
