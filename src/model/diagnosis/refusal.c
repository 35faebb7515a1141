/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collecting what is refused. */
#include "model/diagnosis/refusal.h"

Refusal *refusal_new(void)
{
    Refusal *refusal = g_new0(Refusal, 1);
    refusal->links = g_ptr_array_new();
    refusal->zones = g_ptr_array_new_with_free_func(g_free);
    return refusal;
}

void refusal_free(Refusal *refusal)
{
    if (refusal == NULL)
        return;
    g_ptr_array_unref(refusal->links);
    g_ptr_array_unref(refusal->zones);
    g_free(refusal);
}

void refusal_add(Refusal *refusal, const Link *link, const char *zone)
{
    g_ptr_array_add(refusal->links, (gpointer)link);
    if (zone != NULL && !g_ptr_array_find_with_equal_func(refusal->zones, zone, g_str_equal, NULL))
        g_ptr_array_add(refusal->zones, g_strdup(zone));
}
