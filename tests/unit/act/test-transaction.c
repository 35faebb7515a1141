/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carrying out the plan of the incident, with a fault at each of its steps: what is left must be
 * all of it or nothing, and the error must say which. */
#include "act/transaction.h"

#include "cases.h"
#include "model/error.h"
#include "documents/snapshot-json.h"
#include "peer.h"

#include <net/if.h>

enum { TIMEOUT_MS = 200, MAX_ANSWERS = 8 };

#define ZONE_PATH "/org/fedoraproject/FirewallD1/config/zone/0"
#define BIND      "addInterface public enp2s0"
#define UNBIND    "removeInterface public enp2s0"
#define SAVE      ZONE_PATH " addInterface enp2s0"
#define UNSAVE    ZONE_PATH " removeInterface enp2s0"
#define CONFLICT  "!org.fedoraproject.FirewallD1.Exception ZONE_CONFLICT: 'enp2s0' already bound"
#define NOT_BOUND "!org.fedoraproject.FirewallD1.Exception UNKNOWN_INTERFACE: not in 'public'"
#define PANIC     "!org.fedoraproject.FirewallD1.Exception PANIC_MODE: panic mode is enabled"
#define NFT_FAILED                                                                                 \
    "!org.fedoraproject.FirewallD1.Exception COMMAND_FAILED: 'python-nftables' failed"
#define UNMAPPED                                                                                   \
    "!org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code19 Operation was cancelled"
#define NOT_WRITTEN                                                                                \
    "!org.freedesktop.DBus.Python.OSError [Errno 30] Read-only file system: 'public.xml'"
#define INVALID "!org.fedoraproject.FirewallD1.Exception INVALID_ZONE: broken"
#define REFUSED "!org.fedoraproject.FirewallD1.NotAuthorizedException Not Authorized(uid): config"

/* What the world looks like when it is read. */
typedef enum {
    WORLD_OLD,
    WORLD_NEW,
    WORLD_LINK_DOWN, /* the new one, but for the link's own state */
    WORLD_NO_ADDRESS,
    WORLD_NO_ROUTE,
    WORLD_PANIC,
    WORLD_RUNTIME_ONLY,
    WORLD_UNREADABLE,
} HostState;

typedef struct {
    const char *name;
    PeerAnswer answers[MAX_ANSWERS]; /* before those of a firewalld that does everything */
    HostState before;
    HostState after;
    int error; /* NicfixError, -1: none */
    bool changed;
    bool rolled_back;
    guint left;
    const char *says;  /* in the message; NULL: whatever */
    HostState finally; /* when it is read after that */
    TransactionFailure on_failure;
} FaultCase;

static const PeerAnswer willing[] = {
    {"checkPermanentConfig", "()"},
    {BIND, "('public',)"},
    {UNBIND, "('public',)"},
    {"getZoneByName public", "(objectpath '" ZONE_PATH "',)"},
    {SAVE, "()"},
    {UNSAVE, "()"},
    {NULL, NULL},
};

