#include "sla/resolve/degrade.h"

#include <assert.h>
#include <stdlib.h>

/* --- who could give way ---------------------------------------------------------------------- */

/* An offer does not: without it the requirement would only be unproven. */
static bool may_yield(const struct sla_clause *clause)
{
    return clause->strength == SLA_SHOULD && clause->stance != SLA_OFFERS;
}

/* The document whose clauses may end the finding; the first in canonical order. NULL: none. */
static const struct sla_document *yielder_of(const struct sla_conflict *conflict)
{
    const struct sla_clause *first = NULL;

    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_clause *clause = conflict->clauses[i];
        if (may_yield(clause) &&
            (first == NULL || sla_clause_ref_cmp(&clause->ref, &first->ref) < 0)) {
            first = clause;
        }
    }
    return first != NULL ? first->document : NULL;
}

/* One that could give way. */
struct choice {
    const struct sla_clause *clause;
    size_t step;   /* declared, or by its id */
    size_t parent; /* of those that hang together; the root's own */
    bool given_up;
};

/* A finding and those that could end it, ascending. */
struct finding {
    struct sla_conflict *conflict;
    size_t choices[SLA_CONFLICT_CLAUSES_MAX];
    size_t count;
};

struct degrading {
    struct choice *choices; /* canonical order */
    size_t choice_count;
    struct finding *findings;
    size_t finding_count;
};

static int choice_order(const void *left, const void *right)
{
    const struct choice *a = left, *b = right;

    return sla_clause_ref_cmp(&a->clause->ref, &b->clause->ref);
}

static void gather_choices(struct arena *arena, struct sla_world *world,
                           struct degrading *degrading)
{
    size_t kept = 0, room = world->conflict_count * SLA_CONFLICT_CLAUSES_MAX + 1;

    degrading->choices = ARENA_NEW(arena, struct choice, room);
    for (size_t i = 0; i < world->conflict_count; i++) {
        const struct sla_conflict *conflict = &world->conflicts[i];
        const struct sla_document *from = yielder_of(conflict);
        for (size_t j = 0; from != NULL && j < conflict->clause_count; j++) {
            if (conflict->clauses[j]->document == from && may_yield(conflict->clauses[j])) {
                degrading->choices[degrading->choice_count++] =
                    (struct choice){ .clause = conflict->clauses[j] };
            }
        }
    }
    qsort(degrading->choices, degrading->choice_count, sizeof(struct choice), choice_order);
    for (size_t i = 0; i < degrading->choice_count; i++) {
        if (kept == 0 || degrading->choices[kept - 1].clause != degrading->choices[i].clause) {
            degrading->choices[kept++] = degrading->choices[i];
        }
    }
    degrading->choice_count = kept;
    for (size_t i = 0; i < kept; i++) {
        size_t declared = degrading->choices[i].clause->step;
        degrading->choices[i].step = declared > 0 ? declared : i + 1;
        degrading->choices[i].parent = i;
    }
}

static size_t choice_of(const struct degrading *degrading, const struct sla_clause *clause)
{
    struct choice wanted = { .clause = clause };
    const struct choice *found = bsearch(&wanted, degrading->choices, degrading->choice_count,
                                         sizeof(struct choice), choice_order);

    assert(found != NULL);
    return (size_t)(found - degrading->choices);
}

/* --- what hangs together --------------------------------------------------------------------- */

static size_t root_of(struct degrading *degrading, size_t at)
{
    struct choice *choices = degrading->choices;

    while (choices[at].parent != at) {
        choices[at].parent = choices[choices[at].parent].parent;
        at = choices[at].parent;
    }
    return at;
}

