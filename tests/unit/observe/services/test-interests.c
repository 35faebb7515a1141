/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which names are worth a call. */
#include "observe/services/interests.h"

#include "sketch.h"

#define HOST                                                                                       \
    "host forwarding4 yes forwarding6 no\n"                                                        \
    "link lo loopback\n"                                                                           \
    "link enp1s0 physical addr 192.0.2.1/24 alt lan0\n"                                            \
    "link cni0 bridge addr 10.244.0.1/24\n"                                                        \
    "link cni1 bridge addr 10.245.0.1/24\n"                                                        \
    "link veth1 veth in cni0 port-kind bridge\n"                                                   \
    "route 0.0.0.0/0 dev enp1s0 via 192.0.2.254\n"                                                 \
    "firewalld 1.3.3 public\n"

typedef struct {
    const char *name;
    const char *zones;
    const char *named; /* separated by commas; NULL: none */
    bool all_downstreams;
    const char *bindings;
    const char *links;
} InterestCase;

static const InterestCase cases[] = {
    {"the uplinks", "", NULL, false, "enp1s0", "enp1s0"},
    {"what a zone binds", "zone public interfaces cni0,enp1s0\n", NULL, false, "enp1s0,cni0",
     "enp1s0,cni0"},
    {"a port, the loopback and a link that is gone decide nothing",
     "zone public interfaces veth1,lo,gone0\n", NULL, false, "enp1s0", "enp1s0"},
    {"firewalld knows no alternative names", "zone public interfaces lan0\n", NULL, false, "enp1s0",
     "enp1s0"},
    {"a wildcard that binds a downstream is no link", "zone public interfaces cni+\n", NULL, false,
     "enp1s0,cni+", "enp1s0"},
    {"a wildcard that binds an uplink", "zone public interfaces enp+\n", NULL, false, "enp1s0,enp+",
     "enp1s0"},
    {"a wildcard that binds nothing of interest", "zone public interfaces veth+\n", NULL, false,
     "enp1s0", "enp1s0"},
    {"what is named, whatever it is", "", "veth1,gone0", false, "enp1s0,veth1,gone0",
     "enp1s0,veth1,gone0"},
    {"what is named by an alternative name, once", "", "lan0,enp1s0", false, "enp1s0", "enp1s0"},
    {"all downstreams, bound ones first", "zone public interfaces cni1\n", NULL, true,
     "enp1s0,cni1,cni0", "enp1s0,cni1,cni0"},
};

static char *joined(const GPtrArray *names)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "",
                               (const char *)g_ptr_array_index(names, i));
    return g_string_free(text, FALSE);
}

static void test_interests(void **state)
{
    const InterestCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(HOST);
    sketch_add(snapshot, test->zones);
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    g_auto(GStrv) named = test->named != NULL ? g_strsplit(test->named, ",", -1) : NULL;
    const Interests interests = {snapshot, topology, (const char *const *)named,
                                 test->all_downstreams};
    g_autoptr(GPtrArray) bindings = interests_bindings(&interests);
    g_autoptr(GPtrArray) links = interests_links(&interests);
    g_autofree char *bindings_text = joined(bindings);
    g_autofree char *links_text = joined(links);
    assert_string_equal(bindings_text, test->bindings);
    assert_string_equal(links_text, test->links);
}

int main(void)
{
    return RUN_CASES(test_interests, cases);
}
