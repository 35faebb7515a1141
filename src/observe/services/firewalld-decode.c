/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of firewalld's settings, and the values of the model that they fill. */
#include "observe/services/firewalld-decode.h"

#include "observe/services/firewalld-settings.h"

#include <string.h>

/* ---- the tables ---- */

static const Setting filter_settings[] = {
    {"services", "as", fill_strings, offsetof(Filter, services)},
    {"ports", "a(ss)", fill_ports, offsetof(Filter, ports)},
    {"source_ports", "a(ss)", fill_ports, offsetof(Filter, source_ports)},
    {"protocols", "as", fill_strings, offsetof(Filter, protocols)},
    {"icmp_blocks", "as", fill_strings, offsetof(Filter, icmp_blocks)},
    {"icmp_block_inversion", "b", fill_bool, offsetof(Filter, icmp_block_inversion)},
    {"masquerade", "b", fill_tristate, offsetof(Filter, masquerade)},
    {"forward_ports", "a(ssss)", fill_forward_ports, offsetof(Filter, forward_ports)},
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

static bool fill_destination(GVariant *value, gpointer field, char **meaningless);

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

#define FILL(settings, table, object, error)                                                       \
    settings_fill(settings, table, G_N_ELEMENTS(table), object, error)

/* ---- zones and policies ---- */

static gpointer decode_zone(const char *name, Settings settings, GError **error)
{
    g_autoptr(Zone) zone = zone_new(name);
    g_autofree char *subject = g_strdup_printf("zone %s", name);
    settings.subject = subject;
    if (!FILL(&settings, zone_settings, zone, error) ||
        !FILL(&settings, filter_settings, &zone->filter, error))
        return NULL;
    zone->settings_read = true;
    return g_steal_pointer(&zone);
}

gpointer firewalld_decode_zone(const char *name, GVariant *settings, GError **error)
{
    return decode_zone(name, (Settings){.value = settings}, error);
}

gpointer firewalld_decode_zone_tuple(const char *name, GVariant *settings, GError **error)
{
    const Settings tuple = {
        .value = settings,
        .keys = zone_tuple,
        .n_keys = G_N_ELEMENTS(zone_tuple),
    };
    Zone *zone = decode_zone(name, tuple, error);
    if (zone != NULL)
        zone->forward = TRISTATE_NO;
    return zone;
}

gpointer firewalld_decode_policy(const char *name, GVariant *settings, GError **error)
{
    g_autoptr(Policy) policy = policy_new(name);
    g_autofree char *subject = g_strdup_printf("policy %s", name);
    const Settings dictionary = {.subject = subject, .value = settings};
    if (!FILL(&dictionary, policy_settings, policy, error) ||
        !FILL(&dictionary, filter_settings, &policy->filter, error))
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

static Zone *active_zone(const char *name, GVariant *members)
{
    Zone *zone = zone_new(name);
    g_autoptr(GVariant) interfaces =
        g_variant_lookup_value(members, "interfaces", G_VARIANT_TYPE_STRING_ARRAY);
    g_autoptr(GVariant) sources =
        g_variant_lookup_value(members, "sources", G_VARIANT_TYPE_STRING_ARRAY);
    if (interfaces != NULL)
        fill_strings(interfaces, &zone->interfaces, NULL);
    if (sources != NULL)
        fill_sources(sources, &zone->sources, NULL);
    return zone;
}

GPtrArray *firewalld_decode_active_zones(GVariant *zones)
{
    GPtrArray *result = g_ptr_array_new_with_free_func((GDestroyNotify)zone_free);
    GVariantIter iter;
    const char *name;
    GVariant *members;
    g_variant_iter_init(&iter, zones);
    while (g_variant_iter_loop(&iter, "{&s@a{sas}}", &name, &members))
        g_ptr_array_add(result, active_zone(name, members));
    g_ptr_array_sort(result, compare_zones);
    return result;
}

/* ---- services and ipsets ---- */

static bool fill_destination(GVariant *value, gpointer field, char **meaningless G_GNUC_UNUSED)
{
    const Settings destination = {.subject = "a service's destination", .value = value};
    return FILL(&destination, destination_settings, field, NULL);
}

static gpointer decode_service(const char *name, Settings settings, GError **error)
{
    g_autoptr(Service) service = service_new(name);
    g_autofree char *subject = g_strdup_printf("service %s", name);
    settings.subject = subject;
    if (!FILL(&settings, service_settings, service, error))
        return NULL;
    return g_steal_pointer(&service);
}

gpointer firewalld_decode_service(const char *name, GVariant *settings, GError **error)
{
    return decode_service(name, (Settings){.value = settings}, error);
}

gpointer firewalld_decode_service_tuple(const char *name, GVariant *settings, GError **error)
{
    const Settings tuple = {
        .value = settings,
        .keys = service_tuple,
        .n_keys = G_N_ELEMENTS(service_tuple),
    };
    return decode_service(name, tuple, error);
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
    const Settings dictionary = {.subject = "its main object", .value = properties};
    return FILL(&dictionary, identity_settings, firewalld, error);
}

bool firewalld_decode_options(GVariant *properties, FirewalldOptions *options, GError **error)
{
    const Settings dictionary = {.subject = "its configuration", .value = properties};
    return FILL(&dictionary, option_settings, options, error);
}

static const Setting conf_settings[] = {
    {"DefaultZone", "s", fill_text, offsetof(Firewalld, default_zone)},
    {"LogDenied", "s", fill_text, offsetof(Firewalld, log_denied)},
};

bool firewalld_decode_conf(GVariant *properties, Firewalld *firewalld, GError **error)
{
    const Settings dictionary = {.subject = "its configuration", .value = properties};
    return FILL(&dictionary, conf_settings, firewalld, error) &&
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
