#include "sla/compose/compose.h"

#include "sla/agree/promise.h"
#include "sla/compose/steps.h"
#include "sla/sla.h"
#include "sla/values/downtime.h"
#include "sla/values/guard.h"

#include <stdlib.h>

const char *sla_verdict_name(enum sla_verdict verdict)
{
    static const char *const names[SLA_VERDICTS] = {
        [SLA_PROVEN] = "proven",   [SLA_TO_ENFORCE] = "to-enforce", [SLA_ADVERTISED] = "advertised",
        [SLA_ASSUMED] = "assumed", [SLA_UNPROVEN] = "unproven",     [SLA_IMPOSSIBLE] = "impossible",
    };

    return names[verdict];
}

/* --- F6: what comes on top ------------------------------------------------------------------- */

static void add_spending(struct sla_figure *figure, struct sla_spending *room,
                         const struct sla_spending *spending)
{
    room[figure->spending_count++] = *spending;
    figure->spent_ms += spending->spent_ms;
    figure->spent_ms = figure->spent_ms < figure->window_ms ? figure->spent_ms : figure->window_ms;
    figure->is_unbounded |= spending->count == NULL;
}

/* `each_ms`, as often as the assumption says. */
static int64_t spent_ms(const struct sla_assumption *count, int64_t each_ms, int64_t window_ms)
{
    int64_t every_ms = count->clause->value.window_ms;
    int64_t often = count->value;
    int64_t spent = each_ms > 0 && often > every_ms / each_ms ? every_ms : often * each_ms;

    return sla_most_within_ms(spent, every_ms, window_ms);
}

static void add_switches(const struct sla_composing *composing, const struct sla_step *step,
                         struct sla_figure *figure, struct sla_spending *room)
{
    const struct sla_world *world = composing->basis->world;
    struct sla_spending spending = { .service = step->service };

    spending.time = sla_assumed_of_service(world, SLA_ASSUME_FAILOVER_TIME, step->service);
    if (spending.time == NULL || spending.time->value == 0) {
        return;
    }
    spending.count = sla_assumed_of_service(world, SLA_ASSUME_FAILOVER_COUNT, step->service);
    if (spending.count != NULL) {
        spending.spent_ms = spent_ms(spending.count, spending.time->value, composing->window_ms);
    }
    add_spending(figure, room, &spending);
}

static void add_pauses(const struct sla_composing *composing, const struct sla_step *step,
                       struct sla_figure *figure, struct sla_spending *room)
{
    struct sla_spending spending = { .resource = step->resource,
                                     .reaction = composing->basis->pauses[step->resource] };

    if (spending.reaction == NULL) {
        return;
    }
    spending.count = sla_assumed_for(composing, SLA_ASSUME_PAUSE_COUNT, step->resource);
    if (spending.count != NULL) {
        spending.spent_ms =
            spent_ms(spending.count, spending.reaction->reaction->lease_ms, composing->window_ms);
    }
    add_spending(figure, room, &spending);
}

static void add_spendings(const struct sla_composing *composing, struct sla_figure *figure)
{
    struct sla_spending *room =
        ARENA_NEW(composing->basis->arena, struct sla_spending, composing->count + 1);

    figure->spendings = room;
    for (size_t i = 0; i < composing->count; i++) {
        const struct sla_step *step = &composing->steps[i];
        if (step->kind == SLA_STEP_RESOURCE) {
            add_pauses(composing, step, figure, room);
        } else if (step->kind == SLA_STEP_SOME) {
            add_switches(composing, step, figure, room);
        }
    }
}

/* --- the ladder ------------------------------------------------------------------------------ */

static int64_t within(int64_t amount_ms, int64_t window_ms)
{
    return amount_ms < window_ms ? amount_ms : window_ms;
}

static bool spends_on_word(const struct sla_figure *figure)
{
    return figure->spending_count > 0; /* how often is always somebody's word */
}

