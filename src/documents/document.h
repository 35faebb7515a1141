/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A JSON document that may come from anybody: read whole from a file, held against the grammar and
 * our limits, parsed, and asked which schema it says it keeps to. What is in it is for others. */
#pragma once

#include "documents/json-members.h"

/* The most bytes of a document that are read: a snapshot of some 100,000 links. */
#define DOCUMENT_SIZE_MAX (256UL * 1024 * 1024)

/* Each fails with an error that begins with the name of PLACE, which is the document's:
 * NICFIX_ERROR_NOT_FOUND where there is no such file, else NICFIX_ERROR_BAD_INPUT. */

/* Returns the parser that owns what the SIZE bytes at DATA describe, one object (transfer full). */
JsonParser *document_parse(const char *data, gsize size, const JsonPlace *place,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of the file at PATH, "-" for standard input. */
JsonParser *document_read_file(const char *path, const JsonPlace *place,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Returns the "schema" of the object ROOT, cut to a length fit for a message (transfer full). */
char *document_schema(JsonNode *root, const JsonPlace *place,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
