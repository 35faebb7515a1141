/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Escaping for terminals and shells, by Unicode's general categories as GLib knows them. */
#include "report/escape.h"

#include <stdbool.h>
#include <string.h>

#define INVALID ((gunichar)-1)

/* Returns the character at TEXT and its length in bytes; INVALID, of length 1, for a byte that
 * begins no valid character. */
static gunichar next_character(const char *text, int *length)
{
    gunichar character = g_utf8_get_char_validated(text, -1);
    if (character == (gunichar)-1 || character == (gunichar)-2) {
        *length = 1;
        return INVALID;
    }
    *length = g_unichar_to_utf8(character, NULL);
    return character;
}

/* Whether a terminal shows CHARACTER as itself, in its place. */
static bool is_harmless(gunichar character)
{
    GUnicodeType type = g_unichar_type(character);
    return g_unichar_isprint(character) && type != G_UNICODE_PRIVATE_USE &&
           type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

static void append_escaped(GString *result, gunichar character, guchar byte)
{
    if (character == INVALID || character < 0x80)
        g_string_append_printf(result, "\\x%02x", byte);
    else if (character <= 0xffff)
        g_string_append_printf(result, "\\u%04x", character);
    else
        g_string_append_printf(result, "\\U%08x", character);
}

char *escape_for_terminal(const char *text)
{
    GString *result = g_string_sized_new(strlen(text));
    int length;
    for (const char *p = text; *p != '\0'; p += length) {
        gunichar character = next_character(p, &length);
        if (character == '\\')
            g_string_append(result, "\\\\");
        else if (is_harmless(character))
            g_string_append_len(result, p, length);
        else
            append_escaped(result, character, (guchar)*p);
    }
    return g_string_free(result, FALSE);
}

gsize escape_display_width(const char *escaped)
{
    gsize width = 0;
    for (const char *p = escaped; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar character = g_utf8_get_char(p);
        if (!g_unichar_iszerowidth(character))
            width += g_unichar_iswide(character) ? 2 : 1;
    }
    return width;
}

static bool is_shown_as_it_is(const char *word)
{
    int length;
    for (const char *p = word; *p != '\0'; p += length) {
        if (!is_harmless(next_character(p, &length)))
            return false;
    }
    return true;
}

/* What no POSIX shell gives a meaning to inside a word (XCU 2.2 and 2.3). A tilde or a "#" has one
 * only in front, but need not be told apart. */
static bool is_plain_word(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "@%+=:,./_-";
    return *word != '\0' && word[strspn(word, plain)] == '\0';
}

/* Octal escapes are the ones that every printf(1) knows; "$'...'" will not do, since dash does not
 * know it. A "-" in front would begin an option. */
static char *printf_word(const char *word)
{
    GString *result = g_string_new("\"$(printf '");
    for (const char *p = word; *p != '\0'; p++) {
        if (*p == '%')
            g_string_append(result, "%%");
        else if (g_ascii_isalnum(*p) || strchr(" @+=:,./_", *p) != NULL)
            g_string_append_c(result, *p);
        else
            g_string_append_printf(result, "\\%03o", (guchar)*p);
    }
    g_string_append(result, "')\"");
    return g_string_free(result, FALSE);
}

char *escape_for_shell(const char *word)
{
    if (is_plain_word(word))
        return g_strdup(word);
    return is_shown_as_it_is(word) ? g_shell_quote(word) : printf_word(word);
}
