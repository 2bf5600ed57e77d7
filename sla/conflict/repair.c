#include "sla/conflict/repair.h"

#include "sla/compile.h"
#include "sla/conflict/conflict.h"
#include "sla/edit/edit.h"
#include "sla/terms/domain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_PER_EXPANSION = 64 };

/* --- candidates ------------------------------------------------------------------------------ */

static void add_cost(struct sla_repair *repair, const struct sla_cost *cost)
{
    if (repair->cost_count < SLA_REPAIR_PARTIES_MAX) {
        repair->costs[repair->cost_count++] = *cost;
    }
}

static struct sla_repair *new_candidate(struct sla_repairs *repairs)
{
    if (repairs->count == SLA_CANDIDATES_MAX) {
        return NULL;
    }
    struct sla_repair *repair = &repairs->candidates[repairs->count++];
    *repair = (struct sla_repair){ 0 };
    return repair;
}

struct sla_repair *sla_repair_clause(struct sla_repairs *repairs, const struct sla_clause *clause,
                                     int64_t amount, const char *unit)
{
    struct sla_repair *repair = new_candidate(repairs);
    struct sla_cost cost = {
        .party = clause->ref.party, .role = clause->ref.role, .amount = amount, .unit = unit
    };

    if (repair == NULL) {
        return NULL;
    }
    if (clause->stance != SLA_REQUIRES) {
        cost.rights = 1;
    } else if (clause->strength == SLA_MUST) {
        cost.musts = 1;
    } else {
        cost.shoulds = 1;
    }
    add_cost(repair, &cost);
    return repair;
}

void sla_repair_set(struct sla_repairs *repairs, struct sla_repair *repair,
                    const struct sla_clause *clause, const char *key, struct slice value)
{
    struct diag_edit *edit = sla_edit_member(repairs->arena, clause->node, key, value);

    edit->next = repair->edits;
    repair->edits = edit;
}

/* "[a, b, imaging/pacs-vm]": what is excepted already, and the conflict's resources. */
static struct slice except_list(struct sla_repairs *repairs, const struct sla_clause *clause)
{
    CLEANUP(buf_done) struct buf list = { 0 };
    const struct yaml_node *before = yaml_get(clause->node, "except");
    const struct yaml_node *at = before;
    size_t count = 0;

    if (before != NULL && before->kind == YAML_SEQUENCE) {
        at = before->first;
    }
    buf_add_char(&list, '[');
    for (; at != NULL; at = at == before ? NULL : at->next) {
        buf_printf(&list, "%s%.*s", count++ > 0 ? ", " : "", SLICE_ARG(at->text));
    }
    for (size_t i = 0; i < repairs->conflict->resource_count; i++) {
        struct slice resource =
            sla_resource_text(repairs->arena, repairs->world, repairs->conflict->resources[i]);
        buf_printf(&list, "%s%.*s", count++ > 0 ? ", " : "", SLICE_ARG(resource));
    }
    buf_add_char(&list, ']');
    return arena_copy(repairs->arena, buf_slice(&list));
}

static struct slice resource_names(struct sla_repairs *repairs)
{
    const struct sla_conflict *conflict = repairs->conflict;
    struct slice first = sla_resource_text(repairs->arena, repairs->world, conflict->resources[0]);

    if (conflict->resource_count == 1) {
        return arena_printf(repairs->arena, "`%.*s`", SLICE_ARG(first));
    }
    return arena_printf(repairs->arena, "`%.*s` and %zu more", SLICE_ARG(first),
                        conflict->resource_count - 1);
}

void sla_repair_except(struct sla_repairs *repairs, const struct sla_clause *clause)
{
    size_t resources = repairs->conflict->resource_count;
    struct sla_repair *repair = sla_repair_clause(repairs, clause, (int64_t)resources, "resources");
    struct slice names = resource_names(repairs);

    if (repair == NULL) {
        return;
    }
    sla_repair_set(repairs, repair, clause, "except", except_list(repairs, clause));
    repair->title = arena_printf(repairs->arena, "exempt %.*s in `%.*s` of %.*s", SLICE_ARG(names),
                                 SLICE_ARG(clause->ref.clause), SLICE_ARG(clause->ref.party));
}

