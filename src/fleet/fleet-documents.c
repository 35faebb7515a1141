/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents of a fleet: which files they are in, and the tables by which each kind is read. Nothing is
 * written here: that is the report of each command. */
#include "fleet/fleet-documents.h"

#include "documents/snapshot-json.h"
#include "model/plan/fixes.h"
#include "report/check-report.h"

#include <string.h>

/* ---- a finding and its fix ---- */

static bool read_id(json_t *value, gpointer object, const JsonPlace *place, GError **error)
{
    FleetFinding *finding = object;
    const char *word = json_place_text(place, value, error);
    if (word == NULL)
        return false;
    int id = finding_from_word(word);
    if (id < 0)
        return json_place_fault(place, error, "not a finding that this nicfix knows");
    finding->id = (FindingId)id;
    return true;
}

static bool read_severity(json_t *value, gpointer object, const JsonPlace *place, GError **error)
{
    FleetFinding *finding = object;
    const char *word = json_place_text(place, value, error);
    if (word == NULL)
        return false;
    int severity = severity_from_word(word);
    if (severity < 0)
        return json_place_fault(place, error, "neither error, warning nor info");
    finding->severity = (Severity)severity;
    return true;
}

/* A command is the list of its words. */
static bool read_command(json_t *value, gpointer object, const JsonPlace *place, GError **error)
{
    const Fix *fix = object;
    const Member words = {.type = &member_names};
    char **command = NULL;
    if (!words.type->read(&words, value, &command, place, error))
        return false;
    g_ptr_array_add(fix->firewall_cmd, command);
    return true;
}

static const Member fix_members[] = {
    MEMBER_NAMES(Fix, command),
    EACH_MEMBER("firewall_cmd", read_command),
    MEMBERS_END,
};

static bool read_fix(json_t *value, gpointer object, const JsonPlace *place, GError **error)
{
    FleetFinding *finding = object;
    finding->fix = fix_new();
    return members_read(fix_members, value, finding->fix, place, error);
}

static const Member finding_members[] = {
    CUSTOM_MEMBER("id", read_id),
    CUSTOM_MEMBER("severity", read_severity),
    MEMBER_TEXT(FleetFinding, interface),
    MEMBER_TEXT(FleetFinding, zone),
    MEMBER_NAME(FleetFinding, message),
    MEMBER_NAMES(FleetFinding, evidence),
    CUSTOM_MEMBER("fix", read_fix, .nullable = true),
    MEMBERS_END,
};

/* ---- nicfix.check/1 ---- */

static bool read_finding(json_t *value, gpointer host, const JsonPlace *place, GError **error)
{
    g_autoptr(FleetFinding) finding = g_new0(FleetFinding, 1);
    if (!members_read(finding_members, value, finding, place, error))
        return false;
    fleet_host_add(host, g_steal_pointer(&finding));
    return true;
}

static bool read_event(json_t *value, gpointer object, const JsonPlace *place, GError **error)
{
    FleetHost *host = object;
    const char *word = json_place_text(place, value, error);
    if (word == NULL)
        return false;
    ReloadEvent event = reload_event_from_word(word);
    if (event == EVENT_UNKNOWN)
        return json_place_fault(place, error, "neither reload nor reboot");
    host->after = reload_event_word(event);
    return true;
}

static const Member outlook_members[] = {CUSTOM_MEMBER("event", read_event), MEMBERS_END};
static const Member version_members[] = {
    FIELD_MEMBER("version", FleetHost, firewalld, char *, &member_text, .nullable = true),
    MEMBERS_END,
};
static const Member check_members[] = {
    FIELD_MEMBER("taken_at", FleetHost, taken_at, char *, &member_text, .nullable = true,
                 .optional = true),
    FIELD_MEMBER("nicfix", FleetHost, nicfix, char *, &member_text, .nullable = true,
                 .optional = true),
    {.name = "after", .type = &member_group, .detail = outlook_members, .nullable = true},
    MEMBER_GROUP("firewalld", version_members),
    EACH_MEMBER("findings", read_finding),
    MEMBERS_END,
};

/* ---- nicfix.error/1 ---- */

typedef struct {
    char *message;
    char *hint;
} Failure;

static const Member failure_members[] = {
    MEMBER_NAME(Failure, message),
    MEMBER_TEXT(Failure, hint),
    MEMBERS_END,
};

static bool read_failure(json_t *value, gpointer object, const JsonPlace *place, GError **error)
{
    FleetHost *host = object;
    Failure failure = {0};
    bool complete = members_read(failure_members, value, &failure, place, error);
    if (complete)
        host->error =
            g_strjoin(failure.hint != NULL ? "; " : NULL, failure.message, failure.hint, NULL);
    g_free(failure.message);
    g_free(failure.hint);
    return complete;
}

static const Member error_members[] = {CUSTOM_MEMBER("error", read_failure), MEMBERS_END};

/* ---- nicfix.apply/1 ---- */

static const Member count_members[] = {
    MEMBER_UINT32(FleetCount, errors),
    MEMBER_UINT32(FleetCount, warnings),
    MEMBERS_END,
};

/* null: the change failed and was undone, and the host was not observed again. */
static bool read_count_after(json_t *value, gpointer object, const JsonPlace *place, GError **error)
{
    FleetHost *host = object;
    host->count = host->before;
    return json_is_null(value) || members_read(count_members, value, &host->count, place, error);
}

