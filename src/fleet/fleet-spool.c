/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fleet/fleet-spool.h"

#include "model/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct FleetSpool {
    gsize limit;
    int fd;          /* -1: there is no file yet, or there can be none */
    bool is_refused; /* a file could not be made or written */
    gsize written;   /* bytes in the file; what follows them is in memory */
    GString *held;
};

FleetSpool *fleet_spool_new(gsize limit)
{
    FleetSpool *spool = g_new0(FleetSpool, 1);
    spool->limit = limit;
    spool->fd = -1;
    spool->held = g_string_new(NULL);
    return spool;
}

void fleet_spool_free(FleetSpool *spool)
{
    if (spool == NULL)
        return;
    if (spool->fd >= 0)
        close(spool->fd);
    g_string_free(spool->held, TRUE);
    g_free(spool);
}

/* Without its name, the file is gone when this process is, however it ends. */
static int open_file(void)
{
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("nicfix-report-XXXXXX", &name, NULL);
    if (fd >= 0)
        g_unlink(name);
    return fd;
}

static bool write_at(int fd, const char *data, gsize length, gsize start)
{
    while (length > 0) {
        ssize_t written = pwrite(fd, data, length, (off_t)start);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        data += written;
        start += (gsize)written;
        length -= (gsize)written;
    }
    return true;
}

static void move_to_file(FleetSpool *spool)
{
    if (spool->fd < 0)
        spool->fd = open_file();
    spool->is_refused =
        spool->fd < 0 || !write_at(spool->fd, spool->held->str, spool->held->len, spool->written);
    if (spool->is_refused)
        return;
    spool->written += spool->held->len;
    g_string_truncate(spool->held, 0);
}

FleetPlace fleet_spool_add(FleetSpool *spool, const char *text)
{
    FleetPlace place = {spool->written + spool->held->len, strlen(text)};
    g_string_append_len(spool->held, text, (gssize)place.length);
    if (spool->held->len > spool->limit && !spool->is_refused)
        move_to_file(spool);
    return place;
}

char *fleet_spool_get(const FleetSpool *spool, FleetPlace place, GError **error)
{
    if (place.start >= spool->written)
        return g_strndup(spool->held->str + (place.start - spool->written), place.length);
    g_autofree char *text = g_malloc0(place.length + 1);
    for (gsize done = 0; done < place.length;) {
        ssize_t got =
            pread(spool->fd, text + done, place.length - done, (off_t)(place.start + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            nicfix_error_set(error, NICFIX_ERROR_OUTPUT, "set TMPDIR to another folder",
                             "cannot write the result: a file in %s cannot be read: %s",
                             g_get_tmp_dir(), got < 0 ? g_strerror(errno) : "it was cut");
            return NULL;
        }
        done += (gsize)got;
    }
    return g_steal_pointer(&text);
}

gsize fleet_spool_held(const FleetSpool *spool)
{
    return spool->held->len;
}
