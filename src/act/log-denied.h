/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Switching firewalld's logging of denied packets on and off. */
#pragma once

#include "bus/bus.h"

#include <stdbool.h>

/* Sets it to VALUE ("off", "all", ...), which reloads firewalld, and sees that it is so. Where
 * firewalld is away, waits for it as long as for the answer to a call. */
bool log_denied_set(Bus *bus, const char *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
