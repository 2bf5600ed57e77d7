#include "sla/policy/tiers.h"
#include "sla/run/running.h"
#include "sla/terms/party.h"
#include "sla/terms/rule.h"
#include "sla/values/guard.h"
#include "sla/values/moment.h"

/* --- the request ------------------------------------------------------------------------------ */

/* What clocks show there and then, one a zone of the rules; NULL: not known of all of them. */
static const int16_t *offsets_at(const struct sla_running *self, int64_t utc_minute,
                                 struct slice own_zone)
{
    const struct policy_rules *rules = self->world->policies.rules;
    const struct sla_options *options = self->options;
    int16_t *offsets = ARENA_NEW(self->arena, int16_t, rules->zone_count + 1);

    for (size_t i = 0; i < rules->zone_count; i++) {
        if (!sla_zone_offset(options->zones, options->zone_count, rules->zones[i], utc_minute,
                             &offsets[i]) &&
            !slice_eq(rules->zones[i], own_zone)) { /* taken for UTC, as the time was */
            return NULL;
        }
    }
    return offsets;
}

/* A time of no day is not known: the world is of none either. */
static void tell_time(const struct sla_running *self, struct policy_request *request)
{
    const struct sla_test_request *test = &self->test->request;
    const struct sla_options *options = self->options;

    if ((!test->has_at && !test->has_day) || (!test->has_day && !options->has_day)) {
        return;
    }
    int32_t day = test->has_day ? test->day : options->as_of_day;
    request->known |= POLICY_KNOWS_TIME;
    request->utc_minute = (int64_t)day * SLA_DAY_MINUTES;
    if (test->has_at) {
        day = sla_moment_day(&test->at, day);
        if (!test->has_day &&
            !sla_moment_exists(options->zones, options->zone_count, &test->at, day)) {
            day += SLA_WEEK_DAYS; /* clocks skip the hour once a year */
        }
        (void)sla_moment_utc(options->zones, options->zone_count, &test->at, day,
                             &request->utc_minute);
        request->zone_offset_min = offsets_at(self, request->utc_minute, test->at.zone);
    }
}

/* Groups that no rule is about say nothing; their party does not stand in for them. */
static void tell_subjects(const struct sla_running *self, struct policy_request *request)
{
    const struct sla_test_request *test = &self->test->request;
    const struct policy_set *set = &self->world->policies;
    uint32_t *groups = ARENA_NEW(self->arena, uint32_t, test->subject_count);

    if (test->subjects[0].len > 0) {
        request->subject = policy_subject_find(set, test->subjects[0]);
    }
    for (size_t i = 1; i < test->subject_count; i++) {
        uint32_t group = policy_subject_find(set, test->subjects[i]);
        if (slice_eq(set->rules->subjects[group].name, test->subjects[i])) {
            groups[request->group_count++] = group;
        }
    }
    request->groups = groups;
}

/* --- what it did not tell --------------------------------------------------------------------- */

static const struct {
    unsigned fact;
    const char *key;
} facts[] = {
    { POLICY_KNOWS_PURPOSE, "purpose" },   { POLICY_KNOWS_TIME, "at" },
    { POLICY_KNOWS_COUNTRY, "from" },      { POLICY_KNOWS_SEVERITY, "severity" },
    { POLICY_KNOWS_PHASE, "phase" },       { POLICY_KNOWS_CLASSES, "class" },
    { POLICY_KNOWS_CONSENTS, "consents" }, { POLICY_KNOWS_DONE, "done" },
};

/* Facts that the clause's conditions are about. */
static unsigned facts_of(const struct sla_world *world, const struct sla_clause *clause,
                         enum sla_act act)
{
    const struct sla_guard *guard = sla_guards_at(world->guards, clause->guard);
    bool is_dated = guard->from_day != SLA_DAY_FIRST || guard->until_day != SLA_DAY_LAST;

    return (guard->purposes != SLA_MASK_ALL ? POLICY_KNOWS_PURPOSE : 0U) |
           (guard->times != 0 || is_dated ? POLICY_KNOWS_TIME : 0U) |
           (guard->places != 0 ? POLICY_KNOWS_COUNTRY : 0U) |
           (guard->severities != SLA_SEVERITIES_ALL ? POLICY_KNOWS_SEVERITY : 0U) |
           (guard->phases != SLA_PHASES_ALL ? POLICY_KNOWS_PHASE : 0U) |
           (guard->classes != SLA_MASK_ALL ? POLICY_KNOWS_CLASSES : 0U) |
           (sla_rule_needs_consent(clause) ? POLICY_KNOWS_CONSENTS : 0U) |
           (sla_rule_apart(clause, act) != 0 ? POLICY_KNOWS_DONE : 0U);
}

