/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing and reading of the types of members that only a snapshot has. */
#include "documents/snapshot-members.h"

#include "model/foreach.h"
#include "model/words.h"

/* ---- addresses and prefixes ---- */

static json_t *write_ip(const Member *member, gconstpointer object)
{
    gconstpointer field = member_field(member, object);
    if (member->presence != 0 && !G_STRUCT_MEMBER(bool, object, member->presence))
        return json_null();
    g_autofree char *text =
        member->type == &member_prefix ? ip_prefix_to_string(field) : ip_address_to_string(field);
    return json_text(text);
}

static bool read_ip(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                    GError **error)
{
    bool is_prefix = member->type == &member_prefix;
    gpointer field = member_field(member, object);
    const char *text = json_place_text(place, value, error);
    if (text == NULL)
        return false;
    if (!(is_prefix ? ip_prefix_parse(text, field) : ip_address_parse(text, field)))
        return json_place_fault(
            place, error, is_prefix ? "not an address with a prefix length" : "not an IP address");
    if (member->presence != 0)
        G_STRUCT_MEMBER(bool, object, member->presence) = true;
    return true;
}

const MemberType member_prefix = {write_ip, read_ip};
const MemberType member_address = {write_ip, read_ip};

/* ---- words ---- */

static const char *const families[] = {[FAMILY_IPV4] = "ipv4", [FAMILY_IPV6] = "ipv6"};
static DEFINE_FROM_WORD(family, int, families, -1)

static json_t *write_family(const Member *member, gconstpointer object)
{
    return json_text(families[*(Family *)member_field(member, object)]);
}

static bool read_family(const Member *member, json_t *value, gpointer object,
                        const JsonPlace *place, GError **error)
{
    const char *text = json_place_text(place, value, error);
    int family = family_from_word(text);
    if (text != NULL && family < 0)
        json_place_fault(place, error, "neither ipv4 nor ipv6");
    *(Family *)member_field(member, object) = (Family)family;
    return family >= 0;
}

static json_t *write_transport(const Member *member, gconstpointer object)
{
    return json_text(protocol_word(*(Protocol *)member_field(member, object)));
}

static bool read_transport(const Member *member, json_t *value, gpointer object,
                           const JsonPlace *place, GError **error)
{
    const char *text = json_place_text(place, value, error);
    Protocol protocol = text != NULL ? protocol_from_word(text, FAMILY_IPV4) : PROTOCOL_ANY;
    bool is_known = protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP;
    if (text != NULL && !is_known)
        json_place_fault(place, error, "neither tcp nor udp");
    *(Protocol *)member_field(member, object) = protocol;
    return is_known;
}

static json_t *write_target(const Member *member, gconstpointer object)
{
    return json_text(target_word(*(Target *)member_field(member, object)));
}

static bool read_target(const Member *member, json_t *value, gpointer object,
                        const JsonPlace *place, GError **error)
{
    const char *text = json_place_text(place, value, error);
    Target target = text != NULL ? target_from_word(text) : TARGET_UNKNOWN;
    if (text != NULL && target == TARGET_UNKNOWN)
        json_place_fault(place, error, "not a target of a zone or policy");
    *(Target *)member_field(member, object) = target;
    return target != TARGET_UNKNOWN;
}

/* ifOperStatus of RFC 2863 in the order of the kernel's IF_OPER_* (linux/if.h). */
static const char *const operstates[] = {"unknown", "notpresent", "down", "lowerlayerdown",
                                         "testing", "dormant",    "up"};
static DEFINE_FROM_WORD(operstate, int, operstates, -1)

/* A state that a later kernel may add has no word yet: its number stands for it. */
static json_t *write_operstate(const Member *member, gconstpointer object)
{
    guint8 state = *(guint8 *)member_field(member, object);
    return state < G_N_ELEMENTS(operstates) ? json_text(operstates[state]) : json_integer(state);
}

static bool read_operstate(const Member *member, json_t *value, gpointer object,
                           const JsonPlace *place, GError **error)
{
    if (json_is_integer(value))
        return member_integer.read(member, value, object, place, error);
    const char *text = json_place_text(place, value, error);
    int state = operstate_from_word(text);
    if (text != NULL && state < 0)
        json_place_fault(place, error, "not an operational state of RFC 2863");
    *(guint8 *)member_field(member, object) = (guint8)state;
    return state >= 0;
}

const MemberType member_family = {write_family, read_family};
const MemberType member_transport = {write_transport, read_transport};
const MemberType member_target = {write_target, read_target};
const MemberType member_operstate = {write_operstate, read_operstate};

/* ---- firewalld's own texts ---- */

