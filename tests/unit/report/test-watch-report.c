/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/watch-report.h"

#include "model/foreach.h"
#include "model/plan/fixes.h"

#include "golden.h"
#include "hosts.h"

/* Everything that watch reports when a host goes from the incident to its cure, as lines of FORMAT
 * with the time left out (transfer full). */
static char *watched(OutputFormat format)
{
    g_autoptr(Snapshot) incident = host_read("incident");
    g_autoptr(Snapshot) cured = host_read("incident-cured");
    g_autoptr(Diagnosis) before = diagnose(incident, NULL);
    g_autoptr(Diagnosis) after = diagnose(cured, NULL);
    fixes_suggest(incident, before, NULL);
    g_autoptr(GArray) appeared = diagnosis_changes(NULL, before);
    g_autoptr(GArray) cleared = diagnosis_changes(before, after);
    char *written = NULL;
    size_t size;
    FILE *stream = open_memstream(&written, &size);
    Output output = {.stream = stream, .format = format};
    const WatchOutput watch = {.output = &output};
    watch_report_state(&watch, "watching", "started");
    ARRAY_FOREACH (const FindingChange, change, appeared)
        watch_report_change(&watch, change);
    ARRAY_FOREACH (const FindingChange, change, cleared)
        watch_report_change(&watch, change);
    watch_report_state(&watch, "no-firewalld", "firewalld is not running\033[2J");
    fclose(stream);
    g_autoptr(GRegex) times = g_regex_new(
        "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+[+-]\\d\\d:\\d\\d)?", 0, 0, NULL);
    char *text = g_regex_replace_literal(times, written, -1, 0, "TIME", 0, NULL);
    free(written);
    return text;
}

static void test_text(G_GNUC_UNUSED void **state)
{
    g_autofree char *text = watched(FORMAT_TEXT);
    compare_with_golden("watch-incident.txt", text);
}

static void test_documents(G_GNUC_UNUSED void **state)
{
    g_autofree char *text = watched(FORMAT_JSON_LINES);
    compare_with_golden("watch-incident.jsonl", text);
}

static void append_fields(GString *text, const JournalEntry *entry)
{
    for (gsize i = 0; i < entry->count; i++)
        g_string_append_printf(text, "%s=%s\n", entry->fields[i].key,
                               (const char *)entry->fields[i].value);
    g_string_append_c(text, '\n');
}

static void test_journal(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = host_read("incident");
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    const Finding *finding = g_ptr_array_index(diagnosis->findings, 0);
    g_autoptr(GString) text = g_string_new(NULL);
    for (ChangeKind kind = CHANGE_APPEARED; kind <= CHANGE_SEVERITY; kind++) {
        const FindingChange change = {kind, finding};
        const JournalEntry entry = watch_journal_change(&change, "MESSAGE");
        append_fields(text, &entry);
    }
    const JournalEntry well = watch_journal_state("watching", "started");
    const JournalEntry bad = watch_journal_state("no-bus", "gone");
    append_fields(text, &well);
    append_fields(text, &bad);
    compare_with_golden("watch-journal.txt", text->str);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
