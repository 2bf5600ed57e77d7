#include "base/wide.h"
#include "sla/compose/kofn.h"
#include "tests/suite.h"

#include <string.h>

enum {
    ROUNDS = 400,
    ENUMERATED_MAX = 12,  /* 1000^12 < 2^120 */
    CAUSE_PARTS_MAX = 10, /* 200^11 < 2^90 */
    LAID_MAX = 8,
    LAID_UNIT = 840, /* is divided by 1 to 8 */
    CELLS_MAX = 20 * LAID_UNIT,
    TABLE_BITS = 12,
    TIMETABLES = 1 << TABLE_BITS
};

static uint64_t state;

static int reset(void)
{
    state = 20260101;
    return 0;
}

/* xorshift64: 0..below - 1 */
static int64_t draw(int64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (int64_t)(state % (uint64_t)below);
}

/* Mostly any amount, now and then none or all of it. */
static void fill(int64_t *out_down, size_t count, int64_t whole)
{
    for (size_t i = 0; i < count; i++) {
        int64_t kind = draw(8);
        out_down[i] = kind == 0 ? 0 : draw(whole + 1);
        out_down[i] = kind == 1 ? whole : out_down[i];
    }
}

static struct sla_range bounds_of(const struct sla_kofn *group)
{
    struct sla_range out = { 0 };

    ASSERT_OK(sla_kofn_bounds(group, &out));
    return out;
}

static struct sla_range independent_of(const struct sla_kofn *group)
{
    struct sla_range out = { 0 };

    ASSERT_OK(sla_kofn_independent(group, &out));
    return out;
}

static int64_t common_of(const struct sla_kofn *group, int64_t share_ppb)
{
    int64_t out = 0;

    ASSERT_OK(sla_kofn_common(group, share_ppb, &out));
    return out;
}

/* --- checkers that share nothing with the code ------------------------------------------------ */

/* P(fewer than `need` up) of independent parts times whole^count, subset by subset. */
static wide_t enumerate(const struct sla_kofn *group)
{
    wide_t sum = 0;

    for (uint32_t downs = 0; downs < UINT32_C(1) << group->count; downs++) {
        if (group->count - (size_t)__builtin_popcount(downs) >= group->need) {
            continue;
        }
        wide_t product = 1;
        for (size_t i = 0; i < group->count; i++) {
            bool is_down = ((downs >> i) & 1U) != 0;
            product *= (uint64_t)(is_down ? group->down[i] : group->whole - group->down[i]);
        }
        sum += product;
    }
    return sum;
}

static wide_t power(int64_t base, size_t exponent)
{
    wide_t out = 1;

    for (size_t i = 0; i < exponent; i++) {
        out *= (uint64_t)base;
    }
    return out;
}

/* The longest time that amounts can cover `together` times over, tried one after the other. */
static int64_t longest(const int64_t *amounts, size_t count, size_t together, int64_t whole)
{
    int64_t found = 0;

    for (int64_t time = 1; time <= whole; time++) {
        int64_t sum = 0;
        for (size_t i = 0; i < count; i++) {
            sum += amounts[i] < time ? amounts[i] : time;
        }
        found = sum >= (int64_t)together * time ? time : found;
    }
    return found;
}

/* A timetable as witness: laid end to end round a circle of `time` cells, do the amounts cover each
 * of them `together` times or more? No amount may meet itself, and what is cut off must fit the
 * rest of the window. */
static bool is_reached(const int64_t *amounts, size_t count, size_t together, int64_t time,
                       int64_t whole)
{
    static uint8_t cover[CELLS_MAX];
    int64_t at = 0;

    memset(cover, 0, sizeof(cover));
    for (size_t i = 0; i < count; i++) {
        int64_t laid = amounts[i] < time ? amounts[i] : time;
        if (amounts[i] - laid > whole - time) {
            return false;
        }
        for (int64_t cell = 0; cell < laid; cell++, at++) {
            cover[at % time]++;
        }
    }
    for (int64_t cell = 0; cell < time; cell++) {
        if (cover[cell] < together) {
            return false;
        }
    }
    return true;
}

