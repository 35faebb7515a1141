/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/journal.h"

#include "model/foreach.h"
#include "report/escape.h"
#include "report/journal-socket.h"
#include "report/plan-text.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#define SYSLOG_SOCKET "/dev/log"

/* systemd/nicfix.catalog explains it. */
#define CHANGE_MESSAGE_ID  "3e6e794e4fe04d8087b362f0a3a2915c"
#define REQUEST_MESSAGE_ID "943ec7b778e3428686addcc898b0b908"

/* getpwuid(3) may ask a directory service, which may not answer. */
static char *name_in_passwd(uid_t uid)
{
    FILE *file = fopen("/etc/passwd", "re");
    if (file == NULL)
        return NULL;
    char *name = NULL;
    const struct passwd *entry;
    while (name == NULL && (entry = fgetpwent(file)) != NULL) {
        if (entry->pw_uid == uid)
            name = g_utf8_make_valid(entry->pw_name, -1);
    }
    fclose(file);
    return name;
}

char *journal_user_name(guint uid)
{
    char *name = name_in_passwd(uid);
    return name != NULL ? name : g_strdup_printf("uid %u", uid);
}

char *journal_user(void)
{
    const char *caller = g_getenv("SUDO_USER");
    if (caller != NULL && g_utf8_validate(caller, -1, NULL))
        return g_strdup(caller);
    return journal_user_name(getuid());
}

/* As syslog(3) writes it, to a socket of either type (RFC 3164; a stream's messages end with NUL). */
static void write_to_syslog(const char *message, int priority)
{
    g_autofree char *line =
        g_strdup_printf("<%d>nicfix[%d]: %s", priority | LOG_DAEMON, (int)getpid(), message);
    g_strdelimit(line, "\n", ' ');
    gsize length = strlen(line);
    if (!journal_socket_send(SYSLOG_SOCKET, SOCK_DGRAM, line, length) && errno == EPROTOTYPE &&
        !journal_socket_send(SYSLOG_SOCKET, SOCK_STREAM, line, length + 1))
        g_debug("not logged: %s", line);
}

/* Writes an entry, whose MESSAGE and PRIORITY are among its FIELDS; to syslog where there is no journal. */
static void write_entry(const char *message, int priority, const GLogField *fields, gsize count)
{
    if (!journal_send(fields, count) && (errno == ENOENT || errno == ECONNREFUSED))
        write_to_syslog(message, priority);
}

void journal_note(const Action *action)
{
    const char *op = action_op_word(action->op);
    const char *state = action_state_word(action->state);
    g_autofree char *user = journal_user();
    g_autofree char *words = action_command_line(action);
    g_autofree char *message =
        g_strdup_printf("%s by %s: %s of %s, zone before: %s, after: %s (%s)", state, user, op,
                        action_subject(action), action->from != NULL ? action->from : "none",
                        action->to != NULL ? action->to : "none", words);
    const GLogField fields[] = {
        {"MESSAGE", message, -1},
        {"PRIORITY", "5", -1}, /* LOG_NOTICE */
        {"SYSLOG_IDENTIFIER", "nicfix", -1},
        {"MESSAGE_ID", CHANGE_MESSAGE_ID, -1},
        {"NICFIX_USER", user, -1},
        {"NICFIX_OP", op, -1},
        {"NICFIX_STATE", state, -1},
        {"NICFIX_SCOPE", action_scope_word(action->scope), -1},
        {"NICFIX_INTERFACE", action->interface != NULL ? action->interface : "", -1},
        {"NICFIX_ZONE_BEFORE", action->from != NULL ? action->from : "", -1},
        {"NICFIX_ZONE_AFTER", action->to != NULL ? action->to : "", -1},
    };
    write_entry(message, LOG_NOTICE, fields, G_N_ELEMENTS(fields));
}

void journal_note_failure(const char *message)
{
    const GLogField fields[] = {
        {"MESSAGE", message, -1},
        {"PRIORITY", "3", -1}, /* LOG_ERR */
        {"SYSLOG_IDENTIFIER", "nicfix", -1},
    };
    write_entry(message, LOG_ERR, fields, G_N_ELEMENTS(fields));
}

/* What the exit status of nicfix says of a request. */
static const char *decision_word(int status)
{
    switch (status) {
    case 0:
    case 1:
    case 7:
    case 8: /* the plan was shown to the user, whose answer is another request */
        return "done";
    case 4:
        return "not authorised";
    default:
        return "failed";
    }
}

/* WORDS as a shell would read them (transfer full), cut where they are many: an entry has to fit into a datagram. */
static char *request_line(const char *const *words)
{
    enum { MAX_LINE = 4096 };
    GString *line = g_string_new(NULL);
    guint left_out = 0;
    STRV_FOREACH (word, words) {
        g_autofree char *quoted = escape_for_shell(*word);
        if (left_out == 0 && line->len + strlen(quoted) < MAX_LINE)
            g_string_append_printf(line, "%s%s", line->len > 0 ? " " : "", quoted);
        else
            left_out++;
    }
    if (left_out > 0)
        g_string_append_printf(line, " (and %u more words)", left_out);
    return g_string_free(line, FALSE);
}

void journal_note_request(const char *user, guint uid, const char *const *words, int status)
{
    g_autofree char *line = request_line(words);
    g_autofree char *number = g_strdup_printf("%u", uid);
    g_autofree char *exit_status = g_strdup_printf("%d", status);
    const char *decision = decision_word(status);
    g_autofree char *message = g_strdup_printf("request of %s (uid %u), %s, status %d: %s", user,
                                               uid, decision, status, line);
    const GLogField fields[] = {
        {"MESSAGE", message, -1},
        {"PRIORITY", "6", -1}, /* LOG_INFO */
        {"SYSLOG_IDENTIFIER", "nicfix", -1},
        {"MESSAGE_ID", REQUEST_MESSAGE_ID, -1},
        {"NICFIX_USER", user, -1},
        {"NICFIX_UID", number, -1},
        {"NICFIX_DECISION", decision, -1},
        {"NICFIX_STATUS", exit_status, -1},
        {"NICFIX_REQUEST", line, -1},
    };
    write_entry(message, LOG_INFO, fields, G_N_ELEMENTS(fields));
}
