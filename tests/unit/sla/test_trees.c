/* Random trees of rules, some of which err: what the compiler and policy_decide make of their tiers
 * against the algebra of combining, which looks at one value after the other. */
#include "tests/suite.h"
#include "tests/unit/sla/naive.h"
#include "tests/unit/sla/published.h"

enum { TREES = 3000, SEED = 9, DEPTH = 2, PARTS_MAX = 4, UNKNOWN_MAX = 2, SHOWN_MAX = 20 };

struct maker {
    struct published_case *self;
    unsigned unknown_count, rule_count;
};

/* --- trees ------------------------------------------------------------------------------------ */

static bool one_in(unsigned count)
{
    return naive_below(count) == 0;
}

/* One act and one person are asked for; of the other facts any may hold. */
static void make_facts(struct published_case *self)
{
    static const enum published_kind kinds[] = {
        PUBLISHED_WHO,   PUBLISHED_WHO, PUBLISHED_GROUP, PUBLISHED_GROUP,  PUBLISHED_THING,
        PUBLISHED_THING, PUBLISHED_ACT, PUBLISHED_ACT,   PUBLISHED_AROUND, PUBLISHED_AROUND,
    };
    bool seen[PUBLISHED_WORKED_OUT + 1] = { false };

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        bool is_alone = kinds[i] == PUBLISHED_WHO || kinds[i] == PUBLISHED_ACT;
        bool holds = one_in(2) && !(is_alone && seen[kinds[i]]);
        seen[kinds[i]] |= holds;
        (void)published_fact(self, kinds[i], holds ? PUBLISHED_YES : PUBLISHED_NO,
                             arena_printf(self->arena, "%zu", i));
    }
}

static struct published_boxes make_box(struct maker *maker)
{
    struct published_case *self = maker->self;
    struct published_boxes box = published_always(self);
    unsigned count = naive_below(3);

    for (unsigned i = 0; i < count; i++) {
        uint8_t fact = (uint8_t)naive_below(10);
        bool is_denied = self->facts[fact].truth == PUBLISHED_YES ? one_in(6) : !one_in(3);
        box = published_and(self, box, published_is(self, fact, is_denied));
    }
    if (maker->unknown_count < UNKNOWN_MAX && one_in(4)) {
        uint8_t fact = published_fact(self, PUBLISHED_GROUP, PUBLISHED_UNKNOWN,
                                      arena_printf(self->arena, "u%u", maker->unknown_count++));
        box = published_and(self, box, published_is(self, fact, false));
    }
    return box;
}

static struct published_boxes make_when(struct maker *maker)
{
    struct published_boxes boxes = make_box(maker);

    return one_in(4) ? published_or(maker->self, boxes, make_box(maker)) : boxes;
}

/* Only at the top a closing one, or one of version 1: elsewhere what they stop is not told. */
static enum sla_combining make_algorithm(unsigned depth)
{
    static const enum sla_combining all[] = {
        SLA_COMBINE_FORBID_OVERRIDES,       SLA_COMBINE_PERMIT_OVERRIDES,
        SLA_COMBINE_FIRST_APPLICABLE,       SLA_COMBINE_FORBID_UNLESS_PERMIT,
        SLA_COMBINE_PERMIT_UNLESS_FORBID,   SLA_COMBINE_FORBID_OVERRIDES_1_SET,
        SLA_COMBINE_PERMIT_OVERRIDES_1_SET,
    };
    enum { NESTED = 3 };

    return all[naive_below(depth == 0 ? COUNT_OF(all) : NESTED)];
}

/* NOLINTNEXTLINE(misc-no-recursion): a tree */
static struct published_node *make_node(struct maker *maker, unsigned depth)
{
    struct published_case *self = maker->self;
    struct published_node *node = ARENA_NEW(self->arena, struct published_node, 1);
    const struct published_node **last = &node->first;
    unsigned count = 1 + naive_below(PARTS_MAX);

