/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One letter says what an attribute holds; a string of them, by the numbers of attributes, what a nest holds.
 * The numbers are those of linux/netfilter/nf_tables.h, the sizes those that libnftnl 1.2.4 and 1.2.8 validate
 * (the functions *_cb() in src/ and src/expr/).
 *
 *     .  anything     1 2 4 8  a number of so many bytes     b  at least one byte
 *     s  text with a NUL at its end                          a capital  a nest of the table below
 *     E  an expression                                       e  one with a state
 *     h  a handle, of 8 bytes: the kernel counts them from 1 on (nf_tables_alloc_handle()), and so large that
 *        JSON cannot have it is none of its */
#include "observe/kernel/netfilter-forms.h"

#include <glib.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

enum {
    DEPTH_MAX = 16, /* the kernel puts expressions into an expression of a rule, and no deeper */
};

#define HAS(attribute) (1U << (attribute))

typedef struct {
    char letter;
    const char *forms; /* from attribute 0 on; of a list, the one of its elements */
    guint32 needed;    /* attributes that have to be there */
    guint list_max;    /* elements that a list may have; 0: it is no list */
    bool is_closed;    /* newer attributes are refused */
} Nest;

static const Nest messages[] = {
    [NETFILTER_TABLE] = {0, ".s44h..4", 0, 0, false},
    [NETFILTER_CHAIN] = {0, ".shsH44sC.44.", 0, 0, false},
    [NETFILTER_RULE] = {0, ".ssh.P8..44", HAS(NFTA_RULE_CHAIN), 0, false},
    /* libnftnl 1.3.2 reads the last two, NFTA_SET_TYPE and NFTA_SET_COUNT, as well. */
    [NETFILTER_SET] = {0, ".ss444444S484..4hELs4", 0, 0, false},
    [NETFILTER_ELEMENTS] = {0, ".ssI4", 0, 0, false},
    [NETFILTER_TRACE] = {0, ".ssh4V4bbb4242444", HAS(NFTA_TRACE_ID) | HAS(NFTA_TRACE_TYPE), 0,
                         false},
};

static const Nest nests[] = {
    {'H', ".44sN", 0, 0, false},       /* hook of a chain */
    {'N', "s", 0, G_MAXUINT, false},   /* its devices */
    {'C', ".88", 0, 0, false},         /* counters */
    {'P', ".44", 0, 0, false},         /* what a rule is compatible with */
    {'S', ".4F", 0, 0, false},         /* description of a set */
    {'F', "W", 0, 16, false},          /* its fields: libnftnl has room for NFT_REG32_COUNT */
    {'W', ".4", 0, 0, false},          /* a field */
    {'I', "M", 0, G_MAXUINT, false},   /* elements of a set */
    {'M', ".DD488.E.sDL", 0, 0, true}, /* an element: libnftnl 1.2.4 has no room for newer ones */
    {'V', ".4s4", HAS(NFTA_VERDICT_CODE), 0, false}, /* verdict */
    {'D', "..V", 0, 0, false},                       /* value or verdict */
    {'X', "", 0, 0, false},                          /* of an expression, by its name: see below */
    {'L', "E", 0, G_MAXUINT, false},                 /* expressions */
    {'T', "e", 0, G_MAXUINT, false},                 /* expressions with a state */
};

static const struct {
    const char *name;
    const char *forms;
} expressions[] = {
    {"bitwise", ".444DD4D4"}, {"byteorder", ".44444"},   {"cmp", ".44D"},
    {"connlimit", ".44"},     {"counter", ".88"},        {"ct", ".4414"},
    {"dup", ".44"},           {"dynset", ".s44448e.4T"}, {"exthdr", ".4144444"},
    {"fib", ".444"},          {"flow_offload", ".s"},    {"fwd", ".444"},
    {"hash", ".4444444"},     {"immediate", ".4D"},      {"inner", ".4444E"},
    {"last", ".48"},          {"limit", ".88444"},       {"log", ".2s4244"},
    {"lookup", ".s4444"},     {"masq", ".444"},          {"match", ".s4."},
    {"meta", ".444"},         {"nat", ".4444444"},       {"numgen", ".4444"},
    {"objref", ".4s4s4"},     {"osf", ".414"},           {"payload", ".44444444"},
    {"queue", ".2224"},       {"quota", ".84.8"},        {"range", ".44DD"},
    {"redir", ".444"},        {"reject", ".41"},         {"rt", ".44"},
    {"socket", ".444"},       {"synproxy", ".214"},      {"target", ".s4."},
    {"tproxy", ".444"},       {"tunnel", ".44"},         {"xfrm", ".4414"},
};

static bool is_text(const struct nlattr *attribute)
{
    const char *bytes = nla_data(attribute);
    return nla_len(attribute) > 0 && bytes[nla_len(attribute) - 1] == '\0';
}

static bool nest_fits(const Nest *nest, const struct nlattr *first, int size, guint depth);
static bool expression_fits(const struct nlattr *expression, guint depth);

static bool is_in(const struct nlattr *attribute, char form, guint depth)
{
    for (gsize i = 0; i < G_N_ELEMENTS(nests); i++) {
        if (nests[i].letter == form)
            return nest_fits(&nests[i], nla_data(attribute), nla_len(attribute), depth + 1);
    }
    g_assert_not_reached();
}

