/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared parts of JSON documents: see json-parts.h. */
#include "report/json-parts.h"

#include "model/error.h"

JsonBuilder *json_document(const char *name)
{
    JsonBuilder *builder = json_builder_new();
    g_autofree char *schema = g_strdup_printf("nicfix.%s/1", name);
    json_builder_begin_object(builder);
    json_add_string(builder, "schema", schema);
    return builder;
}

JsonNode *json_document_end(JsonBuilder *builder)
{
    json_builder_end_object(builder);
    JsonNode *document = json_builder_get_root(builder);
    g_object_unref(builder);
    return document;
}

void json_add_string(JsonBuilder *builder, const char *member, const char *value)
{
    json_builder_set_member_name(builder, member);
    if (value != NULL)
        json_builder_add_string_value(builder, value);
    else
        json_builder_add_null_value(builder);
}

void json_add_int(JsonBuilder *builder, const char *member, gint64 value)
{
    json_builder_set_member_name(builder, member);
    json_builder_add_int_value(builder, value);
}

void json_add_bool(JsonBuilder *builder, const char *member, bool value)
{
    json_builder_set_member_name(builder, member);
    json_builder_add_boolean_value(builder, value);
}

void json_add_tristate(JsonBuilder *builder, const char *member, Tristate value)
{
    if (value == TRISTATE_UNKNOWN)
        json_add_string(builder, member, NULL);
    else
        json_add_bool(builder, member, value == TRISTATE_YES);
}

static void add_string_array(JsonBuilder *builder, char *const *values)
{
    json_builder_begin_array(builder);
    for (; *values != NULL; values++)
        json_builder_add_string_value(builder, *values);
    json_builder_end_array(builder);
}

void json_add_strings(JsonBuilder *builder, const char *member, char *const *values)
{
    json_builder_set_member_name(builder, member);
    add_string_array(builder, values);
}

void json_add_fix(JsonBuilder *builder, const char *member, const Fix *fix)
{
    json_builder_set_member_name(builder, member);
    if (fix == NULL) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    json_add_strings(builder, "command", fix->command);
    json_builder_set_member_name(builder, "firewall_cmd");
    json_builder_begin_array(builder);
    for (guint i = 0; i < fix->firewall_cmd->len; i++)
        add_string_array(builder, g_ptr_array_index(fix->firewall_cmd, i));
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

void json_add_finding(JsonBuilder *builder, const Finding *finding)
{
    json_builder_begin_object(builder);
    json_add_string(builder, "id", finding_word(finding->id));
    json_add_string(builder, "severity", severity_word(finding->severity));
    json_add_string(builder, "interface", finding->interface);
    json_add_string(builder, "zone", finding->zone);
    json_add_string(builder, "message", finding->message);
    json_builder_set_member_name(builder, "evidence");
    json_builder_begin_array(builder);
    for (guint i = 0; i < finding->evidence->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(finding->evidence, i));
    json_builder_end_array(builder);
    json_add_fix(builder, "fix", finding->fix);
    json_builder_end_object(builder);
}

void json_add_error(JsonBuilder *builder, const char *member, const GError *error)
{
    if (error == NULL) {
        json_add_string(builder, member, NULL);
        return;
    }
    json_builder_set_member_name(builder, member);
    json_builder_begin_object(builder);
    json_add_string(builder, "code", nicfix_error_word(error));
    json_add_string(builder, "message", error->message);
    json_add_string(builder, "hint", nicfix_error_hint(error));
    json_builder_end_object(builder);
}

void json_add_unread(JsonBuilder *builder, const Snapshot *snapshot)
{
    json_builder_set_member_name(builder, "unread");
    json_builder_begin_array(builder);
    for (guint i = 0; i < snapshot->unread->len; i++) {
        const Unread *unread = g_ptr_array_index(snapshot->unread, i);
        json_builder_begin_object(builder);
        json_add_string(builder, "what", unread->what);
        json_add_string(builder, "where", unread->where);
        json_add_string(builder, "reason", unread->reason);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}
