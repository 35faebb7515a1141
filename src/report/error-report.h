/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors: a sentence and a hint for people, one document for programs. */
#pragma once

#include "report/output.h"

/* ERROR as text (transfer full): "nicfix: MESSAGE; HINT" where STYLE has no width, on one line for
 * grep unless that would be so long that nobody sees the hint; else wrapped to the width, with the
 * hint after "try:" on a line of its own.
 * UNICODE is whether the reader can see more than ASCII. */
char *error_report_text(const GError *error, const TextStyle *style, bool unicode);

/* Writes ERROR to standard error. */
void error_report_print(const GError *error);

/* The same as its document, for a nicfix that reads it. */
void error_report_print_document(const GError *error);

/* ERROR as the document nicfix.error/1 (transfer full). */
json_t *error_report_json(const GError *error);
