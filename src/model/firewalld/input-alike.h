/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether other bindings leave what comes in for the host as it is, which is far cheaper to tell than the verdict
 * of every port. It only says so where each thing that the verdict of such a flow looks at is the same. */
#pragma once

#include "model/host/snapshot.h"

/* Whether AFTER, which differs from BEFORE in nothing but which interfaces zones bind, at run time or
 * permanently, and in whether zones forward, may be compared by input_is_alike(). */
bool input_is_comparable(const Snapshot *before, const Snapshot *after);

/* Whether what comes in on the interface NAME for the host gets the same verdict before and after, from any
 * address, to any port. BEFORE and AFTER are comparable. */
bool input_is_alike(const Snapshot *before, const Snapshot *after, const char *name);
