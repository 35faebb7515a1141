/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rtnetlink socket: see netlink.h. A socket that may hold remains of a broken answer is thrown
 * away and opened anew, which is cheaper to get right than to drain it. */
#include "observe/kernel/netlink.h"

#include "model/error.h"

#include <errno.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
    ATTEMPTS_MAX = 10,
    TIMEOUT_SECONDS = 10,
    RECEIVE_BUFFER_SIZE = 1 << 20,
    SEND_BUFFER_SIZE = 1 << 15,
    /* The kernel makes datagrams of a list as large as the reader has room for, up to this much
     * (netlink_recvmsg() of Linux 4.6 and later): fewer calls for long lists. */
    DATAGRAM_SIZE = 1 << 15,
};

struct Netlink {
    struct nl_sock *socket; /* NULL: to be opened before the next request */
};

/* ---- the socket ---- */

static bool fail(const char *doing, int libnl_error, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL, "cannot %s: %s", doing,
                     nl_geterror(libnl_error));
    return false;
}

static bool set_timeout(int descriptor)
{
    const struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
    return setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) == 0;
}

/* Old kernels know none of these, and nothing depends on them: strict checking (4.20) makes the
 * kernel heed filters of lists, the others (4.12, 4.2) make errors tell more and repeat less. */
static void set_options(int descriptor)
{
    static const int options[] = {NETLINK_GET_STRICT_CHK, NETLINK_EXT_ACK, NETLINK_CAP_ACK};
    const int on = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
        (void)setsockopt(descriptor, SOL_NETLINK, options[i], &on, sizeof on);
}

static bool connect_socket(Netlink *netlink, GError **error)
{
    if (netlink->socket != NULL)
        return true;
    struct nl_sock *opened = nl_socket_alloc();
    int result = opened != NULL ? nl_connect(opened, NETLINK_ROUTE) : -NLE_NOMEM;
    if (result < 0 || !set_timeout(nl_socket_get_fd(opened))) {
        nl_socket_free(opened);
        return fail("open an rtnetlink socket", result < 0 ? result : -NLE_FAILURE, error);
    }
    set_options(nl_socket_get_fd(opened));
    (void)nl_socket_set_buffer_size(opened, RECEIVE_BUFFER_SIZE, SEND_BUFFER_SIZE);
    (void)nl_socket_set_msg_buf_size(opened, DATAGRAM_SIZE);
    netlink->socket = opened;
    return true;
}

static void drop_socket(Netlink *netlink)
{
    g_clear_pointer(&netlink->socket, nl_socket_free);
}

Netlink *netlink_new(GError **error)
{
    g_autoptr(Netlink) netlink = g_new0(Netlink, 1);
    return connect_socket(netlink, error) ? g_steal_pointer(&netlink) : NULL;
}

void netlink_free(Netlink *netlink)
{
    if (netlink == NULL)
        return;
    drop_socket(netlink);
    g_free(netlink);
}

/* ---- one request and its answer ---- */

NetlinkRequest *netlink_request_new(int type, const void *header, gsize size)
{
    NetlinkRequest *request = nlmsg_alloc_simple(type, 0);
    if (request == NULL || nlmsg_append(request, (void *)header, size, NLMSG_ALIGNTO) < 0)
        g_error("out of memory for an rtnetlink request"); /* as GLib does where it has none */
    return request;
}

typedef enum {
    ANSWER_WHOLE,
    ANSWER_BROKEN, /* it may have holes: ask again */
    ANSWER_FAILED, /* an error is set */
} Answer;

static bool send_request(Netlink *netlink, NetlinkRequest *request, GError **error)
{
    nlmsg_hdr(request)->nlmsg_seq = NL_AUTO_SEQ;
    nlmsg_hdr(request)->nlmsg_pid = NL_AUTO_PORT;
    int result = nl_send_auto(netlink->socket, request);
    return result >= 0 || fail("send a request to the kernel", result, error);
}

static bool fail_to_receive(const char *subject, int result, GError **error)
{
    if (result == -NLE_AGAIN)
        nicfix_error_set(error, NICFIX_ERROR_TIMEOUT, NULL,
                         "the kernel did not answer the request for %s within %d s", subject,
                         TIMEOUT_SECONDS);
    else
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL, "cannot receive %s: %s", subject,
                         nl_geterror(result));
    return false;
}

