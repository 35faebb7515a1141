/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that might cure: each way of curing is tried on all flows of the goal at once, in each zone that
 * comes into question. Nothing is judged here. */
#include "model/plan/cures.h"

#include "model/diagnosis/binding-findings.h"
#include "model/firewalld/dispatch.h"
#include "model/foreach.h"

#include <linux/rtnetlink.h>
#include <string.h>

/* Links by the hundred come and go, and nobody pastes hundreds of commands. */
enum { MAX_BOUND = 32, MAX_ZONES = 12, MAX_POLICIES = 4, MAX_SOURCES = 8 };

typedef struct {
    const CureGoal *goal;
    GPtrArray *cures;  /* Cure */
    GHashTable *known; /* the actions of CURES as text */
    GPtrArray *ins;    /* Link: where the flows come in, no link twice */
    GPtrArray *outs;   /* Link: where they leave, if they do */
    GPtrArray *zones;  /* const char *: those that come into question */
} Candidates;

static const Firewalld *firewalld_of(const Candidates *candidates)
{
    return candidates->goal->snapshot->firewalld;
}

/* What only lasts or only runs. */
static bool is_about_what_lasts(const Finding *finding)
{
    return finding != NULL && (finding->id == FINDING_RUNTIME_ONLY_BINDING ||
                               finding->id == FINDING_PERMANENT_NOT_ACTIVE ||
                               finding->id == FINDING_PROFILE_OVERRIDES_ZONE ||
                               finding->id == FINDING_MANAGER_ZONE_MISMATCH);
}

/* ---- lists of actions ---- */

static GPtrArray *actions_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
}

static gboolean is_same_action(gconstpointer a, gconstpointer b)
{
    g_autofree char *x = action_identity(a);
    g_autofree char *y = action_identity(b);
    return g_str_equal(x, y);
}

/* Takes ACTION. */
static void add_action(GPtrArray *actions, Action *action)
{
    if (g_ptr_array_find_with_equal_func(actions, action, is_same_action, NULL))
        action_free(action);
    else
        g_ptr_array_add(actions, action);
}

static char *text_of(const GPtrArray *actions)
{
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        g_autofree char *identity = action_identity(action);
        g_string_append_printf(text, "%s\n", identity);
    }
    return g_string_free(text, FALSE);
}

/* Takes ACTIONS and COMMAND. */
static void add_cure(Candidates *candidates, GPtrArray *actions, char **command, bool restores)
{
    if (actions->len == 0 || !g_hash_table_add(candidates->known, text_of(actions))) {
        g_ptr_array_unref(actions);
        g_strfreev(command);
        return;
    }
    Cure *cure = g_new0(Cure, 1);
    cure->actions = actions;
    cure->command = command;
    cure->restores = restores;
    g_ptr_array_add(candidates->cures, cure);
}

/* ---- bindings, which options of apply express ---- */

/* Programs that give their links names of one kind. */
static const char *wildcard_of(const char *name)
{
    static const char *const wildcards[] = {"cali+", "lxc+", "veth+", "vnet+", "tap+",
                                            "eni+",  "azv+", "gke+",  "tunl+"};
    for (gsize i = 0; i < G_N_ELEMENTS(wildcards); i++) {
        if (match_interface(wildcards[i], name) == MATCH_YES)
            return wildcards[i];
    }
    return NULL;
}

/* A program gives each of its containers a link, which is gone tomorrow. */
static bool binds_one_of_many(const GPtrArray *actions)
{
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        if (action->interface != NULL && !interface_is_wildcard(action->interface) &&
            wildcard_of(action->interface) != NULL)
            return true;
    }
    return false;
}

static char **command_for(const char *zone, const PlanRequest *request)
{
    const struct {
        bool wanted;
        const char *option;
    } flags[] = {
        {request->enable_forward, "--enable-forward"},
        {request->move, "--move"},
        {request->bind_downstreams, "--bind-downstream"},
    };
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_strv_builder_add_many(words, "nicfix", "apply", "--zone", zone, NULL);
    STRV_FOREACH (name, request->interfaces)
        g_strv_builder_add_many(words, "--interface", *name, NULL);
    if (request->declared != NULL) {
        STRV_FOREACH (name, request->declared->uplinks)
            g_strv_builder_add_many(words, "--uplink", *name, NULL);
        STRV_FOREACH (name, request->declared->downstreams)
            g_strv_builder_add_many(words, "--downstream", *name, NULL);
    }
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (flags[i].wanted)
            g_strv_builder_add(words, flags[i].option);
    }
    return g_strv_builder_end(words);
}

