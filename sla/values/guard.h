/* sla/values/guard.h - when a clause speaks: a box, the product of seven sets, each "all" when it
 * was not named (design of the language, section 5.1).
 *
 * There is no negation and no union, so the intersection of boxes is a box, and one box covers
 * another when it does so in each dimension. Boxes and the sets in them are interned: equal ones
 * have one number, and number 0 is "all". A table belongs to one thread; it lives in the arena it
 * was made in. Pure; for sla/ and its tests. */
#ifndef REDAN_SLA_VALUES_GUARD_H
#define REDAN_SLA_VALUES_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "model/names.h"

enum {
    SLA_GUARD_ALWAYS = 0, /* the box of everything */
    SLA_GUARD_NEVER = 1,  /* the empty box */
    SLA_GUARDS_MAX = 65536,
    SLA_GUARD_NAMES_MAX =
        63, /* classes, and purposes, of a world; one more bit stands for others */
    SLA_WEEK_MINUTES = 7 * 24 * 60,
    SLA_ZONE_EARLIEST_MIN = -12 * 60, /* what is local anywhere, against UTC */
    SLA_ZONE_LATEST_MIN = 14 * 60,
    SLA_PLACE_WORDS = 4
};
#define SLA_DAY_FIRST      INT32_MIN
#define SLA_DAY_LAST       INT32_MAX
#define SLA_MASK_ALL       UINT64_MAX
#define SLA_MASK_OTHERS    (UINT64_C(1) << SLA_GUARD_NAMES_MAX) /* what no document names */
#define SLA_SEVERITIES_ALL ((1U << SEVERITY_KINDS) - 1)
#define SLA_PHASES_ALL     ((1U << PHASE_KINDS) - 1)

/* A point lies in it when each of its facts does. */
struct sla_guard {
    int32_t from_day, until_day; /* half open, days since 1970-01-01 in UTC */
    uint32_t times, places;      /* numbers of interned sets; 0: all */
    uint8_t severities, phases;  /* bit an enum severity, an enum phase */
    uint64_t classes, purposes;  /* bit a name of the table, and SLA_MASK_OTHERS */
};

/* The box that covers all others: what a clause without conditions has. */
struct sla_guard sla_guard_all(void);

/* Minutes of the week, [from, until), counted from Monday 00:00 in one zone. */
struct sla_minutes {
    uint16_t from, until;
};

struct sla_week {
    uint32_t zone;
    const struct sla_minutes *items; /* ascending, disjoint, not adjoining; one at least */
    size_t count;
};

/* Countries by their index in sla_countries (sla/values/universe.h). */
struct sla_places {
    uint64_t bits[SLA_PLACE_WORDS];
};

struct sla_guards;

/* A table with room for the names of classes and purposes that guards can speak of: ascending, at
 * most SLA_GUARD_NAMES_MAX each; they must outlive it. */
struct sla_guards *sla_guards_new(struct arena *arena, const struct slice *classes,
                                  size_t class_count, const struct slice *purposes,
                                  size_t purpose_count);

/* The bit of a name; 0: the table has none such. */
uint64_t sla_guards_class(const struct sla_guards *guards, struct slice name);
uint64_t sla_guards_purpose(const struct sla_guards *guards, struct slice name);

/* Numbers of zones and sets, for the members of a box. */
uint32_t sla_guards_zone(struct sla_guards *guards, struct slice name);
uint32_t sla_guards_week(struct sla_guards *guards, const struct sla_week *week);
uint32_t sla_guards_places(struct sla_guards *guards, const struct sla_places *places);

/* The offsets against UTC, in minutes, that occur in a zone; without, it may be any. UTC has 0. */
void sla_guards_offsets(struct sla_guards *guards, uint32_t zone, const int16_t *offsets_min,
                        size_t count);

/* The number of the box; SLA_GUARD_NEVER when one of its sets is empty. */
uint32_t sla_guards_add(struct sla_guards *guards, const struct sla_guard *guard);
const struct sla_guard *sla_guards_at(const struct sla_guards *guards, uint32_t guard);
size_t sla_guards_count(const struct sla_guards *guards);
/* More than SLA_GUARDS_MAX were asked for; the last ones became SLA_GUARD_ALWAYS. */
bool sla_guards_are_full(const struct sla_guards *guards);

/* Whenever `inner` speaks, `outer` does. Reflexive and transitive. */
bool sla_guards_covers(const struct sla_guards *guards, uint32_t outer, uint32_t inner);
/* When both speak; SLA_GUARD_NEVER: never. Windows in two zones that overlap for some offsets and
 * not for others count as overlapping. */
uint32_t sla_guards_meet(struct sla_guards *guards, uint32_t a, uint32_t b);
/* The box holds windows of more than one zone: whether they overlap rests on offsets. */
bool sla_guards_crosses_zones(const struct sla_guards *guards, uint32_t guard);

/* The windows that must all be open, one a zone. */
struct sla_times {
    const struct sla_week *weeks; /* ascending by zone */
    size_t count;
};
struct sla_times sla_guards_times(const struct sla_guards *guards, struct arena *arena,
                                  uint32_t times);
/* `places` not 0. */
const struct sla_places *sla_guards_places_at(const struct sla_guards *guards, uint32_t places);
const struct slice *sla_guards_classes(const struct sla_guards *guards, size_t *out_count);
const struct slice *sla_guards_purposes(const struct sla_guards *guards, size_t *out_count);
struct slice sla_guards_class_name(const struct sla_guards *guards, size_t class);
struct slice sla_guards_purpose_name(const struct sla_guards *guards, size_t purpose);
struct slice sla_guards_zone_name(const struct sla_guards *guards, uint32_t zone);
size_t sla_guards_zone_count(const struct sla_guards *guards);

/* As members of a clause: `severity: ">= high", phase: incident, valid: {from: 2026-01-01}`; empty
 * for SLA_GUARD_ALWAYS. Canonical: equal boxes print alike, others do not. */
void sla_guards_print(const struct sla_guards *guards, uint32_t guard, struct buf *out);
/* A box inside it that is as small as one moment needs: the least of each set that was named, for a
 * witness. */
uint32_t sla_guards_sample(struct sla_guards *guards, uint32_t guard);

#endif
