#include "sla/emit/desired.h"

#include "base/sorted.h"
#include "sla/emit/derive.h"
#include "sla/terms/domain.h"
#include "sla/terms/held.h"

#include <stdlib.h>

/* --- what nothing holds ---------------------------------------------------------------------- */

/* An entry while its resources are gathered. */
struct derive_note {
    struct desired_not_held entry;
    size_t *resources;
    uint64_t place; /* by which entries are sorted: the clause's document, line */
    struct derive_note *before;
};

/* A clause of a conflict, and what became of it there. */
struct derive_dispute {
    const struct clause_ref *clause;
    const struct sla_conflict *conflict;
    enum desired_reason reason;
};

static int by_address(const struct clause_ref *a, const struct clause_ref *b)
{
    return (a > b) - (a < b);
}

static int dispute_order(const void *left, const void *right)
{
    const struct derive_dispute *a = left;
    const struct derive_dispute *b = right;
    int order = by_address(a->clause, b->clause);

    return order != 0 ? order : slice_cmp(a->conflict->id, b->conflict->id);
}

/* Of a conflict in which a clause gives way, the others still count. */
static void add_disputes(struct derive *derive, const struct sla_conflict *conflict)
{
    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_clause *clause = conflict->clauses[i];
        if (conflict->yields == NULL || conflict->yields == clause) {
            derive->disputes[derive->dispute_count++] = (struct derive_dispute){
                .clause = &clause->ref,
                .conflict = conflict,
                .reason = conflict->yields == NULL ? DESIRED_DISPUTED : DESIRED_GAVE_WAY,
            };
        }
    }
}

static void take_disputes(struct derive *derive)
{
    const struct sla_world *world = derive->world;

    derive->disputes = ARENA_NEW(derive->arena, struct derive_dispute,
                                 world->conflict_count * SLA_CONFLICT_CLAUSES_MAX + 1);
    for (size_t i = 0; i < world->conflict_count; i++) {
        add_disputes(derive, &world->conflicts[i]);
    }
    qsort(derive->disputes, derive->dispute_count, sizeof(*derive->disputes), dispute_order);
}

static int dispute_of(const void *dispute, const void *clause)
{
    return by_address(((const struct derive_dispute *)dispute)->clause, clause);
}

/* The first dispute of the clause, or where it would stand. */
static size_t find_disputes(const struct derive *derive, const struct clause_ref *clause)
{
    return sorted_lower_bound(derive->disputes, derive->dispute_count, sizeof(*derive->disputes),
                              clause, dispute_of);
}

static int index_order(const void *left, const void *right)
{
    size_t a = *(const size_t *)left;
    size_t b = *(const size_t *)right;

    return (a > b) - (a < b);
}

static bool collides_on(const struct sla_conflict *conflict, size_t resource)
{
    return bsearch(&resource, conflict->resources, conflict->resource_count,
                   sizeof(*conflict->resources), index_order) != NULL;
}

static struct derive_note *add_note(struct derive *derive, const struct sla_clause *clause,
                                    struct desired_not_held entry)
{
    struct derive_note *note = ARENA_NEW(derive->arena, struct derive_note, 1);

    note->entry = entry;
    note->place = (uint64_t)clause->document->index << 32 | clause->ref.line;
    note->before = derive->last_note;
    derive->last_note = note;
    derive->note_count++;
    return note;
}

/* That of the clause, reason and conflict; what else there is of the clause came just before. */
static struct derive_note *note_of(struct derive *derive, const struct sla_clause *clause,
                                   enum desired_reason reason, struct slice conflict)
{
    for (struct derive_note *note = derive->last_note;
         note != NULL && note->entry.clause == &clause->ref; note = note->before) {
        if (note->resources != NULL && note->entry.reason == reason &&
            slice_eq(note->entry.conflict, conflict)) {
            return note;
        }
    }
    struct desired_not_held entry = { .clause = &clause->ref,
                                      .reason = reason,
                                      .conflict = conflict };
    if (reason == DESIRED_NOT_THERE || reason == DESIRED_AT_TIMES || reason == DESIRED_CONDITION) {
        entry.when = clause->conditions;
    }
    struct derive_note *note = add_note(derive, clause, entry);
    note->resources = ARENA_NEW(derive->arena, size_t, clause->resource_count);
    return note;
}

static void add_to_note(struct derive_note *note, size_t resource)
{
    note->resources[note->entry.resource_count++] = resource;
    note->entry.resources = note->resources;
}

void derive_not_held(struct derive *derive, const struct sla_clause *clause,
                     enum desired_reason reason, size_t resource)
{
    add_to_note(note_of(derive, clause, reason, (struct slice){ 0 }), resource);
}

