/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waves against a service that answers well, late, wrongly, with errors, or never. */
#include "bus/wave.h"

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
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(GError) error = NULL;
    assert_null(bus_call(peer->bus, CALL_GET_ZONES, NULL, NULL, test->timeout_ms, &error));
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
                                         g_variant_new("(ss)", "public", "enp2s0"), PLENTY, &error);
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
                                         g_variant_new("(s)", "enp2s0"), PLENTY, &error);
    assert_null(error);
    assert_non_null(reply);
}

/* ---- many ---- */

typedef struct {
    GString *order;
    const char *mark;
} Marker;

static bool mark(GVariant *reply G_GNUC_UNUSED, gpointer user, GError **error G_GNUC_UNUSED)
{
    Marker *marker = user;
    g_string_append(marker->order, marker->mark);
    return true;
}

static void test_decoding_follows_the_order_of_asking(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {
        ONE_GOOD, {"getDefaultZone", "('public',)"}, {"queryPanicMode", "(false,)"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    peer->hold = 3; /* the last is answered first */
    peer->n_expected = 3;
    g_autoptr(GString) order = g_string_new(NULL);
    Marker markers[] = {{order, "a"}, {order, "b"}, {order, "c"}};
    g_autoptr(Wave) wave = wave_new(peer->bus, PLENTY, NULL);
    wave_add(wave, CALL_GET_ZONES, NULL, NULL, mark, &markers[0]);
    wave_add(wave, CALL_GET_DEFAULT_ZONE, NULL, NULL, mark, &markers[1]);
    wave_add(wave, CALL_QUERY_PANIC_MODE, NULL, NULL, mark, &markers[2]);
    wave_start(wave);
    assert_string_equal(order->str, "");
    wave_finish(wave);
    assert_string_equal(order->str, "abc");
}

static void test_one_failure_leaves_the_others_alone(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {
        {"getZones", "never"}, {"getDefaultZone", "(1,)"}, {"queryPanicMode", "(true,)"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(GString) order = g_string_new(NULL);
    Marker marker = {order, "x"};
    g_autoptr(Wave) wave = wave_new(peer->bus, SOON, NULL);
    guint late = wave_add(wave, CALL_GET_ZONES, NULL, NULL, mark, &marker);
    guint wrong = wave_add(wave, CALL_GET_DEFAULT_ZONE, NULL, NULL, mark, &marker);
    guint good = wave_add(wave, CALL_QUERY_PANIC_MODE, NULL, NULL, mark, &marker);
    wave_start(wave);
    wave_finish(wave);
    assert_true(g_error_matches(wave_error(wave, late), NICFIX_ERROR, NICFIX_ERROR_TIMEOUT));
    assert_true(g_error_matches(wave_error(wave, wrong), NICFIX_ERROR, NICFIX_ERROR_BAD_REPLY));
    assert_null(wave_error(wave, good));
    assert_string_equal(order->str, "x");
}

static bool refuse(GVariant *reply G_GNUC_UNUSED, gpointer user G_GNUC_UNUSED, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_BAD_REPLY, NULL, "not that");
    return false;
}

static void test_a_decoders_refusal_is_the_calls_error(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {ONE_GOOD, END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(Wave) wave = wave_new(peer->bus, PLENTY, NULL);
    guint index = wave_add(wave, CALL_GET_ZONES, NULL, NULL, refuse, NULL);
    wave_start(wave);
    wave_finish(wave);
    assert_string_equal(wave_error(wave, index)->message, "not that");
}

/* dbus-daemon refuses a caller that waits for more than 128 replies. */
static void test_no_more_than_a_hundred_calls_are_under_way(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {ONE_GOOD, END};
    g_autoptr(Peer) peer = peer_new(table);
    peer->hold = 100;
    peer->n_expected = 250;
    g_autoptr(GString) order = g_string_new(NULL);
    Marker marker = {order, "."};
    g_autoptr(Wave) wave = wave_new(peer->bus, PLENTY, NULL);
    for (guint i = 0; i < 250; i++)
        wave_add(wave, CALL_GET_ZONES, NULL, NULL, mark, &marker);
    assert_int_equal(wave_size(wave), 250);
    wave_start(wave);
    wave_finish(wave);
    assert_int_equal(order->len, 250);
    assert_false(peer->overrun);
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
    g_autoptr(GVariant) reply = bus_call(peer->bus, CALL_GET_ZONES, NULL, NULL, PLENTY, &error);
    assert_null(error);
    g_autoptr(GVariant) zones = g_variant_get_child_value(reply, 0);
    assert_int_equal(g_variant_n_children(zones), 50000);
}

/* ---- endings ---- */

static void test_the_connection_breaks(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {{"getZones", "never"}, {"getDefaultZone", "close"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(Wave) wave = wave_new(peer->bus, PLENTY, NULL);
    wave_add(wave, CALL_GET_ZONES, NULL, NULL, NULL, NULL);
    wave_add(wave, CALL_GET_DEFAULT_ZONE, NULL, NULL, NULL, NULL);
    wave_start(wave);
    wave_finish(wave);
    assert_true(g_error_matches(wave_error(wave, 0), NICFIX_ERROR, NICFIX_ERROR_NO_BUS));
    assert_true(g_error_matches(wave_error(wave, 1), NICFIX_ERROR, NICFIX_ERROR_NO_BUS));
}

static void test_cancelling_ends_what_is_under_way(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {{"getZones", "never"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(Wave) wave = wave_new(peer->bus, PLENTY, cancellable);
    guint index = wave_add(wave, CALL_GET_ZONES, NULL, NULL, NULL, NULL);
    wave_start(wave);
    g_cancellable_cancel(cancellable);
    wave_finish(wave);
    assert_true(g_error_matches(wave_error(wave, index), G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static void test_cancelled_before_it_starts(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {ONE_GOOD, END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_cancellable_cancel(cancellable);
    g_autoptr(Wave) wave = wave_new(peer->bus, PLENTY, cancellable);
    guint index = wave_add(wave, CALL_GET_ZONES, NULL, NULL, NULL, NULL);
    wave_start(wave);
    wave_finish(wave);
    assert_true(g_error_matches(wave_error(wave, index), G_IO_ERROR, G_IO_ERROR_CANCELLED));
    assert_int_equal(peer->n_calls, 0);
}

static void test_a_wave_can_be_left_alone(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {{"getZones", "never"}, END};
    g_autoptr(Peer) peer = peer_new(table);
    gint64 start = g_get_monotonic_time();
    Wave *wave = wave_new(peer->bus, PLENTY, NULL);
    for (guint i = 0; i < 150; i++)
        wave_add(wave, CALL_GET_ZONES, NULL, NULL, refuse, NULL);
    wave_start(wave);
    wave_free(wave);
    assert_true(g_get_monotonic_time() - start < PLENTY * G_TIME_SPAN_MILLISECOND / 2);
    wave_free(wave_new(peer->bus, PLENTY, NULL));
}

static void test_an_empty_wave_is_done_at_once(G_GNUC_UNUSED void **state)
{
    const PeerAnswer table[] = {END};
    g_autoptr(Peer) peer = peer_new(table);
    g_autoptr(Wave) wave = wave_new(peer->bus, PLENTY, NULL);
    wave_start(wave);
    wave_finish(wave);
    assert_int_equal(wave_size(wave), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_call_returns_its_answer),
        cmocka_unit_test(test_a_call_goes_to_the_path_it_is_given),
        cmocka_unit_test(test_decoding_follows_the_order_of_asking),
        cmocka_unit_test(test_one_failure_leaves_the_others_alone),
        cmocka_unit_test(test_a_decoders_refusal_is_the_calls_error),
        cmocka_unit_test(test_no_more_than_a_hundred_calls_are_under_way),
        cmocka_unit_test(test_a_large_answer_is_taken),
        cmocka_unit_test(test_the_connection_breaks),
        cmocka_unit_test(test_cancelling_ends_what_is_under_way),
        cmocka_unit_test(test_cancelled_before_it_starts),
        cmocka_unit_test(test_a_wave_can_be_left_alone),
        cmocka_unit_test(test_an_empty_wave_is_done_at_once),
    };
    return RUN_CASES(test_answer, answers) + cmocka_run_group_tests(tests, NULL, NULL);
}
