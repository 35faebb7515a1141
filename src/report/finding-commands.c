/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See finding-commands.h. */
#include "report/finding-commands.h"

#include "model/strv.h"
#include "report/judgement-text.h"

static void add_command(GPtrArray *commands, const char *first, ...)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    va_list more;
    va_start(more, first);
    for (const char *word = first; word != NULL; word = va_arg(more, const char *))
        g_strv_builder_add(words, word);
    va_end(more);
    g_ptr_array_add(commands, g_strv_builder_end(words));
}

/* What the other program itself offers for it. */
static void add_owners_cure(GPtrArray *commands, const Finding *finding)
{
    const Flow *flow = &finding_cause(finding)->way.flow;
    if (flow->in == NULL || flow->out == NULL)
        return;
    g_autofree char *owner = stage_owner_text(finding->stage);
    bool ipv6 = flow->family == FAMILY_IPV6;
    const char *iptables = ipv6 ? "ip6tables" : "iptables";
    if (g_str_equal(owner, "Docker")) {
        add_command(commands, iptables, "-I", "DOCKER-USER", "-i", flow->in, "-o", flow->out, "-j",
                    "ACCEPT", NULL);
        add_command(commands, iptables, "-I", "DOCKER-USER", "-i", flow->out, "-o", flow->in, "-m",
                    "conntrack", "--ctstate", "ESTABLISHED,RELATED", "-j", "ACCEPT", NULL);
    } else if (g_str_equal(owner, "ufw"))
        add_command(commands, "ufw", "route", "allow", "in", "on", flow->in, "out", "on", flow->out,
                    NULL);
}

/* Where the table is gone, a reload fails, and leaves everything dropped until the next one (1.3.3:
 * it deletes a table that is not there). A restart does not. */
static void add_repair(GPtrArray *commands, const Finding *finding)
{
    if (finding->is_flushed)
        add_command(commands, "systemctl", "restart", "firewalld", NULL);
    else
        add_command(commands, "firewall-cmd", "--reload", NULL);
}

GPtrArray *finding_commands(const Finding *finding)
{
    GPtrArray *commands = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    if (finding->id == FINDING_PANIC_MODE) {
        STRV_BUILDER_ADD(words, "firewall-cmd", "--panic-off");
        g_ptr_array_add(commands, g_strv_builder_end(words));
    }
    if (finding->id == FINDING_LOGGING_LEFT)
        add_command(commands, "nicfix", "undo", NULL);
    if (finding->id == FINDING_RULES_DIFFER) {
        add_command(commands, "nicfix", "check", "--after", "reload", NULL);
        add_repair(commands, finding);
    }
    if (finding->id == FINDING_FORWARDING_OFF) {
        const Evidence *evidence = g_ptr_array_index(finding->evidence, 0);
        g_autofree char *setting = forwarding_sysctl(evidence->family, evidence->subject);
        g_autofree char *on = g_strconcat(setting, "=1", NULL);
        add_command(commands, "sysctl", "-w", on, NULL);
    }
    if (finding->id == FINDING_REFUSED_ELSEWHERE) {
        char **shows = stage_command(finding->stage);
        if (shows != NULL)
            g_ptr_array_add(commands, shows);
        add_owners_cure(commands, finding);
    }
    if (finding->id == FINDING_STALE_BINDING) {
        g_autofree char *zone = g_strdup_printf("--zone=%s", finding->zone);
        g_autofree char *interface = g_strdup_printf("--remove-interface=%s", finding->interface);
        STRV_BUILDER_ADD(words, "firewall-cmd", zone, interface);
        g_ptr_array_add(commands, g_strv_builder_end(words));
        STRV_BUILDER_ADD(words, "firewall-cmd", "--permanent", zone, interface);
        g_ptr_array_add(commands, g_strv_builder_end(words));
    }
    return commands;
}
