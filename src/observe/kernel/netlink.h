/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one rtnetlink socket: asking for lists that are whole, and for single answers. What messages
 * mean is for those who ask. */
#pragma once

#include "observe/kernel/netlink-stream.h"

#include <netlink/msg.h>

typedef struct Netlink Netlink;

/* Opens a socket in the network namespace of the caller. Needs no privilege. Returns NULL with
 * NICFIX_ERROR_NETLINK (transfer full). */
Netlink *netlink_new(GError **error) G_GNUC_WARN_UNUSED_RESULT;
void netlink_free(Netlink *netlink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Netlink, netlink_free)

/* A message to the kernel; attributes are put behind its header with libnl's nla_put(). */
typedef struct nl_msg NetlinkRequest;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetlinkRequest, nlmsg_free)

/* Returns a request of TYPE (RTM_GET*) that begins with the family's HEADER of SIZE bytes
 * (transfer full). */
NetlinkRequest *netlink_request_new(int type, const void *header, gsize size);

/* What becomes of a list where the kernel has no such thing at all (EOPNOTSUPP, EAFNOSUPPORT): an
 * old kernel, or one without IPv6. */
typedef enum {
    NETLINK_LIST_REQUIRED, /* an error */
    NETLINK_LIST_OPTIONAL, /* an empty list */
} NetlinkNeed;

/* How a list is asked for and taken in. */
typedef struct {
    const char *subject; /* what is listed, for messages: "links" */
    NetlinkNeed need;
    NetlinkMessageFunc message;   /* called for each message of the list */
    void (*reset)(gpointer data); /* forgets all messages so far: the list begins anew */
} NetlinkList;

/* Asks for a list and calls LIST->message for each message, with DATA. A list that was broken by a
 * change (NLM_F_DUMP_INTR) or by an overrun of the socket is asked for again after LIST->reset, a
 * few times. Returns false with what LIST->message set, with NICFIX_ERROR_NETLINK, or with
 * NICFIX_ERROR_TIMEOUT where the kernel says nothing for ten seconds; DATA may then hold a part. */
bool netlink_list(Netlink *netlink, NetlinkRequest *request, const NetlinkList *list, gpointer data,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Asks one question, about SUBJECT. FUNCTION is called with the answer; where the kernel answers
 * with an error instead, *REFUSAL is its errno and FUNCTION is not called; else *REFUSAL is 0.
 * Returns false as netlink_list() does, and with NICFIX_ERROR_NETLINK where the kernel explains its
 * error in words: then it is the question that is wrong (NETLINK_EXT_ACK). */
bool netlink_ask(Netlink *netlink, NetlinkRequest *request, const char *subject,
                 NetlinkMessageFunc function, gpointer data, int *refusal,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