/* ZONE: NULL for the one that makes sense. */
static void add_request(Candidates *candidates, const char *const *interfaces, const char *zone,
                        PlanRequest request, bool restores)
{
    request.interfaces = interfaces;
    request.zone = zone;
    request.declared = candidates->goal->declared;
    request.known = candidates->goal->diagnosis;
    g_autofree char *chosen = NULL;
    GPtrArray *actions = plan_choose_actions(candidates->goal->snapshot, &request, &chosen);
    bool is_lasting = is_about_what_lasts(candidates->goal->finding);
    if (actions != NULL && chosen != NULL && (is_lasting || !binds_one_of_many(actions)))
        add_cure(candidates, actions, command_for(chosen, &request), restores);
    else if (actions != NULL)
        g_ptr_array_unref(actions);
}

/* With all that a plan may do beyond binding. */
static void add_requests(Candidates *candidates, const char *const *interfaces, const char *zone,
                         bool binds_downstreams)
{
    for (guint variant = 0; variant < 8; variant++) {
        const PlanRequest request = {
            .enable_forward = (variant & 1) != 0,
            .move = (variant & 2) != 0,
            .bind_downstreams = (variant & 4) != 0,
        };
        if (binds_downstreams || !request.bind_downstreams)
            add_request(candidates, interfaces, zone, request, false);
    }
}

/* The finding's own interface: an uplink, or a bridge, or what is to last. */
static void add_bindings_of_finding(Candidates *candidates)
{
    const Finding *finding = candidates->goal->finding;
    const Link *link = finding != NULL && finding->interface != NULL
                           ? snapshot_link_by_name(candidates->goal->snapshot, finding->interface)
                           : NULL;
    if (link == NULL)
        return;
    const char *interfaces[] = {finding->interface, NULL};
    const Refusal *refusal = diagnosis_refusal(candidates->goal->diagnosis, link);
    bool binds_downstreams = refusal == NULL || refusal->links->len <= MAX_BOUND;
    add_requests(candidates, interfaces, NULL, binds_downstreams);
    for (guint i = 0; refusal != NULL && i < refusal->zones->len && i < MAX_ZONES; i++)
        add_requests(candidates, interfaces, g_ptr_array_index(refusal->zones, i),
                     binds_downstreams);
    const char *own = dispatch_interface(candidates->goal->snapshot, link->name).zone != NULL
                          ? dispatch_interface(candidates->goal->snapshot, link->name).zone->name
                          : NULL;
    if (own != NULL)
        add_requests(candidates, interfaces, own, binds_downstreams);
}

/* What only lasts or only runs is to be as the finding says: there is no other cure. */
static void add_binding_that_lasts(Candidates *candidates)
{
    const Finding *finding = candidates->goal->finding;
    const char *interfaces[] = {finding->interface, NULL};
    bool by_profile = finding->id == FINDING_PROFILE_OVERRIDES_ZONE; /* what is in force stays */
    add_requests(candidates, interfaces, by_profile ? finding->other_zone : finding->zone, false);
}

static void add_names(GPtrArray *names, const GPtrArray *links)
{
    PTR_ARRAY_FOREACH (const Link, link, links) {
        if (!g_ptr_array_find(names, link->name, NULL))
            g_ptr_array_add(names, link->name);
    }
}

/* Where the flows come in, where they leave, or both, in each zone. */
static void add_bindings_of_flows(Candidates *candidates)
{
    for (guint sides = 1; sides < 4; sides++) {
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        if ((sides & 1) != 0)
            add_names(names, candidates->outs);
        if ((sides & 2) != 0)
            add_names(names, candidates->ins);
        if (names->len == 0 || names->len > MAX_BOUND)
            continue;
        g_ptr_array_add(names, NULL);
        PTR_ARRAY_FOREACH (const char, zone, candidates->zones)
            add_requests(candidates, (const char *const *)names->pdata, zone, false);
    }
}

/* ---- giving back ---- */

static bool is_name_of_link(const Snapshot *snapshot, const char *name)
{
    const Link *link = snapshot_link_by_name(snapshot, name);
    return link != NULL && g_str_equal(link->name, name);
}

