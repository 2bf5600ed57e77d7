#include "sla/read/select.h"

#include "sla/read/expression.h"
#include "sla/read/gather.h"
#include "sla/read/index.h"
#include "sla/report.h"
#include "sla/words/slip.h"

/* --- targets --------------------------------------------------------------------------------- */

static bool is_of_plane(const struct draft_target *target, const struct draft_resource *resource)
{
    return (!target->has_plane || target->plane == resource->resource.plane) &&
           (!target->has_layer || target->layer == resource->resource.layer);
}

static bool selects(const struct draft_target *target, const struct draft_resource *resource)
{
    if (!is_of_plane(target, resource)) {
        return false;
    }
    for (const struct yaml_node *at = sla_equality_first(target); at != NULL;
         at = sla_equality_next(at)) {
        struct slice value = sla_resource_value(resource, at->key);
        if (value.ptr == NULL || !slice_eq(value, at->text)) {
            return false;
        }
    }
    return sla_expressions_fit(target, resource);
}

/* An SLA speaks of its U-Cloud, or of what its party owns in that of another; an offer of what
 * stands at the provider, or of everything when it is an operator's. */
static bool in_scope(const struct draft_document *from, const struct resource *resource)
{
    const struct sla_document *document = &from->document;

    if (document->kind == SLA_PROVIDER_OFFER) {
        return document->role == PARTY_OPERATOR || slice_eq(resource->provider, document->party);
    }
    return slice_eq(resource->ucloud, document->ucloud) &&
           (!from->of_owned || slice_eq(resource->owner, document->party));
}

/* --- what a target selects ------------------------------------------------------------------- */

/* Resources that may be selected: those of a run, or else of a range. */
struct candidates {
    struct sla_run run; /* items NULL: the range */
    size_t from, to;
};

static size_t candidate_count(const struct candidates *candidates)
{
    return candidates->run.items != NULL ? candidates->run.count
                                         : candidates->to - candidates->from;
}

static size_t candidate_at(const struct candidates *candidates, size_t i)
{
    return candidates->run.items != NULL ? candidates->run.items[i].resource : candidates->from + i;
}

static void find_scope(struct draft *draft, struct draft_document *document)
{
    const struct slice any = { 0 };

    if (document->document.kind == SLA_PROVIDER_OFFER &&
        document->document.role == PARTY_OPERATOR) {
        document->scope_to = draft->resource_count;
    } else if (document->document.kind == SLA_PROVIDER_OFFER) {
        document->scope = sla_index_find(draft, SLICE("provider"), document->document.party);
    } else {
        sla_resource_range(draft, document->document.ucloud, any, &document->scope_from,
                           &document->scope_to);
    }
}

bool sla_owns_some(const struct draft *draft, struct slice ucloud, struct slice party)
{
    const struct slice any = { 0 };
    size_t from = 0;
    size_t to = 0;

    sla_resource_range(draft, ucloud, any, &from, &to);
    while (from < to && !slice_eq(draft->resources[from]->resource.owner, party)) {
        from++;
    }
    return from < to;
}

static struct candidates scope_of(const struct draft_document *document)
{
    return (struct candidates){ document->scope, document->scope_from, document->scope_to };
}

/* The part of a run that lies in the U-Cloud of the document. */
static struct sla_run within_scope(const struct draft_document *document, struct sla_run run)
{
    if (document->document.kind == SLA_PROVIDER_OFFER) {
        return run;
    }
    return sla_run_within(run, document->scope_from, document->scope_to);
}

/* The shortest list that holds all a target selects. */
static struct candidates candidates_of(struct draft *draft, const struct draft_document *document,
                                       const struct draft_target *target)
{
    struct candidates best = scope_of(document);

    for (const struct yaml_node *at = sla_equality_first(target); at != NULL;
         at = sla_equality_next(at)) {
        struct sla_run run = within_scope(document, sla_index_find(draft, at->key, at->text));
        if (run.count < candidate_count(&best)) {
            best = (struct candidates){ .run = run };
        }
    }
    for (size_t i = 0; i < target->expression_count; i++) {
        const struct draft_expression *expression = &target->expressions[i];
        if (expression->operator== SLA_IN && expression->value_count == 1) {
            struct sla_run run = within_scope(
                document, sla_index_find(draft, expression->key, expression->values[0]));
            if (run.count < candidate_count(&best)) {
                best = (struct candidates){ .run = run };
            }
        }
    }
    return best;
}

