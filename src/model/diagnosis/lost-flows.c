/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/diagnosis/lost-flows.h"

#include "model/foreach.h"

/* ---- needs ---- */

/* A need stands for all flows from one of several links to one of several others. Names are compared: each
 * diagnosis may be of a snapshot of its own. The empty name is this host. */
typedef struct {
    GHashTable *out; /* char * (transfer none) */
} MetNeed;

static void met_need_free(gpointer data)
{
    MetNeed *met = data;
    g_hash_table_unref(met->out);
    g_free(met);
}

/* Those of ALIKE; one without is this host (char *, transfer container). */
static GPtrArray *names_of(const GPtrArray *alike)
{
    GPtrArray *names = g_ptr_array_new();
    PTR_ARRAY_FOREACH (const Link, link, alike)
        g_ptr_array_add(names, link->name);
    if (alike->len == 0)
        g_ptr_array_add(names, (gpointer) "");
    return names;
}

/* The same for needs of one kind that come in by one link (transfer full). No name of a link has a slash. */
static char *key_of(const Need *need, const char *in)
{
    return g_strdup_printf("%d/%s/%s", need->kind, in, need->service != NULL ? need->service : "");
}

static bool is_lost(const Need *need, LostCertainty certainty)
{
    return need->way.coverage == COVERAGE_REFUSED || need->way.coverage == COVERAGE_ELSEWHERE ||
           (certainty == LOST_MAYBE && need->way.coverage == COVERAGE_OPEN);
}

static void index_need(const Need *need, MetNeed *met, GHashTable *index)
{
    g_autoptr(GPtrArray) in = names_of(need->alike);
    PTR_ARRAY_FOREACH (const char, name, in) {
        g_autofree char *key = key_of(need, name);
        GPtrArray *list = g_hash_table_lookup(index, key);
        if (list == NULL) {
            list = g_ptr_array_new();
            g_hash_table_insert(index, g_steal_pointer(&key), list);
        }
        g_ptr_array_add(list, met);
    }
}

/* The needs of DIAGNOSIS that are met: in ALL, and by their keys in the result (transfer full). */
static GHashTable *index_met(const Diagnosis *diagnosis, GPtrArray *all)
{
    GHashTable *index =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    PTR_ARRAY_FOREACH (const Need, need, diagnosis->needs) {
        if (need->way.coverage != COVERAGE_ACCEPTED)
            continue;
        MetNeed *met = g_new0(MetNeed, 1);
        met->out = g_hash_table_new(g_str_hash, g_str_equal);
        g_autoptr(GPtrArray) out = names_of(need->out_alike);
        PTR_ARRAY_FOREACH (char, name, out)
            g_hash_table_add(met->out, name);
        g_ptr_array_add(all, met);
        index_need(need, met, index);
    }
    return index;
}

static const char *first_of(const GPtrArray *names, GHashTable *set)
{
    PTR_ARRAY_FOREACH (const char, name, names) {
        if (g_hash_table_contains(set, name))
            return name;
    }
    return NULL;
}

/* Each need that was met is compared once with NEED. */
static bool was_met(const Need *need, GHashTable *index, LostFlow *lost)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(GPtrArray) in = names_of(need->alike);
    g_autoptr(GPtrArray) out = names_of(need->out_alike);
    PTR_ARRAY_FOREACH (const char, name, in) {
        g_autofree char *key = key_of(need, name);
        const GPtrArray *list = g_hash_table_lookup(index, key);
        for (guint i = 0; list != NULL && i < list->len; i++) {
            MetNeed *met = g_ptr_array_index(list, i);
            const char *to = g_hash_table_add(seen, met) ? first_of(out, met->out) : NULL;
            if (to == NULL)
                continue;
            *lost = (LostFlow){need->kind, *name != '\0' ? name : NULL, *to != '\0' ? to : NULL,
                               need->service};
            return true;
        }
    }
    return false;
}

static bool find_lost_need(const Diagnosis *before, const Diagnosis *after, LostCertainty certainty,
                           LostFlow *lost)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(met_need_free);
    g_autoptr(GHashTable) index = index_met(before, all);
    PTR_ARRAY_FOREACH (const Need, need, after->needs) {
        if (is_lost(need, certainty) && was_met(need, index, lost))
            return true;
    }
    return false;
}

/* ---- ways out ---- */

/* The same link in the other diagnosis, which may be of another snapshot of the host. */
static const Link *same_link(const Diagnosis *diagnosis, const Link *link)
{
    const Link *same = snapshot_link_by_name(diagnosis->calm, link->name);
    return same != NULL && g_str_equal(same->name, link->name) ? same : NULL;
}

static GHashTable *names_of_refused(const Refusal *refusal)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; refusal != NULL && i < refusal->links->len; i++)
        g_hash_table_add(names, ((const Link *)g_ptr_array_index(refusal->links, i))->name);
    return names;
}

static bool passed(const Diagnosis *diagnosis, const Link *from, const Link *uplink)
{
    const Link *same = same_link(diagnosis, from);
    return same != NULL && topology_is_downstream(diagnosis->topology, same) &&
           coverage_of(diagnosis->coverage, same, uplink).coverage == COVERAGE_ACCEPTED;
}

/* What goes out through EXIT (of AFTER): an uplink, or the tunnel of an overlay. */
static bool find_lost_way(const Diagnosis *before, const Diagnosis *after, const Link *exit,
                          LostCertainty certainty, LostFlow *lost)
{
    const Link *same = same_link(before, exit);
    if (same == NULL)
        return false;
    g_autoptr(GHashTable) known = names_of_refused(diagnosis_refusal(before, same));
    PTR_ARRAY_FOREACH (const Link, link, diagnosis_refusal(after, exit)->links) {
        if (g_hash_table_contains(known, link->name) ||
            (certainty == LOST_SURELY && !passed(before, link, same)))
            continue;
        *lost = (LostFlow){NEED_OUTSIDE, link->name, exit->name, NULL};
        return true;
    }
    return false;
}

bool diagnosis_find_lost(const Diagnosis *before, const Diagnosis *after, LostCertainty certainty,
                         LostFlow *lost)
{
    PTR_ARRAY_FOREACH (const Link, exit, after->calm->links) {
        if (diagnosis_refusal(after, exit) != NULL &&
            find_lost_way(before, after, exit, certainty, lost))
            return true;
    }
    return find_lost_need(before, after, certainty, lost);
}
