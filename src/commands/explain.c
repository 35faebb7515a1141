/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix explain: what happens to one flow, or to each of a list of flows. */
#include "commands/command-line.h"
#include "commands/explain-watch.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/host/topology.h"
#include "model/plan/flow-fixes.h"
#include "observe/flow-question.h"
#include "report/error-report.h"
#include "report/explain-report.h"
#include "report/trace-report.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

/* What all flows are explained on. */
typedef struct {
    const Context *context;
    const Snapshot *snapshot;
    FlowFixes *fixes;
    Netlink *netlink; /* NULL: the snapshot is not of this machine */
    JudgementScope scope;
    bool has_programs; /* some link has one that sees its packets */
    guint watch;       /* seconds; 0: not */
} Explainer;

static ExplainRoute describe_route(const ResolvedFlow *resolved)
{
    const RouteAnswer *route = &resolved->route;
    if (!resolved->routed)
        return (ExplainRoute){0};
    return (ExplainRoute){
        .known = true,
        .gateway = route->has_gateway ? ip_address_to_string(&route->gateway) : NULL,
        .table = route->table == RT_TABLE_MAIN ? g_strdup("main")
                 : route->table != 0           ? g_strdup_printf("%u", route->table)
                                               : NULL,
        .prefix = route->has_prefix ? ip_prefix_to_string(&route->prefix) : NULL,
        .source = route->has_source ? ip_address_to_string(&route->source) : NULL,
    };
}

static bool has_programs(const Snapshot *snapshot)
{
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        if (link->programs.xdp || link->programs.tc_ingress || link->programs.tc_egress)
            return true;
    }
    return false;
}

/* Of the interface it comes in on, on the way in, and of the one it goes out through, on the way out. */
static LinkPrograms programs_of(const Explainer *explainer, const Flow *flow)
{
    const Snapshot *snapshot = explainer->snapshot;
    LinkPrograms programs = {0};
    if (!explainer->has_programs)
        return programs;
    const Link *in = flow->in != NULL ? snapshot_link_by_name(snapshot, flow->in) : NULL;
    const Link *out = flow->out != NULL ? snapshot_link_by_name(snapshot, flow->out) : NULL;
    if (in != NULL) {
        programs = link_programs(snapshot, in);
        programs.tc_egress = false;
    }
    if (out != NULL)
        programs.tc_egress = link_programs(snapshot, out).tc_egress;
    return programs;
}

/* Waits for a real packet, shows what becomes of it, and takes it for the answer. */
static bool watch_packet(const Explainer *explainer, ExplainWatch *watch, Explanation *explanation,
                         Traced **traced, GError **error)
{
    Output *output = explainer->context->output;
    guint seconds = explainer->watch;
    output_text(output, trace_report_waiting(seconds));
    fflush(output->stream);
    *traced = explain_watch_wait(watch, explainer->snapshot, explanation->flow, seconds, error);
    if (*traced == NULL)
        return false;
    explanation->traced = *traced;
    output_text(output,
                trace_report_text(explanation->judgement, *traced, seconds, &output->style));
    return true;
}

/* The fate of a real packet decides, unless its answers are known not to pass. */
static int status_of(const Judgement *judgement, const Traced *traced)
{
    bool accepted = judgement_accepts(judgement);
    if (traced != NULL && traced->state >= TRACED_UNFINISHED)
        accepted = traced->state == TRACED_PASSED && judgement->reply_path == NULL;
    return accepted ? STATUS_FINE : STATUS_NOT_FINE;
}

