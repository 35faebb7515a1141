/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix denied: what was denied, from the kernel log or its trace, and why. */
#include "commands/command-line.h"
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
    char *record_word;
    guint record; /* seconds; 0: not recorded */
    gboolean force;
} DeniedOptions;

static void denied_options_clear(DeniedOptions *options)
{
    g_free(options->since);
    g_free(options->file);
    g_free(options->record_word);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DeniedOptions, denied_options_clear)

static bool check_options(const Context *context, DeniedOptions *options, GError **error)
{
    const char *complaint = NULL;
    const char *hint = NULL;
    bool records = options->record_word != NULL;
    if (!records && options->force)
        complaint = "--force is only for --record";
    if (records && context->options->snapshot != NULL)
        complaint = "--record is for this host, not a snapshot";
    if (records && (options->file != NULL || options->follow || options->since)) {
        complaint = "--record reports what this host will deny";
        hint = "omit --file, --follow and --since";
    }
    if (complaint == NULL)
        return command_parse_seconds("--record", options->record_word, MAX_SECONDS,
                                     &options->record, error);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "%s", complaint);
    return false;
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

/* Ends at the end of a file; the log of this host goes on until a signal comes. */
static bool follow(DeniedStream *stream, GError **error)
{
    Output *output = stream->context->output;
    if (output->format == FORMAT_JSON)
        output->format = FORMAT_JSON_LINES;
    do {
        if (!denied_stream_read(stream, error))
            return false;
        denied_stream_report_news(stream);
    } while (kernel_messages_wait(stream->messages, WAIT_MS));
    return true;
}

static int run(const Context *context, char **words, GError **error)
{
    g_auto(DeniedOptions) options = {0};
    const GOptionEntry entries[] = {
        {"since", 0, 0, G_OPTION_ARG_STRING, &options.since,
         "Only denials logged since TIME: 10m, today, 08:45", "TIME"},
        {"file", 0, 0, G_OPTION_ARG_FILENAME, &options.file,
         "Read the log from FILE (kern.log, dmesg, journalctl -k)", "FILE|-"},
        {"follow", 0, 0, G_OPTION_ARG_NONE, &options.follow, "Keep running and print new denials",
         NULL},
        {"record", 0, 0, G_OPTION_ARG_STRING, &options.record_word,
         "Record denials for SECONDS and report them", "SECONDS"},
        {"force", 0, 0, G_OPTION_ARG_NONE, &options.force,
         "With --record: if it needs a reload, lose runtime-only settings", NULL},
        {NULL},
    };
    int status;
    if (!command_line_parse(context, entries, &words, &status, error))
        return status;
    if (!check_options(context, &options, error))
        return -1;
    if (options.record > 0)
        return denied_record(context, options.record, options.force, error) ? STATUS_FINE : -1;
    KernelMessages *messages = open_messages(&options, error);
    if (messages == NULL)
        return -1;
    g_auto(DeniedStream) stream = {0};
    denied_stream_begin(&stream, context, messages);
    if (!denied_stream_look(&stream, error))
        return -1;
    if (options.follow)
        return follow(&stream, error) ? STATUS_FINE : -1;
    if (!denied_stream_read(&stream, error))
        return -1;
    denied_stream_finish(&stream);
    return STATUS_FINE;
}

const Command denied_command = {
    .name = "denied",
    .summary = "Show what firewalld denied, whether it still does, and the fix",
    .example = "nicfix denied --since today",
    .run = run,
};
