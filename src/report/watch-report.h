/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What has happened, one line or one JSON document each, and entries of the journal. */
#pragma once

#include "model/diagnosis/changes.h"
#include "report/output.h"

/* Where a line of nicfix watch goes to. */
typedef struct {
    Output *output;
    bool to_journal; /* the output is the journal's: entries with fields take its place */
} WatchOutput;

/* The output of this process: the journal where systemd has connected standard output to it. */
WatchOutput watch_output_for(Output *output);

/* Tells of CHANGE. */
void watch_report_change(const WatchOutput *output, const FindingChange *change);

/* Tells that the host is in STATE: "watching", or the code of an error; MESSAGE says more, for
 * people. */
void watch_report_state(const WatchOutput *output, const char *state, const char *message);
