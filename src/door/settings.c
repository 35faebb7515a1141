/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "door/settings.h"

#include "model/error.h"
#include "model/foreach.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUP "service"

/* A key: where its words go, and which they may be. */
typedef struct {
    const char *name;
    size_t offset;
    bool has_patterns;
} Key;

static const Key keys[] = {
    {"zones", G_STRUCT_OFFSET(DoorSettings, zones), false},
    {"interfaces", G_STRUCT_OFFSET(DoorSettings, interfaces), true},
    {"uplinks", G_STRUCT_OFFSET(DoorSettings, uplinks), false},
};

/* The number of the first line of TEXT behind the line AFTER that begins with WORD, blanks aside; 0 where there is
 * none. */
static guint line_behind(guint after, const char *text, const char *word)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (i < after)
            continue;
        const char *line = g_strchug(lines[i]);
        gsize length = strlen(word);
        if (strncmp(line, word, length) == 0 && strchr("= \t]", line[length]) != NULL)
            return i + 1;
    }
    return 0;
}

static guint line_of(const char *text, const char *word)
{
    return line_behind(0, text, word);
}

static bool fail(const char *path, guint line, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static bool fail(const char *path, guint line, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, "see nicfix.conf(5)", "%s, line %u: %s", path,
                     line, what);
    return false;
}

/* Names of zones and interfaces have neither blanks nor slashes (firewalld.zone(5), ip-link(8)). */
static bool word_is_valid(const Key *key, const char *word)
{
    for (const char *c = word; *c != '\0'; c++) {
        bool is_pattern = *c == '*' || *c == '?';
        if (!g_ascii_isgraph(*c) || strchr("/[]", *c) != NULL || (is_pattern && !key->has_patterns))
            return false;
    }
    return *word != '\0';
}

static bool read_key(GKeyFile *file, const char *path, const char *text, const Key *key,
                     DoorSettings *settings, GError **error)
{
    g_auto(GStrv) words = g_key_file_get_string_list(file, GROUP, key->name, NULL, NULL);
    if (!g_key_file_has_key(file, GROUP, key->name, NULL))
        return true;
    guint line = line_of(text, key->name);
    guint again = line_behind(line, text, key->name);
    if (again != 0)
        return fail(path, again, error, "%s is there twice", key->name);
    if (words == NULL || words[0] == NULL)
        return fail(path, line, error, "%s names nothing; remove the line to allow any", key->name);
    STRV_FOREACH (word, words) {
        if (!word_is_valid(key, g_strstrip(*word)))
            return fail(path, line, error, "%s: invalid name '%s'", key->name, *word);
    }
    *(char ***)G_STRUCT_MEMBER_P(settings, key->offset) = g_steal_pointer(&words);
    return true;
}

static bool check_names(GKeyFile *file, const char *path, const char *text, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    STRV_FOREACH (group, groups) {
        g_autofree char *head = g_strdup_printf("[%s", *group);
        if (!g_str_equal(*group, GROUP))
            return fail(path, line_of(text, head), error, "unknown group '%s' (" GROUP ")", *group);
    }
    g_auto(GStrv) names = g_key_file_get_keys(file, GROUP, NULL, NULL);
    STRV_FOREACH (name, names) {
        gsize i = 0;
        while (i < G_N_ELEMENTS(keys) && !g_str_equal(keys[i].name, *name))
            i++;
        if (i == G_N_ELEMENTS(keys))
            return fail(path, line_of(text, *name), error,
                        "unknown key '%s' (zones, interfaces, uplinks)", *name);
    }
    return true;
}

/* GLib does not say the line: that of the first that is none of the three that it knows. */
static guint first_bad_line(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(lines[i]);
        bool is_group = line[0] == '[' && g_str_has_suffix(line, "]");
        bool is_pair = line[0] != '=' && strchr(line, '=') != NULL;
        if (line[0] != '\0' && line[0] != '#' && !is_group && !is_pair)
            return i + 1;
    }
    return 1;
}

static bool read_text(const char *path, const char *text, gsize length, DoorSettings *settings,
                      GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (memchr(text, '\0', length) != NULL || !g_utf8_validate(text, (gssize)length, NULL))
        return fail(path, 1, error, "not UTF-8 text");
    if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, NULL) && *text != '\0')
        return fail(path, first_bad_line(text), error, "neither a [group] nor KEY=VALUE");
    if (!check_names(file, path, text, error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (!read_key(file, path, text, &keys[i], settings, error))
            return false;
    }
    return true;
}

/* Whoever can write the file decides what the service may change. */
static bool check_owner(const char *path, GError **error)
{
    struct stat status;
    if (stat(path, &status) != 0 ||
        (status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, "let root own it, and nobody else write it",
                     "%s can be changed by others than root", path);
    return false;
}

bool door_settings_read(const char *path, DoorSettings *settings, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) reason = NULL;
    *settings = (DoorSettings){0};
    if (!check_owner(path, error))
        return false;
    if (!g_file_get_contents(path, &text, &length, &reason)) {
        if (g_error_matches(reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return true;
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, "see nicfix.conf(5)",
                         "%s cannot be read: %s", path, reason->message);
        return false;
    }
    bool is_read = read_text(path, text, length, settings, error);
    if (!is_read)
        door_settings_clear(settings);
    return is_read;
}

static bool matches_any(char **patterns, const char *name)
{
    if (patterns == NULL)
        return true;
    STRV_FOREACH (pattern, patterns) {
        if (g_pattern_match_simple(*pattern, name))
            return true;
    }
    return false;
}

bool door_settings_allow(const DoorSettings *settings, const char *interface, const char *zone,
                         GError **error)
{
    static const char hint[] = "run nicfix as root, or see nicfix.conf(5)";
    bool may_touch = matches_any(settings->interfaces, interface);
    bool may_bind = zone == NULL || settings->zones == NULL ||
                    g_strv_contains((const char *const *)settings->zones, zone);
    if (!may_touch)
        nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED, hint,
                         "nicfix.conf does not let the service touch %s", interface);
    else if (!may_bind)
        nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED, hint,
                         "nicfix.conf does not let the service bind to zone %s", zone);
    return may_touch && may_bind;
}

void door_settings_clear(DoorSettings *settings)
{
    g_strfreev(settings->zones);
    g_strfreev(settings->interfaces);
    g_strfreev(settings->uplinks);
    *settings = (DoorSettings){0};
}
