/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The documents that nicfix wrote on the hosts of a fleet: what check --json, snapshot, apply --json
 * and their failures say becomes a row of a FleetReport. */
#pragma once

#include "fleet/fleet-report.h"

/* Returns the paths of the documents that ARGUMENTS name (char *, transfer full): files, "-" for
 * standard input, and directories, of which the *.json files are taken in the order of their names,
 * except for hidden ones. A directory without any stays in the list: reading it reports that. */
GPtrArray *fleet_documents_find(char *const *arguments);

/* Reads the document at PATH, "-" for standard input, into a row (transfer full). It never fails:
 * a document that cannot be read is a row of FLEET_UNREADABLE that says why. A snapshot is diagnosed
 * with DECLARED as for diagnose(). A snapshot names its host; else the file's name does. */
FleetHost *fleet_document_read(const char *path, const Declared *declared);
