#include "sla/diff/effects_cells_priv.h"

#include "sla/values/acts.h"
#include "sla/values/universe.h"

#include <string.h>

/* Whether the box has the point; all points: nothing to be told. */
static bool has_point(const struct sla_cells *self, unsigned dimension, size_t point)
{
    const struct axis *axis = &self->axes[dimension];

    return axis->chosen[axis->parts.of[point]];
}

static size_t count_chosen(const struct sla_cells *self, unsigned dimension)
{
    size_t chosen = 0;

    for (size_t i = 0; i < sla_cells_points(self, dimension); i++) {
        chosen += has_point(self, dimension, i);
    }
    return chosen;
}

static bool is_whole(const struct sla_cells *self, unsigned dimension)
{
    return count_chosen(self, dimension) == sla_cells_points(self, dimension);
}

/* Empty for what has none: all other names, and nothing done. */
static struct slice point_name(const struct sla_cells *self, unsigned dimension, size_t point)
{
    struct slice name = { 0 };

    if (dimension == CLASS && self->class_points[point] != OTHERS) {
        name = self->classes.items[self->class_points[point]];
    } else if (dimension == PURPOSE && point < self->purposes.count) {
        name = self->purposes.items[point];
    } else if (dimension == PLACE) {
        name = slice_from(sla_countries.names[point]);
    } else if (dimension == DONE && point > 0) {
        name = slice_from(sla_act_name((enum sla_act)(point - 1)));
    }
    return name;
}

/* ", WORDS a or b": the names that are in the box, or those that are not. */
static void add_names(const struct sla_cells *self, unsigned dimension, bool in, const char *words,
                      struct buf *out)
{
    bool first = true;

    for (size_t i = 0; i < sla_cells_points(self, dimension); i++) {
        struct slice name = point_name(self, dimension, i);
        if (name.len > 0 && has_point(self, dimension, i) == in) {
            buf_printf(out, "%s%.*s", first ? (out->len > 0 ? ", " : "") : " or ",
                       first ? (int)strlen(words) : 0, words);
            buf_add_slice(out, name);
            first = false;
        }
    }
}

/* What the rest of the names is has no name, so what is left out is told. */
static void add_named(const struct sla_cells *self, unsigned dimension, const char *in,
                      const char *not_in, struct buf *out)
{
    size_t chosen = count_chosen(self, dimension);
    size_t count = sla_cells_points(self, dimension);

    if (chosen < count) {
        bool rest = dimension == PLACE  ? chosen * 2 > count
                    : dimension == DONE ? has_point(self, dimension, 0)
                                        : has_point(self, dimension, count - 1);
        add_names(self, dimension, !rest, rest ? not_in : in, out);
    }
}

static unsigned mask_of(const struct sla_cells *self, unsigned dimension)
{
    unsigned mask = 0;

    for (size_t i = 0; i < sla_cells_points(self, dimension); i++) {
        mask |= has_point(self, dimension, i) ? 1U << i : 0U;
    }
    return mask;
}

/* The box of the minutes in one zone. */
static uint32_t add_week(struct sla_cells *self, struct sla_guards *guards, size_t zone)
{
    struct sla_minutes *items = ARENA_NEW(&self->scratch, struct sla_minutes, SLA_WEEK_MINUTES);
    struct sla_week week = { .zone = sla_guards_zone(guards, self->zones[zone]), .items = items };
    struct sla_guard box = sla_guard_all();
    bool before = false;

    for (size_t i = 0; i < SLA_WEEK_MINUTES; i++) {
        bool now = has_point(self, (unsigned)(ZONE + zone), i);
        if (now && !before) {
            items[week.count++] = (struct sla_minutes){ (uint16_t)i, (uint16_t)(i + 1) };
        } else if (now) {
            items[week.count - 1].until = (uint16_t)(i + 1);
        }
        before = now;
    }
    box.times = sla_guards_week(guards, &week);
    return sla_guards_add(guards, &box);
}

/* Severities, phases, days and hours: as the language writes them. False: no moment is in it. */
static bool add_guard(struct sla_cells *self, struct buf *out)
{
    struct sla_guards *guards = sla_guards_new(&self->scratch, NULL, 0, NULL, 0);
    struct sla_guard box = sla_guard_all();
    CLEANUP(buf_done) struct buf text = { 0 };

    box.severities = (uint8_t)mask_of(self, SEVERITY);
    box.phases = (uint8_t)mask_of(self, PHASE);
    for (size_t i = self->day_count - 1; i-- > 0;) {
        box.from_day = has_point(self, DAY, i) ? self->days[i] : box.from_day;
    }
    for (size_t i = 0; i + 1 < self->day_count; i++) {
        box.until_day = has_point(self, DAY, i) ? self->days[i + 1] : box.until_day;
    }
    uint32_t when = sla_guards_add(guards, &box);
    for (size_t zone = 0; zone < self->zone_count; zone++) {
        if (!is_whole(self, (unsigned)(ZONE + zone))) {
            when = sla_guards_meet(guards, when, add_week(self, guards, zone));
        }
    }
    sla_guards_print(guards, when, &text);
    if (text.len > 0) {
        buf_printf(out, "{%.*s}", SLICE_ARG(buf_slice(&text)));
    }
    if (sla_guards_crosses_zones(guards, when)) {
        buf_add_cstr(out, " (unproven: hours of two zones may never meet)");
    }
    return when != SLA_GUARD_NEVER;
}

/* ", severity unknown"; then all of its points are as good as chosen. */
static void add_unknown(struct sla_cells *self, struct buf *out)
{
    static const char *const facts[] = {
        [SEVERITY] = "severity", [PHASE] = "phase", [CLASS] = "class",     [PURPOSE] = "purpose",
        [PLACE] = "place",       [DONE] = "past",   [CONSENT] = "consent", [TIME] = "time"
    };

    for (unsigned i = 0; i < DIMENSIONS; i++) {
        struct axis *axis = &self->axes[i];
        if (axis->count == axis->parts.count || !axis->chosen[axis->count - 1]) {
            continue;
        }
        for (size_t part = 0; part < axis->count; part++) {
            axis->chosen[part] = true;
        }
        if (i < COUNT_OF(facts)) {
            buf_printf(out, "%s%s unknown", out->len > 0 ? ", " : "", facts[i]);
        }
    }
}

void sla_cells_tell(struct sla_cells *self, uint8_t change)
{
    const enum sla_said said[SLA_EFFECT_SIDES] = { (enum sla_said)((change - 1) / 3),
                                                   (enum sla_said)((change - 1) % 3) };
    CLEANUP(buf_done) struct buf when = { 0 };
    CLEANUP(buf_done) struct buf unknown = { 0 };

    add_unknown(self, &unknown);
    if (!add_guard(self, &when)) {
        return;
    }
    add_named(self, CLASS, "for class ", "for any class but ", &when);
    add_named(self, PURPOSE, "for purpose ", "for any purpose but ", &when);
    add_named(self, PLACE, "from ", "from anywhere but ", &when);
    add_named(self, DONE, "after ", "unless after ", &when);
    if (!is_whole(self, CONSENT)) {
        buf_printf(&when, "%s%s consent", when.len > 0 ? ", " : "",
                   has_point(self, CONSENT, WITH) ? "with" : "without");
    }
    buf_printf(&when, "%s%.*s", when.len > 0 && unknown.len > 0 ? ", " : "",
               SLICE_ARG(buf_slice(&unknown)));
    self->found(self->arg, said, arena_copy(&self->scratch, buf_slice(&when)));
}
