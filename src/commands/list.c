/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix list: every interface and every zone, or some. */
#include "commands/command-line.h"
#include "commands/host-notes.h"
#include "commands/trial.h"
#include "model/error.h"
#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "model/needs/needs.h"
#include "observe/named-link.h"
#include "report/dot-report.h"
#include "report/list-report.h"

/* ---- which are shown ---- */

static const Zone *zone_of(const ListReport *report, const Link *link)
{
    return list_report_is_filtered(topology_role(report->topology, link))
               ? dispatch_interface(report->snapshot, link->name).zone
               : NULL;
}

/* The links that NAMES name, all where there are none, which ZONE (NULL: any) filters (transfer container). */
static GPtrArray *choose_links(const ListReport *report, char *const *names, const Zone *zone,
                               GError **error)
{
    g_autoptr(GHashTable) named = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (char *const *name = names; *name != NULL; name++) {
        const Link *link = named_link_find(report->snapshot, NULL, *name, error);
        if (link == NULL)
            return NULL;
        g_hash_table_add(named, (gpointer)link);
    }
    GPtrArray *links = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Link, link, report->snapshot->links) {
        bool is_named = *names == NULL || g_hash_table_contains(named, link);
        if (is_named && (zone == NULL || zone_of(report, link) == zone))
            g_ptr_array_add(links, link);
    }
    return links;
}

/* Those that filter a link that is shown (transfer container). */
static GPtrArray *choose_zones(const ListReport *report)
{
    g_autoptr(GHashTable) filter = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (const Link, link, report->links)
        g_hash_table_add(filter, (gpointer)zone_of(report, link));
    GPtrArray *zones = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Zone, zone, report->snapshot->firewalld->zones) {
        if (g_hash_table_contains(filter, zone))
            g_ptr_array_add(zones, zone);
    }
    return zones;
}

static Zone *find_zone(const Snapshot *snapshot, const char *name, GError **error)
{
    Zone *zone = firewalld_zone(snapshot->firewalld, name);
    if (zone != NULL)
        return zone;
    const char *nearest = firewalld_nearest_zone(snapshot->firewalld, name);
    g_autofree char *hint = nearest != NULL ? g_strdup_printf("did you mean %s?", nearest)
                                            : g_strdup("nicfix list shows all zones");
    nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, hint, "firewalld has no zone '%s'", name);
    return NULL;
}

/* ---- the whole ---- */

static bool list(const Context *context, ListReport *report, char *const *names,
                 const char *zone_name, GError **error)
{
    Output *output = context->output;
    Zone *zone = zone_name != NULL ? find_zone(report->snapshot, zone_name, error) : NULL;
    if (zone == NULL && zone_name != NULL)
        return false;
    g_autoptr(GPtrArray) links = choose_links(report, names, zone, error);
    if (links == NULL)
        return false;
    report->links = links;
    g_autoptr(GPtrArray) zones = choose_zones(report);
    if (zone != NULL) { /* also where it filters nothing */
        g_ptr_array_set_size(zones, 0);
        g_ptr_array_add(zones, zone);
    }
    bool is_narrowed = *names != NULL || zone != NULL;
    report->zones = is_narrowed ? zones : report->snapshot->firewalld->zones;
    if (output_wants_text(output))
        output_text(output, list_report_text(report, &output->style));
    if (output_wants_json(output))
        output_json(output, list_report_json(report));
    return true;
}

static bool check_format(const Context *context, char *const *names, const char *zone,
                         GError **error)
{
    if (context->output->format != FORMAT_SPECIAL || (*names == NULL && zone == NULL))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit the interfaces and --zone",
                     "--format dot draws the whole host");
    return false;
}

static int run(const Context *context, char **words, GError **error)
{
    g_autofree char *zone = NULL;
    const GOptionEntry options[] = {
        {"zone", 'z', 0, G_OPTION_ARG_STRING, &zone, "Only ZONE and the interfaces it filters",
         "ZONE"},
        {NULL},
    };
    int status;
    if (!command_line_parse(context, options, &words, &status, error))
        return status;
    if (!check_format(context, words, zone, error))
        return -1;
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, error);
    if (snapshot == NULL)
        return -1;
    g_autoptr(Topology) topology = topology_new(snapshot, context_declared(context));
    needs_find_roles(snapshot, topology);
    if (context->output->format == FORMAT_SPECIAL) {
        g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
        output_special(context->output, dot_report(snapshot, topology, map));
        return STATUS_FINE;
    }
    g_autoptr(Record) record = host_notes_record(context->options);
    ListReport report = {
        .snapshot = snapshot, .topology = topology, .pending = trial_pending(record)};
    return list(context, &report, words, zone, error) ? STATUS_FINE : -1;
}

const Command list_command = {
    .name = "list",
    .arguments = "[IFACE...]",
    .summary = "Show interfaces and zones, and which zone filters what",
    .example = "nicfix list --json | jq '.links[] | select(.role == \"uplink\")'",
    .max_arguments = G_MAXUINT,
    .formats = "text|json|dot",
    .answers_from_text = true,
    .run = run,
};
