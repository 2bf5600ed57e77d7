#include "sla/conflict/sweep.h"

#include "base/cleanup.h"
#include "sla/values/guard_week.h"

#include <stdlib.h>

struct sweeping {
    struct arena *arena;
    const struct sla_sweep *moments;
    struct sla_times *times; /* of each guard */
    int32_t *days;           /* on which one begins: ascending, each once */
    size_t day_count;
    uint32_t *zones; /* that windows name, each once */
    size_t zone_count;
    struct sla_shifts *shifts; /* of each zone, against UTC */
    unsigned *ahead;           /* of UTC, of each zone: as the clocks stand now */
    bool *in_day, *speaks;     /* of each guard: what is left of it */
    sla_sweep_fn *found;
    void *arg;
};

/* --- windows of the week ---------------------------------------------------------------------- */

static unsigned ahead_of(const struct sweeping *self, uint32_t zone)
{
    size_t at = 0;

    while (self->zones[at] != zone) {
        at++;
    }
    return self->ahead[at];
}

/* `minute` of the week in UTC. */
static bool is_open(const struct sweeping *self, const struct sla_week *week, unsigned minute)
{
    unsigned local = (minute + ahead_of(self, week->zone)) % SLA_WEEK_MINUTES;

    for (size_t i = 0; i < week->count && week->items[i].from <= local; i++) {
        if (local < week->items[i].until) {
            return true;
        }
    }
    return false;
}

static bool are_open(const struct sweeping *self, const struct sla_times *times, unsigned minute)
{
    for (size_t i = 0; i < times->count; i++) {
        if (!is_open(self, &times->weeks[i], minute)) {
            return false;
        }
    }
    return true;
}

static void find_at(struct sweeping *self, unsigned minute)
{
    for (size_t i = 0; i < self->moments->count; i++) {
        self->speaks[i] = self->in_day[i] && are_open(self, &self->times[i], minute);
    }
    *self->moments->looks += self->moments->count + self->moments->found_looks;
    self->found(self->arg, self->speaks);
}

/* The minutes at which a window opens. */
static void mark_beginnings(const struct sweeping *self, bool *begins)
{
    for (size_t i = 0; i < self->moments->count; i++) {
        for (size_t j = 0; self->in_day[i] && j < self->times[i].count; j++) {
            const struct sla_week *week = &self->times[i].weeks[j];
            unsigned back = SLA_WEEK_MINUTES - ahead_of(self, week->zone);
            for (size_t k = 0; k < week->count; k++) {
                begins[(week->items[k].from + back) % SLA_WEEK_MINUTES] = true;
            }
        }
    }
}

static bool sweep_week(struct sweeping *self)
{
    bool begins[SLA_WEEK_MINUTES] = { false };
    bool is_none = true;

    mark_beginnings(self, begins);
    for (unsigned minute = 0; minute < SLA_WEEK_MINUTES; minute++) {
        if (begins[minute]) {
            if (*self->moments->looks > SLA_SWEEP_LOOKS_MAX) {
                return false;
            }
            find_at(self, minute);
            is_none = false;
        }
    }
    if (is_none) {
        find_at(self, 0); /* who is left names no window */
    }
    return true;
}

/* In every way that the clocks can stand: the last zone goes round first. */
static bool sweep_shifts(struct sweeping *self)
{
    for (size_t i = 0; i < self->zone_count; i++) {
        self->ahead[i] = sla_shifts_next(&self->shifts[i], 0);
    }
    for (;;) {
        size_t at = self->zone_count;
        if (!sweep_week(self)) {
            return false;
        }
        while (at > 0) {
            self->ahead[at - 1] = sla_shifts_next(&self->shifts[at - 1], self->ahead[at - 1] + 1);
            if (self->ahead[at - 1] < SLA_WEEK_MINUTES) {
                break;
            }
            self->ahead[at - 1] = sla_shifts_next(&self->shifts[at - 1], 0);
            at--;
        }
        if (at == 0) {
            return true;
        }
    }
}

/* --- days and phases -------------------------------------------------------------------------- */

