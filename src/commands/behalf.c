/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/behalf.h"

#include "act/journal.h"
#include "door/authority.h"
#include "door/settings.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/strv.h"
#include "model/plan/rebinding.h"
#include "model/plan/undo.h"
#include "report/plan-text.h"

static bool read_settings(DoorSettings *settings, GError **error)
{
    g_autofree char *path = configuration_path("nicfix.conf");
    return door_settings_read(path, settings, error);
}

/* Asks polkit whether the caller of CONTEXT may do ACTION. DETAILS (a{ss}; NULL: none) is consumed where it is floating. */
static bool ask(const Context *context, const char *action, GVariant *details, GError **error)
{
    const BehalfOptions *behalf = &context->options->behalf;
    g_autoptr(GVariant) owned = details != NULL ? g_variant_ref_sink(details) : NULL;
    g_autoptr(Bus) bus = bus_open(context_timeout_ms(context), error);
    return bus != NULL && authority_check(bus_connection(bus),
                                          &(AuthorityQuestion){
                                              .caller = behalf->caller,
                                              .action = action,
                                              .details = owned,
                                              .may_ask = behalf->may_ask,
                                              .timeout_ms = context_timeout_ms(context),
                                          },
                                          error);
}

static void add_uplinks(GlobalOptions *options, char **more)
{
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    if (options->uplinks != NULL)
        strv_builder_add_strv(all, (const char *const *)options->uplinks);
    strv_builder_add_strv(all, (const char *const *)more);
    g_strfreev(options->uplinks);
    options->uplinks = g_strv_builder_end(all);
    options->declared.uplinks = (const char *const *)options->uplinks;
}

bool behalf_may_read(const Context *context, GError **error)
{
    g_auto(DoorSettings) settings = {0};
    if (context->options->behalf.caller == NULL)
        return true;
    if (!read_settings(&settings, error) || !ask(context, "org.nicfix.read", NULL, error))
        return false;
    if (settings.uplinks != NULL && context->command->why_no_uplink == NULL)
        add_uplinks(context->options, settings.uplinks);
    return true;
}

/* ---- changes ---- */

/* The host that ACTIONS of CHANGE begin on (transfer full): whoever confirms makes the change that is on trial. */
static Snapshot *host_before(const Change *change, const GPtrArray *actions)
{
    g_autoptr(GPtrArray) inverses = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    if (change->purpose == PURPOSE_CONFIRM) {
        g_autoptr(GPtrArray) tried = undo_find_done(change->snapshot, actions);
        for (guint i = tried->len; i > 0; i--)
            g_ptr_array_add(inverses, action_inverse(g_ptr_array_index(tried, i - 1)));
    }
    return snapshot_after_actions(change->snapshot, inverses);
}

/* The Rebindings that ACTIONS are (transfer full); NULL with an error for what the service does not do. */
static GPtrArray *rebindings_of(const Change *change, const GPtrArray *actions, GError **error)
{
    g_autoptr(GPtrArray) rebindings = rebindings_new();
    g_autoptr(Snapshot) host = host_before(change, actions);
    const Action *culprit = NULL;
    RebindingsResult result = rebindings_find(actions, host, rebindings, &culprit);
    if (result == REBINDINGS_KNOWN)
        return g_steal_pointer(&rebindings);
    g_autofree char *words = action_command_line(culprit);
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run nicfix as root",
                     result == REBINDINGS_AND_MORE
                         ? "the service only binds and moves interfaces, and this would be: %s"
                         : "the permanent configuration is broken or could not be read, and this "
                           "might therefore move an interface: %s",
                     words);
    return NULL;
}

static bool may_rebind(const Context *context, const Rebinding *rebinding, bool undoes,
                       GError **error)
{
    const char *action = undoes                    ? "org.nicfix.undo"
                         : rebinding->from != NULL ? "org.nicfix.move"
                                                   : "org.nicfix.bind";
    const struct {
        const char *name;
        const char *value;
    } details[] = {
        {"interface", rebinding->interface},
        {"zone", rebinding->to},
        {"from-zone", rebinding->from},
        {"scope", action_scope_word(rebinding->scope)},
    };
    GVariantBuilder builder;
    g_variant_builder_init(&builder, G_VARIANT_TYPE("a{ss}"));
    for (gsize i = 0; i < G_N_ELEMENTS(details); i++)
        g_variant_builder_add(&builder, "{ss}", details[i].name,
                              details[i].value != NULL ? details[i].value : "");
    return ask(context, action, g_variant_builder_end(&builder), error);
}

static bool may_rebind_all(const Context *context, const GPtrArray *rebindings, bool undoes,
                           GError **error)
{
    g_auto(DoorSettings) settings = {0};
    if (!read_settings(&settings, error))
        return false;
    PTR_ARRAY_FOREACH (const Rebinding, rebinding, rebindings) {
        if (!door_settings_allow(&settings, rebinding->interface, rebinding->to, error))
            return false;
    }
    PTR_ARRAY_FOREACH (const Rebinding, rebinding, rebindings) {
        if (!may_rebind(context, rebinding, undoes, error))
            return false;
    }
    return true;
}

static char *rebindings_text(const GPtrArray *rebindings)
{
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const Rebinding, rebinding, rebindings)
        g_string_append_printf(text, "%s %s %s %s\n", rebinding->interface,
                               action_scope_word(rebinding->scope),
                               rebinding->from != NULL ? rebinding->from : "-",
                               rebinding->to != NULL ? rebinding->to : "-");
    return g_string_free(text, FALSE);
}

bool behalf_may_change(Change *change, const GPtrArray *actions, GError **error)
{
    if (change->context->options->behalf.caller == NULL || change->mode == CHANGE_PREVIEW)
        return true;
    g_autoptr(GPtrArray) rebindings = rebindings_of(change, actions, error);
    if (rebindings == NULL)
        return false;
    g_autofree char *before = change_on_record();
    change->authorised = rebindings_text(rebindings);
    change_let_others(change);
    return may_rebind_all(change->context, rebindings, change->purpose == PURPOSE_UNDO, error) &&
           change_lock(change, error) && change_check_record(before, error);
}

bool behalf_is_still_allowed(const Change *change, const GPtrArray *actions, GError **error)
{
    if (change->authorised == NULL)
        return true;
    g_autoptr(GPtrArray) rebindings = rebindings_of(change, actions, error);
    if (rebindings == NULL)
        return false;
    g_autofree char *text = rebindings_text(rebindings);
    if (g_str_equal(text, change->authorised))
        return true;
    change_set_outdated(error);
    return false;
}

bool behalf_may_go_on(const Context *context, const Record *record, GError **error)
{
    g_autofree char *user = journal_user();
    if (context->options->behalf.caller == NULL || record == NULL ||
        g_strcmp0(user, record->user) == 0)
        return true;
    nicfix_error_set(
        error, NICFIX_ERROR_REFUSED, "run nicfix as root",
        "change %s was made by %s and has not ended yet; nobody else can go on with it", record->id,
        record->user != NULL ? record->user : "another user");
    return false;
}
