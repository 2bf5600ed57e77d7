#include "sla/resolve/assume.h"

#include "base/wide.h"
#include "sla/read/validity.h"

#include <assert.h>
#include <stdlib.h>

/* --- tables ---------------------------------------------------------------------------------- */

/* By kind, then by resource or sla_service.index; NULL where nobody assumes that at all. */
struct sla_assumed {
    const struct sla_assumption **by_resource[SLA_ASSUMINGS];
    const struct sla_assumption **by_service[SLA_ASSUMINGS];
};

const struct sla_assumption *sla_assumed_of_service(const struct sla_world *world,
                                                    enum sla_assuming what,
                                                    const struct sla_service *service)
{
    const struct sla_assumption **table = world->assumed->by_service[what];

    return table != NULL ? table[service->index] : NULL;
}

const struct sla_assumption *sla_assumed_of_resource(const struct sla_world *world,
                                                     enum sla_assuming what, size_t resource)
{
    const struct sla_assumption **table = world->assumed->by_resource[what];

    return table != NULL ? table[resource] : NULL;
}

/* Values over equal times, multiplied across. */
static int cost_order(const struct sla_assumption *a, const struct sla_assumption *b)
{
    int64_t window_a = a->clause->value.window_ms, window_b = b->clause->value.window_ms;
    wide_t left = (wide_t)a->value * (uint64_t)(window_b > 0 ? window_b : 1);
    wide_t right = (wide_t)b->value * (uint64_t)(window_a > 0 ? window_a : 1);

    return (left > right) - (left < right);
}

/* They come in canonical order. */
static void enter(const struct sla_assumption **place, const struct sla_assumption *assumption)
{
    int order = *place != NULL ? cost_order(assumption, *place) : 1;

    if (order > 0 || (order == 0 && assumption->acknowledged && !(*place)->acknowledged)) {
        *place = assumption;
    }
}

static void tabulate(struct arena *arena, const struct sla_world *world,
                     struct sla_assumed *assumed, const struct sla_assumption *assumption)
{
    const struct sla_clause *clause = assumption->clause;
    const struct sla_assumption ***by_resource = &assumed->by_resource[assumption->what];
    const struct sla_assumption ***by_service = &assumed->by_service[assumption->what];

    if (clause->resource_count > 0 && *by_resource == NULL) {
        *by_resource =
            ARENA_NEW(arena, const struct sla_assumption *, world->policies.resource_count + 1);
    }
    if (clause->service_count > 0 && *by_service == NULL) {
        *by_service = ARENA_NEW(arena, const struct sla_assumption *, world->service_count + 1);
    }
    for (size_t i = 0; i < clause->resource_count; i++) {
        enter(&(*by_resource)[clause->resources[i]], assumption);
    }
    for (size_t i = 0; i < clause->service_count; i++) {
        enter(&(*by_service)[clause->services[i]->index], assumption);
    }
}

/* --- from the draft -------------------------------------------------------------------------- */

static enum sla_assuming what_of(const struct sla_term *term)
{
    assert(sla_terms_given.count == SLA_ASSUMINGS);
    return (enum sla_assuming)(term - sla_terms_given.terms);
}

static bool is_flag(const struct sla_term *term)
{
    return (term->ops & SLA_BIT(SLA_OP_AT_MOST)) == 0;
}

/* A flag that is `no` does not. */
static bool says_something(const struct sla_clause *clause)
{
    return !is_flag(clause->term) || clause->value.range.least > 0;
}

static struct sla_assumption assumption_of(const struct draft_assumption *from)
{
    const struct sla_clause *clause = &from->head.clause;
    bool flag = is_flag(clause->term);

    return (struct sla_assumption){
        .clause = clause,
        .what = what_of(clause->term),
        .value = flag ? clause->value.range.least : clause->value.range.most,
        .owner = from->owner,
        .why = from->why,
        .acknowledged = slice_eq(from->owner, clause->ref.party),
    };
}

static int canonical_order(const void *left, const void *right)
{
    return sla_clause_ref_cmp(&((const struct sla_assumption *)left)->clause->ref,
                              &((const struct sla_assumption *)right)->clause->ref);
}

