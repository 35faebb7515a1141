/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser of netfilter's log lines (nf_log_syslog.c of the kernel): words of the form KEY=VALUE,
 * parted by blanks, in a fixed order that begins with IN= and OUT=. */
#include "observe/log/kernel-log.h"

#include <string.h>

enum {
    MAX_WORD = 128,  /* no value that is used is longer */
    MAX_LINE = 4096, /* the kernel cuts lines at 1024 bytes; log daemons add some */
};

/* The words of a line, as pointers into a copy of it; bytes that are not printable ASCII are no
 * part of any value that is used, and part words as blanks do. */
static char **split(const char *line, gsize length)
{
    g_autofree char *copy = g_strndup(line, MIN(length, (gsize)MAX_LINE));
    for (char *p = copy; *p != '\0'; p++) {
        if (!g_ascii_isgraph(*p))
            *p = ' ';
    }
    return g_strsplit(copy, " ", -1);
}

/* The value of WORD if it is KEY=VALUE; older firewalld puts the quote that closes the prefix right
 * before IN=. */
static const char *value_of(const char *word, const char *key)
{
    if (*word == '"')
        word++;
    gsize length = strlen(key);
    return strncmp(word, key, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static const char *find(char *const *words, const char *key)
{
    for (; *words != NULL; words++) {
        const char *value = value_of(*words, key);
        if (value != NULL)
            return value;
    }
    return NULL;
}

static char *find_text(char *const *words, const char *key)
{
    const char *value = find(words, key);
    bool usable = value != NULL && *value != '\0' && strlen(value) <= MAX_WORD;
    return usable ? g_strdup(value) : NULL;
}

static int find_number(char *const *words, const char *key, int max)
{
    const char *value = find(words, key);
    guint64 number;
    if (value == NULL || !g_ascii_string_to_unsigned(value, 10, 0, (guint64)max, &number, NULL))
        return -1;
    return (int)number;
}

/* MAC= is the whole Ethernet header: destination, source, type. */
static char *find_source_mac(char *const *words)
{
    enum { MAC_LENGTH = 17, HEADER_LENGTH = 41 };
    const char *header = find(words, "MAC");
    return header != NULL && strlen(header) == HEADER_LENGTH
               ? g_strndup(header + MAC_LENGTH + 1, MAC_LENGTH)
               : NULL;
}

/* The last word before the fields that ends in a colon, as firewalld's prefixes do. */
static char *find_prefix(char *const *words)
{
    const char *prefix = NULL;
    for (; *words != NULL && value_of(*words, "IN") == NULL; words++) {
        if (g_str_has_suffix(*words, ":"))
            prefix = *words;
    }
    if (prefix == NULL || strlen(prefix) > MAX_WORD)
        return NULL;
    prefix += *prefix == '"';
    return g_strndup(prefix, strlen(prefix) - 1);
}

bool kernel_log_parse(const char *line, gsize length, LoggedPacket *packet)
{
    g_auto(GStrv) words = split(line, length);
    char *const *fields = words;
    while (*fields != NULL && value_of(*fields, "IN") == NULL)
        fields++;
    if (*fields == NULL || fields[1] == NULL || value_of(fields[1], "OUT") == NULL ||
        find(fields, "SRC") == NULL || find(fields, "DST") == NULL)
        return false;
    char *protocol = find_text(fields, "PROTO");
    *packet = (LoggedPacket){
        .prefix = find_prefix(words),
        .in = find_text(fields, "IN"),
        .out = find_text(fields, "OUT"),
        .source = find_text(fields, "SRC"),
        .destination = find_text(fields, "DST"),
        .source_mac = find_source_mac(fields),
        .protocol = protocol != NULL ? g_ascii_strdown(protocol, -1) : NULL,
        .source_port = find_number(fields, "SPT", G_MAXUINT16),
        .destination_port = find_number(fields, "DPT", G_MAXUINT16),
        .icmp_type = find_number(fields, "TYPE", G_MAXUINT8),
        .icmp_code = find_number(fields, "CODE", G_MAXUINT8),
    };
    g_free(protocol);
    return true;
}
