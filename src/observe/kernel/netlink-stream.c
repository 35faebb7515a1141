/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the kernel's answers: see netlink-stream.h. */
#include "observe/kernel/netlink-stream.h"

#include "model/error.h"
#include "observe/kernel/attributes.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

void netlink_stream_clear(NetlinkStream *stream)
{
    g_clear_pointer(&stream->explanation, g_free);
}

static const struct nla_policy acknowledgement_policy[NLMSGERR_ATTR_MAX + 1] = {
    [NLMSGERR_ATTR_MSG] = {.type = NLA_STRING},
};

static const AttributeSet acknowledgement_attributes = {
    .subject = "an acknowledgement",
    .max = NLMSGERR_ATTR_MAX,
    .policy = acknowledgement_policy,
};

/* The kernel's words follow the fixed part of SIZE bytes. They only explain an error, so that it
 * does not matter if they cannot be read. */
static void read_explanation(NetlinkStream *stream, const struct nlmsghdr *message, gsize size)
{
    struct nlattr *attributes[NLMSGERR_ATTR_MAX + 1];
    if ((message->nlmsg_flags & NLM_F_ACK_TLVS) == 0 ||
        !attributes_parse(&acknowledgement_attributes, message, size, attributes, NULL))
        return;
    g_free(stream->explanation);
    stream->explanation = attribute_text(attributes[NLMSGERR_ATTR_MSG]);
}

static void read_error(NetlinkStream *stream, const struct nlmsghdr *message)
{
    stream->ended = true;
    if (!nlmsg_valid_hdr(message, sizeof(struct nlmsgerr))) {
        stream->error = EBADMSG;
        return;
    }
    const struct nlmsgerr *report = nlmsg_data(message);
    stream->error = -report->error;
    gsize size = sizeof *report;
    /* The request comes back whole unless the flag says that it was cut off behind its header. */
    if ((message->nlmsg_flags & NLM_F_CAPPED) == 0 && report->msg.nlmsg_len > NLMSG_HDRLEN)
        size += NLMSG_ALIGN(report->msg.nlmsg_len) - NLMSG_HDRLEN;
    read_explanation(stream, message, size);
}

static void read_done(NetlinkStream *stream, const struct nlmsghdr *message)
{
    stream->ended = true;
    if (!nlmsg_valid_hdr(message, sizeof(int)))
        return;
    const int *result = nlmsg_data(message);
    if (*result >= 0)
        return;
    stream->error = -*result;
    read_explanation(stream, message, sizeof *result);
}

static bool read_message(NetlinkStream *stream, const struct nlmsghdr *message,
                         NetlinkMessageFunc function, gpointer data, GError **error)
{
    if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
        stream->interrupted = true;
    switch (message->nlmsg_type) {
    case NLMSG_NOOP:
        return true;
    case NLMSG_ERROR:
        read_error(stream, message);
        return true;
    case NLMSG_DONE:
        read_done(stream, message);
        return true;
    case NLMSG_OVERRUN:
        stream->interrupted = true;
        return true;
    default: /* a number of the protocol, of which there is no enumeration */
        stream->ended = (message->nlmsg_flags & NLM_F_MULTI) == 0;
        return function(message, data, error);
    }
}

bool netlink_stream_read(NetlinkStream *stream, const void *bytes, gsize length,
                         NetlinkMessageFunc function, gpointer data, GError **error)
{
    int rest = (int)MIN(length, G_MAXINT);
    const struct nlmsghdr *message = bytes;
    for (; !stream->ended && nlmsg_ok(message, rest);
         message = nlmsg_next((struct nlmsghdr *)message, &rest)) {
        if (message->nlmsg_seq == stream->sequence &&
            !read_message(stream, message, function, data, error))
            return false;
    }
    if (stream->ended || rest <= 0)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                     "the kernel's answer breaks off in the middle of a message");
    return false;
}
