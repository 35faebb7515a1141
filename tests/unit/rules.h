/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nf_tables rulesets in a few lines of text:
 *
 *   table FAMILY NAME [dormant] [handle N]
 *   chain NAME [HOOK PRIORITY] [nat|route] [policy-drop] [device NAME] [handle N]
 *   set NAME LENGTH [fields N,N] [data N] [ELEMENT]..      KEY, KEY..KEY, KEY=DATA, KEY=VERDICT[:CHAIN]
 *   any other line is a rule of the last chain: its words are expressions, one or more each
 *
 * A rule's words are tests (iif=NAME, oif=NAME, saddr=A, daddr=A, sport=N, dport=N, proto=N, state=N,
 * mark=N), verdicts (accept, drop, reject, return, continue, jump:CHAIN, goto:CHAIN), what changes a
 * packet (mark:=N, dnat:A[:PORT], snat:A[:PORT], dport:=N, masquerade, redirect[:PORT], notrack), or one
 * expression with its arguments, as in the table below: "payload:2:16:4:r1". Registers are r0 to r15.
 *
 * Data is an IP address, pN (a port), nN (a number of 4 bytes), hN (of 2), bN (a byte), @NAME (an
 * interface, 16 bytes), 0xHEX; A+B is a concatenation; * is the catch-all key. */
#pragma once

#include "model/host/ruleset.h"

#include "sketch.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_bridge.h>

/* ---- data ---- */

static inline void rules_append_hex(GByteArray *bytes, const char *hex)
{
    for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
        guint8 byte = (guint8)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
        g_byte_array_append(bytes, &byte, 1);
    }
}

static inline void rules_append_datum(GByteArray *bytes, const char *word)
{
    IpAddress address;
    char name[16] = "";
    guint32 number = g_ascii_isdigit(word[0]) || g_ascii_isdigit(word[1])
                         ? (guint32)g_ascii_strtoull(word + 1, NULL, 0)
                         : 0;
    guint16 half = (guint16)number;
    guint16 port = GUINT16_TO_BE(half);
    guint8 byte = (guint8)number;
    if (g_str_has_prefix(word, "0x"))
        rules_append_hex(bytes, word + 2);
    else if (ip_address_parse(word, &address))
        g_byte_array_append(bytes, address.bytes, address.family == FAMILY_IPV6 ? 16 : 4);
    else if (*word == '@')
        g_byte_array_append(bytes, (guint8 *)strncpy(name, word + 1, sizeof name - 1), 16);
    else if (*word == 'p')
        g_byte_array_append(bytes, (guint8 *)&port, 2);
    else if (*word == 'n')
        g_byte_array_append(bytes, (guint8 *)&number, 4);
    else if (*word == 'h')
        g_byte_array_append(bytes, (guint8 *)&half, 2);
    else if (*word == 'b')
        g_byte_array_append(bytes, &byte, 1);
    else
        g_error("no data: %s", word);
}

/* Each part of a concatenation fills whole registers. */
static inline GBytes *rules_data(const char *word)
{
    static const guint8 padding[4];
    g_auto(GStrv) parts = g_strsplit(word, "+", -1);
    GByteArray *bytes = g_byte_array_new();
    for (char **part = parts; *part != NULL; part++) {
        rules_append_datum(bytes, *part);
        if (parts[1] != NULL && bytes->len % 4 != 0)
            g_byte_array_append(bytes, padding, 4 - bytes->len % 4);
    }
    return g_byte_array_free_to_bytes(bytes);
}

/* ---- words of expressions ---- */

static inline int rules_register(const char *word)
{
    return *word == 'r' ? 4 * (int)sketch_number(word + 1) : REGISTER_NONE;
}

