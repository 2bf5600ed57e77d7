#include "sla/values/guard.h"

#include "sla/values/universe.h"
#include "tests/suite.h"

enum { RANDOM_BOXES = 60, TRIPLES = 600, POINTS = 400, WINDOWS_MAX = 3, ZONES = 3 };

static const struct slice classes[] = { { "billing", 7 }, { "imaging", 7 }, { "patient", 7 } };
static const struct slice purposes[] = { { "research", 8 }, { "treatment", 9 } };
static struct arena arena;
static struct sla_guards *guards;

static void set_up(void)
{
    arena = (struct arena){ 0 };
    guards = sla_guards_new(&arena, classes, COUNT_OF(classes), purposes, COUNT_OF(purposes));
}

static void tear_down(void)
{
    arena_done(&arena);
}

static uint32_t country(const char *name)
{
    uint32_t at = 0;

    CU_ASSERT_TRUE(sla_universe_find(&sla_countries, slice_from(name), &at));
    return at;
}

static uint32_t places_of(const char *one, const char *other)
{
    struct sla_places places = { { 0 } };

    places.bits[country(one) / 64] |= UINT64_C(1) << (country(one) % 64);
    places.bits[country(other) / 64] |= UINT64_C(1) << (country(other) % 64);
    return sla_guards_places(guards, &places);
}

/* On days [first, last] from hour to hour. */
static uint32_t hours(const char *zone, unsigned first, unsigned last, unsigned from,
                      unsigned until)
{
    struct sla_minutes items[7];
    struct sla_week week = { sla_guards_zone(guards, slice_from(zone)), items, 0 };

    for (unsigned day = first; day <= last; day++) {
        items[week.count++] = (struct sla_minutes){ (uint16_t)(day * 1440 + from * 60),
                                                    (uint16_t)(day * 1440 + until * 60) };
    }
    return sla_guards_week(guards, &week);
}

static uint32_t at_times(uint32_t times)
{
    struct sla_guard box = sla_guard_all();

    box.times = times;
    return sla_guards_add(guards, &box);
}

static void assert_printed(uint32_t guard, const char *wanted)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    sla_guards_print(guards, guard, &text);
    ASSERT_TEXT(buf_slice(&text), wanted);
}

/* --- single cases ----------------------------------------------------------------------------- */

static void what_is_named_is_printed_as_it_is_written(void)
{
    struct sla_guard box = sla_guard_all();

    assert_printed(SLA_GUARD_ALWAYS, "");
    assert_printed(SLA_GUARD_NEVER, "never");
    box.severities = 0x18;
    box.phases = 1U << PHASE_INCIDENT | 1U << PHASE_RECOVERY;
    box.classes = sla_guards_class(guards, SLICE("patient"));
    box.purposes = sla_guards_purpose(guards, SLICE("research")) |
                   sla_guards_purpose(guards, SLICE("treatment"));
    box.places = places_of("PT", "ES");
    box.from_day = 20454;
    box.until_day = 20819;
    assert_printed(sla_guards_add(guards, &box),
                   "severity: \">= high\", phase: [incident, recovery], class: patient, location: "
                   "[ES, PT], purpose: [research, treatment], valid: {from: 2026-01-01, until: "
                   "2027-01-01}");
    box = sla_guard_all();
    box.severities = 0x03;
    box.until_day = 20454;
    assert_printed(sla_guards_add(guards, &box),
                   "severity: \"<= low\", valid: {until: 2026-01-01}");
    box = sla_guard_all();
    box.severities = 0x05;
    assert_printed(sla_guards_add(guards, &box), "severity: [info, medium]");
    box.severities = 0x08;
    assert_printed(sla_guards_add(guards, &box), "severity: high");
    assert_printed(at_times(hours("Europe/Lisbon", 0, 4, 8, 18)),
                   "time: [mon-fri 08:00-18:00 Europe/Lisbon]");
    assert_printed(at_times(hours("UTC", 5, 6, 0, 24)), "time: [sat-sun 00:00-24:00 UTC]");
}

static void names_have_bits_and_others_none(void)
{
    CU_ASSERT_EQUAL(sla_guards_class(guards, SLICE("billing")), 1);
    CU_ASSERT_EQUAL(sla_guards_class(guards, SLICE("patient")), 4);
    CU_ASSERT_EQUAL(sla_guards_class(guards, SLICE("research")), 0);
    CU_ASSERT_EQUAL(sla_guards_purpose(guards, SLICE("treatment")), 2);
    CU_ASSERT_EQUAL(sla_guards_zone(guards, SLICE("UTC")), sla_guards_zone(guards, SLICE("UTC")));
    ASSERT_TEXT(sla_guards_zone_name(guards, sla_guards_zone(guards, SLICE("UTC"))), "UTC");
}

