/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a link to the zone of its profile it takes four calls, each on the object that the one before
 * returned; those for different links run side by side. */
#include "observe/services/networkmanager.h"

#include "bus/bus-error.h"
#include "model/error.h"
#include "model/foreach.h"

/* NM_ACTIVATION_STATE_FLAG_EXTERNAL, nm-dbus-interface.h of NetworkManager 1.42. */
#define STATE_FLAG_EXTERNAL 0x80u

#define UNKNOWN_DEVICE "org.freedesktop.NetworkManager.UnknownDevice"

typedef enum {
    STEP_FIND_DEVICE,
    STEP_READ_DEVICE,
    STEP_READ_ACTIVE_CONNECTION,
    STEP_READ_PROFILE,
    STEP_DONE,
    STEP_FAILED,
} Step;

typedef struct {
    ManagedDevice *device;
    Step step;
    char *path; /* of the object that STEP reads */
} Progress;

struct NetworkManagerReader {
    Snapshot *snapshot;
    bool is_started;
    GPtrArray *devices; /* Progress */
    GHashTable *known;  /* names of their interfaces */
};

static void progress_free(Progress *progress)
{
    managed_device_free(progress->device);
    g_free(progress->path);
    g_free(progress);
}

NetworkManagerReader *networkmanager_reader_new(Snapshot *snapshot)
{
    NetworkManagerReader *reader = g_new0(NetworkManagerReader, 1);
    reader->snapshot = snapshot;
    reader->devices = g_ptr_array_new_with_free_func((GDestroyNotify)progress_free);
    reader->known = g_hash_table_new(g_str_hash, g_str_equal);
    return reader;
}

void networkmanager_reader_free(NetworkManagerReader *reader)
{
    if (reader == NULL)
        return;
    g_hash_table_unref(reader->known);
    g_ptr_array_unref(reader->devices);
    g_free(reader);
}

/* ---- the service ---- */

static bool take_owner(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    NetworkManager *networkmanager = user;
    gboolean has_owner;
    g_variant_get(reply, "(b)", &has_owner);
    networkmanager->running = has_owner ? TRISTATE_YES : TRISTATE_NO;
    return true;
}

void networkmanager_add_first_calls(NetworkManagerReader *reader, CallBatch *batch)
{
    const Call call = {
        .id = CALL_BUS_NAME_HAS_OWNER,
        .parameters = g_variant_new("(s)", NETWORKMANAGER_SERVICE),
        .decode = take_owner,
        .user = reader->snapshot->networkmanager,
    };
    call_batch_add(batch, &call, "whether NetworkManager is running");
}

static bool take_version(GVariant *reply, gpointer user, GError **error)
{
    NetworkManager *networkmanager = user;
    g_autoptr(GVariant) version = NULL;
    g_variant_get(reply, "(v)", &version);
    if (!g_variant_is_of_type(version, G_VARIANT_TYPE_STRING)) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_REPLY, NULL,
                         "NetworkManager gives its version the type %s",
                         g_variant_get_type_string(version));
        return false;
    }
    g_free(networkmanager->version);
    const char *text = g_variant_get_string(version, NULL);
    networkmanager->version = *text == '\0' ? NULL : g_strdup(text);
    return true;
}

/* ---- the steps of a device ---- */

static void go_on(Progress *progress, Step step, const char *path)
{
    g_free(progress->path);
    progress->path = g_strdup(path);
    progress->step = step;
}

/* g_variant_lookup() with an error. */
static bool read_property(const Progress *progress, GVariant *properties, const char *name,
                          const char *type, gpointer value, GError **error)
{
    if (g_variant_lookup(properties, name, type, value))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_BAD_REPLY, NULL,
                     "NetworkManager's property %s of %s is missing or of an unexpected type", name,
                     progress->device->interface);
    return false;
}

static bool take_device_path(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    const char *path;
    g_variant_get(reply, "(&o)", &path);
    go_on(user, STEP_READ_DEVICE, path);
    return true;
}

static bool take_device(GVariant *reply, gpointer user, GError **error)
{
    Progress *progress = user;
    g_autoptr(GVariant) properties = g_variant_get_child_value(reply, 0);
    gboolean managed;
    const char *active_connection;
    if (!read_property(progress, properties, "Managed", "b", &managed, error) ||
        !read_property(progress, properties, "ActiveConnection", "&o", &active_connection, error))
        return false;
    if (managed && !g_str_equal(active_connection, "/"))
        go_on(progress, STEP_READ_ACTIVE_CONNECTION, active_connection);
    else
        progress->step = STEP_DONE;
    return true;
}

