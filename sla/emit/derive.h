/* sla/emit/derive.h - the desired state while it is made. For sla/emit/desired*.c only. */
#ifndef REDAN_SLA_EMIT_DERIVE_H
#define REDAN_SLA_EMIT_DERIVE_H

#include "sla/emit/desired.h"

struct derive_dispute;
struct derive_note;

struct derive {
    struct arena *arena;
    const struct sla_world *world;
    struct desired *out;
    struct derive_dispute *disputes; /* by clause */
    size_t dispute_count;
    struct derive_note *last_note; /* what is not held */
    size_t note_count;
};

/* One more resource on which nothing holds a clause; ascending, clause by clause. */
void derive_not_held(struct derive *derive, const struct sla_clause *clause,
                     enum desired_reason reason, size_t resource);

/* Whether the clause counts on this resource; when a conflict says that it does not, notes it. */
bool derive_counts(struct derive *derive, const struct sla_clause *clause, size_t resource);

/* The same without a note. */
bool derive_is_disputed(const struct derive *derive, const struct sla_clause *clause,
                        size_t resource);

/* What decisions look up. */
void derive_rulings(struct derive *derive);
/* Conditions of what stands in policies. */
void derive_conditions(struct derive *derive);

/* A clause on one of its resources. */
struct derive_pair {
    size_t resource;
    uint32_t order;  /* the part's own, within a resource */
    uint32_t clause; /* of the list handed in */
};
struct derive_pairs {
    struct derive_pair *items; /* by resource, order, clause */
    size_t count;
};
/* The order of the clause there; false: it does not count, and that was noted. */
typedef bool(derive_rank_fn)(struct derive *derive, const struct sla_clause *clause,
                             size_t resource, uint32_t *out_order);
/* Those that count, and speak there at all; what else there is was noted. */
struct derive_pairs derive_pairs(struct derive *derive, const struct sla_clause *const *clauses,
                                 size_t count, derive_rank_fn *rank);

/* Canonical: party, document, id, line. */
int derive_ref_order(const struct clause_ref *a, const struct clause_ref *b);
/* Sorts, each once: the count of what stays. */
size_t derive_settle_refs(const struct clause_ref **refs, size_t count);
/* A list of one. */
struct desired_origin derive_origin(struct arena *arena, const struct clause_ref *clause);

/* Clauses of one part of the desired state, in canonical order, offers left out. */
void derive_boxes(struct derive *derive, const struct sla_clause *const *clauses, size_t count);
/* When boxes and items are there: what of the items bounds a box, and who passes each of them. */
void derive_limits(struct derive *derive);
void derive_items(struct derive *derive, const struct sla_clause *const *clauses, size_t count);
void derive_heeds(struct derive *derive, const struct sla_clause *const *clauses, size_t count);
void derive_watches(struct derive *derive, const struct sla_clause *const *reactions, size_t count);

#endif