/* All three names together are not everything: there are data of no class. */
static void naming_all_is_less_than_naming_none(void)
{
    struct sla_guard box = sla_guard_all();

    box.classes = 7;
    uint32_t all_names = sla_guards_add(guards, &box);
    CU_ASSERT_TRUE(sla_guards_covers(guards, SLA_GUARD_ALWAYS, all_names));
    CU_ASSERT_FALSE(sla_guards_covers(guards, all_names, SLA_GUARD_ALWAYS));
}

static void an_empty_set_makes_an_empty_box(void)
{
    static const struct sla_guard cases[] = {
        { 5, 5, 0, 0, 31, 15, SLA_MASK_ALL, SLA_MASK_ALL },
        { 0, 1, 0, 0, 0, 15, SLA_MASK_ALL, SLA_MASK_ALL },
        { 0, 1, 0, 0, 31, 0, SLA_MASK_ALL, SLA_MASK_ALL },
        { 0, 1, 0, 0, 31, 15, 0, SLA_MASK_ALL },
        { 0, 1, 0, 0, 31, 15, SLA_MASK_ALL, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CU_ASSERT_EQUAL(sla_guards_add(guards, &cases[i]), SLA_GUARD_NEVER);
    }
    struct sla_guard iberia = sla_guard_all();
    struct sla_guard north = sla_guard_all();
    iberia.places = places_of("PT", "ES");
    north.places = places_of("NO", "SE");
    CU_ASSERT_EQUAL(
        sla_guards_meet(guards, sla_guards_add(guards, &iberia), sla_guards_add(guards, &north)),
        SLA_GUARD_NEVER);
}

static void windows_of_one_zone_are_compared_exactly(void)
{
    uint32_t work = at_times(hours("Europe/Lisbon", 0, 4, 8, 18));
    uint32_t morning = at_times(hours("Europe/Lisbon", 0, 2, 8, 12));
    uint32_t evening = at_times(hours("Europe/Lisbon", 0, 4, 18, 22));

    CU_ASSERT_TRUE(sla_guards_covers(guards, work, morning));
    CU_ASSERT_FALSE(sla_guards_covers(guards, morning, work));
    CU_ASSERT_EQUAL(sla_guards_meet(guards, work, morning), morning);
    CU_ASSERT_EQUAL(sla_guards_meet(guards, work, evening), SLA_GUARD_NEVER);
    CU_ASSERT_EQUAL(hours("Europe/Lisbon", 0, 6, 0, 24), 0); /* a whole week is no condition */
}

static void windows_of_two_zones_overlap_when_some_offsets_say_so(void)
{
    static const int16_t lisbon[] = { 0, 60 };
    static const int16_t tokyo[] = { 540 };
    uint32_t morning = at_times(hours("Europe/Lisbon", 0, 0, 8, 9));
    uint32_t tokyo_day = at_times(hours("Asia/Tokyo", 0, 0, 8, 17));
    uint32_t tokyo_hour = at_times(hours("Asia/Tokyo", 0, 0, 17, 18));

    uint32_t both = sla_guards_meet(guards, morning, tokyo_day);
    CU_ASSERT_NOT_EQUAL(both, SLA_GUARD_NEVER); /* offsets are not known */
    CU_ASSERT_TRUE(sla_guards_crosses_zones(guards, both));
    assert_printed(both, "time: [mon 08:00-17:00 Asia/Tokyo], time: [mon 08:00-09:00 "
                         "Europe/Lisbon]");
    sla_guards_offsets(guards, sla_guards_zone(guards, SLICE("Europe/Lisbon")), lisbon, 2);
    sla_guards_offsets(guards, sla_guards_zone(guards, SLICE("Asia/Tokyo")), tokyo, 1);
    /* 08:00 in Lisbon is 17:00 in Tokyo, or 16:00 in summer */
    CU_ASSERT_NOT_EQUAL(sla_guards_meet(guards, morning, tokyo_day), SLA_GUARD_NEVER);
    CU_ASSERT_NOT_EQUAL(sla_guards_meet(guards, morning, tokyo_hour), SLA_GUARD_NEVER);
    sla_guards_offsets(guards, sla_guards_zone(guards, SLICE("Europe/Lisbon")), lisbon, 1);
    CU_ASSERT_EQUAL(sla_guards_meet(guards, morning, tokyo_day), SLA_GUARD_NEVER);
    CU_ASSERT_TRUE(sla_guards_covers(guards, tokyo_hour, morning));
    CU_ASSERT_FALSE(sla_guards_covers(guards, tokyo_day, morning));
}

static void windows_go_around_the_end_of_the_week(void)
{
    static const int16_t ahead[] = { 120 };
    uint32_t late = at_times(hours("UTC", 6, 6, 23, 24));
    uint32_t early = at_times(hours("Africa/Cairo", 0, 0, 1, 2));

    sla_guards_offsets(guards, sla_guards_zone(guards, SLICE("Africa/Cairo")), ahead, 1);
    CU_ASSERT_TRUE(sla_guards_covers(guards, early, late));
    CU_ASSERT_TRUE(sla_guards_covers(guards, late, early));
}

static void a_sample_is_the_least_of_each_named_set(void)
{
    struct sla_guard box = sla_guard_all();

    box.severities = 0x18;
    box.phases = 0x6;
    box.classes = 6;
    box.places = places_of("PT", "ES");
    box.times = hours("UTC", 1, 4, 8, 18);
    uint32_t guard = sla_guards_add(guards, &box);
    uint32_t sample = sla_guards_sample(guards, guard);
    CU_ASSERT_TRUE(sla_guards_covers(guards, guard, sample));
    assert_printed(sample, "severity: high, phase: incident, class: imaging, location: [ES], time: "
                           "[tue 08:00-08:01 UTC]");
    box = sla_guard_all();
    box.until_day = 20454;
    assert_printed(sla_guards_sample(guards, sla_guards_add(guards, &box)),
                   "valid: {from: 2025-12-31, until: 2026-01-01}");
    CU_ASSERT_EQUAL(sla_guards_sample(guards, SLA_GUARD_ALWAYS), SLA_GUARD_ALWAYS);
}

static void there_is_a_limit_to_different_boxes(void)
{
    struct sla_guard box = sla_guard_all();

    for (int32_t day = 0; day < SLA_GUARDS_MAX - 1; day++) {
        box.from_day = day;
        CU_ASSERT_FALSE(sla_guards_add(guards, &box) == SLA_GUARD_ALWAYS);
    }
    CU_ASSERT_FALSE(sla_guards_are_full(guards));
    box.from_day = SLA_GUARDS_MAX;
    (void)sla_guards_add(guards, &box);
    box.from_day++;
    (void)sla_guards_add(guards, &box);
    CU_ASSERT_TRUE(sla_guards_are_full(guards));
}

/* --- against points ----------------------------------------------------------------------------
 */

static uint64_t random_state = 1;

static unsigned below(unsigned limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33U) % limit;
}

