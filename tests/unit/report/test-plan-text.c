/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sentences about plans, word for word. */
#include "report/plan-text.h"

#include "model/error.h"
#include "report/template.h"

#include "cases.h"

/* A member that its owner would free. */
#define OWNED(text) ((char *)(text))

/* ---- templates ---- */

static void test_template(G_GNUC_UNUSED void **state)
{
    g_autofree char *text =
        template_fill("{a} and {bb}, {a}{none}.", "bb", "{a}", "a", "1", "none", NULL, NULL);
    assert_string_equal(text, "1 and {a}, 1.");
    g_autofree char *plain = template_fill("", NULL);
    assert_string_equal(plain, "");
}

/* ---- refusals ---- */

typedef struct {
    const char *name;
    PlanRefusal refusal; /* but for the zones, which are public and work */
    NicfixError error;
    const char *message;
    const char *hint; /* NULL: none */
} RefusalCase;

static char *better[] = {OWNED("nicfix"), OWNED("apply"), OWNED("--move"), NULL};

static char *odd[] = {OWNED("nicfix"), OWNED("apply"), OWNED("--interface"), OWNED("$(id)&"), NULL};

static const Finding left = {.id = FINDING_PANIC_MODE};

static const RefusalCase refusals[] = {
    {"no such link",
     {REFUSED_NO_SUCH_LINK, .interface = "eth7"},
     NICFIX_ERROR_NOT_FOUND,
     "there is no interface eth7",
     "'nicfix list' shows the interfaces of this host"},
    {"a link that is mistyped",
     {REFUSED_NO_SUCH_LINK, .interface = "enp2s9", .other = "enp2s0"},
     NICFIX_ERROR_NOT_FOUND,
     "there is no interface enp2s9",
     "did you mean enp2s0?"},
    {"nothing is wrong",
     {REFUSED_HEALTHY, .interface = "eth 0", .zone = "public", .other = "work"},
     NICFIX_ERROR_REFUSED,
     "nothing is wrong with eth 0, which zone public filters, and nothing was changed",
     "to have it in zone work all the same: nicfix apply --zone work --interface 'eth 0' --move"},
    {"a zone that is mistyped",
     {REFUSED_NO_SUCH_ZONE, .zone = "Public", .other = "public"},
     NICFIX_ERROR_NOT_FOUND,
     "firewalld has no zone Public",
     "did you mean public?"},
    {"an alternative name",
     {REFUSED_ALTERNATIVE_NAME, .interface = "enp1s0", .other = "eth0"},
     NICFIX_ERROR_NOT_FOUND,
     "enp1s0 is an alternative name of eth0, which firewalld does not know",
     "use --interface eth0"},
    {"an alternative name of what a shell would run",
     {REFUSED_ALTERNATIVE_NAME, .interface = "enp1s0", .other = "$(id)&"},
     NICFIX_ERROR_NOT_FOUND,
     "enp1s0 is an alternative name of $(id)&, which firewalld does not know",
     "use --interface '$(id)&'"},
    {"a better command with what a shell would run",
     {REFUSED_NOT_CURED, .interface = "$(id)&", .zone = "public", .finding = &left, .better = odd},
     NICFIX_ERROR_REFUSED,
     "binding $(id)& to zone public would not cure it: firewalld is in panic mode and drops all "
     "traffic, even of established connections",
     "this would: nicfix apply --interface '$(id)&'"},
    {"a name with a control character",
     {REFUSED_NAME, .interface = "e\001"},
     NICFIX_ERROR_REFUSED,
     "the name of e\001 has characters that firewalld cannot write into its files: it could not "
     "read them again",
     "rename it: ip link set dev OLD name NEW"},
    {"the loopback",
     {REFUSED_LOOPBACK, .interface = "lo"},
     NICFIX_ERROR_REFUSED,
     "lo is the loopback: firewalld accepts it in every zone",
     NULL},
    {"a port",
     {REFUSED_PORT, .interface = "veth0", .other = "cni0"},
     NICFIX_ERROR_REFUSED,
     "veth0 is a port: the firewall never sees it",
     "use --interface cni0"},
    {"a port of a master that is not known",
     {REFUSED_PORT, .interface = "veth0"},
     NICFIX_ERROR_REFUSED,
     "veth0 is a port: the firewall never sees it",
     NULL},
    {"no such zone",
     {REFUSED_NO_SUCH_ZONE, .zone = "nosuch"},
     NICFIX_ERROR_NOT_FOUND,
     "firewalld has no zone nosuch",
     "'nicfix list' shows the zones of this host"},
    {"a zone that accepts everything",
     {REFUSED_ACCEPTING_ZONE, .zone = "trusted"},
     NICFIX_ERROR_REFUSED,
     "zone trusted accepts everything: an uplink in it opens the whole host",
     "use --force to override"},
    {"a program's zone",
     {REFUSED_PROGRAMS_ZONE, .zone = "docker"},
     NICFIX_ERROR_REFUSED,
     "another program manages zone docker and may undo any change",
     "use --force to override"},
    {"a program's link",
     {REFUSED_PROGRAMS_LINK, .interface = "docker0", .zone = "docker"},
     NICFIX_ERROR_REFUSED,
     "another program keeps docker0 in its zone docker and may put it back",
     "use --force to override"},
    {"several zones",
     {REFUSED_SEVERAL_ZONES, .interface = "eth0"},
     NICFIX_ERROR_REFUSED,
     "several zones (public, work) refuse what goes out through eth0, and it can be bound to only "
     "one",
     "choose one with --zone; --bind-downstream binds the downstreams to it as well"},
    {"different zones",
     {REFUSED_DIFFERENT_ZONES, .zone = "public", .other = "work"},
     NICFIX_ERROR_REFUSED,
     "the uplinks need different zones (public, work)",
     "apply to one interface at a time with --interface, or choose a zone with --zone"},
    {"an unread zone",
     {REFUSED_ZONE_UNREAD, .interface = "eth0"},
     NICFIX_ERROR_REFUSED,
     "the zone that filters eth0 could not be read",
     "name it with --zone"},
    {"bound elsewhere now",
     {REFUSED_BOUND_ELSEWHERE, .interface = "eth0", .zone = "work", .scope = SCOPE_RUNTIME},
     NICFIX_ERROR_REFUSED,
     "the running firewall binds eth0 to zone work",
     "use --move to take it out of that zone"},
    {"bound elsewhere permanently",
     {REFUSED_BOUND_ELSEWHERE, .interface = "eth0", .zone = "work", .scope = SCOPE_PERMANENT},
     NICFIX_ERROR_REFUSED,
     "the permanent configuration binds eth0 to zone work",
     "use --move to take it out of that zone"},
    {"bound elsewhere by a profile",
     {REFUSED_BOUND_ELSEWHERE, .interface = "eth0", .zone = "work", .scope = SCOPE_NETWORKMANAGER},
     NICFIX_ERROR_REFUSED,
     "NetworkManager's profile binds eth0 to zone work",
     "use --move to take it out of that zone"},
    {"an unknown profile",
     {REFUSED_PROFILE_UNKNOWN, .interface = "eth0"},
     NICFIX_ERROR_REFUSED,
     "NetworkManager manages eth0 but does not say by which profile",
     "use --runtime-only to change only the running firewall"},
    {"an unread manager",
     {REFUSED_MANAGER_UNREAD, .interface = "eth0"},
     NICFIX_ERROR_TIMEOUT,
     "NetworkManager is running, but whether it manages eth0 could not be read",
     "see systemctl status NetworkManager, or use --runtime-only to change only the running "
     "firewall"},
    {"an unread binding",
     {REFUSED_PERMANENT_UNREAD, .interface = "eth0"},
     NICFIX_ERROR_NOT_AUTHORISED,
     "the permanent binding of eth0 could not be read",
     "run as root, or use --runtime-only"},
    {"an unread configuration",
     {REFUSED_PERMANENT_UNREAD},
     NICFIX_ERROR_NOT_AUTHORISED,
     "firewalld's permanent configuration was not read",
     "run as root; with --snapshot, take the snapshot as root"},
    {"a conflict",
     {REFUSED_PERMANENT_CONFLICT, .interface = "eth0"},
     NICFIX_ERROR_REFUSED,
     "the permanent configuration binds eth0 in more than one zone",
     "remove it from all zones but one with firewall-cmd --permanent"},
    {"no cure",
     {REFUSED_NOT_CURED, .interface = "eth0", .zone = "work", .finding = &left},
     NICFIX_ERROR_REFUSED,
     "binding eth0 to zone work would not cure it: firewalld is in panic mode and drops all "
     "traffic, even "
     "of established connections",
     NULL},
    {"no cure, but there is one",
     {REFUSED_NOT_CURED, .interface = "eth0", .zone = "work", .finding = &left, .better = better},
     NICFIX_ERROR_REFUSED,
     "binding eth0 to zone work would not cure it: firewalld is in panic mode and drops all "
     "traffic, even "
     "of established connections",
     "this would: nicfix apply --move"},
    {"worse",
     {REFUSED_WORSE, .finding = &left},
     NICFIX_ERROR_REFUSED,
     "this would break something else: firewalld is in panic mode and drops all traffic, even "
     "of established connections",
     "use --force to override"},
    {"rules that a reload keeps",
     {REFUSED_RULES_KEPT_BY_RELOAD, .interface = "eth0", .zone = "work"},
     NICFIX_ERROR_REFUSED,
     "this version of firewalld keeps the rules that eth0 has in zone work when it is moved at run "
     "time, and with FlushAllOnReload=no only a restart removes them",
     "use --permanent-only, and run systemctl restart firewalld when it suits (what else it would "
     "lose could not be read)"},
    {"harm",
     {REFUSED_HARM, .harm = {HARM_OUTSIDE_INSIDE, .interface = "wan0", .zone = "internal"}},
     NICFIX_ERROR_REFUSED,
     "wan0 leads to other networks, and zone internal is meant for inside: this would open the "
     "host "
     "and what is behind it",
     "use --force to override"},
    {"harm that another cure does not do",
     {REFUSED_HARM, .harm = {HARM_CLOSES, .interface = "eth0", .service = "22/tcp"},
      .better = better},
     NICFIX_ERROR_REFUSED,
     "port 22/tcp would no longer be reachable from eth0, and a service listens there",
     "this would cure it without harm: nicfix apply --move; or use --force to override"},
    {"another program's link",
     {REFUSED_HARM, .harm = {HARM_OWNERS_LINK, .interface = "docker0", .zone = "docker"}},
     NICFIX_ERROR_REFUSED,
     "docker0 belongs in zone docker: the program that made it puts it there, and fails where "
     "another zone has it",
     "use --force to override"},
};

