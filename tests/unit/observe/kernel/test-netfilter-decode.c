/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of nf_tables as Linux 6.18 sent them for a ruleset with nearly every expression: what is read
 * from them, and what becomes of broken ones. */
#include "observe/kernel/netfilter-decode.h"

#include "netlink-messages.h"

#include "model/foreach.h"
#include "observe/kernel/netfilter-sets.h"

#include <netlink/msg.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

/* ---- the recording ---- */

static GBytes *recording(void)
{
    g_autofree char *path =
        g_build_filename(g_getenv("FIXTURES"), "netlink", "every-expression.bin", NULL);
    char *data;
    gsize size;
    assert_true(g_file_get_contents(path, &data, &size, NULL));
    return g_bytes_new_take(data, size);
}

/* Elements go into the set that was told of last, as the recording has them. */
static bool take(const struct nlmsghdr *message, Ruleset *ruleset, GError **error)
{
    NftTable *table = ruleset->tables->len > 0
                          ? g_ptr_array_index(ruleset->tables, ruleset->tables->len - 1)
                          : NULL;
    switch (message->nlmsg_type & 0xff) {
    case NFT_MSG_NEWTABLE:
        return netfilter_add_table(message, ruleset, error);
    case NFT_MSG_NEWCHAIN:
        return netfilter_add_chain(message, ruleset, error);
    case NFT_MSG_NEWSET:
        return netfilter_add_set(message, table, error);
    case NFT_MSG_NEWSETELEM:
        return netfilter_add_elements(message, g_ptr_array_index(table->sets, table->sets->len - 1),
                                      error);
    default:
        return netfilter_add_rule(message, table, error);
    }
}

typedef void (*MessageTaker)(const struct nlmsghdr *message, Ruleset *ruleset);

static void must_read(const struct nlmsghdr *message, Ruleset *ruleset)
{
    g_autoptr(GError) error = NULL;
    assert_true(take(message, ruleset, &error));
    assert_null(error);
}

/* Returns what becomes of the recording when TAKE_ONE takes each message. */
static Ruleset *replay(MessageTaker take_one)
{
    g_autoptr(GBytes) bytes = recording();
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    Ruleset *ruleset = ruleset_new();
    for (gsize at = 0; at < size;) {
        const struct nlmsghdr *message = (const void *)(data + at);
        take_one(message, ruleset);
        at += NLMSG_ALIGN((gsize)message->nlmsg_len);
    }
    PTR_ARRAY_FOREACH (const NftTable, table, ruleset->tables) {
        PTR_ARRAY_FOREACH (NftSet, set, table->sets) {
            netfilter_join_intervals(set);
            nft_set_finish(set);
        }
    }
    return ruleset;
}

/* ---- what is read ---- */

static void test_chains(G_GNUC_UNUSED void **state)
{
    g_autoptr(Ruleset) ruleset = replay(must_read);
    const NftTable *table = ruleset_table(ruleset, NFT_FAMILY_INET, "every");
    const NftChain *forward = nft_table_chain(table, "ford");
    assert_true(forward->is_base && forward->policy_drop);
    assert_string_equal(forward->type, "filter");
    assert_int_equal(forward->hook, NF_INET_FORWARD);
    const NftChain *post = nft_table_chain(table, "post");
    assert_string_equal(post->type, "nat");
    assert_int_equal(post->priority, 100);
    assert_false(nft_table_chain(table, "sub")->is_base);
    const NftTable *device = ruleset_table(ruleset, NFT_FAMILY_NETDEV, "nd");
    assert_string_equal(nft_table_chain(device, "in")->devices[0], "lo");
}

static void test_every_kind_is_read(G_GNUC_UNUSED void **state)
{
    g_autoptr(Ruleset) ruleset = replay(must_read);
    guint seen[EXPRESSION_TARGET + 1] = {0};
    PTR_ARRAY_FOREACH (const NftTable, table, ruleset->tables)
        PTR_ARRAY_FOREACH (const NftChain, chain, table->chains)
            PTR_ARRAY_FOREACH (const NftRule, rule, chain->rules)
                PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions)
                    seen[expression->kind]++;
    static const ExpressionKind absent[] = {EXPRESSION_QUEUE, EXPRESSION_DUP, EXPRESSION_MATCH,
                                            EXPRESSION_TARGET, EXPRESSION_FLOW_OFFLOAD};
    assert_int_equal(seen[EXPRESSION_UNKNOWN], 0);
    for (guint kind = EXPRESSION_UNKNOWN + 1; kind <= EXPRESSION_TARGET; kind++) {
        bool is_absent = false;
        for (gsize i = 0; i < G_N_ELEMENTS(absent); i++)
            is_absent = is_absent || absent[i] == kind;
        if (!is_absent && seen[kind] == 0)
            fail_msg("the recording has no expression of kind %u", kind);
    }
}

