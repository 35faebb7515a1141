/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser of rich rules. It follows firewalld's own: a rule is a row of keywords, each followed
 * by attributes of its own (Rich_Rule._import_from_string in firewall/core/rich.py). */
#include "model/host/rich-rule.h"

#include "model/foreach.h"

#include <string.h>

/* ---- ports ---- */

static bool parse_port(const char *text, guint16 *port)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT16, &number, NULL))
        return false;
    *port = (guint16)number;
    return true;
}

PortRange *port_range_parse(const char *port, const char *protocol)
{
    guint16 first = 0;
    guint16 last = 0;
    if (*port != '\0') {
        g_auto(GStrv) ends = g_strsplit(port, "-", 2);
        if (!parse_port(g_strstrip(ends[0]), &first))
            return NULL;
        last = first;
        if (ends[1] != NULL && !parse_port(g_strstrip(ends[1]), &last))
            return NULL;
        if (last < first || last == 0)
            return NULL;
    }
    PortRange *range = g_new0(PortRange, 1);
    range->protocol = g_strdup(protocol);
    range->first = first;
    range->last = last;
    return range;
}

char *port_range_port_text(const PortRange *range)
{
    if (range->last == 0)
        return g_strdup("");
    if (range->first == range->last)
        return g_strdup_printf("%u", range->first);
    return g_strdup_printf("%u-%u", range->first, range->last);
}

char *port_range_text(const PortRange *range)
{
    g_autofree char *port = port_range_port_text(range);
    return g_strconcat(port, "/", range->protocol, NULL);
}

void port_range_free(PortRange *range)
{
    if (range == NULL)
        return;
    g_free(range->protocol);
    g_free(range);
}

static char *dup_unless_empty(const char *text)
{
    return text == NULL || *text == '\0' ? NULL : g_strdup(text);
}

ForwardPort *forward_port_new(const char *port, const char *protocol, const char *to_port,
                              const char *to_address)
{
    PortRange *range = port_range_parse(port, protocol);
    if (range == NULL)
        return NULL;
    ForwardPort *forward_port = g_new0(ForwardPort, 1);
    forward_port->port = range;
    forward_port->to_port = dup_unless_empty(to_port);
    forward_port->to_address = dup_unless_empty(to_address);
    return forward_port;
}

char *forward_port_text(const ForwardPort *forward_port)
{
    g_autofree char *port = port_range_port_text(forward_port->port);
    return g_strconcat("port=", port, ":proto=", forward_port->port->protocol,
                       ":toport=", forward_port->to_port != NULL ? forward_port->to_port : "",
                       ":toaddr=", forward_port->to_address, NULL);
}

void forward_port_free(ForwardPort *forward_port)
{
    if (forward_port == NULL)
        return;
    port_range_free(forward_port->port);
    g_free(forward_port->to_port);
    g_free(forward_port->to_address);
    g_free(forward_port);
}

/* ---- rules ---- */

/* The parts of a rule that can own attributes. */
typedef enum {
    PART_RULE,
    PART_SOURCE,
    PART_DESTINATION,
    PART_ELEMENT,
    PART_LOG,
    PART_AUDIT,
    PART_ACTION,
    N_PARTS,
} Part;

static const struct {
    const char *word;
    Part part;
    RichElement element;
    RichAction action;
} keywords[] = {
    {"rule", PART_RULE, RICH_ELEMENT_NONE, RICH_ACTION_NONE},
    {"source", PART_SOURCE, RICH_ELEMENT_NONE, RICH_ACTION_NONE},
    {"destination", PART_DESTINATION, RICH_ELEMENT_NONE, RICH_ACTION_NONE},
    {"service", PART_ELEMENT, RICH_ELEMENT_SERVICE, RICH_ACTION_NONE},
    {"port", PART_ELEMENT, RICH_ELEMENT_PORT, RICH_ACTION_NONE},
    {"source-port", PART_ELEMENT, RICH_ELEMENT_SOURCE_PORT, RICH_ACTION_NONE},
    {"protocol", PART_ELEMENT, RICH_ELEMENT_PROTOCOL, RICH_ACTION_NONE},
    {"icmp-block", PART_ELEMENT, RICH_ELEMENT_ICMP_BLOCK, RICH_ACTION_NONE},
    {"icmp-type", PART_ELEMENT, RICH_ELEMENT_ICMP_TYPE, RICH_ACTION_NONE},
    {"masquerade", PART_ELEMENT, RICH_ELEMENT_MASQUERADE, RICH_ACTION_NONE},
    {"forward-port", PART_ELEMENT, RICH_ELEMENT_FORWARD_PORT, RICH_ACTION_NONE},
    {"tcp-mss-clamp", PART_ELEMENT, RICH_ELEMENT_TCP_MSS_CLAMP, RICH_ACTION_NONE},
    {"log", PART_LOG, RICH_ELEMENT_NONE, RICH_ACTION_NONE},
    {"nflog", PART_LOG, RICH_ELEMENT_NONE, RICH_ACTION_NONE},
    {"audit", PART_AUDIT, RICH_ELEMENT_NONE, RICH_ACTION_NONE},
    {"accept", PART_ACTION, RICH_ELEMENT_NONE, RICH_ACTION_ACCEPT},
    {"reject", PART_ACTION, RICH_ELEMENT_NONE, RICH_ACTION_REJECT},
    {"drop", PART_ACTION, RICH_ELEMENT_NONE, RICH_ACTION_DROP},
    {"mark", PART_ACTION, RICH_ELEMENT_NONE, RICH_ACTION_MARK},
};