static bool has_name(const Snapshot *snapshot, const Link *link, const char *name)
{
    if (g_strv_contains((const char *const *)link->altnames, name) &&
        !is_name_of_link(snapshot, name))
        return true;
    const Link *port = snapshot_link_by_name(snapshot, name);
    return port != NULL && g_str_equal(port->name, name) && port->master == link->index;
}

/* The zone that binds LINK by an alternative name, or by one of its ports: a link that was renamed, or
 * took over what its port was, keeps its zone. */
static const char *zone_of_old_name(const Snapshot *snapshot, const Link *link)
{
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        STRV_FOREACH (interface, zone->interfaces) {
            if (!interface_is_wildcard(*interface) && has_name(snapshot, link, *interface))
                return zone->name;
        }
    }
    return NULL;
}

static bool is_unbound(const Snapshot *snapshot, const Link *link)
{
    ZoneMatch match = dispatch_interface(snapshot, link->name);
    return !zone_match_is_binding(&match);
}

/* As kernel and systemd name network cards: eth0, enp2s0, eno1, ens3, wlan0, wlp3s0. */
static bool is_name_of_hardware(const char *name)
{
    return g_str_has_prefix(name, "eth") || g_str_has_prefix(name, "en") ||
           g_str_has_prefix(name, "wl");
}

/* Of names that no link has, the one that is bound, if there is just one; its zone. */
static const char *zone_of_only_stale_name(const Snapshot *snapshot)
{
    const char *found = NULL;
    guint count = 0;
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        STRV_FOREACH (interface, zone->interfaces) {
            bool is_stale = !interface_is_wildcard(*interface) &&
                            snapshot_link_by_name(snapshot, *interface) == NULL &&
                            is_name_of_hardware(*interface);
            count += is_stale;
            found = is_stale ? zone->name : found;
        }
    }
    return count == 1 ? found : NULL;
}

/* A network card without a zone, the only one, and one name of a network card that is gone. */
static const char *zone_of_renamed(const Candidates *candidates, const Link *link)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    if (link->parent_device == NULL || !is_unbound(snapshot, link))
        return NULL;
    PTR_ARRAY_FOREACH (const Link, other, snapshot->links) {
        if (other != link && other->parent_device != NULL && is_unbound(snapshot, other))
            return NULL;
    }
    return zone_of_only_stale_name(snapshot);
}

static void give_back_renamed(Candidates *candidates, const Link *link)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    const char *zone = is_unbound(snapshot, link) ? zone_of_old_name(snapshot, link) : NULL;
    if (zone == NULL)
        zone = zone_of_renamed(candidates, link);
    const char *interfaces[] = {link->name, NULL};
    if (zone != NULL)
        add_request(candidates, interfaces, zone, (PlanRequest){0}, true);
}

/* The programs themselves bind at run time only, and anew after each reload. */
static void give_back_to_owners(Candidates *candidates, const GPtrArray *links)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    GPtrArray *actions = actions_new();
    PTR_ARRAY_FOREACH (const Link, link, links) {
        const char *zone = zone_of_owner(snapshot->firewalld, link);
        if (zone == NULL || firewalld_zone(snapshot->firewalld, zone) == NULL ||
            g_strcmp0(binding_of_interface(snapshot, link->name), zone) == 0)
            continue;
        const char *from = binding_of_interface(snapshot, link->name);
        add_action(actions, action_new(from != NULL ? ACTION_MOVE : ACTION_BIND, SCOPE_RUNTIME,
                                       link->name, from, zone));
    }
    add_cure(candidates, actions, NULL, true);
}

/* ---- settings of zones ---- */

/* Adds both halves of a setting of ZONE, as far as they are not there; false where it would not
 * last. */
static bool add_setting(const Candidates *candidates, GPtrArray *actions, ActionOp op,
                        const char *zone, const char *value)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    for (ActionScope scope = SCOPE_RUNTIME; scope <= SCOPE_PERMANENT; scope++) {
        Action *action = action_new_for_zone(op, scope, zone, value);
        const Firewalld *permanent = snapshot->permanent->firewalld;
        bool unread = scope == SCOPE_PERMANENT && permanent == NULL;
        if (scope == SCOPE_PERMANENT && !unread && firewalld_zone(permanent, zone) == NULL) {
            action_free(action);
            return false;
        }
        if (unread || !action_is_done(action, snapshot))
            add_action(actions, action);
        else
            action_free(action);
    }
    return true;
}

