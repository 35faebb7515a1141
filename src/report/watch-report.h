/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of nicfix watch: a line or a JSON document each, or an entry of the journal. */
#pragma once

#include "model/diagnosis/diagnosis.h"
#include "report/output.h"

/* Where a line of nicfix watch goes to. */
typedef struct {
    Output *output;
    bool to_journal; /* the output is the journal's: entries with fields take its place */
} WatchOutput;

/* The output of this process: the journal where systemd has connected standard output to it. */
WatchOutput watch_output_for(Output *output);

/* The fields of one entry of the journal, which point at what they were made from. */
typedef struct {
    GLogField fields[9];
    gsize count;
} JournalEntry;

/* The entry that says MESSAGE about CHANGE, and the one about STATE as for watch_report_state(). */
JournalEntry watch_journal_change(const FindingChange *change, const char *message);
JournalEntry watch_journal_state(const char *state, const char *message);

/* Reports CHANGE. */
void watch_report_change(const WatchOutput *output, const FindingChange *change);

/* Reports STATE: "watching", or the code of an error. MESSAGE says more, for people. */
void watch_report_state(const WatchOutput *output, const char *state, const char *message);
