/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the words of a question about a flow come from: a line of the kernel log, or a JSON
 * object. */
#include "observe/flow-question.h"

#include "model/error.h"
#include "documents/json-syntax.h"
#include "observe/log/kernel-log.h"

#include <json-glib/json-glib.h>
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
    *question = flow_question_new();
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
        .port = packet->destination_port,
        .source_port = packet->source_port,
        .icmp_type = packet->icmp_type,
        .icmp_code = packet->icmp_code,
        .for_this_host = packet->in != NULL && packet->out == NULL,
    };
}

bool flow_question_from_log(const char *line, FlowQuestion *question, GError **error)
{
    g_auto(LoggedPacket) packet = {0};
    if (!kernel_log_parse(line, strlen(line), &packet)) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT,
                         "quote the whole line, with IN=, OUT=, SRC= and DST=",
                         "this is no line that netfilter writes to the kernel log");
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

static bool read_member(guint row, JsonNode *node, FlowQuestion *question, GError **error)
{
    GType type = members[row].number ? G_TYPE_INT64 : G_TYPE_STRING;
    if (JSON_NODE_HOLDS_NULL(node))
        return true;
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != type) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, NULL, "flow: %s: expected a %s or null",
                         members[row].name, members[row].number ? "number" : "string");
        return false;
    }
    if (members[row].number) {
        gint64 number = json_node_get_int(node);
        /* Out of range either way: what it is in is said by who resolves it. */
        G_STRUCT_MEMBER(int, question, members[row].offset) =
            (int)CLAMP(number, -1, (gint64)G_MAXINT);
    } else {
        G_STRUCT_MEMBER(char *, question, members[row].offset) = json_node_dup_string(node);
    }
    return true;
}

bool flow_question_from_json(const char *line, FlowQuestion *question, GError **error)
{
    JsonSyntaxFault fault;
    if (!json_syntax_check(line, strlen(line), &fault)) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, "write one JSON object a line",
                         "flow: column %ld: %s", fault.column, fault.reason);
        return false;
    }
    g_autoptr(JsonNode) root = json_from_string(line, error);
    if (root == NULL)
        return false;
    g_auto(FlowQuestion) read = flow_question_new();
    for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
        JsonNode *node = json_object_get_member(json_node_get_object(root), members[i].name);
        if (node != NULL && !read_member(i, node, &read, error))
            return false;
    }
    *question = read;
    read = flow_question_new();
    return true;
}
