#include "sla/resolve/open_hosts.h"

#include "sla/policy/flow_order.h"
#include "sla/read/field_types.h"
#include "sla/read/index.h"
#include "sla/values/guard.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 4 }; /* places beside the first */

/* What flow clauses say of what a host takes; the larger counts. */
enum said {
    SAID_NOTHING,
    SAID_SOMETHING, /* what does not close it */
    SAID_EXCEPTED,  /* by name, from what closes others */
    SAID_CLOSED,
    SAID_OPEN /* whoever wants to, everything */
};

/* Of what kinds the clauses are that speak of a host and do not close it. */
enum speaker { BY_SENDING, BY_DENY, BY_RIGHT, SPEAKERS };

struct looking {
    const struct draft *draft;
    const struct sla_world *world;
    uint8_t *said;                   /* enum said, by resource */
    uint8_t *denied;                 /* likewise: bits of families of which it takes nothing */
    uint8_t *speakers;               /* likewise: bits of enum speaker */
    const struct sla_clause **about; /* likewise: the first that speaks of it and does not close */
};

/* Hosts of one U-Cloud, [from, to), and how many of them are how. */
struct among {
    size_t from, to;
    size_t count[SAID_OPEN + 1];
};

static bool may_be_closed(const struct resource *host)
{
    return host->kind == KIND_HOST && host->layer != LAYER_L0;
}

/* --- all addresses ---------------------------------------------------------------------------- */

static unsigned family_bit(enum address_family family)
{
    return 1U << (unsigned)family;
}

static const unsigned all_families = 1U << ADDRESS_IPV4 | 1U << ADDRESS_IPV6;

static int peer_order(const void *left, const void *right)
{
    return address_cmp(left, right);
}

/* What follows the prefix, into `next`. False: nothing does. */
static bool step_behind(const struct address *prefix, uint8_t *next)
{
    unsigned bit = prefix->prefix_len;

    memcpy(next, prefix->bytes, sizeof(prefix->bytes));
    while (bit > 0 && (next[(bit - 1) / 8] & 0x80U >> ((bit - 1) % 8)) != 0) {
        bit--;
        next[bit / 8] &= (uint8_t) ~(0x80U >> (bit % 8));
    }
    if (bit > 0) {
        next[(bit - 1) / 8] |= (uint8_t)(0x80U >> ((bit - 1) % 8));
    }
    return bit > 0;
}

/* Whether these, in order, leave no gap from the first address to the last. */
static bool are_all(const struct address *peers, size_t count, enum address_family family)
{
    uint8_t next[sizeof(peers->bytes)] = { 0 };
    const struct address *last = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct address *peer = &peers[i];
        if (peer->family != family || peer->zone[0] != '\0' ||
            (last != NULL && address_covers(last, peer))) {
            continue;
        }
        if (memcmp(next, peer->bytes, sizeof(next)) != 0) {
            return false;
        }
        if (!step_behind(peer, next)) {
            return true;
        }
        last = peer;
    }
    return false;
}

/* Bits of the families of which every address is a peer at every port. */
static unsigned families_of(struct arena *arena, const struct sla_flow *flow)
{
    if (flow->port_count > 0 || flow->peer_count == 0) {
        return flow->port_count > 0 ? 0 : all_families;
    }
    struct address *peers = ARENA_NEW(arena, struct address, flow->peer_count);
    memcpy(peers, flow->peers, flow->peer_count * sizeof(*peers));
    qsort(peers, flow->peer_count, sizeof(*peers), peer_order);
    return (are_all(peers, flow->peer_count, ADDRESS_IPV4) ? family_bit(ADDRESS_IPV4) : 0) |
           (are_all(peers, flow->peer_count, ADDRESS_IPV6) ? family_bit(ADDRESS_IPV6) : 0);
}

/* One without addresses may have any. */
static unsigned families_had(const struct resource *host)
{
    unsigned families = 0;

    for (size_t i = 0; i < host->address_count; i++) {
        families |= family_bit(host->addresses[i].family);
    }
    return families != 0 ? families : all_families;
}

/* --- what is said ----------------------------------------------------------------------------- */

/* Where the clause stands; `all`: it speaks of everything that could come. A permit closes to the
 * rest, where it leaves one. */