/* --- any dependence -------------------------------------------------------------------------- */

/* Amounts are multiples of what 1 to 8 divide, so nothing is rounded. */
static void timetables_reach_the_bounds(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        int64_t down[LAID_MAX], up[LAID_MAX];
        size_t count = 1 + (size_t)draw(LAID_MAX);
        int64_t whole = 1 + draw(20);
        fill(down, count, whole);
        for (size_t i = 0; i < count; i++) {
            up[i] = (whole - down[i]) * LAID_UNIT;
            down[i] *= LAID_UNIT;
        }
        struct sla_kofn group = { down, count, 1 + (size_t)draw((int64_t)count),
                                  whole * LAID_UNIT };
        size_t together = count - group.need + 1;
        struct sla_range any = bounds_of(&group);

        CU_ASSERT_EQUAL(any.most, longest(down, count, together, group.whole));
        CU_ASSERT_TRUE(is_reached(down, count, together, any.most, group.whole));
        CU_ASSERT_EQUAL(group.whole - any.least, longest(up, count, group.need, group.whole));
        CU_ASSERT_TRUE(is_reached(up, count, group.need, group.whole - any.least, group.whole));
    }
}

/* What was seen of all timetables that give the parts the same amounts. */
struct outages {
    int64_t least, most;
};

/* A timetable is `parts` rows of `cells` bits: how long is each part down, and how long are fewer
 * than `need` up? */
static int64_t read_timetable(uint32_t bits, const struct sla_kofn *group, int64_t *out_down)
{
    size_t cells = (size_t)group->whole;
    int64_t outage = 0;

    memset(out_down, 0, group->count * sizeof(*out_down));
    for (size_t cell = 0; cell < cells; cell++) {
        size_t up = group->count;
        for (size_t part = 0; part < group->count; part++) {
            bool is_down = ((bits >> (part * cells + cell)) & 1U) != 0;
            out_down[part] += is_down;
            up -= is_down;
        }
        outage += up < group->need;
    }
    return outage;
}

/* The amounts as one number: (cells + 1)^parts <= TIMETABLES where parts * cells is TABLE_BITS. */
static struct outages *outages_of(struct outages *seen, const struct sla_kofn *group)
{
    size_t key = 0;

    for (size_t i = 0; i < group->count; i++) {
        key = key * ((size_t)group->whole + 1) + (size_t)group->down[i];
    }
    CU_ASSERT_TRUE_FATAL(key < TIMETABLES);
    return &seen[key];
}

/* No timetable is outside the bounds; and for the amounts of each of them some timetable comes
 * within less than one unit of either bound. */
static void check_timetables(size_t parts, size_t need)
{
    static struct outages seen[TIMETABLES];
    int64_t down[TABLE_BITS];
    struct sla_kofn group = { down, parts, need, (int64_t)(TABLE_BITS / parts) };

    for (size_t i = 0; i < TIMETABLES; i++) {
        seen[i] = (struct outages){ .least = INT64_MAX, .most = -1 };
    }
    for (uint32_t bits = 0; bits < TIMETABLES; bits++) {
        int64_t outage = read_timetable(bits, &group, down);
        struct outages *same = outages_of(seen, &group);
        same->least = outage < same->least ? outage : same->least;
        same->most = outage > same->most ? outage : same->most;
    }
    for (uint32_t bits = 0; bits < TIMETABLES; bits++) {
        (void)read_timetable(bits, &group, down);
        const struct outages *same = outages_of(seen, &group);
        struct sla_range any = bounds_of(&group);
        CU_ASSERT_TRUE(any.least <= same->least && same->least <= any.least + 1);
        CU_ASSERT_TRUE(any.most >= same->most && same->most >= any.most - 1);
    }
}

/* 2 parts by 6 cells, 3 by 4, 4 by 3 ... */
static void every_small_timetable_lies_within(void)
{
    for (size_t parts = 1; parts <= TABLE_BITS; parts++) {
        for (size_t need = 1; TABLE_BITS % parts == 0 && need <= parts; need++) {
            check_timetables(parts, need);
        }
    }
}

