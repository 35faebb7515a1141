/* SPDX-License-Identifier: GPL-2.0-or-later */
/* More than one string at a time for a GStrvBuilder. GLib has the like since 2.70 only. */
#pragma once

#include "model/foreach.h"

/* Adds copies of STRV, NULL-terminated; NULL adds nothing. */
static inline void strv_builder_add_strv(GStrvBuilder *builder, const char *const *strv)
{
    STRV_FOREACH (item, strv)
        g_strv_builder_add(builder, *item);
}

/* Adds copies of the strings that follow. */
#define STRV_BUILDER_ADD(builder, ...)                                                             \
    strv_builder_add_strv(builder, (const char *const[]){__VA_ARGS__, NULL})
