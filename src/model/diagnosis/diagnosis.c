/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a snapshot to findings, and their order. forward-findings.c looks at forwarded traffic,
 * binding-findings.c at the bindings, kernel-findings.c at all that is not firewalld's. */
#include "model/diagnosis/diagnosis.h"

#include "model/diagnosis/binding-findings.h"
#include "model/diagnosis/kernel-findings.h"
#include "model/diagnosis/need-findings.h"
#include "model/foreach.h"
#include "model/words.h"

/* ---- the whole ---- */

static gint worst_first(gconstpointer a, gconstpointer b)
{
    const Finding *x = *(const Finding *const *)a;
    const Finding *y = *(const Finding *const *)b;
    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    if (x->expectation != NULL && y->expectation != NULL)
        return expectation_compare(x->expectation, y->expectation);
    return g_strcmp0(x->interface, y->interface);
}

static void find_panic(GPtrArray *findings, Tristate panic)
{
    if (panic == TRISTATE_NO)
        return;
    bool is_on = panic == TRISTATE_YES;
    Finding *finding = finding_new(is_on ? FINDING_PANIC_MODE : FINDING_VERDICT_UNKNOWN,
                                   is_on ? SEVERITY_ERROR : SEVERITY_INFO, NULL, NULL);
    finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_ANSWER,
                                             .subject = "queryPanicMode",
                                             .value = is_on ? "yes" : NULL});
    g_ptr_array_add(findings, finding);
}

static guint hash_finding(gconstpointer key)
{
    const Finding *finding = key;
    guint name = finding->interface != NULL ? g_str_hash(finding->interface) : 0;
    guint peer = finding->peer != NULL ? g_str_hash(finding->peer) : 0;
    guint about = name * 31 + peer * 7 + g_direct_hash(finding->expectation);
    return about * 31 + (guint)finding->id * 16 + (guint)finding->need;
}

static gboolean same_finding(gconstpointer a, gconstpointer b)
{
    return finding_is_same(a, b);
}

/* What is derived from the findings. */
static void index_findings(Diagnosis *diagnosis)
{
    g_hash_table_remove_all(diagnosis->known);
    diagnosis->errors = diagnosis->warnings = diagnosis->infos = 0;
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        if (!g_hash_table_contains(diagnosis->known, finding))
            g_hash_table_add(diagnosis->known, (gpointer)finding);
        diagnosis->errors += finding->severity == SEVERITY_ERROR;
        diagnosis->warnings += finding->severity == SEVERITY_WARNING;
        diagnosis->infos += finding->severity == SEVERITY_INFO;
    }
}

Diagnosis *diagnose(const Snapshot *snapshot, const Declared *declared)
{
    Diagnosis *diagnosis = g_new0(Diagnosis, 1);
    diagnosis->topology = topology_new(snapshot, declared);
    diagnosis->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    diagnosis->refusals =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)refusal_free);
    /* Panic mode is one finding; the others are about the time after it. */
    diagnosis->calm = snapshot_copy(snapshot);
    diagnosis->calm->firewalld->panic = TRISTATE_NO;
    diagnosis->calm->firewalld_predicted |= snapshot->firewalld->panic == TRISTATE_YES;
    diagnosis->coverage = coverage_map_new(diagnosis->calm, diagnosis->topology);
    diagnosis->needs = needs_of(diagnosis->calm, diagnosis->topology, diagnosis->coverage);
    diagnosis->expectations = g_array_new(FALSE, FALSE, sizeof(ExpectationResult));
    needs_note_roles(diagnosis->needs, diagnosis->topology);
    find_panic(diagnosis->findings, snapshot->firewalld->panic);
    forward_findings_add(diagnosis->findings, diagnosis->refusals, diagnosis->calm,
                         diagnosis->topology, diagnosis->coverage, diagnosis->needs);
    need_findings_add(diagnosis->findings, diagnosis->calm, diagnosis->needs, diagnosis->coverage);
    kernel_findings_add(diagnosis->findings, diagnosis->calm, diagnosis->topology,
                        diagnosis->coverage);
    binding_findings_add(diagnosis->findings, snapshot);
    expectation_findings_add(diagnosis->findings, diagnosis->needs, diagnosis->expectations,
                             diagnosis->calm, declared != NULL ? declared->expectations : NULL,
                             diagnosis->coverage);
    g_ptr_array_sort(diagnosis->findings, worst_first);
    diagnosis->known = g_hash_table_new(hash_finding, same_finding);
    index_findings(diagnosis);
    return diagnosis;
}

