#include "sla/read/expand.h"

#include "sla/read/field_types.h"
#include "sla/read/schema.h"
#include "sla/report.h"

#include <stdlib.h>

/* --- who extends whom ------------------------------------------------------------------------ */

static struct slice path_of(struct draft *draft, struct slice party, struct slice name)
{
    return arena_printf(draft->arena, "%.*s/%.*s", SLICE_ARG(party), SLICE_ARG(name));
}

/* All SLAs by party and name, the first of a name first. */
struct slas {
    struct draft_document **items;
    size_t count;
    struct sla_names names;
};

static int sla_order(const void *left, const void *right)
{
    const struct sla_document *a = &(*(struct draft_document *const *)left)->document;
    const struct sla_document *b = &(*(struct draft_document *const *)right)->document;
    int order = slice_cmp(a->party, b->party);

    order = order != 0 ? order : slice_cmp(a->name, b->name);
    order =
        order != 0 ? order : slice_cmp(slice_from(a->source->name), slice_from(b->source->name));
    return order != 0 ? order : (a->span.byte > b->span.byte) - (a->span.byte < b->span.byte);
}

static void gather(struct draft *draft, struct slas *out)
{
    out->items = ARENA_NEW(draft->arena, struct draft_document *, draft->document_count + 1);
    for (struct draft_document *at = draft->first; at != NULL; at = at->next) {
        if (at->document.kind == SLA_SECURITY_SLA) {
            out->items[out->count++] = at;
        }
    }
    qsort(out->items, out->count, sizeof(struct draft_document *), sla_order);
    sla_names_init(&out->names, draft->arena, out->count);
    for (size_t i = 0; i < out->count; i++) {
        const struct sla_document *document = &out->items[i]->document;
        if (document->name.len > 0) {
            sla_names_add(&out->names, path_of(draft, document->party, document->name),
                          (uint32_t)i);
        }
    }
    sla_names_sort(&out->names);
}

/* Names of the party's templates, for people. */
static void report_no_base(struct draft *draft, const struct slas *slas,
                           const struct draft_document *document)
{
    const struct draft_extends *extends = &document->extends;
    enum diag_level level = draft->options.partial ? DIAG_WARNING : DIAG_ERROR;
    size_t looked_at = sla_may_compare(draft, slas->count) ? slas->count : 0;
    struct slice *names = ARENA_NEW(draft->arena, struct slice, looked_at + 1);
    size_t count = 0;
    struct diag *diag = diag_add(draft->diags, level, SLA_CODE_NO_DOCUMENT, extends->span,
                                 "template `%.*s` of `%.*s` is not among the documents",
                                 SLICE_ARG(extends->document), SLICE_ARG(document->document.party));

    for (size_t i = 0; i < looked_at; i++) {
        const struct sla_document *other = &slas->items[i]->document;
        if (other->is_template && slice_eq(other->party, document->document.party)) {
            names[count++] = other->name;
        }
    }
    if (!sla_report_nearest(draft, diag, extends->span, extends->document, names, count)) {
        diag_help(draft->diags, diag,
                  "add the file with it; a template and what extends it are of "
                  "one party");
    }
    sla_report_partial(draft, diag);
}

static bool check_base(struct draft *draft, const struct draft_document *document,
                       const struct draft_document *base)
{
    const struct draft_extends *extends = &document->extends;
    struct diag *diag = NULL;

    if (!base->document.is_template) {
        diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NO_DOCUMENT, extends->span,
                        "`%.*s` is not a template", SLICE_ARG(extends->document));
        diag_secondary(draft->diags, diag, base->document.span, "it is about a U-Cloud");
        diag_help(draft->diags, diag,
                  "only a template is extended: write what both share into one");
        return false;
    }
    if (extends->version != 0 && extends->version != base->document.version) {
        diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NO_DOCUMENT, extends->version_span,
                        "version %u of template `%.*s` is not among the documents",
                        extends->version, SLICE_ARG(extends->document));
        diag_secondary(draft->diags, diag, base->document.span, "this is version %u",
                       base->document.version);
        diag_help(draft->diags, diag,
                  "look at what changed between the versions before you change the number");
        return false;
    }
    return true;
}

