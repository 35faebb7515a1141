/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan: the actions that cure findings, with what they are predicted to change. Nothing is
 * planned that is not predicted to cure, and nothing is changed here. */
#pragma once

#include "model/diagnosis/lost-flows.h"
#include "model/firewalld/verdict.h"
#include "model/plan/action.h"
#include "model/plan/harms.h"

/* What the user asks for; all zero is "cure what can be cured, in the zone that makes sense". */
typedef struct {
    const char
        *zone; /* NULL: the zone that filters what is refused, else what filters the uplink */
    const char *const *interfaces; /* NULL or empty: uplinks with a finding that binding cures */
    const Declared *declared;      /* as for topology_new() */
    const Diagnosis
        *known;            /* of the snapshot, with DECLARED, to outlive the plan; NULL: none yet */
    bool runtime_only;     /* leave alone what lasts */
    bool permanent_only;   /* leave the running firewall alone; not with runtime_only */
    bool move;             /* an interface may be taken out of another zone */
    bool enable_forward;   /* the zone's intra-zone forwarding may be switched on */
    bool bind_downstreams; /* downstreams that are refused may be bound to the zone, too */
    bool force;            /* accept zones that accept everything, or that another program keeps */
} PlanRequest;

/* What the user should know of a plan. The comments name the members of PlanNote that are set. */
typedef enum {
    NOTE_RUNTIME_ONLY,
    NOTE_PERMANENT_ONLY,
    NOTE_MASQUERADE_LOST,    /* zone, interface: what leaves through it is no longer masqueraded */
    NOTE_POLICIES_FORGOTTEN, /* zone, losses: until a reload, which would undo those */
    NOTE_RULES_KEPT,         /* interface, zone, losses: until a reload, which would undo those */
    NOTE_RELOADS,            /* losses: what the reload undoes beside */
    NOTE_OVERTAKEN,          /* interface or zone, scope: not undone, somebody else changed it */
    NOTE_STATE_UNREAD,       /* interface or zone, scope: not undone, its state is not known */
    NOTE_TRIAL,              /* seconds: after which it is undone unless it is confirmed */
    NOTE_TRIAL_OF_POLICY,    /* seconds: the same, for a plan of which all is done at once */
    NOTE_NOTHING_ON_TRIAL,
    NOTE_NOT_RECORDED, /* reason: undo will not know of this */
} PlanNoteCode;

typedef struct {
    PlanNoteCode code;
    ActionScope scope;
    char *interface;
    char *zone;
    GPtrArray *losses; /* ReloadLoss; NULL: not known */
    guint seconds;
    char *reason;
} PlanNote;

/* Copies the strings of NOTE and takes its losses. */
void plan_notes_add(GPtrArray *notes, PlanNote note);

/* An array of PlanNote. */
GPtrArray *plan_notes_new(void);

typedef struct {
    char *zone;              /* NULL where there is nothing to do */
    GPtrArray *actions;      /* Action, in the order they are to be done */
    Snapshot *predicted;     /* the snapshot as it would be afterwards */
    bool permanent_only;     /* only what lasts is changed, so that the next two are of a reboot */
    const Snapshot *start;   /* what is judged: the snapshot, or plan_predict_reboot() of it */
    const Snapshot *goal;    /* PREDICTED, or plan_predict_reboot() of it */
    GPtrArray *after_reboot; /* Snapshot: those of plan_predict_reboot() */
    const Diagnosis *before; /* of START: what was known, or DIAGNOSED */
    Diagnosis *diagnosed;
    Diagnosis *after;   /* of GOAL */
    GPtrArray *cured;   /* Finding of BEFORE that AFTER no longer has (transfer none) */
    GPtrArray *caused;  /* Finding of AFTER, no mere info, that BEFORE does not have (likewise) */
    Exposure *exposure; /* what else passes afterwards, or no longer */
    GPtrArray *notes;   /* PlanNote: what else the user should know */
} Plan;

