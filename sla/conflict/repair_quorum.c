#include "sla/conflict/conflict.h"
#include "sla/conflict/quorum.h"
#include "sla/conflict/repair.h"
#include "sla/conflict/spread.h"
#include "sla/terms/domain.h"
#include "sla/terms/held.h"
#include "sla/values/guard.h"

#include <string.h>

/* Numbers that do not fit each other: ask for more copies or holders, which weakens nothing, or
 * survive fewer faults. Whether all else still fits is found out when the candidate is compiled.
 * Who asks for more asks for the most that anything needs of the clause, wherever it stands, so
 * that one change ends all of its conflicts of the kind. */

enum { MEMBERS_PER_EXPANSION = 64 };

static bool is_term(const struct sla_clause *clause, const char *name)
{
    return strcmp(clause->term->name, name) == 0;
}

/* --- more of it ------------------------------------------------------------------------------- */

/* A clause whose number may go up, and what it must come to. */
struct raise {
    const struct sla_clause *clause;
    unsigned counts; /* roles: copies, holders or providers */
    int64_t least;   /* of these */
    int64_t k, spare;
};

static unsigned counted_by(const struct sla_clause *clause)
{
    struct sla_quorum alone = { .by = { NULL } };
    unsigned counted = 0;

    for (unsigned i = 0; i < SLA_QUORUM_RULES; i++) {
        counted |= sla_quorum_counted((enum sla_quorum_rule)i);
    }
    sla_quorum_add(&alone, clause);
    return sla_quorum_roles(&alone) & counted;
}

/* As much as all rules ask for at one moment. */
static void raise_for(struct raise *raise, const struct sla_quorum *quorum)
{
    bool is_secret = sla_quorum_breaks(quorum, SLA_QUORUM_SECRET_FAULTS) != 0;
    int64_t faults = quorum->asked[SLA_QUORUM_FAULTS];
    int64_t k = is_secret ? faults + 1 : quorum->asked[SLA_QUORUM_NEEDED];
    int64_t spare = quorum->asked[SLA_QUORUM_SPARE];

    spare = spare < faults ? faults : spare;
    raise->k = raise->k < k ? k : raise->k;
    raise->spare = raise->spare < spare ? spare : raise->spare;
    for (unsigned i = 0; i < SLA_QUORUM_RULES; i++) {
        enum sla_quorum_rule rule = (enum sla_quorum_rule)i;
        int64_t need = sla_quorum_need_for_all(quorum, rule);
        if (sla_quorum_counted(rule) == raise->counts && need > raise->least) {
            raise->least = need;
        }
    }
}

/* Of all clauses those that give numbers. */
static size_t gather(const struct sla_world *world, const struct sla_clause **out)
{
    size_t count = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        bool is_number = false;
        for (size_t j = 0; j < SLA_QUORUM_TERMS && clause->term != NULL && !is_number; j++) {
            is_number = is_term(clause, sla_quorum_terms[j]);
        }
        if (is_number && clause->stance == SLA_REQUIRES) {
            out[count++] = clause;
        }
    }
    return count;
}

/* Whenever the clause speaks of the resource. */
static void raise_on(struct raise *raise, const struct sla_world *world,
                     const struct sla_clause *const *askers, size_t count, size_t resource,
                     struct sla_member *members)
{
    struct sla_quorum_cells cells = { .count = 0 };
    uint32_t held = sla_held_when(world, resource);
    uint32_t own = sla_guards_meet(world->guards, raise->clause->guard, held);
    size_t met = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t when = sla_guards_meet(world->guards, askers[i]->guard, own);
        if (when != SLA_GUARD_NEVER && sla_clause_covers(askers[i], resource)) {
            members[met++] = (struct sla_member){ .clause = askers[i], .when = when };
        }
    }
    sla_quorum_cells_add(&cells, world->guards, members, met);
    for (size_t i = 0; i < cells.count; i++) {
        struct sla_quorum quorum = sla_quorum_at(&cells, world->guards, i);
        raise_for(raise, &quorum);
    }
}

static void raise_everywhere(struct sla_repairs *repairs, struct raise *raise)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sla_world *world = repairs->world;
    const struct sla_clause **askers =
        ARENA_NEW(&scratch, const struct sla_clause *, world->clause_count + 1);
    struct sla_member *members = ARENA_NEW(&scratch, struct sla_member, world->clause_count + 1);
    size_t count = gather(world, askers);

    for (size_t i = 0; i < raise->clause->resource_count; i++) {
        if (world->expansions >= repairs->max_expansions) {
            return; /* as far as it was seen: the candidate is tried in any case */
        }
        raise_on(raise, world, askers, count, raise->clause->resources[i], members);
        world->expansions += 1 + count / MEMBERS_PER_EXPANSION;
    }
}

