/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is planned for a request, what is refused and with which hint, and what is predicted. */
#include "model/plan/plan.h"

#include "model/foreach.h"

#include "requests.h"
#include "rules.h"

#define NIC  "link lo loopback addr 127.0.0.1/8\nlink eth0 physical alt enp1s0 addr 10.1.0.10/24\n"
#define PODS "link cni0 bridge addr 10.244.2.1/24\nlink veth0 veth in cni0\n"
#define ZONES                                                                                      \
    "zone public services ssh,dhcpv6-client\nzone work services ssh ports 8080/tcp\n"              \
    "zone trusted target ACCEPT\nzone drop target DROP\nzone docker target ACCEPT forward no\n"    \
    "zone nm-shared target ACCEPT\nzone closed forward no\n"                                       \
    "service ssh ports 22/tcp\nservice dhcpv6-client ports 546/udp destination6 fe80::/64\n"
#define ROUTER                                                                                     \
    "link wan0 physical addr 203.0.113.9/24\nlink wan1 physical addr 198.51.100.9/24\n"            \
    "link br0 bridge addr 192.168.1.1/24\nlink br1 bridge addr 192.168.2.1/24\n"                   \
    "route 0.0.0.0/0 dev wan0 via 203.0.113.1\n" ZONES                                             \
    "zone external services ssh masquerade yes\nzone internal services ssh\n"                      \
    "bind external wan0\nbind internal br0\n"
#define NODE NIC PODS "route 0.0.0.0/0 dev eth0 via 10.1.0.1\n" ZONES "permanent eth0 -\n"

#define LASTING                                                                                    \
    "lasting zone public services ssh,dhcpv6-client\nlasting zone work services ssh\n"             \
    "lasting zone closed forward no\n"

#define BOUND_TO(zone)                                                                             \
    "firewall-cmd --zone=" zone " --add-interface=eth0\n"                                          \
    "firewall-cmd --permanent --zone=" zone " --add-interface=eth0\n"

/* ---- what is planned ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *request;
    const char *zone;     /* NULL: none, since there is nothing to do */
    const char *commands; /* of the actions, in order */
} PlanCase;

