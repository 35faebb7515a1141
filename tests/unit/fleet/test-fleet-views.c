/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fleet as text, document and page: word for word, and with hostile names. */
#include "fleet/fleet-html.h"
#include "fleet/fleet-json.h"
#include "fleet/fleet-text.h"

#include "fleet/fleet-documents.h"

#include "golden.h"

#include <unistd.h>

/* ---- fleets ---- */

/* A folder of documents, two hosts outside it, one of which has two documents, and a missing file. */
static const char *const fleet[] = {"fleet", "incident.json", "hosts/docker.json", "nowhere.json",
                                    NULL};
static const char *const fine_fleet[] = {"fleet/router.json", "incident-cured.json", NULL};

static FleetReport *read_fleet(const char *const *arguments, const FleetView *view)
{
    assert_int_equal(chdir(g_getenv("FIXTURES")), 0);
    FleetReport *report = fleet_report_new(view);
    g_autoptr(GDateTime) later = g_date_time_new_utc(2024, 4, 8, 10, 0, 0);
    report->now = g_date_time_to_unix(later);
    g_autoptr(GPtrArray) paths = fleet_documents_find((char *const *)arguments);
    for (guint i = 0; i < paths->len; i++)
        fleet_report_add(report, fleet_document_read(g_ptr_array_index(paths, i), NULL));
    fleet_report_finish(report);
    return report;
}

/* PAGE without its style, its script and their hashes, which another test compares with the files
 * (transfer full). */
static char *content_of(const char *page)
{
    g_autoptr(GRegex) files = g_regex_new("(?s)(?<=<style>).*?(?=</style>)|(?<=<script>).*?(?="
                                          "</script>)|(?<=sha256-)[^']*",
                                          0, 0, NULL);
    return g_regex_replace_literal(files, page, -1, 0, "...", 0, NULL);
}

/* ---- as it is written ---- */

static char *written(const FleetReport *report, Output *output)
{
    char *text = NULL;
    size_t size;
    output->stream = open_memstream(&text, &size);
    bool complete = output->format == FORMAT_SPECIAL ? fleet_html_write(report, output, NULL)
                                                     : fleet_json_write(report, output, NULL);
    assert_true(complete);
    assert_int_equal(fclose(output->stream), 0);
    return text;
}

/* (transfer full) */
static char *page_of(const FleetReport *report)
{
    Output output = {.format = FORMAT_SPECIAL};
    return written(report, &output);
}

/* (transfer full) */
static char *json_of(const FleetReport *report)
{
    Output output = {.format = FORMAT_JSON};
    char *text = written(report, &output);
    assert_true(output.has_document);
    return text;
}

/* ---- word for word ---- */

typedef struct {
    const char *name; /* of the golden file */
    const char *const *fleet;
    guint width;
} ViewCase;

static const ViewCase views[] = {
    {"report-fleet.txt", fleet, 0},      {"report-fleet-70.txt", fleet, 70},
    {"report-fleet.json", fleet, 0},     {"report-fleet.page", fleet, 0},
    {"report-fine.txt", fine_fleet, 0},  {"report-fine.json", fine_fleet, 0},
    {"report-fine.page", fine_fleet, 0},
};

/* The fleet in the format that NAME ends in (transfer full). */
static char *render(const char *name, const char *const *arguments, guint width)
{
    const TextStyle style = {.width = width};
    bool is_json = g_str_has_suffix(name, ".json");
    bool is_text = g_str_has_suffix(name, ".txt");
    g_autoptr(FleetReport) report = read_fleet(arguments, is_json   ? &fleet_json_view
                                                          : is_text ? NULL
                                                                    : &fleet_html_view);
    if (is_json)
        return json_of(report);
    if (is_text)
        return fleet_text(report, &style);
    g_autofree char *page = page_of(report);
    return content_of(page);
}

static void test_view(void **state)
{
    const ViewCase *test = *state;
    g_autofree char *text = render(test->name, test->fleet, test->width);
    compare_with_golden(test->name, text);
}

/* What is pieced together is the document that one would make of the whole: indented, and in one line. */
static void test_a_line_is_the_same_document(G_GNUC_UNUSED void **state)
{
    Output output = {.format = FORMAT_JSON_LINES};
    g_autofree char *indented = render(".json", fleet, 0);
    g_autoptr(FleetReport) report = read_fleet(fleet, &fleet_json_line_view);
    g_autofree char *line = written(report, &output);
    json_auto_t *document = json_loads(line, 0, NULL);
    json_auto_t *same = json_loads(indented, 0, NULL);
    assert_non_null(document);
    assert_true(json_equal(document, same));
    g_autofree char *again = document_text(json_incref(document));
    assert_string_equal(again, indented);
    g_autofree char *compact = json_document_text(document, false);
    assert_string_equal(g_strchomp(line), compact);
}

/* ---- the page and its files ---- */

/* What stands between <TAG> and </TAG> in PAGE, where there is only one (transfer full). */
static char *between(const char *page, const char *tag)
{
    g_autofree char *opening = g_strdup_printf("<%s>", tag);
    g_autofree char *closing = g_strdup_printf("</%s>", tag);
    g_auto(GStrv) parts = g_strsplit(page, opening, -1);
    assert_int_equal(g_strv_length(parts), 2);
    char *end = strstr(parts[1], closing);
    assert_non_null(end);
    return g_strndup(parts[1], (gsize)(end - parts[1]));
}

