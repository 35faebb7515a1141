/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket options of ip_tables and ip6_tables (linux/netfilter_ipv4/ip_tables.h): the kernel fills a
 * struct of the two families alike, except for the rules themselves. A socket of any type will do. */
#include "observe/kernel/legacy-tables.h"

#include "model/foreach.h"

#include <errno.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BLOB_MAX = 256 << 20,
    ATTEMPTS_MAX = 5,        /* the table may change between its size and its rules */
    ACCEPT = -NF_ACCEPT - 1, /* how a rule says the verdict */
};

/* ---- what the kernel tells ---- */

/* The offset of its target in the rule at OFFSET of the blob, which is checked to be in it. */
static bool find_target(Family family, const guint8 *blob, gsize size, gsize offset, gsize *target)
{
    gsize length = family == FAMILY_IPV4 ? sizeof(struct ipt_entry) : sizeof(struct ip6t_entry);
    if (offset > size || size - offset < length)
        return false;
    if (family == FAMILY_IPV4) {
        struct ipt_entry entry;
        memcpy(&entry, blob + offset, sizeof entry);
        *target = offset + entry.target_offset;
    } else {
        struct ip6t_entry entry;
        memcpy(&entry, blob + offset, sizeof entry);
        *target = offset + entry.target_offset;
    }
    return *target <= size && size - *target >= sizeof(struct xt_standard_target);
}

char **legacy_chains(const LegacyLayout *layout, Family family, const guint8 *blob, gsize size)
{
    static const char *const names[LEGACY_HOOKS] = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT",
                                                    "POSTROUTING"};
    g_autoptr(GStrvBuilder) chains = g_strv_builder_new();
    for (guint hook = 0; hook < LEGACY_HOOKS; hook++) {
        gsize target;
        struct xt_standard_target policy;
        if ((layout->valid_hooks & 1u << hook) == 0)
            continue;
        if (!find_target(family, blob, size, layout->policies[hook], &target))
            return NULL;
        memcpy(&policy, blob + target, sizeof policy);
        if (layout->entries[hook] != layout->policies[hook] || policy.verdict != ACCEPT)
            g_strv_builder_add(chains, names[hook]);
    }
    return g_strv_builder_end(chains);
}

/* ---- asking ---- */

/* Not to be asked about a table that is not there: the kernel would load its module. */
static bool ask_layout(int fd, Family family, const char *name, LegacyLayout *layout, guint32 *size)
{
    bool ipv4 = family == FAMILY_IPV4;
    struct ipt_getinfo info = {0};
    socklen_t length = sizeof info;
    G_STATIC_ASSERT(sizeof(struct ipt_getinfo) == sizeof(struct ip6t_getinfo));
    g_strlcpy(info.name, name, sizeof info.name);
    if (getsockopt(fd, ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IPT_SO_GET_INFO : IP6T_SO_GET_INFO,
                   &info, &length) != 0 ||
        length != sizeof info)
        return false;
    layout->valid_hooks = info.valid_hooks;
    memcpy(layout->entries, info.hook_entry, sizeof layout->entries);
    memcpy(layout->policies, info.underflow, sizeof layout->policies);
    *size = info.size;
    return true;
}

/* The blob of SIZE bytes behind its header; NULL with errno set (transfer full). */
static struct ipt_get_entries *ask_entries(int fd, Family family, const char *name, guint32 size)
{
    bool ipv4 = family == FAMILY_IPV4;
    socklen_t length = (socklen_t)(sizeof(struct ipt_get_entries) + size);
    g_autofree struct ipt_get_entries *entries = g_malloc0(length);
    G_STATIC_ASSERT(sizeof(struct ipt_get_entries) == sizeof(struct ip6t_get_entries));
    g_strlcpy(entries->name, name, sizeof entries->name);
    entries->size = size;
    if (getsockopt(fd, ipv4 ? IPPROTO_IP : IPPROTO_IPV6,
                   ipv4 ? IPT_SO_GET_ENTRIES : IP6T_SO_GET_ENTRIES, entries, &length) != 0)
        return NULL;
    return g_steal_pointer(&entries);
}

static char **ask_chains(int fd, Family family, const char *name)
{
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        LegacyLayout layout;
        guint32 size;
        if (!ask_layout(fd, family, name, &layout, &size) || size > BLOB_MAX)
            return NULL;
        g_autofree struct ipt_get_entries *entries = ask_entries(fd, family, name, size);
        if (entries != NULL)
            return legacy_chains(&layout, family, (const guint8 *)entries + sizeof *entries, size);
        if (errno != EAGAIN)
            return NULL;
    }
    return NULL;
}

static void add_table(Snapshot *snapshot, Family family, const char *name, char **chains)
{
    LegacyTable *table = legacy_table_new();
    table->family = family;
    table->name = name != NULL ? g_utf8_make_valid(name, -1) : NULL;
    table->chains = chains;
    g_ptr_array_add(snapshot->legacy_tables, table);
}

/* PATH has a name a line, and is missing where the kernel has no such tables at all. */
static void observe_family(Snapshot *snapshot, Family family, const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &text, NULL, &error)) {
        if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            add_table(snapshot, family, NULL, NULL);
        return;
    }
    g_auto(GStrv) names = g_strsplit(text, "\n", -1);
    int fd = socket(family == FAMILY_IPV4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    STRV_FOREACH (name, names) {
        if (**name != '\0')
            add_table(snapshot, family, *name, fd >= 0 ? ask_chains(fd, family, *name) : NULL);
    }
    if (fd >= 0)
        close(fd);
}

void legacy_tables_observe(Snapshot *snapshot)
{
    observe_family(snapshot, FAMILY_IPV4, "/proc/self/net/ip_tables_names");
    observe_family(snapshot, FAMILY_IPV6, "/proc/self/net/ip6_tables_names");
}
