#include "sla/resolve/refine.h"

#include "sla/read/expand.h"
#include "sla/read/field_types.h"
#include "sla/read/validity.h"
#include "sla/terms/domain.h"
#include "sla/terms/when.h"
#include "sla/values/guard.h"

#include <assert.h>

/* What of a clause, and whether `own` has at least what `base` has of it. */
struct property {
    const char *what;
    bool (*holds)(const struct sla_clause *own, const struct sla_clause *base);
};

/* --- clauses --------------------------------------------------------------------------------- */

static bool same_term(const struct sla_clause *own, const struct sla_clause *base)
{
    return own->term == base->term;
}

static bool same_stance(const struct sla_clause *own, const struct sla_clause *base)
{
    return own->stance == base->stance;
}

static bool same_action(const struct sla_clause *own, const struct sla_clause *base)
{
    return own->action == base->action;
}

static bool same_op(const struct sla_clause *own, const struct sla_clause *base)
{
    return own->op == base->op;
}

static bool as_strong(const struct sla_clause *own, const struct sla_clause *base)
{
    return own->strength <= base->strength;
}

static bool as_tight(const struct sla_clause *own, const struct sla_clause *base)
{
    return own->term->domain->implies(own->term, &own->value, &base->value);
}

/* Both ascending. */
static bool as_much(const struct sla_clause *own, const struct sla_clause *base)
{
    size_t at = 0;

    for (size_t i = 0; i < base->resource_count; i++) {
        while (at < own->resource_count && own->resources[at] < base->resources[i]) {
            at++;
        }
        if (at == own->resource_count || own->resources[at] != base->resources[i]) {
            return false;
        }
    }
    return true;
}

static bool as_many_controls(const struct sla_clause *own, const struct sla_clause *base)
{
    for (size_t i = 0; i < base->control_count; i++) {
        size_t at = 0;
        while (at < own->control_count && !slice_eq(own->controls[at], base->controls[i])) {
            at++;
        }
        if (at == own->control_count) {
            return false;
        }
    }
    return true;
}

static bool as_well_measured(const struct sla_clause *own, const struct sla_clause *base)
{
    return sla_measure_is_as_strong(own->measured_by, base->measured_by);
}

static bool as_often_measured(const struct sla_clause *own, const struct sla_clause *base)
{
    return sla_measure_is_as_often(own->measured_by, base->measured_by);
}

static bool as_much_notice(const struct sla_clause *own, const struct sla_clause *base)
{
    return own->notice_ms >= base->notice_ms;
}

static bool no_more_links(const struct sla_clause *own, const struct sla_clause *base)
{
    return own->delegate <= base->delegate;
}

static bool same_grant(const struct sla_clause *own, const struct sla_clause *base)
{
    return slice_eq(own->granted_by, base->granted_by);
}

/* What the others cannot be compared without, then the others. */
static const struct property kinds[] = {
    { "another `term`", same_term },
    { "another `stance`", same_stance },
    { "another `action`", same_action },
    { "another `op`", same_op },
};
static const char not_as_tight[] = "a `value` that is not as tight";
static const struct property clause_properties[] = {
    { "a weaker `strength`", as_strong },
    { not_as_tight, as_tight },
    { "fewer resources", as_much },
    { "fewer `controls`", as_many_controls },
    { "a weaker `measuredBy`", as_well_measured },
    { "a longer `every`", as_often_measured },
    { "a shorter `notice`", as_much_notice },
    { "a larger `delegate`", no_more_links },
    { "another `under`", same_grant },
};

/* --- reactions ------------------------------------------------------------------------------- */

static bool same_rule(const struct sla_clause *own, const struct sla_clause *base)
{
    return slice_eq(own->reaction->rule, base->reaction->rule);
}

static bool no_more_actions(const struct sla_clause *own, const struct sla_clause *base)
{
    for (size_t i = 0; i < own->reaction->respond_count; i++) {
        size_t at = 0;
        while (at < base->reaction->respond_count &&
               base->reaction->respond[at] != own->reaction->respond[i]) {
            at++;
        }
        if (at == base->reaction->respond_count) {
            return false;
        }
    }
    return true;
}