static const PlanCase plans[] = {
    {"the incident: the zone that filters the downstream", NODE, "", "public", BOUND_TO("public")},
    {"that zone is not the default one", NODE "bind work cni0\n", "", "work", BOUND_TO("work")},
    {"that zone is found by source", NODE "change work sources 10.244.0.0/16\n", "", "work",
     BOUND_TO("work")},
    {"nothing is refused: the zone that filters the uplink", NIC ZONES "permanent eth0 -\n", "",
     "public", BOUND_TO("public")},
    {"the zone that is named", NIC ZONES "permanent eth0 -\n", "--zone work", "work",
     BOUND_TO("work")},
    {"the running firewall only", NODE, "--runtime-only", "public",
     "firewall-cmd --zone=public --add-interface=eth0\n"},
    {"the permanent half is there already",
     NODE "permanent x -\nbind public x\n"
          "change public interfaces eth1\n",
     "", "public", BOUND_TO("public")},
    {"runtime-only binding: the permanent half is missing", NODE "change public interfaces eth0\n",
     "", "public", "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"permanent binding: the running half is missing",
     NIC PODS ZONES "bind public eth0\nchange public interfaces cni0\n", "", "public",
     "firewall-cmd --zone=public --add-interface=eth0\n"},
    {"a runtime-only binding that is the zone's own",
     NODE "change work interfaces eth0\nbind trusted cni0\n", "", "work",
     "firewall-cmd --permanent --zone=work --add-interface=eth0\n"},
    {"all is well: nothing to do", NODE "bind public eth0\n", "", NULL, ""},
    {"all is well, and the zone is named", NODE "bind public eth0\n", "--zone public", "public",
     ""},
    {"done already, asked for by name", NODE "bind public eth0\n", "--interface eth0", "public",
     ""},
    {"done already, both by name", NODE "bind public eth0\n", "--interface eth0 --zone public",
     "public", ""},
    {"an info is no reason to change anything", NODE "bind trusted cni0\n", "", NULL, ""},
    {"an info, but asked for", NODE "bind trusted cni0\n", "--interface eth0", "public",
     BOUND_TO("public")},
    {"two uplinks", NODE "link eth1 physical addr 198.51.100.2/24\npermanent eth1 -\n", "",
     "public",
     "firewall-cmd --zone=public --add-interface=eth0\n"
     "firewall-cmd --zone=public --add-interface=eth1\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth1\n"},
    {"one of two uplinks", NODE "link eth1 physical addr 198.51.100.2/24\npermanent eth1 -\n",
     "--interface eth1", "public",
     "firewall-cmd --zone=public --add-interface=eth1\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth1\n"},
    {"a named uplink", PODS ZONES "link wan bridge addr 203.0.113.9/24\npermanent wan -\n",
     "--uplink wan", "public",
     "firewall-cmd --zone=public --add-interface=wan\n"
     "firewall-cmd --permanent --zone=public --add-interface=wan\n"},

    {"one of two uplinks is in the zone that is named",
     NIC ZONES "bind public eth0\nlink eth1 physical addr 198.51.100.2/24\nbind work eth1\n",
     "--zone public", "public", ""},
    {"no uplink at all", PODS ZONES, "--zone work", "work", ""},
    {"nothing is wrong with it, and the user wants it elsewhere",
     NIC ZONES "permanent x -\nbind public eth0\n", "--interface eth0 --zone work --move", "work",
     "firewall-cmd --zone=work --change-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --remove-interface=eth0\n"
     "firewall-cmd --permanent --zone=work --add-interface=eth0\n"},

    /* Out of another zone. */
    {"moved", NODE "bind work eth0\n", "--move", "public",
     "firewall-cmd --zone=public --change-interface=eth0\n"
     "firewall-cmd --permanent --zone=work --remove-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"moved in the running firewall only", NODE "bind work eth0\n", "--move --runtime-only",
     "public", "firewall-cmd --zone=public --change-interface=eth0\n"},
    {"moved half-way: the running firewall alone",
     NODE "permanent x -\nbind work eth0\nchange work interfaces x\nlink x dummy\n"
          "change public interfaces eth0\n",
     "--zone public --move", "public",
     "firewall-cmd --permanent --zone=work --remove-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"the same, and no zone is named",
     NODE "permanent x -\nbind work eth0\nchange work interfaces x\nlink x dummy\n"
          "change public interfaces eth0\n",
     "--move", "public",
     "firewall-cmd --permanent --zone=work --remove-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"nothing of that without a word",
     NODE "permanent x -\nbind work eth0\nchange work interfaces x\nlink x dummy\n"
          "change public interfaces eth0\n",
     "", NULL, ""},
    {"bound nowhere now, elsewhere permanently",
     NODE "permanent x -\nbind work eth0\n"
          "change work interfaces x\nlink x dummy\n",
     "--move", "public",
     "firewall-cmd --zone=public --add-interface=eth0\n"
     "firewall-cmd --permanent --zone=work --remove-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"out of a wildcard of another zone: that is no move", NODE "bind work eth+\n", "--move",
     "public", BOUND_TO("public")},
    {"a wildcard of the zone binds it and lasts", NODE "bind public eth+\n", "--interface eth0",
     "public", ""},

    /* More than a binding. */
    {"forward switched on", NODE "bind closed cni0\nlasting zone closed forward no\n",
     "--enable-forward", "closed",
     "firewall-cmd --zone=closed --add-interface=eth0\n"
     "firewall-cmd --zone=closed --add-forward\n"
     "firewall-cmd --permanent --zone=closed --add-forward\n"
     "firewall-cmd --permanent --zone=closed --add-interface=eth0\n"},
    {"forward switched on alone",
     NODE "bind closed cni0\nbind closed eth0\nlasting zone closed forward no\n",
     "--enable-forward", "closed",
     "firewall-cmd --zone=closed --add-forward\n"
     "firewall-cmd --permanent --zone=closed --add-forward\n"},
    {"forward that is on permanently stays so, and undoing will not switch it off",
     NODE "bind closed cni0\nbind closed eth0\nlasting zone closed\n", "--enable-forward", "closed",
     "firewall-cmd --zone=closed --add-forward\n"},
    {"forward of a zone that does not last",
     NODE "bind closed cni0\nbind closed eth0\nlasting zone public\n", "--enable-forward", "closed",
     "firewall-cmd --zone=closed --add-forward\n"},
    {"forward switched on, running firewall only", NODE "bind closed cni0\nbind closed eth0\n",
     "--enable-forward --runtime-only", "closed", "firewall-cmd --zone=closed --add-forward\n"},
    {"forward that is on stays as it is", NODE, "--enable-forward", "public", BOUND_TO("public")},
    {"the downstream follows the uplink", NODE "bind work eth0\n", "--bind-downstream", "work",
     "firewall-cmd --zone=work --add-interface=cni0\n"
     "firewall-cmd --permanent --zone=work --add-interface=cni0\n"},
    {"the downstream does not follow an uplink that is to move", NODE "bind work eth0\n",
     "--bind-downstream --move", "public",
     "firewall-cmd --zone=public --change-interface=eth0\n"
     "firewall-cmd --zone=public --add-interface=cni0\n"
     "firewall-cmd --permanent --zone=work --remove-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=cni0\n"},
    {"not into a zone that is there to refuse", NODE "bind drop eth0\n",
     "--bind-downstream --move --force", "public",
     "firewall-cmd --zone=public --change-interface=eth0\n"
     "firewall-cmd --zone=public --add-interface=cni0\n"
     "firewall-cmd --permanent --zone=drop --remove-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=cni0\n"},
    {"both to a zone that is named", NODE, "--zone work --bind-downstream", "work",
     "firewall-cmd --zone=work --add-interface=eth0\n"
     "firewall-cmd --zone=work --add-interface=cni0\n"
     "firewall-cmd --permanent --zone=work --add-interface=eth0\n"
     "firewall-cmd --permanent --zone=work --add-interface=cni0\n"},
    {"of a VRF's member the VRF is bound",
     NIC ZONES "link red vrf table 9\nlink up veth in red addr 10.0.0.2/24\n"
               "link pods bridge in red addr 10.1.0.1/24\nrule 4 l3mdev\nrule 4 table 254\n"
               "route 0.0.0.0/0 dev up table 9\npermanent up work\nchange work interfaces up\n"
               "permanent eth0 public\nchange public interfaces eth0\n",
     "--bind-downstream", "work",
     "firewall-cmd --zone=work --add-interface=red\n"
     "firewall-cmd --permanent --zone=work --add-interface=red\n"},
    {"the two ends of an overlay",
     NODE "bind public eth0\nlink flannel.1 vxlan on eth0 addr 10.244.2.0/32\n",
     "--interface flannel.1 --bind-downstream", "public",
     "firewall-cmd --zone=public --add-interface=flannel.1\n"
     "firewall-cmd --zone=public --add-interface=cni0\n"
     "firewall-cmd --permanent --zone=public --add-interface=flannel.1\n"
     "firewall-cmd --permanent --zone=public --add-interface=cni0\n"},

    /* A downstream may be trusted; other zones by force. */
    {"a downstream in a zone that accepts everything", NODE "bind public eth0\n",
     "--interface cni0 --zone trusted", "trusted",
     "firewall-cmd --zone=trusted --add-interface=cni0\n"
     "firewall-cmd --permanent --zone=trusted --add-interface=cni0\n"},
    {"an uplink in a zone that accepts everything, by force", NIC ZONES "permanent eth0 -\n",
     "--zone trusted --force", "trusted", BOUND_TO("trusted")},
    {"a zone of another program, by force", NIC ZONES "permanent eth0 -\n", "--zone docker --force",
     "docker", BOUND_TO("docker")},

    /* What lasts alone, judged by what a reboot makes of it. */
    {"what lasts alone", NODE LASTING, "--permanent-only", "public",
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"what lasts alone, where only that is wrong", NODE "change public interfaces eth0\n" LASTING,
     "--permanent-only", "public", "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"what lasts alone, where only the running firewall is wrong",
     NIC PODS "route 0.0.0.0/0 dev eth0 via 10.1.0.1\n" ZONES "permanent eth0 public\n" LASTING
              "lasting change public interfaces eth0\n",
     "--permanent-only", NULL, ""},
    {"what lasts alone, moved",
     NODE "bind work eth0\n" LASTING "lasting change work interfaces eth0\n",
     "--permanent-only --move", "public",
     "firewall-cmd --permanent --zone=work --remove-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"what lasts alone, and forward",
     NODE "bind closed cni0\n" LASTING "lasting change closed interfaces cni0\n",
     "--permanent-only --enable-forward", "closed",
     "firewall-cmd --permanent --zone=closed --add-forward\n"
     "firewall-cmd --permanent --zone=closed --add-interface=eth0\n"},
    {"what lasts alone, managed", NODE "manager eth0 work uuid 1-2\n" LASTING,
     "--permanent-only --move", "public", "nmcli connection modify 1-2 connection.zone public\n"},

    /* What NetworkManager manages. */
    {"managed: the profile lasts", NODE "zone other\nmanager eth0 other uuid 1-2\n",
     "--interface eth0 --zone public --move", "public",
     "firewall-cmd --zone=public --add-interface=eth0\n"
     "nmcli connection modify 1-2 connection.zone public\n"},
    {"managed, the profile names no zone: the default one lasts by itself",
     NODE "manager eth0 - uuid 1-2\n", "", "public",
     "firewall-cmd --zone=public --add-interface=eth0\n"},
    {"managed, the profile names no zone and another is wanted",
     NIC ZONES "manager eth0 - uuid 1-2\n", "--interface eth0 --zone work", "work",
     "firewall-cmd --zone=work --add-interface=eth0\n"
     "nmcli connection modify 1-2 connection.zone work\n"},
    {"managed, and a zone file that says otherwise",
     NIC ZONES "change public interfaces eth0\npermanent eth0 work\n"
               "manager eth0 public uuid 1-2\n",
     "--interface eth0 --zone public", "public",
     "firewall-offline-cmd --zone=work --remove-interface=eth0\n"},
    {"managed, and the zone of the zone file is wanted",
     NIC ZONES "change public interfaces eth0\npermanent eth0 work\nmanager eth0 - uuid 1-2\n",
     "--interface eth0 --zone work --move", "work",
     "firewall-cmd --zone=work --change-interface=eth0\n"
     "nmcli connection modify 1-2 connection.zone work\n"},
    {"managed, and all is well", NODE "change public interfaces eth0\nmanager eth0 - uuid 1-2\n",
     "--interface eth0", "public", ""},
    {"managed, the running firewall only", NIC ZONES "manager eth0 - uuid 1-2\n",
     "--interface eth0 --zone work --runtime-only", "work",
     "firewall-cmd --zone=work --add-interface=eth0\n"},
    {"connected externally: firewalld's files last", NODE "manager eth0 - external\n", "", "public",
     BOUND_TO("public")},
};

