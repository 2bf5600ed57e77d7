/* orchestrator/knowledge/conflicts.h - conflicts found between clauses, and what was decided. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_CONFLICTS_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_CONFLICTS_H

#include "orchestrator/knowledge/knowledge.h"

enum conflict_state { CONFLICT_OPEN, CONFLICT_RESOLVED, CONFLICT_WAIVED };

struct conflict_record {
    struct slice id;      /* stable over recompilation: derived from the clauses */
    uint64_t world;       /* version it was last found in */
    struct slice kind;    /* class: "set", "modality", "arithmetic", "duty", "quorum" */
    struct slice summary; /* one line for lists */
    enum conflict_state state;
    uint32_t chosen; /* 1-based repair; 0 none */
    struct slice by; /* who decided; "" nobody */
    struct slice reason;
    int64_t until_ms; /* of a waiver; 0 none */
    int64_t opened_us, decided_us;
    struct slice json; /* clauses, witness, arithmetic, repairs */
    /* "document/clause" of the `should` clause that gives way: a degradation, which waits for
     * nobody; "" all of them must hold */
    struct slice yields;
};

/* Adds or replaces by id. */
struct status knowledge_put_conflict(struct knowledge *knowledge,
                                     const struct conflict_record *conflict) MUST_USE;
struct status knowledge_get_conflict(struct knowledge_reader *reader, struct slice id,
                                     struct arena *arena, struct conflict_record *out) MUST_USE;

struct conflict_query {
    struct knowledge_page page; /* by id */
    bool open_only;             /* what waits for a decision */
};
typedef struct status(conflict_row_fn)(void *arg, const struct conflict_record *row);
struct status knowledge_list_conflicts(struct knowledge_reader *reader,
                                       const struct conflict_query *query, conflict_row_fn *row,
                                       void *arg, bool *out_more) MUST_USE;

/* Without degradations. */
struct status knowledge_count_open_conflicts(struct knowledge_reader *reader,
                                             uint64_t *out) MUST_USE;

const char *conflict_state_name(enum conflict_state value);
bool conflict_state_parse(struct slice text, enum conflict_state *out);

#endif
