/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A change on trial, which is undone unless it is confirmed in time. */
#pragma once

#include "report/output.h"

typedef struct {
    const char *id; /* NULL: none is on trial, or this user may not know */
    guint seconds;  /* that are left; 0: it is being undone */
} Pending;

/* Appends to TEXT how PENDING is kept or undone; nothing where there is none. */
void pending_text_append(GString *text, const Pending *pending, const TextStyle *style);

/* An object with its members, or null (transfer full). */
json_t *pending_json(const Pending *pending);
