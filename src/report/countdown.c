/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/countdown.h"

#include <unistd.h>

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
