/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The targets of xtables that real rulesets use, a table row each: what they do to a packet. The structs are the
 * kernel's own (linux/netfilter/xt_*.h, linux/netfilter_ipv4/); one that is shorter than it must be
 * is answered as one that is not modelled. */
#include "model/kernel/xtables.h"

#include "model/kernel/translation.h"
#include "model/kernel/xtables-extension.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_mark.h>
#include <string.h>

static Step accept_translated(void)
{
    return (Step){.kind = STEP_VERDICT, .verdict = NF_ACCEPT};
}

static Step not_modelled(const Extension *extension)
{
    const char *name = extension->expression->name;
    return (Step){.kind = STEP_HANDED, .obstacle = name != NULL ? name : OBSTACLE_UNKNOWN};
}

static Step target_next(const Extension *extension, Packet *packet)
{
    (void)extension;
    (void)packet;
    return (Step){.kind = STEP_NEXT};
}

static Step target_reject(const Extension *extension, Packet *packet)
{
    (void)extension;
    (void)packet;
    return (Step){.kind = STEP_REFUSE};
}

/* mark = (mark & ~mask) ^ value */
static Step target_mark(const Extension *extension, Packet *packet)
{
    struct xt_mark_tginfo2 info;
    memcpy(&info, extension->data, sizeof info);
    for (gsize i = 0; i < 4; i++) {
        guint8 mask = ((const guint8 *)&info.mask)[i];
        guint8 value = ((const guint8 *)&info.mark)[i];
        packet->known[PACKET_MARK + i] |= mask;
        packet->value[PACKET_MARK + i] =
            (guint8)((packet->value[PACKET_MARK + i] & ~mask) ^ value) &
            packet->known[PACKET_MARK + i];
    }
    return (Step){.kind = STEP_NEXT};
}

/* TO = (TO & ~CLEARED) ^ (FROM & MASK), of 4 bytes each. */
static void mix_marks(Bits to, ConstBits from, guint32 cleared, guint32 mask)
{
    for (gsize i = 0; i < 4; i++) {
        guint8 clear = ((const guint8 *)&cleared)[i];
        guint8 take = ((const guint8 *)&mask)[i];
        guint8 known = (guint8)((to.known[i] | clear) & (from.known[i] | (guint8)~take));
        guint8 value = (guint8)((to.value[i] & (guint8)~clear) ^ (from.value[i] & take));
        to.known[i] = known;
        to.value[i] = value & known;
    }
}

/* connmark_tg_shift() of the kernel. Revision 2 can shift, too: then the result is not modelled. */
static Step target_connmark(const Extension *extension, Packet *packet)
{
    struct xt_connmark_tginfo1 info;
    struct xt_connmark_tginfo2 shifting = {0};
    memcpy(&info, extension->data, sizeof info);
    G_STATIC_ASSERT(sizeof shifting == sizeof info);
    if (extension->expression->revision >= 2) {
        memcpy(&shifting, extension->data, sizeof shifting);
        info.mode = shifting.mode;
    }
    if (info.mode > XT_CONNMARK_RESTORE)
        return not_modelled(extension);
    Bits mark = packet_field(packet, PACKET_MARK);
    Bits connmark = packet_field(packet, PACKET_CT_MARK);
    ConstBits const_mark = packet_const_field(packet, PACKET_MARK);
    ConstBits const_connmark = packet_const_field(packet, PACKET_CT_MARK);
    const guint8 *set = (const guint8 *)&info.ctmark;
    static const guint8 known[4] = {0xff, 0xff, 0xff, 0xff};
    if (packet->tracking != TRACKING_DONE)
        return (Step){.kind = STEP_NEXT};
    if (info.mode == XT_CONNMARK_SET)
        mix_marks(connmark, (ConstBits){set, known}, info.ctmask, G_MAXUINT32);
    else if (info.mode == XT_CONNMARK_SAVE)
        mix_marks(connmark, const_mark, info.ctmask, info.nfmask);
    else
        mix_marks(mark, const_connmark, info.nfmask, info.ctmask);
    if (shifting.shift_bits != 0)
        bits_forget(info.mode == XT_CONNMARK_RESTORE ? mark : connmark, 4);
    return (Step){.kind = STEP_NEXT};
}

/* struct xt_ct_target_info and its revisions begin with the flags. */
static Step target_ct(const Extension *extension, Packet *packet)
{
    guint16 flags;
    memcpy(&flags, extension->data, sizeof flags);
    if ((flags & XT_CT_NOTRACK) != 0 && packet->tracking == TRACKING_NOT_YET)
        packet->tracking = TRACKING_REFUSED;
    return (Step){.kind = STEP_NEXT};
}

