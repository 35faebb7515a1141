/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fleet as a document. */
#include "fleet/fleet-json.h"

#include "model/foreach.h"
#include "report/json-parts.h"

#include <string.h>

static json_t *summary_json(const FleetReport *report)
{
    json_t *object = json_object();
    json_object_set_new(object, "hosts", json_integer(report->names));
    json_object_set_new(object, "hosts_with_errors", json_integer(report->with_errors));
    json_object_set_new(object, "hosts_with_warnings", json_integer(report->with_warnings));
    json_object_set_new(object, "documents", json_integer(report->hosts->len));
    json_object_set_new(object, "unreadable", json_integer(report->unreadable));
    json_object_set_new(object, "errors", json_integer((gint64)report->errors));
    json_object_set_new(object, "warnings", json_integer((gint64)report->warnings));
    json_object_set_new(object, "infos", json_integer((gint64)report->infos));
    return object;
}

static json_t *count_json(bool known, guint count)
{
    return known ? json_integer(count) : json_null();
}

static json_t *host_json(const FleetHost *host)
{
    bool judged = fleet_host_is_judged(host);
    json_t *findings = json_array();
    PTR_ARRAY_FOREACH (const FleetFinding, finding, host->findings)
        json_array_append_new(findings,
                              json_finding_of(finding->id, finding->severity, finding->interface,
                                              finding->zone, finding->message, finding->evidence,
                                              finding->fix));
    json_t *object = json_object();
    json_object_set_new(object, "host", json_text(host->host));
    json_object_set_new(object, "source", json_text(host->file));
    json_object_set_new(object, "document", json_text(fleet_source_word(host->source)));
    json_object_set_new(object, "after", json_text(host->after));
    json_object_set_new(object, "errors", count_json(judged, host->count.errors));
    json_object_set_new(object, "warnings", count_json(judged, host->count.warnings));
    json_object_set_new(object, "infos", count_json(fleet_host_has_infos(host), host->infos));
    json_object_set_new(object, "before",
                        host->source == FLEET_APPLY
                            ? json_counts(host->before.errors, host->before.warnings)
                            : json_null());
    json_object_set_new(object, "firewalld", json_text(host->firewalld));
    json_object_set_new(object, "taken_at", json_text(host->taken_at));
    json_object_set_new(object, "nicfix", json_text(host->nicfix));
    json_object_set_new(object, "findings", findings);
    json_object_set_new(object, "error", json_text(host->error));
    return object;
}

/* The document without its hosts. */
static json_t *frame_json(const FleetReport *report)
{
    json_t *document = json_document("report");
    json_object_set_new(document, "summary", summary_json(report));
    json_object_set_new(document, "hosts", json_array());
    json_t *findings = json_array();
    PTR_ARRAY_FOREACH (const FleetTally, tally, report->tallies) {
        json_t *object = json_object();
        json_object_set_new(object, "id", json_text(finding_word(tally->id)));
        json_object_set_new(object, "severity", json_text(severity_word(tally->severity)));
        json_object_set_new(object, "hosts", json_integer(tally->hosts));
        json_array_append_new(findings, object);
    }
    json_object_set_new(document, "findings", findings);
    return document;
}

/* ---- how it is laid out ---- */

/* As json_document_text() lays out a member that is a list. */
typedef struct {
    const char *before;
    const char *between;
    const char *after;
} Layout;

static const Layout indented = {"\n    ", ",\n    ", "\n  "};
static const Layout one_line = {"", ",", ""};

static char *tell_indented(const FleetHost *host)
{
    json_auto_t *object = host_json(host);
    g_autofree char *text = json_document_text(object, true);
    /* A string has no line ends in it: they are escaped. */
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    return g_strjoinv(indented.before, lines);
}

static char *tell_in_one_line(const FleetHost *host)
{
    json_auto_t *object = host_json(host);
    return json_document_text(object, false);
}

const FleetView fleet_json_view = {.tell = tell_indented};
const FleetView fleet_json_line_view = {.tell = tell_in_one_line};

static bool write_hosts(const FleetReport *report, const Layout *layout, Output *output,
                        GError **error)
{
    PTR_ARRAY_FOREACH (const FleetHost, host, report->hosts) {
        g_autofree char *told = fleet_spool_get(report->spool, host->told, error);
        if (told == NULL)
            return false;
        output_piece(output, host_index == 0 ? layout->before : layout->between);
        output_piece(output, told);
    }
    if (report->hosts->len > 0)
        output_piece(output, layout->after);
    return true;
}

bool fleet_json_write(const FleetReport *report, Output *output, GError **error)
{
    bool is_indented = output->format == FORMAT_JSON;
    json_auto_t *document = frame_json(report);
    g_autofree char *frame = json_document_text(document, is_indented);
    /* The only empty list of this name, as quotes in strings are escaped. */
    const char *list = is_indented ? "\"hosts\": []" : "\"hosts\":[]";
    char *end = strstr(frame, list);
    g_assert(end != NULL);
    end += strlen(list) - 1;
    g_autofree char *head = g_strndup(frame, (gsize)(end - frame));
    output_piece(output, head);
    if (!write_hosts(report, is_indented ? &indented : &one_line, output, error))
        return false;
    output_piece(output, end);
    output_piece(output, "\n");
    return true;
}
