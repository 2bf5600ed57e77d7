#include "sla/conflict.h"
#include "sla/domain.h"
#include "sla/guard.h"

/* Clauses whose values all must meet, on one resource: minimal subsets whose meet is empty. Subsets
 * are tried by size and then in canonical order, so those found are minimal when no smaller one
 * lies within, and the first is the lexicographically least. */

enum { FAMILY_MAX = 256, FOUND_PER_EXPANSION = 16 };

struct cores {
    const struct sla_clause *members[FAMILY_MAX];
    struct arena *arena;
    size_t count;
    size_t resource;
    uint32_t found[SLA_CONFLICTS_MAX][SLA_CONFLICT_CLAUSES_MAX]; /* minimal subsets, by size */
    size_t found_sizes[SLA_CONFLICTS_MAX];
    size_t found_count;
};

/* All requirements, and the offers where the choice is ours. Canonical order. */
static bool gather(struct sla_search *search, const struct sla_family *from, struct cores *out)
{
    size_t offers = from->term->chooser == SLA_OURS ? from->offer_count : 0;
    size_t i = 0;
    size_t j = 0;

    out->count = 0;
    out->found_count = 0;
    out->resource = from->resource;
    while (i < from->requirement_count || j < offers) {
        bool offer = i == from->requirement_count ||
                     (j < offers && from->offers[j].index < from->requirements[i].index);
        if (out->count == FAMILY_MAX) {
            search->incomplete = true;
            return true;
        }
        out->members[out->count++] = offer ? from->offers[j].clause : from->requirements[i].clause;
        j += offer ? 1 : 0;
        i += offer ? 0 : 1;
    }
    return out->count > 1;
}

/* Narrows what is left to what the clause allows too; true when that is nothing. */
static bool is_apart(const struct cores *cores, struct sla_value *left,
                     const struct sla_clause *clause)
{
    const struct sla_term *term = clause->term;

    return term->domain->meet(term, cores->arena, left, &clause->value, left) == SLA_MEET_NONE;
}

/* Is the meet of all but member `left_out` empty? */
static bool meets_without(const struct cores *cores, const bool *taken, size_t left_out,
                          struct sla_value *out)
{
    bool first = true;

    for (size_t i = 0; i < cores->count; i++) {
        if (!taken[i] || i == left_out) {
            continue;
        }
        if (first) {
            *out = cores->members[i]->value;
            first = false;
        } else if (is_apart(cores, out, cores->members[i])) {
            return false;
        }
    }
    return true;
}

static void add_subset(struct sla_search *search, struct cores *cores, const uint32_t *members,
                       size_t size)
{
    const struct sla_clause *clauses[SLA_CONFLICT_CLAUSES_MAX] = { NULL };
    struct sla_certificate certificate = { .resource = cores->resource };
    bool taken[FAMILY_MAX] = { false };

    for (size_t i = 0; i < size; i++) {
        taken[members[i]] = true;
        clauses[i] = cores->members[members[i]];
    }
    for (size_t i = 0; i < size; i++) {
        struct sla_value others = clauses[i]->value;
        (void)meets_without(cores, taken, members[i], &others);
        if (clauses[i]->term->domain == &sla_domain_set) {
            certificate.relaxed[i] = sla_set_first(&others.set);
        }
    }
    sla_search_add(search, SLA_CONFLICT_SET, clauses, size, &certificate);
    if (cores->found_count < SLA_CONFLICTS_MAX) {
        for (size_t i = 0; i < size; i++) {
            cores->found[cores->found_count][i] = members[i];
        }
        cores->found_sizes[cores->found_count++] = size;
    }
}

/* Both ascending. */
static bool is_within(const uint32_t *small, size_t small_count, const uint32_t *large,
                      size_t large_count)
{
    size_t at = 0;

    for (size_t i = 0; i < large_count && at < small_count; i++) {
        at += large[i] == small[at] ? 1 : 0;
    }
    return at == small_count;
}

static bool holds_smaller(const struct cores *cores, const uint32_t *members, size_t size)
{
    for (size_t i = 0; i < cores->found_count; i++) {
        if (is_within(cores->found[i], cores->found_sizes[i], members, size)) {
            return true;
        }
    }
    return false;
}

