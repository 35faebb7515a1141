/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an action costs by itself: each row is one action on one host. */
#include "model/plan/harms.h"

#include "sketch.h"

#define ROUTER                                                                                     \
    "link wan0 physical addr 203.0.113.9/24\nlink lan0 physical addr 192.168.1.1/24\n"             \
    "link virbr0 bridge addr 192.168.122.1/24\nlink br0 bridge addr 10.9.0.1/24\n"                 \
    "route 0.0.0.0/0 dev wan0 via 203.0.113.1\nzone public\nzone external\nzone internal\n"        \
    "zone home\nzone trusted target ACCEPT\nzone own target ACCEPT\nzone work\nzone dmz\n"         \
    "zone drop target DROP\nzone block target %%REJECT%%\nzone shut target DROP\nzone libvirt\n"   \
    "zone libvirt-routed\n"
/* As ROUTER, with another address outside. */
#define WITH_ADDRESS(address)                                                                      \
    "host forwarding6 yes\nlink wan0 physical addr " address "\nroute 0.0.0.0/0 dev wan0\n"        \
    "route ::/0 dev wan0\nzone public\nzone internal\n"

typedef struct {
    const char *name;
    const char *host;
    const char *interface;
    const char *from;
    const char *to;
    HarmKind harm;
    const char *zone; /* that the harm names, or NULL */
} BindingCase;

static const BindingCase bindings[] = {
    {"to where it is", ROUTER "bind external wan0\n", "wan0", NULL, "external", HARM_NONE},
    {"the outside into a zone for outside", ROUTER, "wan0", NULL, "external", HARM_NONE},
    {"into a zone that no network is in", ROUTER, "wan0", NULL, "work", HARM_NONE},
    {"into internal", ROUTER, "wan0", NULL, "internal", HARM_OUTSIDE_INSIDE, "internal"},
    {"into home", ROUTER, "wan0", NULL, "home", HARM_OUTSIDE_INSIDE, "home"},
    {"into trusted", ROUTER, "wan0", NULL, "trusted", HARM_OUTSIDE_INSIDE, "trusted"},
    {"into one that accepts all", ROUTER, "wan0", NULL, "own", HARM_OUTSIDE_INSIDE, "own"},
    {"into that of a network", ROUTER "bind work br0\n", "wan0", NULL, "work", HARM_OUTSIDE_INSIDE,
     "work"},
    {"into one that binds other things", ROUTER "change work interfaces gone,lan0\n", "wan0", NULL,
     "work", HARM_NONE},
    {"into a zone that is not there", ROUTER, "wan0", NULL, "nosuch", HARM_NONE},
    {"a link inside", ROUTER, "lan0", NULL, "internal", HARM_NONE},
    {"a link that is not there", ROUTER, "nosuch", NULL, "internal", HARM_NONE},
    {"out of drop", ROUTER "bind drop wan0\n", "wan0", "drop", "public", HARM_LEAVES_REFUSAL,
     "drop"},
    {"out of block", ROUTER "bind block wan0\n", "wan0", "block", "public", HARM_LEAVES_REFUSAL,
     "block"},
    {"out of one that drops, too",
     WITH_ADDRESS("10.1.0.9/24") "zone shut target DROP\nbind shut wan0\n", "wan0", "shut",
     "public", HARM_LEAVES_REFUSAL, "shut"},
    {"out of external", ROUTER "bind external wan0\n", "wan0", "external", "public", HARM_NONE},

    {"what has an address of RFC 1918", WITH_ADDRESS("192.168.7.9/24"), "wan0", NULL, "internal",
     HARM_NONE},
    {"of RFC 6598", WITH_ADDRESS("100.64.7.9/24"), "wan0", NULL, "internal", HARM_NONE},
    {"of fc00::/7", WITH_ADDRESS("fd00:7::9/64"), "wan0", NULL, "internal", HARM_NONE},
    {"of link scope only", WITH_ADDRESS("fe80::9/64"), "wan0", NULL, "internal", HARM_NONE},
    {"of 2000::/3", WITH_ADDRESS("2001:db8::9/64"), "wan0", NULL, "internal", HARM_OUTSIDE_INSIDE,
     "internal"},
    {"of RFC 1918, in a zone for outside", WITH_ADDRESS("192.168.7.9/24") "bind public wan0\n",
     "wan0", "public", "internal", HARM_OUTSIDE_INSIDE, "internal"},

    {"libvirt's network elsewhere", ROUTER, "virbr0", NULL, "public", HARM_OWNERS_LINK, "libvirt"},
    {"in its zone", ROUTER, "virbr0", NULL, "libvirt", HARM_NONE},
    {"in its zone for routed networks", ROUTER, "virbr0", NULL, "libvirt-routed", HARM_NONE},
    {"podman's", "link podman1 bridge\nzone netavark_zone\nzone public\n", "podman1", NULL,
     "public", HARM_OWNERS_LINK, "netavark_zone"},
    {"podman's in libvirt's", "link podman1 bridge\nzone netavark_zone\nzone libvirt-routed\n",
     "podman1", NULL, "libvirt-routed", HARM_OWNERS_LINK, "netavark_zone"},
    {"podman's where firewalld does not know it", "link podman1 bridge\nzone public\n", "podman1",
     NULL, "public", HARM_NONE},
    {"Docker's, even before it makes its zone", "link docker0 bridge\nzone public\n", "docker0",
     NULL, "public", HARM_OWNERS_LINK, "docker"},
    {"Docker's of a swarm", "link docker_gwbridge bridge\nzone public\n", "docker_gwbridge", NULL,
     "public", HARM_OWNERS_LINK, "docker"},

    {"a wildcard that matches libvirt's", ROUTER, "virbr+", NULL, "public", HARM_OWNERS_LINK,
     "libvirt"},
    {"a wildcard that matches the outside", ROUTER, "wan+", NULL, "internal", HARM_OUTSIDE_INSIDE,
     "internal"},
    {"a wildcard that matches nothing", ROUTER, "cali+", NULL, "internal", HARM_NONE},
    {"a name that XML cannot carry", ROUTER, "a\001", NULL, "public", HARM_NAME},
};

