/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A transient timer of systemd-run(1), or a process in a session of its own. */
#include "act/revert.h"

#include "model/error.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* sd_booted(3) looks for the same. */
#define SYSTEMD_RUNS "/run/systemd/system"

static bool is_same_file(const char *one, const char *other)
{
    struct stat a, b;
    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* What systemd starts runs in systemd's namespaces: from another one it would change the wrong
 * firewall. */
static bool systemd_runs_here(void)
{
    return g_file_test(SYSTEMD_RUNS, G_FILE_TEST_IS_DIR) &&
           is_same_file("/proc/self/ns/net", "/proc/1/ns/net") &&
           is_same_file("/proc/self/ns/mnt", "/proc/1/ns/mnt");
}

static char *unit_name(const char *id)
{
    return g_strdup_printf("nicfix-undo-%s", id);
}

/* The words of `nicfix undo` for ID, added to WORDS. */
static bool add_command(GStrvBuilder *words, const char *id, guint timeout_seconds)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *timeout = g_strdup_printf("%u", timeout_seconds);
    if (program == NULL)
        return false;
    g_strv_builder_add_many(words, program, "undo", "--quiet", "--timeout", timeout,
                            "--unconfirmed", id, NULL);
    return true;
}

/* This process holds signals back (act/interruption.h); the other one must not. */
static void begin_session(gpointer unused)
{
    (void)unused;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
}

/* ---- systemd ---- */

/* What the command needs to know of this process's environment. */
static void add_environment(GStrvBuilder *words)
{
    static const char *const names[] = {"DBUS_SYSTEM_BUS_ADDRESS", "STATE_DIRECTORY"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = g_getenv(names[i]);
        if (value == NULL)
            continue;
        g_autofree char *word = g_strdup_printf("--setenv=%s=%s", names[i], value);
        g_strv_builder_add(words, word);
    }
}

static bool run_quietly(char **command)
{
    int status;
    return g_spawn_sync("/", command, NULL,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                            G_SPAWN_STDERR_TO_DEV_NULL,
                        begin_session, NULL, NULL, NULL, &status, NULL) &&
           g_spawn_check_wait_status(status, NULL);
}

static bool arrange_timer(const char *id, guint seconds, guint timeout_seconds)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_autofree char *unit = unit_name(id);
    g_autofree char *unit_option = g_strdup_printf("--unit=%s", unit);
    g_autofree char *delay = g_strdup_printf("--on-active=%us", seconds);
    g_strv_builder_add_many(words, "systemd-run", "--quiet", "--collect", unit_option, delay,
                            "--timer-property=AccuracySec=100ms",
                            "--description=Undo a nicfix change that nobody confirmed", NULL);
    add_environment(words);
    g_strv_builder_add(words, "--");
    if (!add_command(words, id, timeout_seconds))
        return false;
    g_auto(GStrv) command = g_strv_builder_end(words);
    return run_quietly(command);
}

/* ---- a process ---- */

static bool start_process(const char *id, guint timeout_seconds)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    if (!add_command(words, id, timeout_seconds))
        return false;
    g_strv_builder_add(words, "--wait");
    g_auto(GStrv) command = g_strv_builder_end(words);
    return g_spawn_async("/", command, NULL,
                         G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, begin_session,
                         NULL, NULL, NULL);
}

/* ---- either ---- */

bool revert_arrange(const char *id, guint seconds, guint timeout_seconds, GError **error)
{
    if ((systemd_runs_here() && arrange_timer(id, seconds, timeout_seconds)) ||
        start_process(id, timeout_seconds))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL,
                     "cannot arrange for the change to be undone, and nothing was changed");
    return false;
}

void revert_release(const char *id)
{
    if (!systemd_runs_here())
        return;
    g_autofree char *unit = unit_name(id);
    g_autofree char *timer = g_strconcat(unit, ".timer", NULL);
    const char *command[] = {"systemctl", "--quiet", "stop", timer, NULL};
    run_quietly((char **)command);
}
