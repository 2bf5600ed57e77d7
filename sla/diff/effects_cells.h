/* sla/diff/effects_cells.h - what two worlds say of one act, one subject and one resource, under
 * each condition that some rule of either tells apart. For sla/diff/effects*.c only.
 *
 * The conditions of all rules that match cut the space of facts (severity, phase, hour, ...) into
 * cells; inside a cell both worlds decide alike for all facts, so one request stands for it. Cells
 * in which both differ in the same way are put together again to boxes, which do not overlap.
 *
 * Then requests of which some facts are not known: only what differs for none that knows them, in
 * the same way, is told of these. Likewise of who is in a group beside: what differs in the same
 * way for either alone is not told again. */
#ifndef REDAN_SLA_DIFF_EFFECTS_CELLS_H
#define REDAN_SLA_DIFF_EFFECTS_CELLS_H

#include "model/decide.h"
#include "sla/diff/effects_priv.h"

#define SLA_CELLS_NOWHERE SIZE_MAX

enum sla_said { SLA_SAID_NOTHING, SLA_SAID_PERMIT, SLA_SAID_FORBID };

struct sla_asked {
    uint16_t act;
    size_t resources[SLA_EFFECT_SIDES]; /* SLA_CELLS_NOWHERE: that world has none such */
    struct slice subject;               /* empty: whoever is named nowhere */
    struct slice with;                  /* a group that it is in, too; empty: none */
};

struct sla_cells;

/* It lives in `arena`, and has memory of its own until it is done. */
struct sla_cells *sla_cells_new(struct arena *arena, const struct sla_world *const worlds[]);
void sla_cells_done(struct sla_cells *self);

/* The party of the subject speaks, or is spoken of, in that world; true also of no name. */
bool sla_cells_knows(const struct sla_cells *self, size_t side, struct slice subject);

/* A box in which the worlds differ; `when` is empty when that is always, else as people read it:
 * "{severity: high}, without consent". It lives until the next question. */
typedef void(sla_cells_fn)(void *arg, const enum sla_said said[SLA_EFFECT_SIDES],
                           struct slice when);

/* The last question was asked of known facts alone: there were too many cells. */
bool sla_cells_is_known_only(const struct sla_cells *self);

/* False: there are more than SLA_EFFECT_CELLS_MAX cells, or names; then `found` was not called. */
bool sla_cells_compare(struct sla_cells *self, const struct sla_asked *asked, sla_cells_fn *found,
                       void *arg);

/* What all questions cost so far, counted in decisions of one world. */
uint64_t sla_cells_spent(const struct sla_cells *self);

#endif
