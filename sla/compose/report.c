#include "sla/agree/promise.h"
#include "sla/compile.h"
#include "sla/compose/compose.h"
#include "sla/conflict/conflict.h"
#include "sla/resolve/assume.h"

/* Parts named in one finding. */
enum { NAMED_MAX = 4 };

static struct slice figure_text(struct arena *arena, const struct sla_figure *figure)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    sla_figure_format(figure, &text);
    return arena_copy(arena, buf_slice(&text));
}

static struct slice span_text(struct arena *arena, int64_t span_ms)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    sla_format_span_ms(span_ms, &text);
    return arena_copy(arena, buf_slice(&text));
}

/* --- impossible ------------------------------------------------------------------------------ */

/* The offers that leave no hope, each once. */
static void show_offers(const struct sla_world *world, const struct sla_figure *figure,
                        struct diag *diag, struct diag_list *diags)
{
    const struct sla_step *last = &figure->steps[figure->step_count - 1];
    const struct sla_clause *shown = NULL;
    size_t count = 0;

    for (size_t i = 0; i < last->part_count && count < NAMED_MAX; i++) {
        const struct sla_step *part = &figure->steps[last->parts[i]];
        bool alone = last->kind == SLA_STEP_SOME || part->best_ms > figure->allowed_ms;
        if (!alone || part->kind != SLA_STEP_RESOURCE || part->by_mean == NULL ||
            part->by_mean == shown) {
            continue;
        }
        const struct resource *at = &world->policies.resources[part->resource];
        struct slice least = span_text(diags->arena, part->best_ms);
        diag_secondary(diags, diag, part->by_mean->value_span, "`%.*s` may be down %.*s",
                       SLICE_ARG(at->name), SLICE_ARG(least));
        shown = part->by_mean;
        count++;
    }
}

static void explain_impossible(const struct sla_world *world, const struct sla_figure *figure,
                               struct diag *diag, struct diag_list *diags)
{
    struct slice figures = figure_text(diags->arena, figure);

    show_offers(world, figure, diag, diags);
    diag_note(diags, diag, "even should all go as well as it can, %.*s", SLICE_ARG(figures));
    diag_help(diags, diag, "ask for better offers, need fewer of the parts, or allow more");
}

/* --- unproven -------------------------------------------------------------------------------- */

static bool is_silent(const struct sla_step *step)
{
    return step->kind == SLA_STEP_RESOURCE && step->by_bound == NULL;
}

static void name_silence(const struct sla_world *world, const struct sla_figure *figure,
                         struct diag *diag, struct diag_list *diags)
{
    size_t silent = 0;

    for (size_t i = 0; i < figure->step_count; i++) {
        if (is_silent(&figure->steps[i]) && silent++ < NAMED_MAX) {
            const struct resource *at = &world->policies.resources[figure->steps[i].resource];
            diag_note(diags, diag, "`%.*s` offers no availability of `%.*s`",
                      SLICE_ARG(at->provider), SLICE_ARG(at->name));
        }
    }
    if (silent > NAMED_MAX) {
        diag_note(diags, diag, "and so with %zu more", silent - NAMED_MAX);
    }
}

static void name_unbounded(const struct sla_world *world, const struct sla_figure *figure,
                           struct diag *diag, struct diag_list *diags)
{
    size_t shown = 0;

    for (size_t i = 0; i < figure->spending_count && shown < NAMED_MAX; i++) {
        const struct sla_spending *spending = &figure->spendings[i];
        if (spending->count != NULL) {
            continue;
        }
        shown++;
        if (spending->service != NULL) {
            diag_help(diags, diag, "`%.*s` switches: assume `failover.count`, how often at most",
                      SLICE_ARG(spending->service->id));
            continue;
        }
        const struct resource *at = &world->policies.resources[spending->resource];
        diag_secondary(diags, diag, spending->reaction->span, "stops `%.*s`", SLICE_ARG(at->name));
        diag_help(diags, diag, "our own response stops `%.*s`: assume `pause.count`, how often",
                  SLICE_ARG(at->name));
    }
}

static void name_what_would_do(const struct sla_figure *figure, struct diag *diag,
                               struct diag_list *diags)
{
    CLEANUP(buf_done) struct buf names = { 0 };

