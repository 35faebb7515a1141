/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/known-file.h"

#include "act/state.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another release may ask otherwise, or decode more: its file is not read. */
#define FILE_TYPE "(sv)"

enum { MAX_FILE_SIZE = 64 << 20 };

static char *known_path(void)
{
    return state_path("known-replies");
}

/* The file's content (transfer full), NULL where there is none that is ours. */
static GBytes *read_file(void)
{
    g_autofree char *path = known_path();
    struct stat status;
    int fd = state_open(path, O_RDONLY);
    if (fd < 0)
        return NULL;
    g_autoptr(GMappedFile) file = fstat(fd, &status) == 0 && status.st_size <= MAX_FILE_SIZE
                                      ? g_mapped_file_new_from_fd(fd, FALSE, NULL)
                                      : NULL;
    close(fd);
    return file != NULL ? g_mapped_file_get_bytes(file) : NULL;
}

KnownReplies *known_file_load(void)
{
    KnownReplies *known = known_replies_new();
    g_autoptr(GBytes) bytes = read_file();
    if (bytes == NULL)
        return known;
    g_autoptr(GVariant) file =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(FILE_TYPE), bytes, FALSE));
    const char *version;
    g_autoptr(GVariant) replies = NULL;
    g_variant_get(file, "(&sv)", &version, &replies);
    if (g_str_equal(version, NICFIX_VERSION))
        known_replies_from_variant(known, replies);
    return known;
}

void known_file_save(const KnownReplies *known)
{
    if (!known_replies_have_grown(known) || !state_make_directory())
        return;
    g_autofree char *path = known_path();
    g_autoptr(GVariant) file = g_variant_ref_sink(
        g_variant_new(FILE_TYPE, NICFIX_VERSION, known_replies_to_variant(known)));
    g_file_set_contents_full(path, g_variant_get_data(file), (gssize)g_variant_get_size(file),
                             G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}
