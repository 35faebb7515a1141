/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bare `nicfix apply` does: the fixes that check shows, together. */
#include "model/plan/offer.h"

#include "model/plan/fixes.h"

#include "hosts.h"
#include "requests.h"

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                 \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\n"                                                     \
    "zone public services ssh\nzone work services ssh\nzone drop target DROP\npermanent eth0 -\n"
#define TWO_UPLINKS                                                                                \
    NODE "link eth1 physical addr 198.51.100.10/24\nroute 0.0.0.0/0 dev eth1 via 198.51.100.1 "    \
         "table 7\nrule 4 table 7\npermanent eth1 -\n"
#define BIND_ETH0                                                                                  \
    "firewall-cmd --zone=public --add-interface=eth0\n"                                            \
    "firewall-cmd --permanent --zone=public --add-interface=eth0\n"

#define BIND_ETH1                                                                                  \
    "firewall-cmd --zone=public --add-interface=eth1\n"                                            \
    "firewall-cmd --permanent --zone=public --add-interface=eth1\n"

/* A home router, whose cure is a policy. */
#define ROUTER                                                                                     \
    "link wan0 physical addr 198.51.100.2/24\nlink lan0 physical addr 192.168.1.1/24\n"            \
    "route 0.0.0.0/0 dev wan0 via 198.51.100.1\nzone public\nzone internal\n"                      \
    "zone external masquerade yes\nbind internal lan0\nbind external wan0\n"
#define TWO_LANS ROUTER "link lan1 physical addr 192.168.2.1/24\nzone work\nbind work lan1\n"
#define POLICY_OF(name, zone)                                                                      \
    "firewall-cmd --permanent --new-policy=" name "\n"                                             \
    "firewall-cmd --permanent --policy=" name " --add-ingress-zone=" zone "\n"                     \
    "firewall-cmd --permanent --policy=" name " --add-egress-zone=external\n"                      \
    "firewall-cmd --permanent --policy=" name " --set-target=ACCEPT\n"
#define POLICY_OF_INTERNAL POLICY_OF("nicfix-inte-exter", "internal")
#define POLICY_OF_WORK     POLICY_OF("nicfix-work-exter", "work")
#define RELOAD             "firewall-cmd --reload\n"
#define POLICY             POLICY_OF_INTERNAL RELOAD

typedef struct {
    const char *name;
    const char *host;
    const char *words;
    const char *commands; /* of the plan; NULL: it is refused */
    PlanRefusalCode code;
    const char *finding; /* that the refusal names, or NULL */
} OfferCase;

static const OfferCase offers[] = {
    {"one fix", NODE, "", BIND_ETH0},
    {"nothing is wrong", NODE "bind public eth0\n", "", ""},
    {"what check shows, whatever it takes", NODE "change public forward no\n", "",
     "firewall-cmd --zone=public --add-interface=eth0\n"
     "firewall-cmd --zone=public --add-forward\n"
     "firewall-cmd --permanent --zone=public --add-forward\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"several fixes, the running firewall first", TWO_UPLINKS, "",
     "firewall-cmd --zone=public --add-interface=eth0\n"
     "firewall-cmd --zone=public --add-interface=eth1\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth1\n"},
    {"what several fixes need is done once", TWO_UPLINKS "change public forward no\n", "",
     "firewall-cmd --zone=public --add-interface=eth0\n"
     "firewall-cmd --zone=public --add-forward\n"
     "firewall-cmd --zone=public --add-interface=eth1\n"
     "firewall-cmd --permanent --zone=public --add-forward\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth1\n"},
    {"of one interface", TWO_UPLINKS, "--interface eth0", BIND_ETH0},
    {"of one finding", TWO_UPLINKS "bind drop eth1\n", "--finding uplink-unbound", BIND_ETH0},
    {"of a finding that is not there", NODE, "--finding panic-mode", ""},
    {"of an interface that no finding is about", NODE, "--interface cni0", ""},
    {"now only", NODE, "--runtime-only", "firewall-cmd --zone=public --add-interface=eth0\n"},
    {"now only, where it is so already", NODE "change public interfaces eth0\n", "--runtime-only",
     ""},
    {"what lasts only", NODE "lasting zone public services ssh\n", "--permanent-only",
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"what lasts only, without having read it", NODE, "--permanent-only", NULL,
     REFUSED_PERMANENT_UNREAD},
    {"an interface that is not there", NODE, "--interface eth7", NULL, REFUSED_NO_SUCH_LINK},
    {"nothing is offered for an error", NODE "firewalld 1.3.3 public panic yes\nbind public eth0\n",
     "", NULL, REFUSED_NOTHING_OFFERED, "panic-mode"},
    {"nothing is offered for a warning", NODE "bind public eth0\nbind public gone\n", "", NULL,
     REFUSED_NOTHING_OFFERED, "stale-binding"},
    {"of several without a fix the worst is named",
     NODE "firewalld 1.3.3 public panic yes\nbind public eth0\nbind public gone\n", "", NULL,
     REFUSED_NOTHING_OFFERED, "panic-mode"},
    {"a policy", ROUTER, "", POLICY},
    {"two policies, each for its network", TWO_LANS, "", POLICY_OF_INTERNAL POLICY_OF_WORK RELOAD},
    {"one at a time from 2.0 to 2.4, which mix up rules of policies of one priority",
     "firewalld 2.3.1 public\n" TWO_LANS, "", POLICY_OF_INTERNAL RELOAD},
    {"both again since 2.5", "firewalld 2.5.0 public\n" TWO_LANS, "",
     POLICY_OF_INTERNAL POLICY_OF_WORK RELOAD},
    {"a policy, by where the flows leave", ROUTER, "--interface wan0", POLICY},
    {"a policy cannot be had at run time only", ROUTER, "--runtime-only", NULL,
     REFUSED_POLICY_AT_RUN_TIME, "need-refused"},
    {"what lasts only, by NetworkManager's profile",
     NODE "bind work eth0\nmanager eth0 work uuid 1-2\nlasting zone public services ssh\n"
          "lasting zone work services ssh\nlasting zone drop target DROP\n",
     "--permanent-only",
     "nmcli connection modify 1-2 connection.zone public\n"
     "firewall-offline-cmd --zone=work --remove-interface=eth0\n"},
    {"of two fixes that put one interface into different zones the worse finding's",
     NODE "change work interfaces eth0\n", "",
     "firewall-cmd --zone=public --change-interface=eth0\n"
     "firewall-cmd --permanent --zone=public --add-interface=eth0\n"},
    {"by force the same", NODE, "--force", BIND_ETH0},
    {"something is offered, beside an error without a fix",
     NODE "firewalld 1.3.3 public panic yes\n", "", BIND_ETH0},
};

