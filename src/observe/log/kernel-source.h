/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A source of kernel messages: what kernel-messages.c and the sources share. */
#pragma once

#include "observe/log/kernel-messages.h"

/* Where a source puts what it reads. */
typedef struct {
    KernelMessageTake take;
    gpointer user;
    gint64 since;    /* messages whose time is known and before this are left out */
    guint64 skipped; /* lines that were too long */
    guint64 foreign; /* lines that look like the kernel's, and another program wrote */
} KernelSink;

void kernel_sink_put(KernelSink *sink, const char *message, gsize length, const LogTime *time);

typedef struct {
    const char *name;
    bool (*read)(gpointer state, KernelSink *sink, GError **error);
    bool (*wait)(gpointer state, guint timeout_ms);
    void (*free)(gpointer state);
} KernelSourceKind;

typedef struct {
    const KernelSourceKind *kind;
    gpointer state; /* NULL: the source cannot be read */
} KernelSource;

/* Open a source; the state is NULL where there is none or it may not be read. */
KernelSource kernel_source_journal(gint64 since);
KernelSource kernel_source_kmsg(gint64 since, GError **error);
KernelSource kernel_source_file(const char *path, bool follow, GError **error);

/* Waits until FD can be read, at most TIMEOUT_MS. */
void kernel_source_poll(int fd, guint timeout_ms);
