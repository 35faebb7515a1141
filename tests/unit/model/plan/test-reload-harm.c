/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is accepted now and not after a reload: each row is a host whose running firewall has something
 * that does not last. */
#include "model/plan/reload-harm.h"

#include "model/foreach.h"
#include "report/plan-text.h"

#include "cases.h"
#include "sketch.h"

#define NIC                                                                                        \
    "link eth0 physical addr 192.0.2.10/24\nlink pods bridge addr 10.1.0.1/24\n"                   \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nservice ssh ports 22/tcp\nservice http ports "        \
    "80/tcp\n"
#define ZONES "zone public services ssh\nzone trusted target ACCEPT\nzone work services ssh\n"
#define LASTING                                                                                    \
    "lasting zone public services ssh\nlasting zone trusted target ACCEPT\n"                       \
    "lasting zone work services ssh\nlasting service ssh ports 22/tcp\n"                           \
    "lasting service http ports 80/tcp\n"
#define NODE NIC ZONES LASTING

typedef struct {
    const char *name;
    const char *host;
    const char *harm;
} HarmCase;

static const HarmCase harms[] = {
    {"nothing", NODE, ""},
    {"a port", NODE "change public ports 8080/tcp\n",
     "closes 8080/tcp on eth0 and 1 more like eth0"},
    {"a port that a service keeps",
     NODE "change public ports 80/tcp\n"
          "lasting change public services ssh,http\n",
     ""},
    {"a port of a zone that filters nothing", NODE "change work ports 8080/tcp\n", ""},
    {"a range of ports",
     NODE "change public ports 8080-8090/tcp\nlasting change public ports 8080/tcp\n",
     "zone public loses port 8080-8090/tcp"},
    {"a service", NODE "change public services http\n",
     "closes service http on eth0 and 1 more like eth0"},
    {"a service of one interface only",
     NODE "change work services http interfaces eth0\nlasting change work interfaces eth0\n",
     "closes service http on eth0"},
    {"a binding that other traffic needs", NODE "change public interfaces eth0,pods\n",
     "closes connections from eth0 out through pods and 1 more like eth0"},
    {"a source", NODE "change trusted sources 10.1.0.0/24\n",
     "closes ports that no setting names from 10.1.0.0/24; closes connections from 10.1.0.0/24 out "
     "through pods"},
    {"a target",
     NODE "change trusted interfaces pods\nlasting change trusted interfaces pods target default\n",
     "closes ports that no setting names on pods; closes connections from pods out through eth0"},
    {"a forward port", NODE "change public forward-port 8080:tcp:80:10.1.0.2\n",
     "zone public loses forward-port port=8080:proto=tcp:toport=80:toaddr=10.1.0.2"},
    {"masquerading", NODE "change public masquerade yes\n", "zone public loses masquerade"},
    {"a protocol", NODE "change public protocols gre\n", "zone public loses protocol gre"},
    {"what only refuses may go", NODE "change public icmp-blocks echo-request\n", ""},
    {"a rich rule", NODE "change public rich 'rule service name=\"http\" accept'\n",
     "closes service http on eth0 and 1 more like eth0; zone public loses rich-rule rule service "
     "name=\"http\" accept"},
    {"a rich rule that refuses may go",
     NODE "change public rich 'rule service name=\"http\" reject'\n", ""},
    {"a rich rule that drops may go", NODE "change public rich 'rule service name=\"http\" drop'\n",
     ""},
    {"a rich rule that is not understood",
     NODE "change public rich 'rule port port=\"x\" protocol=\"tcp\" drop'\n",
     "zone public loses rich-rule rule port port=\"x\" protocol=\"tcp\" drop"},
    {"a policy's rich rule",
     NODE "policy p ingress public egress HOST rich 'rule service name=\"http\" drop'\n"
          "lasting policy p ingress public egress HOST\n",
     ""},
    {"a policy's masquerading",
     NODE "policy p ingress public egress work masquerade yes\n"
          "lasting policy p ingress public egress work\n",
     "policy p loses masquerade"},
    {"a policy", NODE "policy p ingress public egress HOST services http\n", "policy p is lost"},
    {"a source of an ipset", NODE "change trusted sources ipset:friends\n",
     "zone trusted loses source ipset:friends"},
    {"a source by its MAC", NODE "change trusted sources 02:00:00:00:00:01\n",
     "zone trusted loses source 02:00:00:00:00:01"},
    {"a source of the other family", NODE "change trusted sources fd00:1::/64\n",
     "closes ports that no setting names from fd00:1::/64"},
    {"a source that only a link without firewalld has",
     "link lo loopback\n" ZONES LASTING "change trusted sources 10.1.0.0/24\n", ""},
    {"links that are down, or ports",
     NODE "link d dummy down\nlink p veth in pods\nlink lo "
          "loopback\nchange public ports 8080/tcp\n",
     "closes 8080/tcp on eth0 and 1 more like eth0"},
    {"a third link alike", NODE "link more bridge addr 10.2.0.1/24\nchange public ports 8080/tcp\n",
     "closes 8080/tcp on eth0 and 2 more like eth0"},
    {"a zone that is gone then", NODE "zone own interfaces pods services http\n",
     "closes service http on pods; zone own is lost"},
    {"a zone without members that is gone then", NODE "zone own services http\n", ""},
    {"a service for a source only",
     NODE "zone own sources 10.1.0.0/24 services http\nlasting zone own sources 10.1.0.0/24\n",
     "closes service http from 10.1.0.0/24"},
    {"what may be closed then",
     NODE "change public services http\n"
          "lasting change public services ssh,http rich 'rule nonsense'\n",
     "closes may be: service http on eth0 and 1 more like eth0; closes may be: ping on eth0 and 1 "
     "more like eth0"},
    {"what only may pass now is not closed, but its rule is lost",
     NODE "change public services ssh,http rich 'rule nonsense'\n"
          "lasting change public services ssh,http target DROP\n",
     "zone public loses rich-rule rule nonsense"},
    {"direct rules", NODE "firewalld 1.3.3 public direct yes\n",
     "direct rules that are not permanent are lost"},
    {"an icmp-block that lasts only", NODE "lasting change public icmp-blocks echo-request\n",
     "closes ping on eth0 and 1 more like eth0"},
};

static void test_harm(void **state)
{
    const HarmCase *test = *state;
    g_autoptr(Snapshot) now = sketch(test->host);
    g_autoptr(Snapshot) then = snapshot_after_reload(now, EVENT_RELOAD, NULL);
    assert_non_null(then);
    g_autoptr(ReloadHarm) harm = reload_harm_of(now, then, EVENT_RELOAD);
    g_autofree char *text = reload_harm_text(harm);
    assert_string_equal(text, test->harm);
    assert_true(reload_harm_is_none(harm) == (*test->harm == '\0'));
}

static void test_freeing_nothing_is_fine(G_GNUC_UNUSED void **state)
{
    reload_harm_free(NULL);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_freeing_nothing_is_fine)};
    return RUN_CASES(test_harm, harms) + cmocka_run_group_tests(others, NULL, NULL);
}