static void test_refusal(void **state)
{
    const RefusalCase *row = *state;
    g_autoptr(GPtrArray) zones = g_ptr_array_new();
    g_ptr_array_add(zones, OWNED("public"));
    g_ptr_array_add(zones, OWNED("work"));
    PlanRefusal refusal = row->refusal;
    refusal.zones = zones;
    g_autoptr(GError) error = NULL;
    plan_refusal_set_error(&refusal, &error);
    assert_string_equal(error->message, row->message);
    assert_int_equal(g_strcmp0(nicfix_error_hint(error), row->hint), 0);
    assert_true(g_error_matches(error, NICFIX_ERROR, (gint)row->error));
}

/* ---- notes ---- */

typedef struct {
    const char *name;
    PlanNote note;
    const char *text;
} NoteCase;

static const NoteCase notes[] = {
    {"runtime only",
     {NOTE_RUNTIME_ONLY},
     "--runtime-only: the next reload or restart of firewalld undoes this"},
    {"permanent only",
     {NOTE_PERMANENT_ONLY},
     "--permanent-only: nothing changes now; this takes effect when firewalld and NetworkManager "
     "start next"},
    {"masquerade",
     {NOTE_MASQUERADE_LOST, .zone = OWNED("public"), .interface = OWNED("eth0")},
     "zone public does not masquerade what goes out through eth0, as its zone does now: hosts with "
     "private addresses will get no answers"},
    {"policies",
     {NOTE_POLICIES_FORGOTTEN, .zone = OWNED("work")},
     "this firewalld forgets the policies of zone work when the only interface leaves it: run "
     "firewall-cmd --reload afterwards (what else it would lose could not be read)"},
    {"rules that stay",
     {NOTE_RULES_KEPT, .interface = OWNED("eth0"), .zone = OWNED("work")},
     "this firewalld keeps the rules that eth0 has in zone work: run firewall-cmd --reload "
     "afterwards (what else it would lose could not be read)"},
    {"changed by others, a link",
     {NOTE_OVERTAKEN, .interface = OWNED("eth0"), .zone = OWNED("public")},
     "eth0 is left as it is (runtime): somebody else has changed it since"},
    {"unread, a zone",
     {NOTE_STATE_UNREAD, .scope = SCOPE_PERMANENT, .zone = OWNED("public")},
     "public is left as it is (permanent): its state could not be read"},
    {"a trial",
     {NOTE_TRIAL, .seconds = 8},
     "--confirm-within: undone in 8 s; made permanent when you run nicfix confirm"},
    {"no trial",
     {NOTE_NOTHING_ON_TRIAL},
     "--confirm-within: the running firewall does not change, and there is nothing to confirm"},
    {"no record",
     {NOTE_NOT_RECORDED, .reason = OWNED("it is full")},
     "nicfix undo cannot revert this: it is full"},
};

