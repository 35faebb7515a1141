/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "door/authority.h"

#include "model/error.h"

#define POLKIT "org.freedesktop.PolicyKit1"

enum {
    ALLOW_USER_INTERACTION = 1, /* CheckAuthorizationFlags of polkit's interface */
    ASKING_MS = 5 * 60 * 1000,
};

static GVariant *call_polkit(GDBusConnection *connection, const AuthorityQuestion *question,
                             GError **error)
{
    GVariantDict subject;
    g_variant_dict_init(&subject, NULL);
    g_variant_dict_insert(&subject, "name", "s", question->caller);
    GVariant *details = question->details != NULL
                            ? question->details
                            : g_variant_new_array(G_VARIANT_TYPE("{ss}"), NULL, 0);
    GVariant *parameters = g_variant_new("((s@a{sv})s@a{ss}us)", "system-bus-name",
                                         g_variant_dict_end(&subject), question->action, details,
                                         question->may_ask ? ALLOW_USER_INTERACTION : 0, "");
    return g_dbus_connection_call_sync(
        connection, POLKIT, "/org/freedesktop/PolicyKit1/Authority", POLKIT ".Authority",
        "CheckAuthorization", parameters, G_VARIANT_TYPE("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE,
        question->may_ask ? ASKING_MS : (int)question->timeout_ms, NULL, error);
}

static void set_error(const AuthorityQuestion *question, const GError *reason, GError **error)
{
    if (g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
        g_error_matches(reason, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)) {
        nicfix_error_set(error, NICFIX_ERROR_TIMEOUT, "see its journal, or run nicfix as root",
                         "polkitd did not say in time whether %s is allowed", question->action);
        return;
    }
    g_autofree char *hint =
        g_strdup_printf("run nicfix as root, or let a polkit rule grant %s", question->action);
    if (reason == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED, hint,
                         "not authorised: that needs the polkit action %s", question->action);
        return;
    }
    g_autoptr(GError) stripped = g_error_copy(reason);
    g_dbus_error_strip_remote_error(stripped);
    nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED, hint, "polkit does not grant %s: %s",
                     question->action, stripped->message);
}

bool authority_check(GDBusConnection *connection, const AuthorityQuestion *question, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GVariant) reply = call_polkit(connection, question, &reason);
    gboolean is_allowed = FALSE;
    if (reply != NULL)
        g_variant_get(reply, "((bba{ss}))", &is_allowed, NULL, NULL);
    if (!is_allowed)
        set_error(question, reason, error);
    return is_allowed;
}
