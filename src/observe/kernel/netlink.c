/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The netlink socket. One that may still hold parts of a broken answer is closed and opened again,
 * which is easier to get right than to drain it. */
#include "observe/kernel/netlink.h"

#include "model/error.h"
#include "observe/kernel/attributes.h"

#include <errno.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
    ATTEMPTS_MAX = 20,
    PAUSE_MAX_MS =
        250, /* before the next attempt; the first pause is 1 ms, each next twice as long */
    TIMEOUT_SECONDS = 10,
    RECEIVE_BUFFER_SIZE = 1 << 20,
    SEND_BUFFER_SIZE = 1 << 15,
    /* The kernel makes datagrams of a list as large as the reader has room for, up to this much
     * (netlink_recvmsg() of Linux 4.6 and later): fewer calls for long lists. */
    DATAGRAM_SIZE = 1 << 15,
    ERRNO_MAX = 4095, /* MAX_ERRNO of the kernel */
};

struct Netlink {
    int protocol;
    struct nl_sock *socket; /* NULL: to be opened before the next request */
};

/* ---- the socket ---- */

static bool fail_to(const char *doing, int libnl_error, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL, "cannot %s: %s", doing,
                     nl_geterror(libnl_error));
    return false;
}

static bool connect_socket(Netlink *netlink, GError **error)
{
    if (netlink->socket != NULL)
        return true;
    struct nl_sock *opened = nl_socket_alloc();
    int result = opened != NULL ? nl_connect(opened, netlink->protocol) : -NLE_NOMEM;
    int descriptor = result == 0 ? nl_socket_get_fd(opened) : -1;
    const struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
    if (result < 0 ||
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) != 0) {
        nl_socket_free(opened);
        return fail_to("open a netlink socket", result < 0 ? result : -NLE_FAILURE, error);
    }
    /* Old kernels know none of these, and nothing depends on them: strict checking (4.20) makes the
     * kernel apply filters to lists, the others (4.12, 4.2) make errors explain more and repeat less. */
    static const int options[] = {NETLINK_GET_STRICT_CHK, NETLINK_EXT_ACK, NETLINK_CAP_ACK};
    const int on = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
        (void)setsockopt(descriptor, SOL_NETLINK, options[i], &on, sizeof on);
    (void)nl_socket_set_buffer_size(opened, RECEIVE_BUFFER_SIZE, SEND_BUFFER_SIZE);
    (void)nl_socket_set_msg_buf_size(opened, DATAGRAM_SIZE);
    netlink->socket = opened;
    return true;
}

Netlink *netlink_new(int protocol, GError **error)
{
    g_autoptr(Netlink) netlink = g_new0(Netlink, 1);
    netlink->protocol = protocol;
    return connect_socket(netlink, error) ? g_steal_pointer(&netlink) : NULL;
}

void netlink_free(Netlink *netlink)
{
    if (netlink == NULL)
        return;
    nl_socket_free(netlink->socket);
    g_free(netlink);
}

/* ---- one request and its answer ---- */

NetlinkRequest *netlink_request_new(int type, const void *header, gsize size)
{
    NetlinkRequest *request = nlmsg_alloc_simple(type, 0);
    if (request == NULL || nlmsg_append(request, (void *)header, size, NLMSG_ALIGNTO) < 0)
        g_error("out of memory for a netlink request"); /* as GLib does where it has none */
    return request;
}

typedef struct {
    guint32 sequence; /* of the request; the answer's messages have the same */
    int type;         /* of the messages for FUNCTION; 0: any */
    guint8 family;    /* of these; 0: any */
    NetlinkMessageFunc function;
    gpointer data;
    bool ended;        /* nothing more will come */
    bool interrupted;  /* what was listed changed meanwhile, or messages were lost */
    int error;         /* the errno the kernel answered with, 0 for none */
    char *explanation; /* the kernel's own words for it (NETLINK_EXT_ACK), or NULL */
    GError *failure;   /* what FUNCTION set */
} Answer;

