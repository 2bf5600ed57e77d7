#include "sla/diff/effects_cells_priv.h"

/* Requests of which some facts are not known. Each fact that conditions speak of gets one part
 * more, so the cells of known facts are among these. What becomes of one that is not known is told
 * only where no request that knows it, and is alike in all else, becomes the same: a forbid also
 * holds for those, so most of it is told already. */

/* Parts of a fact are `count` neighbouring blocks of cells, the last one of them unknown. */
struct fact {
    size_t stride, count;
    bool may_be_unknown;
};
enum { FACTS = TIME + 1 };

/* A bucket's data is known from what it holds. */
static bool is_asked(const struct sla_cells *self, unsigned dimension)
{
    size_t some = self->asked->resources[0] != SLA_CELLS_NOWHERE ? 0 : 1;
    const struct policy_set *set = &self->worlds[some]->policies;
    enum plane_kind plane = set->resources[self->asked->resources[some]].plane;

    return self->axes[dimension].parts.count > 1 && !(dimension == CLASS && plane == PLANE_DATA);
}

static bool time_is_asked(const struct sla_cells *self)
{
    bool asked = false;

    for (unsigned i = TIME; i < DIMENSIONS; i++) {
        asked |= self->axes[i].parts.count > 1;
    }
    return asked;
}

/* False: there are too many cells. */
static bool extend(struct sla_cells *self, struct fact *facts, size_t *out_count)
{
    bool time = time_is_asked(self);
    size_t count = 1;

    for (unsigned i = DIMENSIONS; i-- > 0;) {
        struct axis *axis = &self->axes[i];
        bool more = i == TIME ? time : is_asked(self, i);
        axis->stride = count;
        axis->count = axis->parts.count + (more ? 1 : 0);
        count *= axis->count;
        if (count > SLA_EFFECT_CELLS_MAX) {
            return false;
        }
        if (i < TIME) {
            facts[i] = (struct fact){ axis->stride, axis->count, more };
        }
    }
    facts[TIME] = (struct fact){ 1, self->axes[TIME].stride * self->axes[TIME].count, time };
    *out_count = count;
    return true;
}

static bool is_unknown(const struct fact *fact, size_t cell)
{
    return fact->may_be_unknown && cell / fact->stride % fact->count == fact->count - 1;
}

/* False: the day is known and a clock is not, or the other way about. */
static bool points_of(const struct sla_cells *self, const struct fact *facts, size_t cell,
                      uint32_t *out)
{
    for (unsigned i = 0; i < DIMENSIONS; i++) {
        const struct axis *axis = &self->axes[i];
        size_t part = cell / axis->stride % axis->count;
        bool known = part < axis->parts.count;
        out[i] = known ? axis->first[part] : SLA_CELLS_UNKNOWN;
        if (i >= TIME && axis->count > axis->parts.count &&
            known == is_unknown(&facts[TIME], cell)) {
            return false;
        }
    }
    return true;
}

/* Some request that knows one fact more becomes the same. */
static bool is_told(const struct fact *facts, const uint8_t *changes, size_t cell)
{
    for (unsigned i = 0; i < FACTS; i++) {
        const struct fact *fact = &facts[i];
        for (size_t part = 1; is_unknown(fact, cell) && part < fact->count; part++) {
            if (changes[cell - part * fact->stride] == changes[cell]) {
                return true;
            }
        }
    }
    return false;
}

static bool is_known(const struct fact *facts, size_t cell)
{
    for (unsigned i = 0; i < FACTS; i++) {
        if (is_unknown(&facts[i], cell)) {
            return false;
        }
    }
    return true;
}

void sla_cells_find_unknown(struct sla_cells *self)
{
    struct fact facts[FACTS];
    uint32_t points[DIMENSIONS];
    size_t known = self->cell_count;
    size_t count = 0;

    self->is_known_only = !extend(self, facts, &count);
    if (self->is_known_only || count == known) {
        return;
    }
    uint8_t *changes = ARENA_NEW(&self->scratch, uint8_t, count);
    self->changes = ARENA_NEW(&self->scratch, uint8_t, count);
    self->spent += SLA_EFFECT_SIDES * count;
    for (size_t cell = 0; cell < count; cell++) { /* what knows more comes before */
        changes[cell] = points_of(self, facts, cell, points) ? sla_cells_change(self, points) : 0;
        bool is_new =
            changes[cell] != 0 && !is_known(facts, cell) && !is_told(facts, changes, cell);
        self->changes[cell] = is_new ? changes[cell] : 0;
    }
    sla_cells_find_boxes(self);
}
