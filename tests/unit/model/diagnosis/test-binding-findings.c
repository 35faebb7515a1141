/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bindings that name no link, that will not last, or that contradict one another. */
#include "model/diagnosis/binding-findings.h"

#include "hosts.h"

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink pods bridge addr 10.1.0.1/24\n"                   \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\n"

typedef struct {
    const char *name;
    const char *host;
    const char *findings;
} FindingCase;

static const FindingCase findings[] = {
    {"bound in the running firewall only", NODE "change public interfaces eth0\npermanent eth0 -\n",
     "warning runtime-only-binding eth0\n"},
    {"bound in the running firewall only, so far as could be read",
     NODE "change public interfaces eth0\n", ""},
    {"bound permanently only", NODE "permanent eth0 public\n",
     "error uplink-unbound eth0\nwarning permanent-not-active eth0\n"},
    {"bound elsewhere permanently",
     NODE "zone work\nbind work eth0\nchange work interfaces none\nchange public interfaces eth0\n",
     "warning permanent-not-active eth0\nwarning stale-binding none\n"},
    {"a downstream bound in the running firewall only",
     NODE "bind public eth0\nchange trusted interfaces pods\npermanent pods -\n",
     "warning runtime-only-binding pods\n"},
    {"Docker binds its bridges again by itself",
     NODE "bind public eth0\nzone docker target ACCEPT interfaces pods\npermanent pods -\n", ""},
    {"a wildcard in the running firewall only",
     NODE "change public interfaces eth+\npermanent eth+ -\npermanent eth0 -\n",
     "warning runtime-only-binding eth+\n"},
    {"a wildcard that lasts", NODE "bind public eth+\npermanent eth0 -\n", ""},
    {"a wildcard that is another zone's permanently",
     NODE "change public interfaces eth+\npermanent eth+ work\npermanent eth0 -\n",
     "warning permanent-not-active eth+\n"},
    {"a zone file and a profile differ",
     NODE "zone work\nchange public interfaces eth0\npermanent eth0 work\n"
          "manager eth0 public uuid u\n",
     "warning profile-overrides-zone eth0\n"},
    {"a profile without a zone means the default zone",
     NODE "zone work\nchange public interfaces eth0\npermanent eth0 work\nmanager eth0 - uuid u\n",
     "warning profile-overrides-zone eth0\n"},
    {"a zone file and a profile agree",
     NODE "change public interfaces eth0\npermanent eth0 public\nmanager eth0 public uuid u\n", ""},
    {"no zone file beside a profile",
     NODE "change public interfaces eth0\npermanent eth0 -\nmanager eth0 public uuid u\n", ""},
    {"two zones permanently",
     NODE "bind public eth0\nchange public interfaces eth0\n"
          "link eth1 physical addr 10.9.0.2/24\n"
          "permanent eth1 '!public work  (ERROR: interface eth1 in 2 "
          "zone XML files)'\nzone work interfaces eth1\n",
     "error zone-conflict eth1\nerror forward-blocked eth1\n"},
    {"a name that no link has", NODE "bind public eth0\nchange public interfaces eth0,eth7\n",
     "warning stale-binding eth7\n"},
    {"a zone file beside the profile of a shared connection",
     NODE "zone work\nzone nm-shared interfaces pods\nbind public eth0\npermanent pods work\n"
          "manager pods - uuid u\n",
     "error forward-blocked eth0\n"},
    {"two zone files beside a profile",
     NODE "bind public eth0\npermanent pods '!two zones'\nmanager pods public uuid u\n",
     "error zone-conflict pods\nwarning manager-zone-mismatch pods\n"},
    {"a profile, where the default zone could not be read",
     NODE "firewalld 1.3.3 -\nbind public eth0\npermanent pods public\nmanager pods - uuid u\n",
     "info verdict-unknown eth0\n"},
    {"a profile whose zone is not there",
     NODE "bind public eth0\nchange public interfaces eth0,pods\npermanent pods public\n"
          "manager pods nosuch uuid u\n",
     "warning manager-zone-mismatch pods\n"},
    {"a device that others manage",
     NODE "zone work\nbind public eth0\nchange public interfaces eth0,pods\npermanent pods public\n"
          "manager pods work external\n",
     ""},
    {"a name that comes and goes with a profile",
     NODE "bind public eth0\nchange public interfaces eth0,eth7\nmanager eth7 public uuid u\n",
     "info stale-binding eth7\n"},
    {"two zone files beside a profile of another zone",
     NODE "zone work\nbind public eth0\npermanent pods '!two zones'\nmanager pods work uuid u\n"
          "change work interfaces pods\n",
     "error zone-conflict pods\n"
     "error forward-blocked eth0\n"},
    {"what lasts fails firewalld's own check", NODE "bind public eth0\nfault 'INVALID_ZONE: x'\n",
     "error zone-conflict -\n"},
    {"a name that comes and goes with a VPN",
     NODE "bind public eth0\nchange public interfaces eth0,ppp0\n", "info stale-binding ppp0\n"},
    {"an alternative name",
     "link eth0 physical alt enp1s0 addr 192.0.2.10/24\nchange public interfaces enp1s0\n",
     "warning uplink-unbound eth0\nwarning stale-binding enp1s0\n"},
    {"a wildcard that matches no link",
     NODE "bind public eth0\nchange public interfaces eth0,ppp+\n", ""},

    /* NetworkManager's profiles. */
    {"managed, and the profile names no zone: the default one",
     NODE "change public interfaces eth0\npermanent eth0 -\nmanager eth0 -\n", ""},
    {"managed, and the profile names the zone",
     NODE "zone work interfaces eth0\nchange trusted interfaces pods\npermanent eth0 -\n"
          "manager eth0 work\n",
     ""},
    {"managed, and the profile names another zone",
     NODE "change public interfaces eth0\nzone work\npermanent eth0 -\nmanager eth0 work\n",
     "warning manager-zone-mismatch eth0\n"},
    {"managed, and the profile names a zone that nobody has: it is unbound",
     NODE "permanent eth0 -\nmanager eth0 nosuch\n",
     "error uplink-unbound eth0\nwarning manager-zone-mismatch eth0\n"},
    {"managed: what firewalld's files say of it is not in force",
     NODE "change public interfaces eth0\npermanent eth0 work\nmanager eth0 -\n",
     "warning profile-overrides-zone eth0\n"},
    {"connected externally: they do",
     NODE "change public interfaces eth0\npermanent eth0 -\nmanager eth0 work external\n",
     "warning runtime-only-binding eth0\n"},
    {"shared, in NetworkManager's own zone",
     NODE "bind public eth0\nzone nm-shared target ACCEPT forward no interfaces pods\n"
          "permanent pods -\nmanager pods -\n",
     ""},
};

static void test_finding(void **state)
{
    const FindingCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch("zone public services ssh\nzone trusted target ACCEPT\n");
    sketch_add(snapshot, test->host);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autofree char *found = findings_text(diagnosis);
    assert_string_equal(found, test->findings);
}

/* ---- zones of other programs ---- */

typedef struct {
    const char *name; /* of the zone */
    bool theirs;
} ZoneCase;

static const ZoneCase zones[] = {
    {"docker", true},    {"libvirt", true}, {"libvirt-routed", true},     {"netavark_zone", true},
    {"nm-shared", true}, {"public", false}, {"docker-forwarding", false}, {"trusted", false},
    {"dockers", false},
};

static void test_zone(void **state)
{
    const ZoneCase *test = *state;
    assert_int_equal(zone_is_of_another_program(test->name), test->theirs);
}

int main(void)
{
    return RUN_CASES(test_finding, findings) + RUN_CASES(test_zone, zones);
}
