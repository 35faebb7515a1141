/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a change: what is written is what is read, and what nicfix did not write is not
 * believed. */
#include "act/record.h"

#include "cases.h"
#include "model/error.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a folder of its own for each test ---- */

static char *make_folder(void)
{
    char *folder = g_dir_make_tmp("nicfix-record-XXXXXX", NULL);
    assert_non_null(folder);
    g_autofree char *state = g_build_filename(folder, "state", NULL);
    assert_true(g_setenv("STATE_DIRECTORY", state, TRUE));
    return folder;
}

static void remove_folder(char *folder)
{
    record_remove();
    g_autofree char *state = g_build_filename(folder, "state", NULL);
    g_rmdir(state);
    g_rmdir(folder);
    g_free(folder);
}

static Record *make_record(void)
{
    const char *const uplinks[] = {"wan0", "odd;name", NULL};
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    g_ptr_array_add(actions, action_new(ACTION_MOVE, SCOPE_RUNTIME, "eth0", "work", "public"));
    g_ptr_array_add(actions, action_new_for_profile("eth0", "u-1", "work", NULL));
    g_ptr_array_add(actions, action_new(ACTION_ENABLE_FORWARD, SCOPE_PERMANENT, NULL, NULL, "a=b"));
    g_ptr_array_add(
        actions, action_new_for_zone(ACTION_ADD_SOURCE, SCOPE_RUNTIME, "trusted", "10.1.0.0/16"));
    g_ptr_array_add(actions,
                    action_new_for_policy(ACTION_ADD_POLICY, SCOPE_PERMANENT, "a-b", "a", "b"));
    return record_new(actions, &(Declared){.uplinks = uplinks});
}

/* ---- there and back ---- */

static void assert_same(const Record *a, const Record *b)
{
    assert_string_equal(a->id, b->id);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->deadline, b->deadline);
    assert_int_equal(a->confirming, b->confirming);
    assert_string_equal(a->boot_id, b->boot_id);
    assert_true(g_strv_equal((const char *const *)a->uplinks, (const char *const *)b->uplinks));
    assert_int_equal(a->actions->len, b->actions->len);
    for (guint i = 0; i < a->actions->len; i++) {
        const Action *one = g_ptr_array_index(a->actions, i);
        const Action *other = g_ptr_array_index(b->actions, i);
        assert_int_equal(one->op, other->op);
        assert_int_equal(one->scope, other->scope);
        assert_int_equal(g_strcmp0(one->interface, other->interface), 0);
        assert_int_equal(g_strcmp0(one->from, other->from), 0);
        assert_int_equal(g_strcmp0(one->to, other->to), 0);
        assert_int_equal(g_strcmp0(one->value, other->value), 0);
        assert_int_equal(g_strcmp0(one->profile, other->profile), 0);
    }
}

static void test_there_and_back(void **state)
{
    (void)state;
    char *folder = make_folder();
    g_autoptr(Record) written = make_record();
    record_set_pending(written, 3600);
    written->confirming = true;
    assert_true(record_save(written, NULL));
    g_autoptr(Record) read = NULL;
    assert_true(record_load(&read, NULL));
    assert_same(written, read);
    assert_true(record_is_pending(read));
    assert_true(record_seconds_left(read) >= 3590 && record_seconds_left(read) <= 3600);
    remove_folder(folder);
}

