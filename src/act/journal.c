/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing to the journal by GLib's own writer, which needs no library of systemd's. */
#include "act/journal.h"

#include <pwd.h>
#include <syslog.h>
#include <unistd.h>

/* Of systemd/nicfix.catalog, which tells what it means. */
#define CHANGE_MESSAGE_ID "3e6e794e4fe04d8087b362f0a3a2915c"

/* The user who is behind this process: who called sudo, else whose process it is. */
static char *user_name(void)
{
    const char *caller = g_getenv("SUDO_USER");
    if (caller != NULL && g_utf8_validate(caller, -1, NULL))
        return g_strdup(caller);
    const struct passwd *entry = getpwuid(getuid());
    return entry != NULL ? g_utf8_make_valid(entry->pw_name, -1)
                         : g_strdup_printf("uid %u", (guint)getuid());
}

static char *describe(const Action *action, const char *user)
{
    g_auto(GStrv) command = action_firewall_cmd(action);
    g_autofree char *words = g_strjoinv(" ", command);
    return g_strdup_printf("%s by %s: %s of %s, zone before: %s, after: %s (%s)",
                           action_state_word(action->state), user, action_op_word(action->op),
                           action->interface != NULL ? action->interface : action->to,
                           action->from != NULL ? action->from : "none",
                           action->to != NULL ? action->to : "none", words);
}

/* MESSAGE, which is among FIELDS, goes to syslog where there is no journal. */
static void write_entry(const GLogField *fields, gsize count, int priority, const char *message)
{
    if (g_log_writer_journald(G_LOG_LEVEL_MESSAGE, fields, count, NULL) != G_LOG_WRITER_HANDLED)
        syslog(priority | LOG_DAEMON, "nicfix: %s", message);
}

void journal_note(const Action *action)
{
    g_autofree char *user = user_name();
    g_autofree char *message = describe(action, user);
    const GLogField fields[] = {
        {"MESSAGE", message, -1},
        {"MESSAGE_ID", CHANGE_MESSAGE_ID, -1},
        {"PRIORITY", "5", -1},
        {"SYSLOG_IDENTIFIER", "nicfix", -1},
        {"NICFIX_USER", user, -1},
        {"NICFIX_OP", action_op_word(action->op), -1},
        {"NICFIX_STATE", action_state_word(action->state), -1},
        {"NICFIX_SCOPE", action_scope_word(action->scope), -1},
        {"NICFIX_INTERFACE", action->interface != NULL ? action->interface : "", -1},
        {"NICFIX_ZONE_BEFORE", action->from != NULL ? action->from : "", -1},
        {"NICFIX_ZONE_AFTER", action->to != NULL ? action->to : "", -1},
    };
    write_entry(fields, G_N_ELEMENTS(fields), LOG_NOTICE, message);
}

void journal_note_failure(const char *message)
{
    const GLogField fields[] = {
        {"MESSAGE", message, -1},
        {"PRIORITY", "3", -1},
        {"SYSLOG_IDENTIFIER", "nicfix", -1},
    };
    write_entry(fields, G_N_ELEMENTS(fields), LOG_ERR, message);
}
