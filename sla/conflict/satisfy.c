#include "sla/conflict/satisfy.h"

#include "sla/agree/promise.h"
#include "sla/conflict/meet.h"
#include "sla/conflict/quorum.h"
#include "sla/conflict/spread.h"
#include "sla/conflict/stages.h"
#include "sla/resolve/assume.h"
#include "sla/terms/held.h"
#include "sla/values/guard.h"

#include <assert.h>

/* What is known of one requirement on one resource. */
struct judgement {
    enum sla_verdict verdict;
    enum sla_doubt doubt;
    const struct sla_clause *offer;
    const struct sla_assumption *assumption; /* ASSUMED */
    enum sla_evidence evidence;              /* of what it rests on */
};

/* What is offered where requirements of one term and guard speak. */
struct offered {
    const struct sla_term *term;
    size_t resource;
    uint32_t when;
    struct sla_bounds bounds;       /* what the offers come to: all of them stand */
    bool is_contradiction;          /* they cannot: each is taken for itself */
    const struct sla_clause *first; /* NULL: none */
};

void sla_proofs_init(struct sla_proofs *proofs, struct sla_search *search)
{
    struct sla_world *world = search->world;

    *proofs = (struct sla_proofs){
        .arena = search->arena,
        .world = world,
        .search = search,
        .items = ARENA_NEW(search->arena, struct sla_proof, world->clause_count + 1),
        .verdicts = ARENA_NEW(search->arena, uint8_t *, world->clause_count + 1),
        .offered = ARENA_NEW(search->arena, struct offered, 1),
    };
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (clause->term != NULL && clause->stance == SLA_REQUIRES &&
            clause->term->chooser != SLA_RULE) {
            proofs->verdicts[i] = ARENA_NEW(search->arena, uint8_t, clause->resource_count + 1);
        }
    }
}

/* --- offers ---------------------------------------------------------------------------------- */

static bool covers(const struct sla_world *world, const struct sla_member *offer,
                   const struct sla_member *requirement)
{
    return sla_guards_covers(world->guards, offer->when, requirement->when);
}

/* Gathered once for all requirements that speak then, as long as they come in a row. */
static const struct offered *offered_when(const struct sla_proofs *proofs,
                                          const struct sla_family *family,
                                          const struct sla_member *requirement)
{
    struct offered *out = proofs->offered;

    if (out->term == family->term && out->resource == family->resource &&
        out->when == requirement->when) {
        return out;
    }
    *out = (struct offered){ .term = family->term,
                             .resource = family->resource,
                             .when = requirement->when,
                             .bounds = { .term = family->term, .guards = proofs->world->guards } };
    for (size_t i = 0; i < family->offer_count; i++) {
        const struct sla_clause *offer = family->offers[i].clause;
        struct sla_bound bound = { SLA_GUARD_ALWAYS, offer->value, offer };
        if (covers(proofs->world, &family->offers[i], requirement)) {
            out->first = out->first != NULL ? out->first : offer;
            out->is_contradiction |= !sla_bounds_narrow(&out->bounds, proofs->arena, &bound);
        }
    }
    return out;
}

/* The offer that falls short least of those that do, the first of equals; NULL: none does. */
static const struct sla_clause *nearest_short(const struct sla_proofs *proofs,
                                              const struct sla_family *family,
                                              const struct sla_member *requirement)
{
    const struct sla_term *term = family->term;
    const struct sla_value *wanted = &requirement->clause->value;
    const struct sla_clause *nearest = NULL;
    int64_t least = 0;
    const char *unit = NULL;

    for (size_t i = 0; i < family->offer_count; i++) {
        const struct sla_clause *offer = family->offers[i].clause;
        if (!covers(proofs->world, &family->offers[i], requirement) ||
            term->domain->implies(term, &offer->value, wanted)) {
            continue;
        }
        int64_t lacking = term->domain->cost(term, wanted, &offer->value, &unit);
        if (nearest == NULL || lacking < least) {
            nearest = offer;
            least = lacking;
        }
    }
    return nearest;
}

static enum sla_doubt missing(const struct sla_family *family)
{
    return family->offer_count > 0 ? SLA_DOUBT_OTHER_TIME : SLA_DOUBT_NO_OFFER;
}

/* --- by who chooses -------------------------------------------------------------------------- */

static bool is_promised(const struct sla_world *world, const struct sla_member *offer,
                        const struct sla_member *requirement)
{
    return sla_document_is_promised(world, offer->clause->document, requirement->clause->ref.party);
}

