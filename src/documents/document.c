/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents from files: see document.h. */
#include "documents/document.h"

#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* ---- parsing ---- */

json_t *document_parse(const char *data, gsize size, const JsonPlace *place, GError **error)
{
    if (size > DOCUMENT_SIZE_MAX) {
        json_place_fault(place, error, "larger than %lu MiB", DOCUMENT_SIZE_MAX >> 20);
        return NULL;
    }
    json_error_t fault;
    if (size == 0) {
        json_place_fault(place, error, "empty");
        return NULL;
    }
    json_auto_t *root = json_loadb(data, size, JSON_REJECT_DUPLICATES, &fault);
    if (root == NULL) {
        g_autofree char *reason = g_utf8_make_valid(fault.text, -1);
        json_place_fault(place, error, "line %d, column %d: %s", fault.line, fault.column, reason);
        return NULL;
    }
    if (!json_is_object(root)) {
        json_place_unexpected(place, root, "an object", error);
        return NULL;
    }
    return g_steal_pointer(&root);
}

char *document_schema(const json_t *root, const JsonPlace *place, GError **error)
{
    enum { LENGTH_MAX = 64 };
    const JsonPlace below = {.parent = place, .name = "schema"};
    const json_t *value = json_object_get(root, "schema");
    if (value == NULL) {
        json_place_fault(&below, error, "missing");
        return NULL;
    }
    const char *schema = json_place_text(&below, value, error);
    if (schema == NULL)
        return NULL;
    return g_utf8_substring(schema, 0, MIN(g_utf8_strlen(schema, -1), LENGTH_MAX));
}

/* ---- files ---- */

bool document_read_descriptor(int fd, gsize limit, GByteArray *bytes)
{
    while (bytes->len <= limit) {
        guint8 buffer[64 * 1024];
        ssize_t count = read(fd, buffer, sizeof buffer);
        if (count == 0)
            return true;
        if (count > 0)
            g_byte_array_append(bytes, buffer, (guint)count);
        else if (errno != EINTR)
            return false;
    }
    return true;
}

json_t *document_read_file(const char *path, const JsonPlace *place, GError **error)
{
    bool standard_input = g_str_equal(path, "-");
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    bool complete = fd >= 0 && document_read_descriptor(fd, DOCUMENT_SIZE_MAX, bytes);
    int number = errno;
    if (fd >= 0 && !standard_input)
        close(fd);
    if (complete)
        return document_parse((const char *)bytes->data, bytes->len, place, error);
    nicfix_error_set(error, number == ENOENT ? NICFIX_ERROR_NOT_FOUND : NICFIX_ERROR_BAD_INPUT,
                     place->hint, "%s: cannot be read: %s", place->name, g_strerror(number));
    return NULL;
}
