/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing and reading by tables of members, the types of members that every document needs, and
 * the places of faults. */
#include "documents/json-members.h"

#include "model/error.h"

/* ---- places and faults ---- */

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

static const char *value_kind(JsonNode *node)
{
    static const struct {
        GType type;
        const char *kind;
    } kinds[] = {
        {G_TYPE_STRING, "a string"},
        {G_TYPE_BOOLEAN, "true or false"},
        {G_TYPE_INT64, "a number"},
    };
    GType type = json_node_get_value_type(node);
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].type == type)
            return kinds[i].kind;
    }
    return "a fraction";
}

static const char *node_kind(JsonNode *node)
{
    switch (json_node_get_node_type(node)) {
    case JSON_NODE_OBJECT:
        return "an object";
    case JSON_NODE_ARRAY:
        return "a list";
    case JSON_NODE_NULL:
        return "null";
    case JSON_NODE_VALUE:
        return value_kind(node);
    }
    g_assert_not_reached();
}

bool json_place_unexpected(const JsonPlace *place, JsonNode *node, const char *expected,
                           GError **error)
{
    return json_place_fault(place, error, "expected %s, found %s", expected, node_kind(node));
}

static bool node_is(JsonNode *node, GType type)
{
    return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

const char *json_place_text(const JsonPlace *place, JsonNode *node, GError **error)
{
    if (!node_is(node, G_TYPE_STRING)) {
        json_place_unexpected(place, node, "a string", error);
        return NULL;
    }
    const char *text = json_node_get_string(node);
    if (*text == '\0') {
        json_place_fault(place, error, "the string is empty");
        return NULL;
    }
    return text;
}

JsonArray *json_place_array(const JsonPlace *place, JsonNode *node, GError **error)
{
    if (JSON_NODE_HOLDS_ARRAY(node))
        return json_node_get_array(node);
    json_place_unexpected(place, node, "a list", error);
    return NULL;
}

/* ---- tables ---- */

static gpointer field_of(gpointer object, const Member *member)
{
    return G_STRUCT_MEMBER_P(object, member->offset);
}

static gconstpointer const_field_of(gconstpointer object, const Member *member)
{
    return (const char *)object + member->offset;
}

void members_write(const Member *members, gconstpointer object, JsonObject *json)
{
    for (const Member *member = members; member->type != NULL; member++) {
        if (member->name == NULL)
            members_write(member->detail, const_field_of(object, member), json);
        else
            json_object_set_member(json, member->name, member->type->write(member, object));
    }
}

JsonNode *members_to_node(const Member *members, gconstpointer object)
{
    JsonObject *json = json_object_new();
    members_write(members, object, json);
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, json);
    return node;
}

static bool member_read(const Member *member, JsonNode *node, gpointer object,
                        const JsonPlace *place, GError **error)
{
    if (member->name == NULL)
        return members_read(member->detail, node, field_of(object, member), place, error);
    JsonPlace below = {.parent = place, .name = member->name};
    JsonNode *value = json_object_get_member(json_node_get_object(node), member->name);
    if (value == NULL)
        return json_place_fault(&below, error, "missing");
    return member->type->read(member, value, object, &below, error);
}

bool members_read(const Member *members, JsonNode *node, gpointer object, const JsonPlace *place,
                  GError **error)
{
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return json_place_unexpected(place, node, "an object", error);
    for (const Member *member = members; member->type != NULL; member++) {
        if (!member_read(member, node, object, place, error))
            return false;
    }
    return true;
}

/* ---- texts ---- */

JsonNode *json_text_node(const char *text)
{
    if (text == NULL || *text == '\0')
        return json_node_new(JSON_NODE_NULL);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return json_node_init_string(json_node_alloc(), valid);
}

JsonNode *json_array_node(JsonArray *array)
{
    JsonNode *node = json_node_new(JSON_NODE_ARRAY);
    json_node_take_array(node, array);
    return node;
}

static JsonNode *write_text(const Member *member, gconstpointer object)
{
    return json_text_node(*(char *const *)const_field_of(object, member));
}

static bool read_name(const Member *member, JsonNode *node, gpointer object, const JsonPlace *place,
                      GError **error)
{
    const char *text = json_place_text(place, node, error);
    if (text == NULL)
        return false;
    *(char **)field_of(object, member) = g_strdup(text);
    return true;
}

static bool read_text(const Member *member, JsonNode *node, gpointer object, const JsonPlace *place,
                      GError **error)
{
    return JSON_NODE_HOLDS_NULL(node) || read_name(member, node, object, place, error);
}

