/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interfaces that somebody names. */
#pragma once

#include "model/host/snapshot.h"

#include <stdbool.h>

/* The link of SNAPSHOT called NAME (transfer none). NULL with NICFIX_ERROR_NOT_FOUND where there is none; WHERE, such
 * as "--in", says where it was named, NULL for an argument. */
const Link *named_link_find(const Snapshot *snapshot, const char *where, const char *name,
                            GError **error);
