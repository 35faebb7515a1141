/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkManager has no call for one setting: the whole profile is sent back. Where it is sent without
 * secrets, NetworkManager keeps those it has (nm-settings-connection.c: update_auth_cb). */
#include "act/networkmanager-changes.h"

#include "bus/bus-error.h"
#include "model/error.h"

/* NMSettingsUpdate2Flags of nm-dbus-interface.h. Without the second one NetworkManager tells firewalld
 * the new zone at once. */
/* nm-errors.h of NetworkManager 1.42, NM_SETTINGS_ERROR_INVALID_CONNECTION: no profile has the UUID. */
#define NO_PROFILE "org.freedesktop.NetworkManager.Settings.InvalidConnection"

#define UPDATE_TO_DISK    0x1u
#define UPDATE_NO_REAPPLY 0x40u

/* The zone that SETTINGS name, NULL for none, which is also "" (transfer full). */
static char *zone_in(GVariant *settings)
{
    g_autoptr(GVariant) connection =
        g_variant_lookup_value(settings, "connection", G_VARIANT_TYPE_VARDICT);
    g_autofree char *zone = NULL;
    if (connection != NULL)
        g_variant_lookup(connection, "zone", "s", &zone);
    return zone != NULL && *zone != '\0' ? g_steal_pointer(&zone) : NULL;
}

static bool check_zone(const Action *action, GVariant *settings, GError **error)
{
    g_autofree char *found = zone_in(settings);
    if (g_strcmp0(found, action->from) == 0)
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

/* The settings of the profile of ACTION, and its object in PATH (both transfer full); NULL with an error. */
static GVariant *read_profile(Bus *bus, const Action *action, char **path, GError **error)
{
    g_autoptr(GVariant) profile = bus_call(bus, CALL_NETWORKMANAGER_GET_PROFILE_BY_UUID, NULL,
                                           g_variant_new("(s)", action->profile), error);
    if (profile == NULL)
        return NULL;
    const char *found;
    g_variant_get(profile, "(&o)", &found);
    g_autoptr(GVariant) reply =
        bus_call(bus, CALL_NETWORKMANAGER_GET_PROFILE_SETTINGS, found, NULL, error);
    if (reply == NULL)
        return NULL;
    *path = g_strdup(found);
    return g_variant_get_child_value(reply, 0);
}

bool networkmanager_change(Bus *bus, const Action *action, GError **error)
{
    g_autofree char *path = NULL;
    g_autoptr(GVariant) settings = read_profile(bus, action, &path, error);
    if (settings == NULL || !check_zone(action, settings, error))
        return false;
    guint32 flags = UPDATE_TO_DISK | (action->saved_only ? UPDATE_NO_REAPPLY : 0);
    g_autoptr(GVariant) saved =
        bus_call(bus, CALL_NETWORKMANAGER_UPDATE_PROFILE, path,
                 g_variant_new("(@a{sa{sv}}u@a{sv})", settings_with_zone(settings, action->to),
                               flags, g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0)),
                 error);
    return saved != NULL;
}

ProfileState networkmanager_profile_state(Bus *bus, const Action *action)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *path = NULL;
    g_autoptr(GVariant) settings = read_profile(bus, action, &path, &reason);
    if (settings == NULL)
        return g_strcmp0(bus_error_name(reason), NO_PROFILE) == 0 ? PROFILE_GONE : PROFILE_UNREAD;
    g_autofree char *zone = zone_in(settings);
    return g_strcmp0(zone, action->from) == 0 ? PROFILE_AS_BEFORE
           : g_strcmp0(zone, action->to) == 0 ? PROFILE_CHANGED
                                              : PROFILE_OTHER;
}
