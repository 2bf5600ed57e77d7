#include "sla/segment.h"

#include "base/parse.h"
#include "sla/compile.h"
#include "sla/guard.h"
#include "sla/quorum.h"

#include <inttypes.h>
#include <stdlib.h>

enum { NAMED_MAX = 4 };

/* A host in a segment, and the requirement that asks most for it at the moment at hand. */
struct host {
    struct slice ucloud, segment;
    size_t resource;
    const struct sla_member *most, *most_must; /* NULL: none */
};

struct adding {
    struct arena *arena;
    const struct sla_world *world;
    struct host *hosts; /* of all segments: by U-Cloud and segment, then resource */
    size_t host_count;
    size_t *starts;             /* of each host: its requirements */
    struct sla_member *members; /* requirements of a share, by host */
    bool is_cut;                /* there are more moments than were looked at */
};

/* What is asked of the segment whose hosts these are, at its worst moment. */
struct load {
    const struct host *hosts;
    size_t count;
    int64_t ppb, must_ppb;
};

typedef void(load_fn)(void *arg, const struct sla_world *world, const struct load *load);

/* --- hosts and clauses ------------------------------------------------------------------------ */

static int segment_order(const struct host *a, const struct host *b)
{
    int order = slice_cmp(a->ucloud, b->ucloud);

    return order != 0 ? order : slice_cmp(a->segment, b->segment);
}

static int host_order(const void *left, const void *right)
{
    const struct host *a = left;
    const struct host *b = right;
    int order = segment_order(a, b);

    return order != 0 ? order : (a->resource > b->resource) - (a->resource < b->resource);
}

static void take_hosts(struct adding *self)
{
    const struct policy_set *set = &self->world->policies;

    self->hosts = ARENA_NEW(self->arena, struct host, set->resource_count + 1);
    for (size_t i = 0; i < set->resource_count; i++) {
        const struct resource *at = &set->resources[i];
        if (at->kind == KIND_HOST && at->segment.len > 0) {
            self->hosts[self->host_count++] =
                (struct host){ at->ucloud, at->segment, i, NULL, NULL };
        }
    }
    if (self->host_count > 1) {
        qsort(self->hosts, self->host_count, sizeof(*self->hosts), host_order);
    }
}

static bool asks_for_share(const struct sla_clause *clause, const struct sla_term *term)
{
    return clause->term == term && clause->stance == SLA_REQUIRES;
}

/* A counting sort by host: clauses stay in canonical order. False: nobody requires a share. */
static bool take_members(struct adding *self)
{
    const struct sla_world *world = self->world;
    const struct sla_term *term = sla_term_find(SLICE("network.share"));
    size_t *places = ARENA_NEW(self->arena, size_t, world->policies.resource_count + 1);
    size_t *next = ARENA_NEW(self->arena, size_t, self->host_count + 1);

    for (size_t i = 0; i < self->host_count; i++) {
        places[self->hosts[i].resource] = i + 1; /* 0: in no segment */
    }
    self->starts = ARENA_NEW(self->arena, size_t, self->host_count + 2);
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        for (size_t j = 0; asks_for_share(clause, term) && j < clause->resource_count; j++) {
            self->starts[places[clause->resources[j]]]++;
        }
    }
    self->starts[0] = 0;
    for (size_t i = 0; i < self->host_count; i++) {
        next[i] = self->starts[i];
        self->starts[i + 1] += self->starts[i];
    }
    self->members = ARENA_NEW(self->arena, struct sla_member, self->starts[self->host_count] + 1);
    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *clause = world->clauses[i];
        for (size_t j = 0; asks_for_share(clause, term) && j < clause->resource_count; j++) {
            size_t place = places[clause->resources[j]];
            if (place > 0) {
                self->members[next[place - 1]++] =
                    (struct sla_member){ clause, i, j, clause->guard };
            }
        }
    }
    return self->starts[self->host_count] > 0;
}

/* --- adding up -------------------------------------------------------------------------------- */

static const struct sla_member *greater(const struct sla_member *a, const struct sla_member *b)
{
    return a == NULL || b->clause->value.range.least > a->clause->value.range.least ? b : a;
}

/* Of the requirements that speak then. */
static void ask_at(const struct adding *self, size_t place, uint32_t moment, struct host *host)
{
    for (size_t i = self->starts[place]; i < self->starts[place + 1]; i++) {
        const struct sla_member *member = &self->members[i];
        if (!sla_guards_covers(self->world->guards, member->when, moment)) {
            continue;
        }
        host->most = greater(host->most, member);
        if (member->clause->strength == SLA_MUST) {
            host->most_must = greater(host->most_must, member);
        }
    }
}

static int64_t share_of(const struct sla_member *member)
{
    return member != NULL ? member->clause->value.range.least : 0;
}

static struct load load_at(const struct adding *self, size_t from, size_t end, uint32_t moment)
{
    struct host *hosts = ARENA_NEW(self->arena, struct host, end - from);
    struct load load = { .hosts = hosts };

    for (size_t i = from; i < end; i++) {
        struct host host = self->hosts[i];
        ask_at(self, i, moment, &host);
        if (host.most != NULL) {
            hosts[load.count++] = host;
            load.ppb += share_of(host.most);
            load.must_ppb += share_of(host.most_must);
        }
    }
    return load;
}

