/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Never calls runtimeToPermanent, which saves what others have set at run time, and reload, which drops
 * that, only for what cannot be had without. */
#include "act/firewalld-changes.h"

#include "act/permanent-check.h"
#include "bus/bus-error.h"
#include "bus/deadline.h"
#include "model/error.h"
#include "model/foreach.h"

#include <string.h>

static bool call(Bus *bus, CallId id, const char *path, GVariant *parameters, GError **error)
{
    g_autoptr(GVariant) reply = bus_call(bus, id, path, parameters, error);
    return reply != NULL;
}

/* The object that the call ID of firewalld's configuration names for NAME (transfer full), or NULL. */
static char *object_of(Bus *bus, CallId id, const char *name, GError **error)
{
    g_autoptr(GVariant) reply = bus_call(bus, id, NULL, g_variant_new("(s)", name), error);
    char *path = NULL;
    if (reply != NULL)
        g_variant_get(reply, "(o)", &path);
    return path;
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

/* ---- settings of a zone ---- */

/* The calls for each op that has a value, in the running firewall and in what lasts. */
static const struct {
    CallId running;
    CallId lasting;
    bool has_timeout; /* the running one */
} setting_calls[] = {
    [ACTION_ADD_SOURCE] = {CALL_ADD_SOURCE, CALL_CONFIG_ZONE_ADD_SOURCE, false},
    [ACTION_REMOVE_SOURCE] = {CALL_REMOVE_SOURCE, CALL_CONFIG_ZONE_REMOVE_SOURCE, false},
    [ACTION_ADD_SERVICE] = {CALL_ADD_SERVICE, CALL_CONFIG_ZONE_ADD_SERVICE, true},
    [ACTION_REMOVE_SERVICE] = {CALL_REMOVE_SERVICE, CALL_CONFIG_ZONE_REMOVE_SERVICE, false},
    [ACTION_ADD_PORT] = {CALL_ADD_PORT, CALL_CONFIG_ZONE_ADD_PORT, true},
    [ACTION_REMOVE_PORT] = {CALL_REMOVE_PORT, CALL_CONFIG_ZONE_REMOVE_PORT, false},
};

/* The characters of names that firewalld ships or accepts for services and policies. */
static bool is_name(const char *text)
{
    return *text != '\0' &&
           strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-.+") == strlen(text);
}

static bool is_port(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    if (g_strv_length(parts) != 2)
        return false;
    g_autoptr(PortRange) port = port_range_parse(parts[0], parts[1]);
    return port != NULL;
}

static bool is_source(const char *text)
{
    g_autoptr(AddressSpec) source = address_spec_parse(text);
    return source->kind != ADDRESS_SPEC_UNKNOWN;
}

/* Whether firewalld can write all that ACTION names. What is taken out is not written. */
static bool has_fit_names(const Action *action)
{
    if (action->op == ACTION_UNBIND)
        return true;
    const char *const texts[] = {action->interface, action->from, action->to, action->value};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i] != NULL && !text_fits_xml(texts[i]))
            return false;
    }
    return true;
}

static bool is_valid_value(const Action *action)
{
    switch (action->op) {
    case ACTION_ADD_SOURCE:
    case ACTION_REMOVE_SOURCE:
        return is_source(action->value);
    case ACTION_ADD_PORT:
    case ACTION_REMOVE_PORT:
        return is_port(action->value);
    case ACTION_ADD_SERVICE:
    case ACTION_REMOVE_SERVICE:
    case ACTION_ADD_POLICY:
    case ACTION_REMOVE_POLICY:
        return is_name(action->value);
    case ACTION_BIND:
    case ACTION_UNBIND:
    case ACTION_MOVE:
    case ACTION_ENABLE_FORWARD:
    case ACTION_DISABLE_FORWARD:
        break;
    }
    return action->value == NULL;
}

/* The value as firewalld takes it: a port is two words. ZONE is NULL for what lasts. */
static GVariant *setting_parameters(const Action *action, const char *zone)
{
    bool is_port_op = action->op == ACTION_ADD_PORT || action->op == ACTION_REMOVE_PORT;
    g_auto(GStrv) port = is_port_op ? g_strsplit(action->value, "/", 2) : NULL;
    char *const whole[] = {action->value, NULL};
    GVariantBuilder tuple;
    g_variant_builder_init(&tuple, G_VARIANT_TYPE_TUPLE);
    if (zone != NULL)
        g_variant_builder_add(&tuple, "s", zone);
    STRV_FOREACH (word, port != NULL ? port : whole)
        g_variant_builder_add(&tuple, "s", *word);
    if (zone != NULL && setting_calls[action->op].has_timeout)
        g_variant_builder_add(&tuple, "i", 0);
    return g_variant_builder_end(&tuple);
}