static void test_plan(void **state)
{
    const PlanCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_auto(RequestWords) words = request_parse(test->request);
    g_auto(PlanRefusal) refusal = {0};
    g_autoptr(Plan) plan = plan_new(snapshot, &words.request, &refusal);
    if (plan == NULL)
        fail_msg("refused: %d", (int)refusal.code);
    g_autofree char *commands = commands_text(plan);
    assert_string_equal(commands, test->commands);
    if (test->zone != NULL)
        assert_string_equal(plan->zone, test->zone);
    else
        assert_null(plan->zone);
}

/* Each plan fits the snapshot it was made from, and when all of it is done there is nothing left to
 * do. */
static void test_plan_done_is_done(void **state)
{
    const PlanCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_auto(RequestWords) words = request_parse(test->request);
    g_autoptr(Plan) plan = plan_new(snapshot, &words.request, NULL);
    assert_true(plan_preconditions_hold(plan, snapshot));
    assert_int_equal(plan_preconditions_hold(plan, plan->predicted), plan->actions->len == 0);
    g_autoptr(Plan) again = plan_new(plan->predicted, &words.request, NULL);
    assert_non_null(again);
    assert_int_equal(again->actions->len, 0);
}

/* ---- what is refused ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *request;
    PlanRefusalCode code;
    const char *facts; /* in the order of PlanRefusal, those that are set */
} RefusalCase;

