/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/plan-text.h"

#include "model/error.h"
#include "model/foreach.h"
#include "report/escape.h"
#include "report/finding-commands.h"
#include "report/finding-text.h"
#include "report/fix-text.h"
#include "report/reason.h"
#include "report/template.h"

#define OVERRIDE "use --force to override"
#define UNFIT_NAME                                                                                 \
    "the name of {interface} has characters that firewalld cannot write into its files: it could " \
    "not read them again"

/* ---- refusals ---- */

static const struct {
    NicfixError error;
    const char *message;
    const char *hint;
} refusals[] = {
    [REFUSED_NO_SUCH_LINK] = {NICFIX_ERROR_NOT_FOUND, "there is no interface {interface}",
                              "'nicfix list' shows the interfaces of this host"},
    [REFUSED_NAME] = {NICFIX_ERROR_REFUSED, UNFIT_NAME, "rename it: ip link set dev OLD name NEW"},
    [REFUSED_ALTERNATIVE_NAME] = {NICFIX_ERROR_NOT_FOUND,
                                  "{interface} is an alternative name of {other}, which firewalld "
                                  "does not know",
                                  "use --interface {word}"},
    [REFUSED_LOOPBACK] = {NICFIX_ERROR_REFUSED,
                          "{interface} is the loopback: firewalld accepts it in every zone", NULL},
    [REFUSED_PORT] = {NICFIX_ERROR_REFUSED, "{interface} is a port: the firewall never sees it",
                      "use --interface {word}"},
    [REFUSED_NO_SUCH_ZONE] = {NICFIX_ERROR_NOT_FOUND, "firewalld has no zone {zone}",
                              "'nicfix list' shows the zones of this host"},
    [REFUSED_HEALTHY] = {NICFIX_ERROR_REFUSED,
                         "nothing is wrong with {interface}, which zone {zone} filters, and "
                         "nothing was changed",
                         "to have it in zone {other} all the same: {better}"},
    [REFUSED_ACCEPTING_ZONE] = {NICFIX_ERROR_REFUSED,
                                "zone {zone} accepts everything: an uplink in it opens the whole "
                                "host",
                                OVERRIDE},
    [REFUSED_PROGRAMS_ZONE] = {NICFIX_ERROR_REFUSED,
                               "another program manages zone {zone} and may undo any change",
                               OVERRIDE},
    [REFUSED_PROGRAMS_LINK] = {NICFIX_ERROR_REFUSED,
                               "another program keeps {interface} in its zone {zone} and may put "
                               "it back",
                               OVERRIDE},
    [REFUSED_SEVERAL_ZONES] = {NICFIX_ERROR_REFUSED,
                               "several zones ({zones}) refuse what goes out through {interface}, "
                               "and it can be bound to only one",
                               "choose one with --zone; --bind-downstream binds the downstreams to "
                               "it as well"},
    [REFUSED_DIFFERENT_ZONES] = {NICFIX_ERROR_REFUSED,
                                 "the uplinks need different zones ({zone}, {other})",
                                 "apply to one interface at a time with --interface, or choose a "
                                 "zone with --zone"},
    [REFUSED_ZONE_UNREAD] = {NICFIX_ERROR_REFUSED,
                             "the zone that filters {interface} could not be read",
                             "name it with --zone"},
    [REFUSED_BOUND_ELSEWHERE] = {NICFIX_ERROR_REFUSED, "{scope} binds {interface} to zone {zone}",
                                 "use --move to take it out of that zone"},
    [REFUSED_PROFILE_UNKNOWN] = {NICFIX_ERROR_REFUSED,
                                 "NetworkManager manages {interface} but does not say by which "
                                 "profile",
                                 "use --runtime-only to change only the running firewall"},
    [REFUSED_MANAGER_UNREAD] = {NICFIX_ERROR_TIMEOUT,
                                "NetworkManager is running, but whether it manages {interface} "
                                "could not be read",
                                "see systemctl status NetworkManager, or use --runtime-only to "
                                "change only the running firewall"},
    [REFUSED_PERMANENT_UNREAD] = {NICFIX_ERROR_NOT_AUTHORISED,
                                  "the permanent binding of {interface} could not be read",
                                  "run as root, or use --runtime-only"},
    [REFUSED_PERMANENT_CONFLICT] = {NICFIX_ERROR_REFUSED,
                                    "the permanent configuration binds {interface} in more than "
                                    "one zone",
                                    "remove it from all zones but one with firewall-cmd "
                                    "--permanent"},
    [REFUSED_NOT_CURED] = {NICFIX_ERROR_REFUSED,
                           "binding {interface} to zone {zone} would not cure it: {finding}",
                           "this would: {better}"},
    [REFUSED_WORSE] = {NICFIX_ERROR_REFUSED, "this would break something else: {finding}",
                       OVERRIDE},
    [REFUSED_NOTHING_OFFERED] = {NICFIX_ERROR_REFUSED,
                                 "no fix is offered, and nothing was changed: {finding}", "{next}"},
    [REFUSED_LOSES_FLOW] = {NICFIX_ERROR_REFUSED, "this would refuse {lost}, which passes now",
                            OVERRIDE},
    [REFUSED_RELOAD_LOSES] = {NICFIX_ERROR_REFUSED,
                              "the fix adds a policy, which takes a reload of firewalld, and "
                              "{losses}",
                              "--permanent-only leaves the running firewall as it is; "
                              "'nicfix check --after reload' tells more; " OVERRIDE},
    [REFUSED_POLICY_AT_RUN_TIME] = {NICFIX_ERROR_REFUSED,
                                    "the fix adds a policy, which firewalld can add only "
                                    "permanently: {finding}",
                                    "omit --runtime-only"},
    [REFUSED_RULES_KEPT] = {NICFIX_ERROR_REFUSED,
                            "this version of firewalld keeps the rules that {interface} has in "
                            "zone {zone} when it is moved at run time, and only a reload removes "
                            "them",
                            "use --permanent-only, and run firewall-cmd --reload when it suits "
                            "({losses})"},
    [REFUSED_RULES_KEPT_BY_RELOAD] =
        {NICFIX_ERROR_REFUSED,
         "this version of firewalld keeps the rules that {interface} has in zone {zone} when it is "
         "moved at run time, and with FlushAllOnReload=no only a restart removes them",
         "use --permanent-only, and run systemctl restart firewalld when it suits ({losses})"},
    [REFUSED_HARM] = {NICFIX_ERROR_REFUSED, "{harm}", OVERRIDE},
};

