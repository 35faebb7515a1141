/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A JSON document from an untrusted source: read from a file, parsed, and its schema named. What the
 * members mean is up to the callers. */
#pragma once

#include "documents/json-members.h"

/* The most bytes of a document that are read: a snapshot of some 100,000 links. */
#define DOCUMENT_SIZE_MAX (256UL * 1024 * 1024)

/* Appends what is left to read of FD to BYTES, but stops soon after there are LIMIT bytes: the size of a
 * pipe is not known before. Returns false with errno set where reading fails. */
bool document_read_descriptor(int fd, gsize limit, GByteArray *bytes) G_GNUC_WARN_UNUSED_RESULT;

/* Each fails with an error that begins with the name of PLACE, which is the document's:
 * NICFIX_ERROR_NOT_FOUND where the file does not exist, else NICFIX_ERROR_BAD_INPUT. */

/* Returns the object that the SIZE bytes at DATA describe (transfer full). Text after it, duplicate
 * members, and strings with a NUL are errors. */
json_t *document_parse(const char *data, gsize size, const JsonPlace *place,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for the file at PATH, "-" for standard input. */
json_t *document_read_file(const char *path, const JsonPlace *place,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Returns the "schema" of the object ROOT, cut to a length fit for a message (transfer full). */
char *document_schema(const json_t *root, const JsonPlace *place,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
