#include "sla/diff/effects_cells_priv.h"

#include "sla/values/acts.h"
#include "sla/values/universe.h"

#include <stdlib.h>
#include <string.h>

enum {
    SIDES = SLA_EFFECT_SIDES,
    DAY_MINUTES = 24 * 60,
    EPOCH_MINUTE = 3 * DAY_MINUTES /* 1970-01-01 was a Thursday */
};

/* --- both worlds ------------------------------------------------------------------------------ */

static const struct policy_rules *rules_of(const struct sla_cells *self, size_t side)
{
    return self->worlds[side]->policies.rules;
}

static void join_names(struct joint_names *joint, const struct slice *const names[SIDES],
                       const size_t counts[SIDES])
{
    size_t at[SIDES] = { 0 };

    memset(joint->bits, OTHERS, sizeof(joint->bits));
    while (at[0] < counts[0] || at[1] < counts[1]) {
        int order = at[0] == counts[0]   ? 1
                    : at[1] == counts[1] ? -1
                                         : slice_cmp(names[0][at[0]], names[1][at[1]]);
        size_t from = order <= 0 ? 0 : 1;
        if (joint->count == SLA_GUARD_NAMES_MAX) {
            joint->is_full = true;
            return;
        }
        joint->items[joint->count] = names[from][at[from]];
        if (order <= 0) {
            joint->bits[0][joint->count] = (uint8_t)at[0]++;
        }
        if (order >= 0) {
            joint->bits[1][joint->count] = (uint8_t)at[1]++;
        }
        joint->count++;
    }
}

struct sla_cells *sla_cells_new(struct arena *arena, const struct sla_world *const worlds[])
{
    struct sla_cells *self = ARENA_NEW(arena, struct sla_cells, 1);
    const struct policy_rules *rules[SIDES];

    self->worlds = worlds;
    rules[0] = rules_of(self, 0);
    rules[1] = rules_of(self, 1);
    join_names(&self->classes,
               (const struct slice *const[]){ rules[0]->data_classes, rules[1]->data_classes },
               (const size_t[]){ rules[0]->data_class_count, rules[1]->data_class_count });
    join_names(&self->purposes,
               (const struct slice *const[]){ rules[0]->purposes, rules[1]->purposes },
               (const size_t[]){ rules[0]->purpose_count, rules[1]->purpose_count });
    return self;
}

void sla_cells_done(struct sla_cells *self)
{
    arena_done(&self->scratch);
}

static uint32_t find_subject(const struct sla_cells *self, size_t side, struct slice name)
{
    return name.len == 0 ? (uint32_t)POLICY_ANYONE
                         : policy_subject_find(&self->worlds[side]->policies, name);
}

bool sla_cells_knows(const struct sla_cells *self, size_t side, struct slice subject)
{
    return subject.len == 0 || find_subject(self, side, subject) != POLICY_ANYONE;
}

/* --- conditions ------------------------------------------------------------------------------- */

static void add_condition(struct sla_cells *self, const struct policy_guard *guard, size_t side)
{
    if (self->condition_count == self->condition_room) {
        size_t room = self->condition_room == 0 ? 64 : self->condition_room * 2;
        struct condition *grown = ARENA_NEW(&self->scratch, struct condition, room);
        if (self->condition_count > 0) {
            memcpy(grown, self->conditions, self->condition_count * sizeof(*grown));
        }
        self->conditions = grown;
        self->condition_room = room;
    }
    self->conditions[self->condition_count++] = (struct condition){ guard, side };
}

static void take_slot(struct sla_cells *self, size_t side, uint32_t act_class, uint32_t subject)
{
    const struct policy_rules *rules = rules_of(self, side);
    size_t mask = rules->slot_room - 1;
    size_t at = (size_t)policy_slot_hash(act_class, subject) & mask;

    for (; rules->slots[at].count != 0; at = (at + 1) & mask) {
        const struct policy_slot *slot = &rules->slots[at];
        if (slot->act_class != act_class || slot->subject != subject) {
            continue;
        }
        for (size_t i = 0; i < slot->count; i++) {
            uint32_t guard = rules->rules[slot->at + i].guard;
            if (guard != 0) {
                add_condition(self, &rules->guards[guard], side);
            }
        }
    }
}

