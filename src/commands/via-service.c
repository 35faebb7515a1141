/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/via-service.h"

#include "commands/host-notes.h"
#include "documents/json.h"
#include "documents/snapshot-json.h"
#include "model/error.h"
#include "observe/session.h"
#include "service/names.h"
#include "service/worker.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

/* No limit: the service's nicfix has its own time-outs, and a person types a password for each interface. */
#define PATIENCE_MS G_MAXINT

bool via_service_is_wanted(const Context *context)
{
    const GlobalOptions *options = context->options;
    return options->snapshot == NULL && options->behalf.caller == NULL && !options->direct &&
           (options->via_service || geteuid() != 0);
}

/* ---- the call ---- */

/* What the service's nicfix has left. */
typedef struct {
    int status;
    GBytes *output;
    GBytes *messages;
} Reply;

static void reply_clear(Reply *reply)
{
    g_clear_pointer(&reply->output, g_bytes_unref);
    g_clear_pointer(&reply->messages, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reply, reply_clear)

static GBytes *read_file(GUnixFDList *files, gint32 index, GError **error)
{
    int fd = g_unix_fd_list_get(files, index, error);
    if (fd < 0)
        return NULL;
    GBytes *content = worker_read(fd, error);
    close(fd);
    return content;
}

static bool take_reply(GVariant *value, GUnixFDList *files, Reply *reply, GError **error)
{
    gint32 output;
    gint32 messages;
    g_variant_get(value, "(ihh)", &reply->status, &output, &messages);
    reply->output = files != NULL ? read_file(files, output, error) : NULL;
    reply->messages = reply->output != NULL ? read_file(files, messages, error) : NULL;
    return reply->messages != NULL;
}

static bool is_nobody(const GError *reason)
{
    return g_error_matches(reason, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
           g_error_matches(reason, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

static void set_call_error(const GError *reason, NicfixError unknown, GError **error)
{
    g_autoptr(GError) stripped = g_error_copy(reason);
    g_dbus_error_strip_remote_error(stripped);
    if (is_nobody(reason))
        nicfix_error_set(error, NICFIX_ERROR_NO_BUS, "use --direct, or install nicfix.service",
                         "the service " DOOR_NAME " is not there");
    else if (g_error_matches(reason, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS))
        nicfix_error_set(error, NICFIX_ERROR_USAGE, NULL, "%s", stripped->message);
    else if (g_error_matches(reason, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED))
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run this again", "%s", stripped->message);
    else
        nicfix_error_set(error, unknown, "run nicfix check to see the host as it is",
                         "no answer of the service: %s", stripped->message);
}

/* Calls METHOD with PARAMETERS (floating; consumed). UNKNOWN is the error where nobody knows what became of it. */
static ViaResult call(const Context *context, const char *method, GVariant *parameters,
                      NicfixError unknown, Reply *reply, GError **error)
{
    g_autoptr(GVariant) owned = g_variant_ref_sink(parameters);
    g_autoptr(Bus) bus = bus_open(context_timeout_ms(context), error);
    if (bus == NULL)
        return VIA_FAILED;
    GDBusCallFlags flags =
        isatty(STDIN_FILENO) == 1 ? G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION : 0;
    g_autoptr(GError) reason = NULL;
    g_autoptr(GUnixFDList) files = NULL;
    g_autoptr(GVariant) value = g_dbus_connection_call_with_unix_fd_list_sync(
        bus_connection(bus), DOOR_NAME, DOOR_PATH, DOOR_COMMAND_LINE, method, owned,
        G_VARIANT_TYPE("(ihh)"), flags, PATIENCE_MS, NULL, &files, NULL, &reason);
    if (value != NULL && take_reply(value, files, reply, &reason))
        return VIA_DONE;
    if (is_nobody(reason) && !context->options->via_service)
        return VIA_NOBODY;
    set_call_error(reason, unknown, error);
    return VIA_FAILED;
}

/* The error that MESSAGES, its document, tells of. */
static void set_reply_error(const Reply *reply, GError **error)
{
    gsize size;
    const char *text = g_bytes_get_data(reply->messages, &size);
    json_t *document = json_loadb(text != NULL ? text : "", text != NULL ? size : 0, 0, NULL);
    const json_t *object = json_object_get(document, "error");
    int code = nicfix_error_from_word(json_string_value(json_object_get(object, "code")));
    const char *message = json_string_value(json_object_get(object, "message"));
    const char *hint = json_string_value(json_object_get(object, "hint"));
    if (code >= 0 && message != NULL)
        nicfix_error_set(error, (NicfixError)code, hint, "%s", message);
    else
        nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE,
                         "run nicfix check to see the host as it is",
                         "the service's nicfix ended before it said what became of this");
    json_decref(document);
}

/* How the answer is to look. */
static GVariant *look_of(const Context *context, const char *format)
{
    const GlobalOptions *options = context->options;
    const TextStyle *style = &context->output->style;
    g_auto(RemoteSession) session = {0};
    GVariantDict look;
    g_variant_dict_init(&look, NULL);
    g_variant_dict_insert(&look, "format", "s", format);
    g_variant_dict_insert(&look, "color", "s", style->color ? "always" : "never");
    g_variant_dict_insert(&look, "width", "u", style->width);
    g_variant_dict_insert(&look, "verbose", "b", options->verbose);
    g_variant_dict_insert(&look, "quiet", "b", options->quiet);
    g_variant_dict_insert(&look, "timeout", "u", options->timeout);
    if (remote_session_find(&session)) {
        g_autofree char *words =
            g_strdup_printf("%s 0 %s %d", session.client, session.server, session.port);
        g_variant_dict_insert(&look, "session", "s", words);
    }
    return g_variant_dict_end(&look);
}

/* ---- what is asked ---- */

ViaResult via_service_snapshot(const Context *context, Snapshot **snapshot, GError **error)
{
    g_auto(Reply) reply = {0};
    GVariant *parameters = g_variant_new("(@a{sv})", look_of(context, "json"));
    ViaResult result = call(context, "Snapshot", parameters, NICFIX_ERROR_BAD_REPLY, &reply, error);
    if (result != VIA_DONE)
        return result;
    if (reply.status != STATUS_FINE) {
        set_reply_error(&reply, error);
        return VIA_FAILED;
    }
    gsize size;
    const char *text = g_bytes_get_data(reply.output, &size);
    const JsonPlace place = {.name = "snapshot of the service"};
    json_auto_t *root = document_parse(text, size, &place, error);
    if (root == NULL)
        return VIA_FAILED;
    host_notes_keep(context->options, json_object_get(root, HOST_NOTES_MEMBER));
    *snapshot = snapshot_from_root(root, &place, error);
    return *snapshot != NULL ? VIA_DONE : VIA_FAILED;
}

static GVariant *with_shown(GVariant *look, bool asks, const char *shown)
{
    GVariantDict more;
    g_autoptr(GVariant) owned = g_variant_ref_sink(look);
    g_variant_dict_init(&more, owned);
    if (asks)
        g_variant_dict_insert(&more, "ask-caller", "b", TRUE);
    if (shown != NULL)
        g_variant_dict_insert(&more, "shown", "s", shown);
    return g_variant_dict_end(&more);
}

ViaResult via_service_change(const Context *context, const char *method, GVariant *first, bool asks,
                             char **shown, GError **error)
{
    g_auto(Reply) reply = {0};
    Output *output = context->output;
    bool wants_json = output->format == FORMAT_JSON;
    GVariant *look = with_shown(look_of(context, wants_json ? "json" : "text"), asks,
                                shown != NULL ? *shown : NULL);
    ViaResult result = call(context, method, g_variant_new("(@*@a{sv})", first, look),
                            NICFIX_ERROR_NOT_UNDONE, &reply, error);
    if (result != VIA_DONE)
        return result;
    gsize size;
    const char *text = g_bytes_get_data(reply.output, &size);
    if (size > 0)
        fwrite(text, 1, size, output->stream);
    output->has_document |= wants_json && size > 0;
    if (reply.status == STATUS_TO_ASK && shown != NULL) {
        *shown = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, size);
        return VIA_ASKS;
    }
    if (reply.status != STATUS_FINE) {
        set_reply_error(&reply, error);
        return VIA_FAILED;
    }
    output->reports_change = true;
    return VIA_DONE;
}
