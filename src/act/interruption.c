/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals are blocked, not handled: no code runs at a bad time. */
#include "act/interruption.h"

#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct {
    int number;
    const char *name;
} held[] = {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}};

static sigset_t all_held(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (guint i = 0; i < G_N_ELEMENTS(held); i++)
        sigaddset(&set, held[i].number);
    return set;
}

void interruption_hold(void)
{
    sigset_t set = all_held();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

const char *interruption_pending(void)
{
    sigset_t set;
    sigpending(&set);
    for (guint i = 0; i < G_N_ELEMENTS(held); i++) {
        if (sigismember(&set, held[i].number) == 1)
            return held[i].name;
    }
    return NULL;
}

void interruption_forget(void)
{
    sigset_t set = all_held();
    const struct timespec no_time = {0};
    while (sigtimedwait(&set, NULL, &no_time) > 0)
        continue;
}

/* A negative FD is ignored (poll(2)), and a TIMEOUT_MS below zero is none. */
static bool wait_for(int fd, short events, int timeout_ms)
{
    sigset_t set = all_held();
    int signals =
        signalfd(-1, &set, SFD_CLOEXEC); /* it only tells: what has arrived stays pending */
    struct pollfd waited[] = {{.fd = fd, .events = events}, {.fd = signals, .events = POLLIN}};
    while (poll(waited, G_N_ELEMENTS(waited), timeout_ms) < 0 && errno == EINTR)
        continue;
    if (signals >= 0)
        close(signals);
    return interruption_pending() == NULL;
}

bool interruption_wait_readable(int fd)
{
    return wait_for(fd, POLLIN, -1);
}

bool interruption_wait_writable(int fd)
{
    return wait_for(fd, POLLOUT, -1);
}

bool interruption_pause(unsigned int ms)
{
    return wait_for(-1, 0, (int)MIN(ms, (unsigned int)G_MAXINT));
}
