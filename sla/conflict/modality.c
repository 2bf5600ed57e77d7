#include "sla/conflict/conflict.h"
#include "sla/conflict/settled.h"
#include "sla/policy/standing.h"
#include "sla/terms/domain.h"
#include "sla/terms/party.h"
#include "sla/terms/rule.h"
#include "sla/values/guard.h"

/* Permitted or obliged, and forbidden: the same act by the same party on the same resource. */

static bool forbids(const struct sla_world *world, const struct sla_clause *clause, uint32_t party,
                    size_t resource)
{
    if (clause->reaction != NULL) {
        return false;
    }
    bool meant = sla_party_is_meant(world, &clause->subjects, party, resource);
    return meant ? sla_rule_forbids(clause) : clause->op == SLA_OP_ONLY;
}

/* What one clause lets somebody do and another does not. */
struct dispute {
    const struct sla_search *search;
    const struct sla_clause *forbid;
    struct sla_disagreement between; /* party: the first of those tried, by name; or SLA_NOBODY */
};

static void try_party(struct dispute *dispute, uint32_t party)
{
    struct sla_disagreement between = dispute->between;

    between.party = party;
    if (party < dispute->between.party &&
        forbids(dispute->search->world, dispute->forbid, party, between.resource) &&
        !sla_is_settled(dispute->search, &between)) {
        dispute->between.party = party;
    }
}

/* A party and, when rules speak of such, its people and groups: `hosp/user/ana` stands behind
 * `hosp`, among those that begin so. */
static void try_all_of(struct dispute *dispute, uint32_t party)
{
    const struct sla_world *world = dispute->search->world;
    struct slice whole = world->parties[party].name;

    try_party(dispute, party);
    for (uint32_t i = party + 1; world->has_members && i < world->party_count &&
                                 slice_starts(world->parties[i].name, whole);
         i++) {
        if (world->parties[i].name.ptr[whole.len] == '/') {
            try_party(dispute, i);
        }
    }
}

static void try_role(struct dispute *dispute, enum party_role role)
{
    const struct sla_world *world = dispute->search->world;
    const struct sla_standing standing = sla_standing_of(world, dispute->between.resource);

    if (role != PARTY_OPERATOR) {
        uint32_t some[SLA_STANDING_OWNERS_MAX];
        size_t count = sla_standing_with_role(world, &standing, role, some);
        for (size_t i = 0; i < count; i++) {
            try_all_of(dispute, some[i]);
        }
        return;
    }
    for (size_t i = 0; i < world->operator_count; i++) {
        try_all_of(dispute, world->operators[i]);
    }
}

static void try_named(struct dispute *dispute, const struct sla_party_ref *ref)
{
    const struct sla_world *world = dispute->search->world;
    uint32_t party = sla_party_find(world, ref->name);

    if (slice_is(ref->name, SLA_ANYONE)) {
        for (uint32_t i = 0; i < world->party_count; i++) {
            try_party(dispute, i);
        }
    } else if (party != SLA_NOBODY) {
        try_all_of(dispute, party);
    }
}

/* The first party, by name, that one clause lets act and the other does not. A reaction is its
 * party's wish to act; `only` says of those it names that they may. */
static bool find_subject(struct sla_search *search, const struct sla_clause *permit,
                         const struct sla_clause *forbid, struct sla_certificate *certificate)
{
    const struct sla_world *world = search->world;
    struct dispute dispute = {
        search,
        forbid,
        { permit, forbid, certificate->action, SLA_NOBODY, certificate->resource,
          certificate->guard },
    };

    if (permit->reaction != NULL) {
        try_party(&dispute, sla_party_find(world, permit->ref.party));
    } else if (!sla_rule_forbids(permit) && permit->op != SLA_OP_PASS) {
        for (size_t i = 0; i < permit->subjects.count; i++) {
            const struct sla_party_ref *ref = &permit->subjects.items[i];
            if (ref->by_role) {
                try_role(&dispute, ref->role);
            } else {
                try_named(&dispute, ref);
            }
        }
    }
    if (dispute.between.party == SLA_NOBODY) {
        return false;
    }
    certificate->subject = world->parties[dispute.between.party].name;
    return true;
}

static void try_pair(struct sla_search *search, const struct sla_clause *a,
                     const struct sla_clause *b, enum sla_act action, size_t resource)
{
    struct sla_certificate certificate = {
        .resource = resource,
        .action = action,
        .guard = sla_guards_meet(search->world->guards, a->guard, b->guard),
    };

    if (certificate.guard == SLA_GUARD_NEVER) {
        return;
    }
    if (find_subject(search, a, b, &certificate) || find_subject(search, b, a, &certificate)) {
        const struct sla_clause *pair[] = { a, b };
        sla_search_add(search, SLA_CONFLICT_MODALITY, pair, COUNT_OF(pair), &certificate);
    }
}

