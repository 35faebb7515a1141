/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of calls. Interfaces and signatures are documented in dbus/. */
#include "bus/calls.h"

#include <stddef.h>

#define FIREWALLD      FIREWALLD_SERVICE
#define FIREWALLD_PATH "/org/fedoraproject/FirewallD1"
#define CONFIG         FIREWALLD ".config"
#define CONFIG_PATH    FIREWALLD_PATH "/config"
#define NM             NETWORKMANAGER_SERVICE
#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define ZONE_TUPLE     "((sssbsasa(ss)asba(ssss)asasasasa(ss)b))"
#define SERVICE_TUPLE  "((sssa(ss)asa{ss}asa(ss)))"

#define BUS(method, parameters, reply)                                                             \
    {                                                                                              \
        "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,           \
            parameters, reply, LASTS_A_LOOK                                                        \
    }
#define RUNNING_LASTING(interface, method, parameters, reply, lasts)                               \
    {                                                                                              \
        FIREWALLD, FIREWALLD_PATH, interface, method, parameters, reply, lasts                     \
    }
#define RUNNING(interface, method, parameters, reply)                                              \
    RUNNING_LASTING(interface, method, parameters, reply, LASTS_A_LOOK)
#define IN_RULES(interface, method, parameters, reply)                                             \
    RUNNING_LASTING(interface, method, parameters, reply, LASTS_WITH_RULES)
#define IN_FORCE(interface, method, parameters, reply)                                             \
    RUNNING_LASTING(interface, method, parameters, reply, LASTS_IN_FORCE)
#define IN_FILES(method, parameters, reply)                                                        \
    {                                                                                              \
        FIREWALLD, CONFIG_PATH, CONFIG, method, parameters, reply, LASTS_WITH_WATCHED_FILES        \
    }
#define IN_FILES_AT(kind, method, parameters, reply)                                               \
    {                                                                                              \
        FIREWALLD, NULL, CONFIG kind, method, parameters, reply, LASTS_WITH_WATCHED_FILES          \
    }
#define PERMANENT(method, parameters, reply)                                                       \
    {                                                                                              \
        FIREWALLD, CONFIG_PATH, CONFIG, method, parameters, reply, LASTS_A_LOOK                    \
    }
#define PERMANENT_AT(kind, method, parameters, reply)                                              \
    {                                                                                              \
        FIREWALLD, NULL, CONFIG kind, method, parameters, reply, LASTS_A_LOOK                      \
    }
#define PERMANENT_ZONE(method, parameters, reply) PERMANENT_AT(".zone", method, parameters, reply)

static const CallRow rows[N_CALLS] = {
    [CALL_BUS_NAME_HAS_OWNER] = BUS("NameHasOwner", "(s)", "(b)"),
    [CALL_BUS_GET_NAME_OWNER] = BUS("GetNameOwner", "(s)", "(s)"),
    [CALL_BUS_GET_PROCESS_ID] = BUS("GetConnectionUnixProcessID", "(s)", "(u)"),

    [CALL_FIREWALLD_PROPERTIES] = RUNNING(PROPERTIES, "GetAll", "(s)", "(a{sv})"),
    [CALL_GET_DEFAULT_ZONE] = RUNNING(FIREWALLD, "getDefaultZone", "()", "(s)"),
    [CALL_QUERY_PANIC_MODE] = IN_RULES(FIREWALLD, "queryPanicMode", "()", "(b)"),
    [CALL_GET_LOG_DENIED] = IN_RULES(FIREWALLD, "getLogDenied", "()", "(s)"),
    [CALL_GET_ZONES] = IN_RULES(FIREWALLD ".zone", "getZones", "()", "(as)"),
    [CALL_GET_ACTIVE_ZONES] = RUNNING(FIREWALLD ".zone", "getActiveZones", "()", "(a{sa{sas}})"),
    [CALL_GET_ZONE_SETTINGS] = IN_FORCE(FIREWALLD ".zone", "getZoneSettings2", "(s)", "(a{sv})"),
    [CALL_GET_ZONE_SETTINGS_TUPLE] = IN_FORCE(FIREWALLD, "getZoneSettings", "(s)", ZONE_TUPLE),
    [CALL_GET_ZONE_OF_INTERFACE] = RUNNING(FIREWALLD ".zone", "getZoneOfInterface", "(s)", "(s)"),
    [CALL_GET_INTERFACES] = RUNNING(FIREWALLD ".zone", "getInterfaces", "(s)", "(as)"),
    [CALL_GET_POLICIES] = IN_RULES(FIREWALLD ".policy", "getPolicies", "()", "(as)"),
    [CALL_GET_POLICY_SETTINGS] =
        IN_FORCE(FIREWALLD ".policy", "getPolicySettings", "(s)", "(a{sv})"),
    [CALL_GET_SERVICE_SETTINGS] = IN_RULES(FIREWALLD, "getServiceSettings2", "(s)", "(a{sv})"),
    [CALL_GET_SERVICE_SETTINGS_TUPLE] =
        IN_RULES(FIREWALLD, "getServiceSettings", "(s)", SERVICE_TUPLE),
    [CALL_GET_IPSET_SETTINGS] =
        IN_RULES(FIREWALLD ".ipset", "getIPSetSettings", "(s)", "((ssssa{ss}as))"),
    [CALL_GET_DIRECT_RULES] = IN_RULES(FIREWALLD ".direct", "getAllRules", "()", "(a(sssias))"),
    [CALL_GET_DIRECT_PASSTHROUGHS] =
        IN_RULES(FIREWALLD ".direct", "getAllPassthroughs", "()", "(a(sas))"),
    [CALL_CHECK_PERMANENT_CONFIG] =
        RUNNING_LASTING(FIREWALLD, "checkPermanentConfig", "()", "()", LASTS_WITH_FILES),

    [CALL_CONFIG_PROPERTIES] = {FIREWALLD, CONFIG_PATH, PROPERTIES, "GetAll", "(s)", "(a{sv})",
                                LASTS_A_LOOK},
    [CALL_CONFIG_GET_ZONE_OF_INTERFACE] = PERMANENT("getZoneOfInterface", "(s)", "(s)"),
    [CALL_CONFIG_GET_ZONE_BY_NAME] = IN_FILES("getZoneByName", "(s)", "(o)"),
    [CALL_CONFIG_ZONE_GET_SETTINGS] = IN_FILES_AT(".zone", "getSettings2", "()", "(a{sv})"),
    [CALL_CONFIG_GET_ZONE_NAMES] = IN_FILES("getZoneNames", "()", "(as)"),
    [CALL_CONFIG_GET_POLICY_NAMES] = IN_FILES("getPolicyNames", "()", "(as)"),
    [CALL_CONFIG_GET_POLICY_BY_NAME] = IN_FILES("getPolicyByName", "(s)", "(o)"),
    [CALL_CONFIG_POLICY_GET_SETTINGS] = IN_FILES_AT(".policy", "getSettings", "()", "(a{sv})"),
    [CALL_CONFIG_GET_SERVICE_BY_NAME] = IN_FILES("getServiceByName", "(s)", "(o)"),
    [CALL_CONFIG_SERVICE_GET_SETTINGS] = IN_FILES_AT(".service", "getSettings2", "()", "(a{sv})"),
    [CALL_CONFIG_GET_IPSET_BY_NAME] = IN_FILES("getIPSetByName", "(s)", "(o)"),
    [CALL_CONFIG_IPSET_GET_SETTINGS] =
        IN_FILES_AT(".ipset", "getSettings", "()", "((ssssa{ss}as))"),
    [CALL_CONFIG_GET_DIRECT_SETTINGS] = {FIREWALLD, CONFIG_PATH, CONFIG ".direct", "getSettings",
                                         "()", "((a(sss)a(sssias)a(sas)))",
                                         LASTS_WITH_WATCHED_FILES},

    [CALL_SET_LOG_DENIED] = RUNNING(FIREWALLD, "setLogDenied", "(s)", "()"),
    [CALL_ADD_INTERFACE] = RUNNING(FIREWALLD ".zone", "addInterface", "(ss)", "(s)"),
    [CALL_REMOVE_INTERFACE] = RUNNING(FIREWALLD ".zone", "removeInterface", "(ss)", "(s)"),
    [CALL_CHANGE_ZONE_OF_INTERFACE] =
        RUNNING(FIREWALLD ".zone", "changeZoneOfInterface", "(ss)", "(s)"),
    [CALL_SET_ZONE_SETTINGS] = RUNNING(FIREWALLD ".zone", "setZoneSettings2", "(sa{sv})", "()"),
    [CALL_ADD_SOURCE] = RUNNING(FIREWALLD ".zone", "addSource", "(ss)", "(s)"),
    [CALL_REMOVE_SOURCE] = RUNNING(FIREWALLD ".zone", "removeSource", "(ss)", "(s)"),
    [CALL_ADD_SERVICE] = RUNNING(FIREWALLD ".zone", "addService", "(ssi)", "(s)"),
    [CALL_REMOVE_SERVICE] = RUNNING(FIREWALLD ".zone", "removeService", "(ss)", "(s)"),
    [CALL_ADD_PORT] = RUNNING(FIREWALLD ".zone", "addPort", "(sssi)", "(s)"),
    [CALL_REMOVE_PORT] = RUNNING(FIREWALLD ".zone", "removePort", "(sss)", "(s)"),
    [CALL_SET_POLICY_SETTINGS] =
        RUNNING(FIREWALLD ".policy", "setPolicySettings", "(sa{sv})", "()"),
    [CALL_RELOAD] = RUNNING(FIREWALLD, "reload", "()", "()"),
    [CALL_CONFIG_ZONE_ADD_INTERFACE] = PERMANENT_ZONE("addInterface", "(s)", "()"),
    [CALL_CONFIG_ZONE_REMOVE_INTERFACE] = PERMANENT_ZONE("removeInterface", "(s)", "()"),
    [CALL_CONFIG_ZONE_UPDATE] = PERMANENT_ZONE("update2", "(a{sv})", "()"),
    [CALL_CONFIG_ZONE_ADD_SOURCE] = PERMANENT_ZONE("addSource", "(s)", "()"),
    [CALL_CONFIG_ZONE_REMOVE_SOURCE] = PERMANENT_ZONE("removeSource", "(s)", "()"),
    [CALL_CONFIG_ZONE_ADD_SERVICE] = PERMANENT_ZONE("addService", "(s)", "()"),
    [CALL_CONFIG_ZONE_REMOVE_SERVICE] = PERMANENT_ZONE("removeService", "(s)", "()"),
    [CALL_CONFIG_ZONE_ADD_PORT] = PERMANENT_ZONE("addPort", "(ss)", "()"),
    [CALL_CONFIG_ZONE_REMOVE_PORT] = PERMANENT_ZONE("removePort", "(ss)", "()"),
    [CALL_CONFIG_ADD_POLICY] = PERMANENT("addPolicy", "(sa{sv})", "(o)"),
    [CALL_CONFIG_POLICY_REMOVE] = PERMANENT_AT(".policy", "remove", "()", "()"),

    [CALL_NETWORKMANAGER_PROPERTY] = {NM, "/org/freedesktop/NetworkManager", PROPERTIES, "Get",
                                      "(ss)", "(v)", LASTS_A_LOOK},
    [CALL_NETWORKMANAGER_GET_DEVICE] = {NM, "/org/freedesktop/NetworkManager", NM,
                                        "GetDeviceByIpIface", "(s)", "(o)", LASTS_A_LOOK},
    [CALL_NETWORKMANAGER_PROPERTIES_AT] = {NM, NULL, PROPERTIES, "GetAll", "(s)", "(a{sv})",
                                           LASTS_A_LOOK},
    [CALL_NETWORKMANAGER_GET_PROFILE_SETTINGS] = {NM, NULL, NM ".Settings.Connection",
                                                  "GetSettings", "()", "(a{sa{sv}})", LASTS_A_LOOK},
    [CALL_NETWORKMANAGER_GET_PROFILE_BY_UUID] = {NM, "/org/freedesktop/NetworkManager/Settings",
                                                 NM ".Settings", "GetConnectionByUuid", "(s)",
                                                 "(o)", LASTS_A_LOOK},
    [CALL_NETWORKMANAGER_UPDATE_PROFILE] = {NM, NULL, NM ".Settings.Connection", "Update2",
                                            "(a{sa{sv}}ua{sv})", "(a{sv})", LASTS_A_LOOK},
};

const CallRow *call_row(CallId call)
{
    return &rows[call];
}
