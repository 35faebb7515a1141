/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From judgements to words: see judgement-text.h. */
#include "report/judgement-text.h"

#include "model/foreach.h"
#include "model/host/owner.h"
#include "report/reason.h"

const char *judgement_word(const Judgement *judgement)
{
    const char *word = outcome_word((Outcome)judgement->possible);
    return word != NULL ? word : "unknown";
}

const char *judged_by_word(JudgedBy by)
{
    static const char *const words[] = {
        [JUDGED_BY_KERNEL] = "kernel",
        [JUDGED_BY_MODEL] = "firewalld-model",
        [JUDGED_BY_PREDICTION] = "prediction",
    };
    return words[by];
}

const char *stage_result_word(StageResult result)
{
    static const char *const words[] = {
        [STAGE_RESULT_CONTINUE] = "continue",   [STAGE_RESULT_ACCEPT] = "accept",
        [STAGE_RESULT_REJECT] = "reject",       [STAGE_RESULT_DROP] = "drop",
        [STAGE_RESULT_TRANSLATE] = "translate", [STAGE_RESULT_UNKNOWN] = "unknown",
    };
    return words[result];
}

/* ---- stages ---- */

char *stage_owner_text(const PathStage *stage)
{
    if (stage->table == NULL)
        return g_strdup("the kernel");
    const char *owner = nft_stage_owner(stage->table, stage->base, stage->chain);
    return owner != NULL ? g_strdup(owner)
                         : g_strdup_printf("table %s %s", nft_family_word(stage->table->family),
                                           stage->table->name);
}

char *stage_place_text(const PathStage *stage)
{
    g_autofree char *rule =
        stage->rule != NULL
            ? g_strdup_printf("rule %" G_GUINT64_FORMAT, stage->rule->handle)
            : g_strdup_printf("policy %s", stage->base->policy_drop ? "drop" : "accept");
    return g_strdup_printf("chain %s of table %s %s (%s)", stage->chain->name,
                           nft_family_word(stage->table->family), stage->table->name, rule);
}

char **stage_command(const PathStage *stage)
{
    if (stage->table == NULL)
        return NULL;
    const char *words[] = {"nft",
                           "-a",
                           "list",
                           "chain",
                           nft_family_word(stage->table->family),
                           stage->table->name,
                           stage->chain->name,
                           NULL};
    return g_strdupv((char **)words);
}

/* ---- the reason ---- */

char *forwarding_sysctl(Family family, const char *link)
{
    if (family == FAMILY_IPV6)
        return g_strdup("net.ipv6.conf.all.forwarding");
    if (link == NULL)
        return g_strdup("net.ipv4.ip_forward");
    /* In sysctl(8)'s dotted names a dot of an interface is written as a slash. */
    g_autofree char *name = g_strdelimit(g_strdup(link), ".", '/');
    return g_strdup_printf("net.ipv4.conf.%s.forwarding", name);
}

static char *loss_text(const Judgement *judgement, PathLoss loss)
{
    const Flow *flow = judgement->reply_path != NULL ? &judgement->reply : &judgement->flow;
    const char *in = flow->in != NULL ? flow->in : "lo";
    switch (loss) {
    case LOSS_NOT_FORWARDED: {
        g_autofree char *name = forwarding_sysctl(judgement->flow.family, in);
        return g_strdup_printf("this host does not forward %s on %s: %s is 0",
                               judgement->reply_path != NULL ? "the answers, which come in"
                                                             : "what comes in",
                               in, name);
    }
    case LOSS_REVERSE_PATH:
        return g_strdup_printf("net.ipv4.conf.%s.rp_filter drops it: the way back to its source "
                               "does not leave through %s",
                               in, in);
    case LOSS_NO_ROUTE:
        return g_strdup("no route leads to where it goes");
    case LOSS_UNREACHABLE:
        return g_strdup("an unreachable route or rule refuses it");
    case LOSS_PROHIBITED:
        return g_strdup("a prohibit route or rule refuses it");
    case LOSS_BLACKHOLE:
        return g_strdup("a blackhole route or rule drops it");
    case LOSS_MARTIAN:
        return g_strdup_printf("the kernel drops it: its source cannot come in on %s (martian)",
                               in);
    case LOSS_HAIRPIN:
        return g_strdup_printf("bridge %s sends nothing back through the port that it came in on: "
                               "hairpin mode is off",
                               in);
    case LOSS_HAIRPIN_UNKNOWN:
        return g_strdup_printf(
            "cannot tell whether bridge %s sends it back: where it leaves through "
            "the port that it came in on, that depends on its hairpin mode",
            in);
    case LOSS_ISOLATED:
        return g_strdup_printf("the ports of bridge %s are isolated from one another", in);
    case LOSS_ISOLATED_UNKNOWN:
        return g_strdup_printf("cannot tell whether bridge %s passes it: some of its ports are "
                               "isolated from one another",
                               in);
    case LOSS_ROUTE_UNKNOWN:
    case LOSS_NONE:
        break;
    }
    return g_strdup("cannot tell where the kernel routes it");
}

