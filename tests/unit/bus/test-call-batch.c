/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Batches of calls to a service that answers well, late, wrongly, with errors, or never. */
#include "bus/call-batch.h"

#include "bus/bus-error.h"
#include "cases.h"
#include "model/error.h"
#include "peer.h"

#define SOON   100u
#define PLENTY 20000u
#define ONE_GOOD                                                                                   \
    {                                                                                              \
        "getZones", "(['public', 'work'],)"                                                        \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, NULL                                                                                 \
    }

/* ---- one call, one answer ---- */

typedef struct {
    const char *name;
    const char *answer; /* NULL: the service lacks the method */
    guint timeout_ms;
    NicfixError code;
    const char *message;
} AnswerCase;

static const AnswerCase answers[] = {
    {"silence", "never", SOON, NICFIX_ERROR_TIMEOUT,
     "firewalld did not answer getZones within 0.1 s"},
    {"another type", "('public',)", PLENTY, NICFIX_ERROR_BAD_REPLY,
     "org.fedoraproject.FirewallD1 answered getZones with the type (s) where (as) is expected"},
    {"no value at all", "()", PLENTY, NICFIX_ERROR_BAD_REPLY,
     "org.fedoraproject.FirewallD1 answered getZones with the type () where (as) is expected"},
    {"a value too many", "(['public'], 1)", PLENTY, NICFIX_ERROR_BAD_REPLY,
     "org.fedoraproject.FirewallD1 answered getZones with the type (asi) where (as) is expected"},
    {"variants for strings", "([<'public'>],)", PLENTY, NICFIX_ERROR_BAD_REPLY,
     "org.fedoraproject.FirewallD1 answered getZones with the type (av) where (as) is expected"},
    {"no such method", NULL, PLENTY, NICFIX_ERROR_FIREWALLD, "this firewalld has no getZones"},
    {"a refusal", "!org.fedoraproject.FirewallD1.Exception INVALID_ZONE: x", PLENTY,
     NICFIX_ERROR_FIREWALLD, "firewalld refused getZones: INVALID_ZONE: x"},
};

static void test_answer(void **state)
{
    const AnswerCase *test = *state;
    const PeerAnswer table[] = {{test->answer == NULL ? "other" : "getZones", test->answer}, END};
    g_autoptr(Peer) peer = peer_new_with_timeout(table, test->timeout_ms);
    g_autoptr(GError) error = NULL;
    assert_null(bus_call(peer->bus, CALL_GET_ZONES, NULL, NULL, &error));
    assert_string_equal(error->message, test->message);
    assert_true(g_error_matches(error, NICFIX_ERROR, (int)test->code));
    assert_int_equal(peer->n_calls, 1);
}

