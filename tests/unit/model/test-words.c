/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Enumerations and their words: each value has one, each word leads back to its value, and whatever else a
 * document or a user says is no value. */
#include "model/diagnosis/diagnosis.h"
#include "model/firewalld/dispatch.h"
#include "model/plan/action.h"
#include "model/plan/reload.h"

#include "cases.h"

/* Functions of one signature for all enumerations. */
#define DEFINE_PLAIN(name, type)                                                                   \
    static const char *plain_##name(int value)                                                     \
    {                                                                                              \
        return name##_word((type)value);                                                           \
    }
DEFINE_PLAIN(finding, FindingId)
DEFINE_PLAIN(severity, Severity)
DEFINE_PLAIN(change, ChangeKind)
DEFINE_PLAIN(action_op, ActionOp)
DEFINE_PLAIN(action_scope, ActionScope)
DEFINE_PLAIN(action_state, ActionState)
DEFINE_PLAIN(reload_event, ReloadEvent)
DEFINE_PLAIN(need_kind, NeedKind)
DEFINE_PLAIN(need_certainty, NeedCertainty)
DEFINE_PLAIN(need_reason, NeedReason)
DEFINE_PLAIN(expected, Expected)

static int plain_reload_event_from(const char *word)
{
    return (int)reload_event_from_word(word);
}

typedef struct {
    const char *name;
    const char *(*word)(int value);
    int (*from_word)(const char *word); /* NULL: nobody reads it */
    int last;
    int otherwise;
} WordCase;

static const WordCase words[] = {
    {"findings", plain_finding, finding_from_word, FINDING_VERDICT_UNKNOWN, -1},
    {"severities", plain_severity, severity_from_word, SEVERITY_ERROR, -1},
    {"changes", plain_change, NULL, CHANGE_SEVERITY, 0},
    {"actions", plain_action_op, action_op_from_word, ACTION_REMOVE_POLICY, -1},
    {"scopes", plain_action_scope, action_scope_from_word, SCOPE_NETWORKMANAGER, -1},
    {"states", plain_action_state, NULL, ACTION_UNDONE, 0},
    {"events", plain_reload_event, plain_reload_event_from, EVENT_REBOOT, EVENT_UNKNOWN},
    {"needs", plain_need_kind, NULL, NEED_EXPECTATION, 0},
    {"certainties", plain_need_certainty, NULL, NEED_DECLARED, 0},
    {"reasons", plain_need_reason, NULL, NEED_BECAUSE_FORWARDING, 0},
    {"expectations", plain_expected, NULL, EXPECT_REFUSE, 0},
};

static void test_words(void **state)
{
    const WordCase *test = *state;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (int value = 0; value <= test->last; value++) {
        const char *word = test->word(value);
        assert_non_null(word);
        assert_true(g_hash_table_add(seen, (gpointer)word));
        if (test->from_word != NULL)
            assert_int_equal(test->from_word(word), value);
    }
    assert_null(test->word(1000));
    if (test->from_word == NULL)
        return;
    assert_int_equal(test->from_word(NULL), test->otherwise);
    assert_int_equal(test->from_word(""), test->otherwise);
    assert_int_equal(test->from_word("nonsense"), test->otherwise);
}

/* Of these some values share a word, or have none on purpose. */
static void test_what_is_no_value_has_no_word(G_GNUC_UNUSED void **state)
{
    enum { NONE = 1000 };
    assert_null(target_word((Target)NONE));
    assert_null(role_word((Role)NONE));
    assert_null(bound_by_word((BoundBy)NONE));
    assert_null(flow_direction_word((FlowDirection)NONE));
    assert_null(protocol_word((Protocol)NONE));
    assert_null(protocol_word(PROTOCOL_ANY));
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_what_is_no_value_has_no_word)};
    return RUN_CASES(test_words, words) + cmocka_run_group_tests(others, NULL, NULL);
}
