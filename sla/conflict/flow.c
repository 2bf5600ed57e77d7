#include "sla/conflict/flow.h"

#include "sla/policy/flow_order.h"
#include "sla/terms/held.h"
#include "sla/values/guard.h"
#include "sla/words/hint.h"

#include <stdlib.h>

/* A clause on one host, in the order in which it is asked there (sla/emit/desired_flow.c). */
struct placed {
    const struct sla_clause *clause;
    size_t tally; /* of the clause */
    size_t resource;
    uint32_t rank;
    bool is_idle; /* found to change nothing here */
};

/* What became of one clause on all hosts. */
struct tally {
    const struct sla_clause *clause;
    size_t hosts, idle;
    size_t shut; /* where it opens nothing, and as the only permit closes all else */
    const struct sla_clause *before[SLA_CONFLICT_CLAUSES_MAX]; /* on the first of them */
    size_t before_count;
    size_t contrary_count; /* of these: that say the opposite */
};

struct flows {
    struct placed *items;
    size_t count;
    struct tally *tallies; /* one a flow rule, in the order of clauses */
    size_t tally_count;
    const struct sla_world *world;
    uint64_t steps, host_steps;
    bool is_cut; /* some host was not searched to the end */
};

/* --- places ----------------------------------------------------------------------------------- */

static bool is_flow_rule(const struct sla_clause *clause)
{
    return sla_is_flow(clause) && clause->guard != SLA_GUARD_NEVER;
}

static bool rank_of(const struct sla_world *world, const struct sla_clause *clause, size_t resource,
                    uint32_t *out)
{
    uint32_t standing = sla_flow_place(world, clause, resource);

    *out = standing * 2 + (clause->op == SLA_OP_PERMIT);
    return standing != SLA_FLOW_NOBODY && world->policies.resources[resource].kind != KIND_SEGMENT;
}

static int placed_order(const void *left, const void *right)
{
    const struct placed *a = left;
    const struct placed *b = right;

    if (a->resource != b->resource) {
        return a->resource < b->resource ? -1 : 1;
    }
    if (a->clause->value.flow.outward != b->clause->value.flow.outward) {
        return a->clause->value.flow.outward ? 1 : -1;
    }
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    return (a->tally > b->tally) - (a->tally < b->tally);
}

static void place(struct flows *flows, const struct sla_clause *clause)
{
    size_t at = flows->tally_count++;
    struct tally *tally = &flows->tallies[at];

    tally->clause = clause;
    for (size_t i = 0; i < clause->resource_count; i++) {
        struct placed placed = { clause, at, clause->resources[i], 0, false };
        if (rank_of(flows->world, clause, placed.resource, &placed.rank)) {
            flows->items[flows->count++] = placed;
            tally->hosts++;
        }
    }
}

static void gather(struct arena *arena, struct flows *flows)
{
    const struct sla_world *world = flows->world;
    size_t room = 0;
    size_t rules = 0;

    for (size_t i = 0; i < world->clause_count; i++) {
        bool is_rule = is_flow_rule(world->clauses[i]);
        room += is_rule ? world->clauses[i]->resource_count : 0;
        rules += is_rule ? 1 : 0;
    }
    flows->items = ARENA_NEW(arena, struct placed, room + 1);
    flows->tallies = ARENA_NEW(arena, struct tally, rules + 1);
    for (size_t i = 0; i < world->clause_count && flows->tally_count < rules; i++) {
        if (is_flow_rule(world->clauses[i])) {
            place(flows, world->clauses[i]);
        }
    }
    if (flows->count > 1) {
        qsort(flows->items, flows->count, sizeof(struct placed), placed_order);
    }
}

/* --- one against others ----------------------------------------------------------------------- */

enum { OTHER_PROTOCOLS = SLA_UDP + 1 }; /* packets without ports */

/* Those that could cover a clause: `only`, when it is not NULL, else all that are asked no later
 * and speak whenever it does; or of these what denies. */
struct cover {
    struct flows *flows;
    const struct placed *items;
    size_t count, at; /* the clause is items[at] */
    const struct placed *only;
    bool denies;
};

/* A permit under a condition opens nothing on a plane, so a deny beside it still decides there; a
 * deny stands always. */
static bool is_told_to_planes(const struct cover *cover, const struct placed *other)
{
    return other->clause->op == SLA_OP_DENY ||
           cover->items[cover->at].clause->op == SLA_OP_PERMIT ||
           sla_speech_on(cover->flows->world, other->clause, other->resource) !=
               SLA_SPEAKS_AT_TIMES;
}

static bool may_cover(const struct cover *cover, const struct placed *other)
{
    const struct placed *placed = &cover->items[cover->at];

    return other != placed && (cover->only == NULL || other == cover->only) && !other->is_idle &&
           (!cover->denies || other->clause->op == SLA_OP_DENY) && other->rank <= placed->rank &&
           is_told_to_planes(cover, other) &&
           sla_guards_covers(cover->flows->world->guards, other->clause->guard,
                             placed->clause->guard);
}

/* Whether that many more comparisons may be made. Each host has a share of its own, so that a busy
 * one hides no other. */
