/* sla/diff/effects_priv.h - what the parts of the effects share: sentences, counted and cut. For
 * sla/diff/effects*.c only. */
#ifndef REDAN_SLA_DIFF_EFFECTS_PRIV_H
#define REDAN_SLA_DIFF_EFFECTS_PRIV_H

#include "model/desired.h"
#include "sla/diff/effects.h"

enum { SLA_EFFECT_SIDES = 2 }; /* before, after */

struct sla_effect_finding {
    struct arena *arena;
    const struct sla_world *const *worlds;   /* SLA_EFFECT_SIDES */
    const struct desired *const *desired;    /* likewise: what planes are to hold */
    const struct diag_list *const *findings; /* likewise; NULL: not to be compared */
    struct sla_effects *out;
    struct slice *rows[SLA_EFFECT_KINDS];
};

/* A sentence about `count` things; kept while there is room. */
void sla_effect_tell(struct sla_effect_finding *self, enum sla_effect_kind kind, size_t count,
                     struct slice text);
/* One of its sentences is what a reviewer would want to know first. */
void sla_effect_mark_grave(struct sla_effect_finding *self, enum sla_effect_kind kind);
/* Whether a sentence would still be shown: others are counted, and need not be written. */
bool sla_effect_is_shown(const struct sla_effect_finding *self, enum sla_effect_kind kind);

/* The first names of a list that grows: "imaging/a, imaging/b and 3 more". */
struct sla_effect_names {
    size_t count;
    struct buf *out;
};
void sla_effect_name(struct sla_effect_names *names, struct slice ucloud, struct slice name);
void sla_effect_name_resource(struct sla_effect_names *names, const struct resource *resource);
void sla_effect_names_end(const struct sla_effect_names *names);

/* Resources of both worlds by name. Both lists ascend by it, and are walked once: false at the end
 * of both. `at` starts as zeros; SIZE_MAX: that world has none such. */
struct sla_effect_walk {
    const struct policy_set *sets[SLA_EFFECT_SIDES];
    const size_t *lists[SLA_EFFECT_SIDES]; /* NULL: all resources */
    size_t counts[SLA_EFFECT_SIDES];
    size_t at[SLA_EFFECT_SIDES];
};
bool sla_effect_next(struct sla_effect_walk *walk, size_t out_places[SLA_EFFECT_SIDES]);

/* Each in a file of its own. */
void sla_effects_find_rules(struct sla_effect_finding *finding);
void sla_effects_find_flows(struct sla_effect_finding *self);
void sla_effects_find_verdicts(struct sla_effect_finding *self);
void sla_effects_find_costs(struct sla_effect_finding *self);
void sla_effects_find_clauses(struct sla_effect_finding *self);
void sla_effects_find_state(struct sla_effect_finding *self);
void sla_effects_find_findings(struct sla_effect_finding *self);

#endif
