/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rules ask the routing tables: the type of an address, and whether and by which link a packet's
 * addresses are routed. Used by the machine only. */
#pragma once

#include "model/kernel/machine.h"
#include "model/kernel/registers.h"

/* Evaluates the expression "fib"; false where its register does not exist. */
bool fib_load(const Machine *machine, const Expression *expression, const Packet *packet,
              Registers *registers);

/* Whether the address at OFFSET of PACKET's memory has one of TYPES (1 << RTN_*). LIMIT is PACKET_IIF
 * or PACKET_OIF where only the addresses of that link count as local, else -1. */
Match fib_has_type(const Machine *machine, const Packet *packet, gsize offset, int limit,
                   guint types);
