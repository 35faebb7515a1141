/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan/lost-binding.h"

#include "model/foreach.h"

static bool is_lost(const Action *action, const Snapshot *snapshot, const GPtrArray *actions)
{
    if (action->scope != SCOPE_RUNTIME || action->interface == NULL ||
        (action->op != ACTION_BIND && action->op != ACTION_MOVE) ||
        action_is_done(action, snapshot))
        return false;
    PTR_ARRAY_FOREACH (const Action, other, actions) {
        if (other->scope != SCOPE_RUNTIME && g_strcmp0(other->interface, action->interface) == 0)
            return false; /* what lasts has it, too */
    }
    return true;
}

void lost_bindings_explain(Diagnosis *diagnosis, const Snapshot *snapshot, const GPtrArray *actions)
{
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        if (!is_lost(action, snapshot, actions))
            continue;
        PTR_ARRAY_FOREACH (Finding, finding, diagnosis->findings) {
            if (finding->severity >= SEVERITY_WARNING &&
                g_strcmp0(finding->interface, action->interface) == 0)
                finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_LOST_BINDING,
                                                         .subject = action->interface,
                                                         .value = action->to});
        }
    }
}
