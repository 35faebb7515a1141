/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing the prefixes of log lines. */
#include "model/denied/denial.h"

#include <string.h>

static const struct {
    const char *prefix;
    DenialKind kind;
    DenialAction action;
} fixed[] = {
    {"STATE_INVALID_DROP", DENIAL_AS_INVALID, DENIAL_DROP},
    {"FINAL_REJECT", DENIAL_AT_THE_END, DENIAL_REJECT},
    {"rpfilter_DROP", DENIAL_BY_REVERSE_PATH, DENIAL_DROP},
    {"RFC3964_IPv4_REJECT", DENIAL_BY_RFC3964, DENIAL_REJECT},
};

static const struct {
    const char *suffix;
    DenialKind kind;
    DenialAction action;
} endings[] = {
    {"_ICMP_BLOCK", DENIAL_BY_ICMP_BLOCK, DENIAL_REJECT},
    {"_REJECT", DENIAL_BY_ZONE, DENIAL_REJECT},
    {"_DROP", DENIAL_BY_ZONE, DENIAL_DROP},
};

/* The part of the chain's name after its hook, or NULL where it has none. */
static const char *skip_hook(const char *chain)
{
    static const char *const hooks[] = {"IN_", "FWD_", "FWDI_", "FWDO_", "OUT_"};
    if (g_str_has_prefix(chain, "filter_"))
        chain += strlen("filter_");
    for (guint i = 0; i < G_N_ELEMENTS(hooks); i++) {
        if (g_str_has_prefix(chain, hooks[i]))
            return chain + strlen(hooks[i]);
    }
    return NULL;
}

/* NAME is a zone, or "policy_" and a policy. */
static void take_name(const char *name, gsize length, Denial *denial)
{
    static const char policy[] = "policy_";
    gsize skip = strlen(policy);
    if (length > skip && strncmp(name, policy, skip) == 0) {
        denial->policy = g_strndup(name + skip, length - skip);
        if (denial->kind == DENIAL_BY_ZONE)
            denial->kind = DENIAL_BY_POLICY;
    } else {
        denial->zone = g_strndup(name, length);
    }
}

bool denial_parse(const char *prefix, Denial *denial)
{
    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++) {
        if (g_str_equal(prefix, fixed[i].prefix)) {
            *denial = (Denial){.kind = fixed[i].kind, .action = fixed[i].action};
            return true;
        }
    }
    const char *name = skip_hook(prefix);
    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(endings); i++) {
        gsize length = strlen(name), ending = strlen(endings[i].suffix);
        if (length > ending && g_str_has_suffix(name, endings[i].suffix)) {
            *denial = (Denial){.kind = endings[i].kind, .action = endings[i].action};
            take_name(name, length - ending, denial);
            return true;
        }
    }
    return false;
}

void denial_clear(Denial *denial)
{
    g_free(denial->zone);
    g_free(denial->policy);
    memset(denial, 0, sizeof *denial);
}

const char *denial_action_word(DenialAction action)
{
    return action == DENIAL_REJECT ? "reject" : "drop";
}
