/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams from the kernel: which messages belong to an answer, and how it ended. */
#include "observe/kernel/netlink-stream.h"

#include "netlink-messages.h"

#include <errno.h>
#include <linux/rtnetlink.h>

enum { OURS = 42, OTHER = 41 };

typedef struct {
    guint16 type;
    guint16 flags;
    guint32 sequence;
    const void *header;
    gsize header_size;
    const Piece *pieces;
} Message;

typedef struct {
    const char *name;
    Message messages[4];
    gsize cut;         /* bytes that are missing at the end */
    int heard;         /* messages handed on */
    const char *state; /* NULL: the datagram is refused */
} StreamCase;

#define LISTED .flags = NLM_F_MULTI, .sequence = OURS
#define LINK                                                                                       \
    {                                                                                              \
        RTM_NEWLINK, LISTED                                                                        \
    }
#define WITH(value) .header = &(value), .header_size = sizeof(value)
#define DONE(...)                                                                                  \
    {                                                                                              \
        NLMSG_DONE, LISTED, __VA_ARGS__                                                            \
    }
#define REFUSAL(...)                                                                               \
    {                                                                                              \
        NLMSG_ERROR, .sequence = OURS, __VA_ARGS__                                                 \
    }
#define EXPLAINED(...) .pieces = PIECES(TEXT(NLMSGERR_ATTR_MSG, "why"))

static const int zero = 0;
static const int minus_eopnotsupp = -EOPNOTSUPP;
static const struct nlmsgerr acknowledgement = {.error = 0};
static const struct nlmsgerr refusal = {.error = -EPERM, .msg.nlmsg_len = NLMSG_HDRLEN};
/* The request is repeated behind its header: four bytes of it here. */
static const struct {
    struct nlmsgerr report;
    guint32 payload;
} repeated = {.report = {.error = -EINVAL, .msg.nlmsg_len = NLMSG_HDRLEN + 4}};
/* It says that it repeats more than there is. */
static const struct nlmsgerr lying = {.error = -EINVAL, .msg.nlmsg_len = 0xfffffff0};

static const StreamCase streams[] = {
    {"nothing", .heard = 0, .state = "goes on"},
    {"part of a list", {LINK, LINK}, .heard = 2, .state = "goes on"},
    {"the end of a list", {LINK, LINK, DONE(WITH(zero))}, .heard = 2, .state = "ended"},
    {"an end without a result", {LINK, DONE()}, .heard = 1, .state = "ended"},
    {"nothing counts behind the end", {DONE(WITH(zero)), LINK}, .heard = 0, .state = "ended"},
    {"a list the kernel gave up",
     {LINK, DONE(WITH(minus_eopnotsupp))},
     .heard = 1,
     .state = "ended, error 95"},
    {"a list the kernel gave up, and says why",
     {{NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS, OURS, WITH(minus_eopnotsupp), EXPLAINED()}},
     .state = "ended, error 95: why"},
    {"a list that changed meanwhile",
     {LINK, {RTM_NEWLINK, NLM_F_MULTI | NLM_F_DUMP_INTR, OURS}, DONE(WITH(zero))},
     .heard = 2,
     .state = "ended, interrupted"},
    {"a list that changed before its end",
     {LINK, {NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, OURS, WITH(zero)}},
     .heard = 1,
     .state = "ended, interrupted"},
    {"messages that were lost",
     {{NLMSG_OVERRUN, LISTED}, DONE(WITH(zero))},
     .state = "ended, interrupted"},
    {"remains of another answer",
     {{RTM_NEWLINK, NLM_F_MULTI | NLM_F_DUMP_INTR, OTHER}, {NLMSG_DONE, NLM_F_MULTI, OTHER}, LINK},
     .heard = 1,
     .state = "goes on"},
    {"no operation", {{NLMSG_NOOP, LISTED}, LINK}, .heard = 1, .state = "goes on"},
    {"a single answer", {{RTM_NEWROUTE, .sequence = OURS}}, .heard = 1, .state = "ended"},
    {"an acknowledgement", {REFUSAL(WITH(acknowledgement))}, .state = "ended"},
    {"a refusal", {REFUSAL(WITH(refusal))}, .state = "ended, error 1"},
    {"a refusal that is explained",
     {{NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, OURS, WITH(refusal), EXPLAINED()}},
     .state = "ended, error 1: why"},
    {"a refusal that is explained behind the request",
     {{NLMSG_ERROR, NLM_F_ACK_TLVS, OURS, WITH(repeated), EXPLAINED()}},
     .state = "ended, error 22: why"},
    {"the request cut off, whatever length it says",
     {{NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, OURS, WITH(lying), EXPLAINED()}},
     .state = "ended, error 22: why"},
    {"a refusal that says it is longer than it is",
     {{NLMSG_ERROR, NLM_F_ACK_TLVS, OURS, WITH(lying), EXPLAINED()}},
     .state = "ended, error 22"},
    {"an explanation that is no text",
     {{NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, OURS, WITH(refusal),
       .pieces = PIECES(EMPTY(NLMSGERR_ATTR_MSG))}},
     .state = "ended, error 1"},
    {"half a refusal", {REFUSAL(.header = "", .header_size = 0)}, .state = "ended, error 74"},
    {"a message cut short", {LINK, LINK}, .cut = 4, .heard = 1},
    {"less than a header", {LINK}, .cut = 12},
};