/* ---- wildcards ---- */

static void add_wildcards(const Candidates *candidates, GPtrArray *actions, const GPtrArray *links,
                          const char *zone)
{
    PTR_ARRAY_FOREACH (const Link, link, links) {
        const char *pattern = wildcard_of(link->name);
        if (pattern == NULL || binding_of_interface(candidates->goal->snapshot, pattern) != NULL)
            continue;
        add_action(actions, action_new(ACTION_BIND, SCOPE_RUNTIME, pattern, NULL, zone));
        add_action(actions, action_new(ACTION_BIND, SCOPE_PERMANENT, pattern, NULL, zone));
    }
}

static void add_bindings(const Candidates *candidates, GPtrArray *actions, const GPtrArray *links,
                         const char *zone)
{
    PTR_ARRAY_FOREACH (const Link, link, links) {
        if (wildcard_of(link->name) != NULL || !is_unbound(candidates->goal->snapshot, link))
            continue;
        const char *interfaces[] = {link->name, NULL};
        const PlanRequest request = {
            .zone = zone,
            .interfaces = interfaces,
            .declared = candidates->goal->declared,
            .known = candidates->goal->diagnosis,
        };
        g_autofree char *chosen = NULL;
        g_autoptr(GPtrArray) more =
            plan_choose_actions(candidates->goal->snapshot, &request, &chosen);
        for (guint i = 0; more != NULL && i < more->len; i++)
            add_action(actions, action_copy(g_ptr_array_index(more, i)));
    }
}

/* Links of one program by a wildcard, alone or together with what else has no zone. */
static void add_wildcard_cures(Candidates *candidates)
{
    PTR_ARRAY_FOREACH (const char, zone, candidates->zones) {
        GPtrArray *alone = actions_new();
        add_wildcards(candidates, alone, candidates->ins, zone);
        add_wildcards(candidates, alone, candidates->outs, zone);
        bool any = alone->len > 0;
        GPtrArray *together = actions_new();
        PTR_ARRAY_FOREACH (const Action, action, alone)
            g_ptr_array_add(together, action_copy(action));
        add_cure(candidates, alone, NULL, false);
        if (any) {
            add_bindings(candidates, together, candidates->ins, zone);
            add_bindings(candidates, together, candidates->outs, zone);
        }
        if (any)
            add_cure(candidates, together, NULL, false);
        else
            g_ptr_array_unref(together);
    }
}

/* ---- sources ---- */

static IpPrefix without_host_bits(const IpPrefix *prefix)
{
    IpPrefix network = *prefix;
    for (guint bit = prefix->length; bit < ip_address_bits(prefix->address.family); bit++)
        network.address.bytes[bit / 8] &= (guint8) ~(0x80u >> (bit % 8));
    return network;
}

static void add_network(GPtrArray *networks, const IpPrefix *prefix)
{
    const IpPrefix network = without_host_bits(prefix);
    char *text = ip_prefix_to_string(&network);
    if (prefix->length == 0 || g_ptr_array_find_with_equal_func(networks, text, g_str_equal, NULL))
        g_free(text);
    else
        g_ptr_array_add(networks, text);
}

/* The block of addresses that PREFIX is one of: an agent such as Calico's keeps a route for it that
 * leads nowhere. */
static const IpPrefix *block_of(const Snapshot *snapshot, const IpPrefix *prefix)
{
    PTR_ARRAY_FOREACH (const Route, route, snapshot->narrow_routes) {
        if (route->type == RTN_BLACKHOLE && route->destination.length > 0 &&
            ip_prefix_covers(&route->destination, prefix) == MATCH_YES)
            return &route->destination;
    }
    return prefix;
}

static void add_networks_of(const Candidates *candidates, GPtrArray *networks, const Link *link,
                            const FlowAddress *address)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    if (link_leads_outside(snapshot, candidates->goal->diagnosis->topology, link))
        return;
    PTR_ARRAY_FOREACH (const LinkAddress, own, link->addresses) {
        if (link_address_is_global(own, own->prefix.address.family) &&
            link_forwards(snapshot, link, own->prefix.address.family) != TRISTATE_NO)
            add_network(networks, &own->prefix);
    }
    if (link_is_numbered(link) || address->kind != FLOW_ADDRESS_PREFIX)
        return;
    /* A single pod comes and goes. */
    const IpPrefix *block = block_of(snapshot, &address->prefix);
    if (block->length < ip_address_bits(block->address.family))
        add_network(networks, block);
}

