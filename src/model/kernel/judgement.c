/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel and model put together: see judgement.h. */
#include "model/kernel/judgement.h"

#include "model/foreach.h"
#include "model/host/owner.h"
#include "model/kernel/reply.h"

/* What is refused by either is refused; what both may accept may be accepted. */
static guint combine(guint firewalld, guint others)
{
    guint accepted = firewalld & others & OUTCOME_ACCEPT;
    guint refused = (others & OUTCOME_ACCEPT) != 0 ? firewalld & ~(guint)OUTCOME_ACCEPT : 0;
    return accepted | refused | (others & ~(guint)OUTCOME_ACCEPT);
}

/* firewalld accepts what has been translated, whoever did it; with StrictForwardPorts (2.3 and later)
 * only its own forward ports, and rejects all else that is translated. */
static guint predicted_share(const Snapshot *snapshot, const Judgement *judgement)
{
    const Verdict *model = judgement->firewalld;
    PTR_ARRAY_FOREACH (const PathWay, way, judgement->path->ways) {
        if (!way->status_dnat)
            return model->possible;
    }
    if (model->deciding != NULL && model->deciding->stage == STAGE_FORWARD_PORT)
        return model->possible;
    if (!firewalld_options_are_known(snapshot->firewalld))
        return OUTCOME_ACCEPT | OUTCOME_REJECT;
    return firewalld_is_strict(snapshot->firewalld) ? OUTCOME_REJECT : OUTCOME_ACCEPT;
}

/* ---- legacy iptables ---- */

/* The built-in chains that a packet may pass: one whose destination is translated may turn out to be
 * forwarded or delivered. */
static bool may_pass(const Judgement *judgement, const char *chain)
{
    FlowDirection direction = judgement->flow.direction;
    bool translated = false;
    PTR_ARRAY_FOREACH (const PathWay, way, judgement->path->ways)
        translated = translated || way->translated;
    if (g_str_equal(chain, "PREROUTING"))
        return direction != FLOW_OUTPUT;
    if (g_str_equal(chain, "OUTPUT"))
        return direction == FLOW_OUTPUT;
    if (g_str_equal(chain, "INPUT"))
        return direction == FLOW_INPUT || (direction == FLOW_FORWARD && translated);
    if (g_str_equal(chain, "FORWARD"))
        return direction == FLOW_FORWARD || (direction == FLOW_INPUT && translated);
    return g_str_equal(chain, "POSTROUTING") && (direction != FLOW_INPUT || translated);
}

static bool may_meet(const Judgement *judgement, const LegacyTable *table)
{
    if (table->family != judgement->flow.family)
        return false;
    if (table->name == NULL || table->chains == NULL)
        return true;
    STRV_FOREACH (chain, table->chains) {
        if (may_pass(judgement, *chain))
            return true;
    }
    return false;
}

/* Tables other than these translate, mark, or keep packets from conntrack, on which the rules of
 * nf_tables may depend. */
static bool only_filters(const LegacyTable *table)
{
    return g_strcmp0(table->name, "filter") == 0 || g_strcmp0(table->name, "security") == 0;
}

/* What these tables do is not known: they may refuse what all others accept. */
static void allow_for_legacy(Judgement *judgement, const Snapshot *snapshot)
{
    PTR_ARRAY_FOREACH (const LegacyTable, table, snapshot->legacy_tables) {
        bool accepted = (judgement->possible & OUTCOME_ACCEPT) != 0;
        if (!may_meet(judgement, table) || (!accepted && only_filters(table)))
            continue;
        if (judgement->legacy == NULL)
            judgement->legacy = table;
        judgement->possible = OUTCOME_ANY;
    }
}

/* ---- answers ---- */

static PathTables tables_asked(const Snapshot *snapshot)
{
    return snapshot->firewalld_predicted ? PATH_WITHOUT_FIREWALLD : PATH_ALL_TABLES;
}

