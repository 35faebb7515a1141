/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser of netfilter's log lines (nf_log_syslog.c of the kernel): words of the form KEY=VALUE,
 * parted by blanks, in a fixed order that begins with IN= and OUT=. */
#include "observe/log/kernel-log.h"

#include <string.h>

enum {
    MAX_WORD = 128,  /* no value that is used is longer */
    MAX_LINE = 4096, /* the kernel cuts lines at 1024 bytes; log daemons add some */
};

/* Part of a line. */
typedef struct {
    const char *text; /* NULL: the line does not have it */
    gsize length;
} Piece;

/* The values that are used, and the order of their keys in a line. */
typedef enum {
    FIELD_IN,
    FIELD_OUT,
    FIELD_MAC,
    FIELD_SRC,
    FIELD_DST,
    FIELD_PROTO,
    FIELD_SPT,
    FIELD_DPT,
    FIELD_TYPE,
    FIELD_CODE,
    FIELDS,
} Field;

static const char *const keys[FIELDS] = {
    [FIELD_IN] = "IN",     [FIELD_OUT] = "OUT",     [FIELD_MAC] = "MAC", [FIELD_SRC] = "SRC",
    [FIELD_DST] = "DST",   [FIELD_PROTO] = "PROTO", [FIELD_SPT] = "SPT", [FIELD_DPT] = "DPT",
    [FIELD_TYPE] = "TYPE", [FIELD_CODE] = "CODE",
};

/* Takes the next word of what is between *AT and END. Bytes that are not printable ASCII are no part of any value
 * that is used, and part words as blanks do: of two in a row there is an empty word between. */
static Piece next_word(const char **at, const char *end)
{
    const char *start = *at;
    const char *stop = start;
    while (stop < end && g_ascii_isgraph(*stop))
        stop++;
    *at = stop < end ? stop + 1 : NULL;
    return (Piece){start, (gsize)(stop - start)};
}

/* The value of WORD if it is KEY=VALUE; older firewalld puts the quote that closes the prefix right
 * before IN=. */
static Piece value_of(Piece word, Field field)
{
    gsize key = strlen(keys[field]);
    if (word.length > 0 && *word.text == '"')
        word = (Piece){word.text + 1, word.length - 1};
    if (word.length <= key || word.text[key] != '=' || memcmp(word.text, keys[field], key) != 0)
        return (Piece){0};
    return (Piece){word.text + key + 1, word.length - key - 1};
}

static char *text_of(Piece value)
{
    bool usable = value.length > 0 && value.length <= MAX_WORD;
    return usable ? g_strndup(value.text, value.length) : NULL;
}

static int number_of(Piece value, int max)
{
    int number = 0;
    for (gsize i = 0; i < value.length; i++) {
        if (!g_ascii_isdigit(value.text[i]))
            return -1;
        number = number * 10 + (value.text[i] - '0');
        if (number > max)
            return -1;
    }
    return value.length > 0 ? number : -1;
}

/* MAC= is the whole Ethernet header: destination, source, type. */
static char *source_mac_of(Piece header)
{
    enum { MAC_LENGTH = 17, HEADER_LENGTH = 41 };
    return header.length == HEADER_LENGTH ? g_strndup(header.text + MAC_LENGTH + 1, MAC_LENGTH)
                                          : NULL;
}

/* What is before the colon of WORD. */
static char *prefix_of(Piece word)
{
    if (word.text == NULL || word.length > MAX_WORD)
        return NULL;
    gsize quote = *word.text == '"';
    return g_strndup(word.text + quote, word.length - quote - 1);
}

/* Finds the values, the first of each key, and the last word before them that ends in a colon, as firewalld's
 * prefixes do. */
static bool find_values(const char *line, const char *end, Piece values[FIELDS], Piece *prefix)
{
    const char *at = line;
    while (at != NULL && values[FIELD_IN].text == NULL) {
        Piece word = next_word(&at, end);
        values[FIELD_IN] = value_of(word, FIELD_IN);
        if (values[FIELD_IN].text == NULL && word.length > 0 && word.text[word.length - 1] == ':')
            *prefix = word;
    }
    if (at == NULL)
        return false;
    values[FIELD_OUT] = value_of(next_word(&at, end), FIELD_OUT);
    if (values[FIELD_OUT].text == NULL)
        return false;
    while (at != NULL) {
        Piece word = next_word(&at, end);
        for (Field field = FIELD_MAC; word.length > 0 && field < FIELDS; field++) {
            if (values[field].text == NULL)
                values[field] = value_of(word, field);
        }
    }
    return values[FIELD_SRC].text != NULL && values[FIELD_DST].text != NULL;
}

bool kernel_log_parse(const char *line, gsize length, LoggedPacket *packet)
{
    Piece values[FIELDS] = {0};
    Piece prefix = {0};
    const char *end = line + strnlen(line, MIN(length, (gsize)MAX_LINE));
    if (!find_values(line, end, values, &prefix))
        return false;
    *packet = (LoggedPacket){
        .prefix = prefix_of(prefix),
        .in = text_of(values[FIELD_IN]),
        .out = text_of(values[FIELD_OUT]),
        .source = text_of(values[FIELD_SRC]),
        .destination = text_of(values[FIELD_DST]),
        .source_mac = source_mac_of(values[FIELD_MAC]),
        .protocol = text_of(values[FIELD_PROTO]),
        .source_port = number_of(values[FIELD_SPT], G_MAXUINT16),
        .destination_port = number_of(values[FIELD_DPT], G_MAXUINT16),
        .icmp_type = number_of(values[FIELD_TYPE], G_MAXUINT8),
        .icmp_code = number_of(values[FIELD_CODE], G_MAXUINT8),
    };
    for (char *p = packet->protocol; p != NULL && *p != '\0'; p++)
        *p = g_ascii_tolower(*p);
    return true;
}
