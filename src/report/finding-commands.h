/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person can run against a finding that nicfix does not cure itself. */
#pragma once

#include "model/diagnosis/finding.h"

/* The commands to run by hand that nicfix offers no fix for (char **, an argument vector each;
 * transfer full). */
GPtrArray *finding_commands(const Finding *finding);