/* POLICY_ANYONE: no rule of that world is about it. */
static uint32_t find_group(const struct sla_cells *self, size_t side)
{
    uint32_t found = find_subject(self, side, self->asked->with);

    return rules_of(self, side)->subjects[found].party == found ? (uint32_t)POLICY_ANYONE : found;
}

/* Of all rules that can match in that world. */
static void take_conditions(struct sla_cells *self, size_t side)
{
    const struct policy_rules *rules = rules_of(self, side);
    size_t resource = self->asked->resources[side];
    uint32_t subject = find_subject(self, side, self->asked->subject);

    self->subjects[side] = subject;
    self->groups[side] = find_group(self, side);
    if (resource == SLA_CELLS_NOWHERE) {
        return;
    }
    uint32_t act_class = (uint32_t)self->asked->act << 26U | rules->class_of[resource];
    uint32_t party = rules->subjects[subject].party;
    take_slot(self, side, act_class, POLICY_ANYONE);
    if (subject != POLICY_ANYONE) {
        take_slot(self, side, act_class, subject);
    }
    if (self->groups[side] != POLICY_ANYONE) {
        take_slot(self, side, act_class, self->groups[side]);
    }
    if (party != POLICY_ANYONE && party != subject) {
        take_slot(self, side, act_class, party);
    }
}

/* --- points ----------------------------------------------------------------------------------- */

/* The number of the zone among those of the question; ZONES_MAX: there are too many. */
static size_t zone_at(struct sla_cells *self, struct slice name)
{
    size_t at = 0;

    while (at < self->zone_count && !slice_eq(self->zones[at], name)) {
        at++;
    }
    if (at == self->zone_count && at < ZONES_MAX) {
        self->zones[self->zone_count++] = name;
    }
    return at;
}

static void take_zones(struct sla_cells *self)
{
    for (size_t i = 0; i < self->condition_count; i++) {
        const struct condition *condition = &self->conditions[i];
        const struct policy_rules *rules = rules_of(self, condition->side);
        for (size_t j = 0; j < condition->guard->window_count; j++) {
            struct slice name = rules->zones[condition->guard->windows[j].zone];
            self->is_over |= zone_at(self, name) == ZONES_MAX;
        }
    }
}

static int day_order(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;

    return (a > b) - (a < b);
}

static void take_days(struct sla_cells *self)
{
    size_t count = 0;

    self->days = ARENA_NEW(&self->scratch, int32_t, 2 * self->condition_count + 2);
    self->days[count++] = SLA_DAY_FIRST;
    self->days[count++] = SLA_DAY_LAST;
    for (size_t i = 0; i < self->condition_count; i++) {
        self->days[count++] = self->conditions[i].guard->from_day;
        self->days[count++] = self->conditions[i].guard->until_day;
    }
    qsort(self->days, count, sizeof(*self->days), day_order);
    self->day_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (self->day_count == 0 || self->days[self->day_count - 1] != self->days[i]) {
            self->days[self->day_count++] = self->days[i];
        }
    }
}

static bool holds_class(const struct sla_cells *self, struct slice name)
{
    for (size_t side = 0; side < SIDES; side++) {
        size_t at = self->asked->resources[side];
        const struct resource *resource =
            at != SLA_CELLS_NOWHERE ? &self->worlds[side]->policies.resources[at] : NULL;
        for (size_t i = 0; resource != NULL && i < resource->class_count; i++) {
            if (slice_eq(resource->classes[i], name)) {
                return true;
            }
        }
    }
    return false;
}

/* A bucket is asked for what it holds alone. */
static void take_classes(struct sla_cells *self)
{
    size_t some = self->asked->resources[0] != SLA_CELLS_NOWHERE ? 0 : 1;
    const struct policy_set *set = &self->worlds[some]->policies;
    bool is_data = set->resources[self->asked->resources[some]].plane == PLANE_DATA;

    self->class_points = ARENA_NEW(&self->scratch, uint8_t, self->classes.count + 1);
    self->class_point_count = 0;
    for (size_t i = 0; i < self->classes.count; i++) {
        if (!is_data || holds_class(self, self->classes.items[i])) {
            self->class_points[self->class_point_count++] = (uint8_t)i;
        }
    }
    if (!is_data || self->class_point_count == 0) {
        self->class_points[self->class_point_count++] = OTHERS;
    }
}

