/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The expressions of nf_tables, one function each, as the kernel's net/netfilter/nft_*.c do them. */
#include "model/kernel/evaluate.h"

#include "model/foreach.h"
#include "model/kernel/fib.h"
#include "model/kernel/lookup.h"
#include "model/kernel/translation.h"
#include "model/kernel/xtables.h"

#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

static const Step NEXT = {.kind = STEP_NEXT};
static const Step BREAK = {.kind = STEP_BREAK};

static Step handed_to(const char *what)
{
    return (Step){.kind = STEP_HANDED, .obstacle = what};
}

/* The rule goes on or not, and nothing more is known of the packet either way. */
static Step maybe(const Packet *packet)
{
    return (Step){.kind = STEP_MAYBE, .stays = *packet, .breaks = *packet};
}

static Step step_of(Match match, const Packet *packet)
{
    if (match == MATCH_MAYBE)
        return maybe(packet);
    return match == MATCH_YES ? NEXT : BREAK;
}

static const guint8 *bytes_of(GBytes *bytes, gsize *size)
{
    *size = 0;
    return bytes != NULL ? g_bytes_get_data(bytes, size) : NULL;
}

/* A register that does not exist: no kernel accepts such a rule. */
static Step malformed(Machine *machine)
{
    machine->broken = true;
    return handed_to(OBSTACLE_MALFORMED);
}

static Step load(Machine *machine, const Expression *expression, Registers *registers,
                 const Packet *packet, gsize offset, gsize length)
{
    return registers_load(registers, expression->destination, packet, offset, length)
               ? NEXT
               : malformed(machine);
}

/* What is there and not known: any value may be loaded. */
static Step load_unknown(Machine *machine, const Expression *expression, Registers *registers,
                         gsize length)
{
    return registers_forget(registers, expression->destination, length) ? NEXT : malformed(machine);
}

/* LENGTH, or what is left of the registers: enough for anything whose length is not known. */
static gsize as_long_as_fits(const Expression *expression, gsize length)
{
    return registers_fit(expression->destination, length) || expression->destination < 0 ||
                   expression->destination >= REGISTERS_SIZE
               ? length
               : (gsize)(REGISTERS_SIZE - expression->destination);
}

/* ---- payload ---- */

static Step evaluate_payload(Machine *machine, const Expression *expression, const Packet *packet,
                             Registers *registers)
{
    gsize start = 0;
    gsize size = 0;
    switch (expression->key) {
    case NFT_PAYLOAD_LL_HEADER:
        /* What the host itself sends has no link header yet. */
        if (machine->flow->direction == FLOW_OUTPUT)
            return BREAK;
        start = PACKET_LINK;
        size = 14;
        break;
    case NFT_PAYLOAD_NETWORK_HEADER:
        start = PACKET_NETWORK;
        size = packet->family == FAMILY_IPV6 ? 40 : 20;
        break;
    case NFT_PAYLOAD_TRANSPORT_HEADER:
        start = PACKET_TRANSPORT;
        size = 20;
        break;
    default:
        break;
    }
    if (expression->length > size || expression->offset > size - expression->length)
        return load_unknown(machine, expression, registers, expression->length);
    return load(machine, expression, registers, packet, start + expression->offset,
                expression->length);
}

/* Writes what is in a register, where there is one, to SIZE bytes of PACKET. */
static void store(Registers *registers, gint from, Packet *packet, gsize offset, gsize size)
{
    if (registers_fit(from, size))
        bits_copy(packet_field(packet, offset), registers_bits(registers, from), size);
    else
        bits_forget(packet_field(packet, offset), size);
    registers_detach(registers, offset, size);
}

static bool overlaps(gsize a, gsize a_size, gsize b, gsize b_size)
{
    return a < b + b_size && b < a + a_size;
}