#define MOVED_AWAY "link x dummy\nbind work eth0\nchange work interfaces x\n"

static const RefusalCase refusals[] = {
    {"an interface that does not exist", NODE, "--interface eth7", REFUSED_NO_SUCH_LINK,
     "eth7 eth0"},
    {"an alternative name", NODE, "--interface enp1s0", REFUSED_ALTERNATIVE_NAME, "enp1s0 eth0"},
    {"a name that XML cannot hold", "link e\001 physical addr 10.1.0.10/24\n" ZONES,
     "--interface e\001", REFUSED_NAME, "e\001"},
    {"a name that XML cannot hold, with --force", "link e\001 physical addr 10.1.0.10/24\n" ZONES,
     "--interface e\001 --force", REFUSED_NAME, "e\001"},
    {"a name that is not UTF-8", "link e/ff physical addr 10.1.0.10/24\n" ZONES, "--interface e/ff",
     REFUSED_NAME, "e/ff"},
    {"a port", NODE, "--interface veth0", REFUSED_PORT, "veth0 cni0"},
    {"the loopback", NODE, "--interface lo", REFUSED_LOOPBACK, "lo"},
    {"a zone whose name is mistyped", NODE, "--zone Public", REFUSED_NO_SUCH_ZONE, "public Public"},
    {"a zone that does not exist", NODE, "--zone nosuch", REFUSED_NO_SUCH_ZONE, "nosuch"},
    {"a zone that does not exist, and nothing to do", NODE "bind public eth0\n", "--zone nosuch",
     REFUSED_NO_SUCH_ZONE, "nosuch"},
    {"an uplink in a zone that accepts everything", NODE, "--zone trusted", REFUSED_ACCEPTING_ZONE,
     "trusted"},
    {"a zone of another program", NODE, "--interface cni0 --zone nm-shared", REFUSED_PROGRAMS_ZONE,
     "nm-shared"},
    {"out of a zone of another program", NODE "bind public eth0\nbind docker cni0\n",
     "--interface cni0 --zone work --move", REFUSED_PROGRAMS_LINK, "cni0 docker"},
    {"out of another zone", NODE "bind work eth0\n", "--zone public --interface eth0",
     REFUSED_BOUND_ELSEWHERE, "eth0 work (runtime)"},
    {"out of another zone, by a wildcard", NODE "bind work eth+\n", "--interface eth0",
     REFUSED_BOUND_ELSEWHERE, "eth0 work (runtime)"},
    {"a release that keeps the rules of what is moved",
     "firewalld 2.3.1 public\n" NODE "link x dummy\nbind work x\nbind work eth0\n",
     "--zone public --interface eth0 --move", REFUSED_RULES_KEPT, "eth0 work"},
    {"the same where a reload keeps bindings",
     "firewalld 2.3.1 public flush no\n" NODE "link x dummy\nbind work x\nbind work eth0\n",
     "--zone public --interface eth0 --move", REFUSED_RULES_KEPT_BY_RELOAD, "eth0 work"},
    {"out of another zone that is permanent only", NODE MOVED_AWAY, "", REFUSED_BOUND_ELSEWHERE,
     "eth0 work (permanent)"},
    {"a wildcard of the zone binds it, but the permanent configuration has it elsewhere",
     NODE "link x dummy\nbind public eth+\nbind work eth0\nchange work interfaces x\n",
     "--interface eth0", REFUSED_BOUND_ELSEWHERE, "eth0 work (permanent)"},
    {"out of the zone of the profile", NODE "zone other\nmanager eth0 other uuid 1-2\n", "",
     REFUSED_BOUND_ELSEWHERE, "eth0 other (networkmanager)"},
    {"a profile whose name is not known", NIC ZONES "manager eth0 -\n",
     "--interface eth0 --zone work", REFUSED_PROFILE_UNKNOWN, "eth0"},
    {"two zones permanently", NIC ZONES "permanent eth0 '!public work'\n", "--interface eth0",
     REFUSED_PERMANENT_CONFLICT, "eth0"},
    {"the permanent binding could not be read", NIC PODS ZONES, "", REFUSED_PERMANENT_UNREAD,
     "eth0"},
    {"the permanent configuration could not be read", NODE, "--permanent-only",
     REFUSED_PERMANENT_UNREAD, ""},
    {"several zones refuse", NODE "link pods bridge addr 10.9.0.1/24\nbind work pods\n", "",
     REFUSED_SEVERAL_ZONES, "eth0 public,work"},
    {"two uplinks that need different zones",
     NODE
     "link eth1 physical addr 198.51.100.2/24\nbind trusted cni0\nchange work interfaces eth1\n"
     "permanent eth1 -\n",
     "--interface eth0 --interface eth1", REFUSED_DIFFERENT_ZONES, "work public"},
    {"the zone of the uplink could not be read", NIC "firewalld 1.3.3 -\npermanent eth0 -\n",
     "--interface eth0", REFUSED_ZONE_UNREAD, "eth0"},

    /* What would not cure. */
    {"a zone without forward", NODE "bind closed cni0\n", "", REFUSED_NOT_CURED,
     "eth0 closed forward-blocked"},
    {"another zone than that of the downstream", NODE, "--zone work", REFUSED_NOT_CURED,
     "eth0 work forward-blocked"},
    {"an uplink in a zone that refuses", NIC ZONES "permanent eth0 -\n", "--zone drop",
     REFUSED_NOT_CURED, "eth0 drop uplink-in-rejecting-zone"},
    {"a downstream that a source takes elsewhere",
     NODE "bind public eth0\nchange work sources 10.244.0.0/16\n",
     "--zone public --interface eth0 --bind-downstream", REFUSED_NOT_CURED,
     "eth0 public forward-blocked"},
    {"nothing is wrong, in another zone than the one that is named", NODE "bind public eth0\n",
     "--zone work", REFUSED_HEALTHY, "eth0 work public"},
    {"the same, and it may be moved", NODE "bind public eth0\n", "--zone work --move",
     REFUSED_HEALTHY, "eth0 work public"},
    {"nothing is wrong, and no zone binds it", NODE "bind trusted cni0\n", "--zone work",
     REFUSED_HEALTHY, "eth0 work public"},
    {"nothing is wrong with it until it is moved", NODE "bind public eth0\n",
     "--interface eth0 --zone work --move", REFUSED_WORSE, "forward-blocked"},
    {"what would break something else", NODE "bind work eth0\nbind work cni0\n",
     "--interface cni0 --zone public --move", REFUSED_WORSE, "forward-blocked"},
    {"an uplink with a public address to a zone for inside", ROUTER "bind internal br1\n",
     "--interface wan0 --zone internal --move", REFUSED_HARM, "wan0 internal"},
    {"an uplink out of a zone that refuses on purpose",
     "host forwarding4 no forwarding6 no\nlink wan1 physical addr 198.51.100.9/24\n" ZONES
     "bind drop wan1\n",
     "--interface wan1 --zone public --move", REFUSED_HARM, "wan1 drop"},
    {"the network is no longer masqueraded", ROUTER "bind public wan1\nbind public br1\n",
     "--interface wan0 --zone work --bind-downstream --move", REFUSED_HARM, "wan0 external"},
    {"something listens on a port that would close",
     NODE "bind work eth0\nsocket tcp 0.0.0.0 8080\n", "--zone public --move", REFUSED_HARM,
     "eth0 8080/tcp"},
    {"Docker's bridge to another zone",
     "link eth0 physical addr 10.1.0.10/24\nlink docker0 bridge addr 172.17.0.1/16\n"
     "route 0.0.0.0/0 dev eth0 via 10.1.0.1\n" ZONES "bind work eth0\n",
     "--interface docker0 --zone work", REFUSED_HARM, "docker0 docker"},
};

