/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "observe/services/lasting.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* The directories of firewalld.conf(5) and firewalld.dirs(5). */
static const char *const directories[] = {"/etc/firewalld", "/usr/lib/firewalld"};

enum {
    FILES_MAX = 16384,
    DEPTH_MAX = 4,
    SETTLED_AFTER_S = 3, /* times come in steps of a few milliseconds, with FAT of 2 s */
    READ_AFTER_S = 10,   /* firewalld has read again what it watches, and twice that */
};

void lasting_clear(Lasting *lasting)
{
    g_clear_pointer(&lasting->owner, g_free);
    lasting->pid = 0;
}

/* ---- which firewalld ---- */

static bool take_owner(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    Lasting *lasting = user;
    g_free(lasting->owner);
    g_variant_get(reply, "(s)", &lasting->owner);
    return true;
}

static bool take_pid(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    Lasting *lasting = user;
    g_variant_get(reply, "(u)", &lasting->pid);
    return true;
}

static bool ignore(const GError *error G_GNUC_UNUSED, gpointer user G_GNUC_UNUSED)
{
    return true;
}

void lasting_add_calls(Lasting *lasting, CallBatch *batch)
{
    static const struct {
        CallId id;
        CallDecode decode;
    } calls[] = {{CALL_BUS_GET_NAME_OWNER, take_owner}, {CALL_BUS_GET_PROCESS_ID, take_pid}};
    for (gsize i = 0; i < G_N_ELEMENTS(calls); i++) {
        const Call call = {
            .id = calls[i].id,
            .parameters = g_variant_new("(s)", FIREWALLD_SERVICE),
            .decode = calls[i].decode,
            .failed = ignore,
            .user = lasting,
        };
        call_batch_add(batch, &call, "who firewalld is");
    }
}

/* ---- the rules ---- */

