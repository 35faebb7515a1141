/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Never calls reload, which drops runtime-only settings, nor runtimeToPermanent, which saves those of
 * others. */
#include "act/firewalld-changes.h"

#include "bus/bus-error.h"
#include "bus/deadline.h"
#include "model/error.h"

static bool call(Bus *bus, CallId id, const char *path, GVariant *parameters, GError **error)
{
    g_autoptr(GVariant) reply = bus_call(bus, id, path, parameters, error);
    return reply != NULL;
}

/* setZoneSettings2 and update2 change the keys they are given and leave the others. */
static GVariant *forward_setting(const Action *action)
{
    bool forwards = action->op == ACTION_ENABLE_FORWARD;
    return g_variant_new_parsed("{'forward': <%b>}", forwards);
}

/* changeZoneOfInterface takes an interface out of any zone, without comparing: look where it is just
 * before. It may be there already: NetworkManager moves a device when its profile changes. */
static bool move_running(Bus *bus, const Action *action, GError **error)
{
    g_autoptr(GVariant) reply = bus_call(bus, CALL_GET_ZONE_OF_INTERFACE, NULL,
                                         g_variant_new("(s)", action->interface), error);
    if (reply == NULL)
        return false;
    const char *zone;
    g_variant_get(reply, "(&s)", &zone);
    if (g_strcmp0(zone, action->to) == 0)
        return true;
    if (g_strcmp0(zone, action->from) == 0)
        return call(bus, CALL_CHANGE_ZONE_OF_INTERFACE, NULL,
                    g_variant_new("(ss)", action->to, action->interface), error);
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run nicfix apply again",
                     "another program changed the zone of %s meanwhile", action->interface);
    return false;
}

/* addInterface refuses an interface that another zone has, and removeInterface one that the zone does
 * not have: both compare before they change anything. */
static bool change_running(Bus *bus, const Action *action, GError **error)
{
    switch (action->op) {
    case ACTION_BIND:
        return call(bus, CALL_ADD_INTERFACE, NULL,
                    g_variant_new("(ss)", action->to, action->interface), error);
    case ACTION_UNBIND:
        return call(bus, CALL_REMOVE_INTERFACE, NULL,
                    g_variant_new("(ss)", action->from, action->interface), error);
    case ACTION_MOVE:
        return move_running(bus, action, error);
    case ACTION_ENABLE_FORWARD:
    case ACTION_DISABLE_FORWARD:
        return call(bus, CALL_SET_ZONE_SETTINGS, NULL,
                    g_variant_new("(s@a{sv})", action->to, forward_setting(action)), error);
    case ACTION_ADD_SOURCE:
    case ACTION_REMOVE_SOURCE:
    case ACTION_ADD_SERVICE:
    case ACTION_REMOVE_SERVICE:
    case ACTION_ADD_PORT:
    case ACTION_REMOVE_PORT:
    case ACTION_ADD_POLICY:
    case ACTION_REMOVE_POLICY:
        break;
    }
    return false;
}

static bool change_permanent(Bus *bus, const Action *action, GError **error)
{
    const char *zone = action->op == ACTION_UNBIND ? action->from : action->to;
    g_autoptr(GVariant) reply =
        bus_call(bus, CALL_CONFIG_GET_ZONE_BY_NAME, NULL, g_variant_new("(s)", zone), error);
    if (reply == NULL)
        return false;
    const char *path;
    g_variant_get(reply, "(&o)", &path);
    switch (action->op) {
    case ACTION_BIND:
        return call(bus, CALL_CONFIG_ZONE_ADD_INTERFACE, path,
                    g_variant_new("(s)", action->interface), error);
    case ACTION_UNBIND:
        return call(bus, CALL_CONFIG_ZONE_REMOVE_INTERFACE, path,
                    g_variant_new("(s)", action->interface), error);
    case ACTION_ENABLE_FORWARD:
    case ACTION_DISABLE_FORWARD:
        return call(bus, CALL_CONFIG_ZONE_UPDATE, path,
                    g_variant_new("(@a{sv})", forward_setting(action)), error);
    case ACTION_MOVE:
    case ACTION_ADD_SOURCE:
    case ACTION_REMOVE_SOURCE:
    case ACTION_ADD_SERVICE:
    case ACTION_REMOVE_SERVICE:
    case ACTION_ADD_PORT:
    case ACTION_REMOVE_PORT:
    case ACTION_ADD_POLICY:
    case ACTION_REMOVE_POLICY:
        break;
    }
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL,
                     "the permanent configuration knows no move: unbind and bind");
    return false;
}

bool firewalld_change(Bus *bus, const Action *action, GError **error)
{
    return action->scope == SCOPE_PERMANENT ? change_permanent(bus, action, error)
                                            : change_running(bus, action, error);
}

bool firewalld_check_permanent(Bus *bus, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (call(bus, CALL_CHECK_PERMANENT_CONFIG, NULL, NULL, &reason))
        return true;
    if (bus_error_firewalld_code(reason) == NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    nicfix_error_set(error, NICFIX_ERROR_REFUSED,
                     "run firewall-cmd --check-config to see what is wrong, or use --runtime-only",
                     "the permanent configuration is broken, and nothing was changed: %s",
                     reason->message);
    return false;
}

bool firewalld_change_was_not_made(const GError *error)
{
    static const char *const codes[] = {"UNKNOWN_INTERFACE", "NOT_ENABLED", "ALREADY_ENABLED",
                                        "ZONE_ALREADY_SET", NULL};
    const char *code = bus_error_firewalld_code(error);
    return code != NULL && g_strv_contains(codes, code);
}

/* ---- logging ---- */

static bool try_log_denied(Bus *bus, const char *value, GError **error)
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

bool firewalld_set_log_denied(Bus *bus, const char *value, GError **error)
{
    gint64 deadline = deadline_in(bus_timeout_ms(bus));
    for (;;) {
        g_autoptr(GError) reason = NULL;
        if (try_log_denied(bus, value, &reason))
            return true;
        if (!g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NO_FIREWALLD) ||
            !deadline_wait(deadline)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
    }
}