static void find_base(struct draft *draft, const struct slas *slas, struct draft_document *document)
{
    struct sla_expansion *expansion = document->expansion;
    struct slice path = path_of(draft, document->document.party, document->extends.document);
    uint32_t at = 0;

    if (document->extends.document.len == 0) {
        expansion->is_lost |= document->extends.span.source != NULL; /* named wrongly: reported */
        return;
    }
    if (!sla_names_find(&slas->names, path, &at)) {
        report_no_base(draft, slas, document);
        expansion->is_lost = true;
    } else if (!check_base(draft, document, slas->items[at])) {
        expansion->is_lost = true;
    } else {
        expansion->base = slas->items[at];
    }
}

/* --- going round, going deep ----------------------------------------------------------------- */

/* From `first` on by base, back to it. */
static void report_cycle(struct draft *draft, struct draft_document *first)
{
    CLEANUP(buf_done) struct buf names = { 0 };
    struct draft_document *least = first;
    struct draft_document *at = first;

    do {
        least = sla_order(&at, &least) < 0 ? at : least;
        at = at->expansion->base;
    } while (at != first);
    at = least;
    do {
        buf_printf(&names, "`%.*s` -> ", SLICE_ARG(at->document.name));
        at = at->expansion->base;
    } while (at != least);
    buf_printf(&names, "`%.*s`", SLICE_ARG(least->document.name));
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_ROUND, least->extends.span,
                                 "templates extend each other in a circle: %s", names.ptr);
    for (at = least->expansion->base; at != least; at = at->expansion->base) {
        diag_secondary(draft->diags, diag, at->extends.span, "extends `%.*s`",
                       SLICE_ARG(at->extends.document));
    }
    diag_help(draft->diags, diag, "take `extends` out of one of them");
}

static void cut_cycle(struct draft *draft, struct draft_document *first)
{
    struct draft_document *at = first;

    report_cycle(draft, first);
    while (at->expansion->base != NULL) {
        struct draft_document *next = at->expansion->base;
        at->expansion->base = NULL;
        at->expansion->is_lost = true;
        at->expansion->state = SLA_LINKED;
        at = next;
    }
}

static void check_depth(struct draft *draft, struct draft_document *document)
{
    struct sla_expansion *expansion = document->expansion;
    struct sla_expansion *base = expansion->base != NULL ? expansion->base->expansion : NULL;

    if (base != NULL) {
        expansion->depth = base->depth + 1;
        expansion->is_lost |= base->is_lost;
    }
    if (expansion->depth <= SLA_EXTENDS_MAX) {
        return;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_ROUND, document->extends.span,
                                 "more than %d templates extend each other", SLA_EXTENDS_MAX);
    diag_help(draft->diags, diag, "write several of them as one");
    expansion->base = NULL;
    expansion->depth = 0;
    expansion->is_lost = true;
}

/* Every document after its base; no more recursion than there are templates below each other. */
static void link_from(struct draft *draft, struct draft_document *start,
                      struct draft_document **path)
{
    struct draft_document *at = start;
    size_t count = 0;

    while (at != NULL && at->expansion->state == SLA_UNSEEN) {
        at->expansion->state = SLA_ON_THE_WAY;
        path[count++] = at;
        at = at->expansion->base;
    }
    if (at != NULL && at->expansion->state == SLA_ON_THE_WAY) {
        cut_cycle(draft, at);
    }
    while (count > 0) {
        struct draft_document *document = path[--count];
        document->expansion->state = SLA_LINKED;
        check_depth(draft, document);
    }
}

/* --- parameters ------------------------------------------------------------------------------ */

static void read_parameters(struct draft *draft, struct draft_document *document)
{
    struct sla_expansion *expansion = document->expansion;
    const struct yaml_node *list = yaml_get(expansion->spec, "parameters");

    if (list == NULL || list->kind != YAML_SEQUENCE || !document->document.is_template) {
        return;
    }
    sla_count_errors(draft);
    if (!sla_count_is_good(draft, list)) {
        return;
    }
    expansion->parameters = ARENA_NEW(draft->arena, struct draft_parameter, list->count + 1);
    for (const struct yaml_node *at = list->first; at != NULL && !sla_is_full(draft, at);
         at = at->next) {
        (void)sla_record_fill(draft, document, &sla_record_parameter, at,
                              &expansion->parameters[expansion->parameter_count++]);
    }
}