static void raise_number(struct sla_repairs *repairs, const struct sla_clause *clause)
{
    enum sla_quorum_rule rule = (enum sla_quorum_rule)repairs->conflict->certificate.rule;
    struct raise raise = { .clause = clause, .counts = counted_by(clause) };
    struct sla_value value = clause->value;

    if ((sla_quorum_counted(rule) & raise.counts) == 0) {
        return; /* more of it mends nothing */
    }
    raise_everywhere(repairs, &raise);
    if (clause->term->domain != &sla_domain_threshold) {
        value.range.least = raise.least;
    } else {
        int64_t n = raise.k + raise.spare < raise.least ? raise.least : raise.k + raise.spare;
        if (n > SLA_HOLDERS_MAX) {
            return;
        }
        value.threshold = (struct sla_threshold){ (uint8_t)raise.k, (uint8_t)n };
    }
    sla_repair_value(repairs, clause, &value);
}

/* --- less is asked for ------------------------------------------------------------------------ */

/* The most that still fits the rule. */
static void lower_faults(struct sla_repairs *repairs, struct sla_quorum quorum,
                         const struct sla_clause *clause)
{
    enum sla_quorum_rule rule = (enum sla_quorum_rule)repairs->conflict->certificate.rule;
    struct sla_value value = clause->value;

    while (quorum.asked[SLA_QUORUM_FAULTS] > 0 && sla_quorum_breaks(&quorum, rule) != 0) {
        int64_t have = sla_quorum_have(&quorum, rule);
        int64_t most =
            have < quorum.asked[SLA_QUORUM_FAULTS] ? have : quorum.asked[SLA_QUORUM_FAULTS] - 1;
        quorum.asked[SLA_QUORUM_FAULTS] = most;
    }
    value.range.least = quorum.asked[SLA_QUORUM_FAULTS];
    if (value.range.least > 0) { /* to survive none asks for nothing */
        sla_repair_value(repairs, clause, &value);
    }
}

static void lower(struct sla_repairs *repairs, const struct sla_quorum *quorum,
                  const struct sla_clause *clause)
{
    enum sla_quorum_rule rule = (enum sla_quorum_rule)repairs->conflict->certificate.rule;
    struct sla_value value = clause->value;

    if (is_term(clause, "faults.count")) {
        lower_faults(repairs, *quorum, clause);
    } else if (is_term(clause, "faults.model") || is_term(clause, "integrity.level")) {
        value.range.least--; /* what is asked for most alone asks for more copies */
        sla_repair_value(repairs, clause, &value);
    } else if (is_term(clause, "replication.spread") && rule != SLA_QUORUM_PROVIDERS_HOLDERS) {
        value.range.least = sla_quorum_have(quorum, rule);
        if (value.range.least > 1) { /* whatever there is stands at one place */
            sla_repair_value(repairs, clause, &value);
        }
    }
}

void sla_repairs_of_quorum(struct sla_repairs *repairs)
{
    const struct sla_conflict *conflict = repairs->conflict;
    struct sla_quorum quorum = sla_conflict_quorum(repairs->world, conflict);

    for (size_t i = 0; i < conflict->clause_count; i++) {
        raise_number(repairs, conflict->clauses[i]);
        lower(repairs, &quorum, conflict->clauses[i]);
    }
    for (size_t i = 0; i < conflict->clause_count; i++) {
        sla_repair_except(repairs, conflict->clauses[i]);
    }
}

/* --- where things lie ------------------------------------------------------------------------- */

static bool is_by(const struct sla_clause *clause, const char *what)
{
    return clause->term != NULL && clause->stance == SLA_REQUIRES &&
           (clause->term->extras & SLA_EXTRA_BY) != 0 &&
           strcmp(sla_spread_words.names[clause->value.unit], what) == 0;
}

/* Some resource of both has its copies at fewer places than before and asked. */
static bool are_fewer(const struct sla_clause *before, const struct sla_spread *had,
                      const struct sla_clause *after, const struct sla_spread *have)
{
    for (size_t i = 0, j = 0; i < before->resource_count && j < after->resource_count;) {
        size_t left = before->resources[i];
        size_t right = after->resources[j];
        if (left == right && have[j].places < before->value.range.least &&
            have[j].places < had[i].places) {
            return true;
        }
        i += left <= right ? 1 : 0;
        j += right <= left ? 1 : 0;
    }
    return false;
}

bool sla_spread_is_kept(const struct sla_world *before, const struct sla_world *after)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    for (size_t i = 0; i < before->clause_count && before->clause_count == after->clause_count;
         i++) {
        const struct sla_clause *clause = before->clauses[i];
        const struct sla_clause *now = after->clauses[i];
        if (is_by(clause, "provider") && are_fewer(clause, sla_spreads_of(&scratch, before, clause),
                                                   now, sla_spreads_of(&scratch, after, now))) {
            return false;
        }
    }
    return true;
}