static void not_held_at_all(struct derive *derive, const struct sla_clause *clause,
                            enum desired_reason reason)
{
    (void)add_note(derive, clause,
                   (struct desired_not_held){
                       .clause = &clause->ref,
                       .reason = reason,
                       .resources = clause->resources,
                       .resource_count = clause->resource_count,
                   });
}

/* The first that there is on the resource; NULL: none. */
static const struct derive_dispute *dispute_on(const struct derive *derive,
                                               const struct sla_clause *clause, size_t resource)
{
    for (size_t i = find_disputes(derive, &clause->ref);
         i < derive->dispute_count && derive->disputes[i].clause == &clause->ref; i++) {
        if (collides_on(derive->disputes[i].conflict, resource)) {
            return &derive->disputes[i];
        }
    }
    return NULL;
}

bool derive_is_disputed(const struct derive *derive, const struct sla_clause *clause,
                        size_t resource)
{
    return dispute_on(derive, clause, resource) != NULL;
}

bool derive_counts(struct derive *derive, const struct sla_clause *clause, size_t resource)
{
    const struct derive_dispute *dispute = dispute_on(derive, clause, resource);

    if (dispute != NULL) {
        add_to_note(note_of(derive, clause, dispute->reason, dispute->conflict->id), resource);
    }
    return dispute == NULL;
}

int derive_ref_order(const struct clause_ref *a, const struct clause_ref *b)
{
    int order = slice_cmp(a->party, b->party);

    order = order != 0 ? order : slice_cmp(a->document, b->document);
    order = order != 0 ? order : slice_cmp(a->clause, b->clause);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static int refs_order(const void *left, const void *right)
{
    return derive_ref_order(*(const struct clause_ref *const *)left,
                            *(const struct clause_ref *const *)right);
}

size_t derive_settle_refs(const struct clause_ref **refs, size_t count)
{
    size_t kept = 0;

    if (count > 1) {
        qsort(refs, count, sizeof(const struct clause_ref *), refs_order);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || refs[i] != refs[kept - 1]) {
            refs[kept++] = refs[i];
        }
    }
    return kept;
}

static int note_order(const void *left, const void *right)
{
    const struct derive_note *a = *(const struct derive_note *const *)left;
    const struct derive_note *b = *(const struct derive_note *const *)right;

    if (a->place != b->place) {
        return a->place < b->place ? -1 : 1;
    }
    int order = slice_cmp(a->entry.clause->clause, b->entry.clause->clause);
    order = order != 0 ? order : (int)a->entry.reason - (int)b->entry.reason;
    return order != 0 ? order : slice_cmp(a->entry.conflict, b->entry.conflict);
}

static void finish_not_held(struct derive *derive)
{
    size_t count = derive->note_count;
    const struct derive_note **sorted =
        ARENA_NEW(derive->arena, const struct derive_note *, count + 1);
    struct desired_not_held *all = ARENA_NEW(derive->arena, struct desired_not_held, count + 1);

    size_t at = count;
    for (const struct derive_note *note = derive->last_note; note != NULL; note = note->before) {
        sorted[--at] = note;
    }
    qsort(sorted, count, sizeof(const struct derive_note *), note_order);
    for (size_t i = 0; i < count; i++) {
        all[i] = sorted[i]->entry;
    }
    derive->out->not_held = all;
    derive->out->not_held_count = count;
}

/* --- clauses on resources -------------------------------------------------------------------- */

static int pair_order(const void *left, const void *right)
{
    const struct derive_pair *a = left;
    const struct derive_pair *b = right;

    if (a->resource != b->resource) {
        return a->resource < b->resource ? -1 : 1;
    }
    if (a->order != b->order) {
        return a->order < b->order ? -1 : 1;
    }
    return (a->clause > b->clause) - (a->clause < b->clause);
}

static bool speaks(struct derive *derive, const struct sla_clause *clause, size_t resource)
{
    if (sla_speech_on(derive->world, clause, resource) == SLA_SPEAKS_NEVER) {
        derive_not_held(derive, clause, DESIRED_NOT_THERE, resource);
        return false;
    }
    return true;
}

struct derive_pairs derive_pairs(struct derive *derive, const struct sla_clause *const *clauses,
                                 size_t count, derive_rank_fn *rank)
{
    struct derive_pairs pairs = { 0 };
    size_t room = 0;

    for (size_t i = 0; i < count; i++) {
        room += clauses[i]->resource_count;
    }
    pairs.items = ARENA_NEW(derive->arena, struct derive_pair, room + 1);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < clauses[i]->resource_count; j++) {
            struct derive_pair pair = { .resource = clauses[i]->resources[j],
                                        .clause = (uint32_t)i };
            if (derive_counts(derive, clauses[i], pair.resource) &&
                speaks(derive, clauses[i], pair.resource) &&
                rank(derive, clauses[i], pair.resource, &pair.order)) {
                pairs.items[pairs.count++] = pair;
            }
        }
    }
    if (pairs.count > 1) {
        qsort(pairs.items, pairs.count, sizeof(*pairs.items), pair_order);
    }
    return pairs;
}

