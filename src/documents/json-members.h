/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of JSON objects as rows of a table: a row names a member, the field of a C struct
 * that it stands for, and how one becomes the other. Writing and reading follow the same rows, so
 * they cannot drift apart. Reading is strict, and an error names its place.
 *
 * A table ends with MEMBERS_END. Each row's macro refuses at compile time a field of another type
 * than the one it converts. */
#pragma once

#include "documents/json.h"

/* The place in a document that is being read. Each level lives on the stack of its reader, which
 * makes a place free until there is an error to report. */
typedef struct JsonPlace JsonPlace;
struct JsonPlace {
    const JsonPlace *parent; /* NULL: the document itself */
    const char *name;        /* of a member, or of the document; NULL: an element of a list */
    guint index;             /* of an element */
    const char *hint;        /* of the document: what a reader of the error can do */
};

/* Reads VALUE, which is at PLACE, into OBJECT. */
typedef bool (*JsonReader)(json_t *value, gpointer object, const JsonPlace *place, GError **error);

typedef struct Member Member;

/* How a member becomes a field and back. OBJECT is the struct that the row's offsets count from. A
 * reader that fails may leave the field half filled: its owner frees it. A type that is only read
 * has no WRITE. */
typedef struct {
    json_t *(*write)(const Member *member, gconstpointer object);
    bool (*read)(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                 GError **error);
} MemberType;

typedef enum {
    INTEGER_UINT8,
    INTEGER_UINT32,
    INTEGER_INT,
    INTEGER_UINT64, /* as large as an integer of JSON may be */
} IntegerType;

struct Member {
    const char *name; /* NULL: the rows of DETAIL take part in the same JSON object */
    gsize offset;
    const MemberType *type; /* NULL: the end of the table */
    gconstpointer detail;
    JsonReader reader; /* of member_custom, and of what reads with member_read_each() */
    bool nullable;     /* null leaves the field as it is in a new struct */
    bool optional;     /* the same where the member is absent, as in older documents */
    gsize presence; /* offset of the bool that says whether there is a value; 0: there always is */
    IntegerType integer;
    gint64 min; /* of an integer; a smaller one in the struct is written as null */
    gint64 max;
};

/* A list of structs in a GPtrArray: their rows, and what makes an empty one. */
typedef struct {
    const Member *members;
    gpointer (*make)(void);
} ElementType;

/* Defines NAME_list, the ElementType of what the expression NEW_ELEMENT makes. */
#define DEFINE_LIST(name, rows, new_element)                                                       \
    static gpointer make_##name(void)                                                              \
    {                                                                                              \
        return new_element;                                                                        \
    }                                                                                              \
    static const ElementType name##_list = {rows, make_##name}

extern const MemberType member_text;
extern const MemberType member_names;
extern const MemberType member_bool;
extern const MemberType member_tristate;
extern const MemberType member_integer;
extern const MemberType member_group;
extern const MemberType member_pointer;
extern const MemberType member_list;
/* These are only read. READER gets the member's value, or each element of the list that it is, and
 * the struct that the rows count from. */
extern const MemberType member_custom;
extern const MemberType member_each;

/* The offset of a field, after checking that it has the type CTYPE. */
#define FIELD_OFFSET(Struct, field, ctype)                                                         \
    (G_STRUCT_OFFSET(Struct, field) + 0 * _Generic(((Struct *)NULL)->field, ctype : 1))
