/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP addresses and prefixes as values, and the address specifications firewalld uses for the
 * sources of zones and the two ends of rich rules. Parsing and comparing only: no look-ups. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    FAMILY_IPV4 = 4,
    FAMILY_IPV6 = 6,
} Family;

/* An address in network byte order; IPv4 uses the first four bytes and leaves the others zero. */
typedef struct {
    Family family;
    guint8 bytes[16];
} IpAddress;

/* An address and the number of its leading bits that count. Bits behind them may be set, as they
 * are in the address of an interface: comparing ignores them. */
typedef struct {
    IpAddress address;
    guint8 length;
} IpPrefix;

/* The answer of a comparison that cannot always be decided. */
typedef enum {
    MATCH_NO,
    MATCH_MAYBE,
    MATCH_YES,
} Match;

typedef enum {
    ADDRESS_SPEC_PREFIX,  /* an address, or a network in CIDR or (IPv4) netmask notation */
    ADDRESS_SPEC_MAC,     /* a MAC address */
    ADDRESS_SPEC_IPSET,   /* "ipset:NAME" */
    ADDRESS_SPEC_UNKNOWN, /* text that is none of these: nothing can be said about it */
} AddressSpecKind;

/* A source of a zone, or the source or destination of a rich rule. */
typedef struct {
    AddressSpecKind kind;
    char *text;      /* as firewalld said it */
    IpPrefix prefix; /* of ADDRESS_SPEC_PREFIX */
    char *name;      /* the set of ADDRESS_SPEC_IPSET, the lower-case MAC of ADDRESS_SPEC_MAC */
} AddressSpec;

/* Both parse TEXT into *RESULT and say whether it was one; nothing is written when it was not. */
bool ip_address_parse(const char *text, IpAddress *result);
bool ip_prefix_parse(const char *text, IpPrefix *result);

/* Return the usual text of a value (transfer full). A prefix is written "10.0.0.1/8": host bits
 * are kept. */
char *ip_address_to_string(const IpAddress *address);
char *ip_prefix_to_string(const IpPrefix *prefix);

/* GHashFunc and GEqualFunc for keys that are IpAddress. */
guint ip_address_hash(gconstpointer address);
gboolean ip_address_same(gconstpointer a, gconstpointer b);

bool ip_address_equal(const IpAddress *a, const IpAddress *b);
guint8 ip_address_bits(Family family);

/* Whether ADDRESS is of fe80::/10: each link has its own. */
bool ip_address_is_link_local(const IpAddress *address);

/* For arrays of something for each family. */
enum { N_FAMILIES = 2 };
guint family_index(Family family);

/* Whether every address of INNER lies in OUTER (YES), some do (MAYBE), or none does (NO). */
Match ip_prefix_covers(const IpPrefix *outer, const IpPrefix *inner);

/* Whether ADDRESS lies in PREFIX. */
bool ip_prefix_contains(const IpPrefix *prefix, const IpAddress *address);

/* Never fails: what is not understood becomes ADDRESS_SPEC_UNKNOWN. */
AddressSpec *address_spec_parse(const char *text);
void address_spec_free(AddressSpec *spec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AddressSpec, address_spec_free)

/* Whether TEXT is a MAC address of six colon-separated octets. */
bool mac_address_is_valid(const char *text);