/* Explains one question; sets *STATUS to whether the flow is accepted. */
static bool explain(const Explainer *explainer, const FlowQuestion *question, int *status,
                    GError **error)
{
    const Snapshot *snapshot = explainer->snapshot;
    g_auto(ExplainWatch) watch = {0};
    g_auto(ResolvedFlow) resolved = {0};
    if (!flow_question_resolve(question, snapshot, explainer->netlink, &resolved, error) ||
        (explainer->watch > 0 && !explain_watch_begin(&watch, snapshot, &resolved.flow, error)))
        return false;
    g_autoptr(Judgement) judgement = judgement_of(snapshot, &resolved.flow, explainer->scope);
    g_auto(ExplainRoute) route = describe_route(&resolved);
    g_autoptr(Traced) traced = NULL;
    Explanation explanation = {
        .flow = &resolved.flow,
        .judgement = judgement,
        .route = &route,
        .port_named = resolved.master_of,
        .fix = explainer->context->options->is_text
                   ? NULL
                   : flow_fixes_find(explainer->fixes, &resolved.flow, judgement),
        .programs = programs_of(explainer, &resolved.flow),
    };
    Output *output = explainer->context->output;
    if (output_wants_text(output))
        output_text(output, explain_report_text(&explanation, &output->style));
    if (explainer->watch > 0 && !watch_packet(explainer, &watch, &explanation, &traced, error))
        return false;
    if (output_wants_json(output))
        output_json(output, explain_report_json(&explanation));
    *status = status_of(judgement, traced);
    return true;
}

/* ---- many flows ---- */

static GInputStream *open_flows(const char *path, GError **error)
{
    if (g_str_equal(path, "-"))
        return g_unix_input_stream_new(STDIN_FILENO, FALSE);
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GError) reason = NULL;
    GInputStream *stream = G_INPUT_STREAM(g_file_read(file, NULL, &reason));
    if (stream == NULL)
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND,
                         "name a file with one JSON object a line, or - for standard input",
                         "cannot read --flows '%s': %s", path, reason->message);
    return stream;
}

/* A line that is not a flow gets an error of its own; the other lines are still answered. */
static int explain_flows(const Explainer *explainer, const char *path, GError **error)
{
    g_autoptr(GInputStream) stream = open_flows(path, error);
    if (stream == NULL)
        return -1;
    g_autoptr(GDataInputStream) lines = g_data_input_stream_new(stream);
    explainer->context->output->format = FORMAT_JSON_LINES;
    int status = STATUS_FINE;
    g_autoptr(GError) reason = NULL;
    for (;;) {
        g_autofree char *line = g_data_input_stream_read_line(lines, NULL, NULL, &reason);
        if (line == NULL)
            break;
        if (*g_strstrip(line) == '\0')
            continue;
        g_auto(FlowQuestion) question = flow_question_new();
        g_autoptr(GError) fault = NULL;
        int answer = STATUS_NOT_FINE;
        if (!flow_question_from_json(line, &question, &fault) ||
            !explain(explainer, &question, &answer, &fault))
            output_json(explainer->context->output, error_report_json(fault));
        status = MAX(status, answer);
    }
    if (reason == NULL)
        return status;
    nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, NULL, "--flows: %s", reason->message);
    return -1;
}

/* ---- the command ---- */

/* A flow that begins with an arrow is no option, though it looks like one. */
static void protect_arrows(char **words)
{
    for (; *words != NULL; words++) {
        if (g_str_has_prefix(*words, FLOW_ARROW)) {
            char *plain = g_strconcat(" ", *words, NULL);
            g_free(*words);
            *words = plain;
        }
    }
}

static bool is_line_of_log(char *const *words)
{
    return words[0] != NULL && words[1] == NULL && strstr(words[0], "IN=") != NULL &&
           strstr(words[0], "OUT=") != NULL;
}

/* The question of the line of the kernel log that is the only word. */
static bool read_line_of_log(FlowQuestion *question, const char *flows, const char *line,
                             GError **error)
{
    if (question->to == NULL && question->in == NULL && flows == NULL) {
        flow_question_clear(question);
        return flow_question_from_log(line, question, error);
    }
    nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit the options or the line",
                     "a line of the kernel log already names the flow");
    return false;
}

/* The question on the command line: its options and WORDS, or a line of the kernel log instead. */
static bool finish_question(FlowQuestion *question, const char *flows, char *const *words,
                            GError **error)
{
    if (is_line_of_log(words))
        return read_line_of_log(question, flows, words[0], error);
    if (flows != NULL && words[0] != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit one of them",
                         "--flows already names the flows");
        return false;
    }
    if (words[0] != NULL)
        return flow_question_from_words(words, question, error);
    if (flows != NULL || question->to != NULL)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_USAGE, "see nicfix explain --help",
                     "explain needs a flow such as 'cni0 to 192.0.2.7:443/tcp', --flows FILE or a "
                     "line of the kernel log");
    return false;
}

