#include "sla/emit/desired.h"

/* What is left of the desired state for one clause, one resource, or both: copies of the arrays;
 * the parts themselves are shared. */

struct choice {
    struct arena *arena;
    const struct clause_ref *clause; /* NULL: any */
    size_t resource;                 /* DESIRED_ANYWHERE: any */
};

static bool is_same_ref(const struct clause_ref *a, const struct clause_ref *b)
{
    return slice_eq(a->clause, b->clause) && slice_eq(a->document, b->document) &&
           slice_eq(a->party, b->party) && a->line == b->line && slice_eq(a->file, b->file);
}

static bool serves(const struct choice *choice, const struct desired_origin *origin)
{
    for (size_t i = 0; i < origin->count; i++) {
        if (choice->clause == NULL || is_same_ref(origin->clauses[i], choice->clause)) {
            return true;
        }
    }
    return choice->clause == NULL;
}

static bool is_about(const struct choice *choice, const size_t *resources, size_t count)
{
    for (size_t i = 0; i < count && choice->resource != DESIRED_ANYWHERE; i++) {
        if (resources[i] == choice->resource) {
            return true;
        }
    }
    return choice->resource == DESIRED_ANYWHERE;
}

/* --- parts ----------------------------------------------------------------------------------- */

static size_t select_facts(const struct choice *choice, const struct desired_fact *from,
                           size_t count, const struct desired_fact **out)
{
    struct desired_fact *facts = ARENA_NEW(choice->arena, struct desired_fact, count + 1);
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (serves(choice, &from[i].origin)) {
            facts[kept++] = from[i];
        }
    }
    *out = facts;
    return kept;
}

static bool select_box(const struct choice *choice, const struct desired_box *from,
                       struct desired_box *out)
{
    struct desired_rule *rules =
        ARENA_NEW(choice->arena, struct desired_rule, from->rule_count + 1);
    size_t count = 0;

    if (!is_about(choice, &from->resource, 1)) {
        return false;
    }
    for (size_t i = 0; i < from->rule_count; i++) {
        if (serves(choice, &from->rules[i].origin)) {
            rules[count++] = from->rules[i];
        }
    }
    *out = *from;
    out->rules = rules;
    out->rule_count = count;
    out->closed = from->closed && serves(choice, &from->closed_by);
    if (!serves(choice, &from->always.origin)) {
        out->always.peer_count = 0;
    }
    out->limit_count = select_facts(choice, from->limits, from->limit_count, &out->limits);
    return count > 0 || out->closed || out->always.peer_count > 0 || out->limit_count > 0;
}

static void select_boxes(const struct choice *choice, const struct desired *from,
                         struct desired *out)
{
    struct desired_box *boxes = ARENA_NEW(choice->arena, struct desired_box, from->box_count + 1);

    out->box_count = 0;
    for (size_t i = 0; i < from->box_count; i++) {
        out->box_count += select_box(choice, &from->boxes[i], &boxes[out->box_count]);
    }
    out->boxes = boxes;
}

static bool select_item(const struct choice *choice, const struct desired_item *from,
                        struct desired_item *out)
{
    *out = (struct desired_item){ .resource = from->resource, .party = from->party };
    out->fact_count = select_facts(choice, from->facts, from->fact_count, &out->facts);
    return out->fact_count > 0 && is_about(choice, &from->resource, 1);
}

static const struct desired_item *select_items(const struct choice *choice,
                                               const struct desired_item *from, size_t count,
                                               size_t *out_count)
{
    struct desired_item *items = ARENA_NEW(choice->arena, struct desired_item, count + 1);

    *out_count = 0;
    for (size_t i = 0; i < count; i++) {
        *out_count += select_item(choice, &from[i], &items[*out_count]);
    }
    return items;
}

static void select_watches(const struct choice *choice, const struct desired *from,
                           struct desired *out)
{
    struct desired_watch *watches =
        ARENA_NEW(choice->arena, struct desired_watch, from->watch_count + 1);

    out->watch_count = 0;
    for (size_t i = 0; i < from->watch_count; i++) {
        const struct desired_watch *watch = &from->watches[i];
        if (serves(choice, &watch->origin) &&
            is_about(choice, watch->resources, watch->resource_count)) {
            watches[out->watch_count++] = *watch;
        }
    }
    out->watches = watches;
}

static void select_not_held(const struct choice *choice, const struct desired *from,
                            struct desired *out)
{
    struct desired_not_held *kept =
        ARENA_NEW(choice->arena, struct desired_not_held, from->not_held_count + 1);