static void answer_clear(Answer *answer)
{
    g_clear_pointer(&answer->explanation, g_free);
    g_clear_error(&answer->failure);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

/* RESULT is 0 or a negative errno. The kernel's words follow the fixed part of SIZE bytes; they only
 * explain an error, and it does not matter if they cannot be read. */
static void end_answer(Answer *answer, const struct nlmsghdr *message, int result, gsize size)
{
    static const struct nla_policy policy[NLMSGERR_ATTR_MAX + 1] = {
        [NLMSGERR_ATTR_MSG] = {.type = NLA_STRING},
    };
    static const AttributeSet set = {"an acknowledgement", NLMSGERR_ATTR_MAX, policy};
    struct nlattr *attributes[NLMSGERR_ATTR_MAX + 1];
    answer->ended = true;
    answer->error = result <= 0 && result >= -ERRNO_MAX ? -result : EBADMSG;
    if (answer->error != 0 && (message->nlmsg_flags & NLM_F_ACK_TLVS) != 0 &&
        attributes_parse(&set, message, size, attributes, NULL))
        answer->explanation = attribute_text(attributes[NLMSGERR_ATTR_MSG]);
}

static bool take_message(const struct nlmsghdr *message, Answer *answer)
{
    bool is_wanted =
        (answer->type == 0 || message->nlmsg_type == answer->type) &&
        (answer->family == 0 ||
         (nlmsg_datalen(message) > 0 && *(const guint8 *)nlmsg_data(message) == answer->family));
    if (is_wanted && !answer->function(message, answer->data, &answer->failure))
        return false;
    answer->ended = (message->nlmsg_flags & NLM_F_MULTI) == 0;
    return true;
}

/* A list ends with NLMSG_DONE, which carries an errno where the kernel gave up on it
 * (netlink_dump_done() of Linux 4.13 and later). */
static void take_end_of_list(const struct nlmsghdr *message, Answer *answer)
{
    const int *result = nlmsg_data(message);
    bool has_result = nlmsg_valid_hdr(message, sizeof *result);
    end_answer(answer, message, has_result ? *result : 0, sizeof *result);
}

/* An acknowledgement is an error of 0. */
static bool take_error(const struct nlmsghdr *message, Answer *answer)
{
    const struct nlmsgerr *report = nlmsg_data(message);
    gsize size = sizeof *report;
    if (!nlmsg_valid_hdr(message, sizeof *report))
        return false;
    /* The request comes back whole unless the flag says that it was cut off behind its header. */
    if (report->error != 0 && (message->nlmsg_flags & NLM_F_CAPPED) == 0 &&
        report->msg.nlmsg_len > NLMSG_HDRLEN)
        size += NLMSG_ALIGN((gsize)report->msg.nlmsg_len) - NLMSG_HDRLEN;
    end_answer(answer, message, report->error, size);
    return true;
}

/* Returns 0 or an error of libnl. */
static int take(const struct nlmsghdr *message, Answer *answer)
{
    if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
        answer->interrupted = true;
    switch (message->nlmsg_type) {
    case NLMSG_NOOP:
        return 0;
    case NLMSG_OVERRUN:
        answer->interrupted = true;
        return 0;
    case NLMSG_DONE:
        take_end_of_list(message, answer);
        return 0;
    case NLMSG_ERROR:
        return take_error(message, answer) ? 0 : -NLE_MSG_TRUNC;
    default:
        return take_message(message, answer) ? 0 : -NLE_FAILURE;
    }
}

/* Takes the messages of one datagram, where they are: nl_recvmsgs() copies each of them, which takes a fifth of the
 * time of a long list. Returns how many there were, or an error of libnl. */
static int receive(struct nl_sock *socket, Answer *answer)
{
    struct sockaddr_nl sender;
    unsigned char *bytes = NULL;
    int size = nl_recv(socket, &sender, &bytes, NULL);
    int taken = 0, result = 0;
    if (size <= 0)
        return size;
    for (struct nlmsghdr *message = (void *)bytes;
         result == 0 && !answer->ended && nlmsg_ok(message, size);
         message = nlmsg_next(message, &size), taken++) {
        /* Privileged programs can write to this socket as well. */
        if (sender.nl_pid == 0 && message->nlmsg_seq == answer->sequence)
            result = take(message, answer);
    }
    free(bytes);
    return result < 0 ? result : taken;
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

/* Fills ANSWER, of which the caller set the function and its data. */
static bool exchange(Netlink *netlink, NetlinkRequest *request, const char *subject, Answer *answer,
                     GError **error)
{
    if (!connect_socket(netlink, error))
        return false;
    nlmsg_hdr(request)->nlmsg_seq = NL_AUTO_SEQ;
    nlmsg_hdr(request)->nlmsg_pid = NL_AUTO_PORT;
    int result = nl_send_auto(netlink->socket, request);
    if (result < 0)
        return fail_to("send a request to the kernel", result, error);
    answer->sequence = nlmsg_hdr(request)->nlmsg_seq;
    do
        result = receive(netlink->socket, answer);
    while (!answer->ended && result > 0);
    if (answer->ended)
        return true;
    g_clear_pointer(&netlink->socket, nl_socket_free);
    if (answer->failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&answer->failure));
        return false;
    }
    /* ENOBUFS: the kernel dropped messages for want of room. */
    answer->interrupted = result == -NLE_NOMEM;
    return answer->interrupted ||
           fail_to_receive(subject, result < 0 ? result : -NLE_FAILURE, error);
}

