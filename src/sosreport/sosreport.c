/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files of a sosreport say what, and what becomes of the rest: what is not read is noted, and the model
 * answers "unknown" where that could decide. */
#include "sosreport/sosreport.h"

#include "documents/snapshot-json.h"
#include "model/error.h"
#include "model/foreach.h"
#include "sosreport/firewalld-text.h"
#include "sosreport/lines.h"
#include "sosreport/links-text.h"
#include "sosreport/report-files.h"
#include "sosreport/routes-text.h"
#include "sosreport/sysctl-text.h"

#include <string.h>

#define FIREWALL_CMD "sos_commands/firewalld/firewall-cmd_--"
#define NETWORKING   "sos_commands/networking/"

/* The name of the file that begins an error of a report. */
static void prefix_error(const char *path, GError **error)
{
    g_prefix_error(error, "sosreport %s: ", path);
}

/* ---- files ---- */

/* The lines of the first of NAMES (NULL-terminated) that the report has. Where none can be read, WHAT is noted as
 * unread, and the result is NULL (transfer full). */
static char **lines_of(const ReportFiles *files, const char *const *names, Snapshot *snapshot,
                       const char *what)
{
    g_autoptr(GError) first = NULL;
    STRV_FOREACH (name, names) {
        g_autoptr(GError) reason = NULL;
        char **lines = report_files_lines(files, *name, &reason);
        if (lines != NULL)
            return lines;
        if (first == NULL || g_error_matches(first, NICFIX_ERROR, NICFIX_ERROR_NOT_FOUND)) {
            g_clear_error(&first);
            first = g_steal_pointer(&reason);
        }
    }
    if (what != NULL)
        snapshot_add_unread(snapshot, what, names[0], first->message);
    return NULL;
}

#define LINES_OF(files, snapshot, what, ...)                                                       \
    lines_of(files, (const char *const[]){__VA_ARGS__, NULL}, snapshot, what)

/* The first line of a file, or NULL (transfer full). */
static char *word_of(const ReportFiles *files, const char *name)
{
    g_auto(GStrv) lines = report_files_lines(files, name, NULL);
    if (lines == NULL || lines[0] == NULL)
        return NULL;
    g_autofree char *word = g_strstrip(g_strdup(lines[0]));
    return *word != '\0' ? g_steal_pointer(&word) : NULL;
}

/* ---- the kernel's side ---- */

static void note_unclear(Snapshot *snapshot, guint unclear, const char *what, const char *where)
{
    if (unclear == 0)
        return;
    g_autofree char *reason =
        g_strdup_printf("%u line%s could not be understood", unclear, unclear == 1 ? "" : "s");
    snapshot_add_unread(snapshot, what, where, reason);
    snapshot->routes_complete = TRISTATE_NO;
}

static void read_routes(const ReportFiles *files, Snapshot *snapshot)
{
    static const char name[] = NETWORKING "ip_route_show_table_all";
    g_auto(GStrv) names = report_files_lines(files, "etc/iproute2/rt_tables", NULL);
    g_autoptr(GHashTable) tables = table_names_from_text(names);
    g_auto(GStrv) routes = LINES_OF(files, snapshot, "routes", name);
    g_auto(GStrv) ipv4 = LINES_OF(files, snapshot, "routing rules of IPv4", NETWORKING "ip_-4_rule",
                                  NETWORKING "ip_-4_rule_list");
    g_auto(GStrv) ipv6 = LINES_OF(files, snapshot, "routing rules of IPv6", NETWORKING "ip_-6_rule",
                                  NETWORKING "ip_-6_rule_list");
    bool is_complete = routes != NULL && ipv4 != NULL && ipv6 != NULL;
    snapshot->routes_complete = is_complete ? TRISTATE_YES : TRISTATE_NO;
    if (routes != NULL)
        note_unclear(snapshot, routes_from_text(routes, tables, snapshot), "some routes", name);
    if (ipv4 != NULL)
        note_unclear(snapshot, rules_from_text(ipv4, tables, FAMILY_IPV4, snapshot),
                     "some routing rules of IPv4", NETWORKING "ip_-4_rule");
    if (ipv6 != NULL)
        note_unclear(snapshot, rules_from_text(ipv6, tables, FAMILY_IPV6, snapshot),
                     "some routing rules of IPv6", NETWORKING "ip_-6_rule");
}

