/* sla/conflict/quorum.h - copies, holders of shares and faults of one resource, taken together.
 *
 * Planes build what clauses ask for and no more: the numbers that the clauses of one resource come
 * to are read as they stand. Each rule is one inequality between them (Bessani et al., "DepSky",
 * EuroSys 2011: 3f + 1 clouds, quorums of n - f, f + 1 shares; Lamport, Shostak and Pease, "The
 * Byzantine Generals Problem", 1982; for crashes, majorities where copies must agree). 2f + 1 with
 * trusted metadata (Dobre et al., "Hybris", SoCC 2014) cannot be said in the language. For sla/
 * only. Pure. */
#ifndef REDAN_SLA_CONFLICT_QUORUM_H
#define REDAN_SLA_CONFLICT_QUORUM_H

#include "sla/terms/family.h"

/* Whose clause says what; NEEDED and SPARE are k and n - k of a threshold. */
enum sla_quorum_role {
    SLA_QUORUM_FAULTS,
    SLA_QUORUM_MODEL,
    SLA_QUORUM_INTEGRITY,
    SLA_QUORUM_NEEDED,
    SLA_QUORUM_SPARE,
    SLA_QUORUM_COPIES,
    SLA_QUORUM_SPREAD,    /* by whatever asks for most */
    SLA_QUORUM_PROVIDERS, /* spread by provider */
    SLA_QUORUM_PLACES     /* that the resources of a spread stand at; no clause asks for it */
};
enum { SLA_QUORUM_ROLES = 9 };

enum sla_quorum_rule {
    SLA_QUORUM_COPIES_FAULTS,
    SLA_QUORUM_HOLDERS_FAULTS,
    SLA_QUORUM_SPARE_FAULTS,
    SLA_QUORUM_SECRET_FAULTS,
    SLA_QUORUM_COPIES_HOLDERS,
    SLA_QUORUM_COPIES_SPREAD,
    SLA_QUORUM_HOLDERS_SPREAD,
    SLA_QUORUM_PROVIDERS_HOLDERS,
    SLA_QUORUM_PLACES_SPREAD
};
enum { SLA_QUORUM_RULES = 9 };

/* What clauses ask for together. */
struct sla_quorum {
    const struct sla_clause *by[SLA_QUORUM_ROLES]; /* the first that asks for as much; NULL: none */
    int64_t asked[SLA_QUORUM_ROLES];               /* 0: nothing; levels by their place */
};

/* The requirement's resources stand at so many places at most. */
void sla_quorum_add_places(struct sla_quorum *quorum, const struct sla_clause *clause,
                           int64_t places);
/* The terms that give numbers. */
enum { SLA_QUORUM_TERMS = 6 };
extern const char *const sla_quorum_terms[SLA_QUORUM_TERMS];
/* Takes in one more requirement of one of the terms; others are left out. */
void sla_quorum_add(struct sla_quorum *quorum, const struct sla_clause *clause);

/* The roles that somebody asks for, SLA_BIT of each. */
unsigned sla_quorum_roles(const struct sla_quorum *quorum);
/* The roles without which the numbers would fit the rule, SLA_BIT of each; 0: they do fit. */
unsigned sla_quorum_breaks(const struct sla_quorum *quorum, enum sla_quorum_rule rule);
/* The roles of which the rule counts how many there are. */
unsigned sla_quorum_counted(enum sla_quorum_rule rule);
/* How many there must be for all that asks for it; 0: the rule does not speak. */
int64_t sla_quorum_need_for_all(const struct sla_quorum *quorum, enum sla_quorum_rule rule);
/* Of the roles that break it: how many there are, and how many there must be. */
int64_t sla_quorum_have(const struct sla_quorum *quorum, enum sla_quorum_rule rule);
int64_t sla_quorum_need(const struct sla_quorum *quorum, enum sla_quorum_rule rule, unsigned roles);
/* "copies" of that many, "3f + 1 = 4 for f = 1 byzantine faults": what is counted, and the
 * arithmetic. */
const char *sla_quorum_counts(enum sla_quorum_rule rule, int64_t count);
void sla_quorum_format_need(const struct sla_quorum *quorum, enum sla_quorum_rule rule,
                            unsigned roles, struct buf *out);

/* --- moments ---------------------------------------------------------------------------------- */

enum { SLA_QUORUM_CELLS_MAX = 64 };

/* Moments of one resource, told apart by the distinct intersections of the guards. */
struct sla_quorum_cells {
    struct sla_quorum_asked {
        const struct sla_member *members;
        size_t count;
    } asked[SLA_QUORUM_TERMS];
    size_t asked_count;
    uint32_t guards[SLA_QUORUM_CELLS_MAX];
    size_t count;
    bool is_cut; /* there are more */
};

/* Takes in requirements, as many as SLA_QUORUM_TERMS times; they are borrowed. */
void sla_quorum_cells_add(struct sla_quorum_cells *cells, struct sla_guards *guards,
                          const struct sla_member *members, size_t count);
/* What is asked for together at that moment. */
struct sla_quorum sla_quorum_at(const struct sla_quorum_cells *cells,
                                const struct sla_guards *guards, size_t cell);

#endif
