/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measures the model on hosts with thousands of links, and checks that twice as many take twice as
 * long. meson test --benchmark prints the milliseconds. */
#include "model/plan/fixes.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>

enum { UPLINKS = 3 };

typedef struct {
    const char *name;
    bool in_docker; /* zone docker binds every one of the downstreams */
    bool forward;   /* of the default zone */
} Scenario;

static const Scenario scenarios[] = {
    {"nothing bound", false, true},
    {"nothing bound, no forward", false, false},
    {"all in docker", true, true},
};

static void add_address(Link *link, char *text)
{
    LinkAddress address = {.scope = RT_SCOPE_UNIVERSE};
    if (ip_prefix_parse(text, &address.prefix))
        g_ptr_array_add(link->addresses, g_memdup2(&address, sizeof address));
    g_free(text);
}

static Link *add_link(Snapshot *snapshot, char *name, const char *kind)
{
    Link *link = link_new();
    link->index = (int)snapshot->links->len + 1;
    link->name = name;
    link->kind = g_strdup(kind);
    link->flags = IFF_UP;
    snapshot_add_link(snapshot, link);
    return link;
}

static void add_permanent_binding(Snapshot *snapshot, const char *name, const char *zone)
{
    PermanentBinding *binding = permanent_binding_new(name);
    binding->zone = g_strdup(zone);
    g_ptr_array_add(snapshot->permanent->bindings, binding);
}

static Zone *add_zone(Snapshot *snapshot, const char *name, Target target, Tristate forward)
{
    Zone *zone = zone_new(name);
    zone->settings_read = true;
    zone->target = target;
    zone->forward = forward;
    g_ptr_array_add(snapshot->firewalld->zones, zone);
    return zone;
}

/* Half of the downstreams are bridges with a network of their own, half veths without. */
static Snapshot *make_host(const Scenario *scenario, guint downstreams)
{
    Snapshot *snapshot = snapshot_new();
    Firewalld *firewalld = snapshot->firewalld;
    firewalld->version = g_strdup("1.3.3");
    firewalld->default_zone = g_strdup("public");
    firewalld->panic = TRISTATE_NO;
    firewalld->policies_exist = TRISTATE_YES;
    snapshot->forwarding_ipv4 = TRISTATE_YES;
    for (guint i = 0; i < UPLINKS; i++) {
        Link *uplink = add_link(snapshot, g_strdup_printf("eth%u", i), "physical");
        add_address(uplink, g_strdup_printf("192.0.2.%u/24", i + 1));
        add_permanent_binding(snapshot, uplink->name, NULL);
    }
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint i = 0; i < downstreams; i++) {
        Link *link = i % 2 == 0 ? add_link(snapshot, g_strdup_printf("veth%u", i), "veth")
                                : add_link(snapshot, g_strdup_printf("br%u", i), "bridge");
        if (i % 2 != 0)
            add_address(link, g_strdup_printf("10.%u.%u.1/24", i / 256, i % 256));
        g_strv_builder_add(names, link->name);
        if (scenario->in_docker)
            add_permanent_binding(snapshot, link->name, NULL);
    }
    add_zone(snapshot, "public", TARGET_DEFAULT, scenario->forward ? TRISTATE_YES : TRISTATE_NO);
    Zone *docker = add_zone(snapshot, "docker", TARGET_ACCEPT, TRISTATE_NO);
    if (scenario->in_docker) {
        g_strfreev(docker->interfaces);
        docker->interfaces = g_strv_builder_end(names);
    }
    return snapshot;
}

static double since(gint64 start)
{
    return (double)(g_get_monotonic_time() - start) / G_TIME_SPAN_MILLISECOND;
}

static void measure(const Scenario *scenario, guint downstreams)
{
    g_autoptr(Snapshot) snapshot = make_host(scenario, downstreams);
    gint64 start = g_get_monotonic_time();
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    double diagnosed = since(start);
    start = g_get_monotonic_time();
    fixes_suggest(snapshot, diagnosis, NULL);
    g_print("%-26s %6u links: diagnosis %7.1f, fixes %7.1f (%u findings)\n", scenario->name,
            downstreams, diagnosed, since(start), diagnosis->findings->len);
}

int main(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        for (guint downstreams = 5000; downstreams <= 20000; downstreams *= 2)
            measure(&scenarios[i], downstreams);
    }
    return 0;
}