/* firewalld has a source in one zone only. */
static bool is_source_somewhere(const Firewalld *firewalld, const char *network)
{
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones) {
        PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources) {
            if (g_str_equal(source->text, network))
                return true;
        }
    }
    return false;
}

static void add_source_cures(Candidates *candidates, const GPtrArray *networks)
{
    if (networks->len == 0 || networks->len > MAX_SOURCES)
        return;
    PTR_ARRAY_FOREACH (const char, network, networks) {
        if (is_source_somewhere(firewalld_of(candidates), network))
            return;
    }
    PTR_ARRAY_FOREACH (const char, zone, candidates->zones) {
        GPtrArray *actions = actions_new();
        bool lasts = true;
        PTR_ARRAY_FOREACH (const char, network, networks)
            lasts = lasts && add_setting(candidates, actions, ACTION_ADD_SOURCE, zone, network);
        if (lasts)
            add_cure(candidates, actions, NULL, false);
        else
            g_ptr_array_unref(actions);
    }
}

/* The networks that send, those that receive, and both. */
static void add_sources(Candidates *candidates)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    for (guint sides = 1; sides < 4; sides++) {
        g_autoptr(GPtrArray) networks = g_ptr_array_new_with_free_func(g_free);
        ARRAY_FOREACH (const Flow, flow, candidates->goal->flows) {
            const Link *in = flow->in != NULL ? snapshot_link_by_name(snapshot, flow->in) : NULL;
            const Link *out = flow->out != NULL ? snapshot_link_by_name(snapshot, flow->out) : NULL;
            if ((sides & 1) != 0 && in != NULL)
                add_networks_of(candidates, networks, in, &flow->from);
            if ((sides & 2) != 0 && out != NULL)
                add_networks_of(candidates, networks, out, &flow->to);
        }
        add_source_cures(candidates, networks);
    }
}

/* ---- policies ---- */

/* Whether no policy has NAME, neither one that is there nor one of POLICIES. */
static bool is_free(const Snapshot *snapshot, const GPtrArray *policies, const char *name)
{
    PTR_ARRAY_FOREACH (const Action, action, policies) {
        if (g_str_equal(action->value, name))
            return false;
    }
    return firewalld_policy(snapshot->firewalld, name) == NULL &&
           (snapshot->permanent->firewalld == NULL ||
            firewalld_policy(snapshot->permanent->firewalld, name) == NULL);
}

/* firewalld takes names of up to 17 characters (18 in 1.3.3, fewer with its older prefixes). */
static char *name_for_policy(const Snapshot *snapshot, const GPtrArray *policies, const char *from,
                             const char *to)
{
    enum { FOR_BOTH = 17 - 8, FOR_ONE = 4 }; /* beside "nicfix-" and "-" */
    gsize to_length = MIN(strlen(to), (gsize)FOR_BOTH - MIN(strlen(from), (gsize)FOR_ONE));
    gsize from_length = MIN(strlen(from), FOR_BOTH - to_length);
    char *name = g_strdup_printf("nicfix-%.*s-%.*s", (int)from_length, from, (int)to_length, to);
    for (char digit = '1'; digit <= '9' && !is_free(snapshot, policies, name); digit++)
        name[strlen(name) - 1] = digit;
    return name;
}

static void add_policy(const Candidates *candidates, GPtrArray *policies, const char *from,
                       const char *to)
{
    PTR_ARRAY_FOREACH (const Action, action, policies) {
        if (g_str_equal(action->from, from) && g_str_equal(action->to, to))
            return;
    }
    g_autofree char *name = name_for_policy(candidates->goal->snapshot, policies, from, to);
    g_ptr_array_add(policies,
                    action_new_for_policy(ACTION_ADD_POLICY, SCOPE_PERMANENT, name, from, to));
}

/* A policy for each pair of zones; what stays within one zone is forwarded there, or by no policy. NULL
 * where there is no such pair, or one of another program's. */
