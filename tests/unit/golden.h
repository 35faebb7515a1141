/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written, word for word: the files in tests/unit/golden. They are written anew, to be looked
 * over before they are kept, with NICFIX_UPDATE_GOLDEN=1. */
#pragma once

#include "documents/json.h"

#include "cases.h"

/* As it is written to standard output. Takes DOCUMENT (transfer full). */
static inline char *document_text(json_t *document)
{
    g_autofree char *text = json_document_text(document, true);
    json_decref(document);
    return g_strdup_printf("%s\n", text);
}

static inline char *golden_path(const char *name)
{
    return g_build_filename(g_getenv("FIXTURES"), "..", "golden", name, NULL);
}

/* Fails where TEXT is not what the file NAME holds. */
static inline void compare_with_golden(const char *name, const char *text)
{
    g_autofree char *path = golden_path(name);
    g_autofree char *golden = NULL;
    g_autoptr(GError) error = NULL;
    if (g_getenv("NICFIX_UPDATE_GOLDEN") != NULL && !g_file_set_contents(path, text, -1, &error))
        fail_msg("%s", error->message);
    if (!g_file_get_contents(path, &golden, NULL, &error))
        fail_msg("%s", error->message);
    assert_string_equal(text, golden);
}