/* The attributes that each part may have: with any other the rule means something newer. */
static const char *const known_attributes[N_PARTS][8] = {
    [PART_RULE] = {"family", "priority"},
    [PART_SOURCE] = {"address", "mac", "ipset", "invert"},
    [PART_DESTINATION] = {"address", "ipset", "invert"},
    [PART_ELEMENT] = {"name", "value", "port", "protocol", "to-port", "to-addr"},
    [PART_LOG] = {"prefix", "level", "group", "queue-size"},
    [PART_ACTION] = {"type", "set"},
};

/* What is collected while the words of a rule are read. */
typedef struct {
    RichRule *rule;
    Part part;
    bool limited;                    /* the last word was "limit": its value follows */
    GHashTable *attributes[N_PARTS]; /* of each part that was seen */
} RuleReader;

static void rule_reader_clear(RuleReader *reader)
{
    for (int i = 0; i < N_PARTS; i++)
        g_clear_pointer(&reader->attributes[i], g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RuleReader, rule_reader_clear)

static const char *attribute(const RuleReader *reader, Part part, const char *name)
{
    GHashTable *attributes = reader->attributes[part];
    return attributes != NULL ? g_hash_table_lookup(attributes, name) : NULL;
}

/* Starts the part that WORD names; a part that was there already makes the rule unintelligible. */
static bool read_keyword(RuleReader *reader, const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(keywords); i++) {
        if (!g_str_equal(keywords[i].word, word))
            continue;
        reader->part = keywords[i].part;
        reader->limited = false;
        if (reader->attributes[reader->part] != NULL)
            return false;
        reader->attributes[reader->part] =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        if (reader->part == PART_ELEMENT)
            reader->rule->element = keywords[i].element;
        if (reader->part == PART_ACTION)
            reader->rule->action = keywords[i].action;
        return true;
    }
    return false;
}

static bool read_inversion(RuleReader *reader)
{
    if (reader->part == PART_SOURCE)
        reader->rule->source_inverted = true;
    else if (reader->part == PART_DESTINATION)
        reader->rule->destination_inverted = true;
    else
        return false;
    return true;
}

static bool read_limit(RuleReader *reader)
{
    reader->limited = true;
    reader->rule->action_limited = reader->rule->action_limited || reader->part == PART_ACTION;
    return reader->part == PART_ACTION || reader->part == PART_LOG || reader->part == PART_AUDIT;
}

static bool read_attribute(RuleReader *reader, const char *name, const char *value)
{
    /* "value" and "burst" behind "limit" are the limit's, not the part's. */
    if (reader->limited)
        return true;
    if (!g_strv_contains(known_attributes[reader->part], name))
        return false;
    /* Whatever it says, as firewalld itself takes it. */
    if (g_str_equal(name, "invert"))
        return read_inversion(reader);
    g_hash_table_insert(reader->attributes[reader->part], g_strdup(name), g_strdup(value));
    return true;
}

static bool read_word(RuleReader *reader, const char *word)
{
    const char *equals = strchr(word, '=');
    if (equals != NULL) {
        g_autofree char *name = g_strndup(word, (gsize)(equals - word));
        return read_attribute(reader, name, equals + 1);
    }
    if (g_ascii_strcasecmp(word, "not") == 0)
        return read_inversion(reader);
    return g_str_equal(word, "limit") ? read_limit(reader) : read_keyword(reader, word);
}

