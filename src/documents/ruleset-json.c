/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables for the ruleset: see ruleset-json.h. */
#include "documents/ruleset-json.h"

#include "model/foreach.h"
#include "model/words.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

/* ---- bytes, verdicts and registers ---- */

static json_t *write_hex(const Member *member, gconstpointer object)
{
    GBytes *bytes = *(GBytes **)member_field(member, object);
    if (bytes == NULL)
        return json_null();
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    g_autoptr(GString) text = g_string_sized_new(2 * size);
    for (gsize i = 0; i < size; i++)
        g_string_append_printf(text, "%02x", data[i]);
    return json_string(text->str);
}

static bool read_hex(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                     GError **error)
{
    const char *text = json_string_value(value);
    if (text == NULL)
        return json_place_unexpected(place, value, "a string", error);
    gsize size = json_string_length(value);
    if (size % 2 != 0 || strspn(text, "0123456789abcdef") != size)
        return json_place_fault(place, error, "not pairs of hexadecimal digits");
    guint8 *data = g_malloc(MAX(size / 2, 1));
    for (gsize i = 0; i < size / 2; i++)
        data[i] = (guint8)(g_ascii_xdigit_value(text[2 * i]) << 4 |
                           g_ascii_xdigit_value(text[2 * i + 1]));
    *(GBytes **)member_field(member, object) = g_bytes_new_take(data, size / 2);
    return true;
}

static const struct {
    int verdict;
    const char *word;
} verdicts[] = {
    {NF_DROP, "drop"},    {NF_ACCEPT, "accept"}, {NF_QUEUE, "queue"}, {NFT_CONTINUE, "continue"},
    {NFT_BREAK, "break"}, {NFT_JUMP, "jump"},    {NFT_GOTO, "goto"},  {NFT_RETURN, "return"},
};

/* One that a later kernel may add has no word: its number stands for it. */
static json_t *write_verdict(const Member *member, gconstpointer object)
{
    int verdict = *(int *)member_field(member, object);
    for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        if (verdicts[i].verdict == verdict)
            return json_string(verdicts[i].word);
    }
    return json_integer(verdict);
}

static bool read_verdict(const Member *member, json_t *value, gpointer object,
                         const JsonPlace *place, GError **error)
{
    if (json_is_integer(value))
        return member_integer.read(member, value, object, place, error);
    const char *text = json_place_text(place, value, error);
    for (gsize i = 0; text != NULL && i < G_N_ELEMENTS(verdicts); i++) {
        if (g_str_equal(verdicts[i].word, text)) {
            *(int *)member_field(member, object) = verdicts[i].verdict;
            return true;
        }
    }
    return text != NULL && json_place_fault(place, error, "not a verdict of nf_tables");
}

static const MemberType member_hex = {write_hex, read_hex};
static const MemberType member_verdict = {write_verdict, read_verdict};