/* All zones have one offset here, so that a point in time is a minute of UTC. */
static const char *const zones[ZONES] = { "UTC", "East", "West" };
static const int16_t offsets[ZONES] = { 0, 330, -480 };

struct point {
    int32_t day;
    unsigned severity, phase, class, purpose, country, minute;
};

static struct point any_point(void)
{
    return (struct point){ .day = (int32_t)below(12),
                           .severity = below(SEVERITY_KINDS),
                           .phase = below(PHASE_KINDS),
                           .class = below(4) == 0 ? SLA_GUARD_NAMES_MAX : below(3),
                           .purpose = below(4) == 0 ? SLA_GUARD_NAMES_MAX : below(2),
                           .country = below(6),
                           .minute = below(SLA_WEEK_MINUTES) };
}

static bool in_times(uint32_t number, unsigned minute)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct sla_times times = sla_guards_times(guards, &scratch, number);

    for (size_t i = 0; i < times.count; i++) {
        const struct sla_week *week = &times.weeks[i];
        bool open = false;
        int offset = 0;
        for (size_t zone = 0; zone < ZONES; zone++) {
            offset = slice_is(sla_guards_zone_name(guards, week->zone), zones[zone]) ? offsets[zone]
                                                                                     : offset;
        }
        int local = ((int)minute + offset + SLA_WEEK_MINUTES) % SLA_WEEK_MINUTES;
        for (size_t j = 0; j < week->count; j++) {
            open |= week->items[j].from <= local && local < week->items[j].until;
        }
        if (!open) {
            return false;
        }
    }
    return true;
}

