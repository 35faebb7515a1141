/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of reading: services are asked first and answer while the kernel is read; then rounds
 * of questions that follow from the answers. */
#include "observe/observe.h"

#include "model/error.h"
#include "model/host/topology.h"
#include "observe/services/firewalld-permanent.h"
#include "observe/services/firewalld.h"
#include "observe/kernel/forwarding.h"
#include "observe/kernel/links.h"
#include "observe/kernel/netlink.h"
#include "observe/services/networkmanager.h"
#include "observe/services/round.h"
#include "observe/kernel/routes.h"

/* Only services that include each other in a chain need more than four rounds. */
enum { ROUNDS_MAX = 32 };

#define STARTING_POLL_INTERVAL (G_USEC_PER_SEC / 10)

typedef struct {
    Bus *bus;
    const ObserveOptions *options;
    Snapshot *snapshot;
    FirewalldReader *firewalld;
    NetworkManagerReader *networkmanager;
    PermanentReader *permanent; /* NULL: not asked for */
} Observation;

static void observation_clear(Observation *observation)
{
    firewalld_reader_free(observation->firewalld);
    networkmanager_reader_free(observation->networkmanager);
    permanent_reader_free(observation->permanent);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Observation, observation_clear)

static Round *new_round(const Observation *observation)
{
    const ObserveOptions *options = observation->options;
    return round_new(observation->bus, options->timeout_ms, options->cancellable,
                     observation->snapshot);
}

/* ---- the first round ---- */

static Round *start_first_round(Observation *observation)
{
    observation_clear(observation);
    observation->firewalld =
        firewalld_reader_new(observation->snapshot, observation->options->scope);
    observation->networkmanager = networkmanager_reader_new(observation->snapshot);
    observation->permanent = NULL;
    Round *round = new_round(observation);
    firewalld_ask_first(observation->firewalld, round);
    networkmanager_ask_first(observation->networkmanager, round);
    round_start(round);
    return round;
}

static bool read_kernel(Snapshot *snapshot, GError **error)
{
    g_autoptr(Netlink) netlink = netlink_new(error);
    return netlink != NULL && links_observe(netlink, snapshot, error) &&
           routes_observe(netlink, snapshot, error) && forwarding_observe(netlink, snapshot, error);
}

static bool finish_first_round(Round *round, GError **error)
{
    if (!round_finish(round, error))
        return false;
    const GError *refusal = round_refusal(round);
    if (refusal != NULL)
        g_propagate_error(error, g_error_copy(refusal));
    return refusal == NULL;
}

/* firewalld owns its name before it has loaded its configuration. What it told meanwhile, and what
 * it refused, is forgotten. */
static bool read_again_until_started(Observation *observation, guint notes_before, GError **error)
{
    Snapshot *snapshot = observation->snapshot;
    gint64 deadline =
        g_get_monotonic_time() + (gint64)observation->options->timeout_ms * G_TIME_SPAN_MILLISECOND;
    while (g_strcmp0(snapshot->firewalld->state, "INIT") == 0) {
        if (g_get_monotonic_time() >= deadline) {
            nicfix_error_set(error, NICFIX_ERROR_NOT_RUNNING,
                             "wait, and look into its journal: journalctl -u firewalld",
                             "firewalld is still starting after %g s (its state is INIT)",
                             observation->options->timeout_ms / 1000.0);
            return false;
        }
        g_usleep(STARTING_POLL_INTERVAL);
        firewalld_free(snapshot->firewalld);
        snapshot->firewalld = firewalld_new();
        g_ptr_array_set_size(snapshot->unread, (int)notes_before);
        g_autoptr(Round) round = start_first_round(observation);
        if (!finish_first_round(round, error))
            return false;
    }
    return true;
}

