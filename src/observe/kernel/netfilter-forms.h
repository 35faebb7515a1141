/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether libnftnl can take a message of nf_tables. It trusts the kernel: libnftnl 1.2.4 ends the program where
 * an attribute has another size than it expects (abi_breakage()), reads a text on to its NUL, follows a null
 * pointer where an expression has no name, and reads memory that was never written where a verdict has no
 * code. What it could not take is found here before it sees it. */
#pragma once

#include <stdbool.h>

struct nlattr;
struct nlmsghdr;

typedef enum {
    NETFILTER_TABLE,
    NETFILTER_CHAIN,
    NETFILTER_RULE, /* without its expressions: see netfilter_expression_fits() */
    NETFILTER_SET,
    NETFILTER_ELEMENTS,
    NETFILTER_TRACE,
} NetfilterMessage;

/* Whether MESSAGE has its header, and each attribute that libnftnl reads of such a message is of the size it
 * has to be, once at most, and there where it has to be. Attributes that are newer are not looked at. */
bool netfilter_message_fits(const struct nlmsghdr *message, NetfilterMessage kind);

/* The same for EXPRESSION, one element of a rule's list of them; what is in an expression of unknown name is
 * not looked at, since libnftnl does not either. */
bool netfilter_expression_fits(const struct nlattr *expression);

/* Whether MESSAGE is a rule that fits with all its expressions. */
bool netfilter_rule_fits(const struct nlmsghdr *message);

/* The name of EXPRESSION, or NULL where it has none that ends with NUL (transfer none). */
const char *netfilter_expression_name(const struct nlattr *expression);