/* ---- policies ---- */

/* setPolicySettings changes the keys that it is given. */
static GVariant *policy_zones(const Action *action, bool in_force)
{
    const char *from[] = {action->from, NULL};
    const char *to[] = {action->to, NULL};
    gssize count = in_force ? -1 : 0;
    return g_variant_new_parsed("{'ingress_zones': <%@as>, 'egress_zones': <%@as>}",
                                g_variant_new_strv(from, count), g_variant_new_strv(to, count));
}

static bool set_policy_zones(Bus *bus, const Action *action, bool in_force, GError **error)
{
    return call(bus, CALL_SET_POLICY_SETTINGS, NULL,
                g_variant_new("(s@a{sv})", action->value, policy_zones(action, in_force)), error);
}

static bool has_only(GVariant *settings, const char *key, const char *name)
{
    g_autofree char **names = NULL;
    return g_variant_lookup(settings, key, "^a&s", &names) && g_strv_length(names) == 1 &&
           g_str_equal(names[0], name);
}

static bool has_none(GVariant *settings, const char *key)
{
    g_autofree char **names = NULL;
    return !g_variant_lookup(settings, key, "^a&s", &names) || *names == NULL;
}

/* A policy that is there, but without zones, was taken back earlier: it needs no reload. Neither does
 * one that a reload has brought already. */
static bool start_known_policy(Bus *bus, const Action *action, GVariant *settings, GError **error)
{
    const char *target = NULL;
    bool accepts =
        g_variant_lookup(settings, "target", "&s", &target) && g_str_equal(target, "ACCEPT");
    if (accepts && has_only(settings, "ingress_zones", action->from) &&
        has_only(settings, "egress_zones", action->to))
        return true;
    if (accepts && has_none(settings, "ingress_zones") && has_none(settings, "egress_zones"))
        return set_policy_zones(bus, action, true, error);
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run nicfix apply again",
                     "another program changed policy %s meanwhile", action->value);
    return false;
}

/* firewalld makes policies in its permanent configuration only. */
static bool start_policy(Bus *bus, const Action *action, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GVariant) reply =
        bus_call(bus, CALL_GET_POLICY_SETTINGS, NULL, g_variant_new("(s)", action->value), &reason);
    if (reply != NULL) {
        g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
        return start_known_policy(bus, action, settings, error);
    }
    if (g_strcmp0(bus_error_firewalld_code(reason), "INVALID_POLICY") == 0)
        return permanent_check_before(bus, error) && call(bus, CALL_RELOAD, NULL, NULL, error);
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

static bool add_policy(Bus *bus, const Action *action, GError **error)
{
    GVariant *settings = g_variant_new_parsed(
        "{'ingress_zones': <[%s]>, 'egress_zones': <[%s]>, 'target': <'ACCEPT'>, 'priority': <-1>}",
        action->from, action->to);
    return call(bus, CALL_CONFIG_ADD_POLICY, NULL,
                g_variant_new("(s@a{sv})", action->value, settings), error);
}

static bool remove_policy(Bus *bus, const Action *action, GError **error)
{
    g_autofree char *path = object_of(bus, CALL_CONFIG_GET_POLICY_BY_NAME, action->value, error);
    return path != NULL && call(bus, CALL_CONFIG_POLICY_REMOVE, path, NULL, error);
}

/* ---- each op ---- */

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
        return call(bus, setting_calls[action->op].running, NULL,
                    setting_parameters(action, action->to), error);
    case ACTION_ADD_POLICY:
        return start_policy(bus, action, error);
    case ACTION_REMOVE_POLICY:
        return set_policy_zones(bus, action, false, error);
    }
    return false;
}

