/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links and addresses as ip(8) prints them: "ip -d address". */
#pragma once

#include "model/host/snapshot.h"

/* Adds to SNAPSHOT the links that LINES describe. Fails with NICFIX_ERROR_BAD_INPUT, which begins with NAME and
 * says which line, where one cannot be understood: what a report says of half of the links is of no use. */
bool links_from_text(char *const *lines, const char *name, Snapshot *snapshot,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