static inline bool rules_verdict(const char *word, gint32 *verdict)
{
    static const struct {
        const char *word;
        gint32 verdict;
    } verdicts[] = {
        {"accept", NF_ACCEPT},  {"drop", NF_DROP},     {"continue", NFT_CONTINUE},
        {"break", NFT_BREAK},   {"jump", NFT_JUMP},    {"goto", NFT_GOTO},
        {"return", NFT_RETURN}, {"stolen", NF_STOLEN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        if (g_str_equal(word, verdicts[i].word)) {
            *verdict = verdicts[i].verdict;
            return true;
        }
    }
    return false;
}

static inline Expression *rules_add(NftRule *rule, ExpressionKind kind)
{
    Expression *expression = expression_new(kind);
    g_ptr_array_add(rule->expressions, expression);
    return expression;
}

/* Where an argument goes: one letter for each field of Expression. */
static inline void rules_set_field(Expression *expression, char field, const char *argument)
{
    switch (field) {
    case 'd':
        expression->destination = rules_register(argument);
        break;
    case 's':
        expression->source = rules_register(argument);
        break;
    case 'S':
        expression->source_end = rules_register(argument);
        break;
    case 'p':
        expression->port = rules_register(argument);
        break;
    case 'P':
        expression->port_end = rules_register(argument);
        break;
    case 'k':
        expression->key = sketch_number(argument);
        break;
    case 'o':
        expression->operation = sketch_number(argument);
        break;
    case 'O':
        expression->offset = sketch_number(argument);
        break;
    case 'l':
        expression->length = sketch_number(argument);
        break;
    case 'z':
        expression->size = sketch_number(argument);
        break;
    case 'f':
        expression->flags = sketch_number(argument);
        break;
    case 'm':
        expression->modulus = sketch_number(argument);
        break;
    case 'v':
        expression->revision = sketch_number(argument);
        break;
    case 'F':
        expression->family = sketch_number(argument);
        break;
    case 'r':
        expression->direction = (int)sketch_number(argument);
        break;
    case 'n':
        g_free(expression->name);
        expression->name = g_strdup(argument);
        break;
    case 'V':
        expression->verdict_map = g_str_equal(argument, "yes");
        break;
    case 'c':
        expression->conditional = g_str_equal(argument, "yes");
        break;
    case 'x':
        expression->data = rules_data(argument);
        break;
    case 'X':
        expression->data_end = rules_data(argument);
        break;
    default:
        g_assert_not_reached();
    }
}

static inline bool rules_plain_expression(NftRule *rule, char **words)
{
    static const struct {
        const char *word;
        ExpressionKind kind;
        const char *fields; /* of the arguments, in order */
    } kinds[] = {
        {"payload", EXPRESSION_PAYLOAD, "kOld"},
        {"payload-set", EXPRESSION_PAYLOAD_SET, "kOls"},
        {"meta", EXPRESSION_META, "kd"},
        {"meta-set", EXPRESSION_META_SET, "ks"},
        {"ct", EXPRESSION_CT, "kdr"},
        {"ct-set", EXPRESSION_CT_SET, "ks"},
        {"cmp", EXPRESSION_CMP, "osx"},
        {"range", EXPRESSION_RANGE, "osxX"},
        {"bitwise", EXPRESSION_BITWISE, "sdlxXo"},
        {"byteorder", EXPRESSION_BYTEORDER, "sdlz"},
        {"immediate", EXPRESSION_IMMEDIATE, "dx"},
        {"lookup", EXPRESSION_LOOKUP, "nsfd"},
        {"vmap", EXPRESSION_LOOKUP, "nsV"},
        {"fib", EXPRESSION_FIB, "kfd"},
        {"rt", EXPRESSION_RT, "kd"},
        {"socket", EXPRESSION_SOCKET, "kd"},
        {"exthdr", EXPRESSION_EXTHDR, "kOld"},
        {"numgen", EXPRESSION_NUMGEN, "dmO"},
        {"hash", EXPRESSION_HASH, "dmO"},
        {"reject", EXPRESSION_REJECT, "ko"},
        {"nat", EXPRESSION_NAT, "kFsSpPf"},
        {"masquerade", EXPRESSION_MASQUERADE, "pPf"},
        {"tproxy", EXPRESSION_TPROXY, "sp"},
        {"notrack", EXPRESSION_NOTRACK, ""},
        {"limit", EXPRESSION_LIMIT, "f"},
        {"quota", EXPRESSION_QUOTA, "f"},
        {"connlimit", EXPRESSION_CONNLIMIT, "f"},
        {"dynset", EXPRESSION_DYNSET, "nc"},
        {"queue", EXPRESSION_QUEUE, "o"},
        {"dup", EXPRESSION_DUP, ""},
        {"fwd", EXPRESSION_FWD, "s"},
        {"synproxy", EXPRESSION_SYNPROXY, ""},
        {"offload", EXPRESSION_FLOW_OFFLOAD, "n"},
        {"neutral", EXPRESSION_NEUTRAL, "n"},
        {"unknown", EXPRESSION_UNKNOWN, "n"},
        {"match", EXPRESSION_MATCH, "nvx"},
        {"target", EXPRESSION_TARGET, "nvx"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!g_str_equal(words[0], kinds[i].word))
            continue;
        Expression *expression = rules_add(rule, kinds[i].kind);
        for (gsize at = 0; words[1 + at] != NULL; at++) {
            g_assert(at < strlen(kinds[i].fields));
            rules_set_field(expression, kinds[i].fields[at], words[1 + at]);
        }
        return true;
    }
    return false;
}

/* ---- words that stand for several expressions ---- */

static inline void rules_add_text(NftRule *rule, const char *format, ...) G_GNUC_PRINTF(2, 3);

static inline void rules_add_words(NftRule *rule, char **words);

static inline void rules_add_text(NftRule *rule, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    rules_add_words(rule, words);
}

/* KEY=VALUE */
static inline bool rules_add_test(NftRule *rule, const char *key, const char *value)
{
    bool v6 = strchr(value, ':') != NULL;
    if (g_str_equal(key, "iif"))
        rules_add_text(rule, "meta:%d:r0 cmp:0:r0:@%s", NFT_META_IIFNAME, value);
    else if (g_str_equal(key, "oif"))
        rules_add_text(rule, "meta:%d:r0 cmp:0:r0:@%s", NFT_META_OIFNAME, value);
    else if (g_str_equal(key, "saddr") && !v6)
        rules_add_text(rule, "payload:1:12:4:r0 cmp:0:r0:%s", value);
    else if (g_str_equal(key, "daddr") && !v6)
        rules_add_text(rule, "payload:1:16:4:r0 cmp:0:r0:%s", value);
    else if (g_str_equal(key, "sport"))
        rules_add_text(rule, "payload:2:0:2:r0 cmp:0:r0:p%s", value);
    else if (g_str_equal(key, "dport"))
        rules_add_text(rule, "payload:2:2:2:r0 cmp:0:r0:p%s", value);
    else if (g_str_equal(key, "proto"))
        rules_add_text(rule, "meta:%d:r0 cmp:0:r0:b%s", NFT_META_L4PROTO, value);
    else if (g_str_equal(key, "mark"))
        rules_add_text(rule, "meta:%d:r0 cmp:0:r0:n%s", NFT_META_MARK, value);
    else if (g_str_equal(key, "state"))
        rules_add_text(rule, "ct:0:r0 bitwise:r0:r0:4:n%s:n0 cmp:1:r0:n0", value);
    else if (g_str_equal(key, "status"))
        rules_add_text(rule, "ct:%d:r0 bitwise:r0:r0:4:n%s:n0 cmp:1:r0:n0", NFT_CT_STATUS, value);
    else if (g_str_equal(key, "mark:"))
        rules_add_text(rule, "immediate:r0:n%s meta-set:%d:r0", value, NFT_META_MARK);
    else if (g_str_equal(key, "dport:"))
        rules_add_text(rule, "immediate:r0:p%s payload-set:2:2:2:r0", value);
    else
        return false;
    return true;
}

/* dnat:ADDRESS[:PORT], redirect[:PORT] */
static inline bool rules_add_translation(NftRule *rule, char **words)
{
    guint count = g_strv_length(words);
    if (g_str_equal(words[0], "redirect")) {
        if (count > 1)
            rules_add_text(rule, "immediate:r1:p%s", words[1]);
        Expression *expression = rules_add(rule, EXPRESSION_REDIRECT);
        expression->port = count > 1 ? 4 : REGISTER_NONE;
        return true;
    }
    if (!g_str_equal(words[0], "dnat") && !g_str_equal(words[0], "snat"))
        return false;
    rules_add_text(rule, "immediate:r0:%s", words[1]);
    if (count > 2)
        rules_add_text(rule, "immediate:r1:p%s", words[2]);
    Expression *expression = rules_add(rule, EXPRESSION_NAT);
    expression->key = *words[0] == 'd' ? NFT_NAT_DNAT : NFT_NAT_SNAT;
    expression->family = NFPROTO_IPV4;
    expression->source = 0;
    expression->port = count > 2 ? 4 : REGISTER_NONE;
    return true;
}

static inline void rules_add_word(NftRule *rule, const char *word)
{
    gint32 verdict;
    const char *equals = strchr(word, '=');
    g_autofree char *key = equals != NULL ? g_strndup(word, (gsize)(equals - word)) : g_strdup("");
    g_auto(GStrv) words = g_strsplit(word, ":", -1);
    if (equals != NULL && rules_add_test(rule, key, equals + 1))
        return;
    if (rules_verdict(words[0], &verdict)) {
        Expression *expression = rules_add(rule, EXPRESSION_VERDICT);
        expression->verdict = verdict;
        expression->name = g_strdup(words[1]);
        return;
    }
    if (!rules_add_translation(rule, words) && !rules_plain_expression(rule, words))
        g_error("no expression: %s", word);
}

static inline void rules_add_words(NftRule *rule, char **words)
{
    for (; *words != NULL; words++) {
        if (**words != '\0')
            rules_add_word(rule, *words);
    }
}

/* ---- chains and sets ---- */

static inline bool rules_hook(NftFamily family, const char *word, guint32 *hook)
{
    static const struct {
        const char *word;
        guint32 hook;
    } hooks[] = {
        {"prerouting", NF_INET_PRE_ROUTING},
        {"input", NF_INET_LOCAL_IN},
        {"forward", NF_INET_FORWARD},
        {"output", NF_INET_LOCAL_OUT},
        {"postrouting", NF_INET_POST_ROUTING},
        {"ingress", NF_INET_INGRESS},
        {"egress", 1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(hooks); i++) {
        if (g_str_equal(word, hooks[i].word)) {
            *hook = family == NFT_FAMILY_NETDEV && i == 5 ? 0 : hooks[i].hook;
            return true;
        }
    }
    return false;
}

static inline NftChain *rules_chain(NftTable *table, char **words)
{
    NftChain *chain = nft_chain_new(words[1]);
    chain->handle = table->chains->len + 1;
    for (char **word = words + 2; *word != NULL; word++) {
        if (rules_hook(table->family, *word, &chain->hook)) {
            chain->is_base = true;
            chain->priority = (int)g_ascii_strtoll(*++word, NULL, 10);
            chain->type = g_strdup("filter");
        } else if (g_str_equal(*word, "nat") || g_str_equal(*word, "route")) {
            g_free(chain->type);
            chain->type = g_strdup(*word);
        } else if (g_str_equal(*word, "policy-drop")) {
            chain->policy_drop = true;
        } else if (g_str_equal(*word, "device")) {
            g_strfreev(chain->devices);
            chain->devices = g_strsplit(*++word, ",", -1);
        } else if (g_str_equal(*word, "handle")) {
            chain->handle = sketch_number(*++word);
        } else {
            sketch_unknown(*word);
        }
    }
    return nft_table_add_chain(table, chain);
}

static inline NftElement *rules_element(const char *word)
{
    NftElement *element = nft_element_new();
    g_auto(GStrv) sides = g_strsplit(word, "=", 2);
    g_auto(GStrv) keys = g_strsplit(sides[0], "..", 2);
    if (!g_str_equal(keys[0], "*"))
        element->key = rules_data(keys[0]);
    if (keys[1] != NULL)
        element->key_end = rules_data(keys[1]);
    if (sides[1] == NULL)
        return element;
    g_auto(GStrv) parts = g_strsplit(sides[1], ":", 2);
    if (rules_verdict(parts[0], &element->verdict))
        element->chain = g_strdup(parts[1]);
    else
        element->data = rules_data(sides[1]);
    return element;
}

static inline void rules_set(NftTable *table, char **words)
{
    NftSet *set = nft_set_new(words[1]);
    set->key_length = sketch_number(words[2]);
    for (char **word = words + 3; *word != NULL; word++) {
        if (g_str_equal(*word, "fields")) {
            g_auto(GStrv) lengths = g_strsplit(*++word, ",", -1);
            for (char **length = lengths; *length != NULL; length++) {
                guint32 number = sketch_number(*length);
                g_array_append_val(set->fields, number);
            }
        } else if (g_str_equal(*word, "data")) {
            set->data_length = sketch_number(*++word);
        } else {
            g_ptr_array_add(set->elements, rules_element(*word));
        }
    }
    nft_set_finish(set);
    nft_table_add_set(table, set);
}

static inline NftTable *rules_table(Ruleset *ruleset, char **words)
{
    NftFamily family = NFT_FAMILY_INET;
    for (guint each = 0; each < 16; each++) {
        if (g_strcmp0(nft_family_word(each), words[1]) == 0)
            family = each;
    }
    NftTable *table = nft_table_new(family, words[2]);
    table->handle = ruleset->tables->len + 1;
    for (char **word = words + 3; *word != NULL; word++) {
        if (g_str_equal(*word, "dormant"))
            table->flags |= NFT_TABLE_F_DORMANT;
        else if (g_str_equal(*word, "handle"))
            table->handle = sketch_number(*++word);
        else
            sketch_unknown(*word);
    }
    return ruleset_add_table(ruleset, table);
}

/* ---- the whole ---- */

/* The ruleset that TEXT says (transfer full). */
static inline Ruleset *rules_parse(const char *text)
{
    Ruleset *ruleset = ruleset_new();
    NftTable *table = NULL;
    NftChain *chain = NULL;
    guint64 handle = 0;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) words = g_strsplit(g_strstrip(*line), " ", -1);
        if (words[0] == NULL || *words[0] == '\0')
            continue;
        if (g_str_equal(words[0], "table")) {
            table = rules_table(ruleset, words);
        } else if (g_str_equal(words[0], "chain")) {
            chain = rules_chain(table, words);
        } else if (g_str_equal(words[0], "set")) {
            rules_set(table, words);
        } else {
            NftRule *rule = nft_rule_new(++handle);
            rules_add_words(rule, words);
            g_ptr_array_add(chain->rules, rule);
        }
    }
    return ruleset;
}
