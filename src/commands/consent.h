/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking the user who sits at a terminal before anything is changed. */
#pragma once

#include "report/output.h"

/* Whether there is somebody to ask: standard input and OUTPUT are terminals, and OUTPUT is text. */
bool consent_can_be_asked(const Output *output);

/* Asks QUESTION, and waits for the answer: "y" or "yes", in any case, is yes. Fails with
 * NICFIX_ERROR_DECLINED for any other answer and for the end of input, and with NICFIX_ERROR_UNDONE where
 * a signal comes instead. Hold signals (act/interruption.h) before. */
bool consent_ask(Output *output, const char *question, GError **error) G_GNUC_WARN_UNUSED_RESULT;
