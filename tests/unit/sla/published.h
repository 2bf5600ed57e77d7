/* tests/unit/sla/published.h - published decision cases, told in our language and decided by it.
 *
 * A reader (of XACML or Cedar) turns a case into facts, each with its truth for the request, and a
 * tree of rules under which sets of facts permit or forbid. From there on nothing knows where the
 * case came from: the tree becomes tiers, tiers become documents, the compiler reads them and
 * policy_decide is asked. What cannot be told gets a reason out of a closed list, found in the
 * content of the case. Everything lives in the arena. */
#ifndef REDAN_TESTS_UNIT_SLA_PUBLISHED_H
#define REDAN_TESTS_UNIT_SLA_PUBLISHED_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "sla/policy/combine.h"

enum {
    PUBLISHED_FACTS_MAX = 64,
    PUBLISHED_LITERALS_MAX = 16, /* facts of one box */
    PUBLISHED_BOXES_MAX = 64,    /* of one rule */
    PUBLISHED_TIERS_MAX = 32,
    PUBLISHED_RULES_MAX = 64
};

/* --- facts and the boxes they make ------------------------------------------------------------ */

enum published_kind {
    PUBLISHED_WHO,       /* who asks */
    PUBLISHED_GROUP,     /* what else is true of who asks */
    PUBLISHED_THING,     /* true of the resource */
    PUBLISHED_ACT,       /* what is asked for */
    PUBLISHED_AROUND,    /* true of the situation */
    PUBLISHED_WORKED_OUT /* what no document can say: its truth comes with the request, as a group
                          */
};

enum published_truth { PUBLISHED_NO, PUBLISHED_YES, PUBLISHED_UNKNOWN };

struct published_fact {
    enum published_kind kind;
    enum published_truth truth;
    struct slice says; /* "subject-id is Julius Hibbert"; equal texts are one fact */
};

struct published_literal {
    uint8_t fact;
    bool is_denied;
};

struct published_box { /* all of these */
    struct published_literal literals[PUBLISHED_LITERALS_MAX];
    size_t count;
};

struct published_boxes { /* one of these; none: never */
    const struct published_box *boxes;
    size_t count;
};

/* --- the tree of rules ------------------------------------------------------------------------ */

struct published_node {
    bool is_rule;
    bool permits;        /* a rule */
    bool counts_targets; /* only-one-applicable */
    enum sla_combining how;
    unsigned number; /* of a rule */
    struct published_boxes when;
    const struct published_node *first, *next;
};

/* Why a case is not decided, or what of it the decision leaves out. */
enum published_reason {
    PUBLISHED_MALFORMED,
    PUBLISHED_SEVERAL,
    PUBLISHED_CONTENT,
    PUBLISHED_PATTERN,
    PUBLISHED_FUNCTION,
    PUBLISHED_REFERENCE,
    PUBLISHED_COUNTS_TARGETS,
    PUBLISHED_OLD_ERRORS,
    PUBLISHED_STOPS,
    PUBLISHED_OPENS,
    PUBLISHED_NESTED,
    PUBLISHED_SIZE,
    /* decided, but */
    PUBLISHED_COMPUTED,
    PUBLISHED_TOGETHER,
    PUBLISHED_EITHER_WAY,
    PUBLISHED_SKIPPED,
    PUBLISHED_DUTIES,
    PUBLISHED_RETURNED,
    PUBLISHED_REASONS
};
enum { PUBLISHED_FIRST_REMARK = PUBLISHED_COMPUTED };

enum published_verdict {
    PUBLISHED_PERMIT,
    PUBLISHED_DENY,
    PUBLISHED_NOT_APPLICABLE,
    PUBLISHED_INDETERMINATE
};

struct published_case {
    struct arena *arena;
    struct slice path;
    struct published_fact facts[PUBLISHED_FACTS_MAX];
    size_t fact_count;
    const struct published_node *root;
    enum published_verdict wanted;
    uint32_t reasons;  /* bit a reason */
    bool is_closed;    /* nobody's silence permits: who asks is of another party */
    bool has_deciding; /* compare them */
    uint64_t deciding; /* bit a rule */
    bool is_misread;   /* the reader does not agree with the case about what errs */
    bool asks_once;    /* what is not known stays so (set by published_tiers) */
};

void published_note(struct published_case *self, enum published_reason reason);
bool published_is_stopped(const struct published_case *self);
const char *published_verdict_name(enum published_verdict value);

/* Index of the fact; one that is there already when it says the same with the same truth. */
uint8_t published_fact(struct published_case *self, enum published_kind kind,
                       enum published_truth truth, struct slice says);

struct published_boxes published_always(struct published_case *self);
struct published_boxes published_is(struct published_case *self, uint8_t fact, bool is_denied);
/* Too many boxes or literals stop the case. */
struct published_boxes published_and(struct published_case *self, struct published_boxes a,
                                     struct published_boxes b);
struct published_boxes published_or(struct published_case *self, struct published_boxes a,
                                    struct published_boxes b);
enum published_truth published_truth(const struct published_case *self,
                                     struct published_boxes boxes);

/* --- tiers ------------------------------------------------------------------------------------ */

enum published_op { PUBLISHED_OP_PERMIT, PUBLISHED_OP_DENY, PUBLISHED_OP_PASS };

struct published_entry {
    enum published_op op;
    unsigned rule;
    struct published_boxes when;
    struct published_entry *next;
};

struct published_tier {
    const char *combine; /* NULL: only one effect is in it */
    struct published_entry *first;
};

struct published_tiers {
    struct published_tier list[PUBLISHED_TIERS_MAX];
    size_t count;
    bool closes; /* always decides */
};

/* The tree as tiers, to be asked in this order; or stops the case. */
void published_tiers(struct published_case *self, struct published_tiers *out);

/* --- decided ---------------------------------------------------------------------------------- */

/* Compiles the case and decides it. False, with what was wrong in `out_wrong`, when the verdict or
 * the deciding rules differ; a case that is or becomes stopped is true. */
bool published_decide(struct published_case *self, struct buf *out_wrong);

/* --- readers ---------------------------------------------------------------------------------- */

/* One line of xacml/cases.jsonl. */
void xacml_read(struct arena *arena, const struct json *row, struct published_case *out);

/* One line of cedar/cases.jsonl, and one of its requests. */
void cedar_read(struct arena *arena, const struct json *row, const struct json *request,
                struct published_case *out);

#endif