/* It rests on no offer. `offer`: what there is, if anything. */
static struct judgement judged_as(enum sla_verdict verdict, enum sla_doubt doubt,
                                  const struct sla_clause *offer)
{
    return (struct judgement){ .verdict = verdict, .doubt = doubt, .offer = offer };
}

/* It holds by this offer: as a promise, or as an advertisement. */
static struct judgement holds_by(const struct sla_proofs *proofs,
                                 const struct sla_member *requirement,
                                 const struct sla_clause *offer)
{
    bool promised = sla_rest_on(proofs->world, requirement->clause, offer);

    return (struct judgement){ .verdict = promised ? SLA_PROVEN : SLA_ADVERTISED,
                               .offer = offer,
                               .evidence = sla_offer_evidence(proofs->world, offer->document) };
}

/* Of the offers that cover the requirement the first that is a promise or is none, as asked; else
 * the first. NULL: there is none. */
static const struct sla_clause *first_offer(const struct sla_proofs *proofs,
                                            const struct sla_family *family,
                                            const struct sla_member *requirement, bool promised)
{
    const struct sla_clause *first = NULL;

    for (size_t i = 0; i < family->offer_count; i++) {
        const struct sla_member *offer = &family->offers[i];
        assert(offer->clause != NULL);
        if (!covers(proofs->world, offer, requirement)) {
            continue;
        }
        if (is_promised(proofs->world, offer, requirement) == promised) {
            return offer->clause;
        }
        first = first != NULL ? first : offer->clause;
    }
    return first;
}

/* They allow what is required, and more. */
static bool leave_a_choice(const struct sla_proofs *proofs, const struct offered *offered,
                           const struct sla_clause *requirement)
{
    struct sla_bound wanted = { SLA_GUARD_ALWAYS, requirement->value, requirement };

    if (sla_bounds_imply(&offered->bounds, &wanted)) {
        return false;
    }
    struct sla_bounds both = offered->bounds;
    return sla_bounds_narrow(&both, proofs->arena, &wanted);
}

/* A menu: whether something is left is the search's business (sla/conflict/set.c). What the offers
 * leave open beyond the requirement is ours to choose, and some plane must be told. */
static struct judgement judge_ours(const struct sla_proofs *proofs, const struct sla_family *family,
                                   const struct sla_member *requirement)
{
    const struct sla_clause *offer = first_offer(proofs, family, requirement, true);
    const struct resource *at = &proofs->world->policies.resources[family->resource];

    if (offer == NULL) {
        return judged_as(SLA_UNPROVEN, missing(family), NULL);
    }
    if (!family->is_searched) {
        return judged_as(SLA_UNPROVEN, SLA_DOUBT_SEARCH, offer);
    }
    if (sla_clause_holders(requirement->clause, at) == 0 &&
        leave_a_choice(proofs, offered_when(proofs, family, requirement), requirement->clause)) {
        return judged_as(SLA_UNPROVEN, SLA_DOUBT_NO_PLANE, offer);
    }
    return holds_by(proofs, requirement, offer);
}

/* Which offer falls short is looked for as long as the budget lasts. */
static struct judgement judge_theirs(const struct sla_proofs *proofs,
                                     const struct sla_family *family,
                                     const struct sla_member *requirement)
{
    const struct offered *offered = offered_when(proofs, family, requirement);
    struct sla_bound wanted = { SLA_GUARD_ALWAYS, requirement->clause->value, requirement->clause };

    if (offered->first == NULL) {
        return judged_as(SLA_UNPROVEN, missing(family), NULL);
    }
    if (!offered->is_contradiction && sla_bounds_imply(&offered->bounds, &wanted)) {
        return holds_by(proofs, requirement, first_offer(proofs, family, requirement, false));
    }
    bool spent = sla_search_spend(proofs->search, family->offer_count);
    const struct sla_clause *offer =
        spent ? nearest_short(proofs, family, requirement) : offered->first;
    if (offer == NULL) {
        return holds_by(proofs, requirement, first_offer(proofs, family, requirement, false));
    }
    if (offered->bounds.is_cut || (offered->is_contradiction && !spent)) {
        proofs->search->incomplete = true;
        return judged_as(SLA_UNPROVEN, SLA_DOUBT_SEARCH, offer);
    }
    return judged_as(SLA_IMPOSSIBLE, SLA_DOUBT_NONE, offer);
}

/* What a plane of ours cannot hold of it there: some target must have a field for it, or plans
 * measure it. A setting stands at all times or not at all; what detectors heed stands at all
 * times. */
