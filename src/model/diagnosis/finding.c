/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings as values, and their words. */
#include "model/diagnosis/finding.h"

Finding *finding_new(FindingId id, Severity severity, const char *interface, const char *zone,
                     char *message)
{
    Finding *finding = g_new0(Finding, 1);
    finding->id = id;
    finding->severity = severity;
    finding->interface = g_strdup(interface);
    finding->zone = g_strdup(zone);
    finding->message = message;
    finding->evidence = g_ptr_array_new_with_free_func(g_free);
    return finding;
}

void finding_free(Finding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->interface);
    g_free(finding->zone);
    g_free(finding->message);
    g_clear_pointer(&finding->evidence, g_ptr_array_unref);
    fix_free(finding->fix);
    g_free(finding);
}

void finding_add_evidence(Finding *finding, char *text)
{
    g_ptr_array_add(finding->evidence, text);
}

bool finding_is_same(const Finding *a, const Finding *b)
{
    return a->id == b->id && g_strcmp0(a->interface, b->interface) == 0;
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
    g_clear_pointer(&fix->firewall_cmd, g_ptr_array_unref);
    g_free(fix);
}

static const char *const finding_words[] = {
    [FINDING_PANIC_MODE] = "panic-mode",
    [FINDING_ZONE_CONFLICT] = "zone-conflict",
    [FINDING_UPLINK_UNBOUND] = "uplink-unbound",
    [FINDING_UPLINK_IN_REJECTING_ZONE] = "uplink-in-rejecting-zone",
    [FINDING_FORWARD_BLOCKED] = "forward-blocked",
    [FINDING_MANAGER_ZONE_MISMATCH] = "manager-zone-mismatch",
    [FINDING_PERMANENT_NOT_ACTIVE] = "permanent-not-active",
    [FINDING_RUNTIME_ONLY_BINDING] = "runtime-only-binding",
    [FINDING_STALE_BINDING] = "stale-binding",
    [FINDING_VERDICT_UNKNOWN] = "verdict-unknown",
};

static const char *const severity_words[] = {
    [SEVERITY_INFO] = "info",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_ERROR] = "error",
};

const char *finding_word(FindingId id)
{
    return finding_words[id];
}

const char *severity_word(Severity severity)
{
    return severity_words[severity];
}

bool finding_from_word(const char *word, FindingId *id)
{
    for (guint i = 0; i < G_N_ELEMENTS(finding_words); i++) {
        if (g_str_equal(finding_words[i], word)) {
            *id = (FindingId)i;
            return true;
        }
    }
    return false;
}

bool severity_from_word(const char *word, Severity *severity)
{
    for (guint i = 0; i < G_N_ELEMENTS(severity_words); i++) {
        if (g_str_equal(severity_words[i], word)) {
            *severity = (Severity)i;
            return true;
        }
    }
    return false;
}
