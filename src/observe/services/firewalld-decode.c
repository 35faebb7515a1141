/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How fields of the model are filled from D-Bus values, the tables of firewalld's settings, and the
 * structs they fill. */
#include "observe/services/firewalld-decode.h"

#include "model/error.h"
#include "model/foreach.h"

#include <string.h>

/* ---- fields ---- */

/* Fills FIELD from VALUE, which has the row's type. Returns the text that has no meaning (transfer
 * full), or NULL. */
typedef char *(*Fill)(GVariant *value, gpointer field);

typedef struct {
    const char *key;
    const char *type; /* GVariant type string */
    Fill fill;
    size_t offset; /* of the field in the struct that the table is about */
} Setting;

/* The empty text is NULL. */
static char *fill_text(GVariant *value, gpointer field)
{
    const char *text = g_variant_get_string(value, NULL);
    g_free(*(char **)field);
    *(char **)field = *text == '\0' ? NULL : g_strdup(text);
    return NULL;
}

static char *fill_strings(GVariant *value, gpointer field)
{
    g_strfreev(*(char ***)field);
    *(char ***)field = g_variant_dup_strv(value, NULL);
    return NULL;
}

static char *fill_bool(GVariant *value, gpointer field)
{
    *(bool *)field = g_variant_get_boolean(value);
    return NULL;
}

static char *fill_tristate(GVariant *value, gpointer field)
{
    *(Tristate *)field = g_variant_get_boolean(value) ? TRISTATE_YES : TRISTATE_NO;
    return NULL;
}

static char *fill_int(GVariant *value, gpointer field)
{
    *(int *)field = g_variant_get_int32(value);
    return NULL;
}

/* An unknown word leaves the target unknown, which the model can handle. */
static char *fill_target(GVariant *value, gpointer field)
{
    *(Target *)field = target_from_word(g_variant_get_string(value, NULL));
    return NULL;
}

static char *fill_sources(GVariant *value, gpointer field)
{
    g_auto(GStrv) texts = g_variant_dup_strv(value, NULL);
    STRV_FOREACH (text, texts)
        g_ptr_array_add(*(GPtrArray **)field, address_spec_parse(*text));
    return NULL;
}

static char *fill_rich_rules(GVariant *value, gpointer field)
{
    g_auto(GStrv) texts = g_variant_dup_strv(value, NULL);
    STRV_FOREACH (text, texts)
        g_ptr_array_add(*(GPtrArray **)field, rich_rule_parse(*text));
    return NULL;
}

/* Ports (a(ss)), and forwarded ports (a(ssss)). firewalld accepts port 0, which no flow has and no
 * range can express: it is left out. */
static char *fill_ports(GVariant *value, gpointer field)
{
    bool forwarded = g_variant_is_of_type(value, G_VARIANT_TYPE("a(ssss)"));
    for (gsize i = 0; i < g_variant_n_children(value); i++) {
        const char *port, *protocol, *to_port, *to_address;
        gpointer range;
        if (forwarded) {
            g_variant_get_child(value, i, "(&s&s&s&s)", &port, &protocol, &to_port, &to_address);
            range = forward_port_new(port, protocol, to_port, to_address);
        } else {
            g_variant_get_child(value, i, "(&s&s)", &port, &protocol);
            range = port_range_parse(port, protocol);
        }
        if (range != NULL)
            g_ptr_array_add(*(GPtrArray **)field, range);
        else if (!g_str_equal(port, "0"))
            return g_strdup_printf("%s/%s", port, protocol);
    }
    return NULL;
}

static char *fill_address(GVariant *value, gpointer field)
{
    const char *text = g_variant_get_string(value, NULL);
    address_spec_free(*(AddressSpec **)field);
    *(AddressSpec **)field = *text == '\0' ? NULL : address_spec_parse(text);
    return NULL;
}

static char *fill_destination(GVariant *value, gpointer field);

/* ---- the tables ---- */