static enum sla_doubt against_building(const struct sla_world *world,
                                       const struct sla_clause *clause, size_t resource)
{
    const struct sla_term *term = clause->term;
    const struct resource *at = &world->policies.resources[resource];
    bool is_measured = term->becomes == SLA_BECOMES_OBJECTIVE;

    if (at->node.len == 0 || (!is_measured && sla_clause_holders(clause, at) == 0)) {
        return SLA_DOUBT_NO_PLANE;
    }
    return is_measured || (term->emit & SLA_EMIT_SIGMA) != 0 ||
                   sla_speech_on(world, clause, resource) == SLA_SPEAKS_ALWAYS
               ? SLA_DOUBT_NONE
               : SLA_DOUBT_AT_TIMES;
}

/* Nobody offers the whole: its stages are. */
static struct judgement judge_stages(const struct sla_proofs *proofs,
                                     const struct sla_member *requirement)
{
    struct sla_stages stages = sla_stages_of(proofs, requirement);
    int64_t bound_ms = requirement->clause->value.range.most;
    struct judgement judged = { .verdict = stages.verdict };

    if (stages.verdict < SLA_UNPROVEN && stages.ms[0] <= bound_ms &&
        stages.ms[1] <= bound_ms - stages.ms[0]) {
        for (size_t i = 0; i < SLA_STAGES; i++) {
            if (stages.offers[i] != NULL) {
                (void)sla_rest_on(proofs->world, requirement->clause, stages.offers[i]);
                judged.evidence = sla_evidence_least(
                    judged.evidence, sla_offer_evidence(proofs->world, stages.offers[i]->document));
            }
        }
        return judged;
    }
    judged.verdict = SLA_UNPROVEN;
    judged.doubt = SLA_DOUBT_STAGES;
    return judged;
}

/* Counted once a clause, though each of its resources is judged. */
static struct sla_spread spread_of(struct sla_proofs *proofs, const struct sla_member *requirement)
{
    if (proofs->spreads == NULL) {
        proofs->spreads =
            ARENA_NEW(proofs->arena, const struct sla_spread *, proofs->world->clause_count + 1);
    }
    const struct sla_spread **spreads = &proofs->spreads[requirement->index];
    if (*spreads == NULL) {
        *spreads = sla_spreads_of(proofs->arena, proofs->world, requirement->clause);
    }
    return (*spreads)[requirement->place];
}

/* Where the resources stand decides; what that does not show is built by nobody. */
static struct judgement judge_spread(struct sla_proofs *proofs,
                                     const struct sla_member *requirement,
                                     const struct judgement *unmet)
{
    struct sla_spread spread = spread_of(proofs, requirement);
    int64_t least = requirement->clause->value.range.least;

    if (spread.is_shown && spread.places >= least) {
        return judged_as(SLA_TO_ENFORCE, SLA_DOUBT_NONE, NULL);
    }
    return spread.is_shown && spread.places + spread.hidden < least
               ? judged_as(SLA_IMPOSSIBLE, SLA_DOUBT_NONE, NULL)
               : *unmet;
}

static struct judgement judge_built(struct sla_proofs *proofs, const struct sla_family *family,
                                    const struct sla_member *requirement)
{
    if (sla_is_staged(family->term)) {
        return judge_stages(proofs, requirement);
    }
    struct judgement judged = judge_theirs(proofs, family, requirement);

    if (judged.verdict == SLA_PROVEN || judged.verdict == SLA_ADVERTISED) {
        return judged;
    }
    enum sla_doubt doubt = against_building(proofs->world, requirement->clause, family->resource);
    judged =
        judged_as(doubt == SLA_DOUBT_NONE ? SLA_TO_ENFORCE : SLA_UNPROVEN, doubt, judged.offer);
    return sla_is_spread(family->term) ? judge_spread(proofs, requirement, &judged) : judged;
}

/* Should the windows of both begin together. `aligned` NULL: nobody says so. */
static struct judgement holds_as_assumed(const struct sla_proofs *proofs,
                                         const struct sla_member *requirement,
                                         const struct sla_clause *offer,
                                         const struct sla_assumption *aligned)
{
    if (aligned == NULL) {
        return (struct judgement){ .verdict = SLA_UNPROVEN,
                                   .doubt = SLA_DOUBT_ALIGNMENT,
                                   .offer = offer };
    }
    struct judgement judged = holds_by(proofs, requirement, offer);
    judged.verdict = SLA_ASSUMED;
    judged.assumption = aligned;
    return judged;
}

