/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/request.h"

#include "service/names.h"

#include <string.h>

enum {
    MAX_WORD = 1024, /* bytes; no name, address or list of the command line is longer */
    MAX_WORDS = 4096,
    MAX_SIZE = 65536, /* bytes of a request as D-Bus has it */
};

/* A key of a dictionary, which is a long option of the same name. */
typedef struct {
    const char *name;
    char type; /* of D-Bus: 'b', 'u', 's'; 'a' for an array of strings */
} Key;

static const Key no_keys[] = {{NULL, 0}};
static const Key flow_keys[] = {
    {"in", 's'},       {"out", 's'},  {"from", 's'},        {"to", 's'},
    {"protocol", 's'}, {"port", 'u'}, {"source-port", 'u'}, {NULL, 0},
};
static const Key apply_keys[] = {
    {"zone", 's'},
    {"finding", 's'},
    {"interface", 'a'},
    {"runtime-only", 'b'},
    {"permanent-only", 'b'},
    {"move", 'b'},
    {"uplink", 'a'},
    {"downstream", 'a'},
    {"enable-forward", 'b'},
    {"bind-downstream", 'b'},
    {"dry-run", 'b'},
    {"confirm-within", 'u'},
    {NULL, 0},
};
static const Key undo_keys[] = {{"dry-run", 'b'}, {NULL, 0}};
static const Key look_keys[] = {
    {"format", 's'},  {"verbose", 'b'},    {"quiet", 'b'}, {"color", 's'}, {"width", 'u'},
    {"timeout", 'u'}, {"ask-caller", 'b'}, {"shown", 's'}, {NULL, 0},
};

struct Method {
    const char *interface;
    const char *name;
    const char *words[3]; /* the command, and what it is always given */
    const Key *keys;      /* of the first argument, where that is a dictionary */
    bool watches;
};

static const Method methods[] = {
    {DOOR_INTERFACE, "Check", {"check", "--json"}, no_keys, false},
    {DOOR_INTERFACE, "List", {"list", "--json"}, no_keys, false},
    {DOOR_INTERFACE, "Explain", {"explain", "--json"}, flow_keys, false},
    {DOOR_INTERFACE, "Preview", {"apply", "--json", "--dry-run"}, apply_keys, false},
    {DOOR_INTERFACE, "Apply", {"apply", "--json"}, apply_keys, false},
    {DOOR_INTERFACE, "Confirm", {"confirm", "--json"}, no_keys, false},
    {DOOR_INTERFACE, "Undo", {"undo", "--json"}, undo_keys, false},
    {DOOR_INTERFACE, "Watch", {"check", "--json"}, no_keys, true},
    {DOOR_COMMAND_LINE, "Snapshot", {"snapshot"}, no_keys, false},
    {DOOR_COMMAND_LINE, "Apply", {"apply"}, apply_keys, false},
    {DOOR_COMMAND_LINE, "Confirm", {"confirm"}, no_keys, false},
    {DOOR_COMMAND_LINE, "Undo", {"undo"}, undo_keys, false},
};

const Method *method_find(const char *interface, const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (g_str_equal(methods[i].interface, interface) && g_str_equal(methods[i].name, name))
            return &methods[i];
    }
    return NULL;
}

bool method_is_for_command_line(const Method *method)
{
    return g_str_equal(method->interface, DOOR_COMMAND_LINE);
}

bool method_watches(const Method *method)
{
    return method->watches;
}

/* Safety checks are not a caller's to override. */
#define FOR_ROOT_ONLY "force"

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, message);
    return false;
}

/* What a terminal would obey, or show as something else: no name or address has it. */
static bool is_invisible(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
           type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* D-Bus strings are UTF-8. */
static bool check_word(const char *what, const char *word, GError **error)
{
    gsize length = strnlen(word, MAX_WORD + 1);
    if (length == 0 || length > MAX_WORD)
        return fail(error, "%s: expected 1 to %d bytes", what, MAX_WORD);
    for (const char *c = word; *c != '\0'; c = g_utf8_next_char(c)) {
        if (is_invisible(g_utf8_get_char(c)))
            return fail(error, "%s has a control character", what);
    }
    return true;
}

static bool add_strings(GPtrArray *words, const char *option, GVariant *value, GError **error)
{
    GVariantIter iter;
    const char *word;
    g_variant_iter_init(&iter, value);
    while (g_variant_iter_next(&iter, "&s", &word)) {
        if (words->len > MAX_WORDS)
            return fail(error, "more than %d words", MAX_WORDS);
        if (!check_word(option != NULL ? option : "an argument", word, error))
            return false;
        g_ptr_array_add(words,
                        option != NULL ? g_strdup_printf("--%s=%s", option, word) : g_strdup(word));
    }
    return true;
}

static bool add_value(GPtrArray *words, const Key *key, GVariant *value, GError **error)
{
    const char type[] = {key->type, key->type == 'a' ? 's' : '\0', '\0'};
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE(type)))
        return fail(error, "%s: expected the type %s, found %s", key->name, type,
                    g_variant_get_type_string(value));
    if (key->type == 'a')
        return add_strings(words, key->name, value, error);
    if (key->type == 'b') {
        if (g_variant_get_boolean(value))
            g_ptr_array_add(words, g_strdup_printf("--%s", key->name));
        return true;
    }
    if (key->type == 'u') {
        g_ptr_array_add(words, g_strdup_printf("--%s=%u", key->name, g_variant_get_uint32(value)));
        return true;
    }
    const char *word = g_variant_get_string(value, NULL);
    if (!check_word(key->name, word, error))
        return false;
    g_ptr_array_add(words, g_strdup_printf("--%s=%s", key->name, word));
    return true;
}