static void append_fact(GString *text, const char *fact)
{
    if (fact != NULL)
        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", fact);
}

static char *facts_text(const PlanRefusal *refusal)
{
    GString *text = g_string_new(NULL);
    append_fact(text, refusal->interface);
    append_fact(text, refusal->other);
    append_fact(text, refusal->zone);
    if (refusal->zones != NULL) {
        PTR_ARRAY_FOREACH (const char, zone, refusal->zones)
            g_string_append_printf(text, "%c%s", zone_index > 0 ? ',' : ' ', zone);
    }
    if (refusal->code == REFUSED_BOUND_ELSEWHERE)
        g_string_append_printf(text, " (%s)", action_scope_word(refusal->scope));
    if (refusal->finding != NULL)
        append_fact(text, finding_word(refusal->finding->id));
    append_fact(text, refusal->harm.interface);
    append_fact(text, refusal->harm.zone);
    append_fact(text, refusal->harm.service);
    return g_string_free(text, FALSE);
}

static void test_refusal(void **state)
{
    const RefusalCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_auto(RequestWords) words = request_parse(test->request);
    g_auto(PlanRefusal) refusal = {0};
    g_autoptr(Plan) plan = plan_new(snapshot, &words.request, &refusal);
    if (plan != NULL) {
        g_autofree char *commands = commands_text(plan);
        fail_msg("planned: %s", commands);
    }
    assert_int_equal(refusal.code, test->code);
    g_autofree char *facts = facts_text(&refusal);
    assert_string_equal(facts, test->facts);
    assert_null(plan_new(snapshot, &words.request, NULL));
}