/* Its own, and those of its base that it neither gives nor declares anew. */
static void open_parameters(struct draft *draft, struct draft_document *document)
{
    struct sla_expansion *expansion = document->expansion;
    const struct sla_expansion *base = expansion->base != NULL ? expansion->base->expansion : NULL;
    size_t inherited = base != NULL ? base->open_count : 0;
    struct sla_names own;

    sla_names_init(&own, draft->arena, expansion->parameter_count);
    expansion->open = ARENA_NEW(draft->arena, struct draft_parameter *,
                                expansion->parameter_count + inherited + 1);
    for (size_t i = 0; i < expansion->parameter_count; i++) {
        sla_names_add(&own, expansion->parameters[i].id, (uint32_t)i);
        expansion->open[expansion->open_count++] = &expansion->parameters[i];
    }
    sla_names_sort(&own);
    for (size_t i = 0; i < inherited && document->document.is_template; i++) {
        if (sla_members_find(&expansion->arguments, base->open[i]->id) == NULL &&
            !sla_names_find(&own, base->open[i]->id, NULL)) {
            expansion->open[expansion->open_count++] = base->open[i];
        }
    }
    sla_names_init(&expansion->open_names, draft->arena, expansion->open_count);
    for (size_t i = 0; i < expansion->open_count; i++) {
        sla_names_add(&expansion->open_names, expansion->open[i]->id, (uint32_t)i);
    }
    sla_names_sort(&expansion->open_names);
}

static void check_repeated(struct draft *draft, const struct sla_expansion *expansion)
{
    const struct sla_names *names = &expansion->open_names;

    for (size_t i = 1; i < names->count; i++) {
        if (slice_eq(names->items[i].name, names->items[i - 1].name)) {
            struct draft_parameter *again = expansion->open[names->items[i].at];
            const struct draft_parameter *first = expansion->open[names->items[i - 1].at];
            sla_report_repeated(draft, "parameter", again->id, first->span, again->span);
            again->broken = true;
        }
    }
}

static void report_no_parameter(struct draft *draft, const struct draft_document *document,
                                const struct sla_expansion *base, const struct yaml_node *given)
{
    size_t count = sla_may_compare(draft, base->open_count) ? base->open_count : 0;
    struct slice *names = NULL;
    struct slice what = arena_printf(draft->arena, "a parameter of template `%.*s`",
                                     SLICE_ARG(document->extends.document));

    if (count == base->open_count) {
        names = ARENA_NEW(draft->arena, struct slice, count + 1);
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = base->open[i]->id;
    }
    (void)sla_report_name(draft, SLA_CODE_NO_PARAMETER, yaml_key_span(given), given->key, what.ptr,
                          names, count);
}

/* `with` names what its template leaves open. */
static void check_with(struct draft *draft, const struct draft_document *document)
{
    const struct sla_expansion *base = document->expansion->base->expansion;
    const struct yaml_node *values = document->extends.with;

    for (const struct yaml_node *at = values != NULL ? values->first : NULL;
         at != NULL && !sla_is_full(draft, at); at = at->next) {
        if (!base->is_lost && !sla_names_find(&base->open_names, at->key, NULL)) {
            report_no_parameter(draft, document, base, at);
        }
    }
}

static void report_no_value(struct draft *draft, const struct draft_document *document,
                            const struct draft_parameter *parameter)
{
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NO_PARAMETER, document->extends.span,
                 "parameter `%.*s` was given no value", SLICE_ARG(parameter->id));

    diag_secondary(draft->diags, diag, parameter->span, "declared here, without a default");
    diag_help(draft->diags, diag, "write `with: {%.*s: ...}`, a value of type `%s`",
              SLICE_ARG(parameter->id), sla_parameter_types.names[parameter->type]);
}

static void bind(struct draft *draft, const struct sla_expansion *expansion,
                 struct sla_bindings *out)
{
    out->items = ARENA_NEW(draft->arena, struct sla_binding, expansion->open_count + 1);
    out->names = expansion->open_names;
    for (size_t i = 0; i < expansion->open_count; i++) {
        struct draft_parameter *parameter = expansion->open[i];
        out->items[i] = (struct sla_binding){ parameter->id, parameter->fallback, parameter };
    }
}

