/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns firewalld's replies into values of the model. Pure: makes no calls.
 *
 * Rules: unknown keys are ignored, since later releases add some; absent keys leave the list empty or
 * the fact unknown, since firewalld omits empty lists. A value of the wrong type or without meaning is
 * NICFIX_ERROR_BAD_REPLY, which names the setting and its owner. */
#pragma once

#include "model/host/snapshot.h"

#include <stdbool.h>

/* Each decodes the settings of NAME and returns its Zone, Policy, Service or Ipset (transfer full);
 * NULL on error. */

/* The settings of getZoneSettings2 (a{sv}), or of getZoneSettings, a tuple that only releases before
 * 0.9 need: these had no forward setting and did not forward within a zone. */
gpointer firewalld_decode_zone(const char *name, GVariant *value,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The settings of getPolicySettings (a{sv}). */
gpointer firewalld_decode_policy(const char *name, GVariant *value,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The settings of getServiceSettings2 (a{sv}), or of getServiceSettings, a tuple without includes. */
gpointer firewalld_decode_service(const char *name, GVariant *value,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The settings of getIPSetSettings, a tuple. Only the kernel knows the entries of a set whose
 * entries expire (firewall/core/fw_ipset.py): these count as not read. Never fails. */
gpointer firewalld_decode_ipset(const char *name, GVariant *settings, GError **error);

/* The answer of getActiveZones (a{sa{sas}}): zones whose settings are unread, sorted by name
 * (element type Zone, transfer full). */
GPtrArray *firewalld_decode_active_zones(GVariant *zones);

/* The properties (a{sv}) of firewalld's main object into version and state of FIREWALLD, and of its
 * "config" object into the options. On error these may be filled in part. */
bool firewalld_decode_identity(GVariant *properties, Firewalld *firewalld,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool firewalld_decode_options(GVariant *properties, FirewalldOptions *options,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same properties into what FIREWALLD would load: its options, the default zone and what is
 * logged. */
bool firewalld_decode_conf(GVariant *properties, Firewalld *firewalld,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The answer of config.getZoneOfInterface for INTERFACE: a zone, nothing, or a sentence where several
 * zones bind it (transfer full). */
PermanentBinding *firewalld_decode_permanent_binding(const char *interface, const char *answer);