/* --- moving to another provider -------------------------------------------------------------- */

/* The provider whose own clause is part of the conflict, if any. */
static struct slice colliding_provider(const struct sla_conflict *conflict)
{
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (conflict->clauses[i]->document->kind == SLA_PROVIDER_OFFER) {
            return conflict->clauses[i]->ref.party;
        }
    }
    return (struct slice){ 0 };
}

static void try_move(struct sla_repairs *repairs, struct slice from, struct slice to)
{
    const struct sla_conflict *conflict = repairs->conflict;
    struct sla_repair *repair = new_candidate(repairs);
    struct sla_cost cost = { .unit = "resources" };

    if (repair == NULL) {
        return;
    }
    for (size_t i = 0; i < conflict->resource_count; i++) {
        const struct draft_resource *resource = repairs->draft->resources[conflict->resources[i]];
        if (!slice_eq(resource->resource.provider, from)) {
            continue;
        }
        struct diag_edit *edit = sla_edit_member(repairs->arena, resource->node, "provider", to);
        edit->next = repair->edits;
        repair->edits = edit;
        cost.party = resource->document->document.party;
        cost.role = resource->document->document.role;
        cost.moves++;
    }
    cost.amount = cost.moves;
    add_cost(repair, &cost);
    struct slice names = resource_names(repairs);
    repair->title = arena_printf(repairs->arena, "move %.*s to provider `%.*s`, whose offers fit",
                                 SLICE_ARG(names), SLICE_ARG(to));
}

static void try_moves(struct sla_repairs *repairs)
{
    struct slice from = colliding_provider(repairs->conflict);
    const struct sla_world *world = repairs->world;
    struct slice last = { 0 };

    for (size_t i = 0; i < world->document_count && from.len > 0; i++) {
        const struct sla_document *document = world->documents[i];
        if (document->kind == SLA_PROVIDER_OFFER && !slice_eq(document->party, from) &&
            !slice_eq(document->party, last)) {
            last = document->party; /* documents of a party stand together */
            try_move(repairs, from, document->party);
        }
    }
}

/* --- the check ------------------------------------------------------------------------------- */

static bool same_clauses(const struct sla_conflict *a, const struct sla_conflict *b)
{
    if (a->class != b->class || a->clause_count != b->clause_count) {
        return false;
    }
    for (size_t i = 0; i < a->clause_count; i++) {
        const struct clause_ref *left = &a->clauses[i]->ref;
        const struct clause_ref *right = &b->clauses[i]->ref;
        if (left->role != right->role || !slice_eq(left->party, right->party) ||
            !slice_eq(left->document, right->document) || !slice_eq(left->clause, right->clause)) {
            return false;
        }
    }
    return true;
}

/* The conflict is gone and what is left was there before. */
static bool is_better(const struct sla_world *before, const struct sla_world *after,
                      const struct sla_conflict *mended)
{
    if (after->summary.unoffered_resources > before->summary.unoffered_resources ||
        after->conflicts_incomplete || !sla_spread_is_kept(before, after)) {
        return false;
    }
    for (size_t i = 0; i < after->conflict_count; i++) {
        const struct sla_conflict *left = &after->conflicts[i];
        bool known = false;
        if (same_clauses(left, mended)) {
            return false;
        }
        for (size_t j = 0; j < before->conflict_count && !known; j++) {
            known = same_clauses(left, &before->conflicts[j]);
        }
        if (!known) {
            return false;
        }
    }
    return true;
}

static uint64_t price_of(const struct sla_world *world)
{
    size_t bytes = 0;

    for (size_t i = 0; i < world->source_count; i++) {
        bytes += world->sources[i].text.len;
    }
    return 1 + bytes / BYTES_PER_EXPANSION + world->clause_count;
}

static struct status apply(struct arena *arena, const struct sla_world *world,
                           const struct sla_repair *repair, struct diag_source **out,
                           bool **out_changed)
{
    struct diag_source *sources = ARENA_NEW(arena, struct diag_source, world->source_count + 1);
    bool *changed = ARENA_NEW(arena, bool, world->source_count + 1);

    for (size_t i = 0; i < world->source_count; i++) {
        sources[i] = world->sources[i];
        TRY(diag_apply_edits(arena, &world->sources[i], repair->edits, &sources[i].text));
        changed[i] = !slice_eq(sources[i].text, world->sources[i].text);
    }
    *out = sources;
    if (out_changed != NULL) {
        *out_changed = changed;
    }
    return STATUS_SUCCESS;
}

