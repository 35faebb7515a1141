/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filling structs by tables, and the functions that fill a field. */
#include "observe/services/firewalld-settings.h"

#include "model/error.h"
#include "model/host/snapshot.h"

static GVariant *settings_lookup(const Settings *settings, const char *key)
{
    if (settings->keys == NULL)
        return g_variant_lookup_value(settings->value, key, NULL);
    for (guint i = 0; i < settings->n_keys; i++) {
        if (g_strcmp0(settings->keys[i], key) == 0)
            return g_variant_get_child_value(settings->value, i);
    }
    return NULL;
}

static bool fill_field(const Settings *settings, const Setting *row, GVariant *value,
                       gpointer object, GError **error)
{
    const char *hint = "another program may be using firewalld's name, or firewalld is newer than "
                       "nicfix: report it with firewalld's version";
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE(row->type))) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_REPLY, hint,
                         "firewalld gives \"%s\" of %s the type %s where %s is expected", row->key,
                         settings->subject, g_variant_get_type_string(value), row->type);
        return false;
    }
    g_autofree char *meaningless = NULL;
    if (!row->fill(value, (char *)object + row->offset, &meaningless)) {
        nicfix_error_set(
            error, NICFIX_ERROR_BAD_REPLY, hint,
            "firewalld gives \"%s\" of %s the value \"%s\", which has no meaning there", row->key,
            settings->subject, meaningless);
        return false;
    }
    return true;
}

bool settings_fill(const Settings *settings, const Setting *table, guint n_rows, gpointer object,
                   GError **error)
{
    for (guint i = 0; i < n_rows; i++) {
        g_autoptr(GVariant) value = settings_lookup(settings, table[i].key);
        if (value != NULL && !fill_field(settings, &table[i], value, object, error))
            return false;
    }
    return true;
}

bool fill_text(GVariant *value, gpointer field, char **meaningless G_GNUC_UNUSED)
{
    char **text = field;
    const char *new_text = g_variant_get_string(value, NULL);
    g_free(*text);
    *text = *new_text == '\0' ? NULL : g_strdup(new_text);
    return true;
}

bool fill_strings(GVariant *value, gpointer field, char **meaningless G_GNUC_UNUSED)
{
    char ***strings = field;
    g_strfreev(*strings);
    *strings = g_variant_dup_strv(value, NULL);
    return true;
}

bool fill_bool(GVariant *value, gpointer field, char **meaningless G_GNUC_UNUSED)
{
    *(bool *)field = g_variant_get_boolean(value);
    return true;
}

bool fill_tristate(GVariant *value, gpointer field, char **meaningless G_GNUC_UNUSED)
{
    *(Tristate *)field = g_variant_get_boolean(value) ? TRISTATE_YES : TRISTATE_NO;
    return true;
}

bool fill_int(GVariant *value, gpointer field, char **meaningless G_GNUC_UNUSED)
{
    *(int *)field = g_variant_get_int32(value);
    return true;
}

/* An unknown word leaves the target unknown, which the model can handle. */
bool fill_target(GVariant *value, gpointer field, char **meaningless G_GNUC_UNUSED)
{
    *(Target *)field = target_from_word(g_variant_get_string(value, NULL));
    return true;
}

bool fill_sources(GVariant *value, gpointer field, char **meaningless G_GNUC_UNUSED)
{
    GPtrArray *sources = *(GPtrArray **)field;
    GVariantIter iter;
    const char *text;
    g_variant_iter_init(&iter, value);
    while (g_variant_iter_next(&iter, "&s", &text))
        g_ptr_array_add(sources, address_spec_parse(text));
    return true;
}

/* firewalld accepts port 0, which no flow has and no range can express: it is left out. */
bool fill_ports(GVariant *value, gpointer field, char **meaningless)
{
    GPtrArray *ports = *(GPtrArray **)field;
    GVariantIter iter;
    const char *port;
    const char *protocol;
    g_variant_iter_init(&iter, value);
    while (g_variant_iter_next(&iter, "(&s&s)", &port, &protocol)) {
        if (g_str_equal(port, "0"))
            continue;
        PortRange *range = port_range_parse(port, protocol);
        if (range == NULL) {
            *meaningless = g_strdup_printf("%s/%s", port, protocol);
            return false;
        }
        g_ptr_array_add(ports, range);
    }
    return true;
}

bool fill_forward_ports(GVariant *value, gpointer field, char **meaningless)
{
    GPtrArray *forward_ports = *(GPtrArray **)field;
    GVariantIter iter;
    const char *port;
    const char *protocol;
    const char *to_port;
    const char *to_address;
    g_variant_iter_init(&iter, value);
    while (g_variant_iter_next(&iter, "(&s&s&s&s)", &port, &protocol, &to_port, &to_address)) {
        if (g_str_equal(port, "0"))
            continue;
        ForwardPort *forward_port = forward_port_new(port, protocol, to_port, to_address);
        if (forward_port == NULL) {
            *meaningless = g_strdup_printf("%s/%s", port, protocol);
            return false;
        }
        g_ptr_array_add(forward_ports, forward_port);
    }
    return true;
}

bool fill_rich_rules(GVariant *value, gpointer field, char **meaningless G_GNUC_UNUSED)
{
    GPtrArray *rules = *(GPtrArray **)field;
    GVariantIter iter;
    const char *text;
    g_variant_iter_init(&iter, value);
    while (g_variant_iter_next(&iter, "&s", &text))
        g_ptr_array_add(rules, rich_rule_parse(text));
    return true;
}

bool fill_address(GVariant *value, gpointer field, char **meaningless G_GNUC_UNUSED)
{
    AddressSpec **address = field;
    const char *text = g_variant_get_string(value, NULL);
    address_spec_free(*address);
    *address = *text == '\0' ? NULL : address_spec_parse(text);
    return true;
}