static const Setting filter_settings[] = {
    {"services", "as", fill_strings, offsetof(Filter, services)},
    {"ports", "a(ss)", fill_ports, offsetof(Filter, ports)},
    {"source_ports", "a(ss)", fill_ports, offsetof(Filter, source_ports)},
    {"protocols", "as", fill_strings, offsetof(Filter, protocols)},
    {"icmp_blocks", "as", fill_strings, offsetof(Filter, icmp_blocks)},
    {"icmp_block_inversion", "b", fill_bool, offsetof(Filter, icmp_block_inversion)},
    {"masquerade", "b", fill_tristate, offsetof(Filter, masquerade)},
    {"forward_ports", "a(ssss)", fill_ports, offsetof(Filter, forward_ports)},
    {"rules_str", "as", fill_rich_rules, offsetof(Filter, rich_rules)},  /* of zones */
    {"rich_rules", "as", fill_rich_rules, offsetof(Filter, rich_rules)}, /* of policies */
};

static const Setting zone_settings[] = {
    {"target", "s", fill_target, offsetof(Zone, target)},
    {"forward", "b", fill_tristate, offsetof(Zone, forward)},
    {"interfaces", "as", fill_strings, offsetof(Zone, interfaces)},
    {"sources", "as", fill_sources, offsetof(Zone, sources)},
    {"ingress_priority", "i", fill_int, offsetof(Zone, ingress_priority)},
    {"egress_priority", "i", fill_int, offsetof(Zone, egress_priority)},
};

/* What getActiveZones returns of a zone (a{sas}). */
static const Setting active_zone_settings[] = {
    {"interfaces", "as", fill_strings, offsetof(Zone, interfaces)},
    {"sources", "as", fill_sources, offsetof(Zone, sources)},
};

static const Setting policy_settings[] = {
    {"target", "s", fill_target, offsetof(Policy, target)},
    {"priority", "i", fill_int, offsetof(Policy, priority)},
    {"ingress_zones", "as", fill_strings, offsetof(Policy, ingress_zones)},
    {"egress_zones", "as", fill_strings, offsetof(Policy, egress_zones)},
    {"disable", "b", fill_bool, offsetof(Policy, disabled)},
};

/* The two halves of a service's "destination" (a{ss}). */
static const Setting destination_settings[] = {
    {"ipv4", "s", fill_address, offsetof(Service, destination_ipv4)},
    {"ipv6", "s", fill_address, offsetof(Service, destination_ipv6)},
};

static const Setting service_settings[] = {
    {"ports", "a(ss)", fill_ports, offsetof(Service, ports)},
    {"source_ports", "a(ss)", fill_ports, offsetof(Service, source_ports)},
    {"protocols", "as", fill_strings, offsetof(Service, protocols)},
    {"includes", "as", fill_strings, offsetof(Service, includes)},
    {"destination", "a{ss}", fill_destination, 0},
};

static const Setting identity_settings[] = {
    {"version", "s", fill_text, offsetof(Firewalld, version)},
    {"state", "s", fill_text, offsetof(Firewalld, state)},
};

/* A row overrides those above it: IPv6_rpfilter can say no more than yes or no. */
static const Setting option_settings[] = {
    {"FirewallBackend", "s", fill_text, offsetof(FirewalldOptions, backend)},
    {"IPv6_rpfilter", "s", fill_text, offsetof(FirewalldOptions, ipv6_rpfilter)},
    {"IPv6_rpfilter2", "s", fill_text, offsetof(FirewalldOptions, ipv6_rpfilter)},
    {"RFC3964_IPv4", "s", fill_text, offsetof(FirewalldOptions, rfc3964_ipv4)},
    {"AllowZoneDrifting", "s", fill_text, offsetof(FirewalldOptions, zone_drifting)},
    {"StrictForwardPorts", "s", fill_text, offsetof(FirewalldOptions, strict_forward_ports)},
    {"FlushAllOnReload", "s", fill_text, offsetof(FirewalldOptions, flush_all_on_reload)},
};

/* The places of the settings in the tuples of the older calls (IMPORT_EXPORT_STRUCTURE in
 * firewall/core/io/zone.py and service.py); NULL: not used. */
static const char *const zone_tuple[] = {
    NULL,           NULL,
    NULL,           NULL,
    "target",       "services",
    "ports",        "icmp_blocks",
    "masquerade",   "forward_ports",
    "interfaces",   "sources",
    "rules_str",    "protocols",
    "source_ports", "icmp_block_inversion",
};
static const char *const service_tuple[] = {
    NULL, NULL, NULL, "ports", NULL, "destination", "protocols", "source_ports",
};

/* ---- filling structs ---- */

/* Settings as firewalld gave them: a dictionary (a{sv}, a{ss}), or a tuple whose values KEYS names in
 * their order. */
