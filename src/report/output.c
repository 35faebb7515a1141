/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/output.h"

#include "documents/json.h"
#include "model/error.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static guint terminal_width(FILE *stream)
{
    struct winsize size;
    if (!isatty(fileno(stream)) || ioctl(fileno(stream), TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

static bool wants_color(FILE *stream, ColorChoice choice)
{
    switch (choice) {
    case COLOR_ALWAYS:
        return true;
    case COLOR_NEVER:
        return false;
    case COLOR_AUTO:
        break;
    }
    const char *no_color = g_getenv("NO_COLOR");
    const char *terminal = g_getenv("TERM");
    return isatty(fileno(stream)) && (no_color == NULL || *no_color == '\0') &&
           g_strcmp0(terminal, "dumb") != 0;
}

TextStyle text_style_for(FILE *stream, ColorChoice choice, bool verbose)
{
    return (TextStyle){
        .color = wants_color(stream, choice),
        .width = terminal_width(stream),
        .verbose = verbose,
    };
}

bool output_wants_text(const Output *output)
{
    return output->format == FORMAT_TEXT && !output->quiet;
}

bool output_wants_json(const Output *output)
{
    return output->format == FORMAT_JSON || output->format == FORMAT_JSON_LINES;
}

static void put(Output *output, const char *text)
{
    if (output->held != NULL)
        g_string_append(output->held, text);
    else
        fputs(text, output->stream);
}

void output_text(Output *output, char *text)
{
    if (output_wants_text(output))
        put(output, text);
    g_free(text);
}

void output_json(Output *output, json_t *document)
{
    if (output_wants_json(output)) {
        g_autofree char *text = json_document_text(document, output->format == FORMAT_JSON);
        put(output, text);
        put(output, "\n");
        output->has_document = true;
        if (output->format == FORMAT_JSON_LINES && output->held == NULL)
            fflush(output->stream);
    }
    json_decref(document);
}

void output_piece(Output *output, const char *piece)
{
    put(output, piece);
    output->has_document = output->has_document || output_wants_json(output);
}

void output_special(Output *output, char *content)
{
    if (output->format == FORMAT_SPECIAL)
        put(output, content);
    g_free(content);
}

void output_hold(Output *output)
{
    if (output->held == NULL)
        output->held = g_string_new(NULL);
}

void output_release(Output *output)
{
    g_autoptr(GString) text = g_steal_pointer(&output->held);
    if (text != NULL)
        fputs(text->str, output->stream);
}

bool output_finish(Output *output, GError **error)
{
    errno = 0;
    if (fflush(output->stream) == 0 && !ferror(output->stream))
        return true;
    const char *reason = errno != 0 ? g_strerror(errno) : "an earlier write failed";
    if (output->reports_change)
        nicfix_error_set(
            error, NICFIX_ERROR_UNREPORTED, "run nicfix check to see the host as it is now",
            "the change was made and verified, but the result cannot be written: %s", reason);
    else
        nicfix_error_set(error, NICFIX_ERROR_OUTPUT, NULL, "cannot write the result: %s", reason);
    return false;
}

/* ---- the countdown ---- */

/* ECMA-48, EL */
#define ERASE_LINE "\r\033[K"

bool countdown_is_seen(const Output *output)
{
    return output->format == FORMAT_TEXT && !output->quiet && isatty(fileno(output->stream)) == 1;
}

void countdown_show(const Output *output, guint seconds)
{
    if (!countdown_is_seen(output))
        return;
    fprintf(output->stream, ERASE_LINE "%u s left", seconds);
    fflush(output->stream);
}

void countdown_end(const Output *output)
{
    if (!countdown_is_seen(output))
        return;
    fputs(ERASE_LINE, output->stream);
    fflush(output->stream);
}

/* ---- colours ---- */

#define DEFINE_STYLE(name, escape)                                                                 \
    const char *text_##name(const TextStyle *style)                                                \
    {                                                                                              \
        return style->color ? escape : "";                                                         \
    }

DEFINE_STYLE(bad, "\033[1;31m")
DEFINE_STYLE(doubtful, "\033[1;33m")
DEFINE_STYLE(good, "\033[1;32m")
DEFINE_STYLE(faint, "\033[2m")
DEFINE_STYLE(bold, "\033[1m")
DEFINE_STYLE(plain, "\033[0m")

const char *text_severity(Severity severity, const TextStyle *style)
{
    return severity == SEVERITY_ERROR     ? text_bad(style)
           : severity == SEVERITY_WARNING ? text_doubtful(style)
                                          : text_faint(style);
}

const char *text_outcomes(guint possible, const TextStyle *style)
{
    return possible == OUTCOME_ACCEPT         ? text_good(style)
           : (possible & OUTCOME_ACCEPT) == 0 ? text_bad(style)
                                              : text_doubtful(style);
}

const char *text_plural(guint n)
{
    return n == 1 ? "" : "s";
}
