/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fleet as a page. Everything that comes from documents is text in elements, or in attributes in
 * double quotes, and is escaped twice: what is not printable, and what HTML gives a meaning. The
 * page's policy names its own script by its hash, which keeps any other from running. */
#include "fleet/fleet-html.h"

#include "fleet-page.h"
#include "fleet/fleet-text.h"
#include "model/foreach.h"
#include "report/escape.h"
#include "report/fix-text.h"

#include <string.h>

/* ---- text ---- */

/* Appends TEXT with only HTML's own characters escaped: commands are copied from the page. */
static void append_markup(GString *page, const char *text)
{
    g_autofree char *markup = g_markup_escape_text(text, -1);
    g_string_append(page, markup);
}

/* Appends TEXT from outside, with unprintable characters made visible. */
static void append_text(GString *page, const char *text)
{
    g_autofree char *visible = escape_for_terminal(text);
    append_markup(page, visible);
}

static const char *const severity_titles[] = {
    [SEVERITY_INFO] = "note",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

/* ---- findings of a host ---- */

static void append_command(GString *page, char *const *words)
{
    g_autoptr(GString) line = g_string_new(NULL);
    command_text_append(line, words);
    append_markup(page, line->str);
}

static void append_fix(GString *page, const Fix *fix)
{
    g_string_append(page, "<p class=\"fix\">Fix</p><pre><code>");
    append_command(page, fix->command);
    g_string_append(page, "</code></pre>");
    if (fix->firewall_cmd->len > 0)
        g_string_append(page, "<p class=\"fix\">The same with firewall-cmd</p><pre><code>");
    for (guint i = 0; i < fix->firewall_cmd->len; i++) {
        g_string_append(page, i > 0 ? "\n" : "");
        append_command(page, g_ptr_array_index(fix->firewall_cmd, i));
    }
    g_string_append(page, fix->firewall_cmd->len > 0 ? "</code></pre>" : "");
}

static void append_finding(GString *page, const FleetFinding *finding)
{
    const char *severity = severity_word(finding->severity);
    g_string_append_printf(page,
                           "<details class=\"finding %s\"><summary><b class=\"severity\">%s</b> "
                           "<code>%s</code> <span>",
                           severity, severity_titles[finding->severity], finding_word(finding->id));
    append_text(page, finding->message);
    g_string_append(page, "</span></summary><ul>");
    STRV_FOREACH (text, finding->evidence) {
        g_string_append(page, "<li>");
        append_text(page, *text);
        g_string_append(page, "</li>");
    }
    g_string_append(page, "</ul>");
    if (finding->fix != NULL)
        append_fix(page, finding->fix);
    g_string_append(page, "</details>");
}

static void append_paragraph(GString *page, const char *class, const char *text)
{
    if (text == NULL)
        return;
    g_string_append_printf(page, "<p class=\"%s\">", class);
    append_text(page, text);
    g_string_append(page, "</p>");
}

/* ---- hosts ---- */

/* A count above 0 has the class BAD; an unknown one is a dash. */
static void append_count(GString *page, const char *title, const char *bad, bool known, guint count)
{
    g_autofree char *cell = known ? g_strdup_printf("%u", count) : g_strdup("–");
    g_string_append_printf(page, "<td class=\"count%s%s\" data-title=\"%s\">%s</td>",
                           count > 0 ? " " : "", count > 0 ? bad : "", title, cell);
}

/* The cells of a row behind the names of its hosts. */
static char *tell(const FleetHost *host)
{
    GString *page = g_string_new(NULL);
    bool judged = fleet_host_is_judged(host);
    g_autofree char *remark = fleet_text_remark(host);
    append_count(page, "Errors", "error", judged, host->count.errors);
    append_count(page, "Warnings", "warning", judged, host->count.warnings);
    append_count(page, "Notes", "info", fleet_host_has_infos(host), host->infos);
    g_string_append(page, "<td data-title=\"firewalld\">");
    append_text(page, host->firewalld != NULL ? host->firewalld : "–");
    g_string_append(page, "</td><td class=\"findings\">");
    if (host->source == FLEET_UNREADABLE)
        append_paragraph(page, "remark", "not checked");
    append_paragraph(page, "failure", host->error);
    append_paragraph(page, "remark", remark);
    PTR_ARRAY_FOREACH (const FleetFinding, finding, host->findings)
        append_finding(page, finding);
    g_string_append(page, "</td></tr>\n");
    return g_string_free(page, FALSE);
}

const FleetView fleet_html_view = {.tell = tell, .shares = true};

/* A name is broken behind its dots, where at all. */
static void append_name(GString *page, const FleetHost *host)
{
    g_auto(GStrv) labels = g_strsplit(host->host, ".", -1);
    g_string_append(page, "<bdi>");
    STRV_FOREACH (label, labels) {
        g_string_append(page, label == (char *const *)labels ? "" : ".<wbr>");
        append_text(page, *label);
    }
    g_string_append(page, "</bdi><small>");
    append_text(page, host->file);
    g_autofree char *age = fleet_host_age(host);
    if (age != NULL)
        g_string_append_printf(page, " <span class=\"%s\">%s old</span>",
                               fleet_host_is_old(host) ? "age old" : "age", age);
    g_string_append(page, "</small>");
}

/* The names of HOSTS, of which the same is told; the first stands for all. */
static void append_names(GString *page, const GPtrArray *hosts)
{
    g_string_append(page, "<th scope=\"row\">");
    append_name(page, g_ptr_array_index(hosts, 0));
    if (hosts->len > 1)
        g_string_append_printf(page, "<details class=\"alike\"><summary>and %u alike</summary><ul>",
                               hosts->len - 1);
    for (guint i = 1; i < hosts->len; i++) {
        g_string_append(page, "<li>");
        append_name(page, g_ptr_array_index(hosts, i));
        g_string_append(page, "</li>");
    }
    g_string_append_printf(page, "%s</th>", hosts->len > 1 ? "</ul></details>" : "");
}

/* The words that the buttons of the page look for. */
static void append_traits(GString *page, const FleetHost *host)
{
    const char *const traits[] = {
        host->count.errors > 0 ? " error" : "",
        host->count.warnings > 0 ? " warning" : "",
        host->infos > 0 ? " info" : "",
        !fleet_host_is_judged(host) ? " unread" : "",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(traits); i++)
        g_string_append(page, traits[i]);
}

static bool write_row(const FleetReport *report, const GPtrArray *hosts, Output *output,
                      GError **error)
{
    const FleetHost *first = g_ptr_array_index(hosts, 0);
    g_autofree char *told = fleet_spool_get(report->spool, first->told, error);
    if (told == NULL)
        return false;
    g_autoptr(GString) row = g_string_new("<tr data-traits=\"");
    append_traits(row, first);
    g_string_append_printf(row, "\" data-documents=\"%u\">", hosts->len);
    append_names(row, hosts);
    output_piece(output, row->str);
    output_piece(output, told);
    return true;
}

/* The hosts by where what is told of them is (transfer full): lists of FleetHost, each in the order of REPORT. */
static GHashTable *group_hosts(const FleetReport *report)
{
    GHashTable *groups = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                               (GDestroyNotify)g_ptr_array_unref);
    PTR_ARRAY_FOREACH (FleetHost, host, report->hosts) {
        gpointer place = GSIZE_TO_POINTER(host->told.start);
        GPtrArray *group = g_hash_table_lookup(groups, place);
        if (group == NULL) {
            group = g_ptr_array_new();
            g_hash_table_insert(groups, place, group);
        }
        g_ptr_array_add(group, host);
    }
    return groups;
}

