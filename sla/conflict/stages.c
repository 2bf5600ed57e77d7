#include "sla/conflict/stages.h"

#include "sla/agree/promise.h"
#include "sla/values/guard.h"

#include <string.h>

static const char *const stage_terms[SLA_STAGES] = { "detect.mttd", "respond.mttr" };

bool sla_is_staged(const struct sla_term *term)
{
    return strcmp(term->name, "respond.contain") == 0;
}

const char *sla_stage_term(size_t stage)
{
    return stage_terms[stage];
}

struct stage {
    int64_t ms;
    enum sla_verdict verdict;
    const struct sla_clause *offer;
};

/* The shorter, and of equals the surer. */
static void take(struct stage *best, const struct stage *other)
{
    if (other->ms < best->ms || (other->ms == best->ms && other->verdict < best->verdict)) {
        *best = *other;
    }
}

/* What is offered, and what is required and holds. */
static struct stage stage_of(const struct sla_proofs *proofs, const struct sla_family *family,
                             const struct sla_member *asked)
{
    const struct sla_world *world = proofs->world;
    struct stage best = { .ms = SLA_STAGE_MISSING, .verdict = SLA_UNPROVEN };

    for (size_t i = 0; i < family->offer_count; i++) {
        const struct sla_member *member = &family->offers[i];
        bool promised =
            sla_document_is_promised(world, member->clause->document, asked->clause->ref.party);
        const struct stage offered = { .ms = member->clause->value.range.most,
                                       .verdict = promised ? SLA_PROVEN : SLA_ADVERTISED,
                                       .offer = member->clause };
        if (sla_guards_covers(world->guards, member->when, asked->when)) {
            take(&best, &offered);
        }
    }
    for (size_t i = 0; i < family->requirement_count; i++) {
        const struct sla_member *member = &family->requirements[i];
        uint8_t verdict = proofs->verdicts[member->index][member->place];
        const struct stage kept = { .ms = member->clause->value.range.most,
                                    .verdict = (enum sla_verdict)verdict };
        if (verdict < SLA_UNPROVEN && sla_guards_covers(world->guards, member->when, asked->when)) {
            take(&best, &kept);
        }
    }
    return best;
}

struct sla_stages sla_stages_of(const struct sla_proofs *proofs,
                                const struct sla_member *requirement)
{
    struct sla_stages out = { .verdict = SLA_PROVEN };

    for (size_t i = 0; i < SLA_STAGES; i++) {
        const struct sla_term *term = sla_term_find(slice_from(stage_terms[i]));
        struct stage stage = stage_of(proofs, &proofs->families[sla_term_index(term)], requirement);
        out.ms[i] = stage.ms;
        out.verdict = stage.verdict > out.verdict ? stage.verdict : out.verdict;
        out.offers[i] = stage.offer;
    }
    return out;
}