static void all_of_n_and_one_of_n_are_the_known_forms(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        int64_t down[SLA_KOFN_PARTS_MAX];
        size_t count = 1 + (size_t)draw(SLA_KOFN_PARTS_MAX);
        fill(down, count, SLA_PPB);
        int64_t sum = 0, smallest = SLA_PPB, largest = 0;
        for (size_t i = 0; i < count; i++) {
            sum += down[i];
            smallest = down[i] < smallest ? down[i] : smallest;
            largest = down[i] > largest ? down[i] : largest;
        }
        struct sla_kofn all = { down, count, count, SLA_PPB };
        struct sla_kofn one = { down, count, 1, SLA_PPB };
        int64_t beyond = sum - (int64_t)(count - 1) * SLA_PPB;

        CU_ASSERT_EQUAL(bounds_of(&all).most, sum < SLA_PPB ? sum : SLA_PPB);
        CU_ASSERT_EQUAL(bounds_of(&all).least, largest);
        CU_ASSERT_EQUAL(bounds_of(&one).most, smallest);
        CU_ASSERT_EQUAL(bounds_of(&one).least, beyond > 0 ? beyond : 0);
    }
}

/* --- independent and common cause ------------------------------------------------------------- */

/* Between what is exact and one unit more outwards. */
static void check_enumerated(const struct sla_kofn *group)
{
    wide_t scale = power(group->whole, group->count - 1);
    wide_t exact = enumerate(group);
    int64_t floor = (int64_t)(exact / scale);
    int64_t ceiling = floor + (exact % scale != 0);
    struct sla_range got = independent_of(group);

    CU_ASSERT_TRUE(got.least <= floor && floor <= got.least + 1);
    CU_ASSERT_TRUE(got.most >= ceiling && ceiling >= got.most - 1);
}

static void subsets_agree_with_the_recursion(void)
{
    int64_t down[ENUMERATED_MAX];

    for (int round = 0; round < ROUNDS; round++) {
        size_t count = 1 + (size_t)draw(ENUMERATED_MAX);
        int64_t whole = 1 + draw(1000);
        fill(down, count, whole);
        check_enumerated(
            &(struct sla_kofn){ down, count, 1 + (size_t)draw((int64_t)count), whole });
    }
    for (int round = 0; round < ROUNDS; round++) { /* ppb: (10^9)^4 < 2^120 */
        size_t count = 1 + (size_t)draw(4);
        fill(down, count, draw(2) == 0 ? SLA_PPB : SLA_PPB / 1000);
        check_enumerated(
            &(struct sla_kofn){ down, count, 1 + (size_t)draw((int64_t)count), SLA_PPB });
    }
}

/* 64 coins: sums of binomial coefficients over 2^64, in units of 2^-60. */
static void sixty_four_parts_agree_with_pascal(void)
{
    wide_t row[SLA_KOFN_PARTS_MAX + 1] = { 1 };
    int64_t down[SLA_KOFN_PARTS_MAX];
    wide_t tail = 0;

    for (size_t i = 0; i < SLA_KOFN_PARTS_MAX; i++) {
        down[i] = INT64_C(1) << 59;
        for (size_t j = i + 1; j > 0; j--) {
            row[j] += row[j - 1];
        }
    }
    for (size_t need = 1; need <= SLA_KOFN_PARTS_MAX; need++) {
        struct sla_kofn group = { down, SLA_KOFN_PARTS_MAX, need, INT64_C(1) << 60 };
        struct sla_range got = independent_of(&group);
        tail += row[need - 1];
        CU_ASSERT_TRUE((wide_t)got.least * 16 <= tail && (wide_t)got.most * 16 >= tail);
        CU_ASSERT_TRUE((got.most - got.least) / 2 <= SLA_KOFN_PARTS_MAX);
    }
}

/* The model itself, exactly: besides a cause that takes all down, independent parts. Either they
 * fail in the time that the cause leaves, so that each part has its own figure, or at any time with
 * the share that is not the cause's. */
