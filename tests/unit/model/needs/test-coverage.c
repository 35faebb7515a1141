/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is accepted on the usual ways through a host, and that looking at many of them at once
 * changes no answer. */
#include "model/needs/coverage.h"

#include "model/needs/expectation.h"
#include "model/needs/flow-classes.h"
#include "model/needs/need.h"

#include "hosts.h"

#define NODE                                                                                       \
    "host forwarding6 yes\nlink up veth addr 192.0.2.10/24\nlink pods bridge addr 10.1.0.1/24\n"   \
    "link tunnel vxlan addr 10.1.0.0/32\nlink veth0 veth in pods\nlink veth1 veth in pods\n"       \
    "link bare veth\nlink switch bridge\nlink tap0 tun in switch\nlink tap1 tun in switch\n"       \
    "route 0.0.0.0/0 dev up\nzone public\nzone trusted target ACCEPT\n"

typedef enum {
    OUT,     /* from a downstream by an uplink */
    WITHIN,  /* a bridge */
    OVERLAY, /* between a bridge and a tunnel */
} WayKind;

typedef struct {
    const char *name;
    const char *host;
    WayKind kind;
    const char *from;
    const char *to;
    Coverage coverage;
    const char *zone; /* of what fares worst; NULL: not asked */
} CoverageCase;