/* What `document` gives for a parameter of its base: in `with`, as the parameter of that name which
 * it leaves open itself, or by the default. */
static const struct yaml_node *given(struct sla_substitution *outer,
                                     const struct draft_document *document,
                                     const struct draft_parameter *parameter)
{
    struct draft *draft = outer->draft;
    const struct yaml_node *value =
        sla_members_find(&document->expansion->arguments, parameter->id);
    uint32_t at = 0;

    if (value != NULL && document->document.is_template) {
        value = sla_substitute(outer, value);
    }
    if (value != NULL) {
        bool good = !parameter->broken && sla_shape_fits(SLA_SHAPE_TEXTS, value) &&
                    sla_parameter_takes(draft, parameter, value);
        return good ? value : NULL;
    }
    if (sla_names_find(&outer->bindings->names, parameter->id, &at)) {
        outer->bindings->items[at].parameter->used = true;
        return outer->bindings->items[at].value;
    }
    if (parameter->fallback == NULL && !parameter->broken && !outer->is_lost) {
        report_no_value(draft, document, parameter);
    }
    return parameter->fallback;
}

static void bind_base(struct sla_substitution *outer, const struct draft_document *document,
                      struct sla_bindings *out)
{
    const struct sla_expansion *base = document->expansion->base->expansion;

    bind(outer->draft, base, out);
    for (size_t i = 0; i < base->open_count; i++) {
        out->items[i].value = given(outer, document, base->open[i]);
    }
}

static void check_used(struct draft *draft, const struct draft_document *document)
{
    const struct sla_expansion *expansion = document->expansion;

    for (size_t i = 0; i < expansion->parameter_count; i++) {
        const struct draft_parameter *parameter = &expansion->parameters[i];
        if (!parameter->used && !parameter->broken && !expansion->is_lost) {
            struct diag *diag =
                diag_add(draft->diags, DIAG_WARNING, SLA_CODE_UNUSED, parameter->span,
                         "parameter `%.*s` is declared and never used", SLICE_ARG(parameter->id));
            diag_help(draft->diags, diag, "write `$%.*s` where its value belongs, or remove it",
                      SLICE_ARG(parameter->id));
        }
    }
}

/* --- reading --------------------------------------------------------------------------------- */

/* The spec without the declarations, which are no part of what is joined. */
static const struct yaml_node *body_of(struct draft *draft, const struct draft_document *document)
{
    const struct yaml_node *spec = document->expansion->spec;
    const struct yaml_node *parameters = yaml_get(spec, "parameters");

    if (parameters == NULL || parameters->kind != YAML_SEQUENCE ||
        !document->document.is_template) {
        return spec;
    }
    struct yaml_node *body = sla_copy_node(draft, spec);
    struct yaml_node *last = NULL;
    for (const struct yaml_node *at = spec->first; body != NULL && at != NULL; at = at->next) {
        struct yaml_node *copy = at != parameters ? sla_copy_node(draft, at) : NULL;
        if (copy == NULL) {
            continue;
        }
        if (last == NULL) {
            body->first = copy;
        } else {
            last->next = copy;
        }
        last = copy;
    }
    if (body == NULL) {
        return spec;
    }
    body->first = last != NULL ? body->first : NULL;
    body->count = spec->count - 1;
    return body;
}

/* Not when the tree was cut short: what is missing there was not forgotten by anybody. */
static void fill(struct draft *draft, struct draft_document *document, const struct yaml_node *spec)
{
    if (!draft->is_cut) {
        (void)sla_record_fill(draft, document, &sla_record_spec[SLA_SECURITY_SLA], spec, document);
    }
}

/* A document as `document` would be without what it says itself: the head is its own. */
static struct draft_document *stand_in(struct draft *draft, const struct draft_document *document)
{
    struct draft_document *out = ARENA_NEW(draft->arena, struct draft_document, 1);

    out->document = document->document;
    out->ucloud_span = document->ucloud_span;
    out->expansion = ARENA_NEW(draft->arena, struct sla_expansion, 1);
    *out->expansion = *document->expansion;
    out->expansion->refined = NULL;
    return out;
}

/* The joined tree of `level` as part of `document`; what is refined on the way is read beside it.
 * `document` collects the uses. */
