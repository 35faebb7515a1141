/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings that come and go between two looks at a host. */
#include "cases.h"

#include "model/diagnosis/diagnosis.h"
#include "sketch.h"

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                 \
    "link veth0 veth in cni0\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\n"               \
    "zone trusted target ACCEPT\npermanent eth0 -\n"
#define BOUND NODE "change public interfaces eth0\n"
#define CURED NODE "bind public eth0\n"

/* Two networks that are routed outside, one of which is in another zone. */
#define ROUTED                                                                                     \
    "link wan0 physical addr 198.51.100.2/24\nlink lan0 physical addr 192.168.1.1/24\n"            \
    "link lan1 physical addr 192.168.2.1/24\nroute 0.0.0.0/0 dev wan0 via 198.51.100.1\n"          \
    "zone public\nzone internal\nzone work\nzone external masquerade yes\nbind external wan0\n"    \
    "bind internal lan0\nbind work lan1\n"

typedef struct {
    const char *name;
    const char *before; /* NULL: nothing was known */
    const char *after;
    const char *changes;
} ChangeCase;

static const ChangeCase cases[] = {
    {"at the start", NULL, NODE, "appeared error uplink-unbound eth0\n"},
    {"at the start, all is well", NULL, CURED, ""},
    {"nothing happens", NODE, NODE, ""},
    {"it is cured", NODE, CURED, "cleared error uplink-unbound eth0\n"},
    {"one goes and another comes", NODE, BOUND,
     "cleared error uplink-unbound eth0\nappeared warning runtime-only-binding eth0\n"},
    {"it is less bad", NODE, NODE "change trusted interfaces cni0\n",
     "changed info uplink-unbound eth0\n"},
    {"it comes back worse", CURED, NODE, "appeared error uplink-unbound eth0\n"},
    {"of two needs one is met", ROUTED,
     ROUTED "policy p ingress internal egress external target ACCEPT\n",
     "cleared error need-refused lan0\n"},
    {"the link goes", BOUND, "zone public\n", "cleared warning runtime-only-binding eth0\n"},
};

static void test_changes(void **state)
{
    const ChangeCase *row = *state;
    g_autoptr(Snapshot) earlier = row->before != NULL ? sketch(row->before) : NULL;
    g_autoptr(Snapshot) later = sketch(row->after);
    g_autoptr(Diagnosis) before = earlier != NULL ? diagnose(earlier, NULL) : NULL;
    g_autoptr(Diagnosis) after = diagnose(later, NULL);
    g_autoptr(GArray) changes = diagnosis_changes(before, after);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < changes->len; i++) {
        const FindingChange *change = &g_array_index(changes, FindingChange, i);
        g_string_append_printf(text, "%s %s %s %s\n", change_word(change->kind),
                               severity_word(change->finding->severity),
                               finding_word(change->finding->id), change->finding->interface);
    }
    assert_string_equal(text->str, row->changes);
}

int main(void)
{
    return RUN_CASES(test_changes, cases);
}
