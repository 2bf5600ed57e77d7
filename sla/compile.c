#include "sla/compile.h"

#include "sla/agree/promise.h"
#include "sla/policy/delegation.h"
#include "sla/policy/rules.h"
#include "sla/read/validity.h"
#include "sla/resolve/digest.h"
#include "sla/terms/party.h"
#include "sla/values/guard.h"

#include <stdlib.h>

/* --- documents and clauses ------------------------------------------------------------------- */

int sla_clause_ref_cmp(const struct clause_ref *a, const struct clause_ref *b)
{
    int order = slice_cmp(a->party, b->party);

    order = order != 0 ? order : slice_cmp(a->document, b->document);
    order = order != 0 ? order : (int)a->role - (int)b->role;
    return order != 0 ? order : slice_cmp(a->clause, b->clause);
}

bool sla_speaks_for_itself(const struct sla_document *document)
{
    return !document->is_template && document->kind != SLA_RESPONSE_POLICY &&
           document->kind != SLA_AGREEMENT;
}

/* Of several documents that are named alike. */
static int id_order(const void *left, const void *right)
{
    return slice_cmp((*(const struct sla_clause *const *)left)->ref.clause,
                     (*(const struct sla_clause *const *)right)->ref.clause);
}

static int identity_cmp(const struct sla_document *a, const struct sla_document *b)
{
    int order = slice_cmp(a->party, b->party);

    order = order != 0 ? order : slice_cmp(a->name, b->name);
    return order != 0 ? order : (int)a->role - (int)b->role;
}

static int document_order(const void *left, const void *right)
{
    return identity_cmp(&(*(struct draft_document *const *)left)->document,
                        &(*(struct draft_document *const *)right)->document);
}

/* The clauses of a document by id, behind those in force, or behind those that are not. */
static void take_clauses(const struct draft *draft, struct draft_document *document,
                         struct sla_world *world, const struct sla_clause **all,
                         const struct sla_clause **dormant)
{
    for (size_t i = 0; i < document->clause_count; i++) {
        uint32_t at = document->clauses_by_id[i];
        struct sla_clause *clause = &document->clauses[at].clause;
        clause->order = (uint16_t)at;
        clause->reaction = document->clauses[at].reaction;
        clause->held = clause->resources;
        clause->held_count = clause->resource_count;
        if (sla_is_in_force(&draft->options, &clause->valid)) {
            all[world->clause_count++] = clause;
        } else {
            dormant[world->dormant_count++] = clause;
        }
    }
}

/* As sla_clause_ref_cmp() orders them: document by document, since to sort millions at once means
 * to look at each again and again when it has left the cache. */
static void take_ordered(struct draft *draft, struct sla_world *world,
                         const struct sla_clause **all, const struct sla_clause **dormant)
{
    struct draft_document **speaking =
        ARENA_NEW(draft->arena, struct draft_document *, draft->document_count + 1);
    size_t count = 0;
    size_t end = 0;

    for (size_t i = 0; i < draft->document_count; i++) {
        if (sla_speaks_for_itself(&draft->documents[i]->document)) {
            speaking[count++] = draft->documents[i];
        }
    }
    qsort(speaking, count, sizeof(struct draft_document *), document_order);
    for (size_t from = 0; from < count; from = end) {
        size_t first = world->clause_count;
        size_t first_dormant = world->dormant_count;
        for (end = from; end < count && document_order(&speaking[from], &speaking[end]) == 0;
             end++) {
            take_clauses(draft, speaking[end], world, all, dormant);
        }
        if (end - from > 1) {
            qsort(&all[first], world->clause_count - first, sizeof(const struct sla_clause *),
                  id_order);
            qsort(&dormant[first_dormant], world->dormant_count - first_dormant,
                  sizeof(const struct sla_clause *), id_order);
        }
    }
}

static void take_documents(struct draft *draft, struct sla_world *world)
{
    const struct sla_document **documents =
        ARENA_NEW(draft->arena, const struct sla_document *, draft->document_count + 1);
    size_t clauses = 0;

    for (size_t i = 0; i < draft->document_count; i++) {
        draft->documents[i]->document.index = i;
        documents[i] = &draft->documents[i]->document;
        clauses += draft->documents[i]->clause_count;
        world->summary.documents[documents[i]->kind]++;
    }
    const struct sla_clause **all = ARENA_NEW(draft->arena, const struct sla_clause *, clauses + 1);
    const struct sla_clause **dormant =
        ARENA_NEW(draft->arena, const struct sla_clause *, clauses + 1);
    take_ordered(draft, world, all, dormant);
    world->documents = documents;
    world->document_count = draft->document_count;
    world->clauses = all;
    world->dormant = dormant;
}

