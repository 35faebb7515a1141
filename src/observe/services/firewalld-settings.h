/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of settings that fill a struct of the model from a dictionary or a tuple of D-Bus. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Fills FIELD from VALUE, which has the row's type. Where VALUE has no meaning, returns false and
 * sets *MEANINGLESS to the text at fault (transfer full). */
typedef bool (*Fill)(GVariant *value, gpointer field, char **meaningless);

typedef struct {
    const char *key;
    const char *type; /* GVariant type string */
    Fill fill;
    size_t offset; /* of the field in the struct that the table is about */
} Setting;

/* Settings as firewalld gave them: a dictionary (a{sv}), or a tuple whose values KEYS names in
 * their order, NULL for those that are not used. */
typedef struct {
    const char *subject; /* whose settings, for errors: "zone public" */
    GVariant *value;
    const char *const *keys; /* NULL: a dictionary */
    guint n_keys;
} Settings;

/* Fills OBJECT by TABLE, row by row, from the SETTINGS that are present. Returns false with
 * NICFIX_ERROR_BAD_REPLY; OBJECT is then filled in part and to be discarded. */
bool settings_fill(const Settings *settings, const Setting *table, guint n_rows, gpointer object,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Each comment gives the type of the value and the type of the field. */
bool fill_text(GVariant *value, gpointer field, char **meaningless);     /* s, char *; "": NULL */
bool fill_strings(GVariant *value, gpointer field, char **meaningless);  /* as, char ** */
bool fill_bool(GVariant *value, gpointer field, char **meaningless);     /* b, bool */
bool fill_tristate(GVariant *value, gpointer field, char **meaningless); /* b, Tristate */
bool fill_int(GVariant *value, gpointer field, char **meaningless);      /* i, int */
bool fill_target(GVariant *value, gpointer field, char **meaningless);   /* s, Target */
bool fill_sources(GVariant *value, gpointer field, char **meaningless);  /* as, AddressSpec list */
bool fill_ports(GVariant *value, gpointer field, char **meaningless);    /* a(ss), PortRange list */
/* a(ssss), ForwardPort list */
bool fill_forward_ports(GVariant *value, gpointer field, char **meaningless);
bool fill_rich_rules(GVariant *value, gpointer field, char **meaningless); /* as, RichRule list */
/* s, AddressSpec *; "": NULL */
bool fill_address(GVariant *value, gpointer field, char **meaningless);
