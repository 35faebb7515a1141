/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From facts to sentences: see finding-text.h. */
#include "report/finding-text.h"

#include "model/foreach.h"
#include "model/strv.h"
#include "report/fix-text.h"
#include "report/judgement-text.h"
#include "report/need-text.h"
#include "report/reason.h"

#include <linux/rtnetlink.h>

enum { MAX_NAMED = 6 }; /* a sentence names the first few links, and counts the others */

/* "cni0", "cni0 and docker0", "a, b, c, d, e, f and 94 more" (transfer full). */
static char *name_links(const GPtrArray *links)
{
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const Link, link, links) {
        guint left = links->len - link_index;
        if (link_index == MAX_NAMED) {
            g_string_append_printf(text, " and %u more", left);
            break;
        }
        g_string_append_printf(text, "%s%s",
                               link_index == 0 ? ""
                               : left == 1     ? " and "
                                               : ", ",
                               link->name);
    }
    return g_string_free(text, FALSE);
}

/* "rejected", "dropped", or "refused" where it is the one or the other. */
static const char *refused_word(guint outcomes)
{
    return outcomes == OUTCOME_REJECT ? "rejected"
           : outcomes == OUTCOME_DROP ? "dropped"
                                      : "refused";
}

static const char *or_unknown(const char *name)
{
    return name != NULL ? name : "?";
}

static char *needed_traffic(const Finding *finding, const GPtrArray *from)
{
    g_autofree char *links = name_links(from);
    return need_traffic_text(finding, links);
}

/* ---- one sentence for each finding ---- */

static char *panic_mode(G_GNUC_UNUSED const Finding *finding)
{
    return g_strdup("firewalld is in panic mode and drops all traffic, even of established "
                    "connections");
}

static char *zone_conflict(const Finding *finding)
{
    if (finding->interface == NULL)
        return g_strdup("the permanent configuration is broken: the next reload or restart of "
                        "firewalld will fail");
    return g_strdup_printf("the permanent configuration binds %s in more than one zone: the next "
                           "reload will fail",
                           finding->interface);
}

static char *logging_left(G_GNUC_UNUSED const Finding *finding)
{
    return g_strdup(
        "nicfix denied --record was killed, and firewalld still logs all denials for it: "
        "LogDenied was off before");
}

static char *uplink_unbound(const Finding *finding)
{
    const char *uplink = finding->interface;
    if (finding->refused->len > 0) {
        g_autofree char *links = name_links(finding->refused);
        return g_strdup_printf("%s is in no zone, and new connections from %s out through %s are "
                               "%s",
                               uplink, links, uplink, refused_word(finding->outcomes));
    }
    if (finding->senders == 0)
        return g_strdup_printf(
            "%s is in no zone: only the catch-all of the default zone %s filters "
            "it, and nothing is forwarded out through it yet",
            uplink, or_unknown(finding->zone));
    if (finding->open->len > 0)
        return g_strdup_printf(
            "%s is in no zone, and nicfix cannot tell whether new connections out "
            "through it are accepted",
            uplink);
    return g_strdup_printf("%s is in no zone, but all new connections out through it are accepted "
                           "for other reasons",
                           uplink);
}

static char *connections_refused(const Finding *finding)
{
    g_autofree char *links = name_links(finding->refused);
    const char *word = refused_word(finding->outcomes);
    const Flow *flow = &finding_cause(finding)->way.flow;
    switch (finding->way) {
    case WAY_PORTS:
        return g_strdup_printf(
            "new connections between the ports of bridge %s are %s: br_netfilter "
            "passes them to the firewall as coming in on %s and going out "
            "through it",
            links, word, links);
    case WAY_OVERLAY:
        return g_strdup_printf("%s leads to the network of %s on other hosts, but new connections "
                               "from %s out through %s are %s",
                               finding->interface, links, flow->in, flow->out, word);
    case WAY_OUT:
    case WAY_NONE:
        break;
    }
    return g_strdup_printf("%s is in zone %s, but new connections from %s out through %s are %s",
                           finding->interface, or_unknown(finding->zone), links, finding->interface,
                           word);
}

