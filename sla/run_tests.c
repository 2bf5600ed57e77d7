#include "sla/run_tests.h"

#include "base/parse.h"
#include "sla/code.h"
#include "sla/domain.h"
#include "sla/guard.h"
#include "sla/party.h"
#include "sla/standing.h"
#include "sla/test.h"

enum { DECIDING_SHOWN_MAX = 4 };

/* One test while it is run. */
struct running {
    const struct sla_world *world;
    const struct sla_test *test;
    bool *is_covered;
    size_t deciding[DECIDING_SHOWN_MAX]; /* clauses */
    size_t deciding_count;
    bool is_protected; /* nothing cuts it, whatever clauses say */
};

static void decide_by(struct running *self, size_t clause)
{
    self->is_covered[clause] = true;
    if (self->deciding_count < DECIDING_SHOWN_MAX) {
        self->deciding[self->deciding_count++] = clause;
    }
}

static bool speaks_of(const struct sla_clause *clause, size_t resource)
{
    size_t low = 0;
    size_t high = clause->resource_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (clause->resources[middle] < resource) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < clause->resource_count && clause->resources[low] == resource;
}

/* --- flows ------------------------------------------------------------------------------------ */

/* One end of a flow: a host that takes or sends, and the other end. */
struct flow_end {
    size_t resource;
    bool outward;
    const struct address *peers;
    size_t peer_count;
};

/* A party without standing decides nothing (design of the language, section 9.1). */
static bool rules_on(const struct sla_world *world, struct slice party, size_t resource)
{
    struct sla_standing standing = sla_standing_of(world, resource);

    for (size_t i = 0; i < standing.count; i++) {
        if (slice_eq(world->parties[standing.parties[i]].name, party)) {
            return true;
        }
    }
    return false;
}

static bool is_flow(const struct sla_clause *clause)
{
    return clause->term != NULL && clause->term->domain == &sla_domain_flow &&
           clause->stance == SLA_REQUIRES;
}

static bool is_flow_of(const struct sla_world *world, const struct sla_clause *clause,
                       const struct flow_end *end)
{
    return is_flow(clause) && clause->value.flow.outward == end->outward &&
           speaks_of(clause, end->resource) && rules_on(world, clause->ref.party, end->resource);
}

/* What is not known makes access narrower, and a test says nothing of conditions. */
static bool matches_unknown(const struct sla_clause *clause)
{
    return clause->op != SLA_OP_PERMIT || clause->guard == SLA_GUARD_ALWAYS;
}

static bool overlap(const struct address *some, size_t some_count, const struct address *others,
                    size_t other_count)
{
    for (size_t i = 0; i < some_count * other_count; i++) {
        if (address_overlaps(&some[i / other_count], &others[i % other_count])) {
            return true;
        }
    }
    return false;
}

static bool matches_peers(const struct sla_flow *flow, const struct flow_end *end)
{
    return flow->peer_count == 0 ||
           overlap(flow->peers, flow->peer_count, end->peers, end->peer_count);
}

static bool matches_port(const struct sla_flow *flow, const struct sla_ports *port)
{
    for (size_t i = 0; i < flow->port_count; i++) {
        const struct sla_ports *ports = &flow->ports[i];
        if (ports->protocol == port->protocol && ports->first <= port->last &&
            port->first <= ports->last) {
            return true;
        }
    }
    return flow->port_count == 0;
}

static bool matches(const struct sla_flow *flow, const struct sla_test_flow *test,
                    const struct flow_end *end)
{
    for (size_t i = 0; i < test->port_count; i++) {
        if (matches_port(flow, &test->ports[i])) {
            return matches_peers(flow, end);
        }
    }
    return false;
}

/* Who may open a host by protecting something: its U-Cloud's party, its provider, operators. */
static bool may_protect(const struct sla_world *world, struct slice name, size_t resource)
{
    uint32_t party = sla_party_find(world, name);

    return party != SLA_NOBODY &&
           (party == world->owners[resource] || party == world->providers[resource] ||
            sla_party_has_role(world, party, PARTY_OPERATOR));
}

static bool is_protected(const struct sla_world *world, const struct flow_end *end)
{
    const struct policy_set *set = &world->policies;

    for (size_t i = 0; i < set->protected_count; i++) {
        const struct protected_asset *asset = &set->protected_assets[i];
        if (overlap(&asset->network, 1, end->peers, end->peer_count) &&
            may_protect(world, asset->clause.party, end->resource)) {
            return true;
        }
    }
    return false;
}

/* Clauses with this operator that match these packets. */
static bool match_all(struct running *self, const struct flow_end *end, enum sla_op op)
{
    const struct sla_world *world = self->world;
    bool any = false;

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (is_flow_of(world, clause, end) && clause->op == op && matches_unknown(clause) &&
            matches(&clause->value.flow, &self->test->flow, end)) {
            decide_by(self, i);
            any = true;
        }
    }
    return any;
}

/* Permits close the host to all else in their direction. */
static bool is_closed(struct running *self, const struct flow_end *end)
{
    const struct sla_world *world = self->world;
    bool any = false;

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (is_flow_of(world, clause, end) && clause->op == SLA_OP_PERMIT) {
            decide_by(self, i);
            any = true;
        }
    }
    return any;
}

static enum sla_expect run_end(struct running *self, const struct flow_end *end)
{
    if (is_protected(self->world, end)) {
        self->is_protected = true;
        return SLA_EXPECT_PERMIT;
    }
    bool permitted = match_all(self, end, SLA_OP_PERMIT);
    bool denied = match_all(self, end, SLA_OP_DENY);

