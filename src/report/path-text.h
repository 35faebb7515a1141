/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way of a packet through the kernel's hooks as a table for people. */
#pragma once

#include "model/kernel/judgement.h"
#include "report/output.h"

/* Appends one line for each chain that had something to say, and for the route; the one that decided is
 * marked. With STYLE's verbose, one for every chain that the packet meets.
 * Appends nothing where the kernel's rules were not read. */
void path_text_append(GString *text, const Judgement *judgement, const TextStyle *style);

/* The same for the WAY of a real packet. */
void path_text_append_traced(GString *text, const PathWay *way, const TextStyle *style);

/* Appends where the packet goes once its addresses are translated, where they are. */
void path_text_append_destination(GString *text, const Judgement *judgement);

/* Appends the command that shows the rule that decided, where it is not firewalld's. */
void path_text_append_command(GString *text, const Judgement *judgement, const TextStyle *style);
