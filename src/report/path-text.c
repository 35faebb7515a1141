/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row for each stage: see path-text.h. */
#include "report/path-text.h"

#include "model/foreach.h"
#include "model/host/owner.h"
#include "report/escape.h"
#include "report/fix-text.h"
#include "report/judgement-text.h"
#include "report/reason.h"
#include "report/table.h"

/* What is said of stages, and how. */
typedef struct {
    const Judgement *judgement; /* NULL: a real packet's way */
    const PathWay *way;
    const char *prefix; /* of the hook's word: the way of the answer has one */
    bool refused;       /* by the last stage of WAY */
    const TextStyle *style;
    Table *table;
    guint rows;
} PathTable;

static bool matters(const PathStage *stage)
{
    return stage->result != STAGE_RESULT_CONTINUE || stage->hook == PATH_ROUTE;
}

static bool translates_destination(const PathStage *stage)
{
    return stage->result == STAGE_RESULT_TRANSLATE &&
           (stage->hook == PATH_PREROUTING || stage->hook == PATH_OUTPUT);
}

static char *endpoint_text(const PathWay *way)
{
    g_autofree char *to = way->to.length == ip_address_bits(way->to.address.family)
                              ? ip_address_to_string(&way->to.address)
                              : ip_prefix_to_string(&way->to);
    return way->port != 0 ? g_strdup_printf("%s port %u", to, way->port) : g_steal_pointer(&to);
}

/* ---- rows ---- */

static char *rule_text(const NftChain *base, const NftRule *rule)
{
    return rule != NULL ? g_strdup_printf("rule %" G_GUINT64_FORMAT, rule->handle)
                        : g_strdup_printf("policy %s", base->policy_drop ? "drop" : "accept");
}

static char *route_text(const PathStage *stage)
{
    if (stage->loss == LOSS_ROUTE_UNKNOWN)
        return g_strdup("cannot tell");
    if (stage->loss != LOSS_NONE)
        return g_strdup("not routed");
    return stage->out != NULL ? g_strdup_printf("out through %s", stage->out->name)
                              : g_strdup("to this host");
}

/* The rule, and what is known of it: what it translates to, firewalld's setting, its comment. */
static char *setting_of(const PathTable *rows, const PathStage *stage, bool decides)
{
    if (stage->table == NULL)
        return route_text(stage);
    g_autofree char *rule = rule_text(stage->base, stage->rule);
    g_autofree char *more = NULL;
    bool in_words = rows->judgement != NULL && judgement_is_in_firewallds_words(rows->judgement);
    const VerdictStep *step = in_words ? reason_step(rows->judgement->firewalld) : NULL;
    if (translates_destination(stage) && rows->way->translated) {
        g_autofree char *to = endpoint_text(rows->way);
        more = g_strconcat("to ", to, NULL);
    } else if (stage->result == STAGE_RESULT_TRANSLATE) {
        more = g_strdup("its source");
    } else if (decides && step != NULL) {
        more = setting_text(&step->setting);
    } else if (stage->obstacle != NULL) {
        more = g_strdup(stage->obstacle);
    } else if (stage->rule != NULL) {
        more = g_strdup(stage->rule->comment);
    }
    return g_strjoin(more != NULL ? ": " : "", rule, more != NULL ? more : "", NULL);
}

/* The chains that the base chain led to, each once, in the order in which they were first met. */
static void add_chains(PathTable *rows, const PathStage *stage)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    g_autoptr(GHashTable) known = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (const TraceNode *node = stage->trace; node != NULL; node = node->before)
        g_ptr_array_add(nodes, (gpointer)node);
    g_hash_table_add(known, (gpointer)stage->base);
    for (guint i = nodes->len; i > 0; i--) {
        const TraceNode *node = g_ptr_array_index(nodes, i - 1);
        if (node->chain == stage->chain || !g_hash_table_add(known, (gpointer)node->chain))
            continue;
        g_autofree char *chain = g_strconcat("  by way of ", node->chain->name, NULL);
        const char *cells[] = {"  ", "", "", chain, "", NULL};
        table_add(rows->table, cells);
    }
}