/* A rule that rewrites the packet itself; one whose addresses it rewrites is routed anew. */
static Step evaluate_payload_set(const Expression *expression, Packet *packet, Registers *registers)
{
    gsize start = expression->key == NFT_PAYLOAD_NETWORK_HEADER     ? PACKET_NETWORK
                  : expression->key == NFT_PAYLOAD_TRANSPORT_HEADER ? PACKET_TRANSPORT
                                                                    : PACKET_LINK;
    gsize size = start == PACKET_NETWORK ? 40 : start == PACKET_LINK ? 14 : 20;
    gsize from = start + MIN(expression->offset, size);
    gsize length = MIN(expression->length, start + size - from);
    gsize address = packet->family == FAMILY_IPV6 ? 16 : 4;
    store(registers, expression->source, packet, from, length);
    if (overlaps(from, length, packet_destination_offset(packet), address) ||
        overlaps(from, length, packet_source_offset(packet), address))
        packet->rerouted = true;
    return NEXT;
}

/* ---- meta ---- */

static Step evaluate_meta(Machine *machine, const Expression *expression, const Packet *packet,
                          Registers *registers)
{
    static const struct {
        guint32 key;
        gsize offset;
        gsize length;
    } fields[] = {
        {NFT_META_PROTOCOL, PACKET_PROTOCOL, 2}, {NFT_META_MARK, PACKET_MARK, 4},
        {NFT_META_IIF, PACKET_IIF, 4},           {NFT_META_OIF, PACKET_OIF, 4},
        {NFT_META_IIFNAME, PACKET_IIFNAME, 16},  {NFT_META_OIFNAME, PACKET_OIFNAME, 16},
        {NFT_META_IIFTYPE, PACKET_IIFTYPE, 2},   {NFT_META_OIFTYPE, PACKET_OIFTYPE, 2},
        {NFT_META_NFPROTO, PACKET_NFPROTO, 1},   {NFT_META_PKTTYPE, PACKET_PKTTYPE, 1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (fields[i].key == expression->key)
            return load(machine, expression, registers, packet, fields[i].offset, fields[i].length);
    }
    switch (expression->key) {
    case NFT_META_L4PROTO:
        return load(machine, expression, registers, packet, packet_protocol_offset(packet), 1);
    case NFT_META_SKUID:
    case NFT_META_SKGID:
    case NFT_META_CGROUP:
        if (packet->has_socket == MATCH_NO)
            return BREAK;
        if (packet->has_socket == MATCH_MAYBE) {
            load_unknown(machine, expression, registers, 4);
            return maybe(packet);
        }
        return load_unknown(machine, expression, registers, 4);
    case NFT_META_NFTRACE: {
        static const guint8 off = 0;
        registers_set(registers, expression->destination, &off, 1);
        return NEXT;
    }
    case NFT_META_TIME_NS:
        return load_unknown(machine, expression, registers, 8);
    case NFT_META_LEN:
    case NFT_META_PRIORITY:
    case NFT_META_RTCLASSID:
    case NFT_META_SECMARK:
    case NFT_META_CPU:
    case NFT_META_IIFGROUP:
    case NFT_META_OIFGROUP:
    case NFT_META_PRANDOM:
    case NFT_META_TIME_DAY:
    case NFT_META_TIME_HOUR:
        return load_unknown(machine, expression, registers, 4);
    default:
        return load_unknown(machine, expression, registers, as_long_as_fits(expression, 16));
    }
}

static Step evaluate_meta_set(const Expression *expression, Packet *packet, Registers *registers)
{
    if (expression->key == NFT_META_MARK)
        store(registers, expression->source, packet, PACKET_MARK, 4);
    else if (expression->key == NFT_META_PKTTYPE)
        store(registers, expression->source, packet, PACKET_PKTTYPE, 1);
    return NEXT;
}

/* ---- ct ---- */

/* A packet that conntrack has not seen, or was told not to see, has no connection: only its state can
 * be loaded (nft_ct_get_eval()). */
static Step load_ct_state(Machine *machine, const Expression *expression, const Packet *packet,
                          Registers *registers)
{
    static const guint32 invalid = 1;
    static const guint32 untracked = 64;
    switch (packet->tracking) {
    case TRACKING_DONE:
        return load(machine, expression, registers, packet, PACKET_CT_STATE, 4);
    case TRACKING_NOT_YET:
        registers_set(registers, expression->destination, &invalid, 4);
        break;
    case TRACKING_REFUSED:
        registers_set(registers, expression->destination, &untracked, 4);
        break;
    }
    return NEXT;
}

static Step evaluate_ct(Machine *machine, const Expression *expression, const Packet *packet,
                        Registers *registers)
{
    gsize size = packet->family == FAMILY_IPV6 ? 16 : 4;
    bool reply = expression->direction == 1;
    if (expression->key == NFT_CT_STATE)
        return load_ct_state(machine, expression, packet, registers);
    if (packet->tracking != TRACKING_DONE)
        return BREAK;
    switch (expression->key) {
    case NFT_CT_STATUS:
        return load(machine, expression, registers, packet, PACKET_CT_STATUS, 4);
    case NFT_CT_MARK:
        return load(machine, expression, registers, packet, PACKET_CT_MARK, 4);
    case NFT_CT_DIRECTION:
        return load(machine, expression, registers, packet, PACKET_CT_DIRECTION, 1);
    case NFT_CT_L3PROTOCOL:
        return load(machine, expression, registers, packet, PACKET_NFPROTO, 1);
    case NFT_CT_PROTOCOL:
        return load(machine, expression, registers, packet, PACKET_CT_PROTOCOL, 1);
    case NFT_CT_SRC:
    case NFT_CT_SRC_IP:
    case NFT_CT_SRC_IP6:
        return reply ? load_unknown(machine, expression, registers, size)
                     : load(machine, expression, registers, packet, PACKET_CT_SOURCE, size);
    case NFT_CT_DST:
    case NFT_CT_DST_IP:
    case NFT_CT_DST_IP6:
        return reply ? load_unknown(machine, expression, registers, size)
                     : load(machine, expression, registers, packet, PACKET_CT_DESTINATION, size);
    case NFT_CT_PROTO_SRC:
        return reply ? load_unknown(machine, expression, registers, 2)
                     : load(machine, expression, registers, packet, PACKET_CT_SOURCE_PORT, 2);
    case NFT_CT_PROTO_DST:
        return reply ? load_unknown(machine, expression, registers, 2)
                     : load(machine, expression, registers, packet, PACKET_CT_DESTINATION_PORT, 2);
    default:
        return load_unknown(machine, expression, registers, as_long_as_fits(expression, 16));
    }
}

static Step evaluate_ct_set(const Expression *expression, Packet *packet, Registers *registers)
{
    if (expression->key == NFT_CT_MARK && packet->tracking == TRACKING_DONE)
        store(registers, expression->source, packet, PACKET_CT_MARK, 4);
    return NEXT;
}

/* ---- comparisons ---- */

/* Both outcomes of a test for equality that may go either way; where the registers equal DATA, the
 * packet is known better. */
static Step fork_on_equality(const Registers *registers, gint at, const guint8 *data, gsize size,
                             const Packet *packet, bool stays_if_equal)
{
    Step step = maybe(packet);
    registers_teach(registers, at, data, size, stays_if_equal ? &step.stays : &step.breaks);
    return step;
}

/* A number that was drawn is in host order. */
static Match equals_drawn_number(const Registers *registers, const guint8 *data)
{
    guint32 wanted;
    memcpy(&wanted, data, sizeof wanted);
    if (wanted - registers->number_first >= registers->number_count)
        return MATCH_NO;
    return registers->number_count == 1 ? MATCH_YES : MATCH_MAYBE;
}

static bool is_mac_of_a_link(const Snapshot *snapshot, const guint8 *mac)
{
    char text[3 * ETH_ALEN];
    g_snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
               mac[4], mac[5]);
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        if (link->mac != NULL && g_ascii_strcasecmp(link->mac, text) == 0)
            return true;
    }
    return false;
}

