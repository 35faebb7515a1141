/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both sides as lists of settings, thing by thing, and the difference. */
#include "model/plan/reload-losses.h"

#include "model/foreach.h"
#include "model/host/reload-flush.h"
#include "model/plan/reload.h"

#include <string.h>

static void loss_free(gpointer data)
{
    ReloadLoss *loss = data;
    g_free(loss->name);
    g_free(loss->setting);
    g_free(loss->value);
    g_free(loss);
}

/* ---- settings ---- */

/* Each is "service=http", or "forward" where it is on or off. */
static void add_setting(GPtrArray *settings, const char *name, const char *value)
{
    g_ptr_array_add(settings, g_strconcat(name, value != NULL ? "=" : NULL, value, NULL));
}

static void add_names(GPtrArray *settings, const char *setting, char **names)
{
    STRV_FOREACH (name, names)
        add_setting(settings, setting, *name);
}

static void add_ports(GPtrArray *settings, const char *setting, const GPtrArray *ports)
{
    PTR_ARRAY_FOREACH (const PortRange, port, ports) {
        g_autofree char *text = port_range_text(port);
        add_setting(settings, setting, text);
    }
}

static void add_filter(GPtrArray *settings, const Filter *filter)
{
    add_names(settings, "service", filter->services);
    add_ports(settings, "port", filter->ports);
    add_ports(settings, "source-port", filter->source_ports);
    add_names(settings, "protocol", filter->protocols);
    add_names(settings, "icmp-block", filter->icmp_blocks);
    PTR_ARRAY_FOREACH (const ForwardPort, forward, filter->forward_ports) {
        g_autofree char *text = forward_port_text(forward);
        add_setting(settings, "forward-port", text);
    }
    PTR_ARRAY_FOREACH (const RichRule, rule, filter->rich_rules)
        add_setting(settings, "rich-rule", rule->text);
    if (filter->icmp_block_inversion)
        add_setting(settings, "icmp-block-inversion", NULL);
    if (filter->masquerade == TRISTATE_YES)
        add_setting(settings, "masquerade", NULL);
}

static void add_target(GPtrArray *settings, Target target)
{
    if (target >= TARGET_ACCEPT)
        add_setting(settings, "target", target == TARGET_REJECT ? "REJECT" : target_word(target));
}

static bool add_zone(gconstpointer item, GPtrArray *settings)
{
    const Zone *zone = item;
    add_names(settings, "interface", zone->interfaces);
    PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources)
        add_setting(settings, "source", source->text);
    add_target(settings, zone->target);
    if (zone->forward == TRISTATE_YES)
        add_setting(settings, "forward", NULL);
    add_filter(settings, &zone->filter);
    return zone->settings_read;
}

static bool add_policy(gconstpointer item, GPtrArray *settings)
{
    const Policy *policy = item;
    add_names(settings, "ingress-zone", policy->ingress_zones);
    add_names(settings, "egress-zone", policy->egress_zones);
    g_autofree char *priority = g_strdup_printf("%d", policy->priority);
    add_setting(settings, "priority", priority);
    add_target(settings, policy->target);
    add_filter(settings, &policy->filter);
    return policy->settings_read;
}

static bool add_ipset(gconstpointer item, GPtrArray *settings)
{
    const Ipset *ipset = item;
    add_names(settings, "entry", ipset->entries);
    return ipset->entries_read;
}

/* ---- the difference ---- */

/* A kind of thing that firewalld has several of. The name is the first member of each. */
typedef struct {
    const char *word;
    bool (*add_settings)(gconstpointer item, GPtrArray *settings); /* false: they were not read */
    bool (*has_effect)(gconstpointer item);                        /* NULL: it has */
} ThingKind;

/* Without zones on either side, a policy matches nothing. */
static bool policy_has_effect(gconstpointer item)
{
    const Policy *policy = item;
    return !policy->settings_read || policy->ingress_zones[0] != NULL ||
           policy->egress_zones[0] != NULL;
}

static const char *name_of(gconstpointer item)
{
    return *(char *const *)item;
}