#define MEMBER_HEX(Struct, field)                                                                  \
    FIELD_MEMBER(#field, Struct, field, GBytes *, &member_hex, .nullable = true)
#define MEMBER_VERDICT(Struct, field)                                                              \
    FIELD_MEMBER(#field, Struct, field, int, &member_verdict, .integer = INTEGER_INT,              \
                 .min = G_MININT, .max = G_MAXINT)
/* Null for REGISTER_NONE. */
#define MEMBER_REGISTER(field)                                                                     \
    MEMBER_INTEGER(Expression, field, 0, REGISTERS_SIZE - 1, .nullable = true)
#define MEMBER_NUMBER(field) MEMBER_UINT32(Expression, field)

/* ---- expressions ---- */

static const Member nothing[] = {MEMBERS_END};
static const Member named[] = {MEMBER_TEXT(Expression, name), MEMBERS_END};
static const Member payload[] = {MEMBER_REGISTER(destination), MEMBER_NUMBER(key),
                                 MEMBER_NUMBER(offset), MEMBER_NUMBER(length), MEMBERS_END};
static const Member payload_set[] = {MEMBER_REGISTER(source), MEMBER_NUMBER(key),
                                     MEMBER_NUMBER(offset), MEMBER_NUMBER(length), MEMBERS_END};
static const Member loaded[] = {MEMBER_REGISTER(destination), MEMBER_NUMBER(key), MEMBERS_END};
static const Member stored[] = {MEMBER_REGISTER(source), MEMBER_NUMBER(key), MEMBERS_END};
static const Member ct[] = {MEMBER_REGISTER(destination), MEMBER_NUMBER(key),
                            MEMBER_INTEGER(Expression, direction, 0, 1, .nullable = true),
                            MEMBERS_END};
static const Member cmp[] = {MEMBER_REGISTER(source), MEMBER_NUMBER(operation),
                             MEMBER_HEX(Expression, data), MEMBERS_END};
static const Member range[] = {MEMBER_REGISTER(source), MEMBER_NUMBER(operation),
                               MEMBER_HEX(Expression, data), MEMBER_HEX(Expression, data_end),
                               MEMBERS_END};
static const Member bitwise[] = {MEMBER_REGISTER(source),
                                 MEMBER_REGISTER(destination),
                                 MEMBER_NUMBER(length),
                                 MEMBER_NUMBER(operation),
                                 MEMBER_HEX(Expression, data),
                                 MEMBER_HEX(Expression, data_end),
                                 MEMBERS_END};
static const Member byteorder[] = {MEMBER_REGISTER(source), MEMBER_REGISTER(destination),
                                   MEMBER_NUMBER(length), MEMBER_NUMBER(size), MEMBERS_END};
static const Member immediate[] = {MEMBER_REGISTER(destination), MEMBER_HEX(Expression, data),
                                   MEMBERS_END};
static const Member verdict[] = {MEMBER_VERDICT(Expression, verdict), MEMBER_TEXT(Expression, name),
                                 MEMBERS_END};
static const Member lookup[] = {
    MEMBER_REGISTER(source), MEMBER_REGISTER(destination),         MEMBER_TEXT(Expression, name),
    MEMBER_NUMBER(flags),    MEMBER_BOOL(Expression, verdict_map), MEMBERS_END};
static const Member fib[] = {MEMBER_REGISTER(destination), MEMBER_NUMBER(key), MEMBER_NUMBER(flags),
                             MEMBERS_END};
static const Member exthdr[] = {MEMBER_REGISTER(destination),
                                MEMBER_NUMBER(key),
                                MEMBER_NUMBER(offset),
                                MEMBER_NUMBER(length),
                                MEMBER_NUMBER(flags),
                                MEMBER_NUMBER(operation),
                                MEMBERS_END};
static const Member generated[] = {MEMBER_REGISTER(destination), MEMBER_NUMBER(modulus),
                                   MEMBER_NUMBER(offset), MEMBERS_END};
static const Member reject[] = {MEMBER_NUMBER(key), MEMBER_NUMBER(operation), MEMBERS_END};
static const Member nat[] = {MEMBER_NUMBER(key),      MEMBER_NUMBER(family),
                             MEMBER_REGISTER(source), MEMBER_REGISTER(source_end),
                             MEMBER_REGISTER(port),   MEMBER_REGISTER(port_end),
                             MEMBER_NUMBER(flags),    MEMBERS_END};
static const Member ports[] = {MEMBER_REGISTER(port), MEMBER_REGISTER(port_end),
                               MEMBER_NUMBER(flags), MEMBERS_END};
static const Member tproxy[] = {MEMBER_NUMBER(family), MEMBER_REGISTER(source),
                                MEMBER_REGISTER(port), MEMBERS_END};
static const Member flagged[] = {MEMBER_NUMBER(flags), MEMBERS_END};
static const Member dynset[] = {MEMBER_TEXT(Expression, name), MEMBER_NUMBER(operation),
                                MEMBER_BOOL(Expression, conditional), MEMBERS_END};
static const Member queue[] = {MEMBER_NUMBER(operation), MEMBERS_END};
static const Member fwd[] = {MEMBER_REGISTER(source), MEMBERS_END};
static const Member extension[] = {MEMBER_TEXT(Expression, name), MEMBER_NUMBER(revision),
                                   MEMBER_HEX(Expression, data), MEMBERS_END};

static const struct {
    const char *word;
    const Member *members;
} kinds[] = {
    [EXPRESSION_UNKNOWN] = {"unknown", named},
    [EXPRESSION_PAYLOAD] = {"payload", payload},
    [EXPRESSION_PAYLOAD_SET] = {"payload-set", payload_set},
    [EXPRESSION_META] = {"meta", loaded},
    [EXPRESSION_META_SET] = {"meta-set", stored},
    [EXPRESSION_CT] = {"ct", ct},
    [EXPRESSION_CT_SET] = {"ct-set", stored},
    [EXPRESSION_CMP] = {"cmp", cmp},
    [EXPRESSION_RANGE] = {"range", range},
    [EXPRESSION_BITWISE] = {"bitwise", bitwise},
    [EXPRESSION_BYTEORDER] = {"byteorder", byteorder},
    [EXPRESSION_IMMEDIATE] = {"immediate", immediate},
    [EXPRESSION_VERDICT] = {"verdict", verdict},
    [EXPRESSION_LOOKUP] = {"lookup", lookup},
    [EXPRESSION_FIB] = {"fib", fib},
    [EXPRESSION_RT] = {"rt", loaded},
    [EXPRESSION_SOCKET] = {"socket", loaded},
    [EXPRESSION_EXTHDR] = {"exthdr", exthdr},
    [EXPRESSION_NUMGEN] = {"numgen", generated},
    [EXPRESSION_HASH] = {"hash", generated},
    [EXPRESSION_REJECT] = {"reject", reject},
    [EXPRESSION_NAT] = {"nat", nat},
    [EXPRESSION_MASQUERADE] = {"masquerade", ports},
    [EXPRESSION_REDIRECT] = {"redirect", ports},
    [EXPRESSION_TPROXY] = {"tproxy", tproxy},
    [EXPRESSION_NOTRACK] = {"notrack", nothing},
    [EXPRESSION_LIMIT] = {"limit", flagged},
    [EXPRESSION_QUOTA] = {"quota", flagged},
    [EXPRESSION_CONNLIMIT] = {"connlimit", flagged},
    [EXPRESSION_DYNSET] = {"dynset", dynset},
    [EXPRESSION_QUEUE] = {"queue", queue},
    [EXPRESSION_DUP] = {"dup", nothing},
    [EXPRESSION_FWD] = {"fwd", fwd},
    [EXPRESSION_SYNPROXY] = {"synproxy", nothing},
    [EXPRESSION_FLOW_OFFLOAD] = {"flow-offload", named},
    [EXPRESSION_NEUTRAL] = {"neutral", named},
    [EXPRESSION_MATCH] = {"match", extension},
    [EXPRESSION_TARGET] = {"target", extension},
};

static json_t *write_expressions(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    const NftRule *rule = object;
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions) {
        json_t *json = json_object();
        json_object_set_new(json, "op", json_string(kinds[expression->kind].word));
        members_write(kinds[expression->kind].members, expression, json);
        json_array_append_new(array, json);
    }
    return array;
}

