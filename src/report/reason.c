/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences about verdicts: see reason.h. They name settings in firewalld's words. */
#include "report/reason.h"

#include "model/foreach.h"
#include "model/words.h"

/* ---- settings ---- */

/* What stands before and behind the value of a setting; without a value, BEFORE is all. */
static const struct {
    const char *before;
    const char *behind;
} settings[] = {
    [SETTING_PANIC] = {"panic mode"},
    [SETTING_REVERSE_PATH] = {"IPv6_rpfilter: the route back to the source does not leave through "
                              "the interface the packet came in on"},
    [SETTING_ESTABLISHED] = {"established and related connections are accepted"},
    [SETTING_INVALID] = {"what belongs to no connection is dropped"},
    [SETTING_FORWARD_PORT] = {"forward-port "},
    [SETTING_FORWARD_PORTS] = {"forward ports"},
    [SETTING_LOOPBACK] = {"", " is the loopback interface"},
    [SETTING_RFC3964] = {"RFC3964_IPv4 refuses "},
    [SETTING_OPENVSWITCH] = {"", " is a port of Open vSwitch, whose flows decide where its packets "
                                 "go"},
    [SETTING_DIRECT_RULES] = {"direct rules come first with the iptables backend and can decide"},
    [SETTING_ZONE_DRIFTING] = {"AllowZoneDrifting lets a packet visit several zones"},
    [SETTING_POLICIES] = {"policies"},
    [SETTING_NO_ZONE] = {"no zone "},
    [SETTING_CATCH_ALL] = {"catch-all "},
    [SETTING_WILDCARD] = {"wildcard "},
    [SETTING_INTERFACE] = {"interface "},
    [SETTING_SOURCE] = {"source "},
    [SETTING_ALL] = {"settings"},
    [SETTING_FORWARD] = {"forward to "},
    [SETTING_FORWARD_OFF] = {"forward is off, so ", " is not reachable from the zone"},
    [SETTING_FORWARD_EXCLUDES] = {"forward reaches only what the zone binds; ", " is not in it"},
    [SETTING_RICH_RULE] = {""},
    [SETTING_ICMP_BLOCK] = {"icmp-block "},
    [SETTING_ICMP_ALLOW] = {"icmp-block ", " (inverted)"},
    [SETTING_ICMP_INVERSION] = {"icmp-block-inversion refuses the ICMP types that are not listed"},
    [SETTING_ICMP_DEFAULT] = {"ICMP that is not blocked is accepted"},
    [SETTING_SERVICE] = {"service "},
    [SETTING_PORT] = {"port "},
    [SETTING_SOURCE_PORT] = {"source-port "},
    [SETTING_PROTOCOL] = {"protocol "},
    [SETTING_MASQUERADE] = {"masquerade accepts what it translates"},
    [SETTING_TARGET] = {"target "},
    [SETTING_EQUAL_PRIORITIES] = {"several policies of priority ",
                                  " for one pair of zones corrupt firewalld's order of rules"},
    [SETTING_KEPT_RULES] = {"",
                            " was bound to it when firewalld loaded, and this version keeps the "
                            "rules of an interface that is moved at run time"},
    [SETTING_IPTABLES_MAC] = {"the iptables backend has other rules for the source "},
    [SETTING_HOST_OUTPUT] = {"what this host sends is accepted unless a policy refuses it"},
    [SETTING_END] = {"what nothing accepts is rejected"},
};

static const char *target_name(Target target)
{
    return target == TARGET_REJECT ? "REJECT" : target_word(target);
}

static char *value_text(const Setting *setting)
{
    if (setting->forward_port != NULL)
        return forward_port_text(setting->forward_port);
    if (setting->port != NULL)
        return port_range_text(setting->port);
    if (setting->kind == SETTING_EQUAL_PRIORITIES)
        return g_strdup_printf("%d", setting->priority);
    return g_strdup(setting->kind == SETTING_TARGET ? target_name(setting->target) : setting->name);
}