static void assert_harm(const Snapshot *snapshot, Action *action, HarmKind kind, const char *zone)
{
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    g_ptr_array_add(actions, action);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    Harm harm = harm_of_actions(snapshot, diagnosis, actions);
    assert_int_equal(harm.kind, kind);
    if (zone != NULL)
        assert_string_equal(harm.zone, zone);
}

static void test_binding(void **state)
{
    const BindingCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    Action *action = action_new(test->from != NULL ? ACTION_MOVE : ACTION_BIND, SCOPE_RUNTIME,
                                test->interface, test->from, test->to);
    assert_harm(snapshot, action, test->harm, test->zone);
}

/* ---- policies ---- */

typedef struct {
    const char *name;
    const char *host;
    ActionScope scope;
    HarmKind harm;
} PolicyCase;

#define POLICY "policy p ingress work egress public priority -1"
static const PolicyCase policies[] = {
    {"of one priority, before 2.0", ROUTER POLICY "\n", SCOPE_RUNTIME, HARM_NONE},
    {"from 2.0 to 2.4", ROUTER "firewalld 2.3.1 public\n" POLICY "\n", SCOPE_RUNTIME,
     HARM_EQUAL_PRIORITIES},
    {"since 2.5", ROUTER "firewalld 2.5.0 public\n" POLICY "\n", SCOPE_RUNTIME, HARM_NONE},
    {"which release is not known", ROUTER "firewalld - public\n" POLICY "\n", SCOPE_RUNTIME,
     HARM_EQUAL_PRIORITIES},
    {"of another priority", ROUTER "firewalld 2.3.1 public\npolicy p priority -2\n", SCOPE_RUNTIME,
     HARM_NONE},
    {"not in force", ROUTER "firewalld 2.4.4 public\n" POLICY " disabled\n", SCOPE_RUNTIME,
     HARM_NONE},
    {"not read", ROUTER "firewalld 2.3.1 public\n" POLICY " unread\n", SCOPE_RUNTIME, HARM_NONE},
    {"no other", ROUTER "firewalld 2.3.1 public\n", SCOPE_RUNTIME, HARM_NONE},
    {"what lasts does nothing yet", ROUTER "firewalld 2.3.1 public\n" POLICY "\n", SCOPE_PERMANENT,
     HARM_NONE},
    {"a reload that loses a port",
     "zone public ports 9/tcp\nzone work\nlasting zone public\nlasting zone work\n", SCOPE_RUNTIME,
     HARM_RELOAD},
    {"a reload that loses nothing",
     "zone public\nzone work\nlasting zone public\nlasting zone work\n", SCOPE_RUNTIME, HARM_NONE},
};

static void test_policy(void **state)
{
    const PolicyCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    Action *action = action_new_for_policy(ACTION_ADD_POLICY, test->scope, "n", "work", "public");
    assert_harm(snapshot, action, test->harm, NULL);
}

/* Policies that are made together are of one priority, too. */
typedef struct {
    const char *name;
    const char *release;
    HarmKind harm;
} TogetherCase;

static const TogetherCase together[] = {
    {"two policies before 2.0", "firewalld 1.3.3 public\n", HARM_NONE},
    {"two from 2.0 to 2.4", "firewalld 2.3.1 public\n", HARM_EQUAL_PRIORITIES},
    {"two since 2.5", "firewalld 2.5.0 public\n", HARM_NONE},
    {"two of a release that is not known", "firewalld - public\n", HARM_EQUAL_PRIORITIES},
};

static void test_together(void **state)
{
    static const char *const from[] = {"work", "home"};
    static const ActionScope scopes[] = {SCOPE_PERMANENT, SCOPE_RUNTIME};
    const TogetherCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(ROUTER);
    sketch_add(snapshot, test->release);
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    for (gsize i = 0; i < G_N_ELEMENTS(scopes) * G_N_ELEMENTS(from); i++)
        g_ptr_array_add(actions, action_new_for_policy(ACTION_ADD_POLICY, scopes[i / 2],
                                                       from[i % 2], from[i % 2], "public"));
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    assert_int_equal(harm_of_actions(snapshot, diagnosis, actions).kind, test->harm);
}

int main(void)
{
    return RUN_CASES(test_binding, bindings) + RUN_CASES(test_policy, policies) +
           RUN_CASES(test_together, together);
}
