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
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char name[] = "\0nicfix-change"; /* abstract: begins with NUL */

struct Lock {
    int fd; /* -1: the holder was ignored */
};

static struct sockaddr_un address(socklen_t *length)
{
    struct sockaddr_un result = {.sun_family = AF_UNIX};
    memcpy(result.sun_path, name, sizeof name - 1);
    *length = (socklen_t)(G_STRUCT_OFFSET(struct sockaddr_un, sun_path) + sizeof name - 1);
    return result;
}

static int open_socket(int flags)
{
    return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);
}

/* The lock's socket, or -1 with errno EADDRINUSE where somebody else has it. */
static int try_to_take(void)
{
    socklen_t length;
    struct sockaddr_un own = address(&length);
    int fd = open_socket(0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&own, length) == 0 && listen(fd, SOMAXCONN) == 0)
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
    socklen_t length;
    struct sockaddr_un other = address(&length);
    socklen_t size = sizeof *holder;
    int fd = open_socket(SOCK_NONBLOCK);
    bool found = fd >= 0 && connect(fd, (struct sockaddr *)&other, length) == 0 &&
                 getsockopt(fd, SOL_SOCKET, SO_PEERCRED, holder, &size) == 0;
    if (fd >= 0)
        close(fd);
    return found;
}

static Lock *lock_new(int fd)
{
    Lock *lock = g_new0(Lock, 1);
    lock->fd = fd;
    return lock;
}

Lock *lock_take(guint timeout_ms, GError **error)
{
    gint64 deadline = deadline_in(timeout_ms);
    struct ucred holder = {0};
    do {
        int fd = try_to_take();
        if (fd >= 0)
            return lock_new(fd);
        if (errno != EADDRINUSE) {
            nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL, "cannot create the lock: %s",
                             g_strerror(errno));
            return NULL;
        }
        if (find_holder(&holder) && geteuid() == 0 && holder.uid != 0)
            return lock_new(-1);
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
