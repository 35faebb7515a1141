/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict of a flow to the host looks at bindings in three places: the dispatch to its ingress zone, the zones
 * that policies name, and forward ports, which may look at any zone. */
#include "model/firewalld/input-alike.h"

#include "model/firewalld/dispatch.h"
#include "model/firewalld/nat.h"
#include "model/foreach.h"

/* Those that have the zones of a flow in one list, with sources before interfaces, where no policy hinges on
 * whether any interface is bound at all. */
static bool is_of_simple_release(const Firewalld *firewalld)
{
    return release_candidates(firewalld) == NULL &&
           firewalld_generation(firewalld) != GENERATION_0_9 &&
           !release_has(firewalld, RELEASE_MISPLACES_EQUAL);
}

/* Else an interface may come before or after a source, by how it is bound. */
static bool has_one_priority(const Firewalld *firewalld)
{
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones) {
        const Zone *first = g_ptr_array_index(firewalld->zones, 0);
        if (zone->ingress_priority != first->ingress_priority)
            return false;
    }
    return true;
}

/* What was not read may translate. */
static bool may_translate(const Firewalld *firewalld)
{
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones) {
        if (!zone->settings_read || nat_translates(&zone->filter))
            return true;
    }
    PTR_ARRAY_FOREACH (const Policy, policy, firewalld->policies) {
        if (!policy->settings_read || nat_translates(&policy->filter))
            return true;
    }
    return false;
}

static bool binds_the_same(const Snapshot *before, const Snapshot *after, char *const *zones)
{
    STRV_FOREACH (name, zones) {
        const Zone *one = firewalld_zone(before->firewalld, *name);
        const Zone *other = firewalld_zone(after->firewalld, *name);
        bool same = one == NULL || other == NULL
                        ? one == other
                        : g_strv_equal((const char *const *)one->interfaces,
                                       (const char *const *)other->interfaces);
        if (!same)
            return false;
    }
    return true;
}

static bool policies_are_alike(const Snapshot *before, const Snapshot *after)
{
    PTR_ARRAY_FOREACH (const Policy, policy, before->firewalld->policies) {
        if (!binds_the_same(before, after, policy->ingress_zones) ||
            !binds_the_same(before, after, policy->egress_zones))
            return false;
    }
    return true;
}

bool input_is_comparable(const Snapshot *before, const Snapshot *after)
{
    const Firewalld *firewalld = before->firewalld;
    return is_of_simple_release(firewalld) && has_one_priority(firewalld) &&
           !may_translate(firewalld) && policies_are_alike(before, after);
}

/* By its interface alone: sources come first in both, and are the same. */
bool input_is_alike(const Snapshot *before, const Snapshot *after, const char *name)
{
    const ZoneMatch one = dispatch_interface(before, name);
    const ZoneMatch other = dispatch_interface(after, name);
    return one.zone != NULL && other.zone != NULL && one.match == MATCH_YES &&
           other.match == MATCH_YES && one.by_load_order == other.by_load_order &&
           g_str_equal(one.zone->name, other.zone->name);
}
