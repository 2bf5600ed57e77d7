#include "sla/read/validity.h"

#include "base/date.h"

bool sla_is_in_force(const struct sla_options *options, const struct sla_period *period)
{
    return !options->has_day ||
           (period->from_day <= options->as_of_day && options->as_of_day < period->until_day);
}

/* --- days of change -------------------------------------------------------------------------- */

static void count_bound(struct sla_world *world, int32_t day)
{
    bool bounded = day != INT32_MIN && day != INT32_MAX;

    if (bounded && day <= world->as_of_day) {
        world->bounds_passed++;
    } else if (bounded && day < world->next_change_day) {
        world->next_change_day = day;
    }
}

static void count_period(struct sla_world *world, const struct sla_period *period)
{
    count_bound(world, period->from_day);
    count_bound(world, period->until_day);
}

/* A key begins and ends for all agreements alike: the documents say nothing of it. */
static void look_at_keys(struct sla_world *world, const struct sla_options *options)
{
    const uint64_t passed = world->bounds_passed;

    for (size_t i = 0; i < options->key_count && world->agreement_count > 0; i++) {
        const struct sla_period days = { options->keys[i].from_day, options->keys[i].until_day };
        count_period(world, &days);
    }
    world->bounds_passed = passed;
}

void sla_take_days(const struct draft *draft, struct sla_world *world)
{
    world->next_change_day = INT32_MAX;
    if (!world->has_day) {
        return;
    }
    for (size_t i = 0; i < world->clause_count; i++) {
        count_period(world, &world->clauses[i]->valid);
    }
    for (size_t i = 0; i < world->dormant_count; i++) {
        count_period(world, &world->dormant[i]->valid);
    }
    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->assumption_count; j++) {
            count_period(world, &draft->documents[i]->assumptions[j].head.clause.valid);
        }
    }
    for (size_t i = 0; i < world->agreement_count; i++) {
        const struct sla_agreement *agreement = world->agreements[i];
        if (agreement->has_valid) {
            count_period(world, &agreement->valid);
        }
        for (size_t j = 0; j < agreement->signature_count; j++) {
            count_bound(world, agreement->signatures[j].at_day); /* it counts from there on */
        }
    }
    look_at_keys(world, &draft->options);
}

/* --- what is left out ------------------------------------------------------------------------ */

static void note_clause(struct diag_list *diags, struct diag *diag, const struct sla_clause *clause)
{
    CLEANUP(buf_done) struct buf days = { 0 };

    sla_period_format(&clause->valid, &days);
    diag_note(diags, diag, "`%.*s`: %s", SLICE_ARG(clause->ref.clause), days.ptr);
}

/* One finding for the clauses of one document, which stand together. */
static void report_document(const struct sla_world *world, size_t from, size_t to,
                            const char *today, struct diag_list *diags)
{
    const struct sla_clause *first = world->dormant[from];
    size_t count = to - from;

    struct diag *diag =
        diag_add(diags, DIAG_NOTE, SLA_CODE_DORMANT, first->span,
                 "%zu clause%s of `%.*s` %s not in force on %s", count, count == 1 ? "" : "s",
                 SLICE_ARG(first->ref.document), count == 1 ? "is" : "are", today);
    for (size_t i = from; i < to && i - from < SLA_DORMANT_SHOWN; i++) {
        note_clause(diags, diag, world->dormant[i]);
    }
    if (count > SLA_DORMANT_SHOWN) {
        diag_note(diags, diag, "and %zu more", count - SLA_DORMANT_SHOWN);
    }
}

/* Figures that rested on it have no ground any more. */
static void report_assumption(const struct sla_clause *clause, bool is_over, const char *today,
                              struct diag_list *diags)
{
    struct diag *diag =
        diag_add(diags, is_over ? DIAG_WARNING : DIAG_NOTE, SLA_CODE_DORMANT, clause->span,
                 "assumption `%.*s` is not in force on %s", SLICE_ARG(clause->ref.clause), today);

    note_clause(diags, diag, clause);
    if (is_over) {
        diag_help(diags, diag, "renew it with its owner, or take it out");
    }
}

void sla_report_dormant(const struct draft *draft, const struct sla_world *world)
{
    char today[DATE_TEXT_MAX];
    size_t to = 0;

    if (!world->has_day) {
        return;
    }
    date_format(world->as_of_day, today);
    for (size_t from = 0; from < world->dormant_count; from = to) {
        for (to = from; to < world->dormant_count &&
                        world->dormant[to]->document == world->dormant[from]->document;) {
            to++;
        }
        report_document(world, from, to, today, draft->diags);
    }
    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->assumption_count; j++) {
            const struct sla_clause *clause = &draft->documents[i]->assumptions[j].head.clause;
            if (!sla_is_in_force(&draft->options, &clause->valid)) {
                report_assumption(clause, clause->valid.until_day <= world->as_of_day, today,
                                  draft->diags);
            }
        }
    }
}
