/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing and reading by tables of members, the types of members that every document needs, and
 * the places of errors. */
#include "documents/json-members.h"

#include "model/error.h"
#include "model/foreach.h"

/* ---- places and errors ---- */

/* Appends the path of PLACE to PATH and returns the document it is in. */
static const JsonPlace *append_path(const JsonPlace *place, GString *path)
{
    if (place->parent == NULL)
        return place;
    const JsonPlace *document = append_path(place->parent, path);
    if (place->name == NULL)
        g_string_append_printf(path, "[%u]", place->index);
    else
        g_string_append_printf(path, "%s%s", path->len > 0 ? "." : "", place->name);
    return document;
}

bool json_place_fault(const JsonPlace *place, GError **error, const char *format, ...)
{
    g_autoptr(GString) path = g_string_new(NULL);
    const JsonPlace *document = append_path(place, path);
    va_list args;
    va_start(args, format);
    g_autofree char *reason = g_strdup_vprintf(format, args);
    va_end(args);
    nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, document->hint, "%s: %s%s%s", document->name,
                     path->str, path->len > 0 ? ": " : "", reason);
    return false;
}

bool json_place_unexpected(const JsonPlace *place, const json_t *value, const char *expected,
                           GError **error)
{
    static const char *const kinds[] = {
        [JSON_OBJECT] = "an object",    [JSON_ARRAY] = "a list",    [JSON_STRING] = "a string",
        [JSON_INTEGER] = "a number",    [JSON_REAL] = "a fraction", [JSON_TRUE] = "true or false",
        [JSON_FALSE] = "true or false", [JSON_NULL] = "null",
    };
    return json_place_fault(place, error, "expected %s, found %s", expected,
                            kinds[json_typeof(value)]);
}

const char *json_place_text(const JsonPlace *place, const json_t *value, GError **error)
{
    const char *text = json_string_value(value);
    if (text == NULL)
        json_place_unexpected(place, value, "a string", error);
    else if (*text == '\0')
        json_place_fault(place, error, "the string is empty");
    return text != NULL && *text != '\0' ? text : NULL;
}

bool json_place_each(const JsonPlace *place, const json_t *value, JsonReader read, gpointer object,
                     GError **error)
{
    if (!json_is_array(value))
        return json_place_unexpected(place, value, "a list", error);
    for (guint i = 0; i < json_array_size(value); i++) {
        const JsonPlace below = {.parent = place, .index = i};
        if (!read(json_array_get(value, i), object, &below, error))
            return false;
    }
    return true;
}

/* ---- tables ---- */

void members_write(const Member *members, gconstpointer object, json_t *json)
{
    for (const Member *member = members; member->type != NULL; member++) {
        if (member->name == NULL)
            members_write(member->detail, member_field(member, object), json);
        else
            json_object_set_new(json, member->name, member->type->write(member, object));
    }
}

json_t *members_to_json(const Member *members, gconstpointer object)
{
    json_t *json = json_object();
    members_write(members, object, json);
    return json;
}

static bool member_read(const Member *member, json_t *object_value, gpointer object,
                        const JsonPlace *place, GError **error)
{
    if (member->name == NULL)
        return members_read(member->detail, object_value, member_field(member, object), place,
                            error);
    const JsonPlace below = {.parent = place, .name = member->name};
    json_t *value = json_object_get(object_value, member->name);
    if (value == NULL && member->optional)
        return true;
    if (value == NULL)
        return json_place_fault(&below, error, "missing");
    if (member->nullable && json_is_null(value))
        return true;
    return member->type->read(member, value, object, &below, error);
}

bool members_read(const Member *members, json_t *value, gpointer object, const JsonPlace *place,
                  GError **error)
{
    if (!json_is_object(value))
        return json_place_unexpected(place, value, "an object", error);
    for (const Member *member = members; member->type != NULL; member++) {
        if (!member_read(member, value, object, place, error))
            return false;
    }
    return true;
}

/* ---- texts ---- */

/* "" is null as well: no reader takes an empty text. */
static json_t *write_text(const Member *member, gconstpointer object)
{
    const char *text = *(char **)member_field(member, object);
    return json_text(text != NULL && *text != '\0' ? text : NULL);
}

static bool read_text(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                      GError **error)
{
    const char *text = json_place_text(place, value, error);
    *(char **)member_field(member, object) = g_strdup(text);
    return text != NULL;
}

static json_t *write_names(const Member *member, gconstpointer object)
{
    char *const *names = *(char ***)member_field(member, object);
    return names != NULL ? json_strv(names) : json_null();
}

static bool read_element_name(json_t *element, gpointer names, const JsonPlace *place,
                              GError **error)
{
    const char *text = json_place_text(place, element, error);
    if (text != NULL)
        g_strv_builder_add(names, text);
    return text != NULL;
}

