#include "sla/conflict/meet.h"

#include "sla/values/guard.h"
#include "tests/suite.h"

/* Antichains of guarded bounds, over every term, on values of its domain's `sample`. */

enum { ROUNDS = 200, BOUNDS = 6, GUARDS = 4 };

static struct arena arena;
static struct sla_guards *guards;
static uint32_t boxes[GUARDS];

static uint32_t severities(uint8_t mask)
{
    struct sla_guard box = sla_guard_all();

    box.severities = mask;
    return sla_guards_add(guards, &box);
}

static void set_up(void)
{
    arena = (struct arena){ 0 };
    guards = sla_guards_new(&arena, NULL, 0, NULL, 0);
    boxes[0] = SLA_GUARD_ALWAYS;
    boxes[1] = severities(0x18);
    boxes[2] = severities(0x10);
    boxes[3] = severities(0x03);
}

static void tear_down(void)
{
    arena_done(&arena);
}

struct pool {
    const struct sla_term *term;
    struct sla_bound items[BOUNDS];
};

static void fill(struct pool *pool, uint64_t *seed)
{
    for (size_t i = 0; i < BOUNDS; i++) {
        pool->term->domain->sample(pool->term, &arena, seed, &pool->items[i].value);
        pool->items[i].guard = boxes[sla_sample_below(seed, GUARDS)];
    }
}

/* Items [from, to), the last one first when `backwards`. */
static struct sla_bounds meet_of(const struct pool *pool, size_t from, size_t to, bool backwards)
{
    struct sla_bounds bounds = { .term = pool->term, .guards = guards };

    for (size_t i = from; i < to; i++) {
        sla_bounds_add(&bounds, &pool->items[backwards ? to - 1 - (i - from) : i]);
    }
    return bounds;
}

static void join(struct sla_bounds *into, const struct sla_bounds *from)
{
    for (size_t i = 0; i < from->count; i++) {
        sla_bounds_add(into, &from->items[i]);
    }
}

static struct slice text_of(const struct sla_term *term, const struct sla_value *value)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (unsigned op = 0; op < SLA_OPS; op++) {
        if ((term->ops & SLA_BIT(op)) != 0) {
            sla_value_format(term, (enum sla_op)op, value, &text);
        }
    }
    return arena_copy(&arena, buf_slice(&text));
}

static bool has(const struct sla_bounds *bounds, const struct sla_bound *bound)
{
    struct slice text = text_of(bounds->term, &bound->value);

    for (size_t i = 0; i < bounds->count; i++) {
        if (bounds->items[i].guard == bound->guard &&
            slice_eq(text_of(bounds->term, &bounds->items[i].value), text)) {
            return true;
        }
    }
    return false;
}

static bool is_same(const struct sla_bounds *a, const struct sla_bounds *b)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!has(b, &a->items[i])) {
            return false;
        }
    }
    return a->count == b->count;
}

static void check_pool(const struct pool *pool)
{
    struct sla_bounds all = meet_of(pool, 0, BOUNDS, false);
    struct sla_bounds backwards = meet_of(pool, 0, BOUNDS, true);
    struct sla_bounds left = meet_of(pool, 0, BOUNDS / 2, false);
    struct sla_bounds right = meet_of(pool, BOUNDS / 2, BOUNDS, false);

    CU_ASSERT_TRUE(is_same(&all, &backwards)); /* commutative */
    join(&left, &right);
    CU_ASSERT_TRUE(is_same(&all, &left)); /* associative */
    join(&left, &all);
    CU_ASSERT_TRUE(is_same(&all, &left)); /* idempotent */
    for (size_t i = 0; i < BOUNDS; i++) {
        CU_ASSERT_TRUE(sla_bounds_imply(&all, &pool->items[i])); /* nothing is lost */
    }
    for (size_t i = 0; i < all.count; i++) {
        for (size_t j = 0; j < all.count; j++) {
            CU_ASSERT_TRUE(i == j ||
                           !sla_bound_implies(&all, &all.items[i], &all.items[j])); /* minimal */
        }
    }
}

static bool imply_all(const struct sla_bounds *tighter, const struct sla_bounds *looser)
{
    for (size_t i = 0; i < looser->count; i++) {
        if (!sla_bounds_imply(tighter, &looser->items[i])) {
            return false;
        }
    }
    return true;
}

/* More clauses are never less; and what is added to both sides keeps the order. */
static void check_order(const struct pool *pool)
{
    struct sla_bounds some = meet_of(pool, 0, BOUNDS / 2, false);
    struct sla_bounds more = meet_of(pool, 0, BOUNDS - 1, false);
    struct sla_bounds last = meet_of(pool, BOUNDS - 1, BOUNDS, false);

    CU_ASSERT_TRUE(imply_all(&more, &some));
    join(&some, &last);
    join(&more, &last);
    CU_ASSERT_TRUE(imply_all(&more, &some)); /* monotone */
    CU_ASSERT_TRUE(imply_all(&some, &some));
}

static void what_is_met_does_not_depend_on_the_order(void)
{
    for (size_t i = 0; i < sla_term_count(); i++) {
        struct pool pool = { .term = sla_term_at(i) };
        uint64_t seed = 31 + i;
        for (size_t j = 0; j < ROUNDS; j++) {
            fill(&pool, &seed);
            check_pool(&pool);
            check_order(&pool);
        }
    }
}

/* Offers of one party all stand: the narrowed value implies each of them. */
static void what_is_narrowed_implies_all_of_it(void)
{
    const struct sla_term *term = sla_term_find(SLICE("keys.custody"));
    struct pool pool = { .term = term };
    uint64_t seed = 5;

    for (size_t i = 0; i < ROUNDS; i++) {
        struct sla_bounds bounds = { .term = term, .guards = guards };
        struct sla_value both = { 0 };
        fill(&pool, &seed);
        pool.items[1].guard = pool.items[0].guard;
        CU_ASSERT_TRUE(sla_bounds_narrow(&bounds, &arena, &pool.items[0]));
        bool narrowed = sla_bounds_narrow(&bounds, &arena, &pool.items[1]);
        CU_ASSERT_TRUE(sla_bounds_imply(&bounds, &pool.items[0]));
        bool apart = term->domain->meet(term, &arena, &pool.items[0].value, &pool.items[1].value,
                                        &both) == SLA_MEET_NONE;
        CU_ASSERT_EQUAL(sla_bounds_imply(&bounds, &pool.items[1]), !apart);
        CU_ASSERT_EQUAL(narrowed, !apart);
    }
}

static void too_many_are_told(void)
{
    struct sla_bounds bounds = { .term = sla_term_find(SLICE("replication.spread")),
                                 .guards = guards };

    for (uint32_t i = 0; i <= SLA_BOUNDS_MAX; i++) {
        struct sla_bound bound = { .value = { .range = { i, 100 }, .unit = i } };
        CU_ASSERT_FALSE(bounds.is_cut);
        if (i < 6) { /* there are six units; the rest cannot be compared by their window */
            sla_bounds_add(&bounds, &bound);
        } else {
            bound.value.unit = 0;
            bound.value.window_ms = i;
            sla_bounds_add(&bounds, &bound);
        }
    }
    CU_ASSERT_TRUE(bounds.is_cut);
    CU_ASSERT_EQUAL(bounds.count, SLA_BOUNDS_MAX);
}

static CU_TestInfo tests[] = {
    { "what is met does not depend on the order", what_is_met_does_not_depend_on_the_order },
    { "what is narrowed implies all of it", what_is_narrowed_implies_all_of_it },
    { "too many are told", too_many_are_told },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla meets", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
