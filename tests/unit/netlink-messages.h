/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnetlink messages for tests: recorded ones, ones made of attributes written as data, and broken
 * ones; and tests of what reads them as rows of message and text. */
#pragma once

#include "cases.h"

#include "model/host/address.h"
#include "model/error.h"

#include <linux/netlink.h>
#include <stdbool.h>
#include <string.h>

/* ---- messages as data ---- */

enum { PIECE_RAW = -1 }; /* bytes that are no attribute */

typedef struct Piece Piece;
struct Piece {
    int type; /* 0 ends a list */
    const void *bytes;
    gsize size;
    const Piece *nested; /* instead of bytes */
};

#define PIECES(...)                                                                                \
    (const Piece[])                                                                                \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define EMPTY(type)                                                                                \
    {                                                                                              \
        (type), "", 0, NULL                                                                        \
    }
#define TEXT(type, text)                                                                           \
    {                                                                                              \
        (type), (text), sizeof(text), NULL                                                         \
    }
#define NUMBER(type, kind, value)                                                                  \
    {                                                                                              \
        (type), &(const kind){(value)}, sizeof(kind), NULL                                         \
    }
#define U8(type, value)  NUMBER(type, guint8, value)
#define U16(type, value) NUMBER(type, guint16, value)
#define U32(type, value) NUMBER(type, guint32, value)
#define BYTES(type, ...)                                                                           \
    {                                                                                              \
        (type), (const guint8[]){__VA_ARGS__}, sizeof((const guint8[]){__VA_ARGS__}), NULL         \
    }
#define STRUCT(type, value)                                                                        \
    {                                                                                              \
        (type), &(value), sizeof(value), NULL                                                      \
    }
#define NEST(type, ...)                                                                            \
    {                                                                                              \
        (type), NULL, 0, PIECES(__VA_ARGS__)                                                       \
    }

static inline void append_pieces(GByteArray *bytes, const Piece *pieces);

static inline void append_padded(GByteArray *bytes, const void *data, gsize size)
{
    static const guint8 padding[3] = {0};
    g_byte_array_append(bytes, data, (guint)size);
    g_byte_array_append(bytes, padding, -size & 3);
}

static inline void append_piece(GByteArray *bytes, const Piece *piece)
{
    g_autoptr(GByteArray) payload = g_byte_array_new();
    if (piece->nested != NULL)
        append_pieces(payload, piece->nested);
    else
        g_byte_array_append(payload, piece->bytes, (guint)piece->size);
    if (piece->type != PIECE_RAW) {
        const struct nlattr head = {.nla_type = (guint16)piece->type,
                                    .nla_len = (guint16)(sizeof head + payload->len)};
        g_byte_array_append(bytes, (const guint8 *)&head, sizeof head);
    }
    append_padded(bytes, payload->data, payload->len);
}

static inline void append_pieces(GByteArray *bytes, const Piece *pieces)
{
    for (; pieces != NULL && pieces->type != 0; pieces++)
        append_piece(bytes, pieces);
}

/* Returns a message of TYPE with a family's HEADER and attributes (transfer full, g_free()). */
static inline struct nlmsghdr *message_new(int type, const void *header, gsize header_size,
                                           const Piece *pieces)
{
    struct nlmsghdr head = {.nlmsg_type = (guint16)type};
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const guint8 *)&head, sizeof head);
    append_padded(bytes, header, header_size);
    append_pieces(bytes, pieces);
    head.nlmsg_len = bytes->len;
    memcpy(bytes->data, &head, sizeof head);
    return (void *)g_byte_array_free(bytes, FALSE);
}

/* Returns the message that HEX is (transfer full, g_free()). */
static inline struct nlmsghdr *message_from_hex(const char *hex)
{
    gsize size = strlen(hex) / 2;
    guint8 *bytes = g_malloc(size);
    for (gsize i = 0; i < size; i++)
        bytes[i] =
            (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    return (void *)bytes;
}

/* ---- texts to compare with ---- */

static inline void append_prefix(GString *text, const char *name, const IpPrefix *prefix)
{
    g_autofree char *value = ip_prefix_to_string(prefix);
    g_string_append_printf(text, "%s%s", name, value);
}

static inline void append_address(GString *text, const char *name, bool has,
                                  const IpAddress *address)
{
    g_autofree char *value = has ? ip_address_to_string(address) : NULL;
    if (has)
        g_string_append_printf(text, "%s%s", name, value);
}

static inline void append_text(GString *text, const char *name, const char *value)
{
    if (value != NULL)
        g_string_append_printf(text, "%s%s", name, value);
}

static inline void append_number(GString *text, const char *name, guint64 value)
{
    if (value != 0)
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, name, value);
}

/* ---- rows ---- */

typedef struct {
    const char *name;
    const char *recorded; /* hexadecimal; NULL: made of what follows */
    int type;
    const void *header;
    gsize header_size;
    const Piece *pieces;
    const char *text; /* what is read from it; NULL: it is malformed */
} MessageCase;

#define HEADER(value) .header = &(value), .header_size = sizeof(value)

/* What a test file has to offer: reads a message and says in *TEXT what it read. */
typedef bool (*MessageReader)(const struct nlmsghdr *message, char **text, GError **error);

static inline struct nlmsghdr *message_of_case(const MessageCase *test)
{
    return test->recorded != NULL
               ? message_from_hex(test->recorded)
               : message_new(test->type, test->header, test->header_size, test->pieces);
}

static inline void check_message(const MessageCase *test, MessageReader reader)
{
    g_autofree struct nlmsghdr *message = message_of_case(test);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    bool read = reader(message, &text, &error);
    if (test->text == NULL) {
        assert_false(read);
        assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NETLINK));
        return;
    }
    assert_null(error);
    assert_true(read);
    assert_string_equal(text, test->text);
}

static inline void check_reading(const struct nlmsghdr *message, MessageReader reader)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    bool read = reader(message, &text, &error);
    if (read) {
        assert_null(error);
        assert_true(g_utf8_validate(text, -1, NULL));
    } else {
        assert_null(text);
        assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NETLINK));
    }
}

/* Whatever is wrong with a message, it is either read or refused with an error, and nothing behind
 * its end is looked at: each copy has just the memory it says. */
static inline void check_broken(const MessageCase *test, MessageReader reader)
{
    enum { DAMAGES = 500 };
    g_autofree struct nlmsghdr *message = message_of_case(test);
    gsize size = message->nlmsg_len;
    for (gsize length = sizeof *message; length < size; length++) {
        g_autofree struct nlmsghdr *cut = g_memdup2(message, length);
        cut->nlmsg_len = (guint32)length;
        check_reading(cut, reader);
    }
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    for (int i = 0; size > sizeof *message && i < DAMAGES; i++) {
        g_autofree guint8 *damaged = g_memdup2(message, size);
        for (int j = g_rand_int_range(random, 1, 4); j > 0; j--)
            damaged[g_rand_int_range(random, sizeof *message, (gint32)size)] =
                (guint8)g_rand_int(random);
        check_reading((const void *)damaged, reader);
    }
}

/* Recordings have the byte order of the machine they come from. */
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define RUN_RECORDED(function, rows) RUN_CASES(function, rows)
#else
#define RUN_RECORDED(function, rows) ((void)(function), (void)(rows), 0)
#endif
