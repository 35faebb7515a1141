/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports that rules of other programs translate to hosts behind this one. firewalld's own forward ports are
 * settings, not needs. */
#include "model/needs/published-ports.h"
#include "model/needs/search.h"

#include "model/foreach.h"

enum { UPLINKS_MAX = 2 };

/* What is translated is what is published, whatever becomes of other packets of the flow: the joined
 * outcomes, 0 where nothing is. */
static guint outcomes_of_translated(const Path *path)
{
    guint possible = 0;
    for (guint i = 0; path != NULL && i < path->ways->len; i++) {
        const PathWay *way = g_ptr_array_index(path->ways, i);
        possible |= way->translated ? (guint)way->outcome : 0;
    }
    return possible;
}

/* Whether all that can happen was seen. */
static bool is_followed(const Path *path)
{
    return path == NULL || (!path->exhausted && !path->broken);
}

static Coverage coverage_of_translated(const WayCoverage *way, guint possible)
{
    if (way->coverage == COVERAGE_ACCEPTED)
        return COVERAGE_ACCEPTED;
    if (!is_followed(way->judgement->path)) /* what is translated may pass all the same */
        return way->coverage == COVERAGE_REFUSED ? COVERAGE_OPEN : way->coverage;
    if (possible == OUTCOME_ACCEPT)
        return COVERAGE_ACCEPTED;
    if ((possible & OUTCOME_ACCEPT) != 0)
        return COVERAGE_OPEN;
    /* firewalld has no say but where its own rules refuse it. */
    return judgement_is_firewallds(way->judgement) ? COVERAGE_REFUSED : COVERAGE_ELSEWHERE;
}

/* "8080/tcp"; "all/tcp" where all ports are translated, "all" where everything is. */
static char *service_of(const PublishedPort *port)
{
    const char *protocol = protocol_word(port->protocol);
    g_autofree char *number = port->port != 0 ? g_strdup_printf("%u", port->port) : g_strdup("all");
    return protocol != NULL ? g_strdup_printf("%s/%s", number, protocol) : g_steal_pointer(&number);
}

static void search_port(NeedSearch *search, const Link *uplink, const PublishedPort *port)
{
    const LinkAddress *own = link_first_address(uplink, port->family);
    if (own == NULL && !port->has_to)
        return;
    Flow flow = flow_new(FLOW_INPUT, port->family);
    flow.in = uplink->name;
    flow.from.kind = FLOW_ADDRESS_ELSEWHERE;
    flow.to = flow_address(port->has_to ? &port->to : &own->prefix.address);
    flow.protocol = port->protocol;
    flow.port = port->port;
    flow.typical = true;
    flow.reverse_path = REVERSE_PATH_SAME_LINK;
    WayCoverage way = coverage_of_usual_flow(search->map, &flow);
    guint possible = outcomes_of_translated(way.judgement->path);
    if (possible == 0 && is_followed(way.judgement->path))
        return;
    way.coverage = coverage_of_translated(&way, possible);
    Need *need =
        need_new(NEED_PUBLISHED_PORT, NEED_EVIDENT, NEED_BECAUSE_PUBLISHED, port->table->name);
    need->service = service_of(port);
    need_search_add(search, need, uplink, NULL, &way);
}

void need_search_published(NeedSearch *search)
{
    if (search->snapshot->ruleset == NULL)
        return;
    g_autoptr(GArray) ports = published_ports_of(search->snapshot->ruleset, search->owners);
    guint uplinks = 0;
    PTR_ARRAY_FOREACH (const Link, uplink, topology_uplinks(search->topology)) {
        if (!need_leads_outside(search, uplink) || uplinks++ >= UPLINKS_MAX)
            continue;
        ARRAY_FOREACH (const PublishedPort, port, ports)
            search_port(search, uplink, port);
    }
}
