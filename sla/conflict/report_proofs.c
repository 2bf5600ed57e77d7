#include "sla/agree/promise.h"
#include "sla/conflict/satisfy.h"
#include "sla/conflict/stages.h"
#include "sla/resolve/assume.h"
#include "sla/terms/domain.h"

/* What is unproven or assumed, once a clause: where for example, why, and what would help. */

static void help_offer(const struct sla_clause *clause, const struct resource *at,
                       struct diag *diag, struct diag_list *diags)
{
    if (clause->document->kind == SLA_PROVIDER_OFFER && slice_eq(clause->ref.party, at->provider)) {
        diag_note(
            diags, diag,
            "this is `%.*s`'s own document, and it *requires* `%s` here: `stance: offers` may "
            "have been meant",
            SLICE_ARG(at->provider), clause->term->name);
    }
    diag_help(diags, diag,
              "silence is no promise: ask `%.*s` for an offer of `%s`, or move the resource",
              SLICE_ARG(at->provider), clause->term->name);
}

static void report_unoffered(const struct sla_clause *clause, const struct sla_proof *proof,
                             const struct resource *at, struct diag_list *diags)
{
    bool other = proof->doubt == SLA_DOUBT_OTHER_TIME;
    struct diag *diag = diag_add(diags, DIAG_WARNING, SLA_CODE_UNPROVEN, clause->span,
                                 "clause `%.*s` is unproven: `%.*s` offers no `%s`%s",
                                 SLICE_ARG(clause->ref.clause), SLICE_ARG(at->provider),
                                 clause->term->name, other ? " whenever it is required" : "");

    diag_label(diags, diag, "required of %.*s/%.*s, for example", SLICE_ARG(at->ucloud),
               SLICE_ARG(at->name));
    help_offer(clause, at, diag, diags);
}

static void report_alignment(const struct sla_clause *clause, const struct sla_proof *proof,
                             const struct resource *at, struct diag_list *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_WARNING, SLA_CODE_UNPROVEN, clause->span,
                 "clause `%.*s` is unproven: what `%.*s` may be down in two of its windows can "
                 "fall into one",
                 SLICE_ARG(clause->ref.clause), SLICE_ARG(at->provider));

    diag_label(diags, diag, "required of %.*s/%.*s, for example", SLICE_ARG(at->ucloud),
               SLICE_ARG(at->name));
    diag_secondary(diags, diag, proof->offer->span, "`%.*s` fits if its windows are the same ones",
                   SLICE_ARG(proof->offer->ref.clause));
    diag_help(diags, diag,
              "ask `%.*s` for half the down time, or for the assumption `window.aligned`: both "
              "count the same windows",
              SLICE_ARG(at->provider));
}

/* Why nothing of ours holds it on a resource that an agent reaches. */
static void note_not_held(const struct sla_clause *clause, const struct resource *at,
                          struct diag *diag, struct diag_list *diags)
{
    const struct sla_term *term = clause->term;

    if ((term->held & sla_emit_targets(at)) == 0) {
        diag_note(diags, diag, "nothing of ours holds `%s` of a %s", term->name,
                  resource_kind_name(at->kind));
    } else if (term->domain == &sla_domain_level) {
        const struct sla_words *words = term->of;
        diag_note(diags, diag, "planes of ours hold `%s` of a %s up to `%s`", term->name,
                  resource_kind_name(at->kind), words->names[term->held_to]);
    } else {
        CLEANUP(buf_done) struct buf text = { 0 };
        sla_clause_format(clause, &text);
        diag_note(diags, diag, "nothing of ours holds `%.*s` of this %s",
                  SLICE_ARG(buf_slice(&text)), resource_kind_name(at->kind));
    }
}

/* Of an offer that leaves a choice. */
static void tell_choice(const struct sla_clause *clause, const struct sla_proof *proof,
                        const struct resource *at, struct diag *diag, struct diag_list *diags)
{
    diag_secondary(diags, diag, proof->offer->span, "the offer allows more than that");
    diag_note(diags, diag,
              "what of an offer is chosen holds where a plane is told, and none is told `%s` of a "
              "%s",
              clause->term->name, resource_kind_name(at->kind));
    diag_help(diags, diag,
              "ask `%.*s` for an offer of `%s` that stays within it, or move the resource",
              SLICE_ARG(at->provider), clause->term->name);
}

static void report_no_plane(const struct sla_clause *clause, const struct sla_proof *proof,
                            const struct resource *at, struct diag_list *diags)
{
    struct diag *diag = diag_add(diags, DIAG_WARNING, SLA_CODE_NO_PLANE, clause->span,
                                 "no plane enforces clause `%.*s`", SLICE_ARG(clause->ref.clause));

    diag_label(diags, diag, "required of %.*s/%.*s, for example", SLICE_ARG(at->ucloud),
               SLICE_ARG(at->name));
    if (clause->term->chooser == SLA_OURS) {
        tell_choice(clause, proof, at, diag, diags);
        return;
    }
    if (proof->offer != NULL) {
        diag_secondary(diags, diag, proof->offer->span, "the offer falls short of it");
    }
    if (at->node.len == 0) {
        diag_note(diags, diag, "the resource names no `node`: no agent reaches it");
    } else {
        note_not_held(clause, at, diag, diags);
    }
    help_offer(clause, at, diag, diags);
}

