/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user says of a host that cannot be read from it, or not surely: options and files. */
#pragma once

#include <glib.h>

typedef struct {
    const char *const *uplinks; /* names of links that lead to other networks; NULL: none */
    const char *const
        *downstreams;              /* names of links whose traffic this host forwards; NULL: none */
    const GPtrArray *expectations; /* Expectation, model/needs/expectation.h; NULL: none */
} Declared;