/* An older ip(8) does not print which device a link is: what is hardware, and so may be an uplink without a
 * default route, is not known then. */
static void note_hardware(Snapshot *snapshot)
{
    bool is_open = false;
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        if (link->parent_device != NULL)
            return;
        is_open = is_open || (link->kind == NULL && link->mac != NULL);
    }
    if (is_open)
        snapshot_add_unread(snapshot, "which interfaces are hardware", NETWORKING "ip_-d_address",
                            "it does not say on which bus they are");
}

static bool read_links(const ReportFiles *files, Snapshot *snapshot, GError **error)
{
    static const char name[] = NETWORKING "ip_-d_address";
    g_auto(GStrv) lines = report_files_lines(files, name, error);
    if (lines == NULL || !links_from_text(lines, name, snapshot, error))
        return false;
    note_hardware(snapshot);
    if (snapshot->links->len > 0)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, REPORT_HINT, "%s: it is empty", name);
    return false;
}

/* "qdisc clsact ffff: dev eth0 parent ffff:fff1": programs may be attached there; which are is not told. */
static void read_queues(const ReportFiles *files, Snapshot *snapshot)
{
    g_auto(GStrv) lines =
        LINES_OF(files, snapshot, "programs of traffic control", NETWORKING "tc_-s_qdisc_show");
    for (char **line = lines; line != NULL && *line != NULL; line++) {
        g_auto(GStrv) words = line_words(*line);
        const char *kind = word_after(words, "qdisc");
        const char *device = word_after(words, "dev");
        bool is_clsact = g_strcmp0(kind, "clsact") == 0;
        if (device == NULL || (!is_clsact && g_strcmp0(kind, "ingress") != 0))
            continue;
        Link *link = (Link *)snapshot_link_by_name(snapshot, device); /* as in sysctl-text.c */
        if (link != NULL)
            link->programs = (LinkPrograms){link->programs.xdp, true, is_clsact};
    }
}

static void read_kernel_settings(const ReportFiles *files, Snapshot *snapshot)
{
    g_auto(GStrv) lines =
        LINES_OF(files, snapshot, "forwarding settings", "sos_commands/kernel/sysctl_-a");
    if (lines != NULL)
        sysctl_from_text(lines, snapshot);
}

/* ---- firewalld ---- */

/* The version of the package firewalld in a list of packages: "ii  firewalld  1.3.3-1 all ..." of dpkg, or
 * "firewalld-1.3.4-9.el9.noarch" of rpm. NULL where it is not there (transfer full). */
static char *version_of_package(char *const *lines)
{
    STRV_FOREACH (line, lines) {
        g_auto(GStrv) words = line_words(*line);
        const char *version = NULL;
        if (g_strv_length(words) >= 3 && g_str_equal(words[1], "firewalld"))
            version = words[2];
        else if (words[0] != NULL && g_str_has_prefix(words[0], "firewalld-") &&
                 g_ascii_isdigit(words[0][strlen("firewalld-")]))
            version = words[0] + strlen("firewalld-");
        if (version != NULL && g_ascii_isdigit(*version))
            return g_strndup(version, strcspn(version, "-+~"));
    }
    return NULL;
}

static void read_version(const ReportFiles *files, Snapshot *snapshot)
{
    g_auto(GStrv) lines = LINES_OF(files, snapshot, NULL, "installed-rpms", "installed-debs",
                                   "sos_commands/dpkg/dpkg_-l");
    snapshot->firewalld->version = lines != NULL ? version_of_package(lines) : NULL;
    if (snapshot->firewalld->version == NULL)
        snapshot_add_unread(snapshot, "firewalld's version", "installed-rpms, installed-debs",
                            "the sosreport has no list of packages with firewalld in it");
}

static bool read_state(const ReportFiles *files, Snapshot *snapshot, GError **error)
{
    g_autofree char *state = word_of(files, FIREWALL_CMD "state");
    if (state == NULL)
        snapshot_add_unread(snapshot, "firewalld's state", FIREWALL_CMD "state",
                            "the sosreport does not have it");
    else if (!g_str_equal(state, "running")) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_RUNNING,
                         "see whether it should: systemctl status firewalld",
                         "firewalld did not run when the report was made: it says '%s'", state);
        return false;
    }
    snapshot->firewalld->state = state != NULL ? g_strdup("RUNNING") : NULL;
    return true;
}

