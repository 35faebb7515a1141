/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From facts to sentences: see finding-text.h. */
#include "report/finding-text.h"

#include "model/foreach.h"
#include "report/judgement-text.h"
#include "report/need-text.h"
#include "report/reason.h"

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
                               uplink, links, uplink, outcomes_refused_word(finding->outcomes));
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
    const char *word = outcomes_refused_word(finding->outcomes);
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
                               outcomes_refused_word(finding->outcomes));
    return g_strdup_printf("firewalld accepts %s, but %s refuses %s: they are %s", traffic, owner,
                           answers ? "the answers" : "them",
                           outcomes_refused_word(finding->outcomes));
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
    const char *word = outcomes_refused_word(finding->outcomes);
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
    return with_name(
        expectation,
        g_strdup_printf("%s is %s, but is expected to be %s", expectation->words,
                        is_accepted ? "accepted" : outcomes_refused_word(finding->outcomes),
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
