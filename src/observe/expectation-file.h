/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of expectations: a flow a line, in the words of flow_question_from_words(), and "accept" or
 * "refuse". A comment directly before a flow is its name. */
#pragma once

#include "model/host/snapshot.h"
#include "model/needs/expectation.h"
#include "observe/kernel/netlink.h"

/* The most bytes of a file that are read: some 10,000 flows. */
#define EXPECTATION_FILE_SIZE_MAX (1024UL * 1024)

/* Adds the expectations of the file at PATH to EXPECTATIONS (Expectation), resolved on the host of
 * SNAPSHOT as by flow_question_resolve(). One that means no flow on that host, since an interface or a
 * route is not there, is kept as not resolved. Fails with NICFIX_ERROR_NOT_FOUND where there is no
 * file, and NICFIX_ERROR_BAD_INPUT for what is no regular file of text and for lines that are not a
 * flow; the message begins with the path, and the number of the line. NICFIX_ERROR_NOT_AUTHORISED where
 * the user may not read it. */
bool expectation_file_read(const char *path, const Snapshot *snapshot, Netlink *netlink,
                           GPtrArray *expectations, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Each half of that: the text of the file (transfer full), and what TEXT, which was read from PATH, says. */
char *expectation_file_text(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool expectation_text_read(const char *path, const char *text, const Snapshot *snapshot,
                           Netlink *netlink, GPtrArray *expectations,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The files of DIRECTORY whose names end in ".flows", sorted by name (char *; transfer full); none
 * where there is no directory. Where it cannot be read, NULL with an error as above. */
GPtrArray *expectation_files_in(const char *directory, GError **error) G_GNUC_WARN_UNUSED_RESULT;
