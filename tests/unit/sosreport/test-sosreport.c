/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A real report of the host of the incident (sos 4.0, with the plugins networking, firewalld, kernel, host and
 * dpkg), as a folder and as an archive, whole and damaged in every way that a report can be. */
#include "sosreport/sosreport.h"

#include "cases.h"
#include "model/error.h"
#include "model/firewalld/verdict.h"
#include "model/foreach.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ADDRESSES "sos_commands/networking/ip_-d_address"
#define ROUTES    "sos_commands/networking/ip_route_show_table_all"
#define RULES     "sos_commands/networking/ip_-4_rule"
#define ZONES     "sos_commands/firewalld/firewall-cmd_--list-all-zones"
#define STATE     "sos_commands/firewalld/firewall-cmd_--state"
#define RULESET   "sos_commands/firewalld/nft_list_ruleset"
#define DIRECT    "sos_commands/firewalld/firewall-cmd_--direct_--get-all-rules"
#define PERMANENT "sos_commands/firewalld/firewall-cmd_--permanent_--list-all-zones"
#define CONF      "etc/firewalld/firewalld.conf"
#define SYSCTL    "sos_commands/kernel/sysctl_-a"
#define OWN       "sos_commands/nicfix/nicfix_snapshot"

/* Runs PROGRAM with further words; it must not fail. */
static void run(const char *program, ...)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    va_list more;
    va_start(more, program);
    for (const char *word = program; word != NULL; word = va_arg(more, const char *))
        g_ptr_array_add(words, (char *)word);
    va_end(more);
    g_ptr_array_add(words, NULL);
    int status = -1;
    g_spawn_sync(NULL, (char **)words->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                 &status, NULL);
    assert_int_equal(status, 0);
}

/* ---- a copy of the report ---- */

typedef struct {
    char *folder;
    char *report; /* the folder of the report in it */
} Copy;

static void copy_clear(Copy *copy)
{
    run("rm", "-r", copy->folder, NULL);
    g_free(copy->folder);
    g_free(copy->report);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Copy, copy_clear)

static Copy copy_of_report(void)
{
    g_autofree char *fixture =
        g_build_filename(g_getenv("FIXTURES"), "sosreport", "incident", NULL);
    Copy copy = {.folder = g_dir_make_tmp("nicfix-XXXXXX", NULL)};
    copy.report = g_build_filename(copy.folder, "sosreport-worker1-2026", NULL);
    run("cp", "-r", fixture, copy.report, NULL);
    return copy;
}

static char *path_in(const Copy *copy, const char *name)
{
    return g_build_filename(copy->report, name, NULL);
}

static void write_file(const Copy *copy, const char *name, const char *text, gssize size)
{
    g_autofree char *path = path_in(copy, name);
    g_autofree char *folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0755);
    g_unlink(path);
    assert_true(g_file_set_contents(path, text, size, NULL));
}

/* ---- the whole ---- */

static guint possible(const Snapshot *snapshot)
{
    Flow flow = flow_new(FLOW_FORWARD, FAMILY_IPV4);
    flow.in = "cni0";
    flow.out = "enp2s0";
    flow.protocol = PROTOCOL_TCP;
    flow.port = 8629;
    g_autoptr(Verdict) verdict = verdict_of(snapshot, &flow);
    return verdict->possible;
}

static bool is_unread(const Snapshot *snapshot, const char *what)
{
    PTR_ARRAY_FOREACH (const Unread, unread, snapshot->unread) {
        if (g_str_equal(unread->what, what))
            return true;
    }
    return false;
}

static void assert_whole(const Snapshot *snapshot)
{
    const Link *pod = snapshot_link_by_name(snapshot, "vethpod");
    const Firewalld *firewalld = snapshot->firewalld;
    assert_string_equal(snapshot->host, "worker1");
    assert_int_equal(snapshot->links->len, 4);
    assert_int_equal(pod->master, snapshot_link_by_name(snapshot, "cni0")->index);
    assert_int_equal(pod->forwarding_ipv4, TRISTATE_YES);
    assert_int_equal(pod->forwarding_ipv6, TRISTATE_NO);
    assert_int_equal(snapshot->forwarding_ipv4, TRISTATE_YES);
    assert_int_equal(snapshot->bridge_call_iptables, TRISTATE_YES);
    assert_int_equal(snapshot->routes->len, 1);
    assert_int_equal(snapshot->routes_complete, TRISTATE_YES);
    assert_int_equal(snapshot->rules->len, 5);
    assert_string_equal(firewalld->version, "1.3.3");
    assert_string_equal(firewalld->state, "RUNNING");
    assert_string_equal(firewalld->default_zone, "public");
    assert_int_equal(firewalld->panic, TRISTATE_NO);
    assert_int_equal(firewalld->direct_rules, TRISTATE_NO);
    assert_null(permanent_binding(snapshot->permanent, "enp2s0")->zone);
    assert_null(snapshot->ruleset);
    assert_true(is_unread(snapshot, "the kernel's nf_tables rules"));
    assert_int_equal(possible(snapshot), OUTCOME_REJECT);
}

