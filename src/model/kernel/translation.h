/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address translation: what a nat rule makes of the first packet of a connection. Used by the
 * machine only. */
#pragma once

#include "model/kernel/machine.h"
#include "model/kernel/registers.h"

/* A range of addresses and ports that a connection may be translated to, as struct nf_nat_range. */
typedef struct {
    bool of_source;
    guint32 flags;    /* NF_NAT_RANGE_* */
    guint8 first[16]; /* of NF_NAT_RANGE_MAP_IPS */
    guint8 last[16];
    guint8 known[16];     /* the bits of FIRST that are known where a register holds it */
    guint8 first_port[2]; /* of NF_NAT_RANGE_PROTO_SPECIFIED, in network order */
    guint8 last_port[2];
    guint8 port_known[2];
} TranslationRange;

/* Carries out EXPRESSION (nat, masquerade, redirect) on PACKET, unless it has been translated so. */
void translate(const Machine *machine, const Expression *expression, Packet *packet,
               const Registers *registers);
void translate_to_range(Packet *packet, const TranslationRange *range);

/* The source becomes an address of the link it leaves by; the destination one of the link it came in
 * by, or this host's own for what it sends itself. PORT is NULL where it stays. */
void translate_to_exit(const Machine *machine, Packet *packet);
void translate_to_this_host(const Machine *machine, Packet *packet, ConstBits port, bool with_port);