    out->not_held_count = 0;
    for (size_t i = 0; i < from->not_held_count; i++) {
        const struct desired_not_held *entry = &from->not_held[i];
        if ((choice->clause == NULL || is_same_ref(entry->clause, choice->clause)) &&
            is_about(choice, entry->resources, entry->resource_count)) {
            kept[out->not_held_count++] = *entry;
        }
    }
    out->not_held = kept;
}

static void select_conditions(const struct choice *choice, const struct desired *from,
                              struct desired *out)
{
    struct desired_condition *kept =
        ARENA_NEW(choice->arena, struct desired_condition, from->condition_count + 1);

    out->condition_count = 0;
    for (size_t i = 0; i < from->condition_count; i++) {
        if (choice->clause == NULL || is_same_ref(from->conditions[i].clause, choice->clause)) {
            kept[out->condition_count++] = from->conditions[i];
        }
    }
    out->conditions = kept;
}

/* --- policies -------------------------------------------------------------------------------- */

static bool keeps(const struct choice *choice, const struct clause_ref *clause,
                  const size_t *targets, size_t count)
{
    return (choice->clause == NULL || is_same_ref(clause, choice->clause)) &&
           is_about(choice, targets, count);
}

static void select_rules(const struct choice *choice, const struct policy_set *from,
                         struct policy_set *out)
{
    struct policy *policies = ARENA_NEW(choice->arena, struct policy, from->policy_count + 1);
    struct protected_asset *assets =
        ARENA_NEW(choice->arena, struct protected_asset, from->protected_count + 1);

    out->policy_count = 0;
    out->protected_count = 0;
    for (size_t i = 0; i < from->policy_count; i++) {
        const struct policy *policy = &from->policies[i];
        if (keeps(choice, policy->clause, policy->targets, policy->target_count)) {
            policies[out->policy_count++] = *policy;
        }
    }
    for (size_t i = 0; i < from->protected_count; i++) {
        if (keeps(choice, &from->protected_assets[i].clause, NULL, 0)) {
            assets[out->protected_count++] = from->protected_assets[i];
        }
    }
    out->policies = policies;
    out->protected_assets = assets;
}

static void select_rulings(const struct choice *choice, const struct desired *from,
                           struct desired *out)
{
    struct desired_ruling *kept =
        ARENA_NEW(choice->arena, struct desired_ruling, from->ruling_count + 1);

    out->ruling_count = 0;
    for (size_t i = 0; i < from->ruling_count; i++) {
        const struct desired_ruling *ruling = &from->rulings[i];
        if (keeps(choice, ruling->clause, ruling->resources, ruling->resource_count)) {
            kept[out->ruling_count++] = *ruling;
        }
    }
    out->rulings = kept;
}

static void select_goals(const struct choice *choice, const struct policy_set *from,
                         struct policy_set *out)
{
    struct objective *objectives =
        ARENA_NEW(choice->arena, struct objective, from->objective_count + 1);
    struct reaction *reactions =
        ARENA_NEW(choice->arena, struct reaction, from->reaction_count + 1);

    out->objective_count = 0;
    out->reaction_count = 0;
    for (size_t i = 0; i < from->objective_count; i++) {
        const struct objective *objective = &from->objectives[i];
        if (keeps(choice, &objective->clause, objective->targets, objective->target_count)) {
            objectives[out->objective_count++] = *objective;
        }
    }
    for (size_t i = 0; i < from->reaction_count; i++) {
        const struct reaction *reaction = &from->reactions[i];
        if (keeps(choice, &reaction->clause, reaction->targets, reaction->target_count)) {
            reactions[out->reaction_count++] = *reaction;
        }
    }
    out->objectives = objectives;
    out->reactions = reactions;
}

const struct desired *sla_desired_select(struct arena *arena, const struct desired *desired,
                                         const struct clause_ref *clause, size_t resource)
{
    struct choice choice = { arena, clause, resource };
    struct desired *out = ARENA_NEW(arena, struct desired, 1);
    struct policy_set *policies = ARENA_NEW(arena, struct policy_set, 1);

    *out = *desired;
    out->is_part = true;
    out->alone = clause == NULL ? resource : DESIRED_ANYWHERE;
    *policies = *desired->policies;
    select_boxes(&choice, desired, out);
    out->items = select_items(&choice, desired->items, desired->item_count, &out->item_count);
    out->heeds = select_items(&choice, desired->heeds, desired->heed_count, &out->heed_count);
    select_watches(&choice, desired, out);
    select_not_held(&choice, desired, out);
    select_conditions(&choice, desired, out);
    select_rules(&choice, desired->policies, policies);
    select_rulings(&choice, desired, out);
    select_goals(&choice, desired->policies, policies);
    out->policies = policies;
    return out;
}