/* A rule of firewalld's that no setting makes lets the pods out: what the settings would do is no
 * reason against the change, that the two differ is. */
static void test_what_cannot_be_compared(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(NODE "bind work eth0\nbind work cni0\n");
    snapshot->ruleset =
        rules_parse("table inet firewalld\nchain filter_FORWARD forward 10\naccept\n");
    g_auto(RequestWords) words = request_parse("--interface cni0 --zone public --move");
    g_auto(PlanRefusal) refusal = {0};
    g_autoptr(Plan) plan = plan_new(snapshot, &words.request, &refusal);
    assert_null(plan);
    assert_int_equal(refusal.code, REFUSED_NOTHING_OFFERED);
    assert_int_equal(refusal.finding->id, FINDING_RULES_DIFFER);
}

/* What cannot be planned has no actions either. */
static void test_no_actions(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(NODE);
    static const char *const requests[] = {"--permanent-only", "--zone nosuch", "--zone trusted",
                                           "--interface eth7"};
    for (gsize i = 0; i < G_N_ELEMENTS(requests); i++) {
        g_auto(RequestWords) words = request_parse(requests[i]);
        g_autofree char *zone = NULL;
        assert_null(plan_choose_actions(snapshot, &words.request, &zone));
        assert_null(zone);
    }
}

/* ---- what is predicted ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *request;
    const char *prediction; /* "cures ID", "opens SERVICE", "closes SERVICE", "note ..." in order */
} PredictionCase;

