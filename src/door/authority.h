/* SPDX-License-Identifier: GPL-2.0-or-later */
/* polkit: whether a caller of the service may have done what he asks for. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct {
    const char *caller; /* its unique name on the bus, which no other caller ever has */
    const char *action; /* such as "org.nicfix.bind" */
    GVariant *details;  /* a{ss} for rules and messages, floating or not; NULL: none */
    bool may_ask;       /* the caller waits while a person is asked for a password */
    guint timeout_ms;   /* where nobody is asked */
} AuthorityQuestion;

/* Asks polkitd. Fails with NICFIX_ERROR_NOT_AUTHORISED, which names the action, where it says no, does not know the
 * action or the caller, or is not there; with NICFIX_ERROR_TIMEOUT where it does not answer. Only root may
 * ask (polkit(8), CheckAuthorization()). */
bool authority_check(GDBusConnection *connection, const AuthorityQuestion *question,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
