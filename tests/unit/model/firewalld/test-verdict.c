/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld does to a packet, rule by rule: the files tests/unit/verdicts/NAME.rules, whose
 * README says how they are written. Each flow of each of them is a test of its own. With
 * NICFIX_UPDATE_GOLDEN=1 the answers in the files are written anew, to be looked over. */
#include "report/reason.h"

#include "flows.h"

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

/* ---- one flow ---- */

/* "reject: target of zone public (target default); assumes not-translated" (transfer full). */
static char *answer_text(const Verdict *verdict)
{
    GString *text = g_string_new(verdict_word(verdict));
    const VerdictStep *step = reason_step(verdict);
    g_autofree char *reason = reason_of(verdict);
    if (step == NULL) {
        g_string_append_printf(text, ": %s", reason);
    } else {
        g_autofree char *setting = setting_text(&step->setting);
        g_string_append_printf(text, ": %s", stage_word(step->stage));
        if (step->policy != NULL || step->zone != NULL)
            g_string_append_printf(text, " of %s %s", step->policy != NULL ? "policy" : "zone",
                                   step->policy != NULL ? step->policy : step->zone);
        g_string_append_printf(text, " (%s)", setting);
    }
    const char *separator = "; assumes ";
    for (Assumption i = 0; i < N_ASSUMPTIONS; i++) {
        if (!verdict->assumes[i])
            continue;
        g_string_append_printf(text, "%s%s", separator, assumption_word(i));
        separator = ", ";
    }
    return g_string_free(text, FALSE);
}

/* LINE with what the model answers behind its arrow (transfer full). */
static char *answered(const char *scenario, const char *line)
{
    g_autoptr(Snapshot) snapshot = sketch(scenario);
    g_auto(GStrv) sides = g_strsplit(line, " -> ", 2);
    g_auto(GStrv) words = g_strsplit(sides[0], " ", -1);
    Flow flow = flow_parse(words);
    g_autoptr(Verdict) verdict = verdict_of(snapshot, &flow);
    g_autofree char *answer = answer_text(verdict);
    return g_strdup_printf("%s -> %s", sides[0], answer);
}

static void test_flow(void **state)
{
    const VerdictCase *row = *state;
    g_autofree char *line = answered(row->scenario, row->flow);
    assert_string_equal(line, row->flow);
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

/* Writes the answer of each flow in the file at PATH anew. */
static void update_file(const char *path, const char *text)
{
    g_autoptr(GString) updated = g_string_new(NULL);
    g_autoptr(GString) scenario = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *answer = is_flow(*line) ? answered(scenario->str, *line) : NULL;
        if (**line == '\0')
            g_string_truncate(scenario, 0);
        else if (answer == NULL && **line != '#')
            g_string_append_printf(scenario, "%s\n", *line);
        g_string_append_printf(updated, "%s%s", answer != NULL ? answer : *line,
                               line[1] != NULL ? "\n" : "");
    }
    if (!g_file_set_contents(path, updated->str, -1, NULL))
        g_error("cannot write %s", path);
}

static int run_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("cannot read %s", path);
    if (g_getenv("NICFIX_UPDATE_GOLDEN") != NULL) {
        update_file(path, text);
        return 0;
    }
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