static void take_resources(struct draft *draft, struct sla_world *world)
{
    struct resource *resources =
        ARENA_NEW(draft->arena, struct resource, draft->resource_count + 1);

    for (size_t i = 0; i < draft->resource_count; i++) {
        resources[i] = draft->resources[i]->resource;
    }
    world->policies.resources = resources;
    world->policies.resource_count = draft->resource_count;
}

static int service_order(const void *left, const void *right)
{
    const struct sla_service *a = *(const struct sla_service *const *)left;
    const struct sla_service *b = *(const struct sla_service *const *)right;
    int order = slice_cmp(a->ucloud, b->ucloud);

    return order != 0 ? order : slice_cmp(a->id, b->id);
}

static void take_services(struct draft *draft, struct sla_world *world)
{
    const struct sla_service **services =
        ARENA_NEW(draft->arena, const struct sla_service *, draft->service_count + 1);

    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->service_count; j++) {
            services[world->service_count++] = &draft->documents[i]->services[j].service;
        }
    }
    qsort(services, world->service_count, sizeof(const struct sla_service *), service_order);
    world->services = services;
}

static void take_protected(struct draft *draft, struct sla_world *world)
{
    size_t count = 0;

    for (size_t i = 0; i < draft->document_count; i++) {
        count += draft->documents[i]->protected_count;
    }
    struct protected_asset *assets = ARENA_NEW(draft->arena, struct protected_asset, count + 1);
    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->protected_count; j++) {
            assets[world->policies.protected_count++] = draft->documents[i]->protected[j].asset;
        }
    }
    world->policies.protected_assets = assets;
}

/* --- policies -------------------------------------------------------------------------------- */

struct policies {
    struct arena *arena;
    struct sla_world *world;
    struct policy *items;
    size_t count, room;
    size_t expected; /* while no role means several parties */
    uint64_t *meant; /* scratch: of one clause, party and resource in one number */
    size_t meant_count, meant_room;
};

static void add_policy(struct policies *policies, const struct sla_clause *clause,
                       enum policy_effect effect, struct slice subject, const size_t *targets,
                       size_t target_count)
{
    if (policies->count == policies->room) {
        size_t room = policies->room == 0 ? policies->expected + 1 : policies->room * 2;
        struct policy *grown = ARENA_NEW(policies->arena, struct policy, room);
        for (size_t i = 0; i < policies->count; i++) {
            grown[i] = policies->items[i];
        }
        policies->items = grown;
        policies->room = room;
    }
    policies->items[policies->count++] = (struct policy){
        .effect = effect,
        .action = (enum action_kind)clause->action, /* executed, or it is no policy */
        .subject = subject,
        .targets = targets,
        .target_count = target_count,
        .clause = &clause->ref,
    };
    policies->world->summary
        .policies_by_plane[action_type((enum action_kind)clause->action)->plane]++;
}

static void add_meant(struct policies *policies, uint32_t party, size_t resource)
{
    if (policies->meant_count == policies->meant_room) {
        size_t room = policies->meant_room == 0 ? 64 : policies->meant_room * 2;
        uint64_t *grown = ARENA_NEW(policies->arena, uint64_t, room);
        for (size_t i = 0; i < policies->meant_count; i++) {
            grown[i] = policies->meant[i];
        }
        policies->meant = grown;
        policies->meant_room = room;
    }
    policies->meant[policies->meant_count++] = (uint64_t)party << 32U | resource;
}

static void add_role(struct policies *policies, enum party_role role, size_t resource)
{
    const struct sla_world *world = policies->world;
    uint32_t owner = world->owners[resource];

    switch (role) {
    case PARTY_TENANT:
    case PARTY_USER:
        if (owner != SLA_NOBODY && sla_party_has_role(world, owner, role)) {
            add_meant(policies, owner, resource);
        }
        break;
    case PARTY_PROVIDER:
        if (world->providers[resource] != SLA_NOBODY) {
            add_meant(policies, world->providers[resource], resource);
        }
        break;
    case PARTY_OPERATOR:
        for (size_t i = 0; i < world->operator_count; i++) {
            add_meant(policies, world->operators[i], resource);
        }
        break;
    }
}

