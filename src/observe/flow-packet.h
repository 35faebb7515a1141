/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a question about a flow says of the packet itself, which is the same on any host but for its
 * services(5). Used by the resolving of a question only. */
#pragma once

#include "observe/flow-question.h"

/* Sets the protocol, ports, ICMP type, state and MAC address that QUESTION says in the flow of RESOLVED,
 * which has its family already. Returns false with NICFIX_ERROR_USAGE where they contradict each other or
 * are none. */
bool flow_packet_read(const FlowQuestion *question, ResolvedFlow *resolved,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