static bool understand_head(RuleReader *reader)
{
    RichRule *rule = reader->rule;
    const char *family = attribute(reader, PART_RULE, "family");
    const char *priority = attribute(reader, PART_RULE, "priority");
    if (family != NULL && *family != '\0') {
        rule->has_family = true;
        rule->family = g_str_equal(family, "ipv6") ? FAMILY_IPV6 : FAMILY_IPV4;
        if (!g_str_equal(family, "ipv4") && !g_str_equal(family, "ipv6"))
            return false;
    }
    gint64 number = 0;
    if (priority != NULL && !g_ascii_string_to_signed(priority, 10, -32768, 32767, &number, NULL))
        return false;
    rule->priority = (int)number;
    return true;
}

/* The address specification of PART, or NULL with *VALID cleared where it holds none. */
static AddressSpec *understand_end(const RuleReader *reader, Part part, bool *valid)
{
    if (reader->attributes[part] == NULL)
        return NULL;
    const char *address = attribute(reader, part, "address");
    const char *mac = attribute(reader, part, "mac");
    const char *ipset = attribute(reader, part, "ipset");
    if ((address != NULL) + (mac != NULL) + (ipset != NULL) > 1)
        *valid = false;
    g_autofree char *text = NULL;
    if (ipset != NULL)
        text = g_strconcat("ipset:", ipset, NULL);
    else
        text = g_strdup(address != NULL ? address : mac);
    if (text == NULL) {
        *valid = false;
        return NULL;
    }
    const RichRule *rule = reader->rule;
    AddressSpec *spec = address_spec_parse(text);
    bool other_family = spec->kind == ADDRESS_SPEC_PREFIX && rule->has_family &&
                        spec->prefix.address.family != rule->family;
    *valid = *valid && spec->kind != ADDRESS_SPEC_UNKNOWN && !other_family;
    return spec;
}

static bool understand_port(RuleReader *reader)
{
    const char *port = attribute(reader, PART_ELEMENT, "port");
    const char *protocol = attribute(reader, PART_ELEMENT, "protocol");
    if (port == NULL || *port == '\0' || protocol == NULL)
        return false;
    RichRule *rule = reader->rule;
    if (rule->element != RICH_ELEMENT_FORWARD_PORT)
        return (rule->port = port_range_parse(port, protocol)) != NULL;
    rule->forward_port =
        forward_port_new(port, protocol, attribute(reader, PART_ELEMENT, "to-port"),
                         attribute(reader, PART_ELEMENT, "to-addr"));
    return rule->forward_port != NULL;
}

static bool understand_element(RuleReader *reader)
{
    RichRule *rule = reader->rule;
    switch (rule->element) {
    case RICH_ELEMENT_NONE:
    case RICH_ELEMENT_MASQUERADE:
    case RICH_ELEMENT_TCP_MSS_CLAMP:
        return true;
    case RICH_ELEMENT_PORT:
    case RICH_ELEMENT_SOURCE_PORT:
    case RICH_ELEMENT_FORWARD_PORT:
        return understand_port(reader);
    case RICH_ELEMENT_PROTOCOL:
        rule->name = dup_unless_empty(attribute(reader, PART_ELEMENT, "value"));
        return rule->name != NULL;
    case RICH_ELEMENT_SERVICE:
    case RICH_ELEMENT_ICMP_BLOCK:
    case RICH_ELEMENT_ICMP_TYPE:
        rule->name = dup_unless_empty(attribute(reader, PART_ELEMENT, "name"));
        return rule->name != NULL;
    }
    return false;
}

static bool understand(RuleReader *reader, const char *text)
{
    g_auto(GStrv) words = NULL;
    if (!g_shell_parse_argv(text, NULL, &words, NULL) || !g_str_equal(words[0], "rule"))
        return false;
    STRV_FOREACH (word, words) {
        if (!read_word(reader, *word))
            return false;
    }
    bool valid = understand_head(reader) && understand_element(reader);
    reader->rule->source = understand_end(reader, PART_SOURCE, &valid);
    reader->rule->destination = understand_end(reader, PART_DESTINATION, &valid);
    return valid;
}

RichRule *rich_rule_parse(const char *text)
{
    RichRule *rule = g_new0(RichRule, 1);
    rule->text = g_strdup(text);
    g_auto(RuleReader) reader = {.rule = rule, .part = PART_RULE};
    rule->understood = understand(&reader, text);
    return rule;
}

void rich_rule_free(RichRule *rule)
{
    if (rule == NULL)
        return;
    g_free(rule->text);
    address_spec_free(rule->source);
    address_spec_free(rule->destination);
    g_free(rule->name);
    port_range_free(rule->port);
    forward_port_free(rule->forward_port);
    g_free(rule);
}
