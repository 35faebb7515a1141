/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts that several JSON documents share. A value that is not there is null. */
#pragma once

#include "model/diagnosis/diagnosis.h"

#include <json-glib/json-glib.h>

/* Starts a document: an object whose first member is "schema": "nicfix.NAME/1" (transfer full). */
JsonBuilder *json_document(const char *name);

/* Ends the document of BUILDER (takes it) and returns it (transfer full). */
JsonNode *json_document_end(JsonBuilder *builder);

void json_add_string(JsonBuilder *builder, const char *member, const char *value);
void json_add_int(JsonBuilder *builder, const char *member, gint64 value);
void json_add_bool(JsonBuilder *builder, const char *member, bool value);
void json_add_tristate(JsonBuilder *builder, const char *member, Tristate value);
void json_add_strings(JsonBuilder *builder, const char *member, char *const *values);

void json_add_fix(JsonBuilder *builder, const char *member, const Fix *fix);
/* Adds FINDING as an object to the array that is being built. */
void json_add_finding(JsonBuilder *builder, const Finding *finding);
/* ERROR with its code, message and hint; null where it is NULL. */
void json_add_error(JsonBuilder *builder, const char *member, const GError *error);
void json_add_unread(JsonBuilder *builder, const Snapshot *snapshot);
