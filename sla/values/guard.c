#include "sla/values/guard.h"

#include "base/cleanup.h"
#include "sla/values/guard_week.h"
#include "sla/values/intern.h"

#include <string.h>

struct sla_guards {
    struct arena *arena;
    const struct slice *classes, *purposes;
    size_t class_count, purpose_count;
    struct sla_intern boxes, times, weeks, places, zones;
    struct sla_offsets *offsets; /* by zone */
    size_t offsets_room;
    bool is_full;
};

/* --- the table ------------------------------------------------------------------------------- */

struct sla_guard sla_guard_all(void)
{
    struct sla_guard all;

    memset(&all, 0, sizeof(all)); /* its bytes are a key: no padding may differ */
    all.from_day = SLA_DAY_FIRST;
    all.until_day = SLA_DAY_LAST;
    all.severities = SLA_SEVERITIES_ALL;
    all.phases = SLA_PHASES_ALL;
    all.classes = SLA_MASK_ALL;
    all.purposes = SLA_MASK_ALL;
    return all;
}

static struct sla_guard never(void)
{
    struct sla_guard guard = sla_guard_all();

    guard.until_day = guard.from_day;
    guard.severities = 0;
    guard.phases = 0;
    guard.classes = 0;
    guard.purposes = 0;
    return guard;
}

static uint32_t intern_box(struct sla_guards *guards, const struct sla_guard *box)
{
    return sla_intern(&guards->boxes, guards->arena,
                      (struct slice){ (const char *)box, sizeof(*box) });
}

struct sla_guards *sla_guards_new(struct arena *arena, const struct slice *classes,
                                  size_t class_count, const struct slice *purposes,
                                  size_t purpose_count)
{
    struct sla_guards *guards = ARENA_NEW(arena, struct sla_guards, 1);
    const struct sla_guard all = sla_guard_all();
    const struct sla_guard none = never();
    const struct slice nothing = { 0 };

    guards->arena = arena;
    guards->classes = classes;
    guards->class_count = class_count;
    guards->purposes = purposes;
    guards->purpose_count = purpose_count;
    (void)intern_box(guards, &all);
    (void)intern_box(guards, &none);
    (void)sla_intern(&guards->times, arena, nothing); /* 0 is all */
    (void)sla_intern(&guards->places, arena, nothing);
    return guards;
}

static uint64_t bit_of(const struct slice *names, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_eq(names[i], name)) {
            return UINT64_C(1) << i;
        }
    }
    return 0;
}

uint64_t sla_guards_class(const struct sla_guards *guards, struct slice name)
{
    return bit_of(guards->classes, guards->class_count, name);
}

uint64_t sla_guards_purpose(const struct sla_guards *guards, struct slice name)
{
    return bit_of(guards->purposes, guards->purpose_count, name);
}

const struct slice *sla_guards_classes(const struct sla_guards *guards, size_t *out_count)
{
    *out_count = guards->class_count;
    return guards->classes;
}

const struct slice *sla_guards_purposes(const struct sla_guards *guards, size_t *out_count)
{
    *out_count = guards->purpose_count;
    return guards->purposes;
}

struct slice sla_guards_class_name(const struct sla_guards *guards, size_t class)
{
    return guards->classes[class];
}

struct slice sla_guards_purpose_name(const struct sla_guards *guards, size_t purpose)
{
    return guards->purposes[purpose];
}

uint32_t sla_guards_add(struct sla_guards *guards, const struct sla_guard *guard)
{
    struct sla_guard box = sla_guard_all();

    if (guard->from_day >= guard->until_day || guard->severities == 0 || guard->phases == 0 ||
        guard->classes == 0 || guard->purposes == 0) {
        return SLA_GUARD_NEVER;
    }
    if (guards->boxes.count > SLA_GUARDS_MAX) {
        guards->is_full = true;
        return SLA_GUARD_ALWAYS;
    }
    box.from_day = guard->from_day;
    box.until_day = guard->until_day;
    box.times = guard->times;
    box.places = guard->places;
    box.severities = guard->severities;
    box.phases = guard->phases;
    box.classes = guard->classes;
    box.purposes = guard->purposes;
    return intern_box(guards, &box);
}

