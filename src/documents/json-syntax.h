/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks that a text is JSON (RFC 8259) and within our limits, before json-glib sees it. json-glib
 * 1.6 overflows the stack on deep nesting, turns integers too large for it into -1, cuts strings
 * at an escaped NUL, and accepts comments and text after the end of the document. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define JSON_SYNTAX_DEPTH_MAX 32

/* Where and why a text is not acceptable. Lines and columns (of characters) count from 1. */
typedef struct {
    guint line;
    glong column;
    const char *reason; /* static, such as "expected a colon" */
} JsonSyntaxFault;

/* Returns whether the SIZE bytes at DATA are one JSON object and nothing else, valid UTF-8, nested
 * at most JSON_SYNTAX_DEPTH_MAX deep, with no NUL in any string and no integer of more than 18
 * digits. *FAULT is set when they are not. Takes linear time. */
bool json_syntax_check(const char *data, gsize size,
                       JsonSyntaxFault *fault) G_GNUC_WARN_UNUSED_RESULT;
