/* model/decide.h - may this subject do this act on this resource now? Asked of a compiled world,
 * answered from an index without looking at clauses (design of the language, sections 9 and 15).
 *
 * Rules are sorted into slots, one for each act, class of resources and subject. Resources that no
 * rule tells apart are one class. In a slot rules stand by tier, then clause; a tier is a step of
 * the order in which parties, and within a party its tiers, are asked about that class. The set is
 * immutable, and deciding allocates nothing: any thread may do it. Names become numbers once, at
 * the door. Pure. */
#ifndef REDAN_MODEL_DECIDE_H
#define REDAN_MODEL_DECIDE_H

#include "model/policy.h"

enum {
    POLICY_ANYONE = 0, /* the subject without a name */
    POLICY_GROUPS_MAX = 15,
    POLICY_DECIDING_MAX = 16,
    POLICY_ACTS_MAX = 64,
    POLICY_CLASSES_MAX = 1 << 26, /* of resources */
    POLICY_OTHERS_BIT = 63,       /* of classes of data and purposes: what no document names */
    POLICY_WEEK_MINUTES = 7 * 24 * 60,
    POLICY_WEEK_WORDS = (POLICY_WEEK_MINUTES + 63) / 64,
    POLICY_COUNTRY_WORDS = 4,
    POLICY_NO_TIER = UINT8_MAX
};

/* Facts that a request may leave out. What is not known makes access narrower: a permit under a
 * condition on it does not match, a forbid does, and a pass takes away what its tier would permit
 * but nothing that it forbids. */
enum policy_known {
    POLICY_KNOWS_COUNTRY = 1U << 0,
    POLICY_KNOWS_CLASSES = 1U << 1,
    POLICY_KNOWS_PURPOSE = 1U << 2,
    POLICY_KNOWS_SEVERITY = 1U << 3,
    POLICY_KNOWS_PHASE = 1U << 4,
    POLICY_KNOWS_CONSENTS = 1U << 5,
    POLICY_KNOWS_DONE = 1U << 6,
    POLICY_KNOWS_TIME = 1U << 7
};

struct policy_request {
    uint32_t subject;               /* policy_subject_find; POLICY_ANYONE: unknown */
    uint32_t resource;              /* index into the set's resources */
    const uint32_t *groups;         /* subjects; POLICY_GROUPS_MAX at most */
    const int16_t *zone_offset_min; /* one a zone of the set, at utc_minute; NULL: not known */
    int64_t utc_minute;             /* since 1970-01-01 */
    uint64_t classes;               /* of the data: bits of the set; none: data of no class */
    uint64_t consents;              /* purposes for which there is consent */
    uint64_t done_acts;             /* what this subject has done on this resource */
    uint16_t act;
    uint16_t country, purpose; /* number + 1; 0: known to be none of the set's */
    uint8_t group_count;
    uint8_t severity, phase;
    uint8_t known; /* enum policy_known */
};

enum policy_verdict {
    POLICY_VERDICT_PERMIT,
    POLICY_VERDICT_FORBID,
    POLICY_VERDICT_NONE,    /* nobody said anything, and the subject is of the resource's party */
    POLICY_VERDICT_CONFLICT /* enforced as forbid */
};

struct policy_decision {
    enum policy_verdict verdict;
    uint8_t tier;            /* POLICY_NO_TIER: none decided */
    uint32_t deciding_total; /* clauses that match in the deciding tier, of the effect that won */
    uint16_t deciding_count;
    uint32_t deciding[POLICY_DECIDING_MAX]; /* the first of these, ascending */
};

/* --- the compiled rules ----------------------------------------------------------------------- */

/* Minutes of the week from Monday 00:00, in one zone. */
struct policy_window {
    uint16_t zone;
    uint64_t minutes[POLICY_WEEK_WORDS];
};

/* When a rule speaks; all conditions must hold. */
struct policy_guard {
    int32_t from_day, until_day; /* half open, UTC */
    const struct policy_window *windows;
    const uint64_t *countries; /* POLICY_COUNTRY_WORDS; NULL: all */
    uint64_t classes, purposes;
    uint64_t apart;   /* acts, of which the subject must have done one; 0: no such condition */
    uint64_t consent; /* purposes for which there must be no consent; 0: no such condition */
    uint16_t window_count;
    uint8_t severities, phases;
};

