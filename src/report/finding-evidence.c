/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See finding-evidence.h. */
#include "report/finding-evidence.h"

#include "model/foreach.h"
#include "report/finding-commands.h"
#include "report/fix-text.h"
#include "report/judgement-text.h"
#include "report/need-text.h"
#include "report/reason.h"

#include <linux/rtnetlink.h>

char *uplink_reason_text(const UplinkReason *reason)
{
    if (reason->kind != UPLINK_BY_ROUTE)
        return g_strdup(reason->kind == UPLINK_NAMED
                            ? "named by --uplink"
                            : "hardware that is up and has a global address");
    const Route *route = reason->route;
    const Nexthop *nexthop = reason->nexthop;
    g_autofree char *table = route->table == RT_TABLE_MAIN ? g_strdup("main")
                             : route->table == RT_TABLE_DEFAULT
                                 ? g_strdup("default")
                                 : g_strdup_printf("%u", route->table);
    g_autofree char *prefix = ip_prefix_to_string(&route->destination);
    g_autofree char *gateway =
        nexthop->has_gateway ? ip_address_to_string(&nexthop->gateway) : NULL;
    bool is_default = route->destination.length == 0;
    return g_strdup_printf(
        "%s%s%s%s%s in table %s", route->destination.address.family == FAMILY_IPV6 ? "IPv6 " : "",
        is_default ? "default route" : "route to all of ", is_default ? "" : prefix,
        gateway != NULL ? " via " : "", gateway != NULL ? gateway : "", table);
}

static char *flow_sentence(const Evidence *evidence)
{
    const Flow *flow = &evidence->way.flow;
    bool is_refused = evidence->way.coverage >= COVERAGE_ELSEWHERE;
    g_autofree char *reason = judgement_reason(evidence->judgement);
    if (flow->out == NULL)
        return g_strdup_printf(
            "a packet to port %u/%s of this host on %s %s %s: %s", flow->port,
            protocol_word(flow->protocol), flow->in, is_refused ? "is" : "may be",
            is_refused ? outcomes_refused_word(evidence->judgement->possible) : "refused", reason);
    return g_strdup_printf(
        "a new connection from %s out through %s %s %s: %s", flow->in, flow->out,
        is_refused ? "is" : "may be",
        is_refused ? outcomes_refused_word(evidence->judgement->possible) : "refused", reason);
}

static char *expectation_sentence(const Expectation *expectation, const Judgement *judgement)
{
    g_autofree char *reason =
        judgement != NULL ? judgement_reason(judgement) : g_strdup(expectation->unresolved);
    return g_strdup_printf("%s:%u expects %s: %s", expectation->file, expectation->line,
                           expected_word(expectation->expected), reason);
}

static char *difference_sentence(const Evidence *evidence)
{
    const Judgement *judgement = evidence->judgement;
    const Flow *flow = &judgement->flow;
    const char *family = flow->family == FAMILY_IPV6 ? "IPv6" : "IPv4";
    g_autofree char *what =
        flow->out != NULL ? g_strdup_printf("a new %s connection from %s out through %s", family,
                                            flow->in, flow->out)
        : flow->port != 0
            ? g_strdup_printf("a new %s connection to port %u/%s of this host on %s", family,
                              flow->port, protocol_word(flow->protocol), flow->in)
            : g_strdup_printf("a ping of this host on %s", flow->in);
    bool accepts = verdict_accepts(judgement->firewalld);
    return g_strdup_printf("%s is %s by the configuration and %s by the rules", what,
                           accepts ? "accepted" : "refused", accepts ? "refused" : "accepted");
}

static char *uplink_sentence(const Evidence *evidence)
{
    g_autofree char *reason = uplink_reason_text(evidence->uplink);
    return g_strdup_printf("%s is an uplink: %s", evidence->subject, reason);
}

static char *zone_sentence(const Evidence *evidence)
{
    g_autofree char *zone = reason_for_zone(&evidence->match, evidence->subject);
    return g_strdup_printf("%s filters %s", zone, evidence->subject);
}

