#include "sla/emit/derive.h"

#include "sla/policy/flow_order.h"
#include "sla/policy/standing.h"
#include "sla/terms/held.h"
#include "sla/terms/party.h"

#include <stdlib.h>
#include <string.h>

/* Flow boxes: what a host takes and sends.
 *
 * Rules stand in the order in which parties are asked: who rules there, then rights that others
 * reserved. Among clauses of one party what is denied comes first, as an undeclared disagreement is
 * enforced as a forbid. A host of which a party that rules there permits some flow takes, in that
 * direction, only what is permitted (as NetworkPolicy of Kubernetes has it); replies pass, and
 * peers that who rules there protects pass always. A right that another party reserves opens what
 * nobody denies, and closes nothing. */

/* The order of a pair: direction, rank, then bits. A permit under a condition opens nothing, as
 * nobody on a plane can tell when it holds; that it closes the rest stands. */
enum {
    ORDER_ACCEPT = 1U << 0,
    ORDER_SILENT = 1U << 1,
    ORDER_RANK = 1U << 2, /* of who rules there, in the order they are asked; then reserved */
    ORDER_RESERVED = SLA_STANDING_MAX * ORDER_RANK,
    ORDER_OUT = 1U << 4
};

static enum desired_verdict verdict_of(const struct sla_clause *clause)
{
    return clause->op == SLA_OP_PERMIT ? DESIRED_ACCEPT : DESIRED_DROP;
}

static bool rank_flow(struct derive *derive, const struct sla_clause *clause, size_t resource,
                      uint32_t *out_order)
{
    uint32_t place = sla_flow_place(derive->world, clause, resource);

    if (derive->world->policies.resources[resource].kind == KIND_SEGMENT) {
        derive_not_held(derive, clause, DESIRED_NO_HOST, resource);
        return false;
    }
    if (place == SLA_FLOW_NOBODY) {
        derive_not_held(derive, clause, DESIRED_NO_STANDING, resource);
        return false;
    }
    *out_order = (clause->value.flow.outward ? (uint32_t)ORDER_OUT : 0U) | place * ORDER_RANK |
                 (verdict_of(clause) == DESIRED_ACCEPT ? (uint32_t)ORDER_ACCEPT : 0U);
    if (sla_speech_on(derive->world, clause, resource) == SLA_SPEAKS_AT_TIMES) {
        bool opens = verdict_of(clause) == DESIRED_ACCEPT;
        derive_not_held(derive, clause, opens ? DESIRED_AT_TIMES : DESIRED_CONDITION, resource);
        *out_order |= opens ? ORDER_SILENT : 0U;
    }
    return true;
}

/* --- lists without overlaps ------------------------------------------------------------------ */

static int address_order(const void *left, const void *right)
{
    return address_cmp(left, right);
}

/* Sorts, and leaves out what another covers: the count of what stays. */
static size_t settle_addresses(struct address *items, size_t count)
{
    size_t kept = 0;

    if (count > 1) {
        qsort(items, count, sizeof(*items), address_order);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !address_covers(&items[kept - 1], &items[i])) {
            items[kept++] = items[i];
        }
    }
    return kept;
}

static int ports_order(const void *left, const void *right)
{
    const struct desired_ports *a = left;
    const struct desired_ports *b = right;

    if (a->protocol != b->protocol) {
        return a->protocol < b->protocol ? -1 : 1;
    }
    return (int)a->first - (int)b->first;
}

static size_t settle_ports(struct desired_ports *items, size_t count)
{
    size_t kept = 0;

    if (count > 1) {
        qsort(items, count, sizeof(*items), ports_order);
    }
    for (size_t i = 0; i < count; i++) {
        struct desired_ports *last = kept > 0 ? &items[kept - 1] : NULL;
        if (last == NULL || last->protocol != items[i].protocol ||
            items[i].first > last->last + 1) {
            items[kept++] = items[i];
        } else if (items[i].last > last->last) {
            last->last = items[i].last;
        }
    }
    return kept;
}