static JsonNode *write_names(const Member *member, gconstpointer object)
{
    char *const *names = *(char **const *)const_field_of(object, member);
    JsonArray *array = json_array_new();
    for (guint i = 0; names[i] != NULL; i++)
        json_array_add_element(array, json_text_node(names[i]));
    return json_array_node(array);
}

static bool read_names(const Member *member, JsonNode *node, gpointer object,
                       const JsonPlace *place, GError **error)
{
    JsonArray *array = json_place_array(place, node, error);
    if (array == NULL)
        return false;
    guint count = json_array_get_length(array);
    g_auto(GStrv) names = g_new0(char *, count + 1);
    for (guint i = 0; i < count; i++) {
        JsonPlace below = {.parent = place, .index = i};
        const char *text = json_place_text(&below, json_array_get_element(array, i), error);
        if (text == NULL)
            return false;
        names[i] = g_strdup(text);
    }
    char ***field = field_of(object, member);
    g_strfreev(*field);
    *field = g_steal_pointer(&names);
    return true;
}

const MemberType member_name = {write_text, read_name};
const MemberType member_text = {write_text, read_text};
const MemberType member_names = {write_names, read_names};

/* ---- truth ---- */

static JsonNode *bool_node(bool value)
{
    return json_node_init_boolean(json_node_alloc(), value);
}

static JsonNode *write_bool(const Member *member, gconstpointer object)
{
    return bool_node(*(const bool *)const_field_of(object, member));
}

static bool read_bool(const Member *member, JsonNode *node, gpointer object, const JsonPlace *place,
                      GError **error)
{
    if (!node_is(node, G_TYPE_BOOLEAN))
        return json_place_unexpected(place, node, "true or false", error);
    *(bool *)field_of(object, member) = json_node_get_boolean(node);
    return true;
}

static JsonNode *write_tristate(const Member *member, gconstpointer object)
{
    Tristate value = *(const Tristate *)const_field_of(object, member);
    return value == TRISTATE_UNKNOWN ? json_node_new(JSON_NODE_NULL)
                                     : bool_node(value == TRISTATE_YES);
}

static bool read_tristate(const Member *member, JsonNode *node, gpointer object,
                          const JsonPlace *place, GError **error)
{
    Tristate *field = field_of(object, member);
    if (JSON_NODE_HOLDS_NULL(node)) {
        *field = TRISTATE_UNKNOWN;
        return true;
    }
    if (!node_is(node, G_TYPE_BOOLEAN))
        return json_place_unexpected(place, node, "true, false or null", error);
    *field = json_node_get_boolean(node) ? TRISTATE_YES : TRISTATE_NO;
    return true;
}

const MemberType member_bool = {write_bool, read_bool};
const MemberType member_tristate = {write_tristate, read_tristate};

/* ---- numbers ---- */

JsonNode *json_integer_node(gint64 value)
{
    return json_node_init_int(json_node_alloc(), value);
}

static JsonNode *optional_integer_node(gint64 value)
{
    return value == 0 ? json_node_new(JSON_NODE_NULL) : json_integer_node(value);
}

static bool integer_of(JsonNode *node, gint64 least, gint64 most, gint64 *value,
                       const JsonPlace *place, GError **error)
{
    if (!node_is(node, G_TYPE_INT64))
        return json_place_unexpected(place, node, "a whole number", error);
    gint64 found = json_node_get_int(node);
    if (found < least || found > most)
        return json_place_fault(place, error,
                                "%" G_GINT64_FORMAT " is not between %" G_GINT64_FORMAT
                                " and %" G_GINT64_FORMAT,
                                found, least, most);
    *value = found;
    return true;
}

static JsonNode *write_uint8(const Member *member, gconstpointer object)
{
    return json_integer_node(*(const guint8 *)const_field_of(object, member));
}

static bool read_uint8(const Member *member, JsonNode *node, gpointer object,
                       const JsonPlace *place, GError **error)
{
    gint64 value = 0;
    if (!integer_of(node, 0, G_MAXUINT8, &value, place, error))
        return false;
    *(guint8 *)field_of(object, member) = (guint8)value;
    return true;
}

static JsonNode *write_uint32(const Member *member, gconstpointer object)
{
    return json_integer_node(*(const guint32 *)const_field_of(object, member));
}

