/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing and reading of those types of members that only a snapshot has. */
#include "documents/snapshot-members.h"

static gpointer mutable_field(gpointer object, const Member *member)
{
    return G_STRUCT_MEMBER_P(object, member->offset);
}

static gconstpointer field(gconstpointer object, const Member *member)
{
    return (const char *)object + member->offset;
}

/* ---- addresses and prefixes ---- */

static bool is_present(const Member *member, gconstpointer object)
{
    return *(const bool *)((const char *)object + member->presence);
}

static void set_present(const Member *member, gpointer object)
{
    *(bool *)G_STRUCT_MEMBER_P(object, member->presence) = true;
}

static JsonNode *write_prefix(const Member *member, gconstpointer object)
{
    g_autofree char *text = ip_prefix_to_string(field(object, member));
    return json_text_node(text);
}

static bool read_prefix(const Member *member, JsonNode *node, gpointer object,
                        const JsonPlace *place, GError **error)
{
    const char *text = json_place_text(place, node, error);
    if (text == NULL)
        return false;
    if (!ip_prefix_parse(text, mutable_field(object, member)))
        return json_place_fault(place, error, "not an address with the length of a prefix");
    return true;
}

static JsonNode *write_optional_prefix(const Member *member, gconstpointer object)
{
    return is_present(member, object) ? write_prefix(member, object) : json_text_node(NULL);
}

static bool read_optional_prefix(const Member *member, JsonNode *node, gpointer object,
                                 const JsonPlace *place, GError **error)
{
    if (JSON_NODE_HOLDS_NULL(node))
        return true;
    if (!read_prefix(member, node, object, place, error))
        return false;
    set_present(member, object);
    return true;
}

static JsonNode *write_optional_address(const Member *member, gconstpointer object)
{
    if (!is_present(member, object))
        return json_text_node(NULL);
    g_autofree char *text = ip_address_to_string(field(object, member));
    return json_text_node(text);
}

static bool read_optional_address(const Member *member, JsonNode *node, gpointer object,
                                  const JsonPlace *place, GError **error)
{
    if (JSON_NODE_HOLDS_NULL(node))
        return true;
    const char *text = json_place_text(place, node, error);
    if (text == NULL)
        return false;
    if (!ip_address_parse(text, mutable_field(object, member)))
        return json_place_fault(place, error, "not an IP address");
    set_present(member, object);
    return true;
}

const MemberType member_prefix = {write_prefix, read_prefix};
const MemberType member_optional_prefix = {write_optional_prefix, read_optional_prefix};
const MemberType member_optional_address = {write_optional_address, read_optional_address};

/* ---- words ---- */

static JsonNode *write_family(const Member *member, gconstpointer object)
{
    Family family = *(const Family *)field(object, member);
    return json_text_node(family == FAMILY_IPV4 ? "ipv4" : "ipv6");
}

static bool read_family(const Member *member, JsonNode *node, gpointer object,
                        const JsonPlace *place, GError **error)
{
    const char *text = json_place_text(place, node, error);
    if (text == NULL)
        return false;
    if (!g_str_equal(text, "ipv4") && !g_str_equal(text, "ipv6"))
        return json_place_fault(place, error, "neither ipv4 nor ipv6");
    *(Family *)mutable_field(object, member) =
        g_str_equal(text, "ipv4") ? FAMILY_IPV4 : FAMILY_IPV6;
    return true;
}

static JsonNode *write_target(const Member *member, gconstpointer object)
{
    return json_text_node(target_word(*(const Target *)field(object, member)));
}

static bool read_target(const Member *member, JsonNode *node, gpointer object,
                        const JsonPlace *place, GError **error)
{
    if (JSON_NODE_HOLDS_NULL(node))
        return true;
    const char *text = json_place_text(place, node, error);
    if (text == NULL)
        return false;
    Target target = target_from_word(text);
    if (target == TARGET_UNKNOWN)
        return json_place_fault(place, error, "no target of a zone or policy");
    *(Target *)mutable_field(object, member) = target;
    return true;
}

/* ifOperStatus of RFC 2863 in the order of the kernel's IF_OPER_* (linux/if.h). */
static const char *const operstates[] = {"unknown", "notpresent", "down", "lowerlayerdown",
                                         "testing", "dormant",    "up"};