static void test_offer(void **state)
{
    const OfferCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_auto(RequestWords) words = request_parse(test->words);
    g_auto(PlanRefusal) refusal = {0};
    g_autoptr(Plan) plan = plan_from_words(snapshot, &words, &refusal);
    assert_int_equal(plan != NULL, test->commands != NULL);
    if (plan == NULL) {
        assert_int_equal(refusal.code, test->code);
        assert_int_equal(refusal.finding != NULL, test->finding != NULL);
        if (test->finding != NULL)
            assert_string_equal(finding_word(refusal.finding->id), test->finding);
        return;
    }
    g_autofree char *commands = commands_text(plan);
    assert_string_equal(commands, test->commands);
}

/* ---- fixes for several findings ---- */

/* Each uplink might have the other one's downstream in its own zone: a policy takes nothing away. */
static void test_uplinks_that_share_downstreams(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot =
        sketch(TWO_UPLINKS "link pods bridge addr 10.9.0.1/24\nbind work pods\nbind public eth0\n");
    const Offer offer = {.finding = -1};
    g_autoptr(Plan) plan = plan_of_offer(snapshot, &offer, NULL);
    assert_non_null(plan);
    g_autofree char *commands = commands_text(plan);
    assert_string_equal(commands,
                        BIND_ETH1 "firewall-cmd --permanent --new-policy=nicfix-work-publi\n"
                                  "firewall-cmd --permanent --policy=nicfix-work-publi "
                                  "--add-ingress-zone=work\n"
                                  "firewall-cmd --permanent --policy=nicfix-work-publi "
                                  "--add-egress-zone=public\n"
                                  "firewall-cmd --permanent --policy=nicfix-work-publi "
                                  "--set-target=ACCEPT\n"
                                  "firewall-cmd --reload\n");
    assert_false(diagnosis_has(plan->after, SEVERITY_ERROR));
}

/* Who only asks whether there is a plan need not hear why there is none. */
static void test_the_reason_is_optional(G_GNUC_UNUSED void **state)
{
    const char *const unknown[] = {"eth7", NULL};
    const Offer offers_refused[] = {
        {.finding = -1, .interfaces = unknown},
        {.finding = -1, .permanent_only = true},
        {.finding = FINDING_PANIC_MODE},
        {.finding = -1, .force = true, .runtime_only = true},
    };
    g_autoptr(Snapshot) snapshot = sketch(ROUTER "firewalld 1.3.3 public panic yes\n");
    for (gsize i = 0; i < G_N_ELEMENTS(offers_refused); i++)
        assert_null(plan_of_offer(snapshot, &offers_refused[i], NULL));
}

/* ---- on hosts as they are ---- */

/* Everything that has a fix is offered, what has none is told, and nothing is worse afterwards. */
static void check_host(const Snapshot *snapshot)
{
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    fixes_suggest(snapshot, diagnosis, NULL);
    bool any = diagnosis_has(diagnosis, SEVERITY_WARNING), fixable = false;
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        fixable |= finding->fix != NULL && finding->severity >= SEVERITY_WARNING;
    }
    g_auto(PlanRefusal) refusal = {0};
    const Offer offer = {.finding = -1};
    g_autoptr(Plan) plan = plan_of_offer(snapshot, &offer, &refusal);
    if (plan == NULL) {
        assert_true(any);
        assert_int_equal(refusal.code, fixable ? REFUSED_WORSE : REFUSED_NOTHING_OFFERED);
        assert_non_null(refusal.finding);
        return;
    }
    assert_int_equal(plan->actions->len > 0, any);
    assert_null(diagnosis_first_worse(plan->before, plan->after, SEVERITY_ERROR));
    assert_true(plan->actions->len == 0 || plan->cured->len > 0);
}

static void test_hosts(G_GNUC_UNUSED void **state)
{
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), "hosts", NULL);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    assert_non_null(folder);
    guint hosts = 0;
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        g_autofree char *stem = g_strndup(name, strlen(name) - strlen(".json"));
        g_autofree char *file = g_build_filename("hosts", stem, NULL);
        g_autoptr(Snapshot) snapshot = host_read(file);
        check_host(snapshot);
        hosts++;
    }
    assert_true(hosts > 0);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_uplinks_that_share_downstreams),
        cmocka_unit_test(test_the_reason_is_optional),
        cmocka_unit_test(test_hosts),
    };
    return RUN_CASES(test_offer, offers) + cmocka_run_group_tests(others, NULL, NULL);
}
