/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the words of a question about a flow come from: a line of the kernel log, or a JSON
 * object. */
#include "observe/flow-question.h"

#include "model/denied/denial.h"
#include "model/error.h"
#include "documents/document.h"
#include "observe/log/kernel-log.h"

#include <string.h>

FlowQuestion flow_question_new(void)
{
    return (FlowQuestion){.port = -1, .source_port = -1, .icmp_type = -1, .icmp_code = -1};
}

void flow_question_clear(FlowQuestion *question)
{
    g_free(question->in);
    g_free(question->out);
    g_free(question->from);
    g_free(question->to);
    g_free(question->from_mac);
    g_free(question->protocol);
    g_free(question->state);
    g_free(question->port_word);
    g_free(question->source_port_word);
    *question = flow_question_new();
}

/* Whether firewalld's rule that drops what belongs to no connection wrote the line. */
static bool is_invalid(const LoggedPacket *packet)
{
    g_auto(Denial) denial = {0};
    return packet->prefix != NULL && denial_parse(packet->prefix, &denial) &&
           denial.kind == DENIAL_AS_INVALID;
}

FlowQuestion flow_question_from_packet(const LoggedPacket *packet)
{
    return (FlowQuestion){
        .in = g_strdup(packet->in),
        .out = g_strdup(packet->out),
        .from = g_strdup(packet->source),
        .to = g_strdup(packet->destination),
        .from_mac = g_strdup(packet->source_mac),
        .protocol = g_strdup(packet->protocol),
        .state = is_invalid(packet) ? g_strdup("invalid") : NULL,
        .port = packet->destination_port,
        .source_port = packet->source_port,
        .icmp_type = packet->icmp_type,
        .icmp_code = packet->icmp_code,
        .for_this_host = packet->in != NULL && packet->out == NULL && !packet->unrouted,
    };
}

bool flow_question_from_log(const char *line, FlowQuestion *question, GError **error)
{
    g_auto(LoggedPacket) packet = {0};
    if (!kernel_log_parse(line, strlen(line), &packet)) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT,
                         "quote the whole line, with IN=, OUT=, SRC= and DST=",
                         "this is not a line that netfilter writes to the kernel log");
        return false;
    }
    *question = flow_question_from_packet(&packet);
    return true;
}

/* ---- JSON ---- */

static const struct {
    const char *name;
    gsize offset;
    bool number;
} members[] = {
    {"in", G_STRUCT_OFFSET(FlowQuestion, in), false},
    {"out", G_STRUCT_OFFSET(FlowQuestion, out), false},
    {"from", G_STRUCT_OFFSET(FlowQuestion, from), false},
    {"to", G_STRUCT_OFFSET(FlowQuestion, to), false},
    {"from_mac", G_STRUCT_OFFSET(FlowQuestion, from_mac), false},
    {"protocol", G_STRUCT_OFFSET(FlowQuestion, protocol), false},
    {"state", G_STRUCT_OFFSET(FlowQuestion, state), false},
    {"port", G_STRUCT_OFFSET(FlowQuestion, port), true},
    {"source_port", G_STRUCT_OFFSET(FlowQuestion, source_port), true},
    {"icmp_type", G_STRUCT_OFFSET(FlowQuestion, icmp_type), true},
    {"icmp_code", G_STRUCT_OFFSET(FlowQuestion, icmp_code), true},
};

static bool read_member(guint row, const json_t *value, FlowQuestion *question, GError **error)
{
    gpointer field = G_STRUCT_MEMBER_P(question, members[row].offset);
    if (json_is_null(value))
        return true;
    if (members[row].number ? !json_is_integer(value) : !json_is_string(value)) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, NULL, "flow: %s: expected a %s or null",
                         members[row].name, members[row].number ? "number" : "string");
        return false;
    }
    /* A number that is out of range stays out of range: flow_question_resolve() reports it. */
    if (members[row].number)
        *(int *)field = (int)CLAMP(json_integer_value(value), -1, (json_int_t)G_MAXINT);
    else
        *(char **)field = g_strdup(json_string_value(value));
    return true;
}

bool flow_question_from_json(const char *line, FlowQuestion *question, GError **error)
{
    const JsonPlace place = {.name = "flow", .hint = "write one JSON object a line"};
    json_auto_t *root = document_parse(line, strlen(line), &place, error);
    if (root == NULL)
        return false;
    g_auto(FlowQuestion) read = flow_question_new();
    for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
        const json_t *value = json_object_get(root, members[i].name);
        if (value != NULL && !read_member(i, value, &read, error))
            return false;
    }
    *question = read;
    read = flow_question_new();
    return true;
}
