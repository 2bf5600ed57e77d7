#include "sla/conflict/segment.h"

#include "base/parse.h"
#include "sla/compile.h"
#include "sla/conflict/sweep.h"
#include "sla/values/guard.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
    size_t looks;
    bool is_cut; /* there are more moments than were looked at */
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

static int64_t share_of(const struct sla_member *member)
{
    return member != NULL ? member->clause->value.range.least : 0;
}

/* The hosts of one segment, and the distinct guards of what is required of them. */
struct summing {
    const struct adding *adding;
    size_t from, end;
    uint32_t *whens;
    size_t when_count;
    size_t *when_of; /* of each requirement, from that of the first host on */
    bool *worst;     /* of each guard: it speaks at the worst moment there was yet */
    int64_t ppb, must_ppb;
    bool is_found;
};

/* Of the requirements that speak then; `speaks` NULL: of all. */
static struct host asked_of(const struct summing *self, size_t place, const bool *speaks)
{
    const struct adding *adding = self->adding;
    struct host host = adding->hosts[place];
    size_t first = adding->starts[self->from];

    for (size_t i = adding->starts[place]; i < adding->starts[place + 1]; i++) {
        const struct sla_member *member = &adding->members[i];
        if (speaks != NULL && !speaks[self->when_of[i - first]]) {
            continue;
        }
        host.most = greater(host.most, member);
        if (member->clause->strength == SLA_MUST) {
            host.most_must = greater(host.most_must, member);
        }
    }
    return host;
}

static void sum_up(const struct summing *self, const bool *speaks, int64_t *ppb, int64_t *must_ppb)
{
    *ppb = 0;
    *must_ppb = 0;
    for (size_t i = self->from; i < self->end; i++) {
        struct host host = asked_of(self, i, speaks);
        *ppb += share_of(host.most);
        *must_ppb += share_of(host.most_must);
    }
}

/* Worse is what asks more of what must hold, where that is too much, else more of all. */
static void sum_at(void *arg, const bool *speaks)
{
    struct summing *self = arg;
    int64_t ppb = 0;
    int64_t must_ppb = 0;

    sum_up(self, speaks, &ppb, &must_ppb);
    bool is_worse = must_ppb > SLA_PPB || self->must_ppb > SLA_PPB ? must_ppb > self->must_ppb
                                                                   : ppb > self->ppb;
    if (is_worse) {
        self->ppb = ppb;
        self->must_ppb = must_ppb;
        self->is_found = true;
        memcpy(self->worst, speaks, self->when_count * sizeof(*speaks));
    }
}

static int when_order(const void *left, const void *right)
{
    const uint32_t *a = left;
    const uint32_t *b = right;

    return (*a > *b) - (*a < *b);
}

static void take_whens(struct summing *self)
{
    const struct adding *adding = self->adding;
    const struct sla_member *members = &adding->members[adding->starts[self->from]];
    size_t count = adding->starts[self->end] - adding->starts[self->from];

    self->whens = ARENA_NEW(adding->arena, uint32_t, count + 1);
    self->when_of = ARENA_NEW(adding->arena, size_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        self->whens[i] = members[i].when;
    }
    if (count > 1) {
        qsort(self->whens, count, sizeof(*self->whens), when_order);
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || self->whens[i] != self->whens[i - 1]) {
            self->whens[self->when_count++] = self->whens[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        const uint32_t *at = bsearch(&members[i].when, self->whens, self->when_count,
                                     sizeof(*self->whens), when_order);
        self->when_of[i] = (size_t)(at - self->whens);
    }
    self->worst = ARENA_NEW(adding->arena, bool, self->when_count + 1);
}

static struct load load_of(const struct summing *self)
{
    struct host *hosts = ARENA_NEW(self->adding->arena, struct host, self->end - self->from);
    struct load load = { hosts, 0, self->ppb, self->must_ppb };

    for (size_t i = self->from; i < self->end; i++) {
        struct host host = asked_of(self, i, self->worst);
        if (host.most != NULL) {
            hosts[load.count++] = host;
        }
    }
    return load;
}

/* Where all would fit if it were asked for at one moment, there is nothing to tell apart. */
static struct load worst_load(struct adding *self, size_t from, size_t end)
{
    struct summing summing = { .adding = self, .from = from, .end = end };
    int64_t ppb = 0;
    int64_t must_ppb = 0;

    sum_up(&summing, NULL, &ppb, &must_ppb);
    if (ppb <= SLA_PPB) {
        return (struct load){ .count = 0 };
    }
    take_whens(&summing);
    size_t members = self->starts[end] - self->starts[from];
    const struct sla_sweep sweep = { self->world->guards, summing.whens, summing.when_count,
                                     members + end - from, &self->looks };
    self->is_cut |= !sla_sweep_moments(&sweep, sum_at, &summing);
    return summing.is_found ? load_of(&summing) : (struct load){ .count = 0 };
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

struct askers {
    const struct sla_clause *items[NAMED_MAX]; /* each once */
    size_t count;
};

static void add_asker(struct askers *askers, const struct sla_clause *clause)
{
    for (size_t i = 0; i < askers->count; i++) {
        if (askers->items[i] == clause) {
            return;
        }
    }
    if (askers->count < NAMED_MAX) {
        askers->items[askers->count++] = clause;
    }
}

/* What can give way, if anything: that is where something has to change. */
static const struct sla_clause *shown_at(const struct load *load)
{
    for (size_t i = 0; i < load->count; i++) {
        if (load->must_ppb <= SLA_PPB && load->hosts[i].most->clause->strength != SLA_MUST) {
            return load->hosts[i].most->clause;
        }
    }
    return load->hosts[0].most->clause;
}

static struct askers askers_of(const struct load *load)
{
    struct askers askers = { { shown_at(load) }, 1 };

    for (size_t i = 0; i < load->count; i++) {
        add_asker(&askers, load->hosts[i].most->clause);
    }
    return askers;
}

struct reporting {
    struct sla_world *world;
    struct diag_list *diags;
};

static void report(void *arg, const struct sla_world *world, const struct load *load)
{
    const struct reporting *self = arg;
    struct diag_list *diags = self->diags;
    struct askers askers = askers_of(load);
    bool gives_way = load->must_ppb <= SLA_PPB;
    const struct host *first = &load->hosts[0];

    struct diag *diag = diag_add(diags, gives_way ? DIAG_WARNING : DIAG_ERROR,
                                 SLA_CODE_SERVICE_IMPOSSIBLE, askers.items[0]->value_span,
                                 "more of segment `%.*s` of %.*s is required than there is",
                                 SLICE_ARG(first->segment), SLICE_ARG(first->ucloud));
    if (gives_way) {
        diag_label(diags, diag, "this should hold, and gives way to what must");
    }
    for (size_t i = 1; i < askers.count; i++) {
        diag_secondary(diags, diag, askers.items[i]->value_span, "and by `%.*s` of %.*s",
                       SLICE_ARG(askers.items[i]->ref.clause),
                       SLICE_ARG(askers.items[i]->ref.party));
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
