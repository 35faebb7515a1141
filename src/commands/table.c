/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/table.h"

#include <string.h>

const Command *const command_table[] = {
    &list_command,  &check_command,   &explain_command, &denied_command,   &watch_command,
    &apply_command, &confirm_command, &undo_command,    &snapshot_command, &report_command,
    NULL,
};

const Command *command_find(const char *name)
{
    for (const Command *const *command = command_table; *command != NULL; command++) {
        if (g_str_equal((*command)->name, name))
            return *command;
    }
    return g_str_equal(name, complete_command.name) ? &complete_command : NULL;
}

GOptionEntry *global_options_entries(GlobalOptions *options)
{
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Write JSON", NULL},
        {"snapshot", 0, 0, G_OPTION_ARG_FILENAME, &options->snapshot,
         "Read FILE or standard input, not this machine", "FILE|-"},
        {"uplink", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->uplinks,
         "Count this NIC as an uplink, too (repeatable)", "IFACE"},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &options->timeout,
         "Wait so long for each answer (default: 10)", "SECONDS"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->color,
         "Colour text (default: auto, on a terminal only)", "auto|always|never"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, "Write no text but errors", NULL},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Write what was read, too", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Show the version", NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &options->help, "Show this help", NULL},
        {NULL},
    };
    return g_memdup2(entries, sizeof entries);
}

void global_options_clear(GlobalOptions *options)
{
    g_free(options->color);
    g_free(options->snapshot);
    g_strfreev(options->uplinks);
    memset(options, 0, sizeof *options);
}