static char *hex(GBytes *bytes)
{
    GString *text = g_string_new(NULL);
    gsize size = 0;
    const guint8 *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;
    for (gsize i = 0; i < size; i++)
        g_string_append_printf(text, "%02x", data[i]);
    return g_string_free(text, FALSE);
}

static char *set_text(const NftTable *table, const char *name)
{
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const NftElement, element, nft_table_set(table, name)->elements) {
        g_autofree char *key = hex(element->key);
        g_autofree char *end = hex(element->key_end);
        g_autofree char *data = hex(element->data);
        g_string_append_printf(
            text, "%s%s%s%s%s%s", text->len > 0 ? " " : "", element->key != NULL ? key : "*",
            element->key_end != NULL ? "-" : "", end, element->data != NULL ? ":" : "", data);
        if (element->chain != NULL || element->verdict != 0)
            g_string_append_printf(text, "=%d%s", element->verdict,
                                   element->chain != NULL ? element->chain : "");
    }
    return g_string_free(text, FALSE);
}

static const struct {
    const char *name;
    const char *text;
} sets[] = {
    {"nets", "0a000000-0affffff c0000201-c0000209 ffffff00-ffffffff"},
    {"pairs", "0a01000000500000-0a01ffff005a0000 0a02000100160000-0a02000100160000"},
    {"plain", "0016 0050"},
    {"marks", "0050:05000000 01bb:06000000"},
    {"verd", "0016=1 0017=-3sub *"},
};

static void test_sets(G_GNUC_UNUSED void **state)
{
    g_autoptr(Ruleset) ruleset = replay(must_read);
    const NftTable *table = ruleset_table(ruleset, NFT_FAMILY_INET, "every");
    for (gsize i = 0; i < G_N_ELEMENTS(sets); i++) {
        g_autofree char *text = set_text(table, sets[i].name);
        assert_string_equal(text, sets[i].text);
    }
    const NftSet *pairs = nft_table_set(table, "pairs");
    assert_int_equal(pairs->key_length, 8);
    assert_int_equal(pairs->fields->len, 2);
    assert_int_equal(g_array_index(pairs->fields, guint32, 0), 4);
    assert_int_equal(g_array_index(pairs->fields, guint32, 1), 2);
}

static void test_a_comment(G_GNUC_UNUSED void **state)
{
    g_autoptr(Ruleset) ruleset = replay(must_read);
    const NftTable *table = ruleset_table(ruleset, NFT_FAMILY_INET, "every");
    guint comments = 0;
    PTR_ARRAY_FOREACH (const NftRule, rule, nft_table_chain(table, "ford")->rules)
        comments += g_strcmp0(rule->comment, "a comment") == 0;
    assert_int_equal(comments, 1);
}

/* ---- broken ones ---- */

/* Whatever is wrong with a message, it is read or refused with an error; each copy has just the memory it
 * says. libnftnl would end the program, or crash. */
static void take_damaged(const struct nlmsghdr *message, gsize length, Ruleset *ruleset)
{
    g_autofree struct nlmsghdr *damaged = g_memdup2(message, length);
    g_autoptr(GError) error = NULL;
    damaged->nlmsg_len = (guint32)length;
    damaged->nlmsg_type = message->nlmsg_type;
    bool read = take(damaged, ruleset, &error);
    assert_true(read == (error == NULL));
    assert_true(read || g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NETLINK));
}

/* What a damaged copy may be read as is not wanted: it goes to a ruleset of its own. */
static void take_after_damage(const struct nlmsghdr *message, Ruleset *ruleset)
{
    enum { DAMAGES = 60 };
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    g_autoptr(Ruleset) other = ruleset_new();
    NftTable *table = nft_table_new(NFT_FAMILY_INET, "every");
    ruleset_add_table(other, table);
    nft_table_add_chain(table, nft_chain_new("ford"));
    nft_table_add_set(table, nft_set_new("nets"));
    gsize size = message->nlmsg_len;
    for (gsize length = sizeof *message; length < size; length++)
        take_damaged(message, length, other);
    for (int i = 0; i < DAMAGES; i++) {
        g_autofree struct nlmsghdr *copy = g_memdup2(message, size);
        for (int j = g_rand_int_range(random, 1, 4); j > 0; j--)
            ((guint8 *)copy)[g_rand_int_range(random, sizeof *copy, (gint32)size)] =
                (guint8)g_rand_int_range(random, 0, 16);
        take_damaged(copy, size, other);
    }
    must_read(message, ruleset);
}

