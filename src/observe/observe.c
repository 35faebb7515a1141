/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of reading: the first batch of calls is under way while the kernel is read; then come
 * batches of calls that depend on the replies to earlier ones. */
#include "observe/observe.h"

#include "bus/deadline.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/host/topology.h"
#include "observe/kernel/forwarding.h"
#include "observe/kernel/legacy-tables.h"
#include "observe/kernel/links.h"
#include "observe/kernel/netfilter.h"
#include "observe/kernel/netlink.h"
#include "observe/kernel/routes.h"
#include "observe/kernel/sockets.h"
#include "observe/kernel/traffic-control.h"
#include "observe/services/firewalld-permanent.h"
#include "observe/services/firewalld.h"
#include "observe/services/lasting.h"
#include "observe/services/networkmanager.h"

/* Only services that include each other in a chain need more than four batches. All batches together may
 * take three times what one call may: a host with thousands of bindings takes thousands of calls, and a
 * firewalld that answers each of them just in time has no end. */
enum { BATCHES_MAX = 32, PATIENCE = 3 };

typedef struct {
    Bus *bus;
    const ObserveOptions *options;
    const Snapshot
        *first; /* the kernel is as it says, and so is what was answered then; NULL: neither */
    Snapshot *snapshot;
    gint64 deadline; /* of all batches, once firewalld has started */
    FirewalldReader *firewalld;
    NetworkManagerReader *networkmanager;
    PermanentReader *permanent; /* NULL: not wanted */
    Lasting lasting;
    bool fault_called; /* firewalld's check of its permanent configuration */
} Observation;

static void observation_clear(Observation *observation)
{
    firewalld_reader_free(observation->firewalld);
    networkmanager_reader_free(observation->networkmanager);
    permanent_reader_free(observation->permanent);
    lasting_clear(&observation->lasting);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Observation, observation_clear)

/* ---- the first batch ---- */

static void add_check(Observation *observation, CallBatch *batch)
{
    const ObserveOptions *options = observation->options;
    if (options->permanent_fault && !options->permanent && !observation->fault_called)
        permanent_add_check(observation->snapshot, batch);
    observation->fault_called = true;
}

/* What was answered for an earlier look is forgotten. */
static void begin_look(const Observation *observation)
{
    KnownReplies *known = observation->options->known;
    if (known == NULL || observation->first != NULL)
        return;
    known_replies_set_state(known, LASTS_A_LOOK, NULL);
    known_replies_set_state(known, LASTS_A_LOOK, "this look");
}

static CallBatch *start_first_batch(Observation *observation)
{
    const ObserveOptions *options = observation->options;
    Snapshot *snapshot = observation->snapshot;
    observation_clear(observation);
    begin_look(observation);
    observation->firewalld =
        firewalld_reader_new(snapshot, options->scope, options->known_settings_hold);
    observation->networkmanager = networkmanager_reader_new(snapshot);
    observation->permanent = options->permanent ? permanent_reader_new(snapshot) : NULL;
    observation->deadline =
        deadline_in(PATIENCE * MIN(bus_timeout_ms(observation->bus), G_MAXUINT / PATIENCE));
    CallBatch *batch = call_batch_new(observation->bus, options->cancellable);
    observation->fault_called = false;
    firewalld_add_first_calls(observation->firewalld, options->known != NULL, batch);
    networkmanager_add_first_calls(observation->networkmanager, batch);
    if (options->known != NULL)
        lasting_add_calls(&observation->lasting, batch);
    else
        add_check(observation, batch);
    call_batch_start(batch);
    return batch;
}

static bool finish_first_batch(const Observation *observation, CallBatch *batch, GError **error)
{
    if (!call_batch_finish(batch, observation->snapshot, error))
        return false;
    const GError *refusal = call_batch_refusal(batch);
    if (refusal != NULL)
        g_propagate_error(error, g_error_copy(refusal));
    return refusal == NULL;
}

/* firewalld owns its name before it has loaded its configuration. What it replied meanwhile, and what
 * it refused, is discarded. */
static bool read_again_until_started(Observation *observation, guint unread_before, GError **error)
{
    Snapshot *snapshot = observation->snapshot;
    guint timeout_ms = bus_timeout_ms(observation->bus);
    gint64 deadline = deadline_in(timeout_ms);
    while (g_strcmp0(snapshot->firewalld->state, "INIT") == 0) {
        if (!deadline_wait(deadline)) {
            nicfix_error_set(error, NICFIX_ERROR_NOT_RUNNING,
                             "wait, or look into its journal: journalctl -u firewalld",
                             "firewalld is still starting after %g s (its state is INIT)",
                             timeout_ms / 1000.0);
            return false;
        }
        firewalld_free(snapshot->firewalld);
        snapshot->firewalld = firewalld_new();
        g_ptr_array_set_size(snapshot->unread, (int)unread_before);
        g_autoptr(CallBatch) batch = start_first_batch(observation);
        if (!finish_first_batch(observation, batch, error))
            return false;
    }
    return true;
}