/* Compiles the edited documents in memory of its own. False: not a repair, or no budget left. */
static bool holds_up(struct sla_repairs *repairs, struct sla_repair *repair)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sla_world *world = repairs->world;
    uint64_t left = repairs->max_expansions - world->expansions;
    uint64_t price = price_of(world);
    struct diag_source *sources = NULL;
    struct diag_list diags;

    if (left <= price) {
        world->expansions = repairs->max_expansions;
        return false;
    }
    struct status applied = apply(&scratch, world, repair, &sources, NULL);
    if (!status_ok(&applied)) {
        return false;
    }
    diag_list_init(&diags, &scratch);
    struct sla_options options = repairs->draft->options;
    options.without_repairs = true;
    options.max_expansions = left - price;
    const struct sla_world *after =
        sla_compile(&scratch, sources, world->source_count, &options, &diags);
    world->expansions += price + (after != NULL ? after->expansions : 0);
    if (after == NULL || !is_better(world, after, repairs->conflict)) {
        return false;
    }
    memcpy(repair->digest, after->policies.digest, sizeof(repair->digest));
    return true;
}

/* --- order ----------------------------------------------------------------------------------- */

/* Counts of a tier, over all parties: they are clauses and moves, not weights. */
static struct sla_cost tiers_of(const struct sla_repair *repair)
{
    struct sla_cost all = { 0 };

    for (size_t i = 0; i < repair->cost_count; i++) {
        all.musts += repair->costs[i].musts;
        all.shoulds += repair->costs[i].shoulds;
        all.moves += repair->costs[i].moves;
        all.rights += repair->costs[i].rights;
        all.amount += repair->costs[i].amount;
    }
    return all;
}

