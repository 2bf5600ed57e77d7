#include "planner/search.h"

#include <assert.h>
#include <string.h>

struct node {
    uint64_t state;
    struct cost spent;    /* g */
    struct cost estimate; /* g + h */
    uint32_t parent;      /* UINT32_MAX at the start */
    uint32_t depth;
    uint16_t action;
};

/* A binary heap of node numbers and an open-addressed table of the best cost per state, all in the
 * arena; both are sized once, from the budget. */
struct search {
    const struct grounded *actions;
    size_t action_count;
    uint64_t goals;
    struct node *nodes;
    size_t node_count, node_limit;
    uint32_t *heap;
    size_t heap_count;
    uint32_t *best; /* node number + 1 per slot */
    size_t slots;   /* a power of two */
};

static int64_t count_goals(uint64_t bits)
{
    int64_t count = 0;

    for (; bits != 0; bits &= bits - 1) {
        count++;
    }
    return count;
}

/* An action's cost shared out over the goals it serves, rounded down: summing shares over goals
 * never exceeds what the actions cost, so the estimate stays a lower bound. */
static struct cost share_of_cost(const struct search *search, const struct grounded *action)
{
    int64_t served = count_goals(action->adds & search->goals);
    int64_t goals = served > 0 ? served : 1;
    const struct cost *cost = &action->cost;

    return (struct cost){ .availability_ms = cost->availability_ms / goals,
                          .evidence_loss = cost->evidence_loss / goals,
                          .money_micro = cost->money_micro / goals,
                          .blast = cost->blast / goals,
                          .settle_ms = cost->settle_ms / goals };
}

/* The cheapest share that serves `goal`; zero when nothing does. */
static struct cost cheapest_share(const struct search *search, uint64_t goal)
{
    struct cost least = { 0 };
    bool found = false;

    for (size_t i = 0; i < search->action_count; i++) {
        const struct grounded *action = &search->actions[i];
        if (!action->usable || (action->adds & goal) == 0) {
            continue;
        }
        struct cost share = share_of_cost(search, action);
        if (!found || cost_cmp(&share, &least) < 0) {
            least = share;
            found = true;
        }
    }
    return least;
}

static struct cost estimate_rest(const struct search *search, uint64_t state)
{
    struct cost rest = { 0 };

    for (uint64_t open = search->goals & ~state; open != 0; open &= open - 1) {
        struct cost share = cheapest_share(search, open & (~open + 1));
        rest = cost_add(&rest, &share);
    }
    return rest;
}

/* Cheapest estimate first; among equals the deeper, then the older: a total order, so the result
 * does not depend on the heap. */
static bool before(const struct search *search, uint32_t a, uint32_t b)
{
    const struct node *left = &search->nodes[a];
    const struct node *right = &search->nodes[b];
    int order = cost_cmp(&left->estimate, &right->estimate);

    if (order != 0) {
        return order < 0;
    }
    return left->depth != right->depth ? left->depth > right->depth : a < b;
}

static void heap_push(struct search *search, uint32_t number)
{
    size_t at = search->heap_count++;

    search->heap[at] = number;
    while (at > 0 && before(search, search->heap[at], search->heap[(at - 1) / 2])) {
        uint32_t up = search->heap[(at - 1) / 2];
        search->heap[(at - 1) / 2] = search->heap[at];
        search->heap[at] = up;
        at = (at - 1) / 2;
    }
}

static uint32_t heap_pop(struct search *search)
{
    uint32_t top = search->heap[0];
    size_t at = 0;

    search->heap[0] = search->heap[--search->heap_count];
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
            if (child < search->heap_count &&
                before(search, search->heap[child], search->heap[least])) {
                least = child;
            }
        }
        if (least == at) {
            return top;
        }
        uint32_t down = search->heap[at];
        search->heap[at] = search->heap[least];
        search->heap[least] = down;
        at = least;
    }
}

