/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command has printed, as the answer to a call. */
#pragma once

#include <gio/gio.h>
#include <jansson.h>
#include <stdbool.h>

/* The members of OBJECT that are not null, as a{sv} (floating). */
GVariant *answer_of_object(const json_t *object);

/* The answer that TEXT, a document of SIZE bytes, is (floating); NULL with an error, whose name on the bus
 * (g_dbus_error_get_remote_error()) is org.nicfix.Nicfix1.Error.CODE, where it is the document of an error, or none at all. */
GVariant *answer_of_document(const char *text, gsize size,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