/* A state that a later kernel may add has no word yet: its number stands for it. */
static JsonNode *write_operstate(const Member *member, gconstpointer object)
{
    guint8 state = *(const guint8 *)field(object, member);
    return state < G_N_ELEMENTS(operstates) ? json_text_node(operstates[state])
                                            : json_integer_node(state);
}

static bool read_operstate(const Member *member, JsonNode *node, gpointer object,
                           const JsonPlace *place, GError **error)
{
    if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64)
        return member_uint8.read(member, node, object, place, error);
    const char *text = json_place_text(place, node, error);
    if (text == NULL)
        return false;
    for (guint i = 0; i < G_N_ELEMENTS(operstates); i++) {
        if (g_str_equal(operstates[i], text)) {
            *(guint8 *)mutable_field(object, member) = (guint8)i;
            return true;
        }
    }
    return json_place_fault(place, error, "no operational state of RFC 2863");
}

const MemberType member_family = {write_family, read_family};
const MemberType member_target = {write_target, read_target};
const MemberType member_operstate = {write_operstate, read_operstate};

/* -1 stands for a rule that suppresses nothing. */
static JsonNode *write_suppression(const Member *member, gconstpointer object)
{
    int length = *(const int *)field(object, member);
    return length < 0 ? json_text_node(NULL) : json_integer_node(length);
}

static bool read_suppression(const Member *member, JsonNode *node, gpointer object,
                             const JsonPlace *place, GError **error)
{
    int *length = mutable_field(object, member);
    if (JSON_NODE_HOLDS_NULL(node)) {
        *length = -1;
        return true;
    }
    guint8 value = 0;
    const Member as_uint8 = {.name = member->name};
    if (!member_uint8.read(&as_uint8, node, &value, place, error))
        return false;
    *length = value;
    return true;
}

const MemberType member_suppression = {write_suppression, read_suppression};

/* ---- what firewalld says in its own text ---- */

static JsonNode *write_rich_rules(const Member *member, gconstpointer object)
{
    const GPtrArray *rules = *(GPtrArray *const *)field(object, member);
    JsonArray *array = json_array_sized_new(rules->len);
    for (guint i = 0; i < rules->len; i++) {
        const RichRule *rule = g_ptr_array_index(rules, i);
        json_array_add_element(array, json_text_node(rule->text));
    }
    return json_array_node(array);
}

static JsonNode *write_sources(const Member *member, gconstpointer object)
{
    const GPtrArray *sources = *(GPtrArray *const *)field(object, member);
    JsonArray *array = json_array_sized_new(sources->len);
    for (guint i = 0; i < sources->len; i++) {
        const AddressSpec *source = g_ptr_array_index(sources, i);
        json_array_add_element(array, json_text_node(source->text));
    }
    return json_array_node(array);
}

/* Appends to LIST what PARSE makes of each text; PARSE never fails. */
static bool read_parsed(JsonNode *node, GPtrArray *list, gpointer (*parse)(const char *),
                        const JsonPlace *place, GError **error)
{
    JsonArray *array = json_place_array(place, node, error);
    if (array == NULL)
        return false;
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonPlace below = {.parent = place, .index = i};
        const char *text = json_place_text(&below, json_array_get_element(array, i), error);
        if (text == NULL)
            return false;
        g_ptr_array_add(list, parse(text));
    }
    return true;
}

static gpointer parse_rich_rule(const char *text)
{
    return rich_rule_parse(text);
}

static gpointer parse_source(const char *text)
{
    return address_spec_parse(text);
}

static bool read_rich_rules(const Member *member, JsonNode *node, gpointer object,
                            const JsonPlace *place, GError **error)
{
    GPtrArray *list = *(GPtrArray **)mutable_field(object, member);
    return read_parsed(node, list, parse_rich_rule, place, error);
}

static bool read_sources(const Member *member, JsonNode *node, gpointer object,
                         const JsonPlace *place, GError **error)
{
    GPtrArray *list = *(GPtrArray **)mutable_field(object, member);
    return read_parsed(node, list, parse_source, place, error);
}

static JsonNode *write_destination(const Member *member, gconstpointer object)
{
    const AddressSpec *spec = *(AddressSpec *const *)field(object, member);
    return json_text_node(spec != NULL ? spec->text : NULL);
}

