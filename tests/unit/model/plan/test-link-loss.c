/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a link has lost since, and what is no loss. */
#include "model/plan/link-loss.h"

#include "sketch.h"

#include <linux/if_addr.h>

#define LINK  "link lo loopback\nlink eth0 physical addr 192.0.2.10/24,2001:db8::10/64\n"
#define ROUTE "route 0.0.0.0/0 dev eth0 via 192.0.2.1\n"

typedef struct {
    const char *name;
    const char *before;
    const char *after;
    LinkLossKind kind;
    const char *prefix; /* NULL: none */
} LossCase;

static const LossCase losses[] = {
    {"all as it was", LINK ROUTE, LINK ROUTE, LINK_LOST_NOTHING, NULL},
    {"it never was there", "link lo loopback\n", LINK, LINK_LOST_NOTHING, NULL},
    {"more than before", LINK, LINK ROUTE, LINK_LOST_NOTHING, NULL},
    {"another gateway", LINK ROUTE, LINK "route 0.0.0.0/0 dev eth0 via 192.0.2.2\n",
     LINK_LOST_NOTHING, NULL},
    {"gone", LINK ROUTE, "link lo loopback\n", LINK_LOST_ITSELF, NULL},
    {"made anew", LINK, "link lo loopback\nlink eth1 physical\nlink eth0 physical\n", LINK_REPLACED,
     NULL},
    {"down", LINK, "link lo loopback\nlink eth0 physical down addr 192.0.2.10/24,2001:db8::10/64\n",
     LINK_LOST_UP, NULL},
    {"without its address", LINK, "link lo loopback\nlink eth0 physical addr 2001:db8::10/64\n",
     LINK_LOST_ADDRESS, "192.0.2.10/24"},
    {"without its route", LINK ROUTE, LINK, LINK_LOST_ROUTE, "0.0.0.0/0"},
    {"the route is in another table", LINK ROUTE,
     LINK "route 0.0.0.0/0 dev eth0 via 192.0.2.1 table 100\n", LINK_LOST_ROUTE, "0.0.0.0/0"},
    {"it was down before", "link lo loopback\nlink eth0 physical down\n",
     "link lo loopback\nlink eth0 physical down\n", LINK_LOST_NOTHING, NULL},
    {"a route of two ways",
     LINK "link eth1 physical\nroute 0.0.0.0/0 dev eth1 via 198.51.100.1 dev eth0 via 192.0.2.1\n",
     LINK "link eth1 physical\nroute 0.0.0.0/0 dev eth1 via 198.51.100.1 dev eth0 via 192.0.2.1\n",
     LINK_LOST_NOTHING, NULL},
    {"its half of such a route",
     LINK "link eth1 physical\nroute 0.0.0.0/0 dev eth1 via 198.51.100.1 dev eth0 via 192.0.2.1\n",
     LINK "link eth1 physical\nroute 0.0.0.0/0 dev eth1 via 198.51.100.1\n", LINK_LOST_ROUTE,
     "0.0.0.0/0"},
    {"a route of another link", LINK "link eth1 physical\nroute 0.0.0.0/0 dev eth1\n",
     LINK "link eth1 physical\n", LINK_LOST_NOTHING, NULL},
    {"a shorter route to the same", LINK ROUTE, LINK "route 0.0.0.0/1 dev eth0 via 192.0.2.1\n",
     LINK_LOST_ROUTE, "0.0.0.0/0"},
    {"the other half of the default route", LINK "route 128.0.0.0/1 dev eth0 via 192.0.2.1\n",
     LINK "route 0.0.0.0/1 dev eth0 via 192.0.2.1\n", LINK_LOST_ROUTE, "128.0.0.0/1"},
};

static void test_loss(void **state)
{
    const LossCase *row = *state;
    g_autoptr(Snapshot) before = sketch(row->before);
    g_autoptr(Snapshot) after = sketch(row->after);
    LinkLoss loss = link_loss(before, after, "eth0");
    assert_int_equal(loss.kind, row->kind);
    if (row->prefix != NULL) {
        g_autofree char *prefix = ip_prefix_to_string(&loss.prefix);
        assert_string_equal(prefix, row->prefix);
    }
}

static void test_temporary_address(void **state)
{
    (void)state;
    g_autoptr(Snapshot) before = sketch(LINK);
    g_autoptr(Snapshot) after = sketch("link lo loopback\nlink eth0 physical addr 192.0.2.10/24\n");
    Link *link = (Link *)snapshot_link_by_name(before, "eth0");
    LinkAddress *address = g_ptr_array_index(link->addresses, 1);
    address->flags |= IFA_F_TEMPORARY;
    assert_int_equal(link_loss(before, after, "eth0").kind, LINK_LOST_NOTHING);
}

int main(void)
{
    const struct CMUnitTest single[] = {cmocka_unit_test(test_temporary_address)};
    return RUN_CASES(test_loss, losses) + cmocka_run_group_tests(single, NULL, NULL);
}