/* Whether the LENGTH registers from AT hold the destination of a frame that is surely not DATA: this
 * host only routes and receives what was sent to one of its own links, or to a group (ip_rcv_core()
 * drops PACKET_OTHERHOST). What a bridge passes on from port to port may be anybody's. */
static bool is_sent_elsewhere(const Machine *machine, const Registers *registers, gint at,
                              const guint8 *data, gsize length)
{
    const Flow *flow = machine->flow;
    const Link *in = flow->in != NULL ? snapshot_link_by_name(machine->snapshot, flow->in) : NULL;
    if (in == NULL || in->mac == NULL)
        return false;
    bool may_switch = g_strcmp0(flow->in, flow->out) == 0 && g_strcmp0(in->kind, "bridge") == 0;
    if (may_switch || !registers_hold_frame_destination(registers, at, length) ||
        (data[0] & 1) != 0)
        return false;
    return !is_mac_of_a_link(machine->snapshot, data);
}

static Step evaluate_cmp(Machine *machine, const Expression *expression, const Packet *packet,
                         const Registers *registers)
{
    gsize size;
    const guint8 *data = bytes_of(expression->data, &size);
    gint at = expression->source;
    if (data == NULL || !registers_fit(at, size))
        return malformed(machine);
    ConstBits bits = registers_bits(registers, at);
    Match equal = bits_equal(bits, data, size);
    if (equal == MATCH_MAYBE && registers_hold_typical_host(registers, at, size, packet))
        equal = MATCH_NO;
    if (equal == MATCH_MAYBE && is_sent_elsewhere(machine, registers, at, data, size))
        equal = MATCH_NO;
    if (registers->number_at == at && size == sizeof(guint32))
        equal = equals_drawn_number(registers, data);
    switch (expression->operation) {
    case NFT_CMP_EQ:
        return equal == MATCH_MAYBE ? fork_on_equality(registers, at, data, size, packet, true)
                                    : step_of(equal, packet);
    case NFT_CMP_NEQ:
        return equal == MATCH_MAYBE ? fork_on_equality(registers, at, data, size, packet, false)
                                    : step_of(match_not(equal), packet);
    case NFT_CMP_LT:
        return step_of(match_not(bits_at_least(bits, data, size)), packet);
    case NFT_CMP_LTE:
        return step_of(bits_at_most(bits, data, size), packet);
    case NFT_CMP_GT:
        return step_of(match_not(bits_at_most(bits, data, size)), packet);
    case NFT_CMP_GTE:
        return step_of(bits_at_least(bits, data, size), packet);
    default:
        return maybe(packet);
    }
}