static void check_cause(const struct sla_kofn *besides, int64_t cause, int64_t total, int64_t got)
{
    wide_t scale = power(besides->whole, besides->count);
    wide_t exact = (uint64_t)cause * scale + (uint64_t)(total - cause) * enumerate(besides);

    CU_ASSERT_TRUE((wide_t)got * scale >= exact);
}

static int64_t largest_of(const int64_t *down, size_t count)
{
    int64_t largest = 0;

    for (size_t i = 0; i < count; i++) {
        largest = down[i] > largest ? down[i] : largest;
    }
    return largest;
}

/* Some parts alike, so that the bound for any dependence does not refute the model. */
static void fill_alike(int64_t *out_down, size_t count, int64_t whole)
{
    fill(out_down, count, whole);
    for (size_t i = 1; i < count; i++) {
        out_down[i] = draw(2) == 0 ? out_down[0] : out_down[i];
    }
}

/* b in quarters, and so is `cause`. What the bound for any dependence refutes is not asked for. */
static void the_common_cause_is_not_underrated(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        int64_t down[CAUSE_PARTS_MAX], left[CAUSE_PARTS_MAX], rest[CAUSE_PARTS_MAX];
        size_t count = 1 + (size_t)draw(CAUSE_PARTS_MAX);
        int64_t whole = 1 + draw(50), quarters = draw(5);
        fill_alike(down, count, whole);
        int64_t cause = quarters * largest_of(down, count);
        for (size_t i = 0; i < count; i++) {
            left[i] = 4 * down[i] > cause ? 4 * down[i] - cause : 0;
            rest[i] = down[i] * (4 - quarters);
        }
        struct sla_kofn group = { down, count, 1 + (size_t)draw((int64_t)count), whole };
        struct sla_kofn in_the_rest = { left, count, group.need, 4 * whole - cause };
        struct sla_kofn at_any_time = { rest, count, group.need, 4 * whole };
        int64_t got = common_of(&group, quarters * (SLA_PPB / 4));
        int64_t any = bounds_of(&group).most;

        CU_ASSERT_TRUE(got <= any);
        if (got < any) {
            check_cause(&in_the_rest, cause, 4 * whole, 4 * got);
            check_cause(&at_any_time, cause, 4 * whole, 4 * got);
        }
    }
}

static void no_and_nothing_but_common_cause_are_the_known_forms(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        int64_t down[SLA_KOFN_PARTS_MAX];
        size_t count = 1 + (size_t)draw(SLA_KOFN_PARTS_MAX);
        fill_alike(down, count, SLA_PPB);
        struct sla_kofn group = { down, count, 1 + (size_t)draw((int64_t)count), SLA_PPB };
        struct sla_kofn alone = { down, 1, 1, SLA_PPB };
        int64_t any = bounds_of(&group).most, largest = largest_of(down, count);

        CU_ASSERT_EQUAL(common_of(&group, 0), independent_of(&group).most);
        CU_ASSERT_EQUAL(common_of(&group, SLA_PPB), largest < any ? largest : any);
        CU_ASSERT_EQUAL(common_of(&alone, draw(SLA_PPB + 1)), down[0]);
    }
}

/* --- all of them ------------------------------------------------------------------------------ */

static void check_grows(const struct sla_kofn *before, const struct sla_kofn *after,
                        int64_t share_ppb)
{
    struct sla_range any = bounds_of(before), any_after = bounds_of(after);
    struct sla_range mean = independent_of(before), mean_after = independent_of(after);

    CU_ASSERT_TRUE(any.least <= any_after.least && any.most <= any_after.most);
    CU_ASSERT_TRUE(mean.least <= mean_after.least && mean.most <= mean_after.most);
    CU_ASSERT_TRUE(common_of(before, share_ppb) <= common_of(after, share_ppb) + 1);
    CU_ASSERT_TRUE(0 <= any.least && any.least <= mean.least && mean.least <= mean.most &&
                   mean.most <= any.most && any.most <= before->whole);
}

