/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan/lost-binding.h"

static bool lasts(const GPtrArray *actions, const char *interface)
{
    for (guint i = 0; i < actions->len; i++) {
        const Action *action = g_ptr_array_index(actions, i);
        if (action->scope != SCOPE_RUNTIME && g_strcmp0(action->interface, interface) == 0)
            return true;
    }
    return false;
}

static bool is_lost(const Action *action, const Snapshot *snapshot, const GPtrArray *actions)
{
    return action->scope == SCOPE_RUNTIME && action->interface != NULL &&
           (action->op == ACTION_BIND || action->op == ACTION_MOVE) &&
           !action_is_done(action, snapshot) && !lasts(actions, action->interface);
}

void lost_bindings_explain(Diagnosis *diagnosis, const Snapshot *snapshot, const GPtrArray *actions)
{
    for (guint i = 0; i < actions->len; i++) {
        const Action *action = g_ptr_array_index(actions, i);
        if (!is_lost(action, snapshot, actions))
            continue;
        for (guint j = 0; j < diagnosis->findings->len; j++) {
            Finding *finding = g_ptr_array_index(diagnosis->findings, j);
            if (finding->severity >= SEVERITY_WARNING &&
                g_strcmp0(finding->interface, action->interface) == 0)
                finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_LOST_BINDING,
                                                         .subject = action->interface,
                                                         .value = action->to});
        }
    }
}
