/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of JSON objects as rows of a table: a row names a member, the field of a C struct
 * that it stands for, and how one becomes the other. Writing and reading follow the same rows, so
 * they cannot drift apart. Reading is strict, and a fault says its place.
 *
 * A table ends with MEMBERS_END. Each row's macro refuses at compile time a field of another type
 * than the one it converts. */
#pragma once

#include "model/host/snapshot.h"

#include <json-glib/json-glib.h>

/* The place in a document that is being read. Each level lives on the stack of its reader, so that
 * a place costs nothing until a fault is to be told. */
typedef struct JsonPlace JsonPlace;
struct JsonPlace {
    const JsonPlace *parent; /* NULL: the document itself */
    const char *name;        /* of a member, or of the document; NULL: an element of a list */
    guint index;             /* of an element */
    const char *hint;        /* of the document: what a reader of the error can do */
};

typedef struct Member Member;

/* How a member becomes a field and back. OBJECT is the struct that the row's offsets count from. A
 * reader that fails may leave the field half filled: its owner frees it. */
typedef struct {
    JsonNode *(*write)(const Member *member, gconstpointer object);
    bool (*read)(const Member *member, JsonNode *node, gpointer object, const JsonPlace *place,
                 GError **error);
} MemberType;

struct Member {
    const char *name; /* NULL: the rows of DETAIL take part in the same JSON object */
    gsize offset;
    const MemberType *type; /* NULL: the end of the table */
    gconstpointer detail;
    gsize presence; /* offset of the bool that says whether there is a value */
};

/* A list of structs in a GPtrArray: their rows, and what makes an empty one. */
typedef struct {
    const Member *members;
    gpointer (*make)(void);
} ElementType;

extern const MemberType member_name;
extern const MemberType member_text;
extern const MemberType member_names;
extern const MemberType member_bool;
extern const MemberType member_tristate;
extern const MemberType member_uint8;
extern const MemberType member_uint32;
extern const MemberType member_optional_uint32;
extern const MemberType member_int;
extern const MemberType member_ifindex;
extern const MemberType member_optional_ifindex;
extern const MemberType member_group;
extern const MemberType member_pointer;
extern const MemberType member_list;

/* The offset of a field, after checking that it has the type CTYPE. */
#define FIELD_OFFSET(Struct, field, ctype)                                                         \
    (G_STRUCT_OFFSET(Struct, field) + 0 * _Generic(((Struct *)NULL)->field, ctype : 1))
#define FIELD_MEMBER(member, Struct, field, ctype, member_type)                                    \
    {                                                                                              \
        .name = (member), .offset = FIELD_OFFSET(Struct, field, ctype), .type = (member_type)      \
    }

/* A text that is always there and never empty. */
#define MEMBER_NAME(Struct, field) FIELD_MEMBER(#field, Struct, field, char *, &member_name)
/* A text, or null for NULL; never empty. */
#define MEMBER_TEXT(Struct, field) FIELD_MEMBER(#field, Struct, field, char *, &member_text)
/* A list of texts, none of them empty. */
#define MEMBER_NAMES(Struct, field) FIELD_MEMBER(#field, Struct, field, char **, &member_names)
#define MEMBER_BOOL(Struct, field)  FIELD_MEMBER(#field, Struct, field, bool, &member_bool)
/* true, false, or null for TRISTATE_UNKNOWN. */
#define MEMBER_TRISTATE(Struct, field)                                                             \
    FIELD_MEMBER(#field, Struct, field, Tristate, &member_tristate)
#define MEMBER_UINT8(Struct, field)  FIELD_MEMBER(#field, Struct, field, guint8, &member_uint8)
#define MEMBER_UINT32(Struct, field) FIELD_MEMBER(#field, Struct, field, guint32, &member_uint32)
#define MEMBER_INT(Struct, field)    FIELD_MEMBER(#field, Struct, field, int, &member_int)
/* A number from 1, or null for 0. */
#define MEMBER_OPTIONAL_UINT32(Struct, field)                                                      \
    FIELD_MEMBER(#field, Struct, field, guint32, &member_optional_uint32)
/* The index of a link; the optional one is null for 0. */
#define MEMBER_IFINDEX(Struct, field) FIELD_MEMBER(#field, Struct, field, int, &member_ifindex)
#define MEMBER_OPTIONAL_IFINDEX(Struct, field)                                                     \
    FIELD_MEMBER(#field, Struct, field, int, &member_optional_ifindex)
/* An object for a struct inside the struct. */
#define MEMBER_STRUCT(Struct, field, rows)                                                         \
    {                                                                                              \
        .name = #field, .offset = G_STRUCT_OFFSET(Struct, field), .type = &member_group,           \
        .detail = (rows)                                                                           \
    }
/* An object for a struct that the struct owns by a pointer which is never NULL. */
#define MEMBER_POINTER(Struct, field, rows)                                                        \
    {                                                                                              \
        .name = #field, .offset = G_STRUCT_OFFSET(Struct, field), .type = &member_pointer,         \
        .detail = (rows)                                                                           \
    }
/* An object that gathers fields of the struct itself. */
#define MEMBER_GROUP(member, rows)                                                                 \
    {                                                                                              \
        .name = (member), .type = &member_group, .detail = (rows)                                  \
    }
/* The fields of a struct inside the struct, with no object of their own. */
#define MEMBER_SPLICE(Struct, field, rows)                                                         \
    {                                                                                              \
        .offset = G_STRUCT_OFFSET(Struct, field), .type = &member_group, .detail = (rows)          \
    }
#define MEMBER_LIST(Struct, field, element_type)                                                   \
    {                                                                                              \
        .name = #field, .offset = FIELD_OFFSET(Struct, field, GPtrArray *), .type = &member_list,  \
        .detail = (element_type)                                                                   \
    }
#define MEMBERS_END                                                                                \
    {                                                                                              \
        .type = NULL                                                                               \
    }

/* Adds to JSON the members that stand for the fields of OBJECT. */
void members_write(const Member *members, gconstpointer object, JsonObject *json);

/* Returns OBJECT as a JSON object (transfer full). */
JsonNode *members_to_node(const Member *members, gconstpointer object);

/* Fills the fields of OBJECT from NODE, which must be an object that has every member. Members that
 * no row names are passed over: a later version of the same schema may have them. */
bool members_read(const Member *members, JsonNode *node, gpointer object, const JsonPlace *place,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For the types of members that a file adds to those above. */

/* A string node; what is not valid UTF-8 in TEXT is replaced. NULL and "" make null. */
JsonNode *json_text_node(const char *text);
JsonNode *json_integer_node(gint64 value);

/* Takes ARRAY (transfer full). */
JsonNode *json_array_node(JsonArray *array);

/* Set *ERROR to NICFIX_ERROR_BAD_INPUT at PLACE, and return false. */
bool json_place_fault(const JsonPlace *place, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
bool json_place_unexpected(const JsonPlace *place, JsonNode *node, const char *expected,
                           GError **error);

/* These return the text or list that NODE is (transfer none), or NULL with an error. A text is
 * never empty. */
const char *json_place_text(const JsonPlace *place, JsonNode *node,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
JsonArray *json_place_array(const JsonPlace *place, JsonNode *node,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
