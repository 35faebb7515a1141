/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The data registers of the nf_tables machine while one rule runs, and what is known of where their
 * bytes come from: so that a comparison that holds can teach what the packet must be. Used by the
 * machine only. */
#pragma once

#include "model/kernel/packet.h"
#include "model/host/ruleset.h"

typedef struct {
    guint8 value[REGISTERS_SIZE];
    guint8 known[REGISTERS_SIZE];
    gint16 origin[REGISTERS_SIZE]; /* where in the packet's memory a byte comes from, -1: nowhere */
    guint8 unchanged[REGISTERS_SIZE]; /* the bits that are as they are in the packet */
    gint number_at;                   /* a register that has any of some numbers, -1: none */
    guint32 number_first;
    guint32 number_count;
} Registers;

void registers_clear(Registers *registers);

/* All return false where LENGTH bytes from AT do not fit. */
bool registers_load(Registers *registers, gint at, const Packet *packet, gsize offset,
                    gsize length);
bool registers_set(Registers *registers, gint at, const void *data, gsize length);
bool registers_forget(Registers *registers, gint at, gsize length);
bool registers_fit(gint at, gsize length);

/* The register AT has one of COUNT numbers from FIRST on, in the machine's order. */
bool registers_set_number(Registers *registers, gint at, guint32 first, guint32 count);
void registers_forget_number(Registers *registers, gint at, gsize length);

ConstBits registers_bits(const Registers *registers, gint at);

/* What was loaded from the LENGTH bytes at OFFSET of a packet is no longer what they are: it teaches
 * nothing from now on. */
void registers_detach(Registers *registers, gsize offset, gsize length);

/* In PACKET the bytes that the registers from AT come from are as if the registers were DATA. */
void registers_teach(const Registers *registers, gint at, const guint8 *data, gsize length,
                     Packet *packet);

/* Whether the LENGTH bytes from AT are the whole source address of a packet that stands for the
 * usual host of its network, which no rule for a single host means. */
bool registers_hold_typical_host(const Registers *registers, gint at, gsize length,
                                 const Packet *packet);

/* Whether the LENGTH bytes from AT begin with the whole address that a received frame was sent to: nft
 * compares it together with the sender's, which is behind it. */
bool registers_hold_frame_destination(const Registers *registers, gint at, gsize length);
