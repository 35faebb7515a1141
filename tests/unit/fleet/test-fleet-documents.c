/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents of a fleet: what each kind becomes, which files are found, and the errors of those that
 * cannot be read. */
#include "fleet/fleet-documents.h"

#include "cases.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a folder for each test ---- */

static char *folder_new(void)
{
    char *folder = g_dir_make_tmp("nicfix-fleet-XXXXXX", NULL);
    assert_non_null(folder);
    return folder;
}

static void folder_remove(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        assert_int_equal(g_remove(path), 0);
    }
    assert_int_equal(g_rmdir(folder), 0);
}

static void folder_write(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* The fixture NAME, with its only OLD replaced by NEW unless OLD is NULL (transfer full). */
static char *fixture_text(const char *name, const char *old, const char *new)
{
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), name, NULL);
    char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        fail_msg("%s cannot be read", path);
    if (old == NULL)
        return text;
    g_autoptr(GString) changed = g_string_new(text);
    g_free(text);
    if (g_string_replace(changed, old, new, 1) != 1)
        fail_msg("%s does not have %s", name, old);
    return g_string_free(g_steal_pointer(&changed), FALSE);
}

/* ---- rows as text ---- */

static void append_finding(GString *text, const FleetFinding *finding)
{
    g_string_append_printf(text, "\n%s %s %s %s: %s", severity_word(finding->severity),
                           finding_word(finding->id),
                           finding->interface != NULL ? finding->interface : "-",
                           finding->zone != NULL ? finding->zone : "-", finding->message);
    for (char *const *line = finding->evidence; *line != NULL; line++)
        g_string_append_printf(text, "\n- %s", *line);
    if (finding->fix == NULL)
        return;
    g_autofree char *command = g_strjoinv(" ", finding->fix->command);
    g_string_append_printf(text, "\nfix %s", command);
    for (guint i = 0; i < finding->fix->firewall_cmd->len; i++) {
        g_autofree char *same =
            g_strjoinv(" ", (char **)g_ptr_array_index(finding->fix->firewall_cmd, i));
        g_string_append_printf(text, "\nsame %s", same);
    }
}

/* "host check 1/0/0 firewalld=1.3.3" and its findings (transfer full). */
static char *row_text(const FleetHost *host)
{
    g_autoptr(GString) text = g_string_new(host->host);
    const char *source = fleet_source_word(host->source);
    g_string_append_printf(text, " %s %u/%u/%u", source != NULL ? source : "unreadable",
                           host->count.errors, host->count.warnings, host->infos);
    if (host->source == FLEET_APPLY)
        g_string_append_printf(text, " before=%u/%u", host->before.errors, host->before.warnings);
    if (host->firewalld != NULL)
        g_string_append_printf(text, " firewalld=%s", host->firewalld);
    if (host->after != NULL)
        g_string_append_printf(text, " after=%s", host->after);
    if (host->error != NULL)
        g_string_append_printf(text, " error=%s", host->error);
    for (guint i = 0; i < host->findings->len; i++)
        append_finding(text, g_ptr_array_index(host->findings, i));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The row that the document TEXT becomes when it is read from host.json (transfer full). */
static char *read_text(const char *text)
{
    g_autofree char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "host.json", NULL);
    folder_write(folder, "host.json", text);
    g_autoptr(FleetHost) host = fleet_document_read(path, NULL);
    folder_remove(folder);
    assert_string_equal(host->file, path);
    /* Where it was read from differs from run to run. */
    g_autofree char *row = row_text(host);
    g_auto(GStrv) parts = g_strsplit(row, path, -1);
    return g_strjoinv("FILE", parts);
}

/* ---- documents that are fine ---- */

typedef struct {
    const char *name;
    const char *fixture;
    const char *old;
    const char *new;
    const char *row;
} DocumentCase;

#define INCIDENT_FINDING                                                                           \
    "\nerror uplink-unbound enp2s0 public: enp2s0 is in no zone, and new connections from cni0 "   \
    "out through enp2s0 are rejected"                                                              \
    "\n- enp2s0 is an uplink: default route via 192.168.150.1 in table main"                       \
    "\n- zone public (catch-all: no zone binds enp2s0) filters enp2s0"                             \
    "\n- a new connection from cni0 out through enp2s0 is rejected: zone public (catch-all: no "   \
    "zone "                                                                                        \
    "binds cni0) filters cni0 and only forwards to interfaces bound to it; enp2s0 is bound to "    \
    "no zone"                                                                                      \
    "\nfix nicfix apply --zone public --interface enp2s0"                                          \
    "\nsame firewall-cmd --zone=public --add-interface=enp2s0"                                     \
    "\nsame firewall-cmd --permanent --zone=public --add-interface=enp2s0"