static const CoverageCase coverages[] = {
    {"nothing bound", NODE, OUT, "pods", "up", COVERAGE_REFUSED, "public"},
    {"uplink bound", NODE "bind public up", OUT, "pods", "up", COVERAGE_ACCEPTED, NULL},
    {"the network in trusted", NODE "change trusted sources 10.0.0.0/8", OUT, "pods", "up",
     COVERAGE_ACCEPTED, NULL},
    {"part of the network in trusted", NODE "change trusted sources 10.1.0.128/25", OUT, "pods",
     "up", COVERAGE_OPEN, NULL},
    {"without an address, any", NODE "change trusted sources 10.1.0.0/24", OUT, "bare", "up",
     COVERAGE_OPEN, NULL},
    {"without an address, nothing bound", NODE, OUT, "bare", "up", COVERAGE_REFUSED, "public"},
    {"it could not be read whether it forwards", NODE "host forwarding4 ? forwarding6 ?", OUT,
     "bare", "up", COVERAGE_REFUSED, "public"},
    {"IPv4 off", NODE "host forwarding4 no", OUT, "pods", "up", COVERAGE_IDLE, NULL},
    {"IPv4 off, without an address: IPv6, which the uplink has not", NODE "host forwarding4 no",
     OUT, "bare", "up", COVERAGE_IDLE, NULL},
    {"IPv4 off, without an address: IPv6, which the uplink has",
     NODE "host forwarding4 no\nroute ::/0 dev up", OUT, "bare", "up", COVERAGE_REFUSED, "public"},

    {"a pod by its route, in trusted",
     NODE "net 10.3.0.9/32 dev bare\nnet fd00:3::9/128 dev bare\nnet 10.4.0.0/24 dev bare\n"
          "change trusted sources 10.3.0.9/32",
     OUT, "bare", "up", COVERAGE_ACCEPTED, NULL},
    {"one of its two addresses is not",
     NODE "net 10.3.0.9/32 dev bare\nnet 10.3.0.10/32 dev bare\n"
          "change trusted sources 10.3.0.9/32",
     OUT, "bare", "up", COVERAGE_REFUSED, "public"},
    {"a route that leads nowhere is nobody's",
     NODE "net 10.3.0.9/32 dev bare type 6\nchange trusted sources 10.3.0.9/32", OUT, "bare", "up",
     COVERAGE_OPEN, NULL},
    {"a host of a set and one by its hardware are no addresses",
     NODE "net 10.3.0.9/32 dev bare\nipset friends hash:ip 10.3.0.9\n"
          "change trusted sources ipset:others,02:00:00:00:00:01,10.0.0.0/8,10.3.0.9",
     OUT, "bare", "up", COVERAGE_ACCEPTED, NULL},
    {"a pod of netkit",
     NODE "link n netkit\nnet 10.3.0.9/32 dev n\nchange trusted sources 10.3.0.9/32", OUT, "n",
     "up", COVERAGE_ACCEPTED, NULL},
    {"an address of its own is no host behind it",
     NODE "net 10.3.0.9/32 dev bare type 2\nchange trusted sources 10.3.0.9/32", OUT, "bare", "up",
     COVERAGE_OPEN, NULL},
    {"hosts of both families, named one by one",
     NODE "net 10.3.0.9/32 dev bare\nnet fd00:3::9/128 dev bare\nroute ::/0 dev up\n"
          "change trusted sources fd00:3::9,10.3.0.9,10.3.0.7,fd00:3::7,10.3.0.8,fd00:3::8",
     OUT, "bare", "up", COVERAGE_ACCEPTED, NULL},
    {"an uplink of IPv6 alone, without an address",
     "host forwarding6 yes\nlink up veth\nlink pods bridge addr 10.1.0.1/24\nroute ::/0 dev up\n"
     "zone public\n",
     OUT, "pods", "up", COVERAGE_IDLE, NULL},

    {"ports without br_netfilter", NODE, WITHIN, "pods", NULL, COVERAGE_IDLE, NULL},
    {"ports with br_netfilter", NODE "host bridge4 yes", WITHIN, "pods", NULL, COVERAGE_REFUSED,
     "public"},
    {"ports with br_netfilter of the other family", NODE "host bridge6 yes", WITHIN, "pods", NULL,
     COVERAGE_IDLE, NULL},
    {"ports of a bridge with a switch of its own",
     NODE "link own bridge bridge4 yes addr 10.5.0.1/24\nlink a veth in own\nlink b veth in own",
     WITHIN, "own", NULL, COVERAGE_REFUSED, "public"},
    {"a single port", NODE "host bridge4 yes\nlink one bridge addr 10.5.0.1/24\nlink a veth in one",
     WITHIN, "one", NULL, COVERAGE_IDLE, NULL},
    {"the bridge bound", NODE "host bridge4 yes\nbind public pods", WITHIN, "pods", NULL,
     COVERAGE_ACCEPTED, NULL},
    {"the network a source of the zone", NODE "host bridge4 yes\nchange public sources 10.1.0.0/24",
     WITHIN, "pods", NULL, COVERAGE_ACCEPTED, NULL},
    {"a bridge without address", NODE "host bridge4 yes", WITHIN, "switch", NULL, COVERAGE_REFUSED,
     "public"},
    {"a bridge without address, IPv6", NODE "host bridge6 yes", WITHIN, "switch", NULL,
     COVERAGE_REFUSED, "public"},

    {"the rest of the network, nothing bound", NODE, OVERLAY, "pods", "tunnel", COVERAGE_REFUSED,
     "public"},
    {"the tunnel bound: what comes back in by it is refused", NODE "bind public tunnel", OVERLAY,
     "pods", "tunnel", COVERAGE_REFUSED, "public"},
    {"both bound", NODE "bind public tunnel\nbind public pods", OVERLAY, "pods", "tunnel",
     COVERAGE_ACCEPTED, NULL},
    {"both trusted", NODE "bind trusted tunnel\nbind trusted pods", OVERLAY, "pods", "tunnel",
     COVERAGE_ACCEPTED, NULL},
    {"the whole network trusted: what comes back is likely of it",
     NODE "change trusted sources 10.0.0.0/8", OVERLAY, "pods", "tunnel", COVERAGE_OPEN, NULL},
    {"only the network here trusted: what goes out is accepted, what comes back is refused",
     NODE "change trusted sources 10.1.0.0/24", OVERLAY, "pods", "tunnel", COVERAGE_OPEN, NULL},
    {"a bridge that does not forward",
     NODE "link shut bridge addr 10.6.0.1/24 forwarding no\nlink other vxlan addr 10.6.0.0/32",
     OVERLAY, "shut", "other", COVERAGE_IDLE, NULL},
    {"a tunnel of another network", NODE "link other vxlan addr 10.2.0.0/32", OVERLAY, "pods",
     "other", COVERAGE_IDLE, NULL},
};

static WayCoverage ask(CoverageMap *map, const Snapshot *snapshot, const CoverageCase *test)
{
    const Link *from = snapshot_link_by_name(snapshot, test->from);
    const Link *to = test->to != NULL ? snapshot_link_by_name(snapshot, test->to) : NULL;
    switch (test->kind) {
    case OUT:
        return coverage_of(map, from, to);
    case WITHIN:
        return coverage_within_bridge(map, from);
    case OVERLAY:
        break;
    }
    return coverage_through_overlay(map, from, to);
}

static void test_coverage(void **state)
{
    const CoverageCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    WayCoverage way = ask(map, snapshot, test);
    assert_int_equal(way.coverage, test->coverage);
    if (test->zone != NULL)
        assert_string_equal(way.judgement->firewalld->ingress.zone->name, test->zone);
    if (way.coverage == COVERAGE_IDLE)
        return;
    const Judgement *judgement = coverage_judgement(map, &way);
    assert_int_equal(judgement->possible, way.judgement->possible);
    assert_ptr_equal(judgement->firewalld->ingress.zone, way.judgement->firewalld->ingress.zone);
}