static bool spend(struct flows *flows, uint64_t steps)
{
    flows->steps += steps;
    flows->host_steps += steps;
    bool ends = flows->steps > SLA_FLOW_STEPS_MAX || flows->host_steps > SLA_FLOW_HOST_STEPS_MAX;
    flows->is_cut |= ends;
    return !ends;
}

static bool has_port(const struct sla_flow *flow, unsigned protocol, unsigned port)
{
    for (size_t i = 0; i < flow->port_count; i++) {
        const struct sla_ports *ports = &flow->ports[i];
        if ((unsigned)ports->protocol == protocol && ports->first <= port && port <= ports->last) {
            return true;
        }
    }
    return flow->port_count == 0;
}

/* Whether one of the flow's peers has all of the prefix; or some of it, `out_some`. */
static bool has_peer(const struct sla_flow *flow, const struct address *prefix, bool *out_some)
{
    for (size_t i = 0; i < flow->peer_count; i++) {
        if (address_covers(&flow->peers[i], prefix)) {
            return true;
        }
        *out_some |= address_covers(prefix, &flow->peers[i]);
    }
    return flow->peer_count == 0;
}

static struct address half_of(const struct address *prefix, bool upper)
{
    struct address half = *prefix;

    half.prefix_len++;
    if (upper) {
        half.bytes[prefix->prefix_len / 8] |= (uint8_t)(0x80U >> (prefix->prefix_len % 8));
    }
    return half;
}

/* Is each packet of the prefix at that port spoken of? A prefix that no peer has as a whole is
 * halved for as long as some peer lies in it: once a bit of each address at most. */
/* NOLINTNEXTLINE(misc-no-recursion): 128 deep at most */
static bool covers_peer(const struct cover *cover, const struct address *prefix, unsigned protocol,
                        unsigned port)
{
    bool some = false;

    for (size_t i = 0; i < cover->count; i++) {
        const struct sla_flow *flow = &cover->items[i].clause->value.flow;
        if (!spend(cover->flows, 1 + flow->peer_count + flow->port_count)) {
            return false;
        }
        if (may_cover(cover, &cover->items[i]) && has_port(flow, protocol, port) &&
            has_peer(flow, prefix, &some)) {
            return true;
        }
    }
    if (!some || address_is_host(prefix)) {
        return false;
    }
    const struct address lower = half_of(prefix, false);
    const struct address upper = half_of(prefix, true);
    return covers_peer(cover, &lower, protocol, port) && covers_peer(cover, &upper, protocol, port);
}

static bool covers_port(const struct cover *cover, unsigned protocol, unsigned port)
{
    static const struct address everywhere[] = { { .family = ADDRESS_IPV4 },
                                                 { .family = ADDRESS_IPV6 } };
    const struct sla_flow *flow = &cover->items[cover->at].clause->value.flow;
    const struct address *peers = flow->peer_count > 0 ? flow->peers : everywhere;
    size_t count = flow->peer_count > 0 ? flow->peer_count : COUNT_OF(everywhere);

    for (size_t i = 0; i < count; i++) {
        if (!covers_peer(cover, &peers[i], protocol, port)) {
            return false;
        }
    }
    return true;
}

/* Between the ends of others' ranges all ports are alike: the first of each stretch is tried. */
static bool covers_range(const struct cover *cover, unsigned protocol, unsigned first,
                         unsigned last)
{
    if (!covers_port(cover, protocol, first) || !spend(cover->flows, cover->count)) {
        return false;
    }
    for (size_t i = 0; i < cover->count; i++) {
        const struct sla_flow *flow = &cover->items[i].clause->value.flow;
        for (size_t j = 0; may_cover(cover, &cover->items[i]) && j < flow->port_count; j++) {
            unsigned starts[] = { flow->ports[j].first, flow->ports[j].last + 1U };
            for (size_t k = 0; (unsigned)flow->ports[j].protocol == protocol && k < 2; k++) {
                if (first < starts[k] && starts[k] <= last &&
                    !covers_port(cover, protocol, starts[k])) {
                    return false;
                }
            }
        }
    }
    return true;
}

static bool covers(const struct cover *cover)
{
    const struct sla_flow *flow = &cover->items[cover->at].clause->value.flow;

    for (size_t i = 0; i < flow->port_count; i++) {
        const struct sla_ports *ports = &flow->ports[i];
        if (!covers_range(cover, (unsigned)ports->protocol, ports->first, ports->last)) {
            return false;
        }
    }
    return flow->port_count > 0 || (covers_port(cover, OTHER_PROTOCOLS, 0) &&
                                    covers_range(cover, SLA_TCP, 0, SLA_PORT_MAX) &&
                                    covers_range(cover, SLA_UDP, 0, SLA_PORT_MAX));
}

/* --- all hosts -------------------------------------------------------------------------------- */

static void add_before(struct tally *tally, const struct placed *placed,
                       const struct placed *before)
{
    if (tally->before_count < SLA_CONFLICT_CLAUSES_MAX) {
        tally->before[tally->before_count++] = before->clause;
    }
    tally->contrary_count += before->clause->op != placed->clause->op ? 1 : 0;
}