static struct desired_rule make_rule(struct arena *arena, const struct sla_clause *clause)
{
    const struct sla_flow *flow = &clause->value.flow;
    struct address *peers = ARENA_NEW(arena, struct address, flow->peer_count + 1);
    struct desired_ports *ports = ARENA_NEW(arena, struct desired_ports, flow->port_count + 1);

    for (size_t i = 0; i < flow->peer_count; i++) {
        peers[i] = flow->peers[i];
    }
    for (size_t i = 0; i < flow->port_count; i++) {
        ports[i] = (struct desired_ports){
            flow->ports[i].protocol == SLA_TCP ? DESIRED_TCP : DESIRED_UDP,
            flow->ports[i].first,
            flow->ports[i].last,
        };
    }
    return (struct desired_rule){
        .verdict = verdict_of(clause),
        .peers = peers,
        .peer_count = settle_addresses(peers, flow->peer_count),
        .ports = ports,
        .port_count = settle_ports(ports, flow->port_count),
        .origin = derive_origin(arena, &clause->ref),
    };
}

/* --- boxes ----------------------------------------------------------------------------------- */

static bool closes(const struct derive_pair *pair)
{
    return (pair->order & ORDER_RESERVED) == 0 && (pair->order & ORDER_ACCEPT) != 0;
}

/* Behind the last pair of the same resource and direction as at `from`. */
static size_t box_end(const struct derive_pairs *pairs, size_t from)
{
    const struct derive_pair *first = &pairs->items[from];
    size_t end = from + 1;

    while (end < pairs->count && pairs->items[end].resource == first->resource &&
           ((pairs->items[end].order ^ first->order) & ORDER_OUT) == 0) {
        end++;
    }
    return end;
}

static struct desired_box make_box(struct arena *arena, const struct sla_clause *const *clauses,
                                   const struct desired_rule *made, const struct derive_pair *pairs,
                                   size_t count)
{
    struct desired_rule *rules = ARENA_NEW(arena, struct desired_rule, count);
    const struct clause_ref **closed_by = ARENA_NEW(arena, const struct clause_ref *, count);
    struct desired_box box = {
        .resource = pairs->resource,
        .direction = (pairs->order & ORDER_OUT) != 0 ? DESIRED_OUT : DESIRED_IN,
        .rules = rules,
    };

    for (size_t i = 0; i < count; i++) {
        if ((pairs[i].order & ORDER_SILENT) == 0) {
            rules[box.rule_count++] = made[pairs[i].clause];
        }
        if (closes(&pairs[i])) {
            closed_by[box.closed_by.count++] = &clauses[pairs[i].clause]->ref;
        }
    }
    box.closed = box.closed_by.count > 0;
    box.closed_by.clauses = closed_by;
    return box;
}

/* --- what always passes ---------------------------------------------------------------------- */

/* Boxes of which the same parties say what is protected. */
struct guarded {
    struct desired_box *box;
    uint32_t owner, provider;
};

static int guarded_order(const void *left, const void *right)
{
    const struct guarded *a = left;
    const struct guarded *b = right;

    if (a->owner != b->owner) {
        return a->owner < b->owner ? -1 : 1;
    }
    return (a->provider > b->provider) - (a->provider < b->provider);
}

/* Nobody opens a host by protecting something elsewhere: the owner, the provider and operators. */
static bool protects(const struct sla_world *world, const struct guarded *guarded,
                     const struct protected_asset *asset)
{
    uint32_t party = sla_party_find(world, asset->clause.party);

    return party != SLA_NOBODY && (party == guarded->owner || party == guarded->provider ||
                                   sla_party_has_role(world, party, PARTY_OPERATOR));
}