static char *obstacle_text(const PathStage *stage)
{
    static const struct {
        const char *obstacle;
        const char *text;
    } texts[] = {
        {OBSTACLE_MALFORMED, "a rule is malformed"},
        {OBSTACLE_NO_SET, "a rule looks up a set that was not read"},
        {OBSTACLE_NO_CHAIN, "a rule jumps to a chain that was not read"},
        {OBSTACLE_LARGE_MAP, "more than 64 elements of a map may be meant"},
        {OBSTACLE_UNKNOWN, "a rule has an expression that nicfix does not know"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (g_str_equal(stage->obstacle, texts[i].obstacle))
            return g_strdup(texts[i].text);
    }
    return g_strdup_printf("a rule hands it to '%s'", stage->obstacle);
}

static char *legacy_text(const LegacyTable *table)
{
    const char *family = table->family == FAMILY_IPV6 ? "ip6" : "ip";
    if (table->name == NULL)
        return g_strdup_printf(
            "cannot tell: which tables of legacy iptables (%s) have rules cannot "
            "be read",
            family);
    return g_strdup_printf("cannot tell: legacy iptables table %s %s %s rules, which nicfix does "
                           "not read",
                           family, table->name, table->chains != NULL ? "has" : "may have");
}

static char *unknown_text(const Judgement *judgement)
{
    const PathStage *stage = judgement_decision(judgement);
    if (judgement->legacy != NULL)
        return legacy_text(judgement->legacy);
    if (judgement->path->exhausted)
        return g_strdup("cannot tell: the kernel's rules are too many or too deep to be followed");
    if (stage == NULL || stage->table == NULL)
        return g_strdup("cannot tell where the kernel routes it");
    g_autofree char *owner = stage_owner_text(stage);
    g_autofree char *place = stage_place_text(stage);
    if (stage->obstacle != NULL) {
        g_autofree char *obstacle = obstacle_text(stage);
        return g_strdup_printf("cannot tell: %s: %s of %s", obstacle, place, owner);
    }
    return g_strdup_printf("cannot tell: it depends on the flow, and %s may refuse it: %s", owner,
                           place);
}

static char *refused_text(const Judgement *judgement)
{
    const PathStage *stage = judgement_decision(judgement);
    if (stage->table == NULL)
        return loss_text(judgement, stage->loss);
    g_autofree char *owner = stage_owner_text(stage);
    g_autofree char *place = stage_place_text(stage);
    const char *verb = stage->result == STAGE_RESULT_DROP ? "drops" : "rejects";
    const char *what = judgement->reply_path != NULL ? "the answers" : "it";
    if (judgement_is_firewallds(judgement))
        return g_strdup_printf("firewalld's rules in the kernel refuse it, though its "
                               "configuration does not: %s",
                               place);
    return g_strdup_printf("%s %s %s: %s", owner, verb, what, place);
}

static const PathWay *translated_way(const Judgement *judgement)
{
    PTR_ARRAY_FOREACH (const PathWay, way, judgement->path->ways) {
        if (way->translated)
            return way;
    }
    return NULL;
}

static char *accepted_text(const Judgement *judgement)
{
    const PathWay *way = translated_way(judgement);
    if (way == NULL)
        return g_strdup("the kernel's rules accept it, though firewalld's configuration does not");
    g_autofree char *to = ip_address_to_string(&way->to.address);
    g_autofree char *port = way->port != 0 ? g_strdup_printf(" port %u", way->port) : NULL;
    return g_strdup_printf("it is translated to %s%s, and accepted for that", to,
                           port != NULL ? port : "");
}

/* Whether the answer is open because firewalld's own rules leave it open. */
static bool is_left_open_by_firewalld(const Judgement *judgement)
{
    const PathStage *stage = judgement_decision(judgement);
    return !verdict_accepts(judgement->firewalld) && !verdict_refuses(judgement->firewalld) &&
           judgement->legacy == NULL && !judgement->path->exhausted && stage != NULL &&
           stage->obstacle == NULL && judgement_is_firewallds(judgement);
}

bool judgement_is_in_firewallds_words(const Judgement *judgement)
{
    bool same = judgement_accepts(judgement) ? verdict_accepts(judgement->firewalld)
                                             : verdict_refuses(judgement->firewalld);
    bool certain = judgement_accepts(judgement) || judgement_refuses(judgement);
    return judgement->path == NULL || (!certain && is_left_open_by_firewalld(judgement)) ||
           (certain && same && judgement_is_firewallds(judgement) &&
            (judgement->by == JUDGED_BY_PREDICTION || translated_way(judgement) == NULL));
}

char *judgement_reason(const Judgement *judgement)
{
    if (judgement_is_in_firewallds_words(judgement))
        return reason_of(judgement->firewalld);
    if (judgement_accepts(judgement))
        return accepted_text(judgement);
    if (judgement_refuses(judgement) && judgement_decision(judgement) != NULL)
        return refused_text(judgement);
    if (judgement->by == JUDGED_BY_PREDICTION && judgement->path->certain)
        return reason_of(judgement->firewalld);
    return unknown_text(judgement);
}

/* ---- JSON ---- */

static json_t *stage_json(const PathStage *stage)
{
    g_autofree char *owner = stage_owner_text(stage);
    g_autofree char *setting = stage->rule != NULL && stage->rule->comment != NULL
                                   ? g_strdup(stage->rule->comment)
                               : stage->obstacle != NULL ? g_strdup(stage->obstacle)
                                                         : NULL;
    json_t *object = json_object();
    json_object_set_new(object, "hook", json_text(path_hook_word(stage->hook)));
    json_object_set_new(
        object, "family",
        json_text(stage->table != NULL ? nft_family_word(stage->table->family) : NULL));
    json_object_set_new(object, "table",
                        json_text(stage->table != NULL ? stage->table->name : NULL));
    json_object_set_new(object, "chain",
                        json_text(stage->table != NULL ? stage->chain->name : NULL));
    json_object_set_new(object, "rule",
                        stage->rule != NULL ? json_integer((json_int_t)stage->rule->handle)
                                            : json_null());
    json_object_set_new(object, "owner", json_text(owner));
    json_object_set_new(object, "result", json_text(stage_result_word(stage->result)));
    json_object_set_new(object, "setting", json_text(setting));
    return object;
}

json_t *path_way_json(const PathWay *way)
{
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const PathStage, stage, way->stages)
        json_array_append_new(array, stage_json(stage));
    return array;
}

json_t *path_json(const Path *path)
{
    const PathWay *way = path != NULL ? path_worst(path) : NULL;
    return way != NULL ? path_way_json(way) : json_array();
}

json_t *path_way_translated_json(const PathWay *way)
{
    if (!way->translated)
        return json_null();
    g_autofree char *to = ip_address_to_string(&way->to.address);
    json_t *object = json_object();
    json_object_set_new(object, "to", json_text(to));
    json_object_set_new(object, "port", way->port != 0 ? json_integer(way->port) : json_null());
    return object;
}

json_t *judgement_translated_json(const Judgement *judgement)
{
    const PathWay *way = judgement->path != NULL ? translated_way(judgement) : NULL;
    return way != NULL ? path_way_translated_json(way) : json_null();
}
