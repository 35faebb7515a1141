/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way back of a remote administrator, before and after: see lock-out.h. */
#include "model/plan/lock-out.h"

#include "model/error.h"
#include "model/firewalld/reason.h"

static char *how_to_open(const Flow *session, const Verdict *verdict)
{
    if (verdict->ingress.zone == NULL)
        return g_strdup("--force does it all the same");
    return g_strdup_printf("firewall-cmd --zone=%s --add-port=%u/tcp (and the same with "
                           "--permanent) opens it first; --force does it all the same",
                           verdict->ingress.zone->name, session->port);
}

bool lock_out_check(const Snapshot *before, const Snapshot *after, const Flow *session,
                    GError **error)
{
    g_autoptr(Verdict) now = verdict_of(before, session);
    g_autoptr(Verdict) then = verdict_of(after, session);
    if (!verdict_accepts(now) || verdict_accepts(then))
        return true;
    g_autofree char *client = ip_address_to_string(&session->from.prefix.address);
    g_autofree char *hint = how_to_open(session, then);
    g_autofree char *reason = reason_of(then);
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, hint,
                     "this would lock you out: new connections from %s to port %u by %s would no "
                     "longer be accepted (%s)",
                     client, session->port, session->in, reason);
    return false;
}