static void more_down_time_and_more_need_never_help(void)
{
    static const int64_t wholes[] = { 1, 7, SLA_PPB, INT64_C(2592000000), INT64_MAX - 1 };

    for (int round = 0; round < ROUNDS; round++) {
        int64_t down[SLA_KOFN_PARTS_MAX], more[SLA_KOFN_PARTS_MAX];
        size_t count = 1 + (size_t)draw(SLA_KOFN_PARTS_MAX);
        int64_t whole = wholes[draw(COUNT_OF(wholes))];
        fill(down, count, whole);
        memcpy(more, down, sizeof(more[0]) * count);
        size_t at = (size_t)draw((int64_t)count);
        more[at] += whole > more[at] ? draw(whole - more[at]) + 1 : 0;
        int64_t share_ppb = draw(SLA_PPB + 1);
        struct sla_kofn group = { down, count, 1 + (size_t)draw((int64_t)count), whole };
        struct sla_kofn worse = { more, count, group.need, whole };
        check_grows(&group, &worse, share_ppb);
        if (group.need < count) {
            struct sla_kofn harder = { down, count, group.need + 1, whole };
            check_grows(&group, &harder, share_ppb);
        }
    }
}

static void the_order_of_parts_does_not_matter(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        int64_t down[SLA_KOFN_PARTS_MAX], turned[SLA_KOFN_PARTS_MAX];
        size_t count = 1 + (size_t)draw(SLA_KOFN_PARTS_MAX);
        fill(down, count, SLA_PPB);
        for (size_t i = 0; i < count; i++) {
            turned[i] = down[count - 1 - i];
        }
        struct sla_kofn group = { down, count, 1 + (size_t)draw((int64_t)count), SLA_PPB };
        struct sla_kofn other = { turned, count, group.need, SLA_PPB };
        struct sla_range mean = independent_of(&group), mean_other = independent_of(&other);
        CU_ASSERT_EQUAL(mean.least, mean_other.least);
        CU_ASSERT_EQUAL(mean.most, mean_other.most);
        CU_ASSERT_EQUAL(bounds_of(&group).most, bounds_of(&other).most);
    }
}

static void halves_are_rounded_outwards(void)
{
    static const int64_t little[3] = { 1, 1, 1 }, much[3] = { 9, 9, 9 };
    struct sla_kofn mostly_up = { little, 3, 2, 10 }, mostly_down = { much, 3, 2, 10 };

    CU_ASSERT_EQUAL(bounds_of(&mostly_up).most, 2); /* 1.5 */
    CU_ASSERT_EQUAL(bounds_of(&mostly_up).least, 0);
    CU_ASSERT_EQUAL(bounds_of(&mostly_down).least, 8); /* 8.5 */
    CU_ASSERT_EQUAL(bounds_of(&mostly_down).most, 10);
}

static void known_figures_come_out(void)
{
    static const int64_t minutes[3] = { 2592000, 2592000, 2592000 }; /* 43.2 min in ms */
    static const int64_t shares[3] = { 1000000, 1000000, 1000000 };  /* 99.9 % */
    struct sla_kofn month = { minutes, 3, 2, INT64_C(30) * 24 * 3600 * 1000 };
    struct sla_kofn three = { shares, 3, 2, SLA_PPB };

    CU_ASSERT_EQUAL(bounds_of(&month).most, 3888000); /* 64.8 min */
    CU_ASSERT_EQUAL(bounds_of(&month).least, 0);
    CU_ASSERT_TRUE(independent_of(&three).least >= 2997 && independent_of(&three).most <= 2999);
    CU_ASSERT_TRUE(common_of(&three, SLA_PPB / 20) == 52706); /* 50,000 + 2,705.92 */
}

/* --- bad input -------------------------------------------------------------------------------- */