/* Of the clauses that decided; when none did, of all about this act and resource. */
static void name_untold(const struct sla_running *self, const struct policy_request *request,
                        const struct policy_decision *decision, struct diag *diag)
{
    const struct sla_world *world = self->world;
    CLEANUP(buf_done) struct buf names = { 0 };
    unsigned wanted = 0;

    for (size_t i = 0; i < decision->deciding_count; i++) {
        wanted |=
            facts_of(world, world->clauses[decision->deciding[i]], (enum sla_act)request->act);
    }
    for (size_t i = 0; decision->deciding_count == 0 && i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (clause->reaction == NULL && (sla_clause_acts(clause) >> request->act & 1U) != 0 &&
            sla_clause_covers(clause, request->resource)) {
            wanted |= facts_of(world, clause, (enum sla_act)request->act);
        }
    }
    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        if ((wanted & facts[i].fact & ~(unsigned)request->known) != 0) {
            buf_printf(&names, "%s`%s`", names.len > 0 ? ", " : "", facts[i].key);
        }
    }
    if (names.len > 0) {
        diag_note(self->diags, diag,
                  "clauses ask for %s, which the request does not tell: that narrows access",
                  names.ptr);
    }
}

static bool is_about(const struct sla_running *self, const struct sla_clause *clause)
{
    const struct sla_test_request *test = &self->test->request;

    for (size_t i = 0; i < clause->subjects.count * test->subject_count; i++) {
        if (sla_party_ref_fits(&clause->subjects.items[i / test->subject_count],
                               test->subjects[i % test->subject_count])) {
            return true;
        }
    }
    return false;
}

/* What would permit it, were its conditions true. */
static void show_conditional(const struct sla_running *self, const struct policy_request *request,
                             struct diag *diag)
{
    size_t shown = 0;

    for (size_t i = 0; i < self->world->clause_count && shown < SLA_DECIDING_SHOWN_MAX; i++) {
        const struct sla_clause *clause = self->world->clauses[i];
        bool permits = clause->op == SLA_OP_PERMIT || clause->op == SLA_OP_ONLY;
        if (clause->reaction == NULL && permits && clause->conditions.len > 0 &&
            (sla_clause_acts(clause) >> request->act & 1U) != 0 &&
            sla_clause_covers(clause, request->resource) && is_about(self, clause)) {
            diag_secondary(self->diags, diag, clause->value_span, "`%.*s` permits it under `%.*s`",
                           SLICE_ARG(clause->ref.clause), SLICE_ARG(clause->conditions));
            shown++;
        }
    }
}

/* --- the verdict ------------------------------------------------------------------------------ */

static const enum sla_expect expects[] = {
    [POLICY_VERDICT_PERMIT] = SLA_EXPECT_PERMIT,
    [POLICY_VERDICT_FORBID] = SLA_EXPECT_DENY,
    [POLICY_VERDICT_NONE] = SLA_EXPECT_NONE,
    [POLICY_VERDICT_CONFLICT] = SLA_EXPECT_CONFLICT,
};

/* Two of the clauses that disagree: what would make one of them count. */
static bool help_combine(struct sla_running *self, struct diag *diag)
{
    const struct sla_world *world = self->world;

    for (size_t i = 0; i < self->deciding_count; i++) {
        for (size_t j = i + 1; j < self->deciding_count; j++) {
            struct slice advice = sla_tiers_advice(self->diags->arena, world,
                                                   world->clauses[self->deciding[i].clause],
                                                   world->clauses[self->deciding[j].clause]);
            if (self->deciding[i].how != self->deciding[j].how && advice.len > 0) {
                diag_help(self->diags, diag, "%.*s", SLICE_ARG(advice));
                return true;
            }
        }
    }
    return false;
}

static void report(struct sla_running *self, const struct policy_request *request,
                   const struct policy_decision *decision, enum sla_expect got)
{
    struct diag *diag = sla_running_failed(self);

    diag_label(self->diags, diag, "it is `%s`", sla_expect_name(got));
    sla_running_show(self, diag);
    if (got != SLA_EXPECT_PERMIT) {
        name_untold(self, request, decision, diag);
    }
    if (self->deciding_count == 0) {
        show_conditional(self, request, diag);
    }
    if (got == SLA_EXPECT_CONFLICT && help_combine(self, diag)) {
        return;
    }
    if (self->deciding_count > 0 || self->is_doubted) {
        sla_running_help(self, diag);
    } else if (got == SLA_EXPECT_DENY) {
        diag_help(self->diags, diag,
                  "no clause permits it to others than the resource's own party: add one, or "
                  "expect `deny`");
    } else {
        diag_help(self->diags, diag, "no clause decides it: add one, or expect `none`");
    }
}

static void decide_one(void *arg, uint32_t clause)
{
    struct sla_running *self = arg;
    enum sla_op op = self->world->clauses[clause]->op;

    sla_running_decide(self, clause,
                       op == SLA_OP_PERMIT ? "permits it"
                       : op == SLA_OP_DENY ? "forbids it"
                                           : "decides");
}

bool sla_run_request(struct sla_running *self)
{
    struct policy_request request = self->test->request.facts;
    struct policy_decision decision;

    if (self->world->policies.rules == NULL) {
        return true; /* there are too many: that was reported, and nothing can be asked */
    }
    tell_subjects(self, &request);
    tell_time(self, &request);
    policy_decide(&self->world->policies, &request, &decision);
    policy_each_deciding(&self->world->policies, &request, decide_one, self);
    enum sla_expect got = expects[decision.verdict];
    if (got == self->test->expect) {
        return true;
    }
    report(self, &request, &decision, got);
    return false;
}
