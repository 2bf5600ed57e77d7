#include "sla/certificate/modality.h"

#include "sla/terms/domain.h"
#include "sla/values/guard.h"

/* What each of two clauses says of one act, by the words of section 9. */

static bool owns(const struct sla_world *world, struct slice party, struct slice ucloud)
{
    for (size_t i = 0; i < world->document_count; i++) {
        const struct sla_document *document = world->documents[i];
        if (document->kind == SLA_UCLOUD && slice_eq(document->name, ucloud) &&
            slice_eq(document->party, party)) {
            return true;
        }
    }
    return false;
}

static bool speaks_as(const struct sla_world *world, struct slice party, enum party_role role)
{
    for (size_t i = 0; i < world->document_count; i++) {
        if (world->documents[i]->role == role && slice_eq(world->documents[i]->party, party)) {
            return true;
        }
    }
    return false;
}

/* Does the party count as what one word of the clause names, towards the resource? */
static bool fits(const struct sla_world *world, const struct sla_party_ref *ref, struct slice party,
                 const struct resource *resource)
{
    struct slice rest = party;
    struct slice base = slice_cut(&rest, '/');

    if (!ref->by_role) {
        return slice_is(ref->name, "anyone") || slice_eq(ref->name, party) ||
               slice_eq(ref->name, base);
    }
    if (ref->role == PARTY_PROVIDER) {
        return slice_eq(resource->provider, base);
    }
    if (ref->role == PARTY_USER && slice_eq(resource->owner, base) &&
        !owns(world, base, resource->ucloud)) {
        return true; /* whether it writes documents or not */
    }
    return speaks_as(world, base, ref->role) &&
           (ref->role == PARTY_OPERATOR || owns(world, base, resource->ucloud) ||
            slice_eq(resource->owner, base));
}

static bool is_named(const struct sla_world *world, const struct sla_clause *clause,
                     struct slice party, const struct resource *resource)
{
    for (size_t i = 0; i < clause->value.parties.count; i++) {
        if (fits(world, &clause->value.parties.items[i], party, resource)) {
            return true;
        }
    }
    return false;
}

/* A rule that names nobody forbids everybody: what its set leaves out, or does not. A reserved
 * choice of actions lets its own party. */
static bool speaks_of(const struct sla_clause *clause, enum sla_act action)
{
    const struct sla_universe *universe = clause->term->of;
    uint32_t element = 0;

    if (clause->term->domain != &sla_domain_set && clause->term->domain != &sla_domain_cover) {
        return true;
    }
    bool listed = sla_universe_find(universe, slice_from(sla_act_name(action)), &element) &&
                  sla_set_has(&clause->value.set, element);
    bool forbids_others = clause->term->domain == &sla_domain_set && clause->stance == SLA_REQUIRES;
    return listed != forbids_others;
}

/* Data that is let go is deleted. */
static bool lets_go(const struct sla_clause *clause, enum sla_act action)
{
    return action == SLA_ACT_DATA_DELETE && clause->term->becomes == SLA_BECOMES_DESIRED &&
           clause->term->domain == &sla_domain_amount && clause->op == SLA_OP_AT_MOST;
}

enum stand { STAND_SILENT, STAND_LETS, STAND_FORBIDS };

static enum stand stand_of_reaction(const struct sla_clause *clause,
                                    const struct sla_certificate *act)
{
    bool responds = false;

    for (size_t i = 0; i < clause->reaction->respond_count; i++) {
        responds |= sla_act_of_action(clause->reaction->respond[i]) == act->action;
    }
    return responds && slice_eq(clause->ref.party, act->subject) ? STAND_LETS : STAND_SILENT;
}

static enum stand stand_of_nameless(const struct sla_clause *clause,
                                    const struct sla_certificate *act)
{
    if (!speaks_of(clause, act->action)) {
        return STAND_SILENT;
    }
    if (clause->stance == SLA_REQUIRES) {
        return STAND_FORBIDS;
    }
    return slice_eq(clause->ref.party, act->subject) ? STAND_LETS : STAND_SILENT;
}

static enum stand stand_of_named(const struct sla_world *world, const struct sla_clause *clause,
                                 const struct sla_certificate *act)
{
    bool named = is_named(world, clause, act->subject, &world->policies.resources[act->resource]);

    if (clause->op == SLA_OP_ONLY) {
        return named ? STAND_LETS : STAND_FORBIDS;
    }
    if (!named || clause->op == SLA_OP_PASS) {
        return STAND_SILENT;
    }
    return clause->op == SLA_OP_DENY ? STAND_FORBIDS : STAND_LETS;
}

/* What one clause says of the act. */
static enum stand stand_of(const struct sla_world *world, const struct sla_clause *clause,
                           const struct sla_certificate *act)
{
    if (clause->reaction != NULL) {
        return stand_of_reaction(clause, act);
    }
    if (lets_go(clause, act->action)) {
        return slice_eq(clause->ref.party, act->subject) ? STAND_LETS : STAND_SILENT;
    }
    if (clause->term->becomes != SLA_BECOMES_POLICY ||
        (sla_clause_acts(clause) >> act->action & 1U) == 0) {
        return STAND_SILENT;
    }
    return clause->term->domain == &sla_domain_parties ? stand_of_named(world, clause, act)
                                                       : stand_of_nameless(clause, act);
}

/* --- who says which of them holds ------------------------------------------------------------- */

/* The clause in whose place it counts: up the chain that grants it. NULL: something in the chain
 * does not bear what hangs below it, there and for that act. */