/* ---- classes ---- */

static const char *const hosts[] = {
    "incident",
    "incident-cured",
    "k3s-trusted",
    "hosts/docker",
    "hosts/calico-unbound",
    "hosts/calico-wildcard",
    "hosts/vrf-management",
    "hosts/calico-trusted-source",
    "hosts/libvirt-routed",
    "hosts/multipath",
    "hosts/wireguard-gateway-policy",
    "hosts/k3s-trusted-sources",
    "hosts/docker-0.9",
    "hosts/docker-2.4",
    "hosts/not-root",
};

/* A map that has answered all questions answers each like one that was asked nothing else. */
static void assert_classes_change_nothing(const Snapshot *snapshot)
{
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    const GPtrArray *downstreams = topology_downstreams(topology);
    const GPtrArray *uplinks = topology_uplinks(topology);
    for (guint i = 0; i < downstreams->len * uplinks->len; i++) {
        const Link *downstream = g_ptr_array_index(downstreams, i % downstreams->len);
        const Link *uplink = g_ptr_array_index(uplinks, i / downstreams->len);
        g_autoptr(CoverageMap) fresh = coverage_map_new(snapshot, topology);
        WayCoverage known = coverage_of(map, downstream, uplink);
        WayCoverage found_out = coverage_of(fresh, downstream, uplink);
        assert_int_equal(known.coverage, found_out.coverage);
        if (known.coverage != COVERAGE_IDLE)
            assert_string_equal(known.judgement->firewalld->ingress.zone->name,
                                found_out.judgement->firewalld->ingress.zone->name);
    }
}

static void test_classes_change_nothing(G_GNUC_UNUSED void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autoptr(Snapshot) snapshot = host_read(hosts[i]);
        assert_classes_change_nothing(snapshot);
    }
}

static void test_what_settings_tell_apart_is_not_of_one_class(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot =
        sketch("link up veth addr 192.0.2.10/24\nroute 0.0.0.0/0 dev up\n"
               "link a bridge addr 10.1.0.1/24\nlink b bridge addr 10.2.0.1/24\n"
               "link c1 bridge addr 10.3.0.1/24\nlink d bridge addr 10.4.0.1/24\n"
               "link e bridge addr 10.5.0.1/24\nlink f bridge addr 10.6.0.1/24\n"
               "zone public\nzone trusted target ACCEPT interfaces b,c+ sources 10.4.0.0/16\n"
               "zone work sources 10.6.0.0/16\n"
               "policy out ingress ANY egress ANY rich 'rule family=\"ipv4\" source "
               "address=\"10.5.0.0/24\" accept'\n");
    assert_classes_change_nothing(snapshot);
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    static const char expected[] = {'R', 'A', 'A', 'A', 'A', 'R'};
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        WayCoverage way = coverage_of(map, g_ptr_array_index(topology_downstreams(topology), i),
                                      snapshot_link_by_name(snapshot, "up"));
        assert_int_equal(way.coverage, expected[i] == 'R' ? COVERAGE_REFUSED : COVERAGE_ACCEPTED);
    }
}

static void test_families_are_not_of_one_class(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot =
        sketch("host forwarding6 yes\nlink up veth\nroute 0.0.0.0/0 dev up\nroute ::/0 dev up\n"
               "link a bridge addr 10.1.0.1/24\nlink b bridge addr fd00::1/64\nzone public\n"
               "policy out ingress ANY egress ANY rich 'rule family=\"ipv6\" accept'\n");
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    const Link *up = snapshot_link_by_name(snapshot, "up");
    WayCoverage ipv4 = coverage_of(map, snapshot_link_by_name(snapshot, "a"), up);
    WayCoverage ipv6 = coverage_of(map, snapshot_link_by_name(snapshot, "b"), up);
    assert_int_equal(ipv4.coverage, COVERAGE_REFUSED);
    assert_int_equal(ipv6.coverage, COVERAGE_ACCEPTED);
}

static void test_freeing_nothing_is_fine(G_GNUC_UNUSED void **state)
{
    coverage_map_free(NULL);
    flow_classes_free(NULL);
    need_free(NULL);
    expectation_free(NULL);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_classes_change_nothing),
        cmocka_unit_test(test_what_settings_tell_apart_is_not_of_one_class),
        cmocka_unit_test(test_families_are_not_of_one_class),
        cmocka_unit_test(test_freeing_nothing_is_fine),
    };
    return RUN_CASES(test_coverage, coverages) + cmocka_run_group_tests(others, NULL, NULL);
}
