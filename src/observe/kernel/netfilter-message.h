/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all messages of nf_tables have: names, and what is said of one that is
 * malformed. Used by their decoding only. */
#pragma once

#include "model/error.h"

#include <stdbool.h>

/* BYTES as a name of the model (transfer full). Names come from whoever made the ruleset, and may be any
 * bytes. */
static inline char *netfilter_name_of(const char *bytes)
{
    return g_utf8_make_valid(bytes, -1);
}

/* A nameless table, chain or set could not be told from one that is not named. */
static inline bool netfilter_is_name(const char *bytes)
{
    return bytes != NULL && *bytes != '\0';
}

/* Sets *ERROR to NICFIX_ERROR_NETLINK, of a message about a WHAT; returns false. */
static inline bool netfilter_malformed(const char *what, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                     "the kernel's message about a %s of nf_tables is malformed", what);
    return false;
}
