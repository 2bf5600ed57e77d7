#include "sla/run/tests.h"

#include "base/parse.h"
#include "sla/code.h"
#include "sla/policy/flow_order.h"
#include "sla/policy/standing.h"
#include "sla/run/running.h"

/* --- what the kinds of tests share ------------------------------------------------------------ */

void sla_running_name(struct sla_running *self, size_t clause, const char *how)
{
    if (self->deciding_count < SLA_DECIDING_SHOWN_MAX) {
        self->deciding[self->deciding_count++] = (struct sla_deciding){ clause, how };
    }
}

void sla_running_decide(struct sla_running *self, size_t clause, const char *how)
{
    self->is_covered[clause] = true;
    sla_running_name(self, clause, how);
}

struct diag *sla_running_failed(struct sla_running *self)
{
    return diag_add(self->diags, DIAG_ERROR, SLA_CODE_TEST_FAILED, self->test->expect_span,
                    "test `%.*s` failed", SLICE_ARG(self->test->name));
}

void sla_running_show(struct sla_running *self, struct diag *diag)
{
    for (size_t i = 0; i < self->deciding_count; i++) {
        const struct sla_clause *clause = self->world->clauses[self->deciding[i].clause];
        diag_secondary(self->diags, diag, clause->value_span, "`%.*s` of %.*s %s",
                       SLICE_ARG(clause->ref.clause), SLICE_ARG(clause->ref.party),
                       self->deciding[i].how);
    }
}

void sla_running_help(struct sla_running *self, struct diag *diag)
{
    const char *help =
        "no clause speaks of this: add one, mend the target that was to reach it, or "
        "expect `none`";

    if (self->deciding_count > 0) {
        help = "change the clause, or what the test expects";
    } else if (self->is_doubted) {
        help = "no clause speaks of this: mend the names that other findings doubt first";
    }
    diag_help(self->diags, diag, "%s", help);
}

/* --- all of them ------------------------------------------------------------------------------ */

static sla_run_fn *const kinds[SLA_TEST_KINDS] = { [SLA_TEST_FLOW] = sla_run_flow,
                                                   [SLA_TEST_REQUEST] = sla_run_request,
                                                   [SLA_TEST_GETS] = sla_run_gets,
                                                   [SLA_TEST_WHEN] = sla_run_when };

static bool is_composed(const struct sla_clause *clause)
{
    return clause->service_count > 0 && clause->stance == SLA_REQUIRES;
}

static bool is_ruling(const struct sla_clause *clause)
{
    return sla_clause_acts(clause) != 0 && clause->op != SLA_OP_PASS;
}

/* Flows and what decides requests; one that passes requests on decides none, nor does one of a
 * party without standing (design of the language, section 9.1). */
static bool decides(const struct sla_world *world, const struct sla_clause *clause)
{
    bool rules = sla_is_flow(clause) || is_ruling(clause);
    bool is_asked = false;

    for (size_t i = 0; rules && !is_asked && i < clause->resource_count; i++) {
        is_asked = sla_is_asked(world, clause, clause->resources[i]);
    }
    return is_asked;
}

/* What would decide, and has lost all its resources: it stays counted, so that a mistake in a
 * target does not pass for a cover. */
static bool is_lost(const struct sla_clause *clause)
{
    return clause->resource_count == 0 && (sla_is_flow(clause) || is_ruling(clause));
}

/* Whether a test can reach it: those, reactions, and what is required of services. */
static bool is_reachable(const struct sla_world *world, const struct sla_clause *clause)
{
    return clause->reaction != NULL || is_composed(clause) || decides(world, clause) ||
           is_lost(clause);
}

static bool are_names_doubted(const struct diag_list *diags)
{
    const struct diag *at = diags->first;

    while (at != NULL && (at->level == DIAG_NOTE || !sla_code_is_of_names(at->code))) {
        at = at->next;
    }
    return at != NULL;
}

void sla_run_tests(struct arena *arena, const struct sla_world *world,
                   const struct sla_options *options, struct diag_list *diags,
                   struct sla_tests_outcome *out)
{
    bool *is_covered = ARENA_NEW(arena, bool, world->clause_count + 1);
    bool is_doubted = are_names_doubted(diags);

    *out = (struct sla_tests_outcome){ .is_covered = is_covered };
    for (size_t i = 0; i < world->document_count; i++) {
        const struct sla_document *document = world->documents[i];
        for (size_t j = 0; j < document->test_count; j++) {
            struct sla_running running = { .arena = arena,
                                           .world = world,
                                           .options = options,
                                           .document = document,
                                           .test = &document->tests[j],
                                           .diags = diags,
                                           .is_doubted = is_doubted,
                                           .is_covered = is_covered };
            out->run++;
            out->failed += kinds[running.test->kind](&running) ? 0 : 1;
        }
    }
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        bool is_counted = clause->document->test_count > 0 && is_reachable(world, clause);
        out->clauses += is_counted;
        out->covered += is_counted && is_covered[i];
        is_covered[i] |= !is_counted;
    }
}

void sla_report_coverage(const struct sla_world *world, const struct sla_tests_outcome *outcome,
                         int64_t min_ppb, struct diag_list *diags)
{
    struct diag_span nowhere = { .source = NULL };

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (!outcome->is_covered[i]) {
            struct diag *diag = diag_add(diags, DIAG_NOTE, SLA_CODE_NOT_TESTED, clause->span,
                                         "no test reaches `%.*s`", SLICE_ARG(clause->ref.clause));
            diag_help(diags, diag, "add one to `spec.tests`");
        }
    }
    /* Clauses are at most 2^20: no overflow. */
    if ((int64_t)outcome->covered * SLA_PPB < (int64_t)outcome->clauses * min_ppb) {
        char wanted[PARSE_TEXT_MAX];
        format_percent_ppb(min_ppb, wanted);
        struct diag *diag =
            diag_add(diags, DIAG_ERROR, SLA_CODE_COVERAGE, nowhere,
                     "tests reach %zu of %zu clauses", outcome->covered, outcome->clauses);
        diag_help(diags, diag, "at least %s was asked for", wanted);
    }
}