static struct judgement judge_budget(const struct sla_proofs *proofs,
                                     const struct sla_family *family,
                                     const struct sla_member *requirement)
{
    struct sla_budget promised = sla_budget_of(proofs->world, family, requirement, true);
    struct sla_budget budget = sla_budget_of(proofs->world, family, requirement, false);

    if (promised.offer != NULL && promised.spent_ms <= promised.allowed_ms) {
        budget = promised;
    }
    if (budget.offer == NULL) {
        return judged_as(SLA_UNPROVEN, missing(family), NULL);
    }
    if (budget.spent_ms <= budget.allowed_ms) {
        return holds_by(proofs, requirement, budget.offer);
    }
    if (budget.aligned_ms <= budget.allowed_ms) {
        return holds_as_assumed(
            proofs, requirement, budget.offer,
            sla_assumed_of_resource(proofs->world, SLA_ASSUME_ALIGNED, family->resource));
    }
    return judged_as(SLA_IMPOSSIBLE, SLA_DOUBT_NONE, budget.offer);
}

static struct judgement judge(struct sla_proofs *proofs, const struct sla_family *family,
                              const struct sla_member *requirement)
{
    switch (family->term->chooser) {
    case SLA_OURS:
        return judge_ours(proofs, family, requirement);
    case SLA_THEIRS:
        return judge_theirs(proofs, family, requirement);
    case SLA_BUDGET:
        return judge_budget(proofs, family, requirement);
    case SLA_BUILT:
        return judge_built(proofs, family, requirement);
    case SLA_RULE:
    case SLA_GIVEN:
        break;
    }
    return judged_as(SLA_PROVEN, SLA_DOUBT_NONE, NULL);
}

/* --- what comes of it ------------------------------------------------------------------------ */

/* Fewer places than asked for: a conflict of the clause with the U-Cloud. */
static void add_crowding(struct sla_proofs *proofs, const struct sla_family *family,
                         const struct sla_member *requirement)
{
    const struct sla_certificate certificate = { .resource = family->resource,
                                                 .guard = requirement->when,
                                                 .rule = SLA_QUORUM_PLACES_SPREAD };

    if (sla_search_spend(proofs->search, 1)) {
        sla_search_add(proofs->search, SLA_CONFLICT_QUORUM, &requirement->clause, 1, &certificate);
    }
}

/* An offer falls short: a conflict of the two. */
static void add_shortfall(struct sla_proofs *proofs, const struct sla_family *family,
                          const struct sla_member *requirement, const struct judgement *judged)
{
    struct sla_certificate certificate = { .resource = family->resource };

    if (family->term->chooser == SLA_BUDGET) {
        struct sla_budget budget = sla_budget_of(proofs->world, family, requirement, false);
        certificate.offered_ms = budget.aligned_ms;
        certificate.allowed_ms = budget.allowed_ms;
    }
    if (sla_search_spend(proofs->search, 1)) {
        const struct sla_clause *pair[] = { requirement->clause, judged->offer };
        sla_search_add(proofs->search, SLA_CONFLICT_ARITHMETIC, pair, COUNT_OF(pair), &certificate);
    }
}

static void keep(struct sla_proof *proof, uint8_t *verdicts, size_t place,
                 const struct judgement *judged, size_t resource)
{
    verdicts[place] = (uint8_t)judged->verdict;
    if (proof->verdicts == NULL || judged->verdict > proof->worst) {
        proof->worst = judged->verdict;
    }
    proof->verdicts = verdicts;
    proof->evidence = sla_evidence_least(proof->evidence, judged->evidence);
    if (judged->assumption != NULL && proof->assumption == NULL) {
        proof->assumption = judged->assumption;
        proof->assumed_on = resource;
    }
    if (judged->verdict == SLA_UNPROVEN && proof->doubt == SLA_DOUBT_NONE) {
        proof->doubt = judged->doubt;
        proof->resource = resource;
        proof->offer = judged->offer;
    }
}

/* Requirements of equal bound and guard are judged alike, of a spread those of equal resources. */
static bool is_as_before(const struct sla_member *before, const struct sla_member *member)
{
    const struct sla_term *term = member->clause->term;

    if (before == NULL || before->when != member->when ||
        (sla_is_spread(term) && before->clause->resources != member->clause->resources) ||
        before->clause->guard != member->clause->guard ||
        !slice_eq(before->clause->ref.party, member->clause->ref.party)) {
        return false;
    }
    const struct sla_value *a = &before->clause->value;
    const struct sla_value *b = &member->clause->value;
    return a->window_ms == b->window_ms && term->domain->implies(term, a, b) &&
           term->domain->implies(term, b, a);
}

