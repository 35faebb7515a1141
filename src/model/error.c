/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The error domain: codes, their words and exit statuses in one table, and the hint they carry. */
#include "model/error.h"

/* GLib's macro computes the place of the private part from a byte pointer and, with checks built in,
 * may return NULL for an error that is not ours: neither can happen here. */
#pragma GCC diagnostic ignored "-Wcast-align"
#pragma GCC diagnostic ignored "-Wnull-dereference"

typedef struct {
    char *hint;
    char *detail;
} NicfixErrorPrivate;

static void nicfix_error_private_init(NicfixErrorPrivate *private)
{
    private->hint = NULL;
    private->detail = NULL;
}

static void nicfix_error_private_copy(const NicfixErrorPrivate *source,
                                      NicfixErrorPrivate *destination)
{
    destination->hint = g_strdup(source->hint);
    destination->detail = g_strdup(source->detail);
}

static void nicfix_error_private_clear(NicfixErrorPrivate *private)
{
    g_free(private->hint);
    g_free(private->detail);
}

G_DEFINE_EXTENDED_ERROR(NicfixError, nicfix_error)

static const struct {
    const char *word;
    int exit_status;
} error_table[] = {
    [NICFIX_ERROR_USAGE] = {"usage", 2},
    [NICFIX_ERROR_NOT_FOUND] = {"not-found", 2},
    [NICFIX_ERROR_BAD_INPUT] = {"bad-input", 2},
    [NICFIX_ERROR_REFUSED] = {"refused", 2},
    [NICFIX_ERROR_NO_BUS] = {"no-bus", 3},
    [NICFIX_ERROR_NO_FIREWALLD] = {"no-firewalld", 3},
    [NICFIX_ERROR_NOT_RUNNING] = {"not-running", 3},
    [NICFIX_ERROR_TIMEOUT] = {"timeout", 3},
    [NICFIX_ERROR_BAD_REPLY] = {"bad-reply", 3},
    [NICFIX_ERROR_NETLINK] = {"netlink", 3},
    [NICFIX_ERROR_NOT_AUTHORISED] = {"not-authorised", 4},
    [NICFIX_ERROR_FIREWALLD] = {"firewalld", 3},
    [NICFIX_ERROR_UNDONE] = {"undone", 5},
    [NICFIX_ERROR_NOT_UNDONE] = {"not-undone", 6},
    [NICFIX_ERROR_DECLINED] = {"declined", 1},
    [NICFIX_ERROR_OUTPUT] = {"output", 2},
    [NICFIX_ERROR_UNREPORTED] = {"unreported", 7},
};

void nicfix_error_set(GError **error, NicfixError code, const char *hint, const char *format, ...)
{
    if (error == NULL)
        return;
    va_list args;
    va_start(args, format);
    *error = g_error_new_valist(NICFIX_ERROR, code, format, args);
    va_end(args);
    nicfix_error_get_private(*error)->hint = g_strdup(hint);
}

const char *nicfix_error_hint(const GError *error)
{
    if (error->domain != NICFIX_ERROR)
        return NULL;
    return nicfix_error_get_private(error)->hint;
}

void nicfix_error_set_detail(GError *error, const char *detail)
{
    if (error->domain != NICFIX_ERROR)
        return;
    NicfixErrorPrivate *private = nicfix_error_get_private(error);
    g_free(private->detail);
    private->detail = g_strdup(detail);
}

const char *nicfix_error_detail(const GError *error)
{
    if (error->domain != NICFIX_ERROR)
        return NULL;
    return nicfix_error_get_private(error)->detail;
}

/* An error of another domain (option parsing, mostly) is the caller's wrong usage. */
static NicfixError code_of(const GError *error)
{
    return error->domain == NICFIX_ERROR ? (NicfixError)error->code : NICFIX_ERROR_USAGE;
}

const char *nicfix_error_word(const GError *error)
{
    return error_table[code_of(error)].word;
}

int nicfix_error_exit_status(const GError *error)
{
    return error_table[code_of(error)].exit_status;
}

int nicfix_error_from_word(const char *word)
{
    for (guint code = 0; code < G_N_ELEMENTS(error_table); code++) {
        if (g_strcmp0(error_table[code].word, word) == 0)
            return (int)code;
    }
    return -1;
}
