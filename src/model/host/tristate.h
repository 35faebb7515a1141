/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Yes, no, or not known. */
#pragma once

/* A fact that may not have been readable. */
typedef enum {
    TRISTATE_UNKNOWN,
    TRISTATE_NO,
    TRISTATE_YES,
} Tristate;