static bool read_names(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                       GError **error)
{
    char ***names = member_field(member, object);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    if (!json_place_each(place, value, read_element_name, builder, error))
        return false;
    g_strfreev(*names);
    *names = g_strv_builder_end(builder);
    return true;
}

const MemberType member_text = {write_text, read_text};
const MemberType member_names = {write_names, read_names};

/* ---- truth ---- */

static json_t *write_bool(const Member *member, gconstpointer object)
{
    return json_boolean(*(bool *)member_field(member, object));
}

static bool read_bool(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                      GError **error)
{
    if (!json_is_boolean(value))
        return json_place_unexpected(place, value, "true or false", error);
    *(bool *)member_field(member, object) = json_is_true(value);
    return true;
}

static json_t *write_tristate(const Member *member, gconstpointer object)
{
    return json_tristate(*(Tristate *)member_field(member, object));
}

static bool read_tristate(const Member *member, json_t *value, gpointer object,
                          const JsonPlace *place, GError **error)
{
    if (!json_is_boolean(value))
        return json_place_unexpected(place, value, "true, false or null", error);
    *(Tristate *)member_field(member, object) = json_is_true(value) ? TRISTATE_YES : TRISTATE_NO;
    return true;
}

const MemberType member_bool = {write_bool, read_bool};
const MemberType member_tristate = {write_tristate, read_tristate};

/* ---- numbers ---- */

static json_t *write_integer(const Member *member, gconstpointer object)
{
    gpointer field = member_field(member, object);
    gint64 number = 0;
    switch (member->integer) {
    case INTEGER_UINT8:
        number = *(guint8 *)field;
        break;
    case INTEGER_UINT32:
        number = *(guint32 *)field;
        break;
    case INTEGER_INT:
        number = *(int *)field;
        break;
    case INTEGER_UINT64:
        number = (gint64) * (guint64 *)field;
        break;
    }
    return member->nullable && number < member->min ? json_null() : json_integer(number);
}

static bool read_integer(const Member *member, json_t *value, gpointer object,
                         const JsonPlace *place, GError **error)
{
    gpointer field = member_field(member, object);
    gint64 number = json_integer_value(value);
    if (!json_is_integer(value))
        return json_place_unexpected(place, value, "a whole number", error);
    if (number < member->min || number > member->max)
        return json_place_fault(place, error,
                                "%" G_GINT64_FORMAT " is not between %" G_GINT64_FORMAT
                                " and %" G_GINT64_FORMAT,
                                number, member->min, member->max);
    switch (member->integer) {
    case INTEGER_UINT8:
        *(guint8 *)field = (guint8)number;
        break;
    case INTEGER_UINT32:
        *(guint32 *)field = (guint32)number;
        break;
    case INTEGER_INT:
        *(int *)field = (int)number;
        break;
    case INTEGER_UINT64:
        *(guint64 *)field = (guint64)number;
        break;
    }
    return true;
}

const MemberType member_integer = {write_integer, read_integer};

/* ---- structs and lists of them ---- */

static gpointer struct_of(const Member *member, gconstpointer object)
{
    gpointer field = member_field(member, object);
    return member->type == &member_pointer ? *(gpointer *)field : field;
}

static json_t *write_group(const Member *member, gconstpointer object)
{
    return members_to_json(member->detail, struct_of(member, object));
}

static bool read_group(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                       GError **error)
{
    return members_read(member->detail, value, struct_of(member, object), place, error);
}

static json_t *write_list(const Member *member, gconstpointer object)
{
    const ElementType *type = member->detail;
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (void, element, *(GPtrArray **)member_field(member, object))
        json_array_append_new(array, members_to_json(type->members, element));
    return array;
}

typedef struct {
    const ElementType *type;
    GPtrArray *list;
} ListReader;

static bool read_element(json_t *value, gpointer user, const JsonPlace *place, GError **error)
{
    const ListReader *reader = user;
    gpointer element = reader->type->make();
    g_ptr_array_add(reader->list, element);
    return members_read(reader->type->members, value, element, place, error);
}

static bool read_list(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                      GError **error)
{
    ListReader reader = {member->detail, *(GPtrArray **)member_field(member, object)};
    return json_place_each(place, value, read_element, &reader, error);
}

const MemberType member_group = {write_group, read_group};
const MemberType member_pointer = {write_group, read_group};
const MemberType member_list = {write_list, read_list};

/* ---- what is only read ---- */

static bool read_custom(const Member *member, json_t *value, gpointer object,
                        const JsonPlace *place, GError **error)
{
    return member->reader(value, object, place, error);
}

bool member_read_each(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                      GError **error)
{
    return json_place_each(place, value, member->reader, object, error);
}

const MemberType member_custom = {.read = read_custom};
const MemberType member_each = {.read = member_read_each};