size_t sla_cells_points(const struct sla_cells *self, unsigned dimension)
{
    const size_t counts[ZONE] = {
        [SEVERITY] = SEVERITY_KINDS,
        [PHASE] = PHASE_KINDS,
        [CLASS] = self->class_point_count,
        [PURPOSE] = self->purposes.count + 1, /* the last one stands for all others */
        [PLACE] = sla_countries.count,
        [DAY] = self->day_count - 1,
        [DONE] = SLA_ACTS + 1,
        [CONSENT] = WITH + 1,
    };

    if (dimension >= ZONE) {
        return dimension - ZONE < self->zone_count ? SLA_WEEK_MINUTES : 1;
    }
    return counts[dimension];
}

static size_t purpose_of(const struct sla_cells *self, size_t point)
{
    return point < self->purposes.count ? point : (size_t)OTHERS;
}

static bool has_bit(const uint64_t *words, size_t at)
{
    return (words[at / 64] >> (at % 64) & 1U) != 0;
}

static bool is_open(const struct sla_cells *self, const struct condition *condition, size_t zone,
                    size_t minute)
{
    const struct policy_rules *rules = rules_of(self, condition->side);

    for (size_t i = 0; i < condition->guard->window_count; i++) {
        const struct policy_window *window = &condition->guard->windows[i];
        if (slice_eq(rules->zones[window->zone], self->zones[zone])) {
            return has_bit(window->minutes, minute);
        }
    }
    return true;
}

static bool holds_at(const struct sla_cells *self, const struct condition *condition,
                     unsigned dimension, size_t point)
{
    const struct policy_guard *guard = condition->guard;
    const uint8_t *class_bits = self->classes.bits[condition->side];
    const uint8_t *purpose_bits = self->purposes.bits[condition->side];

    switch (dimension) {
    case SEVERITY:
        return ((unsigned)guard->severities >> point & 1U) != 0;
    case PHASE:
        return ((unsigned)guard->phases >> point & 1U) != 0;
    case CLASS:
        return (guard->classes >> class_bits[self->class_points[point]] & 1U) != 0;
    case PURPOSE:
        return (guard->purposes >> purpose_bits[purpose_of(self, point)] & 1U) != 0;
    case PLACE:
        return guard->countries == NULL || has_bit(guard->countries, point);
    case DAY:
        return guard->from_day <= self->days[point] && self->days[point + 1] <= guard->until_day;
    case DONE:
        return guard->apart == 0 || (point > 0 && (guard->apart >> (point - 1) & 1U) != 0);
    case CONSENT:
        return guard->consent == 0 || point == WITHOUT;
    default:
        return is_open(self, condition, dimension - ZONE, point);
    }
}

/* Points that some condition tells apart; two stretches of days never become one. */
static void cut(struct sla_cells *self, unsigned dimension)
{
    struct sla_classes *parts = &self->axes[dimension].parts;
    size_t count = sla_cells_points(self, dimension);
    size_t *points = ARENA_NEW(&self->scratch, size_t, count);

    self->spent += count * (self->condition_count + 1) / POINTS_A_DECISION;
    sla_classes_init(parts, &self->scratch, count);
    for (size_t point = 0; dimension == DAY && point < count; point++) {
        parts->of[point] = (uint32_t)point;
        parts->count = (uint32_t)count;
    }
    for (size_t i = 0; dimension != DAY && i < self->condition_count; i++) {
        size_t inside = 0;
        for (size_t point = 0; point < count; point++) {
            if (holds_at(self, &self->conditions[i], dimension, point)) {
                points[inside++] = point;
            }
        }
        if (inside > 0 && inside < count) {
            sla_classes_split(parts, points, inside);
        }
    }
    self->axes[dimension].first = ARENA_NEW(&self->scratch, uint32_t, parts->count);
    for (size_t point = count; point-- > 0;) {
        self->axes[dimension].first[parts->of[point]] = (uint32_t)point;
    }
}

/* --- decisions -------------------------------------------------------------------------------- */

static int64_t minute_of_day(const struct sla_cells *self, size_t point)
{
    int32_t from = self->days[point];
    int32_t until = self->days[point + 1];
    int32_t day = from != SLA_DAY_FIRST ? from : until != SLA_DAY_LAST ? until - 1 : 0;

    return (int64_t)day * DAY_MINUTES;
}

