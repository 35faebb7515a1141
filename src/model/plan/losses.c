/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both sides in words, thing by thing, and the difference. */
#include "model/plan/losses.h"

#include "model/plan/after.h"

/* What one zone, policy or set holds: words in order, each once. */
typedef struct {
    GPtrArray *list; /* owns them */
    GHashTable *set;
} Words;

static Words words_new(void)
{
    return (Words){g_ptr_array_new_with_free_func(g_free),
                   g_hash_table_new(g_str_hash, g_str_equal)};
}

static void words_clear(Words *words)
{
    g_hash_table_unref(words->set);
    g_ptr_array_unref(words->list);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static void G_GNUC_PRINTF(2, 3) add(Words *words, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *word = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_hash_table_add(words->set, word);
    g_ptr_array_add(words->list, word);
}

static void add_all(Words *words, const char *what, char **names)
{
    for (char **name = names; *name != NULL; name++)
        add(words, "%s %s", what, *name);
}

static void add_ports(Words *words, const char *what, const GPtrArray *ports)
{
    for (guint i = 0; i < ports->len; i++) {
        const PortRange *port = g_ptr_array_index(ports, i);
        g_autofree char *text = port_range_port_text(port);
        add(words, "%s %s/%s", what, text, port->protocol);
    }
}

static void add_forward_ports(Words *words, const GPtrArray *forward_ports)
{
    for (guint i = 0; i < forward_ports->len; i++) {
        const ForwardPort *forward = g_ptr_array_index(forward_ports, i);
        g_autofree char *text = port_range_port_text(forward->port);
        add(words, "forward-port %s/%s to %s:%s", text, forward->port->protocol,
            forward->to_address != NULL ? forward->to_address : "",
            forward->to_port != NULL ? forward->to_port : "");
    }
}

static void add_filter(Words *words, const Filter *filter)
{
    add_all(words, "service", filter->services);
    add_ports(words, "port", filter->ports);
    add_ports(words, "source-port", filter->source_ports);
    add_all(words, "protocol", filter->protocols);
    add_all(words, "icmp-block", filter->icmp_blocks);
    add_forward_ports(words, filter->forward_ports);
    for (guint i = 0; i < filter->rich_rules->len; i++) {
        const RichRule *rule = g_ptr_array_index(filter->rich_rules, i);
        add(words, "rich rule %s", rule->text);
    }
    if (filter->icmp_block_inversion)
        add(words, "icmp-block-inversion");
    if (filter->masquerade == TRISTATE_YES)
        add(words, "masquerade");
}

static void add_target(Words *words, Target target)
{
    static const char *const names[] = {
        [TARGET_UNKNOWN] = NULL,    [TARGET_DEFAULT] = NULL,    [TARGET_CONTINUE] = NULL,
        [TARGET_ACCEPT] = "ACCEPT", [TARGET_REJECT] = "REJECT", [TARGET_DROP] = "DROP",
    };
    if (names[target] != NULL)
        add(words, "target %s", names[target]);
}

static Words words_of_zone(gconstpointer item)
{
    const Zone *zone = item;
    Words words = words_new();
    add_all(&words, "interface", zone->interfaces);
    for (guint i = 0; i < zone->sources->len; i++) {
        const AddressSpec *source = g_ptr_array_index(zone->sources, i);
        add(&words, "source %s", source->text);
    }
    add_target(&words, zone->target);
    if (zone->forward == TRISTATE_YES)
        add(&words, "forward");
    add_filter(&words, &zone->filter);
    return words;
}

static Words words_of_policy(gconstpointer item)
{
    const Policy *policy = item;
    Words words = words_new();
    add_all(&words, "ingress zone", policy->ingress_zones);
    add_all(&words, "egress zone", policy->egress_zones);
    add(&words, "priority %d", policy->priority);
    add_target(&words, policy->target);
    add_filter(&words, &policy->filter);
    return words;
}

static Words words_of_ipset(gconstpointer item)
{
    const Ipset *ipset = item;
    Words words = words_new();
    add_all(&words, "entry", ipset->entries);
    return words;
}

static bool zone_is_read(gconstpointer item)
{
    const Zone *zone = item;
    return zone->settings_read;
}

static bool policy_is_read(gconstpointer item)
{
    const Policy *policy = item;
    return policy->settings_read;
}

static bool ipset_is_read(gconstpointer item)
{
    const Ipset *ipset = item;
    return ipset->entries_read;
}

/* ---- the difference ---- */

/* A kind of thing that firewalld has several of. The name is the first member of each. */
typedef struct {
    const char *what;
    Words (*words_of)(gconstpointer item);
    bool (*is_read)(gconstpointer item);
} Kind;

static const Kind zone_kind = {"zone", words_of_zone, zone_is_read};
static const Kind policy_kind = {"policy", words_of_policy, policy_is_read};
static const Kind ipset_kind = {"set", words_of_ipset, ipset_is_read};

static const char *name_of(gconstpointer item)
{
    return *(char *const *)item;
}

static gconstpointer find(const GPtrArray *items, const char *name)
{
    for (guint i = 0; i < items->len; i++) {
        gconstpointer item = g_ptr_array_index(items, i);
        if (g_str_equal(name_of(item), name))
            return item;
    }
    return NULL;
}

/* Tells those of ONE that OTHER has not. */
static void tell_missing(const char *thing, const Words *one, const Words *other, const char *verb,
                         GPtrArray *losses)
{
    for (guint i = 0; i < one->list->len; i++) {
        const char *word = g_ptr_array_index(one->list, i);
        if (!g_hash_table_contains(other->set, word))
            g_ptr_array_add(losses, g_strdup_printf("%s %s %s", thing, verb, word));
    }
}

static void compare(const Kind *kind, gconstpointer now, gconstpointer then, GPtrArray *losses)
{
    g_autofree char *thing = g_strdup_printf("%s %s", kind->what, name_of(now));
    if (then == NULL) {
        g_ptr_array_add(losses, g_strdup_printf("%s is lost", thing));
        return;
    }
    if (!kind->is_read(now) || !kind->is_read(then)) {
        g_ptr_array_add(losses, g_strdup_printf("%s could not be read", thing));
        return;
    }
    g_auto(Words) before = kind->words_of(now);
    g_auto(Words) after = kind->words_of(then);
    tell_missing(thing, &before, &after, "loses", losses);
    tell_missing(thing, &after, &before, "gets", losses);
}

static void compare_all(const Kind *kind, const GPtrArray *now, const GPtrArray *then,
                        GPtrArray *losses)
{
    for (guint i = 0; i < now->len; i++) {
        gconstpointer item = g_ptr_array_index(now, i);
        compare(kind, item, find(then, name_of(item)), losses);
    }
}

GPtrArray *losses_at_reload(const Snapshot *snapshot, GError **error)
{
    g_autoptr(GPtrArray) assumes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Snapshot) reloaded = snapshot_after(snapshot, AFTER_RELOAD, assumes, error);
    if (reloaded == NULL)
        return NULL;
    const Firewalld *now = snapshot->firewalld;
    const Firewalld *then = reloaded->firewalld;
    GPtrArray *losses = g_ptr_array_new_with_free_func(g_free);
    compare_all(&zone_kind, now->zones, then->zones, losses);
    compare_all(&policy_kind, now->policies, then->policies, losses);
    compare_all(&ipset_kind, now->ipsets, then->ipsets, losses);
    bool keeps = g_strcmp0(now->options.flush_all_on_reload, "no") == 0; /* firewalld.conf(5) */
    if (now->direct_rules != TRISTATE_NO && !keeps)
        g_ptr_array_add(losses,
                        g_strdup("direct rules, as far as they are not permanent, are lost"));
    return losses;
}
