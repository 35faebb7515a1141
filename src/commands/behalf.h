/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running on behalf of a caller of the service, who is not root: the service starts a command with the hidden
 * option --caller, and nothing is read or changed that polkit and nicfix.conf do not let this caller. */
#pragma once

#include "act/record.h"
#include "commands/change.h"

/* Whether the caller of CONTEXT may have anything read; true where there is none. Takes the uplinks of
 * nicfix.conf. To be called before anything is read. Fails with NICFIX_ERROR_NOT_AUTHORISED, or for a nicfix.conf
 * that is wrong with NICFIX_ERROR_BAD_INPUT. */
bool behalf_may_read(const Context *context, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for ACTIONS (Action) of CHANGE, or for undoing what led to them where CHANGE undoes. The lock is taken
 * afterwards. Fails also with NICFIX_ERROR_REFUSED where ACTIONS change something that no
 * caller may, or where another nicfix changed this host in between. */
bool behalf_may_change(Change *change, const GPtrArray *actions,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether ACTIONS of the host as it is now are what behalf_may_change() has asked for, to be called where the plan was
 * made again. Else NICFIX_ERROR_REFUSED. */
bool behalf_is_still_allowed(const Change *change, const GPtrArray *actions,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the caller of CONTEXT may go on with the change of RECORD (NULL: none), which is on trial or was
 * interrupted: it has to be his own, since what another was allowed, or overrode, is not his to keep. Fails with
 * NICFIX_ERROR_REFUSED. */
bool behalf_may_go_on(const Context *context, const Record *record,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