#define MEMBER_ROW(...)                                                                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
/* More of the row may follow, such as ".nullable = true". */
#define FIELD_MEMBER(member, Struct, field, ctype, member_type, ...)                               \
    MEMBER_ROW(.name = (member), .offset = FIELD_OFFSET(Struct, field, ctype),                     \
               .type = (member_type), ##__VA_ARGS__)

/* A text that is always there and never empty. */
#define MEMBER_NAME(Struct, field) FIELD_MEMBER(#field, Struct, field, char *, &member_text)
/* A text, or null for NULL; never empty. */
#define MEMBER_TEXT(Struct, field)                                                                 \
    FIELD_MEMBER(#field, Struct, field, char *, &member_text, .nullable = true)
/* A list of texts, none of them empty. */
#define MEMBER_NAMES(Struct, field) FIELD_MEMBER(#field, Struct, field, char **, &member_names)
#define MEMBER_BOOL(Struct, field)  FIELD_MEMBER(#field, Struct, field, bool, &member_bool)
/* true, false, or null for TRISTATE_UNKNOWN. */
#define TRISTATE_MEMBER(member, Struct, field)                                                     \
    FIELD_MEMBER(member, Struct, field, Tristate, &member_tristate, .nullable = true)
#define MEMBER_TRISTATE(Struct, field) TRISTATE_MEMBER(#field, Struct, field)
#define INTEGER_TYPE(field)                                                                        \
    _Generic(field, guint8                                                                         \
             : INTEGER_UINT8, guint32                                                              \
             : INTEGER_UINT32, int                                                                 \
             : INTEGER_INT, guint64                                                                \
             : INTEGER_UINT64)
/* A number from LEAST to MOST. */
#define MEMBER_INTEGER(Struct, field, least, most, ...)                                            \
    MEMBER_ROW(.name = #field, .offset = G_STRUCT_OFFSET(Struct, field), .type = &member_integer,  \
               .integer = INTEGER_TYPE(((Struct *)NULL)->field), .min = (least), .max = (most),    \
               ##__VA_ARGS__)
#define MEMBER_UINT8(Struct, field)  MEMBER_INTEGER(Struct, field, 0, G_MAXUINT8)
#define MEMBER_UINT32(Struct, field) MEMBER_INTEGER(Struct, field, 0, G_MAXUINT32)
#define MEMBER_UINT64(Struct, field) MEMBER_INTEGER(Struct, field, 0, G_MAXINT64)
#define MEMBER_INT(Struct, field)    MEMBER_INTEGER(Struct, field, G_MININT, G_MAXINT)
/* A number from 1, or null for 0. */
#define MEMBER_OPTIONAL_UINT32(Struct, field)                                                      \
    MEMBER_INTEGER(Struct, field, 1, G_MAXUINT32, .nullable = true)
/* The index of a link; the optional one is null for 0. */
#define MEMBER_IFINDEX(Struct, field) MEMBER_INTEGER(Struct, field, 1, G_MAXINT)
#define MEMBER_OPTIONAL_IFINDEX(Struct, field)                                                     \
    MEMBER_INTEGER(Struct, field, 1, G_MAXINT, .nullable = true)
/* An object for a struct inside the struct. */
#define MEMBER_STRUCT(Struct, field, rows, ...)                                                    \
    MEMBER_ROW(.name = #field, .offset = G_STRUCT_OFFSET(Struct, field), .type = &member_group,    \
               .detail = (rows), ##__VA_ARGS__)
/* An object for a struct that the struct owns by a pointer which is never NULL. */
#define MEMBER_POINTER(Struct, field, rows)                                                        \
    MEMBER_ROW(.name = #field, .offset = G_STRUCT_OFFSET(Struct, field), .type = &member_pointer,  \
               .detail = (rows))
/* An object that gathers fields of the struct itself. */
#define MEMBER_GROUP(member, rows, ...)                                                            \
    MEMBER_ROW(.name = (member), .type = &member_group, .detail = (rows), ##__VA_ARGS__)
/* The fields of a struct inside the struct, with no object of their own. */
#define MEMBER_SPLICE(Struct, field, rows)                                                         \
    MEMBER_ROW(.offset = G_STRUCT_OFFSET(Struct, field), .type = &member_group, .detail = (rows))
/* A list of objects for structs in a GPtrArray. */
#define MEMBER_LIST(Struct, field, element_type)                                                   \
    FIELD_MEMBER(#field, Struct, field, GPtrArray *, &member_list, .detail = (element_type))
#define CUSTOM_MEMBER(member, read_value, ...)                                                     \
    MEMBER_ROW(.name = (member), .type = &member_custom, .reader = (read_value), ##__VA_ARGS__)
#define EACH_MEMBER(member, read_element)                                                          \
    MEMBER_ROW(.name = (member), .type = &member_each, .reader = (read_element))
#define MEMBERS_END MEMBER_ROW(.type = NULL)

/* The field of OBJECT that MEMBER stands for. */
static inline gpointer member_field(const Member *member, gconstpointer object)
{
    return (char *)object + member->offset;
}

/* Adds to JSON the members that stand for the fields of OBJECT. */
void members_write(const Member *members, gconstpointer object, json_t *json);

/* Returns OBJECT as a JSON object (transfer full). */
json_t *members_to_json(const Member *members, gconstpointer object);

/* Fills the fields of OBJECT from VALUE, which must be an object that has every member. Members
 * that no row names are ignored: a later version of the same schema may have them. */
bool members_read(const Member *members, json_t *value, gpointer object, const JsonPlace *place,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For the types of members that a file adds to those above. */

/* Set *ERROR to NICFIX_ERROR_BAD_INPUT at PLACE, and return false. */
bool json_place_fault(const JsonPlace *place, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
bool json_place_unexpected(const JsonPlace *place, const json_t *value, const char *expected,
                           GError **error);

/* Returns the text that VALUE is, which is never empty (transfer none), or NULL with an error. */
const char *json_place_text(const JsonPlace *place, const json_t *value,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Calls READ with each element of the list that VALUE is. Stops at the first that fails, and fails
 * where VALUE is not a list. */
bool json_place_each(const JsonPlace *place, const json_t *value, JsonReader read, gpointer object,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The reader of member_each, for types that are also written. */
bool member_read_each(const Member *member, json_t *value, gpointer object, const JsonPlace *place,
                      GError **error);