static void report_at_times(const struct sla_clause *clause, const struct sla_proof *proof,
                            const struct resource *at, struct diag_list *diags)
{
    struct diag *diag = diag_add(diags, DIAG_WARNING, SLA_CODE_NO_PLANE, clause->span,
                                 "no plane enforces clause `%.*s`", SLICE_ARG(clause->ref.clause));

    diag_label(diags, diag, "required of %.*s/%.*s, for example", SLICE_ARG(at->ucloud),
               SLICE_ARG(at->name));
    if (proof->offer != NULL) {
        diag_secondary(diags, diag, proof->offer->span, "the offer falls short of it");
    }
    diag_note(diags, diag, "no plane can tell when {%.*s}: the setting is left out there",
              SLICE_ARG(clause->conditions));
    diag_help(diags, diag, "leave the condition out, or ask `%.*s` for an offer of `%s`",
              SLICE_ARG(at->provider), clause->term->name);
}

static void report_stages(const struct sla_clause *clause, const struct sla_proof *proof,
                          const struct resource *at, struct diag_list *diags)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    const char *missing = NULL;

    for (size_t i = 0; i < SLA_STAGES; i++) {
        bool there = proof->stages_ms[i] != SLA_STAGE_MISSING;
        missing = !there && missing == NULL ? sla_stage_term(i) : missing;
        buf_printf(&text, "%s%s: ", i > 0 ? " + " : "", sla_stage_term(i));
        if (there) {
            sla_format_span_ms(proof->stages_ms[i], &text);
        } else {
            buf_add_cstr(&text, "nobody says");
        }
    }
    struct diag *diag =
        diag_add(diags, DIAG_WARNING, SLA_CODE_UNPROVEN, clause->span,
                 "clause `%.*s` is unproven: %s", SLICE_ARG(clause->ref.clause),
                 missing != NULL ? "a stage of it is missing" : "its stages take longer together");
    diag_label(diags, diag, "required of %.*s/%.*s, for example", SLICE_ARG(at->ucloud),
               SLICE_ARG(at->name));
    diag_note(diags, diag, "%.*s (F8)", SLICE_ARG(buf_slice(&text)));
    if (missing != NULL) {
        diag_help(diags, diag, "require `%s` where we hold it, or ask `%.*s` for an offer of it",
                  missing, SLICE_ARG(at->provider));
    } else {
        diag_help(diags, diag, "ask for a sooner detection or response, or allow more");
    }
}

static void report_unsearched(const struct sla_clause *clause, const struct sla_proof *proof,
                              const struct resource *at, struct diag_list *diags)
{
    struct diag *diag = diag_add(diags, DIAG_WARNING, SLA_CODE_UNPROVEN, clause->span,
                                 "clause `%.*s` is unproven: there is too much of `%s` to compare",
                                 SLICE_ARG(clause->ref.clause), clause->term->name);

    (void)proof;
    diag_label(diags, diag, "required of %.*s/%.*s, for example", SLICE_ARG(at->ucloud),
               SLICE_ARG(at->name));
    diag_help(diags, diag, "join clauses of `%s` that speak of the same resources",
              clause->term->name);
}

static void report_assumed(const struct sla_world *world, const struct sla_clause *clause,
                           const struct sla_proof *proof, struct diag_list *diags)
{
    const struct sla_assumption *assumption = proof->assumption;
    const struct resource *at = &world->policies.resources[proof->assumed_on];
    struct diag *diag = diag_add(
        diags, assumption->acknowledged ? DIAG_NOTE : DIAG_WARNING, SLA_CODE_ASSUMED, clause->span,
        "clause `%.*s` holds only as assumed", SLICE_ARG(clause->ref.clause));

    diag_label(diags, diag, "required of %.*s/%.*s, for example", SLICE_ARG(at->ucloud),
               SLICE_ARG(at->name));
    sla_show_assumption(assumption, diag, diags);
    sla_note_evidence(proof->evidence, diag, diags);
    sla_help_assumed(assumption->acknowledged, diag, diags);
}

typedef void(report_fn)(const struct sla_clause *clause, const struct sla_proof *proof,
                        const struct resource *at, struct diag_list *diags);

void sla_report_proofs(const struct sla_world *world, struct diag_list *diags)
{
    static report_fn *const reports[] = {
        [SLA_DOUBT_NONE] = NULL,
        [SLA_DOUBT_NO_OFFER] = report_unoffered,
        [SLA_DOUBT_OTHER_TIME] = report_unoffered,
        [SLA_DOUBT_ALIGNMENT] = report_alignment,
        [SLA_DOUBT_NO_PLANE] = report_no_plane,
        [SLA_DOUBT_AT_TIMES] = report_at_times,
        [SLA_DOUBT_STAGES] = report_stages,
        [SLA_DOUBT_SEARCH] = report_unsearched,
    };

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_proof *proof = &world->proofs[i];
        if (reports[proof->doubt] != NULL) {
            reports[proof->doubt](world->clauses[i], proof,
                                  &world->policies.resources[proof->resource], diags);
        }
        if (proof->assumption != NULL) {
            report_assumed(world, world->clauses[i], proof, diags);
        }
    }
}
