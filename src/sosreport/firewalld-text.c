/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form is that of firewall/command.py, print_zone_info() and print_policy_info(): a name, then indented
 * settings of which the last has further lines, indented by a tab. */
#include "sosreport/firewalld-text.h"

#include "model/error.h"
#include "model/foreach.h"
#include "sosreport/lines.h"
#include "sosreport/report-files.h"

#include <string.h>

/* ---- the values of settings ---- */

typedef void (*SettingReader)(const char *value, gpointer field);

static void read_names(const char *value, gpointer field)
{
    g_strfreev(*(char ***)field);
    *(char ***)field = line_words(value);
}

static void read_switch(const char *value, gpointer field)
{
    *(Tristate *)field = g_str_equal(value, "yes")  ? TRISTATE_YES
                         : g_str_equal(value, "no") ? TRISTATE_NO
                                                    : TRISTATE_UNKNOWN;
}

static void read_bool(const char *value, gpointer field)
{
    *(bool *)field = g_str_equal(value, "yes");
}

static void read_target(const char *value, gpointer field)
{
    *(Target *)field = target_from_word(value);
}

static void read_integer(const char *value, gpointer field)
{
    gint64 number;
    if (g_ascii_string_to_signed(value, 10, G_MININT, G_MAXINT, &number, NULL))
        *(int *)field = (int)number;
}

static void read_sources(const char *value, gpointer field)
{
    g_auto(GStrv) words = line_words(value);
    STRV_FOREACH (word, words)
        g_ptr_array_add(*(GPtrArray **)field, address_spec_parse(*word));
}

/* "80/tcp 90-99/udp" */
static void read_ports(const char *value, gpointer field)
{
    g_auto(GStrv) words = line_words(value);
    STRV_FOREACH (word, words) {
        g_auto(GStrv) parts = g_strsplit(*word, "/", 2);
        bool has_protocol = parts[1] != NULL && *parts[1] != '\0';
        PortRange *range = has_protocol ? port_range_parse(parts[0], parts[1]) : NULL;
        if (range != NULL)
            g_ptr_array_add(*(GPtrArray **)field, range);
    }
}

/* "port=80:proto=tcp:toport=8080:toaddr=2001:db8::1" */
static void read_forward_port(const char *value, gpointer field)
{
    static const char *const keys[] = {"port=", "proto=", "toport=", "toaddr="};
    g_auto(GStrv) parts = g_strsplit(value, ":", G_N_ELEMENTS(keys));
    const char *values[G_N_ELEMENTS(keys)] = {"", "", "", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(keys) && i < g_strv_length(parts); i++) {
        if (g_str_has_prefix(parts[i], keys[i]))
            values[i] = parts[i] + strlen(keys[i]);
    }
    ForwardPort *port = *values[0] != '\0' && *values[1] != '\0'
                            ? forward_port_new(values[0], values[1], values[2], values[3])
                            : NULL;
    if (port != NULL)
        g_ptr_array_add(*(GPtrArray **)field, port);
}

static void read_rich_rule(const char *value, gpointer field)
{
    if (*value != '\0')
        g_ptr_array_add(*(GPtrArray **)field, rich_rule_parse(value));
}

/* ---- the settings ---- */

typedef struct {
    const char *key;
    SettingReader read;
    gsize offset;
} SettingRow;

static const SettingRow filter_rows[] = {
    {"services", read_names, offsetof(Filter, services)},
    {"ports", read_ports, offsetof(Filter, ports)},
    {"source-ports", read_ports, offsetof(Filter, source_ports)},
    {"protocols", read_names, offsetof(Filter, protocols)},
    {"icmp-blocks", read_names, offsetof(Filter, icmp_blocks)},
    {"icmp-block-inversion", read_bool, offsetof(Filter, icmp_block_inversion)},
    {"masquerade", read_switch, offsetof(Filter, masquerade)},
    {"forward-ports", read_forward_port, offsetof(Filter, forward_ports)},
    {"rich rules", read_rich_rule, offsetof(Filter, rich_rules)},
};

static const SettingRow zone_rows[] = {
    {"target", read_target, offsetof(Zone, target)},
    {"forward", read_switch, offsetof(Zone, forward)},
    {"interfaces", read_names, offsetof(Zone, interfaces)},
    {"sources", read_sources, offsetof(Zone, sources)},
    {"ingress-priority", read_integer, offsetof(Zone, ingress_priority)},
    {"egress-priority", read_integer, offsetof(Zone, egress_priority)},
};

