/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept of replies, for how long, and which calls that saves. */
#include "bus/known-replies.h"

#include "bus/call-batch.h"
#include "cases.h"
#include "peer.h"

#define PATH "/org/fedoraproject/FirewallD1"

static void keep_panic(KnownReplies *known, bool panic)
{
    g_autoptr(GVariant) none = g_variant_ref_sink(g_variant_new_tuple(NULL, 0));
    g_autoptr(GVariant) reply = g_variant_ref_sink(g_variant_new("(b)", panic));
    known_replies_keep(known, call_row(CALL_QUERY_PANIC_MODE), PATH, none, reply);
}

static bool knows(const KnownReplies *known, CallId call, GVariant *parameters)
{
    g_autoptr(GVariant) asked =
        g_variant_ref_sink(parameters != NULL ? parameters : g_variant_new_tuple(NULL, 0));
    return known_replies_lookup(known, call_row(call), PATH, asked) != NULL;
}

static bool knows_panic(const KnownReplies *known)
{
    return knows(known, CALL_QUERY_PANIC_MODE, NULL);
}

static void test_only_a_known_state(G_GNUC_UNUSED void **state)
{
    g_autoptr(KnownReplies) known = known_replies_new();
    keep_panic(known, true);
    assert_false(knows_panic(known));
    assert_false(known_replies_have_grown(known));
    known_replies_set_state(known, LASTS_WITH_RULES, "one");
    keep_panic(known, true);
    assert_true(knows_panic(known));
    assert_true(known_replies_have_grown(known));
    known_replies_set_state(known, LASTS_WITH_RULES, "one");
    assert_true(knows_panic(known));
    known_replies_set_state(known, LASTS_WITH_FILES, "two"); /* of others */
    assert_true(knows_panic(known));
    known_replies_set_state(known, LASTS_WITH_RULES, "two");
    assert_false(knows_panic(known));
    keep_panic(known, true);
    known_replies_set_state(known, LASTS_WITH_RULES, NULL);
    known_replies_set_state(known, LASTS_WITH_RULES, NULL); /* is no state that is the same */
    assert_false(knows_panic(known));
}

static void test_carried_over(G_GNUC_UNUSED void **state)
{
    g_autoptr(KnownReplies) known = known_replies_new();
    known_replies_carry_over(known, LASTS_WITH_RULES, "one ", "one 2"); /* of no state */
    known_replies_set_state(known, LASTS_WITH_RULES, "one 1");
    keep_panic(known, true);
    known_replies_carry_over(known, LASTS_WITH_RULES, "two ", "two 1");
    known_replies_set_state(known, LASTS_WITH_RULES, "one 1");
    assert_true(knows_panic(known));
    known_replies_carry_over(known, LASTS_WITH_RULES, "one ", "one 2");
    known_replies_set_state(known, LASTS_WITH_RULES, "one 2");
    assert_true(knows_panic(known));
    known_replies_set_state(known, LASTS_WITH_RULES, "one 1");
    assert_false(knows_panic(known));
}

static KnownReplies *through_a_file(const KnownReplies *known)
{
    KnownReplies *read = known_replies_new();
    g_autoptr(GVariant) file = g_variant_ref_sink(known_replies_to_variant(known));
    assert_true(g_variant_is_normal_form(file));
    known_replies_from_variant(read, file);
    return read;
}

static void test_what_lasts_a_look_is_in_no_file(G_GNUC_UNUSED void **state)
{
    g_autoptr(KnownReplies) known = known_replies_new();
    g_autoptr(GVariant) none = g_variant_ref_sink(g_variant_new_tuple(NULL, 0));
    g_autoptr(GVariant) reply = g_variant_ref_sink(g_variant_new("(s)", "public"));
    for (CallLasts lasts = LASTS_A_LOOK; lasts < N_LASTS; lasts++)
        known_replies_set_state(known, lasts, "one");
    known_replies_keep(known, call_row(CALL_GET_DEFAULT_ZONE), PATH, none, reply);
    assert_true(knows(known, CALL_GET_DEFAULT_ZONE, NULL));
    assert_false(known_replies_have_grown(known)); /* to be written */
    g_autoptr(KnownReplies) read = through_a_file(known);
    known_replies_set_state(read, LASTS_A_LOOK, "one");
    assert_false(knows(read, CALL_GET_DEFAULT_ZONE, NULL));
    known_replies_set_state(known, LASTS_A_LOOK, NULL);
    assert_false(knows(known, CALL_GET_DEFAULT_ZONE, NULL));
}

static void test_each_question_has_its_answer(G_GNUC_UNUSED void **state)
{
    g_autoptr(KnownReplies) known = known_replies_new();
    g_autoptr(GVariant) zone = g_variant_ref_sink(g_variant_new("(s)", "public"));
    g_autoptr(GVariant) reply = g_variant_ref_sink(g_variant_new("(a{sv})", NULL));
    known_replies_set_state(known, LASTS_IN_FORCE, "one");
    known_replies_keep(known, call_row(CALL_GET_ZONE_SETTINGS), PATH, zone, reply);
    assert_true(knows(known, CALL_GET_ZONE_SETTINGS, g_variant_new("(s)", "public")));
    assert_false(knows(known, CALL_GET_ZONE_SETTINGS, g_variant_new("(s)", "work")));
    assert_false(knows(known, CALL_GET_POLICY_SETTINGS, g_variant_new("(s)", "public")));
}