static void test_note(void **state)
{
    const NoteCase *row = *state;
    g_autofree char *text = plan_note_text(&row->note);
    assert_string_equal(text, row->text);
}

static void test_losses(G_GNUC_UNUSED void **state)
{
    ReloadLoss rows[] = {
        {RELOAD_LOSES, "zone", OWNED("public"), OWNED("service"), OWNED("http")},
        {RELOAD_BRINGS, "policy", OWNED("p"), OWNED("masquerade"), NULL},
        {RELOAD_REMOVES, "zone", OWNED("old"), NULL, NULL},
        {RELOAD_UNREAD, "ipset", OWNED("s"), NULL, NULL},
        {RELOAD_DIRECT_RULES, NULL, NULL, NULL, NULL},
        {RELOAD_FLUSHES, "table", OWNED("nat"), OWNED("podman"), OWNED("ip")},
        {RELOAD_FLUSHES, "table", OWNED("filter"), NULL, OWNED("ip6")},
    };
    g_autoptr(GPtrArray) losses = g_ptr_array_new();
    PlanNote note = {NOTE_POLICIES_FORGOTTEN, .zone = OWNED("work"), .losses = losses};
    g_autofree char *nothing = plan_note_text(&note);
    assert_true(g_str_has_suffix(nothing, "(it would lose nothing else)"));
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_ptr_array_add(losses, &rows[i]);
    g_autofree char *text = reload_losses_text(losses);
    assert_string_equal(text, "zone public loses service http; policy p gets masquerade; zone old "
                              "is lost; ipset s could not be read; direct rules that are not "
                              "permanent are lost; table ip nat loses the rules of podman; table "
                              "ip6 filter loses the rules of another program");
    g_autofree char *listed = plan_note_text(&note);
    assert_true(g_str_has_suffix(listed, "the rules of another program)"));
}

