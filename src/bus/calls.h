/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every D-Bus call that nicfix makes, one row each. A unit test compares the rows with dbus/. */
#pragma once

typedef enum {
    CALL_BUS_NAME_HAS_OWNER,
    CALL_BUS_GET_NAME_OWNER,
    CALL_BUS_GET_PROCESS_ID,

    /* firewalld's running side, read */
    CALL_FIREWALLD_PROPERTIES,
    CALL_GET_DEFAULT_ZONE,
    CALL_QUERY_PANIC_MODE,
    CALL_GET_LOG_DENIED,
    CALL_GET_ZONES,
    CALL_GET_ACTIVE_ZONES,
    CALL_GET_ZONE_SETTINGS,
    CALL_GET_ZONE_SETTINGS_TUPLE,
    CALL_GET_ZONE_OF_INTERFACE,
    CALL_GET_INTERFACES,
    CALL_GET_POLICIES,
    CALL_GET_POLICY_SETTINGS,
    CALL_GET_SERVICE_SETTINGS,
    CALL_GET_SERVICE_SETTINGS_TUPLE,
    CALL_GET_IPSET_SETTINGS,
    CALL_GET_DIRECT_RULES,
    CALL_GET_DIRECT_PASSTHROUGHS,

    /* firewalld's permanent side, read */
    CALL_CONFIG_PROPERTIES,
    CALL_CONFIG_GET_ZONE_OF_INTERFACE,
    CALL_CONFIG_GET_ZONE_BY_NAME,
    CALL_CONFIG_ZONE_GET_SETTINGS,
    CALL_CONFIG_GET_ZONE_NAMES,
    CALL_CONFIG_GET_POLICY_NAMES,
    CALL_CONFIG_GET_POLICY_BY_NAME,
    CALL_CONFIG_POLICY_GET_SETTINGS,
    CALL_CONFIG_GET_SERVICE_BY_NAME,
    CALL_CONFIG_SERVICE_GET_SETTINGS,
    CALL_CONFIG_GET_IPSET_BY_NAME,
    CALL_CONFIG_IPSET_GET_SETTINGS,
    CALL_CONFIG_GET_DIRECT_SETTINGS,
    CALL_CHECK_PERMANENT_CONFIG,

    /* firewalld, changed */
    CALL_SET_LOG_DENIED,
    CALL_ADD_INTERFACE,
    CALL_REMOVE_INTERFACE,
    CALL_CHANGE_ZONE_OF_INTERFACE,
    CALL_SET_ZONE_SETTINGS,
    CALL_ADD_SOURCE,
    CALL_REMOVE_SOURCE,
    CALL_ADD_SERVICE,
    CALL_REMOVE_SERVICE,
    CALL_ADD_PORT,
    CALL_REMOVE_PORT,
    CALL_SET_POLICY_SETTINGS,
    CALL_RELOAD,
    CALL_CONFIG_ZONE_ADD_INTERFACE,
    CALL_CONFIG_ZONE_REMOVE_INTERFACE,
    CALL_CONFIG_ZONE_UPDATE,
    CALL_CONFIG_ZONE_ADD_SOURCE,
    CALL_CONFIG_ZONE_REMOVE_SOURCE,
    CALL_CONFIG_ZONE_ADD_SERVICE,
    CALL_CONFIG_ZONE_REMOVE_SERVICE,
    CALL_CONFIG_ZONE_ADD_PORT,
    CALL_CONFIG_ZONE_REMOVE_PORT,
    CALL_CONFIG_ADD_POLICY,
    CALL_CONFIG_POLICY_REMOVE,

    /* NetworkManager, read */
    CALL_NETWORKMANAGER_PROPERTY,
    CALL_NETWORKMANAGER_GET_DEVICE,
    CALL_NETWORKMANAGER_PROPERTIES_AT,
    CALL_NETWORKMANAGER_GET_PROFILE_SETTINGS,
    CALL_NETWORKMANAGER_GET_PROFILE_BY_UUID,

    /* NetworkManager, changed */
    CALL_NETWORKMANAGER_UPDATE_PROFILE,

    N_CALLS,
} CallId;

/* How long firewalld's answer stays what it is. "While the rules are the same" is true of what is in force, with
 * its nftables backend: a change that a packet can tell, and every reload, changes firewalld's table. */
typedef enum {
    LASTS_A_LOOK,     /* while the host is looked at once, and no longer */
    LASTS_WITH_RULES, /* while the kernel's rules are the same */
    LASTS_IN_FORCE, /* likewise, but a zone or policy that is not in force may change without them */
    LASTS_WITH_FILES, /* while no file of firewalld's configuration changes */
    LASTS_WITH_WATCHED_FILES, /* likewise, but firewalld answers from memory, and reads a file again only 5 s
                                 after it has changed (measured with 1.3.3) */
    N_LASTS,
} CallLasts;

typedef struct {
    const char *service; /* the bus name that is called */
    const char *path;    /* NULL where it differs from call to call */
    const char *interface;
    const char *method;
    const char *parameters; /* GVariant type string of the arguments, always a tuple */
    const char *reply;      /* GVariant type string of the answer, always a tuple */
    CallLasts lasts;
} CallRow;

#define FIREWALLD_SERVICE      "org.fedoraproject.FirewallD1"
#define NETWORKMANAGER_SERVICE "org.freedesktop.NetworkManager"

/* Returns the row of CALL (static). */
const CallRow *call_row(CallId call);
