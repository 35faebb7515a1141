/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libarchive reads the archive in this process: no file is written, so no name in it can lead anywhere, and
 * what comes out is bounded. */
#include "sosreport/tar-members.h"

#include "model/error.h"
#include "sosreport/report-limits.h"

#include <string.h>

#define HINT "unpack it with: tar xf FILE, and name the folder"

static void member_free(gpointer data)
{
    TarMember *member = data;
    g_clear_pointer(&member->bytes, g_bytes_unref);
    g_free(member->target);
    g_free(member);
}

#ifdef HAVE_LIBARCHIVE

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>

/* libarchive draws in libxml2 and ICU. Loaded with the program, they would nearly triple what each start of it
 * costs (9.9 instead of 3.7 million instructions, Debian 12). */
#define LIBRARY "libarchive.so.13"

/* Filters for which libarchive may run a program are not among them. */
#define FOR_ALL_FUNCTIONS(DO)                                                                      \
    DO(archive_read_new)                                                                           \
    DO(archive_read_free)                                                                          \
    DO(archive_read_support_filter_gzip)                                                           \
    DO(archive_read_support_filter_bzip2)                                                          \
    DO(archive_read_support_filter_xz)                                                             \
    DO(archive_read_support_filter_zstd)                                                           \
    DO(archive_read_support_format_tar)                                                            \
    DO(archive_read_open_filename)                                                                 \
    DO(archive_read_next_header)                                                                   \
    DO(archive_read_data)                                                                          \
    DO(archive_error_string)                                                                       \
    DO(archive_entry_pathname)                                                                     \
    DO(archive_entry_symlink)                                                                      \
    DO(archive_entry_filetype)

static struct {
#define AS_MEMBER(function) __typeof__(&function) function;
    FOR_ALL_FUNCTIONS(AS_MEMBER)
} library;

static bool load_library(const char *path, GError **error)
{
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
#define LOAD(function)                                                                             \
    if (handle == NULL || (*(void **)&library.function = dlsym(handle, #function)) == NULL) {      \
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, HINT,                                      \
                         "sosreport %s is not a folder, and " LIBRARY " cannot be loaded", path);  \
        return false;                                                                              \
    }
    FOR_ALL_FUNCTIONS(LOAD)
    return true;
}

typedef struct archive Archive;
typedef struct archive_entry ArchiveEntry;

static void tar_close(Archive *archive)
{
    library.archive_read_free(archive);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Archive, tar_close)

static void set_fault(const char *path, Archive *archive, GError **error)
{
    const char *text = library.archive_error_string(archive);
    g_autofree char *reason = g_utf8_make_valid(text != NULL ? text : "not an archive", -1);
    nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, HINT, "sosreport %s: %s", path, reason);
}

/* Without the first folder, which is named after the report; NULL where that is all (transfer none). */
static const char *name_below_top(const char *name)
{
    name = g_str_has_prefix(name, "./") ? name + 2 : name;
    const char *slash = strchr(name, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : NULL;
}

/* The bytes of the current member, or NULL where they are too many; false where reading fails. */
static bool read_bytes(Archive *archive, GBytes **bytes)
{
    g_autoptr(GByteArray) array = g_byte_array_new();
    guint8 buffer[64 * 1024];
    la_ssize_t count;
    while ((count = library.archive_read_data(archive, buffer, sizeof buffer)) > 0) {
        g_byte_array_append(array, buffer, (guint)count);
        if (array->len > REPORT_FILE_MAX)
            return true;
    }
    *bytes = count == 0 ? g_byte_array_free_to_bytes(g_steal_pointer(&array)) : NULL;
    return count == 0;
}

static bool keep_member(Archive *archive, ArchiveEntry *entry, const char *name,
                        GHashTable *members, gsize *total)
{
    const char *target = library.archive_entry_symlink(entry);
    if (target == NULL && library.archive_entry_filetype(entry) != AE_IFREG)
        return true;
    g_autoptr(GBytes) bytes = NULL;
    if (target == NULL && !read_bytes(archive, &bytes))
        return false;
    TarMember *member = g_new0(TarMember, 1);
    member->target = g_strdup(target);
    *total += strlen(name) + (bytes != NULL ? g_bytes_get_size(bytes) : 0);
    member->bytes = g_steal_pointer(&bytes);
    g_hash_table_replace(members, g_strdup(name), member);
    return true;
}

GHashTable *tar_members_read(const char *path, gboolean (*wanted)(const char *name), GError **error)
{
    if (!load_library(path, error))
        return NULL;
    g_autoptr(Archive) archive = library.archive_read_new();
    library.archive_read_support_filter_gzip(archive);
    library.archive_read_support_filter_bzip2(archive);
    library.archive_read_support_filter_xz(archive);
    library.archive_read_support_filter_zstd(archive);
    library.archive_read_support_format_tar(archive);
    g_autoptr(GHashTable) members =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, member_free);
    ArchiveEntry *entry = NULL;
    gsize total = 0;
    int status = library.archive_read_open_filename(archive, path, 64 * 1024);
    while (status == ARCHIVE_OK &&
           (status = library.archive_read_next_header(archive, &entry)) <= ARCHIVE_OK &&
           status >= ARCHIVE_WARN) {
        const char *full = library.archive_entry_pathname(entry);
        const char *name = full != NULL ? name_below_top(full) : NULL;
        bool is_kept = name != NULL && wanted(name);
        status = is_kept && !keep_member(archive, entry, name, members, &total) ? ARCHIVE_FATAL
                                                                                : ARCHIVE_OK;
        if (total > REPORT_TOTAL_MAX) {
            nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, HINT,
                             "sosreport %s holds more than nicfix reads", path);
            return NULL;
        }
    }
    if (status != ARCHIVE_EOF) {
        set_fault(path, archive, error);
        return NULL;
    }
    return g_steal_pointer(&members);
}

#else

GHashTable *tar_members_read(const char *path, gboolean (*wanted)(const char *name), GError **error)
{
    (void)wanted;
    (void)member_free;
    nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, HINT,
                     "sosreport %s is not a folder, and this nicfix was built without libarchive",
                     path);
    return NULL;
}

#endif
