/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes one call of the program $LAB_TORTURE_PROGRAM to the C library fail: the call $LAB_TORTURE, counted
 * from 1 at the start of main(), of those below. To be preloaded (ld.so(8)). What the program starts is
 * spared. $LAB_TORTURE_LOG gets a line with the name of the call that failed and what it was about; where
 * $LAB_TORTURE is 0, a line for each call. $LAB_TORTURE_ERROR is the error, 0 a fitting one.
 *
 * Calls for an eventfd are not counted: GLib wakes its threads with them, and takes for granted that they
 * succeed. Nor are those for the files in which gcov(1) counts what is covered. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef int Main(int, char **, char **);

static atomic_bool is_armed;
static atomic_long calls;
static long chosen;
static int error_to_set;
static int log_descriptor = -1;
static Main *program;

static void note(const char *name, const char *subject)
{
    char line[512];
    int length = snprintf(line, sizeof line, "%s %s\n", name, subject);
    if (length > 0 && length < (int)sizeof line)
        syscall(SYS_write, log_descriptor, line, (size_t)length);
}

/* Whether this call is the one to fail; errno is set then. */
static bool fails(const char *name, const char *subject, int error)
{
    size_t length = strlen(subject);
    if (!is_armed || (length > 5 && strcmp(subject + length - 5, ".gcda") == 0))
        return false;
    long number = atomic_fetch_add(&calls, 1) + 1;
    if (chosen == 0 || number == chosen)
        note(name, subject);
    if (number != chosen)
        return false;
    errno = error_to_set != 0 ? error_to_set : error;
    return true;
}

/* The same for what is done with DESCRIPTOR. */
static bool fails_on(const char *name, int descriptor, int error)
{
    char path[32];
    char subject[256] = "";
    if (!is_armed)
        return false;
    int saved = errno;
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    syscall(SYS_readlink, path, subject, sizeof subject - 1);
    errno = saved;
    return strstr(subject, "[eventfd]") == NULL && fails(name, subject, error);
}

/* A socket of netlink(7) loses messages, one of unix(7) its peer. */
static int loss(int descriptor)
{
    int domain = 0;
    int saved = errno;
    syscall(SYS_getsockopt, descriptor, SOL_SOCKET, SO_DOMAIN, &domain,
            &(socklen_t){sizeof domain});
    errno = saved;
    return domain == AF_NETLINK ? ENOBUFS : ECONNRESET;
}

