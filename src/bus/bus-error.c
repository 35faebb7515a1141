/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translation of D-Bus errors: their names in one table, a function for each kind. */
#include "bus/bus-error.h"

#include "model/error.h"

#include <gio/gio.h>
#include <string.h>

#define DBUS_ERROR     "org.freedesktop.DBus.Error."
#define FIREWALLD_DBUS FIREWALLD_SERVICE "."
#define NM_DBUS        NETWORKMANAGER_SERVICE "."

/* firewalld up to 0.9 names the polkit action in the error's name (python3-slip). */
#define SLIP_NOT_AUTHORISED "org.fedoraproject.slip.dbus.service.PolKit.NotAuthorizedException."

typedef struct {
    const char *bus_name;
    const char *name;  /* as people call it */
    const char *start; /* how to start it; NULL: not by the user */
} CalledService;

static const CalledService services[] = {
    {FIREWALLD_SERVICE, "firewalld", "start it: systemctl start firewalld"},
    {NETWORKMANAGER_SERVICE, "NetworkManager", "start it: systemctl start NetworkManager"},
    {"org.freedesktop.DBus", "the bus", NULL},
};

/* Every service that a row of the call table names is in the list. */
static const CalledService *find_service(const char *bus_name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
        if (g_str_equal(services[i].bus_name, bus_name))
            return &services[i];
    }
    g_assert_not_reached();
}

typedef struct {
    const CallRow *row;
    const CalledService *service;
    const char *name; /* of the D-Bus error */
    const char *text; /* one line of the error's own words */
    guint timeout_ms;
} Failure;

/* ---- the kinds of failure ---- */

static void service_absent(const Failure *failure, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NO_FIREWALLD, failure->service->start,
                     "%s is not running: nobody owns %s on the system bus", failure->service->name,
                     failure->row->service);
}

static void service_gone(const Failure *failure, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NO_FIREWALLD,
                     "it may be restarting: try again, or look into its journal",
                     "%s left the bus before it answered %s", failure->service->name,
                     failure->row->method);
}

static void bus_lost(const Failure *failure, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NO_BUS, "check that the system bus is running",
                     "the connection to the system bus broke off during %s: %s",
                     failure->row->method, failure->text);
}

static void timed_out(const Failure *failure, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_TIMEOUT,
                     "it or polkitd may be stuck or busy: see their journals, or use a longer "
                     "--timeout",
                     "%s did not answer %s within %g s", failure->service->name,
                     failure->row->method, failure->timeout_ms / 1000.0);
}

static void not_authorised(const Failure *failure, GError **error)
{
    /* The action is the last part of the slip error's name, and in later releases the end of the text,
     * "Not Authorized(polkit): ACTION". */
    const char *action = NULL;
    const char *colon = strrchr(failure->text, ':');
    if (g_str_has_prefix(failure->name, SLIP_NOT_AUTHORISED))
        action = failure->name + strlen(SLIP_NOT_AUTHORISED);
    else if (g_str_has_suffix(failure->name, ".NotAuthorizedException") && colon != NULL)
        action = colon + strspn(colon, ": ");
    if (action == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED, "run nicfix as root",
                         "not authorised to call %s of %s: %s", failure->row->method,
                         failure->service->name, failure->text);
        return;
    }
    /* "(uid)" instead of "(polkit)": polkit is not there to grant anything. */
    g_autofree char *hint =
        strstr(failure->text, "(uid)") != NULL
            ? g_strdup("run nicfix as root: polkitd is not running, and only root is allowed")
            : g_strdup_printf("run nicfix as root, or let a polkit rule grant the action %s",
                              action);
    nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED, hint,
                     "not authorised to call %s of %s: that needs the polkit action %s",
                     failure->row->method, failure->service->name, action);
    nicfix_error_set_detail(*error, action);
}

static void missing_method(const Failure *failure, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_FIREWALLD,
                     "it is too old, or another program uses its name", "this %s has no %s",
                     failure->service->name, failure->row->method);
}

/* "CODE: words" or "CODE"; any other text is an unexpected exception. */
static void firewalld_refused(const Failure *failure, GError **error)
{
    gsize length = strspn(failure->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    bool is_code = length > 0 && (failure->text[length] == ':' || failure->text[length] == '\0');
    g_autofree char *code = is_code ? g_strndup(failure->text, length) : NULL;
    bool lockdown = g_strcmp0(code, "ACCESS_DENIED") == 0;
    nicfix_error_set(error, lockdown ? NICFIX_ERROR_NOT_AUTHORISED : NICFIX_ERROR_FIREWALLD,
                     lockdown ? "firewalld's lockdown allows only the programs that it lists: "
                                "see firewall-cmd --query-lockdown"
                              : NULL,
                     "firewalld refused %s: %s", failure->row->method, failure->text);
    nicfix_error_set_detail(*error, code);
}

static void service_refused(const Failure *failure, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_FIREWALLD, NULL, "%s refused %s: %s",
                     failure->service->name, failure->row->method, failure->text);
}