/* How long each stage takes, for people. */
static void tell_stages(struct sla_proofs *proofs, const struct sla_member *member)
{
    struct sla_stages stages = sla_stages_of(proofs, member);

    for (size_t i = 0; i < SLA_STAGES; i++) {
        proofs->items[member->index].stages_ms[i] = stages.ms[i];
    }
}

void sla_satisfy(struct sla_proofs *proofs, const struct sla_family *family)
{
    const struct sla_member *before = NULL;
    struct judgement judged = judged_as(SLA_UNPROVEN, SLA_DOUBT_NO_OFFER, NULL);

    for (size_t i = 0; i < family->requirement_count; i++) {
        const struct sla_member *member = &family->requirements[i];
        if (proofs->verdicts[member->index] == NULL) {
            continue;
        }
        if (!is_as_before(before, member)) {
            judged = judge(proofs, family, member);
        }
        before = member;
        if (judged.verdict == SLA_IMPOSSIBLE && judged.offer == NULL) {
            add_crowding(proofs, family, member);
        } else if (judged.verdict == SLA_IMPOSSIBLE) {
            add_shortfall(proofs, family, member, &judged);
        }
        if (judged.doubt == SLA_DOUBT_NO_OFFER && judged.verdict == SLA_UNPROVEN) {
            proofs->world->summary.unoffered_resources++;
        }
        if (judged.doubt == SLA_DOUBT_STAGES &&
            proofs->items[member->index].doubt == SLA_DOUBT_NONE) {
            tell_stages(proofs, member);
        }
        keep(&proofs->items[member->index], proofs->verdicts[member->index], member->place, &judged,
             family->resource);
    }
}

static bool has_verdict(const struct sla_proof *proof, size_t count, enum sla_verdict verdict)
{
    for (size_t i = 0; i < count; i++) {
        if (proof->verdicts[i] == verdict) {
            return true;
        }
    }
    return false;
}

/* No place is unproven any more. */
static void drop_doubt(struct sla_proof *proof, const struct sla_clause *clause)
{
    if (!has_verdict(proof, clause->resource_count, SLA_UNPROVEN)) {
        proof->doubt = SLA_DOUBT_NONE;
    }
}

/* Clauses stand in canonical order, but their pointers do not tell where. */
static void lose(struct sla_proofs *proofs, size_t index, const struct sla_conflict *conflict)
{
    const struct judgement lost = judged_as(SLA_IMPOSSIBLE, SLA_DOUBT_NONE, NULL);
    const struct sla_clause *clause = proofs->world->clauses[index];
    size_t at = 0;

    for (size_t place = 0; place < clause->resource_count; place++) {
        while (at < conflict->resource_count &&
               conflict->resources[at] < clause->resources[place]) {
            at++;
        }
        if (at < conflict->resource_count && conflict->resources[at] == clause->resources[place]) {
            keep(&proofs->items[index], proofs->verdicts[index], place, &lost,
                 clause->resources[place]);
        }
    }
    if (clause->term->chooser == SLA_OURS && proofs->items[index].offer != NULL) {
        drop_doubt(&proofs->items[index], clause); /* of a choice there is none in the end */
    }
}

void sla_proofs_lose(struct sla_proofs *proofs, const struct sla_member *requirement)
{
    const struct judgement lost = judged_as(SLA_IMPOSSIBLE, SLA_DOUBT_NONE, NULL);
    struct sla_proof *proof = &proofs->items[requirement->index];

    keep(proof, proofs->verdicts[requirement->index], requirement->place, &lost,
         requirement->clause->resources[requirement->place]);
    drop_doubt(proof, requirement->clause);
}

static size_t index_of(const struct sla_world *world, const struct sla_clause *clause)
{
    size_t low = 0;
    size_t high = world->clause_count;

    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (sla_clause_ref_cmp(&world->clauses[middle]->ref, &clause->ref) <= 0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

void sla_proofs_finish(struct sla_proofs *proofs)
{
    struct sla_world *world = proofs->world;

    for (size_t i = 0; i < world->conflict_count; i++) {
        for (size_t j = 0; j < world->conflicts[i].clause_count; j++) {
            size_t index = index_of(world, world->conflicts[i].clauses[j]);
            if (proofs->verdicts[index] != NULL) {
                lose(proofs, index, &world->conflicts[i]);
            }
        }
    }
    for (size_t i = 0; i < world->clause_count; i++) {
        if (proofs->items[i].verdicts != NULL) {
            world->summary.verdicts[proofs->items[i].worst]++;
            world->summary.unproven += proofs->items[i].doubt != SLA_DOUBT_NONE ? 1 : 0;
        }
    }
    world->proofs = proofs->items;
}
