/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/denied-host.h"

#include "model/error.h"
#include "observe/flow-question.h"

#include <string.h>

enum { FRESH_SECONDS = 5 };

static void forget(DeniedHost *host)
{
    g_clear_pointer(&host->diagnosis, diagnosis_free);
    g_clear_pointer(&host->snapshot, snapshot_free);
    g_clear_pointer(&host->unknown, g_free);
    g_clear_pointer(&host->netlink, netlink_free);
}

bool denied_host_look(DeniedHost *host, const Context *context, GError **error)
{
    forget(host);
    host->context = context;
    host->looked_at = g_get_monotonic_time();
    bool is_live = context->options->snapshot == NULL;
    ObserveOptions scope = context_observe_options(context, OBSERVE_ACTIVE_ZONES);
    g_autoptr(GError) reason = NULL;
    host->snapshot = context_snapshot(context, &scope, NULL, &reason);
    if (host->snapshot != NULL && is_live)
        host->netlink = netlink_new(NETLINK_ROUTE, &reason);
    if (reason != NULL && !is_live) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    if (reason != NULL)
        host->unknown = g_strdup(reason->message);
    if (host->snapshot != NULL)
        host->diagnosis = diagnose(host->snapshot, context_uplinks(context));
    return true;
}

void denied_host_refresh(DeniedHost *host)
{
    gint64 age = g_get_monotonic_time() - host->looked_at;
    if (host->context->options->snapshot == NULL && age > FRESH_SECONDS * G_TIME_SPAN_SECOND &&
        !denied_host_look(host, host->context, NULL))
        host->unknown = g_strdup("the host cannot be read");
}

static DenialCause cause_unknown(const char *why)
{
    return (DenialCause){.unknown = g_strdup(why)};
}

/* The packets of a group differ only in what is not part of its key: the last one stands for all. */
DenialCause denied_host_cause(const DeniedHost *host, const DenialGroup *group)
{
    if (host->snapshot == NULL)
        return cause_unknown(host->unknown);
    if (group->denial.kind == DENIAL_AS_INVALID)
        return cause_unknown("zones do not judge packets that belong to no connection");
    g_auto(FlowQuestion) question = flow_question_from_packet(&group->packet);
    g_auto(ResolvedFlow) resolved = {0};
    g_autoptr(GError) reason = NULL;
    if (!flow_question_resolve(&question, host->snapshot, host->netlink, &resolved, &reason))
        return cause_unknown(reason->message);
    return denial_cause_of(host->snapshot, host->diagnosis, &resolved.flow,
                           context_uplinks(host->context));
}

void denied_host_clear(DeniedHost *host)
{
    forget(host);
    memset(host, 0, sizeof *host);
}