    if (depth == DEPTH || (depth > 0 && one_in(2))) {
        node->is_rule = true;
        node->permits = one_in(2);
        node->number = maker->rule_count++ % PUBLISHED_RULES_MAX;
        node->when = make_when(maker);
        return node;
    }
    node->how = make_algorithm(depth);
    node->when = one_in(3) && depth > 0 ? make_when(maker) : published_always(self);
    for (unsigned i = 0; i < count; i++) {
        struct published_node *part = make_node(maker, depth + 1);
        *last = part;
        last = &part->next;
    }
    return node;
}

/* --- the algebra ------------------------------------------------------------------------------ */

/* NOLINTNEXTLINE(misc-no-recursion): a tree */
static enum sla_decision decide(struct published_case *self, const struct published_node *node)
{
    static const enum sla_decision weakened[] = {
        [SLA_DECISION_SILENT] = SLA_DECISION_SILENT,
        [SLA_DECISION_PERMIT] = SLA_DECISION_FAILED_PERMIT,
        [SLA_DECISION_DENY] = SLA_DECISION_FAILED_DENY,
        [SLA_DECISION_FAILED_PERMIT] = SLA_DECISION_FAILED_PERMIT,
        [SLA_DECISION_FAILED_DENY] = SLA_DECISION_FAILED_DENY,
        [SLA_DECISION_FAILED] = SLA_DECISION_FAILED,
    };
    enum sla_decision parts[PARTS_MAX];
    enum published_truth truth = published_truth(self, node->when);
    size_t count = 0;

    for (const struct published_node *at = node->first; at != NULL; at = at->next) {
        parts[count++] = decide(self, at);
    }
    enum sla_decision value = node->is_rule
                                  ? (node->permits ? SLA_DECISION_PERMIT : SLA_DECISION_DENY)
                                  : sla_combine(node->how, parts, count);
    return truth == PUBLISHED_NO        ? SLA_DECISION_SILENT
           : truth == PUBLISHED_UNKNOWN ? weakened[value]
                                        : value;
}

static enum published_verdict verdict_of(enum sla_decision decision, bool is_closed)
{
    switch (decision) {
    case SLA_DECISION_PERMIT:
        return PUBLISHED_PERMIT;
    case SLA_DECISION_DENY:
        return PUBLISHED_DENY;
    case SLA_DECISION_SILENT:
        return is_closed ? PUBLISHED_DENY : PUBLISHED_NOT_APPLICABLE;
    case SLA_DECISION_FAILED_PERMIT:
    case SLA_DECISION_FAILED_DENY:
    case SLA_DECISION_FAILED:
        break;
    }
    return PUBLISHED_INDETERMINATE;
}

static void random_trees_come_to_what_the_algebra_says(void)
{
    unsigned verdicts[PUBLISHED_INDETERMINATE + 1] = { 0 };
    unsigned stopped = 0;
    unsigned wrong = 0;

    naive_seed(SEED);
    for (unsigned i = 0; i < TREES; i++) {
        CLEANUP(arena_done) struct arena arena = { 0 };
        CLEANUP(buf_done) struct buf text = { 0 };
        struct published_case one = { .arena = &arena, .is_closed = false };
        struct maker maker = { &one, 0, 0 };
        one.path = arena_printf(&arena, "tree %u", i);
        make_facts(&one);
        one.root = make_node(&maker, 0);
        one.wanted = verdict_of(decide(&one, one.root), one.is_closed);
        if (!published_decide(&one, &text) && wrong++ < SHOWN_MAX) {
            (void)printf("\n%.*s", SLICE_ARG(buf_slice(&text)));
        }
        stopped += published_is_stopped(&one);
        verdicts[one.wanted] += !published_is_stopped(&one);
    }
    (void)printf("\n    %u trees decided, %u not: permit %u, deny %u, not applicable %u, "
                 "indeterminate %u\n",
                 TREES - stopped, stopped, verdicts[PUBLISHED_PERMIT], verdicts[PUBLISHED_DENY],
                 verdicts[PUBLISHED_NOT_APPLICABLE], verdicts[PUBLISHED_INDETERMINATE]);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(stopped < TREES / 4);
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        CU_ASSERT_TRUE(verdicts[i] > TREES / 40);
    }
}

static CU_TestInfo tests[] = {
    { "random trees come to what the algebra says", random_trees_come_to_what_the_algebra_says },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "trees", .pTests = tests },
    CU_SUITE_INFO_NULL,
};
