/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line for Kubernetes' node-problem-detector, and the exit status it wants (its
 * docs/custom_plugin_monitor.md, and plugin.go: any other status than 0 and 1 is unknown). */
#pragma once

#include "model/diagnosis/diagnosis.h"

typedef enum {
    NPD_OK,
    NPD_PROBLEM,
    NPD_UNKNOWN,
} NpdStatus;

/* Whether DIAGNOSIS has a finding of at least SEVERITY. */
NpdStatus npd_status(const Diagnosis *diagnosis, Severity severity);

/* The line about DIAGNOSIS, of which the message is at most 80 bytes long: more is cut off by default
 * (max_output_length), in the middle of a character (transfer full). */
char *npd_text(const Diagnosis *diagnosis);

/* The line for a host that could not be read (transfer full). */
char *npd_text_of_error(const GError *error);