/* Why nothing is planned. The comments name the members of PlanRefusal that are set. */
typedef enum {
    REFUSED_NO_SUCH_LINK,     /* interface; other: which may be meant, or NULL */
    REFUSED_NAME,             /* interface: firewalld's files cannot hold its name */
    REFUSED_ALTERNATIVE_NAME, /* interface; other: the name that firewalld knows */
    REFUSED_LOOPBACK,         /* interface */
    REFUSED_PORT,             /* interface; other: its master, NULL where that is not known */
    REFUSED_NO_SUCH_ZONE,     /* zone; other: which may be meant, or NULL */
    REFUSED_HEALTHY,          /* interface; zone: that filters it; other: the one that was named */
    REFUSED_ACCEPTING_ZONE,   /* zone: an uplink in it would open the whole host */
    REFUSED_PROGRAMS_ZONE,    /* zone: another program keeps it */
    REFUSED_PROGRAMS_LINK,    /* interface, zone: another program keeps it in there */
    REFUSED_SEVERAL_ZONES,    /* interface, zones: that refuse what leaves through it */
    REFUSED_DIFFERENT_ZONES,  /* zone, other: the uplinks need both */
    REFUSED_ZONE_UNREAD,      /* interface: which zone filters it */
    REFUSED_BOUND_ELSEWHERE,  /* interface, zone, scope: who binds it there */
    REFUSED_PROFILE_UNKNOWN,  /* interface: NetworkManager manages it */
    REFUSED_MANAGER_UNREAD,   /* interface: whether NetworkManager manages it */
    REFUSED_PERMANENT_UNREAD, /* interface; NULL: all that is permanent */
    REFUSED_PERMANENT_CONFLICT, /* interface: it is bound in more than one zone */
    REFUSED_NOT_CURED,          /* interface, zone; finding: what is left; better */
    REFUSED_WORSE,              /* finding: what it would add; better */
    REFUSED_LOSES_FLOW,         /* lost: what passes now and would not */
    REFUSED_NOTHING_OFFERED,    /* finding: the worst one, which has no fix */
    REFUSED_RELOAD_LOSES,       /* losses: ReloadLoss */
    REFUSED_POLICY_AT_RUN_TIME, /* finding: the worst one, whose fix cannot be made at run time only */
    REFUSED_RULES_KEPT,         /* interface, zone: whose rules would stay; losses: ReloadLoss */
    REFUSED_RULES_KEPT_BY_RELOAD, /* likewise, and a reload keeps the binding that they are of */
    REFUSED_HARM,                 /* harm; better */
} PlanRefusalCode;

typedef struct {
    PlanRefusalCode code;
    const char *interface;
    const char *other;
    const char *zone;
    const GPtrArray *zones;  /* char * */
    const GPtrArray *losses; /* ReloadLoss */
    ActionScope scope;
    const Finding *finding;
    Harm harm;
    LostFlow lost;
    char **better; /* the command line of a plan that would cure: the caller's to find */
    Plan *attempt; /* as far as it got; it holds what the rest points at */
} PlanRefusal;

void plan_refusal_clear(PlanRefusal *refusal);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PlanRefusal, plan_refusal_clear)

/* Plans what REQUEST asks for on SNAPSHOT; both must outlive the result. Returns NULL, and fills
 * *REFUSAL unless REFUSAL is NULL, for an interface or a zone that does not exist, and for what would
 * not cure, would break something else, or needs another option. */
Plan *plan_new(const Snapshot *snapshot, const PlanRequest *request,
               PlanRefusal *refusal) G_GNUC_WARN_UNUSED_RESULT;

/* The actions (Action) that plan_new() would begin with, whether they cure or not, and their zone, or
 * NULL where it would refuse to make any (transfer full of both). */
GPtrArray *plan_choose_actions(const Snapshot *snapshot, const PlanRequest *request, char **zone);

/* The flows (Flow) that DIAGNOSIS says are to pass, and do not: they are not counted as opened
 * (transfer full; valid as long as DIAGNOSIS). */
GArray *plan_needed_flows(const Snapshot *snapshot, const Diagnosis *diagnosis);

/* A plan of ACTIONS (Action, copied) on SNAPSHOT, which must outlive it: nothing is chosen or
 * refused, only predicted. DECLARED as in PlanRequest. */
Plan *plan_of_actions(const Snapshot *snapshot, const GPtrArray *actions, const Declared *declared);

/* The same for what is REQUEST's to say of such a plan: what is declared, and that only what runs or
 * what lasts is to be changed, which ACTIONS must be fit for. For the latter, the permanent
 * configuration must have been read. */
Plan *plan_of_actions_as(const Snapshot *snapshot, const GPtrArray *actions,
                         const PlanRequest *request);

/* The first note of PLAN with CODE, or NULL (transfer none). */
const PlanNote *plan_find_note(const Plan *plan, PlanNoteCode code);

void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* SNAPSHOT as a reboot leaves it, for plans of what lasts alone (transfer full). NULL where the
 * permanent configuration was not read. */
Snapshot *plan_predict_reboot(const Snapshot *snapshot) G_GNUC_WARN_UNUSED_RESULT;

/* The verdict on new connections like SESSION, a flow to this host by which it is administrated, once
 * PLAN is done; NULL where it locks nobody out, since they are still accepted or were not before
 * (transfer full). The session itself may live on: established connections are accepted. */
Verdict *plan_find_lock_out(const Plan *plan, const Flow *session);

/* Whether SNAPSHOT, read anew, is still what PLAN starts from. */
bool plan_preconditions_hold(const Plan *plan, const Snapshot *snapshot);
