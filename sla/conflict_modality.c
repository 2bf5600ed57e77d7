#include "sla/conflict.h"
#include "sla/party.h"

/* Permitted or obliged, and forbidden: the same act by the same party on the same resource. */

/* Does the clause speak of this action at all? */
static bool speaks_of(const struct sla_clause *clause, enum action_kind action)
{
    if (clause->reaction == NULL) {
        return clause->term->decision == SLA_DECIDE_MODALITY && clause->action == action;
    }
    for (size_t i = 0; i < clause->reaction->respond_count; i++) {
        if (clause->reaction->respond[i] == action) {
            return true;
        }
    }
    return false;
}

/* A reaction is its party's wish to act; `only` says of those it names that they may. */
static bool permits(const struct sla_world *world, const struct sla_clause *clause,
                    struct slice party, size_t resource)
{
    if (clause->reaction != NULL) {
        return slice_eq(clause->ref.party, party);
    }
    return clause->op != SLA_OP_DENY &&
           sla_party_is_meant(world, &clause->value.parties, party, resource);
}

static bool forbids(const struct sla_world *world, const struct sla_clause *clause,
                    struct slice party, size_t resource)
{
    if (clause->reaction != NULL) {
        return false;
    }
    bool meant = sla_party_is_meant(world, &clause->value.parties, party, resource);
    return (clause->op == SLA_OP_DENY && meant) || (clause->op == SLA_OP_ONLY && !meant);
}

/* The first party, by name, that one clause lets act and the other does not. */
static bool find_subject(struct sla_search *search, const struct sla_clause *permit,
                         const struct sla_clause *forbid, size_t resource, struct slice *out)
{
    const struct sla_world *world = search->world;

    for (size_t i = 0; i < world->party_count; i++) {
        struct slice party = world->parties[i].name;
        if (permits(world, permit, party, resource) && forbids(world, forbid, party, resource)) {
            *out = party;
            return true;
        }
    }
    return false;
}

static void try_pair(struct sla_search *search, const struct sla_clause *a,
                     const struct sla_clause *b, enum action_kind action, size_t resource)
{
    struct sla_certificate certificate = { .resource = resource, .action = action };

    if (find_subject(search, a, b, resource, &certificate.subject) ||
        find_subject(search, b, a, resource, &certificate.subject)) {
        const struct sla_clause *pair[] = { a, b };
        sla_search_add(search, SLA_CONFLICT_MODALITY, pair, COUNT_OF(pair), &certificate);
    }
}

static void search_action(struct sla_search *search, enum action_kind action, size_t resource)
{
    const struct sla_world *world = search->world;
    size_t count = 0;

    for (size_t i = search->start[resource]; i < search->start[resource + 1]; i++) {
        const struct sla_clause *clause = world->clauses[search->items[i]];
        if (speaks_of(clause, action)) {
            search->speakers[count++] = clause;
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if (!sla_search_spend(search, 1)) {
                return;
            }
            try_pair(search, search->speakers[i], search->speakers[j], action, resource);
        }
    }
}

void sla_search_modality(struct sla_search *search, size_t resource)
{
    enum plane_kind plane = search->world->policies.resources[resource].plane;

    for (size_t i = 0; i < ACTION_KINDS; i++) {
        if (action_type((enum action_kind)i)->plane == plane) {
            search_action(search, (enum action_kind)i, resource);
        }
    }
}

size_t sla_conflict_forbid(const struct sla_world *world, const struct sla_conflict *conflict)
{
    const struct sla_certificate *certificate = &conflict->certificate;

    return forbids(world, conflict->clauses[0], certificate->subject, certificate->resource) ? 0
                                                                                             : 1;
}