/* Expressions are held against resources one by one: how many, all told, is bounded. */
static bool may_scan(struct draft *draft, const struct draft_target *target, size_t count)
{
    bool within = draft->scanned_count <= SLA_SCANNED_MAX;

    if (target->expression_count == 0) {
        return true;
    }
    draft->scanned_count += count;
    if (draft->scanned_count <= SLA_SCANNED_MAX) {
        return true;
    }
    if (within) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, target->span,
                                     "expressions were held against %d resources", SLA_SCANNED_MAX);
        diag_help(draft->diags, diag, "select by a label that few resources have as well");
    }
    return false;
}

/* What the resources in scope have under a key of `select`. */
static size_t values_in_scope(const struct draft *draft, const struct draft_document *document,
                              struct slice key, struct slice *out)
{
    struct candidates scope = scope_of(document);
    size_t count = 0;

    for (size_t i = 0; i < candidate_count(&scope); i++) {
        const struct draft_resource *resource = draft->resources[candidate_at(&scope, i)];
        out[count] = !resource->broken ? sla_resource_value(resource, key) : (struct slice){ 0 };
        count += out[count].ptr != NULL ? 1 : 0;
    }
    return count;
}

static bool has_value(const struct slice *values, size_t count, struct slice value)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_eq(values[i], value)) {
            return true;
        }
    }
    return false;
}

/* The member of `select` that alone already fits nothing, or NULL; `out` gets what would fit. */
static const struct yaml_node *misfit_of(const struct draft *draft,
                                         const struct draft_document *document,
                                         const struct draft_target *target, struct slice *out,
                                         size_t *out_count)
{
    const struct yaml_node *at = sla_equality_first(target);

    for (; at != NULL; at = sla_equality_next(at)) {
        *out_count = values_in_scope(draft, document, at->key, out);
        if (!has_value(out, *out_count, at->text)) {
            return at;
        }
    }
    return NULL;
}

/* A property where a label stood selects by something else: only what some resource has, and a slip
 * of the hand, says that it was meant. */
static bool is_property_meant(const struct draft *draft, const struct candidates *scope,
                              const struct yaml_node *misfit, struct slice property)
{
    if (!sla_is_slip(misfit->key, property)) {
        return false;
    }
    for (size_t i = 0; i < candidate_count(scope); i++) {
        const struct draft_resource *resource = draft->resources[candidate_at(scope, i)];
        if (!resource->broken && slice_eq(sla_resource_value(resource, property), misfit->text)) {
            return true;
        }
    }
    return false;
}

/* No resource in scope has such a label at all: its key may be misspelt, or a property's. False:
 * none is near. */
static bool report_unknown_label(struct draft *draft, const struct draft_document *document,
                                 struct diag *diag, const struct yaml_node *misfit)
{
    struct candidates scope = scope_of(document);
    size_t room = SELECT_PROPERTIES;
    size_t count = 0;

    for (size_t i = 0; i < candidate_count(&scope); i++) {
        const struct yaml_node *labels = draft->resources[candidate_at(&scope, i)]->labels;
        room += labels != NULL ? labels->count : 0;
    }
    if (!sla_may_compare(draft, room)) {
        return false;
    }
    struct slice *keys = ARENA_NEW(draft->arena, struct slice, room + 1);
    while (count < SELECT_PROPERTIES) {
        keys[count] = slice_from(sla_select_properties[count]);
        count++;
    }
    for (size_t i = 0; i < candidate_count(&scope); i++) {
        const struct yaml_node *labels = draft->resources[candidate_at(&scope, i)]->labels;
        const struct yaml_node *at = labels != NULL ? labels->first : NULL;
        for (; at != NULL && count < room; at = at->next) {
            keys[count++] = at->key;
        }
    }
    bool told = sla_report_nearest(draft, diag, yaml_key_span(misfit), misfit->key, keys, count);
    struct diag_fix *fix = diag != NULL ? diag->fixes : NULL;
    if (fix != NULL && fix->edits != NULL && sla_is_property(fix->edits->text)) {
        fix->safe = is_property_meant(draft, &scope, misfit, fix->edits->text);
    }
    return told;
}

