/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one expression of a rule does to a packet. Used by the machine only. */
#pragma once

#include "model/kernel/machine.h"
#include "model/kernel/registers.h"

typedef enum {
    STEP_NEXT,    /* go on with the next expression */
    STEP_BREAK,   /* the rule does not match */
    STEP_MAYBE,   /* one of these two; the packet that went on is in STAYS, the other in BREAKS */
    STEP_VERDICT, /* VERDICT, with CHAIN for a jump or goto */
    STEP_REFUSE,  /* the packet is rejected */
    STEP_CHOICE,  /* one of ELEMENTS was found, or, if MAY_MISS, none */
    STEP_HANDED,  /* what becomes of the packet is not modelled: OBSTACLE says why */
} StepKind;

typedef struct {
    StepKind kind;
    gint32 verdict;
    const char *chain;
    const char *obstacle;
    Packet stays;
    Packet breaks;
    GPtrArray *elements; /* NftElement; owned */
    bool may_miss;
} Step;

/* Evaluates EXPRESSION of a rule of TABLE on PACKET, which it may change, as it may REGISTERS. */
Step evaluate(Machine *machine, const NftTable *table, const Expression *expression, Packet *packet,
              Registers *registers);

/* Puts what ELEMENT maps to in REGISTERS, and teaches PACKET that its key was ELEMENT's. */
void evaluate_found(const NftTable *table, const Expression *lookup, const NftElement *element,
                    Packet *packet, Registers *registers);