static GPtrArray *policies_of(const Candidates *candidates)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    g_autoptr(GPtrArray) policies = actions_new();
    ARRAY_FOREACH (const Flow, flow, candidates->goal->flows) {
        const Zone *from = dispatch_first(snapshot, flow, DISPATCH_INGRESS).zone;
        const Zone *to = flow->out != NULL ? dispatch_interface(snapshot, flow->out).zone : NULL;
        if (from == NULL || to == NULL || zone_is_of_another_program(from->name) ||
            zone_is_of_another_program(to->name))
            return NULL;
        if (from != to)
            add_policy(candidates, policies, from->name, to->name);
    }
    return policies->len > 0 && policies->len <= MAX_POLICIES ? g_steal_pointer(&policies) : NULL;
}

/* Binds LINKS that have no zone to the one that filters them: up to 1.3 the default zone's catch-all
 * is no member of it for policies. */
static void bind_where_they_are(const Candidates *candidates, GPtrArray *actions,
                                const GPtrArray *links)
{
    const char *zone = firewalld_of(candidates)->default_zone;
    if (zone != NULL)
        add_bindings(candidates, actions, links, zone);
    if (zone != NULL)
        add_wildcards(candidates, actions, links, zone);
}

static void add_policy_cures(Candidates *candidates)
{
    g_autoptr(GPtrArray) policies = policies_of(candidates);
    for (guint sides = 0; policies != NULL && sides < 4; sides++) {
        GPtrArray *actions = actions_new();
        if ((sides & 1) != 0)
            bind_where_they_are(candidates, actions, candidates->outs);
        if ((sides & 2) != 0)
            bind_where_they_are(candidates, actions, candidates->ins);
        PTR_ARRAY_FOREACH (const Action, policy, policies)
            add_action(actions, action_copy(policy));
        PTR_ARRAY_FOREACH (const Action, policy, policies)
            add_action(actions, action_new_for_policy(ACTION_ADD_POLICY, SCOPE_RUNTIME,
                                                      policy->value, policy->from, policy->to));
        add_cure(candidates, actions, NULL, false);
    }
}

/* ---- services of the host ---- */

static bool is_service_for(const Service *service, const Flow *flow)
{
    if (service->destination_ipv4 != NULL || service->destination_ipv6 != NULL ||
        service->includes[0] != NULL || service->source_ports->len > 0 ||
        service->protocols[0] != NULL)
        return false;
    bool found = false;
    PTR_ARRAY_FOREACH (const PortRange, port, service->ports) {
        if (port->first != flow->port || port->last != flow->port)
            return false;
        found = found || match_port(flow, FLOW_DESTINATION, port) == MATCH_YES;
    }
    return found;
}

/* The service that has this port and no other, by those that are read and firewalld's own. */
static const char *service_for(const Firewalld *firewalld, const Flow *flow)
{
    enum { DHCP = 67, DHCPV6 = 547, DNS = 53 };
    const char *known = flow->protocol == PROTOCOL_UDP && flow->port == DHCP     ? "dhcp"
                        : flow->protocol == PROTOCOL_UDP && flow->port == DHCPV6 ? "dhcpv6"
                        : flow->port == DNS                                      ? "dns"
                                                                                 : NULL;
    const Service *defined = known != NULL ? firewalld_service(firewalld, known) : NULL;
    if (known != NULL && (defined == NULL || is_service_for(defined, flow)))
        return known;
    PTR_ARRAY_FOREACH (const Service, service, firewalld->services) {
        if (is_service_for(service, flow))
            return service->name;
    }
    return NULL;
}

static bool add_service(const Candidates *candidates, GPtrArray *actions, const Flow *flow)
{
    const Firewalld *firewalld = firewalld_of(candidates);
    const Zone *zone = dispatch_first(candidates->goal->snapshot, flow, DISPATCH_INGRESS).zone;
    const char *protocol = protocol_word(flow->protocol);
    bool has_port =
        flow->port != 0 && (flow->protocol == PROTOCOL_TCP || flow->protocol == PROTOCOL_UDP);
    if (zone == NULL || !zone->settings_read || !has_port || protocol == NULL)
        return false;
    const char *service = service_for(firewalld, flow);
    if (service != NULL)
        return add_setting(candidates, actions, ACTION_ADD_SERVICE, zone->name, service);
    g_autofree char *port = g_strdup_printf("%u/%s", flow->port, protocol);
    return add_setting(candidates, actions, ACTION_ADD_PORT, zone->name, port);
}