static const DocumentCase documents[] = {
    {"check", "fleet/worker.json", NULL, NULL, "host check 1/0/0 firewalld=1.3.3" INCIDENT_FINDING},
    {"check, nothing wrong", "fleet/router.json", NULL, NULL, "host check 0/0/0 firewalld=1.3.3"},
    {"check --after", "fleet/web1.json", NULL, NULL,
     "host check 0/0/0 firewalld=1.3.3 after=reboot"},
    {"check, with a member that a later version may have", "fleet/router.json", "\"summary\"",
     "\"weather\": \"fine\", \"summary\"", "host check 0/0/0 firewalld=1.3.3"},
    {"check of a nicfix that told neither the time nor itself", "fleet/router.json", "\"taken_at\"",
     "\"taken\"", "host check 0/0/0 firewalld=1.3.3"},
    {"check of a host that calls itself otherwise", "fleet/router.json", "\"host\" : \"router\"",
     "\"host\" : \"localhost\"", "host check 0/0/0 firewalld=1.3.3"},
    {"snapshot: its own name, and what check finds", "incident.json", NULL, NULL,
     "worker snapshot 1/0/0 firewalld=1.3.3" INCIDENT_FINDING},
    {"snapshot without a name", "incident-cured.json", "\"host\": \"worker\"", "\"host\": null",
     "host snapshot 0/0/0 firewalld=1.3.3"},
    {"apply: what is left", "fleet/vpn2.json", NULL, NULL, "host apply 0/0/0 before=1/0"},
    {"apply: a dry run leaves what was", "fleet/vpn2.json", "\"dry_run\": false",
     "\"dry_run\": true", "host apply 1/0/0 before=1/0"},
    {"apply that failed", "../golden/apply-incident-undone.json", NULL, NULL,
     "host apply 1/0/0 before=1/0 error=firewalld went away; try again"},
    {"an error", "fleet/db9.json", NULL, NULL,
     "host error 0/0/0 error=nobody owns org.fedoraproject.FirewallD1 on the bus; systemctl start "
     "firewalld"},
    {"an error without a hint", "fleet/db9.json", "\"systemctl start firewalld\"", "null",
     "host error 0/0/0 error=nobody owns org.fedoraproject.FirewallD1 on the bus"},
};

static void test_document(void **state)
{
    const DocumentCase *test = *state;
    g_autofree char *text = fixture_text(test->fixture, test->old, test->new);
    g_autofree char *row = read_text(text);
    assert_string_equal(row, test->row);
}

/* ---- documents that are not ---- */

typedef struct {
    const char *name;
    const char *fixture; /* NULL: the text is NEW */
    const char *old;
    const char *new;
    const char *error;
} FaultCase;