/* What a clock in each zone of the world is ahead, so that it shows the minute of the cell. */
static int16_t *offsets_of(struct sla_cells *self, size_t side, int64_t utc_minute,
                           const uint32_t *points)
{
    const struct policy_rules *rules = rules_of(self, side);
    int16_t *offsets = ARENA_NEW(&self->scratch, int16_t, rules->zone_count + 1);
    int64_t now = (utc_minute + EPOCH_MINUTE) % SLA_WEEK_MINUTES;

    for (size_t i = 0; i < rules->zone_count; i++) {
        for (size_t zone = 0; zone < self->zone_count; zone++) {
            if (slice_eq(rules->zones[i], self->zones[zone])) {
                offsets[i] = (int16_t)((int64_t)points[ZONE + zone] - now);
            }
        }
    }
    return offsets;
}

static enum sla_said said_by(const struct policy_decision *decision, bool elsewhere)
{
    switch (decision->verdict) {
    case POLICY_VERDICT_PERMIT:
        return SLA_SAID_PERMIT;
    case POLICY_VERDICT_NONE:
        return SLA_SAID_NOTHING;
    case POLICY_VERDICT_FORBID: /* what was not there before is not forbidden by being there */
        return decision->tier == POLICY_NO_TIER && !elsewhere ? SLA_SAID_NOTHING : SLA_SAID_FORBID;
    case POLICY_VERDICT_CONFLICT:
        break;
    }
    return SLA_SAID_FORBID;
}

static bool is_there(const struct sla_cells *self, size_t side)
{
    return self->asked->resources[side] != SLA_CELLS_NOWHERE &&
           sla_cells_knows(self, side, self->asked->subject);
}

/* Facts that a request may leave out, by dimension. */
static const uint8_t knows[ZONE] = {
    [SEVERITY] = POLICY_KNOWS_SEVERITY, [PHASE] = POLICY_KNOWS_PHASE,
    [CLASS] = POLICY_KNOWS_CLASSES,     [PURPOSE] = POLICY_KNOWS_PURPOSE,
    [PLACE] = POLICY_KNOWS_COUNTRY,     [DONE] = POLICY_KNOWS_DONE,
    [CONSENT] = POLICY_KNOWS_CONSENTS,  [TIME] = POLICY_KNOWS_TIME
};

/* Any point stands for one that is not known. */
static uint8_t known_of(const uint32_t *points, uint32_t *out)
{
    uint8_t known = UINT8_MAX;

    for (unsigned i = 0; i < DIMENSIONS; i++) {
        bool is_known = points[i] != SLA_CELLS_UNKNOWN;
        out[i] = is_known ? points[i] : 0;
        known = is_known || i >= ZONE ? known : (uint8_t)(known & ~knows[i]);
    }
    return known;
}

/* The subject in its group, or either of them alone. */
enum who { WHO_BOTH, WHO_SUBJECT, WHO_GROUP };

static enum sla_said ask(struct sla_cells *self, size_t side, const uint32_t *at, enum who who)
{
    uint32_t points[DIMENSIONS];
    uint8_t known = known_of(at, points);
    int64_t utc_minute = minute_of_day(self, points[DAY]);
    uint8_t purpose = self->purposes.bits[side][purpose_of(self, points[PURPOSE])];
    uint32_t group = self->groups[side];
    struct policy_decision decision;

    if (!is_there(self, side)) {
        return SLA_SAID_NOTHING;
    }
    const struct policy_request request = {
        .subject =
            who == WHO_GROUP ? find_subject(self, side, self->asked->with) : self->subjects[side],
        .groups = &group,
        .group_count = who == WHO_BOTH && group != POLICY_ANYONE ? 1 : 0,
        .resource = (uint32_t)self->asked->resources[side],
        .zone_offset_min = offsets_of(self, side, utc_minute, points),
        .utc_minute = utc_minute,
        .classes = UINT64_C(1) << self->classes.bits[side][self->class_points[points[CLASS]]],
        .consents = points[CONSENT] == WITH ? UINT64_MAX : 0,
        .done_acts = points[DONE] > 0 ? UINT64_C(1) << (points[DONE] - 1) : 0,
        .act = self->asked->act,
        .country = (uint16_t)(points[PLACE] + 1),
        .purpose = purpose == OTHERS ? 0 : (uint16_t)(purpose + 1),
        .severity = (uint8_t)points[SEVERITY],
        .phase = (uint8_t)points[PHASE],
        .known = known,
    };
    policy_decide(&self->worlds[side]->policies, &request, &decision);
    return said_by(&decision, is_there(self, 1 - side));
}