static JsonNode *write_optional_uint32(const Member *member, gconstpointer object)
{
    return optional_integer_node(*(const guint32 *)const_field_of(object, member));
}

static bool read_uint32_from(const Member *member, gint64 least, JsonNode *node, gpointer object,
                             const JsonPlace *place, GError **error)
{
    gint64 value = 0;
    if (!integer_of(node, least, G_MAXUINT32, &value, place, error))
        return false;
    *(guint32 *)field_of(object, member) = (guint32)value;
    return true;
}

static bool read_uint32(const Member *member, JsonNode *node, gpointer object,
                        const JsonPlace *place, GError **error)
{
    return read_uint32_from(member, 0, node, object, place, error);
}

static bool read_optional_uint32(const Member *member, JsonNode *node, gpointer object,
                                 const JsonPlace *place, GError **error)
{
    return JSON_NODE_HOLDS_NULL(node) || read_uint32_from(member, 1, node, object, place, error);
}

static JsonNode *write_int(const Member *member, gconstpointer object)
{
    return json_integer_node(*(const int *)const_field_of(object, member));
}

static JsonNode *write_optional_int(const Member *member, gconstpointer object)
{
    return optional_integer_node(*(const int *)const_field_of(object, member));
}

static bool read_int_from(const Member *member, gint64 least, JsonNode *node, gpointer object,
                          const JsonPlace *place, GError **error)
{
    gint64 value = 0;
    if (!integer_of(node, least, G_MAXINT, &value, place, error))
        return false;
    *(int *)field_of(object, member) = (int)value;
    return true;
}

static bool read_int(const Member *member, JsonNode *node, gpointer object, const JsonPlace *place,
                     GError **error)
{
    return read_int_from(member, G_MININT, node, object, place, error);
}

static bool read_ifindex(const Member *member, JsonNode *node, gpointer object,
                         const JsonPlace *place, GError **error)
{
    return read_int_from(member, 1, node, object, place, error);
}

static bool read_optional_ifindex(const Member *member, JsonNode *node, gpointer object,
                                  const JsonPlace *place, GError **error)
{
    return JSON_NODE_HOLDS_NULL(node) || read_ifindex(member, node, object, place, error);
}

const MemberType member_uint8 = {write_uint8, read_uint8};
const MemberType member_uint32 = {write_uint32, read_uint32};
const MemberType member_optional_uint32 = {write_optional_uint32, read_optional_uint32};
const MemberType member_int = {write_int, read_int};
const MemberType member_ifindex = {write_int, read_ifindex};
const MemberType member_optional_ifindex = {write_optional_int, read_optional_ifindex};

/* ---- structs and lists of them ---- */

static JsonNode *write_group(const Member *member, gconstpointer object)
{
    return members_to_node(member->detail, const_field_of(object, member));
}

static bool read_group(const Member *member, JsonNode *node, gpointer object,
                       const JsonPlace *place, GError **error)
{
    return members_read(member->detail, node, field_of(object, member), place, error);
}

static JsonNode *write_pointer(const Member *member, gconstpointer object)
{
    return members_to_node(member->detail, *(const gconstpointer *)const_field_of(object, member));
}

static bool read_pointer(const Member *member, JsonNode *node, gpointer object,
                         const JsonPlace *place, GError **error)
{
    return members_read(member->detail, node, *(gpointer *)field_of(object, member), place, error);
}

static JsonNode *write_list(const Member *member, gconstpointer object)
{
    const ElementType *type = member->detail;
    const GPtrArray *list = *(GPtrArray *const *)const_field_of(object, member);
    JsonArray *array = json_array_sized_new(list->len);
    for (guint i = 0; i < list->len; i++)
        json_array_add_element(array, members_to_node(type->members, g_ptr_array_index(list, i)));
    return json_array_node(array);
}

static bool read_list(const Member *member, JsonNode *node, gpointer object, const JsonPlace *place,
                      GError **error)
{
    const ElementType *type = member->detail;
    GPtrArray *list = *(GPtrArray **)field_of(object, member);
    JsonArray *array = json_place_array(place, node, error);
    if (array == NULL)
        return false;
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonPlace below = {.parent = place, .index = i};
        gpointer element = type->make();
        g_ptr_array_add(list, element);
        if (!members_read(type->members, json_array_get_element(array, i), element, &below, error))
            return false;
    }
    return true;
}

const MemberType member_group = {write_group, read_group};
const MemberType member_pointer = {write_pointer, read_pointer};
const MemberType member_list = {write_list, read_list};
