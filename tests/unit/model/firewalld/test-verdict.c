/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld does to a packet, rule by rule: the files tests/unit/verdicts/NAME.rules, whose
 * README says how they are written. Each flow of each of them is a test of its own. */
#include "model/firewalld/reason.h"

#include "sketch.h"

/* A flow, and the configuration that stands above it. */
typedef struct {
    char *name;
    char *scenario;
    char *flow;
} VerdictCase;

static void verdict_case_clear(gpointer data)
{
    VerdictCase *row = data;
    g_free(row->name);
    g_free(row->scenario);
    g_free(row->flow);
}

/* ---- flows ---- */

static FlowDirection parse_direction(const char *word)
{
    static const FlowDirection directions[] = {FLOW_FORWARD, FLOW_INPUT, FLOW_OUTPUT};
    for (gsize i = 0; i < G_N_ELEMENTS(directions); i++) {
        if (g_str_equal(word, flow_direction_word(directions[i])))
            return directions[i];
    }
    g_error("no direction: %s", word);
}

static FlowAddress parse_address(Flow *flow, const char *word)
{
    if (g_str_equal(word, "elsewhere"))
        return (FlowAddress){.kind = FLOW_ADDRESS_ELSEWHERE};
    FlowAddress address = {.kind = FLOW_ADDRESS_PREFIX, .prefix = sketch_prefix(word)};
    flow->family = address.prefix.address.family;
    return address;
}

/* "tcp 80", "tcp" for any port, "icmp 8". */
static void parse_protocol(Flow *flow, char ***word)
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

static void parse_word(Flow *flow, char ***word)
{
    const char *key = **word;
    if (g_str_equal(key, "in"))
        flow->in = sketch_value(word);
    else if (g_str_equal(key, "out"))
        flow->out = sketch_value(word);
    else if (g_str_equal(key, "from"))
        flow->from = parse_address(flow, sketch_value(word));
    else if (g_str_equal(key, "to"))
        flow->to = parse_address(flow, sketch_value(word));
    else if (g_str_equal(key, "mac"))
        flow->from_mac = sketch_value(word);
    else if (g_str_equal(key, "source-port"))
        flow->source_port = (guint16)sketch_number(sketch_value(word));
    else if (g_str_equal(key, "established"))
        flow->state = FLOW_ESTABLISHED;
    else if (g_str_equal(key, "typical"))
        flow->typical = true;
    else if (g_str_equal(key, "back-by-it"))
        flow->reverse_path = REVERSE_PATH_SAME_LINK;
    else if (g_str_equal(key, "back-by-another"))
        flow->reverse_path = REVERSE_PATH_OTHER_LINK;
    else if (g_str_equal(key, "no-way-back"))
        flow->reverse_path = REVERSE_PATH_NONE;
    else
        parse_protocol(flow, word);
}

static void test_flow(void **state)
{
    const VerdictCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->scenario);
    g_auto(GStrv) sides = g_strsplit(row->flow, " -> ", 2);
    g_auto(GStrv) words = g_strsplit(sides[0], " ", -1);
    Flow flow = flow_new(parse_direction(words[0]), FAMILY_IPV4);
    for (char **word = words + 1; *word != NULL; word++)
        parse_word(&flow, &word);
    g_autoptr(Verdict) verdict = verdict_of(snapshot, &flow);
    g_autofree char *reason = reason_of(verdict);
    if (g_strcmp0(verdict_word(verdict), sides[1]) != 0)
        fail_msg("%s, expected %s: %s", verdict_word(verdict), sides[1], reason);
}

/* ---- files ---- */

static bool is_flow(const char *line)
{
    return g_str_has_prefix(line, "forward ") || g_str_has_prefix(line, "input ") ||
           g_str_has_prefix(line, "output ");
}

static void add_block(GArray *rows, const char *block)
{
    g_auto(GStrv) lines = g_strsplit(block, "\n", -1);
    g_autoptr(GString) scenario = g_string_new(NULL);
    const char *name = "no name";
    for (char **line = lines; *line != NULL; line++) {
        if (**line == '#') {
            name = *line + 2;
        } else if (!is_flow(*line)) {
            g_string_append_printf(scenario, "%s\n", *line);
        } else {
            VerdictCase row = {
                .name = g_strdup_printf("%s: %s", name, *line),
                .scenario = g_strdup(scenario->str),
                .flow = g_strdup(*line),
            };
            g_array_append_val(rows, row);
        }
    }
}

static int run_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("cannot read %s", path);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(VerdictCase));
    g_array_set_clear_func(rows, verdict_case_clear);
    g_auto(GStrv) blocks = g_strsplit(text, "\n\n", -1);
    for (char **block = blocks; *block != NULL; block++)
        add_block(rows, *block);
    return run_cases(name, test_flow, rows->data, sizeof(VerdictCase), rows->len);
}

int main(void)
{
    g_autofree char *folder = g_build_filename(g_getenv("FIXTURES"), "..", "verdicts", NULL);
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    if (directory == NULL)
        g_error("no folder %s", folder);
    int failures = 0;
    guint files = 0;
    for (const char *name; (name = g_dir_read_name(directory)) != NULL;) {
        if (!g_str_has_suffix(name, ".rules"))
            continue;
        failures += run_file(folder, name);
        files++;
    }
    return files > 0 ? failures : 1;
}
