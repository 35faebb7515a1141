/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewalld's rich language (firewalld.richlanguage(5)) as a value, and the port specifications
 * that rich rules share with zones, policies and services. */
#pragma once

#include "model/host/address.h"

/* "80", "8000-8500" or, in services only, "" (any port): with the protocol they belong to. */
typedef struct {
    char *protocol;
    guint16 first; /* 0 with last 0: every port */
    guint16 last;
} PortRange;

typedef struct {
    PortRange *port;
    char *to_port;    /* NULL: unchanged */
    char *to_address; /* NULL: this host */
} ForwardPort;

typedef enum {
    RICH_ELEMENT_NONE,
    RICH_ELEMENT_SERVICE,
    RICH_ELEMENT_PORT,
    RICH_ELEMENT_SOURCE_PORT,
    RICH_ELEMENT_PROTOCOL,
    RICH_ELEMENT_ICMP_BLOCK,
    RICH_ELEMENT_ICMP_TYPE,
    RICH_ELEMENT_MASQUERADE,
    RICH_ELEMENT_FORWARD_PORT,
    RICH_ELEMENT_TCP_MSS_CLAMP,
} RichElement;

typedef enum {
    RICH_ACTION_NONE, /* log or audit only, or the action is implied by the element */
    RICH_ACTION_ACCEPT,
    RICH_ACTION_REJECT,
    RICH_ACTION_DROP,
    RICH_ACTION_MARK,
} RichAction;

typedef struct {
    char *text;      /* as firewalld said it */
    bool understood; /* false: none of what follows is to be relied on */
    int priority;
    bool has_family;
    Family family;
    AddressSpec *source;      /* NULL: any */
    AddressSpec *destination; /* NULL: any */
    bool source_inverted;
    bool destination_inverted;
    RichElement element;
    char *name;                /* of a service, a protocol or an ICMP type */
    PortRange *port;           /* of RICH_ELEMENT_PORT and RICH_ELEMENT_SOURCE_PORT */
    ForwardPort *forward_port; /* of RICH_ELEMENT_FORWARD_PORT */
    RichAction action;
    bool action_limited; /* the action has a rate limit: it applies to some packets only */
} RichRule;

/* Parses PORT for PROTOCOL; NULL where it is no port or range. */
PortRange *port_range_parse(const char *port, const char *protocol);
char *port_range_port_text(const PortRange *range);

/* With its protocol: "80/tcp" (transfer full). */
char *port_range_text(const PortRange *range);
void port_range_free(PortRange *range);

/* TO_PORT and TO_ADDRESS may be "" or NULL; returns NULL where PORT is no port or range. */
ForwardPort *forward_port_new(const char *port, const char *protocol, const char *to_port,
                              const char *to_address);

/* As firewall-cmd writes it: "port=80:proto=tcp:toport=8080:toaddr=" (transfer full). */
char *forward_port_text(const ForwardPort *forward_port);
void forward_port_free(ForwardPort *forward_port);

/* Never fails: a rule that is not understood says so in its field. */
RichRule *rich_rule_parse(const char *text);
void rich_rule_free(RichRule *rule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PortRange, port_range_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ForwardPort, forward_port_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RichRule, rich_rule_free)
