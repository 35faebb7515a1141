/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Speaks the journal's own protocol (systemd's "Native Journal Protocol") instead of using sd_journal_send()
 * or syslog(3), which wait for a reader that does not read: what cannot be written at once is lost. */
#include "act/journal.h"

#include "report/plan-text.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define SYSLOG_SOCKET  "/dev/log"

/* systemd/nicfix.catalog explains it. */
#define CHANGE_MESSAGE_ID "3e6e794e4fe04d8087b362f0a3a2915c"

typedef struct {
    const char *name;
    const char *value;
} Field;

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

/* Who is behind this process: the caller of sudo, else its user. */
static char *user_name(void)
{
    const char *caller = g_getenv("SUDO_USER");
    if (caller != NULL && g_utf8_validate(caller, -1, NULL))
        return g_strdup(caller);
    char *name = name_in_passwd(getuid());
    return name != NULL ? name : g_strdup_printf("uid %u", (guint)getuid());
}

/* Sends DATA to the socket PATH, of TYPE, without waiting. */
static bool send_to(const char *path, int type, const char *data, gsize length)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool sent = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
                send(fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
    int reason = errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
    return sent;
}

/* A value of several lines is preceded by its length, 64 bits in little endian. */
static void append_field(GString *entry, const char *name, const char *value)
{
    if (strchr(value, '\n') == NULL) {
        g_string_append_printf(entry, "%s=%s\n", name, value);
        return;
    }
    guint64 length = GUINT64_TO_LE(strlen(value));
    g_string_append_printf(entry, "%s\n", name);
    g_string_append_len(entry, (const char *)&length, sizeof length);
    g_string_append_printf(entry, "%s\n", value);
}

/* As syslog(3) writes it, to a socket of either type (RFC 3164; a stream's messages end with NUL). */
static void write_to_syslog(const char *message, int priority)
{
    g_autofree char *line =
        g_strdup_printf("<%d>nicfix[%d]: %s", priority | LOG_DAEMON, (int)getpid(), message);
    g_strdelimit(line, "\n", ' ');
    gsize length = strlen(line);
    if (!send_to(SYSLOG_SOCKET, SOCK_DGRAM, line, length) && errno == EPROTOTYPE &&
        !send_to(SYSLOG_SOCKET, SOCK_STREAM, line, length + 1))
        g_debug("not logged: %s", line);
}

/* Writes MESSAGE and FIELDS; to syslog where there is no journal. */
static void write_entry(const char *message, int priority, const Field *fields, gsize count)
{
    g_autoptr(GString) entry = g_string_new(NULL);
    append_field(entry, "MESSAGE", message);
    g_string_append_printf(entry, "PRIORITY=%d\nSYSLOG_IDENTIFIER=nicfix\n", priority);
    for (gsize i = 0; i < count; i++)
        append_field(entry, fields[i].name, fields[i].value);
    bool written = send_to(JOURNAL_SOCKET, SOCK_DGRAM, entry->str, entry->len);
    if (!written && (errno == ENOENT || errno == ECONNREFUSED))
        write_to_syslog(message, priority);
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
    const Field fields[] = {
        {"MESSAGE_ID", CHANGE_MESSAGE_ID},
        {"NICFIX_USER", user},
        {"NICFIX_OP", op},
        {"NICFIX_STATE", state},
        {"NICFIX_SCOPE", action_scope_word(action->scope)},
        {"NICFIX_INTERFACE", action->interface != NULL ? action->interface : ""},
        {"NICFIX_ZONE_BEFORE", action->from != NULL ? action->from : ""},
        {"NICFIX_ZONE_AFTER", action->to != NULL ? action->to : ""},
    };
    write_entry(message, LOG_NOTICE, fields, G_N_ELEMENTS(fields));
}

void journal_note_failure(const char *message)
{
    write_entry(message, LOG_ERR, NULL, 0);
}
