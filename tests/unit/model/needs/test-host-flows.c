/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of the services of a host, and that what was told is not told again. */
#include "model/needs/host-flows.h"

#include "cases.h"
#include "sketch.h"

typedef struct {
    GString *names;
} Heard;

static void hear(ServiceKind kind, const char *name, const Flow *flow, gpointer user)
{
    const Heard *heard = user;
    if (kind == SERVICE_NAMED || kind == SERVICE_PORT)
        g_string_append_printf(heard->names, "%s:%u ", name, flow->port);
}

/* What is told of packets to eth0 of SNAPSHOT (transfer full). */
static char *told_of(const Snapshot *snapshot, GHashTable *told)
{
    const Heard heard = {g_string_new(NULL)};
    const FlowAddress from = {.kind = FLOW_ADDRESS_ELSEWHERE};
    host_flows_foreach_from(snapshot, "eth0", FAMILY_IPV4, &from, told, hear, (gpointer)&heard);
    return g_string_free(heard.names, FALSE);
}

#define ETH0                                                                                       \
    "firewalld 1.3.3 public\nlink eth0 physical addr 192.0.2.1/24\nservice ssh ports 22/tcp\n"     \
    "zone public interfaces eth0 services ssh,web ports 80/tcp,81/tcp "                            \
    "rich 'rule port port=\"80\" protocol=\"tcp\" accept'\n"

static void test_each_is_told_once(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(ETH0);
    g_autofree char *all = told_of(snapshot, NULL);
    assert_string_equal(all, "ssh:22 ssh:22 80/tcp:80 81/tcp:81 "); /* ssh of both families */
}

static void test_what_was_told_is_left_out(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) before = sketch(ETH0);
    g_autoptr(Snapshot) after = sketch(ETH0 "change public ports 80/tcp,82/tcp\n");
    g_autoptr(GHashTable) told = host_flows_told_new();
    g_autofree char *first = told_of(before, told);
    assert_string_equal(first, "ssh:22 ssh:22 80/tcp:80 81/tcp:81 ");
    g_autofree char *second = told_of(after, told);
    assert_string_equal(second, "82/tcp:82 ");
}

/* A service that is named before it is defined is told where it is. */
static void test_a_service_that_gets_defined(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) before = sketch(ETH0);
    g_autoptr(Snapshot) after = sketch(ETH0 "service web ports 443/tcp\n");
    g_autoptr(GHashTable) told = host_flows_told_new();
    g_autofree char *first = told_of(before, told);
    assert_string_equal(first, "ssh:22 ssh:22 80/tcp:80 81/tcp:81 ");
    g_autofree char *second = told_of(after, told);
    assert_string_equal(second, "web:443 web:443 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_is_told_once),
        cmocka_unit_test(test_what_was_told_is_left_out),
        cmocka_unit_test(test_a_service_that_gets_defined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
