/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forward ports: which translate a flow before it is filtered. What is translated is accepted in every
 * later hook, wherever it goes. Used by the parts of the verdict only. */
#pragma once

#include "model/firewalld/trace.h"

/* Consults the forward ports of zones and policies that the flow meets. */
void nat_consult(Trace *trace);

/* Whether FILTER has forward ports, or a rule that is not understood and may have one. */
bool nat_translates(const Filter *filter);

/* Where all else refuses, forward ports that could not be read may accept. */
void nat_consult_unread(Trace *trace);