static const struct sla_guard *guard_at(const struct sweeping *self, size_t i)
{
    return sla_guards_at(self->moments->guards, self->moments->whens[i]);
}

static bool sweep_day(struct sweeping *self, int32_t day, unsigned phase)
{
    bool any = false;

    for (size_t i = 0; i < self->moments->count; i++) {
        const struct sla_guard *guard = guard_at(self, i);
        self->in_day[i] = guard->from_day <= day && day < guard->until_day &&
                          ((unsigned)guard->phases >> phase & 1U) != 0;
        any |= self->in_day[i];
    }
    *self->moments->looks += self->moments->count;
    return !any || sweep_shifts(self);
}

static bool sweep_phase(struct sweeping *self, unsigned phase)
{
    for (size_t i = 0; i < self->day_count; i++) {
        if (*self->moments->looks > SLA_SWEEP_LOOKS_MAX || !sweep_day(self, self->days[i], phase)) {
            return false;
        }
    }
    return true;
}

/* --- what guards name ------------------------------------------------------------------------- */

static int day_order(const void *left, const void *right)
{
    const int32_t *a = left;
    const int32_t *b = right;

    return (*a > *b) - (*a < *b);
}

static void take_days(struct sweeping *self)
{
    size_t count = self->moments->count;

    self->days = ARENA_NEW(self->arena, int32_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        self->days[i] = guard_at(self, i)->from_day;
    }
    if (count > 1) {
        qsort(self->days, count, sizeof(*self->days), day_order);
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || self->days[i] != self->days[i - 1]) {
            self->days[self->day_count++] = self->days[i];
        }
    }
}

static void take_zone(struct sweeping *self, uint32_t zone)
{
    static const int16_t nothing[] = { 0 };
    const struct sla_offsets utc = { nothing, COUNT_OF(nothing) };
    const struct sla_guards *guards = self->moments->guards;

    for (size_t i = 0; i < self->zone_count; i++) {
        if (self->zones[i] == zone) {
            return;
        }
    }
    const struct sla_offsets of_zone = sla_guards_offsets_of(guards, zone);
    sla_week_shifts(&utc, &of_zone, &self->shifts[self->zone_count]);
    self->zones[self->zone_count++] = zone;
}

static void take_times(struct sweeping *self)
{
    const struct sla_sweep *moments = self->moments;
    size_t zones = sla_guards_zone_count(moments->guards);

    self->times = ARENA_NEW(self->arena, struct sla_times, moments->count + 1);
    self->zones = ARENA_NEW(self->arena, uint32_t, zones + 1);
    self->shifts = ARENA_NEW(self->arena, struct sla_shifts, zones + 1);
    self->ahead = ARENA_NEW(self->arena, unsigned, zones + 1);
    for (size_t i = 0; i < moments->count; i++) {
        self->times[i] = sla_guards_times(moments->guards, self->arena, guard_at(self, i)->times);
        for (size_t j = 0; j < self->times[i].count; j++) {
            take_zone(self, self->times[i].weeks[j].zone);
        }
    }
    if (self->zone_count == 1) {
        self->shifts[0] = (struct sla_shifts){ { 1 } }; /* one clock is ahead of no other */
    }
}

static bool names_a_phase(const struct sweeping *self)
{
    for (size_t i = 0; i < self->moments->count; i++) {
        if (guard_at(self, i)->phases != SLA_PHASES_ALL) {
            return true;
        }
    }
    return false;
}

bool sla_sweep_moments(const struct sla_sweep *moments, sla_sweep_fn *found, void *arg)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sweeping sweep = { .arena = &scratch, .moments = moments, .found = found, .arg = arg };
    bool is_whole = true;

    sweep.in_day = ARENA_NEW(&scratch, bool, moments->count + 1);
    sweep.speaks = ARENA_NEW(&scratch, bool, moments->count + 1);
    take_days(&sweep);
    take_times(&sweep);
    unsigned phases = names_a_phase(&sweep) ? PHASE_KINDS : 1;
    for (unsigned phase = 0; phase < phases && is_whole; phase++) {
        is_whole = sweep_phase(&sweep, phase);
    }
    return is_whole;
}
