/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading expectations: see expectation-file.h. */
#include "observe/expectation-file.h"

#include "documents/document.h"
#include "model/error.h"
#include "observe/flow-question.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HINT_LINE                                                                                  \
    "write [IFACE] [SOURCE] to DESTINATION[:PORT][/PROTOCOL] and accept or refuse, as in 'cni0 "   \
    "to "                                                                                          \
    "192.0.2.7:443/tcp accept'"

/* ---- the text of a file ---- */

static char *fail_to_read(const char *path, int number, GError **error)
{
    NicfixError code = number == ENOENT                      ? NICFIX_ERROR_NOT_FOUND
                       : number == EACCES || number == EPERM ? NICFIX_ERROR_NOT_AUTHORISED
                                                             : NICFIX_ERROR_BAD_INPUT;
    nicfix_error_set(error, code, "name a file with one flow a line", "%s: cannot be read: %s",
                     path, g_strerror(number));
    return NULL;
}

/* Opens without waiting for the other end of a pipe, and reads regular files only: a device may have
 * no end. */
char *expectation_file_text(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fail_to_read(path, errno, error);
    struct stat status;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    bool is_file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    bool is_read = is_file && document_read_descriptor(fd, EXPECTATION_FILE_SIZE_MAX, bytes);
    int number = errno;
    close(fd);
    if (is_file && !is_read)
        return fail_to_read(path, number, error);
    const char *fault = !is_file                                 ? "is not a regular file"
                        : bytes->len > EXPECTATION_FILE_SIZE_MAX ? "is larger than 1 MiB"
                                                                 : NULL;
    if (fault != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, "name a file with one flow a line",
                         "%s: %s", path, fault);
        return NULL;
    }
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    guint length = bytes->len - 1;
    char *text = (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
    if (strlen(text) == length)
        return text;
    g_free(text);
    nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, "name a file with one flow a line",
                     "%s: is not text: it has a NUL byte", path);
    return NULL;
}

/* ---- one line ---- */

typedef struct {
    const char *path;
    guint line;
    const Snapshot *snapshot;
    Netlink *netlink;
    GPtrArray *expectations;
    char *name; /* of the next flow; NULL: none */
} Reader;

G_GNUC_PRINTF(4, 5)
static bool fault(const Reader *reader, const char *hint, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, hint, "%s:%u: %s", reader->path, reader->line,
                     message);
    return false;
}

/* Cuts the last word off LINE and says what it expects. */
static bool take_expected(const Reader *reader, char *line, Expected *expected, GError **error)
{
    char *end = line + strlen(line);
    while (end > line && !g_ascii_isspace(end[-1]))
        end--;
    if (g_str_equal(end, "accept"))
        *expected = EXPECT_ACCEPT;
    else if (g_str_equal(end, "refuse"))
        *expected = EXPECT_REFUSE;
    else
        return fault(reader, HINT_LINE, error, "'%s' is neither accept nor refuse", end);
    *end = '\0';
    g_strchomp(line);
    return *line != '\0' || fault(reader, HINT_LINE, error, "there is no flow before '%s'",
                                  expected_word(*expected));
}

/* A file has no options. */
static const char *hint_for_file(const GError *reason)
{
    const char *hint = nicfix_error_hint(reason);
    return hint != NULL && strstr(hint, "--") == NULL ? hint : HINT_LINE;
}

/* The message without the option that it begins with. */
static const char *message_for_file(const GError *reason)
{
    const char *colon = strstr(reason->message, ": ");
    bool has_option = g_str_has_prefix(reason->message, "--") && colon != NULL;
    return has_option ? colon + strlen(": ") : reason->message;
}

/* What is wrong on any host is wrong with the file; what only this host lacks is kept. */
static bool resolve(const Reader *reader, const FlowQuestion *question, ResolvedFlow *resolved,
                    char **unresolved, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (flow_question_resolve(question, reader->snapshot, reader->netlink, resolved, &reason))
        return true;
    if (g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NOT_FOUND) ||
        g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_REFUSED)) {
        *unresolved = g_strdup(message_for_file(reason));
        return true;
    }
    if (g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_USAGE))
        return fault(reader, hint_for_file(reason), error, "%s", message_for_file(reason));
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

static bool read_flow(Reader *reader, char *line, GError **error)
{
    Expected expected = EXPECT_ACCEPT;
    if (!take_expected(reader, line, &expected, error))
        return false;
    char *const words[] = {line, NULL};
    g_auto(FlowQuestion) question = flow_question_new();
    g_auto(ResolvedFlow) resolved = {0};
    g_autofree char *unresolved = NULL;
    g_autoptr(GError) reason = NULL;
    if (!flow_question_from_words(words, &question, &reason))
        return fault(reader, HINT_LINE, error, "%s", reason->message);
    if (!resolve(reader, &question, &resolved, &unresolved, error))
        return false;
    Expectation *expectation =
        expectation_new(reader->path, reader->line, line, expected,
                        unresolved == NULL ? &resolved.flow : NULL, unresolved);
    expectation->name = g_steal_pointer(&reader->name);
    g_ptr_array_add(reader->expectations, expectation);
    return true;
}

/* A comment that an empty line follows is about more than one flow. */
static bool read_line(Reader *reader, char *line, GError **error)
{
    if (!g_utf8_validate(line, -1, NULL))
        return fault(reader, "save the file as UTF-8", error, "the line is not valid UTF-8");
    g_strstrip(line);
    if (*line != '\0' && *line != '#')
        return read_flow(reader, line, error);
    g_clear_pointer(&reader->name, g_free);
    char *name = line + strspn(line, "#");
    g_strstrip(name);
    if (*name != '\0')
        reader->name = g_strdup(name);
    return true;
}

/* ---- the whole ---- */

bool expectation_text_read(const char *path, const char *text, const Snapshot *snapshot,
                           Netlink *netlink, GPtrArray *expectations, GError **error)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    g_autofree char *copy = g_strdup(text);
    Reader reader = {path, 0, snapshot, netlink, expectations, NULL};
    char *rest = copy;
    if (g_str_has_prefix(rest, byte_order_mark))
        rest += strlen(byte_order_mark);
    bool is_good = true;
    while (is_good && rest != NULL) {
        char *line = strsep(&rest, "\n");
        reader.line++;
        is_good = read_line(&reader, line, error);
    }
    g_free(reader.name);
    return is_good;
}

bool expectation_file_read(const char *path, const Snapshot *snapshot, Netlink *netlink,
                           GPtrArray *expectations, GError **error)
{
    g_autofree char *text = expectation_file_text(path, error);
    return text != NULL &&
           expectation_text_read(path, text, snapshot, netlink, expectations, error);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *expectation_files_in(const char *directory, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    errno = 0;
    g_autoptr(GDir) entries = g_dir_open(directory, 0, NULL);
    if (entries == NULL && errno != ENOENT) {
        fail_to_read(directory, errno, error);
        return NULL;
    }
    const char *name;
    while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
        if (g_str_has_suffix(name, ".flows") && *name != '.')
            g_ptr_array_add(files, g_build_filename(directory, name, NULL));
    }
    g_ptr_array_sort(files, compare_names);
    return g_steal_pointer(&files);
}