/* `select: {plane: network}`: a member of the target itself. */
static bool help_beside(struct draft *draft, struct diag *diag, const struct yaml_node *misfit)
{
    const enum field_of_target beside[] = { TARGET_PLANE, TARGET_LAYER };

    for (size_t i = 0; i < COUNT_OF(beside); i++) {
        const char *key = sla_record_target.fields[beside[i]].key;
        if (slice_is(misfit->key, key)) {
            diag_help(draft->diags, diag, "`%s` stands beside `select`: `%s: %.*s, select: {...}`",
                      key, key, SLICE_ARG(misfit->text));
            return true;
        }
    }
    return false;
}

/* Too far for a name that could be any, near enough among the few values that the label has on
 * resources of the plane. False: none is. */
static bool report_value_of_plane(struct draft *draft, const struct draft_document *document,
                                  const struct draft_target *target, struct diag *diag,
                                  const struct yaml_node *misfit)
{
    enum { FAR_DISTANCE = 2, MEANT_MAX = 4 };
    struct candidates scope = scope_of(document);
    struct slice meant[MEANT_MAX];
    size_t count = 0;
    size_t most = candidate_count(&scope);

    for (size_t i = 0; i < most && count < MEANT_MAX && sla_may_compare(draft, 1); i++) {
        const struct draft_resource *resource = draft->resources[candidate_at(&scope, i)];
        struct slice value = !resource->broken && is_of_plane(target, resource)
                                 ? sla_resource_value(resource, misfit->key)
                                 : (struct slice){ 0 };
        size_t distance = slice_distance(misfit->text, value, FAR_DISTANCE);
        if (value.len > 0 && distance <= FAR_DISTANCE && distance < misfit->text.len &&
            !has_value(meant, count, value)) {
            meant[count++] = value;
        }
    }
    if (count > 0) {
        sla_report_meant(draft, diag, yaml_span(misfit), meant, count);
    }
    return count > 0;
}

/* Where the resources are that a document speaks of: "of U-Cloud `store`", "at `dc`". */
static struct slice scope_text(struct draft *draft, const struct draft_document *document)
{
    return document->document.kind == SLA_PROVIDER_OFFER
               ? arena_printf(draft->arena, "at `%.*s`", SLICE_ARG(document->document.party))
               : arena_printf(draft->arena, "of U-Cloud `%.*s`",
                              SLICE_ARG(document->document.ucloud));
}

/* What may have been meant where nothing is selected; `values` are what the misfit's key has. */
static void help_selected(struct draft *draft, const struct draft_document *document,
                          const struct draft_target *target, struct diag *diag,
                          const struct yaml_node *misfit, const struct slice *values, size_t count)
{
    bool told = false;

    if (misfit != NULL && count == 0 && !sla_is_property(misfit->key)) {
        told =
            help_beside(draft, diag, misfit) || report_unknown_label(draft, document, diag, misfit);
    } else if (misfit != NULL) {
        told = sla_report_nearest(draft, diag, yaml_span(misfit), misfit->text, values, count) ||
               report_value_of_plane(draft, document, target, diag, misfit);
    }
    if (!told) {
        struct slice where = scope_text(draft, document);
        diag_help(draft->diags, diag, "compare plane, layer and `select` with the resources %.*s",
                  SLICE_ARG(where));
    }
}

/* An error when a flow names it as its other end: a flow with nobody would be one with anybody. */
static void report_nothing_selected(struct draft *draft, const struct draft_document *document,
                                    struct draft_target *target)
{
    struct candidates scope = scope_of(document);
    bool looked_up = sla_may_compare(draft, candidate_count(&scope));
    struct slice *names =
        ARENA_NEW(draft->arena, struct slice, looked_up ? candidate_count(&scope) + 1 : 1);
    size_t count = 0;
    const struct yaml_node *misfit =
        looked_up ? misfit_of(draft, document, target, names, &count) : NULL;
    bool no_label = misfit != NULL && count == 0 && !sla_is_property(misfit->key);
    struct diag_span span = misfit != NULL ? yaml_span(misfit) : target->span;
    const struct yaml_node *peer = sla_peer_named(draft, document, target->id);
    enum diag_level level = peer != NULL ? DIAG_ERROR : DIAG_WARNING;
    struct diag *diag = diag_add(draft->diags, level, SLA_CODE_NOTHING_SELECTED,
                                 no_label ? yaml_key_span(misfit) : span,
                                 "target `%.*s` selects no resource", SLICE_ARG(target->id));