static struct desired_rule make_always(struct arena *arena, const struct sla_world *world,
                                       const struct guarded *guarded)
{
    const struct policy_set *set = &world->policies;
    struct address *peers = ARENA_NEW(arena, struct address, set->protected_count + 1);
    const struct clause_ref **refs =
        ARENA_NEW(arena, const struct clause_ref *, set->protected_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < set->protected_count; i++) {
        const struct protected_asset *asset = &set->protected_assets[i];
        if (protects(world, guarded, asset)) {
            refs[count] = &asset->clause;
            peers[count] = asset->network;
            memset(peers[count].zone, 0, sizeof(peers[count].zone)); /* in each zone */
            count++;
        }
    }
    return (struct desired_rule){
        .verdict = DESIRED_ACCEPT,
        .peers = peers,
        .peer_count = settle_addresses(peers, count),
        .origin = { refs, derive_settle_refs(refs, count) },
    };
}

static void add_always(struct derive *derive, struct desired_box *boxes, size_t count)
{
    struct guarded *guarded = ARENA_NEW(derive->arena, struct guarded, count + 1);

    for (size_t i = 0; i < count; i++) {
        guarded[i] = (struct guarded){ &boxes[i], derive->world->owners[boxes[i].resource],
                                       derive->world->providers[boxes[i].resource] };
    }
    if (count > 1) {
        qsort(guarded, count, sizeof(*guarded), guarded_order);
    }
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && guarded_order(&guarded[i - 1], &guarded[i]) == 0;
        guarded[i].box->always = again ? guarded[i - 1].box->always
                                       : make_always(derive->arena, derive->world, &guarded[i]);
    }
}

void derive_boxes(struct derive *derive, const struct sla_clause *const *clauses, size_t count)
{
    struct derive_pairs pairs = derive_pairs(derive, clauses, count, rank_flow);
    struct desired_box *boxes = ARENA_NEW(derive->arena, struct desired_box, pairs.count + 1);
    struct desired_rule *made = ARENA_NEW(derive->arena, struct desired_rule, count + 1);
    size_t total = 0;

    for (size_t i = 0; i < count; i++) {
        made[i] = make_rule(derive->arena, clauses[i]);
    }
    for (size_t at = 0, end = 0; at < pairs.count; at = end) {
        end = box_end(&pairs, at);
        boxes[total++] = make_box(derive->arena, clauses, made, &pairs.items[at], end - at);
    }
    derive->out->boxes = boxes;
    derive->out->box_count = total;
}

/* --- what is counted -------------------------------------------------------------------------- */

/* Facts of one term stand together. */
static void take_limits(const struct desired_item *item, struct desired_box *box)
{
    for (size_t i = 0; i < item->fact_count; i++) {
        if (item->facts[i].kind == DESIRED_RATE) {
            box->limits = box->limit_count == 0 ? &item->facts[i] : box->limits;
            box->limit_count++;
        }
    }
}

/* A host whose connections are counted has a box, which may hold nothing else. */
void derive_limits(struct derive *derive)
{
    struct desired *out = derive->out;
    struct desired_box *boxes =
        ARENA_NEW(derive->arena, struct desired_box, out->box_count + out->item_count + 1);
    size_t count = 0;
    size_t taken = 0;

    for (size_t i = 0; i < out->item_count; i++) {
        struct desired_box limited = { .resource = out->items[i].resource,
                                       .direction = DESIRED_IN };
        take_limits(&out->items[i], &limited);
        while (taken < out->box_count && out->boxes[taken].resource < limited.resource) {
            boxes[count++] = out->boxes[taken++];
        }
        if (limited.limit_count == 0) {
            continue;
        }
        if (taken < out->box_count && out->boxes[taken].resource == limited.resource &&
            out->boxes[taken].direction == DESIRED_IN) {
            boxes[count] = out->boxes[taken++];
            boxes[count].limits = limited.limits;
            boxes[count++].limit_count = limited.limit_count;
        } else {
            boxes[count++] = limited;
        }
    }
    while (taken < out->box_count) {
        boxes[count++] = out->boxes[taken++];
    }
    add_always(derive, boxes, count);
    out->boxes = boxes;
    out->box_count = count;
}
