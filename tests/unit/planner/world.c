#include "tests/unit/planner/world.h"

#include <assert.h>
#include <string.h>

static const size_t all_targets[] = { 0, 1, 2 };

struct address world_address(const char *text)
{
    struct address address = { 0 };
    struct status parsed = address_parse(slice_from(text), &address);

    assert(status_ok(&parsed));
    return address;
}

static struct resource resource(const char *name, enum plane_kind plane, const char *node,
                                const char *handle)
{
    return (struct resource){ .name = slice_from(name),
                              .ucloud = SLICE("imaging"),
                              .plane = plane,
                              .layer = LAYER_L2,
                              .node = slice_from(node),
                              .provider = SLICE("private-dc"),
                              .unit = SLICE("pacs"),
                              .handle = slice_from(handle) };
}

static void init_reactions(struct world *world)
{
    struct clause_ref clause = { .party = SLICE("hospital-a"), .clause = SLICE("bruteforce") };

    world->reactions[0] =
        (struct reaction){ .rule = SLICE("ssh-bruteforce"),
                           .respond = { ACTION_NETWORK_DENY, ACTION_NETWORK_ISOLATE,
                                        ACTION_COMPUTE_SUSPEND },
                           .respond_count = 3,
                           .lease_ms = WORLD_LEASE_MS,
                           .within_ms = 5000,
                           .targets = all_targets,
                           .target_count = 3,
                           .clause = clause };
    clause.clause = SLICE("guessed");
    world->reactions[1] =
        (struct reaction){ .rule = SLICE("ssh-guessed"),
                           .respond = { ACTION_NETWORK_DENY, ACTION_COMPUTE_SNAPSHOT,
                                        ACTION_COMPUTE_SUSPEND, ACTION_DATA_FREEZE },
                           .respond_count = 4,
                           .lease_ms = WORLD_LEASE_MS,
                           .within_ms = 9000,
                           .approval = APPROVAL_ONE,
                           .targets = all_targets,
                           .target_count = 3,
                           .clause = clause };
}

static void init_capabilities(struct world *world)
{
    static const enum action_kind kinds[] = { ACTION_NETWORK_DENY, ACTION_NETWORK_ISOLATE,
                                              ACTION_COMPUTE_SNAPSHOT, ACTION_COMPUTE_SUSPEND,
                                              ACTION_DATA_FREEZE };

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        world->capabilities[i] = (struct planner_capability){
            .node = i < 2 ? SLICE("node-1") : SLICE("node-2"), .kind = kinds[i], .reversible = true
        };
    }
    world->problem.capabilities = world->capabilities;
    world->problem.capability_count = COUNT_OF(kinds);
}

/* --- rules ------------------------------------------------------------------------------------ */

enum { RIGHTS_TIER = 1 };

static const struct policy_subject subjects[] = {
    { .party = 0, .is_ruled = true },
    { { "hospital-a", 10 }, 1, true },
};
static const uint32_t class_of[] = { 0, 1, 2, 3 };
static const struct policy_tier tiers[] = {
    { { POLICY_NEXT, POLICY_PERMITS, POLICY_FORBIDS, POLICY_CONFLICTS } },
    { { POLICY_NEXT, POLICY_PERMITS, POLICY_FORBIDS, POLICY_CONFLICTS } },
};
static const struct policy_class classes[] = {
    { { 1 }, tiers, COUNT_OF(tiers), POLICY_NO_TIER },
    { { 1 }, tiers, COUNT_OF(tiers), POLICY_NO_TIER },
    { { 1 }, tiers, COUNT_OF(tiers), POLICY_NO_TIER },
    { { 1 }, tiers, COUNT_OF(tiers), POLICY_NO_TIER },
};

