/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Switching on and off that firewalld logs what it denies. */
#pragma once

#include "bus/bus.h"

#include <stdbool.h>

/* Sets it to VALUE ("off", "all", ...), which reloads firewalld, and sees that it is so. Where
 * firewalld is away it is waited for, at most TIMEOUT_MS milliseconds, as each answer is. */
bool log_denied_set(Bus *bus, const char *value, guint timeout_ms,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
