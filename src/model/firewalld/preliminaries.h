/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a packet meets before firewalld looks for its zone. Used by the verdict only. */
#pragma once

#include "model/firewalld/trace.h"

/* Panic mode drops everything. */
void preliminaries_panic(Trace *trace);

/* IPv6_rpfilter drops what came in on another link than the one that leads back to its source. */
void preliminaries_reverse_path(Trace *trace);

/* Established and related connections are accepted. */
void preliminaries_established(Trace *trace);

/* What belongs to no connection, and begins none, is dropped. */
void preliminaries_invalid(Trace *trace);

/* Traffic of the loopback is accepted. */
void preliminaries_loopback(Trace *trace);

/* RFC3964_IPv4 refuses IPv6 destinations that stand for private IPv4 ones. */
void preliminaries_rfc3964(Trace *trace);
