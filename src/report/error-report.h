/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How errors are told: one sentence for people, one document for programs. */
#pragma once

#include "report/output.h"

/* Writes "nicfix: MESSAGE; HINT", escaped, to standard error. */
void error_report_tell(const GError *error);

json_t *error_report_json(const GError *error);