/* --- by part --------------------------------------------------------------------------------- */

typedef void(derive_fn)(struct derive *derive, const struct sla_clause *const *clauses,
                        size_t count);

/* What a clause shapes, by the bits of its term. */
enum part { PART_NONE, PART_FLOWS, PART_ITEMS, PART_HEEDS, PART_WATCHES, PARTS };
static derive_fn *const parts[PARTS] = {
    [PART_FLOWS] = derive_boxes,
    [PART_ITEMS] = derive_items,
    [PART_HEEDS] = derive_heeds,
    [PART_WATCHES] = derive_watches,
};

struct desired_origin derive_origin(struct arena *arena, const struct clause_ref *clause)
{
    const struct clause_ref **clauses = ARENA_NEW(arena, const struct clause_ref *, 1);

    clauses[0] = clause;
    return (struct desired_origin){ clauses, 1 };
}

static const enum desired_reason reasons[] = {
    [SLA_BECOMES_OBJECTIVE] = DESIRED_MEASURED, [SLA_BECOMES_CHECK] = DESIRED_CHECKED,
    [SLA_BECOMES_DESIRED] = DESIRED_UNTOLD,     [SLA_BECOMES_ASSUMPTION] = DESIRED_CHECKED,
    [SLA_BECOMES_RECORD] = DESIRED_UNTOLD,
};

/* What is no affair of a plane. Rulings are not here: sla/emit/desired_ruling.c. */
static void note_without_part(struct derive *derive, const struct sla_clause *clause)
{
    enum sla_becomes becomes = clause->term->becomes;

    for (size_t i = 0; i < clause->resource_count && becomes != SLA_BECOMES_POLICY; i++) {
        if (derive_counts(derive, clause, clause->resources[i])) {
            derive_not_held(derive, clause, reasons[becomes], clause->resources[i]);
        }
    }
}

static enum part part_of(const struct sla_clause *clause)
{
    if (clause->reaction != NULL) {
        return PART_WATCHES;
    }
    if (clause->term->domain == &sla_domain_flow) {
        return PART_FLOWS;
    }
    if ((clause->term->emit & SLA_EMIT_SIGMA) != 0) {
        return PART_HEEDS;
    }
    return clause->term->emit != 0 ? PART_ITEMS : PART_NONE;
}

/* The part that is to take the clause; of others it is noted why there is none. */
static enum part sort_out(struct derive *derive, const struct sla_clause *clause)
{
    enum part part = part_of(clause);

    if (clause->reaction == NULL && clause->stance == SLA_OFFERS) {
        not_held_at_all(derive, clause, DESIRED_OFFERED);
    } else if (clause->resource_count == 0) {
        not_held_at_all(derive, clause, DESIRED_NOTHING);
    } else if (part == PART_NONE) {
        note_without_part(derive, clause);
    } else {
        return part;
    }
    return PART_NONE;
}

/* Which clauses each part takes, in one walk over all of them: they are large. */
static const uint8_t *sort_all(struct derive *derive)
{
    const struct sla_world *world = derive->world;
    uint8_t *takers = ARENA_NEW(derive->arena, uint8_t, world->clause_count + 1);

    for (size_t i = 0; i < world->clause_count; i++) {
        enum part taker = sort_out(derive, world->clauses[i]);
        takers[i] = (uint8_t)taker;
    }
    return takers;
}

const struct desired *sla_desired(struct arena *arena, const struct sla_world *world)
{
    struct derive derive = { .arena = arena,
                             .world = world,
                             .out = ARENA_NEW(arena, struct desired, 1) };
    const struct sla_clause **taken =
        ARENA_NEW(arena, const struct sla_clause *, world->clause_count + 1);

    derive.out->policies = &world->policies;
    take_disputes(&derive);
    const uint8_t *takers = sort_all(&derive);
    for (unsigned part = PART_NONE + 1; part < PARTS; part++) {
        size_t count = 0;
        for (size_t i = 0; i < world->clause_count; i++) {
            if (takers[i] == part) {
                taken[count++] = world->clauses[i];
            }
        }
        parts[part](&derive, taken, count);
    }
    derive_limits(&derive);
    derive_rulings(&derive);
    finish_not_held(&derive);
    derive_conditions(&derive);
    return derive.out;
}