/* One slot a rule: the tests ask of each act and subject by one rule. */
static void add_rule(struct world *world, unsigned effects, enum action_kind act, uint32_t resource,
                     uint32_t subject, uint8_t tier)
{
    uint32_t at = (uint32_t)world->rules.rule_count++;
    const struct policy_slot slot = { .act_class = (uint32_t)act << 26U | resource,
                                      .subject = subject,
                                      .at = at,
                                      .count = 1,
                                      .first_tier = tier };
    size_t place = (size_t)policy_slot_hash(slot.act_class, subject) & (WORLD_SLOTS - 1);

    assert(at < WORLD_RULES_MAX);
    world->rule[at] =
        (struct policy_rule){ .clause = at, .effects = (uint8_t)effects, .tier = tier };
    while (world->slots[place].count != 0 && (world->slots[place].act_class != slot.act_class ||
                                              world->slots[place].subject != subject)) {
        place = (place + 1) % WORLD_SLOTS;
    }
    world->slots[place] = slot; /* a rule of the party takes the place of its right */
    world->clause_at[at] = &world->clauses[at];
}

void world_rule(struct world *world, unsigned effects, enum action_kind act, uint32_t resource,
                const char *party, struct clause_ref clause)
{
    world->clauses[world->rules.rule_count] = clause;
    add_rule(world, effects, act, resource, party != NULL ? 1 : POLICY_ANYONE, 0);
}

/* The rights that reactions give. */
static void init_rules(struct world *world)
{
    static const enum plane_kind planes[] = { PLANE_NETWORK, PLANE_COMPUTE, PLANE_DATA };

    world->rules = (struct policy_rules){ .subjects = subjects,
                                          .subject_count = COUNT_OF(subjects),
                                          .class_of = class_of,
                                          .classes = classes,
                                          .class_count = COUNT_OF(classes),
                                          .rules = world->rule,
                                          .slots = world->slots,
                                          .slot_room = WORLD_SLOTS,
                                          .clauses = world->clause_at };
    for (unsigned act = 0; act < ACTION_KINDS; act++) {
        for (uint32_t i = 0; i < COUNT_OF(planes); i++) {
            if (action_type((enum action_kind)act)->plane == planes[i]) {
                add_rule(world, POLICY_RULE_PERMIT, (enum action_kind)act, i, 1, RIGHTS_TIER);
            }
        }
    }
    world->set.rules = &world->rules;
}

void world_init(struct world *world)
{
    static const uint8_t zeros[10] = { 0 };

    *world = (struct world){ 0 };
    world->resources[0] = resource("app-1", PLANE_NETWORK, "node-1", "");
    world->resources[1] = resource("pacs-vm", PLANE_COMPUTE, "node-2", "test");
    world->resources[2] = resource("studies", PLANE_DATA, "node-2", "studies");
    world->resources[3] = resource("lab", PLANE_DATA, "node-2", "lab");
    world->resources[3].unit = SLICE("lab");
    init_reactions(world);
    world->assets[0] = (struct protected_asset){ .network = world_address("10.98.0.0/24"),
                                                 .why = SLICE("management link") };
    world->objectives[0] = (struct objective){ .kind = OBJECTIVE_AVAILABILITY,
                                               .limit = 999900000,
                                               .window_ms = INT64_C(30) * 86400000,
                                               .targets = &all_targets[1],
                                               .target_count = 1,
                                               .clause = { .clause = SLICE("uptime") } };
    world->set = (struct policy_set){ .resources = world->resources,
                                      .resource_count = 4,
                                      .objectives = world->objectives,
                                      .objective_count = 1,
                                      .reactions = world->reactions,
                                      .reaction_count = 2,
                                      .protected_assets = world->assets,
                                      .protected_count = 1 };
    memset(world->set.digest, 'a', sizeof(world->set.digest) - 1);
    for (size_t i = 0; i < PLAN_STEPS_MAX; i++) {
        uint8_t bits[10] = { (uint8_t)(i + 1) };
        world->ids[i] = ulid_make(1000, bits);
    }
    world->problem = (struct planner_problem){
        .world = &world->set,
        .incident = { .id = ulid_make(1, zeros),
                      .rule = SLICE("ssh-bruteforce"),
                      .source = world_address("10.99.0.2"),
                      .source_corroborated = true,
                      .node = SLICE("node-1") },
        .goals = GOAL_STOP_ATTACK,
        .controls = world->controls,
        .plan_id = ulid_make(2, zeros),
        .step_ids = world->ids,
    };
    init_capabilities(world);
    init_rules(world);
}
