/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/worker.h"
#include "model/strv.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
    WorkerDone done;
    gpointer user;
    WorkerResult result;
} Worker;

static void worker_free(Worker *worker)
{
    if (worker->result.output >= 0)
        close(worker->result.output);
    if (worker->result.messages >= 0)
        close(worker->result.messages);
    g_free(worker);
}

static GSubprocessLauncher *launcher_new(GSubprocessFlags flags, const char *user_name,
                                         const char *session)
{
    GSubprocessLauncher *launcher = g_subprocess_launcher_new(flags);
    g_subprocess_launcher_setenv(launcher, "SUDO_USER", user_name, TRUE);
    g_subprocess_launcher_setenv(launcher, "SSH_CONNECTION", session, TRUE);
    return launcher;
}

/* This very program, also while a new release of it is being installed. */
static char **program_with(const char *const *words)
{
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    g_strv_builder_add(all, "/proc/self/exe");
    strv_builder_add_strv(all, words);
    return g_strv_builder_end(all);
}

/* Whoever gets the answer can neither change it nor make it larger at the service's cost (memfd_create(2)). */
static void finish_file(int fd)
{
    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    lseek(fd, 0, SEEK_SET);
}

static void ended(GObject *source, GAsyncResult *result, gpointer user)
{
    Worker *worker = user;
    GSubprocess *process = G_SUBPROCESS(source);
    g_subprocess_wait_finish(process, result, NULL);
    worker->result.status =
        g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process) : -1;
    finish_file(worker->result.output);
    finish_file(worker->result.messages);
    worker->done(&worker->result, worker->user);
    worker_free(worker);
}

/* A file in memory that a worker prints to and does not wait for; it is read when the worker has ended. */
static int new_file(GError **error)
{
    int fd = memfd_create("nicfix-answer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "memfd_create: %s",
                    g_strerror(errno));
    return fd;
}

bool worker_start(char **words, const char *user_name, const char *session, WorkerDone done,
                  gpointer user, GError **error)
{
    Worker *worker = g_new(Worker, 1);
    *worker = (Worker){.done = done, .user = user, .result = {.output = -1, .messages = -1}};
    worker->result.output = new_file(error);
    if (worker->result.output >= 0)
        worker->result.messages = new_file(error);
    if (worker->result.messages < 0) {
        worker_free(worker);
        return false;
    }
    g_autoptr(GSubprocessLauncher) launcher =
        launcher_new(G_SUBPROCESS_FLAGS_NONE, user_name, session);
    g_subprocess_launcher_take_stdout_fd(launcher, dup(worker->result.output));
    g_subprocess_launcher_take_stderr_fd(launcher, dup(worker->result.messages));
    g_auto(GStrv) line = program_with((const char *const *)words);
    g_autoptr(GSubprocess) process =
        g_subprocess_launcher_spawnv(launcher, (const char *const *)line, error);
    if (process == NULL) {
        worker_free(worker);
        return false;
    }
    g_subprocess_wait_async(process, NULL, ended, worker);
    return true;
}

GSubprocess *worker_stream(const char *const *words, const char *user_name, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, user_name, "");
    g_auto(GStrv) line = program_with(words);
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)line, error);
}

GBytes *worker_read(int fd, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new_from_fd(fd, FALSE, error);
    return file != NULL ? g_mapped_file_get_bytes(file) : NULL;
}