static Step evaluate_range(Machine *machine, const Expression *expression, const Packet *packet,
                           const Registers *registers)
{
    gsize size;
    gsize size_end;
    const guint8 *from = bytes_of(expression->data, &size);
    const guint8 *to = bytes_of(expression->data_end, &size_end);
    if (from == NULL || !registers_fit(expression->source, size) || size != size_end)
        return malformed(machine);
    Match within = bits_within(registers_bits(registers, expression->source), from, to, size);
    return step_of(expression->operation == NFT_RANGE_NEQ ? match_not(within) : within, packet);
}

/* ---- calculations ---- */

static Step evaluate_bitwise(Machine *machine, const Expression *expression, Registers *registers)
{
    gsize length = expression->length;
    gsize mask_size;
    gsize xor_size;
    const guint8 *mask = bytes_of(expression->data, &mask_size);
    const guint8 *flip = bytes_of(expression->data_end, &xor_size);
    gint from = expression->source;
    gint to = expression->destination;
    if (!registers_fit(from, length) || !registers_fit(to, length))
        return malformed(machine);
    if (expression->operation != NFT_BITWISE_BOOL) { /* a shift, or one of two registers */
        registers_forget(registers, to, length);
        return NEXT;
    }
    if (mask_size < length || xor_size < length)
        return malformed(machine);
    registers_forget_number(registers, to, length);
    for (gsize i = 0; i < length; i++) {
        gsize source = (gsize)from + i;
        gsize target = (gsize)to + i;
        guint8 known = (guint8)(registers->known[source] | ~mask[i]);
        registers->value[target] = (guint8)((registers->value[source] & mask[i]) ^ flip[i]) & known;
        registers->known[target] = known;
        registers->origin[target] = registers->origin[source];
        registers->unchanged[target] = (guint8)(registers->unchanged[source] & mask[i] & ~flip[i]);
    }
    return NEXT;
}

/* Turns the bytes of each element round, on machines whose order is not the network's. */
static Step evaluate_byteorder(Machine *machine, const Expression *expression, Registers *registers)
{
    gsize length = expression->length;
    gsize size = expression->size;
    gint from = expression->source;
    gint to = expression->destination;
    if (!registers_fit(from, length) || !registers_fit(to, length) || size == 0 ||
        length % size != 0)
        return malformed(machine);
    Registers before = *registers;
    registers_forget_number(registers, to, length);
    for (gsize i = 0; i < length; i++) {
        gsize other = G_BYTE_ORDER == G_LITTLE_ENDIAN ? i / size * size + size - 1 - i % size : i;
        gsize source = (gsize)from + other;
        gsize target = (gsize)to + i;
        registers->value[target] = before.value[source];
        registers->known[target] = before.known[source];
        registers->origin[target] = before.origin[source];
        registers->unchanged[target] = before.unchanged[source];
    }
    return NEXT;
}