static char *uplink_in_rejecting_zone(const Finding *finding)
{
    if (finding->refused->len > 0)
        return connections_refused(finding);
    return g_strdup_printf("%s is in zone %s, which %s all new connections", finding->interface,
                           finding->zone, finding->target == TARGET_DROP ? "drops" : "rejects");
}

static char *refused_elsewhere(const Finding *finding)
{
    g_autofree char *links = name_links(finding->refused);
    g_autofree char *owner = stage_owner_text(finding->stage);
    g_autofree char *traffic =
        finding->needs->len > 0
            ? needed_traffic(finding, finding->refused)
            : g_strdup_printf("new connections from %s out through %s", links, finding->interface);
    const Judgement *judgement = finding_cause(finding)->judgement;
    bool answers = judgement->reply_path != NULL;
    /* Of what is translated firewalld's model alone does not know. */
    if (verdict_refuses(judgement->firewalld) && finding->need != NEED_PUBLISHED_PORT)
        return g_strdup_printf("besides firewalld, %s refuses %s: they are %s", owner, traffic,
                               refused_word(finding->outcomes));
    return g_strdup_printf("firewalld accepts %s, but %s refuses %s: they are %s", traffic, owner,
                           answers ? "the answers" : "them", refused_word(finding->outcomes));
}

static char *rules_differ(const Finding *finding)
{
    if (finding->is_flushed)
        return g_strdup("firewalld's rules are not in the kernel: they were flushed, or a reload "
                        "of firewalld has failed");
    return g_strdup(
        "firewalld's rules in the kernel are not what its configuration says: they were "
        "flushed, changed by hand, or lost");
}

static char *forwarding_off(const Finding *finding)
{
    const Evidence *evidence = g_ptr_array_index(finding->evidence, 0);
    const char *family = evidence->family == FAMILY_IPV6 ? "IPv6" : "IPv4";
    if (finding->way != WAY_OUT)
        return g_strdup_printf("the kernel does not forward %s packets that come in on %s", family,
                               finding->interface);
    g_autofree char *links = name_links(finding->refused);
    return g_strdup_printf("the kernel does not forward what comes in on %s, so replies to "
                           "connections from %s out through it are lost",
                           finding->interface, links);
}

/* "podman and CNI", each once (transfer full). */
static char *flushed_owners(const Finding *finding)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    PTR_ARRAY_FOREACH (const Evidence, evidence, finding->evidence) {
        const char *owner =
            evidence->flushed.owner != NULL ? evidence->flushed.owner : "another program";
        if (!g_ptr_array_find_with_equal_func(names, owner, g_str_equal, NULL))
            g_ptr_array_add(names, (gpointer)owner);
    }
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

static char *reload_harms(const Finding *finding)
{
    g_autofree char *owners = flushed_owners(finding);
    return g_strdup_printf("the next reload of firewalld removes rules of %s from the kernel, and "
                           "firewalld does not put them back",
                           owners);
}

static char *manager_zone_mismatch(const Finding *finding)
{
    if (finding->is_missing)
        return g_strdup_printf("NetworkManager's profile puts %s in zone %s, which firewalld does "
                               "not have: it will be in no zone",
                               finding->interface, finding->other_zone);
    return g_strdup_printf("%s is in %s%s, but NetworkManager's profile will put it in zone %s at "
                           "its next activation",
                           finding->interface, finding->zone != NULL ? "zone " : "no zone",
                           finding->zone != NULL ? finding->zone : "", finding->other_zone);
}

static char *permanent_not_active(const Finding *finding)
{
    return g_strdup_printf("%s is in zone %s in the permanent configuration, but in %s%s in the "
                           "running firewall",
                           finding->interface, finding->zone,
                           finding->other_zone != NULL ? "zone " : "no zone",
                           finding->other_zone != NULL ? finding->other_zone : "");
}

static char *need_refused(const Finding *finding)
{
    g_autofree char *traffic = needed_traffic(finding, finding->refused);
    const char *word = refused_word(finding->outcomes);
    if (finding->certainty == NEED_POSSIBLE)
        return g_strdup_printf("%s are %s: this is as it should be, unless this host is to pass "
                               "them",
                               traffic, word);
    return g_strdup_printf("%s are %s", traffic, word);
}

