/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ruleset as it is put together: of what has one name the first stays, wherever it was read. */
#include "model/host/ruleset.h"

#include "rules.h"

static void test_the_first_of_a_name_stays(G_GNUC_UNUSED void **state)
{
    g_autoptr(Ruleset) ruleset = rules_parse("table inet a\nchain c input 0\ndrop\nset s 2 p1\n"
                                             "table ip a\ntable inet a handle 9\n"
                                             "chain c output 5\naccept\nset s 4 10.0.0.1\n");
    assert_int_equal(ruleset->tables->len, 2);
    const NftTable *table = ruleset_table(ruleset, NFT_FAMILY_INET, "a");
    assert_int_equal(table->handle, 1);
    assert_int_equal(table->chains->len, 1);
    assert_int_equal(table->base_chains->len, 1);
    assert_int_equal(nft_table_chain(table, "c")->hook, NF_INET_LOCAL_IN);
    assert_int_equal(nft_table_chain(table, "c")->rules->len, 2);
    assert_int_equal(table->sets->len, 1);
    assert_int_equal(nft_table_set(table, "s")->key_length, 2);
    assert_null(ruleset_table(ruleset, NFT_FAMILY_INET, "b"));
    assert_null(nft_table_chain(table, NULL));
    assert_null(nft_table_set(table, NULL));
}

/* Single keys are found by themselves, the element without a key comes last. */
static void test_elements_are_in_order(G_GNUC_UNUSED void **state)
{
    g_autoptr(Ruleset) ruleset =
        rules_parse("table inet a\nset s 2 * p9 p5..p7 p1\nset t 2 p2 *\n");
    const NftTable *table = g_ptr_array_index(ruleset->tables, 0);
    static const guint16 order[] = {1, 5, 9};
    const NftSet *set = nft_table_set(table, "s");
    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        const NftElement *element = g_ptr_array_index(set->elements, i);
        const guint8 *key = g_bytes_get_data(element->key, NULL);
        assert_int_equal(key[0] << 8 | key[1], order[i]);
    }
    assert_null(((const NftElement *)g_ptr_array_index(set->elements, 3))->key);
    assert_int_equal(g_hash_table_size(set->index), 2);
    set = nft_table_set(table, "t");
    assert_null(((const NftElement *)g_ptr_array_index(set->elements, 1))->key);
}

static void test_families_have_words(G_GNUC_UNUSED void **state)
{
    static const NftFamily families[] = {NFT_FAMILY_INET,   NFT_FAMILY_IPV4,   NFT_FAMILY_IPV6,
                                         NFT_FAMILY_NETDEV, NFT_FAMILY_BRIDGE, NFT_FAMILY_ARP};
    static const char *const words[] = {"inet", "ip", "ip6", "netdev", "bridge", "arp"};
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
        assert_string_equal(nft_family_word(families[i]), words[i]);
    assert_null(nft_family_word(0)); /* a number from a file */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_of_a_name_stays),
        cmocka_unit_test(test_elements_are_in_order),
        cmocka_unit_test(test_families_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