    if (permitted && denied) {
        return SLA_EXPECT_CONFLICT;
    }
    if (permitted) {
        return SLA_EXPECT_PERMIT;
    }
    return denied || is_closed(self, end) ? SLA_EXPECT_DENY : SLA_EXPECT_NONE;
}

/* Packets pass where neither end stops them. */
static enum sla_expect both_ends(enum sla_expect one, enum sla_expect other)
{
    static const enum sla_expect order[] = { SLA_EXPECT_CONFLICT, SLA_EXPECT_DENY,
                                             SLA_EXPECT_PERMIT };

    for (size_t i = 0; i < COUNT_OF(order); i++) {
        if (one == order[i] || other == order[i]) {
            return order[i];
        }
    }
    return SLA_EXPECT_NONE;
}

/* At the host that takes them, and at each of the world that sends them. */
static enum sla_expect run_flow(struct running *self)
{
    const struct policy_set *set = &self->world->policies;
    const struct address *from = &self->test->flow.from;
    const struct resource *to = &set->resources[self->test->resource];
    enum sla_expect got = run_end(self, &(struct flow_end){ self->test->resource, false, from, 1 });

    for (size_t i = 0; i < set->resource_count; i++) {
        const struct resource *host = &set->resources[i];
        if (host->kind == KIND_HOST && overlap(host->addresses, host->address_count, from, 1)) {
            got = both_ends(got, run_end(self, &(struct flow_end){ i, true, to->addresses,
                                                                   to->address_count }));
        }
    }
    return got;
}

/* --- reactions -------------------------------------------------------------------------------- */

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
static enum sla_expect run_when(struct running *self, int64_t *out_late_ms)
{
    const struct sla_test *test = self->test;
    int64_t wanted_ms = test->response.within_ms;
    enum sla_expect got = SLA_EXPECT_NONE;

    for (size_t i = 0; i < self->world->clause_count; i++) {
        const struct sla_clause *clause = self->world->clauses[i];
        const struct reaction *reaction = clause->reaction;
        if (reaction == NULL || !slice_eq(reaction->rule, test->when.rule) ||
            !speaks_of(clause, test->resource)) {
            continue;
        }
        decide_by(self, i);
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

/* --- findings --------------------------------------------------------------------------------- */

static void report_deciding(const struct running *self, struct diag_list *diags, struct diag *diag)
{
    for (size_t i = 0; i < self->deciding_count; i++) {
        const struct sla_clause *clause = self->world->clauses[self->deciding[i]];
        diag_secondary(diags, diag, clause->value_span, "`%.*s` of %.*s decides",
                       SLICE_ARG(clause->ref.clause), SLICE_ARG(clause->ref.party));
    }
}

static void report_failed(const struct running *self, enum sla_expect got, int64_t late_ms,
                          struct diag_list *diags)
{
    const struct sla_test *test = self->test;
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_TEST_FAILED, test->expect_span,
                                 "test `%.*s` failed", SLICE_ARG(test->name));

    if (test->kind == SLA_TEST_FLOW) {
        diag_label(diags, diag, "it is `%s`", sla_expect_name(got));
    } else if (got == SLA_EXPECT_RESPONSE) {
        diag_label(diags, diag, "a reaction answers `%.*s`", SLICE_ARG(test->when.rule));
    } else if (late_ms > 0) {
        diag_label(diags, diag, "it may take %lld ms", (long long)late_ms);
    } else if (late_ms < 0) {
        diag_label(diags, diag, "the reaction has no deadline: give it a `within`");
    } else if (self->deciding_count > 0) {
        diag_label(diags, diag, "no reaction to `%.*s` may do this", SLICE_ARG(test->when.rule));
    } else {
        diag_label(diags, diag, "no reaction answers `%.*s` here", SLICE_ARG(test->when.rule));
    }
    report_deciding(self, diags, diag);
    if (self->is_protected) {
        diag_help(diags, diag,
                  "protected networks are never cut: take the address out of "
                  "`protected`, or expect `permit`");
    } else if (self->deciding_count == 0) {
        diag_help(diags, diag, "no clause speaks of this: add one, or expect `none`");
    } else {
        diag_help(diags, diag, "change the clause, or what the test expects");
    }
}

static bool run_one(struct running *self, struct diag_list *diags)
{
    const struct sla_test *test = self->test;
    int64_t late_ms = 0;
    enum sla_expect got = test->kind == SLA_TEST_FLOW ? run_flow(self) : run_when(self, &late_ms);

    if (got == test->expect) {
        return true;
    }
    report_failed(self, got, late_ms, diags);
    return false;
}

/* Whether a test can reach it: flows and reactions alone. */
static bool counts(const struct sla_clause *clause)
{
    return clause->document->test_count > 0 && (is_flow(clause) || clause->reaction != NULL);
}

/* --- all of them ------------------------------------------------------------------------------ */

void sla_run_tests(struct arena *arena, const struct sla_world *world, struct diag_list *diags,
                   struct sla_tests_outcome *out)
{
    bool *is_covered = ARENA_NEW(arena, bool, world->clause_count + 1);

    *out = (struct sla_tests_outcome){ .is_covered = is_covered };
    for (size_t i = 0; i < world->document_count; i++) {
        const struct sla_document *document = world->documents[i];
        for (size_t j = 0; j < document->test_count; j++) {
            struct running running = { .world = world,
                                       .test = &document->tests[j],
                                       .is_covered = is_covered };
            out->run++;
            out->failed += run_one(&running, diags) ? 0 : 1;
        }
    }
    for (size_t i = 0; i < world->clause_count; i++) {
        bool is_counted = counts(world->clauses[i]);
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