/* The next subset of the same size in lexicographic order, or false after the last. */
static bool next_subset(uint32_t *members, size_t size, size_t count)
{
    size_t at = size;

    while (at > 0 && members[at - 1] == count - size + at - 1) {
        at--;
    }
    if (at == 0) {
        return false;
    }
    members[at - 1]++;
    for (size_t i = at; i < size; i++) {
        members[i] = members[i - 1] + 1;
    }
    return true;
}

/* Some of them never speak together. */
static bool never_meet(const struct sla_search *search, const struct cores *cores,
                       const uint32_t *members, size_t size)
{
    uint32_t when = cores->members[members[0]]->guard;

    for (size_t i = 1; i < size && when != SLA_GUARD_NEVER; i++) {
        when = sla_guards_meet(search->world->guards, when, cores->members[members[i]]->guard);
    }
    return when == SLA_GUARD_NEVER;
}

static bool meet_is_empty(const struct cores *cores, const uint32_t *members, size_t size)
{
    struct sla_value all = cores->members[members[0]]->value;

    for (size_t i = 1; i < size; i++) {
        if (is_apart(cores, &all, cores->members[members[i]])) {
            return true;
        }
    }
    const struct sla_term *term = cores->members[members[0]]->term;
    return term->domain->is_bottom(term, &all);
}

/* All minimal subsets of one size; false when the budget ended it. */
static bool try_size(struct sla_search *search, struct cores *cores, size_t size)
{
    uint32_t members[SLA_CONFLICT_CLAUSES_MAX];

    for (size_t i = 0; i < size; i++) {
        members[i] = (uint32_t)i;
    }
    do {
        uint64_t price = 1 + cores->found_count / FOUND_PER_EXPANSION;
        if (search->incomplete || !sla_search_spend(search, price)) {
            return false;
        }
        if (!holds_smaller(cores, members, size) && meet_is_empty(cores, members, size) &&
            !never_meet(search, cores, members, size)) {
            add_subset(search, cores, members, size);
        }
    } while (next_subset(members, size, cores->count));
    return true;
}

/* One minimal subset by leaving out what can be: there must be one, the meet of all is empty. */
static void shrink(struct sla_search *search, struct cores *cores)
{
    bool taken[FAMILY_MAX];
    uint32_t members[SLA_CONFLICT_CLAUSES_MAX] = { 0 };
    struct sla_value ignored = { 0 };
    size_t size = 0;

    for (size_t i = 0; i < cores->count; i++) {
        taken[i] = true;
    }
    for (size_t i = cores->count; i-- > 0;) {
        taken[i] = meets_without(cores, taken, i, &ignored);
    }
    for (size_t i = 0; i < cores->count; i++) {
        if (taken[i] && size < SLA_CONFLICT_CLAUSES_MAX) {
            members[size] = (uint32_t)i;
        }
        size += taken[i] ? 1 : 0;
    }
    if (size <= SLA_CONFLICT_CLAUSES_MAX && !never_meet(search, cores, members, size)) {
        add_subset(search, cores, members, size);
    } else {
        search->incomplete = true; /* more clauses than a finding holds */
    }
}

static void search_family(struct sla_search *search, struct cores *cores)
{
    bool all[FAMILY_MAX];
    struct sla_value meet = { 0 };

    for (size_t i = 0; i < cores->count; i++) {
        all[i] = true;
    }
    if (!sla_search_spend(search, cores->count) || meets_without(cores, all, cores->count, &meet)) {
        return;
    }
    bool finished = true;
    for (size_t size = 1; finished && size <= SLA_CONFLICT_CLAUSES_MAX && size <= cores->count;
         size++) {
        finished = try_size(search, cores, size);
    }
    if (cores->found_count == 0) {
        shrink(search, cores);
    }
}

void sla_search_sets(struct sla_search *search, const struct sla_family *family)
{
    if (search->cores == NULL) {
        search->cores = ARENA_NEW(search->arena, struct cores, 1);
        search->cores->arena = search->arena;
    }
    if (gather(search, family, search->cores)) {
        search_family(search, search->cores);
    }
}
