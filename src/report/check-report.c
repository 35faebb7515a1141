/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A diagnosis as text and as JSON. */
#include "report/check-report.h"

#include "model/firewalld/dispatch.h"
#include "model/firewalld/reason.h"
#include "report/escape.h"
#include "report/fix-text.h"
#include "report/json-parts.h"
#include "report/unread-text.h"
#include "report/wrap.h"

#include <string.h>

/* ---- text ---- */

static void append_finding(GString *text, const Finding *finding, const TextStyle *style)
{
    g_autofree char *message = escape_for_terminal(finding->message);
    const char *severity = severity_word(finding->severity);
    const char *id = finding_word(finding->id);
    g_string_append_printf(text, "%s%s%s %s: ", text_severity(finding->severity, style), severity,
                           text_plain(style), id);
    wrap_append(text, message, (guint)(strlen(severity) + strlen(id) + strlen(" : ")), 2, style);
    for (guint i = 0; i < finding->evidence->len; i++) {
        g_autofree char *evidence = escape_for_terminal(g_ptr_array_index(finding->evidence, i));
        g_string_append(text, "  - ");
        wrap_append(text, evidence, 4, 4, style);
    }
    if (finding->fix != NULL)
        fix_text_append(text, finding->fix, 2, style);
    g_string_append_c(text, '\n');
}

static const char *plural(guint n)
{
    return n == 1 ? "" : "s";
}

char *check_report_summary(const Diagnosis *diagnosis)
{
    guint uplinks = topology_uplinks(diagnosis->topology)->len;
    guint downstreams = topology_downstreams(diagnosis->topology)->len;
    if (!diagnosis_has(diagnosis, SEVERITY_WARNING) && uplinks == 0)
        return g_strdup("no uplinks: nothing leads to other networks\n");
    if (!diagnosis_has(diagnosis, SEVERITY_WARNING))
        return g_strdup_printf("all %u uplink%s covered (%u downstream%s, %u note%s)\n", uplinks,
                               plural(uplinks), downstreams, plural(downstreams), diagnosis->infos,
                               plural(diagnosis->infos));
    return g_strdup_printf("%u error%s, %u warning%s, %u note%s (%u uplink%s, %u downstream%s)\n",
                           diagnosis->errors, plural(diagnosis->errors), diagnosis->warnings,
                           plural(diagnosis->warnings), diagnosis->infos, plural(diagnosis->infos),
                           uplinks, plural(uplinks), downstreams, plural(downstreams));
}

static void append_links(GString *text, const char *role, const Snapshot *snapshot,
                         const Topology *topology, const GPtrArray *links)
{
    for (guint i = 0; i < links->len; i++) {
        const Link *link = g_ptr_array_index(links, i);
        ZoneMatch match = dispatch_interface(snapshot, link->name);
        g_autofree char *zone = reason_for_zone(&match, link->name);
        const char *reason = topology_uplink_reason(topology, link);
        g_autofree char *line =
            g_strdup_printf("%s %s: %s%s%s", role, link->name, zone, reason != NULL ? ", " : "",
                            reason != NULL ? reason : "");
        g_autofree char *escaped = escape_for_terminal(line);
        g_string_append_printf(text, "%s\n", escaped);
    }
}

/* What the findings were made from. */
static void append_facts(GString *text, const Snapshot *snapshot, const Topology *topology)
{
    const Firewalld *firewalld = snapshot->firewalld;
    g_autofree char *line = g_strdup_printf(
        "host %s at %s: firewalld %s, default zone %s", snapshot->host, snapshot->taken_at,
        firewalld->version != NULL ? firewalld->version : "of a version that could not be read",
        firewalld->default_zone != NULL ? firewalld->default_zone : "that could not be read");
    g_autofree char *escaped = escape_for_terminal(line);
    g_string_append_printf(text, "%s\n", escaped);
    append_links(text, "uplink", snapshot, topology, topology_uplinks(topology));
    append_links(text, "downstream", snapshot, topology, topology_downstreams(topology));
    g_string_append_c(text, '\n');
}

/* The answer to "would it break this host?", and what it rests on. */
static void append_outlook(GString *text, const Outlook *outlook, const TextStyle *style)
{
    g_string_append_printf(
        text, "%s%s%s, a %s would %s\n", outlook->worse ? text_bad(style) : text_good(style),
        outlook->worse ? "yes" : "no", text_plain(style), after_event_word(outlook->event),
        outlook->worse ? "break something: what is wrong then is below"
                       : "break nothing that is not broken now");
    for (guint i = 0; i < outlook->assumes->len; i++) {
        g_autofree char *line = escape_for_terminal(g_ptr_array_index(outlook->assumes, i));
        g_string_append(text, "  assumes: ");
        wrap_append(text, line, (guint)strlen("  assumes: "), 4, style);
    }
    g_string_append_c(text, '\n');
}