static void gather_findings(struct arena *arena, struct sla_world *world,
                            struct degrading *degrading)
{
    degrading->findings = ARENA_NEW(arena, struct finding, world->conflict_count + 1);
    for (size_t i = 0; i < world->conflict_count; i++) {
        struct sla_conflict *conflict = &world->conflicts[i];
        const struct sla_document *from = yielder_of(conflict);
        struct finding *finding = &degrading->findings[degrading->finding_count];
        if (from == NULL) {
            continue;
        }
        degrading->finding_count++;
        finding->conflict = conflict;
        for (size_t j = 0; j < conflict->clause_count; j++) {
            if (conflict->clauses[j]->document == from && may_yield(conflict->clauses[j])) {
                finding->choices[finding->count++] = choice_of(degrading, conflict->clauses[j]);
            }
        }
        for (size_t j = 1; j < finding->count; j++) {
            size_t a = root_of(degrading, finding->choices[0]);
            degrading->choices[root_of(degrading, finding->choices[j])].parent = a;
        }
    }
}

/* --- exactly --------------------------------------------------------------------------------- */

/* Clauses that hang together, as bits; the lowest is the first in canonical order. */
struct component {
    size_t choices[SLA_DEGRADE_EXACT_MAX];
    size_t rank[SLA_DEGRADE_EXACT_MAX]; /* of each one's step among those here */
    size_t count;
    const uint32_t *masks; /* of findings: one of these must be given up */
    size_t mask_count;
};

struct price {
    uint32_t weights[SLA_DEGRADE_EXACT_MAX]; /* by rank */
    unsigned clauses;
};

static struct price price_of(const struct degrading *degrading, const struct component *component,
                             uint32_t given_up)
{
    struct price price = { .clauses = (unsigned)__builtin_popcount(given_up) };

    for (size_t i = 0; i < component->count; i++) {
        if ((given_up >> i & 1U) != 0) {
            price.weights[component->rank[i]] +=
                degrading->choices[component->choices[i]].clause->weight;
        }
    }
    return price;
}

static bool is_cheaper(const struct price *a, const struct price *b)
{
    for (size_t i = SLA_DEGRADE_EXACT_MAX; i-- > 0;) {
        if (a->weights[i] != b->weights[i]) {
            return a->weights[i] < b->weights[i];
        }
    }
    return a->clauses < b->clauses;
}

static bool ends_all(const struct component *component, uint32_t given_up)
{
    for (size_t i = 0; i < component->mask_count; i++) {
        if ((component->masks[i] & given_up) == 0) {
            return false;
        }
    }
    return true;
}

/* Of equal prices the first: those that come first by id. */
static uint32_t cheapest(const struct degrading *degrading, const struct component *component)
{
    uint32_t best = (UINT32_C(1) << component->count) - 1; /* all of them end everything */
    struct price best_price = price_of(degrading, component, best);

    for (uint32_t given_up = 1; given_up < UINT32_C(1) << component->count; given_up++) {
        if (!ends_all(component, given_up)) {
            continue;
        }
        struct price price = price_of(degrading, component, given_up);
        if (is_cheaper(&price, &best_price)) {
            best = given_up;
            best_price = price;
        }
    }
    return best;
}

static void rank_steps(const struct degrading *degrading, struct component *component)
{
    for (size_t i = 0; i < component->count; i++) {
        size_t step = degrading->choices[component->choices[i]].step;
        for (size_t j = 0; j < component->count; j++) {
            size_t other = degrading->choices[component->choices[j]].step;
            bool first = true;
            for (size_t k = 0; k < j; k++) {
                first = first && degrading->choices[component->choices[k]].step != other;
            }
            component->rank[i] += first && other < step ? 1 : 0;
        }
    }
}

static uint32_t mask_of(const struct component *component, const struct finding *finding)
{
    uint32_t mask = 0;

    for (size_t i = 0; i < finding->count; i++) {
        for (size_t j = 0; j < component->count; j++) {
            mask |= component->choices[j] == finding->choices[i] ? UINT32_C(1) << j : 0;
        }
    }
    return mask;
}

