/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From packets to their answers: see reply.h. */
#include "model/kernel/reply.h"

#include "model/foreach.h"

#include <linux/netfilter_ipv4.h>

/* Echo requests are answered (RFC 792, RFC 4443); what else answers ICMP is not asked here. */
static bool answer_icmp(const Flow *flow, Flow *reply)
{
    enum { ECHO_REPLY = 0, ECHO_REQUEST = 8, ECHO_REQUEST_V6 = 128, ECHO_REPLY_V6 = 129 };
    bool v6 = flow->protocol == PROTOCOL_ICMPV6;
    reply->icmp_type = v6 ? ECHO_REPLY_V6 : ECHO_REPLY;
    return flow->icmp_type == (v6 ? ECHO_REQUEST_V6 : ECHO_REQUEST);
}

static bool answer(const Flow *flow, const PathWay *way, Flow *reply)
{
    bool is_icmp = flow->protocol == PROTOCOL_ICMP || flow->protocol == PROTOCOL_ICMPV6;
    *reply = *flow;
    reply->state = FLOW_REPLY;
    reply->from_mac = NULL;
    reply->from = way->translated ? (FlowAddress){FLOW_ADDRESS_PREFIX, way->to} : flow->to;
    reply->to = flow->from;
    reply->port = flow->source_port;
    reply->source_port = way->translated ? way->port : flow->port;
    reply->reverse_path = REVERSE_PATH_SAME_LINK;
    reply->route_refusal = ROUTE_REFUSAL_NONE;
    return !is_icmp || answer_icmp(flow, reply);
}

bool reply_of(const Flow *flow, const PathWay *way, Flow *reply)
{
    bool asymmetric =
        flow->reverse_path == REVERSE_PATH_OTHER_LINK || flow->reverse_path == REVERSE_PATH_NONE;
    if (flow->state != FLOW_NEW || way->outcome != OUTCOME_ACCEPT || asymmetric ||
        !answer(flow, way, reply))
        return false;
    reply->in = way->delivered ? NULL : way->out != NULL ? way->out->name : flow->out;
    reply->out = flow->in;
    reply->direction = way->delivered                   ? FLOW_OUTPUT
                       : flow->direction == FLOW_OUTPUT ? FLOW_INPUT
                                                        : FLOW_FORWARD;
    return (reply->direction == FLOW_INPUT || reply->out != NULL) &&
           (reply->direction == FLOW_OUTPUT || reply->in != NULL);
}

static bool decides_after_conntrack(const PathStage *stage)
{
    switch (stage->hook) {
    case PATH_INPUT:
    case PATH_FORWARD:
    case PATH_POSTROUTING:
        return true;
    case PATH_OUTPUT:
        return stage->base->priority > NF_IP_PRI_CONNTRACK;
    case PATH_ROUTE:
        return stage->loss == LOSS_NOT_FORWARDED;
    case PATH_INGRESS:
    case PATH_BRIDGE_IN:
    case PATH_PREROUTING:
    case PATH_BRIDGE_OUT:
    case PATH_EGRESS:
        break;
    }
    return false;
}

bool reply_is_lost(const Path *path)
{
    PTR_ARRAY_FOREACH (const PathWay, way, path->ways) {
        const PathStage *stage = path_way_decision(way);
        if (way->outcome == OUTCOME_ACCEPT || way->outcome == OUTCOME_ANY || stage == NULL ||
            !decides_after_conntrack(stage))
            return false;
    }
    return path->ways->len > 0 && !path->exhausted;
}
