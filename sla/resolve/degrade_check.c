#include "sla/resolve/degrade.h"

#include "sla/read/field_types.h"
#include "sla/report.h"

#include <assert.h>

/* --- the order as declared ------------------------------------------------------------------- */

struct checking {
    struct draft *draft;
    struct draft_document *document;
    struct sla_names ids;  /* into document->clauses */
    struct slice *shoulds; /* for people; NULL: not asked for yet */
    size_t should_count;
};

static void report_unknown(struct checking *checking, const struct yaml_node *at)
{
    const struct draft_document *document = checking->document;

    if (checking->shoulds == NULL) {
        checking->shoulds =
            ARENA_NEW(checking->draft->arena, struct slice, document->clause_count + 1);
        for (size_t i = 0; i < document->clause_count; i++) {
            if (document->clauses[i].clause.strength == SLA_SHOULD) {
                checking->shoulds[checking->should_count++] =
                    document->clauses[i].clause.ref.clause;
            }
        }
    }
    (void)sla_report_name(checking->draft, SLA_CODE_DEGRADE, yaml_span(at), at->text,
                          "a `should` clause of this document", checking->shoulds,
                          checking->should_count);
}

static void take_step(struct checking *checking, const struct yaml_node *at, uint32_t step)
{
    struct diag_list *diags = checking->draft->diags;
    uint32_t found = 0;

    if (!sla_names_find(&checking->ids, at->text, &found)) {
        report_unknown(checking, at);
        return;
    }
    struct sla_clause *clause = &checking->document->clauses[found].clause;
    if (clause->strength != SLA_SHOULD) {
        struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_DEGRADE, yaml_span(at),
                                     "`%.*s` never gives way", SLICE_ARG(at->text));
        diag_secondary(diags, diag, clause->span, "it is not `strength: should`");
        diag_help(diags, diag, "take it out, or give the clause `strength: should`");
        return;
    }
    if (clause->step != 0) {
        struct diag *diag =
            diag_add(diags, DIAG_ERROR, SLA_CODE_DEGRADE, yaml_span(at),
                     "`%.*s` is in step %u already", SLICE_ARG(at->text), clause->step);
        diag_help(diags, diag, "a clause gives way once: take one of them out");
        return;
    }
    clause->step = step;
}

static void check_missing(struct checking *checking)
{
    struct diag_list *diags = checking->draft->diags;
    const struct draft_document *document = checking->document;

    for (size_t i = 0;
         i < document->clause_count && !sla_is_full(checking->draft, document->degrade); i++) {
        const struct sla_clause *clause = &document->clauses[i].clause;
        if (clause->strength == SLA_SHOULD && clause->step == 0 && !document->clauses[i].broken) {
            struct diag *diag =
                diag_add(diags, DIAG_ERROR, SLA_CODE_DEGRADE, clause->span,
                         "`%.*s` is in no step of `degrade`", SLICE_ARG(clause->ref.clause));
            diag_secondary(diags, diag, yaml_key_span(document->degrade),
                           "the order of giving way");
            diag_help(diags, diag, "put it into a step: the first ones give way first");
        }
    }
}

void sla_check_degrade(struct draft *draft, struct draft_document *document)
{
    struct checking checking = { .draft = draft, .document = document };
    uint32_t step = 0;

    if (document->degrade == NULL) {
        return;
    }
    sla_names_init(&checking.ids, draft->arena, document->clause_count);
    for (size_t i = 0; i < document->clause_count; i++) {
        if (document->clauses[i].reaction == NULL) {
            sla_names_add(&checking.ids, document->clauses[i].clause.ref.clause, (uint32_t)i);
        }
    }
    sla_names_sort(&checking.ids);
    for (const struct yaml_node *at = document->degrade->first; at != NULL; at = at->next) {
        step++;
        for (const struct yaml_node *id = sla_texts_first(at);
             id != NULL && !sla_is_full(draft, id); id = sla_texts_next(at, id)) {
            take_step(&checking, id, step);
        }
    }
    check_missing(&checking);
}

/* --- the order that was not declared --------------------------------------------------------- */

static bool may_end(const struct sla_clause *clause, const struct sla_clause *yields)
{
    return clause != yields && clause->document == yields->document &&
           clause->strength == SLA_SHOULD && clause->stance != SLA_OFFERS;
}

static void report_order(const struct sla_conflict *conflict, struct diag_list *diags)
{
    const struct sla_clause *yields = conflict->yields, *other = NULL;

    for (size_t i = 0; i < conflict->clause_count && other == NULL; i++) {
        other = may_end(conflict->clauses[i], yields) ? conflict->clauses[i] : NULL;
    }
    assert(other != NULL); /* yields_count is more than one */
    struct diag *diag = diag_add(diags, DIAG_WARNING, SLA_CODE_ORDER, yields->span,
                                 "nothing says that `%.*s` gives way before `%.*s`",
                                 SLICE_ARG(yields->ref.clause), SLICE_ARG(other->ref.clause));
    diag_label(diags, diag, "taken because of its id");
    diag_secondary(diags, diag, other->span, "would end conflict %.*s as well",
                   SLICE_ARG(conflict->id));
    diag_help(diags, diag, "declare it: `degrade: [[%.*s], [%.*s]]`", SLICE_ARG(yields->ref.clause),
              SLICE_ARG(other->ref.clause));
}

/* Once a document. */
void sla_report_order(const struct sla_world *world, struct diag_list *diags)
{
    for (size_t i = 0; i < world->conflict_count; i++) {
        const struct sla_conflict *conflict = &world->conflicts[i];
        bool told = false;
        if (conflict->yields == NULL || conflict->yields_count < 2 || conflict->yields->step > 0) {
            continue;
        }
        for (size_t j = 0; j < i && !told; j++) {
            const struct sla_conflict *before = &world->conflicts[j];
            told = before->yields != NULL && before->yields_count > 1 &&
                   before->yields->document == conflict->yields->document;
        }
        if (!told) {
            report_order(conflict, diags);
        }
    }
}
