/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form is that of iproute2's ip/ipaddress.c: a line "2: eth0@eth1: <FLAGS> mtu 1500 ...", then
 * indented ones: "link/ether MAC ...", the kind and its details, alternative names and addresses. */
#include "sosreport/links-text.h"

#include "model/error.h"
#include "model/foreach.h"
#include "model/strv.h"
#include "sosreport/lines.h"
#include "sosreport/report-files.h"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

typedef struct {
    const char *word;
    guint32 value;
} Word;

/* IFF_RUNNING has no word: NO-CARRIER says that an interface that is up does not have it. */
static const Word link_flags[] = {
    {"LOOPBACK", IFF_LOOPBACK},
    {"BROADCAST", IFF_BROADCAST},
    {"POINTOPOINT", IFF_POINTOPOINT},
    {"MULTICAST", IFF_MULTICAST},
    {"NOARP", IFF_NOARP},
    {"ALLMULTI", IFF_ALLMULTI},
    {"PROMISC", IFF_PROMISC},
    {"MASTER", IFF_MASTER},
    {"SLAVE", IFF_SLAVE},
    {"DYNAMIC", IFF_DYNAMIC},
    {"UP", IFF_UP},
    {"LOWER_UP", IFF_LOWER_UP},
    {"DORMANT", IFF_DORMANT},
    {"ECHO", IFF_ECHO},
};
static const Word states[] = {
    {"UNKNOWN", IF_OPER_UNKNOWN}, {"NOTPRESENT", IF_OPER_NOTPRESENT},
    {"DOWN", IF_OPER_DOWN},       {"LOWERLAYERDOWN", IF_OPER_LOWERLAYERDOWN},
    {"TESTING", IF_OPER_TESTING}, {"DORMANT", IF_OPER_DORMANT},
    {"UP", IF_OPER_UP},
};
static const Word scopes[] = {
    {"global", RT_SCOPE_UNIVERSE}, {"site", RT_SCOPE_SITE},       {"link", RT_SCOPE_LINK},
    {"host", RT_SCOPE_HOST},       {"nowhere", RT_SCOPE_NOWHERE},
};
static const Word address_flags[] = {
    {"secondary", IFA_F_SECONDARY},
    {"temporary", IFA_F_TEMPORARY},
    {"nodad", IFA_F_NODAD},
    {"home", IFA_F_HOMEADDRESS},
    {"deprecated", IFA_F_DEPRECATED},
    {"tentative", IFA_F_TENTATIVE},
    {"dadfailed", IFA_F_DADFAILED},
    {"mngtmpaddr", IFA_F_MANAGETEMPADDR},
    {"noprefixroute", IFA_F_NOPREFIXROUTE},
    {"stable-privacy", IFA_F_STABLE_PRIVACY},
};

static guint32 flags_of(const Word *table, gsize n_rows, char *const *words)
{
    guint32 flags = 0;
    for (gsize i = 0; i < n_rows; i++) {
        if (words_have(words, table[i].word))
            flags |= table[i].value;
    }
    return flags;
}

static bool value_of(const Word *table, gsize n_rows, const char *word, guint8 *value)
{
    guint64 number;
    for (gsize i = 0; word != NULL && i < n_rows; i++) {
        if (g_str_equal(table[i].word, word)) {
            *value = (guint8)table[i].value;
            return true;
        }
    }
    if (!number_parse(word, G_MAXUINT8, &number))
        return false;
    *value = (guint8)number;
    return true;
}

/* ---- what is known once all links are read ---- */

/* A link is named before it is described. */
typedef struct {
    Link *link;
    char *master; /* NULL: none */
    char *lower;  /* NULL: none, or in another namespace */
} Pending;

static void pending_free(gpointer data)
{
    Pending *pending = data;
    if (pending->link != NULL)
        link_free(pending->link);
    g_free(pending->master);
    g_free(pending->lower);
    g_free(pending);
}

static int index_of(const GPtrArray *links, const char *name)
{
    PTR_ARRAY_FOREACH (const Pending, pending, links) {
        if (name != NULL && g_strcmp0(pending->link->name, name) == 0)
            return pending->link->index;
    }
    return 0;
}

/* ---- the first line of a link ---- */

