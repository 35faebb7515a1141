/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/known-replies.h"

/* For each way of lasting longer than a look: its state, and the replies by what was asked. */
#define STORED_TYPE "a(sa{sv})"

typedef struct {
    GVariant *reply;
    bool is_old; /* from a file */
} KnownReply;

typedef struct {
    char *state;         /* NULL: not known */
    GHashTable *replies; /* text of the question to KnownReply */
} KnownTable;

struct KnownReplies {
    KnownTable tables[N_LASTS];
    bool have_grown;
};

static void known_reply_free(KnownReply *known)
{
    g_variant_unref(known->reply);
    g_free(known);
}

KnownReplies *known_replies_new(void)
{
    KnownReplies *known = g_new0(KnownReplies, 1);
    for (guint i = 0; i < N_LASTS; i++)
        known->tables[i].replies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                         (GDestroyNotify)known_reply_free);
    return known;
}

void known_replies_free(KnownReplies *known)
{
    if (known == NULL)
        return;
    for (guint i = 0; i < N_LASTS; i++) {
        g_free(known->tables[i].state);
        g_hash_table_unref(known->tables[i].replies);
    }
    g_free(known);
}

void known_replies_set_state(KnownReplies *known, CallLasts lasts, const char *state)
{
    KnownTable *table = &known->tables[lasts];
    if (state != NULL && g_strcmp0(table->state, state) == 0)
        return;
    g_hash_table_remove_all(table->replies);
    g_free(table->state);
    table->state = g_strdup(state);
}

void known_replies_forget_all(KnownReplies *known)
{
    for (CallLasts lasts = LASTS_A_LOOK; lasts < N_LASTS; lasts++)
        known_replies_set_state(known, lasts, NULL);
}

void known_replies_carry_over(KnownReplies *known, CallLasts lasts, const char *same,
                              const char *state)
{
    KnownTable *table = &known->tables[lasts];
    if (table->state == NULL || !g_str_has_prefix(table->state, same))
        return;
    g_free(table->state);
    table->state = g_strdup(state);
}

static char *question_of(const CallRow *row, const char *path, GVariant *parameters)
{
    g_autofree char *arguments = g_variant_print(parameters, FALSE);
    return g_strdup_printf("%s %s.%s%s", path, row->interface, row->method, arguments);
}

GVariant *known_replies_lookup(const KnownReplies *known, const CallRow *row, const char *path,
                               GVariant *parameters)
{
    const KnownTable *table = &known->tables[row->lasts];
    if (table->state == NULL)
        return NULL;
    g_autofree char *question = question_of(row, path, parameters);
    const KnownReply *found = g_hash_table_lookup(table->replies, question);
    /* To check all that a file has takes as long as all the rest of a check where all is well. */
    bool is_sound = found != NULL && (!found->is_old || g_variant_is_normal_form(found->reply));
    return is_sound ? found->reply : NULL;
}

static void insert(KnownTable *table, char *question, GVariant *reply, bool is_old)
{
    KnownReply *known = g_new(KnownReply, 1);
    *known = (KnownReply){g_variant_ref(reply), is_old};
    g_hash_table_replace(table->replies, question, known);
}

void known_replies_keep(KnownReplies *known, const CallRow *row, const char *path,
                        GVariant *parameters, GVariant *reply)
{
    KnownTable *table = &known->tables[row->lasts];
    if (table->state == NULL)
        return;
    insert(table, question_of(row, path, parameters), reply, false);
    known->have_grown |= row->lasts != LASTS_A_LOOK;
}

static gboolean is_old(gpointer question G_GNUC_UNUSED, gpointer value, gpointer user G_GNUC_UNUSED)
{
    return ((const KnownReply *)value)->is_old;
}

void known_replies_forget_old(KnownReplies *known, CallLasts lasts)
{
    g_hash_table_foreach_remove(known->tables[lasts].replies, is_old, NULL);
}

bool known_replies_have_grown(const KnownReplies *known)
{
    return known->have_grown;
}

/* ---- as a file has it ---- */

GVariant *known_replies_to_variant(const KnownReplies *known)
{
    g_auto(GVariantBuilder) all = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE(STORED_TYPE));
    for (guint i = LASTS_A_LOOK + 1; i < N_LASTS; i++) {
        const KnownTable *table = &known->tables[i];
        GHashTableIter iterator;
        gpointer question, value;
        g_variant_builder_open(&all, G_VARIANT_TYPE("(sa{sv})"));
        g_variant_builder_add(&all, "s", table->state != NULL ? table->state : "");
        g_variant_builder_open(&all, G_VARIANT_TYPE_VARDICT);
        g_hash_table_iter_init(&iterator, table->replies);
        while (g_hash_table_iter_next(&iterator, &question, &value))
            g_variant_builder_add(&all, "{sv}", question, ((const KnownReply *)value)->reply);
        g_variant_builder_close(&all);
        g_variant_builder_close(&all);
    }
    return g_variant_builder_end(&all);
}

static void take_table(KnownTable *table, GVariant *stored)
{
    const char *state;
    g_autoptr(GVariantIter) replies = NULL;
    char *question;
    GVariant *reply;
    g_variant_get(stored, "(&sa{sv})", &state, &replies);
    g_hash_table_remove_all(table->replies);
    g_free(table->state);
    table->state = *state != '\0' ? g_strdup(state) : NULL;
    while (g_variant_iter_next(replies, "{sv}", &question, &reply)) {
        insert(table, question, reply, true);
        g_variant_unref(reply);
    }
}

void known_replies_from_variant(KnownReplies *known, GVariant *variant)
{
    known->have_grown = false;
    if (!g_variant_is_of_type(variant, G_VARIANT_TYPE(STORED_TYPE)) ||
        g_variant_n_children(variant) != N_LASTS - 1)
        return;
    for (guint i = LASTS_A_LOOK + 1; i < N_LASTS; i++) {
        g_autoptr(GVariant) stored = g_variant_get_child_value(variant, i - 1);
        take_table(&known->tables[i], stored);
    }
}
