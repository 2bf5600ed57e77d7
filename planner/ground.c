#include "planner/ground.h"

#include "model/decide.h"

#include <stdio.h>

static struct slice action_name(struct arena *arena, const struct planner_problem *problem,
                                enum action_kind kind, const struct resource *resource)
{
    if (action_type(kind)->takes_source) {
        char source[ADDRESS_TEXT_MAX];
        address_format(&problem->incident.source, source);
        return arena_printf(arena, "%s %s on %.*s", action_kind_name(kind), source,
                            SLICE_ARG(resource->name));
    }
    return arena_printf(arena, "%s %.*s", action_kind_name(kind), SLICE_ARG(resource->name));
}

/* The reason why the reaction's party may not do it, or the empty slice. */
static struct slice refuse_party(struct arena *arena, const struct planner_problem *problem,
                                 enum action_kind kind, size_t resource, struct slice party)
{
    const struct clause_ref *forbids = NULL;

    if (policy_may_respond(problem->world, kind, resource, party, &forbids)) {
        return (struct slice){ 0 };
    }
    if (forbids == NULL) {
        return arena_printf(arena, "forbidden: nobody permits it to %.*s", SLICE_ARG(party));
    }
    return arena_printf(arena, "forbidden by `%.*s` of %.*s", SLICE_ARG(forbids->clause),
                        SLICE_ARG(forbids->party));
}

static const struct protected_asset *protected_by(const struct policy_set *world,
                                                  const struct address *source)
{
    for (size_t i = 0; i < world->protected_count; i++) {
        if (address_overlaps(&world->protected_assets[i].network, source)) {
            return &world->protected_assets[i];
        }
    }
    return NULL;
}

/* Who is cut must be known, not protected, and seen by the kernel. */
static struct slice refuse_source(struct arena *arena, const struct planner_problem *problem)
{
    const struct address *source = &problem->incident.source;

    if (source->family == ADDRESS_NONE) {
        return SLICE("no source address is known");
    }
    const struct protected_asset *asset = protected_by(problem->world, source);
    if (asset != NULL) {
        char network[ADDRESS_TEXT_MAX];
        address_format(&asset->network, network);
        return arena_printf(arena, "would cut the protected asset %s (%.*s)", network,
                            SLICE_ARG(asset->why));
    }
    return (struct slice){ 0 };
}

/* The reason not to use it, or the empty slice. */
static struct slice refuse(struct arena *arena, const struct planner_problem *problem,
                           const struct resource *resource, const struct grounded *grounded,
                           size_t resource_index)
{
    enum action_kind kind = grounded->contract->kind;

    if (resource->node.len == 0) {
        return SLICE("it names no node: no agent reaches it");
    }
    if (!unit_node_can(problem, resource->node, kind)) {
        return arena_printf(arena, "node `%.*s` cannot do it", SLICE_ARG(resource->node));
    }
    if (grounded->reaction == NULL) {
        return arena_printf(arena, "no reaction to `%.*s` allows it here",
                            SLICE_ARG(problem->incident.rule));
    }
    struct slice forbidden =
        refuse_party(arena, problem, kind, resource_index, grounded->reaction->clause.party);
    if (forbidden.len > 0) {
        return forbidden;
    }
    /* Isolation lets protected peers through, so it would not stop one either. */
    bool about_source = action_type(kind)->takes_source || kind == ACTION_NETWORK_ISOLATE;
    struct slice no_source = about_source ? refuse_source(arena, problem) : (struct slice){ 0 };
    if (no_source.len == 0 && grounded->contract->needs_corroborated_source &&
        !problem->incident.source_corroborated) {
        return SLICE("the kernel did not see this source: only the log names it");
    }
    return no_source;
}

/* What the action makes true, also on the attacked hosts of the unit. */
static uint64_t added_bits(const struct planner_problem *problem, const struct unit *unit,
                           size_t index, const struct contract *contract)
{
    uint64_t bits = unit_bits(index, contract->adds);

    for (size_t i = 0; contract->adds_on_host != 0 && i < unit->count; i++) {
        const struct resource *resource = &problem->world->resources[unit->resources[i]];
        if (resource->plane == PLANE_NETWORK && slice_eq(resource->node, problem->incident.node)) {
            bits |= unit_bits(i, contract->adds_on_host);
        }
    }
    return bits;
}

size_t ground_all(struct arena *arena, const struct planner_problem *problem,
                  const struct unit *unit, struct grounded out[GROUND_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < unit->count; i++) {
        const struct resource *resource = &problem->world->resources[unit->resources[i]];
        for (size_t kind = 0; kind < ACTION_KINDS; kind++) {
            const struct contract *contract = contract_of((enum action_kind)kind);
            if (contract->resource_plane != resource->plane) {
                continue;
            }
            /* what serves no goal is not a response, and the node of the incident is the only host
             */
            uint64_t adds = added_bits(problem, unit, i, contract);
            if ((adds & unit->goals) == 0) {
                continue;
            }
            struct grounded *grounded = &out[count++];
            *grounded = (struct grounded){
                .contract = contract,
                .index = i,
                .reaction = unit_reaction(problem, contract->kind, unit->resources[i]),
                .needs = unit_bits(i, contract->needs),
                .adds = adds,
                .removes = unit_bits(i, contract->removes),
                .name = action_name(arena, problem, contract->kind, resource),
            };
            int64_t lease_ms = grounded->reaction != NULL ? grounded->reaction->lease_ms : 0;
            grounded->cost =
                contract_cost(contract, unit_added_ms(problem, contract->kind, resource, lease_ms));
            grounded->reason = refuse(arena, problem, resource, grounded, unit->resources[i]);
            grounded->usable = grounded->reason.len == 0;
        }
    }
    return count;
}
