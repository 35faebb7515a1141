/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/unread.h"

#include "model/error.h"
#include "model/foreach.h"

#include <string.h>
#include <unistd.h>

/* How the reason begins where polkit or the bus refused (bus/bus-error.c). */
#define NOT_AUTHORISED "not authorised"

/* What was not read of the subject of ACTION, else of its service; NULL where nothing says. */
static const Unread *find_unread(const Action *action, const Snapshot *snapshot)
{
    const char *service = action->scope == SCOPE_NETWORKMANAGER ? "NetworkManager" : ".config";
    const Unread *found = NULL;
    PTR_ARRAY_FOREACH (const Unread, unread, snapshot->unread) {
        bool is_of_service =
            strstr(unread->what, service) != NULL || strstr(unread->where, service) != NULL;
        if (is_of_service && strstr(unread->what, action_subject(action)) != NULL)
            return unread;
        if (is_of_service && found == NULL)
            found = unread;
    }
    return found;
}

void unread_set_error(const Action *action, const Snapshot *snapshot, GError **error)
{
    bool is_profile = action->scope == SCOPE_NETWORKMANAGER;
    if (is_profile && snapshot->networkmanager->running == TRISTATE_NO) {
        nicfix_error_set(error, NICFIX_ERROR_NO_FIREWALLD,
                         "start it: systemctl start NetworkManager",
                         "NetworkManager is not running, so its profile of %s cannot be read, and "
                         "nothing was changed",
                         action->interface);
        return;
    }
    const char *what = is_profile ? "NetworkManager's profile" : "the permanent configuration";
    const Unread *unread = find_unread(action, snapshot);
    bool is_refused = unread != NULL ? g_str_has_prefix(unread->reason, NOT_AUTHORISED)
                                     : !is_profile && geteuid() != 0;
    const char *hint = is_refused   ? "run as root, or with --runtime-only"
                       : is_profile ? "look into its journal: journalctl -u NetworkManager"
                                    : "look into its journal: journalctl -u firewalld";
    nicfix_error_set(error, is_refused ? NICFIX_ERROR_NOT_AUTHORISED : NICFIX_ERROR_TIMEOUT, hint,
                     "%s of %s could not be read, and nothing was changed%s%s", what,
                     action_subject(action), unread != NULL ? ": " : "",
                     unread != NULL ? unread->reason : "");
}
