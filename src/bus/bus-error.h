/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one translation of D-Bus errors into NICFIX_ERROR. What callers may want to handle themselves stays
 * distinguishable: a missing method, firewalld's own codes, a service's error name. */
#pragma once

#include "bus/calls.h"

#include <glib.h>
#include <stdbool.h>

/* Returns the NICFIX_ERROR for REASON, with which the call of ROW failed; it was allowed TIMEOUT_MS
 * milliseconds (transfer full). Only a cancellation (G_IO_ERROR_CANCELLED) is returned unchanged. */
GError *bus_error_translate(const GError *reason, const CallRow *row, guint timeout_ms);

/* Whether the service lacks the method, interface or object that was called. */
bool bus_error_is_missing_method(const GError *error);

/* Returns firewalld's own code, such as "ZONE_CONFLICT" or "ALREADY_ENABLED" (firewall/errors.py),
 * or NULL where ERROR is not firewalld's refusal (transfer none). */
const char *bus_error_firewalld_code(const GError *error);

/* Returns the name of the D-Bus error behind ERROR, or NULL where ERROR has something more specific: a
 * firewalld code or a polkit action (transfer none). */
const char *bus_error_name(const GError *error);