    target->misses_peer = peer != NULL;
    if (peer != NULL) {
        diag_secondary(draft->diags, diag, yaml_span(peer), "a flow needs its addresses");
    }
    if (misfit != NULL) {
        struct slice where = scope_text(draft, document);
        diag_label(draft->diags, diag, "no resource %.*s has %s `%.*s`", SLICE_ARG(where),
                   no_label ? "a label" : "this", SLICE_ARG(misfit->key));
    }
    help_selected(draft, document, target, diag, misfit, names, count);
}

/* An offer serves many worlds: it is told only where what it selects from is there, resources of
 * that plane at the provider. */
static bool is_missing_at_provider(const struct draft *draft, const struct draft_document *document,
                                   const struct draft_target *target)
{
    struct candidates scope = scope_of(document);
    bool found = false;

    if (document->document.role == PARTY_OPERATOR || target->select == NULL) {
        return false;
    }
    for (size_t i = 0; i < candidate_count(&scope) && !found; i++) {
        const struct draft_resource *resource = draft->resources[candidate_at(&scope, i)];
        found = !resource->broken && is_of_plane(target, resource);
    }
    return found;
}

/* Whether it is told that a target selects nothing. */
static bool is_amiss(const struct draft *draft, const struct draft_document *document,
                     const struct draft_target *target)
{
    if (target->broken || document->without_ucloud) {
        return false;
    }
    if (document->document.kind == SLA_PROVIDER_OFFER) {
        return is_missing_at_provider(draft, document, target);
    }
    return document->document.ucloud.len > 0; /* else nobody knows of what: told */
}

/* Targets that name no more than a plane and a layer share a list. */
static struct draft_list *plain_list(struct draft *draft, struct draft_document *document,
                                     const struct draft_target *target)
{
    enum { LAYERS = 3 };

    if (target->select != NULL) {
        return NULL;
    }
    if (document->plain == NULL) {
        document->plain =
            ARENA_NEW(draft->arena, struct draft_list, (size_t)(PLANE_KINDS + 1) * (LAYERS + 1));
    }
    size_t plane = target->has_plane ? (size_t)target->plane : PLANE_KINDS;
    size_t layer = target->has_layer ? (size_t)target->layer : LAYERS;
    return &document->plain[plane * (LAYERS + 1) + layer];
}

static void select_target(struct draft *draft, struct draft_document *document,
                          struct draft_target *target)
{
    struct draft_list *shared = plain_list(draft, document, target);

    if (shared == NULL || shared->resources == NULL) {
        struct candidates candidates = candidates_of(draft, document, target);
        sla_gather_start(draft);
        bool may = may_scan(draft, target, candidate_count(&candidates));
        for (size_t i = 0; may && i < candidate_count(&candidates); i++) {
            size_t at = candidate_at(&candidates, i);
            const struct draft_resource *resource = draft->resources[at];
            if (!resource->broken && in_scope(document, &resource->resource) &&
                selects(target, resource)) {
                sla_gather(draft, at);
            }
        }
        target->list = sla_gather_take(draft, target->span);
        if (shared != NULL) {
            *shared = target->list;
        }
    } else {
        target->list = sla_gather_share(draft, *shared, target->span);
    }
    if (target->list.count == 0 && is_amiss(draft, document, target)) {
        report_nothing_selected(draft, document, target);
    }
}

void sla_select_targets(struct draft *draft, struct draft_document *document)
{
    struct sla_target *targets =
        ARENA_NEW(draft->arena, struct sla_target, document->target_count + 1);

    find_scope(draft, document);
    sla_names_init(&document->target_names, draft->arena, document->target_count);
    for (size_t i = 0; i < document->target_count; i++) {
        struct draft_target *target = &document->targets[i];
        sla_names_add(&document->target_names, target->id, (uint32_t)i);
        if (target->service.len > 0) {
            sla_bind_service_target(draft, document, target);
        } else {
            select_target(draft, document, target);
        }
        targets[i] = (struct sla_target){
            .id = target->id,
            .resources = target->list.resources,
            .resource_count = target->list.count,
            .service = target->bound,
            .span = target->span,
        };
    }
    sla_names_sort(&document->target_names);
    document->document.targets = targets;
    document->document.target_count = document->target_count;
}
