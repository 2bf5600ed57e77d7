#include "sla/run/running.h"

static bool may(const struct reaction *reaction, enum action_kind action)
{
    for (size_t i = 0; i < reaction->respond_count; i++) {
        if (reaction->respond[i] == action) {
            return true;
        }
    }
    return false;
}

/* The sooner of two deadlines; -1 is none, which is never, and 0 one that was not looked at yet. */
static int64_t sooner_ms(int64_t late_ms, int64_t within_ms)
{
    if (within_ms <= 0) {
        return late_ms != 0 ? late_ms : -1;
    }
    return late_ms > 0 && late_ms < within_ms ? late_ms : within_ms;
}

/* The soonest reaction that permits what is expected. `out_late`: there is one, with this deadline
 * (0: none), which is not soon enough. */
static enum sla_expect respond(struct sla_running *self, int64_t *out_late_ms)
{
    const struct sla_test *test = self->test;
    int64_t wanted_ms = test->response.within_ms;
    enum sla_expect got = SLA_EXPECT_NONE;

    for (size_t i = 0; i < self->world->clause_count; i++) {
        const struct sla_clause *clause = self->world->clauses[i];
        const struct reaction *reaction = clause->reaction;
        if (reaction == NULL || !slice_eq(reaction->rule, test->when.rule) ||
            !sla_clause_covers(clause, test->resource)) {
            continue;
        }
        sla_running_decide(self, i, "reacts");
        if (test->expect != SLA_EXPECT_RESPONSE) {
            return SLA_EXPECT_RESPONSE;
        }
        if (!may(reaction, test->response.respond)) {
            continue;
        }
        bool soon = wanted_ms == 0 || (reaction->within_ms > 0 && reaction->within_ms <= wanted_ms);
        if (soon) {
            return SLA_EXPECT_RESPONSE;
        }
        *out_late_ms = sooner_ms(*out_late_ms, reaction->within_ms);
        got = SLA_EXPECT_NONE;
    }
    return got;
}

bool sla_run_when(struct sla_running *self)
{
    const struct sla_test *test = self->test;
    int64_t late_ms = 0;
    enum sla_expect got = respond(self, &late_ms);

    if (got == test->expect) {
        return true;
    }
    struct diag *diag = sla_running_failed(self);
    if (got == SLA_EXPECT_RESPONSE) {
        diag_label(self->diags, diag, "a reaction answers `%.*s`", SLICE_ARG(test->when.rule));
    } else if (late_ms > 0) {
        diag_label(self->diags, diag, "it may take %lld ms", (long long)late_ms);
    } else if (late_ms < 0) {
        diag_label(self->diags, diag, "the reaction has no deadline: give it a `within`");
    } else if (self->deciding_count > 0) {
        diag_label(self->diags, diag, "no reaction to `%.*s` may do this",
                   SLICE_ARG(test->when.rule));
    } else {
        diag_label(self->diags, diag, "no reaction answers `%.*s` here",
                   SLICE_ARG(test->when.rule));
    }
    sla_running_show(self, diag);
    sla_running_help(self, diag);
    return false;
}