/* ---- assumptions ---- */

typedef struct {
    const char *name;
    ReloadAssumption assumption;
    const char *text;
} AssumptionCase;

static char *const bridges[] = {OWNED("docker0"), OWNED("docker1"), NULL};

static const AssumptionCase assumptions[] = {
    {"bindings kept",
     {ASSUMES_BINDINGS_KEPT, .zone = "public", .other = "work"},
     "what is bound to zone public stays there, although the default zone becomes work"},
    {"programs",
     {ASSUMES_PROGRAM_BINDS, .zone = "docker", .interfaces = bridges},
     "the program that manages zone docker puts docker0, docker1 back there"},
    {"default zone",
     {ASSUMES_NEW_DEFAULT_ZONE, .zone = "work"},
     "the default zone becomes work (firewalld takes five seconds to notice a changed "
     "firewalld.conf)"},
    {"network",
     {ASSUMES_SAME_NETWORK},
     "links, addresses, routes and the rules of other programs stay as they are now"},
};

static void test_assumption(void **state)
{
    const AssumptionCase *row = *state;
    g_autofree char *text = reload_assumption_text(&row->assumption);
    assert_string_equal(text, row->text);
}

/* ---- actions ---- */

static void test_action(G_GNUC_UNUSED void **state)
{
    static const struct {
        Action action;
        const char *text;
    } rows[] = {
        {{ACTION_BIND, SCOPE_RUNTIME, .interface = OWNED("eth0"), .to = OWNED("work")},
         "bind eth0 to zone work in the running firewall"},
        {{ACTION_UNBIND, SCOPE_PERMANENT, .interface = OWNED("eth0"), .from = OWNED("work")},
         "unbind eth0 from zone work in the permanent configuration"},
        {{ACTION_MOVE, SCOPE_NETWORKMANAGER, .interface = OWNED("eth0"), .from = OWNED("work"),
          .to = OWNED("public")},
         "move eth0 from zone work to zone public in NetworkManager's profile"},
        {{ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, .to = OWNED("work")},
         "enable forwarding within zone work in the running firewall"},
        {{ACTION_DISABLE_FORWARD, SCOPE_RUNTIME, .to = OWNED("work")},
         "disable forwarding within zone work in the running firewall"},
        {{ACTION_ADD_SOURCE, SCOPE_PERMANENT, .to = OWNED("work"), .value = OWNED("10.0.0.0/8")},
         "add source 10.0.0.0/8 to zone work in the permanent configuration"},
        {{ACTION_ADD_SERVICE, SCOPE_RUNTIME, .to = OWNED("work"), .value = OWNED("dns")},
         "allow service dns in zone work in the running firewall"},
        {{ACTION_ADD_PORT, SCOPE_RUNTIME, .to = OWNED("work"), .value = OWNED("53/udp")},
         "allow port 53/udp in zone work in the running firewall"},
        {{ACTION_ADD_POLICY, SCOPE_PERMANENT, .from = OWNED("home"), .to = OWNED("work"),
          .value = OWNED("p")},
         "add policy p, which accepts traffic from zone home to zone work, in the permanent "
         "configuration"},
        {{ACTION_ADD_POLICY, SCOPE_RUNTIME, .from = OWNED("home"), .to = OWNED("work"),
          .value = OWNED("p")},
         "reload firewalld, which puts policy p in force"},
        {{ACTION_REMOVE_POLICY, SCOPE_RUNTIME, .from = OWNED("home"), .to = OWNED("work"),
          .value = OWNED("p")},
         "remove policy p (from zone home to zone work) in the running firewall"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = action_text(&rows[i].action);
        assert_string_equal(text, rows[i].text);
    }
}

/* Whatever a link, a zone or a profile is called, a shell reads it as one word. */
static void test_command_line(G_GNUC_UNUSED void **state)
{
    static const struct {
        const char *name;
        const char *line; /* that binds a link of that name */
    } rows[] = {
        {"eth0", "firewall-cmd --zone=work --add-interface=eth0"},
        {"$(id)&", "firewall-cmd --zone=work '--add-interface=$(id)&'"},
        {"`id`;", "firewall-cmd --zone=work '--add-interface=`id`;'"},
        {"a b", "firewall-cmd --zone=work '--add-interface=a b'"},
        {"it's\"", "firewall-cmd --zone=work '--add-interface=it'\\''s\"'"},
        {"-rf", "firewall-cmd --zone=work --add-interface=-rf"},
        {"a\nb", "firewall-cmd --zone=work \"$(printf '\\055\\055add\\055interface=a\\012b')\""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Action action = {ACTION_BIND, SCOPE_RUNTIME, .interface = OWNED(rows[i].name),
                               .to = OWNED("work")};
        g_autofree char *line = action_command_line(&action);
        assert_string_equal(line, rows[i].line);
    }
    const Action move = {ACTION_MOVE, SCOPE_NETWORKMANAGER, .interface = OWNED("eth0"),
                         .to = OWNED("$(id)"), .profile = OWNED("1;2")};
    g_autofree char *line = action_command_line(&move);
    assert_string_equal(line, "nmcli connection modify '1;2' connection.zone '$(id)'");
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_template),
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_action),
        cmocka_unit_test(test_command_line),
    };
    return RUN_CASES(test_refusal, refusals) + RUN_CASES(test_note, notes) +
           RUN_CASES(test_assumption, assumptions) + cmocka_run_group_tests(others, NULL, NULL);
}