static void choose_exactly(struct arena *arena, struct degrading *degrading, size_t root)
{
    struct component component = { .count = 0 };
    uint32_t *masks = ARENA_NEW(arena, uint32_t, degrading->finding_count + 1);

    for (size_t i = 0; i < degrading->choice_count; i++) {
        if (root_of(degrading, i) == root) {
            component.choices[component.count++] = i;
        }
    }
    for (size_t i = 0; i < degrading->finding_count; i++) {
        if (root_of(degrading, degrading->findings[i].choices[0]) == root) {
            masks[component.mask_count++] = mask_of(&component, &degrading->findings[i]);
        }
    }
    component.masks = masks;
    rank_steps(degrading, &component);
    uint32_t chosen = cheapest(degrading, &component);
    for (size_t i = 0; i < component.count; i++) {
        degrading->choices[component.choices[i]].given_up = (chosen >> i & 1U) != 0;
    }
}

/* --- greedily -------------------------------------------------------------------------------- */

struct keeping {
    const struct choice *choice;
    size_t at;
};

/* Those worth most first. */
static int keeping_order(const void *left, const void *right)
{
    const struct keeping *a = left, *b = right;
    uint32_t weight_a = a->choice->clause->weight, weight_b = b->choice->clause->weight;

    if (a->choice->step != b->choice->step) {
        return a->choice->step > b->choice->step ? -1 : 1;
    }
    if (weight_a != weight_b) {
        return weight_a > weight_b ? -1 : 1;
    }
    return a->at > b->at ? -1 : 1;
}

static bool is_needed(const struct degrading *degrading, size_t at)
{
    for (size_t i = 0; i < degrading->finding_count; i++) {
        const struct finding *finding = &degrading->findings[i];
        bool there = false, other = false;
        for (size_t j = 0; j < finding->count; j++) {
            there |= finding->choices[j] == at;
            other |= finding->choices[j] != at && degrading->choices[finding->choices[j]].given_up;
        }
        if (there && !other) {
            return true;
        }
    }
    return false;
}

static void choose_greedily(struct arena *arena, struct degrading *degrading, size_t root)
{
    struct keeping *order = ARENA_NEW(arena, struct keeping, degrading->choice_count);
    size_t count = 0;

    for (size_t i = 0; i < degrading->choice_count; i++) {
        if (root_of(degrading, i) == root) {
            degrading->choices[i].given_up = true;
            order[count++] = (struct keeping){ &degrading->choices[i], i };
        }
    }
    qsort(order, count, sizeof(*order), keeping_order);
    for (size_t i = 0; i < count; i++) {
        if (!is_needed(degrading, order[i].at)) {
            degrading->choices[order[i].at].given_up = false;
        }
    }
}

/* --- who yields ------------------------------------------------------------------------------ */

static size_t size_of(struct degrading *degrading, size_t root)
{
    size_t count = 0;

    for (size_t i = 0; i < degrading->choice_count; i++) {
        count += root_of(degrading, i) == root ? 1 : 0;
    }
    return count;
}

static void take_yields(struct degrading *degrading, struct finding *finding)
{
    for (size_t i = 0; i < finding->count; i++) {
        const struct choice *choice = &degrading->choices[finding->choices[i]];
        const struct sla_clause *yields = finding->conflict->yields;
        if (choice->given_up &&
            (yields == NULL || sla_clause_ref_cmp(&choice->clause->ref, &yields->ref) < 0)) {
            finding->conflict->yields = choice->clause;
        }
    }
    finding->conflict->yields_count = finding->count;
    finding->conflict->is_least =
        size_of(degrading, root_of(degrading, finding->choices[0])) <= SLA_DEGRADE_EXACT_MAX;
}

void sla_choose_yields(struct arena *arena, struct sla_world *world)
{
    struct degrading degrading = { .choices = NULL };

    gather_choices(arena, world, &degrading);
    if (degrading.choice_count == 0) {
        return;
    }
    gather_findings(arena, world, &degrading);
    for (size_t i = 0; i < degrading.choice_count; i++) {
        if (root_of(&degrading, i) != i) {
            continue;
        }
        if (size_of(&degrading, i) <= SLA_DEGRADE_EXACT_MAX) {
            choose_exactly(arena, &degrading, i);
        } else {
            choose_greedily(arena, &degrading, i);
        }
    }
    for (size_t i = 0; i < degrading.finding_count; i++) {
        take_yields(&degrading, &degrading.findings[i]);
    }
    world->degradation_count = degrading.finding_count;
}