static const SettingRow policy_rows[] = {
    {"target", read_target, offsetof(Policy, target)},
    {"priority", read_integer, offsetof(Policy, priority)},
    {"ingress-zones", read_names, offsetof(Policy, ingress_zones)},
    {"egress-zones", read_names, offsetof(Policy, egress_zones)},
};

/* What a list is of. */
typedef struct {
    gpointer (*make)(const char *name);
    const SettingRow *rows;
    gsize n_rows;
    gsize filter;       /* offset of its Filter */
    const char *needed; /* the setting without which it is of no use */
    GDestroyNotify free;
} Kind;

static gpointer make_zone(const char *name)
{
    Zone *zone = zone_new(name);
    zone->settings_read = true;
    return zone;
}

static gpointer make_policy(const char *name)
{
    Policy *policy = policy_new(name);
    policy->settings_read = true;
    return policy;
}

static const Kind zones = {make_zone,
                           zone_rows,
                           G_N_ELEMENTS(zone_rows),
                           offsetof(Zone, filter),
                           "interfaces",
                           (GDestroyNotify)zone_free};
static const Kind policies = {make_policy,
                              policy_rows,
                              G_N_ELEMENTS(policy_rows),
                              offsetof(Policy, filter),
                              "ingress-zones",
                              (GDestroyNotify)policy_free};

/* ---- a list ---- */

typedef struct {
    const Kind *kind;
    GPtrArray *items;
    const SettingRow *row; /* of the last setting; NULL: one that is not wanted */
    gpointer field;
    bool has_needed; /* of the last item */
} ListReader;

static bool find_row(ListReader *reader, const SettingRow *rows, gsize n_rows, const char *key,
                     gpointer object)
{
    for (gsize i = 0; i < n_rows; i++) {
        if (g_str_equal(rows[i].key, key)) {
            reader->row = &rows[i];
            reader->field = (char *)object + rows[i].offset;
            return true;
        }
    }
    reader->row = NULL;
    return false;
}

/* "  target: default"; settings of later releases are passed over. */
static bool read_setting(ListReader *reader, const char *line)
{
    const char *colon = strchr(line, ':');
    if (reader->items->len == 0 || colon == NULL)
        return false;
    gpointer item = g_ptr_array_index(reader->items, reader->items->len - 1);
    g_autofree char *key = g_strstrip(g_strndup(line, (gsize)(colon - line)));
    g_autofree char *value = g_strstrip(g_strdup(colon + 1));
    if (find_row(reader, reader->kind->rows, reader->kind->n_rows, key, item) ||
        find_row(reader, filter_rows, G_N_ELEMENTS(filter_rows), key,
                 (char *)item + reader->kind->filter))
        reader->row->read(value, reader->field);
    reader->has_needed = reader->has_needed || g_str_equal(key, reader->kind->needed);
    return true;
}

static bool read_list_line(ListReader *reader, const char *line)
{
    if (*line == '\0')
        return true;
    if (*line == '\t') {
        g_autofree char *value = g_strstrip(g_strdup(line));
        if (reader->row != NULL)
            reader->row->read(value, reader->field);
        return reader->items->len > 0;
    }
    if (*line == ' ')
        return read_setting(reader, line);
    if (reader->items->len > 0 && !reader->has_needed)
        return false;
    g_auto(GStrv) words = line_words(line);
    reader->has_needed = false;
    reader->row = NULL;
    g_ptr_array_add(reader->items, reader->kind->make(words[0]));
    return words[1] == NULL || *words[1] == '('; /* "(active)", "(default, active)" */
}

static GPtrArray *list_from_text(const Kind *kind, char *const *lines, const char *name,
                                 GError **error)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(kind->free);
    ListReader reader = {.kind = kind, .items = items};
    guint i = 0;
    while (lines[i] != NULL && read_list_line(&reader, lines[i]))
        i++;
    if (lines[i] != NULL || items->len == 0 || !reader.has_needed) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, REPORT_HINT,
                         "%s: line %u is not one that firewall-cmd prints there", name, i + 1);
        return NULL;
    }
    return g_steal_pointer(&items);
}