/* What a dry run predicts is not what the host has. */
static bool read_dry_run(json_t *value, gpointer object, const JsonPlace *place, GError **error)
{
    FleetHost *host = object;
    if (json_is_true(value))
        host->count = host->before;
    return json_is_boolean(value) || json_place_unexpected(place, value, "true or false", error);
}

/* In this order, which need not be that of the document. */
static const Member apply_members[] = {
    MEMBER_STRUCT(FleetHost, before, count_members),
    CUSTOM_MEMBER("after", read_count_after),
    CUSTOM_MEMBER("dry_run", read_dry_run),
    CUSTOM_MEMBER("error", read_failure, .nullable = true),
    MEMBERS_END,
};

/* ---- nicfix.snapshot/1 ---- */

/* Reads what "nicfix check --snapshot" would write of the snapshot. */
static bool read_snapshot(FleetHost *host, json_t *root, const JsonPlace *place,
                          const Declared *declared, GError **error)
{
    g_autoptr(Snapshot) snapshot = snapshot_from_root(root, place, error);
    if (snapshot == NULL)
        return false;
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, declared);
    fixes_suggest(snapshot, diagnosis, declared);
    json_auto_t *check =
        check_report_json(&(CheckReport){.snapshot = snapshot, .diagnosis = diagnosis});
    if (snapshot->host != NULL) {
        g_free(host->host);
        host->host = g_strdup(snapshot->host);
    }
    return members_read(check_members, check, host, place, error);
}

/* ---- any of them ---- */

static const struct {
    const char *schema;
    FleetSource source;
    const Member *members; /* NULL: of a snapshot */
} documents[] = {
    {"nicfix.check/1", FLEET_CHECK, check_members},
    {SNAPSHOT_SCHEMA, FLEET_SNAPSHOT, NULL},
    {"nicfix.apply/1", FLEET_APPLY, apply_members},
    {"nicfix.error/1", FLEET_ERROR, error_members},
};

static bool read_root(FleetHost *host, json_t *root, const JsonPlace *place,
                      const Declared *declared, GError **error)
{
    g_autofree char *schema = document_schema(root, place, error);
    if (schema == NULL)
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(documents); i++) {
        if (!g_str_equal(documents[i].schema, schema))
            continue;
        host->source = documents[i].source;
        if (documents[i].members == NULL)
            return read_snapshot(host, root, place, declared, error);
        return members_read(documents[i].members, root, host, place, error);
    }
    const JsonPlace below = {.parent = place, .name = "schema"};
    return json_place_fault(&below, error, "a report cannot use %s", schema);
}

/* ---- files ---- */

static bool read_document(FleetHost *host, const char *path, const Declared *declared,
                          GError **error)
{
    const JsonPlace place = {.name = host->file};
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return json_place_fault(&place, error, "empty (no *.json files in this directory)");
    json_auto_t *root = document_read_file(path, &place, error);
    return root != NULL && read_root(host, root, &place, declared, error);
}

/* "web1" for "fleet/web1.json" (transfer full). */
static char *host_of_file(const char *file)
{
    static const char suffix[] = ".json";
    char *name = g_path_get_basename(file);
    gsize stem = strlen(name) - MIN(strlen(suffix), strlen(name));
    if (stem > 0 && g_str_equal(name + stem, suffix))
        name[stem] = '\0';
    return name;
}

/* What PATH is called in reports. */
static const char *file_words(const char *path)
{
    if (*path == '\0')
        return "a file without a name";
    return g_str_equal(path, "-") ? "standard input" : path;
}

FleetHost *fleet_document_read(const char *path, const Declared *declared)
{
    g_autofree char *file = g_utf8_make_valid(file_words(path), -1);
    g_autofree char *name = host_of_file(file);
    g_autoptr(FleetHost) host = fleet_host_new(name, file, FLEET_UNREADABLE);
    g_autoptr(GError) error = NULL;
    if (read_document(host, path, declared, &error))
        return g_steal_pointer(&host);
    FleetHost *unreadable = fleet_host_new(name, file, FLEET_UNREADABLE);
    unreadable->error = g_strdup(error->message);
    return unreadable;
}

static gint by_path(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A dangling symbolic link is a missing document; pipes and the like are not documents. */
static bool may_be_document(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_REGULAR) || !g_file_test(path, G_FILE_TEST_EXISTS);
}

/* The documents in DIRECTORY, in order (transfer full). */
static GPtrArray *list_directory(const char *directory)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        if (*name != '.' && g_str_has_suffix(name, ".json") && may_be_document(path))
            g_ptr_array_add(paths, g_steal_pointer(&path));
    }
    g_ptr_array_sort(paths, by_path);
    return paths;
}

GPtrArray *fleet_documents_find(char *const *arguments)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    for (; *arguments != NULL; arguments++) {
        g_autoptr(GPtrArray) listed = g_file_test(*arguments, G_FILE_TEST_IS_DIR)
                                          ? list_directory(*arguments)
                                          : g_ptr_array_new();
        if (listed->len > 0)
            g_ptr_array_extend_and_steal(paths, g_steal_pointer(&listed));
        else
            g_ptr_array_add(paths, g_strdup(*arguments));
    }
    return paths;
}