static bool read_expression(json_t *value, gpointer object, const JsonPlace *place, GError **error)
{
    const NftRule *rule = object;
    const JsonPlace below = {.parent = place, .name = "op"};
    const char *word = json_string_value(json_object_get(value, "op"));
    for (gsize i = 0; word != NULL && i < G_N_ELEMENTS(kinds); i++) {
        if (!g_str_equal(kinds[i].word, word))
            continue;
        Expression *expression = expression_new((ExpressionKind)i);
        g_ptr_array_add(rule->expressions, expression);
        return members_read(kinds[i].members, value, expression, place, error);
    }
    return json_place_fault(&below, error, "not an expression of nf_tables");
}

static const MemberType expressions_type = {write_expressions, member_read_each};

/* ---- tables, chains and sets ---- */

static const Member rule_members[] = {
    MEMBER_UINT64(NftRule, handle),
    MEMBER_TEXT(NftRule, comment),
    {.name = "expressions", .type = &expressions_type, .reader = read_expression},
    MEMBERS_END,
};
DEFINE_LIST(rule, rule_members, nft_rule_new(0));

static const Member chain_members[] = {
    MEMBER_NAME(NftChain, name),
    MEMBER_UINT64(NftChain, handle),
    MEMBER_BOOL(NftChain, is_base),
    MEMBER_TEXT(NftChain, type),
    MEMBER_UINT32(NftChain, hook),
    MEMBER_INT(NftChain, priority),
    MEMBER_BOOL(NftChain, policy_drop),
    MEMBER_NAMES(NftChain, devices),
    MEMBER_LIST(NftChain, rules, &rule_list),
    MEMBERS_END,
};

static const Member element_members[] = {
    MEMBER_HEX(NftElement, key),    MEMBER_HEX(NftElement, key_end),
    MEMBER_HEX(NftElement, data),   MEMBER_VERDICT(NftElement, verdict),
    MEMBER_TEXT(NftElement, chain), MEMBERS_END,
};
DEFINE_LIST(element, element_members, nft_element_new());

static json_t *write_fields(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    const NftSet *set = object;
    json_t *array = json_array();
    ARRAY_FOREACH (const guint32, length, set->fields)
        json_array_append_new(array, json_integer(*length));
    return array;
}

static bool read_field(json_t *value, gpointer object, const JsonPlace *place, GError **error)
{
    const NftSet *set = object;
    json_int_t length = json_integer_value(value);
    if (!json_is_integer(value) || length < 1 || length > REGISTERS_SIZE)
        return json_place_fault(place, error, "not a length from 1 to %d", REGISTERS_SIZE);
    guint32 number = (guint32)length;
    g_array_append_val(set->fields, number);
    return true;
}

static const MemberType fields_type = {write_fields, member_read_each};

