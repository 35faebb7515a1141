/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes to the journal with GLib's own writer: no library of systemd is needed. */
#include "act/journal.h"

#include "report/plan-text.h"

#include <pwd.h>
#include <syslog.h>
#include <unistd.h>

/* systemd/nicfix.catalog explains it. */
#define CHANGE_MESSAGE_ID "3e6e794e4fe04d8087b362f0a3a2915c"

/* Who is behind this process: the caller of sudo, else its user. */
static char *user_name(void)
{
    const char *caller = g_getenv("SUDO_USER");
    if (caller != NULL && g_utf8_validate(caller, -1, NULL))
        return g_strdup(caller);
    const struct passwd *entry = getpwuid(getuid());
    return entry != NULL ? g_utf8_make_valid(entry->pw_name, -1)
                         : g_strdup_printf("uid %u", (guint)getuid());
}

/* Writes FIELDS, the first of which is the message; to syslog where there is no journal. */
static void write_entry(const GLogField *fields, gsize count, int priority)
{
    if (g_log_writer_journald(G_LOG_LEVEL_MESSAGE, fields, count, NULL) != G_LOG_WRITER_HANDLED)
        syslog(priority | LOG_DAEMON, "nicfix: %s", (const char *)fields[0].value);
}

void journal_note(const Action *action)
{
    const char *op = action_op_word(action->op);
    const char *state = action_state_word(action->state);
    g_autofree char *user = user_name();
    g_autofree char *words = action_command_line(action);
    g_autofree char *message =
        g_strdup_printf("%s by %s: %s of %s, zone before: %s, after: %s (%s)", state, user, op,
                        action_subject(action), action->from != NULL ? action->from : "none",
                        action->to != NULL ? action->to : "none", words);
    const GLogField fields[] = {
        {"MESSAGE", message, -1},
        {"MESSAGE_ID", CHANGE_MESSAGE_ID, -1},
        {"PRIORITY", "5", -1},
        {"SYSLOG_IDENTIFIER", "nicfix", -1},
        {"NICFIX_USER", user, -1},
        {"NICFIX_OP", op, -1},
        {"NICFIX_STATE", state, -1},
        {"NICFIX_SCOPE", action_scope_word(action->scope), -1},
        {"NICFIX_INTERFACE", action->interface != NULL ? action->interface : "", -1},
        {"NICFIX_ZONE_BEFORE", action->from != NULL ? action->from : "", -1},
        {"NICFIX_ZONE_AFTER", action->to != NULL ? action->to : "", -1},
    };
    write_entry(fields, G_N_ELEMENTS(fields), LOG_NOTICE);
}

void journal_note_failure(const char *message)
{
    const GLogField fields[] = {
        {"MESSAGE", message, -1},
        {"PRIORITY", "3", -1},
        {"SYSLOG_IDENTIFIER", "nicfix", -1},
    };
    write_entry(fields, G_N_ELEMENTS(fields), LOG_ERR);
}
