/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How errors are told: one sentence for people, one document for programs. */
#pragma once

#include "report/output.h"

/* "nicfix: MESSAGE; HINT", escaped, with a newline (transfer full). */
char *error_report_text(const GError *error, const TextStyle *style);
JsonNode *error_report_json(const GError *error);
