#include "sla/conflict.h"
#include "sla/domain.h"

/* Clauses whose values all must meet, on one resource: minimal subsets whose meet is empty. Subsets
 * are tried by size and then in canonical order, so those found are minimal when no smaller one
 * lies within, and the first is the lexicographically least. */

enum { FAMILY_MAX = 256, FOUND_PER_EXPANSION = 16 };

struct family {
    const struct sla_clause *members[FAMILY_MAX];
    struct arena *arena;
    size_t count;
    size_t resource;
    uint32_t found[SLA_CONFLICTS_MAX][SLA_CONFLICT_CLAUSES_MAX]; /* minimal subsets, by size */
    size_t found_sizes[SLA_CONFLICTS_MAX];
    size_t found_count;
};

/* An offer counts where its party is the provider; reserved rights are not met but decided. */
static bool belongs(const struct sla_world *world, const struct sla_clause *clause,
                    const struct sla_term *term, size_t resource)
{
    if (clause->term != term) {
        return false;
    }
    return clause->stance == SLA_REQUIRES ||
           (clause->stance == SLA_OFFERS &&
            slice_eq(clause->ref.party, world->policies.resources[resource].provider));
}

static bool gather(struct sla_search *search, const struct sla_term *term, size_t resource,
                   struct family *out)
{
    out->count = 0;
    out->found_count = 0;
    out->resource = resource;
    for (size_t i = search->start[resource]; i < search->start[resource + 1]; i++) {
        const struct sla_clause *clause = search->world->clauses[search->items[i]];
        if (!belongs(search->world, clause, term, resource)) {
            continue;
        }
        if (out->count == FAMILY_MAX) {
            search->incomplete = true;
            return true;
        }
        out->members[out->count++] = clause;
    }
    return out->count > 1;
}

/* Narrows what is left to what the clause allows too; true when that is nothing. */
static bool is_apart(const struct family *family, struct sla_value *left,
                     const struct sla_clause *clause)
{
    const struct sla_term *term = clause->term;

    return term->domain->meet(term, family->arena, left, &clause->value, left) == SLA_MEET_NONE;
}

/* Is the meet of all but member `left_out` empty? */
static bool meets_without(const struct family *family, const bool *taken, size_t left_out,
                          struct sla_value *out)
{
    bool first = true;

    for (size_t i = 0; i < family->count; i++) {
        if (!taken[i] || i == left_out) {
            continue;
        }
        if (first) {
            *out = family->members[i]->value;
            first = false;
        } else if (is_apart(family, out, family->members[i])) {
            return false;
        }
    }
    return true;
}

static void add_subset(struct sla_search *search, struct family *family, const uint32_t *members,
                       size_t size)
{
    const struct sla_clause *clauses[SLA_CONFLICT_CLAUSES_MAX] = { NULL };
    struct sla_certificate certificate = { .resource = family->resource };
    bool taken[FAMILY_MAX] = { false };

    for (size_t i = 0; i < size; i++) {
        taken[members[i]] = true;
        clauses[i] = family->members[members[i]];
    }
    for (size_t i = 0; i < size; i++) {
        struct sla_value others = clauses[i]->value;
        (void)meets_without(family, taken, members[i], &others);
        certificate.relaxed[i] = sla_set_first(&others.set);
    }
    sla_search_add(search, SLA_CONFLICT_SET, clauses, size, &certificate);
    if (family->found_count < SLA_CONFLICTS_MAX) {
        for (size_t i = 0; i < size; i++) {
            family->found[family->found_count][i] = members[i];
        }
        family->found_sizes[family->found_count++] = size;
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

static bool holds_smaller(const struct family *family, const uint32_t *members, size_t size)
{
    for (size_t i = 0; i < family->found_count; i++) {
        if (is_within(family->found[i], family->found_sizes[i], members, size)) {
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

static bool meet_is_empty(const struct family *family, const uint32_t *members, size_t size)
{
    struct sla_value all = family->members[members[0]]->value;

    for (size_t i = 1; i < size; i++) {
        if (is_apart(family, &all, family->members[members[i]])) {
            return true;
        }
    }
    const struct sla_term *term = family->members[members[0]]->term;
    return term->domain->is_bottom(term, &all);
}

/* All minimal subsets of one size; false when the budget ended it. */
static bool try_size(struct sla_search *search, struct family *family, size_t size)
{
    uint32_t members[SLA_CONFLICT_CLAUSES_MAX];

    for (size_t i = 0; i < size; i++) {
        members[i] = (uint32_t)i;
    }
    do {
        uint64_t price = 1 + family->found_count / FOUND_PER_EXPANSION;
        if (search->incomplete || !sla_search_spend(search, price)) {
            return false;
        }
        if (!holds_smaller(family, members, size) && meet_is_empty(family, members, size)) {
            add_subset(search, family, members, size);
        }
    } while (next_subset(members, size, family->count));
    return true;
}

/* One minimal subset by leaving out what can be: there must be one, the meet of all is empty. */
static void shrink(struct sla_search *search, struct family *family)
{
    bool taken[FAMILY_MAX];
    uint32_t members[SLA_CONFLICT_CLAUSES_MAX];
    struct sla_value ignored = { 0 };
    size_t size = 0;

    for (size_t i = 0; i < family->count; i++) {
        taken[i] = true;
    }
    for (size_t i = family->count; i-- > 0;) {
        taken[i] = meets_without(family, taken, i, &ignored);
    }
    for (size_t i = 0; i < family->count; i++) {
        if (taken[i] && size < SLA_CONFLICT_CLAUSES_MAX) {
            members[size] = (uint32_t)i;
        }
        size += taken[i] ? 1 : 0;
    }
    if (size <= SLA_CONFLICT_CLAUSES_MAX) {
        add_subset(search, family, members, size);
    } else {
        search->incomplete = true; /* more clauses than a finding holds */
    }
}

static void search_family(struct sla_search *search, struct family *family)
{
    bool all[FAMILY_MAX];
    struct sla_value meet = { 0 };

    for (size_t i = 0; i < family->count; i++) {
        all[i] = true;
    }
    if (!sla_search_spend(search, family->count) ||
        meets_without(family, all, family->count, &meet)) {
        return;
    }
    bool finished = true;
    for (size_t size = 1; finished && size <= SLA_CONFLICT_CLAUSES_MAX && size <= family->count;
         size++) {
        finished = try_size(search, family, size);
    }
    if (family->found_count == 0) {
        shrink(search, family);
    }
}

void sla_search_sets(struct sla_search *search, size_t resource)
{
    if (search->family == NULL) {
        search->family = ARENA_NEW(search->arena, struct family, 1);
        search->family->arena = search->arena;
    }
    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        if (term->chooser == SLA_OURS && gather(search, term, resource, search->family)) {
            search_family(search, search->family);
        }
    }
}