static void test_damaged(G_GNUC_UNUSED void **state)
{
    g_autoptr(Ruleset) ruleset = replay(take_after_damage);
    assert_int_not_equal(ruleset->tables->len, 0);
}

#define EXPRESSION(name, ...)                                                                      \
    NEST(NFTA_LIST_ELEM, TEXT(NFTA_EXPR_NAME, name), NEST(NFTA_EXPR_DATA, __VA_ARGS__))
#define DREG(number) U32(NFTA_META_DREG, GUINT32_TO_BE(number))

/* What libnftnl could not take of a rule is kept by its name, and what it can is read. */
static void test_expressions_that_do_not_fit(G_GNUC_UNUSED void **state)
{
    static const struct nfgenmsg inet = {.nfgen_family = NFPROTO_INET};
    const struct {
        const Piece *expressions;
        ExpressionKind kinds[2]; /* of the first two; the second is a meta that fits */
    } rules[] = {
        {PIECES(EXPRESSION("meta", DREG(1)), EXPRESSION("meta", DREG(1))),
         {EXPRESSION_META, EXPRESSION_META}},
        {PIECES(EXPRESSION("meta", U16(NFTA_META_DREG, 1)), EXPRESSION("meta", DREG(1))),
         {EXPRESSION_UNKNOWN, EXPRESSION_META}},
        {PIECES(EXPRESSION("meta", DREG(1), DREG(2)), EXPRESSION("meta", DREG(1))),
         {EXPRESSION_UNKNOWN, EXPRESSION_META}},
        {PIECES(EXPRESSION("lookup", BYTES(NFTA_LOOKUP_SET, 'a')), EXPRESSION("meta", DREG(1))),
         {EXPRESSION_UNKNOWN, EXPRESSION_META}},
        {PIECES(
             EXPRESSION("immediate", NEST(NFTA_IMMEDIATE_DATA,
                                          NEST(NFTA_DATA_VERDICT, TEXT(NFTA_VERDICT_CHAIN, "c")))),
             EXPRESSION("meta", DREG(1))),
         {EXPRESSION_UNKNOWN, EXPRESSION_META}},
        {PIECES(EXPRESSION("immediate",
                           NEST(NFTA_IMMEDIATE_DATA,
                                NEST(NFTA_DATA_VERDICT,
                                     U32(NFTA_VERDICT_CODE, GUINT32_TO_BE((guint32)NFT_JUMP))))),
                EXPRESSION("meta", DREG(1))),
         {EXPRESSION_UNKNOWN, EXPRESSION_META}},
        {PIECES(EXPRESSION("immediate", EMPTY(NFTA_IMMEDIATE_DATA)), EXPRESSION("meta", DREG(1))),
         {EXPRESSION_UNKNOWN, EXPRESSION_META}},
        {PIECES(EXPRESSION("dynset", NEST(NFTA_DYNSET_EXPR, EMPTY(NFTA_EXPR_DATA))),
                EXPRESSION("meta", DREG(1))),
         {EXPRESSION_UNKNOWN, EXPRESSION_META}},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        g_autoptr(NftTable) table = nft_table_new(NFT_FAMILY_INET, "t");
        nft_table_add_chain(table, nft_chain_new("c"));
        const Piece list = {NFTA_RULE_EXPRESSIONS, NULL, 0, rules[i].expressions};
        g_autofree struct nlmsghdr *message =
            message_new(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE, &inet, sizeof inet,
                        PIECES(TEXT(NFTA_RULE_TABLE, "t"), TEXT(NFTA_RULE_CHAIN, "c"), list));
        g_autoptr(GError) error = NULL;
        assert_true(netfilter_add_rule(message, table, &error));
        const NftRule *rule = g_ptr_array_index(nft_table_chain(table, "c")->rules, 0);
        assert_int_equal(rule->expressions->len, 2);
        for (guint j = 0; j < 2; j++) {
            const Expression *read = g_ptr_array_index(rule->expressions, j);
            assert_int_equal(read->kind, rules[i].kinds[j]);
        }
    }
}

/* Attributes of a set that only later kernels have. */
enum { SET_TYPE = 19, SET_COUNT = 20 };

/* No other program could name what these messages name, the kernel is newer than this file, no handle of its is
 * so large, or libnftnl 1.3.2 would end the program. */
