/* sla/term.h - the one table of terms: parser, checker, reference and conflicts read it.
 *
 * A new term is a row here, with a domain of sla/value.h; a new set-valued term needs a universe
 * (sla/universe.h) and nothing else. Pure. */
#ifndef REDAN_SLA_TERM_H
#define REDAN_SLA_TERM_H

#include <stdint.h>

#include "base/slice.h"
#include "model/policy.h"
#include "sla/universe.h"
#include "sla/value.h"

/* requires: must hold in every outcome. offers: a capability. reserves: a right its party may use.
 */
enum sla_stance { SLA_REQUIRES, SLA_OFFERS, SLA_RESERVES };
enum sla_strength { SLA_MUST, SLA_SHOULD };
enum sla_op {
    SLA_OP_IN,
    SLA_OP_NOT_IN,
    SLA_OP_AT_LEAST, /* ">=" */
    SLA_OP_AT_MOST,  /* "<=" */
    SLA_OP_PERMIT,
    SLA_OP_DENY, /* authority: nobody of `value`; flow: no such packet */
    SLA_OP_ONLY, /* nobody but `value` */
    SLA_OP_OBLIGE
};
enum { SLA_STANCES = 3, SLA_STRENGTHS = 2, SLA_OPS = 8, SLA_TERM_CONTROLS_MAX = 4 };
#define SLA_BIT(value) (1U << (unsigned)(value))

/* Members of a clause that only some terms take. */
enum sla_extra {
    SLA_EXTRA_WINDOW = 1U << 0,
    SLA_EXTRA_PLANNED = 1U << 1,
    SLA_EXTRA_ACTION = 1U << 2,
    SLA_EXTRA_SEVERITY = 1U << 3 /* when: {severity: ">= high"} */
};

/* Who decides whether clauses of this term can hold together. */
enum sla_decision {
    SLA_DECIDE_NOTHING,
    SLA_DECIDE_MEET,    /* a choice is ours: the meet of all must not be empty */
    SLA_DECIDE_BUDGET,  /* a window's budget: every outcome of the offer must fit */
    SLA_DECIDE_MODALITY /* permitted, forbidden, obliged */
};

/* What a clause becomes. */
enum sla_effect {
    SLA_EFFECT_POLICY,    /* policies on an action */
    SLA_EFFECT_OBJECTIVE, /* a measured objective */
    SLA_EFFECT_CHECK,     /* held against offers when compiled; no plane enforces it */
    SLA_EFFECT_RECORD     /* kept with the world; nothing holds it yet */
};

struct sla_term {
    const char *name; /* "respond.mttr" */
    enum sla_domain domain;
    const struct sla_universe *universe; /* SET only */
    enum sla_decision decision;
    enum sla_effect effect;
    enum objective_kind objective; /* OBJECTIVE only */
    unsigned ops;                  /* SLA_BIT of enum sla_op */
    unsigned planes;               /* of enum plane_kind */
    unsigned stances;
    unsigned extras; /* allowed */
    unsigned needed; /* of the extras: must be there */
    const char *doc;
    const char *value_doc;
    const char *example; /* members of a clause after `on` */
    const char *controls[SLA_TERM_CONTROLS_MAX];
};

/* All terms, in the order of the reference. */
const struct sla_term *sla_terms(size_t *out_count);
const struct sla_term *sla_term_find(struct slice name); /* NULL: none */

const char *sla_op_name(enum sla_op op); /* as written: "not in" */
bool sla_op_parse(struct slice text, enum sla_op *out);
const char *sla_stance_name(enum sla_stance stance);
bool sla_stance_parse(struct slice text, enum sla_stance *out);
const char *sla_strength_name(enum sla_strength strength);
bool sla_strength_parse(struct slice text, enum sla_strength *out);

#endif
