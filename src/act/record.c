/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/record.h"

#include "act/journal.h"
#include "act/state.h"
#include "model/foreach.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHANGE "change"

enum {
    FORMAT = 1,
    ID_LENGTH = 8,
    MAX_ACTIONS = 10000,
    MAX_FILE_SIZE = 16 * 1024 * 1024,
};

static const char *const state_words[] = {
    [RECORD_BEGUN] = "begun",
    [RECORD_DONE] = "done",
    [RECORD_PENDING] = "pending",
};

/* ---- time ---- */

/* CLOCK_BOOTTIME goes on while the machine sleeps, and nobody can set it. */
static gint64 now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* random(4): it stays the same until the next boot. */
static char *current_boot(void)
{
    char *id = NULL;
    if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &id, NULL, NULL))
        return g_strdup("unknown");
    return g_strchomp(id);
}

/* ---- the value ---- */

static char **copy_names(const char *const *names)
{
    return names != NULL ? g_strdupv((char **)names) : g_new0(char *, 1);
}

static void declare(Record *record)
{
    record->declared = (Declared){
        .uplinks = (const char *const *)record->uplinks,
        .downstreams = (const char *const *)record->downstreams,
    };
}

Record *record_new(const GPtrArray *actions, const Declared *declared)
{
    Record *record = g_new0(Record, 1);
    g_autofree char *uuid = g_uuid_string_random();
    record->id = g_strndup(uuid, ID_LENGTH);
    record->boot_id = current_boot();
    record->user = journal_user();
    record->uplinks = copy_names(declared != NULL ? declared->uplinks : NULL);
    record->downstreams = copy_names(declared != NULL ? declared->downstreams : NULL);
    declare(record);
    record->actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    PTR_ARRAY_FOREACH (const Action, action, actions)
        g_ptr_array_add(record->actions, action_copy(action));
    return record;
}

void record_free(Record *record)
{
    if (record == NULL)
        return;
    g_free(record->id);
    g_free(record->boot_id);
    g_free(record->user);
    g_strfreev(record->uplinks);
    g_strfreev(record->downstreams);
    g_clear_pointer(&record->actions, g_ptr_array_unref);
    g_free(record);
}

void record_set_pending(Record *record, guint seconds)
{
    record->state = RECORD_PENDING;
    record->deadline = now() + (gint64)seconds * G_USEC_PER_SEC;
}

bool record_is_pending(const Record *record)
{
    g_autofree char *boot = current_boot();
    return record != NULL && record->state == RECORD_PENDING && g_str_equal(record->boot_id, boot);
}

bool record_is_cut_off(const Record *record)
{
    return record != NULL && (record->state == RECORD_BEGUN ||
                              (record->state == RECORD_PENDING && record->confirming));
}

