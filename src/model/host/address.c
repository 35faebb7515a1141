/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing and comparing of addresses, prefixes and firewalld's address specifications. */
#include "model/host/address.h"

#include <arpa/inet.h>
#include <string.h>

guint ip_address_hash(gconstpointer address)
{
    const IpAddress *key = address;
    guint hash = key->family;
    for (gsize i = 0; i < sizeof key->bytes; i++)
        hash = hash * 31 + key->bytes[i];
    return hash;
}

gboolean ip_address_same(gconstpointer a, gconstpointer b)
{
    return ip_address_equal(a, b);
}

guint8 ip_address_bits(Family family)
{
    return family == FAMILY_IPV4 ? 32 : 128;
}

bool ip_address_is_link_local(const IpAddress *address)
{
    return address->family == FAMILY_IPV6 && address->bytes[0] == 0xfe &&
           (address->bytes[1] & 0xc0) == 0x80;
}

guint family_index(Family family)
{
    return family == FAMILY_IPV6 ? 1 : 0;
}

static int kernel_family(Family family)
{
    return family == FAMILY_IPV4 ? AF_INET : AF_INET6;
}

bool ip_address_parse(const char *text, IpAddress *result)
{
    IpAddress address = {.family = FAMILY_IPV4};
    if (inet_pton(AF_INET, text, address.bytes) != 1) {
        address.family = FAMILY_IPV6;
        memset(address.bytes, 0, sizeof address.bytes);
        if (inet_pton(AF_INET6, text, address.bytes) != 1)
            return false;
    }
    *result = address;
    return true;
}

/* Turns a dotted IPv4 netmask into the number of its leading ones; false where they have gaps. */
static bool netmask_length(const char *text, guint8 *length)
{
    IpAddress mask;
    if (strchr(text, '.') == NULL || !ip_address_parse(text, &mask) || mask.family != FAMILY_IPV4)
        return false;
    guint32 bits = (guint32)mask.bytes[0] << 24 | (guint32)mask.bytes[1] << 16 |
                   (guint32)mask.bytes[2] << 8 | mask.bytes[3];
    guint32 holes = ~bits;
    if ((holes & (holes + 1)) != 0)
        return false;
    *length = (guint8)(32 - g_bit_storage(holes));
    if (holes == 0)
        *length = 32;
    return true;
}

bool ip_prefix_parse(const char *text, IpPrefix *result)
{
    IpPrefix prefix;
    const char *slash = strchr(text, '/');
    g_autofree char *host = slash != NULL ? g_strndup(text, (gsize)(slash - text)) : g_strdup(text);
    if (!ip_address_parse(host, &prefix.address))
        return false;
    prefix.length = ip_address_bits(prefix.address.family);
    if (slash != NULL) {
        guint64 length;
        if (g_ascii_string_to_unsigned(slash + 1, 10, 0, prefix.length, &length, NULL))
            prefix.length = (guint8)length;
        else if (prefix.address.family != FAMILY_IPV4 || !netmask_length(slash + 1, &prefix.length))
            return false;
    }
    *result = prefix;
    return true;
}

char *ip_address_to_string(const IpAddress *address)
{
    char buffer[INET6_ADDRSTRLEN];
    return g_strdup(
        inet_ntop(kernel_family(address->family), address->bytes, buffer, sizeof buffer));
}

char *ip_prefix_to_string(const IpPrefix *prefix)
{
    g_autofree char *address = ip_address_to_string(&prefix->address);
    return g_strdup_printf("%s/%u", address, prefix->length);
}

bool ip_address_equal(const IpAddress *a, const IpAddress *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool leading_bits_equal(const IpAddress *a, const IpAddress *b, guint8 bits)
{
    guint8 whole = bits / 8;
    guint8 rest = bits % 8;
    if (memcmp(a->bytes, b->bytes, whole) != 0)
        return false;
    return rest == 0 || (a->bytes[whole] ^ b->bytes[whole]) >> (8 - rest) == 0;
}

Match ip_prefix_covers(const IpPrefix *outer, const IpPrefix *inner)
{
    guint8 common = MIN(outer->length, inner->length);
    if (outer->address.family != inner->address.family ||
        !leading_bits_equal(&outer->address, &inner->address, common))
        return MATCH_NO;
    return outer->length <= inner->length ? MATCH_YES : MATCH_MAYBE;
}

bool ip_prefix_contains(const IpPrefix *prefix, const IpAddress *address)
{
    return prefix->address.family == address->family &&
           leading_bits_equal(&prefix->address, address, prefix->length);
}

bool mac_address_is_valid(const char *text)
{
    for (int i = 0; i < 17; i++) {
        bool separator = i % 3 == 2;
        if (separator ? text[i] != ':' : !g_ascii_isxdigit(text[i]))
            return false;
    }
    return text[17] == '\0';
}

AddressSpec *address_spec_parse(const char *text)
{
    AddressSpec *spec = g_new0(AddressSpec, 1);
    spec->text = g_strdup(text);
    if (g_str_has_prefix(text, "ipset:")) {
        spec->kind = ADDRESS_SPEC_IPSET;
        spec->name = g_strdup(text + strlen("ipset:"));
    } else if (mac_address_is_valid(text)) {
        spec->kind = ADDRESS_SPEC_MAC;
        spec->name = g_ascii_strdown(text, -1);
    } else if (ip_prefix_parse(text, &spec->prefix)) {
        spec->kind = ADDRESS_SPEC_PREFIX;
    } else {
        spec->kind = ADDRESS_SPEC_UNKNOWN;
    }
    return spec;
}

void address_spec_free(AddressSpec *spec)
{
    if (spec == NULL)
        return;
    g_free(spec->text);
    g_free(spec->name);
    g_free(spec);
}
