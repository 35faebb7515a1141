/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line for Nagios and its kin, with performance data, and the exit status they want (Monitoring
 * Plugins Development Guidelines). */
#pragma once

#include "model/diagnosis/diagnosis.h"

typedef enum {
    NAGIOS_OK,
    NAGIOS_WARNING,
    NAGIOS_CRITICAL,
    NAGIOS_UNKNOWN,
} NagiosStatus;

NagiosStatus nagios_status(const Diagnosis *diagnosis);

/* The line about DIAGNOSIS (transfer full). */
char *nagios_text(const Diagnosis *diagnosis);

/* The line for a host that could not be read (transfer full). */
char *nagios_text_of_error(const GError *error);