static Step evaluate_immediate(Machine *machine, const Expression *expression, Registers *registers)
{
    gsize size;
    const guint8 *data = bytes_of(expression->data, &size);
    return data != NULL && registers_set(registers, expression->destination, data, size)
               ? NEXT
               : malformed(machine);
}

/* ---- sets ---- */

static Step evaluate_membership(Match found, const Expression *expression, const Packet *packet)
{
    bool inverted = (expression->flags & NFT_LOOKUP_F_INV) != 0;
    return step_of(inverted ? match_not(found) : found, packet);
}

/* Removes from CANDIDATES of SET the addresses of hosts that the frame was not sent to. */
static void leave_out_others(const Machine *machine, const Registers *registers, gint at,
                             const NftSet *set, GPtrArray *candidates)
{
    if (!registers_hold_frame_destination(registers, at, set->key_length))
        return;
    for (guint i = candidates->len; i-- > 0;) {
        const NftElement *element = g_ptr_array_index(candidates, i);
        if (element->key != NULL && element->key_end == NULL &&
            is_sent_elsewhere(machine, registers, at, g_bytes_get_data(element->key, NULL),
                              set->key_length))
            g_ptr_array_remove_index(candidates, i);
    }
}

static Step evaluate_lookup(Machine *machine, const NftTable *table, const Expression *expression,
                            const Packet *packet, Registers *registers)
{
    enum { CHOICES_MAX = 64 };
    const NftSet *set = nft_table_set(table, expression->name);
    if (set == NULL || !registers_fit(expression->source, set->key_length)) {
        machine->broken = true;
        return handed_to(OBSTACLE_NO_SET);
    }
    if (!machine_spend(machine, set_lookup_cost(set, registers, expression->source)))
        return BREAK;
    g_auto(Findings) found = set_lookup(set, registers, expression->source, packet);
    leave_out_others(machine, registers, expression->source, set, found.candidates);
    bool maps = expression->verdict_map || expression->destination != REGISTER_NONE;
    if (!maps && found.candidates->len == 1 && found.may_miss) {
        const NftElement *only = g_ptr_array_index(found.candidates, 0);
        if (only->key != NULL && only->key_end == NULL)
            return fork_on_equality(registers, expression->source,
                                    g_bytes_get_data(only->key, NULL), set->key_length, packet,
                                    (expression->flags & NFT_LOOKUP_F_INV) == 0);
    }
    if (!maps || found.candidates->len == 0)
        return evaluate_membership(found.candidates->len == 0 ? MATCH_NO
                                   : found.may_miss           ? MATCH_MAYBE
                                                              : MATCH_YES,
                                   expression, packet);
    if (found.candidates->len > CHOICES_MAX) {
        if (expression->verdict_map)
            return handed_to(OBSTACLE_LARGE_MAP);
        registers_forget(registers, expression->destination, set->data_length);
        return found.may_miss ? maybe(packet) : NEXT;
    }
    return (Step){.kind = STEP_CHOICE,
                  .elements = g_steal_pointer(&found.candidates),
                  .may_miss = found.may_miss};
}

void evaluate_found(const NftTable *table, const Expression *lookup, const NftElement *element,
                    Packet *packet, Registers *registers)
{
    const NftSet *set = nft_table_set(table, lookup->name);
    if (element->key != NULL && element->key_end == NULL)
        registers_teach(registers, lookup->source, g_bytes_get_data(element->key, NULL),
                        set->key_length, packet);
    if (lookup->verdict_map)
        return;
    registers_forget(registers, lookup->destination, set->data_length);
    gsize size;
    const guint8 *data = bytes_of(element->data, &size);
    if (data != NULL)
        registers_set(registers, lookup->destination, data, size);
}

/* A translation of one family in a table of both lets packets of the other pass by
 * (nft_nat_inet_eval()). */
