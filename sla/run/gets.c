#include "sla/compose/compose.h"
#include "sla/compose/recovery.h"
#include "sla/resolve/service.h"
#include "sla/run/running.h"
#include "sla/values/guard.h"

#include "base/parse.h"

/* --- what it reaches -------------------------------------------------------------------------- */

static bool is_on(const struct sla_clause *clause, const struct sla_service *service)
{
    for (size_t i = 0; i < clause->service_count; i++) {
        if (clause->services[i] == service) {
            return true;
        }
    }
    return false;
}

/* The requirements that the same figure answers, and the clauses behind it. */
static void cover(struct sla_running *self, const struct sla_clause *const *used, size_t used_count)
{
    const struct sla_test_gets *gets = &self->test->gets;

    for (size_t i = 0; i < self->world->clause_count; i++) {
        const struct sla_clause *clause = self->world->clauses[i];
        self->is_covered[i] |= clause->term == gets->term && clause->stance == SLA_REQUIRES &&
                               clause->value.window_ms == gets->window_ms &&
                               is_on(clause, gets->bound);
        for (size_t j = 0; j < used_count; j++) {
            self->is_covered[i] |= used[j] == clause;
        }
    }
}

static struct diag *note_assumed(struct sla_running *self)
{
    return diag_add(self->diags, DIAG_NOTE, SLA_CODE_ASSUMED, self->test->expect_span,
                    "test `%.*s` passes only as assumed", SLICE_ARG(self->test->name));
}

static bool report_endless(struct sla_running *self)
{
    struct diag *diag = sla_running_failed(self);

    diag_label(self->diags, diag, "not known: it takes too many steps");
    diag_help(self->diags, diag, "test a service of fewer parts");
    return false;
}

/* --- availability ----------------------------------------------------------------------------- */

/* What is left of a window, in parts per billion, rounded against us. */
static int64_t share_left_ppb(int64_t down_ms, int64_t window_ms)
{
    int64_t ppb = down_ms / window_ms;
    int64_t rest = down_ms % window_ms;

    for (int64_t unit = SLA_PPB; unit > 1; unit /= 10) {
        ppb = ppb * 10 + rest * 10 / window_ms;
        rest = rest * 10 % window_ms;
    }
    return SLA_PPB - ppb - (rest > 0 ? 1 : 0);
}

static void label_share(struct sla_running *self, const struct sla_figure *figure,
                        struct diag *diag)
{
    char share[PARSE_TEXT_MAX];

    if (figure->is_unbounded) {
        diag_label(self->diags, diag, "nothing is sure");
        return;
    }
    format_percent_ppb(share_left_ppb(figure->figure_ms, figure->window_ms), share);
    diag_label(self->diags, diag,
               figure->verdict == SLA_IMPOSSIBLE ? "it gets %s at most" : "it gets %s", share);
}

static bool run_availability(struct sla_running *self)
{
    const struct sla_test *test = self->test;
    struct sla_figure figure;

    if (!sla_compose_asked(self->arena, self->world, test->gets.bound, test->gets.window_ms,
                           test->bound, &figure)) {
        return report_endless(self);
    }
    cover(self, figure.clauses, figure.clause_count);
    bool good = figure.verdict <= SLA_ASSUMED;
    if (good && figure.verdict != SLA_ASSUMED) {
        return true;
    }
    struct diag *diag = good ? note_assumed(self) : sla_running_failed(self);
    label_share(self, &figure, diag);
    sla_explain_figure(self->world, &figure, diag, self->diags);
    return good;
}

/* --- recovery --------------------------------------------------------------------------------- */

static bool run_recovery(struct sla_running *self)
{
    const struct sla_test *test = self->test;
    CLEANUP(buf_done) struct buf amount = { 0 };
    struct sla_clause *asked = ARENA_NEW(self->arena, struct sla_clause, 1);
    struct sla_recovery recovery;

    asked->ref.party = self->document->party;
    asked->term = test->gets.term;
    asked->guard = SLA_GUARD_ALWAYS;
    asked->value.range.most = test->bound;
    if (!sla_recovery_asked(self->arena, self->world, asked, test->gets.bound, &recovery)) {
        return report_endless(self);
    }
    cover(self, NULL, 0);
    bool good = recovery.verdict <= SLA_ASSUMED;
    if (good && recovery.verdict != SLA_ASSUMED) {
        return true;
    }
    struct diag *diag = good ? note_assumed(self) : sla_running_failed(self);
    sla_recovery_format_amount(&recovery, &amount);
    diag_label(self->diags, diag, "%s", amount.ptr);
    sla_explain_recovery(&recovery, diag, self->diags);
    return good;
}

bool sla_run_gets(struct sla_running *self)
{
    bool share = slice_is(slice_from(self->test->gets.term->name), "availability");

    return share ? run_availability(self) : run_recovery(self);
}