static const FaultCase faults[] = {
    {"empty", NULL, NULL, "", "empty"},
    {"no JSON", NULL, NULL, "all fine\n", "line 1, column 3: '[' or '{' expected near 'all'"},
    {"a list", NULL, NULL, "[]", "expected an object, found a list"},
    {"two documents", NULL, NULL, "{}\n{}", "line 2, column 1: end of file expected near '{'"},
    {"bytes that are not UTF-8", NULL, NULL, "{\"schema\": \"\xff\"}",
     "line 1, column 12: unable to decode byte 0xff near '\"'"},
    {"no schema", NULL, NULL, "{}", "schema: missing"},
    {"a number for a schema", NULL, NULL, "{\"schema\": 1}",
     "schema: expected a string, found a number"},
    {"somebody else's", NULL, NULL, "{\"schema\": \"example.org/1\"}",
     "schema: a report cannot use example.org/1"},
    {"another command's", "../golden/list-incident.json", NULL, NULL,
     "schema: a report cannot use nicfix.list/1"},
    {"a later version", NULL, NULL, "{\"schema\": \"nicfix.check/2\"}",
     "schema: a report cannot use nicfix.check/2"},
    {"check without findings", NULL, NULL,
     "{\"schema\": \"nicfix.check/1\", \"after\": null, \"firewalld\": {\"version\": null}}",
     "findings: missing"},
    {"findings that are no list", NULL, NULL,
     "{\"schema\": \"nicfix.check/1\", \"after\": null, \"firewalld\": {\"version\": null}, "
     "\"findings\": {}}",
     "findings: expected a list, found an object"},
    {"firewalld as a text", "fleet/router.json", "\"firewalld\" : {",
     "\"firewalld\" : \"on\", \"x\" : {", "firewalld: expected an object, found a string"},
    {"an unknown finding", "fleet/worker.json", "\"uplink-unbound\"", "\"moon-phase\"",
     "findings[0].id: not a finding that this nicfix knows"},
    {"an unknown severity", "fleet/worker.json", "\"error\"", "\"fatal\"",
     "findings[0].severity: neither error, warning nor info"},
    {"an interface as a number", "fleet/worker.json", "\"interface\" : \"enp2s0\"",
     "\"interface\" : 2", "findings[0].interface: expected a string, found a number"},
    {"no message", "fleet/worker.json", "\"message\" : \"enp2s0 is",
     "\"message\" : null, \"x\" : \"enp2s0 is",
     "findings[0].message: expected a string, found null"},
    {"evidence that is not a string", "fleet/worker.json", "\"evidence\" : [", "\"evidence\" : [7,",
     "findings[0].evidence[0]: expected a string, found a number"},
    {"a command that is a string", "fleet/worker.json", "\"command\" : [",
     "\"command\" : \"reboot\", \"x\" : [",
     "findings[0].fix.command: expected a list, found a string"},
    {"a firewall-cmd command that is a string", "fleet/worker.json", "\"firewall_cmd\" : [",
     "\"firewall_cmd\" : [\"reboot\",",
     "findings[0].fix.firewall_cmd[0]: expected a list, found a string"},
    {"an unknown event", "fleet/web1.json", "\"reboot\"", "\"doomsday\"",
     "after.event: neither reload nor reboot"},
    {"a snapshot that is damaged", "incident.json", "\"links\"", "\"lynx\"", "links: missing"},
    {"counts that are negative", "fleet/vpn2.json", "\"errors\": 1", "\"errors\": -1",
     "before.errors: -1 is not between 0 and 4294967295"},
    {"a count that is a string", "fleet/vpn2.json", "\"warnings\": 0", "\"warnings\": \"none\"",
     "before.warnings: expected a whole number, found a string"},
    {"a dry run that is a string", "fleet/vpn2.json", "\"dry_run\": false", "\"dry_run\": \"no\"",
     "dry_run: expected true or false, found a string"},
    {"an error that is a string", "fleet/db9.json", "\"error\": {", "\"error\": \"x\", \"y\": {",
     "error: expected an object, found a string"},
};

static void test_fault(void **state)
{
    const FaultCase *test = *state;
    g_autofree char *text = test->fixture != NULL
                                ? fixture_text(test->fixture, test->old, test->new)
                                : g_strdup(test->new);
    g_autofree char *row = read_text(text);
    g_autofree char *expected =
        g_strdup_printf("host unreadable 0/0/0 error=FILE: %s", test->error);
    assert_string_equal(row, expected);
}

/* A document that is cut off anywhere is unreadable, and never half a row. */
static void test_truncated_documents_are_unreadable(G_GNUC_UNUSED void **state)
{
    g_autofree char *text = fixture_text("fleet/worker.json", NULL, NULL);
    gsize length = strlen(g_strchomp(text));
    g_autofree char *folder = folder_new();
    g_autofree char *path = g_build_filename(folder, "host.json", NULL);
    for (gsize size = 0; size < length; size += 1 + length / 100) {
        assert_true(g_file_set_contents(path, text, (gssize)size, NULL));
        g_autoptr(FleetHost) host = fleet_document_read(path, NULL);
        assert_int_equal(host->source, FLEET_UNREADABLE);
        assert_int_equal(host->count.errors + host->findings->len, 0);
        assert_non_null(host->error);
    }
    folder_remove(folder);
}

/* ---- names of hosts ---- */

typedef struct {
    const char *name; /* of the file */
    const char *host;
} NameCase;

static const NameCase names[] = {
    {"web1.json", "web1"},
    {"web1.example.org.json", "web1.example.org"},
    {"web1", "web1"},
    {"web1.JSON", "web1.JSON"},
    {".json", ".json"},
    {"web1.json.json", "web1.json"},
    {"two words.json", "two words"},
    {"w\xff.json", "w\xef\xbf\xbd"},
};