static const Member set_members[] = {
    MEMBER_NAME(NftSet, name),
    MEMBER_UINT64(NftSet, handle),
    MEMBER_UINT32(NftSet, flags),
    MEMBER_INTEGER(NftSet, key_length, 0, REGISTERS_SIZE),
    MEMBER_INTEGER(NftSet, data_length, 0, REGISTERS_SIZE),
    {.name = "fields", .type = &fields_type, .reader = read_field},
    MEMBER_LIST(NftSet, elements, &element_list),
    MEMBERS_END,
};

static json_t *list_to_json(const Member *members, const GPtrArray *list)
{
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const void, element, list)
        json_array_append_new(array, members_to_json(members, element));
    return array;
}

static json_t *write_chains(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    return list_to_json(chain_members, ((const NftTable *)object)->chains);
}

static bool read_chain(json_t *value, gpointer table, const JsonPlace *place, GError **error)
{
    g_autoptr(NftChain) chain = nft_chain_new(NULL);
    if (!members_read(chain_members, value, chain, place, error))
        return false;
    nft_table_add_chain(table, g_steal_pointer(&chain));
    return true;
}

static json_t *write_sets(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    return list_to_json(set_members, ((const NftTable *)object)->sets);
}

static bool has_size(GBytes *bytes, gsize size)
{
    return bytes == NULL || g_bytes_get_size(bytes) == size;
}

/* The machine compares keys without looking at their length. */
static bool check_elements(const NftSet *set, const JsonPlace *place, GError **error)
{
    PTR_ARRAY_FOREACH (const NftElement, element, set->elements) {
        if (!has_size(element->key, set->key_length) ||
            !has_size(element->key_end, set->key_length) ||
            (element->key == NULL && element->key_end != NULL))
            return json_place_fault(place, error, "an element's key is not of the set's length");
    }
    return true;
}

static bool read_set(json_t *value, gpointer table, const JsonPlace *place, GError **error)
{
    g_autoptr(NftSet) set = nft_set_new(NULL);
    if (!members_read(set_members, value, set, place, error) || !check_elements(set, place, error))
        return false;
    nft_set_finish(set);
    nft_table_add_set(table, g_steal_pointer(&set));
    return true;
}

static const MemberType chains_type = {write_chains, member_read_each};
static const MemberType sets_type = {write_sets, member_read_each};

static const char *const families[] = {
    [NFT_FAMILY_INET] = "inet",     [NFT_FAMILY_IPV4] = "ip",       [NFT_FAMILY_ARP] = "arp",
    [NFT_FAMILY_NETDEV] = "netdev", [NFT_FAMILY_BRIDGE] = "bridge", [NFT_FAMILY_IPV6] = "ip6",
};
static DEFINE_FROM_WORD(family, int, families, -1)

static json_t *write_family(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    return json_string(families[((const NftTable *)object)->family]);
}

static bool read_family(G_GNUC_UNUSED const Member *member, json_t *value, gpointer object,
                        const JsonPlace *place, GError **error)
{
    const char *text = json_place_text(place, value, error);
    int family = family_from_word(text);
    if (text != NULL && family < 0)
        json_place_fault(place, error, "not a family of nf_tables");
    ((NftTable *)object)->family = (NftFamily)family;
    return family >= 0;
}

static const MemberType family_type = {write_family, read_family};

static const Member table_members[] = {
    {.name = "family", .type = &family_type},
    MEMBER_NAME(NftTable, name),
    MEMBER_UINT64(NftTable, handle),
    MEMBER_UINT32(NftTable, flags),
    {.name = "chains", .type = &chains_type, .reader = read_chain},
    {.name = "sets", .type = &sets_type, .reader = read_set},
    MEMBERS_END,
};

static json_t *write_ruleset(const Member *member, gconstpointer object)
{
    const Ruleset *ruleset = *(Ruleset **)member_field(member, object);
    return ruleset != NULL ? list_to_json(table_members, ruleset->tables) : json_null();
}

static bool read_table(json_t *value, gpointer ruleset, const JsonPlace *place, GError **error)
{
    g_autoptr(NftTable) table = nft_table_new(NFT_FAMILY_INET, NULL);
    if (!members_read(table_members, value, table, place, error))
        return false;
    ruleset_add_table(ruleset, g_steal_pointer(&table));
    return true;
}

static bool read_ruleset(const Member *member, json_t *value, gpointer object,
                         const JsonPlace *place, GError **error)
{
    Ruleset **ruleset = member_field(member, object);
    *ruleset = ruleset_new();
    return json_place_each(place, value, read_table, *ruleset, error);
}

const MemberType member_ruleset = {write_ruleset, read_ruleset};