typedef struct {
    const char *kind; /* and name: whose settings, for errors, such as "zone " and "public" */
    const char *name;
    GVariant *value;
    const char *const *keys;
    guint n_keys;
} Settings;

enum { MOST_ROWS = 32 };

/* Puts VALUE (transfer full) where the row of TABLE for KEY has its place; the first of two counts. */
static void keep_value(const Setting *table, guint n_rows, const char *key, GVariant *value,
                       GVariant **values)
{
    for (guint i = 0; i < n_rows; i++) {
        if (values[i] == NULL && g_strcmp0(table[i].key, key) == 0) {
            values[i] = value;
            return;
        }
    }
    g_variant_unref(value);
}

/* Sets VALUES[i] to what the settings have for row i of TABLE (transfer full), and leaves it where they have
 * nothing. */
static void settings_find(const Settings *settings, const Setting *table, guint n_rows,
                          GVariant **values)
{
    bool is_tuple = g_variant_is_of_type(settings->value, G_VARIANT_TYPE_TUPLE);
    gsize count = is_tuple ? settings->n_keys : g_variant_n_children(settings->value);
    for (gsize i = 0; i < count; i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(settings->value, i);
        if (is_tuple) {
            keep_value(table, n_rows, settings->keys[i], g_variant_ref(child), values);
            continue;
        }
        const char *key;
        g_variant_get_child(child, 0, "&s", &key);
        g_autoptr(GVariant) value = g_variant_get_child_value(child, 1);
        keep_value(table, n_rows, key,
                   g_variant_is_of_type(value, G_VARIANT_TYPE_VARIANT)
                       ? g_variant_get_variant(value)
                       : g_variant_ref(value),
                   values);
    }
}

static bool fill_field(const Settings *settings, const Setting *row, GVariant *value,
                       gpointer object, GError **error)
{
    const char *hint = "another program may be using firewalld's name, or firewalld is newer than "
                       "nicfix: report it with firewalld's version";
    if (!g_variant_is_of_type(value, G_VARIANT_TYPE(row->type))) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_REPLY, hint,
                         "firewalld gives \"%s\" of %s%s the type %s where %s is expected",
                         row->key, settings->kind, settings->name, g_variant_get_type_string(value),
                         row->type);
        return false;
    }
    g_autofree char *meaningless = row->fill(value, (char *)object + row->offset);
    if (meaningless != NULL)
        nicfix_error_set(
            error, NICFIX_ERROR_BAD_REPLY, hint,
            "firewalld gives \"%s\" of %s%s the value \"%s\", which has no meaning there", row->key,
            settings->kind, settings->name, meaningless);
    return meaningless == NULL;
}

/* Fills OBJECT by TABLE, row by row, from the settings that are present. Returns false with
 * NICFIX_ERROR_BAD_REPLY; OBJECT is then filled in part and to be discarded. */
static bool settings_fill(const Settings *settings, const Setting *table, guint n_rows,
                          gpointer object, GError **error)
{
    GVariant *values[MOST_ROWS] = {NULL};
    bool is_filled = true;
    g_assert(n_rows <= MOST_ROWS);
    settings_find(settings, table, n_rows, values);
    for (guint i = 0; i < n_rows; i++) {
        if (values[i] == NULL)
            continue;
        is_filled = is_filled && fill_field(settings, &table[i], values[i], object, error);
        g_variant_unref(values[i]);
    }
    return is_filled;
}

#define FILL(settings, table, object, error)                                                       \
    settings_fill(settings, table, G_N_ELEMENTS(table), object, error)

/* ---- zones and policies ---- */

gpointer firewalld_decode_zone(const char *name, GVariant *value, GError **error)
{
    g_autoptr(Zone) zone = zone_new(name);
    const Settings settings = {"zone ", name, value, zone_tuple, G_N_ELEMENTS(zone_tuple)};
    if (!FILL(&settings, zone_settings, zone, error) ||
        !FILL(&settings, filter_settings, &zone->filter, error))
        return NULL;
    zone->settings_read = true;
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_TUPLE))
        zone->forward = TRISTATE_NO;
    return g_steal_pointer(&zone);
}