/* Why a change is not made although it would cure. */
static char *harm_text(const Harm *harm)
{
    static const char *const templates[] = {
        [HARM_NONE] = "",
        [HARM_NAME] = UNFIT_NAME,
        [HARM_OWNERS_LINK] = "{interface} belongs in zone {zone}: the program that made it puts it "
                             "there, and fails where another zone has it",
        [HARM_OUTSIDE_INSIDE] = "{interface} leads to other networks, and zone {zone} is meant for "
                                "inside: this would open the host and what is behind it",
        [HARM_LEAVES_REFUSAL] = "zone {zone} refuses what comes in on {interface}: this would open "
                                "the host to it",
        [HARM_RELOAD] = "this needs a reload of firewalld, which would lose settings or rules that "
                        "are not permanent",
        [HARM_EQUAL_PRIORITIES] = "another policy has the same priority, and this firewalld mixes "
                                  "up the rules of such policies",
        [HARM_TRANSLATION] =
            "what goes out through {interface} would no longer be masqueraded, and "
            "hosts with private addresses would get no answers",
        [HARM_CLOSES] = "port {service} would no longer be reachable from {interface}, and a "
                        "service listens there",
        [HARM_BREAKS] = "traffic from {interface} that passes now would be refused",
    };
    return template_fill(templates[harm->kind], "interface",
                         harm->interface != NULL ? harm->interface : "this host", "zone",
                         harm->zone, "service", harm->service, NULL);
}

static char *join(const GPtrArray *names)
{
    GString *list = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const char, name, names)
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", name);
    return g_string_free(list, FALSE);
}

char *lost_flow_text(const LostFlow *lost)
{
    if (lost->service != NULL)
        return g_strdup_printf("%s from %s", lost->service,
                               lost->in != NULL ? lost->in : "outside");
    return g_strdup_printf("what goes from %s to %s", lost->in != NULL ? lost->in : "this host",
                           lost->out != NULL ? lost->out : "this host");
}

/* What to do about FINDING, which no plan cures (transfer full). */
static char *next_step(const Finding *finding)
{
    g_autoptr(GPtrArray) commands = finding_commands(finding);
    if (commands->len == 0)
        return g_strdup("see 'nicfix check' for what it rests on");
    GString *text = g_string_new("run: ");
    PTR_ARRAY_FOREACH (char *, command, commands) {
        g_string_append(text, command_index > 0 ? "; " : "");
        command_text_append(text, command);
    }
    return g_string_free(text, FALSE);
}

