/* The moments at which guards speak together, against each hour of the week. */
#include "sla/conflict/sweep.h"

#include "tests/suite.h"

#include <inttypes.h>

enum {
    WORLDS = 400,
    GUARDS_MAX = 8,
    DAYS = 4,
    HOURS = 7 * 24,
    SETS = 1 << GUARDS_MAX,
    ZONES = 3,
    HOUR_MIN = 60
};

static const char *const zone_names[ZONES] = { "UTC", "Europe/Lisbon", "Asia/Tokyo" };
static const int16_t lisbon[] = { 0, 60 };
static const int16_t tokyo[] = { 540 };

static struct arena arena;
static struct sla_guards *guards;
static uint64_t state;

static void set_up(void)
{
    arena = (struct arena){ 0 };
    guards = sla_guards_new(&arena, NULL, 0, NULL, 0);
    sla_guards_offsets(guards, sla_guards_zone(guards, SLICE("Europe/Lisbon")), lisbon, 2);
    sla_guards_offsets(guards, sla_guards_zone(guards, SLICE("Asia/Tokyo")), tokyo, 1);
}

static void tear_down(void)
{
    arena_done(&arena);
}

/* xorshift64 (Marsaglia, 2003) */
static unsigned below(unsigned count)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % count);
}

/* Of whole hours, as random as the guards need. */
struct drawn {
    unsigned zone, from_hour, until_hour, phases;
    int from_day, until_day;
    bool is_timed;
};

static struct drawn draw(void)
{
    struct drawn drawn = { .zone = below(ZONES),
                           .from_hour = below(HOURS),
                           .phases =
                               below(2) == 0 ? SLA_PHASES_ALL : 1 + below((unsigned)SLA_PHASES_ALL),
                           .from_day = (int)below(DAYS),
                           .is_timed = below(4) > 0 };

    drawn.until_hour = drawn.from_hour + 1 + below(HOURS - drawn.from_hour);
    drawn.until_day = drawn.from_day + 1 + (int)below(DAYS);
    return drawn;
}

static uint32_t guard_of(const struct drawn *drawn)
{
    const struct sla_minutes minutes = { (uint16_t)(drawn->from_hour * HOUR_MIN),
                                         (uint16_t)(drawn->until_hour * HOUR_MIN) };
    const struct sla_week week = { sla_guards_zone(guards, slice_from(zone_names[drawn->zone])),
                                   &minutes, 1 };
    struct sla_guard box = sla_guard_all();

    box.from_day = drawn->from_day;
    box.until_day = drawn->until_day;
    box.phases = (uint8_t)drawn->phases;
    box.times = drawn->is_timed ? sla_guards_week(guards, &week) : 0;
    return sla_guards_add(guards, &box);
}

struct sets {
    size_t count; /* of guards */
    bool there[SETS];
};

static void take(void *arg, const bool *speaks)
{
    struct sets *sets = arg;
    unsigned set = 0;

    for (size_t i = 0; i < sets->count; i++) {
        set |= speaks[i] ? 1U << i : 0;
    }
    sets->there[set] = true;
}

/* When it is that hour in UTC, and Lisbon has its summer time or not. */
static unsigned speaking(const struct drawn *drawn, size_t count, unsigned hour, unsigned summer,
                         int day, unsigned phase)
{
    const unsigned local[ZONES] = { hour, (hour + summer) % HOURS, (hour + 9) % HOURS };
    unsigned set = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned now = local[drawn[i].zone];
        bool is_open =
            !drawn[i].is_timed || (drawn[i].from_hour <= now && now < drawn[i].until_hour);
        if (is_open && drawn[i].from_day <= day && day < drawn[i].until_day &&
            (drawn[i].phases >> phase & 1U) != 0) {
            set |= 1U << i;
        }
    }
    return set;
}

static void go_through(const struct drawn *drawn, struct sets *sets)
{
    for (unsigned at = 0; at < HOURS * 2 * PHASE_KINDS; at++) {
        for (int day = 0; day < 2 * DAYS; day++) {
            sets->there[speaking(drawn, sets->count, at / 2 % HOURS, at % 2, day,
                                 at / (2 * HOURS))] = true;
        }
    }
}

static bool is_part_of_one(const struct sets *sets, unsigned set)
{
    for (unsigned i = 0; i < SETS; i++) {
        if (sets->there[i] && (set & ~i) == 0) {
            return true;
        }
    }
    return false;
}

static void what_speaks_together_is_found_and_no_more(void)
{
    state = UINT64_C(0x5eed0f5eed); /* printed with each failure */
    for (size_t world = 0; world < WORLDS; world++) {
        struct drawn drawn[GUARDS_MAX];
        uint32_t whens[GUARDS_MAX];
        size_t looks = 0;
        uint64_t seed = state;
        struct sets found = { .count = 1 + below(GUARDS_MAX) };
        struct sets wanted = { .count = found.count };

        for (size_t i = 0; i < found.count; i++) {
            drawn[i] = draw();
            whens[i] = guard_of(&drawn[i]);
        }
        const struct sla_sweep sweep = { guards, whens, found.count, 0, &looks };
        CU_ASSERT_TRUE(sla_sweep_moments(&sweep, take, &found));
        go_through(drawn, &wanted);
        for (unsigned set = 0; set < SETS; set++) {
            bool good = (!wanted.there[set] || set == 0 || is_part_of_one(&found, set)) &&
                        (!found.there[set] || is_part_of_one(&wanted, set));
            suite_check(good, arena_printf(&arena, "seed %" PRIx64, seed).ptr, __FILE__, __LINE__);
        }
    }
}

/* So many zones whose clocks nobody knows that there is no end to how they can stand. */
static void too_many_ways_of_clocks_are_not_gone_through(void)
{
    uint32_t whens[4];
    size_t looks = 0;
    struct sets found = { .count = COUNT_OF(whens) };

    for (size_t i = 0; i < COUNT_OF(whens); i++) {
        const struct sla_minutes minutes = { 60, 120 };
        const struct sla_week week = { sla_guards_zone(guards, arena_printf(&arena, "none/%zu", i)),
                                       &minutes, 1 };
        struct sla_guard box = sla_guard_all();
        box.times = sla_guards_week(guards, &week);
        whens[i] = sla_guards_add(guards, &box);
    }
    const struct sla_sweep sweep = { guards, whens, COUNT_OF(whens), 0, &looks };
    CU_ASSERT_FALSE(sla_sweep_moments(&sweep, take, &found));
    CU_ASSERT_TRUE(looks < SLA_SWEEP_LOOKS_MAX + 64);
    /* What a moment costs whoever is told of it counts, too. */
    const struct sla_sweep dear = { guards, whens, 2, SLA_SWEEP_LOOKS_MAX, &looks };
    looks = 0;
    CU_ASSERT_FALSE(sla_sweep_moments(&dear, take, &found));
    CU_ASSERT_TRUE(looks / 2 < SLA_SWEEP_LOOKS_MAX);
}

static CU_TestInfo tests[] = {
    { "what speaks together is found and no more", what_speaks_together_is_found_and_no_more },
    { "too many ways of clocks are not gone through",
      too_many_ways_of_clocks_are_not_gone_through },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla sweep", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
