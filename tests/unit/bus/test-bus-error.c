/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each D-Bus error becomes: code, message, hint, and the service's own word for it. */
#include "bus/bus-error.h"

#include "cases.h"
#include "model/error.h"

#include <gio/gio.h>

#define DBUS "org.freedesktop.DBus.Error."
#define FW   "org.fedoraproject.FirewallD1."
#define NM   "org.freedesktop.NetworkManager."
#define SLIP "org.fedoraproject.slip.dbus.service.PolKit.NotAuthorizedException."

typedef struct {
    const char *name;
    CallId call;
    const char *error; /* the D-Bus error's name */
    const char *text;
    NicfixError code;
    const char *message;
    const char *hint;           /* a part of it; NULL: none */
    const char *firewalld_code; /* NULL: none */
} RemoteCase;

static const RemoteCase remotes[] = {
    {"nobody owns the name, with NO_AUTO_START", CALL_GET_ZONES, DBUS "NameHasNoOwner",
     "Could not get owner of name", NICFIX_ERROR_NO_FIREWALLD,
     "firewalld is not running: nobody owns org.fedoraproject.FirewallD1 on the system bus",
     "systemctl start firewalld", NULL},
    {"nobody provides the name", CALL_GET_ZONES, DBUS "ServiceUnknown", "not provided",
     NICFIX_ERROR_NO_FIREWALLD,
     "firewalld is not running: nobody owns org.fedoraproject.FirewallD1 on the system bus",
     "systemctl start firewalld", NULL},
    {"the service leaves in mid-call", CALL_GET_ZONES, DBUS "NoReply",
     "Message recipient disconnected from message bus without replying", NICFIX_ERROR_NO_FIREWALLD,
     "firewalld left the bus before it answered getZones", "try again", NULL},
    {"the bus leaves", CALL_GET_ZONES, DBUS "Disconnected", "gone", NICFIX_ERROR_NO_BUS,
     "the connection to the system bus broke off during getZones: gone", "system bus", NULL},
    {"the service gives up waiting", CALL_GET_ZONES, DBUS "TimedOut", "late", NICFIX_ERROR_TIMEOUT,
     "firewalld did not answer getZones within 2.5 s", "--timeout", NULL},
    {"polkit refuses", CALL_GET_ZONE_SETTINGS, FW "NotAuthorizedException",
     "Not Authorized(polkit): org.fedoraproject.FirewallD1.config.info",
     NICFIX_ERROR_NOT_AUTHORISED,
     "not authorised to call getZoneSettings2 of firewalld: that needs the polkit action "
     "org.fedoraproject.FirewallD1.config.info",
     "grant the action org.fedoraproject.FirewallD1.config.info", NULL},
    {"no polkit, not root", CALL_GET_ZONE_SETTINGS, FW "NotAuthorizedException",
     "Not Authorized(uid): org.fedoraproject.FirewallD1.config.info", NICFIX_ERROR_NOT_AUTHORISED,
     "not authorised to call getZoneSettings2 of firewalld: that needs the polkit action "
     "org.fedoraproject.FirewallD1.config.info",
     "polkitd is not running", NULL},
    {"polkit refuses, firewalld 0.9", CALL_ADD_INTERFACE, SLIP FW "config", "", //
     NICFIX_ERROR_NOT_AUTHORISED,
     "not authorised to call addInterface of firewalld: that needs the polkit action "
     "org.fedoraproject.FirewallD1.config",
     "grant the action org.fedoraproject.FirewallD1.config", NULL},
    {"the bus refuses", CALL_GET_ZONES, DBUS "AccessDenied", "Rejected send message",
     NICFIX_ERROR_NOT_AUTHORISED,
     "not authorised to call getZones of firewalld: Rejected send message", "as root", NULL},
    {"lockdown", CALL_ADD_INTERFACE, FW "Exception", "ACCESS_DENIED: lockdown is enabled",
     NICFIX_ERROR_NOT_AUTHORISED,
     "firewalld refused addInterface: ACCESS_DENIED: lockdown is enabled", "--query-lockdown",
     "ACCESS_DENIED"},
    {"bound elsewhere", CALL_ADD_INTERFACE, FW "Exception",
     "ZONE_CONFLICT: 'enp2s0' already bound to 'trusted'", NICFIX_ERROR_FIREWALLD,
     "firewalld refused addInterface: ZONE_CONFLICT: 'enp2s0' already bound to 'trusted'", NULL,
     "ZONE_CONFLICT"},
    {"a code without words", CALL_ADD_INTERFACE, FW "Exception", "ZONE_ALREADY_SET",
     NICFIX_ERROR_FIREWALLD, "firewalld refused addInterface: ZONE_ALREADY_SET", NULL,
     "ZONE_ALREADY_SET"},
    {"a code of several lines", CALL_CHECK_PERMANENT_CONFIG, FW "Exception",
     "INVALID_ZONE: bad\nand more\n", NICFIX_ERROR_FIREWALLD,
     "firewalld refused checkPermanentConfig: INVALID_ZONE: bad", NULL, "INVALID_ZONE"},
    {"an exception without code", CALL_ADD_INTERFACE, FW "Exception", "'NoneType' has no x: y",
     NICFIX_ERROR_FIREWALLD, "firewalld refused addInterface: 'NoneType' has no x: y", NULL, NULL},
    {"an exception with nothing to say", CALL_ADD_INTERFACE, FW "Exception", "",
     NICFIX_ERROR_FIREWALLD, "firewalld refused addInterface: ", NULL, NULL},
    {"a traceback", CALL_ADD_INTERFACE, "org.freedesktop.DBus.Python.KeyError",
     "Traceback (most recent call last):\n  File \"x.py\"\nKeyError: 'x'\n", NICFIX_ERROR_FIREWALLD,
     "firewalld refused addInterface: KeyError: 'x'", NULL, NULL},
    {"NetworkManager refuses", CALL_NETWORKMANAGER_GET_PROFILE_SETTINGS,
     NM "Settings.PermissionDenied", "Insufficient privileges", NICFIX_ERROR_NOT_AUTHORISED,
     "not authorised to call GetSettings of NetworkManager: Insufficient privileges", "as root",
     NULL},
    {"NetworkManager is not there", CALL_NETWORKMANAGER_GET_DEVICE, DBUS "NameHasNoOwner", "no",
     NICFIX_ERROR_NO_FIREWALLD,
     "NetworkManager is not running: nobody owns org.freedesktop.NetworkManager on the system bus",
     "systemctl start NetworkManager", NULL},
};

