/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/revert.h"

#include "act/interruption.h"
#include "bus/deadline.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/strv.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* sd_booted(3) looks for the same. */
#define SYSTEMD_RUNS "/run/systemd/system"

typedef enum {
    NAMESPACE_SAME,
    NAMESPACE_OTHER,
    NAMESPACE_UNREAD, /* a process with fewer capabilities than process 1 may not look (ptrace(2)) */
} NamespaceOfSystemd;

static NamespaceOfSystemd compare_namespace(const char *name)
{
    struct stat own, other;
    g_autofree char *own_path = g_strdup_printf("/proc/self/ns/%s", name);
    g_autofree char *other_path = g_strdup_printf("/proc/1/ns/%s", name);
    if (stat(own_path, &own) != 0 || stat(other_path, &other) != 0)
        return NAMESPACE_UNREAD;
    return own.st_dev == other.st_dev && own.st_ino == other.st_ino ? NAMESPACE_SAME
                                                                    : NAMESPACE_OTHER;
}

/* Whether systemd started this process as one of a unit (systemd.exec(5)): with the unit's end the processes that it
 * has started end, too. */
static bool is_of_unit(void)
{
    return g_getenv("INVOCATION_ID") != NULL;
}

/* What systemd starts runs in systemd's namespaces: from another one it would change the wrong
 * firewall. A unit's own mounts are views of the same files. */
static bool systemd_runs_here(void)
{
    NamespaceOfSystemd net = compare_namespace("net");
    return g_file_test(SYSTEMD_RUNS, G_FILE_TEST_IS_DIR) &&
           (net == NAMESPACE_SAME || (net == NAMESPACE_UNREAD && is_of_unit())) &&
           (compare_namespace("mnt") == NAMESPACE_SAME || is_of_unit());
}

/* This process holds signals back (act/interruption.h); the other one must not. */
static void begin_session(G_GNUC_UNUSED gpointer user)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
}

/* Waits for PID to succeed, at most until DEADLINE; kills it then, or when a signal arrives. */
static bool wait_for_success(GPid pid, gint64 deadline)
{
    enum { POLL_MS = 10 };
    int status;
    pid_t ended;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
        if (g_get_monotonic_time() < deadline && interruption_pause(POLL_MS))
            continue;
        kill(pid, SIGKILL); /* and not waited for: init will */
        return false;
    }
    return ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool run_quietly(char **command, gint64 deadline)
{
    GPid pid;
    return g_spawn_async("/", command, NULL,
                         G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                             G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                         begin_session, NULL, &pid, NULL) &&
           wait_for_success(pid, deadline);
}

static void add_timer(GStrvBuilder *words, const char *id, guint seconds)
{
    static const char *const environment[] = {"DBUS_SYSTEM_BUS_ADDRESS", "STATE_DIRECTORY", NULL};
    g_autofree char *unit = g_strdup_printf("--unit=nicfix-undo-%s", id);
    g_autofree char *delay = g_strdup_printf("--on-active=%us", seconds);
    STRV_BUILDER_ADD(words, "systemd-run", "--quiet", "--collect", unit, delay,
                     "--timer-property=AccuracySec=100ms", "--property=Restart=on-failure",
                     "--property=RestartSec=1s", "--property=StartLimitIntervalSec=0",
                     "--description=Undo a nicfix change that nobody confirmed");
    STRV_FOREACH (name, environment) {
        const char *value = g_getenv(*name);
        g_autofree char *word = g_strdup_printf("--setenv=%s=%s", *name, value);
        if (value != NULL)
            g_strv_builder_add(words, word);
    }
    g_strv_builder_add(words, "--");
}

char **revert_command(RevertBy by, const char *program, const char *id, guint seconds,
                      guint timeout_seconds)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_autofree char *timeout = g_strdup_printf("%u", timeout_seconds);
    if (by == REVERT_BY_TIMER)
        add_timer(words, id, seconds);
    STRV_BUILDER_ADD(words, program, "undo", "--quiet", "--timeout", timeout, "--unconfirmed", id);
    if (by == REVERT_BY_PROCESS)
        g_strv_builder_add(words, "--wait");
    return g_strv_builder_end(words);
}

static bool start_process(char **command)
{
    return g_spawn_async("/", command, NULL,
                         G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, begin_session,
                         NULL, NULL, NULL);
}

bool revert_arrange(const char *id, guint seconds, guint timeout_seconds, GError **error)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    if (program != NULL) {
        g_auto(GStrv) timer =
            revert_command(REVERT_BY_TIMER, program, id, seconds, timeout_seconds);
        g_auto(GStrv) process =
            revert_command(REVERT_BY_PROCESS, program, id, seconds, timeout_seconds);
        gint64 deadline = deadline_in(timeout_seconds * 1000);
        if ((systemd_runs_here() && run_quietly(timer, deadline)) ||
            (interruption_pending() == NULL && !is_of_unit() && start_process(process)))
            return true;
    }
    const char *signal = interruption_pending();
    if (signal != NULL)
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL, "interrupted by %s; nothing was changed",
                         signal);
    else
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL,
                         "cannot arrange for the change to be undone, and nothing was changed%s",
                         is_of_unit()
                             ? ": systemd's timer cannot be used here, and another process "
                               "would end with the unit that nicfix runs in"
                             : "");
    return false;
}

void revert_release(const char *id)
{
    enum { LIMIT_MS = 5000 };
    if (!systemd_runs_here())
        return;
    g_autofree char *timer = g_strdup_printf("nicfix-undo-%s.timer", id);
    const char *command[] = {"systemctl", "--quiet", "stop", timer, NULL};
    if (!run_quietly((char **)command, deadline_in(LIMIT_MS)))
        g_debug("%s is still there: it will find nothing to undo", timer);
}