static char *profile_sentence(const Evidence *evidence)
{
    const char *profile = evidence->subject != NULL ? evidence->subject : "of the device";
    return evidence->value != NULL
               ? g_strdup_printf("connection.zone of the profile %s is %s", profile,
                                 evidence->value)
               : g_strdup_printf("connection.zone of the profile %s is not set, which means the "
                                 "default zone",
                                 profile);
}

static char *flushed_sentence(const FlushedRules *flushed)
{
    return g_strdup_printf("a reload removes %u rule%s of %s from table %s %s", flushed->rules,
                           flushed->rules == 1 ? "" : "s",
                           flushed->owner != NULL ? flushed->owner : "another program",
                           nft_family_word(flushed->table->family), flushed->table->name);
}

static char *evidence_sentence(const Finding *finding, const Evidence *evidence)
{
    const char *subject = evidence->subject;
    const char *value = evidence->value;
    switch (evidence->kind) {
    case EVIDENCE_ANSWER:
        return value != NULL ? g_strdup_printf("%s answered \"%s\"", subject, value)
                             : g_strdup_printf("%s did not answer", subject);
    case EVIDENCE_UPLINK:
        return uplink_sentence(evidence);
    case EVIDENCE_ZONE:
        return zone_sentence(evidence);
    case EVIDENCE_FLOW:
        return flow_sentence(evidence);
    case EVIDENCE_BRIDGE_NETFILTER:
        return g_strdup("net.bridge.bridge-nf-call-iptables or -ip6tables, or the bridge's own "
                        "nf_call_iptables, is on");
    case EVIDENCE_OVERLAY:
        return g_strdup_printf("%s has an address in the network of %s", subject, value);
    case EVIDENCE_BINDING:
        return g_strdup_printf("zone %s lists interface %s (getActiveZones)", value, subject);
    case EVIDENCE_PERMANENT_NONE:
        return g_strdup_printf("%s is in no zone in the permanent configuration "
                               "(config.getZoneOfInterface)",
                               subject);
    case EVIDENCE_PROFILE:
        return profile_sentence(evidence);
    case EVIDENCE_NO_SUCH_ZONE:
        return g_strdup_printf("firewalld has no zone %s (getZones)", subject);
    case EVIDENCE_DIFFERENCE:
        return difference_sentence(evidence);
    case EVIDENCE_NO_TABLE:
        return g_strdup("the kernel has no table inet firewalld");
    case EVIDENCE_POLICY_DROP:
        return g_strdup("the kernel has table inet firewalld_policy_drop: a reload of firewalld "
                        "has failed, and new connections are dropped until one succeeds");
    case EVIDENCE_FORWARDING: {
        g_autofree char *setting = forwarding_sysctl(evidence->family, subject);
        return g_strdup_printf("%s is 0", setting);
    }
    case EVIDENCE_FLUSHED:
        return flushed_sentence(&evidence->flushed);
    case EVIDENCE_NEED:
        return need_reason_text(evidence->need);
    case EVIDENCE_EXPECTATION:
        return expectation_sentence(finding->expectation, evidence->judgement);
    case EVIDENCE_LOST_BINDING:
        return g_strdup_printf(
            "nicfix put %s in zone %s, in the running firewall only: it was lost "
            "in a reload (for example by --set-log-denied) or restart",
            subject, value);
    }
    return NULL;
}

char **finding_evidence(const Finding *finding)
{
    g_autoptr(GStrvBuilder) sentences = g_strv_builder_new();
    PTR_ARRAY_FOREACH (const Evidence, evidence, finding->evidence) {
        g_autofree char *sentence = evidence_sentence(finding, evidence);
        g_strv_builder_add(sentences, sentence);
    }
    g_autoptr(GPtrArray) commands = finding_commands(finding);
    PTR_ARRAY_FOREACH (char *, command, commands) {
        g_autoptr(GString) sentence = g_string_new("run ");
        command_text_append(sentence, command);
        g_strv_builder_add(sentences, sentence->str);
    }
    return g_strv_builder_end(sentences);
}