static bool read_destination(const Member *member, JsonNode *node, gpointer object,
                             const JsonPlace *place, GError **error)
{
    if (JSON_NODE_HOLDS_NULL(node))
        return true;
    const char *text = json_place_text(place, node, error);
    if (text == NULL)
        return false;
    *(AddressSpec **)mutable_field(object, member) = address_spec_parse(text);
    return true;
}

const MemberType member_rich_rules = {write_rich_rules, read_rich_rules};
const MemberType member_sources = {write_sources, read_sources};
const MemberType member_destination = {write_destination, read_destination};

/* ---- ports ---- */

/* A port, or a forwarded one, in firewalld's texts. */
typedef struct {
    char *port; /* NULL: every port */
    char *protocol;
    char *to_port;
    char *to_address;
} PortTexts;

static void port_texts_clear(PortTexts *texts)
{
    g_free(texts->port);
    g_free(texts->protocol);
    g_free(texts->to_port);
    g_free(texts->to_address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PortTexts, port_texts_clear)

static const Member port_members[] = {
    MEMBER_TEXT(PortTexts, port),
    MEMBER_NAME(PortTexts, protocol),
    MEMBERS_END,
};
static const Member forward_port_members[] = {
    MEMBER_TEXT(PortTexts, port),
    MEMBER_NAME(PortTexts, protocol),
    MEMBER_TEXT(PortTexts, to_port),
    MEMBER_TEXT(PortTexts, to_address),
    MEMBERS_END,
};

/* How the two lists of ports differ. */
struct PortListType {
    const Member *members;
    PortTexts (*to_texts)(gconstpointer element);
    gpointer (*from_texts)(const PortTexts *texts);
};

static PortTexts port_to_texts(gconstpointer element)
{
    const PortRange *range = element;
    return (PortTexts){
        .port = port_range_port_text(range),
        .protocol = g_strdup(range->protocol),
    };
}

static gpointer port_from_texts(const PortTexts *texts)
{
    return port_range_parse(texts->port != NULL ? texts->port : "", texts->protocol);
}

static PortTexts forward_port_to_texts(gconstpointer element)
{
    const ForwardPort *forward_port = element;
    PortTexts texts = port_to_texts(forward_port->port);
    texts.to_port = g_strdup(forward_port->to_port);
    texts.to_address = g_strdup(forward_port->to_address);
    return texts;
}

static gpointer forward_port_from_texts(const PortTexts *texts)
{
    return forward_port_new(texts->port != NULL ? texts->port : "", texts->protocol, texts->to_port,
                            texts->to_address);
}

static JsonNode *write_ports(const Member *member, gconstpointer object)
{
    const PortListType *type = member->detail;
    const GPtrArray *ports = *(GPtrArray *const *)field(object, member);
    JsonArray *array = json_array_sized_new(ports->len);
    for (guint i = 0; i < ports->len; i++) {
        g_auto(PortTexts) texts = type->to_texts(g_ptr_array_index(ports, i));
        json_array_add_element(array, members_to_node(type->members, &texts));
    }
    return json_array_node(array);
}

static bool read_ports(const Member *member, JsonNode *node, gpointer object,
                       const JsonPlace *place, GError **error)
{
    const PortListType *type = member->detail;
    GPtrArray *ports = *(GPtrArray **)mutable_field(object, member);
    JsonArray *array = json_place_array(place, node, error);
    if (array == NULL)
        return false;
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonPlace below = {.parent = place, .index = i};
        g_auto(PortTexts) texts = {NULL};
        if (!members_read(type->members, json_array_get_element(array, i), &texts, &below, error))
            return false;
        gpointer port = type->from_texts(&texts);
        if (port == NULL)
            return json_place_fault(&(JsonPlace){.parent = &below, .name = "port"}, error,
                                    "not a port or a range of ports");
        g_ptr_array_add(ports, port);
    }
    return true;
}

const PortListType port_list = {port_members, port_to_texts, port_from_texts};
const PortListType forward_port_list = {forward_port_members, forward_port_to_texts,
                                        forward_port_from_texts};
const MemberType member_ports = {write_ports, read_ports};