/* SENTENCE (takes it), after the name that the user gave to what it is about. */
static char *with_name(const Expectation *expectation, char *sentence)
{
    if (expectation->name == NULL)
        return sentence;
    char *text = g_strdup_printf("%s: %s", expectation->name, sentence);
    g_free(sentence);
    return text;
}

static const char *expected_past(const Expectation *expectation)
{
    return expectation->expected == EXPECT_ACCEPT ? "accepted" : "refused";
}

static char *expectation_failed(const Finding *finding)
{
    const Expectation *expectation = finding->expectation;
    bool is_accepted = finding->outcomes == OUTCOME_ACCEPT;
    return with_name(expectation,
                     g_strdup_printf("%s is %s, but is expected to be %s", expectation->words,
                                     is_accepted ? "accepted" : refused_word(finding->outcomes),
                                     expected_past(expectation)));
}

/* It may be about a flow that this host cannot have, such as one on an interface that is gone. */
static char *expectation_unknown(const Expectation *expectation)
{
    return with_name(expectation, g_strdup_printf("cannot tell whether %s is %s, as is expected",
                                                  expectation->words, expected_past(expectation)));
}

static char *profile_overrides_zone(const Finding *finding)
{
    return g_strdup_printf(
        "the zone file binds %s to zone %s, but NetworkManager's profile puts it "
        "in zone %s, which wins",
        finding->interface, or_unknown(finding->zone), or_unknown(finding->other_zone));
}

static char *runtime_only_binding(const Finding *finding)
{
    return g_strdup_printf("%s is in zone %s in the running firewall only: the next %srestart of "
                           "firewalld undoes it",
                           finding->interface, finding->zone,
                           finding->survives_reload ? "" : "reload or ");
}

static char *stale_binding(const Finding *finding)
{
    if (finding->altname == NULL)
        return g_strdup_printf("zone %s has interface %s, which does not exist", finding->zone,
                               finding->interface);
    return g_strdup_printf("zone %s has interface %s, which is only an alternative name of %s: "
                           "firewalld does not know alternative names",
                           finding->zone, finding->interface, finding->altname->name);
}

static char *verdict_unknown(const Finding *finding)
{
    if (finding->expectation != NULL)
        return expectation_unknown(finding->expectation);
    g_autofree char *links = name_links(finding->open);
    if (finding->interface == NULL)
        return g_strdup("cannot tell whether firewalld is in panic mode and drops all traffic");
    if (finding->needs->len > 0) {
        g_autofree char *traffic = needed_traffic(finding, finding->open);
        return g_strdup_printf("cannot tell whether %s are accepted: it depends on the flow or on "
                               "what could not be read",
                               traffic);
    }
    if (finding->way == WAY_PORTS)
        return g_strdup_printf("cannot tell whether new connections between the ports of bridge %s "
                               "are accepted: it depends on the flow or on what could not be read",
                               links);
    if (finding->open->len == 0)
        return g_strdup_printf(
            "cannot tell whether zone %s accepts new connections out through %s: "
            "its settings could not be read",
            finding->zone, finding->interface);
    return g_strdup_printf(
        "cannot tell whether new connections from %s out through %s are accepted: "
        "it depends on the flow or on what could not be read",
        links, finding->interface);
}

/* ---- the table ---- */