static GError *translate(CallId call, GError *reason)
{
    GError *error = bus_error_translate(reason, call_row(call), 2500);
    g_error_free(reason);
    return error;
}

static void test_remote(void **state)
{
    const RemoteCase *test = *state;
    g_autoptr(GError) error =
        translate(test->call, g_dbus_error_new_for_dbus_error(test->error, test->text));
    assert_string_equal(error->message, test->message);
    assert_true(g_error_matches(error, NICFIX_ERROR, (int)test->code));
    if (test->hint == NULL)
        assert_null(nicfix_error_hint(error));
    else
        assert_non_null(strstr(nicfix_error_hint(error), test->hint));
    assert_int_equal(g_strcmp0(bus_error_firewalld_code(error), test->firewalld_code), 0);
    assert_false(bus_error_is_missing_method(error));
}

typedef struct {
    const char *name; /* of the D-Bus error */
    const char *text;
} MissingCase;

static const MissingCase missing[] = {
    {DBUS "UnknownMethod", "Method \"getZoneSettings2\" with signature \"s\" doesn't exist\n"},
    {DBUS "UnknownInterface", "no"},
    {DBUS "UnknownObject", "no"},
};

static void test_missing(void **state)
{
    const MissingCase *test = *state;
    g_autoptr(GError) error =
        translate(CALL_GET_ZONE_SETTINGS, g_dbus_error_new_for_dbus_error(test->name, test->text));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_FIREWALLD));
    assert_string_equal(error->message, "this firewalld has no getZoneSettings2");
    assert_true(bus_error_is_missing_method(error));
    assert_string_equal(bus_error_name(error), test->name);
    assert_null(bus_error_firewalld_code(error));
}

typedef struct {
    const char *name;
    GIOErrorEnum reason;
    NicfixError code;
    const char *message;
} LocalCase;

static const LocalCase locals[] = {
    {"no answer in time", G_IO_ERROR_TIMED_OUT, NICFIX_ERROR_TIMEOUT,
     "firewalld did not answer getZones within 2.5 s"},
    {"the connection is closed", G_IO_ERROR_CLOSED, NICFIX_ERROR_NO_BUS,
     "the connection to the system bus broke off during getZones: why"},
    {"the connection breaks", G_IO_ERROR_BROKEN_PIPE, NICFIX_ERROR_NO_BUS,
     "the connection to the system bus broke off during getZones: why"},
};

static void test_local(void **state)
{
    const LocalCase *test = *state;
    g_autoptr(GError) error =
        translate(CALL_GET_ZONES, g_error_new_literal(G_IO_ERROR, (int)test->reason, "why"));
    assert_true(g_error_matches(error, NICFIX_ERROR, (int)test->code));
    assert_string_equal(error->message, test->message);
    assert_null(bus_error_name(error));
    assert_null(bus_error_firewalld_code(error));
}

static void test_cancellation_stays_what_it_is(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = translate(
        CALL_GET_ZONES, g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled"));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    assert_null(bus_error_firewalld_code(error));
}

static void test_details_survive_a_copy(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error =
        translate(CALL_ADD_INTERFACE,
                  g_dbus_error_new_for_dbus_error(FW "Exception", "ZONE_CONFLICT: enp2s0"));
    g_autoptr(GError) copy = g_error_copy(error);
    g_clear_error(&error);
    assert_string_equal(bus_error_firewalld_code(copy), "ZONE_CONFLICT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cancellation_stays_what_it_is),
        cmocka_unit_test(test_details_survive_a_copy),
    };
    return RUN_CASES(test_remote, remotes) + RUN_CASES(test_missing, missing) +
           RUN_CASES(test_local, locals) + cmocka_run_group_tests(tests, NULL, NULL);
}