/* A state that could not be read is noted already, and the rest may be worth having. */
static bool check_state(const Firewalld *firewalld, GError **error)
{
    if (firewalld->state == NULL || g_str_equal(firewalld->state, "RUNNING"))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_NOT_RUNNING,
                     "see firewall-cmd --state, firewall-offline-cmd --check-config and "
                     "journalctl -u firewalld, mend the configuration, then restart firewalld",
                     "firewalld's state is %s: it could not load its configuration, and something "
                     "else is in force",
                     firewalld->state);
    return false;
}

static bool read_first(Observation *observation, GError **error)
{
    g_autoptr(Round) round = start_first_round(observation);
    if (!read_kernel(observation->snapshot, error))
        return false;
    guint notes_before = observation->snapshot->unread->len;
    return finish_first_round(round, error) &&
           read_again_until_started(observation, notes_before, error) &&
           check_state(observation->snapshot->firewalld, error);
}

/* ---- the rest ---- */

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

static void want_zones_of_profiles(const Observation *observation)
{
    g_autoptr(GPtrArray) zones = networkmanager_zones(observation->networkmanager);
    for (guint i = 0; i < zones->len; i++)
        firewalld_want_zone(observation->firewalld, g_ptr_array_index(zones, i));
}

static bool read_rest(Observation *observation, GError **error)
{
    if (observation->options->permanent)
        observation->permanent = permanent_reader_new(observation->snapshot);
    g_autoptr(Topology) topology =
        topology_new(observation->snapshot, observation->options->uplinks);
    const Interests interests = interests_of(observation->snapshot, topology, observation->options);
    for (guint i = 0; i < ROUNDS_MAX; i++) {
        g_autoptr(Round) round = new_round(observation);
        want_zones_of_profiles(observation);
        firewalld_ask_more(observation->firewalld, &interests, round);
        if (observation->permanent != NULL)
            permanent_ask(observation->permanent, round);
        networkmanager_ask_more(observation->networkmanager, &interests, round);
        if (round_is_empty(round))
            return true;
        round_start(round);
        if (!round_finish(round, error))
            return false;
    }
    nicfix_error_set(error, NICFIX_ERROR_BAD_REPLY, "look at the includes of its services",
                     "firewalld names ever more services after %d rounds of questions", ROUNDS_MAX);
    return false;
}

static void stamp(Snapshot *snapshot)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    snapshot->taken_at = g_date_time_format(now, "%FT%T%:z");
    snapshot->host = g_utf8_make_valid(g_get_host_name(), -1);
}

Snapshot *observe(Bus *bus, const ObserveOptions *options, GError **error)
{
    g_autoptr(Snapshot) snapshot = snapshot_new();
    g_auto(Observation) observation = {.bus = bus, .options = options, .snapshot = snapshot};
    stamp(snapshot);
    if (!read_first(&observation, error) || !read_rest(&observation, error))
        return NULL;
    firewalld_reader_finish(observation.firewalld);
    if (observation.permanent != NULL)
        permanent_reader_finish(observation.permanent);
    networkmanager_reader_finish(observation.networkmanager);
    return g_steal_pointer(&snapshot);
}

/* ---- the kernel alone ---- */

/* What the services are asked of, in order (transfer full). */
static char **names_asked_of(const Snapshot *snapshot, const ObserveOptions *options)
{
    g_autoptr(Topology) topology = topology_new(snapshot, options->uplinks);
    const Interests interests = interests_of(snapshot, topology, options);
    g_autoptr(GPtrArray) names = interests_bindings(&interests);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < names->len; i++)
        g_strv_builder_add(builder, g_ptr_array_index(names, i));
    return g_strv_builder_end(builder);
}

Snapshot *observe_kernel(const Snapshot *before, const ObserveOptions *options, bool *suffices,
                         GError **error)
{
    g_autoptr(Snapshot) kernel = snapshot_new();
    stamp(kernel);
    if (!read_kernel(kernel, error))
        return NULL;
    Snapshot *after = snapshot_with_kernel(before, kernel);
    g_auto(GStrv) asked = names_asked_of(before, options);
    g_auto(GStrv) wanted = names_asked_of(after, options);
    *suffices = g_strv_equal((const char *const *)asked, (const char *const *)wanted);
    return after;
}
