/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/diagnosis/finding.h"

#include "model/foreach.h"
#include "model/words.h"

static void evidence_free(gpointer data)
{
    Evidence *evidence = data;
    g_free((gpointer)evidence->subject);
    g_free((gpointer)evidence->value);
    g_free(evidence);
}

Finding *finding_new(FindingId id, Severity severity, const char *interface, const char *zone)
{
    Finding *finding = g_new0(Finding, 1);
    finding->id = id;
    finding->severity = severity;
    finding->interface = g_strdup(interface);
    finding->zone = g_strdup(zone);
    finding->refused = g_ptr_array_new();
    finding->open = g_ptr_array_new();
    finding->needs = g_ptr_array_new();
    finding->evidence = g_ptr_array_new_with_free_func(evidence_free);
    return finding;
}

void finding_free(Finding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->interface);
    g_free(finding->zone);
    g_free(finding->other_zone);
    g_free(finding->peer);
    g_ptr_array_unref(finding->refused);
    g_ptr_array_unref(finding->open);
    g_ptr_array_unref(finding->needs);
    g_ptr_array_unref(finding->evidence);
    fix_free(finding->fix);
    g_free(finding);
}

void finding_add_evidence(Finding *finding, Evidence evidence)
{
    evidence.subject = g_strdup(evidence.subject);
    evidence.value = g_strdup(evidence.value);
    g_ptr_array_add(finding->evidence, g_memdup2(&evidence, sizeof evidence));
}

const Evidence *finding_cause(const Finding *finding)
{
    PTR_ARRAY_FOREACH (const Evidence, evidence, finding->evidence) {
        if (evidence->kind == EVIDENCE_FLOW)
            return evidence;
    }
    return NULL;
}

bool finding_is_same(const Finding *a, const Finding *b)
{
    return a->id == b->id && a->need == b->need && g_strcmp0(a->interface, b->interface) == 0 &&
           g_strcmp0(a->peer, b->peer) == 0 && a->expectation == b->expectation;
}

bool finding_is_about(const Finding *finding, const char *const *interfaces)
{
    return (finding->interface != NULL && g_strv_contains(interfaces, finding->interface)) ||
           (finding->peer != NULL && g_strv_contains(interfaces, finding->peer));
}

Fix *fix_new(void)
{
    Fix *fix = g_new0(Fix, 1);
    fix->firewall_cmd = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    return fix;
}

void fix_free(Fix *fix)
{
    if (fix == NULL)
        return;
    g_strfreev(fix->command);
    g_clear_pointer(&fix->actions, g_ptr_array_unref);
    g_clear_pointer(&fix->firewall_cmd, g_ptr_array_unref);
    g_free(fix);
}

static const char *const finding_words[] = {
    [FINDING_PANIC_MODE] = "panic-mode",
    [FINDING_ZONE_CONFLICT] = "zone-conflict",
    [FINDING_UPLINK_UNBOUND] = "uplink-unbound",
    [FINDING_UPLINK_IN_REJECTING_ZONE] = "uplink-in-rejecting-zone",
    [FINDING_FORWARD_BLOCKED] = "forward-blocked",
    [FINDING_NEED_REFUSED] = "need-refused",
    [FINDING_EXPECTATION_FAILED] = "expectation-failed",
    [FINDING_REFUSED_ELSEWHERE] = "refused-elsewhere",
    [FINDING_RULES_DIFFER] = "rules-differ",
    [FINDING_FORWARDING_OFF] = "forwarding-off",
    [FINDING_RELOAD_HARMS] = "reload-harms",
    [FINDING_PROFILE_OVERRIDES_ZONE] = "profile-overrides-zone",
    [FINDING_MANAGER_ZONE_MISMATCH] = "manager-zone-mismatch",
    [FINDING_PERMANENT_NOT_ACTIVE] = "permanent-not-active",
    [FINDING_RUNTIME_ONLY_BINDING] = "runtime-only-binding",
    [FINDING_STALE_BINDING] = "stale-binding",
    [FINDING_LOGGING_LEFT] = "logging-left",
    [FINDING_VERDICT_UNKNOWN] = "verdict-unknown",
};

static const char *const severity_words[] = {
    [SEVERITY_INFO] = "info",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

DEFINE_WORD(finding, FindingId, finding_words)
DEFINE_FROM_WORD(finding, int, finding_words, -1)
DEFINE_WORD(severity, Severity, severity_words)
DEFINE_FROM_WORD(severity, int, severity_words, -1)
