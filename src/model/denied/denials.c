/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting denials in groups; every number that a hostile log could make grow has a limit. */
#include "model/denied/denials.h"

#include "model/foreach.h"

#include <string.h>

enum {
    MAX_GROUPS = 1000,
    MAX_PORTS = 50, /* for each way: a port scan is one thing */
    MAX_SOURCES = 10,
};

struct Denials {
    GHashTable *groups; /* from key to DenialGroup */
    GHashTable *ways;   /* from key without the port to the number of ports */
    guint64 left_off;
};

void log_time_clear(LogTime *time)
{
    g_free(time->text);
    memset(time, 0, sizeof *time);
}

static void set_time(LogTime *time, const LogTime *from)
{
    log_time_clear(time);
    *time = (LogTime){from->usec, g_strdup(from->text)};
}

static void group_free(gpointer data)
{
    DenialGroup *group = data;
    denial_clear(&group->denial);
    logged_packet_clear(&group->packet);
    log_time_clear(&group->first);
    log_time_clear(&group->last);
    g_ptr_array_unref(group->sources);
    g_free(group);
}

Denials *denials_new(void)
{
    Denials *denials = g_new0(Denials, 1);
    denials->groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, group_free);
    denials->ways = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return denials;
}

void denials_free(Denials *denials)
{
    if (denials == NULL)
        return;
    g_hash_table_unref(denials->groups);
    g_hash_table_unref(denials->ways);
    g_free(denials);
}

/* ---- groups ---- */

static char *key_of(const char *way, int port)
{
    return g_strdup_printf("%s|%d", way, port);
}

/* The group of PACKET; a new one takes DENIAL. NULL where there are too many groups. */
static DenialGroup *find_group(Denials *denials, const LoggedPacket *packet, Denial *denial)
{
    /* firewalld's rules have other handles after each reload, and are told apart by their prefixes. */
    bool by_rule = denial->kind == DENIAL_BY_OTHERS;
    g_autofree char *way = g_strdup_printf(
        "%s|%s|%s|%s|%d|%s|%" G_GUINT64_FORMAT, packet->prefix,
        packet->in != NULL ? packet->in : "", packet->out != NULL ? packet->out : "",
        packet->protocol != NULL ? packet->protocol : "", packet->icmp_type,
        by_rule ? denial->table : "", by_rule ? denial->rule : 0);
    g_autofree char *key = key_of(way, packet->destination_port);
    DenialGroup *group = g_hash_table_lookup(denials->groups, key);
    if (group != NULL)
        return group;
    guint ports = GPOINTER_TO_UINT(g_hash_table_lookup(denials->ways, way));
    bool any_port = ports >= MAX_PORTS;
    if (any_port) {
        g_free(key);
        key = key_of(way, G_MAXINT);
        group = g_hash_table_lookup(denials->groups, key);
    }
    if (group != NULL || g_hash_table_size(denials->groups) >= MAX_GROUPS)
        return group;
    g_hash_table_insert(denials->ways, g_steal_pointer(&way), GUINT_TO_POINTER(ports + 1));
    group = g_new0(DenialGroup, 1);
    group->denial = *denial;
    *denial = (Denial){0};
    group->any_port = any_port;
    group->sources = g_ptr_array_new_with_free_func(g_free);
    group->key = key;
    g_hash_table_insert(denials->groups, g_steal_pointer(&key), group);
    return group;
}

static void add_source(DenialGroup *group, const char *source)
{
    if (g_ptr_array_find_with_equal_func(group->sources, source, g_str_equal, NULL))
        return;
    if (group->sources->len < MAX_SOURCES)
        g_ptr_array_add(group->sources, g_strdup(source));
    else
        group->more_sources = true;
}

DenialGroup *denials_add(Denials *denials, const LoggedPacket *packet, const LogTime *time)
{
    g_auto(Denial) denial = {0};
    if (packet->prefix == NULL || !denial_parse(packet->prefix, &denial))
        return NULL;
    return denials_add_denial(denials, packet, &denial, time);
}

DenialGroup *denials_add_denial(Denials *denials, const LoggedPacket *packet, Denial *denial,
                                const LogTime *time)
{
    DenialGroup *group = find_group(denials, packet, denial);
    denial_clear(denial);
    if (group == NULL) {
        denials->left_off++;
        return NULL;
    }
    if (group->count++ == 0)
        set_time(&group->first, time);
    set_time(&group->last, time);
    logged_packet_clear(&group->packet);
    group->packet = logged_packet_copy(packet);
    if (packet->source != NULL)
        add_source(group, packet->source);
    return group;
}

/* The largest first. The keys only make the order of equal ones the same every time. */
static int compare_groups(gconstpointer first, gconstpointer second)
{
    const DenialGroup *a = *(DenialGroup *const *)first;
    const DenialGroup *b = *(DenialGroup *const *)second;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->key, b->key);
}

GPtrArray *denials_sorted(const Denials *denials)
{
    GPtrArray *groups = g_ptr_array_new();
    GHashTableIter iter;
    gpointer group;
    g_hash_table_iter_init(&iter, denials->groups);
    while (g_hash_table_iter_next(&iter, NULL, &group))
        g_ptr_array_add(groups, group);
    g_ptr_array_sort(groups, compare_groups);
    return groups;
}

guint64 denials_left_off(const Denials *denials)
{
    return denials->left_off;
}

/* ---- causes ---- */

static bool is_about(const Finding *finding, const Flow *flow, const Judgement *judgement)
{
    if (finding->id == FINDING_PANIC_MODE)
        return true;
    if (judgement_refuses(judgement) && !judgement_is_firewallds(judgement) &&
        finding->id != FINDING_REFUSED_ELSEWHERE)
        return false;
    if (finding->severity < SEVERITY_WARNING || flow->direction != FLOW_FORWARD)
        return false;
    bool refuses =
        finding->id == FINDING_UPLINK_UNBOUND || finding->id == FINDING_UPLINK_IN_REJECTING_ZONE ||
        finding->id == FINDING_FORWARD_BLOCKED || finding->id == FINDING_REFUSED_ELSEWHERE;
    return refuses && g_strcmp0(finding->interface, flow->out) == 0;
}

DenialCause denial_cause_of(const Snapshot *snapshot, const Diagnosis *diagnosis, const Flow *flow,
                            FlowFixes *fixes)
{
    DenialCause cause = {.judgement = judgement_of(snapshot, flow, JUDGE_PACKET)};
    if (judgement_accepts(cause.judgement))
        return cause;
    /* The most severe finding comes first. */
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        if (cause.finding == NULL && is_about(finding, flow, cause.judgement))
            cause.finding = finding;
    }
    cause.fix = flow_fixes_find(fixes, flow, cause.judgement);
    return cause;
}

void denial_cause_clear(DenialCause *cause)
{
    judgement_free(cause->judgement);
    g_free(cause->unknown);
    memset(cause, 0, sizeof *cause);
}
