/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing the prefixes of log lines, and finding them for what was traced. */
#include "model/denied/denial.h"

#include "model/foreach.h"
#include "model/host/owner.h"

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

/* ---- what was traced ---- */

static bool has_expression(const NftRule *rule, ExpressionKind kind)
{
    PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions) {
        if (expression->kind == kind)
            return true;
    }
    return false;
}

/* The rules that firewalld has in base chains, or NULL where RULE is another (nftables.py, 0.9 to
 * 2.5: what is invalid, what comes in on the wrong link, 6to4, and the end without a condition). */
static const char *prefix_in_base_chain(const NftRule *rule)
{
    bool rejects = nft_rule_rejects(rule);
    if (has_expression(rule, EXPRESSION_FIB))
        return rejects ? NULL : "rpfilter_DROP";
    if (has_expression(rule, EXPRESSION_CT))
        return rejects ? NULL : "STATE_INVALID_DROP";
    if (!rejects)
        return NULL;
    return has_expression(rule, EXPRESSION_LOOKUP) ? "RFC3964_IPv4_REJECT"
           : has_expression(rule, EXPRESSION_CMP)  ? NULL
                                                   : "FINAL_REJECT";
}

/* CHAIN without the ending of one that holds settings of a zone or policy, where it is one, else NULL
 * (transfer full). A zone may be named like that, too: then it has such chains itself. */
static char *owner_chain(const NftTable *table, const char *chain)
{
    static const char *const ends[] = {"_pre", "_log", "_deny", "_allow", "_post"};
    g_autofree char *own = g_strconcat(chain, "_deny", NULL);
    if (nft_table_chain(table, own) != NULL)
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (g_str_has_suffix(chain, ends[i]))
            return g_strndup(chain, strlen(chain) - strlen(ends[i]));
    }
    return NULL;
}

/* The prefix for RULE of CHAIN, which is not a base chain, else NULL (transfer full). */
static char *prefix_in_chain(const NftTable *table, const NftChain *chain, const NftRule *rule)
{
    g_autofree char *own = g_strconcat(chain->name, "_deny", NULL);
    if (nft_table_chain(table, own) == NULL)
        return NULL;
    if (has_expression(rule, EXPRESSION_CMP) || has_expression(rule, EXPRESSION_LOOKUP))
        return g_strconcat(chain->name, "_ICMP_BLOCK", NULL); /* icmp-block-inversion */
    return g_strconcat(chain->name, nft_rule_rejects(rule) ? "_REJECT" : "_DROP", NULL);
}

/* Whose CHAIN of firewalld's table is, if it is of a zone or policy. */
static void find_setting(const NftTable *table, const NftChain *chain, Denial *denial)
{
    g_autofree char *parent = owner_chain(table, chain->name);
    const char *name = skip_hook(parent != NULL ? parent : chain->name);
    if (chain->is_base || name == NULL)
        return;
    denial->kind = DENIAL_BY_ZONE;
    take_name(name, strlen(name), denial);
    if (parent != NULL)
        denial->kind = DENIAL_BY_SETTING;
}

static void find_firewallds(const NftTable *table, const NftChain *chain, const NftRule *rule,
                            Denial *denial, char **prefix)
{
    DenialAction action = denial->action;
    g_autofree char *logged = rule == NULL     ? NULL
                              : chain->is_base ? g_strdup(prefix_in_base_chain(rule))
                                               : prefix_in_chain(table, chain, rule);
    if (logged == NULL || !denial_parse(logged, denial)) {
        find_setting(table, chain, denial);
        return;
    }
    denial->action = action;
    g_free(*prefix);
    *prefix = g_steal_pointer(&logged);
}

void denial_of_message(const TraceMessage *message, const Ruleset *ruleset, Denial *denial,
                       char **prefix)
{
    const char *family = nft_family_word(message->family);
    const NftTable *table =
        ruleset != NULL ? ruleset_table(ruleset, message->family, message->table) : NULL;
    const NftChain *chain = table != NULL ? nft_table_chain(table, message->chain) : NULL;
    const NftRule *rule =
        chain != NULL && message->is_rule ? nft_chain_rule(chain, message->rule) : NULL;
    *prefix = g_strdup(message->chain);
    *denial = (Denial){
        .kind = DENIAL_BY_OTHERS,
        .action = message->is_policy       ? DENIAL_DROP
                  : rule == NULL           ? DENIAL_REFUSE
                  : nft_rule_rejects(rule) ? DENIAL_REJECT
                                           : DENIAL_DROP,
    };
    if (chain != NULL && nft_is_firewallds(table))
        find_firewallds(table, chain, rule, denial, prefix);
    denial->table = g_strdup_printf("%s%c%s", family != NULL ? family : "?", ' ', message->table);
    denial->owner = chain == NULL        ? NULL
                    : message->is_policy ? nft_stage_owner(table, chain, chain)
                                         : nft_owner(table, chain);
    denial->rule = message->is_rule ? message->rule : 0;
}

void denial_clear(Denial *denial)
{
    g_free(denial->zone);
    g_free(denial->policy);
    g_free(denial->table);
    memset(denial, 0, sizeof *denial);
}

const char *denial_action_word(DenialAction action)
{
    switch (action) {
    case DENIAL_REJECT:
        return "reject";
    case DENIAL_DROP:
        return "drop";
    case DENIAL_REFUSE:
        break;
    }
    return "unknown";
}
