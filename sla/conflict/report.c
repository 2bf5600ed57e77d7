#include "sla/conflict/conflict.h"
#include "sla/conflict/repair.h"
#include "sla/policy/tiers.h"
#include "sla/resolve/degrade.h"
#include "sla/terms/sets.h"

#include <inttypes.h>

static const unsigned class_codes[] = {
    [SLA_CONFLICT_MODALITY] = SLA_CODE_MODALITY,
    [SLA_CONFLICT_SET] = SLA_CODE_SET,
    [SLA_CONFLICT_ARITHMETIC] = SLA_CODE_ARITHMETIC,
    [SLA_CONFLICT_QUORUM] = SLA_CODE_ARITHMETIC,
    [SLA_CONFLICT_DUTY] = SLA_CODE_DUTY,
};

/* The finding stands at what gives way, else at the duty, else at what somebody requires; what is
 * offered or reserved is shown beside it. */
static size_t primary_of(const struct sla_conflict *conflict)
{
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (conflict->clauses[i] == conflict->yields) {
            return i;
        }
    }
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (conflict->class == SLA_CONFLICT_DUTY ? conflict->clauses[i]->op == SLA_OP_APART
                                                 : conflict->clauses[i]->stance == SLA_REQUIRES) {
            return i;
        }
    }
    return 0;
}

static struct slice label_of(struct arena *arena, const struct sla_clause *clause)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_printf(&text, "%s %.*s: ", party_role_name(clause->ref.role), SLICE_ARG(clause->ref.party));
    sla_clause_format(clause, &text);
    sla_sets_format_named(clause, &text);
    return arena_copy(arena, buf_slice(&text));
}

/* "provider clause `stop`", "2 others"; a clause by itself is at odds with where things stand. */
static struct slice others_text(struct arena *arena, const struct sla_conflict *conflict,
                                size_t primary)
{
    const struct sla_clause *other = conflict->clauses[1 - (primary & 1)];

    if (conflict->clause_count == 1) {
        return SLICE("the places of its resources");
    }
    if (conflict->clause_count > 2) {
        return arena_printf(arena, "%zu others", conflict->clause_count - 1);
    }
    return arena_printf(arena, "%s clause `%.*s`", party_role_name(other->ref.role),
                        SLICE_ARG(other->ref.clause));
}

static struct diag *add_finding(const struct sla_conflict *conflict, size_t primary,
                                struct diag_list *diags)
{
    const struct sla_clause *first = conflict->clauses[primary];
    unsigned code = class_codes[conflict->class];
    struct slice others = others_text(diags->arena, conflict, primary);

    if (conflict->yields != NULL) {
        return diag_add(diags, DIAG_WARNING, code, first->value_span,
                        "%s clause `%.*s` (should) gives way to %.*s",
                        party_role_name(first->ref.role), SLICE_ARG(first->ref.clause),
                        SLICE_ARG(others));
    }
    return diag_add(diags, DIAG_ERROR, code, first->value_span,
                    "%s clause `%.*s` and %.*s cannot %s hold", party_role_name(first->ref.role),
                    SLICE_ARG(first->ref.clause), SLICE_ARG(others),
                    conflict->clause_count <= 2 ? "both" : "all");
}

/* What nobody keeps any more, where. */
static void add_loss(const struct sla_world *world, const struct sla_conflict *conflict,
                     struct diag *diag, struct diag_list *diags)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct slice first = sla_resource_text(diags->arena, world, conflict->resources[0]);

    sla_clause_format(conflict->yields, &text);
    buf_printf(&text, " on %.*s", SLICE_ARG(first));
    if (conflict->resource_count > 1) {
        buf_printf(&text, " and %zu more", conflict->resource_count - 1);
    }
    diag_note(diags, diag, "lost: %.*s", SLICE_ARG(buf_slice(&text)));
}

static void add_step(const struct sla_conflict *conflict, struct diag *diag,
                     struct diag_list *diags)
{
    if (conflict->yields->step > 0) {
        diag_note(diags, diag, "step %u of `degrade`", conflict->yields->step);
    }
    if (!conflict->is_least) {
        diag_note(diags, diag, "not proven least: over %d clauses hang together",
                  SLA_DEGRADE_EXACT_MAX);
    }
}

static void add_repairs(const struct sla_conflict *conflict, struct diag *diag,
                        struct diag_list *diags)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < conflict->repair_count; i++) {
        const struct sla_repair *repair = &conflict->repairs[i];
        buf_printf(&text, "%s%zu) %.*s ", i > 0 ? "\n" : "", i + 1, SLICE_ARG(repair->title));
        sla_repair_format_costs(repair, &text);
    }
    if (conflict->repair_count > 0) {
        diag_help(diags, diag, "%.*s", (int)text.len, text.ptr);
    } else if (conflict->repairs_incomplete) {
        diag_help(diags, diag, "the work budget ended before a repair was found");
    } else {
        diag_help(diags, diag, "change one of the clauses: no single edit was found to mend it");
    }
}

/* Which of them counts may also be said once for all. */
static void add_tiers(const struct sla_world *world, const struct sla_conflict *conflict,
                      struct diag *diag, struct diag_list *diags)
{
    if (conflict->class != SLA_CONFLICT_MODALITY || conflict->clause_count != 2) {
        return;
    }
    struct slice advice =
        sla_tiers_advice(diags->arena, world, conflict->clauses[0], conflict->clauses[1]);
    if (advice.len > 0) {
        diag_help(diags, diag, "%.*s", SLICE_ARG(advice));
    }
}

void sla_conflict_report(const struct sla_world *world, const struct sla_conflict *conflict,
                         struct diag_list *diags)
{
    size_t primary = primary_of(conflict);
    struct diag *diag = add_finding(conflict, primary, diags);
    struct slice label = label_of(diags->arena, conflict->clauses[primary]);

    diag_label(diags, diag, "%.*s", SLICE_ARG(label));
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (i != primary) {
            label = label_of(diags->arena, conflict->clauses[i]);
            diag_secondary(diags, diag, conflict->clauses[i]->value_span, "%.*s", SLICE_ARG(label));
        }
    }
    diag_note(diags, diag, "witness: %.*s", SLICE_ARG(conflict->witness));
    if (conflict->arithmetic.len > 0) {
        diag_note(diags, diag, "%.*s", SLICE_ARG(conflict->arithmetic));
    }
    if (conflict->yields != NULL) {
        add_loss(world, conflict, diag, diags);
        add_step(conflict, diag, diags);
    } else if (conflict->resource_count > 1) {
        struct slice first = sla_resource_text(diags->arena, world, conflict->resources[0]);
        diag_note(diags, diag, "on %.*s and %zu more", SLICE_ARG(first),
                  conflict->resource_count - 1);
    }
    diag_note(diags, diag, "conflict %.*s", SLICE_ARG(conflict->id));
    add_repairs(conflict, diag, diags);
    add_tiers(world, conflict, diag, diags);
}
