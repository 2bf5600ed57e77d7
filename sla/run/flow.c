#include "sla/policy/flow_order.h"
#include "sla/run/running.h"
#include "sla/terms/party.h"
#include "sla/values/guard.h"

/* One end of a flow: a host that takes or sends, and the other end. */
struct flow_end {
    size_t resource;
    bool outward;
    const struct address *peers;
    size_t peer_count;
};

static bool is_flow_of(const struct sla_clause *clause, const struct flow_end *end)
{
    return sla_is_flow(clause) && clause->value.flow.outward == end->outward &&
           sla_clause_covers(clause, end->resource);
}

/* What is not known makes access narrower, and a test says nothing of conditions. */
static bool matches_unknown(const struct sla_clause *clause)
{
    return clause->op != SLA_OP_PERMIT || clause->guard == SLA_GUARD_ALWAYS;
}

static bool overlap(const struct address *some, size_t some_count, const struct address *others,
                    size_t other_count)
{
    for (size_t i = 0; i < some_count * other_count; i++) {
        if (address_overlaps(&some[i / other_count], &others[i % other_count])) {
            return true;
        }
    }
    return false;
}

static bool matches_peers(const struct sla_flow *flow, const struct flow_end *end)
{
    return flow->peer_count == 0 ||
           overlap(flow->peers, flow->peer_count, end->peers, end->peer_count);
}

static bool matches_port(const struct sla_flow *flow, const struct sla_ports *port)
{
    for (size_t i = 0; i < flow->port_count; i++) {
        const struct sla_ports *ports = &flow->ports[i];
        if (ports->protocol == port->protocol && ports->first <= port->last &&
            port->first <= ports->last) {
            return true;
        }
    }
    return flow->port_count == 0;
}

static bool matches(const struct sla_flow *flow, const struct sla_test_flow *test,
                    const struct flow_end *end)
{
    for (size_t i = 0; i < test->port_count; i++) {
        if (matches_port(flow, &test->ports[i])) {
            return matches_peers(flow, end);
        }
    }
    return false;
}

/* Who may open a host by protecting something: its U-Cloud's party, its provider, operators. */
static bool may_protect(const struct sla_world *world, struct slice name, size_t resource)
{
    uint32_t party = sla_party_find(world, name);

    return party != SLA_NOBODY &&
           (party == world->owners[resource] || party == world->providers[resource] ||
            sla_party_has_role(world, party, PARTY_OPERATOR));
}

static bool is_protected(const struct sla_world *world, const struct flow_end *end)
{
    const struct policy_set *set = &world->policies;

    for (size_t i = 0; i < set->protected_count; i++) {
        const struct protected_asset *asset = &set->protected_assets[i];
        if (overlap(&asset->network, 1, end->peers, end->peer_count) &&
            may_protect(world, asset->clause.party, end->resource)) {
            return true;
        }
    }
    return false;
}

/* Where the clause is asked, when it matches these packets; SLA_FLOW_NOBODY when not. */
static uint32_t place_of(const struct sla_running *self, const struct sla_clause *clause,
                         const struct flow_end *end)
{
    return is_flow_of(clause, end) && matches_unknown(clause) &&
                   matches(&clause->value.flow, &self->test->flow, end)
               ? sla_flow_place(self->world, clause, end->resource)
               : SLA_FLOW_NOBODY;
}

/* Whoever is asked first decides. */
static uint32_t first_place(const struct sla_running *self, const struct flow_end *end)
{
    uint32_t first = SLA_FLOW_NOBODY;

    for (size_t i = 0; i < self->world->clause_count; i++) {
        uint32_t place = place_of(self, self->world->clauses[i], end);
        first = place < first ? place : first;
    }
    return first;
}

typedef void(tell_fn)(struct sla_running *self, size_t clause, const char *how);

/* Tells of the clauses with this operator at that place. False: there is none. */
static bool tell_all(struct sla_running *self, const struct flow_end *end, uint32_t place,
                     enum sla_op op, tell_fn *tell, const char *how)
{
    bool any = false;

    for (size_t i = 0; place != SLA_FLOW_NOBODY && i < self->world->clause_count; i++) {
        const struct sla_clause *clause = self->world->clauses[i];
        if (clause->op == op && place_of(self, clause, end) == place) {
            tell(self, i, how);
            any = true;
        }
    }
    return any;
}

/* Permits close the host to all else in their direction. */
static bool is_closed(struct sla_running *self, const struct flow_end *end)
{
    const struct sla_world *world = self->world;
    bool any = false;

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        if (is_flow_of(clause, end) && sla_flow_closes(clause) &&
            sla_flow_place(world, clause, end->resource) != SLA_FLOW_NOBODY) {
            sla_running_decide(self, i, "closes it to all else");
            any = true;
        }
    }
    return any;
}

static enum sla_expect run_end(struct sla_running *self, const struct flow_end *end)
{
    if (is_protected(self->world, end)) {
        self->is_protected = true;
        return SLA_EXPECT_PERMIT;
    }
    uint32_t place = first_place(self, end);
    if (tell_all(self, end, place, SLA_OP_DENY, sla_running_decide, "denies it")) {
        self->is_overruled |= tell_all(self, end, place, SLA_OP_PERMIT, sla_running_name,
                                       "permits it, and is asked after that");
        return SLA_EXPECT_DENY;
    }
    if (tell_all(self, end, place, SLA_OP_PERMIT, sla_running_decide, "permits it")) {
        return SLA_EXPECT_PERMIT;
    }
    return is_closed(self, end) ? SLA_EXPECT_DENY : SLA_EXPECT_NONE;
}

/* Packets pass where neither end stops them. */
static enum sla_expect both_ends(enum sla_expect one, enum sla_expect other)
{
    static const enum sla_expect order[] = { SLA_EXPECT_DENY, SLA_EXPECT_PERMIT };

    for (size_t i = 0; i < COUNT_OF(order); i++) {
        if (one == order[i] || other == order[i]) {
            return order[i];
        }
    }
    return SLA_EXPECT_NONE;
}

/* At the host that takes them, and at each of the world that sends them. */
static enum sla_expect decide(struct sla_running *self)
{
    const struct policy_set *set = &self->world->policies;
    const struct address *from = &self->test->flow.from;
    const struct resource *to = &set->resources[self->test->resource];
    enum sla_expect got = run_end(self, &(struct flow_end){ self->test->resource, false, from, 1 });

    for (size_t i = 0; i < set->resource_count; i++) {
        const struct resource *host = &set->resources[i];
        if (host->kind == KIND_HOST && overlap(host->addresses, host->address_count, from, 1)) {
            got = both_ends(got, run_end(self, &(struct flow_end){ i, true, to->addresses,
                                                                   to->address_count }));
        }
    }
    return got;
}

bool sla_run_flow(struct sla_running *self)
{
    enum sla_expect got = decide(self);

    if (got == self->test->expect) {
        return true;
    }
    struct diag *diag = sla_running_failed(self);
    diag_label(self->diags, diag, "it is `%s`", sla_expect_name(got));
    sla_running_show(self, diag);
    if (self->is_protected) {
        diag_help(self->diags, diag,
                  "protected networks are never cut: take the address out of "
                  "`protected`, or expect `permit`");
    } else if (self->is_overruled) {
        diag_help(self->diags, diag,
                  "of one party what is denied comes before what is permitted, as on the planes: "
                  "take it out of the `deny`, or expect `deny`");
    } else {
        sla_running_help(self, diag);
    }
    return false;
}
