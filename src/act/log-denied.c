/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/log-denied.h"

#include "bus/bus-error.h"
#include "bus/deadline.h"
#include "model/error.h"

static bool try_to_set(Bus *bus, const char *value, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GVariant) done =
        bus_call(bus, CALL_SET_LOG_DENIED, NULL, g_variant_new("(s)", value), &reason);
    if (done == NULL && g_strcmp0(bus_error_firewalld_code(reason), "ALREADY_SET") != 0) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    g_autoptr(GVariant) reply = bus_call(bus, CALL_GET_LOG_DENIED, NULL, NULL, error);
    if (reply == NULL)
        return false;
    const char *now;
    g_variant_get(reply, "(&s)", &now);
    if (g_str_equal(now, value))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_FIREWALLD, NULL,
                     "firewalld was told to log denials of '%s' but still says '%s'", value, now);
    return false;
}

bool log_denied_set(Bus *bus, const char *value, GError **error)
{
    gint64 deadline = deadline_in(bus_timeout_ms(bus));
    for (;;) {
        g_autoptr(GError) reason = NULL;
        if (try_to_set(bus, value, &reason))
            return true;
        if (!g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NO_FIREWALLD) ||
            !deadline_wait(deadline)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
    }
}