static void add_loss(GPtrArray *losses, ReloadLossKind kind, const ThingKind *thing,
                     const char *name, const char *setting)
{
    const char *equals = setting != NULL ? strchr(setting, '=') : NULL;
    ReloadLoss *loss = g_new(ReloadLoss, 1);
    *loss = (ReloadLoss){
        .kind = kind,
        .thing = thing != NULL ? thing->word : NULL,
        .name = g_strdup(name),
        .setting =
            equals != NULL ? g_strndup(setting, (gsize)(equals - setting)) : g_strdup(setting),
        .value = equals != NULL ? g_strdup(equals + 1) : NULL,
    };
    g_ptr_array_add(losses, loss);
}

/* Adds the settings of ONE that OTHER does not have. */
static void add_missing(GPtrArray *losses, ReloadLossKind kind, const ThingKind *thing,
                        const char *name, const GPtrArray *one, const GPtrArray *other)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    PTR_ARRAY_FOREACH (char, setting, other)
        g_hash_table_add(known, setting);
    PTR_ARRAY_FOREACH (const char, setting, one) {
        if (!g_hash_table_contains(known, setting))
            add_loss(losses, kind, thing, name, setting);
    }
}

static void compare(const ThingKind *thing, gconstpointer now, gconstpointer then,
                    GPtrArray *losses)
{
    g_autoptr(GPtrArray) before = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) after = g_ptr_array_new_with_free_func(g_free);
    if (!thing->add_settings(now, before) || !thing->add_settings(then, after)) {
        add_loss(losses, RELOAD_UNREAD, thing, name_of(now), NULL);
        return;
    }
    add_missing(losses, RELOAD_LOSES, thing, name_of(now), before, after);
    add_missing(losses, RELOAD_BRINGS, thing, name_of(now), after, before);
}

static void compare_all(const ThingKind *thing, const GPtrArray *now, const GPtrArray *then,
                        GPtrArray *losses)
{
    PTR_ARRAY_FOREACH (const void, item, now) {
        const void *match = NULL;
        PTR_ARRAY_FOREACH (const void, other, then) {
            if (g_str_equal(name_of(other), name_of(item)))
                match = other;
        }
        if (match != NULL)
            compare(thing, item, match, losses);
        else if (thing->has_effect == NULL || thing->has_effect(item))
            add_loss(losses, RELOAD_REMOVES, thing, name_of(item), NULL);
    }
}

static void add_flushed(GPtrArray *losses, const Snapshot *snapshot)
{
    g_autoptr(GPtrArray) flushed = reload_flushed_rules(snapshot);
    PTR_ARRAY_FOREACH (const FlushedRules, rules, flushed) {
        ReloadLoss *loss = g_new(ReloadLoss, 1);
        *loss = (ReloadLoss){
            .kind = RELOAD_FLUSHES,
            .thing = "table",
            .name = g_strdup(rules->table->name),
            .setting = g_strdup(rules->owner),
            .value = g_strdup(nft_family_word(rules->table->family)),
        };
        g_ptr_array_add(losses, loss);
    }
}

GPtrArray *reload_losses_between(const Snapshot *snapshot, const Snapshot *after, ReloadEvent event)
{
    static const ThingKind zones = {"zone", add_zone, NULL};
    static const ThingKind policies = {"policy", add_policy, policy_has_effect};
    static const ThingKind ipsets = {"ipset", add_ipset, NULL};
    const Firewalld *now = snapshot->firewalld;
    const Firewalld *then = after->firewalld;
    GPtrArray *losses = g_ptr_array_new_with_free_func(loss_free);
    compare_all(&zones, now->zones, then->zones, losses);
    compare_all(&policies, now->policies, then->policies, losses);
    compare_all(&ipsets, now->ipsets, then->ipsets, losses);
    bool keeps = event == EVENT_RELOAD && firewalld_keeps_state_on_reload(now);
    if (now->direct_rules != TRISTATE_NO && !keeps)
        add_loss(losses, RELOAD_DIRECT_RULES, NULL, NULL, NULL);
    if (event == EVENT_RELOAD) /* a reboot takes all, and their programs make them anew */
        add_flushed(losses, snapshot);
    return losses;
}

GPtrArray *reload_losses(const Snapshot *snapshot)
{
    g_autoptr(Snapshot) reloaded = snapshot_after_reload(snapshot, EVENT_RELOAD, NULL);
    return reloaded != NULL ? reload_losses_between(snapshot, reloaded, EVENT_RELOAD) : NULL;
}
