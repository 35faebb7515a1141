/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both states judged on the same flows: see reload-harm.h. */
#include "model/plan/reload-harm.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "model/host/topology.h"
#include "model/kernel/judgement.h"

#include <string.h>

/* Links that both states filter alike. */
typedef struct {
    const Link *first;
    const Link *second; /* NULL: there is only one */
    guint count;
} LinkClass;

typedef struct {
    const Snapshot *now;
    const Snapshot *then;
    GArray *classes;  /* LinkClass */
    GHashTable *seen; /* closures that are there already, as text */
    GPtrArray *closes;
    const LinkClass *in;       /* of the flows that are compared */
    const AddressSpec *source; /* where they come from; NULL: from anywhere */
} Comparison;

static void closure_free(gpointer data)
{
    ReloadClosure *closure = data;
    g_free(closure->in);
    g_free(closure->source);
    g_free(closure->out);
    g_free(closure->name);
    g_free(closure);
}

void reload_harm_free(ReloadHarm *harm)
{
    if (harm == NULL)
        return;
    g_ptr_array_unref(harm->closes);
    g_ptr_array_unref(harm->losses);
    g_free(harm);
}

bool reload_harm_is_none(const ReloadHarm *harm)
{
    return harm->closes->len == 0 && harm->losses->len == 0;
}

/* ---- one flow ---- */

/* By all that is known; where another program's rules leave it open, by firewalld's share. */
static Match is_accepted(const Snapshot *snapshot, const Flow *flow)
{
    g_autoptr(Judgement) judgement = judgement_of(snapshot, flow, JUDGE_PACKET);
    if (judgement_accepts(judgement))
        return MATCH_YES;
    if (judgement_refuses(judgement) || verdict_refuses(judgement->firewalld))
        return MATCH_NO;
    return verdict_accepts(judgement->firewalld) ? MATCH_YES : MATCH_MAYBE;
}

static void compare(Comparison *comparison, const Flow *flow, ServiceKind kind, const char *name)
{
    Flow answered = *flow;
    /* That the host has a way back to its peers is taken for granted. */
    answered.reverse_path = REVERSE_PATH_SAME_LINK;
    if (comparison->source != NULL)
        answered.from =
            (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = comparison->source->prefix};
    if (is_accepted(comparison->now, &answered) != MATCH_YES)
        return;
    Match then = is_accepted(comparison->then, &answered);
    const char *source = comparison->source != NULL ? comparison->source->text : NULL;
    g_autofree char *key = g_strdup_printf("%s|%s|%s|%d|%s", flow->in, source != NULL ? source : "",
                                           flow->out != NULL ? flow->out : "", kind, name);
    if (then == MATCH_YES || !g_hash_table_add(comparison->seen, g_steal_pointer(&key)))
        return;
    ReloadClosure *closure = g_new(ReloadClosure, 1);
    *closure = (ReloadClosure){
        .in = g_strdup(flow->in),
        .alike = comparison->in->count - 1,
        .source = g_strdup(source),
        .out = g_strdup(flow->out),
        .kind = kind,
        .name = g_strdup(name),
        .certain = then == MATCH_NO,
    };
    g_ptr_array_add(comparison->closes, closure);
}

/* ---- to this host ---- */

static void compare_host_flow(ServiceKind kind, const char *name, const Flow *flow, gpointer user)
{
    Comparison *comparison = user;
    if (comparison->source != NULL && comparison->source->prefix.address.family != flow->family)
        return;
    compare(comparison, flow, kind, name);
}

static void compare_to_host(Comparison *comparison)
{
    const char *in = link_ingress_name(comparison->now, comparison->in->first);
    if (comparison->source == NULL) {
        host_flows_foreach(comparison->now, in, compare_host_flow, comparison);
        return;
    }
    const IpPrefix *source = &comparison->source->prefix;
    const FlowAddress from = {.kind = FLOW_ADDRESS_PREFIX, .prefix = *source};
    host_flows_foreach_from(comparison->now, in, source->address.family, &from, NULL,
                            compare_host_flow, comparison);
}

/* ---- through this host ---- */

static void compare_forwarded(Comparison *comparison, Family family)
{
    const LinkClass *in = comparison->in;
    if (link_forwards(comparison->now, in->first, family) == TRISTATE_NO ||
        (comparison->source != NULL && comparison->source->prefix.address.family != family))
        return;
    ARRAY_FOREACH (const LinkClass, out, comparison->classes) {
        const Link *exit = out->first != in->first ? out->first : out->second;
        if (exit == NULL)
            continue;
        Flow flow = flow_new(FLOW_FORWARD, family);
        flow.in = link_ingress_name(comparison->now, in->first);
        flow.out = exit->name;
        flow.protocol = PROTOCOL_TCP;
        flow.typical = true;
        flow.from.kind = FLOW_ADDRESS_ELSEWHERE;
        flow.to.kind = FLOW_ADDRESS_ELSEWHERE;
        compare(comparison, &flow, SERVICE_OTHER_PORTS, "");
    }
}

/* ---- classes of links ---- */

static void append_zone(GString *class, const Snapshot *snapshot, const Link *link)
{
    ZoneMatch match = dispatch_interface(snapshot, link->name);
    g_string_append_printf(class, "%d:%s\n", match.by, match.zone != NULL ? match.zone->name : "");
}