/* NOLINTNEXTLINE(misc-no-recursion): a level a call, SLA_EXTENDS_MAX at most */
static const struct yaml_node *expanded(struct sla_substitution *substitution,
                                        struct draft_document *document,
                                        const struct draft_document *level)
{
    struct draft *draft = substitution->draft;
    const struct yaml_node *own = body_of(draft, level);
    struct draft_document *base = level->expansion->base;
    bool refines = false;

    if (level->document.is_template) {
        own = sla_substitute(substitution, own);
    }
    if (base == NULL || base->expansion->spec == NULL) {
        return own;
    }
    struct draft_document *below = stand_in(draft, document);
    struct sla_bindings bindings = { 0 };
    struct sla_substitution inner = *substitution;
    inner.bindings = &bindings;
    inner.is_lost = base->expansion->is_lost;
    bind_base(substitution, level, &bindings);
    const struct yaml_node *spec = expanded(&inner, below, base);
    const struct yaml_node *joined = sla_join(draft, spec, own, &refines);
    if (refines) {
        fill(draft, below, spec);
        document->expansion->refined = below;
    } else {
        document->expansion->refined = below->expansion->refined;
    }
    return joined;
}

/* What extends a wrong template repeats its errors, which are told once: a few show what is wrong
 * besides. */
static bool is_put_off(struct draft *draft, const struct draft_document *document)
{
    const struct draft_document *base = document->expansion->base;

    if (base == NULL || !base->expansion->is_wrong || ++draft->reread_count <= SLA_REREAD_MAX) {
        return false;
    }
    if (draft->reread_count == SLA_REREAD_MAX + 1) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_NOTE, SLA_CODE_STOPPED, document->extends.span,
                     "%d documents extend templates that are wrong: the others "
                     "were not read",
                     SLA_REREAD_MAX);
        diag_help(draft->diags, diag, "mend the templates first, then check again");
    }
    draft->is_incomplete = true;
    return true;
}

static void read_spec(struct draft *draft, struct draft_document *document)
{
    struct sla_bindings bindings = { 0 };
    struct sla_substitution substitution = { .draft = draft,
                                             .bindings = &bindings,
                                             .expansion = document->expansion,
                                             .is_lost = document->expansion->is_lost };

    sla_count_errors(draft);
    struct diag **from = sla_told_from(draft);
    if (document->expansion->base != NULL) {
        check_with(draft, document);
    }
    bind(draft, document->expansion, &bindings);
    fill(draft, document, expanded(&substitution, document, document));
    if (document->document.is_template) {
        check_used(draft, document);
    }
    draft->is_incomplete |= draft->is_full;
    document->expansion->is_wrong = draft->diags->errors > draft->errors_before;
    sla_told(draft, document, from);
}

/* Those that stand `depth` below what extends nothing. */
static void read_level(struct draft *draft, const struct slas *slas, unsigned depth)
{
    for (size_t i = 0; i < slas->count; i++) {
        struct sla_expansion *expansion = slas->items[i]->expansion;
        if (expansion == NULL || expansion->depth != depth || expansion->spec == NULL) {
            continue;
        }
        open_parameters(draft, slas->items[i]);
        check_repeated(draft, expansion);
        if (!is_put_off(draft, slas->items[i])) {
            read_spec(draft, slas->items[i]);
        }
    }
}

void sla_expand(struct draft *draft)
{
    struct slas slas = { 0 };

    gather(draft, &slas);
    struct draft_document **path = ARENA_NEW(draft->arena, struct draft_document *, slas.count + 1);
    for (size_t i = 0; i < slas.count; i++) {
        if (slas.items[i]->expansion != NULL) {
            slas.items[i]->expansion->is_lost = slas.items[i]->expansion->spec == NULL;
            sla_members_index(draft, slas.items[i]->extends.with,
                              &slas.items[i]->expansion->arguments);
            read_parameters(draft, slas.items[i]);
            find_base(draft, &slas, slas.items[i]);
        }
    }
    for (size_t i = 0; i < slas.count; i++) {
        if (slas.items[i]->expansion != NULL) {
            link_from(draft, slas.items[i], path);
        }
    }
    for (unsigned depth = 0; depth <= SLA_EXTENDS_MAX; depth++) { /* each after its base */
        read_level(draft, &slas, depth);
    }
}
