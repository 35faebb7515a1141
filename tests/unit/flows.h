/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows in one line of text; tests/unit/verdicts/README.md has the notation. */
#pragma once

#include "model/host/flow.h"

#include "sketch.h"

static inline FlowDirection flow_parse_direction(const char *word)
{
    static const FlowDirection directions[] = {FLOW_FORWARD, FLOW_INPUT, FLOW_OUTPUT};
    for (gsize i = 0; i < G_N_ELEMENTS(directions); i++) {
        if (g_str_equal(word, flow_direction_word(directions[i])))
            return directions[i];
    }
    g_error("no direction: %s", word);
}

static inline FlowAddress flow_parse_address(Flow *flow, const char *word)
{
    if (g_str_equal(word, "elsewhere"))
        return (FlowAddress){.kind = FLOW_ADDRESS_ELSEWHERE};
    FlowAddress address = {.kind = FLOW_ADDRESS_PREFIX, .prefix = sketch_prefix(word)};
    flow->family = address.prefix.address.family;
    return address;
}

/* "tcp 80", "tcp" for any port, "icmp 8". */
static inline void flow_parse_protocol(Flow *flow, char ***word)
{
    flow->protocol = protocol_from_word(**word, flow->family);
    if (flow->protocol == PROTOCOL_ANY)
        sketch_unknown(**word);
    const char *number = (*word)[1];
    if (number == NULL || !g_ascii_isdigit(*number))
        return;
    (*word)++;
    if (flow->protocol == PROTOCOL_ICMP || flow->protocol == PROTOCOL_ICMPV6) {
        flow->icmp_type = (int)sketch_number(number);
        flow->icmp_code = 0;
    } else {
        flow->port = (guint16)sketch_number(number);
    }
}

static inline void flow_parse_word(Flow *flow, char ***word)
{
    const char *key = **word;
    if (g_str_equal(key, "in"))
        flow->in = sketch_value(word);
    else if (g_str_equal(key, "out"))
        flow->out = sketch_value(word);
    else if (g_str_equal(key, "from"))
        flow->from = flow_parse_address(flow, sketch_value(word));
    else if (g_str_equal(key, "to"))
        flow->to = flow_parse_address(flow, sketch_value(word));
    else if (g_str_equal(key, "code"))
        flow->icmp_code = (int)sketch_number(sketch_value(word));
    else if (g_str_equal(key, "any-code"))
        flow->icmp_code = -1;
    else if (g_str_equal(key, "mac"))
        flow->from_mac = sketch_value(word);
    else if (g_str_equal(key, "source-port"))
        flow->source_port = (guint16)sketch_number(sketch_value(word));
    else if (g_str_equal(key, "invalid"))
        flow->state = FLOW_INVALID;
    else if (g_str_equal(key, "established"))
        flow->state = FLOW_ESTABLISHED;
    else if (g_str_equal(key, "typical"))
        flow->typical = true;
    else if (g_str_equal(key, "no-route"))
        flow->route_refusal = ROUTE_REFUSAL_NO_ROUTE;
    else if (g_str_equal(key, "unreachable"))
        flow->route_refusal = ROUTE_REFUSAL_UNREACHABLE;
    else if (g_str_equal(key, "blackhole"))
        flow->route_refusal = ROUTE_REFUSAL_BLACKHOLE;
    else if (g_str_equal(key, "prohibited"))
        flow->route_refusal = ROUTE_REFUSAL_PROHIBITED;
    else if (g_str_equal(key, "martian"))
        flow->route_refusal = ROUTE_REFUSAL_MARTIAN;
    else if (g_str_equal(key, "back-by-it"))
        flow->reverse_path = REVERSE_PATH_SAME_LINK;
    else if (g_str_equal(key, "back-by-another"))
        flow->reverse_path = REVERSE_PATH_OTHER_LINK;
    else if (g_str_equal(key, "no-way-back"))
        flow->reverse_path = REVERSE_PATH_NONE;
    else
        flow_parse_protocol(flow, word);
}

/* The flow that WORDS say, which it points into. */
static inline Flow flow_parse(char **words)
{
    Flow flow = flow_new(flow_parse_direction(words[0]), FAMILY_IPV4);
    for (char **word = words + 1; *word != NULL; word++)
        flow_parse_word(&flow, &word);
    return flow;
}
