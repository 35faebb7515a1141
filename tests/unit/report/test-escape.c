/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a terminal or a shell may be given, and what must never reach it. */
#include "report/escape.h"

#include "cases.h"

typedef struct {
    const char *name;
    const char *text;
    const char *escaped;
    gsize width;
} TerminalCase;

static const TerminalCase terminal_cases[] = {
    {"nothing", "", "", 0},
    {"a plain name", "enp2s0", "enp2s0", 6},
    {"printable punctuation", "a b!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~",
     "a b!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~", 34},
    {"colours", "a\x1b[31mb", "a\\x1b[31mb", 10},
    {"bell, tab, newline and return", "\a\t\n\r", "\\x07\\x09\\x0a\\x0d", 16},
    {"delete", "\x7f", "\\x7f", 4},
    {"a C1 control: CSI",
     "\xc2\x9b"
     "2J",
     "\\u009b2J", 8},
    {"the last C1 control", "\xc2\x9f", "\\u009f", 6},
    {"a raw byte that some terminals take for CSI",
     "\x9b"
     "2J",
     "\\x9b2J", 6},
    {"a byte that begins nothing",
     "a\xff"
     "b",
     "a\\xffb", 6},
    {"a sequence cut off at the end", "a\xe2\x82", "a\\xe2\\x82", 9},
    {"a sequence cut off by a letter",
     "\xc3"
     "b",
     "\\xc3b", 5},
    {"an overlong encoding", "\xc0\xaf", "\\xc0\\xaf", 8},
    {"a surrogate in UTF-8", "\xed\xa0\x80", "\\xed\\xa0\\x80", 12},
    {"right-to-left override",
     "\xe2\x80\xae"
     "0sp3lw",
     "\\u202e0sp3lw", 12},
    {"first and last of the embeddings", "\xe2\x80\xaa\xe2\x80\xae", "\\u202a\\u202e", 12},
    {"the isolates", "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9",
     "\\u2066\\u2067\\u2068\\u2069", 24},
    {"zero-width space to right-to-left mark",
     "\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f",
     "\\u200b\\u200c\\u200d\\u200e\\u200f", 30},
    {"byte order mark",
     "\xef\xbb\xbf"
     "a",
     "\\ufeffa", 7},
    {"line and paragraph separator", "\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029", 12},
    {"soft hyphen", "\xc2\xad", "\\u00ad", 6},
    {"private use", "\xee\x82\xb0", "\\ue0b0", 6},
    {"a tag above U+FFFF", "\xf3\xa0\x80\x81", "\\U000e0001", 10},
    {"no character at all", "\xef\xbf\xbf", "\\uffff", 6},
    {"a backslash", "a\\b", "a\\\\b", 4},
    {"text that looks like an escape", "\\x1b", "\\\\x1b", 5},
    {"accents", "caf\xc3\xa9", "caf\xc3\xa9", 4},
    {"a combining accent",
     "e\xcc\x81"
     "x",
     "e\xcc\x81"
     "x",
     2},
    {"wide characters", "\xe7\xb6\xb2\xe8\xb7\xaf", "\xe7\xb6\xb2\xe8\xb7\xaf", 4},
    {"an emoji", "\xf0\x9f\x94\xa5", "\xf0\x9f\x94\xa5", 2},
    {"Hebrew is no control", "\xd7\xa9\xd7\x9c", "\xd7\xa9\xd7\x9c", 2},
    {"no-break space",
     "a\xc2\xa0"
     "b",
     "a\xc2\xa0"
     "b",
     3},
};

static void test_terminal(void **state)
{
    const TerminalCase *test = *state;
    g_autofree char *escaped = escape_for_terminal(test->text);
    assert_string_equal(escaped, test->escaped);
    assert_int_equal(escape_display_width(escaped), test->width);
}

/* Whatever is put in, what comes out is UTF-8 without controls: here, all pairs of bytes. */
static void test_no_pair_of_bytes_gets_through(G_GNUC_UNUSED void **state)
{
    for (int pair = 0; pair < 0x10000; pair++) {
        const char text[] = {(char)(pair >> 8), (char)pair, '\0'};
        g_autofree char *escaped = escape_for_terminal(text);
        assert_true(g_utf8_validate(escaped, -1, NULL));
        for (const char *p = escaped; *p != '\0'; p = g_utf8_next_char(p))
            assert_false(g_unichar_iscntrl(g_utf8_get_char(p)));
    }
}

typedef struct {
    const char *name;
    const char *text;
    const char *expected;
} QuoteCase;

static const QuoteCase shell_cases[] = {
    {"an option", "--zone=public", "--zone=public"},
    {"a prefix", "10.0.0.0/8", "10.0.0.0/8"},
    {"an IPv6 address", "fe80::1%eth0", "fe80::1%eth0"},
    {"nothing", "", "''"},
    {"a space", "my zone", "'my zone'"},
    {"a quote", "it's", "'it'\\''s'"},
    {"a command", "a;reboot", "'a;reboot'"},
    {"a substitution", "$(reboot)`reboot`", "'$(reboot)`reboot`'"},
    {"a pattern", "enp*", "'enp*'"},
    {"a home folder", "~root", "'~root'"},
    {"a comment", "#1", "'#1'"},
    {"a backslash", "a\\b", "'a\\b'"},
    {"a rich rule", "rule family=\"ipv4\" accept", "'rule family=\"ipv4\" accept'"},
    {"accents", "caf\xc3\xa9", "'caf\xc3\xa9'"},
    {"a control character", "a\x1b[31m", "\"$(printf 'a\\033\\13331m')\""},
    {"a byte that is not UTF-8", "a\xff", "\"$(printf 'a\\377')\""},
    {"a percent sign beside one", "\x01%s", "\"$(printf '\\001%%s')\""},
    {"quotes and a backslash beside one", "\x01'\"\\", "\"$(printf '\\001\\047\\042\\134')\""},
    {"a dash in front of one", "-n\x01", "\"$(printf '\\055n\\001')\""},
    {"a newline inside", "a\nb", "\"$(printf 'a\\012b')\""},
    {"right-to-left override", "a\xe2\x80\xae", "\"$(printf 'a\\342\\200\\256')\""},
};

static void test_shell(void **state)
{
    const QuoteCase *test = *state;
    g_autofree char *quoted = escape_for_shell(test->text);
    assert_string_equal(quoted, test->expected);
}

/* The shell itself is asked whether it reads the very word. */
static void test_shell_reads_the_word(void **state)
{
    const QuoteCase *test = *state;
    g_autofree char *quoted = escape_for_shell(test->text);
    g_autofree char *script = g_strdup_printf("printf '<%%s>' %s", quoted);
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    g_autofree char *output = NULL;
    int status;
    assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                             &status, NULL));
    g_autofree char *answer = g_strdup_printf("<%s>", test->text);
    assert_int_equal(status, 0);
    assert_string_equal(output, answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_pair_of_bytes_gets_through),
    };
    return RUN_CASES(test_terminal, terminal_cases) + RUN_CASES(test_shell, shell_cases) +
           RUN_CASES(test_shell_reads_the_word, shell_cases) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