static uint8_t change_for(struct sla_cells *self, const uint32_t *points, enum who who)
{
    unsigned before = ask(self, 0, points, who);
    unsigned after = ask(self, 1, points, who);

    return (uint8_t)(before == after ? 0 : 1 + before * 3 + after);
}

uint8_t sla_cells_change(struct sla_cells *self, const uint32_t *points)
{
    uint8_t change = change_for(self, points, WHO_BOTH);
    bool is_alone = change != 0 && self->asked->with.len > 0 &&
                    (change_for(self, points, WHO_SUBJECT) == change ||
                     change_for(self, points, WHO_GROUP) == change);

    return is_alone ? 0 : change;
}

static void decide_cells(struct sla_cells *self)
{
    uint32_t points[DIMENSIONS];

    self->spent += SIDES * self->cell_count;
    self->changes = ARENA_NEW(&self->scratch, uint8_t, self->cell_count);
    for (size_t cell = 0; cell < self->cell_count; cell++) {
        for (unsigned i = 0; i < DIMENSIONS; i++) {
            const struct axis *axis = &self->axes[i];
            points[i] = axis->first[cell / axis->stride % axis->parts.count];
        }
        self->changes[cell] = sla_cells_change(self, points);
    }
}

/* --- boxes ------------------------------------------------------------------------------------ */

static bool has_change(const uint8_t *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (changes[i] != 0) {
            return true;
        }
    }
    return false;
}

/* The cells from `from` on that differ in the dimensions from `dimension` on: parts whose cells are
 * all alike are one side of a box. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are dimensions */
static void find_boxes(struct sla_cells *self, unsigned dimension, size_t from)
{
    if (dimension == DIMENSIONS) {
        sla_cells_tell(self, self->changes[from]);
        return;
    }
    struct axis *axis = &self->axes[dimension];
    const uint8_t *cells = &self->changes[from];
    size_t count = axis->count;
    bool *is_done = ARENA_NEW(&self->scratch, bool, count);
    for (size_t i = 0; i < count; i++) {
        bool *chosen = ARENA_NEW(&self->scratch, bool, count);
        bool adjoins = true; /* days make one stretch */
        if (is_done[i] || !has_change(&cells[i * axis->stride], axis->stride)) {
            continue;
        }
        for (size_t j = i; j < count && (adjoins || dimension != DAY); j++) {
            adjoins = memcmp(&cells[i * axis->stride], &cells[j * axis->stride], axis->stride) == 0;
            chosen[j] = adjoins;
            is_done[j] |= adjoins;
        }
        axis->chosen = chosen;
        find_boxes(self, dimension + 1, from + i * axis->stride);
    }
}

void sla_cells_find_boxes(struct sla_cells *self)
{
    find_boxes(self, 0, 0);
}

static void count_cells(struct sla_cells *self)
{
    self->cell_count = 1;
    for (unsigned i = DIMENSIONS; i-- > 0;) {
        self->axes[i].count = self->axes[i].parts.count;
        self->axes[i].stride = self->cell_count;
        self->cell_count *= self->axes[i].parts.count;
        if (self->cell_count > SLA_EFFECT_CELLS_MAX) {
            self->is_over = true;
            return;
        }
    }
}

bool sla_cells_compare(struct sla_cells *self, const struct sla_asked *asked, sla_cells_fn *found,
                       void *arg)
{
    arena_reset(&self->scratch);
    self->asked = asked;
    self->found = found;
    self->arg = arg;
    self->is_known_only = false;
    self->condition_count = self->condition_room = 0;
    self->zone_count = 0;
    for (size_t side = 0; side < SIDES; side++) {
        take_conditions(self, side);
    }
    self->is_over = self->condition_count > 0 && (self->classes.is_full || self->purposes.is_full);
    take_zones(self);
    take_days(self);
    take_classes(self);
    self->is_over |= self->day_count > SLA_EFFECT_CELLS_MAX;
    for (unsigned i = 0; i < DIMENSIONS && !self->is_over; i++) {
        cut(self, i);
    }
    if (!self->is_over) {
        count_cells(self);
    }
    if (!self->is_over) {
        decide_cells(self);
        sla_cells_find_boxes(self);
        sla_cells_find_unknown(self);
    }
    return !self->is_over;
}

bool sla_cells_is_known_only(const struct sla_cells *self)
{
    return self->is_known_only;
}

uint64_t sla_cells_spent(const struct sla_cells *self)
{
    return self->spent;
}
