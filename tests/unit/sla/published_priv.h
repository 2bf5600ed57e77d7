/* tests/unit/sla/published_priv.h - a case while it is told: what its facts became. */
#ifndef REDAN_TESTS_UNIT_SLA_PUBLISHED_PRIV_H
#define REDAN_TESTS_UNIT_SLA_PUBLISHED_PRIV_H

#include "sla/values/acts.h"
#include "tests/unit/sla/published.h"

enum { DIMENSIONS = 3, TARGETS_MAX = 128, GROUPS_MAX = 128, ACTS_MAX = 8, CLAUSES_MAX = 512 };

/* Facts that a request may leave out: where an unknown one stands in a document. */
struct published_dimension {
    const char *when;
    uint8_t known; /* enum policy_known */
};
extern const struct published_dimension published_dimensions[DIMENSIONS];

struct teller {
    struct published_case *self;
    struct buf targets, resources, clauses;
    struct slice target_keys[TARGETS_MAX];
    size_t target_count;
    struct slice groups[GROUPS_MAX]; /* by number: what the group stands for */
    bool is_member[GROUPS_MAX];      /* who asks is of it */
    size_t group_count;
    enum sla_act act_of[PUBLISHED_FACTS_MAX];
    enum sla_act acts[ACTS_MAX]; /* those that the case knows; the last one is any other */
    size_t act_count;
    enum sla_act asked;
    int dimension_of[PUBLISHED_FACTS_MAX]; /* of unknown facts; -1: of none */
    unsigned unknown_count;
    bool purposes; /* what is around is told as the purpose */
    int who;       /* the fact; -1: nobody who is named */
    unsigned rule_of[CLAUSES_MAX];
    size_t clause_count;
};

void teller_done(struct teller *teller);
/* Gives each fact its place, then prints the documents; may stop the case. */
void teller_tell(struct teller *teller, const struct published_tiers *tiers, struct buf *out);

#endif
