/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which built-in chains of a legacy table have rules, by the blob that the kernel gives. */
#include "observe/kernel/legacy-tables.h"

#include "cases.h"

#include <linux/netfilter/x_tables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <string.h>

enum { INPUT = 1, FORWARD = 2, OUTPUT = 3, ACCEPT = -NF_ACCEPT - 1, DROP = -NF_DROP - 1 };

/* A rule without matches: its head, and the standard target. */
enum { HEAD = sizeof(struct ipt_entry), RULE = HEAD + sizeof(struct xt_standard_target) };

typedef struct {
    const char *name;
    guint rules[3]; /* of INPUT, FORWARD and OUTPUT, without the policy */
    int policies[3];
    gsize cut;          /* so many bytes of the blob are missing */
    const char *chains; /* NULL: it is malformed */
} LegacyCase;

static const LegacyCase cases[] = {
    {"only policies that accept", {0, 0, 0}, {ACCEPT, ACCEPT, ACCEPT}, 0, ""},
    {"a rule", {0, 1, 0}, {ACCEPT, ACCEPT, ACCEPT}, 0, "FORWARD"},
    {"a policy", {0, 0, 0}, {DROP, ACCEPT, ACCEPT}, 0, "INPUT"},
    {"both", {3, 0, 1}, {ACCEPT, DROP, ACCEPT}, 0, "INPUT FORWARD OUTPUT"},
    {"a blob that is cut off", {0, 1, 0}, {ACCEPT, ACCEPT, ACCEPT}, 1, NULL},
    {"no blob", {0, 0, 0}, {ACCEPT, ACCEPT, ACCEPT}, 3 * RULE, NULL},
};

static void set_target_offset(guint8 *rule, guint16 offset)
{
    memcpy(rule + G_STRUCT_OFFSET(struct ipt_entry, target_offset), &offset, sizeof offset);
}

static void append_rule(GByteArray *blob, int verdict)
{
    guint8 rule[RULE] = {0};
    set_target_offset(rule, HEAD);
    memcpy(rule + HEAD + G_STRUCT_OFFSET(struct xt_standard_target, verdict), &verdict,
           sizeof verdict);
    g_byte_array_append(blob, rule, sizeof rule);
}

static void test_chains(void **state)
{
    const LegacyCase *row = *state;
    g_autoptr(GByteArray) blob = g_byte_array_new();
    LegacyLayout layout = {.valid_hooks = 1 << INPUT | 1 << FORWARD | 1 << OUTPUT};
    for (guint i = 0; i < G_N_ELEMENTS(row->rules); i++) {
        layout.entries[INPUT + i] = blob->len;
        for (guint j = 0; j < row->rules[i]; j++)
            append_rule(blob, DROP);
        layout.policies[INPUT + i] = blob->len;
        append_rule(blob, row->policies[i]);
    }
    gsize size = blob->len - row->cut;
    g_autofree guint8 *exact = g_memdup2(blob->data, size);
    g_auto(GStrv) chains = legacy_chains(&layout, FAMILY_IPV4, exact, size);
    assert_int_equal(chains == NULL, row->chains == NULL);
    g_autofree char *text = chains != NULL ? g_strjoinv(" ", chains) : NULL;
    if (text != NULL)
        assert_string_equal(text, row->chains);
}

static void test_an_absurd_offset(G_GNUC_UNUSED void **state)
{
    g_autoptr(GByteArray) blob = g_byte_array_new();
    append_rule(blob, ACCEPT);
    const LegacyLayout beyond = {.valid_hooks = 1 << INPUT, .policies = {[INPUT] = G_MAXUINT32}};
    assert_null(legacy_chains(&beyond, FAMILY_IPV4, blob->data, blob->len));
    assert_null(legacy_chains(&beyond, FAMILY_IPV6, blob->data, blob->len));
    set_target_offset(blob->data, G_MAXUINT16);
    const LegacyLayout start = {.valid_hooks = 1 << INPUT};
    assert_null(legacy_chains(&start, FAMILY_IPV4, blob->data, blob->len));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_an_absurd_offset)};
    return RUN_CASES(test_chains, cases) +
           cmocka_run_group_tests_name("legacy tables", tests, NULL, NULL);
}
