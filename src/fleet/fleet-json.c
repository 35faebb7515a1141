/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fleet as a document. */
#include "fleet/fleet-json.h"

#include "report/json-parts.h"

static void add_summary(JsonBuilder *builder, const FleetReport *report)
{
    json_builder_set_member_name(builder, "summary");
    json_builder_begin_object(builder);
    json_add_int(builder, "hosts", report->names);
    json_add_int(builder, "hosts_with_errors", report->with_errors);
    json_add_int(builder, "hosts_with_warnings", report->with_warnings);
    json_add_int(builder, "documents", report->hosts->len);
    json_add_int(builder, "unreadable", report->unreadable);
    json_add_int(builder, "errors", (gint64)report->errors);
    json_add_int(builder, "warnings", (gint64)report->warnings);
    json_add_int(builder, "infos", (gint64)report->infos);
    json_builder_end_object(builder);
}

static void add_count(JsonBuilder *builder, const char *member, bool known, guint count)
{
    if (known)
        json_add_int(builder, member, count);
    else
        json_add_string(builder, member, NULL);
}

static void add_before(JsonBuilder *builder, const FleetHost *host)
{
    if (host->source != FLEET_APPLY) {
        json_add_string(builder, "before", NULL);
        return;
    }
    json_builder_set_member_name(builder, "before");
    json_builder_begin_object(builder);
    json_add_int(builder, "errors", host->before.errors);
    json_add_int(builder, "warnings", host->before.warnings);
    json_builder_end_object(builder);
}

static void add_host(JsonBuilder *builder, const FleetHost *host)
{
    bool judged = fleet_host_is_judged(host);
    json_builder_begin_object(builder);
    json_add_string(builder, "host", host->host);
    json_add_string(builder, "source", host->file);
    json_add_string(builder, "document", fleet_source_word(host->source));
    json_add_string(builder, "after", host->after);
    add_count(builder, "errors", judged, host->count.errors);
    add_count(builder, "warnings", judged, host->count.warnings);
    add_count(builder, "infos", fleet_host_has_infos(host), host->infos);
    add_before(builder, host);
    json_add_string(builder, "firewalld", host->firewalld);
    json_builder_set_member_name(builder, "findings");
    json_builder_begin_array(builder);
    for (guint i = 0; i < host->findings->len; i++)
        json_add_finding(builder, g_ptr_array_index(host->findings, i));
    json_builder_end_array(builder);
    json_add_string(builder, "error", host->error);
    json_builder_end_object(builder);
}

static void add_finding(JsonBuilder *builder, const FleetFinding *finding)
{
    json_builder_begin_object(builder);
    json_add_string(builder, "id", finding_word(finding->id));
    json_add_string(builder, "severity", severity_word(finding->severity));
    json_add_int(builder, "hosts", finding->hosts);
    json_builder_end_object(builder);
}

JsonNode *fleet_json(const FleetReport *report)
{
    JsonBuilder *builder = json_document("report");
    add_summary(builder, report);
    json_builder_set_member_name(builder, "hosts");
    json_builder_begin_array(builder);
    for (guint i = 0; i < report->hosts->len; i++)
        add_host(builder, g_ptr_array_index(report->hosts, i));
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "findings");
    json_builder_begin_array(builder);
    for (guint i = 0; i < report->findings->len; i++)
        add_finding(builder, g_ptr_array_index(report->findings, i));
    json_builder_end_array(builder);
    return json_document_end(builder);
}
