/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the files of a sosreport. */
#include "sosreport/report-files.h"

#include "model/error.h"
#include "sosreport/tar-members.h"
#include "sosreport/report-limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct ReportFiles {
    char *root;          /* of a folder: its whole path, without symbolic links; else NULL */
    GHashTable *members; /* of an archive: name to TarMember; else NULL */
};

#define COMMANDS "sos_commands"
#define HINT     "name the folder or the archive that sosreport made"

void report_files_free(ReportFiles *files)
{
    if (files == NULL)
        return;
    free(files->root); /* of realpath() */
    g_clear_pointer(&files->members, g_hash_table_unref);
    g_free(files);
}

/* ---- opening ---- */

/* What is asked for below; a report may hold gigabytes of logs. */
static gboolean is_wanted(const char *name)
{
    static const char *const places[] = {
        "etc/firewalld/",
        "etc/iproute2/",
        "etc/hostname",
        "installed-",
        "sos_commands/host/host",
        "sos_commands/networking/ip_",
        "sos_commands/networking/nft_",
        "sos_commands/networking/tc_-s_qdisc",
        "sos_commands/firewalld/",
        "sos_commands/firewall_tables/nft_",
        "sos_commands/kernel/sysctl_-a",
        "sos_commands/nicfix/",
        "sos_commands/rpm/",
        "sos_commands/dpkg/",
        "sos_reports/manifest.json",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        if (g_str_has_prefix(name, places[i]))
            return TRUE;
    }
    return FALSE;
}

static bool is_report(const char *folder)
{
    g_autofree char *commands = g_build_filename(folder, COMMANDS, NULL);
    return g_file_test(commands, G_FILE_TEST_IS_DIR);
}

/* PATH, or the only folder in it, whichever is a report; NULL where neither is (transfer full). */
static char *find_root(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    g_autofree char *found = is_report(path) ? g_strdup(path) : NULL;
    const char *name;
    while (found == NULL && folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        if (is_report(below))
            found = g_steal_pointer(&below);
    }
    return found != NULL ? realpath(found, NULL) : NULL;
}

static bool has_commands(GHashTable *members)
{
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, members);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        if (g_str_has_prefix(name, COMMANDS "/"))
            return true;
    }
    return false;
}

ReportFiles *report_files_open(const char *path, GError **error)
{
    g_autoptr(ReportFiles) files = g_new0(ReportFiles, 1);
    struct stat status;
    if (stat(path, &status) != 0) {
        nicfix_error_set(error, errno == ENOENT ? NICFIX_ERROR_NOT_FOUND : NICFIX_ERROR_BAD_INPUT,
                         HINT, "sosreport %s: %s", path, g_strerror(errno));
        return NULL;
    }
    if (S_ISDIR(status.st_mode))
        files->root = find_root(path);
    else if (S_ISREG(status.st_mode) &&
             (files->members = tar_members_read(path, is_wanted, error)) == NULL)
        return NULL;
    if (files->root == NULL && (files->members == NULL || !has_commands(files->members))) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, HINT,
                         "%s is not a sosreport: it has no folder " COMMANDS, path);
        return NULL;
    }
    return g_steal_pointer(&files);
}

/* ---- one file ---- */

static bool fault(const char *name, NicfixError code, const char *reason, GError **error)
{
    nicfix_error_set(error, code, REPORT_HINT, "%s: %s", name, reason);
    return false;
}

static bool missing(const char *name, GError **error)
{
    return fault(name, NICFIX_ERROR_NOT_FOUND, "the sosreport does not have it", error);
}

/* What it is a link to is looked for among the members, where nothing is outside. */
static GBytes *bytes_of_member(const ReportFiles *files, const char *name, GError **error)
{
    const TarMember *member = g_hash_table_lookup(files->members, name);
    if (member != NULL && member->target != NULL) {
        g_autofree char *folder = g_path_get_dirname(name);
        g_autofree char *below = g_build_filename("/", folder, member->target, NULL);
        g_autofree char *relative = g_canonicalize_filename(below, "/");
        member = g_path_is_absolute(member->target)
                     ? NULL
                     : g_hash_table_lookup(files->members, relative + strlen("/"));
    }
    if (member == NULL || member->target != NULL) {
        missing(name, error);
        return NULL;
    }
    if (member->bytes == NULL)
        fault(name, NICFIX_ERROR_BAD_INPUT, "too large", error);
    return member->bytes != NULL ? g_bytes_ref(member->bytes) : NULL;
}

/* The path of NAME without symbolic links, if it is inside of the report (transfer full). */
static char *path_inside(const ReportFiles *files, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(files->root, name, NULL);
    g_autofree char *inside = g_strconcat(files->root, "/", NULL);
    char *real = realpath(path, NULL);
    if (real == NULL) {
        missing(name, error);
        return NULL;
    }
    if (!g_str_has_prefix(real, inside)) {
        fault(name, NICFIX_ERROR_BAD_INPUT, "leads out of the sosreport", error);
        g_clear_pointer(&real, free);
    }
    return real;
}

static bool read_regular(int descriptor, const char *name, GByteArray *bytes, GError **error)
{
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        return fault(name, NICFIX_ERROR_BAD_INPUT, g_strerror(errno), error);
    if (!S_ISREG(status.st_mode))
        return fault(name, NICFIX_ERROR_BAD_INPUT, "not a regular file", error);
    if (status.st_size > (off_t)REPORT_FILE_MAX)
        return fault(name, NICFIX_ERROR_BAD_INPUT, "too large", error);
    if (!document_read_descriptor(descriptor, REPORT_FILE_MAX, bytes))
        return fault(name, NICFIX_ERROR_BAD_INPUT, g_strerror(errno), error);
    return bytes->len <= REPORT_FILE_MAX || fault(name, NICFIX_ERROR_BAD_INPUT, "too large", error);
}

GBytes *report_files_bytes(const ReportFiles *files, const char *name, GError **error)
{
    if (files->members != NULL)
        return bytes_of_member(files, name, error);
    char *path = path_inside(files, name, error);
    if (path == NULL)
        return NULL;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool is_read = read_regular(descriptor, name, bytes, error);
    if (descriptor >= 0)
        close(descriptor);
    free(path);
    return is_read ? g_byte_array_free_to_bytes(g_steal_pointer(&bytes)) : NULL;
}

char **report_files_lines(const ReportFiles *files, const char *name, GError **error)
{
    g_autoptr(GBytes) bytes = report_files_bytes(files, name, error);
    if (bytes == NULL)
        return NULL;
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    if (size == 0)
        return g_new0(char *, 1);
    if (memchr(data, '\0', size) != NULL || data[size - 1] != '\n') {
        fault(name, NICFIX_ERROR_BAD_INPUT,
              data[size - 1] != '\n' ? "it ends in the middle of a line" : "it is not text", error);
        return NULL;
    }
    g_autofree char *text = g_utf8_make_valid(data, (gssize)size - 1);
    return g_strsplit(text, "\n", -1);
}