/* An unreadable state is already recorded as unread, and the rest may be worth having. */
static bool check_state(const Firewalld *firewalld, GError **error)
{
    if (firewalld->state == NULL || g_str_equal(firewalld->state, "RUNNING"))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_NOT_RUNNING,
                     "see firewall-cmd --state, firewall-offline-cmd --check-config and "
                     "journalctl -u firewalld, repair the configuration, then restart firewalld",
                     "firewalld's state is %s: it could not load its configuration, and something "
                     "else is in force",
                     firewalld->state);
    return false;
}

/* ---- further batches ---- */

static Interests interests_of(const Snapshot *snapshot, const Topology *topology,
                              const ObserveOptions *options)
{
    return (Interests){
        .snapshot = snapshot,
        .topology = topology,
        .named = options->bindings,
        .all_downstreams = options->downstream_bindings,
    };
}

static bool read_rest(Observation *observation, GError **error)
{
    Snapshot *snapshot = observation->snapshot;
    g_autoptr(Topology) topology = topology_new(snapshot, observation->options->declared);
    const Interests interests = interests_of(snapshot, topology, observation->options);
    for (guint i = 0; i < BATCHES_MAX; i++) {
        g_autoptr(CallBatch) batch =
            call_batch_new(observation->bus, observation->options->cancellable);
        STRV_FOREACH (zone, observation->options->zones)
            firewalld_want_zone(observation->firewalld, *zone);
        g_autoptr(GPtrArray) zones = networkmanager_zones(observation->networkmanager);
        PTR_ARRAY_FOREACH (const char, zone, zones)
            firewalld_want_zone(observation->firewalld, zone);
        call_batch_set_deadline(batch, observation->deadline);
        if (!firewalld_add_calls(observation->firewalld, &interests, batch, error) ||
            (observation->permanent != NULL &&
             !permanent_add_calls(observation->permanent, batch, error)))
            return false;
        add_check(observation, batch);
        networkmanager_add_calls(observation->networkmanager, &interests, batch);
        if (call_batch_is_empty(batch))
            return true;
        call_batch_start(batch);
        if (!call_batch_finish(batch, snapshot, error))
            return false;
    }
    nicfix_error_set(error, NICFIX_ERROR_BAD_REPLY, "look at the includes of its services",
                     "firewalld still names new services after %d batches of calls", BATCHES_MAX);
    return false;
}

/* Sets the state of firewalld's files, where anything is asked that depends on them. */
static void set_files_state(const Observation *observation)
{
    const ObserveOptions *options = observation->options;
    if (options->permanent || options->permanent_fault)
        lasting_set_files_state(&observation->lasting, observation->bus, options->known);
}

/* Which replies are known depends on what the kernel and the bus have said. */
static void set_states(const Observation *observation)
{
    const ObserveOptions *options = observation->options;
    if (options->known == NULL)
        return;
    lasting_set_rules_state(&observation->lasting, observation->bus, observation->snapshot,
                            options->known_settings_hold, options->known);
    if (observation->first == NULL)
        set_files_state(observation);
}

/* What has changed while it was asked for holds for no state. */
static void check_files_state(const Observation *observation)
{
    KnownReplies *known = observation->options->known;
    if (known != NULL && known_replies_have_grown(known))
        set_files_state(observation);
}

static bool finish_services(Observation *observation, CallBatch *first, GError **error)
{
    Snapshot *snapshot = observation->snapshot;
    guint unread_before = snapshot->unread->len;
    if (!finish_first_batch(observation, first, error) ||
        !read_again_until_started(observation, unread_before, error) ||
        !check_state(snapshot->firewalld, error))
        return false;
    set_states(observation);
    if (!read_rest(observation, error))
        return false;
    check_files_state(observation);
    if (!firewalld_reader_finish(observation->firewalld, error))
        return false;
    if (observation->permanent != NULL)
        permanent_reader_finish(observation->permanent);
    networkmanager_reader_finish(observation->networkmanager);
    return true;
}