/* The policy allows what is in the page and nothing else. */
static void test_the_policy_names_style_and_script(G_GNUC_UNUSED void **state)
{
    g_autoptr(FleetReport) report = read_fleet(fine_fleet, &fleet_html_view);
    g_autofree char *page = page_of(report);
    for (guint i = 0; i < 2; i++) {
        g_autofree char *content = between(page, i == 0 ? "style" : "script");
        g_autofree char *hex = g_compute_checksum_for_string(G_CHECKSUM_SHA256, content, -1);
        guint8 digest[32];
        for (guint j = 0; j < sizeof digest; j++)
            digest[j] = (guint8)(g_ascii_xdigit_value(hex[2 * j]) * 16 +
                                 g_ascii_xdigit_value(hex[2 * j + 1]));
        g_autofree char *encoded = g_base64_encode(digest, sizeof digest);
        g_autofree char *wanted =
            g_strdup_printf("%s-src 'sha256-%s';", i == 0 ? "style" : "script", encoded);
        assert_non_null(strstr(page, wanted));
    }
    assert_non_null(strstr(page, "content=\"default-src 'none';"));
    assert_null(strstr(page, "unsafe"));
    assert_null(strstr(page, "://"));
}

/* ---- hostile names ---- */

typedef struct {
    const char *name;
    const char *word;
    const char *markup; /* how it stands in the page */
} HostileCase;

static const HostileCase hostile[] = {
    {"a script", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
    {"the end of an attribute", "\" onmouseover=\"alert(1)", "&quot; onmouseover=&quot;alert(1)"},
    {"the end of an attribute in single quotes", "' onclick='alert(1)",
     "&apos; onclick=&apos;alert(1)"},
    {"an entity", "&lt;b&gt;", "&amp;lt;b&amp;gt;"},
    {"a comment", "--><!--", "--&gt;&lt;!--"},
    {"a placeholder of the layout", "{{hosts}}", "{{hosts}}"},
    {"a format", "%s%n", "%s%n"},
    {"an escape sequence", "e\033[2Jx", "e\\x1b[2Jx"},
    {"a line end", "e\r\nok", "e\\x0d\\x0aok"},
    {"text that runs the other way",
     "\xe2\x80\xae"
     "0hte",
     "\\u202e0hte"},
    {"an isolate", "\xe2\x81\xa6x", "\\u2066x"},
    {"a byte order mark",
     "\xef\xbb\xbf"
     "eth0",
     "\\ufeffeth0"},
    {"a tag character", "\xf3\xa0\x81\x81", "\\U000e0041"},
    {"a backslash", "\\x1b", "\\\\x1b"},
};

/* A report in which every text is WORD. */
static FleetReport *hostile_report(const char *word, const FleetView *view)
{
    FleetReport *report = fleet_report_new(view);
    FleetFinding *finding = g_new0(FleetFinding, 1);
    finding->id = FINDING_UPLINK_UNBOUND;
    finding->severity = SEVERITY_ERROR;
    finding->interface = g_strdup(word);
    finding->zone = g_strdup(word);
    finding->message = g_strdup(word);
    finding->evidence = g_strsplit(word, "/", 1);
    finding->fix = fix_new();
    finding->fix->command = g_strsplit(word, "/", 1);
    g_ptr_array_add(finding->fix->firewall_cmd, g_strsplit(word, "/", 1));
    FleetHost *host = fleet_host_new(word, word, FLEET_CHECK);
    host->firewalld = g_strdup(word);
    fleet_host_add(host, finding);
    fleet_report_add(report, host);
    FleetHost *gone = fleet_host_new(word, word, FLEET_UNREADABLE);
    gone->error = g_strdup(word);
    fleet_report_add(report, gone);
    fleet_report_finish(report);
    return report;
}

static void assert_printable(const char *text)
{
    assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar character = g_utf8_get_char(p);
        if (character != '\n' && !g_unichar_isprint(character))
            fail_msg("U+%04X in %s", character, text);
    }
}

static guint occurrences(const char *text, const char *word)
{
    g_auto(GStrv) parts = g_strsplit(text, word, -1);
    return g_strv_length(parts) - 1;
}

/* The page of a harmless name has the same tags. */
static void test_hostile_name(void **state)
{
    const HostileCase *test = *state;
    const TextStyle style = {.width = 60};
    g_autoptr(FleetReport) report = hostile_report(test->word, &fleet_html_view);
    g_autoptr(FleetReport) harmless = hostile_report("harmless", &fleet_html_view);
    g_autoptr(FleetReport) table = hostile_report(test->word, NULL);
    g_autoptr(FleetReport) json = hostile_report(test->word, &fleet_json_view);
    g_autofree char *page = page_of(report);
    g_autofree char *model = page_of(harmless);
    g_autofree char *text = fleet_text(table, &style);
    g_autofree char *document = json_of(json);
    assert_printable(page);
    assert_printable(text);
    assert_printable(document);
    assert_int_equal(occurrences(page, "<"), occurrences(model, "<"));
    assert_int_equal(occurrences(page, ">"), occurrences(model, ">"));
    assert_int_equal(occurrences(page, "\""), occurrences(model, "\""));
    /* Name and file of both hosts, version, message, evidence and the error. In commands it stands as
     * the shell wants it. */
    assert_true(occurrences(page, test->markup) >= 8);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_the_policy_names_style_and_script),
        cmocka_unit_test(test_a_line_is_the_same_document),
    };
    return RUN_CASES(test_view, views) + RUN_CASES(test_hostile_name, hostile) +
           cmocka_run_group_tests(others, NULL, NULL);
}