static const PredictionCase predictions[] = {
    {"bound to the zone that filtered it: no service changes", NODE, "",
     "cures uplink-unbound\nopens eth0 to eth0\n"},
    {"to another zone", NIC ZONES "permanent eth0 -\n", "--zone work",
     "cures uplink-unbound\nopens port 8080/tcp by eth0\ncloses dhcpv6-client by eth0\n"},
    {"to a zone that accepts everything", NIC ZONES "permanent eth0 -\n", "--zone trusted --force",
     "cures uplink-unbound\nopens any other port by eth0\n"},
    {"a downstream to a zone that drops", NODE "bind public eth0\n",
     "--interface cni0 --zone drop"
     " --force",
     "closes ssh by cni0\ncloses dhcpv6-client by cni0\ncloses icmp by cni0\n"
     "closes cni0 to eth0\n"},
    {"a warning that is cured", NODE "change public interfaces eth0\n", "",
     "cures runtime-only-binding\n"},
    {"the running firewall only", NODE, "--runtime-only",
     "cures uplink-unbound\nopens eth0 to eth0\nnote runtime only\n"},
    {"what lasts alone", NODE LASTING, "--permanent-only",
     "cures uplink-unbound\nopens eth0 to eth0\nnote permanent only\n"},
    {"what masquerades is left", NODE "change work masquerade yes\nbind work eth0\n",
     "--move --force",
     "cures forward-blocked\nopens dhcpv6-client by eth0\ncloses port 8080/tcp by eth0\n"
     "note masquerade lost public eth0\n"},
    {"the policies of a zone that loses its only interface, up to 1.3",
     NODE "change work sources 198.51.100.0/24\nbind work eth0\n"
          "policy p ingress work egress HOST\n",
     "--move",
     "cures forward-blocked\nopens dhcpv6-client by eth0\ncloses port 8080/tcp by eth0\n"
     "note policies forgotten work (losses unread)\n"},
    {"the same without a source, where another zone keeps the policy, and what the reload loses",
     NODE "permanent x -\nbind work eth0\npolicy p ingress work,public egress HOST\n" LASTING
          "lasting change work interfaces eth0\n"
          "lasting policy p ingress work,public egress HOST\nlasting zone trusted target ACCEPT\n"
          "lasting zone drop target DROP\nlasting zone docker target ACCEPT forward no\n"
          "lasting zone nm-shared target ACCEPT\n",
     "--move",
     "cures forward-blocked\nopens dhcpv6-client by eth0\ncloses port 8080/tcp by eth0\n"
     "note policies forgotten work (1 losses)\n"},
    {"the policies towards a zone that loses its only interface, and those of others",
     NODE "change work sources 198.51.100.0/24\nbind work eth0\n"
          "policy a ingress ANY egress HOST\npolicy p ingress public egress work\n",
     "--move",
     "cures forward-blocked\nopens dhcpv6-client by eth0\ncloses port 8080/tcp by eth0\n"
     "note policies forgotten work (losses unread)\n"},
    {"policies that only that interface keeps",
     NODE "permanent x -\nbind work eth0\npolicy p ingress work egress HOST\n", "--move",
     "cures forward-blocked\nopens dhcpv6-client by eth0\ncloses port 8080/tcp by eth0\n"},
    {"what breaks something else, where the user says so", NODE "bind work eth0\nbind work cni0\n",
     "--interface cni0 --zone public --move --force",
     "opens dhcpv6-client by cni0\ncloses eth0 to cni0\ncloses port 8080/tcp by cni0\n"
     "closes cni0 to eth0\n"},
    {"the policies of a zone that keeps an interface",
     NODE "link x dummy\nchange work sources 198.51.100.0/24 interfaces x\nbind work eth0\n"
          "policy p ingress work egress HOST\n",
     "--move",
     "cures forward-blocked\nopens dhcpv6-client by eth0\ncloses port 8080/tcp by eth0\n"
     "closes eth0 to x\ncloses x to eth0\n"},
    {"from 2.0 it does not",
     "firewalld 2.5.0 public\n" NODE "change work sources 198.51.100.0/24\nbind work eth0\n"
     "policy p ingress work egress HOST\n",
     "--move",
     "cures forward-blocked\nopens dhcpv6-client by eth0\ncloses port 8080/tcp by eth0\n"},
    {"rules that stay, where the user says so",
     "firewalld 2.4.4 public\n" NODE "change work sources 198.51.100.0/24\nbind work eth0\n",
     "--move --force",
     "cures forward-blocked\nopens dhcpv6-client by eth0\ncloses port 8080/tcp by eth0\n"
     "note rules kept work eth0\n"},
};

static void describe_services(GString *text, const char *what, const GPtrArray *services)
{
    for (guint i = 0; i < services->len; i++) {
        const ExposureChange *change = g_ptr_array_index(services, i);
        static const char *const kinds[] = {
            [SERVICE_NAMED] = "",
            [SERVICE_PORT] = "port ",
            [SERVICE_ICMP] = "icmp",
            [SERVICE_OTHER_PORTS] = "any other port",
        };
        if (change->to != NULL)
            g_string_append_printf(text, "%s %s to %s\n", what, change->interface, change->to);
        else
            g_string_append_printf(text, "%s %s%s by %s\n", what, kinds[change->kind], change->name,
                                   change->interface);
    }
}

