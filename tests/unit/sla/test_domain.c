#include "sla/terms/domain.h"
#include "tests/suite.h"

/* What every domain promises, over every term, on values of its `sample`. */

enum { TRIPLES = 4000 };

static struct arena arena;

static int set_up(void)
{
    arena = (struct arena){ 0 };
    return 0;
}

static int tear_down(void)
{
    arena_done(&arena);
    return 0;
}

struct triple {
    const struct sla_term *term;
    struct sla_value a, b, c;
};

static bool implies(const struct triple *of, const struct sla_value *a, const struct sla_value *b)
{
    return of->term->domain->implies(of->term, a, b);
}

static bool is_same(const struct triple *of, const struct sla_value *a, const struct sla_value *b)
{
    return implies(of, a, b) && implies(of, b, a);
}

static enum sla_meeting meet(const struct triple *of, const struct sla_value *a,
                             const struct sla_value *b, struct sla_value *out)
{
    return of->term->domain->meet(of->term, &arena, a, b, out);
}

static bool is_an_order(const struct triple *of)
{
    return implies(of, &of->a, &of->a) &&
           (!implies(of, &of->a, &of->b) || !implies(of, &of->b, &of->c) ||
            implies(of, &of->a, &of->c));
}

/* As tight as both; with itself the same; in either order the same. */
static bool is_a_meet(const struct triple *of)
{
    struct sla_value one = of->a;
    struct sla_value other = of->a;
    enum sla_meeting met = meet(of, &of->a, &of->b, &one);

    if (met != meet(of, &of->b, &of->a, &other)) {
        return false;
    }
    if (met == SLA_MEET_ONE &&
        (!is_same(of, &one, &other) || !implies(of, &one, &of->a) || !implies(of, &one, &of->b))) {
        return false;
    }
    return meet(of, &of->a, &of->a, &one) == SLA_MEET_ONE && is_same(of, &one, &of->a);
}

/* `a` implies `b` just when their meet is `a`. */
static bool agrees(const struct triple *of)
{
    struct sla_value both = of->a;
    enum sla_meeting met = meet(of, &of->a, &of->b, &both);

    return implies(of, &of->a, &of->b) == (met == SLA_MEET_ONE && is_same(of, &both, &of->a));
}

/* (a b) c and a (b c): the same, where both are one value or nothing. */
static bool is_associative(const struct triple *of)
{
    struct sla_value ab = of->a;
    struct sla_value bc = of->b;
    struct sla_value left = of->a;
    struct sla_value right = of->a;
    enum sla_meeting first = meet(of, &of->a, &of->b, &ab);
    enum sla_meeting second = meet(of, &of->b, &of->c, &bc);

    if (first == SLA_MEET_BOTH || second == SLA_MEET_BOTH) {
        return true; /* they stand side by side: the antichain's business (sla/conflict/meet.h) */
    }
    enum sla_meeting at_left = first == SLA_MEET_NONE ? first : meet(of, &ab, &of->c, &left);
    enum sla_meeting at_right = second == SLA_MEET_NONE ? second : meet(of, &of->a, &bc, &right);
    if (at_left == SLA_MEET_BOTH || at_right == SLA_MEET_BOTH) {
        return true;
    }
    return at_left == at_right && (at_left == SLA_MEET_NONE || is_same(of, &left, &right));
}

/* A tighter one meets tighter. */
static bool is_monotone(const struct triple *of)
{
    struct sla_value with_a = of->a;
    struct sla_value with_b = of->a;

    if (!implies(of, &of->a, &of->b) || meet(of, &of->a, &of->c, &with_a) != SLA_MEET_ONE ||
        meet(of, &of->b, &of->c, &with_b) != SLA_MEET_ONE) {
        return true;
    }
    return implies(of, &with_a, &with_b);
}

/* Nothing is free, and nothing that was tightened costs. */
static bool costs_what_it_loosens(const struct triple *of)
{
    const char *unit = NULL;
    int64_t cost = of->term->domain->cost(of->term, &of->a, &of->b, &unit);

    return unit != NULL && cost >= 0 && (cost == 0) == implies(of, &of->b, &of->a);
}

static bool is_no_bottom(const struct triple *of)
{
    return !of->term->domain->is_bottom(of->term, &of->a);
}

static const struct {
    const char *name;
    bool (*holds)(const struct triple *of);
} laws[] = {
    { "implies is reflexive and transitive", is_an_order },
    { "the meet implies both, in either order", is_a_meet },
    { "what implies another is their meet", agrees },
    { "meets are associative", is_associative },
    { "a tighter one meets tighter", is_monotone },
    { "what is loosened costs", costs_what_it_loosens },
    { "what a clause says can be", is_no_bottom },
};

static void every_domain_is_ordered(void)
{
    for (size_t i = 0; i < sla_term_count(); i++) {
        uint64_t seed = 7 + i;
        struct triple of = { .term = sla_term_at(i) };
        for (size_t j = 0; j < TRIPLES; j++) {
            uint64_t from = seed;
            arena_reset(&arena);
            of.term->domain->sample(of.term, &arena, &seed, &of.a);
            of.term->domain->sample(of.term, &arena, &seed, &of.b);
            of.term->domain->sample(of.term, &arena, &seed, &of.c);
            for (size_t k = 0; k < COUNT_OF(laws); k++) {
                bool holds = laws[k].holds(&of);
                CU_ASSERT_TRUE(holds);
                if (!holds) {
                    (void)printf("\n%s: not for %s, seed %llu\n", laws[k].name, of.term->name,
                                 (unsigned long long)from);
                }
            }
        }
    }
}

static void every_sample_is_shown(void)
{
    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        uint64_t seed = 1;
        struct sla_value value = { 0 };
        CLEANUP(buf_done) struct buf text = { 0 };
        CLEANUP(buf_done) struct buf schema = { 0 };
        struct json_writer writer = { .out = &schema };
        const struct json *read = NULL;
        term->domain->sample(term, &arena, &seed, &value);
        for (unsigned op = 0; op < SLA_OPS; op++) {
            if ((term->ops & SLA_BIT(op)) != 0) {
                term->domain->print(term, (enum sla_op)op, &value, &text);
            }
        }
        CU_ASSERT_TRUE(text.len > 0);
        json_open_object(&writer);
        term->domain->schema(term, &writer);
        json_close_object(&writer);
        ASSERT_OK(json_read(&arena, buf_slice(&schema), &read));
        CU_ASSERT_TRUE(read->count > 0);
    }
}

static CU_TestInfo tests[] = {
    { "every domain is ordered", every_domain_is_ordered },
    { "every sample is shown", every_sample_is_shown },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla domains", set_up, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