static bool write_hosts(const FleetReport *report, Output *output, GError **error)
{
    g_autoptr(GHashTable) groups = group_hosts(report);
    PTR_ARRAY_FOREACH (const FleetHost, host, report->hosts) {
        const GPtrArray *group = g_hash_table_lookup(groups, GSIZE_TO_POINTER(host->told.start));
        if (g_ptr_array_index(group, 0) == host && !write_row(report, group, output, error))
            return false;
    }
    return true;
}

/* ---- above the hosts ---- */

static void append_tile(GString *page, const char *name, const char *class, guint count)
{
    g_string_append_printf(page, "<div class=\"%s\"><dt>%s</dt><dd>%u</dd></div>\n",
                           count > 0 ? class : "", name, count);
}

static void append_tiles(GString *page, const FleetReport *report)
{
    append_tile(page, "Hosts", "", report->names);
    append_tile(page, "With errors", "error", report->with_errors);
    append_tile(page, "With warnings only", "warning", report->with_warnings);
    append_tile(page, "Documents not read", "unread", report->unreadable);
    append_tile(page, "Documents older than a day", "warning", report->old);
}

static void append_tallies(GString *page, const FleetReport *report)
{
    PTR_ARRAY_FOREACH (const FleetTally, tally, report->tallies) {
        g_string_append_printf(
            page,
            "<tr class=\"%s\"><th scope=\"row\"><code class=\"find\">%s</code></th><td><b "
            "class=\"severity\">%s</b></td><td class=\"count\">%u</td></tr>\n",
            severity_word(tally->severity), finding_word(tally->id),
            severity_titles[tally->severity], tally->hosts);
    }
    if (report->tallies->len == 0)
        g_string_append(page, "<tr><td colspan=\"3\">none</td></tr>\n");
}

