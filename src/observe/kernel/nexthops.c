/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the messages about nexthop objects. */
#include "observe/kernel/nexthops.h"

#include "model/error.h"
#include "model/foreach.h"
#include "observe/kernel/attributes.h"

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

typedef struct {
    guint32 id;
    guint32 weight;
} Member;

/* A group has members; anything else has a nexthop, or neither where it leads nowhere. */
typedef struct {
    GArray *members; /* Member, or NULL */
    bool leads;
    Nexthop nexthop;
} NexthopObject;

struct NexthopObjects {
    GHashTable *by_id; /* to NexthopObject */
};

static void nexthop_object_free(NexthopObject *object)
{
    if (object == NULL)
        return;
    g_clear_pointer(&object->members, g_array_unref);
    g_free(object);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NexthopObject, nexthop_object_free)

NexthopObjects *nexthop_objects_new(void)
{
    NexthopObjects *objects = g_new0(NexthopObjects, 1);
    objects->by_id = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                           (GDestroyNotify)nexthop_object_free);
    return objects;
}

void nexthop_objects_free(NexthopObjects *objects)
{
    if (objects == NULL)
        return;
    g_hash_table_unref(objects->by_id);
    g_free(objects);
}

/* ---- one object ---- */

static const struct nla_policy nexthop_policy[NHA_MAX + 1] = {
    [NHA_ID] = {.type = NLA_U32},
    [NHA_OIF] = {.type = NLA_U32},
    [NHA_GATEWAY] = {.minlen = 4, .maxlen = 16},
};

static const AttributeSet nexthop_attributes = {"a nexthop", NHA_MAX, nexthop_policy};

static bool malformed(guint32 id, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                     "the kernel's message about nexthop %u is malformed", id);
    return false;
}

static GArray *members_from_attribute(const struct nlattr *group)
{
    gsize size = (gsize)nla_len(group);
    if (size == 0 || size % sizeof(struct nexthop_grp) != 0)
        return NULL;
    GArray *members = g_array_new(FALSE, FALSE, sizeof(Member));
    const struct nexthop_grp *entries = nla_data(group);
    for (gsize i = 0; i < size / sizeof *entries; i++) {
        /* The weight is one less than it counts. Linux 6.12 took the byte behind it for its upper half,
         * which was always zero before; headers call it resvd1, or weight_high. */
        const guint8 *halves =
            (const guint8 *)&entries[i] + G_STRUCT_OFFSET(struct nexthop_grp, weight);
        const Member member = {entries[i].id, ((guint32)halves[1] << 8 | halves[0]) + 1};
        g_array_append_val(members, member);
    }
    return members;
}

static bool read_nexthop(const struct nhmsg *header, struct nlattr *const *attributes,
                         NexthopObject *object)
{
    const struct nlattr *gateway = attributes[NHA_GATEWAY];
    object->nexthop = (Nexthop){.weight = 1, .flags = header->nh_flags};
    object->nexthop.oif = (int)attribute_u32(attributes[NHA_OIF], 0);
    object->nexthop.has_gateway = gateway != NULL;
    object->leads = attributes[NHA_BLACKHOLE] == NULL && attributes[NHA_FDB] == NULL &&
                    object->nexthop.oif != 0;
    return gateway == NULL || attribute_address(gateway, &object->nexthop.gateway);
}

bool nexthop_objects_add(NexthopObjects *objects, const struct nlmsghdr *message, GError **error)
{
    struct nlattr *attributes[NHA_MAX + 1];
    g_autoptr(NexthopObject) object = g_new0(NexthopObject, 1);
    if (!attributes_parse(&nexthop_attributes, message, sizeof(struct nhmsg), attributes, error))
        return false;
    guint32 id = attribute_u32(attributes[NHA_ID], 0);
    const struct nlattr *group = attributes[NHA_GROUP];
    if (id == 0 || !read_nexthop(nlmsg_data(message), attributes, object))
        return malformed(id, error);
    if (group != NULL) {
        object->members = members_from_attribute(group);
        if (object->members == NULL)
            return malformed(id, error);
    }
    g_hash_table_insert(objects->by_id, GUINT_TO_POINTER(id), g_steal_pointer(&object));
    return true;
}

/* ---- the nexthops of a route ---- */

static void append(GArray *nexthops, const NexthopObject *object, guint32 weight)
{
    Nexthop nexthop = object->nexthop;
    nexthop.weight = weight;
    if (object->leads)
        g_array_append_val(nexthops, nexthop);
}

/* A group cannot be a member of a group (nh_check_attr_group() of the kernel). */
GArray *nexthop_objects_resolve(const NexthopObjects *objects, guint32 id)
{
    const NexthopObject *object = g_hash_table_lookup(objects->by_id, GUINT_TO_POINTER(id));
    if (object == NULL)
        return NULL;
    GArray *nexthops = g_array_new(FALSE, TRUE, sizeof(Nexthop));
    if (object->members == NULL) {
        append(nexthops, object, 1);
        return nexthops;
    }
    ARRAY_FOREACH (const Member, member, object->members) {
        const NexthopObject *found =
            g_hash_table_lookup(objects->by_id, GUINT_TO_POINTER(member->id));
        if (found != NULL && found->members == NULL)
            append(nexthops, found, member->weight);
    }
    return nexthops;
}

/* ---- all of them ---- */

static bool add_object(const struct nlmsghdr *message, gpointer data, GError **error)
{
    return nexthop_objects_add(data, message, error);
}

static void forget_objects(gpointer data)
{
    g_hash_table_remove_all(((NexthopObjects *)data)->by_id);
}

static const NetlinkList nexthop_list = {
    .subject = "nexthop objects",
    .need = NETLINK_LIST_OPTIONAL,
    .type = RTM_NEWNEXTHOP,
    .message = add_object,
    .reset = forget_objects,
};

NexthopObjects *nexthop_objects_observe(Netlink *netlink, GError **error)
{
    const struct nhmsg all = {.nh_family = AF_UNSPEC};
    g_autoptr(NetlinkRequest) request = netlink_request_new(RTM_GETNEXTHOP, &all, sizeof all);
    g_autoptr(NexthopObjects) objects = nexthop_objects_new();
    if (!netlink_list(netlink, request, &nexthop_list, objects, error))
        return NULL;
    return g_steal_pointer(&objects);
}