static int meant_order(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

/* Whom the clause means, and where: by party, then resource, each pair once. */
static void gather_meant(struct policies *policies, const struct sla_clause *clause)
{
    const struct sla_parties *parties = &clause->subjects;
    size_t kept = 0;

    policies->meant_count = 0;
    for (size_t i = 0; i < parties->count; i++) {
        const struct sla_party_ref *ref = &parties->items[i];
        uint32_t named = ref->by_role ? SLA_NOBODY : sla_party_find(policies->world, ref->name);
        for (size_t j = 0; j < clause->resource_count; j++) {
            if (ref->by_role) {
                add_role(policies, ref->role, clause->resources[j]);
            } else if (named != SLA_NOBODY) {
                add_meant(policies, named, clause->resources[j]);
            }
        }
    }
    if (policies->meant_count > 1) {
        qsort(policies->meant, policies->meant_count, sizeof(uint64_t), meant_order);
    }
    for (size_t i = 0; i < policies->meant_count; i++) {
        if (kept == 0 || policies->meant[kept - 1] != policies->meant[i]) {
            policies->meant[kept++] = policies->meant[i];
        }
    }
    policies->meant_count = kept;
}

/* One policy a party that the clause means, over the resources towards which it is meant; when that
 * is all of them, over the clause's own list. Policies are asked without the facts that conditions
 * are about: a permit under a condition does not hold then, a prohibition does. */
static void add_for_parties(struct policies *policies, const struct sla_clause *clause,
                            enum policy_effect effect)
{
    size_t end = 0;

    if (clause->guard != SLA_GUARD_ALWAYS && effect != POLICY_FORBID) {
        return;
    }
    gather_meant(policies, clause);
    for (size_t from = 0; from < policies->meant_count; from = end) {
        uint32_t party = (uint32_t)(policies->meant[from] >> 32U);
        const size_t *targets = clause->resources;
        for (end = from; end < policies->meant_count && policies->meant[end] >> 32U == party;) {
            end++;
        }
        if (end - from != clause->resource_count) {
            size_t *some = ARENA_NEW(policies->arena, size_t, end - from);
            for (size_t i = from; i < end; i++) {
                some[i - from] = (uint32_t)policies->meant[i];
            }
            targets = some;
        }
        add_policy(policies, clause, effect, policies->world->parties[party].name, targets,
                   end - from);
    }
}

static void add_policies(struct policies *policies, const struct sla_clause *clause)
{
    enum action_kind executed = ACTION_NETWORK_DENY;

    if (clause->term->acts != 0 || !sla_act_action(clause->action, &executed)) {
        return; /* asked of the rules alone */
    }
    switch (clause->op) {
    case SLA_OP_ONLY:
        if (clause->resource_count > 0) {
            add_policy(policies, clause, POLICY_FORBID, SLICE("*"), clause->resources,
                       clause->resource_count);
        }
        add_for_parties(policies, clause, POLICY_PERMIT);
        break;
    case SLA_OP_PERMIT:
        add_for_parties(policies, clause, POLICY_PERMIT);
        break;
    case SLA_OP_DENY:
        add_for_parties(policies, clause, POLICY_FORBID);
        break;
    case SLA_OP_OBLIGE:
        add_for_parties(policies, clause, POLICY_OBLIGE);
        break;
    case SLA_OP_IN:
    case SLA_OP_NOT_IN:
    case SLA_OP_AT_LEAST:
    case SLA_OP_AT_MOST:
    case SLA_OP_PASS: /* gives way within its party: asked in the rules alone */
    case SLA_OP_IS:
    case SLA_OP_INCLUDES:
    case SLA_OP_NEEDED:
    case SLA_OP_APART:
        break; /* the table allows these only to terms that compile to something else */
    }
}

static void add_objective(struct sla_world *world, const struct sla_clause *clause,
                          struct objective *out)
{
    bool share = clause->term->objective == OBJECTIVE_AVAILABILITY;

    *out = (struct objective){
        .kind = clause->term->objective,
        .severities = sla_guards_at(world->guards, clause->guard)->severities,
        .limit = share ? clause->value.range.least : clause->value.range.most,
        .window_ms = clause->value.window_ms,
        .targets = clause->resources,
        .target_count = clause->resource_count,
        .clause = clause->ref,
    };
    world->summary.objectives++;
}

static void add_reaction(struct sla_world *world, const struct sla_clause *clause,
                         struct reaction *out)
{
    *out = *clause->reaction;
    out->targets = clause->resources;
    out->target_count = clause->resource_count;
    out->clause = clause->ref;
    for (size_t i = 0; i < out->respond_count; i++) {
        world->summary.policies_by_plane[action_type(out->respond[i])->plane]++;
    }
    world->summary.reactions++;
}

/* One that somebody shall watch over. */
static bool is_objective(const struct sla_clause *clause)
{
    return clause->reaction == NULL && clause->term->becomes == SLA_BECOMES_OBJECTIVE &&
           clause->stance == SLA_REQUIRES && clause->resource_count > 0;
}

/* One a subject, and one for all others; roles may mean more. */
static size_t policies_expected(const struct sla_clause *clause)
{
    return clause->reaction == NULL && clause->term->becomes == SLA_BECOMES_POLICY
               ? clause->subjects.count + 1
               : 0;
}

static void compile_clauses(struct draft *draft, struct sla_world *world)
{
    struct policies policies = { .arena = draft->arena, .world = world };
    size_t reaction_count = 0;
    size_t objective_count = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        reaction_count += world->clauses[i]->reaction != NULL;
        objective_count += is_objective(world->clauses[i]);
        policies.expected += policies_expected(world->clauses[i]);
    }
    struct objective *objectives = ARENA_NEW(draft->arena, struct objective, objective_count + 1);
    struct reaction *reactions = ARENA_NEW(draft->arena, struct reaction, reaction_count + 1);
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (clause->reaction != NULL) {
            add_reaction(world, clause, &reactions[world->summary.reactions]);
            continue;
        }
        world->summary.clauses++;
        switch (clause->term->becomes) {
        case SLA_BECOMES_POLICY:
            add_policies(&policies, clause);
            break;
        case SLA_BECOMES_OBJECTIVE:
            if (is_objective(clause)) {
                add_objective(world, clause, &objectives[world->summary.objectives]);
            }
            break;
        case SLA_BECOMES_CHECK:
        case SLA_BECOMES_ASSUMPTION:
        case SLA_BECOMES_RECORD:
            world->summary.checked_only++;
            break;
        case SLA_BECOMES_DESIRED: /* of planes: by the desired state (sla/emit/desired.h) */
            break;
        }
    }
    world->policies.policies = policies.items;
    world->policies.policy_count = policies.count;
    world->policies.objectives = objectives;
    world->policies.objective_count = world->summary.objectives;
    world->policies.reactions = reactions;
    world->policies.reaction_count = world->summary.reactions;
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        world->summary.policies += world->summary.policies_by_plane[i];
    }
}

