/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewalld's answers turned into values of the model. Pure: no calls are made here.
 *
 * Rules: keys that are not known are ignored, since later releases add some; keys that are absent
 * leave the list empty or the fact unknown, since firewalld leaves out empty lists. A value of the
 * wrong type or without meaning is NICFIX_ERROR_BAD_REPLY, naming whose and which setting it is. */
#pragma once

#include "model/host/snapshot.h"

#include <stdbool.h>

/* The settings of getZoneSettings2 (a{sv}) or of getZoneSettings, a tuple, which only releases
 * before 0.9 need: these had no forward setting and did not forward within a zone. Both return NULL
 * on error (transfer full). */
Zone *firewalld_decode_zone(const char *name, GVariant *settings,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
Zone *firewalld_decode_zone_tuple(const char *name, GVariant *settings,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The settings of getPolicySettings (a{sv}); NULL on error (transfer full). */
Policy *firewalld_decode_policy(const char *name, GVariant *settings,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The settings of getServiceSettings2 (a{sv}) or of getServiceSettings, a tuple without includes;
 * NULL on error (transfer full). */
Service *firewalld_decode_service(const char *name, GVariant *settings,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
Service *firewalld_decode_service_tuple(const char *name, GVariant *settings,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The settings of getIPSetSettings, a tuple. The entries of a set whose entries expire are known to
 * the kernel only (firewall/core/fw_ipset.py): it counts as not read (transfer full). */
Ipset *firewalld_decode_ipset(const char *name, GVariant *settings);

/* The answer of getActiveZones (a{sa{sas}}): zones whose settings are not read yet, ordered by name
 * (element type Zone, transfer full). */
GPtrArray *firewalld_decode_active_zones(GVariant *zones);

/* The properties (a{sv}) of firewalld's main object into version and state of FIREWALLD, and of its
 * "config" object into the options. Nothing is written where false is returned. */
bool firewalld_decode_identity(GVariant *properties, Firewalld *firewalld,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool firewalld_decode_options(GVariant *properties, FirewalldOptions *options,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same properties into what FIREWALLD would load: its options, the default zone and what is
 * logged. */
bool firewalld_decode_conf(GVariant *properties, Firewalld *firewalld,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What config.getZoneOfInterface says of INTERFACE: a zone, nothing, or a sentence where several
 * zones bind it (transfer full). */
PermanentBinding *firewalld_decode_permanent_binding(const char *interface, const char *answer);
