/* sla/diff/effects_cells_priv.h - one question about cells, while it is answered. For
 * sla/diff/effects_cells.c, sla/diff/effects_unknown.c and sla/diff/effects_words.c only. */
#ifndef REDAN_SLA_DIFF_EFFECTS_CELLS_PRIV_H
#define REDAN_SLA_DIFF_EFFECTS_CELLS_PRIV_H

#include "sla/diff/effects_cells.h"
#include "sla/policy/classes.h"
#include "sla/values/guard.h"

enum {
    ZONES_MAX = 4,              /* in the conditions of one question */
    POINTS_A_DECISION = 128,    /* it takes about as long to hold so many against a condition */
    OTHERS = POLICY_OTHERS_BIT, /* the point of all names that no document names */
    WITHOUT = 0,                /* points of CONSENT */
    WITH = 1
};
#define SLA_CELLS_UNKNOWN UINT32_MAX /* a point: the fact is not known */

/* What conditions speak of. A point of PLACE is a country, of DONE 0 or an act and one, of a ZONE a
 * minute of its week. */
enum dimension { SEVERITY, PHASE, CLASS, PURPOSE, PLACE, DONE, CONSENT, DAY, ZONE };
enum {
    DIMENSIONS = ZONE + ZONES_MAX,
    TIME = DAY /* as a fact: the day and what clocks show are known together or not at all */
};

/* Names of both worlds, by their place in `items`; and the bit that each has in each of them. */
struct joint_names {
    struct slice items[SLA_GUARD_NAMES_MAX];
    size_t count;
    uint8_t bits[SLA_EFFECT_SIDES][OTHERS + 1];
    bool is_full;
};

/* A condition of one world. */
struct condition {
    const struct policy_guard *guard;
    size_t side;
};

struct axis {
    struct sla_classes parts; /* points that no condition tells apart */
    uint32_t *first;          /* a point of each part */
    bool *chosen;             /* parts of the box at hand, `count` of them */
    size_t count;             /* parts, and one more where the fact may be unknown */
    size_t stride;            /* between cells of neighbouring parts */
};

struct sla_cells {
    const struct sla_world *const *worlds;
    struct joint_names classes, purposes;
    struct arena scratch; /* of one question */
    uint64_t spent;       /* decisions of all questions */
    /* the question */
    const struct sla_asked *asked;
    uint32_t subjects[SLA_EFFECT_SIDES], groups[SLA_EFFECT_SIDES];
    struct condition *conditions;
    size_t condition_count, condition_room;
    struct slice zones[ZONES_MAX];
    size_t zone_count;
    int32_t *days; /* bounds, ascending; a point lies between two of them */
    size_t day_count;
    uint8_t *class_points; /* places of the names that can be asked for, or OTHERS */
    size_t class_point_count;
    struct axis axes[DIMENSIONS];
    size_t cell_count;
    uint8_t *changes; /* by cell; 0: none, else one more than before * 3 + after */
    bool is_over;
    bool is_known_only; /* there would be too many cells with facts that are not known */
    sla_cells_fn *found;
    void *arg;
};

/* How many points a dimension has. */
size_t sla_cells_points(const struct sla_cells *self, unsigned dimension);
/* What both worlds say at these points, as in `changes`; what a part of the subject has alone is
 * no change of the whole. */
uint8_t sla_cells_change(struct sla_cells *self, const uint32_t *points);
/* Calls sla_cells_tell with boxes that hold what `changes` has, each once. */
void sla_cells_find_boxes(struct sla_cells *self);
/* The same for requests of which facts are not known; after those that are. */
void sla_cells_find_unknown(struct sla_cells *self);
/* Calls `found` with the box of the chosen parts, if there is a moment in it. */
void sla_cells_tell(struct sla_cells *self, uint8_t change);

#endif
