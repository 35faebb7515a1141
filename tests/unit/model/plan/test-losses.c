/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a reload undoes. */
#include "cases.h"

#include "model/plan/losses.h"
#include "sketch.h"

typedef struct {
    const char *name;
    const char *host;
    const char *losses;
} LossCase;

static const LossCase cases[] = {
    {"nothing", "zone public services ssh\nlasting zone public services ssh\n", ""},
    {"a binding", "zone public interfaces eth0\nlasting zone public\n",
     "zone public loses interface eth0\n"},
    {"a binding that comes from a profile",
     "link eth0 physical\nzone public interfaces eth0\nlasting zone public\nmanager eth0 public\n",
     ""},
    {"a binding elsewhere",
     "zone public interfaces eth0\nzone work\nlasting zone public\n"
     "lasting zone work interfaces eth0\n",
     "zone public loses interface eth0\nzone work gets interface eth0\n"},
    {"what a zone lets in",
     "zone public services ssh,http ports 80/tcp,8000-8010/udp sources 10.0.0.0/8 target ACCEPT\n"
     "lasting zone public services ssh\n",
     "zone public loses source 10.0.0.0/8\nzone public loses target ACCEPT\n"
     "zone public loses service http\nzone public loses port 80/tcp\n"
     "zone public loses port 8000-8010/udp\n"},
    {"what a zone no longer lets in", "zone public\nlasting zone public services ssh\n",
     "zone public gets service ssh\n"},
    {"forward and masquerade",
     "zone public forward yes masquerade yes\nlasting zone public forward no\n",
     "zone public loses forward\nzone public loses masquerade\n"},
    {"rich rules", "zone public rich 'rule family=ipv4 accept'\nlasting zone public\n",
     "zone public loses rich rule rule family=ipv4 accept\n"},
    {"a zone that is no longer configured", "zone public\nzone old\nlasting zone public\n",
     "zone old is lost\n"},
    {"a policy",
     "zone public\npolicy p ingress public egress HOST target ACCEPT\nlasting zone public\n"
     "lasting policy p ingress public egress HOST\n",
     "policy p loses target ACCEPT\n"},
    {"an entry of a set",
     "zone public\nipset s hash:ip 10.0.0.1,10.0.0.2\nlasting zone public\n"
     "lasting ipset s hash:ip 10.0.0.1\n",
     "set s loses entry 10.0.0.2\n"},
    {"a reload that flushes nothing",
     "firewalld 1.3.3 public flush no\nzone public interfaces eth0\nlasting zone public\n", ""},
};

static void test_losses(void **state)
{
    const LossCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(GPtrArray) losses = losses_at_reload(snapshot, NULL);
    assert_non_null(losses);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < losses->len; i++)
        g_string_append_printf(text, "%s\n", (const char *)g_ptr_array_index(losses, i));
    assert_string_equal(text->str, row->losses);
}

static void test_not_read(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = sketch("zone public\n");
    g_autoptr(GError) error = NULL;
    assert_null(losses_at_reload(snapshot, &error));
    assert_non_null(error);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_not_read)};
    return RUN_CASES(test_losses, cases) +
           cmocka_run_group_tests_name("others", others, NULL, NULL);
}
