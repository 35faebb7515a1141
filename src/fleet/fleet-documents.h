/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The documents that nicfix wrote on the hosts of a fleet, one after another: what check --json,
 * snapshot, apply --json and failures of them say becomes a row of a FleetReport. */
#pragma once

#include "fleet/fleet-report.h"

/* Returns the paths of the documents that ARGUMENTS name, which are files, "-" for standard input,
 * or directories, whose *.json are taken in the order of their names, but for hidden ones (char *,
 * transfer full). A directory that has none stands for itself, to be told of when it is read. */
GPtrArray *fleet_documents_find(char *const *arguments);

/* Reads the document at PATH, "-" for standard input, into a row (transfer full). It never fails:
 * what cannot be read is a row of FLEET_UNREADABLE that says why. A snapshot is diagnosed with
 * NAMED_UPLINKS as for diagnose(). The host is named by its snapshot, or else by the file. */
FleetHost *fleet_document_read(const char *path, const char *const *named_uplinks);
