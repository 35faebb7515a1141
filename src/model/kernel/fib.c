/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The expression "fib" and the match "addrtype": see fib.h. */
#include "model/kernel/fib.h"

#include "model/foreach.h"
#include "model/kernel/reverse-path.h"

#include <linux/if.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <string.h>

static const Link *link_at(const Machine *machine, const Packet *packet, gsize offset)
{
    guint32 index;
    memcpy(&index, packet->value + offset, sizeof index);
    return snapshot_link_by_index(machine->snapshot, (int)index);
}

/* Of IPv6 the type comes from a look-up in all tables, which may refuse (nft_fib6_eval_type()); the
 * lowest address of a network is its routers' anycast address. */
static guint with_refusals(const Machine *machine, const IpPrefix *prefix, guint types)
{
    enum { REFUSALS = 1 << RTN_UNREACHABLE | 1 << RTN_PROHIBIT | 1 << RTN_BLACKHOLE };
    const RoutingQuestion question = {.destination = *prefix};
    if ((types & 1 << RTN_UNICAST) == 0)
        return types;
    if (routing_of(machine->snapshot, &question).kind != ROUTING_FORWARD)
        types |= REFUSALS;
    for (guint i = 8; i < 16; i++) {
        if (prefix->address.bytes[i] != 0)
            return types;
    }
    return types | 1 << RTN_ANYCAST;
}

/* 0: nothing can be said. */
static guint types_at(const Machine *machine, const Packet *packet, gsize offset, int limit)
{
    IpPrefix prefix;
    bool is_source = offset == packet_source_offset(packet);
    if (!(is_source ? packet_source : packet_destination)(packet, &prefix))
        return 0;
    if (is_source && packet->source_typical && !packet->translated_source &&
        prefix.length < ip_address_bits(prefix.address.family))
        return 1 << RTN_UNICAST;
    const Link *on = limit >= 0 ? link_at(machine, packet, (gsize)limit) : NULL;
    if (limit >= 0 && on == NULL)
        return 0;
    guint types = address_types(machine->snapshot, &prefix, on);
    return packet->family == FAMILY_IPV6 ? with_refusals(machine, &prefix, types) : types;
}

Match fib_has_type(const Machine *machine, const Packet *packet, gsize offset, int limit,
                   guint types)
{
    guint possible = types_at(machine, packet, offset, limit);
    if (possible == 0)
        return MATCH_MAYBE;
    if ((possible & types) == 0)
        return MATCH_NO;
    return (possible & ~types) == 0 ? MATCH_YES : MATCH_MAYBE;
}

static bool load_type(const Machine *machine, const Expression *expression, const Packet *packet,
                      Registers *registers)
{
    gsize offset = (expression->flags & NFTA_FIB_F_SADDR) != 0 ? packet_source_offset(packet)
                                                               : packet_destination_offset(packet);
    int limit = (expression->flags & NFTA_FIB_F_IIF) != 0   ? PACKET_IIF
                : (expression->flags & NFTA_FIB_F_OIF) != 0 ? PACKET_OIF
                                                            : -1;
    guint types = types_at(machine, packet, offset, limit);
    for (guint32 type = RTN_UNICAST; type < __RTN_MAX; type++) {
        if (types == 1u << type)
            return registers_set(registers, expression->destination, &type, sizeof type);
    }
    return registers_forget(registers, expression->destination, 4);
}

/* Whether the way back to the source leaves by the link it came in by: what was asked of the kernel,
 * else what the snapshot's routes say. */
static ReversePath reverse_path_asked(const Machine *machine, const Expression *expression,
                                      const Packet *packet)
{
    if (machine->flow->reverse_path != REVERSE_PATH_UNKNOWN && !packet->translated_source)
        return machine->flow->reverse_path;
    IpPrefix source;
    IpPrefix destination;
    const Link *in = link_at(machine, packet, PACKET_IIF);
    if (!packet_source(packet, &source) || in == NULL)
        return REVERSE_PATH_UNKNOWN;
    RoutingQuestion question = {.source = &source, .in = in};
    if (packet_destination(packet, &destination))
        question.destination = destination;
    else
        question.any_source = true;
    if ((expression->flags & NFTA_FIB_F_MARK) != 0) {
        if (!bits_all_known(packet_const_field(packet, PACKET_MARK), sizeof question.mark))
            return REVERSE_PATH_UNKNOWN;
        memcpy(&question.mark, packet->value + PACKET_MARK, sizeof question.mark);
    }
    return reverse_path_of(machine->snapshot, &question);
}

