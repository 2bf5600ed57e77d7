#include "sla/conflict/conflict.h"
#include "sla/terms/domain.h"
#include "sla/values/guard.h"

/* Clauses whose values all must meet, on one resource: minimal subsets that speak at some time
 * together and whose meet is empty. Subsets are tried by size and then in canonical order, along
 * those that speak together and leave something.
 *
 * Cells are the distinct intersections of guards. In most worlds the meet of all that speaks in a
 * cell is empty in none of them, and nothing is tried at all; and where no small subset explains
 * an empty one, leaving clauses out does. */

enum { FAMILY_MAX = 256, CELLS_MAX = 256, NAMES_PER_EXPANSION = 64 };

struct cores {
    const struct sla_member *members[FAMILY_MAX];
    struct sla_search *search;
    struct arena path[SLA_CONFLICT_CLAUSES_MAX]; /* what is left of a subset, by its size */
    struct arena scratch;                        /* of other meets, one at a time */
    const struct sla_term *term;
    size_t count;
    size_t resource;
    uint32_t cells[CELLS_MAX]; /* guards */
    bool is_empty[CELLS_MAX];  /* what speaks then leaves nothing */
    size_t cell_count;
    bool is_whole;                                               /* nothing was left out */
    uint32_t found[SLA_CONFLICTS_MAX][SLA_CONFLICT_CLAUSES_MAX]; /* minimal subsets */
    size_t found_sizes[SLA_CONFLICTS_MAX];
    size_t found_count;
};

/* All requirements, and the offers where the choice is ours. Canonical order. */
static void gather(const struct sla_family *from, struct cores *out)
{
    size_t offers = from->term->chooser == SLA_OURS ? from->offer_count : 0;
    size_t i = 0;
    size_t j = 0;

    out->term = from->term;
    out->resource = from->resource;
    out->is_whole = from->requirement_count + offers <= FAMILY_MAX;
    out->count = 0;
    out->found_count = 0;
    while ((i < from->requirement_count || j < offers) && out->count < FAMILY_MAX) {
        bool offer = i == from->requirement_count ||
                     (j < offers && from->offers[j].index < from->requirements[i].index);
        out->members[out->count++] = offer ? &from->offers[j] : &from->requirements[i];
        j += offer ? 1 : 0;
        i += offer ? 0 : 1;
    }
}

/* --- meets ----------------------------------------------------------------------------------- */

/* Narrows what is left to what the clause allows too; true when that is nothing. */
static bool is_apart(struct cores *cores, struct arena *arena, struct sla_value *left,
                     const struct sla_member *member)
{
    const struct sla_term *term = cores->term;

    return term->domain->meet(term, arena, left, &member->clause->value, left) == SLA_MEET_NONE;
}

/* Is the meet of those taken, but for member `left_out`, not empty? `out` lasts until the next one.
 */
static bool meets_without(struct cores *cores, const bool *taken, size_t left_out,
                          struct sla_value *out)
{
    bool first = true;

    arena_reset(&cores->scratch);
    for (size_t i = 0; i < cores->count; i++) {
        if (!taken[i] || i == left_out) {
            continue;
        }
        if (first) {
            *out = cores->members[i]->clause->value;
            first = false;
        } else if (is_apart(cores, &cores->scratch, out, cores->members[i])) {
            return false;
        }
    }
    return first || !cores->term->domain->is_bottom(cores->term, out);
}

/* --- cells ----------------------------------------------------------------------------------- */

static void add_cell(struct cores *cores, uint32_t guard)
{
    if (guard == SLA_GUARD_NEVER) {
        return;
    }
    for (size_t i = 0; i < cores->cell_count; i++) {
        if (cores->cells[i] == guard) {
            return;
        }
    }
    if (cores->cell_count == CELLS_MAX) {
        cores->is_whole = false;
        return;
    }
    cores->cells[cores->cell_count++] = guard;
}