/* What a reload would undo (transfer full); LOSSES is NULL where that is not known. */
static char *describe_losses(const GPtrArray *losses)
{
    if (losses == NULL)
        return g_strdup("what else it would lose could not be read");
    if (losses->len == 0)
        return g_strdup("it would lose nothing else");
    g_autofree char *list = reload_losses_text(losses);
    return g_strconcat("then ", list, NULL);
}

static char *fill_refusal(const char *template, const PlanRefusal *refusal)
{
    static const char *const scopes[] = {
        [SCOPE_RUNTIME] = "the running firewall",
        [SCOPE_PERMANENT] = "the permanent configuration",
        [SCOPE_NETWORKMANAGER] = "NetworkManager's profile",
    };
    g_autofree char *zones = refusal->zones != NULL ? join(refusal->zones) : NULL;
    g_autofree char *message = refusal->finding != NULL ? finding_message(refusal->finding) : NULL;
    g_autofree char *next = refusal->finding != NULL ? next_step(refusal->finding) : NULL;
    g_autofree char *losses = describe_losses(refusal->losses);
    g_autofree char *lost = lost_flow_text(&refusal->lost);
    g_autoptr(GString) better = g_string_new(NULL);
    const char *const move[] = {"nicfix",       "apply",       "--zone",
                                refusal->other, "--interface", refusal->interface,
                                "--move",       NULL};
    command_text_append(better, refusal->code == REFUSED_HEALTHY ? (char **)move : refusal->better);
    g_autofree char *word = refusal->other != NULL ? escape_for_shell(refusal->other) : NULL;
    g_autofree char *harm = harm_text(&refusal->harm);
    return template_fill(template, "interface", refusal->interface, "other", refusal->other, "word",
                         word, "zone", refusal->zone, "zones", zones, "scope",
                         scopes[refusal->scope], "finding", message, "better", better->str, "next",
                         next, "harm", harm, "losses", losses, "lost", lost, NULL);
}

void plan_refusal_set_error(const PlanRefusal *refusal, GError **error)
{
    if (refusal->code == REFUSED_PERMANENT_UNREAD && refusal->interface == NULL) {
        permanent_unread_set_error(error);
        return;
    }
    bool has_hint = refusals[refusal->code].hint != NULL &&
                    (refusal->code != REFUSED_NOT_CURED || refusal->better != NULL) &&
                    (refusal->code != REFUSED_PORT || refusal->other != NULL);
    g_autofree char *message = fill_refusal(refusals[refusal->code].message, refusal);
    bool is_harm = refusal->code == REFUSED_HARM || refusal->code == REFUSED_WORSE;
    bool is_unknown =
        refusal->code == REFUSED_NO_SUCH_LINK || refusal->code == REFUSED_NO_SUCH_ZONE;
    const char *template = is_harm && refusal->better != NULL
                               ? "this would cure it without harm: {better}; or " OVERRIDE
                           : is_unknown && refusal->other != NULL ? "did you mean {other}?"
                                                                  : refusals[refusal->code].hint;
    g_autofree char *hint = has_hint ? fill_refusal(template, refusal) : NULL;
    nicfix_error_set(error, refusals[refusal->code].error, hint, "%s", message);
}

void permanent_unread_set_error(GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED,
                     "run as root; with --snapshot, take the snapshot as root",
                     "firewalld's permanent configuration was not read");
}

void lock_out_set_error(const Flow *session, const Verdict *verdict, GError **error)
{
    g_autofree char *reason = reason_of(verdict);
    g_autofree char *client = ip_address_to_string(&session->from.prefix.address);
    g_autofree char *port = g_strdup_printf("%u/tcp", session->port);
    const Zone *zone = verdict->ingress.zone;
    g_autofree char *command = zone != NULL
                                   ? action_command_line(&(Action){ACTION_ADD_PORT, SCOPE_RUNTIME,
                                                                   .to = zone->name, .value = port})
                                   : NULL;
    g_autofree char *hint =
        command == NULL
            ? g_strdup(OVERRIDE)
            : template_fill("first run {command}, and again with --permanent, or " OVERRIDE,
                            "command", command, NULL);
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, hint,
                     "this would lock you out: new connections from %s to port %u on %s would no "
                     "longer be accepted (%s)",
                     client, session->port, session->in, reason);
}