static const char *const note_codes[] = {
    [NOTE_RUNTIME_ONLY] = "runtime only",       [NOTE_PERMANENT_ONLY] = "permanent only",
    [NOTE_MASQUERADE_LOST] = "masquerade lost", [NOTE_POLICIES_FORGOTTEN] = "policies forgotten",
    [NOTE_RULES_KEPT] = "rules kept",
};

static char *prediction_text(const Plan *plan)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < plan->cured->len; i++) {
        const Finding *finding = g_ptr_array_index(plan->cured, i);
        g_string_append_printf(text, "cures %s\n", finding_word(finding->id));
    }
    describe_services(text, "opens", plan->exposure->opens);
    describe_services(text, "closes", plan->exposure->closes);
    PTR_ARRAY_FOREACH (const PlanNote, note, plan->notes) {
        g_string_append_printf(text, "note %s", note_codes[note->code]);
        append_fact(text, note->zone);
        append_fact(text, note->interface);
        if (note->losses != NULL)
            g_string_append_printf(text, " (%u losses)", note->losses->len);
        else if (note->code == NOTE_POLICIES_FORGOTTEN)
            g_string_append(text, " (losses unread)");
        g_string_append_c(text, '\n');
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_prediction(void **state)
{
    const PredictionCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_auto(RequestWords) words = request_parse(test->request);
    g_autoptr(Plan) plan = plan_new(snapshot, &words.request, NULL);
    assert_non_null(plan);
    g_autofree char *prediction = prediction_text(plan);
    assert_string_equal(prediction, test->prediction);
}

/* ---- whether the world is still the same ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *request;
    const char *change; /* by somebody else, in the meantime */
    bool hold;
} PreconditionCase;

static const PreconditionCase preconditions[] = {
    {"nothing changed", NODE, "", "", true},
    {"something else changed", NODE, "", "bind public cni0", true},
    {"bound by somebody else", NODE, "", "change public interfaces eth0", false},
    {"bound elsewhere by somebody else", NODE, "", "change work interfaces eth0", false},
    {"bound permanently by somebody else", NODE, "", "bind work eth0\nchange work interfaces none",
     false},
    {"moved by somebody else", NODE "bind work eth0\n", "--move", "change work interfaces none",
     false},
    {"forward switched on by somebody else", NODE "bind closed cni0\nbind closed eth0\n",
     "--enable-forward", "change closed forward yes", false},
};

static void test_preconditions(void **state)
{
    const PreconditionCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_autoptr(Snapshot) later = sketch(test->host);
    sketch_add(later, test->change);
    g_auto(RequestWords) words = request_parse(test->request);
    g_autoptr(Plan) plan = plan_new(snapshot, &words.request, NULL);
    assert_non_null(plan);
    assert_int_equal(plan_preconditions_hold(plan, later), test->hold);
}

/* ---- whether it locks anybody out ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *request;
    guint16 port;
    const char *zone; /* that would refuse the session; NULL: none */
} LockOutCase;

static const LockOutCase lock_outs[] = {
    {"ssh stays open", NODE, "", 22, NULL},
    {"a port that the new zone does not open", NODE "bind work eth0\n", "--move", 8080, "public"},
    {"a port that was not open before", NODE, "", 8080, NULL},
    {"only after a reboot", NODE "bind work eth0\n" LASTING "lasting change work interfaces eth0\n",
     "--move --permanent-only", 8080, NULL},
    {"only after a reboot, where what lasts opens it now",
     NODE "bind work eth0\n" LASTING "lasting change work interfaces eth0 ports 8080/tcp\n",
     "--move --permanent-only", 8080, "public"},
};

static void test_lock_out(void **state)
{
    const LockOutCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_auto(RequestWords) words = request_parse(test->request);
    g_autoptr(Plan) plan = plan_new(snapshot, &words.request, NULL);
    assert_non_null(plan);
    Flow session = flow_new(FLOW_INPUT, FAMILY_IPV4);
    session.in = "eth0";
    session.protocol = PROTOCOL_TCP;
    session.port = test->port;
    g_autoptr(Verdict) verdict = plan_find_lock_out(plan, &session);
    assert_int_equal(verdict != NULL, test->zone != NULL);
    if (verdict != NULL)
        assert_string_equal(verdict->ingress.zone->name, test->zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_cannot_be_compared),
        cmocka_unit_test(test_no_actions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) + RUN_CASES(test_plan, plans) +
           RUN_CASES(test_plan_done_is_done, plans) + RUN_CASES(test_refusal, refusals) +
           RUN_CASES(test_prediction, predictions) + RUN_CASES(test_preconditions, preconditions) +
           RUN_CASES(test_lock_out, lock_outs);
}