static enum said said_by(const struct sla_clause *clause, bool all)
{
    if (clause->value.flow.outward) {
        return SAID_SOMETHING;
    }
    if (clause->op == SLA_OP_DENY) {
        return all ? SAID_CLOSED : SAID_SOMETHING;
    }
    if (all && clause->guard == SLA_GUARD_ALWAYS) {
        return SAID_OPEN;
    }
    return sla_flow_closes(clause) ? SAID_CLOSED : SAID_SOMETHING;
}

/* Its bit. */
static uint8_t speaker_of(const struct sla_clause *clause)
{
    if (clause->value.flow.outward) {
        return SLA_BIT(BY_SENDING);
    }
    return clause->op == SLA_OP_DENY ? SLA_BIT(BY_DENY) : SLA_BIT(BY_RIGHT);
}

/* Of one host: denies of each family together close it. */
static void look_at_host(struct looking *self, const struct sla_clause *clause, size_t at,
                         unsigned families)
{
    unsigned had = families_had(&self->world->policies.resources[at]);

    if (clause->op == SLA_OP_DENY && !clause->value.flow.outward) {
        self->denied[at] |= (uint8_t)families;
        families = self->denied[at];
    }
    enum said said = said_by(clause, (had & ~families) == 0);
    if (self->about[at] == NULL) {
        self->about[at] = clause;
    }
    self->speakers[at] |= speaker_of(clause);
    self->said[at] = said > self->said[at] ? (uint8_t)said : self->said[at];
}

static void look_at(struct looking *self, const struct sla_clause *clause)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    unsigned families = families_of(&scratch, &clause->value.flow);

    for (size_t i = 0; i < clause->resource_count; i++) {
        size_t at = clause->resources[i];
        if (sla_flow_place(self->world, clause, at) != SLA_FLOW_NOBODY) {
            look_at_host(self, clause, at, families);
        }
    }
}

/* It closes hosts of some family at least. */
static bool may_close(const struct sla_clause *clause)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    return sla_is_flow(clause) &&
           said_by(clause, families_of(&scratch, &clause->value.flow) != 0) == SAID_CLOSED;
}

static void look_at_except(struct looking *self, const struct draft_clause *clause)
{
    for (const struct yaml_node *at = sla_texts_first(clause->except); at != NULL;
         at = sla_texts_next(clause->except, at)) {
        struct slice name = at->text;
        struct slice ucloud = slice_cut(&name, '/');
        size_t from = 0, to = 0;
        sla_resource_range(self->draft, ucloud, name, &from, &to);
        for (; from < to; from++) {
            self->said[from] = self->said[from] < SAID_EXCEPTED ? SAID_EXCEPTED : self->said[from];
        }
    }
}

static void look_at_excepts(struct looking *self)
{
    for (size_t i = 0; i < self->draft->document_count; i++) {
        const struct draft_document *document = self->draft->documents[i];
        for (size_t j = 0; j < document->clause_count; j++) {
            const struct draft_clause *clause = &document->clauses[j];
            if (clause->except != NULL && may_close(&clause->clause)) {
                look_at_except(self, clause);
            }
        }
    }
}

/* The next host of [at, to) of which so much is said, or `to`. */
static size_t next_host(const struct looking *self, size_t at, size_t to, enum said said)
{
    const struct resource *resources = self->world->policies.resources;

    while (at < to && (!may_be_closed(&resources[at]) || self->said[at] != said)) {
        at++;
    }
    return at;
}

static void show_more(const struct looking *self, const struct among *among, enum said said,
                      size_t first, struct diag *diag)
{
    struct diag_list *diags = self->draft->diags;
    const struct resource *resources = self->world->policies.resources;
    size_t shown = 0;

    for (size_t at = next_host(self, first + 1, among->to, said);
         at < among->to && shown < SHOWN_MAX; at = next_host(self, at + 1, among->to, said)) {
        diag_secondary(diags, diag, self->draft->resources[at]->span, "so does `%.*s`",
                       SLICE_ARG(resources[at].name));
        shown++;
    }
    if (among->count[said] > shown + 1) {
        diag_note(diags, diag, "and so do %zu more", among->count[said] - shown - 1);
    }
    if (self->draft->options.partial) {
        diag_note(diags, diag, "documents that are not here may close it");
    }
    diag_note(diags, diag, "hosts of U-Cloud `%.*s` that take only what is permitted: %zu",
              SLICE_ARG(resources[among->from].ucloud), among->count[SAID_CLOSED]);
}

