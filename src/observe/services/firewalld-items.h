/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld has by name (zones, policies, services, sets), on either side: the running firewall
 * or the permanent configuration. Used by the two readers only. */
#pragma once

#include "bus/call-batch.h"

/* Decodes the settings of NAME into a Zone, Policy, Service or Ipset (transfer full); NULL with an
 * error. */
typedef gpointer (*SettingsDecode)(const char *name, GVariant *settings, GError **error);

/* One way to read an item. Where the service lacks the method, the next one is tried. */
typedef struct {
    CallId call;
    SettingsDecode decode; /* NULL: take */
    CallDecode take;       /* the user is the Item */
    bool partial;          /* returns only part of the settings; the rest is recorded as unread */
} ReadMethod;

/* One kind of item. */
typedef struct {
    const char *what; /* in the user's words, before the name */
    CallId
        locate; /* returns the object that the methods are called on; N_CALLS: they take the name */
    gsize list; /* offset in Firewalld of the list that holds the items */
    ReadMethod methods[3];
    guint n_methods;
} SettingKind;

typedef struct {
    SettingKind zone;
    SettingKind policy;
    SettingKind service;
    SettingKind ipset;
} FirewalldSide;

extern const FirewalldSide firewalld_running_side;
extern const FirewalldSide firewalld_permanent_side;

/* Every reader begins with this, so that a pointer to the reader also points to its items. */
typedef struct {
    Snapshot *snapshot;
    Firewalld *firewalld; /* what is filled */
    const FirewalldSide *side;
    GPtrArray *list;         /* Item */
    GHashTable *known;       /* "KIND NAME" of all items */
    bool all_zones;          /* also those that nothing is in */
    GHashTable *named_zones; /* names of zones that are read in any case */
    guint count; /* of the items, bindings aside; some are left out where there are too many */
} Items;

typedef struct {
    Items *items;
    const SettingKind *kind;
    char *name;
    char *path;      /* of the located object; NULL: not known yet */
    guint method;    /* the one to try next, or the last one tried */
    bool is_pending; /* goes into the next batch */
} Item;

/* Items of SIDE, read into FIREWALLD; what cannot be read is recorded in SNAPSHOT. Both must outlive
 * them. */
void items_init(Items *items, Snapshot *snapshot, Firewalld *firewalld, const FirewalldSide *side);
void items_clear(Items *items);

/* What is read once, before anything is known. */
typedef struct {
    CallId call;
    const char *argument; /* NULL: the call takes none */
    CallDecode decode;
    CallFailed failed;
    const char *what;
} FirstCall;

/* Adds COUNT CALLS to BATCH, with ITEMS as the user of their functions. */
void items_add_first_calls(Items *items, const FirstCall *calls, guint count, CallBatch *batch);

/* Has the item NAME of KIND read, unless it already was. */
void items_want(Items *items, const SettingKind *kind, const char *name);

/* The same for everything that is named by what has been read. */
void items_want_named(Items *items);

/* Whether firewalld may name COUNT things of one kind; else NICFIX_ERROR_BAD_REPLY. */
bool items_check_count(gsize count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds the calls for all wanted items that have not been read to BATCH. A firewalld may name one thing
 * after the other without end, or very many at once: more than a host can have of them is
 * NICFIX_ERROR_BAD_REPLY. */
bool items_add_calls(Items *items, CallBatch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sorts zones, policies, services and sets by name. */
void items_sort(const Items *items);

/* Puts VALUE (transfer full), which begins with its name, into LIST in place of the one it has of
 * that name. */
void items_put(GPtrArray *list, gpointer value);
void items_ensure_zone(Firewalld *firewalld, const char *name);

/* Decoders for lists of names (as); the user is the Items. */
bool items_take_zone_names(GVariant *reply, gpointer user, GError **error);
bool items_take_policy_names(GVariant *reply, gpointer user, GError **error);

/* A CallFailed for these: before firewalld 0.9 there are no policies. */
bool items_take_lack_of_policies(const GError *error, gpointer user);
