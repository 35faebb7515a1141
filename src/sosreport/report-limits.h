/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of a sosreport is read: sos itself cuts the output of a command at 25 MiB by default, and a
 * snapshot of nicfix is at most as large as a document may be. */
#pragma once

#include "documents/document.h"

#define REPORT_FILE_MAX  DOCUMENT_SIZE_MAX
#define REPORT_TOTAL_MAX (2 * DOCUMENT_SIZE_MAX)