/* Where fewer are closed than open, it may be meant. */
static void report_open(const struct looking *self, const struct among *among)
{
    struct diag_list *diags = self->draft->diags;
    size_t at = next_host(self, among->from, among->to, SAID_NOTHING);
    bool most_closed = among->count[SAID_CLOSED] > among->count[SAID_NOTHING];
    struct diag *diag =
        diag_add(diags, most_closed ? DIAG_WARNING : DIAG_NOTE, SLA_CODE_OPEN_HOST,
                 self->draft->resources[at]->span, "no flow clause speaks of host `%.*s`",
                 SLICE_ARG(self->world->policies.resources[at].name));

    diag_label(diags, diag, "takes and sends everything");
    show_more(self, among, SAID_NOTHING, at, diag);
    diag_help(diags, diag,
              "compare its labels with what targets of flow clauses select; if it is to be open, "
              "say so: `term: flow, op: permit, value: {from: any}`");
}

static void label_speakers(struct diag_list *diags, struct diag *diag, unsigned speakers)
{
    static const char *const names[SPEAKERS] = { "`to`", "`deny`", "reserved rights" };
    CLEANUP(buf_done) struct buf text = { 0 };
    bool alone = (speakers & (speakers - 1)) == 0;

    for (unsigned i = 0; i < SPEAKERS; i++) {
        unsigned later = speakers >> i >> 1;
        if ((speakers & SLA_BIT(i)) != 0) {
            buf_printf(&text, "%s%s", names[i],
                       later == 0                   ? ""
                       : (later & (later - 1)) == 0 ? " and "
                                                    : ", ");
        }
    }
    bool speaks = alone && speakers != SLA_BIT(BY_RIGHT);
    diag_label(diags, diag, "it still takes everything else: only %.*s %s of it",
               SLICE_ARG(buf_slice(&text)), speaks ? "speaks" : "speak");
}

static void report_half(const struct looking *self, const struct among *among)
{
    struct diag_list *diags = self->draft->diags;
    size_t at = next_host(self, among->from, among->to, SAID_SOMETHING);
    const struct sla_clause *clause = self->about[at];
    struct diag *diag = diag_add(diags, DIAG_WARNING, SLA_CODE_OPEN_HOST, clause->span,
                                 "no flow clause closes host `%.*s`",
                                 SLICE_ARG(self->world->policies.resources[at].name));

    label_speakers(diags, diag, self->speakers[at]);
    show_more(self, among, SAID_SOMETHING, at, diag);
    diag_help(diags, diag,
              "permit what it is to take, which closes it to the rest; if it is to be open, say "
              "so: `term: flow, op: permit, value: {from: any}`");
}

static void check_ucloud(const struct looking *self, size_t from, size_t to)
{
    const struct resource *resources = self->world->policies.resources;
    struct among among = { .from = from, .to = to };

    for (size_t i = from; i < to; i++) {
        among.count[self->said[i]] += may_be_closed(&resources[i]) ? 1 : 0;
    }
    if (among.count[SAID_CLOSED] > 0 && among.count[SAID_NOTHING] > 0) {
        report_open(self, &among);
    }
    if (among.count[SAID_CLOSED] > 0 && among.count[SAID_SOMETHING] > 0) {
        report_half(self, &among);
    }
}

void sla_report_open_hosts(const struct draft *draft, const struct sla_world *world)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct policy_set *set = &world->policies;
    size_t room = set->resource_count + 1;
    struct looking self = { .draft = draft, .world = world };

    self.said = ARENA_NEW(&scratch, uint8_t, room);
    self.denied = ARENA_NEW(&scratch, uint8_t, room);
    self.speakers = ARENA_NEW(&scratch, uint8_t, room);
    self.about = ARENA_NEW(&scratch, const struct sla_clause *, room);

    for (size_t i = 0; i < world->clause_count; i++) {
        if (sla_is_flow(world->clauses[i])) {
            look_at(&self, world->clauses[i]);
        }
    }
    look_at_excepts(&self);
    for (size_t from = 0; from < set->resource_count;) {
        size_t to = from + 1;
        while (to < set->resource_count &&
               slice_eq(set->resources[to].ucloud, set->resources[from].ucloud)) {
            to++;
        }
        check_ucloud(&self, from, to);
        from = to;
    }
}