static const struct sla_clause *place_of(const struct sla_clause *clause,
                                         const struct sla_certificate *act)
{
    uint32_t links = 0;

    for (; clause->under != NULL; clause = clause->under) {
        bool speaks = false;
        links++;
        for (size_t i = 0; i < clause->under->resource_count; i++) {
            speaks |= clause->under->resources[i] == act->resource;
        }
        if (!speaks || clause->under->delegate < links ||
            (clause->under->acts >> act->action & 1U) == 0) {
            return NULL;
        }
    }
    return clause->granted_by.len == 0 ? clause : NULL;
}

static const struct sla_party_tiers *tiers_of(const struct sla_world *world, struct slice name)
{
    size_t party = 0;

    while (!slice_eq(world->parties[party].name, name)) {
        party++;
    }
    return &world->party_tiers[party];
}

/* Both are rules of one party, in different tiers or in one that says how to combine them. */
static bool is_ordered(const struct sla_world *world, const struct sla_clause *a,
                       const struct sla_clause *b)
{
    if (a->reaction != NULL || b->reaction != NULL || a->stance == SLA_RESERVES ||
        b->stance == SLA_RESERVES || !slice_eq(a->ref.party, b->ref.party)) {
        return false;
    }
    const struct sla_party_tiers *tiers = tiers_of(world, a->ref.party);
    return a->tier != b->tier ||
           (a->tier < tiers->count && tiers->items[a->tier].strategy != SLA_STRATEGY_NONE &&
            tiers->items[a->tier].strategy != SLA_STRATEGY_MOST_SPECIFIC);
}

struct status sla_certificate_modality(const struct sla_world *world,
                                       const struct sla_conflict *conflict)
{
    const struct sla_certificate *act = &conflict->certificate;

    if (conflict->clause_count != 2) {
        return status_error(STATUS_INVALID, "two clauses collide over an act, not %zu",
                            conflict->clause_count);
    }
    enum stand first = stand_of(world, conflict->clauses[0], act);
    enum stand second = stand_of(world, conflict->clauses[1], act);
    if (first == STAND_SILENT || second == STAND_SILENT || first == second) {
        return status_error(STATUS_INVALID, "the clauses do not disagree about %s by `%.*s`",
                            sla_act_name(act->action), SLICE_ARG(act->subject));
    }
    const struct sla_clause *a = place_of(conflict->clauses[0], act);
    const struct sla_clause *b = place_of(conflict->clauses[1], act);
    if (a == NULL || b == NULL) {
        return status_error(STATUS_INVALID, "nobody who may grants one of the clauses");
    }
    if (is_ordered(world, a, b)) {
        return status_error(STATUS_INVALID, "the clauses' party says which of them holds");
    }
    if (act->guard == SLA_GUARD_NEVER ||
        !sla_guards_covers(world->guards, conflict->clauses[0]->guard, act->guard) ||
        !sla_guards_covers(world->guards, conflict->clauses[1]->guard, act->guard)) {
        return status_error(STATUS_INVALID, "the clauses do not speak at the same time");
    }
    return STATUS_SUCCESS;
}

/* --- acts that are to be apart ---------------------------------------------------------------- */

static bool keeps_apart(const struct sla_clause *clause, enum sla_act action)
{
    const struct sla_universe *universe = clause->term->of;
    uint32_t element = 0;

    return sla_universe_find(universe, slice_from(sla_act_name(action)), &element) &&
           sla_set_has(&clause->value.set, element);
}

static bool lets(const struct sla_world *world, const struct sla_clause *clause,
                 const struct sla_certificate *certificate, enum sla_act action)
{
    struct sla_certificate act = *certificate;

    act.action = action;
    return stand_of(world, clause, &act) == STAND_LETS && place_of(clause, &act) != NULL;
}

/* Two of the clauses other than the duty let the subject do an act each; or the only one both. */
static bool holds_both(const struct sla_world *world, const struct sla_conflict *conflict,
                       const struct sla_clause *duty)
{
    const struct sla_certificate *acts = &conflict->certificate;

    for (size_t i = 0; i < conflict->clause_count; i++) {
        for (size_t j = 0; j < conflict->clause_count; j++) {
            const struct sla_clause *first = conflict->clauses[i];
            const struct sla_clause *second = conflict->clauses[j];
            if (first != duty && second != duty && (i == j) == (conflict->clause_count == 2) &&
                lets(world, first, acts, acts->action) && lets(world, second, acts, acts->other)) {
                return true;
            }
        }
    }
    return false;
}

struct status sla_certificate_duty(const struct sla_world *world,
                                   const struct sla_conflict *conflict)
{
    const struct sla_certificate *act = &conflict->certificate;
    const struct sla_clause *duty = NULL;

    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_clause *clause = conflict->clauses[i];
        duty = clause->reaction == NULL && clause->op == SLA_OP_APART ? clause : duty;
        if (act->guard == SLA_GUARD_NEVER ||
            !sla_guards_covers(world->guards, clause->guard, act->guard)) {
            return status_error(STATUS_INVALID, "the clauses do not speak at the same time");
        }
    }
    if (duty == NULL || conflict->clause_count < 2 || conflict->clause_count > 3 ||
        act->action == act->other || !keeps_apart(duty, act->action) ||
        !keeps_apart(duty, act->other)) {
        return status_error(STATUS_INVALID, "no clause keeps the two acts apart");
    }
    if (!holds_both(world, conflict, duty)) {
        return status_error(STATUS_INVALID, "`%.*s` does not hold both acts",
                            SLICE_ARG(act->subject));
    }
    return STATUS_SUCCESS;
}