static Answer receive(Netlink *netlink, const char *subject, NetlinkStream *stream,
                      NetlinkMessageFunc function, gpointer data, GError **error)
{
    while (!stream->ended) {
        struct sockaddr_nl sender = {0};
        unsigned char *bytes = NULL;
        int length = nl_recv(netlink->socket, &sender, &bytes, NULL);
        /* ENOBUFS: the kernel dropped messages for want of room. */
        if (length == -NLE_NOMEM)
            return ANSWER_BROKEN;
        if (length <= 0) {
            (void)fail_to_receive(subject, length < 0 ? length : -NLE_FAILURE, error);
            return ANSWER_FAILED;
        }
        /* Privileged programs can write to this socket as well. */
        bool read = sender.nl_pid != 0 ||
                    netlink_stream_read(stream, bytes, (gsize)length, function, data, error);
        free(bytes);
        if (!read)
            return ANSWER_FAILED;
    }
    return stream->interrupted ? ANSWER_BROKEN : ANSWER_WHOLE;
}

static Answer exchange(Netlink *netlink, NetlinkRequest *request, const char *subject,
                       NetlinkStream *stream, NetlinkMessageFunc function, gpointer data,
                       GError **error)
{
    if (!connect_socket(netlink, error) || !send_request(netlink, request, error))
        return ANSWER_FAILED;
    netlink_stream_clear(stream);
    *stream = (NetlinkStream){.sequence = nlmsg_hdr(request)->nlmsg_seq};
    Answer answer = receive(netlink, subject, stream, function, data, error);
    if (!stream->ended || answer == ANSWER_FAILED)
        drop_socket(netlink);
    return answer;
}

/* ---- lists and questions ---- */

static bool check_end_of_list(const NetlinkStream *stream, const NetlinkList *list, GError **error)
{
    bool unsupported = stream->error == EOPNOTSUPP || stream->error == EAFNOSUPPORT;
    if (stream->error == 0 || (unsupported && list->need == NETLINK_LIST_OPTIONAL))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL, "the kernel refused to list %s: %s%s%s",
                     list->subject, g_strerror(stream->error),
                     stream->explanation != NULL ? ": " : "",
                     stream->explanation != NULL ? stream->explanation : "");
    return false;
}

bool netlink_list(Netlink *netlink, NetlinkRequest *request, const NetlinkList *list, gpointer data,
                  GError **error)
{
    g_auto(NetlinkStream) stream = {0};
    nlmsg_hdr(request)->nlmsg_flags |= NLM_F_DUMP;
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        if (attempt > 0)
            list->reset(data);
        switch (exchange(netlink, request, list->subject, &stream, list->message, data, error)) {
        case ANSWER_WHOLE:
            return check_end_of_list(&stream, list, error);
        case ANSWER_BROKEN:
            break;
        case ANSWER_FAILED:
            return false;
        }
    }
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, "try again when less is changing on this host",
                     "the list of %s was broken by changes each of the %d times it was read",
                     list->subject, ATTEMPTS_MAX);
    return false;
}

static bool check_question(const NetlinkStream *stream, const char *subject, GError **error)
{
    if (stream->error == 0 || stream->explanation == NULL)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                     "the kernel does not understand the question about %s: %s: %s", subject,
                     g_strerror(stream->error), stream->explanation);
    return false;
}

bool netlink_ask(Netlink *netlink, NetlinkRequest *request, const char *subject,
                 NetlinkMessageFunc function, gpointer data, int *refusal, GError **error)
{
    g_auto(NetlinkStream) stream = {0};
    switch (exchange(netlink, request, subject, &stream, function, data, error)) {
    case ANSWER_WHOLE:
        if (!check_question(&stream, subject, error))
            return false;
        *refusal = stream.error;
        return true;
    case ANSWER_BROKEN:
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, "try again",
                         "the kernel's answer about %s was lost", subject);
        return false;
    case ANSWER_FAILED:
        return false;
    }
    g_assert_not_reached();
}