/* ---- actions ---- */

char *action_text(const Action *action)
{
    static const char *const templates[] = {
        [ACTION_BIND] = "bind {interface} to zone {to} {scope}",
        [ACTION_UNBIND] = "unbind {interface} from zone {from} {scope}",
        [ACTION_MOVE] = "move {interface} from zone {from} to zone {to} {scope}",
        [ACTION_ENABLE_FORWARD] = "enable forwarding within zone {to} {scope}",
        [ACTION_DISABLE_FORWARD] = "disable forwarding within zone {to} {scope}",
        [ACTION_ADD_SOURCE] = "add source {value} to zone {to} {scope}",
        [ACTION_REMOVE_SOURCE] = "remove source {value} from zone {to} {scope}",
        [ACTION_ADD_SERVICE] = "allow service {value} in zone {to} {scope}",
        [ACTION_REMOVE_SERVICE] = "remove service {value} from zone {to} {scope}",
        [ACTION_ADD_PORT] = "allow port {value} in zone {to} {scope}",
        [ACTION_REMOVE_PORT] = "remove port {value} from zone {to} {scope}",
        [ACTION_ADD_POLICY] = ("add policy {value}, which accepts traffic from zone {from} to zone "
                               "{to}, {scope}"),
        [ACTION_REMOVE_POLICY] = "remove policy {value} (from zone {from} to zone {to}) {scope}",
    };
    static const char *const scopes[] = {
        [SCOPE_RUNTIME] = "in the running firewall",
        [SCOPE_PERMANENT] = "in the permanent configuration",
        [SCOPE_NETWORKMANAGER] = "in NetworkManager's profile",
    };
    if (action->op == ACTION_ADD_POLICY && action->scope == SCOPE_RUNTIME)
        return template_fill("reload firewalld, which puts policy {value} in force", "value",
                             action->value, NULL);
    return template_fill(templates[action->op], "interface", action->interface, "from",
                         action->from, "to", action->to, "value", action->value, "scope",
                         scopes[action->scope], NULL);
}

char *action_command_line(const Action *action)
{
    g_autoptr(GPtrArray) commands = action_commands(action);
    GString *line = g_string_new(NULL);
    PTR_ARRAY_FOREACH (char *, words, commands) {
        g_string_append(line, line->len > 0 ? "; " : "");
        command_text_append(line, words);
    }
    return g_string_free(line, FALSE);
}

/* ---- reloads ---- */

char *reload_loss_text(const ReloadLoss *loss)
{
    static const char *const templates[] = {
        [RELOAD_LOSES] = "{thing} {name} loses {setting}{value}",
        [RELOAD_BRINGS] = "{thing} {name} gets {setting}{value}",
        [RELOAD_REMOVES] = "{thing} {name} is lost",
        [RELOAD_UNREAD] = "{thing} {name} could not be read",
        [RELOAD_DIRECT_RULES] = "direct rules that are not permanent are lost",
        [RELOAD_FLUSHES] = "{thing}{value} {name} loses the rules of {setting}",
    };
    g_autofree char *value = loss->value != NULL ? g_strconcat(" ", loss->value, NULL) : NULL;
    return template_fill(templates[loss->kind], "thing", loss->thing, "name", loss->name, "setting",
                         loss->setting != NULL ? loss->setting : "another program", "value", value,
                         NULL);
}

char *reload_losses_text(const GPtrArray *losses)
{
    GString *list = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const ReloadLoss, loss, losses) {
        g_autofree char *text = reload_loss_text(loss);
        g_string_append_printf(list, "%s%s", list->len > 0 ? "; " : "", text);
    }
    return g_string_free(list, FALSE);
}

/* "8080/tcp", "service ssh" */
static char *host_service_text(const ReloadClosure *closure)
{
    switch (closure->kind) {
    case SERVICE_NAMED:
        return g_strdup_printf("service %s", closure->name);
    case SERVICE_PORT:
        return g_strdup(closure->name);
    case SERVICE_ICMP:
        return g_strdup("ping");
    case SERVICE_OTHER_PORTS:
        break;
    }
    return g_strdup("ports that no setting names");
}