/* Fibonacci hashing; the table is at most half full. */
static uint32_t *slot_of(struct search *search, uint64_t state)
{
    size_t at = (size_t)((state * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (search->slots - 1);

    while (search->best[at] != 0 && search->nodes[search->best[at] - 1].state != state) {
        at = (at + 1) & (search->slots - 1);
    }
    return &search->best[at];
}

static void add_node(struct search *search, const struct node *node)
{
    uint32_t *slot = slot_of(search, node->state);

    if (*slot != 0 && cost_cmp(&search->nodes[*slot - 1].spent, &node->spent) <= 0) {
        return;
    }
    if (search->node_count == search->node_limit) {
        return; /* counted as exhausted by the caller */
    }
    uint32_t number = (uint32_t)search->node_count++;
    search->nodes[number] = *node;
    *slot = number + 1;
    heap_push(search, number);
}

static void expand(struct search *search, uint32_t number)
{
    const struct node from = search->nodes[number];

    if (from.depth == PLAN_STEPS_MAX) {
        return;
    }
    for (size_t i = 0; i < search->action_count; i++) {
        const struct grounded *action = &search->actions[i];
        uint64_t state = (from.state & ~action->removes) | action->adds;
        if (!action->usable || (from.state & action->needs) != action->needs ||
            state == from.state) {
            continue;
        }
        struct node next = { .state = state,
                             .spent = cost_add(&from.spent, &action->cost),
                             .parent = number,
                             .depth = from.depth + 1,
                             .action = (uint16_t)i };
        struct cost rest = estimate_rest(search, state);
        next.estimate = cost_add(&next.spent, &rest);
        add_node(search, &next);
    }
}

static void read_path(const struct search *search, uint32_t number, struct search_result *out)
{
    out->length = search->nodes[number].depth;
    out->cost = search->nodes[number].spent;
    for (size_t at = out->length; at-- > 0;) {
        out->path[at] = search->nodes[number].action;
        number = search->nodes[number].parent;
    }
}

/* When the budget is spent: from the most promising node on, always the cheapest action that serves
 * an open goal. */
static void finish_greedily(const struct search *search, uint32_t number, struct search_result *out)
{
    uint64_t state = search->nodes[number].state;

    read_path(search, number, out);
    while ((state & search->goals) != search->goals && out->length < PLAN_STEPS_MAX) {
        size_t chosen = search->action_count;
        for (size_t i = 0; i < search->action_count; i++) {
            const struct grounded *action = &search->actions[i];
            if (action->usable && (state & action->needs) == action->needs &&
                (action->adds & search->goals & ~state) != 0 &&
                (chosen == search->action_count ||
                 cost_cmp(&action->cost, &search->actions[chosen].cost) < 0)) {
                chosen = i;
            }
        }
        if (chosen == search->action_count) {
            return;
        }
        const struct grounded *action = &search->actions[chosen];
        state = (state & ~action->removes) | action->adds;
        out->path[out->length++] = chosen;
        out->cost = cost_add(&out->cost, &action->cost);
    }
    out->solved = (state & search->goals) == search->goals;
}

static size_t power_of_two(size_t at_least)
{
    size_t power = 64;

    while (power < at_least) {
        power *= 2;
    }
    return power;
}

void search_run(struct arena *arena, const struct grounded *actions, size_t action_count,
                uint64_t start, uint64_t goals, uint64_t max_expansions, struct search_result *out)
{
    enum { NODES_MAX = 1 << 18 };
    size_t limit = max_expansions >= NODES_MAX / (action_count + 1)
                       ? NODES_MAX
                       : (size_t)max_expansions * (action_count + 1) + 1;
    struct search search = { .actions = actions,
                             .action_count = action_count,
                             .goals = goals,
                             .nodes = ARENA_NEW(arena, struct node, limit),
                             .node_limit = limit,
                             .heap = ARENA_NEW(arena, uint32_t, limit),
                             .slots = power_of_two(2 * limit) };

    assert(action_count <= UINT16_MAX);
    search.best = ARENA_NEW(arena, uint32_t, search.slots);
    *out = (struct search_result){ 0 };
    struct node first = { .state = start, .parent = UINT32_MAX };
    first.estimate = estimate_rest(&search, start);
    add_node(&search, &first);
    while (search.heap_count > 0) {
        uint32_t number = heap_pop(&search);
        out->lower_bound = search.nodes[number].estimate;
        if ((search.nodes[number].state & goals) == goals) {
            read_path(&search, number, out);
            out->solved = true;
            return;
        }
        if (out->expansions == max_expansions || search.node_count == search.node_limit) {
            out->exhausted = true;
            finish_greedily(&search, number, out);
            return;
        }
        out->expansions++;
        expand(&search, number);
    }
}