static int order_of(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Fewest requirements weakened, then fewest moves, then fewest rights narrowed; amounts only where
 * the same party pays in the same unit; else by words, so that the order is always the same. */
static int repair_order(const void *left, const void *right)
{
    const struct sla_repair *a = left;
    const struct sla_repair *b = right;
    struct sla_cost tier_a = tiers_of(a);
    struct sla_cost tier_b = tiers_of(b);
    int order = order_of(tier_a.musts, tier_b.musts);

    order = order != 0 ? order : order_of(tier_a.shoulds, tier_b.shoulds);
    order = order != 0 ? order : order_of(tier_a.moves, tier_b.moves);
    order = order != 0 ? order : order_of(tier_a.rights, tier_b.rights);
    if (order == 0 && slice_eq(a->costs[0].party, b->costs[0].party) &&
        strcmp(a->costs[0].unit, b->costs[0].unit) == 0) {
        order = order_of((uint64_t)tier_a.amount, (uint64_t)tier_b.amount);
    }
    return order != 0 ? order : slice_cmp(a->title, b->title);
}

static void repair_conflict(struct sla_repairs *repairs, struct sla_conflict *conflict)
{
    size_t kept = 0;

    repairs->conflict = conflict;
    repairs->count = 0;
    conflict->repairs_incomplete = repairs->world->conflicts_incomplete;
    switch (conflict->class) {
    case SLA_CONFLICT_MODALITY:
        sla_repairs_of_modality(repairs);
        break;
    case SLA_CONFLICT_DUTY:
        sla_repairs_of_duty(repairs);
        break;
    case SLA_CONFLICT_SET:
        if (conflict->clauses[0]->term->domain == &sla_domain_set) {
            sla_repairs_of_set(repairs);
        } else {
            sla_repairs_of_clash(repairs);
        }
        break;
    case SLA_CONFLICT_ARITHMETIC:
        if (conflict->clauses[0]->term->chooser == SLA_BUDGET) {
            sla_repairs_of_budget(repairs);
        } else {
            sla_repairs_of_shortfall(repairs);
        }
        break;
    case SLA_CONFLICT_QUORUM:
        sla_repairs_of_quorum(repairs);
        break;
    }
    try_moves(repairs);
    qsort(repairs->candidates, repairs->count, sizeof(struct sla_repair), repair_order);
    struct sla_repair *offered = ARENA_NEW(repairs->arena, struct sla_repair, SLA_REPAIRS_MAX);
    for (size_t i = 0; i < repairs->count && kept < SLA_REPAIRS_MAX; i++) {
        if (holds_up(repairs, &repairs->candidates[i])) {
            offered[kept++] = repairs->candidates[i];
        }
        if (repairs->world->expansions >= repairs->max_expansions) {
            conflict->repairs_incomplete = true;
            break;
        }
    }
    conflict->repairs = offered;
    conflict->repair_count = kept;
}

void sla_find_repairs(struct arena *arena, struct draft *draft, struct sla_world *world,
                      uint64_t max_expansions)
{
    struct sla_repairs *repairs = ARENA_NEW(arena, struct sla_repairs, 1);

    repairs->arena = arena;
    repairs->draft = draft;
    repairs->world = world;
    repairs->max_expansions = max_expansions;
    for (size_t i = 0; i < world->conflict_count; i++) {
        repair_conflict(repairs, &world->conflicts[i]);
    }
}

/* --- for people and callers ------------------------------------------------------------------ */

/* What a cost counts, for one and for many. */
static const char *unit_of(const struct sla_cost *cost)
{
    static const char *const singulars[][2] = { { "resources", "resource" },
                                                { "parties", "party" },
                                                { "countries", "country" },
                                                { "levels", "level" },
                                                { "classes", "class" } };

    for (size_t i = 0; cost->amount == 1 && i < COUNT_OF(singulars); i++) {
        if (strcmp(cost->unit, singulars[i][0]) == 0) {
            return singulars[i][1];
        }
    }
    return cost->unit;
}

static void format_count(struct buf *out, uint32_t count, const char *one, const char *many)
{
    if (count > 0) {
        buf_printf(out, "%" PRIu32 " %s", count, count == 1 ? one : many);
    }
}

/* "2 countries", "38 min 52 s a window" */
static void format_amount(struct buf *out, const struct sla_cost *cost)
{
    struct slice unit = slice_from(unit_of(cost));
    struct slice rest = unit;
    bool is_time = slice_eq(slice_cut(&rest, ' '), SLICE("ms"));

    if (is_time) {
        sla_format_span_ms(cost->amount, out);
        unit = rest;
    } else {
        buf_printf(out, "%" PRId64, cost->amount);
    }
    buf_printf(out, "%s%.*s", unit.len > 0 ? " " : "", SLICE_ARG(unit));
}

void sla_repair_format_costs(const struct sla_repair *repair, struct buf *out)
{
    buf_add_char(out, '(');
    for (size_t i = 0; i < repair->cost_count; i++) {
        const struct sla_cost *cost = &repair->costs[i];
        buf_printf(out, "%s%s %.*s: ", i > 0 ? "; " : "", party_role_name(cost->role),
                   SLICE_ARG(cost->party));
        format_count(out, cost->musts, "`must` weaker", "`must`s weaker");
        format_count(out, cost->shoulds, "`should` weaker", "`should`s weaker");
        format_count(out, cost->moves, "resource moves", "resources move");
        format_count(out, cost->rights, "promise or right changes", "promises or rights change");
        bool weaker = cost->musts + cost->shoulds + cost->rights > 0;
        if (cost->moves == 0) {
            buf_add_cstr(out, weaker ? ", by " : "");
            format_amount(out, cost);
            buf_add_cstr(out, weaker ? "" : " more");
        }
    }
    buf_add_char(out, ')');
}

struct status sla_repair_apply(struct arena *arena, const struct sla_world *world,
                               const struct sla_conflict *conflict, size_t choice,
                               struct diag_source **out, bool **out_changed)
{
    if (choice >= conflict->repair_count) {
        return status_error(STATUS_NOT_FOUND, "conflict %.*s has %zu repairs, no number %zu",
                            SLICE_ARG(conflict->id), conflict->repair_count, choice + 1);
    }
    return apply(arena, world, &conflict->repairs[choice], out, out_changed);
}
