/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/host-notes.h"

#include "act/logging-note.h"
#include "model/foreach.h"
#include "observe/expectation-file.h"

/* Members of the document. Texts are in Base64: a file may hold any bytes. */
#define LAST_CHANGE     "last_change"
#define LOGGING_IS_LEFT "logging_is_left"
#define EXPECTATIONS    "expectations"

/* ---- for another nicfix ---- */

static json_t *text_to_json(const char *text)
{
    g_autofree char *coded = g_base64_encode((const guchar *)text, strlen(text));
    return json_string(coded);
}

/* The files of the directory by path, in their order; NULL where one of them cannot be read. */
static json_t *expectations_to_json(void)
{
    g_autofree char *directory = configuration_path("expect.d");
    g_autoptr(GPtrArray) files = expectation_files_in(directory, NULL);
    if (files == NULL)
        return NULL;
    json_auto_t *texts = json_object();
    PTR_ARRAY_FOREACH (const char, path, files) {
        g_autofree char *text = expectation_file_text(path, NULL);
        if (text == NULL || json_object_set_new(texts, path, text_to_json(text)) != 0)
            return NULL;
    }
    return json_incref(texts);
}

json_t *host_notes_to_json(void)
{
    json_t *notes = json_object();
    g_autofree char *record = record_text(NULL);
    if (record != NULL)
        json_object_set_new(notes, LAST_CHANGE, text_to_json(record));
    json_object_set_new(notes, LOGGING_IS_LEFT, json_boolean(logging_note_is_left()));
    json_object_set_new(notes, EXPECTATIONS, expectations_to_json());
    return notes;
}

void host_notes_keep(GlobalOptions *options, json_t *notes)
{
    json_decref(options->notes);
    options->notes = json_incref(notes);
}

/* ---- what is known ---- */

/* The text in JSON (transfer full); NULL where there is none. */
static char *text_from_json(const json_t *json)
{
    gsize size;
    const char *coded = json_string_value(json);
    g_autofree guchar *bytes = coded != NULL ? g_base64_decode(coded, &size) : NULL;
    return bytes != NULL ? g_strndup((const char *)bytes, size) : NULL;
}

Record *host_notes_record(const GlobalOptions *options)
{
    g_autofree char *text = NULL;
    if (options->notes != NULL)
        text = text_from_json(json_object_get(options->notes, LAST_CHANGE));
    else if (options->snapshot == NULL)
        text = record_text(NULL);
    return text != NULL ? record_from_text(text) : NULL;
}

bool host_notes_logging_is_left(const GlobalOptions *options)
{
    return options->notes != NULL ? json_is_true(json_object_get(options->notes, LOGGING_IS_LEFT))
                                  : options->snapshot == NULL && logging_note_is_left();
}

static bool read_served(const json_t *texts, const Snapshot *snapshot, Netlink *netlink,
                        GPtrArray *read, GError **error)
{
    const char *path;
    json_t *coded;
    json_object_foreach((json_t *)texts, path, coded)
    {
        g_autofree char *text = text_from_json(coded);
        if (text != NULL && !expectation_text_read(path, text, snapshot, netlink, read, error))
            return false;
    }
    return true;
}

static bool read_files(const Snapshot *snapshot, Netlink *netlink, GPtrArray *read, GError **error)
{
    g_autofree char *directory = configuration_path("expect.d");
    g_autoptr(GPtrArray) files = expectation_files_in(directory, error);
    if (files == NULL)
        return false;
    PTR_ARRAY_FOREACH (const char, file, files) {
        if (!expectation_file_read(file, snapshot, netlink, read, error))
            return false;
    }
    return true;
}

bool host_notes_read_expectations(const GlobalOptions *options, const Snapshot *snapshot,
                                  Netlink *netlink, GPtrArray *read, GError **error)
{
    const json_t *served = json_object_get(options->notes, EXPECTATIONS);
    return served != NULL ? read_served(served, snapshot, netlink, read, error)
                          : read_files(snapshot, netlink, read, error);
}
