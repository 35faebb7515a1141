/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix denied: what firewalld has denied, from the kernel log, and why. */
#include "commands/denied-record.h"
#include "commands/denied-stream.h"
#include "model/error.h"
#include "observe/log/log-time.h"

enum {
    MAX_SECONDS = 86400,
    WAIT_MS = 1000,
};

typedef struct {
    char *since;
    char *file;
    gboolean follow;
    int record; /* seconds; 0: it is not asked for */
    gboolean force;
} DeniedOptions;

static GOptionEntry *make_entries(gpointer values)
{
    DeniedOptions *options = values;
    const GOptionEntry entries[] = {
        {"since", 0, 0, G_OPTION_ARG_STRING, &options->since,
         "Only what was logged since: 10m, today, 08:45", "TIME"},
        {"file", 0, 0, G_OPTION_ARG_FILENAME, &options->file,
         "Read FILE (kern.log, dmesg, journalctl -k)", "FILE|-"},
        {"follow", 0, 0, G_OPTION_ARG_NONE, &options->follow, "Go on, and tell what comes", NULL},
        {"record", 0, 0, G_OPTION_ARG_INT, &options->record,
         "Have denials logged for so long, and tell", "SECONDS"},
        {"force", 0, 0, G_OPTION_ARG_NONE, &options->force,
         "With --record: although its reload loses things", NULL},
        {NULL},
    };
    return g_memdup2(entries, sizeof entries);
}

static void free_values(gpointer values)
{
    DeniedOptions *options = values;
    g_free(options->since);
    g_free(options->file);
}

static bool usage(GError **error, const char *message, const char *hint)
{
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "%s", message);
    return false;
}

static bool check_options(const Context *context, const DeniedOptions *options, GError **error)
{
    if (options->record < 0 || options->record > MAX_SECONDS)
        return usage(error, "--record: that is out of range", "use 1 to 86400 seconds");
    if (options->record > 0 && (options->file != NULL || options->follow || options->since != NULL))
        return usage(error, "--record is about what will be logged, on this host",
                     "leave --file, --follow and --since away");
    if (options->record > 0 && context->options->snapshot != NULL)
        return usage(error, "--record: a snapshot cannot be changed", NULL);
    if (options->force && options->record == 0)
        return usage(error, "--force is for --record", NULL);
    return true;
}

static KernelMessages *open_messages(const DeniedOptions *options, GError **error)
{
    gint64 since = 0;
    if (options->since != NULL)
        since = log_time_parse_since(options->since, g_get_real_time(), error);
    if (since < 0)
        return NULL;
    return options->file != NULL
               ? kernel_messages_open_file(options->file, since, options->follow, error)
               : kernel_messages_open(since, error);
}

/* Ends with what is read, or with the signal that ends it. */
static bool follow(DeniedStream *stream, GError **error)
{
    if (stream->output->format == FORMAT_JSON)
        stream->output->format = FORMAT_JSON_LINES;
    do {
        if (!denied_stream_read(stream, error))
            return false;
        denied_stream_tell_news(stream);
    } while (kernel_messages_wait(stream->messages, WAIT_MS));
    return true;
}

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)arguments;
    const DeniedOptions *options = values;
    if (!check_options(context, options, error))
        return -1;
    if (options->record > 0)
        return denied_record(context, (guint)options->record, options->force, error) ? STATUS_FINE
                                                                                     : -1;
    KernelMessages *messages = open_messages(options, error);
    if (messages == NULL)
        return -1;
    g_auto(DeniedHost) host = {0};
    g_auto(DeniedStream) stream = {0};
    denied_stream_begin(&stream, context->output, &host, messages);
    if (!denied_host_look(&host, context, error))
        return -1;
    if (options->follow)
        return follow(&stream, error) ? STATUS_FINE : -1;
    if (!denied_stream_read(&stream, error))
        return -1;
    denied_stream_finish(&stream);
    return STATUS_FINE;
}

const Command denied_command = {
    .name = "denied",
    .summary = "What has firewalld denied, is it so still, and what is the fix?",
    .example = "nicfix denied --since today",
    .values_size = sizeof(DeniedOptions),
    .make_entries = make_entries,
    .free_values = free_values,
    .run = run,
};
