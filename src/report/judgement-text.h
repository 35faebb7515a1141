/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judgements on packets in words: what becomes of one, what decided, and the stages on its path. */
#pragma once

#include "documents/json.h"
#include "model/kernel/judgement.h"

/* "accept", "reject", "drop", or "unknown" where more than one outcome is possible (static). */
const char *judgement_word(const Judgement *judgement);

/* The sentence that says what decided, or what leaves it open: firewalld's settings where its table
 * decided, else the table and chain of another program, or the kernel's routing (transfer full). */
char *judgement_reason(const Judgement *judgement);

/* Whether firewalld's settings are that sentence: its own table decided, as its configuration says. */
bool judgement_is_in_firewallds_words(const Judgement *judgement);

/* Who made the rule or policy that STAGE is about: "Docker", "firewalld", or the table (transfer
 * full). */
char *stage_owner_text(const PathStage *stage);

/* "chain FORWARD of table ip filter (policy drop)" or "(rule 7)" (transfer full). */
char *stage_place_text(const PathStage *stage);

/* "continue", "accept", "reject", "drop", "translate" or "unknown" (static). */
const char *stage_result_word(StageResult result);

/* The command that shows the rule of STAGE, as an argument vector (transfer full); NULL for routing. */
char **stage_command(const PathStage *stage);

/* The words of JSON for who judged: "kernel", "firewalld-model", "prediction" (static). */
const char *judged_by_word(JudgedBy by);

/* The stages of PATH (an array; empty where that is NULL), and the member "translated" of a document
 * (null where nothing was) (transfer full). */
json_t *path_json(const Path *path);
json_t *path_way_json(const PathWay *way);
json_t *path_way_translated_json(const PathWay *way);
json_t *judgement_translated_json(const Judgement *judgement);

/* The sysctl that has the kernel forward what comes in on LINK (NULL: on all links); IPv6 has one for
 * all links (transfer full). */
char *forwarding_sysctl(Family family, const char *link);