/* What is accepted, and whose answer is refused, comes to nothing. Where the packet may take several
 * ways, the answer of one is enough to make that possible. */
static void judge_replies(Judgement *judgement, const Snapshot *snapshot)
{
    if (judgement->possible != OUTCOME_ACCEPT)
        return;
    guint possible = 0;
    PTR_ARRAY_FOREACH (const PathWay, way, judgement->path->ways) {
        Flow reply;
        g_autoptr(Path) path = reply_of(&judgement->flow, way, &reply)
                                   ? path_of(snapshot, &reply, tables_asked(snapshot))
                                   : NULL;
        bool lost = path != NULL && reply_is_lost(path);
        possible |= lost ? path->possible : OUTCOME_ACCEPT;
        if (lost && judgement->reply_path == NULL) {
            judgement->reply = reply;
            judgement->reply_path = g_steal_pointer(&path);
        }
    }
    judgement->possible = possible != 0 ? possible : OUTCOME_ACCEPT;
}

/* ---- the whole ---- */

Judgement *judgement_of(const Snapshot *snapshot, const Flow *flow, JudgementScope scope)
{
    Judgement *judgement = g_new0(Judgement, 1);
    judgement->flow = *flow;
    judgement->firewalld = verdict_of(snapshot, flow);
    judgement->by = JUDGED_BY_MODEL;
    judgement->possible = judgement->firewalld->possible;
    if (scope == JUDGE_FIREWALLD_ONLY || snapshot->ruleset == NULL)
        return judgement;
    bool predicted = snapshot->firewalld_predicted;
    judgement->by = predicted ? JUDGED_BY_PREDICTION : JUDGED_BY_KERNEL;
    judgement->path = path_of(snapshot, flow, tables_asked(snapshot));
    judgement->possible =
        predicted ? combine(predicted_share(snapshot, judgement), judgement->path->possible)
                  : judgement->path->possible;
    judge_replies(judgement, snapshot);
    allow_for_legacy(judgement, snapshot);
    return judgement;
}

void judgement_free(Judgement *judgement)
{
    if (judgement == NULL)
        return;
    verdict_free(judgement->firewalld);
    path_free(judgement->path);
    path_free(judgement->reply_path);
    g_free(judgement);
}

bool judgement_accepts(const Judgement *judgement)
{
    return judgement->possible == OUTCOME_ACCEPT;
}

bool judgement_refuses(const Judgement *judgement)
{
    return (judgement->possible & OUTCOME_ACCEPT) == 0;
}

const PathStage *judgement_decision(const Judgement *judgement)
{
    const Path *path = judgement->reply_path != NULL ? judgement->reply_path : judgement->path;
    const PathWay *worst = path != NULL ? path_worst(path) : NULL;
    return worst != NULL && worst->outcome != OUTCOME_ACCEPT ? path_way_decision(worst) : NULL;
}

bool judgement_is_firewallds(const Judgement *judgement)
{
    if (judgement->path == NULL)
        return true;
    const PathStage *decision = judgement_decision(judgement);
    if (decision == NULL)
        return judgement->by != JUDGED_BY_PREDICTION || !judgement_accepts(judgement);
    return decision->table != NULL && nft_is_firewallds(decision->table);
}

bool judgement_rules_differ(const Snapshot *snapshot, const Flow *flow)
{
    if (snapshot->ruleset == NULL || snapshot->firewalld_predicted)
        return false;
    g_autoptr(Verdict) model = verdict_of(snapshot, flow);
    g_autoptr(Path) kernel = path_of(snapshot, flow, PATH_FIREWALLD_ONLY);
    bool model_certain = verdict_accepts(model) || verdict_refuses(model);
    bool lost = false;
    PTR_ARRAY_FOREACH (const PathWay, way, kernel->ways)
        lost = lost || way->loss != LOSS_NONE;
    return kernel->certain && model_certain && !lost &&
           verdict_accepts(model) != (kernel->possible == OUTCOME_ACCEPT);
}