const struct sla_guard *sla_guards_at(const struct sla_guards *guards, uint32_t guard)
{
    return (const void *)guards->boxes.keys[guard].ptr;
}

size_t sla_guards_count(const struct sla_guards *guards)
{
    return guards->boxes.count;
}

bool sla_guards_are_full(const struct sla_guards *guards)
{
    return guards->is_full;
}

/* --- places ---------------------------------------------------------------------------------- */

uint32_t sla_guards_places(struct sla_guards *guards, const struct sla_places *places)
{
    return sla_intern(&guards->places, guards->arena,
                      (struct slice){ (const char *)places, sizeof(*places) });
}

const struct sla_places *sla_guards_places_at(const struct sla_guards *guards, uint32_t places)
{
    return (const void *)guards->places.keys[places].ptr;
}

static bool places_cover(const struct sla_guards *guards, uint32_t outer, uint32_t inner)
{
    if (outer == inner || outer == 0 || inner == 0) {
        return outer == inner || outer == 0;
    }
    const struct sla_places *a = sla_guards_places_at(guards, outer);
    const struct sla_places *b = sla_guards_places_at(guards, inner);
    for (size_t i = 0; i < SLA_PLACE_WORDS; i++) {
        if ((b->bits[i] & ~a->bits[i]) != 0) {
            return false;
        }
    }
    return true;
}

/* False: no country is in both. */
static bool places_meet(struct sla_guards *guards, uint32_t a, uint32_t b, uint32_t *out)
{
    struct sla_places both = { { 0 } };
    uint64_t any = 0;

    if (a == 0 || b == 0) {
        *out = a == 0 ? b : a;
        return true;
    }
    for (size_t i = 0; i < SLA_PLACE_WORDS; i++) {
        both.bits[i] =
            sla_guards_places_at(guards, a)->bits[i] & sla_guards_places_at(guards, b)->bits[i];
        any |= both.bits[i];
    }
    *out = sla_guards_places(guards, &both);
    return any != 0;
}

/* --- times ----------------------------------------------------------------------------------- */

uint32_t sla_guards_zone(struct sla_guards *guards, struct slice name)
{
    static const int16_t utc[] = { 0 };
    uint32_t zone = sla_intern(&guards->zones, guards->arena, name);

    if (slice_is(name, "UTC")) {
        sla_guards_offsets(guards, zone, utc, COUNT_OF(utc));
    }
    return zone;
}

struct slice sla_guards_zone_name(const struct sla_guards *guards, uint32_t zone)
{
    return guards->zones.keys[zone];
}

size_t sla_guards_zone_count(const struct sla_guards *guards)
{
    return guards->zones.count;
}

void sla_guards_offsets(struct sla_guards *guards, uint32_t zone, const int16_t *offsets_min,
                        size_t count)
{
    if (zone >= guards->offsets_room) {
        size_t room = guards->zones.room > zone ? guards->zones.room : (size_t)zone + 1;
        struct sla_offsets *grown = ARENA_NEW(guards->arena, struct sla_offsets, room);
        for (size_t i = 0; i < guards->offsets_room; i++) {
            grown[i] = guards->offsets[i];
        }
        guards->offsets = grown;
        guards->offsets_room = room;
    }
    guards->offsets[zone] = (struct sla_offsets){ offsets_min, count };
}

struct sla_offsets sla_guards_offsets_of(const struct sla_guards *guards, uint32_t zone)
{
    return zone < guards->offsets_room ? guards->offsets[zone] : (struct sla_offsets){ 0 };
}

/* Zone, then windows; kept as one key, so that equal weeks are one. */
static uint32_t intern_week(struct sla_guards *guards, const struct sla_week *week)
{
    CLEANUP(buf_done) struct buf key = { 0 };

    buf_add(&key, &week->zone, sizeof(week->zone));
    buf_add(&key, week->items, week->count * sizeof(*week->items));
    return sla_intern(&guards->weeks, guards->arena, buf_slice(&key));
}

