/* sla/terms/term.h - the one table of terms: parser, checker, schema, reference and conflicts read
 * it.
 *
 * A term is a row. A new one: find its domain (sla/terms/domain.h; a new kind of value is a new
 * domain) and the domain's parameter `of`, write the row into the file of its group
 * (sla/terms/term_place.c, term_trust.c, term_secrecy.c, term_amount.c, term_data.c,
 * term_response.c, term_rule.c), renew docs/reference/sla.md. A member of clauses that only some
 * terms take is an extra: a bit of enum sla_extra, a field of the clause's record
 * (sla/read/schema_items.c) and a row in `extras` of sla/read/clause.c. Everything else follows.
 * Pure. */
#ifndef REDAN_SLA_TERMS_TERM_H
#define REDAN_SLA_TERMS_TERM_H

#include <stdint.h>

#include "base/slice.h"
#include "model/policy.h"
#include "sla/values/universe.h"
#include "sla/values/value.h"

struct sla_domain;

/* requires: must hold in every outcome. offers: a capability. reserves: a right its party may use.
 */
enum sla_stance { SLA_REQUIRES, SLA_OFFERS, SLA_RESERVES };
enum sla_strength { SLA_MUST, SLA_SHOULD };
enum { SLA_STANCES = 3, SLA_STRENGTHS = 2, SLA_TERM_CONTROLS_MAX = 4, SLA_TERM_CALLED_MAX = 8 };
#define SLA_BIT(value) (1U << (unsigned)(value))

/* Members of a clause that only some terms take. */
enum sla_extra {
    SLA_EXTRA_WINDOW = 1U << 0,
    SLA_EXTRA_PLANNED = 1U << 1,
    SLA_EXTRA_ACTION = 1U << 2,
    SLA_EXTRA_SHARE = 1U << 3,
    SLA_EXTRA_BY = 1U << 4,
    SLA_EXTRA_WITHIN = 1U << 5,
    SLA_EXTRA_NOTICE = 1U << 6,
    SLA_EXTRA_TIER = 1U << 7,
    SLA_EXTRA_PER = 1U << 8,
    SLA_EXTRA_DELEGATE = 1U << 9,
    SLA_EXTRA_UNDER = 1U << 10
};
enum { SLA_EXTRAS = 11 };

/* What `when` may speak of: dimensions of a guard. */
enum sla_when {
    SLA_WHEN_SEVERITY = 1U << 0,
    SLA_WHEN_PHASE = 1U << 1,
    SLA_WHEN_CLASS = 1U << 2,
    SLA_WHEN_TIME = 1U << 3,
    SLA_WHEN_LOCATION = 1U << 4,
    SLA_WHEN_PURPOSE = 1U << 5,
    SLA_WHEN_ALL = (1U << 6) - 1
};

/* Who chooses among what is offered, and so when a requirement holds. */
enum sla_chooser {
    SLA_OURS,   /* an offer is a menu, we pick: the meet of requirements and offer is not empty */
    SLA_THEIRS, /* the provider does as it likes within its offer: one must imply the requirement */
    SLA_BUDGET, /* as theirs, over windows: the worst the best offer may spend must fit */
    SLA_BUILT,  /* an offer that implies it, or we ourselves on our planes */
    SLA_RULE,   /* nobody: permitted, forbidden, obliged */
    SLA_GIVEN   /* an assumption: only ever makes others hold */
};

/* What a clause becomes. */
enum sla_becomes {
    SLA_BECOMES_POLICY,     /* policies on an action */
    SLA_BECOMES_OBJECTIVE,  /* a measured objective */
    SLA_BECOMES_CHECK,      /* held against offers when compiled; no plane enforces it */
    SLA_BECOMES_DESIRED,    /* part of how the planes shall look */
    SLA_BECOMES_ASSUMPTION, /* taken for true, with its owner */
    SLA_BECOMES_RECORD      /* kept with the world; nothing holds it yet */
};