/* One that does it alone, or all that have a part in it. */
static void note_before(struct cover *cover, struct tally *tally)
{
    const struct placed *placed = &cover->items[cover->at];

    for (size_t i = 0; i < cover->count; i++) {
        cover->only = &cover->items[i];
        if (may_cover(cover, cover->only) && covers(cover)) {
            add_before(tally, placed, cover->only);
            return;
        }
    }
    cover->only = NULL;
    for (size_t i = 0; i < cover->count; i++) {
        if (may_cover(cover, &cover->items[i])) {
            add_before(tally, placed, &cover->items[i]);
        }
    }
}

/* A permit forbids all else on its host: something, unless another one does so, too. */
static bool closes_alone(const struct cover *cover)
{
    const struct placed *placed = &cover->items[cover->at];

    (void)spend(cover->flows, cover->count); /* the search asks before the next clause */
    for (size_t i = 0; i < cover->count; i++) {
        const struct placed *other = &cover->items[i];
        if (other != placed && !other->is_idle && sla_flow_closes(other->clause)) {
            return false;
        }
    }
    return placed->clause->op == SLA_OP_PERMIT;
}

/* The last goes first: of equals the first stays. So does the only permit, which decides something
 * even where all that it would open is denied. */
static void search_host(struct flows *flows, struct placed *items, size_t count)
{
    flows->host_steps = 0;
    for (size_t at = count; at-- > 0;) {
        struct cover cover = { flows, items, count, at, NULL, false };
        struct tally *tally = &flows->tallies[items[at].tally];
        if (!spend(flows, 1)) {
            return;
        }
        if (items[at].clause->stance != SLA_REQUIRES) {
            continue;
        }
        cover.denies = closes_alone(&cover);
        if (!covers(&cover)) {
            continue;
        }
        if (tally->idle + tally->shut == 0) {
            note_before(&cover, tally);
        }
        items[at].is_idle = !cover.denies;
        tally->idle += cover.denies ? 0 : 1;
        tally->shut += cover.denies ? 1 : 0;
    }
}

static bool same_box(const struct placed *a, const struct placed *b)
{
    return a->resource == b->resource &&
           a->clause->value.flow.outward == b->clause->value.flow.outward;
}

static void label(const struct sla_clause *clause, const struct tally *tally, struct diag *diag,
                  struct diag_list *diags)
{
    const bool is_one = tally->before_count == 1;
    const char *others = is_one ? "another clause" : "other clauses together";

    if (tally->contrary_count == tally->before_count) {
        diag_label(diags, diag, "every packet of it is %s by %s",
                   clause->op == SLA_OP_PERMIT ? "denied" : "permitted", others);
    } else {
        diag_label(diags, diag, "%s %s all of it", others, is_one ? "says" : "say");
    }
    for (size_t i = 0; i < tally->before_count; i++) {
        const bool is_same = tally->before[i]->op == clause->op;
        diag_secondary(diags, diag, tally->before[i]->value_span, "%s",
                       is_same ? "this says the same"
                               : "this is asked before, and says no such "
                                 "thing");
    }
}

static void report(const struct tally *tally, struct diag_list *diags)
{
    const struct sla_clause *clause = tally->clause;
    struct diag *diag = diag_add(diags, DIAG_WARNING, SLA_CODE_IDLE_FLOW, clause->value_span,
                                 "flow `%.*s` %s nothing", SLICE_ARG(clause->ref.clause),
                                 tally->shut > 0 ? "opens" : "decides");

    label(clause, tally, diag, diags);
    if (tally->shut > 0) {
        diag_note(diags, diag, "being the only permit it closes its hosts to all packets");
        diag_help(diags, diag,
                  "narrow what is asked before, or deny `from: any` where nothing is to pass");
    } else {
        diag_help(diags, diag, "%s",
                  tally->contrary_count > 0 ? "narrow what is asked before, or take the clause out"
                                            : "take one of them out");
    }
}

static void report_cut(struct diag_list *diags)
{
    struct diag_span nowhere = { .source = NULL };
    struct diag *diag =
        diag_add(diags, DIAG_NOTE, SLA_CODE_IDLE_FLOW, nowhere,
                 "not all flows were compared: there may be more that decide nothing");

    diag_help(diags, diag, "the search stops on a host after %d comparisons, and after %d in all",
              SLA_FLOW_HOST_STEPS_MAX, SLA_FLOW_STEPS_MAX);
}

void sla_report_flows(struct arena *arena, const struct sla_world *world, struct diag_list *diags)
{
    struct flows flows = { .world = world };
    size_t end = 0;

    gather(arena, &flows);
    for (size_t from = 0; from < flows.count; from = end) {
        while (end < flows.count && same_box(&flows.items[from], &flows.items[end])) {
            end++;
        }
        search_host(&flows, &flows.items[from], end - from);
    }
    for (size_t i = 0; i < flows.tally_count; i++) {
        const struct tally *tally = &flows.tallies[i];
        if (tally->hosts > 0 && tally->idle + tally->shut == tally->hosts) {
            report(tally, diags);
        }
    }
    if (flows.is_cut) {
        report_cut(diags);
    }
}