static const Key *find_key(const Key *keys, const char *name)
{
    while (keys->name != NULL && !g_str_equal(keys->name, name))
        keys++;
    return keys->name != NULL ? keys : NULL;
}

/* Adds the options that DICTIONARY stands for; a key comes once, as an option does. */
static bool add_options(GPtrArray *words, const Key *keys, GVariant *dictionary, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GVariantIter iter;
    const char *name;
    GVariant *value;
    g_variant_iter_init(&iter, dictionary);
    while (g_variant_iter_next(&iter, "{&sv}", &name, &value)) {
        g_autoptr(GVariant) owned = value;
        const Key *key = find_key(keys, name);
        if (key == NULL && g_str_equal(name, FOR_ROOT_ONLY))
            return fail(error, FOR_ROOT_ONLY " is for root only");
        if (key == NULL)
            return fail(error, "unknown key '%.64s'", name);
        if (!g_hash_table_add(seen, (gpointer)key->name))
            return fail(error, "%s is there twice", key->name);
        if (!add_value(words, key, owned, error))
            return false;
    }
    return true;
}

/* The session of the caller is no option: the command looks for it in its environment. It has only the
 * characters of addresses and ports. */
static GVariant *take_session(GVariant *look, char **session, GError **error)
{
    GVariantDict rest;
    const char *given = NULL;
    g_variant_dict_init(&rest, look);
    if (g_variant_dict_lookup(&rest, "session", "&s", &given)) {
        if (strlen(given) > MAX_WORD ||
            strspn(given, "0123456789abcdefABCDEF.:% ") != strlen(given)) {
            g_variant_dict_clear(&rest);
            fail(error, "session: expected the words of SSH_CONNECTION");
            return NULL;
        }
        *session = g_strdup(given);
        g_variant_dict_remove(&rest, "session");
    } else {
        *session = g_strdup("");
    }
    return g_variant_ref_sink(g_variant_dict_end(&rest));
}

static bool add_look(GPtrArray *words, GVariant *look, char **session, GError **error)
{
    g_autoptr(GVariant) rest = take_session(look, session, error);
    return rest != NULL && add_options(words, look_keys, rest, error);
}

/* The first argument: a dictionary, or what follows the options. */
static bool add_request(GPtrArray *options, GPtrArray *arguments, const Method *method,
                        GVariant *request, GError **error)
{
    if (g_variant_is_of_type(request, G_VARIANT_TYPE_VARDICT))
        return add_options(options, method->keys, request, error);
    if (g_variant_is_of_type(request, G_VARIANT_TYPE_STRING_ARRAY))
        return add_strings(arguments, NULL, request, error);
    const char *word = g_variant_get_string(request, NULL);
    g_ptr_array_add(arguments, g_strdup(word));
    return check_word("the argument", word, error);
}

char **method_words(const Method *method, GVariant *parameters, const char *caller, bool may_ask,
                    char **session, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *found = NULL;
    if (g_variant_get_size(parameters) > MAX_SIZE) {
        fail(error, "more than %d bytes", MAX_SIZE);
        return NULL;
    }
    gsize count = g_variant_n_children(parameters);
    for (gsize i = 0; i < G_N_ELEMENTS(method->words) && method->words[i] != NULL; i++)
        g_ptr_array_add(words, g_strdup(method->words[i]));
    g_ptr_array_add(words, g_strdup_printf("--caller=%s", caller));
    if (may_ask)
        g_ptr_array_add(words, g_strdup("--may-ask"));
    bool has_look = method_is_for_command_line(method);
    bool has_request = count > (has_look ? 1 : 0);
    g_autoptr(GVariant) request = has_request ? g_variant_get_child_value(parameters, 0) : NULL;
    g_autoptr(GVariant) look = has_look ? g_variant_get_child_value(parameters, count - 1) : NULL;
    if ((request != NULL && !add_request(words, arguments, method, request, error)) ||
        (look != NULL && !add_look(words, look, &found, error)))
        return NULL;
    *session = found != NULL ? g_steal_pointer(&found) : g_strdup("");
    /* Whatever they begin with, they are no options. */
    g_ptr_array_add(words, g_strdup("--"));
    g_ptr_array_extend_and_steal(words, g_steal_pointer(&arguments));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}