static bool as_short_a_lease(const struct sla_clause *own, const struct sla_clause *base)
{
    return own->reaction->lease_ms <= base->reaction->lease_ms;
}

static bool as_much_approval(const struct sla_clause *own, const struct sla_clause *base)
{
    return own->reaction->approval >= base->reaction->approval;
}

static const struct property reaction_properties[] = {
    { "another rule", same_rule },
    { "further actions in `respond`", no_more_actions },
    { "a longer `lease`", as_short_a_lease },
    { "less `approval`", as_much_approval },
};

/* --- comparing ------------------------------------------------------------------------------- */

enum { FAILED_MAX = COUNT_OF(clause_properties) + 2 }; /* with `when` and `valid` */

struct failed {
    const char *what[FAILED_MAX];
    size_t count;
};

static void add_failed(struct failed *failed, const char *what)
{
    assert(failed->count < FAILED_MAX);
    failed->what[failed->count++] = what;
}

static void compare(const struct property *properties, size_t count, const struct sla_clause *own,
                    const struct sla_clause *base, struct failed *out)
{
    for (size_t i = 0; i < count; i++) {
        if (!properties[i].holds(own, base)) {
            add_failed(out, properties[i].what);
        }
    }
}

static bool is_at(struct diag_span a, struct diag_span b)
{
    return a.source == b.source && a.byte == b.byte;
}

static const struct draft_target *target_named(const struct draft_document *document,
                                               struct slice id)
{
    uint32_t at = 0;

    return sla_names_find(&document->target_names, id, &at) ? &document->targets[at] : NULL;
}

/* A set of the document that the clause's value names; of several revisions the last. */
static const struct draft_set *set_named(const struct draft_document *document, struct slice text)
{
    struct slice date = text;
    struct slice id = slice_cut(&date, '@');
    const struct draft_set *found = NULL;

    for (size_t i = 0; i < document->set_count; i++) {
        found = slice_eq(document->sets[i].id, id) ? &document->sets[i] : found;
    }
    return found;
}

/* Of an inherited clause that names sets: one that was declared anew; NULL: none. */
static const struct draft_set *set_anew(const struct draft_document *document,
                                        const struct draft_document *below,
                                        const struct sla_clause *clause)
{
    const struct yaml_node *value = yaml_get(clause->node, "value");

    for (const struct yaml_node *at = sla_texts_first(value); at != NULL && at->kind == YAML_SCALAR;
         at = sla_texts_next(value, at)) {
        const struct draft_set *here = set_named(document, at->text);
        const struct draft_set *there = set_named(below, at->text);
        if (here != NULL && there != NULL && !is_at(here->span, there->span)) {
            return here;
        }
    }
    return NULL;
}

/* Where the looser thing is written: the clause, or, of an inherited one, a target or a set that
 * was declared anew. */
static struct diag_span place_of(const struct draft_document *document,
                                 const struct draft_document *below, const struct draft_clause *own,
                                 const struct draft_clause *base)
{
    const struct yaml_node *list = base->on;
    const struct yaml_node *at = list != NULL && list->kind == YAML_SEQUENCE ? list->first : list;

    if (!is_at(own->clause.span, base->clause.span)) {
        return own->clause.span;
    }
    for (; at != NULL; at = list->kind == YAML_SEQUENCE ? at->next : NULL) {
        const struct draft_target *here = target_named(document, at->text);
        const struct draft_target *there = target_named(below, at->text);
        if (here != NULL && there != NULL && !is_at(here->span, there->span)) {
            return here->span;
        }
    }
    const struct draft_set *set = set_anew(document, below, &base->clause);
    return set != NULL ? set->span : own->clause.span;
}

static void print_bound(const struct sla_clause *clause, struct buf *out)
{
    buf_printf(out, "%s ", sla_op_name(clause->op));
    sla_value_format(clause->term, clause->op, &clause->value, out);
}

/* The two that were compared, in canonical form. */
static void label_bound(struct draft *draft, struct diag *diag, const struct sla_clause *own,
                        const struct sla_clause *base)
{
    CLEANUP(buf_done) struct buf mine = { 0 };
    CLEANUP(buf_done) struct buf demanded = { 0 };

    print_bound(own, &mine);
    print_bound(base, &demanded);
    diag_label(draft->diags, diag, "`%s` is not as tight as `%s`", mine.ptr, demanded.ptr);
}

