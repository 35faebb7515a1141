/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/watch-report.h"

#include "report/escape.h"
#include "report/finding-text.h"
#include "report/fix-text.h"
#include "report/journal-socket.h"
#include "report/json-parts.h"

#include <string.h>
#include <unistd.h>

/* The MESSAGE_IDs of systemd/nicfix.catalog. */
#define FINDING_MESSAGE_ID "045e16d5efdd4199a6bdec95910a3db4"
#define CLEARED_MESSAGE_ID "10a18b990a2c40f5bd4d231ba64b0e0f"
#define STATE_MESSAGE_ID   "44aa4e3a33314e449d0be88b04b48a43"

WatchOutput watch_output_for(Output *output)
{
    bool to_journal =
        output->format == FORMAT_TEXT && g_log_writer_is_journald(fileno(output->stream));
    return (WatchOutput){output, to_journal};
}

static char *time_now(const char *format)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    return g_date_time_format(now, format);
}

/* ---- the journal ---- */

static const char *priority_of(const FindingChange *change)
{
    static const char *const priorities[] = {
        [SEVERITY_INFO] = "6", /* syslog(3): LOG_INFO, LOG_WARNING, LOG_ERR */
        [SEVERITY_WARNING] = "4",
        [SEVERITY_ERROR] = "3",
    };
    return change->kind == CHANGE_CLEARED ? "5" : priorities[change->finding->severity];
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

JournalEntry watch_journal_change(const FindingChange *change, const char *message)
{
    const Finding *finding = change->finding;
    bool is_cleared = change->kind == CHANGE_CLEARED;
    return (JournalEntry){
        {
            {"MESSAGE", message, -1},
            {"MESSAGE_ID", is_cleared ? CLEARED_MESSAGE_ID : FINDING_MESSAGE_ID, -1},
            {"PRIORITY", priority_of(change), -1},
            {"SYSLOG_IDENTIFIER", "nicfix", -1},
            {"NICFIX_EVENT", change_word(change->kind), -1},
            {"NICFIX_FINDING", finding_word(finding->id), -1},
            {"NICFIX_SEVERITY", severity_word(finding->severity), -1},
            {"NICFIX_INTERFACE", or_empty(finding->interface), -1},
            {"NICFIX_ZONE", or_empty(finding->zone), -1},
        },
        9,
    };
}

JournalEntry watch_journal_state(const char *state, const char *message)
{
    return (JournalEntry){
        {
            {"MESSAGE", message, -1},
            {"MESSAGE_ID", STATE_MESSAGE_ID, -1},
            {"PRIORITY", g_str_equal(state, "watching") ? "6" : "4", -1},
            {"SYSLOG_IDENTIFIER", "nicfix", -1},
            {"NICFIX_EVENT", "state", -1},
            {"NICFIX_STATE", state, -1},
        },
        6,
    };
}

/* ---- JSON ---- */

static json_t *event_document(const char *event, const char *state, const char *message,
                              const FindingChange *change)
{
    g_autofree char *when = time_now("%FT%T.%f%:z");
    static const Finding none;
    const Finding *finding = change != NULL ? change->finding : &none;
    bool is_there = change != NULL && change->kind != CHANGE_CLEARED;
    const char *id = change != NULL ? finding_word(finding->id) : NULL;
    const char *severity = change != NULL ? severity_word(finding->severity) : NULL;
    json_t *document = json_document("watch");
    json_object_set_new(document, "time", json_text(when));
    json_object_set_new(document, "event", json_text(event));
    json_object_set_new(document, "state", json_text(state));
    json_object_set_new(document, "message", json_text(message));
    json_object_set_new(document, "finding", json_text(id));
    json_object_set_new(document, "severity", json_text(severity));
    json_object_set_new(document, "interface", json_text(finding->interface));
    json_object_set_new(document, "zone", json_text(finding->zone));
    json_object_set_new(document, "fix", json_fix(is_there ? finding->fix : NULL));
    return document;
}

/* ---- the whole ---- */

/* Writes ENTRY to the journal, or its message as a line, in COLOR as far as its first word goes. */
static void write_entry(const WatchOutput *output, const JournalEntry *entry, const char *word,
                        const char *description, const char *color)
{
    if (output->to_journal) {
        journal_send(entry->fields, entry->count);
        return;
    }
    g_autofree char *when = time_now("%F %T");
    g_autofree char *shown = escape_for_terminal(description);
    output_text(output->output, g_strdup_printf("%s %s%s%s: %s\n", when, color, word,
                                                text_plain(&output->output->style), shown));
    fflush(output->output->stream);
}

void watch_report_change(const WatchOutput *output, const FindingChange *change)
{
    const TextStyle *style = &output->output->style;
    const Finding *finding = change->finding;
    bool is_cleared = change->kind == CHANGE_CLEARED;
    g_autofree char *message = finding_message(finding);
    const char *word = change_word(change->kind);
    g_autoptr(GString) description = g_string_new(NULL);
    g_string_append_printf(description, "%s %s: %s", severity_word(finding->severity),
                           finding_word(finding->id), message);
    if (!is_cleared && finding->fix != NULL) {
        g_string_append(description, " (fix: ");
        command_text_append(description, finding->fix->command);
        g_string_append_c(description, ')');
    }
    g_autofree char *line = g_strdup_printf("%s: %s", word, description->str);
    const JournalEntry entry = watch_journal_change(change, line);
    write_entry(output, &entry, word, description->str,
                is_cleared ? text_good(style) : text_severity(finding->severity, style));
    output_json(output->output, event_document(word, NULL, message, change));
}

void watch_report_state(const WatchOutput *output, const char *state, const char *message)
{
    const TextStyle *style = &output->output->style;
    bool is_well = g_str_equal(state, "watching");
    const JournalEntry entry = watch_journal_state(state, message);
    write_entry(output, &entry, state, message, is_well ? text_good(style) : text_bad(style));
    output_json(output->output, event_document("state", state, message, NULL));
}
