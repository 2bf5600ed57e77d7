#include "sla/policy/delegation.h"

#include "base/sorted.h"
#include "sla/compile.h"
#include "sla/read/expand.h"
#include "sla/report.h"
#include "sla/values/guard.h"

#include <stdlib.h>

/* Which clause each one names, and whether its chain reaches. */

enum { CIRCLE_SHOWN = 8 }; /* clauses of one, in a finding */

const struct sla_clause *sla_delegation_root(const struct sla_clause *clause)
{
    while (clause->under != NULL) {
        clause = clause->under;
    }
    return clause;
}

/* --- names ------------------------------------------------------------------------------------ */

struct clauses {
    struct draft_clause **items; /* by party, document, role, id */
    size_t count;
};

static int ref_order(const void *clause, const void *ref)
{
    return sla_clause_ref_cmp(&(*(struct draft_clause *const *)clause)->clause.ref, ref);
}

static int clause_order(const void *left, const void *right)
{
    return ref_order(left, &(*(struct draft_clause *const *)right)->clause.ref);
}

/* Those that can be named: what makes something by itself, in force or not. */
static struct clauses gather(struct draft *draft)
{
    struct clauses all = { .count = 0 };
    size_t room = 0;

    for (size_t i = 0; i < draft->document_count; i++) {
        room += draft->documents[i]->clause_count;
    }
    all.items = ARENA_NEW(draft->arena, struct draft_clause *, room + 1);
    for (size_t i = 0; i < draft->document_count; i++) {
        struct draft_document *document = draft->documents[i];
        bool speaks = sla_speaks_for_itself(&document->document);
        for (size_t j = 0; speaks && j < document->clause_count; j++) {
            all.items[all.count++] = &document->clauses[j];
        }
    }
    qsort(all.items, all.count, sizeof(struct draft_clause *), clause_order);
    return all;
}

/* The id of a clause of the same document, or PARTY/DOCUMENT/CLAUSE. */
struct clause_ref sla_granted_by(const struct sla_clause *clause)
{
    struct slice rest = clause->granted_by;
    struct clause_ref ref = { .party = clause->ref.party, .document = clause->ref.document };

    if (slice_find(rest, '/') < rest.len) {
        ref.party = slice_cut(&rest, '/');
        ref.document = slice_cut(&rest, '/');
    }
    ref.clause = rest;
    return ref;
}

static bool is_local(const struct sla_clause *clause)
{
    return slice_find(clause->granted_by, '/') == clause->granted_by.len;
}

/* Whatever the roles of the documents of that name; NULL: none. `out_again`: a second one. */
static struct draft_clause *find(const struct clauses *all, const struct sla_clause *clause,
                                 struct draft_clause **out_again)
{
    struct clause_ref ref = sla_granted_by(clause);
    struct draft_clause *found = NULL;

    *out_again = NULL;
    for (unsigned role = 0; role <= PARTY_OPERATOR; role++) {
        ref.role = (enum party_role)role;
        size_t from = sorted_lower_bound(all->items, all->count, sizeof(struct draft_clause *),
                                         &ref, ref_order);
        for (size_t i = from; i < all->count && ref_order(&all->items[i], &ref) == 0; i++) {
            if (!is_local(clause) || all->items[i]->clause.document == clause->document) {
                *out_again = found;
                found = all->items[i];
            }
        }
    }
    return found;
}

/* Some document of that name is among those compiled. */
static bool has_document(const struct draft *draft, const struct clause_ref *ref)
{
    for (size_t i = 0; i < draft->document_count; i++) {
        const struct sla_document *document = &draft->documents[i]->document;
        if (slice_eq(document->party, ref->party) && slice_eq(document->name, ref->document)) {
            return true;
        }
    }
    return false;
}

static struct slice path_of(struct draft *draft, const struct clause_ref *ref)
{
    return arena_printf(draft->arena, "%.*s/%.*s/%.*s", SLICE_ARG(ref->party),
                        SLICE_ARG(ref->document), SLICE_ARG(ref->clause));
}

/* Of the same document, or of all, as `under` is written. */
static size_t names_near(struct draft *draft, const struct clauses *all,
                         const struct sla_clause *clause, struct slice *out)
{
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        const struct sla_clause *at = &all->items[i]->clause;
        if (!is_local(clause)) {
            out[count++] = path_of(draft, &at->ref);
        } else if (at->document == clause->document && at != clause) {
            out[count++] = at->ref.clause;
        }
    }
    return count;
}

static void report_unknown(struct draft *draft, const struct clauses *all,
                           const struct sla_clause *clause)
{
    const struct clause_ref ref = sla_granted_by(clause);
    struct diag_span span = yaml_span(yaml_get(clause->node, "under"));
    struct slice *names = NULL;
    size_t count = 0;

    if (draft->options.partial && !has_document(draft, &ref)) {
        struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_NOT_REACHED, span,
                                     "document `%.*s` of `%.*s` is not among the documents",
                                     SLICE_ARG(ref.document), SLICE_ARG(ref.party));
        diag_label(draft->diags, diag, "whether the clause is granted cannot be checked");
        diag_help(draft->diags, diag, "add the file with that document");
        return;
    }
    if (sla_may_compare(draft, all->count)) {
        names = ARENA_NEW(draft->arena, struct slice, all->count + 1);
        count = names_near(draft, all, clause, names);
    }
    (void)sla_report_name(draft, SLA_CODE_NOT_REACHED, span, clause->granted_by,
                          is_local(clause) ? "a clause of this document"
                                           : "a clause of these documents",
                          names, count);
}

