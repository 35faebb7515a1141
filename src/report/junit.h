/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A diagnosis as test results that CI systems read: JUnit's XML, as its Ant task and Jenkins have it. */
#pragma once

#include "model/diagnosis/diagnosis.h"

/* The document about SNAPSHOT (transfer full): each expectation is a test, and each finding id. A test
 * fails by the findings that are at least of FAIL_ON, as the exit status does. */
char *junit_text(const Snapshot *snapshot, const Diagnosis *diagnosis, Severity fail_on);
