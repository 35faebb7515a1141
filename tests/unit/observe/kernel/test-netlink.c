/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists and single answers over a socket whose other end is a script: what is requested again, and
 * what is given up. The functions by which libnl would reach the kernel are replaced here. */
#include "observe/kernel/netlink.h"

#include "netlink-messages.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

/* ---- the other end ---- */

/* A letter of a script is one datagram, or what comes in place of one. */
typedef struct {
    char letter;
    int failure; /* errno of recvmsg(), instead of a datagram */
    int message_flags;
    guint16 type;
    guint16 flags;
    int result;     /* of NLMSG_DONE and NLMSG_ERROR */
    guint32 length; /* of the request that an NLMSG_ERROR repeats */
    guint32 sender;
    int sequence_offset;
    const Piece *pieces;
} ScriptWord;

enum { ACCEPTED = RTM_NEWLINK, MALFORMED = RTM_DELLINK };

#define EXPLAINED .pieces = PIECES(TEXT(NLMSGERR_ATTR_MSG, "why"))
#define LIST      NLM_F_MULTI
#define TLVS      NLM_F_ACK_TLVS

static const ScriptWord script_words[] = {
    {'m', .type = ACCEPTED, .flags = LIST},
    {'i', .type = ACCEPTED, .flags = LIST | NLM_F_DUMP_INTR},
    {'x', .type = MALFORMED, .flags = LIST},
    {'a', .type = ACCEPTED},
    {'n', .type = NLMSG_NOOP, .flags = LIST},
    {'l', .type = NLMSG_OVERRUN, .flags = LIST},
    {'d', .type = NLMSG_DONE, .flags = LIST},
    {'D', .type = NLMSG_DONE, .flags = LIST | NLM_F_DUMP_INTR},
    {'u', .type = NLMSG_DONE, .flags = LIST, .result = -EOPNOTSUPP},
    {'w', .type = NLMSG_DONE, .flags = LIST | TLVS, .result = -EPERM, EXPLAINED},
    {'k', .type = NLMSG_ERROR},
    {'f', .type = NLMSG_ERROR, .result = -EAFNOSUPPORT},
    {'e', .type = NLMSG_ERROR, .result = -ENETUNREACH},
    {'E', .type = NLMSG_ERROR, .flags = TLVS | NLM_F_CAPPED, .result = -EINVAL, EXPLAINED},
    {'L', .type = NLMSG_ERROR, .flags = TLVS, .result = -EINVAL, .length = 0xfffffff0, EXPLAINED},
    {'N', .type = NLMSG_ERROR, .result = G_MININT},
    {'P', .type = NLMSG_ERROR, .result = EPERM},
    {'s', .type = ACCEPTED, .flags = LIST, .sequence_offset = -1},
    {'p', .type = ACCEPTED, .flags = LIST, .sender = 4711},
    {'c', .type = ACCEPTED, .flags = LIST, .message_flags = MSG_TRUNC},
    {'o', .failure = ENOBUFS},
    {'t', .failure = EAGAIN},
    {'b', .failure = EBADF},
};

static struct {
    const char *script;
    guint32 sequence; /* of the last request */
    int requests;
    gulong paused; /* microseconds, all in all */
} kernel;

void g_usleep(gulong microseconds)
{
    kernel.paused += microseconds;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    (void)fd;
    (void)flags;
    const struct nlmsghdr *request = message->msg_iov->iov_base;
    kernel.sequence = request->nlmsg_seq;
    kernel.requests++;
    return (ssize_t)request->nlmsg_len;
}

static const ScriptWord *next_word(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(script_words); i++) {
        if (script_words[i].letter == *kernel.script) {
            kernel.script++;
            return &script_words[i];
        }
    }
    fail_msg("the script is over, or has no such letter: \"%s\"", kernel.script);
    abort();
}

static struct nlmsghdr *message_of(const ScriptWord *word)
{
    const struct nlmsgerr report = {.error = word->result, .msg.nlmsg_len = word->length};
    gsize size = word->type == NLMSG_DONE ? sizeof report.error : sizeof report;
    struct nlmsghdr *message = message_new(word->type, &report, size, word->pieces);
    message->nlmsg_flags = word->flags;
    message->nlmsg_seq = kernel.sequence + (guint32)word->sequence_offset;
    return message;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    (void)fd;
    (void)flags;
    const ScriptWord *word = next_word();
    if (word->failure != 0) {
        errno = word->failure;
        return -1;
    }
    g_autofree struct nlmsghdr *datagram = message_of(word);
    const struct sockaddr_nl sender = {.nl_family = AF_NETLINK, .nl_pid = word->sender};
    assert_true(datagram->nlmsg_len <= message->msg_iov->iov_len);
    memcpy(message->msg_iov->iov_base, datagram, datagram->nlmsg_len);
    memcpy(message->msg_name, &sender, sizeof sender);
    message->msg_namelen = sizeof sender;
    message->msg_flags = word->message_flags;
    message->msg_controllen = 0;
    return (ssize_t)datagram->nlmsg_len;
}