#define FIND_NEXT(name)                                                                            \
    static __typeof__(&name) next;                                                                 \
    if (next == NULL)                                                                              \
    *(void **)&next = dlsym(RTLD_NEXT, #name)

#define DEFINE_CALL(type, name, parameters, arguments, failed, failure)                            \
    type name parameters                                                                           \
    {                                                                                              \
        FIND_NEXT(name);                                                                           \
        return (failed) ? (failure) : next arguments;                                              \
    }

#define ON_DESCRIPTOR(name, parameters, arguments, error)                                          \
    DEFINE_CALL(ssize_t, name, parameters, arguments, fails_on(#name, descriptor, error), -1)

#define ON_SOCKET(name, parameters, arguments, error)                                              \
    DEFINE_CALL(int, name, parameters, arguments, fails_on(#name, descriptor, error), -1)

#define ON_PATH(name, parameters, arguments, error)                                                \
    DEFINE_CALL(int, name, parameters, arguments, fails(#name, path, error), -1)

#define DEFINE_OPEN(name)                                                                          \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        FIND_NEXT(name);                                                                           \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;           \
        va_end(rest);                                                                              \
        bool creates = (flags & O_CREAT) != 0;                                                     \
        return fails(#name, path, creates ? ENOSPC : EMFILE) ? -1 : next(path, flags, mode);       \
    }

#define DEFINE_OPENAT(name)                                                                        \
    int name(int folder, const char *path, int flags, ...)                                         \
    {                                                                                              \
        FIND_NEXT(name);                                                                           \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;           \
        va_end(rest);                                                                              \
        return fails(#name, path, EMFILE) ? -1 : next(folder, path, flags, mode);                  \
    }

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)
DEFINE_CALL(FILE *, fopen, (const char *path, const char *mode), (path, mode),
            fails("fopen", path, EMFILE), NULL)
DEFINE_CALL(FILE *, fopen64, (const char *path, const char *mode), (path, mode),
            fails("fopen64", path, EMFILE), NULL)

DEFINE_CALL(int, fflush, (FILE * stream), (stream),
            stream != NULL && fails_on("fflush", fileno(stream), ENOSPC), EOF)

ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode), ENOSPC)
ON_PATH(rename, (const char *path, const char *to), (path, to), EROFS)
ON_PATH(unlink, (const char *path), (path), EROFS)
ON_PATH(stat64, (const char *path, struct stat64 *status), (path, status), EACCES)
ON_PATH(lstat64, (const char *path, struct stat64 *status), (path, status), EACCES)

ON_DESCRIPTOR(read, (int descriptor, void *buffer, size_t size), (descriptor, buffer, size), EIO)
ON_DESCRIPTOR(pread64, (int descriptor, void *buffer, size_t size, off64_t offset),
              (descriptor, buffer, size, offset), EIO)
ON_DESCRIPTOR(write, (int descriptor, const void *buffer, size_t size), (descriptor, buffer, size),
              ENOSPC)
ON_SOCKET(fsync, (int descriptor), (descriptor), EIO)
ON_SOCKET(ftruncate, (int descriptor, off_t size), (descriptor, size), EIO)
ON_SOCKET(flock, (int descriptor, int operation), (descriptor, operation), ENOLCK)
ON_SOCKET(fstat64, (int descriptor, struct stat64 *status), (descriptor, status), EIO)

DEFINE_CALL(int, socket, (int domain, int type, int protocol), (domain, type, protocol),
            fails("socket", "", EMFILE), -1)
DEFINE_CALL(int, pipe2, (int ends[2], int flags), (ends, flags), fails("pipe2", "", EMFILE), -1)
DEFINE_CALL(pid_t, fork, (void), (), fails("fork", "", EAGAIN), -1)
ON_SOCKET(bind, (int descriptor, const struct sockaddr *address, socklen_t size),
          (descriptor, address, size), EACCES)
ON_SOCKET(listen, (int descriptor, int backlog), (descriptor, backlog), EADDRINUSE)
ON_SOCKET(connect, (int descriptor, const struct sockaddr *address, socklen_t size),
          (descriptor, address, size), ECONNREFUSED)
ON_SOCKET(getsockopt, (int descriptor, int level, int option, void *value, socklen_t *size),
          (descriptor, level, option, value, size), ENOPROTOOPT)
ON_SOCKET(setsockopt, (int descriptor, int level, int option, const void *value, socklen_t size),
          (descriptor, level, option, value, size), ENOPROTOOPT)
ON_DESCRIPTOR(send, (int descriptor, const void *buffer, size_t size, int flags),
              (descriptor, buffer, size, flags), loss(descriptor))
ON_DESCRIPTOR(sendto,
              (int descriptor, const void *buffer, size_t size, int flags,
               const struct sockaddr *address, socklen_t length),
              (descriptor, buffer, size, flags, address, length), loss(descriptor))
ON_DESCRIPTOR(sendmsg, (int descriptor, const struct msghdr *message, int flags),
              (descriptor, message, flags), loss(descriptor))
ON_DESCRIPTOR(recv, (int descriptor, void *buffer, size_t size, int flags),
              (descriptor, buffer, size, flags), loss(descriptor))
ON_DESCRIPTOR(recvfrom,
              (int descriptor, void *buffer, size_t size, int flags, struct sockaddr *address,
               socklen_t *length),
              (descriptor, buffer, size, flags, address, length), loss(descriptor))
ON_DESCRIPTOR(recvmsg, (int descriptor, struct msghdr *message, int flags),
              (descriptor, message, flags), loss(descriptor))

/* ---- the beginning and the end ---- */

static long number_in(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL ? atol(value) : 0;
}

/* The helpers that begin a program in a namespace are not tortured. */
static bool is_chosen(void)
{
    const char *name = getenv("LAB_TORTURE_PROGRAM");
    return name != NULL && strcmp(name, program_invocation_short_name) == 0;
}

static int tortured_main(int count, char **words, char **environment)
{
    if (!is_chosen())
        return program(count, words, environment);
    const char *path = getenv("LAB_TORTURE_LOG");
    if (path != NULL)
        log_descriptor = (int)syscall(SYS_openat, AT_FDCWD, path,
                                      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    chosen = number_in("LAB_TORTURE");
    error_to_set = (int)number_in("LAB_TORTURE_ERROR");
    unsetenv("LD_PRELOAD");
    is_armed = true;
    int status = program(count, words, environment);
    is_armed = false;
    return status;
}

int __libc_start_main(Main *main, int count, char **words, void (*begin)(void), void (*end)(void),
                      void (*loader)(void), void *stack)
{
    int (*next)(Main *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);
    *(void **)&next = dlsym(RTLD_NEXT, "__libc_start_main");
    program = main;
    return next(tortured_main, count, words, begin, end, loader, stack);
}