static Step target_notrack(const Extension *extension, Packet *packet)
{
    (void)extension;
    if (packet->tracking == TRACKING_NOT_YET)
        packet->tracking = TRACKING_REFUSED;
    return (Step){.kind = STEP_NEXT};
}

static Step target_masquerade(const Extension *extension, Packet *packet)
{
    translate_to_exit(extension->machine, packet);
    return accept_translated();
}

/* Revision 0 of IPv4 carries struct nf_nat_ipv4_multi_range_compat, all else struct nf_nat_range; false
 * where it is shorter. */
static bool read_range(const Extension *extension, const Packet *packet, TranslationRange *range)
{
    if (packet->family == FAMILY_IPV4 && extension->expression->revision == 0) {
        struct nf_nat_ipv4_multi_range_compat info;
        if (extension->size < sizeof info)
            return false;
        memcpy(&info, extension->data, sizeof info);
        range->flags = info.range[0].flags;
        memcpy(range->first, &info.range[0].min_ip, 4);
        memcpy(range->last, &info.range[0].max_ip, 4);
        memcpy(range->first_port, &info.range[0].min, 2);
        memcpy(range->last_port, &info.range[0].max, 2);
    } else {
        struct nf_nat_range info;
        if (extension->size < sizeof info)
            return false;
        memcpy(&info, extension->data, sizeof info);
        range->flags = info.flags;
        memcpy(range->first, &info.min_addr, 16);
        memcpy(range->last, &info.max_addr, 16);
        memcpy(range->first_port, &info.min_proto, 2);
        memcpy(range->last_port, &info.max_proto, 2);
    }
    memset(range->known, 0xff, sizeof range->known);
    memset(range->port_known, 0xff, sizeof range->port_known);
    return true;
}

static Step translate_side(const Extension *extension, Packet *packet, bool of_source, guint flags)
{
    TranslationRange range = {.of_source = of_source};
    if (!read_range(extension, packet, &range))
        return not_modelled(extension);
    range.flags |= flags;
    translate_to_range(packet, &range);
    return accept_translated();
}

static Step target_dnat(const Extension *extension, Packet *packet)
{
    return translate_side(extension, packet, false, 0);
}

static Step target_snat(const Extension *extension, Packet *packet)
{
    return translate_side(extension, packet, true, 0);
}

static Step target_netmap(const Extension *extension, Packet *packet)
{
    bool of_source = extension->machine->hook == NF_INET_POST_ROUTING ||
                     extension->machine->hook == NF_INET_LOCAL_IN;
    return translate_side(extension, packet, of_source, NF_NAT_RANGE_NETMAP);
}

static Step target_redirect(const Extension *extension, Packet *packet)
{
    TranslationRange range = {0};
    if (!read_range(extension, packet, &range))
        return not_modelled(extension);
    bool with_port = (range.flags & NF_NAT_RANGE_PROTO_SPECIFIED) != 0;
    translate_to_this_host(extension->machine, packet,
                           (ConstBits){range.first_port, range.port_known}, with_port);
    return accept_translated();
}

static const struct {
    const char *name;
    gsize size;
    Step (*run)(const Extension *extension, Packet *packet);
} targets[] = {
    {"REJECT", 0, target_reject},
    {"MARK", sizeof(struct xt_mark_tginfo2), target_mark},
    {"CONNMARK", sizeof(struct xt_connmark_tginfo1), target_connmark},
    {"CT", sizeof(guint16), target_ct},
    {"NOTRACK", 0, target_notrack},
    {"MASQUERADE", 0, target_masquerade},
    {"DNAT", 0, target_dnat},
    {"SNAT", 0, target_snat},
    {"NETMAP", 0, target_netmap},
    {"REDIRECT", 0, target_redirect},
    {"LOG", 0, target_next},
    {"NFLOG", 0, target_next},
    {"AUDIT", 0, target_next},
    {"CHECKSUM", 0, target_next},
    {"CLASSIFY", 0, target_next},
    {"CONNSECMARK", 0, target_next},
    {"DSCP", 0, target_next},
    {"HL", 0, target_next},
    {"IDLETIMER", 0, target_next},
    {"RATEEST", 0, target_next},
    {"SECMARK", 0, target_next},
    {"SET", 0, target_next},
    {"TCPMSS", 0, target_next},
    {"TCPOPTSTRIP", 0, target_next},
    {"TEE", 0, target_next},
    {"TOS", 0, target_next},
    {"TRACE", 0, target_next},
    {"TTL", 0, target_next},
};

Step xtables_target(const Machine *machine, const Expression *expression, Packet *packet)
{
    Extension extension = extension_of(machine, expression);
    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        if (g_strcmp0(targets[i].name, expression->name) == 0 && extension.size >= targets[i].size)
            return targets[i].run(&extension, packet);
    }
    return not_modelled(&extension);
}
