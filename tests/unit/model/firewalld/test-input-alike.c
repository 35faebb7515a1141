/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where input_is_alike() says that other bindings leave a link's flows to the host as they are, the verdict of
 * each of them is the same: on the configurations of tests/unit/verdicts with several releases, and on the
 * hosts of tests/unit/fixtures. Every link is put into every zone, and out of all. */
#include "model/firewalld/input-alike.h"

#include "model/firewalld/verdict.h"
#include "model/needs/host-flows.h"

#include "flows.h"
#include "hosts.h"
#include "stride.h"

/* How often a rebinding left a link alike, and how often not: both must be seen. */
typedef struct {
    guint alike;
    guint different;
} Counts;

/* SNAPSHOT with NAME in ZONE, and in no other; NULL: in none (transfer full). */
static Snapshot *rebound(const Snapshot *snapshot, const char *name, const char *zone_name)
{
    Snapshot *after = snapshot_copy(snapshot);
    for (guint i = 0; i < after->firewalld->zones->len; i++) {
        Zone *zone = g_ptr_array_index(after->firewalld->zones, i);
        zone_remove_interface(zone, name);
        if (g_strcmp0(zone->name, zone_name) == 0)
            zone_add_interface(zone, name);
    }
    return after;
}

static void check_flow(const Snapshot *before, const Snapshot *after, const Flow *flow)
{
    g_autoptr(Verdict) one = verdict_of(before, flow);
    g_autoptr(Verdict) other = verdict_of(after, flow);
    assert_int_equal(one->possible, other->possible);
}

/* ---- the configurations of the verdicts ---- */

/* The flows of LINES, as flows to the host (Flow, which point into LINES). */
static GArray *flows_of(GPtrArray *lines)
{
    GArray *flows = g_array_new(FALSE, FALSE, sizeof(Flow));
    for (guint i = 0; i < lines->len; i++) {
        Flow flow = flow_parse(g_ptr_array_index(lines, i));
        flow.direction = FLOW_INPUT;
        flow.out = NULL;
        if (flow.in != NULL)
            g_array_append_val(flows, flow);
    }
    return flows;
}

static void try_rebinding(const Snapshot *before, const char *name, const char *zone,
                          const GArray *flows, Counts *counts)
{
    g_autoptr(Snapshot) after = rebound(before, name, zone);
    bool comparable = input_is_comparable(before, after);
    for (guint i = 0; i < flows->len; i++) {
        const Flow *flow = &g_array_index(flows, Flow, i);
        bool alike = comparable && input_is_alike(before, after, flow->in);
        if (alike)
            check_flow(before, after, flow);
        *(alike ? &counts->alike : &counts->different) += 1;
    }
}

static void try_scenario(const char *scenario, GPtrArray *lines, Counts *counts)
{
    static const char *const versions[] = {"0.9.11", "1.0.0", "1.3.3", "2.0.5",
                                           "2.4.4",  "2.5.0", "2.5.2", NULL};
    g_autoptr(GArray) flows = flows_of(lines);
    g_autoptr(Snapshot) before = sketch(scenario);
    /* In the oldest nothing is alike. */
    for (gsize v = stride(8) / 4; v < G_N_ELEMENTS(versions); v += stride(8)) {
        g_free(before->firewalld->version);
        before->firewalld->version = g_strdup(versions[v]);
        for (guint i = 0; i < flows->len; i++) {
            const char *const names[] = {g_array_index(flows, Flow, i).in, "other0", "other+"};
            for (gsize n = 0; n < G_N_ELEMENTS(names); n++) {
                try_rebinding(before, names[n], NULL, flows, counts);
                for (guint z = 0; z < before->firewalld->zones->len; z++) {
                    const Zone *zone = g_ptr_array_index(before->firewalld->zones, z);
                    try_rebinding(before, names[n], zone->name, flows, counts);
                }
            }
        }
    }
}

static bool is_flow(const char *line)
{
    return g_str_has_prefix(line, "forward ") || g_str_has_prefix(line, "input ");
}

