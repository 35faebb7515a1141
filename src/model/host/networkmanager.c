/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkManager's devices: see networkmanager.h. */
#include "model/host/networkmanager.h"

#include "model/foreach.h"

G_STATIC_ASSERT(G_STRUCT_OFFSET(ManagedDevice, interface) == 0);

ManagedDevice *managed_device_new(const char *interface)
{
    ManagedDevice *device = g_new0(ManagedDevice, 1);
    device->interface = g_strdup(interface);
    return device;
}

static ManagedDevice *managed_device_copy(const ManagedDevice *device)
{
    ManagedDevice *copy = g_memdup2(device, sizeof *device);
    copy->interface = g_strdup(device->interface);
    copy->profile = g_strdup(device->profile);
    copy->profile_uuid = g_strdup(device->profile_uuid);
    copy->zone = g_strdup(device->zone);
    return copy;
}

void managed_device_free(ManagedDevice *device)
{
    if (device == NULL)
        return;
    g_free(device->interface);
    g_free(device->profile);
    g_free(device->profile_uuid);
    g_free(device->zone);
    g_free(device);
}

NetworkManager *networkmanager_new(void)
{
    NetworkManager *networkmanager = g_new0(NetworkManager, 1);
    networkmanager->devices = g_ptr_array_new_with_free_func((GDestroyNotify)managed_device_free);
    return networkmanager;
}

NetworkManager *networkmanager_copy(const NetworkManager *networkmanager)
{
    NetworkManager *copy = networkmanager_new();
    copy->running = networkmanager->running;
    copy->version = g_strdup(networkmanager->version);
    PTR_ARRAY_FOREACH (const ManagedDevice, device, networkmanager->devices)
        g_ptr_array_add(copy->devices, managed_device_copy(device));
    return copy;
}

void networkmanager_free(NetworkManager *networkmanager)
{
    g_free(networkmanager->version);
    name_index_free(networkmanager->index);
    g_ptr_array_unref(networkmanager->devices);
    g_free(networkmanager);
}

const ManagedDevice *networkmanager_device(const NetworkManager *networkmanager,
                                           const char *interface)
{
    return name_index_find(&((NetworkManager *)networkmanager)->index, networkmanager->devices,
                           interface);
}

bool networkmanager_is_known(const NetworkManager *networkmanager, const char *interface)
{
    return networkmanager->running == TRISTATE_NO ||
           networkmanager_device(networkmanager, interface) != NULL;
}