static void test_a_call_returns_its_answer(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {{"addInterface public enp2s0", "('public',)"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = bus_call(peer->bus, CALL_ADD_INTERFACE, NULL,
                                         g_variant_new("(ss)", "public", "enp2s0"), &error);
    assert_null(error);
    g_autofree char *text = g_variant_print(reply, FALSE);
    assert_string_equal(text, "('public',)");
}

static void test_a_call_goes_to_the_path_it_is_given(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {{"/zone/7 addInterface enp2s0", "()"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = bus_call(peer->bus, CALL_CONFIG_ZONE_ADD_INTERFACE, "/zone/7",
                                         g_variant_new("(s)", "enp2s0"), &error);
    assert_null(error);
    assert_non_null(reply);
}

/* ---- many ---- */

typedef struct {
    GString *order; /* of the decoders */
    const char *mark;
    GError *error;
} Witness;

static bool mark(GVariant *reply G_GNUC_UNUSED, gpointer user, GError **error G_GNUC_UNUSED)
{
    Witness *witness = user;
    g_string_append(witness->order, witness->mark);
    return true;
}

static bool keep_error(const GError *error, gpointer user)
{
    Witness *witness = user;
    witness->error = g_error_copy(error);
    return true;
}

static void add_marked(CallBatch *batch, CallId id, Witness *witness)
{
    const Call call = {.id = id, .decode = mark, .failed = keep_error, .user = witness};
    call_batch_add(batch, &call, "a value");
}

static void run(CallBatch *batch)
{
    call_batch_start(batch);
    assert_true(call_batch_finish(batch, NULL, NULL));
}

static void assert_failed(Witness *witness, GQuark domain, int code)
{
    assert_true(g_error_matches(witness->error, domain, code));
    g_clear_error(&witness->error);
}

static void test_decoders_run_in_the_order_of_the_calls(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {
        ONE_GOOD, {"getDefaultZone", "('public',)"}, {"queryPanicMode", "(false,)"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    peer->hold = 3; /* the last is answered first */
    peer->n_expected = 3;
    g_autoptr(GString) order = g_string_new(NULL);
    Witness witnesses[] = {{order, "a", NULL}, {order, "b", NULL}, {order, "c", NULL}};
    g_autoptr(CallBatch) batch = call_batch_new(peer->bus, NULL);
    add_marked(batch, CALL_GET_ZONES, &witnesses[0]);
    add_marked(batch, CALL_GET_DEFAULT_ZONE, &witnesses[1]);
    add_marked(batch, CALL_QUERY_PANIC_MODE, &witnesses[2]);
    call_batch_start(batch);
    assert_string_equal(order->str, "");
    assert_true(call_batch_finish(batch, NULL, NULL));
    assert_string_equal(order->str, "abc");
}

static void test_one_failure_leaves_the_others_alone(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {
        {"getZones", "never"}, {"getDefaultZone", "(1,)"}, {"queryPanicMode", "(true,)"}, END};
    g_autoptr(Peer) peer = peer_new_with_timeout(table, SOON);
    g_autoptr(GString) order = g_string_new(NULL);
    Witness late = {order, "x", NULL};
    Witness wrong = {order, "y", NULL};
    Witness good = {order, "z", NULL};
    g_autoptr(CallBatch) batch = call_batch_new(peer->bus, NULL);
    add_marked(batch, CALL_GET_ZONES, &late);
    add_marked(batch, CALL_GET_DEFAULT_ZONE, &wrong);
    add_marked(batch, CALL_QUERY_PANIC_MODE, &good);
    run(batch);
    assert_failed(&late, NICFIX_ERROR, NICFIX_ERROR_TIMEOUT);
    assert_failed(&wrong, NICFIX_ERROR, NICFIX_ERROR_BAD_REPLY);
    assert_null(good.error);
    assert_string_equal(order->str, "z");
}

/* dbus-daemon refuses a caller that waits for more than 128 replies. */
static void test_no_more_than_a_hundred_calls_are_under_way(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {ONE_GOOD, END};
    g_autoptr(Peer) peer = peer_new(table);
    peer->hold = 100;
    peer->n_expected = 250;
    g_autoptr(GString) order = g_string_new(NULL);
    Witness witness = {order, ".", NULL};
    g_autoptr(CallBatch) batch = call_batch_new(peer->bus, NULL);
    for (guint i = 0; i < 250; i++)
        add_marked(batch, CALL_GET_ZONES, &witness);
    run(batch);
    assert_int_equal(order->len, 250);
    assert_false(peer->overrun);
}

/* A service that hangs is not waited for once for every hundred calls. */
static void test_a_service_that_hangs_is_called_no_more(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {
        {"getZones", "never"}, {"NameHasOwner org.freedesktop.NetworkManager", "(true,)"}, END};
    g_autoptr(Peer) peer = peer_new_with_timeout(table, 2000);
    g_autoptr(GString) order = g_string_new(NULL);
    Witness hangs[350] = {{NULL, NULL, NULL}};
    Witness other = {order, "n", NULL};
    g_autoptr(CallBatch) batch = call_batch_new(peer->bus, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(hangs); i++)
        add_marked(batch, CALL_GET_ZONES, &hangs[i]);
    const Call call = {.id = CALL_BUS_NAME_HAS_OWNER,
                       .parameters = g_variant_new("(s)", "org.freedesktop.NetworkManager"),
                       .decode = mark,
                       .failed = keep_error,
                       .user = &other};
    call_batch_add(batch, &call, "another service");
    run(batch);
    for (guint i = 0; i < G_N_ELEMENTS(hangs); i++)
        assert_failed(&hangs[i], NICFIX_ERROR, NICFIX_ERROR_TIMEOUT);
    assert_string_equal(order->str, "n");
    assert_true(g_atomic_int_get(&peer->n_calls) <= 101);
}

static void test_nothing_is_sent_after_the_deadline(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {ONE_GOOD, END};
    g_autoptr(Peer) peer = peer_new(table);
    Witness late = {NULL, NULL, NULL};
    g_autoptr(CallBatch) batch = call_batch_new(peer->bus, NULL);
    call_batch_set_deadline(batch, g_get_monotonic_time());
    add_marked(batch, CALL_GET_ZONES, &late);
    run(batch);
    assert_failed(&late, NICFIX_ERROR, NICFIX_ERROR_TIMEOUT);
    assert_int_equal(g_atomic_int_get(&peer->n_calls), 0);
}

static void test_a_large_answer_is_taken(G_GNUC_UNUSED void **state)
{
    g_autoptr(GString) answer = g_string_new("(['zone0'");
    for (guint i = 1; i < 50000; i++)
        g_string_append_printf(answer, ",'zone%u'", i);
    g_string_append(answer, "],)");
    const PeerAnswer table[] = {{"getZones", answer->str}, END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = bus_call(peer->bus, CALL_GET_ZONES, NULL, NULL, &error);
    assert_null(error);
    g_autoptr(GVariant) zones = g_variant_get_child_value(reply, 0);
    assert_int_equal(g_variant_n_children(zones), 50000);
}

/* ---- what becomes of failures ---- */

static bool refuse(GVariant *reply G_GNUC_UNUSED, gpointer user G_GNUC_UNUSED, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_BAD_REPLY, NULL, "not that");
    return false;
}

static bool deal_with_it(const GError *error G_GNUC_UNUSED, gpointer user)
{
    *(bool *)user = true;
    return true;
}

typedef struct {
    const char *name;
    CallId call;
    const char *answer;
    CallDecode decode;
    CallFailed failed;
    int error;          /* that ends the observation; -1: none */
    const char *unread; /* the reason that is recorded; NULL: none */
} FailureCase;

#define FW_REFUSAL "!org.fedoraproject.FirewallD1.Exception INVALID_ZONE: x"

static const FailureCase failures[] = {
    {"success", CALL_GET_ZONES, "(['public'],)", NULL, NULL, -1, NULL},
    {"firewalld refuses", CALL_GET_ZONES, FW_REFUSAL, NULL, NULL, -1,
     "firewalld refused getZones: INVALID_ZONE: x"},
    {"firewalld refuses, and that is expected", CALL_GET_ZONES, FW_REFUSAL, NULL, deal_with_it, -1,
     NULL},
    {"firewalld is gone", CALL_GET_ZONES, "!org.freedesktop.DBus.Error.NoReply gone", NULL, NULL,
     NICFIX_ERROR_NO_FIREWALLD, NULL},
    {"firewalld is silent", CALL_GET_ZONES, "never", NULL, NULL, NICFIX_ERROR_TIMEOUT, NULL},
    {"firewalld talks nonsense", CALL_GET_ZONES, "(1,)", NULL, NULL, NICFIX_ERROR_BAD_REPLY, NULL},
    {"a decoder rejects firewalld's reply", CALL_GET_ZONES, "(['public'],)", refuse, NULL,
     NICFIX_ERROR_BAD_REPLY, NULL},
    {"a decoder rejects NetworkManager's reply", CALL_NETWORKMANAGER_GET_DEVICE,
     "(objectpath '/d/1',)", refuse, NULL, -1, "not that"},
    {"NetworkManager is silent", CALL_NETWORKMANAGER_GET_DEVICE, "never", NULL, NULL, -1,
     "NetworkManager did not answer GetDeviceByIpIface within 0.1 s"},
    {"the bus breaks", CALL_NETWORKMANAGER_GET_DEVICE, "close", NULL, NULL, NICFIX_ERROR_NO_BUS,
     NULL},
};

static void test_failure(void **state)
{
    const FailureCase *test = *state;
    const CallRow *row = call_row(test->call);
    const bool is_firewalld = test->call == CALL_GET_ZONES;
    const PeerAnswer table[] = {
        {is_firewalld ? row->method : "GetDeviceByIpIface eth0", test->answer}, END};
    g_autoptr(Peer) peer = peer_new_with_timeout(table, SOON);
    g_autoptr(Snapshot) snapshot = snapshot_new();
    g_autoptr(CallBatch) batch = call_batch_new(peer->bus, NULL);
    bool was_dealt_with = false;
    const Call call = {
        .id = test->call,
        .parameters = is_firewalld ? NULL : g_variant_new("(s)", "eth0"),
        .decode = test->decode,
        .failed = test->failed,
        .user = &was_dealt_with,
    };
    call_batch_add(batch, &call, "the %s", "thing");
    call_batch_start(batch);
    g_autoptr(GError) error = NULL;
    assert_int_equal(call_batch_finish(batch, snapshot, &error), test->error < 0);
    assert_int_equal(error != NULL ? error->code : -1, test->error);
    assert_int_equal(was_dealt_with, test->failed != NULL);
    assert_int_equal(snapshot->unread->len, test->unread != NULL);
    if (test->unread == NULL)
        return;
    const Unread *unread = g_ptr_array_index(snapshot->unread, 0);
    g_autofree char *where = g_strdup_printf("%s.%s", row->interface, row->method);
    assert_string_equal(unread->what, "the thing");
    assert_string_equal(unread->where, where);
    assert_string_equal(unread->reason, test->unread);
}

/* ---- endings ---- */

static void test_the_connection_breaks(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {{"getZones", "never"}, {"getDefaultZone", "close"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    Witness witnesses[2] = {0};
    g_autoptr(CallBatch) batch = call_batch_new(peer->bus, NULL);
    add_marked(batch, CALL_GET_ZONES, &witnesses[0]);
    add_marked(batch, CALL_GET_DEFAULT_ZONE, &witnesses[1]);
    run(batch);
    assert_failed(&witnesses[0], NICFIX_ERROR, NICFIX_ERROR_NO_BUS);
    assert_failed(&witnesses[1], NICFIX_ERROR, NICFIX_ERROR_NO_BUS);
}

static void test_cancelling_ends_what_is_under_way(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {{"getZones", "never"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(CallBatch) batch = call_batch_new(peer->bus, cancellable);
    const Call call = {.id = CALL_GET_ZONES};
    call_batch_add(batch, &call, "the zones");
    call_batch_start(batch);
    g_cancellable_cancel(cancellable);
    g_autoptr(Snapshot) snapshot = snapshot_new();
    g_autoptr(GError) error = NULL;
    assert_false(call_batch_finish(batch, snapshot, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static void test_cancelled_before_it_starts(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {ONE_GOOD, END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_cancellable_cancel(cancellable);
    Witness witness = {0};
    g_autoptr(CallBatch) batch = call_batch_new(peer->bus, cancellable);
    add_marked(batch, CALL_GET_ZONES, &witness);
    run(batch);
    assert_failed(&witness, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    assert_int_equal(peer->n_calls, 0);
}

static void test_a_batch_can_be_abandoned(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {{"getZones", "never"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    gint64 start = g_get_monotonic_time();
    CallBatch *batch = call_batch_new(peer->bus, NULL);
    const Call call = {.id = CALL_GET_ZONES, .decode = refuse};
    for (guint i = 0; i < 150; i++)
        call_batch_add(batch, &call, "the zones");
    call_batch_start(batch);
    call_batch_free(batch);
    assert_true(g_get_monotonic_time() - start < PLENTY * G_TIME_SPAN_MILLISECOND / 2);
    call_batch_free(call_batch_new(peer->bus, NULL));
}

static void test_an_empty_batch_is_done_at_once(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(CallBatch) batch = call_batch_new(peer->bus, NULL);
    assert_true(call_batch_is_empty(batch));
    run(batch);
    assert_null(call_batch_refusal(batch));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_call_returns_its_answer),
        cmocka_unit_test(test_a_call_goes_to_the_path_it_is_given),
        cmocka_unit_test(test_decoders_run_in_the_order_of_the_calls),
        cmocka_unit_test(test_one_failure_leaves_the_others_alone),
        cmocka_unit_test(test_no_more_than_a_hundred_calls_are_under_way),
        cmocka_unit_test(test_a_service_that_hangs_is_called_no_more),
        cmocka_unit_test(test_nothing_is_sent_after_the_deadline),
        cmocka_unit_test(test_a_large_answer_is_taken),
        cmocka_unit_test(test_the_connection_breaks),
        cmocka_unit_test(test_cancelling_ends_what_is_under_way),
        cmocka_unit_test(test_cancelled_before_it_starts),
        cmocka_unit_test(test_a_batch_can_be_abandoned),
        cmocka_unit_test(test_an_empty_batch_is_done_at_once),
    };
    return RUN_CASES(test_answer, answers) + RUN_CASES(test_failure, failures) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
