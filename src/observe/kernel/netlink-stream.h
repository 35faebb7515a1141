/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's answer to one rtnetlink request, taken out of the bytes as they come off a socket:
 * which messages belong to it, whether it is whole, and how it ended. No I/O. */
#pragma once

#include <glib.h>
#include <linux/netlink.h>
#include <stdbool.h>

typedef struct {
    guint32 sequence;  /* of the request; what has another number is passed over */
    bool ended;        /* nothing more will come */
    bool interrupted;  /* what was listed changed meanwhile, so that the list may have holes */
    int error;         /* the errno the kernel answered with, 0 for none */
    char *explanation; /* the kernel's own words for it (NETLINK_EXT_ACK), or NULL */
} NetlinkStream;

void netlink_stream_clear(NetlinkStream *stream);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NetlinkStream, netlink_stream_clear)

/* What is done with one message of an answer, which lives as long as the call and is aligned and
 * complete as far as its own header goes. */
typedef bool (*NetlinkMessageFunc)(const struct nlmsghdr *message, gpointer data, GError **error);

/* Reads one datagram of LENGTH bytes, hands each message that belongs to STREAM to FUNCTION, and
 * notes what the stream itself is told. BYTES is aligned as malloc() does. Returns false with what
 * FUNCTION set, or with NICFIX_ERROR_NETLINK where the datagram is no row of messages: the stream
 * is of no use then.
 *
 * A list ends with NLMSG_DONE, which carries an errno of its own where the kernel gave up on it
 * (linux/netlink.h, netlink_dump_done() of Linux 4.13 and later). libnl 3.7's nl_recvmsgs() passes
 * over that errno, which is why this is read here. */
bool netlink_stream_read(NetlinkStream *stream, const void *bytes, gsize length,
                         NetlinkMessageFunc function, gpointer data,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