/* The text without a word on whether the value could be read. */
static char *plain_text(const Setting *setting)
{
    const char *behind = settings[setting->kind].behind;
    g_autofree char *value = value_text(setting);
    return g_strchomp(
        g_strconcat(settings[setting->kind].before, value != NULL ? value : "", behind, NULL));
}

char *setting_text(const Setting *setting)
{
    char *text = plain_text(setting);
    if (!setting->unread)
        return text;
    char *unread = g_strconcat(text, " (could not be read)", NULL);
    g_free(text);
    return unread;
}

/* ---- what decided ---- */

char *reason_for_zone(const ZoneMatch *match, const char *interface)
{
    const char *zone = match->zone != NULL ? match->zone->name : "?";
    switch (match->by) {
    case BOUND_BY_CATCH_ALL:
        return g_strdup_printf("zone %s (catch-all: no zone binds %s)", zone, interface);
    case BOUND_BY_WILDCARD:
    case BOUND_BY_INTERFACE:
    case BOUND_BY_SOURCE:
        return g_strdup_printf("zone %s (%s %s)", zone, bound_by_word(match->by), match->binding);
    case BOUND_BY_NOTHING:
        break;
    }
    return g_strdup("a zone that could not be read");
}

static char *setting_of(const VerdictStep *step)
{
    g_autofree char *text = setting_text(&step->setting);
    if (step->policy != NULL)
        return g_strdup_printf("policy %s: %s", step->policy, text);
    return step->zone != NULL ? g_strdup_printf("zone %s: %s", step->zone, text)
                              : g_steal_pointer(&text);
}

static char *why_forward_is_refused(const Verdict *verdict, const char *zone)
{
    const Flow *flow = &verdict->flow;
    const ZoneMatch *egress = &verdict->egress;
    bool is_listed = egress->by == BOUND_BY_INTERFACE || egress->by == BOUND_BY_WILDCARD;
    if (is_listed && egress->zone == verdict->ingress.zone)
        return g_strdup_printf("%s filters %s; it also binds %s, but its intra-zone forwarding is "
                               "off",
                               zone, flow->in, flow->out);
    const char *rule = verdict->ingress.zone->forward == TRISTATE_NO
                           ? "its intra-zone forwarding is off"
                           : "only forwards to interfaces bound to it";
    const char *bound = is_listed ? egress->zone->name : NULL;
    return g_strdup_printf("%s filters %s and %s; %s is bound to %s%s", zone, flow->in, rule,
                           flow->out, bound != NULL ? "zone " : "no zone",
                           bound != NULL ? bound : "");
}

/* What to look at: the other direction is what conntrack has not seen. */
static char *why_invalid(const Flow *flow)
{
    GString *text = g_string_new("it belongs to no connection that the kernel knows, and begins "
                                 "none; usually the other direction takes another way (asymmetric "
                                 "routing), or the connection was forgotten");
    if (flow->in != NULL && flow->from.kind == FLOW_ADDRESS_PREFIX) {
        g_autofree char *from = ip_address_to_string(&flow->from.prefix.address);
        g_string_append_printf(text, ": see whether ip route get %s leads out through %s", from,
                               flow->in);
    }
    return g_string_free(text, FALSE);
}

static char *why_decided(const Verdict *verdict)
{
    const VerdictStep *step = verdict->deciding;
    const Flow *flow = &verdict->flow;
    bool refuses = step->outcome != OUTCOME_ACCEPT;
    bool by_ingress =
        verdict->ingress.zone != NULL && g_strcmp0(step->zone, verdict->ingress.zone->name) == 0;
    g_autofree char *zone = reason_for_zone(&verdict->ingress, flow->in);
    if (step->setting.kind == SETTING_TARGET && by_ingress && refuses) {
        if (flow->direction == FLOW_FORWARD)
            return why_forward_is_refused(verdict, zone);
        return g_strdup_printf("%s filters %s, nothing in it accepts this, and its target %s", zone,
                               flow->in, step->outcome == OUTCOME_DROP ? "drops it" : "rejects it");
    }
    if (step->setting.kind == SETTING_INVALID)
        return why_invalid(flow);
    if (step->setting.kind == SETTING_FORWARD)
        return g_strdup_printf("%s filters %s and forwards to %s, which is bound to it too", zone,
                               flow->in, step->setting.name);
    return setting_of(step);
}