static struct sla_week week_at(const struct sla_guards *guards, uint32_t week)
{
    struct slice key = guards->weeks.keys[week];
    struct sla_week out = { .count = (key.len - sizeof(out.zone)) / sizeof(struct sla_minutes) };

    memcpy(&out.zone, key.ptr, sizeof(out.zone));
    out.items = (const void *)(key.ptr + sizeof(out.zone));
    return out;
}

/* Numbers of weeks, ascending by zone. */
static const uint32_t *weeks_of(const struct sla_guards *guards, uint32_t times, size_t *out_count)
{
    struct slice key = guards->times.keys[times];

    *out_count = key.len / sizeof(uint32_t);
    return (const void *)key.ptr;
}

static uint32_t intern_times(struct sla_guards *guards, const uint32_t *weeks, size_t count)
{
    return sla_intern(&guards->times, guards->arena,
                      (struct slice){ (const char *)weeks, count * sizeof(*weeks) });
}

uint32_t sla_guards_week(struct sla_guards *guards, const struct sla_week *week)
{
    if (sla_week_length(week) == SLA_WEEK_MINUTES) {
        return 0;
    }
    const uint32_t one = intern_week(guards, week);
    return intern_times(guards, &one, 1);
}

struct sla_times sla_guards_times(const struct sla_guards *guards, struct arena *arena,
                                  uint32_t times)
{
    struct sla_times out = { 0 };
    const uint32_t *weeks = weeks_of(guards, times, &out.count);
    struct sla_week *copies = ARENA_NEW(arena, struct sla_week, out.count + 1);

    for (size_t i = 0; i < out.count; i++) {
        copies[i] = week_at(guards, weeks[i]);
    }
    out.weeks = copies;
    return out;
}

static void overlap(const struct sla_guards *guards, uint32_t a, uint32_t b, unsigned *out_least,
                    unsigned *out_most)
{
    const struct sla_week left = week_at(guards, a);
    const struct sla_week right = week_at(guards, b);
    const struct sla_offsets of_left = sla_guards_offsets_of(guards, left.zone);
    const struct sla_offsets of_right = sla_guards_offsets_of(guards, right.zone);

    sla_week_overlap(&left, &of_left, &right, &of_right, out_least, out_most);
}

/* Whatever the offsets, each window of `outer` is open whenever some window of `inner` is. */
static bool times_cover(const struct sla_guards *guards, uint32_t outer, uint32_t inner)
{
    size_t outer_count = 0;
    size_t inner_count = 0;
    const uint32_t *wide = weeks_of(guards, outer, &outer_count);
    const uint32_t *narrow = weeks_of(guards, inner, &inner_count);

    for (size_t i = 0; outer != inner && i < outer_count; i++) {
        bool covered = false;
        for (size_t j = 0; j < inner_count && !covered; j++) {
            unsigned least = 0;
            unsigned most = 0;
            const struct sla_week week = week_at(guards, narrow[j]);
            overlap(guards, wide[i], narrow[j], &least, &most);
            covered = least == sla_week_length(&week);
        }
        if (!covered) {
            return false;
        }
    }
    return true;
}

/* Two windows of one zone become one. False: they are never open together. */
static bool meet_weeks(struct sla_guards *guards, uint32_t a, uint32_t b, uint32_t *out)
{
    const struct sla_week left = week_at(guards, a);
    const struct sla_week right = week_at(guards, b);
    struct sla_minutes *items =
        ARENA_NEW(guards->arena, struct sla_minutes, left.count + right.count);
    struct sla_week both = { .zone = left.zone, .items = items };

    both.count = sla_week_meet(&left, &right, items);
    *out = intern_week(guards, &both);
    return both.count > 0;
}