void sla_take_assumptions(struct draft *draft, struct sla_world *world)
{
    struct sla_assumed *assumed = ARENA_NEW(draft->arena, struct sla_assumed, 1);
    size_t count = 0;

    for (size_t i = 0; i < draft->document_count; i++) {
        count += draft->documents[i]->assumption_count;
    }
    struct sla_assumption *all = ARENA_NEW(draft->arena, struct sla_assumption, count + 1);
    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->assumption_count; j++) {
            const struct draft_assumption *from = &draft->documents[i]->assumptions[j];
            if (says_something(&from->head.clause) &&
                sla_is_in_force(&draft->options, &from->head.clause.valid)) {
                all[world->assumption_count++] = assumption_of(from);
            }
        }
    }
    qsort(all, world->assumption_count, sizeof(*all), canonical_order);
    world->assumptions = all;
    world->assumed = assumed;
    for (size_t i = 0; i < world->assumption_count; i++) {
        tabulate(draft->arena, world, assumed, &all[i]);
    }
}

/* --- what an assumption needs ---------------------------------------------------------------- */

static const struct {
    enum sla_assuming what, needs;
} needs[] = {
    { SLA_ASSUME_COMMON, SLA_ASSUME_INDEPENDENT },
    { SLA_ASSUME_FAILOVER_COUNT, SLA_ASSUME_FAILOVER_TIME },
};

/* One bit a kind, by service: of all documents, since it does not matter who says the other. */
static void mark_kinds(const struct draft *draft, uint16_t *out)
{
    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->assumption_count; j++) {
            const struct draft_clause *head = &draft->documents[i]->assumptions[j].head;
            const struct sla_clause *clause = &head->clause;
            if (head->broken || !says_something(clause)) {
                continue;
            }
            enum sla_assuming what = what_of(clause->term);
            for (size_t k = 0; k < clause->service_count; k++) {
                out[clause->services[k]->index] |= (uint16_t)(1U << what);
            }
        }
    }
}

static void check_needs(struct draft *draft, const struct draft_assumption *assumption,
                        const uint16_t *kinds)
{
    const struct sla_clause *clause = &assumption->head.clause;
    enum sla_assuming what = what_of(clause->term);

    for (size_t i = 0; i < COUNT_OF(needs); i++) {
        for (size_t j = 0; needs[i].what == what && j < clause->service_count; j++) {
            const struct sla_service *service = clause->services[j];
            if ((kinds[service->index] & SLA_BIT(needs[i].needs)) != 0) {
                continue;
            }
            const char *other = sla_terms_given.terms[needs[i].needs].name;
            struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_ASSUMPTION,
                                         clause->span, "`%s` of service `%.*s` without `%s`",
                                         clause->term->name, SLICE_ARG(service->id), other);
            diag_help(draft->diags, diag, "assume `%s` of the same service too, or leave this out",
                      other);
            return;
        }
    }
}

void sla_check_assumptions(struct draft *draft)
{
    uint16_t *kinds = ARENA_NEW(draft->arena, uint16_t, draft->service_count + 1);

    if (draft->options.partial) {
        return; /* the other may be in a document that is not here */
    }
    mark_kinds(draft, kinds);
    for (size_t i = 0; i < draft->document_count; i++) {
        const struct draft_document *document = draft->documents[i];
        sla_count_errors(draft);
        for (size_t j = 0; j < document->assumption_count &&
                           !sla_is_full_at(draft, &document->assumptions[j].head.clause.span);
             j++) {
            if (!document->assumptions[j].head.broken) {
                check_needs(draft, &document->assumptions[j], kinds);
            }
        }
    }
}

/* --- findings -------------------------------------------------------------------------------- */

void sla_show_assumption(const struct sla_assumption *assumption, struct diag *diag,
                         struct diag_list *diags)
{
    diag_secondary(diags, diag, assumption->clause->span, "%.*s answers for `%s`%s",
                   SLICE_ARG(assumption->owner), assumption->clause->term->name,
                   assumption->acknowledged ? "" : ", but never said so");
}

void sla_help_assumed(bool acknowledged, struct diag *diag, struct diag_list *diags)
{
    diag_help(diags, diag, "%s",
              acknowledged ? "nothing to do as long as it is true"
                           : "let the owner sign an agreement on the document, or say it itself");
}