/* Somebody, at least. Two that only permit never disagree. */
static bool may_forbid(const struct sla_clause *clause)
{
    return sla_rule_forbids(clause) || clause->op == SLA_OP_ONLY;
}

/* Who speaks of the act there, and for each place the first from it on that may forbid. */
static size_t gather_speakers(struct sla_search *search, enum sla_act action, size_t resource)
{
    size_t *next = search->next_forbidding;
    size_t count = 0;

    for (size_t i = search->start[resource]; i < search->start[resource + 1]; i++) {
        const struct sla_clause *clause = search->world->clauses[search->items[i]];
        if ((sla_clause_acts(clause) >> action & 1U) != 0) {
            search->speakers[count++] = clause;
        }
    }
    next[count] = count;
    for (size_t i = count; i > 0; i--) {
        next[i - 1] = may_forbid(search->speakers[i - 1]) ? i - 1 : next[i];
    }
    return count;
}

static void search_action(struct sla_search *search, enum sla_act action, size_t resource)
{
    const size_t *next = search->next_forbidding;
    size_t count = gather_speakers(search, action, resource);

    for (size_t i = 0; i < count; i++) {
        bool with_all = next[i] == i; /* it forbids itself */
        for (size_t j = with_all ? i + 1 : next[i]; j < count; j = with_all ? j + 1 : next[j + 1]) {
            if (!sla_search_spend(search, 1)) {
                return;
            }
            try_pair(search, search->speakers[i], search->speakers[j], action, resource);
        }
    }
}

/* Data of which a clause says how long it is kept at most. */
static bool lets_go(const struct sla_clause *clause)
{
    return clause->term != NULL && clause->op == SLA_OP_AT_MOST && clause->stance == SLA_REQUIRES &&
           (clause->term->acts >> SLA_ACT_DATA_DELETE & 1U) != 0;
}

/* A hold in a tier of its party comes before what keeps data at most so long; one that is in none
 * disagrees with it (design of the language, section 9.4). */
static bool is_open_hold(const struct sla_world *world, const struct sla_clause *clause)
{
    return clause->term != NULL && clause->op == SLA_OP_IS && sla_rule_forbids(clause) &&
           (clause->acts >> SLA_ACT_DATA_DELETE & 1U) != 0 &&
           clause->tier == world->party_tiers[sla_party_find(world, clause->ref.party)].count;
}

/* The hold against all that would let the resource go; false: the budget ended it. */
static bool try_hold(struct sla_search *search, size_t at, size_t resource)
{
    const struct sla_world *world = search->world;
    const struct sla_clause *hold = world->clauses[search->items[at]];

    for (size_t i = search->start[resource]; i < search->start[resource + 1]; i++) {
        const struct sla_clause *clause = world->clauses[search->items[i]];
        struct sla_certificate certificate = {
            .resource = resource,
            .action = SLA_ACT_DATA_DELETE,
            .subject = clause->ref.party,
            .guard = sla_guards_meet(world->guards, hold->guard, clause->guard),
        };
        if (!sla_search_spend(search, 1)) {
            return false;
        }
        if (lets_go(clause) && certificate.guard != SLA_GUARD_NEVER) {
            const struct sla_clause *pair[] = { at < i ? hold : clause, at < i ? clause : hold };
            sla_search_add(search, SLA_CONFLICT_MODALITY, pair, COUNT_OF(pair), &certificate);
        }
    }
    return true;
}

static void search_holds(struct sla_search *search, size_t resource)
{
    bool goes_on = true;

    for (size_t i = search->start[resource]; goes_on && i < search->start[resource + 1]; i++) {
        if (is_open_hold(search->world, search->world->clauses[search->items[i]])) {
            goes_on = try_hold(search, i, resource);
        }
    }
}

void sla_search_modality(struct sla_search *search, size_t resource)
{
    enum plane_kind plane = search->world->policies.resources[resource].plane;

    for (size_t i = 0; i < SLA_ACTS; i++) {
        if ((sla_act_type((enum sla_act)i)->planes & SLA_BIT(plane)) != 0) {
            search_action(search, (enum sla_act)i, resource);
        }
    }
    search_holds(search, resource);
}

size_t sla_conflict_forbid(const struct sla_world *world, const struct sla_conflict *conflict)
{
    const struct sla_certificate *certificate = &conflict->certificate;
    uint32_t subject = sla_party_find(world, certificate->subject);

    return forbids(world, conflict->clauses[0], subject, certificate->resource) ? 0 : 1;
}
