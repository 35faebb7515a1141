/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of members that only a snapshot has: addresses as text, words for enumerations, and
 * firewalld's own texts. */
#pragma once

#include "documents/json-members.h"

extern const MemberType member_prefix;
extern const MemberType member_address;
extern const MemberType member_family;
extern const MemberType member_transport;
extern const MemberType member_target;
extern const MemberType member_operstate;
extern const MemberType member_parsed_texts;
extern const MemberType member_destination;
extern const MemberType member_ports;

/* Structs that firewalld's text is parsed into, and that keep it. */
typedef struct ParsedTextType ParsedTextType;
extern const ParsedTextType rich_rule_texts; /* RichRule */
extern const ParsedTextType source_texts;    /* AddressSpec */

extern const Member port_members[];         /* of a PortRange */
extern const Member forward_port_members[]; /* of a ForwardPort */

/* "10.0.0.1/8"; the member may be named otherwise than the field. */
#define MEMBER_PREFIX(member, Struct, field)                                                       \
    FIELD_MEMBER(member, Struct, field, IpPrefix, &member_prefix)
/* null where HAS_FIELD is false. */
#define MEMBER_OPTIONAL_PREFIX(Struct, field, has_field, ...)                                      \
    FIELD_MEMBER(#field, Struct, field, IpPrefix, &member_prefix, .nullable = true,                \
                 .presence = FIELD_OFFSET(Struct, has_field, bool), ##__VA_ARGS__)
#define MEMBER_OPTIONAL_ADDRESS(Struct, field, has_field, ...)                                     \
    FIELD_MEMBER(#field, Struct, field, IpAddress, &member_address, .nullable = true,              \
                 .presence = FIELD_OFFSET(Struct, has_field, bool), ##__VA_ARGS__)
/* "ipv4" or "ipv6". */
#define MEMBER_FAMILY(Struct, field) FIELD_MEMBER(#field, Struct, field, Family, &member_family)
/* "tcp" or "udp". */
#define MEMBER_TRANSPORT(Struct, field)                                                            \
    FIELD_MEMBER(#field, Struct, field, Protocol, &member_transport)
/* firewalld's word, null for TARGET_UNKNOWN. */
#define MEMBER_TARGET(Struct, field)                                                               \
    FIELD_MEMBER(#field, Struct, field, Target, &member_target, .nullable = true)
/* The word of RFC 2863, or the number of a state that has none. */
#define MEMBER_OPERSTATE(Struct, field)                                                            \
    FIELD_MEMBER(#field, Struct, field, guint8, &member_operstate, .integer = INTEGER_UINT8,       \
                 .max = G_MAXUINT8)
/* The length of a prefix, null for -1. */
#define MEMBER_SUPPRESSION(Struct, field)                                                          \
    MEMBER_INTEGER(Struct, field, 0, G_MAXUINT8, .nullable = true)
/* Rules, sources and destinations (null for NULL) are firewalld's text, parsed on reading. */
#define MEMBER_RICH_RULES(Struct, field)                                                           \
    FIELD_MEMBER(#field, Struct, field, GPtrArray *, &member_parsed_texts,                         \
                 .detail = &rich_rule_texts)
#define MEMBER_SOURCES(Struct, field)                                                              \
    FIELD_MEMBER(#field, Struct, field, GPtrArray *, &member_parsed_texts, .detail = &source_texts)
#define MEMBER_DESTINATION(Struct, field)                                                          \
    FIELD_MEMBER(#field, Struct, field, AddressSpec *, &member_destination, .nullable = true)
/* Objects with firewalld's texts; a port is null for every port. ROWS are port_members or
 * forward_port_members. */
#define MEMBER_PORTS(Struct, field, rows)                                                          \
    FIELD_MEMBER(#field, Struct, field, GPtrArray *, &member_ports, .detail = (rows))
