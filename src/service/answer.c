/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/answer.h"

#include "service/names.h"

static GVariant *value_of(const json_t *json);

/* Whether all of ARRAY is of TYPE. */
static bool has_only(const json_t *array, json_type type)
{
    gsize i;
    json_t *item;
    json_array_foreach((json_t *)array, i, item)
    {
        if (json_typeof(item) != type)
            return false;
    }
    return true;
}

static GVariant *value_of_array(const json_t *array)
{
    bool is_strings = has_only(array, JSON_STRING); /* also where nothing is in it */
    bool is_objects = !is_strings && has_only(array, JSON_OBJECT);
    GVariantBuilder builder;
    gsize i;
    json_t *item;
    g_variant_builder_init(&builder, is_strings   ? G_VARIANT_TYPE_STRING_ARRAY
                                     : is_objects ? G_VARIANT_TYPE("aa{sv}")
                                                  : G_VARIANT_TYPE("av"));
    json_array_foreach((json_t *)array, i, item)
    {
        GVariant *value = value_of(item);
        if (is_strings || is_objects)
            g_variant_builder_add_value(&builder, value);
        else if (value != NULL)
            g_variant_builder_add_value(&builder, g_variant_new_variant(value));
    }
    return g_variant_builder_end(&builder);
}

GVariant *answer_of_object(const json_t *object)
{
    GVariantBuilder builder;
    const char *key;
    json_t *member;
    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    json_object_foreach((json_t *)object, key, member)
    {
        GVariant *value = value_of(member);
        if (value != NULL)
            g_variant_builder_add(&builder, "{sv}", key, value);
    }
    return g_variant_builder_end(&builder);
}

/* NULL for null, which D-Bus has not. */
static GVariant *value_of(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return answer_of_object(json);
    case JSON_ARRAY:
        return value_of_array(json);
    case JSON_STRING:
        return g_variant_new_string(json_string_value(json));
    case JSON_INTEGER:
        return g_variant_new_int64(json_integer_value(json));
    case JSON_REAL:
        return g_variant_new_double(json_real_value(json));
    case JSON_TRUE:
    case JSON_FALSE:
        return g_variant_new_boolean(json_is_true(json));
    case JSON_NULL:
        break;
    }
    return NULL;
}

/* "not-authorised" as "NotAuthorised". */
static char *error_name(const char *code)
{
    GString *name = g_string_new(DOOR_INTERFACE ".Error.");
    bool begins = true;
    for (const char *c = code; *c != '\0'; c++) {
        if (*c != '-')
            g_string_append_c(name, begins ? g_ascii_toupper(*c) : *c);
        begins = *c == '-';
    }
    return g_string_free(name, FALSE);
}

static void set_error(const json_t *object, GError **error)
{
    const char *code = json_string_value(json_object_get(object, "code"));
    const char *message = json_string_value(json_object_get(object, "message"));
    const char *hint = json_string_value(json_object_get(object, "hint"));
    g_autofree char *name = error_name(code != NULL ? code : "failed");
    g_autofree char *text = g_strdup_printf("%s%s%s", message != NULL ? message : "",
                                            hint != NULL ? "; " : "", hint != NULL ? hint : "");
    g_propagate_error(error, g_dbus_error_new_for_dbus_error(name, text));
}

GVariant *answer_of_document(const char *text, gsize size, GError **error)
{
    json_t *document = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    const json_t *reason = json_object_get(document, "error");
    GVariant *answer = NULL;
    if (!json_is_object(document))
        g_set_error_literal(error, G_DBUS_ERROR, G_DBUS_ERROR_FAILED,
                            "nicfix ended without an answer; see its journal");
    else if (json_is_object(reason))
        set_error(reason, error);
    else
        answer = answer_of_object(document);
    json_decref(document);
    return answer;
}