/* ---- lists and single answers ---- */

static bool check_end_of_list(const Answer *answer, const NetlinkList *list, GError **error)
{
    bool unsupported = answer->error == EOPNOTSUPP || answer->error == EAFNOSUPPORT;
    if (answer->error == 0 || (unsupported && list->need == NETLINK_LIST_OPTIONAL))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL, "the kernel refused to list %s: %s%s%s",
                     list->subject, g_strerror(answer->error),
                     answer->explanation != NULL ? ": " : "",
                     answer->explanation != NULL ? answer->explanation : "");
    return false;
}

void netlink_empty_array(gpointer array)
{
    g_ptr_array_set_size(array, 0);
}

bool netlink_list(Netlink *netlink, NetlinkRequest *request, const NetlinkList *list, gpointer data,
                  GError **error)
{
    gulong pause_ms = 1;
    nlmsg_hdr(request)->nlmsg_flags |= NLM_F_DUMP;
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        g_auto(Answer) answer = {
            .type = list->type,
            .family = *(const guint8 *)nlmsg_data(nlmsg_hdr(request)),
            .function = list->message,
            .data = data,
        };
        if (!exchange(netlink, request, list->subject, &answer, error))
            return false;
        if (!answer.interrupted)
            return check_end_of_list(&answer, list, error);
        list->reset(data);
        g_usleep(pause_ms * G_TIME_SPAN_MILLISECOND);
        pause_ms = MIN(2 * pause_ms, (gulong)PAUSE_MAX_MS);
    }
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, "try again when less is changing on this host",
                     "the list of %s changed each of the %d times it was read", list->subject,
                     ATTEMPTS_MAX);
    return false;
}

bool netlink_ask(Netlink *netlink, NetlinkRequest *request, const char *subject,
                 NetlinkMessageFunc function, gpointer data, int *refusal, GError **error)
{
    g_auto(Answer) answer = {.function = function, .data = data};
    if (!exchange(netlink, request, subject, &answer, error))
        return false;
    if (answer.interrupted) {
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, "try again",
                         "the kernel's answer about %s was lost", subject);
        return false;
    }
    if (answer.error != 0 && answer.explanation != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                         "the kernel rejects the request about %s: %s: %s", subject,
                         g_strerror(answer.error), answer.explanation);
        return false;
    }
    *refusal = answer.error;
    return true;
}