static void report(struct draft *draft, struct diag_span place, const struct sla_clause *own,
                   const struct sla_clause *base, const struct failed *failed)
{
    const char *what = own->reaction != NULL ? "reaction" : "clause";
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LOOSER, place,
                 "%s `%.*s` asks for less than its template", what, SLICE_ARG(own->ref.clause));

    if (failed->what[0] == not_as_tight) {
        label_bound(draft, diag, own, base);
    } else {
        diag_label(draft->diags, diag, "it has %s", failed->what[0]);
    }
    for (size_t i = 1; i < failed->count; i++) {
        diag_note(draft->diags, diag, "it also has %s", failed->what[i]);
    }
    diag_secondary(draft->diags, diag, base->span, "what it refines");
    diag_help(draft->diags, diag,
              "a template's %s may only be tightened; an exception is granted there, by `except`",
              what);
}

static void report_changed(struct draft *draft, const struct sla_clause *own,
                           const struct sla_clause *base)
{
    struct diag *diag =
        diag_add(draft->diags, DIAG_NOTE, SLA_CODE_LOOSER, own->span,
                 "clause `%.*s` replaces a `should` of its template", SLICE_ARG(own->ref.clause));

    diag_secondary(draft->diags, diag, base->span, "what it replaces");
    diag_help(draft->diags, diag, "what is only wished may change freely");
}

static void compare_clauses(struct draft *draft, const struct draft_clause *own,
                            const struct draft_clause *base, struct failed *failed)
{
    compare(kinds, COUNT_OF(kinds), &own->clause, &base->clause, failed);
    if (failed->count > 0) {
        return; /* the rest means something else */
    }
    compare(clause_properties, COUNT_OF(clause_properties), &own->clause, &base->clause, failed);
    if (!sla_guards_covers(draft->guards, sla_when_guard(draft, own->when),
                           sla_when_guard(draft, base->when))) {
        add_failed(failed, "a `when` that holds less often");
    }
    if (!sla_period_covers(&own->clause.valid, &base->clause.valid)) {
        add_failed(failed, "a `valid` that is shorter");
    }
}

static void refine(struct draft *draft, const struct draft_document *document,
                   const struct draft_document *below, const struct draft_clause *own,
                   const struct draft_clause *base)
{
    bool is_reaction = base->reaction != NULL;
    struct failed failed = { .count = 0 };

    if (own->broken || base->broken || is_reaction != (own->reaction != NULL)) {
        return; /* reported */
    }
    if (!is_reaction && base->clause.strength == SLA_SHOULD) {
        if (!is_at(own->clause.span, base->clause.span)) {
            report_changed(draft, &own->clause, &base->clause);
        }
        return;
    }
    if (is_reaction) {
        compare(reaction_properties, COUNT_OF(reaction_properties), &own->clause, &base->clause,
                &failed);
    } else {
        compare_clauses(draft, own, base, &failed);
    }
    if (failed.count > 0) {
        report(draft, place_of(document, below, own, base), &own->clause, &base->clause, &failed);
    }
}

static void index_clauses(struct draft *draft, const struct draft_document *document,
                          struct sla_names *out)
{
    sla_names_init(out, draft->arena, document->clause_count);
    for (size_t i = 0; i < document->clause_count; i++) {
        struct draft_clause *clause = &document->clauses[i];
        clause->clause.reaction = clause->reaction;
        sla_names_add(out, clause->clause.ref.clause, (uint32_t)i);
    }
    sla_names_sort(out);
}

void sla_refine(struct draft *draft, const struct draft_document *document)
{
    const struct draft_document *above = document;
    struct draft_document *below = document->expansion->refined;

    for (; below != NULL; above = below, below = below->expansion->refined) {
        struct sla_names names;
        struct sla_names ignored;
        index_clauses(draft, above, &names);
        index_clauses(draft, below, &ignored);
        for (size_t i = 0; i < below->clause_count; i++) {
            const struct draft_clause *base = &below->clauses[i];
            uint32_t at = 0;
            if (sla_names_find(&names, base->clause.ref.clause, &at)) {
                refine(draft, above, below, &above->clauses[at], base);
            }
        }
    }
}