static bool holds(uint32_t guard, const struct point *at)
{
    const struct sla_guard *box = sla_guards_at(guards, guard);
    bool placed = box->places == 0 ||
                  (sla_guards_places_at(guards, box->places)->bits[0] >> at->country & 1U) != 0;

    return box->from_day <= at->day && at->day < box->until_day &&
           ((unsigned)box->severities >> at->severity & 1U) != 0 &&
           ((unsigned)box->phases >> at->phase & 1U) != 0 &&
           (box->classes >> at->class & 1U) != 0 && (box->purposes >> at->purpose & 1U) != 0 &&
           placed && in_times(box->times, at->minute);
}

static uint32_t random_box(void)
{
    struct sla_guard box = sla_guard_all();

    if (below(3) == 0) {
        box.from_day = (int32_t)below(8);
        box.until_day = box.from_day + 1 + (int32_t)below(6);
    }
    box.severities = below(2) == 0 ? (uint8_t)(1 + below(31)) : box.severities;
    box.phases = below(3) == 0 ? (uint8_t)(1 + below(15)) : box.phases;
    box.classes = below(2) == 0 ? 1 + below(7) : box.classes;
    box.purposes = below(3) == 0 ? 1 + below(3) : box.purposes;
    if (below(3) == 0) {
        const struct sla_places places = { { 1 + below(63) } };
        box.places = sla_guards_places(guards, &places);
    }
    if (below(2) == 0) {
        unsigned first = below(7);
        unsigned from = below(23);
        box.times = hours(zones[below(ZONES)], first, first + below(7 - first), from,
                          from + 1 + below(24 - from));
    }
    return sla_guards_add(guards, &box);
}

static void boxes_agree_with_their_points(void)
{
    uint32_t boxes[RANDOM_BOXES];
    unsigned wrong = 0;
    unsigned covered = 0;
    unsigned apart = 0;

    for (size_t i = 0; i < ZONES; i++) {
        sla_guards_offsets(guards, sla_guards_zone(guards, slice_from(zones[i])), &offsets[i], 1);
    }
    for (size_t i = 0; i < RANDOM_BOXES; i++) {
        boxes[i] = random_box();
    }
    for (size_t i = 0; i < RANDOM_BOXES; i++) {
        for (size_t j = 0; j < RANDOM_BOXES; j++) {
            uint32_t both = sla_guards_meet(guards, boxes[i], boxes[j]);
            bool covers = sla_guards_covers(guards, boxes[i], boxes[j]);
            wrong += both != sla_guards_meet(guards, boxes[j], boxes[i]);
            wrong += covers && both != boxes[j] && !sla_guards_crosses_zones(guards, both);
            wrong += !sla_guards_covers(guards, boxes[i], both);
            covered += covers && i != j;
            apart += both == SLA_GUARD_NEVER;
            for (unsigned k = 0; k < POINTS / RANDOM_BOXES; k++) {
                const struct point at = any_point();
                bool in_both = holds(boxes[i], &at) && holds(boxes[j], &at);
                wrong += in_both != holds(both, &at);
                wrong += covers && holds(boxes[j], &at) && !holds(boxes[i], &at);
            }
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(covered > 0 && apart > 0); /* both cases were seen */
}

static void the_intersection_forgets_order(void)
{
    for (size_t i = 0; i < TRIPLES; i++) {
        uint32_t a = random_box();
        uint32_t b = random_box();
        uint32_t c = random_box();
        uint32_t left = sla_guards_meet(guards, sla_guards_meet(guards, a, b), c);
        uint32_t right = sla_guards_meet(guards, a, sla_guards_meet(guards, b, c));
        CU_ASSERT_EQUAL(left, right);
        CU_ASSERT_EQUAL(sla_guards_meet(guards, a, a), a);
    }
}

static CU_TestInfo tests[] = {
    { "what is named is printed as it is written", what_is_named_is_printed_as_it_is_written },
    { "names have bits and others none", names_have_bits_and_others_none },
    { "naming all is less than naming none", naming_all_is_less_than_naming_none },
    { "an empty set makes an empty box", an_empty_set_makes_an_empty_box },
    { "windows of one zone are compared exactly", windows_of_one_zone_are_compared_exactly },
    { "windows of two zones overlap when some offsets say so",
      windows_of_two_zones_overlap_when_some_offsets_say_so },
    { "windows go around the end of the week", windows_go_around_the_end_of_the_week },
    { "a sample is the least of each named set", a_sample_is_the_least_of_each_named_set },
    { "there is a limit to different boxes", there_is_a_limit_to_different_boxes },
    { "boxes agree with their points", boxes_agree_with_their_points },
    { "the intersection forgets order", the_intersection_forgets_order },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "guards", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