/* Closed under intersection. */
static void make_cells(struct cores *cores)
{
    struct sla_guards *guards = cores->search->world->guards;

    cores->cell_count = 0;
    for (size_t i = 0; i < cores->count; i++) {
        uint32_t guard = cores->members[i]->when;
        size_t before = cores->cell_count;
        if (i > 0 && guard == cores->members[i - 1]->when) {
            continue;
        }
        add_cell(cores, guard);
        for (size_t j = 0; j < before && cores->cell_count > before; j++) {
            add_cell(cores, sla_guards_meet(guards, cores->cells[j], guard));
        }
    }
}

static void take_cell(const struct cores *cores, size_t cell, bool *taken)
{
    for (size_t i = 0; i < cores->count; i++) {
        taken[i] = sla_guards_covers(cores->search->world->guards, cores->members[i]->when,
                                     cores->cells[cell]);
    }
}

/* False: nothing is empty, or the budget ended it. */
static bool find_empty_cells(struct cores *cores)
{
    bool taken[FAMILY_MAX] = { false };
    struct sla_value left = { 0 };
    bool any = false;

    for (size_t i = 0; i < cores->cell_count; i++) {
        cores->is_empty[i] = false;
        if (!sla_search_spend(cores->search, cores->count)) {
            cores->is_whole = false;
            continue;
        }
        take_cell(cores, i, taken);
        cores->is_empty[i] = !meets_without(cores, taken, FAMILY_MAX, &left);
        any |= cores->is_empty[i];
    }
    return any;
}

/* --- minimal subsets -------------------------------------------------------------------------- */

static void add_subset(struct cores *cores, const uint32_t *members, size_t size)
{
    const struct sla_clause *clauses[SLA_CONFLICT_CLAUSES_MAX] = { NULL };
    struct sla_certificate certificate = { .resource = cores->resource };
    bool taken[FAMILY_MAX] = { false };

    for (size_t i = 0; i < size; i++) {
        taken[members[i]] = true;
        clauses[i] = cores->members[members[i]]->clause;
    }
    for (size_t i = 0; i < size && cores->term->domain == &sla_domain_set; i++) {
        struct sla_value others = clauses[i]->value;
        (void)meets_without(cores, taken, members[i], &others);
        certificate.relaxed[i] = sla_set_first(&others.set);
    }
    sla_search_add(cores->search, SLA_CONFLICT_SET, clauses, size, &certificate);
    if (cores->found_count < SLA_CONFLICTS_MAX) {
        for (size_t i = 0; i < size; i++) {
            cores->found[cores->found_count][i] = members[i];
        }
        cores->found_sizes[cores->found_count++] = size;
    }
}

/* Of a subset with an empty meet: whatever is left out, the others leave something. */
static bool is_minimal(struct cores *cores, const uint32_t *members, size_t size)
{
    bool taken[FAMILY_MAX] = { false };
    struct sla_value ignored = { 0 };

    for (size_t i = 0; i < size; i++) {
        taken[members[i]] = true;
    }
    for (size_t i = 0; i < size; i++) {
        if (!meets_without(cores, taken, members[i], &ignored)) {
            return false;
        }
    }
    return true;
}

/* A subset as far as it was chosen: when all of it speaks, and what it leaves then. */
struct chosen {
    uint32_t members[SLA_CONFLICT_CLAUSES_MAX];
    size_t count;
    uint32_t when;
    struct sla_value left;
};

/* Adds the member; false: they never speak together. */
static bool choose(struct cores *cores, struct chosen *chosen, size_t member, bool *out_empty)
{
    const struct sla_member *added = cores->members[member];

    if (chosen->count == 0) {
        chosen->when = added->when;
        chosen->left = added->clause->value;
        *out_empty = cores->term->domain->is_bottom(cores->term, &chosen->left);
    } else {
        chosen->when = sla_guards_meet(cores->search->world->guards, chosen->when, added->when);
        struct arena *arena = &cores->path[chosen->count];
        arena_reset(arena);
        *out_empty =
            chosen->when != SLA_GUARD_NEVER && is_apart(cores, arena, &chosen->left, added);
    }
    chosen->members[chosen->count++] = (uint32_t)member;
    return chosen->when != SLA_GUARD_NEVER;
}