/* Takes the name apart: "vethpod@if2" is one end of a pair whose other end is elsewhere. */
static void read_name(Pending *pending, const char *text)
{
    const char *at = strrchr(text + 1, '@');
    gsize length = at != NULL ? (gsize)(at - text) : strlen(text);
    pending->link->name = g_strndup(text, length);
    guint64 index;
    bool is_elsewhere = at == NULL || g_str_equal(at, "@NONE") ||
                        (g_str_has_prefix(at, "@if") && number_parse(at + 3, G_MAXINT, &index));
    pending->lower = is_elsewhere ? NULL : g_strdup(at + 1);
}

static void read_flags(Link *link, const char *text)
{
    g_autofree char *inner = g_strndup(text + 1, strlen(text) - 2);
    g_auto(GStrv) words = g_strsplit(inner, ",", -1);
    link->flags = flags_of(link_flags, G_N_ELEMENTS(link_flags), words);
    if ((link->flags & IFF_UP) == 0)
        return;
    link->flags |= words_have(words, "NO-CARRIER") ? 0 : IFF_RUNNING;
    link->carrier = (link->flags & IFF_LOWER_UP) != 0 ? TRISTATE_YES : TRISTATE_NO;
}

static bool reads_xdp(char *const *words)
{
    STRV_FOREACH (word, words) {
        if (g_str_has_prefix(*word, "xdp"))
            return true;
    }
    return false;
}

/* "3: vethpod@if2: <BROADCAST,UP> mtu 1500 qdisc noqueue master cni0 state UP ..." (transfer full) */
static Pending *read_header(const char *line)
{
    g_auto(GStrv) words = line_words(line);
    guint64 index, mtu;
    if (g_strv_length(words) < 5 || !g_str_has_suffix(words[0], ":") ||
        !g_str_has_suffix(words[1], ":") || strlen(words[1]) < 2 || words[2][0] != '<' ||
        !g_str_has_suffix(words[2], ">"))
        return NULL;
    words[0][strlen(words[0]) - 1] = '\0';
    words[1][strlen(words[1]) - 1] = '\0';
    if (!number_parse(words[0], G_MAXINT, &index) || index == 0 ||
        !number_parse(word_after(words, "mtu"), G_MAXUINT32, &mtu))
        return NULL;
    Pending *pending = g_new0(Pending, 1);
    pending->link = link_new();
    pending->link->index = (int)index;
    pending->link->mtu = (guint32)mtu;
    read_name(pending, words[1]);
    read_flags(pending->link, words[2]);
    pending->master = g_strdup(word_after(words + 3, "master"));
    pending->link->programs.xdp = reads_xdp(words + 3);
    if (!value_of(states, G_N_ELEMENTS(states), word_after(words + 3, "state"),
                  &pending->link->operstate))
        pending->link->operstate = IF_OPER_UNKNOWN;
    return pending;
}

/* ---- its details ---- */

static char *mac_of(const char *word)
{
    bool is_mac =
        word != NULL && mac_address_is_valid(word) && !g_str_equal(word, "00:00:00:00:00:00");
    return is_mac ? g_ascii_strdown(word, -1) : NULL;
}

static void read_hardware(Link *link, char *const *words)
{
    if (link->mac != NULL || link->permanent_mac != NULL)
        return; /* there is one such line */
    if (words[1] != NULL && g_str_equal(words[0], "link/ether"))
        link->mac = mac_of(words[1]);
    link->permanent_mac = mac_of(word_after(words, "permaddr"));
}

static Tristate switch_after(char *const *words, const char *key)
{
    const char *word = word_after(words, key);
    if (g_strcmp0(word, "on") == 0 || g_strcmp0(word, "1") == 0)
        return TRISTATE_YES;
    return word != NULL ? TRISTATE_NO : TRISTATE_UNKNOWN;
}

static void read_kind(Link *link, char *const *words)
{
    guint64 table;
    link->kind = g_strdup(words[0]);
    link->bridge_call_iptables = switch_after(words, "nf_call_iptables");
    link->bridge_call_ip6tables = switch_after(words, "nf_call_ip6tables");
    if (g_str_equal(words[0], "vrf") &&
        number_parse(word_after(words, "table"), G_MAXUINT32, &table))
        link->vrf_table = (guint32)table;
}

static void read_port(Link *link, char *const *words)
{
    link->port_kind = g_strndup(words[0], strlen(words[0]) - strlen("_slave"));
    if (!g_str_equal(link->port_kind, "bridge"))
        return;
    link->hairpin = switch_after(words, "hairpin");
    link->isolated = switch_after(words, "isolated");
}