bool observe_services(Bus *bus, const ObserveOptions *options, Snapshot *snapshot, GError **error)
{
    g_auto(Observation) observation = {.bus = bus, .options = options, .snapshot = snapshot};
    g_autoptr(CallBatch) first = start_first_batch(&observation);
    return finish_services(&observation, first, error);
}

/* ---- everything ---- */

static bool read_kernel(Snapshot *snapshot, GError **error)
{
    netfilter_observe(snapshot);
    if (snapshot->ruleset != NULL)
        legacy_tables_observe(snapshot);
    sockets_observe(snapshot);
    g_autoptr(Netlink) netlink = netlink_new(NETLINK_ROUTE, error);
    return netlink != NULL && links_observe(netlink, snapshot, error) &&
           routes_observe(netlink, snapshot, error) &&
           forwarding_observe(netlink, snapshot, error) &&
           traffic_control_observe(netlink, snapshot, error);
}

static Snapshot *snapshot_of_now(void)
{
    Snapshot *snapshot = snapshot_new();
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    snapshot->taken_at = g_date_time_format(now, "%FT%T%:z");
    snapshot->host = g_utf8_make_valid(g_get_host_name(), -1);
    return snapshot;
}

/* FIRST: the look that this one goes on with; NULL: none. */
static Snapshot *observe_once(Bus *bus, const ObserveOptions *options, const Snapshot *first,
                              GError **error)
{
    g_autoptr(Snapshot) now = snapshot_of_now();
    g_autoptr(Snapshot) snapshot =
        first != NULL ? snapshot_with_kernel(now, first) : g_steal_pointer(&now);
    g_auto(Observation)
        observation = {.bus = bus, .options = options, .first = first, .snapshot = snapshot};
    g_autoptr(CallBatch) batch = start_first_batch(&observation);
    if ((first == NULL && !read_kernel(snapshot, error)) ||
        !finish_services(&observation, batch, error))
        return NULL;
    return g_steal_pointer(&snapshot);
}

/* firewalld and the kernel's rules belong together: what firewalld says in the middle of a reload it
 * says after it, when its rules are others. Where rules change all the time, the last look counts, but what
 * firewalld said then holds for no state. */
static Snapshot *observe_until_stable(Bus *bus, const ObserveOptions *options,
                                      const Snapshot *first, GError **error)
{
    enum { LOOKS_MAX = 5 };
    bus_set_known_replies(bus, options->known);
    Snapshot *snapshot = observe_once(bus, options, first, error);
    bool has_changed = snapshot == NULL || netfilter_has_changed(snapshot->ruleset);
    for (int look = 1; snapshot != NULL && has_changed && look < LOOKS_MAX; look++) {
        snapshot_free(snapshot);
        snapshot = observe_once(bus, options, NULL, error);
        has_changed = snapshot == NULL || netfilter_has_changed(snapshot->ruleset);
    }
    bus_set_known_replies(bus, NULL);
    if (options->known != NULL && has_changed)
        known_replies_forget_all(options->known);
    return snapshot;
}

Snapshot *observe(Bus *bus, const ObserveOptions *options, GError **error)
{
    return observe_until_stable(bus, options, NULL, error);
}

/* That nothing has changed meanwhile, the generation of the rules tells. */
Snapshot *observe_more(Bus *bus, const ObserveOptions *options, const Snapshot *first,
                       GError **error)
{
    bool may_go_on = options->known != NULL && first->ruleset != NULL && first->unread->len == 0;
    return observe_until_stable(bus, options, may_go_on ? first : NULL, error);
}

/* ---- the kernel alone ---- */

/* The names whose bindings and profiles are read, in order (transfer full). */
static char **names_of_interest(const Snapshot *snapshot, const ObserveOptions *options)
{
    g_autoptr(Topology) topology = topology_new(snapshot, options->declared);
    const Interests interests = interests_of(snapshot, topology, options);
    g_autoptr(GPtrArray) names = interests_bindings(&interests);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    PTR_ARRAY_FOREACH (const char, name, names)
        g_strv_builder_add(builder, name);
    return g_strv_builder_end(builder);
}

Snapshot *observe_kernel(const Snapshot *before, const ObserveOptions *options, bool *suffices,
                         GError **error)
{
    g_autoptr(Snapshot) kernel = snapshot_of_now();
    if (!read_kernel(kernel, error))
        return NULL;
    Snapshot *after = snapshot_with_kernel(before, kernel);
    g_auto(GStrv) names_before = names_of_interest(before, options);
    g_auto(GStrv) names_after = names_of_interest(after, options);
    *suffices = g_strv_equal((const char *const *)names_before, (const char *const *)names_after);
    return after;
}