/* ---- which kind it is ---- */

typedef void (*Translate)(const Failure *failure, GError **error);

/* Names without a row are the service's own refusals. NoReply comes from the bus itself when the
 * service leaves it with our call unanswered (dbus-daemon 1.14, dbus-broker 33). */
static const struct {
    const char *name;
    Translate translate;
} translations[] = {
    {DBUS_ERROR "NameHasNoOwner", service_absent},
    {DBUS_ERROR "ServiceUnknown", service_absent},
    {DBUS_ERROR "NoReply", service_gone},
    {DBUS_ERROR "Disconnected", bus_lost},
    {DBUS_ERROR "NoServer", bus_lost},
    {DBUS_ERROR "Timeout", timed_out},
    {DBUS_ERROR "TimedOut", timed_out},
    {DBUS_ERROR "AccessDenied", not_authorised},
    {DBUS_ERROR "AuthFailed", not_authorised},
    {DBUS_ERROR "InteractiveAuthorizationRequired", not_authorised},
    {FIREWALLD_DBUS "NotAuthorizedException", not_authorised},
    {NM_DBUS "PermissionDenied", not_authorised},
    {NM_DBUS "Settings.PermissionDenied", not_authorised},
    {DBUS_ERROR "UnknownMethod", missing_method},
    {DBUS_ERROR "UnknownInterface", missing_method},
    {DBUS_ERROR "UnknownObject", missing_method},
    {FIREWALLD_DBUS "Exception", firewalld_refused},
};

/* The first line says what happened. An unexpected exception comes as Python's traceback, where the last
 * line does. */
static char *one_line(const char *text)
{
    g_autofree char *copy = g_strdup(text);
    g_auto(GStrv) lines = g_strsplit(g_strstrip(copy), "\n", -1);
    guint count = g_strv_length(lines);
    if (count == 0)
        return g_strdup("");
    return g_strdup(g_str_has_prefix(text, "Traceback") ? lines[count - 1] : lines[0]);
}

static Translate translation_of(const char *name)
{
    if (g_str_has_prefix(name, SLIP_NOT_AUTHORISED))
        return not_authorised;
    for (guint i = 0; i < G_N_ELEMENTS(translations); i++) {
        if (g_str_equal(translations[i].name, name))
            return translations[i].translate;
    }
    return service_refused;
}

GError *bus_error_translate(const GError *reason, const CallRow *row, guint timeout_ms)
{
    /* GLib turns the error of a service that passes on a GError of its own into that error: NetworkManager
     * cancels calls when it ends (gdbuserror.c, org.gtk.GDBus.UnmappedGError). */
    if (g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
        !g_dbus_error_is_remote_error(reason))
        return g_error_copy(reason);
    g_autoptr(GError) stripped = g_error_copy(reason);
    g_dbus_error_strip_remote_error(stripped);
    g_autofree char *name = g_dbus_error_get_remote_error(reason);
    g_autofree char *text = one_line(stripped->message);
    const Failure failure = {
        .row = row,
        .service = find_service(row->service),
        .name = name,
        .text = text,
        .timeout_ms = timeout_ms,
    };
    /* Without a name GDBus itself raised the error, before any answer came. */
    bool is_timeout = g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    Translate translate = name != NULL ? translation_of(name) : is_timeout ? timed_out : bus_lost;
    GError *error = NULL;
    translate(&failure, &error);
    if (nicfix_error_detail(error) == NULL)
        nicfix_error_set_detail(error, name);
    return error;
}

bool bus_error_is_missing_method(const GError *error)
{
    const char *name = bus_error_name(error);
    return name != NULL && translation_of(name) == missing_method;
}

const char *bus_error_firewalld_code(const GError *error)
{
    const char *detail = nicfix_error_detail(error);
    return detail == NULL || strchr(detail, '.') != NULL ? NULL : detail;
}

const char *bus_error_name(const GError *error)
{
    const char *detail = nicfix_error_detail(error);
    if (detail == NULL || error->code == NICFIX_ERROR_NOT_AUTHORISED)
        return NULL;
    return strchr(detail, '.') == NULL ? NULL : detail;
}
