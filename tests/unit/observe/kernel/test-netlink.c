/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists and questions over a socket whose other end is a script: what is asked again, and what is
 * given up. libnl's two functions that would reach the kernel are replaced here. */
#include "observe/kernel/netlink.h"

#include "netlink-messages.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <stdlib.h>

/* ---- the other end ---- */

/* A letter of a script is one datagram, or what comes in place of one. */
typedef struct {
    char letter;
    int failure; /* of libnl, instead of a datagram */
    guint16 type;
    guint16 flags;
    int result; /* the errno of NLMSG_DONE and NLMSG_ERROR, negative */
    guint32 sender;
    int sequence_offset;
} ScriptWord;

enum { ACCEPTED = RTM_NEWLINK, MALFORMED = RTM_DELLINK };

static const ScriptWord script_words[] = {
    {'m', .type = ACCEPTED, .flags = NLM_F_MULTI},
    {'i', .type = ACCEPTED, .flags = NLM_F_MULTI | NLM_F_DUMP_INTR},
    {'x', .type = MALFORMED, .flags = NLM_F_MULTI},
    {'a', .type = ACCEPTED},
    {'d', .type = NLMSG_DONE, .flags = NLM_F_MULTI},
    {'u', .type = NLMSG_DONE, .flags = NLM_F_MULTI, .result = -EOPNOTSUPP},
    {'f', .type = NLMSG_ERROR, .result = -EAFNOSUPPORT},
    {'e', .type = NLMSG_ERROR, .result = -ENETUNREACH},
    {'s', .type = ACCEPTED, .flags = NLM_F_MULTI, .sequence_offset = -1},
    {'p', .type = ACCEPTED, .flags = NLM_F_MULTI, .sender = 4711},
    {'o', .failure = -NLE_NOMEM},
    {'t', .failure = -NLE_AGAIN},
    {'b', .failure = -NLE_BAD_SOCK},
};

static struct {
    const char *script;
    guint32 sequence; /* of the last request */
    int requests;
} kernel;

int nl_send_auto(struct nl_sock *socket, struct nl_msg *request)
{
    nl_complete_msg(socket, request);
    kernel.sequence = nlmsg_hdr(request)->nlmsg_seq;
    kernel.requests++;
    return (int)nlmsg_hdr(request)->nlmsg_len;
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

int nl_recv(struct nl_sock *socket, struct sockaddr_nl *sender, unsigned char **bytes,
            struct ucred **credentials)
{
    (void)socket;
    (void)credentials;
    const ScriptWord *word = next_word();
    if (word->failure != 0)
        return word->failure;
    const struct nlmsgerr result = {.error = word->result};
    g_autofree struct nlmsghdr *message = message_new(word->type, &result, sizeof result, NULL);
    message->nlmsg_flags = word->flags;
    message->nlmsg_seq = kernel.sequence + (guint32)word->sequence_offset;
    sender->nl_pid = word->sender;
    *bytes = malloc(message->nlmsg_len);
    memcpy(*bytes, message, message->nlmsg_len);
    return (int)message->nlmsg_len;
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
    {"changed nine times",
     "id"
     "id"
     "id"
     "id"
     "id"
     "id"
     "id"
     "id"
     "id"
     "md",
     .listed = 1, .requests = 10},
    {"changed each time",
     "id"
     "id"
     "id"
     "id"
     "id"
     "id"
     "id"
     "id"
     "id"
     "id",
     FAILS(10, NICFIX_ERROR_NETLINK)},
    {"overrun each time", "oooooooooo", FAILS(10, NICFIX_ERROR_NETLINK)},
    {"remains of another list", "ssmd", .listed = 1, .requests = 1},
    {"messages of another program", "pmpd", .listed = 1, .requests = 1},
    {"no answer", "t", FAILS(1, NICFIX_ERROR_TIMEOUT)},
    {"an answer that stops", "mmt", FAILS(1, NICFIX_ERROR_TIMEOUT)},
    {"a socket that is broken", "mb", FAILS(1, NICFIX_ERROR_NETLINK)},
    {"a message that is malformed", "mx", FAILS(1, NICFIX_ERROR_BAD_REPLY)},
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
    Netlink *netlink = netlink_new(NULL);
    assert_non_null(netlink);
    return netlink;
}

static bool list_all(Netlink *netlink, NetlinkNeed need, int *count, GError **error)
{
    const NetlinkList list = {"things", need, count_message, forget_count};
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

/* ---- questions ---- */

typedef struct {
    const char *name;
    const char *script;
    int answers; /* -1: fails */
    int refusal;
    NicfixError code; /* of the failure */
} QuestionCase;

static const QuestionCase questions[] = {
    {"answered", "a", .answers = 1},
    {"refused: that is an answer", "e", .answers = 0, .refusal = ENETUNREACH},
    {"an answer to someone else first", "sa", .answers = 1},
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
        assert_int_equal(refusal, -1);
    }
}

int main(void)
{
    return RUN_CASES(test_list, lists) + RUN_CASES(test_list_after, lists) +
           RUN_CASES(test_question, questions);
}
