/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld has by name (zones, policies, services, sets), on either side: in the running
 * firewall or in the permanent configuration. Used by the two readers only. */
#pragma once

#include "observe/services/round.h"

/* A way to read an item. Where the service lacks the method, the next way is tried. */
typedef struct {
    CallId call;
    WaveDecode decode;
    bool partial; /* tells less than was wanted: that is noted */
} Way;

/* What firewalld has by name. */
typedef struct {
    const char *what; /* in the user's words, before the name */
    CallId
        locate; /* what tells the object that the ways are asked at; N_CALLS: they take the name */
    Way ways[3];
    guint n_ways;
} Kind;

/* One side. */
typedef struct {
    const Kind *zone;
    const Kind *policy;
    const Kind *service;
    const Kind *ipset;
} Side;

extern const Side firewalld_running_side;
extern const Side firewalld_permanent_side;

typedef struct {
    Snapshot *snapshot;
    Firewalld *firewalld; /* what is filled */
    const Side *side;
    GPtrArray *list;   /* Item */
    GHashTable *known; /* "KIND NAME" of all items */
} Items;

/* One of them; the decoders of a Way get it as their user. */
typedef struct {
    Items *items;
    const Kind *kind;
    char *name;
    char *path;   /* of the object where KIND is located, NULL: not known yet */
    guint way;    /* the one to try next, or that was tried last */
    bool is_open; /* is to be asked in the next round */
} Item;

/* Items of SIDE, read into FIREWALLD; notes go to SNAPSHOT. Both must outlive it. */
void items_init(Items *items, Snapshot *snapshot, Firewalld *firewalld, const Side *side);
void items_clear(Items *items);

/* What stands for itself: asked once, before anything is known. */
typedef struct {
    CallId call;
    const char *argument; /* NULL: the call takes none */
    WaveDecode decode;
    RoundUnanswered unanswered;
    const char *what;
} FirstQuestion;

/* Asks QUESTIONS, COUNT of them, whose functions get USER. */
void items_ask_first(const FirstQuestion *questions, guint count, gpointer user, Round *round);

/* Has the item NAME of KIND asked for, if that was not done before. */
void items_want(Items *items, const Kind *kind, const char *name);

/* The same for all that is named by what was read so far. */
void items_want_named(Items *items);

/* Asks for all that is wanted and was not asked for yet. */
void items_ask(Items *items, Round *round);

/* Puts zones, policies, services and sets in the order of their names. */
void items_sort(const Items *items);

/* Puts ZONE (transfer full) in the place of what was known of it so far. */
void items_put_zone(Firewalld *firewalld, Zone *zone);
void items_ensure_zone(Firewalld *firewalld, const char *name);

/* Decoders of lists of names (as); the user is the Items. */
bool items_take_zone_names(GVariant *reply, gpointer user, GError **error);
bool items_take_policy_names(GVariant *reply, gpointer user, GError **error);

/* Whether ERROR, of asking for policies, is that there are none before 0.9: then that is taken. */
bool items_no_policies(const GError *error, Items *items);
