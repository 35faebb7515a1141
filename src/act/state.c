/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/state.h"

#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIRECTORY_MODE = 0700, FILE_MODE = 0600 };

char *state_path(const char *name)
{
    const char *given = g_getenv("STATE_DIRECTORY");
    g_autofree char *directory = given != NULL && *given != '\0'
                                     ? g_strndup(given, strcspn(given, ":"))
                                     : g_strdup(NICFIX_STATE_DIR);
    return g_build_filename(directory, name, NULL);
}

bool state_make_directory(void)
{
    g_autofree char *directory = state_path(NULL);
    return g_mkdir_with_parents(directory, DIRECTORY_MODE) == 0;
}

static bool is_ours(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int state_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, FILE_MODE);
    if (fd < 0) {
        if (errno == ELOOP) /* O_NOFOLLOW */
            errno = EBADMSG;
        return -1;
    }
    if (is_ours(fd))
        return fd;
    close(fd);
    errno = EBADMSG;
    return -1;
}

void state_set_error(GError **error, int number, const char *verb, const char *path)
{
    if (number == EBADMSG) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, "look at it and remove it",
                         "'%s' was not written by nicfix", path);
        return;
    }
    bool root_could = (number == EACCES || number == EPERM) && geteuid() != 0;
    const char *hint = root_could                             ? "run as root"
                       : number == ENOSPC || number == EDQUOT ? "free some space there"
                       : number == EROFS                      ? "make that file system writable"
                                                              : "look at that path";
    nicfix_error_set(error, root_could ? NICFIX_ERROR_NOT_AUTHORISED : NICFIX_ERROR_REFUSED, hint,
                     "cannot %s %s: %s", verb, path, g_strerror(number));
}
