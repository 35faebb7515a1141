/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all messages of nf_tables have: names. Used by their decoding only. */
#pragma once

#include <glib.h>

/* BYTES as a name of the model (transfer full). Names come from whoever made the ruleset, and may be any
 * bytes. */
static inline char *netfilter_name_of(const char *bytes)
{
    return g_utf8_make_valid(bytes, -1);
}
