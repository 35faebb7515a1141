/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An error is one line for a log, and fits a terminal. */
#include "report/error-report.h"

#include "cases.h"
#include "model/error.h"

typedef struct {
    const char *name;
    const char *message;
    const char *hint;
    guint width;
    bool unicode;
    const char *expected;
} ErrorCase;

static const ErrorCase errors[] = {
    {"one line for a log", "eth0 is in no zone", "run nicfix check", 0, true,
     "nicfix: eth0 is in no zone; run nicfix check\n"},
    {"no hint", "eth0 is in no zone", NULL, 0, true, "nicfix: eth0 is in no zone\n"},
    {"wrapped to the terminal, the hint on a line of its own", "eth0 is in no zone",
     "run nicfix check", 20, true,
     "nicfix: eth0 is in\n        no zone\n  try: run nicfix\n"
     "       check\n"},
    {"a hint that a long line would hide",
     "this would lock you out: new connections from 192.0.2.7 to port 22 on enp2s0 would no longer "
     "be accepted (zone drop refuses them)",
     "first run firewall-cmd --zone=drop --add-port=22/tcp, or use --force", 0, true,
     "nicfix: this would lock you out: new connections from 192.0.2.7 to port 22 on enp2s0 would "
     "no "
     "longer be accepted (zone drop refuses them)\n"
     "  try: first run firewall-cmd --zone=drop --add-port=22/tcp, or use --force\n"},
    {"no hint on a terminal", "no", NULL, 20, true, "nicfix: no\n"},
    {"escapes are shown, not sent", "\033[31m", "a\nb", 0, true, "nicfix: \\x1b[31m; a\\x0ab\n"},
    {"typographic quotes are kept", "file “x”", NULL, 0, true, "nicfix: file “x”\n"},
    {"typographic quotes for ASCII", "file “x”", "see “y”", 0, false,
     "nicfix: file 'x'; see 'y'\n"},
};

static void test_error(void **state)
{
    const ErrorCase *row = *state;
    const TextStyle style = {.width = row->width};
    g_autoptr(GError) error = NULL;
    nicfix_error_set(&error, NICFIX_ERROR_USAGE, row->hint, "%s", row->message);
    g_autofree char *text = error_report_text(error, &style, row->unicode);
    assert_string_equal(text, row->expected);
}

int main(void)
{
    return RUN_CASES(test_error, errors);
}