gpointer firewalld_decode_policy(const char *name, GVariant *value, GError **error)
{
    g_autoptr(Policy) policy = policy_new(name);
    const Settings settings = {.kind = "policy ", .name = name, .value = value};
    if (!FILL(&settings, policy_settings, policy, error) ||
        !FILL(&settings, filter_settings, &policy->filter, error))
        return NULL;
    policy->settings_read = true;
    return g_steal_pointer(&policy);
}

static gint compare_zones(gconstpointer a, gconstpointer b)
{
    const Zone *const *left = a;
    const Zone *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

GPtrArray *firewalld_decode_active_zones(GVariant *zones)
{
    GPtrArray *result = g_ptr_array_new_with_free_func((GDestroyNotify)zone_free);
    GVariantIter iter;
    const char *name;
    GVariant *value;
    g_variant_iter_init(&iter, zones);
    while (g_variant_iter_loop(&iter, "{&s@a{sas}}", &name, &value)) {
        Zone *zone = zone_new(name);
        const Settings members = {.kind = "zone ", .name = name, .value = value};
        if (!FILL(&members, active_zone_settings, zone, NULL))
            g_assert_not_reached(); /* neither row has another type, or values without meaning */
        g_ptr_array_add(result, zone);
    }
    g_ptr_array_sort(result, compare_zones);
    return result;
}

/* ---- services and ipsets ---- */

static char *fill_destination(GVariant *value, gpointer field)
{
    const Settings settings = {.kind = "a service's destination", .name = "", .value = value};
    if (!FILL(&settings, destination_settings, field, NULL))
        g_assert_not_reached(); /* all of a{ss} are texts, and each has a meaning */
    return NULL;
}

gpointer firewalld_decode_service(const char *name, GVariant *value, GError **error)
{
    g_autoptr(Service) service = service_new(name);
    const Settings settings = {"service ", name, value, service_tuple, G_N_ELEMENTS(service_tuple)};
    if (!FILL(&settings, service_settings, service, error))
        return NULL;
    return g_steal_pointer(&service);
}

gpointer firewalld_decode_ipset(const char *name, GVariant *settings, GError **error G_GNUC_UNUSED)
{
    Ipset *ipset = ipset_new(name);
    const char *type;
    g_autoptr(GVariant) options = NULL;
    g_autoptr(GVariant) entries = NULL;
    g_variant_get(settings, "(&s&s&s&s@a{ss}@as)", NULL, NULL, NULL, &type, &options, &entries);
    ipset->type = *type == '\0' ? NULL : g_strdup(type);
    const char *timeout = "0";
    g_variant_lookup(options, "timeout", "&s", &timeout);
    ipset->entries_read = g_str_equal(timeout, "0");
    if (ipset->entries_read) {
        g_strfreev(ipset->entries);
        ipset->entries = g_variant_dup_strv(entries, NULL);
    }
    return ipset;
}

/* ---- the main object and the configuration ---- */

bool firewalld_decode_identity(GVariant *properties, Firewalld *firewalld, GError **error)
{
    const Settings settings = {.kind = "its main object", .name = "", .value = properties};
    return FILL(&settings, identity_settings, firewalld, error);
}

bool firewalld_decode_options(GVariant *properties, FirewalldOptions *options, GError **error)
{
    const Settings settings = {.kind = "its configuration", .name = "", .value = properties};
    return FILL(&settings, option_settings, options, error);
}

static const Setting conf_settings[] = {
    {"DefaultZone", "s", fill_text, offsetof(Firewalld, default_zone)},
    {"LogDenied", "s", fill_text, offsetof(Firewalld, log_denied)},
};

bool firewalld_decode_conf(GVariant *properties, Firewalld *firewalld, GError **error)
{
    const Settings settings = {.kind = "its configuration", .name = "", .value = properties};
    return FILL(&settings, conf_settings, firewalld, error) &&
           firewalld_decode_options(properties, &firewalld->options, error);
}

/* Names of zones have no blanks; the sentence has (config.py of 1.3.3: "public work  (ERROR:
 * interface 'eth0' is in 2 zone XML files, can be only in one)"). */
PermanentBinding *firewalld_decode_permanent_binding(const char *interface, const char *answer)
{
    PermanentBinding *binding = permanent_binding_new(interface);
    if (strchr(answer, ' ') != NULL)
        binding->conflict = g_strdup(answer);
    else if (*answer != '\0')
        binding->zone = g_strdup(answer);
    return binding;
}
