/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of a question about a flow that cannot be meant. Used by what reads them only. */
#pragma once

#include "model/error.h"

#include <stdbool.h>

/* Sets *ERROR to NICFIX_ERROR_USAGE with HINT, and what is wrong; returns false. */
G_GNUC_PRINTF(3, 4)
static inline bool flow_usage(GError **error, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "%s", message);
    return false;
}