/* ---- lists ---- */

typedef struct {
    const char *name;
    const char *script;
    NetlinkNeed need;
    int listed; /* -1: fails */
    int requests;
    NicfixError code; /* of the failure */
} ListCase;

#define OPTIONAL       NETLINK_LIST_OPTIONAL
#define FAILS(n, code) .listed = -1, .requests = (n), (code)

static const ListCase lists[] = {
    {"whole", "mmd", .listed = 2, .requests = 1},
    {"empty", "d", .listed = 0, .requests = 1},
    {"changed meanwhile: read to its end, forgotten, asked for again",
     "mimd"
     "mmmd",
     .listed = 3, .requests = 2},
    {"overrun: forgotten, asked for again",
     "mmo"
     "md",
     .listed = 1, .requests = 2},
    {"changed before its end", "mDmd", .listed = 1, .requests = 2},
    {"messages that were lost", "mldmd", .listed = 1, .requests = 2},
    {"changed eighteen times", "ididididididididididididididididididmd", .listed = 1,
     .requests = 19},
    {"changed each time", "idididididididididididididididididididid",
     FAILS(20, NICFIX_ERROR_NETLINK)},
    {"overrun each time", "oooooooooooooooooooo", FAILS(20, NICFIX_ERROR_NETLINK)},
    {"no operation", "nmd", .listed = 1, .requests = 1},
    {"an acknowledgement", "k", .listed = 0, .requests = 1},
    {"remains of another list", "ssmd", .listed = 1, .requests = 1},
    {"messages of another program", "pmpd", .listed = 1, .requests = 1},
    {"no answer", "t", FAILS(1, NICFIX_ERROR_TIMEOUT)},
    {"an answer that stops", "mmt", FAILS(1, NICFIX_ERROR_TIMEOUT)},
    {"a socket that is broken", "mb", FAILS(1, NICFIX_ERROR_NETLINK)},
    {"a message that is malformed", "mx", FAILS(1, NICFIX_ERROR_BAD_REPLY)},
    {"a datagram that was cut off", "mc", FAILS(1, NICFIX_ERROR_NETLINK)},
    {"an errno out of range", "N", FAILS(1, NICFIX_ERROR_NETLINK)},
    {"an errno that is not negative", "P", FAILS(1, NICFIX_ERROR_NETLINK)},
    {"refused", "e", FAILS(1, NICFIX_ERROR_NETLINK)},
    {"given up midway", "mu", FAILS(1, NICFIX_ERROR_NETLINK)},
    {"not supported", "u", FAILS(1, NICFIX_ERROR_NETLINK)},
    {"not supported, and not needed", "u", OPTIONAL, .listed = 0, .requests = 1},
    {"a family that is not there, and not needed", "f", OPTIONAL, .listed = 0, .requests = 1},
    {"refused, though not needed", "e", OPTIONAL, FAILS(1, NICFIX_ERROR_NETLINK)},
};

/* The code is one that this file's own reader sets and no other. */
static bool count_message(const struct nlmsghdr *message, gpointer data, GError **error)
{
    if (message->nlmsg_type == MALFORMED) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_REPLY, NULL, "malformed");
        return false;
    }
    ++*(int *)data;
    return true;
}

static void forget_count(gpointer data)
{
    *(int *)data = 0;
}

static NetlinkRequest *some_request(void)
{
    const struct rtgenmsg all = {.rtgen_family = AF_UNSPEC};
    return netlink_request_new(RTM_GETLINK, &all, sizeof all);
}

static Netlink *netlink_to(const char *script)
{
    kernel.script = script;
    kernel.requests = 0;
    kernel.paused = 0;
    Netlink *netlink = netlink_new(NETLINK_ROUTE, NULL);
    assert_non_null(netlink);
    return netlink;
}

static bool list_all(Netlink *netlink, NetlinkNeed need, int *count, GError **error)
{
    const NetlinkList list = {"things", need, 0, count_message, forget_count};
    g_autoptr(NetlinkRequest) request = some_request();
    return netlink_list(netlink, request, &list, count, error);
}

