/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What matches and targets of xtables are given. Used by these two only. */
#pragma once

#include "model/kernel/machine.h"

/* The match or target as it stands in the rule. */
typedef struct {
    const Machine *machine;
    const Expression *expression;
    const guint8 *data;
    gsize size;
} Extension;

static inline Extension extension_of(const Machine *machine, const Expression *expression)
{
    Extension extension = {.machine = machine, .expression = expression};
    if (expression->data != NULL)
        extension.data = g_bytes_get_data(expression->data, &extension.size);
    return extension;
}