static const FaultCase faults[] = {
    {"nothing goes wrong", {{NULL, NULL}}, WORLD_OLD, WORLD_NEW, -1, true, false, 0},
    {"somebody else was there first",
     {{NULL, NULL}},
     WORLD_NEW,
     WORLD_NEW,
     NICFIX_ERROR_REFUSED,
     false,
     false,
     0,
     "another program changed the bindings meanwhile"},
    {"the world cannot be read",
     {{NULL, NULL}},
     WORLD_UNREADABLE,
     WORLD_OLD,
     NICFIX_ERROR_TIMEOUT,
     false,
     false,
     0},
    {"the permanent configuration is broken",
     {{"checkPermanentConfig", INVALID}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_REFUSED,
     false,
     false,
     0},
    {"the first step is refused",
     {{BIND, CONFLICT}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_REFUSED,
     false,
     false,
     0},
    {"firewalld is in panic mode",
     {{BIND, PANIC}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_REFUSED,
     false,
     false,
     0,
     "PANIC_MODE"},
    {"the first step fails half-way",
     {{BIND, NFT_FAILED}},
     WORLD_OLD,
     WORLD_NEW,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"an answer that is no firewalld's, after it was done",
     {{BIND, UNMAPPED}},
     WORLD_OLD,
     WORLD_NEW,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0,
     "firewalld refused addInterface: Operation was cancelled; everything was put back"},
    {"the first step is not allowed",
     {{BIND, REFUSED}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_NOT_AUTHORISED,
     false,
     false,
     0},
    {"the first step gets no answer, and was done",
     {{BIND, "never"}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"the first step gets no answer, and was not done",
     {{BIND, "never"}, {UNBIND, NOT_BOUND}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"the first step gets no answer, nor does undoing it",
     {{BIND, "never"}, {UNBIND, "never"}},
     WORLD_OLD,
     WORLD_NEW,
     NICFIX_ERROR_NOT_UNDONE,
     true,
     false,
     1,
     "1 change could not be put back",
     WORLD_NEW},
    {"neither gets an answer, but the binding is not to be seen",
     {{BIND, "never"}, {UNBIND, "never"}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"the zone is not in the permanent configuration",
     {{"getZoneByName public", INVALID}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"the second step is refused",
     {{SAVE, CONFLICT}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"the second step is refused, and so is undoing the first",
     {{SAVE, CONFLICT}, {UNBIND, CONFLICT}},
     WORLD_OLD,
     WORLD_NEW,
     NICFIX_ERROR_NOT_UNDONE,
     true,
     false,
     1,
     "1 change could not be put back",
     WORLD_NEW},
    {"the second step is refused, and the first is gone by itself",
     {{SAVE, CONFLICT}, {UNBIND, CONFLICT}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"the second step gets no answer",
     {{SAVE, "never"}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"firewalld goes away at the second step",
     {{SAVE, "close"}},
     WORLD_OLD,
     WORLD_UNREADABLE,
     NICFIX_ERROR_NOT_UNDONE,
     true,
     false,
     2,
     "2 changes could not be put back",
     WORLD_UNREADABLE},
    {"firewalld goes away at the second step, and comes back as it was before",
     {{SAVE, "close"}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"afterwards the world is the old one",
     {{NULL, NULL}},
     WORLD_OLD,
     WORLD_OLD,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0,
     "the change of enp2s0 was accepted but has no effect; everything was put back"},
    {"afterwards something else is wrong",
     {{NULL, NULL}},
     WORLD_OLD,
     WORLD_PANIC,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0,
     "the change caused something that was not predicted: "},
    {"afterwards the world cannot be read",
     {{NULL, NULL}},
     WORLD_OLD,
     WORLD_UNREADABLE,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"afterwards the world cannot be read, and nothing can be undone",
     {{UNBIND, CONFLICT}, {UNSAVE, CONFLICT}},
     WORLD_OLD,
     WORLD_UNREADABLE,
     NICFIX_ERROR_NOT_UNDONE,
     true,
     false,
     2,
     "2 changes could not be put back",
     WORLD_NEW},
    {"afterwards something else is wrong, and that it was undone cannot be read back",
     {{NULL, NULL}},
     WORLD_OLD,
     WORLD_PANIC,
     NICFIX_ERROR_NOT_UNDONE,
     true,
     false,
     2,
     "2 changes could not be put back",
     WORLD_UNREADABLE},
    {"afterwards something else is wrong, and undoing is answered and not to be seen",
     {{NULL, NULL}},
     WORLD_OLD,
     WORLD_PANIC,
     NICFIX_ERROR_NOT_UNDONE,
     true,
     false,
     2,
     "2 changes could not be put back",
     WORLD_NEW},
    {"the end of a trial is not put back when it gets no answer",
     {{BIND, "never"}, {UNBIND, "close"}},
     WORLD_OLD,
     WORLD_NEW,
     NICFIX_ERROR_NOT_UNDONE,
     true,
     false,
     2,
     "2 changes are still to be put back",
     WORLD_NEW,
     TRANSACTION_STOPS},
    {"the end of a trial is not put back when it is not to be seen",
     {{UNBIND, "close"}},
     WORLD_OLD,
     WORLD_RUNTIME_ONLY,
     NICFIX_ERROR_NOT_UNDONE,
     true,
     false,
     1,
     "1 change is still to be put back",
     WORLD_NEW,
     TRANSACTION_STOPS},
    {"the end of a trial does not mind what else is wrong",
     {{NULL, NULL}},
     WORLD_OLD,
     WORLD_PANIC,
     -1,
     true,
     false,
     0,
     NULL,
     WORLD_PANIC,
     TRANSACTION_STOPS},
    {"afterwards the link is down",
     {{NULL, NULL}},
     WORLD_OLD,
     WORLD_LINK_DOWN,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"afterwards the address is gone",
     {{NULL, NULL}},
     WORLD_OLD,
     WORLD_NO_ADDRESS,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
    {"afterwards the route is gone",
     {{NULL, NULL}},
     WORLD_OLD,
     WORLD_NO_ROUTE,
     NICFIX_ERROR_UNDONE,
     false,
     true,
     0},
};

static Snapshot *read_world(HostState world)
{
    const char *file = world == WORLD_OLD ? "incident.json" : "incident-cured.json";
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), file, NULL);
    Snapshot *snapshot = snapshot_read_file(path, NULL);
    Link *link = (Link *)snapshot_link_by_name(snapshot, "enp2s0");
    if (world == WORLD_LINK_DOWN)
        link->flags &= ~(guint32)IFF_UP;
    if (world == WORLD_NO_ADDRESS)
        g_ptr_array_set_size(link->addresses, 0);
    if (world == WORLD_RUNTIME_ONLY) {
        g_autoptr(Action) unbind =
            action_new(ACTION_UNBIND, SCOPE_PERMANENT, "enp2s0", "public", NULL);
        action_predict(unbind, snapshot);
    }
    if (world == WORLD_PANIC)
        snapshot->firewalld->panic = TRISTATE_YES;
    if (world == WORLD_NO_ROUTE)
        g_ptr_array_set_size(snapshot->routes, 0);
    return snapshot;
}

static struct {
    const FaultCase *row;
    guint n_reads;
} witness;

/* In place of the one of src/observe, which would read this machine. */
Snapshot *observe(G_GNUC_UNUSED Bus *bus, const ObserveOptions *options, GError **error)
{
    HostState worlds[] = {witness.row->before, witness.row->after, witness.row->finally};
    guint number = witness.n_reads++;
    HostState world = worlds[MIN(number, G_N_ELEMENTS(worlds) - 1)];
    assert_true(g_strv_contains(options->bindings, "enp2s0"));
    if (world != WORLD_UNREADABLE)
        return read_world(world);
    nicfix_error_set(error, NICFIX_ERROR_TIMEOUT, NULL, "no answer");
    return NULL;
}

/* The row's own answers come first. */
static PeerAnswer *answers_of(const FaultCase *row)
{
    guint own = 0;
    while (row->answers[own].call != NULL)
        own++;
    PeerAnswer *answers = g_new0(PeerAnswer, own + G_N_ELEMENTS(willing));
    memcpy(answers, row->answers, own * sizeof *answers);
    memcpy(answers + own, willing, sizeof willing);
    return answers;
}

static void test_fault(void **state)
{
    const FaultCase *row = *state;
    g_autofree PeerAnswer *answers = answers_of(row);
    g_autoptr(Peer) peer = peer_new_with_timeout(answers, TIMEOUT_MS);
    g_autoptr(Snapshot) snapshot = read_world(WORLD_OLD);
    g_autoptr(Plan) plan = plan_new(snapshot, &(PlanRequest){.zone = "public"}, NULL);
    assert_non_null(plan);
    assert_int_equal(plan->actions->len, 2);

    witness.row = row;
    witness.n_reads = 0;
    const ObserveOptions options = {.scope = OBSERVE_ALL_ZONES};
    const Transaction transaction = {
        .bus = peer->bus, .options = &options, .on_failure = row->on_failure};
    g_auto(TransactionResult) result = {0};
    g_autoptr(GError) error = NULL;
    bool done = transaction_run(&transaction, plan, &result, &error);
    assert_int_equal(done, row->error < 0);
    assert_int_equal(error != NULL ? error->code : -1, row->error);
    assert_int_equal(result.changed, row->changed);
    assert_int_equal(result.rolled_back, row->rolled_back);
    assert_int_equal(result.left->len, row->left);
    assert_int_equal(result.verified, done);
    if (row->says != NULL)
        assert_non_null(strstr(error->message, row->says));
    /* Who is told of something left is told how to put it back, what was done last first: firewalld refuses
     * to bind again what is bound elsewhere. */
    bool is_last_first = row->left == 2 && row->on_failure != TRANSACTION_STOPS;
    if (row->error == NICFIX_ERROR_NOT_UNDONE)
        assert_true(g_str_has_prefix(nicfix_error_hint(error),
                                     is_last_first ? "run: firewall-cmd --permanent "
                                                   : "run: firewall-cmd "));
}

/* ---- a part, and several steps for one interface ---- */

/* Only the running firewall is changed; the rest stays planned, and its finding is expected. */
static void test_part(G_GNUC_UNUSED void **state)
{
    static const PeerAnswer answers[] = {{BIND, "('public',)"}, {NULL, NULL}};
    static const FaultCase row = {.before = WORLD_OLD, .after = WORLD_RUNTIME_ONLY};
    g_autoptr(Peer) peer = peer_new_with_timeout(answers, TIMEOUT_MS);
    g_autoptr(Snapshot) snapshot = read_world(WORLD_OLD);
    g_autoptr(Plan) plan = plan_new(snapshot, &(PlanRequest){.zone = "public"}, NULL);
    witness.row = &row;
    witness.n_reads = 0;
    const ObserveOptions options = {.scope = OBSERVE_ALL_ZONES};
    const Transaction transaction = {
        .bus = peer->bus, .options = &options, .part = TRANSACTION_RUNTIME};
    g_auto(TransactionResult) result = {0};
    g_autoptr(GError) error = NULL;
    assert_true(transaction_run(&transaction, plan, &result, &error));
    assert_true(result.changed && result.verified);
    assert_int_equal(((Action *)g_ptr_array_index(plan->actions, 0))->state, ACTION_DONE);
    assert_int_equal(((Action *)g_ptr_array_index(plan->actions, 1))->state, ACTION_PLANNED);
}

/* A permanent move is two actions. */
static bool unbind_and_bind(const FaultCase *row, TransactionResult *result, GError **error)
{
    g_autofree PeerAnswer *answers = answers_of(row);
    g_autoptr(Peer) peer = peer_new_with_timeout(answers, TIMEOUT_MS);
    g_autoptr(Snapshot) snapshot = read_world(WORLD_NEW);
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    g_ptr_array_add(actions, action_new(ACTION_UNBIND, SCOPE_PERMANENT, "enp2s0", "public", NULL));
    g_ptr_array_add(actions, action_new(ACTION_BIND, SCOPE_PERMANENT, "enp2s0", NULL, "public"));
    g_autoptr(Plan) plan = plan_of_actions(snapshot, actions, NULL);
    witness.row = row;
    witness.n_reads = 0;
    const ObserveOptions options = {.scope = OBSERVE_ALL_ZONES};
    const Transaction transaction = {.bus = peer->bus, .options = &options};
    return transaction_run(&transaction, plan, result, error);
}

/* firewalld can have in a part of its memory what it failed to write. */
static void test_what_cannot_be_written(G_GNUC_UNUSED void **state)
{
    static const FaultCase row = {.answers = {{SAVE, NOT_WRITTEN}},
                                  .before = WORLD_NEW,
                                  .after = WORLD_RUNTIME_ONLY,
                                  .finally = WORLD_RUNTIME_ONLY};
    g_auto(TransactionResult) result = {0};
    g_autoptr(GError) error = NULL;
    assert_false(unbind_and_bind(&row, &result, &error));
    assert_string_equal(nicfix_error_hint(error),
                        "run: firewall-cmd --permanent --zone=public --add-interface=enp2s0; "
                        "firewall-cmd --permanent --zone=public --remove-interface=enp2s0; "
                        "firewall-cmd --permanent --zone=public --add-interface=enp2s0");
}

/* What the first action did is not to be seen in the end. */
static void test_unbind_and_bind(G_GNUC_UNUSED void **state)
{
    static const FaultCase row = {.before = WORLD_NEW, .after = WORLD_NEW};
    g_auto(TransactionResult) result = {0};
    g_autoptr(GError) error = NULL;
    assert_true(unbind_and_bind(&row, &result, &error));
    assert_true(result.verified);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_part),
        cmocka_unit_test(test_what_cannot_be_written),
        cmocka_unit_test(test_unbind_and_bind),
    };
    return RUN_CASES(test_fault, faults) + cmocka_run_group_tests(others, NULL, NULL);
}