/* Worse is what asks more of what must hold, where that is too much, else more of all. */
static struct load worst_load(struct adding *self, size_t from, size_t end)
{
    struct sla_quorum_cells cells = { .count = 0 };
    struct load worst = { .count = 0 };

    sla_quorum_cells_add(&cells, self->world->guards, &self->members[self->starts[from]],
                         self->starts[end] - self->starts[from]);
    self->is_cut |= cells.is_cut;
    for (size_t i = 0; i < cells.count; i++) {
        struct load load = load_at(self, from, end, cells.guards[i]);
        bool is_worse = load.must_ppb > SLA_PPB || worst.must_ppb > SLA_PPB
                            ? load.must_ppb > worst.must_ppb
                            : load.ppb > worst.ppb;
        worst = is_worse ? load : worst;
    }
    return worst;
}

/* Of each segment of which too much is asked. False: there may be more. */
static bool each_overload(const struct sla_world *world, load_fn *found, void *arg)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct adding adding = { .arena = &scratch, .world = world };
    size_t end = 0;

    take_hosts(&adding);
    if (!take_members(&adding)) {
        return true;
    }
    for (size_t from = 0; from < adding.host_count; from = end) {
        while (end < adding.host_count &&
               segment_order(&adding.hosts[from], &adding.hosts[end]) == 0) {
            end++;
        }
        struct load load = worst_load(&adding, from, end);
        if (load.ppb > SLA_PPB) {
            found(arg, world, &load);
        }
    }
    return !adding.is_cut;
}

/* --- verdicts --------------------------------------------------------------------------------- */

/* Where what must hold would fit, what should gives way to it. */
static void judge(void *arg, const struct sla_world *world, const struct load *load)
{
    struct sla_proofs *proofs = arg;

    (void)world;
    for (size_t i = 0; i < load->count; i++) {
        const struct sla_member *most = load->hosts[i].most;
        if (load->must_ppb > SLA_PPB || most->clause->strength != SLA_MUST) {
            sla_proofs_lose(proofs, most);
        }
    }
}

void sla_judge_segments(struct sla_proofs *proofs)
{
    proofs->search->incomplete |= !each_overload(proofs->world, judge, proofs);
}

/* --- words ------------------------------------------------------------------------------------ */

static const char *share_text(struct arena *arena, int64_t ppb)
{
    char text[PARSE_TEXT_MAX];

    format_percent_ppb(ppb, text);
    return arena_copy(arena, slice_from(text)).ptr;
}

/* "60 % for store/a + 50 % for store/b = 110 %" */
static struct slice sum_text(struct arena *arena, const struct sla_world *world,
                             const struct load *load)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < load->count && i < NAMED_MAX; i++) {
        const struct host *host = &load->hosts[i];
        struct slice name = sla_resource_text(arena, world, host->resource);
        buf_printf(&text, "%s%s for %.*s", i > 0 ? " + " : "",
                   share_text(arena, share_of(host->most)), SLICE_ARG(name));
    }
    if (load->count > NAMED_MAX) {
        buf_printf(&text, " + those of %zu more", load->count - NAMED_MAX);
    }
    buf_printf(&text, " = %s", share_text(arena, load->ppb));
    return arena_copy(arena, buf_slice(&text));
}

/* The clauses that ask, each once; NAMED_MAX at most. */
static size_t askers_of(const struct load *load, const struct sla_clause **out)
{
    size_t count = 0;

    for (size_t i = 0; i < load->count && count < NAMED_MAX; i++) {
        bool seen = false;
        for (size_t j = 0; j < count && !seen; j++) {
            seen = out[j] == load->hosts[i].most->clause;
        }
        if (!seen) {
            out[count++] = load->hosts[i].most->clause;
        }
    }
    return count;
}

struct reporting {
    struct sla_world *world;
    struct diag_list *diags;
};

static void report(void *arg, const struct sla_world *world, const struct load *load)
{
    const struct reporting *self = arg;
    struct diag_list *diags = self->diags;
    const struct sla_clause *askers[NAMED_MAX] = { NULL };
    size_t count = askers_of(load, askers);
    bool gives_way = load->must_ppb <= SLA_PPB;
    const struct host *first = &load->hosts[0];

    struct diag *diag = diag_add(diags, gives_way ? DIAG_WARNING : DIAG_ERROR,
                                 SLA_CODE_SERVICE_IMPOSSIBLE, first->most->clause->value_span,
                                 "more of segment `%.*s` of %.*s is required than there is",
                                 SLICE_ARG(first->segment), SLICE_ARG(first->ucloud));
    for (size_t i = 1; i < count; i++) {
        diag_secondary(diags, diag, askers[i]->value_span, "and by `%.*s` of %.*s",
                       SLICE_ARG(askers[i]->ref.clause), SLICE_ARG(askers[i]->ref.party));
    }
    struct slice sum = sum_text(diags->arena, world, load);
    diag_note(diags, diag, "%.*s (F9)", SLICE_ARG(sum));
    diag_help(diags, diag, "require less, or put hosts into another segment");
    self->world->summary.impossible++;
}

void sla_report_segments(struct sla_world *world, struct diag_list *diags)
{
    struct reporting reporting = { world, diags };

    (void)each_overload(world, report, &reporting);
}
