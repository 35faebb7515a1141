/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock is a name in the abstract namespace of unix(7) sockets. Like firewalld's rules, that
 * belongs to the network namespace; it needs no file or directory and ends with its owner.
 *
 * Anybody may take that name. Root ignores a holder that is not root, which could otherwise block
 * every change; comparing before each change still protects. */
#include "act/lock.h"

#include "bus/deadline.h"
#include "model/error.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME "\0nicfix-change" /* abstract: begins with NUL */

static const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = NAME};
static const socklen_t address_length =
    G_STRUCT_OFFSET(struct sockaddr_un, sun_path) + sizeof NAME - 1;

struct Lock {
    int fd; /* -1: the holder was ignored */
};

/* The lock's socket, or -1 with errno EADDRINUSE where somebody else has it. */
static int try_to_take(void)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, address_length) == 0 &&
        listen(fd, SOMAXCONN) == 0)
        return fd;
    int reason = errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
    return -1;
}

/* Who has the lock; false where nobody has any more. */
static bool find_holder(struct ucred *holder)
{
    socklen_t size = sizeof *holder;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool found = fd >= 0 && connect(fd, (const struct sockaddr *)&address, address_length) == 0 &&
                 getsockopt(fd, SOL_SOCKET, SO_PEERCRED, holder, &size) == 0;
    if (fd >= 0)
        close(fd);
    return found;
}

Lock *lock_take(guint timeout_ms, GError **error)
{
    gint64 deadline = deadline_in(timeout_ms);
    struct ucred holder = {0};
    do {
        Lock own = {.fd = try_to_take()};
        if (own.fd < 0 && errno != EADDRINUSE) {
            nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL, "cannot create the lock: %s",
                             g_strerror(errno));
            return NULL;
        }
        if (own.fd >= 0 || (find_holder(&holder) && geteuid() == 0 && holder.uid != 0))
            return g_memdup2(&own, sizeof own);
    } while (deadline_wait(deadline));
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, "wait for it and run this again",
                     "another nicfix (process %d) is changing this host, and nothing was changed",
                     (int)holder.pid);
    return NULL;
}

void lock_free(Lock *lock)
{
    if (lock == NULL)
        return;
    if (lock->fd >= 0)
        close(lock->fd);
    g_free(lock);
}
