/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of all reports have in common: each says how its report is made, and has rows. The
 * texts are in tests/unit/golden: see golden.h. */
#pragma once

#include "model/error.h"
#include "report/escape.h"
#include "report/output.h"

#include "golden.h"
#include "hosts.h"
#include "stride.h"

/* The report of SNAPSHOT in STYLE, NULL: as a document (transfer full). Each test has its own. */
static char *render(const Snapshot *snapshot, const char *request, const TextStyle *style);

/* ---- golden files ---- */

typedef struct {
    const char *name;    /* of the golden file: with ".json" it is a document, else text */
    const char *host;    /* the snapshot */
    const char *request; /* of apply */
    guint width;         /* of the terminal, 0: as much as it takes */
} ReportCase;

static inline void test_report(void **state)
{
    const ReportCase *test = *state;
    g_autoptr(Snapshot) snapshot = host_read(test->host);
    const TextStyle style = {.width = test->width};
    bool is_document = g_str_has_suffix(test->name, ".json");
    g_autofree char *text = render(snapshot, test->request, is_document ? NULL : &style);
    compare_with_golden(test->name, text);
}

/* ---- width and colour ---- */

static inline void assert_lines_fit(const char *text, guint width)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (escape_display_width(*line) > width)
            fail_msg("wider than %u: %s", width, *line);
    }
}

static inline char *without_colours(const char *text)
{
    g_autoptr(GRegex) colours = g_regex_new("\033\\[[0-9;]*m", 0, 0, NULL);
    return g_regex_replace_literal(colours, text, -1, 0, "", 0, NULL);
}

/* Colour adds nothing but colour, and every colour is closed on its line. */
static inline void test_colour_changes_no_word(void **state)
{
    const ReportCase *test = *state;
    if (g_str_has_suffix(test->name, ".json") || g_str_hash(test->name) % stride(3) != 0)
        return;
    g_autoptr(Snapshot) snapshot = host_read(test->host);
    const TextStyle plain = {.width = test->width};
    const TextStyle colourful = {.width = test->width, .color = true};
    g_autofree char *expected = render(snapshot, test->request, &plain);
    g_autofree char *coloured = render(snapshot, test->request, &colourful);
    g_autofree char *text = without_colours(coloured);
    assert_string_equal(text, expected);
    g_auto(GStrv) lines = g_strsplit(coloured, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        const char *last = g_strrstr(*line, "\033[");
        assert_true(last == NULL || g_str_has_prefix(last, "\033[0m"));
    }
}

/* ---- names that want to do harm ---- */

/* Escape sequences, line ends, a byte order mark, text that runs the other way, and quotes. */
static const char *const hostile_names[] = {
    "e\033[2Jx",
    "e\r\nok: all fine",
    "\xe2\x80\xae"
    "0hte",
    "\xef\xbb\xbf"
    "eth0",
    "e\xc2\x9b"
    "31m",
    "\xe2\x80\xa8x",
    "$(reboot)",
    "'; reboot; '",
    "\\x1b",
    "\xf0\x9f\x94\xa5\xe8\x8f\x9c",
    "%s%n",
    "a-name-that-is-much-longer-than-any-that-the-kernel-would-take-but-a-file-may-well-have-it",
};

/* Whose place they take in the snapshots. */
typedef struct {
    const char *name;
    const char *host;
    const char *word;
    const char *request; /* of apply, with WORD's place left to the name */
} HostileCase;

G_GNUC_UNUSED static const HostileCase hostile[] = {
    {"uplink", "incident", "enp2s0", ""},
    {"downstream", "incident", "cni0", "--bind-downstream --move"},
    {"zone", "incident", "public", ""},
    {"host", "incident", "worker", ""},
    {"zone to move out of", "hosts/wireguard-gateway-without-policy", "external", "--move --force"},
    {"policy", "hosts/wireguard-gateway-policy", "vpn-out", ""},
    {"kind", "incident", "bridge", ""},
    {"what could not be read", "hosts/not-root", "settings of zone public", "--runtime-only"},
    {"source", "hosts/k3s-trusted-sources", "10.42.0.0/16", ""},
    {"profile", "laptop", "home", ""},
    {"binding of nothing", "hosts/k3s-uplink-bound", "flannel.1", ""},
};

static inline char *quoted(const char *text)
{
    json_auto_t *value = json_string(text);
    return json_dumps(value, JSON_ENCODE_ANY);
}

/* The snapshot in fixtures/FILE.json with NAME wherever WORD is. */
static inline Snapshot *hostile_host(const char *file, const char *word, const char *name)
{
    g_autofree char *base = g_strdup_printf("%s.json", file);
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), base, NULL);
    g_autofree char *document = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &document, NULL, &error))
        g_error("%s", error->message);
    g_autofree char *old_word = quoted(word);
    g_autofree char *new_word = quoted(name);
    g_autoptr(GString) text = g_string_new(document);
    if (g_string_replace(text, old_word, new_word, 0) == 0)
        g_error("%s names no %s", file, word);
    Snapshot *snapshot = snapshot_from_json(text->str, text->len, file, &error);
    if (snapshot == NULL)
        g_error("%s", error->message);
    return snapshot;
}

static inline void assert_harmless(const char *text)
{
    assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar character = g_utf8_get_char(p);
        if (character != '\n' && !g_unichar_isprint(character))
            fail_msg("U+%04X in %s", character, text);
    }
}

/* No line begins with what only a name could have brought there. */
static inline void assert_no_line_is_forged(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        assert_false(g_str_has_prefix(*line, "ok: all fine"));
}

static inline void test_hostile_name(void **state)
{
    const HostileCase *test = *state;
    for (gsize i = 0; i < G_N_ELEMENTS(hostile_names); i++) {
        g_autoptr(Snapshot) snapshot = hostile_host(test->host, test->word, hostile_names[i]);
        for (guint width = 0; width <= 80; width += 40) {
            const TextStyle style = {.width = width};
            g_autofree char *text = render(snapshot, test->request, &style);
            assert_harmless(text);
            assert_no_line_is_forged(text);
        }
        g_autofree char *document = render(snapshot, test->request, NULL);
        assert_harmless(document);
        json_auto_t *root = json_loads(document, 0, NULL);
        assert_true(root != NULL || *document != '{');
    }
}
