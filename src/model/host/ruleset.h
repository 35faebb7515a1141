/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's nf_tables rules as one plain value: tables, chains, rules, their expressions, sets.
 * It holds what was read and judges nothing; the machine (machine.h) evaluates it.
 *
 * Numbers keep the kernel's meaning (linux/netfilter/nf_tables.h), except registers: those are byte
 * offsets into the 64 bytes of data registers, because the old names (NFT_REG_1 to 4, 16 bytes each)
 * and the new ones (NFT_REG32_00 to 15, 4 bytes each) are two names of the same memory. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* All data registers, in bytes: NFT_REG32_COUNT registers of 4. */
#define REGISTERS_SIZE 64

/* A register that an expression does not use. */
#define REGISTER_NONE (-1)

/* NFPROTO_*, the families of tables. */
typedef enum {
    NFT_FAMILY_INET = 1,
    NFT_FAMILY_IPV4 = 2,
    NFT_FAMILY_ARP = 3,
    NFT_FAMILY_NETDEV = 5,
    NFT_FAMILY_BRIDGE = 7,
    NFT_FAMILY_IPV6 = 10,
} NftFamily;

/* What an expression is; the comment lists the fields of Expression it uses. */
typedef enum {
    EXPRESSION_UNKNOWN,     /* name: the kernel's; what it does is not modelled */
    EXPRESSION_PAYLOAD,     /* destination, key (NFT_PAYLOAD_*), offset, length */
    EXPRESSION_PAYLOAD_SET, /* source, key, offset, length */
    EXPRESSION_META,        /* destination, key (NFT_META_*) */
    EXPRESSION_META_SET,    /* source, key */
    EXPRESSION_CT,          /* destination, key (NFT_CT_*), direction (-1: none) */
    EXPRESSION_CT_SET,      /* source, key */
    EXPRESSION_CMP,         /* source, operation (NFT_CMP_*), data */
    EXPRESSION_RANGE,       /* source, operation (NFT_RANGE_*), data, data_end */
    EXPRESSION_BITWISE,     /* source, destination, length, operation (NFT_BITWISE_*), data (mask or
                                shift), data_end (xor) */
    EXPRESSION_BYTEORDER,   /* source, destination, length, size */
    EXPRESSION_IMMEDIATE,   /* destination, data */
    EXPRESSION_VERDICT,     /* verdict, name (the chain of a jump or goto) */
    EXPRESSION_LOOKUP,      /* source, destination (REGISTER_NONE: membership only; also where the
                                map's data is a verdict), name (the set), flags (NFT_LOOKUP_F_INV),
                                verdict_map */
    EXPRESSION_FIB,         /* destination, key (NFT_FIB_RESULT_*), flags (NFTA_FIB_F_*) */
    EXPRESSION_RT,          /* destination, key */
    EXPRESSION_SOCKET,      /* destination, key */
    EXPRESSION_EXTHDR,      /* destination, key (header), offset, length, flags, operation */
    EXPRESSION_NUMGEN,      /* destination, modulus, offset */
    EXPRESSION_HASH,        /* destination, modulus, offset */
    EXPRESSION_REJECT,      /* key (NFT_REJECT_*), operation (the ICMP code) */
    EXPRESSION_NAT,         /* key (NFT_NAT_SNAT, _DNAT), family, source (address), source_end,
                                port, port_end, flags */
    EXPRESSION_MASQUERADE,  /* port, port_end, flags */
    EXPRESSION_REDIRECT,    /* port, port_end, flags */
    EXPRESSION_TPROXY,      /* family, source (address), port */
    EXPRESSION_NOTRACK,     /* - */
    EXPRESSION_LIMIT,       /* flags (NFT_LIMIT_F_INV) */
    EXPRESSION_QUOTA,       /* flags */
    EXPRESSION_CONNLIMIT,   /* flags */
    EXPRESSION_DYNSET,      /* name (the set), conditional: whether its own expressions may stop
                                the rule */
    EXPRESSION_QUEUE,       /* operation (number) */
    EXPRESSION_DUP,         /* - */
    EXPRESSION_FWD,         /* source (interface index) */
    EXPRESSION_SYNPROXY,    /* - */
    EXPRESSION_FLOW_OFFLOAD, /* name (the flowtable) */
    EXPRESSION_NEUTRAL,      /* name: counts, logs or notes something, and changes no packet's fate:
                                counter, log, last, objref of a counter */
    EXPRESSION_MATCH,        /* name, revision, data: a match of xtables, with its uapi struct */
    EXPRESSION_TARGET,       /* name, revision, data: a target of xtables */
} ExpressionKind;