struct ParsedTextType {
    gpointer (*parse)(const char *text); /* never fails */
    gsize text;                          /* offset of the text in what it returns */
};

static gpointer parse_rich_rule(const char *text)
{
    return rich_rule_parse(text);
}

static gpointer parse_source(const char *text)
{
    return address_spec_parse(text);
}

const ParsedTextType rich_rule_texts = {parse_rich_rule, FIELD_OFFSET(RichRule, text, char *)};
const ParsedTextType source_texts = {parse_source, FIELD_OFFSET(AddressSpec, text, char *)};

static json_t *write_parsed_texts(const Member *member, gconstpointer object)
{
    const ParsedTextType *type = member->detail;
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (void, element, *(GPtrArray **)member_field(member, object))
        json_array_append_new(array, json_text(G_STRUCT_MEMBER(char *, element, type->text)));
    return array;
}

typedef struct {
    gconstpointer detail; /* of the member */
    GPtrArray *list;
} ListReader;

static bool read_parsed_text(json_t *value, gpointer user, const JsonPlace *place, GError **error)
{
    const ListReader *reader = user;
    const ParsedTextType *type = reader->detail;
    const char *text = json_place_text(place, value, error);
    if (text != NULL)
        g_ptr_array_add(reader->list, type->parse(text));
    return text != NULL;
}

static bool read_parsed_texts(const Member *member, json_t *value, gpointer object,
                              const JsonPlace *place, GError **error)
{
    ListReader reader = {member->detail, *(GPtrArray **)member_field(member, object)};
    return json_place_each(place, value, read_parsed_text, &reader, error);
}

static json_t *write_destination(const Member *member, gconstpointer object)
{
    const AddressSpec *spec = *(AddressSpec **)member_field(member, object);
    return json_text(spec != NULL ? spec->text : NULL);
}

static bool read_destination(const Member *member, json_t *value, gpointer object,
                             const JsonPlace *place, GError **error)
{
    const char *text = json_place_text(place, value, error);
    if (text != NULL)
        *(AddressSpec **)member_field(member, object) = address_spec_parse(text);
    return text != NULL;
}

const MemberType member_parsed_texts = {write_parsed_texts, read_parsed_texts};
const MemberType member_destination = {write_destination, read_destination};

/* ---- ports ---- */

/* A port, or a forwarded one, in firewalld's texts. */
typedef struct {
    char *port; /* NULL: every port */
    char *protocol;
    char *to_port;
    char *to_address;
} PortTexts;

const Member port_members[] = {
    MEMBER_TEXT(PortTexts, port),
    MEMBER_NAME(PortTexts, protocol),
    MEMBERS_END,
};
const Member forward_port_members[] = {
    MEMBER_TEXT(PortTexts, port),
    MEMBER_NAME(PortTexts, protocol),
    MEMBER_TEXT(PortTexts, to_port),
    MEMBER_TEXT(PortTexts, to_address),
    MEMBERS_END,
};

static void port_texts_clear(PortTexts *texts)
{
    g_free(texts->port);
    g_free(texts->protocol);
    g_free(texts->to_port);
    g_free(texts->to_address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PortTexts, port_texts_clear)

static json_t *write_ports(const Member *member, gconstpointer object)
{
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const void, element, *(GPtrArray **)member_field(member, object)) {
        const PortRange *range = element;
        PortTexts texts = {NULL};
        if (member->detail == forward_port_members) {
            const ForwardPort *forwarded = element;
            range = forwarded->port;
            texts.to_port = forwarded->to_port;
            texts.to_address = forwarded->to_address;
        }
        g_autofree char *port = port_range_port_text(range);
        texts.port = port;
        texts.protocol = range->protocol;
        json_array_append_new(array, members_to_json(member->detail, &texts));
    }
    return array;
}

static bool read_port(json_t *value, gpointer user, const JsonPlace *place, GError **error)
{
    const ListReader *reader = user;
    g_auto(PortTexts) texts = {NULL};
    if (!members_read(reader->detail, value, &texts, place, error))
        return false;
    const char *port = texts.port != NULL ? texts.port : "";
    gpointer element =
        reader->detail == forward_port_members
            ? (gpointer)forward_port_new(port, texts.protocol, texts.to_port, texts.to_address)
            : port_range_parse(port, texts.protocol);
    if (element == NULL)
        return json_place_fault(&(JsonPlace){.parent = place, .name = "port"}, error,
                                "not a port or a range of ports");
    g_ptr_array_add(reader->list, element);
    return true;
}

static bool read_ports(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                       GError **error)
{
    ListReader reader = {member->detail, *(GPtrArray **)member_field(member, object)};
    return json_place_each(place, value, read_port, &reader, error);
}

const MemberType member_ports = {write_ports, read_ports};
