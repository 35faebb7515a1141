/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkManager has no call for one setting: the whole profile is sent back. Where it is sent without
 * secrets, NetworkManager keeps those it has (nm-settings-connection.c: update_auth_cb). */
#include "act/networkmanager-changes.h"

#include "model/error.h"

/* NMSettingsUpdate2Flags of nm-dbus-interface.h. Without the second one NetworkManager tells firewalld
 * the new zone at once. */
#define UPDATE_TO_DISK    0x1u
#define UPDATE_NO_REAPPLY 0x40u

static bool check_zone(const Action *action, GVariant *settings, GError **error)
{
    g_autoptr(GVariant) connection =
        g_variant_lookup_value(settings, "connection", G_VARIANT_TYPE_VARDICT);
    g_autofree char *zone = NULL;
    if (connection != NULL)
        g_variant_lookup(connection, "zone", "s", &zone);
    const char *found = zone != NULL && *zone != '\0' ? zone : NULL;
    if (connection != NULL && g_strcmp0(found, action->from) == 0)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run nicfix apply again",
                     "another program changed NetworkManager's profile of %s meanwhile",
                     action->interface);
    return false;
}

/* The settings of "connection" with ZONE in place of the old one. */
static GVariant *connection_with_zone(GVariant *connection, const char *zone)
{
    g_auto(GVariantDict) changed;
    g_variant_dict_init(&changed, connection);
    g_variant_dict_remove(&changed, "zone");
    if (zone != NULL)
        g_variant_dict_insert(&changed, "zone", "s", zone);
    return g_variant_dict_end(&changed);
}

static GVariant *settings_with_zone(GVariant *settings, const char *zone)
{
    GVariantBuilder changed;
    GVariantIter iter;
    const char *name;
    GVariant *group;
    g_variant_builder_init(&changed, G_VARIANT_TYPE("a{sa{sv}}"));
    g_variant_iter_init(&iter, settings);
    while (g_variant_iter_loop(&iter, "{&s@a{sv}}", &name, &group)) {
        bool is_connection = g_str_equal(name, "connection");
        g_variant_builder_add(&changed, "{s@a{sv}}", name,
                              is_connection ? connection_with_zone(group, zone) : group);
    }
    return g_variant_builder_end(&changed);
}

bool networkmanager_change(Bus *bus, const Action *action, GError **error)
{
    g_autoptr(GVariant) profile = bus_call(bus, CALL_NETWORKMANAGER_GET_PROFILE_BY_UUID, NULL,
                                           g_variant_new("(s)", action->profile), error);
    if (profile == NULL)
        return false;
    const char *path;
    g_variant_get(profile, "(&o)", &path);
    g_autoptr(GVariant) reply =
        bus_call(bus, CALL_NETWORKMANAGER_GET_PROFILE_SETTINGS, path, NULL, error);
    if (reply == NULL)
        return false;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    if (!check_zone(action, settings, error))
        return false;
    guint32 flags = UPDATE_TO_DISK | (action->saved_only ? UPDATE_NO_REAPPLY : 0);
    g_autoptr(GVariant) saved =
        bus_call(bus, CALL_NETWORKMANAGER_UPDATE_PROFILE, path,
                 g_variant_new("(@a{sa{sv}}u@a{sv})", settings_with_zone(settings, action->to),
                               flags, g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0)),
                 error);
    return saved != NULL;
}
