/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a reload of firewalld undoes: the running settings that are not the permanent ones. */
#pragma once

#include "model/host/snapshot.h"

/* What is different after a reload, one phrase each, such as "zone public loses service http" (char *;
 * transfer full); empty where a reload changes nothing. Fails as snapshot_after() does. */
GPtrArray *losses_at_reload(const Snapshot *snapshot, GError **error) G_GNUC_WARN_UNUSED_RESULT;
