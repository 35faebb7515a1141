/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the JSON that nicfix writes has in common: an absent value is null, text that is not valid
 * UTF-8 is repaired, and members stay in the order in which they are added. */
#pragma once

#include "model/host/snapshot.h"

#include <jansson.h>

/* Returns a document: an object whose first member is "schema": "nicfix.NAME/1" (transfer full). */
json_t *json_document(const char *name);

/* Returns DOCUMENT as text: indented, or all on one line (transfer full). The text is printable
 * ASCII, safe for a terminal: all other characters are escaped. */
char *json_document_text(const json_t *document, bool indented);

/* A string with invalid UTF-8 replaced; null for NULL (transfer full). */
json_t *json_text(const char *text);
json_t *json_tristate(Tristate value);
/* Lists of strings: TEXTS holds char *, STRV ends with NULL (transfer full). */
json_t *json_texts(const GPtrArray *texts);
json_t *json_strv(char *const *strv);