static Snapshot *read_report(const char *path, GError **error)
{
    SosreportSource source = SOSREPORT_SNAPSHOT;
    Snapshot *snapshot = sosreport_read(path, &source, error);
    assert_true(snapshot == NULL || source == SOSREPORT_TEXT);
    return snapshot;
}

static void test_a_folder(void **state)
{
    (void)state;
    g_auto(Copy) copy = copy_of_report();
    g_autoptr(Snapshot) inner = read_report(copy.report, NULL);
    g_autoptr(Snapshot) outer = read_report(copy.folder, NULL);
    assert_whole(inner);
    assert_whole(outer);
}

typedef struct {
    const char *name;
    const char *option;
} ArchiveCase;

static const ArchiveCase archives[] = {
    {"plain", "-cf"},
    {"gzip", "-czf"},
    {"bzip2", "-cjf"},
    {"xz", "-cJf"},
};

/* Without libarchive the error says what to do. */
static void assert_archive(const char *path, void (*check)(const Snapshot *snapshot))
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Snapshot) snapshot = read_report(path, &error);
#ifdef HAVE_LIBARCHIVE
    assert_null(error);
    check(snapshot);
#else
    (void)check;
    assert_null(snapshot);
    assert_non_null(strstr(error->message, "without libarchive"));
#endif
}

static char *archive_of(const Copy *copy, const char *option)
{
    char *path = g_build_filename(copy->folder, "report.tar", NULL);
    run("tar", option, path, "-C", copy->folder, "sosreport-worker1-2026", NULL);
    return path;
}

static void test_archive(void **state)
{
    const ArchiveCase *row = *state;
    g_auto(Copy) copy = copy_of_report();
    g_autofree char *path = archive_of(&copy, row->option);
    assert_archive(path, assert_whole);
}

/* Wherever it is cut off: an error, or less is known; never a crash, and never another answer. */
static void test_archive_cut_off(void **state)
{
    (void)state;
    g_auto(Copy) copy = copy_of_report();
    g_autofree char *path = archive_of(&copy, "-czf");
    g_autofree char *bytes = NULL;
    gsize size;
    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    for (gsize length = 0; length < size; length += size / 40 + 1) {
        g_autoptr(GError) error = NULL;
        assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
        g_autoptr(Snapshot) snapshot = read_report(path, &error);
        assert_null(snapshot);
        assert_int_equal(error->code, NICFIX_ERROR_BAD_INPUT);
    }
}

/* ---- damaged ---- */

typedef enum {
    DAMAGE_REMOVED,
    DAMAGE_TEXT,   /* another text */
    DAMAGE_CUT,    /* half of it is lost */
    DAMAGE_BINARY, /* it has a NUL */
    DAMAGE_HUGE,
    DAMAGE_LINK, /* it is a symbolic link to what is outside */
    DAMAGE_FOLDER,
    DAMAGE_FIFO,
} Damage;

typedef struct {
    const char *name;
    const char *file;
    Damage damage;
    const char *text;
    const char *message; /* part of the error; NULL: there is none */
    const char *unread;
    guint possible; /* 0: not asked */
} DamageCase;