static void append_summary(GString *page, const FleetReport *report)
{
    g_autofree char *summary = fleet_text_summary(report);
    append_text(page, summary);
}

/* ---- the files of the page ---- */

/* Appends the file NAME of the page, which is text without a NUL. */
static void append_file(GString *page, const char *name)
{
    g_autofree char *path = g_strdup_printf("/nicfix/%s", name);
    g_autoptr(GBytes) bytes =
        g_resource_lookup_data(fleet_page_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    g_string_append_len(page, data, (gssize)size);
}

static void append_style(GString *page, G_GNUC_UNUSED const FleetReport *report)
{
    append_file(page, "fleet-page.css");
}

static void append_script(GString *page, G_GNUC_UNUSED const FleetReport *report)
{
    append_file(page, "fleet-page.js");
}

/* 'sha256-...': how a policy names the text between two tags. */
static void append_hash(GString *page, const char *file)
{
    guint8 digest[32];
    gsize size = sizeof digest;
    g_autoptr(GString) content = g_string_new(NULL);
    append_file(content, file);
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)content->str, -1);
    g_checksum_get_digest(checksum, digest, &size);
    g_autofree char *encoded = g_base64_encode(digest, size);
    g_string_append_printf(page, "'sha256-%s'", encoded);
}

static void append_policy(GString *page, G_GNUC_UNUSED const FleetReport *report)
{
    g_string_append(page, "default-src 'none'; style-src ");
    append_hash(page, "fleet-page.css");
    g_string_append(page, "; script-src ");
    append_hash(page, "fleet-page.js");
    g_string_append(page, "; base-uri 'none'; form-action 'none'");
}

/* ---- the page ---- */

/* What stands in place of {{NAME}} in the layout; the hosts are not in the list. */
static const struct {
    const char *name;
    void (*append)(GString *page, const FleetReport *report);
} parts[] = {
    {"policy", append_policy}, {"style", append_style},     {"summary", append_summary},
    {"tiles", append_tiles},   {"tallies", append_tallies}, {"script", append_script},
};

static bool write_part(const char *name, const FleetReport *report, Output *output, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (g_str_equal(name, "hosts"))
        return write_hosts(report, output, error);
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (g_str_equal(parts[i].name, name))
            parts[i].append(text, report);
    }
    output_piece(output, text->str);
    return true;
}

bool fleet_html_write(const FleetReport *report, Output *output, GError **error)
{
    g_autoptr(GString) layout = g_string_new(NULL);
    append_file(layout, "fleet-page.html");
    g_auto(GStrv) pieces = g_strsplit(layout->str, "{{", -1);
    output_piece(output, pieces[0]);
    for (guint i = 1; pieces[i] != NULL; i++) {
        char *rest = strstr(pieces[i], "}}");
        *rest = '\0';
        if (!write_part(pieces[i], report, output, error))
            return false;
        output_piece(output, rest + strlen("}}"));
    }
    return true;
}