/* Some pair of these windows is never open together. */
static bool exclude(const struct sla_guards *guards, const uint32_t *weeks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            unsigned least = 0;
            unsigned most = 0;
            overlap(guards, weeks[i], weeks[j], &least, &most);
            if (most == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Weeks of two lists in one, ascending by zone; those of one zone become one. False: some are never
 * open together. */
static bool merge_weeks(struct sla_guards *guards, struct slice left, struct slice right,
                        uint32_t *weeks, size_t *out_count)
{
    size_t left_count = left.len / sizeof(uint32_t);
    size_t right_count = right.len / sizeof(uint32_t);
    const uint32_t *a = (const void *)left.ptr;
    const uint32_t *b = (const void *)right.ptr;

    for (size_t i = 0, j = 0; i < left_count || j < right_count;) {
        uint32_t a_zone = i < left_count ? week_at(guards, a[i]).zone : UINT32_MAX;
        uint32_t b_zone = j < right_count ? week_at(guards, b[j]).zone : UINT32_MAX;
        if (a_zone != b_zone) {
            weeks[(*out_count)++] = a_zone < b_zone ? a[i++] : b[j++];
        } else if (!meet_weeks(guards, a[i++], b[j++], &weeks[(*out_count)++])) {
            return false;
        }
    }
    return true;
}

/* False: never open together, whatever the offsets. */
static bool times_meet(struct sla_guards *guards, uint32_t a, uint32_t b, uint32_t *out)
{
    const struct slice left = guards->times.keys[a];
    const struct slice right = guards->times.keys[b];
    size_t count = 0;

    if (a == b || a == 0 || b == 0) {
        *out = a == 0 ? b : a;
        return true;
    }
    uint32_t *weeks = ARENA_NEW(guards->arena, uint32_t, (left.len + right.len) / sizeof(*weeks));
    if (!merge_weeks(guards, left, right, weeks, &count)) {
        return false;
    }
    *out = intern_times(guards, weeks, count);
    return !exclude(guards, weeks, count);
}

/* --- boxes ----------------------------------------------------------------------------------- */

bool sla_guards_covers(const struct sla_guards *guards, uint32_t outer, uint32_t inner)
{
    const struct sla_guard *a = sla_guards_at(guards, outer);
    const struct sla_guard *b = sla_guards_at(guards, inner);

    if (outer == inner || outer == SLA_GUARD_ALWAYS || inner == SLA_GUARD_NEVER) {
        return true;
    }
    return a->from_day <= b->from_day && b->until_day <= a->until_day &&
           (b->severities & ~a->severities) == 0 && (b->phases & ~a->phases) == 0 &&
           (b->classes & ~a->classes) == 0 && (b->purposes & ~a->purposes) == 0 &&
           places_cover(guards, a->places, b->places) && times_cover(guards, a->times, b->times);
}

uint32_t sla_guards_meet(struct sla_guards *guards, uint32_t a, uint32_t b)
{
    if (a == b || b == SLA_GUARD_ALWAYS) {
        return a;
    }
    if (a == SLA_GUARD_ALWAYS) {
        return b;
    }
    const struct sla_guard left = *sla_guards_at(guards, a);
    const struct sla_guard *right = sla_guards_at(guards, b);
    struct sla_guard both = left;

    both.from_day = right->from_day > both.from_day ? right->from_day : both.from_day;
    both.until_day = right->until_day < both.until_day ? right->until_day : both.until_day;
    both.severities &= right->severities;
    both.phases &= right->phases;
    both.classes &= right->classes;
    both.purposes &= right->purposes;
    if (!places_meet(guards, left.places, right->places, &both.places) ||
        !times_meet(guards, left.times, right->times, &both.times)) {
        return SLA_GUARD_NEVER;
    }
    return sla_guards_add(guards, &both);
}

bool sla_guards_crosses_zones(const struct sla_guards *guards, uint32_t guard)
{
    size_t count = 0;

    (void)weeks_of(guards, sla_guards_at(guards, guard)->times, &count);
    return count > 1;
}