static void try_block(const char *block, Counts *counts)
{
    g_auto(GStrv) lines = g_strsplit(block, "\n", -1);
    g_autoptr(GString) scenario = g_string_new(NULL);
    g_autoptr(GPtrArray) flows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) sides = g_strsplit(*line, " -> ", 2);
        if (is_flow(*line))
            g_ptr_array_add(flows, g_strsplit(sides[0], " ", -1));
        else if (**line != '#' && !g_str_has_prefix(*line, "output "))
            g_string_append_printf(scenario, "%s\n", *line);
    }
    if (flows->len > 0)
        try_scenario(scenario->str, flows, counts);
}

static void test_file(void **state)
{
    const char *const *name = *state;
    Counts counts = {0};
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), "..", "verdicts", *name, NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) blocks = g_strsplit(text, "\n\n", -1);
    for (char **block = blocks; *block != NULL; block++)
        try_block(*block, &counts);
    assert_true(counts.alike > 1000 / stride(8) && counts.different > 1000 / stride(8));
}

/* ---- hosts ---- */

typedef struct {
    const Snapshot *before, *after;
} Pair;

static void check_service(G_GNUC_UNUSED ServiceKind kind, G_GNUC_UNUSED const char *name,
                          const Flow *flow, gpointer user)
{
    const Pair *pair = user;
    check_flow(pair->before, pair->after, flow);
}

/* What is sent from ADDRESS by LINK to each service that either side's zones name. */
static void check_services(Pair pair, const char *in, Family family, const FlowAddress *address)
{
    host_flows_foreach_from(pair.before, in, family, address, NULL, check_service, &pair);
    host_flows_foreach_from(pair.after, in, family, address, NULL, check_service, &pair);
}

static void check_link(Pair pair, const Link *link)
{
    const FlowAddress elsewhere = {.kind = FLOW_ADDRESS_ELSEWHERE};
    const char *in = link_ingress_name(pair.before, link);
    for (guint i = 0; i < link->addresses->len; i++) {
        const LinkAddress *address = g_ptr_array_index(link->addresses, i);
        const FlowAddress from = {FLOW_ADDRESS_PREFIX, address->prefix};
        check_services(pair, in, address->prefix.address.family, &from);
    }
    check_services(pair, in, FAMILY_IPV4, &elsewhere);
    check_services(pair, in, FAMILY_IPV6, &elsewhere);
}

static void try_host(const Snapshot *before, const char *name, const char *zone, Counts *counts)
{
    g_autoptr(Snapshot) after = rebound(before, name, zone);
    bool comparable = input_is_comparable(before, after);
    for (guint i = 0; i < before->links->len; i++) {
        const Link *link = g_ptr_array_index(before->links, i);
        bool alike = comparable && input_is_alike(before, after, link_ingress_name(before, link));
        if (alike)
            check_link((Pair){before, after}, link);
        *(alike ? &counts->alike : &counts->different) += 1;
    }
}

static void try_all_of_host(const char *file, Counts *counts)
{
    g_autoptr(Snapshot) before = host_read(file);
    for (guint i = 0; i < before->links->len; i++) {
        const Link *link = g_ptr_array_index(before->links, i);
        try_host(before, link->name, NULL, counts);
        for (guint z = i % stride(4); z < before->firewalld->zones->len; z += stride(4)) {
            const Zone *zone = g_ptr_array_index(before->firewalld->zones, z);
            try_host(before, link->name, zone->name, counts);
        }
    }
}

static void test_hosts(G_GNUC_UNUSED void **state)
{
    Counts counts = {0};
    g_autofree char *folder = g_build_filename(g_getenv("FIXTURES"), "hosts", NULL);
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    assert_non_null(directory);
    for (const char *name; (name = g_dir_read_name(directory)) != NULL;) {
        g_autofree char *file = g_strdup_printf("hosts/%.*s", (int)strlen(name) - 5, name);
        try_all_of_host(file, &counts);
    }
    assert_true(counts.alike > 500 / stride(4) && counts.different > 500 / stride(4));
}

int main(void)
{
    static const struct {
        const char *name;
    } files[] = {{"any.rules"}, {"0.9.rules"}, {"1.x.rules"}, {"2.x.rules"}, {"2.5.rules"}};
    const struct CMUnitTest others[] = {cmocka_unit_test(test_hosts)};
    return RUN_CASES(test_file, files) + cmocka_run_group_tests(others, NULL, NULL);
}