static bool read_zones(const ReportFiles *files, Snapshot *snapshot, GError **error)
{
    static const char name[] = FIREWALL_CMD "list-all-zones";
    g_auto(GStrv) lines = report_files_lines(files, name, error);
    GPtrArray *zones = lines != NULL ? zones_from_text(lines, name, error) : NULL;
    if (zones == NULL)
        return false;
    g_ptr_array_unref(snapshot->firewalld->zones);
    snapshot->firewalld->zones = zones;
    return true;
}

static void read_configuration(const ReportFiles *files, Snapshot *snapshot)
{
    g_auto(GStrv) lines = LINES_OF(files, snapshot, "firewalld's default zone and options",
                                   "etc/firewalld/firewalld.conf");
    g_autofree char *log_denied = word_of(files, FIREWALL_CMD "get-log-denied");
    Firewalld *firewalld = snapshot->firewalld;
    if (lines != NULL)
        firewalld_conf_from_text(lines, firewalld);
    if (log_denied != NULL) {
        g_free(firewalld->log_denied);
        firewalld->log_denied = g_steal_pointer(&log_denied);
    }
}

/* There are none where all three lists are there, and empty. */
static void read_direct_rules(const ReportFiles *files, Snapshot *snapshot)
{
    static const char *const names[] = {
        FIREWALL_CMD "direct_--get-all-rules",
        FIREWALL_CMD "direct_--get-all-passthroughs",
        FIREWALL_CMD "direct_--get-all-chains",
    };
    snapshot->firewalld->direct_rules = TRISTATE_NO;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(GStrv) lines = LINES_OF(files, snapshot, "direct rules", names[i]);
        if (lines == NULL) {
            snapshot->firewalld->direct_rules = TRISTATE_UNKNOWN;
            return;
        }
        if (lines[0] != NULL)
            snapshot->firewalld->direct_rules = TRISTATE_YES;
    }
}

static bool read_policy_list(const ReportFiles *files, Snapshot *snapshot, GError **error)
{
    static const char name[] = FIREWALL_CMD "list-all-policies";
    g_auto(GStrv) lines = LINES_OF(files, snapshot, NULL, name);
    GPtrArray *policies = lines != NULL ? policies_from_text(lines, name, error) : NULL;
    if (policies == NULL)
        return lines == NULL;
    g_ptr_array_unref(snapshot->firewalld->policies);
    snapshot->firewalld->policies = policies;
    snapshot->firewalld->policies_exist = TRISTATE_YES;
    return true;
}

/* sos has no list of policies (as of 4.8): the chains of firewalld's table at least say which there are. */
static bool read_policies(const ReportFiles *files, Snapshot *snapshot, GError **error)
{
    Firewalld *firewalld = snapshot->firewalld;
    g_auto(GStrv) ruleset =
        LINES_OF(files, snapshot, "panic mode", "sos_commands/firewalld/nft_list_ruleset",
                 "sos_commands/firewall_tables/nft_list_ruleset", NETWORKING "nft_list_ruleset");
    if (!read_policy_list(files, snapshot, error))
        return false;
    bool is_listed = firewalld->policies_exist == TRISTATE_YES;
    bool is_named = ruleset != NULL && firewalld_names_from_ruleset(ruleset, firewalld, !is_listed);
    if (is_named && !is_listed)
        firewalld->policies_exist = TRISTATE_YES;
    if (!is_listed && is_named && firewalld->policies->len > 0)
        snapshot_add_unread(snapshot, "the settings of policies", FIREWALL_CMD "list-all-policies",
                            "the sosreport does not have them");
    if (!is_listed && !is_named)
        snapshot_add_unread(snapshot, "policies", FIREWALL_CMD "list-all-policies",
                            "the sosreport has neither them nor firewalld's rules");
    return true;
}

static bool read_firewalld(const ReportFiles *files, Snapshot *snapshot, GError **error)
{
    if (!read_state(files, snapshot, error) || !read_zones(files, snapshot, error))
        return false;
    read_version(files, snapshot);
    read_configuration(files, snapshot);
    read_direct_rules(files, snapshot);
    return read_policies(files, snapshot, error);
}