static void conclude(struct sla_figure *figure)
{
    const struct sla_step *last = &figure->steps[figure->step_count - 1];

    figure->figure_ms = figure->assumed_ms;
    if (last->best_ms > figure->allowed_ms && figure->guard == SLA_GUARD_ALWAYS) {
        figure->verdict = SLA_IMPOSSIBLE;
        figure->figure_ms = last->best_ms;
    } else if (figure->is_unbounded) {
        figure->verdict = SLA_UNPROVEN;
        figure->figure_ms = figure->window_ms;
    } else if (figure->proven_ms <= figure->allowed_ms) {
        figure->verdict = spends_on_word(figure) ? SLA_ASSUMED : SLA_PROVEN;
        figure->figure_ms = figure->proven_ms;
    } else if (figure->assumed_ms <= figure->allowed_ms) {
        figure->verdict = SLA_ASSUMED;
    } else {
        figure->verdict = SLA_UNPROVEN;
    }
}

/* --- what a figure rests on ------------------------------------------------------------------ */

enum basis_of_figure { BY_BOUND = 1, BY_ASSUMED = 2, BY_MEAN = 4 };

struct collecting {
    struct sla_figure *figure;
    uint8_t *seen; /* by step: bits of enum basis_of_figure */
    const struct sla_clause **clauses;
    const struct sla_assumption **assumptions;
};

static void collect_assumption(struct collecting *collecting,
                               const struct sla_assumption *assumption)
{
    if (assumption != NULL) {
        collecting->assumptions[collecting->figure->assumption_count++] = assumption;
    }
}

static void collect_clause(struct collecting *collecting, const struct sla_clause *clause)
{
    if (clause != NULL) {
        collecting->clauses[collecting->figure->clause_count++] = clause;
    }
}

static unsigned formula_of(const struct sla_step *step, unsigned by)
{
    if (step->kind == SLA_STEP_ALL) {
        return step->part_count > 1 ? SLA_F1 : 0;
    }
    if (by == BY_MEAN && step->independent != NULL) {
        return step->common != NULL ? SLA_F4 : SLA_F3;
    }
    return SLA_F2;
}

static void collect_resource(struct collecting *collecting, const struct sla_step *step,
                             unsigned by)
{
    if (by == BY_BOUND) {
        collect_clause(collecting, step->by_bound);
        return;
    }
    collect_clause(collecting, by == BY_MEAN ? step->by_mean : step->by_assumed);
    collect_assumption(collecting, step->aligned);
    if (by == BY_MEAN && step->planned_ms > 0) {
        collecting->figure->formulas |= SLA_F6;
    }
}

/* Which of a step's figures its parts' figures are behind. */
static unsigned below(struct collecting *collecting, const struct sla_step *step, unsigned by)
{
    if (by == BY_ASSUMED && step->mean != NULL) {
        collect_assumption(collecting, step->mean);
        collecting->figure->formulas |= SLA_F5;
        return BY_MEAN;
    }
    return by == BY_ASSUMED && step->assumed_ms == step->bound_ms ? BY_BOUND : by;
}

/* From the last step down: a step's parts come before it. */
static void collect_steps(struct collecting *collecting, unsigned by)
{
    struct sla_figure *figure = collecting->figure;

    collecting->seen[figure->step_count - 1] = (uint8_t)by;
    for (size_t i = figure->step_count; i-- > 0;) {
        const struct sla_step *step = &figure->steps[i];
        unsigned todo = collecting->seen[i];
        for (unsigned bit = BY_BOUND; bit <= BY_MEAN; bit <<= 1U) {
            if ((todo & bit) == 0) {
                continue;
            }
            unsigned from = below(collecting, step, bit);
            if (step->kind == SLA_STEP_RESOURCE) {
                collect_resource(collecting, step, from);
                continue;
            }
            figure->formulas |= formula_of(step, from);
            if (from == BY_MEAN) {
                collect_assumption(collecting, step->independent);
                collect_assumption(collecting, step->common);
            }
            for (size_t j = 0; j < step->part_count; j++) {
                collecting->seen[step->parts[j]] |= (uint8_t)from;
            }
        }
    }
}