static void test_name(void **state)
{
    const NameCase *test = *state;
    g_autofree char *folder = folder_new();
    g_autofree char *text = fixture_text("fleet/router.json", NULL, NULL);
    folder_write(folder, test->name, text);
    g_autofree char *path = g_build_filename(folder, test->name, NULL);
    g_autoptr(FleetHost) host = fleet_document_read(path, NULL);
    assert_string_equal(host->host, test->host);
    assert_int_equal(host->source, FLEET_CHECK);
    assert_true(g_utf8_validate(host->file, -1, NULL));
    folder_remove(folder);
}

/* ---- files ---- */

/* The names of the documents that FOLDER has, in order (transfer full). */
static char *listed(const char *folder)
{
    char *arguments[] = {(char *)folder, NULL};
    g_autoptr(GPtrArray) paths = fleet_documents_find(arguments);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        g_autofree char *name = g_path_get_basename(path);
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               g_str_equal(path, folder) ? "itself" : name);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_a_directory_is_its_documents_in_order(G_GNUC_UNUSED void **state)
{
    g_autofree char *folder = folder_new();
    g_autofree char *nowhere = g_build_filename(folder, "gone.json", NULL);
    g_autofree char *pipe = g_build_filename(folder, "pipe.json", NULL);
    g_autofree char *below = g_build_filename(folder, "folder.json", NULL);
    for (const char *const *name =
             (const char *const[]){"b.json", "a.json", "c.txt", ".d.json", "B.json", "json", NULL};
         *name != NULL; name++)
        folder_write(folder, *name, "{}");
    assert_int_equal(symlink("/nowhere/at/all", nowhere), 0);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(g_mkdir(below, 0700), 0);
    g_autofree char *names_found = listed(folder);
    folder_remove(folder);
    assert_string_equal(names_found, "B.json a.json b.json gone.json");
}

static void test_an_empty_directory_is_told_of(G_GNUC_UNUSED void **state)
{
    g_autofree char *folder = folder_new();
    g_autofree char *found = listed(folder);
    g_autoptr(FleetHost) host = fleet_document_read(folder, NULL);
    folder_remove(folder);
    assert_string_equal(found, "itself");
    assert_int_equal(host->source, FLEET_UNREADABLE);
    assert_true(g_str_has_suffix(host->error, ": empty (no *.json files in this directory)"));
}

static void test_a_missing_file_is_told_of(G_GNUC_UNUSED void **state)
{
    g_autoptr(FleetHost) host = fleet_document_read("/nowhere/web3.json", NULL);
    g_autofree char *row = row_text(host);
    assert_string_equal(row, "web3 unreadable 0/0/0 error=/nowhere/web3.json: cannot be read: No "
                             "such file or directory");
}

static void test_a_file_without_a_name_is_told_of(G_GNUC_UNUSED void **state)
{
    g_autoptr(FleetHost) host = fleet_document_read("", NULL);
    g_autofree char *row = row_text(host);
    assert_string_equal(row, "a file without a name unreadable 0/0/0 error=a file without a name: "
                             "cannot be read: No such file or directory");
}

static void test_named_uplinks_count(G_GNUC_UNUSED void **state)
{
    const char *const uplinks[] = {"cni0", "no-such-link", NULL};
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), "incident-cured.json", NULL);
    g_autoptr(FleetHost) plain = fleet_document_read(path, NULL);
    g_autoptr(FleetHost) named = fleet_document_read(path, &(Declared){.uplinks = uplinks});
    assert_int_equal(plain->findings->len, 0);
    assert_true(named->findings->len > 0);
}

int main(void)
{
    const struct CMUnitTest files[] = {
        cmocka_unit_test(test_truncated_documents_are_unreadable),
        cmocka_unit_test(test_a_directory_is_its_documents_in_order),
        cmocka_unit_test(test_an_empty_directory_is_told_of),
        cmocka_unit_test(test_a_missing_file_is_told_of),
        cmocka_unit_test(test_a_file_without_a_name_is_told_of),
        cmocka_unit_test(test_named_uplinks_count),
    };
    return RUN_CASES(test_document, documents) + RUN_CASES(test_fault, faults) +
           RUN_CASES(test_name, names) + cmocka_run_group_tests(files, NULL, NULL);
}
