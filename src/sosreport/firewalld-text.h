/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewalld's settings as firewall-cmd prints them, as its file firewalld.conf has them, and what the
 * names in the kernel's ruleset tell of them. */
#pragma once

#include "model/host/snapshot.h"

/* The zones of "firewall-cmd --list-all-zones" (Zone, transfer full). Fails with NICFIX_ERROR_BAD_INPUT, which begins
 * with NAME, on what that does not print. A setting that is not there is not known. */
GPtrArray *zones_from_text(char *const *lines, const char *name,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The policies of "firewall-cmd --list-all-policies" (Policy), likewise. */
GPtrArray *policies_from_text(char *const *lines, const char *name,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fills the options and the default zone of FIREWALLD from the lines of firewalld.conf. */
void firewalld_conf_from_text(char *const *lines, Firewalld *firewalld);

/* Of the ruleset as "nft list ruleset" prints it: whether firewalld is in panic mode, and, WITH_POLICIES,
 * the names of those that are in force, each as one whose settings are not known. Nothing else is taken
 * from it. False where it has no table of firewalld's. */
bool firewalld_names_from_ruleset(char *const *lines, Firewalld *firewalld, bool with_policies);