static const DamageCase damages[] = {
    {"no links", ADDRESSES, DAMAGE_REMOVED,
     .message = "ip_-d_address: the sosreport does not have it"},
    {"links cut off", ADDRESSES, DAMAGE_CUT, .message = "ends in the middle of a line"},
    {"binary links", ADDRESSES, DAMAGE_BINARY, .message = "it is not text"},
    {"huge links", ADDRESSES, DAMAGE_HUGE, .message = "too large"},
    {"links that lead out", ADDRESSES, DAMAGE_LINK, .message = "leads out of the sosreport"},
    {"a folder of links", ADDRESSES, DAMAGE_FOLDER, .message = "not a regular file"},
    {"a queue of links", ADDRESSES, DAMAGE_FIFO, .message = "not a regular file"},
    {"no text of links", ADDRESSES, DAMAGE_TEXT, "", .message = "it is empty"},
    {"no zones", ZONES, DAMAGE_REMOVED,
     .message = "list-all-zones: the sosreport does not have it"},
    {"zones cut off", ZONES, DAMAGE_CUT, .message = "ends in the middle of a line"},
    {"firewalld did not run", STATE, DAMAGE_TEXT, "not running\n",
     .message = "firewalld did not run"},
    {"no state", STATE, DAMAGE_REMOVED, .unread = "firewalld's state", .possible = OUTCOME_REJECT},
    {"no routes", ROUTES, DAMAGE_REMOVED, .unread = "routes"},
    {"routes cut off", ROUTES, DAMAGE_CUT, .unread = "routes"},
    {"a route that is none", ROUTES, DAMAGE_TEXT, "rubbish\n", .unread = "some routes"},
    {"no rules", RULES, DAMAGE_REMOVED, .unread = "routing rules of IPv4"},
    {"a rule that is none", RULES, DAMAGE_TEXT, "rubbish\n",
     .unread = "some routing rules of IPv4"},
    {"no ruleset", RULESET, DAMAGE_REMOVED, .unread = "panic mode", .possible = OUTCOME_ANY},
    {"a policy of which nothing is known", RULESET, DAMAGE_TEXT,
     "table inet firewalld {\n\tchain filter_FWD_policy_pods {\n\t}\n}\n",
     .unread = "the settings of policies", .possible = OUTCOME_ANY},
    {"direct rules that are lost", DIRECT, DAMAGE_REMOVED, .unread = "direct rules",
     .possible = OUTCOME_REJECT},
    {"no permanent configuration", PERMANENT, DAMAGE_REMOVED,
     .unread = "the permanent configuration", .possible = OUTCOME_REJECT},
    {"links of an older ip", ADDRESSES, DAMAGE_TEXT,
     "1: eth0: <UP,LOWER_UP> mtu 1500 qdisc noop state UP\n    link/ether 52:54:00:12:34:56 brd "
     "ff:ff:ff:ff:ff:ff\n",
     .unread = "which interfaces are hardware"},
    {"a broken permanent configuration", PERMANENT, DAMAGE_TEXT, "rubbish\n",
     .unread = "the permanent configuration", .possible = OUTCOME_REJECT},
    {"no configuration file", CONF, DAMAGE_REMOVED,
     .unread = "firewalld's default zone and options", .possible = OUTCOME_ANY},
    {"no kernel settings", SYSCTL, DAMAGE_REMOVED, .unread = "forwarding settings"},
    {"no packages", "sos_commands/dpkg/dpkg_-l", DAMAGE_REMOVED, .unread = "firewalld's version"},
    {"a broken snapshot", OWN, DAMAGE_TEXT, "{\"schema\": \"nicfix.snapshot/1\"}\n",
     .unread = "nicfix's own snapshot", .possible = OUTCOME_REJECT},
};

static void cut_file(const Copy *copy, const char *name)
{
    g_autofree char *path = path_in(copy, name);
    g_autofree char *text = NULL;
    gsize size;
    assert_true(g_file_get_contents(path, &text, &size, NULL));
    size /= 2;
    write_file(copy, name, text, (gssize)(text[size - 1] != '\n' ? size : size - 1));
}

static void do_damage(const Copy *copy, const DamageCase *row)
{
    enum { MEBIBYTE = 1024 * 1024 };
    g_autofree char *path = path_in(copy, row->file);
    if (row->damage == DAMAGE_TEXT)
        write_file(copy, row->file, row->text, -1);
    else if (row->damage == DAMAGE_CUT)
        cut_file(copy, row->file);
    else if (row->damage == DAMAGE_BINARY)
        write_file(copy, row->file, "1: lo\0:\n", 8);
    else if (row->damage == DAMAGE_HUGE)
        assert_int_equal(truncate(path, (off_t)300 * MEBIBYTE), 0);
    else
        assert_int_equal(g_unlink(path), 0);
    if (row->damage == DAMAGE_LINK)
        assert_int_equal(symlink("../../../../../../../../etc/passwd", path), 0);
    if (row->damage == DAMAGE_FOLDER)
        assert_int_equal(g_mkdir(path, 0755), 0);
    if (row->damage == DAMAGE_FIFO)
        assert_int_equal(mkfifo(path, 0644), 0);
}

