/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge SNAPSHOT < FLOWS: for each flow, a line as in tests/unit/flows.h, what the model of firewalld,
 * the kernel's rules of firewalld and all rules of the kernel in SNAPSHOT make of it: a line of three
 * words, each "accept", "reject", "drop", "lost" (by routing) or "unknown", and where the last of
 * them is decided. */
#include "documents/snapshot-json.h"
#include "model/kernel/judgement.h"

#include "flows.h"
#include "paths.h"

#include <stdio.h>

static const char *word(guint possible)
{
    return possible == OUTCOME_ACCEPT   ? "accept"
           : possible == OUTCOME_REJECT ? "reject"
           : possible == OUTCOME_DROP   ? "drop"
                                        : "unknown";
}

static bool is_lost(const Path *path)
{
    PTR_ARRAY_FOREACH (const PathWay, way, path->ways) {
        if (way->loss != LOSS_NONE)
            return true;
    }
    return false;
}

static void judge(const Snapshot *snapshot, const Flow *flow)
{
    g_autoptr(Verdict) model = verdict_of(snapshot, flow);
    g_autoptr(Path) firewalld = path_of(snapshot, flow, PATH_FIREWALLD_ONLY);
    g_autoptr(Path) all = path_of(snapshot, flow, PATH_ALL_TABLES);
    g_autofree char *text = path_text(all);
    printf("%s %s %s %s\n", word(model->possible),
           is_lost(firewalld) ? "lost" : word(firewalld->possible), word(all->possible), text);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Snapshot) snapshot = argc == 2 ? snapshot_read_file(argv[1], &error) : NULL;
    char line[1024];
    if (snapshot == NULL || snapshot->ruleset == NULL) {
        fprintf(stderr, "judge: %s\n", error != NULL ? error->message : "no rules");
        return 2;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        g_auto(GStrv) words = g_strsplit(g_strchomp(line), " ", -1);
        const Flow flow = flow_parse(words);
        judge(snapshot, &flow);
    }
    return 0;
}