/* --- digest ---------------------------------------------------------------------------------- */

/* How many bounds of validity lie behind the day counts: the world is another on each side of one.
 */
static void take_digests(struct draft *draft, struct sla_world *world)
{
    struct sha256 *digests = ARENA_NEW(draft->arena, struct sha256, draft->document_count + 1);

    for (size_t i = 0; i < draft->document_count; i++) {
        digests[i] = draft->documents[i]->document.digest;
    }
    struct sha256 all = sla_digest_world(digests, draft->document_count, world->bounds_passed);
    sha256_hex(&all, world->policies.digest);
}

struct sla_world *sla_compile_world(struct draft *draft, const struct diag_source *sources,
                                    size_t count)
{
    struct sla_world *world = ARENA_NEW(draft->arena, struct sla_world, 1);

    world->sources = sources;
    world->source_count = count;
    world->parties = draft->parties;
    world->party_count = draft->party_count;
    world->has_members = draft->has_members;
    world->guards = draft->guards;
    world->party_tiers = draft->party_tiers;
    world->agreements = draft->agreements;
    world->agreement_count = draft->agreement_count;
    world->has_day = draft->options.has_day;
    world->as_of_day = draft->options.as_of_day;
    take_resources(draft, world);
    take_documents(draft, world);
    sla_take_promises(draft->arena, world);
    sla_world_take_parties(draft->arena, world);
    sla_take_delegations(draft, world);
    take_protected(draft, world);
    take_services(draft, world);
    sla_take_assumptions(draft, world);
    sla_take_days(draft, world);
    compile_clauses(draft, world);
    sla_compile_rules(draft, world);
    take_digests(draft, world);
    return world;
}
