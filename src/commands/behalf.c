/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/behalf.h"

#include "door/authority.h"
#include "door/settings.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/strv.h"
#include "report/plan-text.h"

/* What becomes of the zone of an interface in one scope, in however many steps. */
typedef struct {
    const char *interface;
    ActionScope scope;
    const char *from; /* NULL: no zone binds it */
    const char *to;   /* likewise */
} Rebinding;

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

static Rebinding *find_rebinding(GArray *rebindings, const Action *action)
{
    for (guint i = 0; i < rebindings->len; i++) {
        Rebinding *rebinding = &g_array_index(rebindings, Rebinding, i);
        if (rebinding->scope == action->scope &&
            g_str_equal(rebinding->interface, action->interface))
            return rebinding;
    }
    const Rebinding added = {action->interface, action->scope, action->from, NULL};
    g_array_append_val(rebindings, added);
    return &g_array_index(rebindings, Rebinding, rebindings->len - 1);
}

/* ACTIONS as Rebinding (transfer full); NULL with an error where one of them is something else. */
static GArray *rebindings_of(const GPtrArray *actions, GError **error)
{
    g_autoptr(GArray) rebindings = g_array_new(FALSE, FALSE, sizeof(Rebinding));
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        if (action->op != ACTION_BIND && action->op != ACTION_UNBIND && action->op != ACTION_MOVE) {
            g_autofree char *words = action_command_line(action);
            nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run nicfix as root",
                             "the service only binds and moves interfaces, and this would be: %s",
                             words);
            return NULL;
        }
        Rebinding *rebinding = find_rebinding(rebindings, action);
        if (rebinding->from == NULL)
            rebinding->from = action->from;
        if (action->op != ACTION_UNBIND)
            rebinding->to = action->to;
    }
    return g_steal_pointer(&rebindings);
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

static bool may_rebind_all(const Context *context, const GArray *rebindings, bool undoes,
                           GError **error)
{
    g_auto(DoorSettings) settings = {0};
    if (!read_settings(&settings, error))
        return false;
    for (guint i = 0; i < rebindings->len; i++) {
        const Rebinding *rebinding = &g_array_index(rebindings, Rebinding, i);
        if (!door_settings_allow(&settings, rebinding->interface, rebinding->to, error))
            return false;
    }
    for (guint i = 0; i < rebindings->len; i++) {
        if (!may_rebind(context, &g_array_index(rebindings, Rebinding, i), undoes, error))
            return false;
    }
    return true;
}

bool behalf_may_change(Change *change, const GPtrArray *actions, GError **error)
{
    if (change->context->options->behalf.caller == NULL || change->mode == CHANGE_PREVIEW)
        return true;
    g_autoptr(GArray) rebindings = rebindings_of(actions, error);
    if (rebindings == NULL)
        return false;
    /* Even where nothing is left to undo, the change on record is forgotten. */
    if (rebindings->len == 0)
        return change->purpose != PURPOSE_UNDO ||
               ask(change->context, "org.nicfix.undo", NULL, error);
    g_autofree char *before = change_on_record();
    change_unlock(change);
    return may_rebind_all(change->context, rebindings, change->purpose == PURPOSE_UNDO, error) &&
           change_lock(change, error) && change_check_record(before, error);
}