static GByteArray *datagram_of(const StreamCase *test)
{
    GByteArray *bytes = g_byte_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(test->messages) && test->messages[i].type != 0; i++) {
        const Message *message = &test->messages[i];
        g_autofree struct nlmsghdr *built =
            message_new(message->type, message->header != NULL ? message->header : "",
                        message->header_size, message->pieces);
        built->nlmsg_flags = message->flags;
        built->nlmsg_seq = message->sequence;
        g_byte_array_append(bytes, (const guint8 *)built, built->nlmsg_len);
    }
    return bytes;
}

static bool hear(const struct nlmsghdr *message, gpointer data, GError **error)
{
    (void)error;
    assert_int_equal(message->nlmsg_seq, OURS);
    ++*(int *)data;
    return true;
}

static char *stream_text(const NetlinkStream *stream)
{
    GString *text = g_string_new(stream->ended ? "ended" : "goes on");
    append_text(text, "", stream->interrupted ? ", interrupted" : NULL);
    append_number(text, ", error ", (guint64)stream->error);
    append_text(text, ": ", stream->explanation);
    return g_string_free(text, FALSE);
}

static void test_stream(void **state)
{
    const StreamCase *test = *state;
    g_autoptr(GByteArray) datagram = datagram_of(test);
    gsize length = datagram->len - test->cut;
    g_autofree guint8 *bytes = g_memdup2(datagram->data, length);
    g_auto(NetlinkStream) stream = {.sequence = OURS};
    g_autoptr(GError) error = NULL;
    int heard = 0;
    bool read = netlink_stream_read(&stream, bytes, length, hear, &heard, &error);
    assert_int_equal(read, test->state != NULL);
    assert_int_equal(heard, test->heard);
    if (!read) {
        assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NETLINK));
        return;
    }
    g_autofree char *text = stream_text(&stream);
    assert_string_equal(text, test->state);
}

static void test_damaged(void **state)
{
    enum { DAMAGES = 500 };
    const StreamCase *test = *state;
    g_autoptr(GByteArray) datagram = datagram_of(test);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    for (int i = 0; datagram->len > 0 && i < DAMAGES; i++) {
        g_autofree guint8 *bytes = g_memdup2(datagram->data, datagram->len);
        bytes[g_rand_int_range(random, 0, (gint32)datagram->len)] = (guint8)g_rand_int(random);
        g_auto(NetlinkStream) stream = {.sequence = OURS};
        g_autoptr(GError) error = NULL;
        int heard = 0;
        bool read = netlink_stream_read(&stream, bytes, datagram->len, hear, &heard, &error);
        assert_int_equal(read, error == NULL);
    }
}

int main(void)
{
    return RUN_CASES(test_stream, streams) + RUN_CASES(test_damaged, streams);
}