static const struct {
    FindingEntry entry;
    char *(*message)(const Finding *finding);
} rows[] = {
    [FINDING_PANIC_MODE] = {{"always an error", "firewalld drops all traffic",
                             "run firewall-cmd --panic-off"},
                            panic_mode},
    [FINDING_ZONE_CONFLICT] = {{"always an error",
                                "the permanent configuration binds the interface in two zones, or "
                                "is broken",
                                "take the interface out of all zones but one, or correct what "
                                "firewall-cmd --check-config complains of"},
                               zone_conflict},
    [FINDING_UPLINK_UNBOUND] =
        {{"an error where forwarded traffic is refused, a warning where "
          "nothing is forwarded yet or that cannot be told, a note where all "
          "of it is accepted for other reasons",
          "this uplink is in no zone", "run the fix that is shown"},
         uplink_unbound},
    [FINDING_UPLINK_IN_REJECTING_ZONE] = {{"an error, or a note where nothing is forwarded through "
                                           "it",
                                           "this uplink is in a zone that refuses everything",
                                           "run the fix that is shown, or choose another zone"},
                                          uplink_in_rejecting_zone},
    [FINDING_FORWARD_BLOCKED] = {{"always an error",
                                  "forwarded traffic is refused although the interface is in a "
                                  "zone; or traffic between the ports of a bridge is "
                                  "(br_netfilter), or to its network on other hosts",
                                  "run the fix that is shown"},
                                 connections_refused},
    [FINDING_NEED_REFUSED] =
        {{"an error, or a note where the traffic is only possibly meant to pass",
          "traffic that this host is there to pass is refused: between two networks, pods or "
          "sites, "
          "or to a service or a published port of this host",
          "run the fix that is shown"},
         need_refused},
    [FINDING_EXPECTATION_FAILED] = {{"always an error",
                                     "a flow in a file of expectations is not as the file says",
                                     "run the fix that is shown, or change the file"},
                                    expectation_failed},
    [FINDING_PROFILE_OVERRIDES_ZONE] =
        {{"always a warning",
          "a zone file has the interface in one zone, NetworkManager's profile in another: the "
          "profile wins",
          "run the fix that is shown, or change either of them"},
         profile_overrides_zone},
    [FINDING_REFUSED_ELSEWHERE] =
        {{"always an error",
          "firewalld accepts the traffic, but rules of another program or "
          "the kernel's routing refuse it",
          "change it in that program: the rule is shown, and what is known "
          "to help"},
         refused_elsewhere},
    [FINDING_RULES_DIFFER] =
        {{"always an error", "firewalld's rules in the kernel are not what its configuration says",
          "reload or restart firewalld, as is shown; nicfix check --after reload shows what that "
          "undoes"},
         rules_differ},
    [FINDING_FORWARDING_OFF] =
        {{"a warning where replies are lost or the user says that the host forwards, else a note",
          "the kernel does not forward what comes in on the interface",
          "if the host is to forward, set the sysctl that is shown"},
         forwarding_off},
    [FINDING_RELOAD_HARMS] =
        {{"always a warning",
          "the next reload of firewalld removes rules of other programs, as releases before 2.0 do",
          "avoid reloads; after one, have the program make its rules again (podman network reload "
          "--all; new pods for CNI)"},
         reload_harms},
    [FINDING_MANAGER_ZONE_MISMATCH] =
        {{"always a warning",
          "NetworkManager's profile has another zone than the running "
          "firewall",
          "run the fix that is shown, or change connection.zone"},
         manager_zone_mismatch},
    [FINDING_PERMANENT_NOT_ACTIVE] = {{"always a warning",
                                       "the permanent configuration has another zone than the "
                                       "running firewall",
                                       "run the fix that is shown, or firewall-cmd --reload"},
                                      permanent_not_active},
    [FINDING_RUNTIME_ONLY_BINDING] = {{"always a warning",
                                       "the next reload or restart of firewalld undoes the binding",
                                       "run the fix that is shown"},
                                      runtime_only_binding},
    [FINDING_STALE_BINDING] = {{"a warning, or a note for the name of a VPN or tunnel",
                                "a zone has an interface that does not exist, or that is only an "
                                "alternative name",
                                "remove it from the zone with the commands that are shown"},
                               stale_binding},
    [FINDING_LOGGING_LEFT] = {{"always a warning",
                               "nicfix denied --record was killed while firewalld logged denials "
                               "for it, and it still does",
                               "run nicfix undo"},
                              logging_left},
    [FINDING_VERDICT_UNKNOWN] =
        {{"a warning where an expectation cannot be judged, else a note",
          "the answer depends on the flow, or on something that could not be "
          "read",
          "run nicfix as root, or ask about one flow with nicfix explain"},
         verdict_unknown},
};

const FindingEntry *finding_entry(FindingId id)
{
    return &rows[id].entry;
}