static bool is_of_its_family(const NftTable *table, const Expression *expression,
                             const Packet *packet)
{
    guint32 family = packet->family == FAMILY_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
    return expression->kind != EXPRESSION_NAT || table->family != NFT_FAMILY_INET ||
           expression->family == family || expression->family == NFPROTO_INET;
}

/* ---- the whole ---- */

Step evaluate(Machine *machine, const NftTable *table, const Expression *expression, Packet *packet,
              Registers *registers)
{
    switch (expression->kind) {
    case EXPRESSION_PAYLOAD:
        return evaluate_payload(machine, expression, packet, registers);
    case EXPRESSION_PAYLOAD_SET:
        return evaluate_payload_set(expression, packet, registers);
    case EXPRESSION_META:
        return evaluate_meta(machine, expression, packet, registers);
    case EXPRESSION_META_SET:
        return evaluate_meta_set(expression, packet, registers);
    case EXPRESSION_CT:
        return evaluate_ct(machine, expression, packet, registers);
    case EXPRESSION_CT_SET:
        return evaluate_ct_set(expression, packet, registers);
    case EXPRESSION_CMP:
        return evaluate_cmp(machine, expression, packet, registers);
    case EXPRESSION_RANGE:
        return evaluate_range(machine, expression, packet, registers);
    case EXPRESSION_BITWISE:
        return evaluate_bitwise(machine, expression, registers);
    case EXPRESSION_BYTEORDER:
        return evaluate_byteorder(machine, expression, registers);
    case EXPRESSION_IMMEDIATE:
        return evaluate_immediate(machine, expression, registers);
    case EXPRESSION_VERDICT:
        return (Step){
            .kind = STEP_VERDICT, .verdict = expression->verdict, .chain = expression->name};
    case EXPRESSION_LOOKUP:
        return evaluate_lookup(machine, table, expression, packet, registers);
    case EXPRESSION_FIB:
        return fib_load(machine, expression, packet, registers) ? NEXT : malformed(machine);
    case EXPRESSION_RT:
    case EXPRESSION_EXTHDR:
    case EXPRESSION_SOCKET:
        /* Each of these stops the rule where there is nothing of the kind. */
        registers_forget(registers, expression->destination, as_long_as_fits(expression, 16));
        return maybe(packet);
    case EXPRESSION_NUMGEN:
    case EXPRESSION_HASH:
        return registers_set_number(registers, expression->destination, expression->offset,
                                    expression->modulus)
                   ? NEXT
                   : malformed(machine);
    case EXPRESSION_REJECT:
        return (Step){.kind = STEP_REFUSE};
    case EXPRESSION_NAT:
    case EXPRESSION_MASQUERADE:
    case EXPRESSION_REDIRECT:
        if (!is_of_its_family(table, expression, packet))
            return NEXT;
        translate(machine, expression, packet, registers);
        return (Step){.kind = STEP_VERDICT, .verdict = NF_ACCEPT};
    case EXPRESSION_NOTRACK:
        if (packet->tracking == TRACKING_NOT_YET)
            packet->tracking = TRACKING_REFUSED;
        return NEXT;
    case EXPRESSION_LIMIT:
    case EXPRESSION_QUOTA:
    case EXPRESSION_CONNLIMIT:
        return maybe(packet);
    case EXPRESSION_DYNSET:
        return expression->conditional ? maybe(packet) : NEXT;
    case EXPRESSION_NEUTRAL:
    case EXPRESSION_DUP:
    case EXPRESSION_FLOW_OFFLOAD:
        return NEXT;
    case EXPRESSION_QUEUE:
        return handed_to("queue");
    case EXPRESSION_TPROXY:
        return handed_to("tproxy");
    case EXPRESSION_FWD:
        return handed_to("fwd");
    case EXPRESSION_SYNPROXY:
        return handed_to("synproxy");
    case EXPRESSION_MATCH:
        return step_of(xtables_match(machine, expression, packet), packet);
    case EXPRESSION_TARGET:
        return xtables_target(machine, expression, packet);
    case EXPRESSION_UNKNOWN:
        break;
    }
    return handed_to(expression->name != NULL ? expression->name : OBSTACLE_UNKNOWN);
}
