/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gives veths the looks of hardware. What a program reads of the links named in $LAB_HARDWARE, separated by
 * commas, has no kind and a parent device, as rtnetlink(7) shows the link of a PCI card. To be preloaded
 * (ld.so(8)). Everything else about these links, their packets above all, is real. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { TYPE_TO_IGNORE = 2000 }; /* far above all that a reader knows */

static bool is_hardware(const char *name)
{
    const char *rest = getenv("LAB_HARDWARE");
    size_t length = strlen(name);
    while (rest != NULL && *rest != '\0') {
        size_t end = strcspn(rest, ",");
        if (end == length && strncmp(rest, name, length) == 0)
            return true;
        rest += end + (rest[end] == ',');
    }
    return false;
}

static struct rtattr *find(struct rtattr *first, int left, int type)
{
    for (struct rtattr *each = first; RTA_OK(each, left); each = RTA_NEXT(each, left)) {
        if ((each->rta_type & NLA_TYPE_MASK) == type)
            return each;
    }
    return NULL;
}

/* IFLA_LINK, which every veth has for its peer, has room for the name of a parent device. */
static void disguise(struct nlmsghdr *message)
{
    struct rtattr *first = IFLA_RTA(NLMSG_DATA(message));
    int length = (int)IFLA_PAYLOAD(message);
    const struct rtattr *name = find(first, length, IFLA_IFNAME);
    struct rtattr *link = find(first, length, IFLA_LINK);
    struct rtattr *info = find(first, length, IFLA_LINKINFO);
    struct rtattr *peer = find(first, length, IFLA_LINK_NETNSID);
    if (name == NULL || link == NULL || info == NULL || !is_hardware(RTA_DATA(name)))
        return;
    struct rtattr *kind = find(RTA_DATA(info), (int)RTA_PAYLOAD(info), IFLA_INFO_KIND);
    link->rta_type = IFLA_PARENT_DEV_NAME;
    memcpy(RTA_DATA(link), "pci", sizeof "pci");
    if (kind != NULL)
        kind->rta_type = TYPE_TO_IGNORE;
    if (peer != NULL)
        peer->rta_type = TYPE_TO_IGNORE;
}

ssize_t recvmsg(int descriptor, struct msghdr *header, int flags)
{
    static ssize_t (*next)(int, struct msghdr *, int);
    if (next == NULL)
        *(void **)&next = dlsym(RTLD_NEXT, "recvmsg");
    ssize_t size = next(descriptor, header, flags);
    const struct sockaddr *sender = header->msg_name;
    bool is_whole = size > 0 && header->msg_iovlen == 1 && (header->msg_flags & MSG_TRUNC) == 0 &&
                    (size_t)size <= header->msg_iov->iov_len;
    if (!is_whole || sender == NULL || sender->sa_family != AF_NETLINK)
        return size;
    size_t left = (size_t)size;
    for (struct nlmsghdr *each = header->msg_iov->iov_base; NLMSG_OK(each, left);
         each = NLMSG_NEXT(each, left)) {
        if (each->nlmsg_type == RTM_NEWLINK)
            disguise(each);
    }
    return size;
}
