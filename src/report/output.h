/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard output, as text that fits the terminal, JSON documents or a page. Whether everything could
 * be written is known at the end. */
#pragma once

#include "model/diagnosis/finding.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

typedef enum {
    COLOR_AUTO, /* on a terminal, unless NO_COLOR is set (no-color.org) */
    COLOR_ALWAYS,
    COLOR_NEVER,
} ColorChoice;

typedef enum {
    FORMAT_TEXT,
    FORMAT_JSON,       /* one document, indented */
    FORMAT_JSON_LINES, /* one document a line, written at once */
    FORMAT_SPECIAL,    /* that of one command: a page, a picture, a line for Nagios */
} OutputFormat;

/* How text looks. */
typedef struct {
    bool color;
    guint width; /* columns of the terminal; 0: no limit */
    bool verbose;
} TextStyle;

typedef struct {
    FILE *stream;
    OutputFormat format;
    TextStyle style;
    bool quiet;          /* text is not written, documents and pages are */
    bool has_document;   /* a JSON document was written */
    GString *held;       /* what is to be written later; NULL: it is written at once */
    bool reports_change; /* what is written tells of a change that was made and verified */
} Output;

/* How text on STREAM looks under CHOICE. */
TextStyle text_style_for(FILE *stream, ColorChoice choice, bool verbose);

/* Whether output_text() or output_json() would write anything: on a host with thousands of links the
 * text or document is expensive to make. */
bool output_wants_text(const Output *output);
bool output_wants_json(const Output *output);

/* Writes TEXT (takes it) where the output is text and not quiet. */
void output_text(Output *output, char *text);

/* Writes DOCUMENT (takes it) where the output is JSON. */
void output_json(Output *output, json_t *document);

/* Writes PIECE, the next one of a document or a page that is too large to be kept; the caller knows that the
 * output is of that format. */
void output_piece(Output *output, const char *piece);

/* Writes CONTENT (takes it) where the output is in the command's own format. */
void output_special(Output *output, char *content);

/* Keeps what is written from now on in memory, until output_release() writes it: who must not wait for a
 * reader, who may not read, can do so in between. */
void output_hold(Output *output);
void output_release(Output *output);

/* Writes out what is still buffered; false with NICFIX_ERROR_OUTPUT where something was lost, or
 * NICFIX_ERROR_UNREPORTED where it was the report of a change. */
bool output_finish(Output *output, GError **error);

/* Whether OUTPUT is for a person who watches: text, on a terminal, and not quiet. */
bool countdown_is_seen(const Output *output);

/* Replaces the line with how many SECONDS are left. */
void countdown_show(const Output *output, guint seconds);

/* Removes the line. */
void countdown_end(const Output *output);

/* Escape sequences that begin a colour with a meaning; end it with text_plain(). All are "" where
 * STYLE has no colour (static). */
const char *text_severity(Severity severity, const TextStyle *style);
const char *text_outcomes(guint possible, const TextStyle *style);
const char *text_bad(const TextStyle *style);
const char *text_doubtful(const TextStyle *style);
const char *text_good(const TextStyle *style);
const char *text_faint(const TextStyle *style);
const char *text_bold(const TextStyle *style);
const char *text_plain(const TextStyle *style);

/* "" where N is 1, else "s" (static). */
const char *text_plural(guint n);