char *reload_closure_text(const ReloadClosure *closure)
{
    GString *text = g_string_new(closure->certain ? NULL : "may be: ");
    const char *from = closure->source != NULL ? closure->source : closure->in;
    if (closure->out != NULL) {
        g_string_append_printf(text, "connections from %s out through %s", from, closure->out);
    } else {
        g_autofree char *service = host_service_text(closure);
        g_string_append_printf(text, "%s %s %s", service, closure->source != NULL ? "from" : "on",
                               from);
    }
    if (closure->source == NULL && closure->alike > 0)
        g_string_append_printf(text, " and %u more like %s", closure->alike, from);
    return g_string_free(text, FALSE);
}

char *reload_harm_text(const ReloadHarm *harm)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    PTR_ARRAY_FOREACH (const ReloadClosure, closure, harm->closes) {
        g_autofree char *text = reload_closure_text(closure);
        g_ptr_array_add(parts, g_strconcat("closes ", text, NULL));
    }
    PTR_ARRAY_FOREACH (const ReloadLoss, loss, harm->losses)
        g_ptr_array_add(parts, reload_loss_text(loss));
    g_ptr_array_add(parts, NULL);
    return g_strjoinv("; ", (char **)parts->pdata);
}

char *reload_assumption_text(const ReloadAssumption *assumption)
{
    static const char *const templates[] = {
        [ASSUMES_BINDINGS_KEPT] = "what is bound to zone {zone} stays there, although the default "
                                  "zone becomes {other}",
        [ASSUMES_PROGRAM_BINDS] = "the program that manages zone {zone} puts {interfaces} back "
                                  "there",
        [ASSUMES_NEW_DEFAULT_ZONE] = "the default zone becomes {zone} (firewalld takes five "
                                     "seconds to notice a changed firewalld.conf)",
        [ASSUMES_SAME_NETWORK] = "links, addresses, routes and the rules of other programs stay as "
                                 "they are now",
    };
    g_autofree char *interfaces =
        assumption->interfaces != NULL ? g_strjoinv(", ", (char **)assumption->interfaces) : NULL;
    return template_fill(templates[assumption->code], "zone", assumption->zone, "other",
                         assumption->other, "interfaces", interfaces, NULL);
}

/* ---- notes ---- */

char *plan_note_text(const PlanNote *note)
{
    static const char *const templates[] = {
        [NOTE_RUNTIME_ONLY] = "--runtime-only: the next reload or restart of firewalld undoes this",
        [NOTE_PERMANENT_ONLY] = "--permanent-only: nothing changes now; this takes effect when "
                                "firewalld and NetworkManager start next",
        [NOTE_MASQUERADE_LOST] = "zone {zone} does not masquerade what goes out through "
                                 "{interface}, as its zone does now: hosts with private addresses "
                                 "will get no answers",
        [NOTE_POLICIES_FORGOTTEN] = "this firewalld forgets the policies of zone {zone} when the "
                                    "only interface leaves it: run firewall-cmd --reload "
                                    "afterwards ({losses})",
        [NOTE_RULES_KEPT] = "this firewalld keeps the rules that {interface} has in zone {zone}: "
                            "run firewall-cmd --reload afterwards ({losses})",
        [NOTE_RELOADS] =
            "firewalld is reloaded, which drops new connections for a moment; {losses}",
        [NOTE_OVERTAKEN] = "{subject} is left as it is ({scope}): somebody else has changed it "
                           "since",
        [NOTE_STATE_UNREAD] = "{subject} is left as it is ({scope}): its state could not be read",
        [NOTE_TRIAL] = "--confirm-within: undone in {seconds} s; made permanent when you run "
                       "nicfix confirm",
        [NOTE_TRIAL_OF_POLICY] =
            "--confirm-within: undone in {seconds} s unless you run nicfix "
            "confirm; permanent at once, since a policy cannot be had otherwise",
        [NOTE_NOTHING_ON_TRIAL] = "--confirm-within: the running firewall does not change, and "
                                  "there is nothing to confirm",
        [NOTE_NOT_RECORDED] = "nicfix undo cannot revert this: {reason}",
    };
    g_autofree char *losses = describe_losses(note->losses);
    g_autofree char *seconds = g_strdup_printf("%u", note->seconds);
    return template_fill(templates[note->code], "zone", note->zone, "interface", note->interface,
                         "subject", note->interface != NULL ? note->interface : note->zone, "scope",
                         action_scope_word(note->scope), "losses", losses, "seconds", seconds,
                         "reason", note->reason, NULL);
}