static bool change_zone_file(Bus *bus, const Action *action, GError **error)
{
    const char *zone = action->op == ACTION_UNBIND ? action->from : action->to;
    g_autofree char *path = object_of(bus, CALL_CONFIG_GET_ZONE_BY_NAME, zone, error);
    if (path == NULL)
        return false;
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
    case ACTION_ADD_SOURCE:
    case ACTION_REMOVE_SOURCE:
    case ACTION_ADD_SERVICE:
    case ACTION_REMOVE_SERVICE:
    case ACTION_ADD_PORT:
    case ACTION_REMOVE_PORT:
        return call(bus, setting_calls[action->op].lasting, path, setting_parameters(action, NULL),
                    error);
    case ACTION_MOVE:
    case ACTION_ADD_POLICY:
    case ACTION_REMOVE_POLICY:
        break;
    }
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL,
                     "the permanent configuration knows no move: unbind and bind");
    return false;
}

static bool change_permanent(Bus *bus, const Action *action, GError **error)
{
    if (action->op == ACTION_ADD_POLICY)
        return add_policy(bus, action, error);
    if (action->op == ACTION_REMOVE_POLICY)
        return remove_policy(bus, action, error);
    return change_zone_file(bus, action, error);
}

/* What firewalld refuses because its state is not the one that was read (firewall/errors.py), and what
 * the user can do. */
static const struct {
    const char *code;
    const char *hint;
} refusals[] = {
    {"ZONE_CONFLICT", "another program changed it meanwhile: run nicfix apply again"},
    {"ZONE_ALREADY_SET", "another program changed it meanwhile: run nicfix apply again"},
    {"ALREADY_ENABLED", "another program changed it meanwhile: run nicfix apply again"},
    {"NOT_ENABLED", "another program changed it meanwhile: run nicfix apply again"},
    {"UNKNOWN_INTERFACE", "another program changed it meanwhile: run nicfix apply again"},
    {"UNKNOWN_SOURCE", "another program changed it meanwhile: run nicfix apply again"},
    {"INVALID_ZONE", "the zone is gone: run nicfix list to see all zones"},
    {"PANIC_MODE", "run: firewall-cmd --panic-off; then nicfix apply again"},
};

/* Says which release has what REASON says is missing, and what a refusal comes from. */
static void explain(const Action *action, const GError *reason, GError **error)
{
    const char *code = bus_error_firewalld_code(reason);
    if (action_is_of_policy(action) && bus_error_is_missing_method(reason)) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED,
                         "update it, or bind the interfaces to one zone",
                         "this firewalld has no policies: 0.9 and later have");
        return;
    }
    for (guint i = 0; code != NULL && i < G_N_ELEMENTS(refusals); i++) {
        if (!g_str_equal(code, refusals[i].code))
            continue;
        GError *refused = NULL;
        nicfix_error_set(&refused, NICFIX_ERROR_REFUSED, refusals[i].hint, "%s", reason->message);
        nicfix_error_set_detail(refused, code);
        g_propagate_error(error, refused);
        return;
    }
    g_propagate_error(error, g_error_copy(reason));
}

bool firewalld_change(Bus *bus, const Action *action, GError **error)
{
    if (!has_fit_names(action)) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL,
                         "firewalld cannot write the characters of '%s' into its files",
                         action_subject(action));
        return false;
    }
    if (!is_valid_value(action)) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL, "'%s' is not valid for %s",
                         action->value != NULL ? action->value : "", action_op_word(action->op));
        return false;
    }
    g_autoptr(GError) reason = NULL;
    bool done = action->scope == SCOPE_PERMANENT ? change_permanent(bus, action, &reason)
                                                 : change_running(bus, action, &reason);
    if (!done)
        explain(action, reason, error);
    return done;
}

bool firewalld_reload_if_failed(Bus *bus, GError **error)
{
    g_autoptr(GVariant) reply = bus_call(bus, CALL_FIREWALLD_PROPERTIES, NULL,
                                         g_variant_new("(s)", FIREWALLD_SERVICE), error);
    if (reply == NULL)
        return false;
    g_autoptr(GVariant) properties = g_variant_get_child_value(reply, 0);
    const char *state = NULL;
    return !g_variant_lookup(properties, "state", "&s", &state) || !g_str_equal(state, "FAILED") ||
           call(bus, CALL_RELOAD, NULL, NULL, error);
}

bool firewalld_change_was_not_made(const GError *error)
{
    static const char *const codes[] = {"UNKNOWN_INTERFACE",
                                        "UNKNOWN_SOURCE",
                                        "INVALID_POLICY",
                                        "NOT_ENABLED",
                                        "ALREADY_ENABLED",
                                        "ZONE_ALREADY_SET",
                                        NULL};
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
