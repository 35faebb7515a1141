/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs and the names they give: see owner.h. */
#include "model/host/owner.h"

#include "model/foreach.h"

#include <linux/netfilter.h>
#include <string.h>

/* The tables and chains that programs are known to make: the prefix of a table's name, and for the
 * tables that iptables-nft shares among programs the prefix of a chain's. */
static const struct {
    const char *table; /* NULL: any table of iptables-nft */
    const char *chain; /* NULL: all chains of the table */
    const char *owner;
} owners[] = {
    {"firewalld", NULL, "firewalld"},
    {"kube-proxy", NULL, "kube-proxy"},
    {"docker-bridges", NULL, "Docker"},
    {"netavark", NULL, "podman"},
    {"libvirt_network", NULL, "libvirt"},
    {"cni_hostport", NULL, "CNI"},
    {"cni_plugins", NULL, "CNI"},
    {"incus", NULL, "Incus"},
    {"lxc", NULL, "LXC"},
    {"lxd", NULL, "LXD"},
    {"cali", NULL, "Calico"},
    {"tailscale", NULL, "Tailscale"},
    {"fail2ban", NULL, "fail2ban"},
    {"f2b-", NULL, "fail2ban"},
    {"nm-", NULL, "NetworkManager"},
    {"wg-quick", NULL, "wg-quick"},
    {NULL, "DOCKER", "Docker"},
    {NULL, "KUBE-", "kube-proxy"},
    {NULL, "cali-", "Calico"},
    {NULL, "CNI-", "CNI"},
    {NULL, "FLANNEL", "flannel"},
    {NULL, "CILIUM", "Cilium"},
    {NULL, "LIBVIRT_", "libvirt"},
    {NULL, "NETAVARK", "podman"},
    {NULL, "ufw", "ufw"},
    {NULL, "f2b-", "fail2ban"},
    {NULL, "ts-", "Tailscale"},
    {NULL, "WEAVE", "Weave"},
    {NULL, "nm-", "NetworkManager"},
    {NULL, "sshuttle", "sshuttle"},
};

bool nft_is_of_iptables(const NftTable *table)
{
    static const char *const names[] = {"filter", "nat", "mangle", "raw", "security", NULL};
    return (table->family == NFT_FAMILY_IPV4 || table->family == NFT_FAMILY_IPV6) &&
           g_strv_contains(names, table->name);
}

const char *nft_owner(const NftTable *table, const NftChain *chain)
{
    bool shared = nft_is_of_iptables(table);
    for (gsize i = 0; i < G_N_ELEMENTS(owners); i++) {
        bool matches =
            owners[i].table != NULL
                ? !shared && g_str_has_prefix(table->name, owners[i].table)
                : shared && chain != NULL && g_str_has_prefix(chain->name, owners[i].chain);
        if (matches)
            return owners[i].owner;
    }
    return NULL;
}

bool nft_is_firewallds(const NftTable *table)
{
    return g_strcmp0(nft_owner(table, NULL), "firewalld") == 0;
}

const char *nft_stage_owner(const NftTable *table, const NftChain *base, const NftChain *chain)
{
    const char *owner = nft_owner(table, chain);
    if (owner != NULL || chain != base || !nft_is_of_iptables(table) || !base->policy_drop)
        return owner;
    if (nft_table_chain(table, "ufw-before-forward") != NULL ||
        nft_table_chain(table, "ufw6-before-forward") != NULL)
        return "ufw";
    bool docker = g_str_equal(base->name, "FORWARD") && nft_table_chain(table, "DOCKER") != NULL;
    return docker ? "Docker" : NULL;
}

/* ---- links ---- */

const char *link_maker(const char *name)
{
    static const struct {
        const char *prefix;
        const char *maker;
    } makers[] = {
        {"docker", "Docker"}, {"br-", "Docker"}, {"virbr", "libvirt"}, {"cni-", "CNI"},
        {"podman", "podman"}, {"lxdbr", "LXD"},  {"incusbr", "Incus"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(makers); i++) {
        if (g_str_has_prefix(name, makers[i].prefix))
            return makers[i].maker;
    }
    return NULL;
}

/* ---- rules ---- */

/* The maker of a link that EXPRESSION compares a name with, exactly or by its prefix. */
static const char *maker_in(const Expression *expression)
{
    if (expression->kind != EXPRESSION_CMP || expression->data == NULL)
        return NULL;
    gsize size;
    const char *bytes = g_bytes_get_data(expression->data, &size);
    g_autofree char *name = g_strndup(bytes, size);
    return link_maker(name);
}

const char *nft_rule_owner(const NftTable *table, const NftChain *chain, const NftRule *rule)
{
    const char *owner = nft_owner(table, chain);
    PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions) {
        if (owner != NULL)
            break;
        const NftChain *target = expression->kind == EXPRESSION_VERDICT && expression->name != NULL
                                     ? nft_table_chain(table, expression->name)
                                     : NULL;
        owner = target != NULL ? nft_owner(table, target) : maker_in(expression);
    }
    return owner;
}

bool nft_keeps_apart(const NftTable *table, const NftChain *chain, const char *link)
{
    const char *owner = table != NULL ? nft_owner(table, chain) : NULL;
    return owner != NULL && g_strcmp0(link_maker(link), owner) == 0;
}