static bool is_same_file(const char *one, const char *other)
{
    GStatBuf a, b;
    return g_stat(one, &a) == 0 && g_stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* Whether firewalld's rules are those of this process' network. */
static bool is_in_our_network(guint32 pid)
{
    g_autofree char *network = g_strdup_printf("/proc/%u/ns/net", pid);
    return pid != 0 && is_same_file(network, "/proc/self/ns/net");
}

/* Whether all of firewalld's rules are in nf_tables, and were read. */
static bool has_rules(const Snapshot *snapshot)
{
    const Ruleset *ruleset = snapshot->ruleset;
    return ruleset != NULL && ruleset->generation != 0 &&
           ruleset_table(ruleset, NFT_FAMILY_INET, "firewalld") != NULL &&
           snapshot->legacy_tables->len == 0;
}

void lasting_set_rules_state(const Lasting *lasting, Bus *bus, const Snapshot *snapshot,
                             bool replies_hold, KnownReplies *known)
{
    static const CallLasts with_rules[] = {LASTS_WITH_RULES, LASTS_IN_FORCE};
    GStatBuf network;
    g_autofree char *where = NULL;
    g_autofree char *state = NULL;
    if (lasting->owner != NULL && is_in_our_network(lasting->pid) && has_rules(snapshot) &&
        g_stat("/proc/self/ns/net", &network) == 0) {
        where = g_strdup_printf("%s %s netns %" G_GUINT64_FORMAT " ",
                                g_dbus_connection_get_guid(bus_connection(bus)), lasting->owner,
                                (guint64)network.st_ino);
        state = g_strdup_printf("%sgeneration %u", where, snapshot->ruleset->generation);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(with_rules); i++) {
        if (replies_hold && state != NULL)
            known_replies_carry_over(known, with_rules[i], where, state);
        known_replies_set_state(known, with_rules[i], state);
    }
}

/* ---- the files ---- */

/* Options of firewalld(1) that name other files, or may: argparse takes any unique beginning. */
static bool names_other_files(const char *argument)
{
    return g_str_has_prefix(argument, "--s") ||
           (g_str_has_prefix(argument, "--d") && !g_str_has_prefix(argument, "--debug"));
}

/* proc(5): the words of a command line, each ended by a NUL. Where the bus is in another PID namespace, its
 * PID is another program's here. */
static bool runs_with_usual_files(guint32 pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%u/cmdline", pid);
    g_autofree char *words = NULL;
    gsize size;
    bool is_firewalld = false;
    if (!g_file_get_contents(path, &words, &size, NULL))
        return false;
    for (gsize i = 0; i < size; i += strlen(words + i) + 1) {
        g_autofree char *name = g_path_get_basename(words + i);
        if (names_other_files(words + i))
            return false;
        is_firewalld = is_firewalld || g_str_equal(name, "firewalld");
    }
    return is_firewalld;
}

static bool sees_our_files(guint32 pid)
{
    g_autofree char *mounts = g_strdup_printf("/proc/%u/ns/mnt", pid);
    g_autofree char *root = g_strdup_printf("/proc/%u/root", pid);
    return pid != 0 && is_same_file(mounts, "/proc/self/ns/mnt") && is_same_file(root, "/") &&
           runs_with_usual_files(pid);
}

typedef struct {
    GChecksum *checksum;
    guint files;
    gint64 newest; /* seconds since 1970 */
} FileWalk;

static void note_file(FileWalk *walk, const char *path, const GStatBuf *file)
{
    const gint64 facts[] = {
        (gint64)file->st_dev,         (gint64)file->st_ino,          (gint64)file->st_size,
        (gint64)file->st_mode,        (gint64)file->st_mtim.tv_sec,  (gint64)file->st_mtim.tv_nsec,
        (gint64)file->st_ctim.tv_sec, (gint64)file->st_ctim.tv_nsec,
    };
    g_checksum_update(walk->checksum, (const guchar *)facts, sizeof facts);
    g_checksum_update(walk->checksum, (const guchar *)path, (gssize)strlen(path) + 1);
    walk->files++;
    walk->newest = MAX(walk->newest, MAX(file->st_mtim.tv_sec, file->st_ctim.tv_sec));
}

static bool walk_files(FileWalk *walk, const char *path, guint depth);

/* In the order of the directory: an unchanged one keeps it, else nothing is known. */
static bool walk_directory(FileWalk *walk, const char *path, guint depth)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    if (directory == NULL || depth == DEPTH_MAX)
        return false;
    for (const char *name = g_dir_read_name(directory); name != NULL;
         name = g_dir_read_name(directory)) {
        g_autofree char *inside = g_build_filename(path, name, NULL);
        if (!walk_files(walk, inside, depth + 1))
            return false;
    }
    return true;
}

static bool walk_files(FileWalk *walk, const char *path, guint depth)
{
    GStatBuf file;
    if (walk->files == FILES_MAX || g_stat(path, &file) != 0)
        return false;
    note_file(walk, path, &file);
    return !S_ISDIR(file.st_mode) || walk_directory(walk, path, depth);
}

static bool walk_all(FileWalk *walk)
{
    for (gsize i = 0; i < G_N_ELEMENTS(directories); i++) {
        if (!walk_files(walk, directories[i], 0))
            return false;
    }
    return true;
}

/* The checksum tells one state of root's own files from another, nothing else. */
void lasting_set_files_state(const Lasting *lasting, Bus *bus, KnownReplies *known)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_MD5);
    FileWalk walk = {.checksum = checksum};
    g_autofree char *state = NULL;
    if (lasting->owner != NULL && sees_our_files(lasting->pid) && walk_all(&walk))
        state = g_strdup_printf("%s %s files %s", g_dbus_connection_get_guid(bus_connection(bus)),
                                lasting->owner, g_checksum_get_string(checksum));
    gint64 age = g_get_real_time() / G_USEC_PER_SEC - walk.newest;
    known_replies_set_state(known, LASTS_WITH_FILES, age > SETTLED_AFTER_S ? state : NULL);
    known_replies_set_state(known, LASTS_WITH_WATCHED_FILES, age > READ_AFTER_S ? state : NULL);
}