/* Which zone binds NAME in ZONES permanently; more than one is a conflict (transfer full). */
static PermanentBinding *binding_among(const GPtrArray *zones, const char *name)
{
    PermanentBinding *binding = permanent_binding_new(name);
    const char *first = NULL;
    PTR_ARRAY_FOREACH (const Zone, zone, zones) {
        if (!zone_lists_interface(zone, name))
            continue;
        if (first != NULL && binding->conflict == NULL)
            binding->conflict = g_strdup_printf("zones %s and %s both have it", first, zone->name);
        first = first != NULL ? first : zone->name;
    }
    binding->zone = binding->conflict == NULL ? g_strdup(first) : NULL;
    return binding;
}

static void read_permanent(const ReportFiles *files, Snapshot *snapshot)
{
    static const char name[] = FIREWALL_CMD "permanent_--list-all-zones";
    g_auto(GStrv) lines = LINES_OF(files, snapshot, "the permanent configuration", name);
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) zones = lines != NULL ? zones_from_text(lines, name, &reason) : NULL;
    if (reason != NULL)
        snapshot_add_unread(snapshot, "the permanent configuration", name, reason->message);
    if (zones == NULL)
        return;
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links)
        g_ptr_array_add(snapshot->permanent->bindings, binding_among(zones, link->name));
}

/* ---- the whole ---- */

/* What is in a sosreport only as text that cannot be read back faithfully, or is not in it at all. */
static void note_the_rest(Snapshot *snapshot)
{
    static const char reason[] = "nicfix does not read that from the text of a sosreport";
    snapshot_add_unread(snapshot, "the kernel's nf_tables rules", "nft list ruleset", reason);
    snapshot_add_unread(snapshot, "definitions of services", "/usr/lib/firewalld/services", reason);
    snapshot_add_unread(snapshot, "the sockets that listen", "ss", reason);
    snapshot_add_unread(snapshot, "NetworkManager's profiles", "nmcli", reason);
}

static void read_identity(const ReportFiles *files, Snapshot *snapshot)
{
    g_autofree char *host = word_of(files, "sos_commands/host/hostname");
    if (host == NULL)
        host = word_of(files, "etc/hostname");
    g_free(snapshot->host);
    snapshot->host = host != NULL ? g_steal_pointer(&host) : g_strdup("unknown");
    g_free(snapshot->taken_at);
    snapshot->taken_at = g_strdup("unknown");
}

static Snapshot *read_text(const ReportFiles *files, GError **error)
{
    g_autoptr(Snapshot) snapshot = snapshot_new();
    read_identity(files, snapshot);
    if (!read_links(files, snapshot, error) || !read_firewalld(files, snapshot, error))
        return NULL;
    read_routes(files, snapshot);
    read_queues(files, snapshot);
    read_kernel_settings(files, snapshot);
    read_permanent(files, snapshot);
    note_the_rest(snapshot);
    return g_steal_pointer(&snapshot);
}

/* What the plugin of examples/sos has collected; NULL without an error where it has not. */
static Snapshot *read_own(const ReportFiles *files, const char *path, GError **error)
{
    static const char name[] = "sos_commands/nicfix/nicfix_snapshot";
    g_autoptr(GBytes) bytes = report_files_bytes(files, name, NULL);
    if (bytes == NULL || g_bytes_get_size(bytes) == 0)
        return NULL;
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *place = g_strdup_printf("sosreport %s: %s", path, name);
    return snapshot_from_json(data, size, place, error);
}

Snapshot *sosreport_read(const char *path, SosreportSource *source, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(ReportFiles) files = report_files_open(path, error);
    if (files == NULL)
        return NULL;
    Snapshot *snapshot = read_own(files, path, &reason);
    *source = SOSREPORT_SNAPSHOT;
    if (snapshot != NULL)
        return snapshot;
    *source = SOSREPORT_TEXT;
    snapshot = read_text(files, error);
    if (snapshot == NULL)
        prefix_error(path, error);
    else if (reason != NULL)
        snapshot_add_unread(snapshot, "nicfix's own snapshot",
                            "sos_commands/nicfix/nicfix_snapshot", reason->message);
    return snapshot;
}
