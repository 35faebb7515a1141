/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a sosreport, a folder or a tar archive. It comes from another host and is not trusted:
 * nothing outside of it is read, nothing is unpacked to disk, and what is kept is limited. */
#pragma once

#include <glib.h>

typedef struct ReportFiles ReportFiles;

/* What to do about a report that does not say enough. */
#define REPORT_HINT "make the report with the plugins networking, firewalld and kernel of sos"

/* Opens the folder or archive at PATH, which has a "sos_commands" in it or in its only folder (transfer
 * full). Fails with NICFIX_ERROR_NOT_FOUND or NICFIX_ERROR_BAD_INPUT. */
ReportFiles *report_files_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void report_files_free(ReportFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportFiles, report_files_free)

/* The bytes of the file NAME, such as "sos_commands/host/hostname" (transfer full). Fails with
 * NICFIX_ERROR_NOT_FOUND where there is none, and with NICFIX_ERROR_BAD_INPUT where it is not a file of
 * the report, or too large. Symbolic links are followed while they stay inside. */
GBytes *report_files_bytes(const ReportFiles *files, const char *name,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same as lines of valid UTF-8 (transfer full), and fails where it is not text or ends in the middle of
 * a line: the output of a command that was cut off. */
char **report_files_lines(const ReportFiles *files, const char *name,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
