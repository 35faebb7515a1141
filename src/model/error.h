/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one error domain of nicfix. A code maps to one exit code and one word in JSON; what the
 * user can do about it travels beside the message as a hint. */
#pragma once

#include <glib.h>

typedef enum {
    NICFIX_ERROR_USAGE,          /* the command line is wrong */
    NICFIX_ERROR_NOT_FOUND,      /* no such interface, zone or file */
    NICFIX_ERROR_BAD_INPUT,      /* a snapshot or a log that cannot be read */
    NICFIX_ERROR_REFUSED,        /* the request would not cure, or would do harm */
    NICFIX_ERROR_NO_BUS,         /* the system bus cannot be reached */
    NICFIX_ERROR_NO_FIREWALLD,   /* nobody owns firewalld's name, or firewalld is going away */
    NICFIX_ERROR_NOT_RUNNING,    /* firewalld answers, but its state is not RUNNING */
    NICFIX_ERROR_TIMEOUT,        /* no answer in time */
    NICFIX_ERROR_BAD_REPLY,      /* an answer of the wrong type */
    NICFIX_ERROR_NETLINK,        /* the kernel refused or broke off an rtnetlink request */
    NICFIX_ERROR_NOT_AUTHORISED, /* polkit or the bus refused */
    NICFIX_ERROR_FIREWALLD,      /* firewalld answered with an error of its own */
    NICFIX_ERROR_UNDONE,         /* apply failed, and everything was put back */
    NICFIX_ERROR_NOT_UNDONE,     /* apply failed, and something is left changed */
    NICFIX_ERROR_DECLINED,       /* the user was asked, and said no: nothing was changed */
    NICFIX_ERROR_OUTPUT,         /* the result could not be written */
    NICFIX_ERROR_UNREPORTED,     /* the same, of a change that was made and verified */
} NicfixError;

#define NICFIX_ERROR (nicfix_error_quark())

GQuark nicfix_error_quark(void);

/* Sets *ERROR (when not NULL) to CODE with a message that starts in lower case, names the thing
 * and has no trailing period. HINT says what to do next; NULL where there is nothing to say. */
void nicfix_error_set(GError **error, NicfixError code, const char *hint, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Returns the hint of ERROR, or NULL (transfer none). */
const char *nicfix_error_hint(const GError *error);

/* The word that a service itself has for ERROR, such as firewalld's "ZONE_CONFLICT": set by what
 * translates the service's errors, NULL where there is none (transfer none). */
void nicfix_error_set_detail(GError *error, const char *detail);
const char *nicfix_error_detail(const GError *error);

/* Returns the word that stands for ERROR in JSON, such as "not-authorised" (static). */
const char *nicfix_error_word(const GError *error);

/* The code that WORD, which may be NULL, stands for; -1 where it is no such word. */
int nicfix_error_from_word(const char *word);

/* Returns the exit status that the contract gives to ERROR: 1 to 7. */
int nicfix_error_exit_status(const GError *error);