/* ---- what is open ---- */

const VerdictStep *reason_step(const Verdict *verdict)
{
    if (verdict->deciding != NULL)
        return verdict->deciding;
    PTR_ARRAY_FOREACH (const VerdictStep, step, verdict->steps) {
        if (step->match == MATCH_MAYBE)
            return step;
    }
    return NULL;
}

/* Steps of equal standing disagree: what their order is called. */
static char *hidden_order(const Verdict *verdict)
{
    const VerdictStep *last = NULL;
    PTR_ARRAY_FOREACH (const VerdictStep, step, verdict->steps) {
        if (step->match == MATCH_YES && step->outcome != 0)
            last = step;
    }
    if (last == NULL || verdict->assumes[ASSUMPTION_UNKNOWN_VERSION])
        return g_strdup("it depends on firewalld's version, which could not be read or was not "
                        "measured");
    return g_strdup_printf("firewalld does not reveal the order of the rules of %s %s",
                           last->policy != NULL ? "policy" : "zone",
                           last->policy != NULL ? last->policy : last->zone);
}

static char *outcomes_text(guint possible)
{
    GString *text = g_string_new(NULL);
    for (guint outcome = OUTCOME_ACCEPT; outcome <= OUTCOME_DROP; outcome <<= 1) {
        if ((possible & outcome) != 0)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " or " : "",
                                   outcome_word((Outcome)outcome));
    }
    return g_string_free(text, FALSE);
}

static char *why_open(const Verdict *verdict)
{
    const VerdictStep *step = reason_step(verdict);
    g_autofree char *outcomes = outcomes_text(verdict->possible);
    if (step == NULL) {
        g_autofree char *order = hidden_order(verdict);
        return g_strdup_printf("%s: %s", outcomes, order);
    }
    const char *kind = step->policy != NULL ? " of policy " : step->zone != NULL ? " of zone " : "";
    const char *owner = step->policy != NULL ? step->policy : step->zone;
    g_autofree char *setting = plain_text(&step->setting);
    if (step->setting.unread)
        return g_strdup_printf("cannot tell: %s%s%s could not be read", setting, kind,
                               owner != NULL ? owner : "");
    if (step->outcome == OUTCOME_ANY)
        return g_strdup_printf("cannot tell: %s%s%s", setting, kind, owner != NULL ? owner : "");
    return g_strdup_printf("%s: it depends on %s%s%s", outcomes, setting, kind,
                           owner != NULL ? owner : "");
}

/* What nicfix does not change, since it is of all interfaces: firewalld.conf(5). */
static const char *remedy_of(const Verdict *verdict)
{
    const VerdictStep *step = reason_step(verdict);
    if (step == NULL || step->stage != STAGE_REVERSE_PATH)
        return "";
    return verdict->flow.reverse_path == REVERSE_PATH_NONE
               ? "; a route to the source, or IPv6_rpfilter=no in /etc/firewalld/firewalld.conf "
                 "and a "
                 "reload, lets it pass"
               : "; IPv6_rpfilter=no in /etc/firewalld/firewalld.conf (from firewalld 2.2 on also "
                 "loose) and a reload let it pass";
}

char *reason_of(const Verdict *verdict)
{
    g_autofree char *reason = verdict->deciding != NULL ? why_decided(verdict) : why_open(verdict);
    return g_strconcat(reason, remedy_of(verdict), NULL);
}

/* ---- what is taken for granted ---- */