typedef struct {
    ExpressionKind kind;
    char *name; /* NULL: none */
    int destination;
    int source;
    int source_end;
    int port;
    int port_end;
    guint32 key;
    guint32 operation;
    guint32 offset;
    guint32 length;
    guint32 size;
    guint32 flags;
    guint32 modulus;
    guint32 revision;
    guint32 family;
    int direction;
    gint32
        verdict; /* NF_ACCEPT, NF_DROP, NFT_CONTINUE, NFT_BREAK, NFT_JUMP, NFT_GOTO, NFT_RETURN */
    bool verdict_map;
    bool conditional;
    GBytes *data; /* NULL: none */
    GBytes *data_end;
} Expression;

typedef struct {
    guint64 handle;
    char *comment;          /* NULL: none */
    GPtrArray *expressions; /* Expression */
} NftRule;

typedef struct {
    char *name;
    guint64 handle;
    bool is_base;
    char *type;       /* "filter", "nat" or "route" of a base chain, else NULL */
    guint32 hook;     /* NF_INET_*, or NF_NETDEV_* of family netdev; of a base chain */
    int priority;     /* of a base chain */
    bool policy_drop; /* of a base chain */
    char **devices;   /* interfaces of an ingress or egress chain; empty, never NULL */
    GPtrArray *rules; /* NftRule */
} NftChain;

typedef struct {
    GBytes *key;     /* NULL: the catch-all element */
    GBytes *key_end; /* NULL: a single key, else the last key of an interval (each field of a
                        concatenation has its own bounds) */
    GBytes *data;    /* of a map, else NULL */
    int verdict;     /* of a verdict map */
    char *chain;     /* of a verdict map, for a jump or goto; else NULL */
} NftElement;

typedef struct {
    char *name;
    guint64 handle;
    guint32 flags;       /* NFT_SET_* */
    guint32 key_length;  /* bytes */
    guint32 data_length; /* bytes, 0 where it is no map of data */
    GArray
        *fields; /* guint32: lengths in bytes of a concatenation's fields, unpadded; empty: none */
    GPtrArray *elements; /* NftElement, in the order of their keys where they are intervals */
    GHashTable *index;   /* GBytes key to NftElement: the single keys */
} NftSet;

typedef struct {
    NftFamily family;
    char *name;
    guint64 handle;
    guint32 flags;          /* NFT_TABLE_F_* */
    GPtrArray *chains;      /* NftChain */
    GPtrArray *base_chains; /* NftChain: those of CHAINS that hooks call */
    GPtrArray *sets;        /* NftSet */
    GHashTable *chains_by_name;
    GHashTable *sets_by_name;
} NftTable;

typedef struct {
    GPtrArray *tables;  /* NftTable */
    guint32 generation; /* the kernel's number for this state of all tables; 0: not known */
} Ruleset;

/* A ruleset is counted: snapshots share one, which no longer changes then. */
Ruleset *ruleset_new(void);
Ruleset *ruleset_ref(Ruleset *ruleset);
void ruleset_unref(Ruleset *ruleset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ruleset, ruleset_unref)

/* All take what they add (transfer full); a second of the same name replaces nothing: it is freed,
 * and the first one is returned (transfer none). */
NftTable *ruleset_add_table(Ruleset *ruleset, NftTable *table);
NftChain *nft_table_add_chain(NftTable *table, NftChain *chain);
NftSet *nft_table_add_set(NftTable *table, NftSet *set);

/* Forgets all of them. */
void nft_table_remove_chains(NftTable *table);
void nft_table_remove_sets(NftTable *table);

/* NULL where there is none (transfer none). */
NftTable *ruleset_table(const Ruleset *ruleset, NftFamily family, const char *name);
NftChain *nft_table_chain(const NftTable *table, const char *name);
NftSet *nft_table_set(const NftTable *table, const char *name);

/* To be called when all elements of SET are there: sorts intervals and indexes single keys. */
void nft_set_finish(NftSet *set);

/* Tables, rules and sets are counted, so that rulesets can share them: g_rc_box_acquire() takes another
 * reference. */
NftTable *nft_table_new(NftFamily family, const char *name);
void nft_table_unref(NftTable *table);
NftChain *nft_chain_new(const char *name);
void nft_chain_free(NftChain *chain);
NftRule *nft_rule_new(guint64 handle);
void nft_rule_unref(NftRule *rule);
NftSet *nft_set_new(const char *name);
void nft_set_unref(NftSet *set);
NftElement *nft_element_new(void);
void nft_element_free(NftElement *element);
Expression *expression_new(ExpressionKind kind);
void expression_free(Expression *expression);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NftTable, nft_table_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NftChain, nft_chain_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NftRule, nft_rule_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NftSet, nft_set_unref)

/* "ip", "ip6", "inet", "netdev", "bridge", "arp", as nft writes them; NULL for another number. */
const char *nft_family_word(NftFamily family);