static void add_stage(PathTable *rows, const PathStage *stage)
{
    bool decides = rows->refused && stage == path_way_decision(rows->way);
    if (!decides && !matters(stage) && !rows->style->verbose)
        return;
    g_autofree char *hook =
        g_strconcat(decides ? "> " : "  ", rows->prefix, path_hook_word(stage->hook), NULL);
    const char *owner = stage->table != NULL
                            ? nft_stage_owner(stage->table, stage->base, stage->chain)
                            : "the kernel";
    g_autofree char *chain =
        stage->table != NULL ? g_strdup_printf("%s %s %s", nft_family_word(stage->table->family),
                                               stage->table->name, stage->chain->name)
                             : NULL;
    g_autofree char *setting = setting_of(rows, stage, decides);
    const char *cells[] = {hook, owner, stage_result_word(stage->result), chain, setting, NULL};
    table_add(rows->table, cells);
    if (decides)
        table_color(rows->table, text_outcomes(rows->judgement != NULL ? rows->judgement->possible
                                                                       : rows->way->outcome,
                                               rows->style));
    if (rows->style->verbose && stage->table != NULL)
        add_chains(rows, stage);
    rows->rows++;
}

static void add_way(PathTable *rows, const PathWay *way, const char *prefix)
{
    rows->way = way;
    rows->prefix = prefix;
    if (rows->way == NULL)
        return;
    rows->refused = rows->way->outcome != OUTCOME_ACCEPT;
    PTR_ARRAY_FOREACH (const PathStage, stage, rows->way->stages)
        add_stage(rows, stage);
}

static const char *const titles[] = {"  HOOK", "BY", "RESULT", "CHAIN", "SETTING", NULL};

static void render(const PathTable *rows, GString *text)
{
    if (rows->rows == 0)
        return;
    table_render(rows->table, rows->style, text);
    g_string_append_c(text, '\n');
}

void path_text_append(GString *text, const Judgement *judgement, const TextStyle *style)
{
    g_autoptr(Table) table = table_new(titles);
    PathTable rows = {.judgement = judgement, .style = style, .table = table};
    if (judgement->path != NULL)
        add_way(&rows, path_worst(judgement->path), "");
    if (judgement->reply_path != NULL)
        add_way(&rows, path_worst(judgement->reply_path), "answer ");
    render(&rows, text);
}

void path_text_append_traced(GString *text, const PathWay *way, const TextStyle *style)
{
    g_autoptr(Table) table = table_new(titles);
    PathTable rows = {.style = style, .table = table};
    add_way(&rows, way, "");
    render(&rows, text);
}

/* ---- where it goes, and who says so ---- */

static char *destination_text(const PathWay *way)
{
    g_autofree char *to = way->translated ? endpoint_text(way) : NULL;
    g_autofree char *out = way->out != NULL ? escape_for_terminal(way->out->name) : NULL;
    const char *exit = way->delivered ? "to this host" : out != NULL ? "out through " : "";
    return g_strconcat(to != NULL ? "to " : "", to != NULL ? to : "",
                       to != NULL && *exit != '\0' ? ", " : "", exit,
                       !way->delivered && out != NULL ? out : "",
                       way->masqueraded ? ", with another source address" : "", NULL);
}

void path_text_append_destination(GString *text, const Judgement *judgement)
{
    enum { MOST = 3 };
    guint told = 0;
    if (judgement->path == NULL)
        return;
    PTR_ARRAY_FOREACH (const PathWay, way, judgement->path->ways) {
        bool arrives = way->outcome == OUTCOME_ACCEPT && (way->out != NULL || way->delivered);
        if (!arrives || (!way->translated && !way->masqueraded) || told > MOST)
            continue;
        g_autofree char *destination = destination_text(way);
        g_string_append_printf(text, "  %s%s\n", told == 0 ? "then   " : "or     ",
                               told == MOST ? "others" : destination);
        told++;
    }
}

void path_text_append_command(GString *text, const Judgement *judgement, const TextStyle *style)
{
    const PathStage *stage = judgement_decision(judgement);
    g_auto(GStrv) command =
        stage != NULL && !judgement_is_in_firewallds_words(judgement) ? stage_command(stage) : NULL;
    if (command == NULL)
        return;
    g_string_append_printf(text, "%ssee:%s  ", text_faint(style), text_plain(style));
    command_text_append(text, command);
    g_string_append_c(text, '\n');
}
