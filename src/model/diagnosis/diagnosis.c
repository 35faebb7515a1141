/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a snapshot to findings, and their order. What is forwarded is looked at in
 * forward-findings.c, the bindings themselves in binding-findings.c. */
#include "model/diagnosis/diagnosis.h"

#include "model/diagnosis/binding-findings.h"
#include "model/diagnosis/forward-findings.h"

/* ---- panic mode ---- */

static Finding *find_panic_mode(void)
{
    Finding *finding =
        finding_new(FINDING_PANIC_MODE, SEVERITY_ERROR, NULL, NULL,
                    g_strdup("firewalld is in panic mode and drops everything, established "
                             "connections too: firewall-cmd --panic-off ends it"));
    finding_add_evidence(finding, g_strdup("queryPanicMode answers yes"));
    return finding;
}

static Finding *find_unread_panic_mode(void)
{
    Finding *finding = finding_new(FINDING_VERDICT_UNKNOWN, SEVERITY_INFO, NULL, NULL,
                                   g_strdup("whether firewalld is in panic mode, and drops "
                                            "everything, could not be read"));
    finding_add_evidence(finding, g_strdup("queryPanicMode was not answered"));
    return finding;
}

static void find_panic(GPtrArray *findings, const Snapshot *snapshot)
{
    switch (snapshot->firewalld->panic) {
    case TRISTATE_YES:
        g_ptr_array_add(findings, find_panic_mode());
        break;
    case TRISTATE_UNKNOWN:
        g_ptr_array_add(findings, find_unread_panic_mode());
        break;
    case TRISTATE_NO:
        break;
    }
}

/* Panic mode is one finding; the others are about what will be when it has ended. */
static Snapshot *without_panic(const Snapshot *snapshot)
{
    Snapshot *calm = snapshot_copy(snapshot);
    calm->firewalld->panic = TRISTATE_NO;
    return calm;
}

/* ---- the whole ---- */

static gint worst_first(gconstpointer a, gconstpointer b)
{
    const Finding *x = *(const Finding *const *)a;
    const Finding *y = *(const Finding *const *)b;
    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return g_strcmp0(x->interface, y->interface);
}

static void count(Diagnosis *diagnosis)
{
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        diagnosis->errors += finding->severity == SEVERITY_ERROR;
        diagnosis->warnings += finding->severity == SEVERITY_WARNING;
        diagnosis->infos += finding->severity == SEVERITY_INFO;
    }
}

Diagnosis *diagnose(const Snapshot *snapshot, const char *const *named_uplinks)
{
    Diagnosis *diagnosis = g_new0(Diagnosis, 1);
    diagnosis->topology = topology_new(snapshot, named_uplinks);
    diagnosis->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    diagnosis->refusals =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)refusal_free);
    g_autoptr(Snapshot) calm = without_panic(snapshot);
    find_panic(diagnosis->findings, snapshot);
    forward_findings_add(diagnosis->findings, diagnosis->refusals, calm, diagnosis->topology);
    binding_findings_add(diagnosis->findings, snapshot);
    g_ptr_array_sort(diagnosis->findings, worst_first);
    count(diagnosis);
    return diagnosis;
}

void diagnosis_free(Diagnosis *diagnosis)
{
    if (diagnosis == NULL)
        return;
    topology_free(diagnosis->topology);
    g_ptr_array_unref(diagnosis->findings);
    g_hash_table_unref(diagnosis->refusals);
    g_free(diagnosis);
}

const Finding *diagnosis_find(const Diagnosis *diagnosis, const Finding *finding)
{
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *other = g_ptr_array_index(diagnosis->findings, i);
        if (finding_is_same(other, finding))
            return other;
    }
    return NULL;
}

const Finding *diagnosis_first_worse(const Diagnosis *before, const Diagnosis *after,
                                     Severity floor)
{
    for (guint i = 0; i < after->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(after->findings, i);
        const Finding *known = diagnosis_find(before, finding);
        if (finding->severity >= floor && (known == NULL || known->severity < finding->severity))
            return finding;
    }
    return NULL;
}

bool diagnosis_has(const Diagnosis *diagnosis, Severity severity)
{
    return diagnosis->errors > 0 || (severity <= SEVERITY_WARNING && diagnosis->warnings > 0) ||
           (severity <= SEVERITY_INFO && diagnosis->infos > 0);
}

const Refusal *diagnosis_refusal(const Diagnosis *diagnosis, const Link *link)
{
    return g_hash_table_lookup(diagnosis->refusals, link);
}