static void test_not_to_be_named(G_GNUC_UNUSED void **state)
{
    static const guint8 huge[sizeof(guint64)] = {0x80};
    const struct nfgenmsg inet = {.nfgen_family = NFPROTO_INET}, unknown = {.nfgen_family = 200};
    const struct {
        int type;
        const struct nfgenmsg *header;
        const Piece *pieces;
    } messages[] = {
        {NFT_MSG_NEWTABLE, &unknown, PIECES(TEXT(NFTA_TABLE_NAME, "t"))},
        {NFT_MSG_NEWTABLE, &inet, PIECES(TEXT(NFTA_TABLE_NAME, ""))},
        {NFT_MSG_NEWCHAIN, &inet, PIECES(TEXT(NFTA_CHAIN_TABLE, "t"), TEXT(NFTA_CHAIN_NAME, ""))},
        {NFT_MSG_NEWSET, &inet, PIECES(TEXT(NFTA_SET_TABLE, "t"), TEXT(NFTA_SET_NAME, ""))},
        {NFT_MSG_NEWSET, &inet,
         PIECES(TEXT(NFTA_SET_NAME, "long"), U32(NFTA_SET_DATA_LEN, GUINT32_TO_BE(65)))},
        {NFT_MSG_NEWSET, &inet, PIECES(TEXT(NFTA_SET_NAME, "typed"), BYTES(SET_TYPE, 'a'))},
        {NFT_MSG_NEWSET, &inet, PIECES(TEXT(NFTA_SET_NAME, "counted"), U16(SET_COUNT, 1))},
        {NFT_MSG_NEWRULE, &inet,
         PIECES(TEXT(NFTA_RULE_CHAIN, "c"),
                NEST(NFTA_RULE_EXPRESSIONS, NEST(NFTA_LIST_ELEM, EMPTY(NFTA_EXPR_DATA))))},
        {NFT_MSG_NEWRULE, &inet, PIECES(TEXT(NFTA_RULE_TABLE, "t"))},
        {NFT_MSG_NEWTABLE, &inet,
         PIECES(TEXT(NFTA_TABLE_NAME, "huge"), STRUCT(NFTA_TABLE_HANDLE, huge))},
        {NFT_MSG_NEWCHAIN, &inet,
         PIECES(TEXT(NFTA_CHAIN_TABLE, "t"), TEXT(NFTA_CHAIN_NAME, "huge"),
                STRUCT(NFTA_CHAIN_HANDLE, huge))},
    };
    for (guint i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autoptr(Ruleset) ruleset = ruleset_new();
        NftTable *table = nft_table_new(NFT_FAMILY_INET, "t");
        ruleset_add_table(ruleset, table);
        g_autofree struct nlmsghdr *message =
            message_new(NFNL_SUBSYS_NFTABLES << 8 | messages[i].type, messages[i].header,
                        sizeof(struct nfgenmsg), messages[i].pieces);
        g_autoptr(GError) error = NULL;
        assert_false(take(message, ruleset, &error));
        assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NETLINK));
        assert_int_equal(ruleset->tables->len, 1);
    }
}

/* A link's name may be any bytes. */
static void test_a_device_of_any_bytes(G_GNUC_UNUSED void **state)
{
    const struct nfgenmsg netdev = {.nfgen_family = NFPROTO_NETDEV};
    g_autoptr(Ruleset) ruleset = ruleset_new();
    ruleset_add_table(ruleset, nft_table_new(NFT_FAMILY_NETDEV, "t"));
    g_autofree struct nlmsghdr *message =
        message_new(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWCHAIN, &netdev, sizeof netdev,
                    PIECES(TEXT(NFTA_CHAIN_TABLE, "t"), TEXT(NFTA_CHAIN_NAME, "c"),
                           NEST(NFTA_CHAIN_HOOK, U32(NFTA_HOOK_HOOKNUM, 0),
                                U32(NFTA_HOOK_PRIORITY, 0), TEXT(NFTA_HOOK_DEV, "v\xff"))));
    must_read(message, ruleset);
    const NftChain *chain = nft_table_chain(g_ptr_array_index(ruleset->tables, 0), "c");
    assert_int_equal(g_strv_length(chain->devices), 1);
    assert_true(g_utf8_validate(chain->devices[0], -1, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_every_kind_is_read),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_a_comment),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_expressions_that_do_not_fit),
        cmocka_unit_test(test_not_to_be_named),
        cmocka_unit_test(test_a_device_of_any_bytes),
    };
    return cmocka_run_group_tests_name("netfilter-decode", tests, NULL, NULL);
}
