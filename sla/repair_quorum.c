#include "sla/conflict.h"
#include "sla/domain.h"
#include "sla/quorum.h"
#include "sla/repair.h"

#include <string.h>

/* Numbers that do not fit each other: ask for more copies or holders, which weakens nothing, or
 * survive fewer faults. Whether all else still fits is found out when the candidate is compiled. */

static bool is_term(const struct sla_clause *clause, const char *name)
{
    return strcmp(clause->term->name, name) == 0;
}

/* So many holders, and what else faults ask of them. */
static bool enough_holders(const struct sla_quorum *quorum, int64_t need, struct sla_value *out)
{
    bool secret = sla_quorum_breaks(quorum, SLA_QUORUM_SECRET_FAULTS) != 0;
    int64_t faults = quorum->asked[SLA_QUORUM_FAULTS];
    int64_t k = secret ? faults + 1 : quorum->asked[SLA_QUORUM_NEEDED];
    int64_t spare = quorum->asked[SLA_QUORUM_SPARE];

    spare = spare < faults ? faults : spare;
    spare = k + spare < need ? need - k : spare;
    if (k + spare > SLA_HOLDERS_MAX) {
        return false;
    }
    out->threshold = (struct sla_threshold){ (uint8_t)k, (uint8_t)(k + spare) };
    return true;
}

static void raise_number(struct sla_repairs *repairs, const struct sla_quorum *quorum,
                         const struct sla_clause *clause, int64_t need)
{
    struct sla_value value = clause->value;

    if (clause->term->domain == &sla_domain_threshold) {
        if (enough_holders(quorum, need, &value)) {
            sla_repair_value(repairs, clause, &value);
        }
    } else if (is_term(clause, "replication.copies") || is_term(clause, "replication.spread")) {
        value.range.least = need;
        if (need > clause->value.range.least) {
            sla_repair_value(repairs, clause, &value);
        }
    }
}

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
        sla_repair_value(repairs, clause, &value);
    }
}

void sla_repairs_of_quorum(struct sla_repairs *repairs)
{
    const struct sla_conflict *conflict = repairs->conflict;
    struct sla_quorum quorum = sla_conflict_quorum(conflict);
    enum sla_quorum_rule rule = (enum sla_quorum_rule)conflict->certificate.rule;
    int64_t need = sla_quorum_need(&quorum, rule, sla_quorum_breaks(&quorum, rule));

    for (size_t i = 0; i < conflict->clause_count; i++) {
        raise_number(repairs, &quorum, conflict->clauses[i], need);
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

/* Different providers of the clause's resources. */
static int64_t providers_of(const struct sla_world *world, const struct sla_clause *clause)
{
    int64_t count = 0;

    for (size_t i = 0; i < clause->resource_count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++) {
            seen = slice_eq(world->policies.resources[clause->resources[i]].provider,
                            world->policies.resources[clause->resources[j]].provider);
        }
        count += seen ? 0 : 1;
    }
    return count;
}

bool sla_spread_is_kept(const struct sla_world *before, const struct sla_world *after)
{
    for (size_t i = 0; i < before->clause_count && before->clause_count == after->clause_count;
         i++) {
        const struct sla_clause *clause = before->clauses[i];
        if (!is_by(clause, "provider") || clause->resource_count < 2) {
            continue;
        }
        int64_t now = providers_of(after, after->clauses[i]);
        if (now < clause->value.range.least && now < providers_of(before, clause)) {
            return false;
        }
    }
    return true;
}