/* Loads an index, a name, or (NFTA_FIB_F_PRESENT) whether there is one; zero where there is none. */
static bool load_link(const Expression *expression, const Link *link, Registers *registers)
{
    char name[IFNAMSIZ] = "";
    guint32 index = link != NULL ? (guint32)link->index : 0;
    guint8 present = link != NULL ? 1 : 0;
    if (link != NULL)
        g_strlcpy(name, link->name, sizeof name);
    if ((expression->flags & NFTA_FIB_F_PRESENT) != 0)
        return registers_set(registers, expression->destination, &present, sizeof present);
    if (expression->key == NFT_FIB_RESULT_OIF)
        return registers_set(registers, expression->destination, &index, sizeof index);
    return registers_set(registers, expression->destination, name, sizeof name);
}

static bool load_unknown_link(const Expression *expression, Registers *registers)
{
    gsize size = (expression->flags & NFTA_FIB_F_PRESENT) != 0 ? 1
                 : expression->key == NFT_FIB_RESULT_OIF       ? 4
                                                               : IFNAMSIZ;
    return registers_forget(registers, expression->destination, size);
}

/* Whether the packet's mark takes part and may lead the look-up elsewhere. */
static bool mark_matters(const Machine *machine, const Expression *expression, const Packet *packet)
{
    static const guint8 none[4];
    if ((expression->flags & NFTA_FIB_F_MARK) == 0 ||
        bits_equal(packet_const_field(packet, PACKET_MARK), none, sizeof none) == MATCH_YES)
        return false;
    PTR_ARRAY_FOREACH (const Rule, rule, machine->snapshot->rules) {
        if (rule->mark != 0 || rule->mark_mask != 0)
            return true;
    }
    return false;
}

static bool load_reverse_path(const Machine *machine, const Expression *expression,
                              const Packet *packet, Registers *registers)
{
    static const guint8 present = 1;
    const Link *in = link_at(machine, packet, PACKET_IIF);
    if ((expression->flags & NFTA_FIB_F_OIF) != 0 || mark_matters(machine, expression, packet))
        return load_unknown_link(expression, registers);
    switch (reverse_path_asked(machine, expression, packet)) {
    case REVERSE_PATH_SAME_LINK:
        return load_link(expression, in, registers);
    case REVERSE_PATH_NONE:
        return load_link(expression, NULL, registers);
    case REVERSE_PATH_OTHER_LINK:
        if ((expression->flags & NFTA_FIB_F_IIF) != 0)
            return load_link(expression, NULL, registers);
        if ((expression->flags & NFTA_FIB_F_PRESENT) != 0)
            return registers_set(registers, expression->destination, &present, sizeof present);
        break;
    case REVERSE_PATH_UNKNOWN:
        break;
    }
    return load_unknown_link(expression, registers);
}

/* The way to the destination counts only where it leaves by the link that is asked for, if one is. */
static bool load_way(const Machine *machine, const Expression *expression, const Packet *packet,
                     Registers *registers)
{
    IpPrefix destination;
    IpPrefix source;
    bool by_in = (expression->flags & NFTA_FIB_F_IIF) != 0;
    bool by_out = (expression->flags & NFTA_FIB_F_OIF) != 0;
    const Link *only = link_at(machine, packet, by_out ? PACKET_OIF : PACKET_IIF);
    if (!packet_destination(packet, &destination) || mark_matters(machine, expression, packet))
        return load_unknown_link(expression, registers);
    RoutingQuestion question = {.destination = destination, .source = &source};
    question.any_source = !packet_source(packet, &source);
    if (question.any_source)
        question.source = NULL;
    Routing routing = routing_of(machine->snapshot, &question);
    if (routing.kind == ROUTING_UNKNOWN)
        return load_unknown_link(expression, registers);
    bool found = routing.kind == ROUTING_FORWARD && ((!by_in && !by_out) || routing.out == only);
    return load_link(expression, found ? routing.out : NULL, registers);
}

bool fib_load(const Machine *machine, const Expression *expression, const Packet *packet,
              Registers *registers)
{
    if (expression->key == NFT_FIB_RESULT_ADDRTYPE)
        return load_type(machine, expression, packet, registers);
    /* What comes in by the loopback link is not looked up before it is routed (nft_fib4_eval()). */
    const Link *in = link_at(machine, packet, PACKET_IIF);
    if (machine->hook == NF_INET_PRE_ROUTING && in != NULL && link_is_loopback(in))
        return load_link(expression, in, registers);
    bool of_source = (expression->flags & NFTA_FIB_F_SADDR) != 0;
    return (of_source ? load_reverse_path : load_way)(machine, expression, packet, registers);
}