static int by_clause(const void *left, const void *right)
{
    return sla_clause_ref_cmp(&(*(const struct sla_clause *const *)left)->ref,
                              &(*(const struct sla_clause *const *)right)->ref);
}

static int by_assumption(const void *left, const void *right)
{
    return sla_clause_ref_cmp(&(*(const struct sla_assumption *const *)left)->clause->ref,
                              &(*(const struct sla_assumption *const *)right)->clause->ref);
}

static size_t unique(const void **items, size_t count, int (*order)(const void *, const void *))
{
    size_t kept = 0;

    if (count > 0) {
        qsort(items, count, sizeof(const void *), order);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || items[kept - 1] != items[i]) {
            items[kept++] = items[i];
        }
    }
    return kept;
}

static void collect_spendings(struct collecting *collecting)
{
    struct sla_figure *figure = collecting->figure;

    for (size_t i = 0; i < figure->spending_count; i++) {
        const struct sla_spending *spending = &figure->spendings[i];
        collect_clause(collecting, spending->reaction);
        collect_assumption(collecting, spending->time);
        collect_assumption(collecting, spending->count);
        figure->formulas |= SLA_F6;
    }
}

static void collect(struct arena *arena, struct sla_figure *figure)
{
    size_t room = 3 * figure->step_count + 1;
    struct collecting collecting = {
        .figure = figure,
        .seen = ARENA_NEW(arena, uint8_t, figure->step_count),
        .clauses = ARENA_NEW(arena, const struct sla_clause *, 2 * room),
        .assumptions = ARENA_NEW(arena, const struct sla_assumption *, 3 * room),
    };
    bool assumed = figure->figure_ms != figure->proven_ms && figure->verdict != SLA_IMPOSSIBLE;

    collect_steps(&collecting, assumed ? BY_ASSUMED : BY_BOUND);
    collect_spendings(&collecting);
    figure->clause_count =
        unique((const void **)collecting.clauses, figure->clause_count, by_clause);
    figure->assumption_count =
        unique((const void **)collecting.assumptions, figure->assumption_count, by_assumption);
    figure->clauses = collecting.clauses;
    figure->assumptions = collecting.assumptions;
}

/* What follows from offers is proven when each of them is a promise. (Of several offers for one
 * resource the best is used, also where a weaker one that is promised would do.) */
static void ask_for_promises(const struct sla_world *world, struct sla_figure *figure)
{
    bool promised = true;

    if (figure->requirement == NULL || figure->verdict >= SLA_UNPROVEN) {
        return;
    }
    for (size_t i = 0; i < figure->clause_count; i++) {
        if (figure->clauses[i]->stance == SLA_OFFERS) {
            promised &= sla_rest_on(world, figure->requirement, figure->clauses[i]);
            figure->evidence = sla_evidence_least(
                figure->evidence, sla_offer_evidence(world, figure->clauses[i]->document));
        }
    }
    if (!promised && figure->verdict == SLA_PROVEN) {
        figure->verdict = SLA_ADVERTISED;
    }
}

/* --- figures --------------------------------------------------------------------------------- */

// NOLINTNEXTLINE(readability-non-const-parameter): spent by the steps
static bool compose(struct sla_basis *basis, uint64_t *budget, unsigned pretended,
                    struct sla_figure *figure)
{
    struct sla_composing composing = { .basis = basis,
                                       .service = figure->service,
                                       .guard = figure->guard,
                                       .window_ms = figure->window_ms,
                                       .pretended = pretended,
                                       .budget = budget };

    if (!sla_compose_steps(&composing)) {
        return false;
    }
    const struct sla_step *last = &composing.steps[composing.count - 1];
    figure->steps = composing.steps;
    figure->step_count = composing.count;
    add_spendings(&composing, figure);
    figure->proven_ms = within(last->bound_ms + figure->spent_ms, figure->window_ms);
    figure->assumed_ms = within(last->assumed_ms + figure->spent_ms, figure->window_ms);
    return true;
}