static void nothing_and_everything(void)
{
    static const int64_t wholes[] = { 1, SLA_PPB, INT64_MAX };
    int64_t down[SLA_KOFN_PARTS_MAX];

    for (size_t i = 0; i < COUNT_OF(wholes); i++) {
        for (size_t need = 1; need <= SLA_KOFN_PARTS_MAX; need++) {
            struct sla_kofn group = { down, SLA_KOFN_PARTS_MAX, need, wholes[i] };
            for (int full = 0; full < 2; full++) {
                int64_t wanted = full != 0 ? wholes[i] : 0;
                for (size_t j = 0; j < SLA_KOFN_PARTS_MAX; j++) {
                    down[j] = wanted;
                }
                CU_ASSERT_EQUAL(bounds_of(&group).least, wanted);
                CU_ASSERT_EQUAL(bounds_of(&group).most, wanted);
                CU_ASSERT_EQUAL(independent_of(&group).least, wanted);
                CU_ASSERT_EQUAL(independent_of(&group).most, wanted);
                CU_ASSERT_EQUAL(common_of(&group, SLA_PPB / 3), wanted);
            }
        }
    }
}

static void what_is_out_of_range_is_refused(void)
{
    static const int64_t down[SLA_KOFN_PARTS_MAX + 1] = { 1, 2, 3, -1, 11 };
    static const struct {
        struct sla_kofn group;
        const char *message;
    } rows[] = {
        { { down, 0, 0, 10 }, "0 parts, not 1 to 64" },
        { { down, SLA_KOFN_PARTS_MAX + 1, 1, 10 }, "65 parts, not 1 to 64" },
        { { down, SIZE_MAX, 1, 10 }, "18446744073709551615 parts, not 1 to 64" },
        { { down, 3, 0, 10 }, "needs 0 of 3 parts" },
        { { down, 3, 4, 10 }, "needs 4 of 3 parts" },
        { { down, 3, SIZE_MAX, 10 }, "needs 18446744073709551615 of 3 parts" },
        { { down, 3, 2, 0 }, "nothing to be down in: 0" },
        { { down, 3, 2, INT64_MIN }, "nothing to be down in: -9223372036854775808" },
        { { down, 3, 2, 2 }, "part 2 is down 3 of 2" },
        { { down, 4, 2, 10 }, "part 3 is down -1 of 10" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sla_range range = { .least = 5, .most = 6 };
        int64_t figure = 7;
        struct status any = sla_kofn_bounds(&rows[i].group, &range);
        struct status mean = sla_kofn_independent(&rows[i].group, &range);
        struct status common = sla_kofn_common(&rows[i].group, 0, &figure);

        ASSERT_CODE(any, STATUS_INVALID);
        ASSERT_CODE(mean, STATUS_INVALID);
        ASSERT_CODE(common, STATUS_INVALID);
        CU_ASSERT_STRING_EQUAL(any.msg, rows[i].message);
        CU_ASSERT_TRUE(range.least == 5 && range.most == 6 && figure == 7);
    }
    struct sla_kofn good = { down, 3, 2, 10 };
    int64_t figure = 7;
    ASSERT_CODE(sla_kofn_common(&good, -1, &figure), STATUS_INVALID);
    ASSERT_CODE(sla_kofn_common(&good, SLA_PPB + 1, &figure), STATUS_INVALID);
    CU_ASSERT_EQUAL(figure, 7);
}

static CU_TestInfo tests[] = {
    { "timetables reach the bounds", timetables_reach_the_bounds },
    { "every small timetable lies within", every_small_timetable_lies_within },
    { "all of n and one of n are the known forms", all_of_n_and_one_of_n_are_the_known_forms },
    { "subsets agree with the recursion", subsets_agree_with_the_recursion },
    { "sixty-four parts agree with Pascal", sixty_four_parts_agree_with_pascal },
    { "the common cause is not underrated", the_common_cause_is_not_underrated },
    { "no and nothing but common cause are the known forms",
      no_and_nothing_but_common_cause_are_the_known_forms },
    { "more down time and more need never help", more_down_time_and_more_need_never_help },
    { "the order of parts does not matter", the_order_of_parts_does_not_matter },
    { "halves are rounded outwards", halves_are_rounded_outwards },
    { "known figures come out", known_figures_come_out },
    { "nothing and everything", nothing_and_everything },
    { "what is out of range is refused", what_is_out_of_range_is_refused },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "kofn", .pInitFunc = reset, .pTests = tests },
    CU_SUITE_INFO_NULL,
};