guint record_seconds_left(const Record *record)
{
    gint64 left = record->deadline - now();
    return left > 0 ? (guint)((left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC) : 0;
}

/* ---- writing ---- */

char *record_path(void)
{
    return state_path("last-change");
}

static void add_action(GKeyFile *file, guint number, const Action *action)
{
    const struct {
        const char *key;
        const char *value;
    } strings[] = {
        {"op", action_op_word(action->op)},
        {"scope", action_scope_word(action->scope)},
        {"interface", action->interface},
        {"from", action->from},
        {"to", action->to},
        {"value", action->value},
        {"profile", action->profile},
    };
    g_autofree char *group = g_strdup_printf("action %u", number);
    for (guint i = 0; i < G_N_ELEMENTS(strings); i++) {
        if (strings[i].value != NULL)
            g_key_file_set_string(file, group, strings[i].key, strings[i].value);
    }
    if (action->saved_only)
        g_key_file_set_boolean(file, group, "saved-only", TRUE);
}

/* Of what g_file_set_contents_full() fails with, the causes that need different cures. */
static int errno_of(const GError *error)
{
    static const struct {
        int code;
        int number;
    } causes[] = {
        {G_FILE_ERROR_ACCES, EACCES}, {G_FILE_ERROR_PERM, EPERM},   {G_FILE_ERROR_NOSPC, ENOSPC},
        {G_FILE_ERROR_ROFS, EROFS},   {G_FILE_ERROR_ISDIR, EISDIR},
    };
    for (guint i = 0; i < G_N_ELEMENTS(causes); i++) {
        if (error->code == causes[i].code)
            return causes[i].number;
    }
    return EIO;
}

bool record_save(const Record *record, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_key_file_set_integer(file, CHANGE, "format", FORMAT);
    g_key_file_set_string(file, CHANGE, "id", record->id);
    g_key_file_set_string(file, CHANGE, "state", state_words[record->state]);
    g_key_file_set_string(file, CHANGE, "boot", record->boot_id);
    if (record->user != NULL)
        g_key_file_set_string(file, CHANGE, "user", record->user);
    g_key_file_set_int64(file, CHANGE, "deadline", record->deadline);
    if (record->confirming)
        g_key_file_set_boolean(file, CHANGE, "confirming", TRUE);
    g_key_file_set_string_list(file, CHANGE, "uplinks", (const char *const *)record->uplinks,
                               g_strv_length(record->uplinks));
    g_key_file_set_string_list(file, CHANGE, "downstreams",
                               (const char *const *)record->downstreams,
                               g_strv_length(record->downstreams));
    g_key_file_set_uint64(file, CHANGE, "actions", record->actions->len);
    PTR_ARRAY_FOREACH (const Action, action, record->actions)
        add_action(file, action_index, action);
    gsize length;
    g_autofree char *text = g_key_file_to_data(file, &length, NULL);
    g_autofree char *path = record_path();
    g_autoptr(GError) reason = NULL;
    int number = state_make_directory() ? 0 : errno;
    if (number == 0 &&
        g_file_set_contents_full(path, text, (gssize)length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &reason))
        return true;
    state_set_error(error, number != 0 ? number : errno_of(reason),
                    "write the record of the change to", path);
    return false;
}

void record_remove(void)
{
    g_autofree char *path = record_path();
    unlink(path);
}

/* ---- reading ---- */

/* A string that is there and not empty, else NULL (transfer full). */
static char *read_string(GKeyFile *file, const char *group, const char *key)
{
    g_autofree char *value = g_key_file_get_string(file, group, key, NULL);
    return value != NULL && *value != '\0' ? g_steal_pointer(&value) : NULL;
}

/* Whether ACTION has everything that its kind needs. */
static bool is_whole(const Action *action)
{
    bool has_value = action->interface == NULL && action->value != NULL;
    switch (action->op) {
    case ACTION_BIND:
        return action->interface != NULL && action->to != NULL;
    case ACTION_UNBIND:
        return action->interface != NULL && action->from != NULL;
    case ACTION_MOVE:
        return action->interface != NULL && action->from != NULL && action->to != NULL;
    case ACTION_ENABLE_FORWARD:
    case ACTION_DISABLE_FORWARD:
        return action->interface == NULL && action->to != NULL;
    case ACTION_ADD_SOURCE:
    case ACTION_REMOVE_SOURCE:
    case ACTION_ADD_SERVICE:
    case ACTION_REMOVE_SERVICE:
    case ACTION_ADD_PORT:
    case ACTION_REMOVE_PORT:
        return has_value && action->to != NULL;
    case ACTION_ADD_POLICY:
    case ACTION_REMOVE_POLICY:
        return has_value && action->from != NULL && action->to != NULL;
    }
    return false;
}

/* NULL where the file has no valid action NUMBER. */
static Action *read_action(GKeyFile *file, guint64 number)
{
    g_autofree char *group = g_strdup_printf("action %" G_GUINT64_FORMAT, number);
    g_autofree char *op_word = read_string(file, group, "op");
    g_autofree char *scope_word = read_string(file, group, "scope");
    g_autofree char *interface = read_string(file, group, "interface");
    g_autofree char *from = read_string(file, group, "from");
    g_autofree char *to = read_string(file, group, "to");
    int op = action_op_from_word(op_word), scope = action_scope_from_word(scope_word);
    if (op < 0 || scope < 0)
        return NULL;
    g_autoptr(Action) action = action_new((ActionOp)op, (ActionScope)scope, interface, from, to);
    action->value = read_string(file, group, "value");
    action->profile = read_string(file, group, "profile");
    action->saved_only = g_key_file_get_boolean(file, group, "saved-only", NULL);
    bool is_profile = scope == SCOPE_NETWORKMANAGER;
    bool has_profile = action->profile != NULL;
    return is_whole(action) && (has_profile == is_profile || scope == SCOPE_PERMANENT)
               ? g_steal_pointer(&action)
               : NULL;
}

Record *record_from_text(const char *text)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, NULL) ||
        g_key_file_get_integer(file, CHANGE, "format", NULL) != FORMAT)
        return NULL;
    g_autoptr(Record) record = g_new0(Record, 1);
    record->actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    record->id = read_string(file, CHANGE, "id");
    record->boot_id = read_string(file, CHANGE, "boot");
    record->user = read_string(file, CHANGE, "user");
    record->deadline = g_key_file_get_int64(file, CHANGE, "deadline", NULL);
    record->confirming = g_key_file_get_boolean(file, CHANGE, "confirming", NULL);
    record->uplinks = g_key_file_get_string_list(file, CHANGE, "uplinks", NULL, NULL);
    record->downstreams = g_key_file_get_string_list(file, CHANGE, "downstreams", NULL, NULL);
    if (record->downstreams == NULL) /* written by an earlier release */
        record->downstreams = copy_names(NULL);
    declare(record);
    guint64 count = g_key_file_get_uint64(file, CHANGE, "actions", NULL);
    g_autofree char *state_word = read_string(file, CHANGE, "state");
    while (record->state <= RECORD_PENDING &&
           g_strcmp0(state_words[record->state], state_word) != 0)
        record->state++;
    if (record->id == NULL || record->boot_id == NULL || record->uplinks == NULL ||
        record->state > RECORD_PENDING || count == 0 || count > MAX_ACTIONS)
        return NULL;
    for (guint64 i = 0; i < count; i++) {
        Action *action = read_action(file, i);
        if (action == NULL)
            return NULL;
        g_ptr_array_add(record->actions, action);
    }
    return g_steal_pointer(&record);
}

