#include "sla/resolve/resembling.h"

#include "sla/read/field_types.h"
#include "sla/report.h"
#include "sla/terms/rule.h"

#include <stdlib.h>

enum { NEAR_EDITS = 2 };

/* A name where it stands. */
struct use {
    struct slice name;
    const struct yaml_node *node;
};

struct uses {
    struct use *items;
    size_t count, room;
    struct arena *arena;
};

static void add(struct uses *uses, const struct yaml_node *node)
{
    if (uses->count == uses->room) {
        size_t room = 2 * uses->room + 16;
        struct use *grown = ARENA_NEW(uses->arena, struct use, room);
        for (size_t i = 0; i < uses->count; i++) {
            grown[i] = uses->items[i];
        }
        uses->items = grown;
        uses->room = room;
    }
    uses->items[uses->count++] = (struct use){ node->text, node };
}

static void add_all(struct uses *uses, const struct yaml_node *list)
{
    for (const struct yaml_node *at = sla_texts_first(list); at != NULL;
         at = sla_texts_next(list, at)) {
        add(uses, at);
    }
}

/* By name, then place. */
static int use_order(const void *left, const void *right)
{
    const struct use *a = left;
    const struct use *b = right;
    int order = slice_cmp(a->name, b->name);
    struct diag_span first = yaml_span(a->node);
    struct diag_span second = yaml_span(b->node);

    order = order != 0 ? order : (first.source > second.source) - (first.source < second.source);
    return order != 0 ? order : (first.byte > second.byte) - (first.byte < second.byte);
}

static bool is_same_place(const struct use *a, const struct use *b)
{
    struct diag_span first = yaml_span(a->node);
    struct diag_span second = yaml_span(b->node);

    return first.source == second.source && first.byte == second.byte;
}

/* Clauses of a template stand in each document that extends it, but were written once. */
static void drop_copies(struct uses *uses)
{
    size_t kept = 0;

    for (size_t i = 0; i < uses->count; i++) {
        if (kept == 0 || !is_same_place(&uses->items[kept - 1], &uses->items[i])) {
            uses->items[kept++] = uses->items[i];
        }
    }
    uses->count = kept;
}

static bool is_alone(const struct uses *uses, size_t at)
{
    const struct use *items = uses->items;

    return (at == 0 || !slice_eq(items[at - 1].name, items[at].name)) &&
           (at + 1 == uses->count || !slice_eq(items[at + 1].name, items[at].name));
}

/* The nearest other name; of two that stand alone only the second in order is told. */
static const struct use *nearest_of(const struct uses *uses, size_t at)
{
    const struct use *nearest = NULL;
    struct slice name = uses->items[at].name;
    size_t best = NEAR_EDITS + 1;

    for (size_t i = 0; i < uses->count; i++) {
        bool first = i == 0 || !slice_eq(uses->items[i - 1].name, uses->items[i].name);
        if (!first || i == at || (i > at && is_alone(uses, i))) {
            continue;
        }
        size_t distance = slice_distance(name, uses->items[i].name, NEAR_EDITS);
        if (distance < best && 2 * distance < name.len) {
            best = distance;
            nearest = &uses->items[i];
        }
    }
    return nearest;
}

static void report(struct draft *draft, const struct use *use, const struct use *other,
                   const char *what)
{
    struct diag *diag =
        diag_add(draft->diags, DIAG_WARNING, SLA_CODE_RESEMBLING, yaml_span(use->node),
                 "%s `%.*s` is named once, and resembles `%.*s`", what, SLICE_ARG(use->name),
                 SLICE_ARG(other->name));

    diag_secondary(draft->diags, diag, yaml_span(other->node), "the other one");
    diag_help(draft->diags, diag, "if the same is meant, write `%.*s`", SLICE_ARG(other->name));
    (void)diag_fix(draft->diags, diag, false, yaml_span(use->node), other->name,
                   "replace with `%.*s`", SLICE_ARG(other->name));
}

static void check(struct draft *draft, struct uses *uses, const char *what)
{
    if (uses->count > 1) {
        qsort(uses->items, uses->count, sizeof(*uses->items), use_order);
    }
    drop_copies(uses);
    for (size_t i = 0; i < uses->count; i++) {
        if (!is_alone(uses, i) || !sla_may_compare(draft, uses->count)) {
            continue;
        }
        const struct use *other = nearest_of(uses, i);
        if (other != NULL) {
            report(draft, &uses->items[i], other, what);
        }
    }
}

void sla_check_resembling(struct draft *draft)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct uses purposes = { .arena = &scratch };

    for (size_t i = 0; i < draft->document_count; i++) {
        const struct draft_document *document = draft->documents[i];
        for (size_t j = 0; j < document->clause_count; j++) {
            const struct draft_clause *clause = &document->clauses[j];
            if (clause->when == NULL || clause->when->purpose_count == 0) {
                continue;
            }
            add_all(&purposes, yaml_get(yaml_get(clause->clause.node, "when"), "purpose"));
            if (sla_rule_needs_consent(&clause->clause)) {
                add_all(&purposes, clause->value);
            }
        }
    }
    check(draft, &purposes, "purpose");
}