static void add_service_cures(Candidates *candidates)
{
    GPtrArray *actions = actions_new();
    ARRAY_FOREACH (const Flow, flow, candidates->goal->flows) {
        if (flow->direction != FLOW_INPUT || !add_service(candidates, actions, flow)) {
            g_ptr_array_unref(actions);
            return;
        }
    }
    add_cure(candidates, actions, NULL, false);
}

/* ---- forwarding of a zone ---- */

/* What comes in and what goes out are of one zone, whose forwarding is off. */
static void add_forward_cures(Candidates *candidates)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    GPtrArray *actions = actions_new();
    ARRAY_FOREACH (const Flow, flow, candidates->goal->flows) {
        const Zone *zone = dispatch_first(snapshot, flow, DISPATCH_INGRESS).zone;
        if (flow->direction == FLOW_FORWARD && zone != NULL && zone->forward == TRISTATE_NO)
            add_setting(candidates, actions, ACTION_ENABLE_FORWARD, zone->name, NULL);
    }
    add_cure(candidates, actions, NULL, false);
}

/* ---- which zones ---- */

static void add_zone(Candidates *candidates, const Zone *zone)
{
    if (zone != NULL && candidates->zones->len < MAX_ZONES &&
        !zone_is_of_another_program(zone->name) &&
        !g_ptr_array_find(candidates->zones, zone->name, NULL))
        g_ptr_array_add(candidates->zones, zone->name);
}

static void add_link(GPtrArray *links, const Link *link)
{
    if (link != NULL && !g_ptr_array_find(links, link, NULL))
        g_ptr_array_add(links, (gpointer)link);
}

/* The zones of both sides of each flow; those that accept everything; those that have sources, as the
 * zone that filters other networks of the same kind has; and for the host's services those that other
 * downstreams are bound to. */
static void collect(Candidates *candidates)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    ARRAY_FOREACH (const Flow, flow, candidates->goal->flows) {
        if (flow->in != NULL)
            add_link(candidates->ins, snapshot_link_by_name(snapshot, flow->in));
        if (flow->out != NULL)
            add_link(candidates->outs, snapshot_link_by_name(snapshot, flow->out));
        if (flow->in != NULL)
            add_zone(candidates, dispatch_first(snapshot, flow, DISPATCH_INGRESS).zone);
        if (flow->out != NULL)
            add_zone(candidates, dispatch_interface(snapshot, flow->out).zone);
    }
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        if (zone->target == TARGET_ACCEPT || zone->sources->len > 0)
            add_zone(candidates, zone);
    }
    PTR_ARRAY_FOREACH (const Link, link,
                       topology_downstreams(candidates->goal->diagnosis->topology))
        add_zone(candidates,
                 firewalld_zone(snapshot->firewalld, binding_of_interface(snapshot, link->name)));
}

/* ---- the whole ---- */

static void add_all(Candidates *candidates)
{
    const Finding *finding = candidates->goal->finding;
    const Link *link = finding != NULL && finding->interface != NULL
                           ? snapshot_link_by_name(candidates->goal->snapshot, finding->interface)
                           : NULL;
    collect(candidates);
    if (link != NULL)
        give_back_renamed(candidates, link);
    PTR_ARRAY_FOREACH (const Link, in, candidates->ins)
        give_back_renamed(candidates, in);
    give_back_to_owners(candidates, candidates->ins);
    add_bindings_of_finding(candidates);
    add_bindings_of_flows(candidates);
    add_forward_cures(candidates);
    add_policy_cures(candidates);
    add_wildcard_cures(candidates);
    add_sources(candidates);
    add_service_cures(candidates);
}

GPtrArray *cure_candidates(const CureGoal *goal)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) ins = g_ptr_array_new();
    g_autoptr(GPtrArray) outs = g_ptr_array_new();
    g_autoptr(GPtrArray) zones = g_ptr_array_new();
    Candidates candidates = {
        goal, g_ptr_array_new_with_free_func((GDestroyNotify)cure_free), known, ins, outs, zones,
    };
    if (is_about_what_lasts(goal->finding))
        add_binding_that_lasts(&candidates);
    else
        add_all(&candidates);
    return candidates.cures;
}