enum policy_rule_effect {
    POLICY_RULE_PERMIT = 1U << 0,
    POLICY_RULE_FORBID = 1U << 1,
    POLICY_RULE_PASS = 1U << 2,  /* this tier does not decide */
    POLICY_RULE_NAMED = 1U << 3, /* who is meant by an `only`, beside its permit */
    POLICY_RULE_OTHERS = 1U << 4 /* forbid to whom the same clause does not name */
};

struct policy_rule {
    uint32_t guard, clause;
    uint32_t list;   /* the resources of its clause, as classes */
    uint16_t order;  /* place in its document, or of the clause that it is granted by */
    uint8_t effects; /* enum policy_rule_effect */
    uint8_t tier;
    uint8_t rank; /* of the subject: user, group, party, role, anyone; less is more specific */
};

struct policy_slot {
    uint32_t act_class; /* act << 26 | class */
    uint32_t subject;
    uint32_t at; /* of its first rule */
    uint32_t count;
    uint8_t fast; /* effects in its first tier when no rule of it has a condition; else 0 */
    uint8_t first_tier;
};

/* What a tier makes of what it saw: nothing, permits, forbids, both. */
enum policy_outcome {
    POLICY_NEXT, /* ask the next tier */
    POLICY_PERMITS,
    POLICY_FORBIDS,
    POLICY_CONFLICTS,
    POLICY_BY_ORDER,      /* the first in its document */
    POLICY_BY_SPECIFICITY /* the most specific, when there is one */
};
enum { POLICY_SEEN = 4 };

struct policy_tier {
    uint8_t outcome[POLICY_SEEN]; /* bit 0: a permit was seen, bit 1: a forbid */
};

struct policy_class {
    uint32_t parties[2]; /* subjects whose resources these are; POLICY_ANYONE: none */
    const struct policy_tier *tiers;
    uint8_t tier_count;
    uint8_t closes; /* the first tier that decides even what it does not see; or POLICY_NO_TIER */
};

struct policy_subject {
    struct slice name; /* "hospital-a", "hospital-a/user/ana" */
    uint32_t party;    /* itself for a party */
    bool is_ruled;     /* some slot is about it */
};

struct policy_list {
    const uint32_t *classes; /* ascending */
    size_t count;
};

struct policy_rules {
    const struct policy_subject *subjects; /* [0] is anyone; then by name */
    size_t subject_count;
    const uint32_t *class_of; /* by resource */
    const struct policy_class *classes;
    size_t class_count;
    const struct policy_list *lists;
    const struct policy_guard *guards; /* [0] always holds */
    const struct policy_rule *rules;
    size_t rule_count;
    const struct policy_slot *slots;         /* open addressing; a free one has count 0 */
    size_t slot_room;                        /* a power of two */
    const struct clause_ref *const *clauses; /* by number */
    const struct slice *zones, *data_classes, *purposes;
    size_t zone_count, data_class_count, purpose_count;
};

/* "hospital-a/user/ana"; its party when no rule is about it, POLICY_ANYONE when there is none of
 * that either. */
uint32_t policy_subject_find(const struct policy_set *set, struct slice name);

uint64_t policy_slot_hash(uint32_t act_class, uint32_t subject);

/* Fills all of `out`. A conflict names clauses of both effects. */
void policy_decide(const struct policy_set *set, const struct policy_request *request,
                   struct policy_decision *out);
/* All clauses that decide, of which a decision names the first: each once, ascending. */
typedef void(policy_deciding_fn)(void *arg, uint32_t clause);
void policy_each_deciding(const struct policy_set *set, const struct policy_request *request,
                          policy_deciding_fn *each, void *arg);
/* The verdict alone, sooner. */
enum policy_verdict policy_verdict(const struct policy_set *set,
                                   const struct policy_request *request);

/* May the party respond so, during an incident of which nothing more is known, the hour included,
 * but what a bucket holds? If not, the clause that forbids it; NULL when that is none: nobody
 * permits it. */
bool policy_may_respond(const struct policy_set *set, enum action_kind action, size_t resource,
                        struct slice party, const struct clause_ref **out_forbids);

const char *policy_verdict_name(enum policy_verdict value);

#endif
