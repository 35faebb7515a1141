/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's nf_tables rules as a part of the snapshot document, without loss. An expression is an
 * object whose member "op" names it, and whose other members depend on that. */
#pragma once

#include "documents/json-members.h"
#include "model/host/ruleset.h"

/* The ruleset of a Snapshot: an object, or null where it could not be read. */
extern const MemberType member_ruleset;
