/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What NetworkManager was read to say of its devices. */
#pragma once

#include "model/host/name-index.h"
#include "model/host/tristate.h"

#include <glib.h>
#include <stdbool.h>

/* What NetworkManager says of one link. */
typedef struct {
    char *interface;
    bool managed;       /* it has an active profile that NetworkManager itself brought up */
    bool external;      /* "connected (externally)": the profile was made from what was found */
    char *profile;      /* the name of the active profile, or NULL */
    char *profile_uuid; /* or NULL */
    char *zone;         /* connection.zone; NULL: unset, which means the default zone */
} ManagedDevice;

typedef struct {
    Tristate running;
    char *version;
    GPtrArray *devices; /* ManagedDevice: the uplinks and the bound links */
    NameIndex *index;   /* of DEVICES; NULL: none asked for yet */
} NetworkManager;

NetworkManager *networkmanager_new(void);
NetworkManager *networkmanager_copy(const NetworkManager *networkmanager);
void networkmanager_free(NetworkManager *networkmanager);
ManagedDevice *managed_device_new(const char *interface);
void managed_device_free(ManagedDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ManagedDevice, managed_device_free)

/* NULL where nothing was read about INTERFACE (transfer none). */
const ManagedDevice *networkmanager_device(const NetworkManager *networkmanager,
                                           const char *interface);

/* Whether it is known if NetworkManager manages INTERFACE. */
bool networkmanager_is_known(const NetworkManager *networkmanager, const char *interface);
