/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What systemd hears of a service, and what a service hears of it. */
#include "report/journal-socket.h"

#include "cases.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A socket at PATH as systemd has one; @ is the abstract namespace. */
static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    gsize length = strlen(path);
    memcpy(address.sun_path, path, length);
    if (*path == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    return fd;
}

static void assert_hears(const char *path)
{
    char heard[64] = {0};
    int fd = listen_at(path);
    g_setenv("NOTIFY_SOCKET", path, TRUE);
    service_notify("READY=1");
    assert_int_equal(recv(fd, heard, sizeof heard - 1, 0), strlen("READY=1"));
    assert_string_equal(heard, "READY=1");
    close(fd);
}

static void test_systemd_hears(G_GNUC_UNUSED void **state)
{
    g_autofree char *folder = g_dir_make_tmp("nicfix-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "notify", NULL);
    g_autofree char *abstract = g_strdup_printf("@%s", path);
    assert_hears(path);
    assert_hears(abstract);
    service_notify("READY=1"); /* nobody is there any more */
    g_unsetenv("NOTIFY_SOCKET");
    service_notify("READY=1");
    unlink(path);
    rmdir(folder);
}

typedef struct {
    const char *name;
    const char *usec; /* of the environment; NULL: not there */
    const char *pid;  /* likewise; "self": of this process */
    guint64 expected;
} WatchdogCase;

static const WatchdogCase watchdogs[] = {
    {"no watchdog", NULL, NULL, 0},
    {"for any process", "180000000", NULL, 180000000},
    {"for this process", "180000000", "self", 180000000},
    {"for another process", "180000000", "1", 0},
    {"no number", "soon", NULL, 0},
    {"a negative number", "-1", NULL, 0},
    {"no process", "180000000", "", 0},
};

static void set(const char *name, const char *value)
{
    if (value != NULL)
        g_setenv(name, value, TRUE);
    else
        g_unsetenv(name);
}

static void test_watchdog(void **state)
{
    const WatchdogCase *test = *state;
    g_autofree char *self = g_strdup_printf("%d", getpid());
    set("WATCHDOG_USEC", test->usec);
    set("WATCHDOG_PID", g_strcmp0(test->pid, "self") == 0 ? self : test->pid);
    assert_int_equal(service_watchdog_usec(), test->expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_systemd_hears)};
    return RUN_CASES(test_watchdog, watchdogs) + cmocka_run_group_tests(tests, NULL, NULL);
}