static void test_a_file_has_all_of_it(G_GNUC_UNUSED void **state)
{
    g_autoptr(KnownReplies) written = known_replies_new();
    known_replies_set_state(written, LASTS_WITH_RULES, "one");
    keep_panic(written, true);
    g_autoptr(KnownReplies) read = through_a_file(written);
    assert_true(knows_panic(read));
    assert_false(known_replies_have_grown(read));
    known_replies_set_state(read, LASTS_WITH_RULES, "one");
    assert_true(knows_panic(read));
    known_replies_forget_old(read, LASTS_IN_FORCE);
    assert_true(knows_panic(read));
    known_replies_forget_old(read, LASTS_WITH_RULES);
    assert_false(knows_panic(read));
    keep_panic(read, true);
    known_replies_forget_old(read, LASTS_WITH_RULES); /* it is not old */
    assert_true(knows_panic(read));
}

static void test_another_file(G_GNUC_UNUSED void **state)
{
    static const char *const files[] = {"'text'", "@a(sa{sv}) []", "[('one', {'x': <1>})]"};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(KnownReplies) known = known_replies_new();
        g_autoptr(GVariant) file = g_variant_parse(NULL, files[i], NULL, NULL, NULL);
        assert_non_null(file);
        known_replies_from_variant(known, file);
        known_replies_set_state(known, LASTS_WITH_RULES, "one");
        assert_false(knows_panic(known));
    }
}

/* ---- what it saves ---- */

static void ask(Bus *bus, CallId call, GVariant *parameters)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = bus_call(bus, call, NULL, parameters, &error);
    assert_null(error);
    assert_non_null(reply);
}

static void test_a_known_reply_saves_its_call(G_GNUC_UNUSED void **state)
{
    const PeerAnswer answers[] = {{"queryPanicMode", "(false,)"},
                                  {"getDefaultZone", "('public',)"},
                                  {"addInterface public eth0", "('public',)"},
                                  {NULL, NULL}};
    g_autoptr(KnownReplies) known = known_replies_new();
    g_autoptr(Peer) peer = peer_new(answers);
    bus_set_known_replies(peer->bus, known);
    known_replies_set_state(known, LASTS_WITH_RULES, "one");
    for (int i = 0; i < 2; i++) {
        ask(peer->bus, CALL_QUERY_PANIC_MODE, NULL);
        ask(peer->bus, CALL_GET_DEFAULT_ZONE, NULL);
        ask(peer->bus, CALL_ADD_INTERFACE, g_variant_new("(ss)", "public", "eth0"));
    }
    assert_int_equal(peer->n_calls, 5);
    bus_set_known_replies(peer->bus, NULL);
    ask(peer->bus, CALL_QUERY_PANIC_MODE, NULL);
    assert_int_equal(peer->n_calls, 6);
}

/* Only a file can bring one. */
static void test_a_known_reply_of_another_type(G_GNUC_UNUSED void **state)
{
    const PeerAnswer answers[] = {{"queryPanicMode", "(false,)"}, {NULL, NULL}};
    g_autoptr(KnownReplies) known = known_replies_new();
    g_autoptr(Peer) peer = peer_new(answers);
    g_autoptr(GVariant) none = g_variant_ref_sink(g_variant_new_tuple(NULL, 0));
    g_autoptr(GVariant) text = g_variant_ref_sink(g_variant_new("(s)", "no"));
    known_replies_set_state(known, LASTS_WITH_RULES, "one");
    known_replies_keep(known, call_row(CALL_QUERY_PANIC_MODE), PATH, none, text);
    bus_set_known_replies(peer->bus, known);
    ask(peer->bus, CALL_QUERY_PANIC_MODE, NULL);
    assert_int_equal(peer->n_calls, 1);
}

static void test_an_error_is_not_kept(G_GNUC_UNUSED void **state)
{
    const PeerAnswer answers[] = {{NULL, NULL}};
    g_autoptr(KnownReplies) known = known_replies_new();
    g_autoptr(Peer) peer = peer_new(answers);
    known_replies_set_state(known, LASTS_WITH_RULES, "one");
    bus_set_known_replies(peer->bus, known);
    for (int i = 0; i < 2; i++)
        assert_null(bus_call(peer->bus, CALL_QUERY_PANIC_MODE, NULL, NULL, NULL));
    assert_int_equal(peer->n_calls, 2);
    assert_false(known_replies_have_grown(known));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_a_known_state),
        cmocka_unit_test(test_carried_over),
        cmocka_unit_test(test_what_lasts_a_look_is_in_no_file),
        cmocka_unit_test(test_each_question_has_its_answer),
        cmocka_unit_test(test_a_file_has_all_of_it),
        cmocka_unit_test(test_another_file),
        cmocka_unit_test(test_a_known_reply_saves_its_call),
        cmocka_unit_test(test_a_known_reply_of_another_type),
        cmocka_unit_test(test_an_error_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