static bool take_active_connection(GVariant *reply, gpointer user, GError **error)
{
    Progress *progress = user;
    ManagedDevice *device = progress->device;
    g_autoptr(GVariant) properties = g_variant_get_child_value(reply, 0);
    const char *profile;
    const char *id;
    const char *uuid;
    guint32 flags;
    if (!read_property(progress, properties, "Connection", "&o", &profile, error) ||
        !read_property(progress, properties, "Id", "&s", &id, error) ||
        !read_property(progress, properties, "Uuid", "&s", &uuid, error) ||
        !read_property(progress, properties, "StateFlags", "u", &flags, error))
        return false;
    device->external = (flags & STATE_FLAG_EXTERNAL) != 0;
    device->managed = !device->external;
    device->profile = *id == '\0' ? NULL : g_strdup(id);
    device->profile_uuid = *uuid == '\0' ? NULL : g_strdup(uuid);
    go_on(progress, STEP_READ_PROFILE, profile);
    return true;
}

static bool take_profile(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    Progress *progress = user;
    g_autoptr(GVariant) settings = g_variant_get_child_value(reply, 0);
    g_autoptr(GVariant) connection =
        g_variant_lookup_value(settings, "connection", G_VARIANT_TYPE_VARDICT);
    const char *zone = "";
    if (connection != NULL)
        g_variant_lookup(connection, "zone", "&s", &zone);
    progress->device->zone = *zone == '\0' ? NULL : g_strdup(zone);
    progress->step = STEP_DONE;
    return true;
}

static const struct {
    CallId call;
    const char *interface; /* whose properties are read; NULL: none */
    CallDecode decode;
} steps[] = {
    [STEP_FIND_DEVICE] = {CALL_NETWORKMANAGER_GET_DEVICE, NULL, take_device_path},
    [STEP_READ_DEVICE] = {CALL_NETWORKMANAGER_PROPERTIES_AT, NETWORKMANAGER_SERVICE ".Device",
                          take_device},
    [STEP_READ_ACTIVE_CONNECTION] = {CALL_NETWORKMANAGER_PROPERTIES_AT,
                                     NETWORKMANAGER_SERVICE ".Connection.Active",
                                     take_active_connection},
    [STEP_READ_PROFILE] = {CALL_NETWORKMANAGER_GET_PROFILE_SETTINGS, NULL, take_profile},
};

/* NetworkManager leaves a link alone that it has no device for. */
static bool take_failure(const GError *error, gpointer user)
{
    Progress *progress = user;
    bool is_unknown = g_strcmp0(bus_error_name(error), UNKNOWN_DEVICE) == 0;
    progress->step = is_unknown ? STEP_DONE : STEP_FAILED;
    return is_unknown;
}

static void add_next_step(Progress *progress, CallBatch *batch)
{
    bool is_first = progress->step == STEP_FIND_DEVICE;
    const char *interface = progress->device->interface;
    const char *argument = is_first ? interface : steps[progress->step].interface;
    const Call call = {
        .id = steps[progress->step].call,
        .path = progress->path,
        .parameters = argument == NULL ? NULL : g_variant_new("(s)", argument),
        .decode = steps[progress->step].decode,
        .failed = take_failure,
        .user = progress,
    };
    call_batch_add(batch, &call, "NetworkManager's profile of %s", interface);
}

/* ---- all devices ---- */

void networkmanager_add_calls(NetworkManagerReader *reader, const Interests *interests,
                              CallBatch *batch)
{
    if (reader->snapshot->networkmanager->running != TRISTATE_YES)
        return;
    if (!reader->is_started) {
        const Call call = {
            .id = CALL_NETWORKMANAGER_PROPERTY,
            .parameters = g_variant_new("(ss)", NETWORKMANAGER_SERVICE, "Version"),
            .decode = take_version,
            .user = reader->snapshot->networkmanager,
        };
        call_batch_add(batch, &call, "NetworkManager's version");
    }
    reader->is_started = true;
    g_autoptr(GPtrArray) links = interests_links(interests);
    PTR_ARRAY_FOREACH (const char, link, links) {
        if (g_hash_table_contains(reader->known, link))
            continue;
        Progress *progress = g_new0(Progress, 1);
        progress->device = managed_device_new(link);
        g_hash_table_add(reader->known, progress->device->interface);
        g_ptr_array_add(reader->devices, progress);
    }
    PTR_ARRAY_FOREACH (Progress, progress, reader->devices) {
        if (progress->step < STEP_DONE)
            add_next_step(progress, batch);
    }
}

GPtrArray *networkmanager_zones(const NetworkManagerReader *reader)
{
    GPtrArray *zones = g_ptr_array_new();
    PTR_ARRAY_FOREACH (const Progress, progress, reader->devices) {
        if (progress->device->managed && progress->device->zone != NULL)
            g_ptr_array_add(zones, progress->device->zone);
    }
    return zones;
}

void networkmanager_reader_finish(NetworkManagerReader *reader)
{
    PTR_ARRAY_FOREACH (Progress, progress, reader->devices) {
        if (progress->step == STEP_DONE)
            g_ptr_array_add(reader->snapshot->networkmanager->devices,
                            g_steal_pointer(&progress->device));
    }
    g_hash_table_remove_all(reader->known);
    g_ptr_array_set_size(reader->devices, 0);
}