/* Targets of `sla compile --emit` that print it. */
enum sla_emit {
    SLA_EMIT_NFT = 1U << 0,
    SLA_EMIT_OVN = 1U << 1,
    SLA_EMIT_LIBVIRT = 1U << 2,
    SLA_EMIT_STORE = 1U << 3,
    SLA_EMIT_SIGMA = 1U << 4
};

enum {
    SLA_PLANE_SERVICE =
        1U << PLANE_KINDS, /* beside the bits of planes: targets that are services */
    SLA_PLANES_ALL = SLA_BIT(PLANE_COMPUTE) | SLA_BIT(PLANE_DATA) | SLA_BIT(PLANE_NETWORK)
};

struct sla_term {
    const char *name; /* "respond.mttr" */
    const struct sla_domain *domain;
    const void *of;   /* the domain's parameter: a universe, a quantity, words */
    unsigned ops;     /* SLA_BIT of enum sla_op */
    unsigned stances; /* SLA_BIT of enum sla_stance */
    unsigned planes;  /* SLA_BIT of enum plane_kind, SLA_PLANE_SERVICE */
    enum sla_chooser chooser;
    unsigned when;   /* of enum sla_when: what a guard may name; 0: no `when` */
    unsigned extras; /* of enum sla_extra: allowed */
    unsigned needed; /* of the extras: must be there */
    unsigned pers;   /* SLA_BIT of enum sla_per: what `per` may be */
    uint64_t acts;   /* that it is always about, bit an enum sla_act; 0: of `action` */
    enum sla_becomes becomes;
    enum objective_kind objective; /* OBJECTIVE only */
    unsigned emit;                 /* of enum sla_emit */
    unsigned held;    /* of these: that have a field of their own for it; others pass it on */
    unsigned held_to; /* of words: the highest that they have a field for */
    const char *doc;
    const char *value_doc;
    const char *example; /* members of a clause after `on` */
    /* In everyday speech, in small letters; perhaps of several terms. Proposed, never read. */
    const char *called[SLA_TERM_CALLED_MAX];
    const char *controls[SLA_TERM_CONTROLS_MAX];
};

/* Rows of one theme, in one file. */
struct sla_term_group {
    const char *title;
    const struct sla_term *terms;
    size_t count;
};

extern const struct sla_term_group sla_terms_place;
extern const struct sla_term_group sla_terms_trust;
extern const struct sla_term_group sla_terms_secrecy;
extern const struct sla_term_group sla_terms_amount;
extern const struct sla_term_group sla_terms_data;
extern const struct sla_term_group sla_terms_response;
extern const struct sla_term_group sla_terms_rule;
extern const struct sla_term_group sla_terms_given; /* assumptions (sla/resolve/assume.h) */

/* All groups, in the order of the reference. */
const struct sla_term_group *const *sla_term_groups(size_t *out_count);
/* Targets that print something of such a resource, of enum sla_emit. */
unsigned sla_emit_targets(const struct resource *at);

size_t sla_term_count(void);
/* Terms are numbered through all groups. */
const struct sla_term *sla_term_at(size_t index);
size_t sla_term_index(const struct sla_term *term);
const struct sla_term *sla_term_find(struct slice name); /* NULL: none */
/* Terms that people call so, whatever its case and however its words are divided
 * ("Data-Residency"): names into `out`, which has room for all terms. Returns how many. */
size_t sla_terms_called(struct slice word, struct slice *out);

const char *sla_op_name(enum sla_op op); /* as written: "not in" */
bool sla_op_parse(struct slice text, enum sla_op *out);
const char *sla_stance_name(enum sla_stance stance);
bool sla_stance_parse(struct slice text, enum sla_stance *out);
const char *sla_strength_name(enum sla_strength strength);
bool sla_strength_parse(struct slice text, enum sla_strength *out);

#endif
