/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The snapshot as a JSON document, "nicfix.snapshot/1", and back without loss. The format is
 * described by docs/schema/nicfix.snapshot-1.schema.json. */
#pragma once

#include "documents/document.h"

#define SNAPSHOT_SCHEMA "nicfix.snapshot/1"

/* Returns the document (transfer full). */
json_t *snapshot_to_json(const Snapshot *snapshot);

/* Returns the snapshot that the SIZE bytes at DATA describe (transfer full). On failure returns
 * NULL with NICFIX_ERROR_BAD_INPUT, whose message begins with NAME, such as "snapshot web1.json",
 * and says the place of the fault: "snapshot web1.json: links[3].name: expected a string, found a
 * number". Unknown members are ignored. */
Snapshot *snapshot_from_json(const char *data, gsize size, const char *name,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for the file at PATH, "-" for standard input. Fails also with NICFIX_ERROR_NOT_FOUND
 * where the file does not exist. */
Snapshot *snapshot_read_file(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for the object ROOT, whose document is at PLACE. */
Snapshot *snapshot_from_root(json_t *root, const JsonPlace *place,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