static bool check_watch(const Context *context, const char *word, const char *flows, guint *seconds,
                        GError **error)
{
    enum { SECONDS_MAX = 3600 };
    if (word == NULL || (flows == NULL && context->options->snapshot == NULL))
        return command_parse_seconds("--watch", word, SECONDS_MAX, seconds, error);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit one of them",
                     "--watch needs one flow of this host, not %s",
                     flows != NULL ? "--flows" : "--snapshot");
    return false;
}

static int run(const Context *context, char **words, GError **error)
{
    g_auto(FlowQuestion) question = flow_question_new();
    g_autofree char *flows = NULL;
    gboolean firewalld_only = FALSE;
    g_autofree char *watch_word = NULL;
    guint watch = 0;
    const GOptionEntry options[] = {
        {"in", 'i', 0, G_OPTION_ARG_STRING, &question.in, "Interface it comes in on", "IFACE"},
        {"from", 0, 0, G_OPTION_ARG_STRING, &question.from, "Source address", "ADDRESS"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &question.to, "Destination address", "ADDRESS"},
        {"out", 0, 0, G_OPTION_ARG_STRING, &question.out,
         "Interface it goes out through (default: as routed)", "IFACE"},
        {"protocol", 0, 0, G_OPTION_ARG_STRING, &question.protocol, "Protocol (also sctp and dccp)",
         "tcp|udp|icmp"},
        {"port", 0, 0, G_OPTION_ARG_STRING, &question.port_word,
         "Destination port (of TCP unless the protocol is given)", "N|SERVICE"},
        {"source-port", 0, 0, G_OPTION_ARG_STRING, &question.source_port_word, "Source port",
         "N|SERVICE"},
        {"icmp-type", 0, 0, G_OPTION_ARG_INT, &question.icmp_type,
         "ICMP type (default: that of a ping)", "N"},
        {"from-mac", 0, 0, G_OPTION_ARG_STRING, &question.from_mac, "Source MAC address", "MAC"},
        {"state", 0, 0, G_OPTION_ARG_STRING, &question.state,
         "State of its connection (default: new)", "new|established|invalid"},
        {"firewalld-only", 0, 0, G_OPTION_ARG_NONE, &firewalld_only,
         "Judge by firewalld's configuration alone, whatever rules the kernel has", NULL},
        {"watch", 0, 0, G_OPTION_ARG_STRING, &watch_word,
         "Also trace a real packet, for at most SECONDS", "SECONDS"},
        {"flows", 0, 0, G_OPTION_ARG_FILENAME, &flows,
         "Explain the flows in FILE, one JSON object per line", "FILE|-"},
        {NULL},
    };
    int status;
    protect_arrows(words);
    if (!command_line_parse(context, options, &words, &status, error))
        return status;
    if (!finish_question(&question, flows, words, error) ||
        !check_watch(context, watch_word, flows, &watch, error))
        return -1;
    ObserveOptions scope = context_observe_options(context, OBSERVE_ACTIVE_ZONES);
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, error);
    if (snapshot == NULL)
        return -1;
    g_autoptr(Netlink) netlink = NULL;
    if (context->options->snapshot == NULL && (netlink = netlink_new(NETLINK_ROUTE, error)) == NULL)
        return -1;
    g_autoptr(FlowFixes) fixes = flow_fixes_new(snapshot, context_declared(context));
    Explainer explainer = {
        .context = context,
        .snapshot = snapshot,
        .fixes = fixes,
        .netlink = netlink,
        .has_programs = has_programs(snapshot),
        .watch = watch,
        .scope = firewalld_only ? JUDGE_FIREWALLD_ONLY : JUDGE_PACKET,
    };
    if (flows != NULL)
        return explain_flows(&explainer, flows, error);
    return explain(&explainer, &question, &status, error) ? status : -1;
}

const Command explain_command = {
    .name = "explain",
    .arguments = "[FLOW|LOG-LINE]",
    .summary = "Show what happens to a flow, what decides it, and the fix",
    .example = "nicfix explain cni0 10.244.2.2 '->' 192.168.150.131:8629/tcp",
    .max_arguments = G_MAXUINT,
    .answers_from_text = true,
    .run = run,
};
