/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A netlink socket: requesting lists, which arrive whole or not at all, and single answers. What the
 * messages mean is up to the callers. */
#pragma once

#include <glib.h>
#include <netlink/msg.h>
#include <stdbool.h>

typedef struct Netlink Netlink;

/* Opens a socket of PROTOCOL (NETLINK_ROUTE, ...) in the network namespace of the caller; that needs
 * no privilege. Returns NULL with NICFIX_ERROR_NETLINK (transfer full). */
Netlink *netlink_new(int protocol, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void netlink_free(Netlink *netlink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Netlink, netlink_free)

/* A message to the kernel; libnl's nla_put() appends attributes to its header. */
typedef struct nl_msg NetlinkRequest;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetlinkRequest, nlmsg_free)

/* Returns a request of TYPE (RTM_GET*) that begins with the family's HEADER of SIZE bytes
 * (transfer full). */
NetlinkRequest *netlink_request_new(int type, const void *header, gsize size);

/* Handles one message of an answer, which is aligned, complete as far as its own header goes, and
 * lives as long as the call. */
typedef bool (*NetlinkMessageFunc)(const struct nlmsghdr *message, gpointer data, GError **error);

/* What an unsupported list (EOPNOTSUPP, EAFNOSUPPORT) is, as on an old kernel or one without IPv6. */
typedef enum {
    NETLINK_LIST_REQUIRED, /* an error */
    NETLINK_LIST_OPTIONAL, /* an empty list */
} NetlinkNeed;

typedef struct {
    const char *subject; /* what is listed, for messages: "links" */
    NetlinkNeed need;
    int type;                     /* of its messages (RTM_NEW*); others are skipped */
    NetlinkMessageFunc message;   /* called for each of them */
    void (*reset)(gpointer data); /* forgets all messages: the list starts again */
} NetlinkList;

/* The reset of a GPtrArray that holds nothing but the list. */
void netlink_empty_array(gpointer array);

/* Requests a list and calls LIST->message for each message, with DATA. Where the request names a family
 * (the first byte of its header), messages of another are skipped: a kernel that lacks a family may
 * list all the others instead. A list that changed while it was sent (NLM_F_DUMP_INTR), or whose
 * messages did not fit into the socket's buffer, is requested again after LIST->reset, a limited number
 * of times. Returns false with what LIST->message set, with NICFIX_ERROR_NETLINK, or with
 * NICFIX_ERROR_TIMEOUT where the kernel is silent for ten seconds; DATA may then hold a part. */
bool netlink_list(Netlink *netlink, NetlinkRequest *request, const NetlinkList *list, gpointer data,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sends one REQUEST, about SUBJECT. FUNCTION is called with the answer and *REFUSAL is 0; where the
 * kernel answers with an error instead, *REFUSAL is its errno and FUNCTION is not called. Returns false
 * as netlink_list() does, and with NICFIX_ERROR_NETLINK where the kernel explains its error in words
 * (NETLINK_EXT_ACK): then the request is wrong. */
bool netlink_ask(Netlink *netlink, NetlinkRequest *request, const char *subject,
                 NetlinkMessageFunc function, gpointer data, int *refusal,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