/* An address with a peer reaches only that (as link_address_from_message() has it). */
static bool read_address(Link *link, char *const *words)
{
    LinkAddress address = {0};
    bool has_peer = words[1] != NULL && g_strcmp0(words[2], "peer") == 0;
    if (words[1] == NULL || !ip_prefix_parse(words[1], &address.prefix) ||
        !value_of(scopes, G_N_ELEMENTS(scopes), word_after(words, "scope"), &address.scope))
        return false;
    if (has_peer)
        address.prefix.length = ip_address_bits(address.prefix.address.family);
    address.flags = flags_of(address_flags, G_N_ELEMENTS(address_flags), words + 2) |
                    (words_have(words, "dynamic") ? 0 : IFA_F_PERMANENT);
    g_ptr_array_add(link->addresses, g_memdup2(&address, sizeof address));
    return true;
}

static void add_altname(Link *link, const char *name)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    strv_builder_add_strv(names, (const char *const *)link->altnames);
    g_strv_builder_add(names, name);
    g_strfreev(link->altnames);
    link->altnames = g_strv_builder_end(names);
}

/* The bus a device is on is at the end of the last line about the link itself. */
static void read_parent(Link *link, char *const *words)
{
    const char *bus = word_after(words, "parentbus");
    const char *device = word_after(words, "parentdev");
    if (bus != NULL && link->parent_bus == NULL)
        link->parent_bus = g_strdup(bus);
    if (device != NULL && link->parent_device == NULL)
        link->parent_device = g_strdup(device);
}

/* Words that begin a line which is not about the kind of a link. */
static bool is_other_line(const char *word)
{
    static const char *const others[] = {
        "alias", "vf", "prog/xdp", "xdp", "valid_lft", "RX:", "TX:", "altname", "nh_id", NULL,
    };
    return g_strv_contains(others, word) || g_ascii_isdigit(*word);
}

/* Reads an indented line. Those that say nothing that is wanted are passed over. */
static bool read_detail(Link *link, char *const *words, bool follows_hardware)
{
    if (words[0] == NULL || g_str_equal(words[0], "alias"))
        return true;
    if (g_str_equal(words[0], "inet") || g_str_equal(words[0], "inet6"))
        return read_address(link, words);
    if (g_str_equal(words[0], "altname") && words[1] != NULL)
        add_altname(link, words[1]);
    else if (g_str_has_prefix(words[0], "link/"))
        read_hardware(link, words);
    else if (strlen(words[0]) > strlen("_slave") && g_str_has_suffix(words[0], "_slave") &&
             link->port_kind == NULL)
        read_port(link, words);
    else if (follows_hardware && link->kind == NULL && !is_other_line(words[0]))
        read_kind(link, words);
    read_parent(link, words);
    return true;
}

/* ---- all ---- */

static void finish_link(Link *link)
{
    if ((link->flags & IFF_LOOPBACK) != 0) {
        g_free(link->kind);
        link->kind = g_strdup("loopback");
    } else if (link->kind == NULL && link->parent_device != NULL) {
        link->kind = g_strdup("physical");
    }
}

static bool read_line(GPtrArray *links, const char *line, const char *before)
{
    if (*line != ' ' && *line != '\t') {
        Pending *pending = *line != '\0' ? read_header(line) : NULL;
        if (pending != NULL)
            g_ptr_array_add(links, pending);
        return pending != NULL;
    }
    if (links->len == 0)
        return false;
    Pending *last = g_ptr_array_index(links, links->len - 1);
    g_auto(GStrv) words = line_words(line);
    return read_detail(last->link, words, strstr(before, " link/") != NULL);
}

static gint compare_indices(gconstpointer a, gconstpointer b)
{
    const Pending *const *first = a;
    const Pending *const *second = b;
    return ((*first)->link->index > (*second)->link->index) -
           ((*first)->link->index < (*second)->link->index);
}

bool links_from_text(char *const *lines, const char *name, Snapshot *snapshot, GError **error)
{
    g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func(pending_free);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (read_line(links, lines[i], i > 0 ? lines[i - 1] : ""))
            continue;
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, REPORT_HINT,
                         "%s: line %u is not one that ip -d address prints", name, i + 1);
        return false;
    }
    g_ptr_array_sort(links, compare_indices);
    PTR_ARRAY_FOREACH (Pending, pending, links) {
        pending->link->master = index_of(links, pending->master);
        pending->link->lower = index_of(links, pending->lower);
        finish_link(pending->link);
    }
    PTR_ARRAY_FOREACH (Pending, pending, links)
        snapshot_add_link(snapshot, g_steal_pointer(&pending->link));
    return true;
}
