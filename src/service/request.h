/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request on the bus as the command line that answers it. Nothing of it has been trusted before: every key is
 * known, every value has the key's type, and every word is text that a command line can have. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* A method of the service. */
typedef struct Method Method;

/* The method NAME of INTERFACE (transfer none); NULL where it has none of that name. */
const Method *method_find(const char *interface, const char *name);

/* Whether METHOD answers with what a command prints, not with a document. */
bool method_is_for_command_line(const Method *method);

/* Whether METHOD goes on after its first answer: the caller watches. */
bool method_watches(const Method *method);

/* The words that follow the program's name (transfer full; NULL-terminated) for a call of METHOD with PARAMETERS by
 * CALLER, who waits for a password where MAY_ASK. *SESSION is his remote session, in the words of SSH_CONNECTION
 * (transfer full), "" where he names none. Fails with G_DBUS_ERROR_INVALID_ARGS. */
char **method_words(const Method *method, GVariant *parameters, const char *caller, bool may_ask,
                    char **session, GError **error) G_GNUC_WARN_UNUSED_RESULT;