/* What a dynset can hold (NFT_EXPR_STATEFUL). libnftnl 1.2.4 leaks the name of its set where it does not know
 * the expression in it. */
static bool has_state(const struct nlattr *expression)
{
    static const char *const names[] = {"connlimit", "counter", "last", "limit", "quota", NULL};
    const char *name = netfilter_expression_name(expression);
    return name != NULL && g_strv_contains(names, name);
}

static bool attribute_fits(const struct nlattr *attribute, char form, guint depth)
{
    switch (form) {
    case '.':
        return true;
    case 'b':
        return nla_len(attribute) > 0;
    case 's':
        return is_text(attribute);
    case 'h':
        return nla_len(attribute) == sizeof(guint64) &&
               GUINT64_FROM_BE(nla_get_u64(attribute)) <= G_MAXINT64;
    case 'E':
        return expression_fits(attribute, depth + 1);
    case 'e':
        return has_state(attribute) && expression_fits(attribute, depth + 1);
    default:
        return g_ascii_isdigit(form) ? nla_len(attribute) == form - '0'
                                     : is_in(attribute, form, depth);
    }
}

/* A chain to go to has to be named; libnftnl reads data of which there is neither sort as the sort that it read
 * before. */
static bool verdict_fits(const struct nlattr *first, int size)
{
    struct nlattr *code = nla_find(first, size, NFTA_VERDICT_CODE);
    gint32 verdict = (gint32)GUINT32_FROM_BE(nla_get_u32(code));
    return (verdict != NFT_JUMP && verdict != NFT_GOTO) ||
           nla_find(first, size, NFTA_VERDICT_CHAIN) != NULL;
}

static bool has_all(const Nest *nest, const struct nlattr *first, int size, guint32 seen)
{
    if ((seen & nest->needed) != nest->needed)
        return false;
    if (nest->letter == 'D')
        return (seen & (HAS(NFTA_DATA_VALUE) | HAS(NFTA_DATA_VERDICT))) != 0;
    return nest->letter != 'V' || verdict_fits(first, size);
}

static bool nest_fits(const Nest *nest, const struct nlattr *first, int size, guint depth)
{
    const struct nlattr *attribute = first;
    gsize known = strlen(nest->forms);
    guint32 seen = 0;
    guint count = 0;
    /* As mnl_attr_validate() has it, a nest is empty or has room for an attribute. */
    if (depth > DEPTH_MAX || (size > 0 && size < NLA_HDRLEN))
        return false;
    for (int rest = size; nla_ok(attribute, rest); attribute = nla_next(attribute, &rest)) {
        gsize type = nest->list_max > 0 ? 0 : (gsize)nla_type(attribute);
        if (type >= known && nest->is_closed)
            return false;
        if (type >= known)
            continue;
        if (!attribute_fits(attribute, nest->forms[type], depth))
            return false;
        if (nest->list_max > 0 ? ++count > nest->list_max : (seen & HAS(type)) != 0)
            return false;
        seen |= HAS(type);
    }
    return nest->list_max > 0 || has_all(nest, first, size, seen);
}

static bool expression_fits(const struct nlattr *expression, guint depth)
{
    static const Nest whole = {0, ".sX", HAS(NFTA_EXPR_NAME), 0, false};
    if (!nest_fits(&whole, nla_data(expression), nla_len(expression), depth))
        return false;
    struct nlattr *data = nla_find(nla_data(expression), nla_len(expression), NFTA_EXPR_DATA);
    const char *name = netfilter_expression_name(expression);
    for (gsize i = 0; i < G_N_ELEMENTS(expressions) && data != NULL; i++) {
        const Nest nest = {0, expressions[i].forms, 0, 0, false};
        if (g_str_equal(expressions[i].name, name))
            return nest_fits(&nest, nla_data(data), nla_len(data), depth);
    }
    return true;
}

const char *netfilter_expression_name(const struct nlattr *expression)
{
    struct nlattr *name = nla_find(nla_data(expression), nla_len(expression), NFTA_EXPR_NAME);
    return name != NULL && is_text(name) ? nla_data(name) : NULL;
}

bool netfilter_expression_fits(const struct nlattr *expression)
{
    return expression_fits(expression, 0);
}

/* libmnl reads on to the next multiple of 4, where the kernel's messages end (nla_reserve()). */
bool netfilter_message_fits(const struct nlmsghdr *message, NetfilterMessage kind)
{
    const int header = sizeof(struct nfgenmsg);
    return nlmsg_valid_hdr(message, header) && message->nlmsg_len % NLMSG_ALIGNTO == 0 &&
           nest_fits(&messages[kind], nlmsg_attrdata(message, header),
                     nlmsg_attrlen(message, header), 0);
}

bool netfilter_rule_fits(const struct nlmsghdr *message)
{
    const int header = sizeof(struct nfgenmsg);
    if (!netfilter_message_fits(message, NETFILTER_RULE))
        return false;
    struct nlattr *list =
        nlmsg_find_attr((struct nlmsghdr *)message, header, NFTA_RULE_EXPRESSIONS);
    const Nest nest = {0, "E", 0, G_MAXUINT, false};
    return list == NULL || nest_fits(&nest, nla_data(list), nla_len(list), 0);
}
