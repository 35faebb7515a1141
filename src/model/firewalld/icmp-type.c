/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ICMP types, as firewalld's nftables backend writes them: up to 2.3.1 by ICMP_TYPES_FRAGMENTS in
 * firewall/core/nftables.py, which grew multicast types in 2.1, and since 2.3.2 by the numbers of
 * firewall/core/icmp.py, of which some are others. */
#include "model/firewalld/icmp-type.h"

enum { NONE = -2, ALL = -1 };

typedef struct {
    const char *name;
    IcmpType ipv4;
    IcmpType ipv6;
} NamedType;

static const NamedType icmp_types[] = {
    {"address-unreachable", {NONE, NONE}, {1, 3}},
    {"bad-header", {NONE, NONE}, {4, 0}},
    {"beyond-scope", {NONE, NONE}, {1, 2}},
    {"communication-prohibited", {3, 13}, {1, 1}},
    {"destination-unreachable", {3, ALL}, {1, ALL}},
    {"echo-reply", {0, ALL}, {129, ALL}},
    {"echo-request", {8, ALL}, {128, ALL}},
    {"failed-policy", {NONE, NONE}, {1, 5}},
    {"fragmentation-needed", {3, 4}, {NONE, NONE}},
    {"host-precedence-violation", {3, 14}, {NONE, NONE}},
    {"host-prohibited", {3, 10}, {NONE, NONE}},
    {"host-redirect", {5, 1}, {NONE, NONE}},
    {"host-unknown", {3, 7}, {NONE, NONE}},
    {"host-unreachable", {3, 1}, {NONE, NONE}},
    {"ip-header-bad", {12, 1}, {NONE, NONE}},
    {"neighbour-advertisement", {NONE, NONE}, {136, ALL}},
    {"neighbour-solicitation", {NONE, NONE}, {135, ALL}},
    {"network-prohibited", {3, 8}, {NONE, NONE}},
    {"network-redirect", {5, 0}, {NONE, NONE}},
    {"network-unknown", {3, 6}, {NONE, NONE}},
    {"network-unreachable", {3, 0}, {NONE, NONE}},
    {"no-route", {NONE, NONE}, {1, 0}},
    {"packet-too-big", {NONE, NONE}, {2, ALL}},
    {"parameter-problem", {12, ALL}, {4, ALL}},
    {"port-unreachable", {3, 3}, {1, 4}},
    {"precedence-cutoff", {3, 15}, {NONE, NONE}},
    {"protocol-unreachable", {3, 2}, {NONE, NONE}},
    {"redirect", {5, ALL}, {137, ALL}},
    {"reject-route", {NONE, NONE}, {1, 6}},
    {"required-option-missing", {12, 1}, {NONE, NONE}},
    {"router-advertisement", {9, ALL}, {134, ALL}},
    {"router-solicitation", {10, ALL}, {133, ALL}},
    {"source-quench", {4, ALL}, {NONE, NONE}},
    {"source-route-failed", {3, 5}, {NONE, NONE}},
    {"time-exceeded", {11, ALL}, {3, ALL}},
    {"timestamp-reply", {14, ALL}, {NONE, NONE}},
    {"timestamp-request", {13, ALL}, {NONE, NONE}},
    {"tos-host-redirect", {5, 3}, {NONE, NONE}},
    {"tos-host-unreachable", {3, 12}, {NONE, NONE}},
    {"tos-network-redirect", {5, 2}, {NONE, NONE}},
    {"tos-network-unreachable", {3, 11}, {NONE, NONE}},
    {"ttl-zero-during-reassembly", {11, 1}, {3, 1}},
    {"ttl-zero-during-transit", {11, 0}, {3, 0}},
    {"unknown-header-type", {NONE, NONE}, {4, 1}},
    {"unknown-option", {NONE, NONE}, {4, 2}},
};

static const NamedType multicast_types[] = {
    {"mld-listener-done", {NONE, NONE}, {132, ALL}},
    {"mld-listener-query", {NONE, NONE}, {130, ALL}},
    {"mld-listener-report", {NONE, NONE}, {131, ALL}},
    {"mld2-listener-report", {NONE, NONE}, {143, ALL}},
};

/* Those that are new in 2.3.2, or others than before. */
static const NamedType numbered_types[] = {
    {"TOS-host-redirect", {5, 3}, {NONE, NONE}},
    {"TOS-host-unreachable", {3, 12}, {NONE, NONE}},
    {"TOS-network-redirect", {5, 2}, {NONE, NONE}},
    {"TOS-network-unreachable", {3, 11}, {NONE, NONE}},
    {"address-mask-reply", {18, 0}, {NONE, NONE}},
    {"address-mask-request", {17, 0}, {NONE, NONE}},
    {"ip-header-bad", {12, 0}, {NONE, NONE}},
    {"neigbour-advertisement", {NONE, NONE}, {136, 0}},
    {"neigbour-solicitation", {NONE, NONE}, {135, 0}},
    {"neighbour-advertisement", {NONE, NONE}, {136, 0}},
    {"neighbour-solicitation", {NONE, NONE}, {135, 0}},
    {"network-prohibited", {3, 9}, {NONE, NONE}},
    {"ping", {8, ALL}, {128, ALL}},
    {"pong", {0, ALL}, {129, ALL}},
    {"redirect", {5, ALL}, {137, 0}},
    {"router-advertisement", {9, ALL}, {134, 0}},
    {"router-solicitation", {10, ALL}, {133, 0}},
    {"tos-host-redirect", {5, 1}, {NONE, NONE}},
    {"tos-host-unreachable", {3, 1}, {NONE, NONE}},
    {"tos-network-unreachable", {3, 0}, {NONE, NONE}},
};

static const NamedType *find_in(const NamedType *types, gsize count, const char *name)
{
    for (gsize i = 0; i < count; i++) {
        if (g_str_equal(types[i].name, name))
            return &types[i];
    }
    return NULL;
}

static const NamedType *find_named(const Firewalld *firewalld, const char *name)
{
    const NamedType *found = NULL;
    if (release_has(firewalld, RELEASE_NUMBERS_ICMP))
        found = find_in(numbered_types, G_N_ELEMENTS(numbered_types), name);
    if (found == NULL && release_has(firewalld, RELEASE_MLD_TYPES))
        found = find_in(multicast_types, G_N_ELEMENTS(multicast_types), name);
    return found != NULL ? found : find_in(icmp_types, G_N_ELEMENTS(icmp_types), name);
}

IcmpTypeResult icmp_type_find(const Firewalld *firewalld, const char *name, Family family,
                              IcmpType *type)
{
    const NamedType *named = find_named(firewalld, name);
    if (named == NULL)
        return ICMP_TYPE_UNKNOWN;
    const IcmpType *found = family == FAMILY_IPV4 ? &named->ipv4 : &named->ipv6;
    if (found->type == NONE)
        return ICMP_TYPE_OF_OTHER_FAMILY;
    *type = *found;
    return ICMP_TYPE_FOUND;
}