GPtrArray *zones_from_text(char *const *lines, const char *name, GError **error)
{
    return list_from_text(&zones, lines, name, error);
}

GPtrArray *policies_from_text(char *const *lines, const char *name, GError **error)
{
    return list_from_text(&policies, lines, name, error);
}

/* ---- firewalld.conf ---- */

void firewalld_conf_from_text(char *const *lines, Firewalld *firewalld)
{
    FirewalldOptions *options = &firewalld->options;
    const struct {
        const char *key;
        char **field;
    } rows[] = {
        {"DefaultZone=", &firewalld->default_zone},
        {"LogDenied=", &firewalld->log_denied},
        {"FirewallBackend=", &options->backend},
        {"IPv6_rpfilter=", &options->ipv6_rpfilter},
        {"RFC3964_IPv4=", &options->rfc3964_ipv4},
        {"AllowZoneDrifting=", &options->zone_drifting},
        {"StrictForwardPorts=", &options->strict_forward_ports},
        {"FlushAllOnReload=", &options->flush_all_on_reload},
    };
    for (; *lines != NULL; lines++) {
        for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
            g_autofree char *value = NULL;
            if (!line_has_prefix(*lines, rows[i].key, &value) || *value == '\0')
                continue;
            g_free(*rows[i].field);
            *rows[i].field = g_steal_pointer(&value);
        }
    }
}

/* ---- names in the ruleset ---- */

/* Whether NAME is that of a chain of a policy that is there, one of the parts that each has. */
static bool is_part(const Firewalld *firewalld, const char *name, bool is_forward)
{
    static const char *const parts[] = {"_pre", "_log", "_deny", "_allow", "_post"};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (!g_str_has_suffix(name, parts[i]))
            continue;
        g_autofree char *whole = g_strndup(name, strlen(name) - strlen(parts[i]));
        const Policy *policy = firewalld_policy(firewalld, whole);
        return policy != NULL && policy->settings_read != is_forward;
    }
    return false;
}

/* The name of the policy whose chain LINE begins, in the hook that PREFIX names (transfer full). */
static char *policy_of_chain(const Firewalld *firewalld, const char *line, const char *prefix)
{
    g_autofree char *name = NULL;
    if (!line_has_prefix(line, prefix, &name) || !g_str_has_suffix(name, " {"))
        return NULL;
    name[strlen(name) - strlen(" {")] = '\0';
    bool is_forward = strstr(prefix, "_FWD_") != NULL;
    return is_part(firewalld, name, is_forward) ? NULL : g_steal_pointer(&name);
}

/* Where the chain is tells which packets the policy is for (policies.c: hook_of()); what it does to them
 * is not known. */
static void add_policy(Firewalld *firewalld, const char *name, const char *ingress,
                       const char *egress)
{
    if (firewalld_policy(firewalld, name) != NULL)
        return;
    Policy *policy = policy_new(name);
    read_names(ingress, &policy->ingress_zones);
    read_names(egress, &policy->egress_zones);
    policy->settings_read = *ingress != '\0';
    g_ptr_array_add(policy->filter.rich_rules, rich_rule_parse("(not in the sosreport)"));
    g_ptr_array_add(firewalld->policies, policy);
}

bool firewalld_names_from_ruleset(char *const *lines, Firewalld *firewalld, bool with_policies)
{
    bool has_table = false;
    firewalld->panic = TRISTATE_NO;
    STRV_FOREACH (line, lines) {
        has_table = has_table || g_str_has_prefix(*line, "table inet firewalld {");
        if (g_str_has_prefix(*line, "table inet firewalld_policy_drop {"))
            firewalld->panic = TRISTATE_YES;
        if (!with_policies)
            continue;
        g_autofree char *input = policy_of_chain(firewalld, *line, "\tchain filter_IN_policy_");
        g_autofree char *output = policy_of_chain(firewalld, *line, "\tchain filter_OUT_policy_");
        g_autofree char *forward = policy_of_chain(firewalld, *line, "\tchain filter_FWD_policy_");
        if (forward != NULL)
            add_policy(firewalld, forward, "", "");
        else if (input != NULL)
            add_policy(firewalld, input, "ANY", "HOST");
        else if (output != NULL)
            add_policy(firewalld, output, "HOST", "ANY");
    }
    if (!has_table)
        firewalld->panic = TRISTATE_UNKNOWN;
    return has_table;
}