static void name(struct draft *draft, const struct clauses *all, struct draft_clause *clause)
{
    struct draft_clause *again = NULL;

    clause->under = find(all, &clause->clause, &again);
    if (clause->under == NULL) {
        report_unknown(draft, all, &clause->clause);
    } else if (again != NULL) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, SLA_CODE_REPEATED,
                     yaml_span(yaml_get(clause->clause.node, "under")), "`%.*s` means two clauses",
                     SLICE_ARG(clause->clause.granted_by));
        diag_secondary(draft->diags, diag, clause->under->clause.span, "one of them");
        diag_secondary(draft->diags, diag, again->clause.span, "the other");
        diag_help(draft->diags, diag, "give one of the documents another name");
        clause->under = NULL;
    }
}

/* --- chains ----------------------------------------------------------------------------------- */

static void report_circle(struct draft *draft, const struct draft_clause *first)
{
    const struct draft_clause *least = first;
    size_t count = 0;

    for (const struct draft_clause *at = first->under; at != first; at = at->under) {
        least = sla_clause_ref_cmp(&at->clause.ref, &least->clause.ref) < 0 ? at : least;
    }
    struct diag *diag = diag_add(
        draft->diags, DIAG_ERROR, SLA_CODE_ROUND, yaml_span(yaml_get(least->clause.node, "under")),
        "clause `%.*s` rests on itself", SLICE_ARG(least->clause.ref.clause));
    diag_label(draft->diags, diag, "`%.*s`", SLICE_ARG(least->clause.granted_by));
    for (const struct draft_clause *at = least->under; at != least && count++ < CIRCLE_SHOWN;
         at = at->under) {
        diag_secondary(draft->diags, diag, yaml_span(yaml_get(at->clause.node, "under")),
                       "which rests on `%.*s`", SLICE_ARG(at->clause.granted_by));
    }
    diag_help(draft->diags, diag, "take `under` out of the one whose party may grant it itself");
}

/* None of them is granted; what hangs below falls with them. */
static void cut_circle(struct draft *draft, struct draft_clause *first)
{
    struct draft_clause *at = first;

    report_circle(draft, first);
    while (at->under != NULL) {
        struct draft_clause *next = at->under;
        at->under = NULL;
        at = next;
    }
}

/* Its own link, when what is above was looked at. */
static void link_up(const struct sla_world *world, struct draft_clause *clause)
{
    const struct sla_link link = { world, clause };

    clause->chain = DRAFT_CHAIN_CUT;
    if (clause->clause.granted_by.len == 0) {
        clause->chain = DRAFT_CHAIN_REACHES;
        return;
    }
    if (clause->under != NULL && clause->under->chain == DRAFT_CHAIN_REACHES) {
        clause->fault = sla_link_fault(&link);
        clause->chain = clause->fault == 0 ? DRAFT_CHAIN_REACHES : DRAFT_CHAIN_CUT;
    }
    if (clause->chain == DRAFT_CHAIN_REACHES) {
        clause->clause.under = &clause->under->clause;
    } else {
        clause->clause.guard = SLA_GUARD_NEVER;
    }
}

/* Every clause after what is above it; no recursion, however long a chain is. */
static void walk(struct draft *draft, const struct sla_world *world, struct draft_clause *start,
                 struct draft_clause **path)
{
    struct draft_clause *at = start;
    size_t count = 0;

    while (at != NULL && at->chain == DRAFT_CHAIN_UNSEEN) {
        at->chain = DRAFT_CHAIN_OPEN;
        path[count++] = at;
        at = at->under;
    }
    if (at != NULL && at->chain == DRAFT_CHAIN_OPEN) {
        cut_circle(draft, at);
    }
    while (count > 0) {
        link_up(world, path[--count]);
    }
}

/* --- all of it -------------------------------------------------------------------------------- */

static bool is_granted(const struct draft_clause *clause)
{
    return clause->clause.granted_by.len > 0;
}

static void name_all(struct draft *draft, const struct clauses *all,
                     struct draft_document *document)
{
    struct diag **from = sla_told_from(draft);

    sla_count_errors(draft);
    for (size_t i = 0; i < document->clause_count; i++) {
        struct draft_clause *clause = &document->clauses[i];
        if (is_granted(clause) && !sla_is_full_at(draft, &clause->clause.span)) {
            name(draft, all, clause);
        }
    }
    sla_told(draft, document, from);
}

static void report_all(struct draft *draft, const struct sla_world *world,
                       const struct draft_document *document)
{
    struct diag **from = sla_told_from(draft);

    sla_count_errors(draft);
    for (size_t i = 0; i < document->clause_count; i++) {
        const struct sla_link link = { world, &document->clauses[i] };
        if (link.clause->fault != 0 && !sla_is_full_at(draft, &link.clause->clause.span)) {
            sla_link_report(draft, &link);
        }
    }
    sla_told(draft, document, from);
}

void sla_take_delegations(struct draft *draft, struct sla_world *world)
{
    if (!draft->has_granted) {
        return; /* to sort all clauses by name takes longer than to read them */
    }
    const struct clauses all = gather(draft);
    struct draft_clause **path = ARENA_NEW(draft->arena, struct draft_clause *, all.count + 1);
    for (size_t i = 0; i < draft->document_count; i++) {
        if (sla_speaks_for_itself(&draft->documents[i]->document)) {
            name_all(draft, &all, draft->documents[i]);
        }
    }
    for (size_t i = 0; i < all.count; i++) {
        if (is_granted(all.items[i])) {
            walk(draft, world, all.items[i], path);
        }
    }
    for (size_t i = 0; i < draft->document_count; i++) {
        report_all(draft, world, draft->documents[i]);
    }
}