    for (unsigned what = 0; what < SLA_ASSUMINGS; what++) {
        if ((figure->would_do & SLA_BIT(what)) != 0) {
            buf_printf(&names, "%s`%s`", names.len > 0 ? ", " : "",
                       sla_terms_given.terms[what].name);
        }
    }
    if (figure->would_do != 0) {
        diag_help(diags, diag, "it would hold under %s: write what is true into `assumptions`",
                  names.ptr);
    } else if (!figure->is_unbounded) {
        diag_help(diags, diag, "ask for better offers, need fewer of the parts, or allow more");
    }
}

static void explain_unproven(const struct sla_world *world, const struct sla_figure *figure,
                             struct diag *diag, struct diag_list *diags)
{
    struct slice figures = figure_text(diags->arena, figure);

    if (!figure->is_unbounded) {
        diag_note(diags, diag, "for all that is promised, %.*s", SLICE_ARG(figures));
    }
    name_silence(world, figure, diag, diags);
    name_unbounded(world, figure, diag, diags);
    name_what_would_do(figure, diag, diags);
}

/* --- assumed --------------------------------------------------------------------------------- */

static bool is_acknowledged(const struct sla_figure *figure)
{
    for (size_t i = 0; i < figure->assumption_count; i++) {
        if (!figure->assumptions[i]->acknowledged) {
            return false;
        }
    }
    return true;
}

static void explain_assumed(const struct sla_figure *figure, struct diag *diag,
                            struct diag_list *diags)
{
    struct slice figures = figure_text(diags->arena, figure);

    for (size_t i = 0; i < figure->assumption_count && i < NAMED_MAX; i++) {
        sla_show_assumption(figure->assumptions[i], diag, diags);
    }
    diag_note(diags, diag, "%.*s", SLICE_ARG(figures));
    sla_note_evidence(figure->evidence, diag, diags);
    sla_help_assumed(is_acknowledged(figure), diag, diags);
}

/* --- findings -------------------------------------------------------------------------------- */

void sla_explain_figure(const struct sla_world *world, const struct sla_figure *figure,
                        struct diag *diag, struct diag_list *diags)
{
    switch (figure->verdict) {
    case SLA_IMPOSSIBLE:
        explain_impossible(world, figure, diag, diags);
        break;
    case SLA_UNPROVEN:
        explain_unproven(world, figure, diag, diags);
        break;
    case SLA_ASSUMED:
        explain_assumed(figure, diag, diags);
        break;
    case SLA_PROVEN:
    case SLA_TO_ENFORCE:
    case SLA_ADVERTISED:
        break;
    }
}

static struct diag *add_finding(const struct sla_figure *figure, struct diag_list *diags)
{
    const struct sla_clause *clause = figure->requirement;
    bool gives_way = clause->strength == SLA_SHOULD;

    if (figure->verdict == SLA_IMPOSSIBLE) {
        return diag_add(diags, gives_way ? DIAG_WARNING : DIAG_ERROR, SLA_CODE_SERVICE_IMPOSSIBLE,
                        clause->value_span, "service `%.*s` cannot get what `%.*s` %s",
                        SLICE_ARG(figure->service->id), SLICE_ARG(clause->ref.clause),
                        gives_way ? "asks for (should)" : "requires");
    }
    if (figure->verdict == SLA_UNPROVEN) {
        return diag_add(diags, DIAG_WARNING, SLA_CODE_UNPROVEN, clause->value_span,
                        "clause `%.*s` is unproven of service `%.*s`",
                        SLICE_ARG(clause->ref.clause), SLICE_ARG(figure->service->id));
    }
    return diag_add(diags, is_acknowledged(figure) ? DIAG_NOTE : DIAG_WARNING, SLA_CODE_ASSUMED,
                    clause->value_span, "clause `%.*s` holds of service `%.*s` only as assumed",
                    SLICE_ARG(clause->ref.clause), SLICE_ARG(figure->service->id));
}

void sla_report_figures(struct sla_world *world, struct diag_list *diags)
{
    for (size_t i = 0; i < world->figure_count; i++) {
        const struct sla_figure *figure = &world->figures[i];
        if (figure->verdict < SLA_ASSUMED) {
            continue;
        }
        world->summary.impossible += figure->verdict == SLA_IMPOSSIBLE ? 1 : 0;
        world->summary.unproven += figure->verdict == SLA_UNPROVEN ? 1 : 0;
        struct diag *diag = add_finding(figure, diags);
        if (figure->verdict != SLA_ASSUMED) {
            struct slice allowed = span_text(diags->arena, figure->allowed_ms);
            diag_label(diags, diag, "allows %.*s", SLICE_ARG(allowed));
        }
        sla_explain_figure(world, figure, diag, diags);
    }
}