static const char *const assumption_words[] = {
    [ASSUMPTION_BINDING_ORDER] = "binding-order",
    [ASSUMPTION_OTHER_NFT_TABLES] = "other-nft-tables",
    [ASSUMPTION_DIRECT_RULES] = "direct-rules",
    [ASSUMPTION_NOT_TRANSLATED] = "not-translated",
    [ASSUMPTION_POLICY_INSTALLED] = "policy-installed",
    [ASSUMPTION_UNKNOWN_VERSION] = "unknown-version",
    [ASSUMPTION_IPTABLES_BACKEND] = "iptables-backend",
    [ASSUMPTION_XDP] = "xdp-program",
    [ASSUMPTION_TC] = "tc-filter",
};

DEFINE_WORD(assumption, Assumption, assumption_words)

const char *assumption_text(Assumption assumption)
{
    static const char *const texts[] = {
        [ASSUMPTION_BINDING_ORDER] = ("overlapping interface bindings and policies of one priority "
                                      "are in the order they were loaded in"),
        [ASSUMPTION_OTHER_NFT_TABLES] =
            "no other program's tables (kube-proxy, Calico, Docker) refuse it first",
        [ASSUMPTION_DIRECT_RULES] = "no direct rule refuses it first",
        [ASSUMPTION_NOT_TRANSLATED] =
            "nobody else translates its destination (a translated connection is accepted)",
        [ASSUMPTION_POLICY_INSTALLED] = ("firewalld really installed the policy (1.x can lose one "
                                         "when its zone's only interface was removed)"),
        [ASSUMPTION_UNKNOWN_VERSION] = "firewalld's version could not be read or was not measured",
        [ASSUMPTION_IPTABLES_BACKEND] = "the iptables backend does what the nftables backend does",
        [ASSUMPTION_XDP] = "no XDP program on its interfaces drops or redirects it",
        [ASSUMPTION_TC] = "no filter of tc on its interfaces drops or redirects it",
    };
    return texts[assumption];
}

/* ---- words ---- */

const char *verdict_word(const Verdict *verdict)
{
    const char *word = outcome_word((Outcome)verdict->possible);
    return word != NULL ? word : "unknown";
}

const char *outcome_word(Outcome outcome)
{
    switch (outcome) {
    case OUTCOME_ACCEPT:
        return "accept";
    case OUTCOME_REJECT:
        return "reject";
    case OUTCOME_DROP:
        return "drop";
    }
    return NULL;
}

const char *outcomes_refused_word(guint outcomes)
{
    return outcomes == OUTCOME_REJECT ? "rejected"
           : outcomes == OUTCOME_DROP ? "dropped"
                                      : "refused";
}

static const char *const stage_words[] = {
    [STAGE_PANIC] = "panic",
    [STAGE_REVERSE_PATH] = "reverse-path",
    [STAGE_ESTABLISHED] = "established",
    [STAGE_INVALID] = "invalid",
    [STAGE_FORWARD_PORT] = "forward-port",
    [STAGE_LOOPBACK] = "loopback",
    [STAGE_RFC3964] = "rfc3964",
    [STAGE_INGRESS_ZONE] = "ingress-zone",
    [STAGE_EGRESS_ZONE] = "egress-zone",
    [STAGE_POLICY] = "policy",
    [STAGE_FORWARD] = "forward",
    [STAGE_RICH_RULE] = "rich-rule",
    [STAGE_ICMP_BLOCK] = "icmp-block",
    [STAGE_SERVICE] = "service",
    [STAGE_PORT] = "port",
    [STAGE_PROTOCOL] = "protocol",
    [STAGE_MASQUERADE] = "masquerade",
    [STAGE_ICMP] = "icmp",
    [STAGE_TARGET] = "target",
    [STAGE_END] = "end",
};

DEFINE_WORD(stage, Stage, stage_words)

const char *step_result_word(const VerdictStep *step)
{
    static const char *const maybe_words[] = {
        [OUTCOME_ACCEPT] = "maybe-accept",
        [OUTCOME_REJECT] = "maybe-reject",
        [OUTCOME_DROP] = "maybe-drop",
    };
    if (step->match == MATCH_NO || step->outcome == 0)
        return "continue";
    const char *word = outcome_word(step->outcome);
    if (word == NULL)
        return "unknown";
    return step->match == MATCH_YES ? word : maybe_words[step->outcome];
}