void diagnosis_add_left_logging(Diagnosis *diagnosis, const Snapshot *snapshot)
{
    const char *log_denied = snapshot->firewalld->log_denied;
    if (g_strcmp0(log_denied, "all") != 0)
        return;
    Finding *finding = finding_new(FINDING_LOGGING_LEFT, SEVERITY_WARNING, NULL, NULL);
    finding_add_evidence(
        finding,
        (Evidence){.kind = EVIDENCE_ANSWER, .subject = "getLogDenied", .value = log_denied});
    g_ptr_array_add(diagnosis->findings, finding);
    g_ptr_array_sort(diagnosis->findings, worst_first);
    index_findings(diagnosis);
}

void diagnosis_narrow(Diagnosis *diagnosis, const char *const *interfaces)
{
    GPtrArray *kept = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    g_hash_table_remove_all(diagnosis->known);
    PTR_ARRAY_FOREACH (Finding, finding, diagnosis->findings) {
        bool is_of_host = finding->interface == NULL && finding->peer == NULL;
        if (is_of_host || finding_is_about(finding, interfaces))
            g_ptr_array_add(kept, finding);
        else
            finding_free(finding);
    }
    g_ptr_array_set_free_func(diagnosis->findings, NULL);
    g_ptr_array_unref(diagnosis->findings);
    diagnosis->findings = kept;
    index_findings(diagnosis);
    diagnosis->about = g_strdupv((char **)interfaces);
}

void diagnosis_free(Diagnosis *diagnosis)
{
    if (diagnosis == NULL)
        return;
    g_hash_table_unref(diagnosis->known);
    g_array_unref(diagnosis->expectations);
    g_ptr_array_unref(diagnosis->needs);
    coverage_map_free(diagnosis->coverage);
    snapshot_free(diagnosis->calm);
    topology_free(diagnosis->topology);
    g_ptr_array_unref(diagnosis->findings);
    g_hash_table_unref(diagnosis->refusals);
    g_strfreev(diagnosis->about);
    g_free(diagnosis);
}

const Finding *diagnosis_find(const Diagnosis *diagnosis, const Finding *finding)
{
    return g_hash_table_lookup(diagnosis->known, finding);
}

const Finding *diagnosis_first_worse(const Diagnosis *before, const Diagnosis *after,
                                     Severity floor)
{
    PTR_ARRAY_FOREACH (const Finding, finding, after->findings) {
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

/* ---- changes ---- */

static void add_change(GArray *changes, ChangeKind kind, const Finding *finding)
{
    const FindingChange change = {kind, finding};
    g_array_append_val(changes, change);
}

GArray *diagnosis_changes(const Diagnosis *before, const Diagnosis *after)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(FindingChange));
    for (guint i = 0; before != NULL && i < before->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(before->findings, i);
        if (diagnosis_find(after, finding) == NULL)
            add_change(changes, CHANGE_CLEARED, finding);
    }
    PTR_ARRAY_FOREACH (const Finding, finding, after->findings) {
        const Finding *known = before != NULL ? diagnosis_find(before, finding) : NULL;
        if (known == NULL)
            add_change(changes, CHANGE_APPEARED, finding);
        else if (known->severity != finding->severity)
            add_change(changes, CHANGE_SEVERITY, finding);
    }
    return changes;
}

static const char *const change_words[] = {
    [CHANGE_APPEARED] = "appeared",
    [CHANGE_CLEARED] = "cleared",
    [CHANGE_SEVERITY] = "changed",
};
DEFINE_WORD(change, ChangeKind, change_words)
