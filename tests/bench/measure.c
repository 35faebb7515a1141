/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program, discards its output, and prints what it and its children took: wall time, CPU time
 * (µs), peak memory (kB) and the exit status. It is small itself, because a process starts with the
 * peak memory of its parent. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void run(char **argv)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    execvp(argv[0], argv);
    perror(argv[0]);
    _exit(127);
}

static long long wall(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static long long microseconds(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: measure PROGRAM [ARGUMENT]...\n", stderr);
        return 2;
    }
    long long begin = wall();
    pid_t child = fork();
    if (child == 0)
        run(argv + 1);
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
        perror("measure");
        return 1;
    }
    long long taken = wall() - begin;
    printf("{\"wall\": %lld, \"cpu\": %lld, \"memory\": %ld, \"code\": %d}\n", taken,
           microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    return 0;
}
