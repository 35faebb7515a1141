/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries of an ipset, parsed once and looked up in the logarithm of their number. */
#pragma once

#include "model/host/address.h"

typedef struct AddressSet AddressSet;

/* ENTRIES as firewalld holds them: addresses, networks and MAC addresses. */
AddressSet *address_set_new(char *const *entries);
void address_set_free(AddressSet *set);

/* Whether every address of FAMILY is in SET (YES), some are (MAYBE), or none is. */
Match address_set_covers_family(const AddressSet *set, Family family);

/* Whether all, some or none of the addresses of PREFIX are in SET. With ONLY_NETWORKS what is in it of single
 * hosts counts only where it is all of PREFIX. */
Match address_set_covers(const AddressSet *set, const IpPrefix *prefix, bool only_networks);

/* MAC in any case; NULL: one that is not known. */
Match address_set_has_mac(const AddressSet *set, const char *mac);

/* Whether SET has an entry that is none of these. */
bool address_set_has_unknown(const AddressSet *set);
