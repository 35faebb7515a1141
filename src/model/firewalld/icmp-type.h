/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewalld's names for ICMP types (firewalld.icmptype(5)) and what they are on the wire. */
#pragma once

#include "model/host/address.h"
#include "model/host/release.h"

typedef struct {
    int type;
    int code; /* -1: every code */
} IcmpType;

typedef enum {
    ICMP_TYPE_FOUND,
    ICMP_TYPE_OF_OTHER_FAMILY, /* the name exists, but not in this family */
    ICMP_TYPE_UNKNOWN,         /* a type of the administrator's own */
} IcmpTypeResult;

/* Looks NAME up for FAMILY, as FIREWALLD's version writes it; *TYPE is written only where it is found. */
IcmpTypeResult icmp_type_find(const Firewalld *firewalld, const char *name, Family family,
                              IcmpType *type);