/* Lists of names cost by their length. */
static uint64_t price_of(const struct cores *cores, size_t member)
{
    bool named =
        cores->term->domain == &sla_domain_names || cores->term->domain == &sla_domain_mentions;

    return 1 +
           (named ? cores->members[member]->clause->value.names.count / NAMES_PER_EXPANSION : 0);
}

/* All minimal subsets of one size that begin with what was chosen; false when the budget ended it.
 */
// NOLINTNEXTLINE(misc-no-recursion): SLA_CONFLICT_CLAUSES_MAX deep
static bool try_size(struct cores *cores, const struct chosen *chosen, size_t size)
{
    size_t from = chosen->count > 0 ? chosen->members[chosen->count - 1] + (size_t)1 : 0;

    for (size_t i = from; i + size - chosen->count <= cores->count; i++) {
        struct chosen next = *chosen;
        bool empty = false;
        if (cores->search->is_over || !sla_search_spend(cores->search, price_of(cores, i))) {
            return false;
        }
        bool together = choose(cores, &next, i, &empty);
        if (together && next.count == size && empty && is_minimal(cores, next.members, size)) {
            add_subset(cores, next.members, size);
        }
        if (together && next.count < size && !empty && !try_size(cores, &next, size)) {
            return false;
        }
    }
    return true;
}

/* --- larger ones ------------------------------------------------------------------------------ */

static bool holds_found(const struct cores *cores, const bool *taken)
{
    for (size_t i = 0; i < cores->found_count; i++) {
        size_t within = 0;
        for (size_t j = 0; j < cores->found_sizes[i]; j++) {
            within += taken[cores->found[i][j]] ? 1 : 0;
        }
        if (within == cores->found_sizes[i]) {
            return true;
        }
    }
    return false;
}

/* One minimal subset of what is taken, whose meet is empty, by leaving out what can be. */
static void shrink(struct cores *cores, bool *taken)
{
    uint32_t members[SLA_CONFLICT_CLAUSES_MAX] = { 0 };
    struct sla_value ignored = { 0 };
    size_t size = 0;

    for (size_t i = cores->count; i-- > 0;) {
        taken[i] = taken[i] && meets_without(cores, taken, i, &ignored);
    }
    for (size_t i = 0; i < cores->count; i++) {
        if (taken[i] && size < SLA_CONFLICT_CLAUSES_MAX) {
            members[size] = (uint32_t)i;
        }
        size += taken[i] ? 1 : 0;
    }
    if (size <= SLA_CONFLICT_CLAUSES_MAX) {
        add_subset(cores, members, size);
    } else {
        cores->is_whole = false; /* more clauses than a finding holds */
    }
}

/* What is empty, and was not explained. The first is, even when the budget is used up. */
static void explain_cells(struct cores *cores)
{
    bool taken[FAMILY_MAX] = { false };

    for (size_t i = 0; i < cores->cell_count; i++) {
        take_cell(cores, i, taken);
        if (!cores->is_empty[i] || holds_found(cores, taken)) {
            continue;
        }
        if (cores->found_count > 0 && !sla_search_spend(cores->search, cores->count)) {
            cores->is_whole = false;
            return;
        }
        shrink(cores, taken);
    }
}

static void search_family(struct cores *cores)
{
    const struct chosen nothing = { .count = 0 };
    bool finished = true;

    make_cells(cores);
    if (!find_empty_cells(cores)) {
        return;
    }
    for (size_t size = 1; finished && size <= SLA_CONFLICT_CLAUSES_MAX && size <= cores->count;
         size++) {
        finished = try_size(cores, &nothing, size);
    }
    cores->is_whole &= finished;
    explain_cells(cores);
}

bool sla_search_sets(struct sla_search *search, const struct sla_family *family)
{
    if (search->cores == NULL) {
        search->cores = ARENA_NEW(search->arena, struct cores, 1);
        search->cores->search = search;
    }
    struct cores *cores = search->cores;
    gather(family, cores);
    if (cores->count > 1) {
        search_family(cores);
        for (size_t i = 0; i < SLA_CONFLICT_CLAUSES_MAX; i++) {
            arena_done(&cores->path[i]);
        }
        arena_done(&cores->scratch);
    }
    search->incomplete |= !cores->is_whole;
    return cores->is_whole;
}