char *check_report_text(const Snapshot *snapshot, const Diagnosis *diagnosis,
                        const Outlook *outlook, const TextStyle *style)
{
    GString *text = g_string_new(NULL);
    if (outlook != NULL)
        append_outlook(text, outlook, style);
    if (style->verbose)
        append_facts(text, snapshot, diagnosis->topology);
    for (guint i = 0; i < diagnosis->findings->len; i++)
        append_finding(text, g_ptr_array_index(diagnosis->findings, i), style);
    g_autofree char *summary = check_report_summary(diagnosis);
    bool wrong = diagnosis_has(diagnosis, SEVERITY_WARNING);
    g_string_append_printf(
        text, "%s%s%s",
        wrong ? text_severity(diagnosis->errors > 0 ? SEVERITY_ERROR : SEVERITY_WARNING, style)
              : text_good(style),
        g_strchomp(summary), text_plain(style));
    g_string_append_c(text, '\n');
    unread_text_append(text, snapshot, style);
    return g_string_free(text, FALSE);
}

/* ---- JSON ---- */

static void add_firewalld(JsonBuilder *builder, const Firewalld *firewalld)
{
    json_builder_set_member_name(builder, "firewalld");
    json_builder_begin_object(builder);
    json_add_string(builder, "version", firewalld->version);
    json_add_string(builder, "state", firewalld->state);
    json_add_string(builder, "default_zone", firewalld->default_zone);
    json_add_tristate(builder, "panic", firewalld->panic);
    json_builder_end_object(builder);
}

static void add_summary(JsonBuilder *builder, const Diagnosis *diagnosis)
{
    json_builder_set_member_name(builder, "summary");
    json_builder_begin_object(builder);
    json_add_int(builder, "errors", diagnosis->errors);
    json_add_int(builder, "warnings", diagnosis->warnings);
    json_add_int(builder, "infos", diagnosis->infos);
    json_builder_end_object(builder);
}

static void add_link(JsonBuilder *builder, const Snapshot *snapshot, const Topology *topology,
                     const Link *link)
{
    Role role = topology_role(topology, link);
    ZoneMatch match = dispatch_interface(snapshot, link->name);
    bool filtered = role != ROLE_PORT && role != ROLE_LOOPBACK && match.zone != NULL;
    json_builder_begin_object(builder);
    json_add_string(builder, "name", link->name);
    json_add_int(builder, "index", link->index);
    json_add_string(builder, "kind", link->kind);
    json_add_string(builder, "role", role_word(role));
    json_add_string(builder, "state", link_state_word(link));
    json_add_string(builder, "zone", filtered ? match.zone->name : NULL);
    json_add_string(builder, "bound_by", filtered ? bound_by_word(match.by) : NULL);
    json_builder_end_object(builder);
}

static void add_outlook(JsonBuilder *builder, const Outlook *outlook)
{
    if (outlook == NULL) {
        json_add_string(builder, "after", NULL);
        return;
    }
    json_builder_set_member_name(builder, "after");
    json_builder_begin_object(builder);
    json_add_string(builder, "event", after_event_word(outlook->event));
    json_add_bool(builder, "worse", outlook->worse);
    json_builder_set_member_name(builder, "assumes");
    json_builder_begin_array(builder);
    for (guint i = 0; i < outlook->assumes->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(outlook->assumes, i));
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

JsonNode *check_report_json(const Snapshot *snapshot, const Diagnosis *diagnosis,
                            const Outlook *outlook)
{
    JsonBuilder *builder = json_document("check");
    add_outlook(builder, outlook);
    add_firewalld(builder, snapshot->firewalld);
    add_summary(builder, diagnosis);
    json_builder_set_member_name(builder, "links");
    json_builder_begin_array(builder);
    for (guint i = 0; i < snapshot->links->len; i++)
        add_link(builder, snapshot, diagnosis->topology, g_ptr_array_index(snapshot->links, i));
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "findings");
    json_builder_begin_array(builder);
    for (guint i = 0; i < diagnosis->findings->len; i++)
        json_add_finding(builder, g_ptr_array_index(diagnosis->findings, i));
    json_builder_end_array(builder);
    json_add_unread(builder, snapshot);
    return json_document_end(builder);
}