static GArray *classes_of_links(const Snapshot *now, const Snapshot *then)
{
    enum { MAX_CLASSES = 64 }; /* each is compared with each */
    GArray *classes = g_array_new(FALSE, FALSE, sizeof(LinkClass));
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    PTR_ARRAY_FOREACH (const Link, link, now->links) {
        if (link_is_loopback(link) || !link_is_up(link) || link_seen_by_firewall(now, link) != link)
            continue;
        g_autoptr(GString) key = g_string_new(NULL);
        append_zone(key, now, link);
        append_zone(key, then, link);
        guint number = GPOINTER_TO_UINT(g_hash_table_lookup(known, key->str));
        if (number == 0 && classes->len < MAX_CLASSES) {
            const LinkClass class = {link, NULL, 1};
            g_array_append_val(classes, class);
            g_hash_table_insert(known, g_strdup(key->str), GUINT_TO_POINTER(classes->len));
        } else if (number > 0) {
            LinkClass *class = &g_array_index(classes, LinkClass, number - 1);
            class->second = class->second != NULL ? class->second : link;
            class->count++;
        }
    }
    return classes;
}

static void compare_all(Comparison *comparison)
{
    compare_to_host(comparison);
    compare_forwarded(comparison, FAMILY_IPV4);
    compare_forwarded(comparison, FAMILY_IPV6);
}

/* What comes from a source may come in on any link: the first class stands for all. */
static void compare_sources(Comparison *comparison)
{
    PTR_ARRAY_FOREACH (const Zone, zone, comparison->now->firewalld->zones) {
        PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources) {
            if (source->kind != ADDRESS_SPEC_PREFIX || comparison->classes->len == 0)
                continue;
            comparison->in = &g_array_index(comparison->classes, LinkClass, 0);
            comparison->source = source;
            compare_all(comparison);
        }
    }
    comparison->source = NULL;
}

static GPtrArray *closures_of(const Snapshot *now, const Snapshot *then)
{
    GPtrArray *closes = g_ptr_array_new_with_free_func(closure_free);
    g_autoptr(GArray) classes = classes_of_links(now, then);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Comparison comparison = {now, then, classes, seen, closes, NULL, NULL};
    ARRAY_FOREACH (const LinkClass, class, classes) {
        comparison.in = class;
        compare_all(&comparison);
    }
    compare_sources(&comparison);
    return closes;
}

/* ---- settings ---- */

static bool is_active(const Firewalld *firewalld, const ReloadLoss *loss)
{
    if (g_strcmp0(loss->thing, "zone") != 0)
        return true;
    const Zone *zone = firewalld_zone(firewalld, loss->name);
    return zone != NULL && (zone->interfaces[0] != NULL || zone->sources->len > 0 ||
                            g_strcmp0(zone->name, firewalld->default_zone) == 0);
}

/* A rule that only refuses lets more through when it goes. */
static bool only_refuses(const Firewalld *firewalld, const ReloadLoss *loss)
{
    const Zone *zone = firewalld_zone(firewalld, loss->name);
    const Policy *policy = firewalld_policy(firewalld, loss->name);
    const Filter *filter = g_strcmp0(loss->thing, "policy") == 0
                               ? (policy != NULL ? &policy->filter : NULL)
                               : (zone != NULL ? &zone->filter : NULL);
    for (guint i = 0; filter != NULL && i < filter->rich_rules->len; i++) {
        const RichRule *rule = g_ptr_array_index(filter->rich_rules, i);
        if (g_strcmp0(rule->text, loss->value) == 0)
            return rule->understood &&
                   (rule->action == RICH_ACTION_REJECT || rule->action == RICH_ACTION_DROP);
    }
    return false;
}

/* Whether no flow stands for the setting. Services, ports, bindings, networks that are sources and
 * targets have their flows; of a range of ports only the first has one. */
static bool is_without_flow(const Firewalld *firewalld, const ReloadLoss *loss)
{
    static const char *const settings[] = {"forward-port", "masquerade",   "protocol",
                                           "source-port",  "ingress-zone", "egress-zone",
                                           "entry",        "rich-rule",    NULL};
    if (g_strcmp0(loss->setting, "rich-rule") == 0)
        return !only_refuses(firewalld, loss);
    if (g_strcmp0(loss->setting, "port") == 0)
        return loss->value != NULL && strchr(loss->value, '-') != NULL;
    if (g_strcmp0(loss->setting, "source") == 0) {
        g_autoptr(AddressSpec) source = address_spec_parse(loss->value);
        return source == NULL || source->kind != ADDRESS_SPEC_PREFIX;
    }
    return loss->setting != NULL && g_strv_contains(settings, loss->setting);
}

static bool is_harm(const Firewalld *firewalld, const ReloadLoss *loss)
{
    switch (loss->kind) {
    case RELOAD_LOSES:
        return is_active(firewalld, loss) && is_without_flow(firewalld, loss);
    case RELOAD_REMOVES:
    case RELOAD_UNREAD:
        return is_active(firewalld, loss);
    case RELOAD_DIRECT_RULES:
    case RELOAD_FLUSHES:
        return true;
    case RELOAD_BRINGS:
        break;
    }
    return false;
}

ReloadHarm *reload_harm_of(const Snapshot *now, const Snapshot *then, ReloadEvent event)
{
    ReloadHarm *harm = g_new0(ReloadHarm, 1);
    harm->closes = closures_of(now, then);
    harm->losses = reload_losses_between(now, then, event);
    for (guint i = harm->losses->len; i > 0; i--) {
        if (!is_harm(now->firewalld, g_ptr_array_index(harm->losses, i - 1)))
            g_ptr_array_remove_index(harm->losses, i - 1);
    }
    return harm;
}
