/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A recursive descent over the grammar of RFC 8259 that builds nothing: json-glib reads the values
 * of what passes here. */
#include "documents/json-syntax.h"

#include <string.h>

/* A 64-bit integer holds every number of 18 digits; those of 19 it may not, and nothing in a
 * snapshot needs them. */
#define INTEGER_DIGITS_MAX 18

typedef struct {
    const char *data;
    const char *at;
    const char *end;
    const char *reason; /* NULL as long as nothing is wrong; the place is then AT */
} Scanner;

static bool fail(Scanner *scanner, const char *reason)
{
    scanner->reason = reason;
    return false;
}

static bool at_char(const Scanner *scanner, char wanted)
{
    return scanner->at < scanner->end && *scanner->at == wanted;
}

static bool at_digit(const Scanner *scanner)
{
    return scanner->at < scanner->end && g_ascii_isdigit(*scanner->at);
}

static bool take_char(Scanner *scanner, char wanted)
{
    if (!at_char(scanner, wanted))
        return false;
    scanner->at++;
    return true;
}

static void skip_space(Scanner *scanner)
{
    while (scanner->at < scanner->end && memchr(" \t\r\n", *scanner->at, 4) != NULL)
        scanner->at++;
}

static gsize skip_digits(Scanner *scanner)
{
    const char *start = scanner->at;
    while (at_digit(scanner))
        scanner->at++;
    return (gsize)(scanner->at - start);
}

/* Reads the four digits behind "\u"; -1 where they are not there. */
static int take_code_unit(Scanner *scanner)
{
    int unit = 0;
    for (int i = 0; i < 4; i++, scanner->at++) {
        int digit = scanner->at < scanner->end ? g_ascii_xdigit_value(*scanner->at) : -1;
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/* The "u" of "\u" has been taken. Surrogates must come in pairs, and NUL would end a C string. */
static bool scan_code_point(Scanner *scanner)
{
    int unit = take_code_unit(scanner);
    if (unit < 0)
        return fail(scanner, "expected four hexadecimal digits");
    if (unit == 0)
        return fail(scanner, "a string may not contain NUL");
    if (unit >= 0xdc00 && unit <= 0xdfff)
        return fail(scanner, "half of a surrogate pair");
    if (unit < 0xd800 || unit > 0xdbff)
        return true;
    if (!take_char(scanner, '\\') || !take_char(scanner, 'u'))
        return fail(scanner, "half of a surrogate pair");
    unit = take_code_unit(scanner);
    if (unit < 0xdc00 || unit > 0xdfff)
        return fail(scanner, "half of a surrogate pair");
    return true;
}

static bool scan_escape(Scanner *scanner)
{
    if (take_char(scanner, 'u'))
        return scan_code_point(scanner);
    if (scanner->at == scanner->end || memchr("\"\\/bfnrt", *scanner->at, 8) == NULL)
        return fail(scanner, "no such escape in a string");
    scanner->at++;
    return true;
}

static bool scan_string(Scanner *scanner)
{
    if (!take_char(scanner, '"'))
        return fail(scanner, "expected a string");
    while (!take_char(scanner, '"')) {
        if (scanner->at == scanner->end)
            return fail(scanner, "a string has no end");
        if ((guchar)*scanner->at < 0x20)
            return fail(scanner, "a control character in a string must be escaped");
        if (*scanner->at++ == '\\' && !scan_escape(scanner))
            return false;
    }
    return true;
}

static bool scan_number(Scanner *scanner)
{
    take_char(scanner, '-');
    const char *first = scanner->at;
    gsize digits = skip_digits(scanner);
    if (digits == 0)
        return fail(scanner, "expected a digit");
    if (digits > 1 && *first == '0')
        return fail(scanner, "a number may not begin with 0");
    if (digits > INTEGER_DIGITS_MAX)
        return fail(scanner, "a number is too large");
    if (take_char(scanner, '.') && skip_digits(scanner) == 0)
        return fail(scanner, "expected a digit");
    if (take_char(scanner, 'e') || take_char(scanner, 'E')) {
        if (!take_char(scanner, '+'))
            take_char(scanner, '-');
        if (skip_digits(scanner) == 0)
            return fail(scanner, "expected a digit");
    }
    return true;
}

static bool scan_word(Scanner *scanner)
{
    static const char *const words[] = {"true", "false", "null"};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize length = strlen(words[i]);
        if ((gsize)(scanner->end - scanner->at) >= length &&
            memcmp(scanner->at, words[i], length) == 0) {
            scanner->at += length;
            return true;
        }
    }
    return fail(scanner, "expected a value");
}

static bool scan_value(Scanner *scanner, guint depth);

static bool scan_member(Scanner *scanner, guint depth)
{
    if (!scan_string(scanner))
        return false;
    skip_space(scanner);
    if (!take_char(scanner, ':'))
        return fail(scanner, "expected a colon");
    skip_space(scanner);
    return scan_value(scanner, depth);
}

typedef bool (*ScanElement)(Scanner *scanner, guint depth);

/* What objects and lists have in common; the opening bracket has been taken. */
static bool scan_elements(Scanner *scanner, guint depth, char closing, ScanElement scan_element,
                          const char *expected)
{
    if (depth > JSON_SYNTAX_DEPTH_MAX)
        return fail(scanner, "nested too deep");
    skip_space(scanner);
    if (take_char(scanner, closing))
        return true;
    do {
        skip_space(scanner);
        if (!scan_element(scanner, depth))
            return false;
        skip_space(scanner);
    } while (take_char(scanner, ','));
    return take_char(scanner, closing) || fail(scanner, expected);
}

static bool scan_object(Scanner *scanner, guint depth)
{
    if (!take_char(scanner, '{'))
        return fail(scanner, "expected an object");
    return scan_elements(scanner, depth, '}', scan_member, "expected a comma or }");
}

static bool scan_value(Scanner *scanner, guint depth)
{
    if (at_char(scanner, '{'))
        return scan_object(scanner, depth + 1);
    if (take_char(scanner, '['))
        return scan_elements(scanner, depth + 1, ']', scan_value, "expected a comma or ]");
    if (at_char(scanner, '"'))
        return scan_string(scanner);
    if (at_char(scanner, '-') || at_digit(scanner))
        return scan_number(scanner);
    return scan_word(scanner);
}

static bool scan_document(Scanner *scanner)
{
    if (!g_utf8_validate_len(scanner->data, (gsize)(scanner->end - scanner->data), &scanner->at))
        return fail(scanner, "not valid UTF-8");
    scanner->at = scanner->data;
    skip_space(scanner);
    if (!scan_object(scanner, 1))
        return false;
    skip_space(scanner);
    return scanner->at == scanner->end || fail(scanner, "more text after the end of the document");
}

/* What comes before AT is valid UTF-8: either it was all found to be, or AT is where it ends. */
static JsonSyntaxFault fault_at(const Scanner *scanner)
{
    JsonSyntaxFault fault = {.line = 1, .reason = scanner->reason};
    const char *line_start = scanner->data;
    for (const char *p = scanner->data; p < scanner->at; p++) {
        if (*p == '\n') {
            fault.line++;
            line_start = p + 1;
        }
    }
    fault.column = g_utf8_strlen(line_start, scanner->at - line_start) + 1;
    return fault;
}

bool json_syntax_check(const char *data, gsize size, JsonSyntaxFault *fault)
{
    Scanner scanner = {.data = data, .at = data, .end = data + size};
    if (scan_document(&scanner))
        return true;
    *fault = fault_at(&scanner);
    return false;
}
