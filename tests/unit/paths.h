/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A path in words: what becomes of a packet, where that is decided, and where it goes. */
#pragma once

#include "model/kernel/path.h"

#include "model/foreach.h"

#include <string.h>

static inline const char *outcome_text(Outcome outcome)
{
    return outcome == OUTCOME_ACCEPT   ? "accept"
           : outcome == OUTCOME_REJECT ? "reject"
           : outcome == OUTCOME_DROP   ? "drop"
                                       : "unknown";
}

static inline const char *loss_text(PathLoss loss)
{
    static const char *const words[] = {
        [LOSS_NONE] = "none",
        [LOSS_NOT_FORWARDED] = "not-forwarded",
        [LOSS_REVERSE_PATH] = "reverse-path",
        [LOSS_NO_ROUTE] = "no-route",
        [LOSS_UNREACHABLE] = "unreachable",
        [LOSS_PROHIBITED] = "prohibited",
        [LOSS_BLACKHOLE] = "blackhole",
        [LOSS_MARTIAN] = "martian",
        [LOSS_ROUTE_UNKNOWN] = "route-unknown",
        [LOSS_HAIRPIN] = "hairpin",
        [LOSS_HAIRPIN_UNKNOWN] = "hairpin-unknown",
        [LOSS_ISOLATED] = "isolated",
        [LOSS_ISOLATED_UNKNOWN] = "isolated-unknown",
    };
    return words[loss];
}

static inline void way_append(GString *text, const PathWay *way)
{
    const PathStage *stage = path_way_decision(way);
    g_string_append_printf(text, "%s", outcome_text(way->outcome));
    if (way->outcome != OUTCOME_ACCEPT && stage->table != NULL)
        g_string_append_printf(text, " in %s: %s %s %s", path_hook_word(stage->hook),
                               nft_family_word(stage->table->family), stage->table->name,
                               stage->chain->name);
    else if (way->outcome != OUTCOME_ACCEPT)
        g_string_append_printf(text, " by routing: %s", loss_text(way->loss));
    if (way->outcome == OUTCOME_ACCEPT && way->translated) {
        g_autofree char *to = ip_address_to_string(&way->to.address);
        g_string_append_printf(text, ", to %s port %u out %s", to, way->port,
                               way->out != NULL ? way->out->name : "-");
    }
}

static inline gint compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The ways, each told once, in the order of their words. */
static inline char *path_text(const Path *path)
{
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);
    PTR_ARRAY_FOREACH (const PathWay, way, path->ways) {
        g_autoptr(GString) one = g_string_new(NULL);
        way_append(one, way);
        if (!g_ptr_array_find_with_equal_func(told, one->str, g_str_equal, NULL))
            g_ptr_array_add(told, g_strdup(one->str));
    }
    g_ptr_array_sort(told, compare_texts);
    g_ptr_array_add(told, NULL);
    return g_strjoinv("; ", (char **)told->pdata);
}