static void test_list(void **state)
{
    const ListCase *test = *state;
    g_autoptr(Netlink) netlink = netlink_to(test->script);
    g_autoptr(GError) error = NULL;
    int count = 0;
    bool listed = list_all(netlink, test->need, &count, &error);
    assert_int_equal(listed, test->listed >= 0);
    assert_int_equal(kernel.requests, test->requests);
    assert_string_equal(kernel.script, "");
    assert_int_equal(kernel.paused > 0, kernel.requests > 1);
    assert_true(kernel.paused < 5 * G_USEC_PER_SEC);
    if (listed)
        assert_int_equal(count, test->listed);
    else
        assert_true(g_error_matches(error, NICFIX_ERROR, (gint)test->code));
}

/* Whatever became of one list, the next one is not touched by it. */
static void test_list_after(void **state)
{
    const ListCase *test = *state;
    g_autofree char *script = g_strconcat(test->script, "mmd", NULL);
    g_autoptr(Netlink) netlink = netlink_to(script);
    int count = 0;
    if (!list_all(netlink, test->need, &count, NULL))
        assert_int_equal(test->listed, -1);
    count = 0;
    assert_true(list_all(netlink, NETLINK_LIST_REQUIRED, &count, NULL));
    assert_int_equal(count, 2);
}

/* ---- single answers ---- */

typedef struct {
    const char *name;
    const char *script;
    int answers; /* -1: fails */
    int refusal;
    NicfixError code;    /* of the failure */
    const char *message; /* of the failure; NULL: any */
} QuestionCase;

static const QuestionCase questions[] = {
    {"an answer", "a", .answers = 1},
    {"refused: that is an answer", "e", .answers = 0, .refusal = ENETUNREACH},
    {"an answer to someone else first", "sa", .answers = 1},
    {"an acknowledgement is no answer", "k", .answers = 0},
    {"a request that is wrong", "E", .answers = -1, .code = NICFIX_ERROR_NETLINK,
     .message = "the kernel rejects the request about a thing: Invalid argument: why"},
    {"a refusal that claims to be longer than it is", "L", .answers = 0, .refusal = EINVAL},
    {"an errno out of range", "N", .answers = 0, .refusal = EBADMSG},
    {"no answer", "t", .answers = -1, .code = NICFIX_ERROR_TIMEOUT},
    {"lost", "o", .answers = -1, .code = NICFIX_ERROR_NETLINK},
    {"malformed", "x", .answers = -1, .code = NICFIX_ERROR_BAD_REPLY},
};

static void test_question(void **state)
{
    const QuestionCase *test = *state;
    g_autoptr(Netlink) netlink = netlink_to(test->script);
    g_autoptr(NetlinkRequest) request = some_request();
    g_autoptr(GError) error = NULL;
    int answers = 0;
    int refusal = -1;
    bool asked =
        netlink_ask(netlink, request, "a thing", count_message, &answers, &refusal, &error);
    assert_int_equal(asked, test->answers >= 0);
    if (asked) {
        assert_int_equal(answers, test->answers);
        assert_int_equal(refusal, test->refusal);
    } else {
        assert_true(g_error_matches(error, NICFIX_ERROR, (gint)test->code));
        if (test->message != NULL)
            assert_string_equal(error->message, test->message);
        assert_int_equal(refusal, -1);
    }
}

static void test_a_refusal_is_explained(void **state)
{
    (void)state;
    g_autoptr(Netlink) netlink = netlink_to("w");
    g_autoptr(GError) error = NULL;
    int count = 0;
    assert_false(list_all(netlink, NETLINK_LIST_REQUIRED, &count, &error));
    assert_string_equal(error->message,
                        "the kernel refused to list things: Operation not permitted: why");
}

typedef struct {
    const char *name;
    guint8 family; /* of the request; the messages begin with a byte of 0 */
    int type;
    int listed;
} FilterCase;

static const FilterCase filters[] = {
    {"any type and family", AF_UNSPEC, 0, 2},
    {"the type of the messages", AF_UNSPEC, ACCEPTED, 2},
    {"another type", AF_UNSPEC, RTM_NEWADDR, 0},
    {"another family", AF_INET, ACCEPTED, 0},
};

static void test_filter(void **state)
{
    const FilterCase *test = *state;
    const NetlinkList list = {"things", NETLINK_LIST_REQUIRED, test->type, count_message,
                              forget_count};
    const struct rtgenmsg header = {.rtgen_family = test->family};
    g_autoptr(Netlink) netlink = netlink_to("mmd");
    g_autoptr(NetlinkRequest) request = netlink_request_new(RTM_GETLINK, &header, sizeof header);
    int count = 0;
    assert_true(netlink_list(netlink, request, &list, &count, NULL));
    assert_int_equal(count, test->listed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_refusal_is_explained)};
    return RUN_CASES(test_list, lists) + RUN_CASES(test_list_after, lists) +
           RUN_CASES(test_question, questions) + RUN_CASES(test_filter, filters) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