static void test_only_its_owner_reads_it(void **state)
{
    (void)state;
    char *folder = make_folder();
    g_autoptr(Record) record = make_record();
    assert_true(record_save(record, NULL));
    g_autofree char *path = record_path();
    g_autofree char *directory = g_path_get_dirname(path);
    GStatBuf status;
    assert_int_equal(g_stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(g_stat(directory, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    remove_folder(folder);
}

static void test_none(void **state)
{
    (void)state;
    char *folder = make_folder();
    g_autoptr(Record) record = make_record();
    g_autoptr(Record) read = make_record();
    Record *before = read;
    assert_true(record_load(&before, NULL));
    assert_null(before);
    assert_true(record_save(record, NULL));
    record_remove();
    assert_true(record_load(&before, NULL));
    assert_null(before);
    assert_false(record_is_pending(NULL));
    remove_folder(folder);
}

static void test_a_folder_in_its_place(void **state)
{
    (void)state;
    char *folder = make_folder();
    g_autofree char *path = record_path();
    assert_int_equal(g_mkdir_with_parents(path, 0700), 0);
    g_autoptr(Record) record = make_record();
    g_autoptr(Record) read = NULL;
    g_autoptr(GError) error = NULL;
    assert_false(record_save(record, &error));
    assert_int_equal(error->code, NICFIX_ERROR_REFUSED); /* root could not do it either */
    assert_false(record_load(&read, NULL));
    g_rmdir(path);
    remove_folder(folder);
}

/* It has no writer: opening it would wait for one. */
static void test_a_fifo_in_its_place(void **state)
{
    (void)state;
    char *folder = make_folder();
    g_autofree char *path = record_path();
    g_autofree char *directory = g_path_get_dirname(path);
    assert_int_equal(g_mkdir(directory, 0700), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    g_autoptr(Record) read = NULL;
    g_autoptr(GError) error = NULL;
    assert_false(record_load(&read, &error));
    assert_int_equal(error->code, NICFIX_ERROR_BAD_INPUT);
    remove_folder(folder);
}

/* What is no directory has no record in it. */
static void test_a_file_in_place_of_the_directory(void **state)
{
    (void)state;
    char *folder = make_folder();
    g_autofree char *path = record_path();
    g_autofree char *directory = g_path_get_dirname(path);
    assert_true(g_file_set_contents(directory, "", 0, NULL));
    g_autoptr(Record) record = make_record();
    g_autoptr(Record) read = NULL;
    g_autoptr(GError) error = NULL;
    assert_true(record_load(&read, NULL));
    assert_null(read);
    assert_false(record_save(record, &error));
    assert_int_equal(error->code, NICFIX_ERROR_REFUSED);
    g_unlink(directory);
    remove_folder(folder);
}

/* ---- waiting ---- */

typedef struct {
    const char *name;
    RecordState state;
    const char *boot; /* NULL: this one */
    bool pending;
} PendingCase;

static const PendingCase waiting[] = {
    {"it waits", RECORD_PENDING, NULL, true},
    {"it was confirmed", RECORD_DONE, NULL, false},
    {"it was not finished", RECORD_BEGUN, NULL, false},
    {"the host has been booted since", RECORD_PENDING, "another", false},
};

static void test_pending(void **state)
{
    const PendingCase *row = *state;
    g_autoptr(Record) record = make_record();
    record_set_pending(record, 0);
    record->state = row->state;
    if (row->boot != NULL) {
        g_free(record->boot_id);
        record->boot_id = g_strdup(row->boot);
    }
    assert_int_equal(record_is_pending(record), row->pending);
    assert_int_equal(record_seconds_left(record), 0);
}

/* ---- what nicfix did not write ---- */

#define CHANGE                                                                                     \
    "[change]\nformat=1\nid=01234567\nstate=done\nboot=b\ndeadline=0\nuplinks=\nactions=1\n"
#define ACTION "[action 0]\nop=bind\nscope=runtime\ninterface=eth0\nto=public\n"

typedef struct {
    const char *name;
    const char *text;
    mode_t mode;
    bool believed;
} ForeignCase;

static const ForeignCase foreign[] = {
    {"what is right", CHANGE ACTION, 0600, true},
    {"anybody could have written it", CHANGE ACTION, 0622, false},
    {"empty", "", 0600, false},
    {"no key file", "{}", 0600, false},
    {"not UTF-8", CHANGE "[action 0]\nop=bind\nscope=runtime\ninterface=\xff\nto=public\n", 0600,
     false},
    {"of a later format", "[change]\nformat=2\n", 0600, false},
    {"no actions",
     "[change]\nformat=1\nid=0\nstate=done\nboot=b\ndeadline=0\nuplinks=\nactions=0\n", 0600,
     false},
    {"cut off", CHANGE, 0600, false},
    {"more actions than can be",
     "[change]\nformat=1\nid=0\nstate=done\nboot=b\ndeadline=0\nuplinks=\nactions=99999999999\n",
     0600, false},
    {"an unknown state",
     "[change]\nformat=1\nid=0\nstate=odd\nboot=b\ndeadline=0\nuplinks=\nactions=1\n" ACTION, 0600,
     false},
    {"an unknown operation", CHANGE "[action 0]\nop=reload\nscope=runtime\ninterface=e\nto=p\n",
     0600, false},
    {"an unknown scope", CHANGE "[action 0]\nop=bind\nscope=all\ninterface=e\nto=p\n", 0600, false},
    {"a binding without a zone", CHANGE "[action 0]\nop=bind\nscope=runtime\ninterface=e\n", 0600,
     false},
    {"a move from nowhere", CHANGE "[action 0]\nop=move\nscope=runtime\ninterface=e\nto=p\n", 0600,
     false},
    {"an empty interface", CHANGE "[action 0]\nop=bind\nscope=runtime\ninterface=\nto=p\n", 0600,
     false},
    {"a profile without its UUID",
     CHANGE "[action 0]\nop=bind\nscope=networkmanager\ninterface=e\nto=p\n", 0600, false},
    {"a forward with an interface",
     CHANGE "[action 0]\nop=enable-forward\nscope=runtime\ninterface=e\nto=p\n", 0600, false},
    {"a source without a network", CHANGE "[action 0]\nop=add-source\nscope=runtime\nto=p\n", 0600,
     false},
    {"a service of an interface",
     CHANGE "[action 0]\nop=add-service\nscope=runtime\ninterface=e\nvalue=dns\nto=p\n", 0600,
     false},
    {"a policy from nowhere",
     CHANGE "[action 0]\nop=add-policy\nscope=permanent\nvalue=a-b\nto=b\n", 0600, false},
    {"a policy", CHANGE "[action 0]\nop=add-policy\nscope=permanent\nvalue=a-b\nfrom=a\nto=b\n",
     0600, true},
};

static void test_foreign(void **state)
{
    const ForeignCase *row = *state;
    char *folder = make_folder();
    g_autofree char *path = record_path();
    g_autofree char *directory = g_path_get_dirname(path);
    assert_int_equal(g_mkdir(directory, 0700), 0);
    assert_true(g_file_set_contents(path, row->text, -1, NULL));
    assert_int_equal(g_chmod(path, row->mode), 0);
    g_autoptr(Record) record = NULL;
    g_autoptr(GError) error = NULL;
    assert_int_equal(record_load(&record, &error), row->believed);
    assert_int_equal(record != NULL, row->believed);
    assert_int_equal(error != NULL ? error->code : -1,
                     row->believed ? -1 : (int)NICFIX_ERROR_BAD_INPUT);
    remove_folder(folder);
}

static void test_a_link_in_its_place(void **state)
{
    (void)state;
    char *folder = make_folder();
    g_autoptr(Record) record = make_record();
    assert_true(record_save(record, NULL));
    g_autofree char *path = record_path();
    g_autofree char *other = g_build_filename(folder, "other", NULL);
    assert_int_equal(g_rename(path, other), 0);
    assert_int_equal(symlink(other, path), 0);
    g_autoptr(Record) read = NULL;
    assert_false(record_load(&read, NULL));
    g_unlink(other);
    remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_only_its_owner_reads_it),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_a_folder_in_its_place),
        cmocka_unit_test(test_a_fifo_in_its_place),
        cmocka_unit_test(test_a_file_in_place_of_the_directory),
        cmocka_unit_test(test_a_link_in_its_place),
    };
    return cmocka_run_group_tests(single, NULL, NULL) + RUN_CASES(test_pending, waiting) +
           RUN_CASES(test_foreign, foreign);
}