static void test_damage(void **state)
{
    const DamageCase *row = *state;
    g_auto(Copy) copy = copy_of_report();
    g_autoptr(GError) error = NULL;
    do_damage(&copy, row);
    g_autoptr(Snapshot) snapshot = read_report(copy.report, &error);
    if (row->message != NULL) {
        assert_null(snapshot);
        assert_non_null(nicfix_error_hint(error));
        if (strstr(error->message, row->message) == NULL)
            fail_msg("%s", error->message);
        return;
    }
    assert_non_null(snapshot);
    assert_true(is_unread(snapshot, row->unread));
    if (row->possible != 0)
        assert_int_equal(possible(snapshot), row->possible);
    if (strstr(row->unread, "rout") != NULL)
        assert_int_equal(snapshot->routes_complete, TRISTATE_NO);
}

static void test_two_permanent_zones(void **state)
{
    (void)state;
    g_auto(Copy) copy = copy_of_report();
    write_file(&copy, PERMANENT,
               "a\n  interfaces: cni0\n\nb\n  interfaces: enp2s0 cni0\n\nc\n  interfaces: cni0\n",
               -1);
    g_autoptr(Snapshot) snapshot = read_report(copy.report, NULL);
    const PermanentBinding *twice = permanent_binding(snapshot->permanent, "cni0");
    const PermanentBinding *once = permanent_binding(snapshot->permanent, "enp2s0");
    assert_string_equal(twice->conflict, "zones a and b both have it");
    assert_string_equal(once->zone, "b");
    assert_null(once->conflict);
}

/* The links of an archive are looked for inside of it. */
static void assert_version_is_unread(const Snapshot *snapshot)
{
    assert_true(is_unread(snapshot, "firewalld's version"));
}

static void test_a_link_out_of_an_archive(void **state)
{
    (void)state;
    static const char *const targets[] = {"/etc/passwd", "../../../etc/passwd", "installed-debs",
                                          "sos_commands/host", "nowhere"};
    for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_auto(Copy) copy = copy_of_report();
        g_autofree char *link = path_in(&copy, "installed-debs");
        g_autofree char *list = path_in(&copy, "sos_commands/dpkg/dpkg_-l");
        g_unlink(link);
        g_unlink(list);
        assert_int_equal(symlink(targets[i], link), 0);
        g_autofree char *path = archive_of(&copy, "-cf");
        assert_archive(path, assert_version_is_unread);
    }
}

/* ---- what is no report ---- */

static void assert_no_report(const char *path, NicfixError code)
{
    g_autoptr(GError) error = NULL;
    assert_null(read_report(path, &error));
    assert_int_equal(error->code, code);
    assert_non_null(nicfix_error_hint(error));
}

static void test_what_is_no_report(void **state)
{
    (void)state;
    g_auto(Copy) copy = copy_of_report();
    g_autofree char *commands = path_in(&copy, "sos_commands/networking");
    g_autofree char *file = path_in(&copy, ADDRESSES);
    assert_no_report("/nowhere", NICFIX_ERROR_NOT_FOUND);
    assert_no_report("/dev/null", NICFIX_ERROR_BAD_INPUT);
    assert_no_report(commands, NICFIX_ERROR_BAD_INPUT);
    assert_no_report(file, NICFIX_ERROR_BAD_INPUT);
}

/* ---- nicfix's own ---- */

static void test_its_own_snapshot(void **state)
{
    (void)state;
    g_auto(Copy) copy = copy_of_report();
    g_autofree char *fixture = g_build_filename(g_getenv("FIXTURES"), "incident.json", NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(fixture, &text, NULL, NULL));
    write_file(&copy, OWN, text, -1);
    SosreportSource source = SOSREPORT_TEXT;
    g_autoptr(Snapshot) snapshot = sosreport_read(copy.report, &source, NULL);
    assert_int_equal(source, SOSREPORT_SNAPSHOT);
    assert_string_not_equal(snapshot->host, "worker1");
    assert_false(is_unread(snapshot, "the sockets that listen"));
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_a_folder),
        cmocka_unit_test(test_archive_cut_off),
        cmocka_unit_test(test_a_link_out_of_an_archive),
        cmocka_unit_test(test_two_permanent_zones),
        cmocka_unit_test(test_what_is_no_report),
        cmocka_unit_test(test_its_own_snapshot),
    };
    return RUN_CASES(test_archive, archives) + RUN_CASES(test_damage, damages) +
           cmocka_run_group_tests(others, NULL, NULL);
}
