/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where results go: standard output, as text that fits the terminal, as JSON documents or as a
 * page, and standard error for what went wrong. Whether it arrived is known at the end. */
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

/* How text is to look. */
typedef struct {
    bool color;
    guint width; /* columns of the terminal; 0: as many as it takes */
    bool verbose;
} TextStyle;

typedef struct {
    FILE *stream;
    OutputFormat format;
    TextStyle style;
    bool quiet;        /* text is not written, documents and pages are */
    bool has_document; /* a JSON document was written */
} Output;

/* How text on STREAM is to look under CHOICE. */
TextStyle text_style_for(FILE *stream, ColorChoice choice, bool verbose);

/* Whether what is made for output_text(), or for output_json(), would be written: making it is not
 * free where a host has thousands of links. */
bool output_wants_text(const Output *output);
bool output_wants_json(const Output *output);

/* Writes TEXT (takes it) where the output is text and not quiet. */
void output_text(Output *output, char *text);

/* Writes DOCUMENT (takes it) where the output is JSON. */
void output_json(Output *output, json_t *document);

/* Writes CONTENT (takes it) where the output is in the command's own format. */
void output_special(Output *output, char *content);

/* Writes out what is still buffered; false with NICFIX_ERROR_OUTPUT where something was lost. */
bool output_finish(Output *output, GError **error);

/* The colours that mean something, as escape sequences to open with; close with text_plain(). All
 * are "" where STYLE has no colour (static). */
const char *text_severity(Severity severity, const TextStyle *style);
const char *text_bad(const TextStyle *style);
const char *text_doubtful(const TextStyle *style);
const char *text_good(const TextStyle *style);
const char *text_faint(const TextStyle *style);
const char *text_bold(const TextStyle *style);
const char *text_plain(const TextStyle *style);
