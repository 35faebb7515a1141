/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings about the bindings themselves: those that name no link, that will not last, or that
 * contradict one another. */
#pragma once

#include "model/diagnosis/finding.h"
#include "model/host/snapshot.h"

/* Adds to FINDINGS (element type Finding) what is found of SNAPSHOT's bindings. */
void binding_findings_add(GPtrArray *findings, const Snapshot *snapshot);

/* Whether ZONE is one that Docker, podman, libvirt or NetworkManager makes for itself, binds its own
 * interfaces to, and binds again after a reload. */
bool zone_is_of_another_program(const char *zone);