char *finding_message(const Finding *finding)
{
    return rows[finding->id].message(finding);
}

/* ---- evidence ---- */

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
            is_refused ? refused_word(evidence->judgement->possible) : "refused", reason);
    return g_strdup_printf("a new connection from %s out through %s %s %s: %s", flow->in, flow->out,
                           is_refused ? "is" : "may be",
                           is_refused ? refused_word(evidence->judgement->possible) : "refused",
                           reason);
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

static void add_command(GPtrArray *commands, const char *first, ...)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    va_list more;
    va_start(more, first);
    for (const char *word = first; word != NULL; word = va_arg(more, const char *))
        g_strv_builder_add(words, word);
    va_end(more);
    g_ptr_array_add(commands, g_strv_builder_end(words));
}

/* What the other program itself offers for it. */
static void add_owners_cure(GPtrArray *commands, const Finding *finding)
{
    const Flow *flow = &finding_cause(finding)->way.flow;
    if (flow->in == NULL || flow->out == NULL)
        return;
    g_autofree char *owner = stage_owner_text(finding->stage);
    bool ipv6 = flow->family == FAMILY_IPV6;
    const char *iptables = ipv6 ? "ip6tables" : "iptables";
    if (g_str_equal(owner, "Docker")) {
        add_command(commands, iptables, "-I", "DOCKER-USER", "-i", flow->in, "-o", flow->out, "-j",
                    "ACCEPT", NULL);
        add_command(commands, iptables, "-I", "DOCKER-USER", "-i", flow->out, "-o", flow->in, "-m",
                    "conntrack", "--ctstate", "ESTABLISHED,RELATED", "-j", "ACCEPT", NULL);
    } else if (g_str_equal(owner, "ufw"))
        add_command(commands, "ufw", "route", "allow", "in", "on", flow->in, "out", "on", flow->out,
                    NULL);
}

/* Where the table is gone, a reload fails, and leaves everything dropped until the next one (1.3.3:
 * it deletes a table that is not there). A restart does not. */
static void add_repair(GPtrArray *commands, const Finding *finding)
{
    if (finding->is_flushed)
        add_command(commands, "systemctl", "restart", "firewalld", NULL);
    else
        add_command(commands, "firewall-cmd", "--reload", NULL);
}

GPtrArray *finding_commands(const Finding *finding)
{
    GPtrArray *commands = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    if (finding->id == FINDING_PANIC_MODE) {
        STRV_BUILDER_ADD(words, "firewall-cmd", "--panic-off");
        g_ptr_array_add(commands, g_strv_builder_end(words));
    }
    if (finding->id == FINDING_LOGGING_LEFT)
        add_command(commands, "nicfix", "undo", NULL);
    if (finding->id == FINDING_RULES_DIFFER) {
        add_command(commands, "nicfix", "check", "--after", "reload", NULL);
        add_repair(commands, finding);
    }
    if (finding->id == FINDING_FORWARDING_OFF) {
        const Evidence *evidence = g_ptr_array_index(finding->evidence, 0);
        g_autofree char *setting = forwarding_sysctl(evidence->family, evidence->subject);
        g_autofree char *on = g_strconcat(setting, "=1", NULL);
        add_command(commands, "sysctl", "-w", on, NULL);
    }
    if (finding->id == FINDING_REFUSED_ELSEWHERE) {
        char **shows = stage_command(finding->stage);
        if (shows != NULL)
            g_ptr_array_add(commands, shows);
        add_owners_cure(commands, finding);
    }
    if (finding->id == FINDING_STALE_BINDING) {
        g_autofree char *zone = g_strdup_printf("--zone=%s", finding->zone);
        g_autofree char *interface = g_strdup_printf("--remove-interface=%s", finding->interface);
        STRV_BUILDER_ADD(words, "firewall-cmd", zone, interface);
        g_ptr_array_add(commands, g_strv_builder_end(words));
        STRV_BUILDER_ADD(words, "firewall-cmd", "--permanent", zone, interface);
        g_ptr_array_add(commands, g_strv_builder_end(words));
    }
    return commands;
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
