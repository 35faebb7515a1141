/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix service: what systemd starts when somebody calls org.nicfix.Nicfix1. */
#include "service/service.h"

#include "commands/command-line.h"

enum {
    IDLE_SECONDS = 60,
    MAX_IDLE_SECONDS = 86400,
};

static int run(const Context *context, char **words, GError **error)
{
    g_autofree char *idle_word = NULL;
    guint idle = IDLE_SECONDS;
    const GOptionEntry options[] = {
        {"idle", 0, 0, G_OPTION_ARG_STRING, &idle_word,
         "Exit when nobody has asked for SECONDS (default: 60)", "SECONDS"},
        {NULL},
    };
    int status;
    if (!command_line_parse(context, options, &words, &status, error))
        return status;
    return command_parse_seconds("--idle", idle_word, MAX_IDLE_SECONDS, &idle, error) &&
                   service_run(NICFIX_VERSION, idle, error)
               ? STATUS_FINE
               : -1;
}

const Command service_command = {
    .name = "service",
    .summary = "Serve users who are not root, as systemd starts it",
    .example = "systemctl status nicfix.service",
    .why_no_snapshot = "it serves this host",
    .why_no_uplink = "they are in nicfix.conf",
    .run = run,
};
