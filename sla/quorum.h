/* sla/quorum.h - copies, holders of shares and faults of one resource, taken together.
 *
 * Planes build what clauses ask for and no more: the numbers that the clauses of one resource come
 * to are read as they stand. Each rule is one inequality between them (Bessani et al., "DepSky",
 * EuroSys 2011: 3f + 1 clouds, quorums of n - f, f + 1 shares; Lamport, Shostak and Pease, "The
 * Byzantine Generals Problem", 1982; for crashes, majorities where copies must agree). 2f + 1 with
 * trusted metadata (Dobre et al., "Hybris", SoCC 2014) cannot be said in the language. For sla/
 * only. Pure. */
#ifndef REDAN_SLA_QUORUM_H
#define REDAN_SLA_QUORUM_H

#include "sla/family.h"

/* Whose clause says what; NEEDED and SPARE are k and n - k of a threshold. */
enum sla_quorum_role {
    SLA_QUORUM_FAULTS,
    SLA_QUORUM_MODEL,
    SLA_QUORUM_INTEGRITY,
    SLA_QUORUM_NEEDED,
    SLA_QUORUM_SPARE,
    SLA_QUORUM_COPIES,
    SLA_QUORUM_SPREAD,   /* by whatever asks for most */
    SLA_QUORUM_PROVIDERS /* spread by provider */
};
enum { SLA_QUORUM_ROLES = 8 };

enum sla_quorum_rule {
    SLA_QUORUM_COPIES_FAULTS,
    SLA_QUORUM_HOLDERS_FAULTS,
    SLA_QUORUM_SPARE_FAULTS,
    SLA_QUORUM_SECRET_FAULTS,
    SLA_QUORUM_COPIES_HOLDERS,
    SLA_QUORUM_COPIES_SPREAD,
    SLA_QUORUM_HOLDERS_SPREAD,
    SLA_QUORUM_PROVIDERS_HOLDERS
};
enum { SLA_QUORUM_RULES = 8 };

/* What clauses ask for together. */
struct sla_quorum {
    const struct sla_clause *by[SLA_QUORUM_ROLES]; /* the first that asks for as much; NULL: none */
    int64_t asked[SLA_QUORUM_ROLES];               /* 0: nothing; levels by their place */
};

/* Takes in one more requirement of one of the terms; others are left out. */
void sla_quorum_add(struct sla_quorum *quorum, const struct sla_clause *clause);

/* The roles without which the numbers would fit the rule, SLA_BIT of each; 0: they do fit. */
unsigned sla_quorum_breaks(const struct sla_quorum *quorum, enum sla_quorum_rule rule);
/* Of the roles that break it: how many there are, and how many there must be. */
int64_t sla_quorum_have(const struct sla_quorum *quorum, enum sla_quorum_rule rule);
int64_t sla_quorum_need(const struct sla_quorum *quorum, enum sla_quorum_rule rule, unsigned roles);
/* "copies", "3f + 1 = 4 for f = 1 byzantine faults": what is counted, and the arithmetic. */
const char *sla_quorum_counts(enum sla_quorum_rule rule);
void sla_quorum_format_need(const struct sla_quorum *quorum, enum sla_quorum_rule rule,
                            unsigned roles, struct buf *out);

#endif
