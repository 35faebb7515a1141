/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that netfilter's LOG target writes to the kernel log: which packet it was. */
#pragma once

#include "model/denied/logged-packet.h"

/* Parses LINE, of LENGTH bytes that may be anything, with whatever stands before the fields (time,
 * host, quotes around the prefix). Returns false and leaves PACKET alone if it is not one of these
 * lines, which have IN= followed by OUT=, and addresses. */
bool kernel_log_parse(const char *line, gsize length, LoggedPacket *packet);
