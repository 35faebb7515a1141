/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading /proc/net/tcp and tcp6, and whose sockets are in them. */
#include "observe/kernel/tcp-table.h"

#include "model/foreach.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DIGITS_IPV4 = 8, DIGITS_IPV6 = 32 };

static const guint8 mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* The kernel prints each four bytes in network order as one number of this machine's. */
static bool parse_address(const char *digits, IpAddress *address)
{
    size_t length = strlen(digits);
    if (length != DIGITS_IPV4 && length != DIGITS_IPV6)
        return false;
    *address = (IpAddress){.family = length == DIGITS_IPV4 ? FAMILY_IPV4 : FAMILY_IPV6};
    for (size_t i = 0; i < length / DIGITS_IPV4; i++) {
        uint32_t word;
        if (sscanf(digits + i * DIGITS_IPV4, "%8" SCNx32, &word) != 1)
            return false;
        memcpy(address->bytes + i * sizeof word, &word, sizeof word);
    }
    if (memcmp(address->bytes, mapped_prefix, sizeof mapped_prefix) == 0) {
        IpAddress plain = {.family = FAMILY_IPV4};
        memcpy(plain.bytes, address->bytes + sizeof mapped_prefix, 4);
        *address = plain;
    }
    return true;
}

bool tcp_socket_parse(const char *line, TcpSocket *socket)
{
    char local[DIGITS_IPV6 + 1], remote[DIGITS_IPV6 + 1];
    TcpSocket read = {0};
    int count = sscanf(line,
                       " %*u: %32[0-9A-F]:%4" SCNx16 " %32[0-9A-F]:%*4x %2x %*x:%*x %*x:%*x %*x"
                       " %*u %*u %" SCNu64,
                       local, &read.local_port, remote, &read.state, &read.inode);
    if (count != 5 || !parse_address(local, &read.local) || !parse_address(remote, &read.remote))
        return false;
    *socket = read;
    return true;
}

/* ---- whose sockets ---- */

/* The inodes of the sockets that PID has open, each a key (transfer full). */
static GHashTable *sockets_of(int pid)
{
    GHashTable *inodes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autofree char *folder = g_strdup_printf("/proc/%d/fd", pid);
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    const char *name;
    while (files != NULL && (name = g_dir_read_name(files)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *target = g_file_read_link(path, NULL);
        guint64 inode;
        if (target != NULL && sscanf(target, "socket:[%" SCNu64 "]", &inode) == 1)
            g_hash_table_add(inodes, g_memdup2(&inode, sizeof inode));
    }
    return inodes;
}

typedef struct {
    GHashTable *inodes;    /* of the process */
    GHashTable *listening; /* ports */
    GArray *established;   /* TcpSocket of the process */
} SocketSearch;

static void read_table(SocketSearch *search, const char *path)
{
    FILE *table = fopen(path, "re");
    if (table == NULL)
        return;
    char line[512];
    TcpSocket socket;
    while (fgets(line, sizeof line, table) != NULL) {
        if (!tcp_socket_parse(line, &socket))
            continue;
        if (socket.state == TCP_LISTEN)
            g_hash_table_add(search->listening, GUINT_TO_POINTER(socket.local_port));
        else if (socket.state == TCP_ESTABLISHED &&
                 g_hash_table_contains(search->inodes, &socket.inode))
            g_array_append_val(search->established, socket);
    }
    fclose(table);
}

bool tcp_table_find_accepted(int pid, TcpSocket *found)
{
    g_autoptr(GHashTable) inodes = sockets_of(pid);
    if (g_hash_table_size(inodes) == 0)
        return false;
    g_autoptr(GHashTable) listening = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(GArray) established = g_array_new(FALSE, FALSE, sizeof(TcpSocket));
    SocketSearch search = {inodes, listening, established};
    read_table(&search, "/proc/self/net/tcp");
    read_table(&search, "/proc/self/net/tcp6");
    ARRAY_FOREACH (const TcpSocket, socket, established) {
        if (g_hash_table_contains(listening, GUINT_TO_POINTER(socket->local_port))) {
            *found = *socket;
            return true;
        }
    }
    return false;
}
