/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/consent.h"

#include "act/interruption.h"
#include "model/error.h"

#include <unistd.h>

bool consent_can_be_asked(const Output *output)
{
    return output->format == FORMAT_TEXT && isatty(STDIN_FILENO) == 1 &&
           isatty(fileno(output->stream)) == 1;
}

static bool is_yes(const char *answer)
{
    return g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0;
}

/* A terminal hands over a line at a time (termios(3), canonical mode). */
static bool read_yes(void)
{
    enum { LINE_SIZE = 256 };
    char line[LINE_SIZE];
    ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
    if (length <= 0)
        return false;
    line[length] = '\0';
    return is_yes(g_strstrip(line));
}

bool consent_ask(Output *output, const char *question, GError **error)
{
    fprintf(output->stream, "%s [y/N] ", question);
    fflush(output->stream);
    if (!interruption_wait_readable(STDIN_FILENO)) {
        fputc('\n', output->stream);
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL, "interrupted by %s; nothing was changed",
                         interruption_pending());
        return false;
    }
    if (read_yes())
        return true;
    nicfix_error_set(error, NICFIX_ERROR_DECLINED, NULL, "declined; nothing was changed");
    return false;
}
