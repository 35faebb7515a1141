/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one translation of D-Bus errors into NICFIX_ERROR. What the caller may want to handle itself
 * stays distinguishable: a missing method, firewalld's own codes, a service's error name. */
#pragma once

#include "bus/calls.h"

#include <glib.h>
#include <stdbool.h>

/* Returns the NICFIX_ERROR for REASON, with which the call of ROW ended after at most TIMEOUT_MS
 * milliseconds (transfer full). Only a cancellation (G_IO_ERROR_CANCELLED) is passed on as it is. */
GError *bus_error_translate(const GError *reason, const CallRow *row, guint timeout_ms);

/* Whether the service lacks the method, interface or object that was called. */
bool bus_error_is_missing_method(const GError *error);

/* Returns firewalld's own code, such as "ZONE_CONFLICT" or "ALREADY_ENABLED" (firewall/errors.py),
 * or NULL where ERROR is no refusal of firewalld's (transfer none). */
const char *bus_error_firewalld_code(const GError *error);

/* Returns the name of the D-Bus error behind ERROR, or NULL where it is not kept: it is kept where
 * nothing above tells more (transfer none). */
const char *bus_error_name(const GError *error);