/* What nobody said, though it would carry the figure; the least of it first. */
static bool find_what_would_do(struct sla_basis *basis, uint64_t *budget, struct sla_figure *figure)
{
    enum {
        ALIGNED = SLA_BIT(SLA_ASSUME_ALIGNED),
        MEAN = SLA_BIT(SLA_ASSUME_MEAN),
        APART = SLA_BIT(SLA_ASSUME_INDEPENDENT)
    };
    static const unsigned tries[] = { ALIGNED, MEAN, APART | MEAN, APART | MEAN | ALIGNED };

    for (size_t i = 0; i < COUNT_OF(tries) && !figure->is_unbounded; i++) {
        struct sla_figure trial = { .service = figure->service,
                                    .guard = figure->guard,
                                    .window_ms = figure->window_ms };
        if (!compose(basis, budget, tries[i], &trial)) {
            return false;
        }
        if (trial.assumed_ms <= figure->allowed_ms) {
            figure->would_do = tries[i];
            return true;
        }
    }
    return true;
}

/* What is allowed is known: what comes of it, and on what that rests. */
static bool answer(struct sla_basis *basis, uint64_t *budget, struct sla_figure *figure)
{
    if (!compose(basis, budget, 0, figure)) {
        return false;
    }
    conclude(figure);
    collect(basis->arena, figure);
    ask_for_promises(basis->world, figure);
    return figure->verdict != SLA_UNPROVEN || find_what_would_do(basis, budget, figure);
}

static bool compose_requirement(struct sla_basis *basis, uint64_t *budget,
                                const struct sla_clause *requirement,
                                const struct sla_service *service, struct sla_figure *out)
{
    *out = (struct sla_figure){ .service = service,
                                .requirement = requirement,
                                .guard = requirement->guard,
                                .window_ms = requirement->value.window_ms };
    out->allowed_ms =
        sla_downtime_allowed_ms(requirement->value.range.least, requirement->value.window_ms);
    return answer(basis, budget, out);
}

static bool is_asked(const struct sla_clause *clause)
{
    return clause->term != NULL && clause->stance == SLA_REQUIRES && clause->service_count > 0 &&
           slice_is(slice_from(clause->term->name), "availability");
}

bool sla_compose_world(struct arena *arena, struct sla_world *world, uint64_t max_expansions)
{
    uint64_t budget = max_expansions > world->expansions ? max_expansions - world->expansions : 0;
    uint64_t before = budget;
    struct sla_basis basis;
    bool whole = true;
    size_t room = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        room += is_asked(world->clauses[i]) ? world->clauses[i]->service_count : 0;
    }
    if (room == 0) {
        return true;
    }
    struct sla_figure *figures = ARENA_NEW(arena, struct sla_figure, room);
    sla_basis_init(&basis, arena, world);
    for (size_t i = 0; i < world->clause_count && whole; i++) {
        const struct sla_clause *clause = world->clauses[i];
        for (size_t j = 0; is_asked(clause) && j < clause->service_count && whole; j++) {
            whole = compose_requirement(&basis, &budget, clause, clause->services[j],
                                        &figures[world->figure_count]);
            world->figure_count += whole ? 1 : 0;
        }
    }
    world->figures = figures;
    world->expansions += before - budget;
    return whole;
}

bool sla_compose_asked(struct arena *arena, const struct sla_world *world,
                       const struct sla_service *service, int64_t window_ms, int64_t least_ppb,
                       struct sla_figure *out)
{
    uint64_t budget = SLA_EXPANSIONS_DEFAULT;
    struct sla_basis basis;

    *out = (struct sla_figure){ .service = service,
                                .guard = SLA_GUARD_ALWAYS,
                                .window_ms = window_ms,
                                .allowed_ms = sla_downtime_allowed_ms(least_ppb, window_ms) };
    sla_basis_init(&basis, arena, world);
    return answer(&basis, &budget, out);
}