/* The whole of FD, at most MAX_FILE_SIZE, as text (transfer full); NULL with errno. */
static char *read_all(int fd)
{
    enum { BLOCK = 65536 };
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (;;) {
        guint8 block[BLOCK];
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n > 0)
            g_byte_array_append(bytes, block, (guint)n);
        if (bytes->len > MAX_FILE_SIZE || memchr(block, '\0', n > 0 ? (gsize)n : 0) != NULL)
            errno = EBADMSG;
        else if (n == 0)
            break;
        else if (n > 0)
            continue;
        return NULL;
    }
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
}

static void set_read_error(int reason, const char *path, GError **error)
{
    state_set_error(error, reason, "read the record of the last change from", path);
}

char *record_text(GError **error)
{
    g_autofree char *path = record_path();
    int fd = state_open(path, O_RDONLY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return NULL;
    char *text = fd >= 0 ? read_all(fd) : NULL;
    int reason = errno;
    if (fd >= 0)
        close(fd);
    if (text == NULL)
        set_read_error(reason, path, error);
    return text;
}

bool record_load(Record **record, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *text = record_text(&reason);
    *record = text != NULL ? record_from_text(text) : NULL;
    if (text != NULL && *record == NULL) {
        g_autofree char *path = record_path();
        set_read_error(EBADMSG, path, &reason);
    }
    bool is_known = reason == NULL;
    if (!is_known)
        g_propagate_error(error, g_steal_pointer(&reason));
    return is_known;
}
