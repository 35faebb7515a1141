/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers that remember where they were loaded from: see registers.h. */
#include "model/kernel/registers.h"

#include <linux/if_ether.h>
#include <string.h>

void registers_clear(Registers *registers)
{
    memset(registers->value, 0, sizeof registers->value);
    memset(registers->known, 0, sizeof registers->known);
    for (gsize i = 0; i < REGISTERS_SIZE; i++)
        registers->origin[i] = -1;
    memset(registers->unchanged, 0, sizeof registers->unchanged);
    registers->number_at = -1;
}

void registers_forget_number(Registers *registers, gint at, gsize length)
{
    if (registers->number_at >= 0 && at < registers->number_at + 4 &&
        registers->number_at < at + (gint)length)
        registers->number_at = -1;
}

bool registers_fit(gint at, gsize length)
{
    return at >= 0 && length <= REGISTERS_SIZE && (gsize)at <= REGISTERS_SIZE - length;
}

/* The kernel fills the last register it writes to with zeros (nft_reg_store8 and the like). */
static void pad(Registers *registers, gint at, gsize length)
{
    for (gsize i = (gsize)at + length; i % 4 != 0; i++) {
        registers->value[i] = 0;
        registers->known[i] = 0xff;
        registers->origin[i] = -1;
        registers->unchanged[i] = 0;
    }
}

bool registers_load(Registers *registers, gint at, const Packet *packet, gsize offset, gsize length)
{
    if (!registers_fit(at, length))
        return false;
    registers_forget_number(registers, at, length);
    memcpy(registers->value + at, packet->value + offset, length);
    memcpy(registers->known + at, packet->known + offset, length);
    for (gsize i = 0; i < length; i++)
        registers->origin[(gsize)at + i] = (gint16)(offset + i);
    memset(registers->unchanged + at, 0xff, length);
    pad(registers, at, length);
    return true;
}

bool registers_set(Registers *registers, gint at, const void *data, gsize length)
{
    if (!registers_forget(registers, at, length))
        return false;
    memcpy(registers->value + at, data, length);
    memset(registers->known + at, 0xff, length);
    pad(registers, at, length);
    return true;
}

bool registers_forget(Registers *registers, gint at, gsize length)
{
    if (!registers_fit(at, length))
        return false;
    registers_forget_number(registers, at, length);
    memset(registers->value + at, 0, length);
    memset(registers->known + at, 0, length);
    for (gsize i = 0; i < length; i++)
        registers->origin[(gsize)at + i] = -1;
    memset(registers->unchanged + at, 0, length);
    return true;
}

bool registers_set_number(Registers *registers, gint at, guint32 first, guint32 count)
{
    if (!registers_forget(registers, at, 4))
        return false;
    registers->number_at = count > 0 ? at : -1;
    registers->number_first = first;
    registers->number_count = count;
    return true;
}

void registers_detach(Registers *registers, gsize offset, gsize length)
{
    for (gsize i = 0; i < REGISTERS_SIZE; i++) {
        if (registers->origin[i] >= (gint16)offset &&
            registers->origin[i] < (gint16)(offset + length))
            registers->origin[i] = -1;
    }
}

ConstBits registers_bits(const Registers *registers, gint at)
{
    return (ConstBits){registers->value + at, registers->known + at};
}

void registers_teach(const Registers *registers, gint at, const guint8 *data, gsize length,
                     Packet *packet)
{
    for (gsize i = 0; i < length; i++) {
        gint16 origin = registers->origin[(gsize)at + i];
        guint8 bits = registers->unchanged[(gsize)at + i];
        if (origin < 0)
            continue;
        packet->value[origin] = (guint8)((packet->value[origin] & ~bits) | (data[i] & bits));
        packet->known[origin] |= bits;
    }
}

/* Whether the SIZE bytes from AT are those at OFFSET of the packet's memory, and unchanged. */
static bool hold_whole(const Registers *registers, gint at, gsize offset, gsize size)
{
    for (gsize i = 0; i < size; i++) {
        if (registers->origin[(gsize)at + i] != (gint16)(offset + i) ||
            registers->unchanged[(gsize)at + i] != 0xff)
            return false;
    }
    return true;
}

bool registers_hold_typical_host(const Registers *registers, gint at, gsize length,
                                 const Packet *packet)
{
    gsize size = packet->family == FAMILY_IPV6 ? 16 : 4;
    if (!packet->source_typical || packet->translated_source || length < size)
        return false;
    return hold_whole(registers, at, packet_source_offset(packet), size) &&
           !bits_all_known(registers_bits(registers, at), size);
}

bool registers_hold_frame_destination(const Registers *registers, gint at, gsize length)
{
    return length >= ETH_ALEN && hold_whole(registers, at, PACKET_LINK, ETH_ALEN);
}
