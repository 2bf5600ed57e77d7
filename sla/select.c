#include "sla/select.h"

#include "sla/record.h"
#include "sla/report.h"

/* --- targets --------------------------------------------------------------------------------- */

/* A property by its key in `select`; false when it is one of the labels. */
static bool property_of(const struct resource *resource, struct slice key, struct slice *out)
{
    size_t property = 0;

    while (property < SELECT_PROPERTIES && !slice_is(key, sla_select_properties[property])) {
        property++;
    }
    *out = resource->name;
    switch (property) {
    case SELECT_NAME:
        return true;
    case SELECT_NODE:
        *out = resource->node;
        return true;
    case SELECT_UNIT:
        *out = resource->unit;
        return true;
    case SELECT_PROVIDER:
        *out = resource->provider;
        return true;
    case SELECT_BUCKET:
    case SELECT_DOMAIN:
    case SELECT_HOST: {
        static const enum plane_kind planes[] = { [SELECT_BUCKET] = PLANE_DATA,
                                                  [SELECT_DOMAIN] = PLANE_COMPUTE,
                                                  [SELECT_HOST] = PLANE_NETWORK };
        if (resource->plane != planes[property]) {
            *out = (struct slice){ 0 };
        }
        return true;
    }
    default:
        return false;
    }
}

static struct slice label_of(const struct draft_resource *resource, struct slice key)
{
    for (const struct yaml_node *at = resource->labels != NULL ? resource->labels->first : NULL;
         at != NULL; at = at->next) {
        if (slice_eq(at->key, key)) {
            return at->text;
        }
    }
    return (struct slice){ 0 };
}

static bool selects(const struct draft_target *target, const struct draft_resource *resource)
{
    if ((target->has_plane && target->plane != resource->resource.plane) ||
        (target->has_layer && target->layer != resource->resource.layer)) {
        return false;
    }
    for (const struct yaml_node *at = target->select != NULL ? target->select->first : NULL;
         at != NULL; at = at->next) {
        struct slice value = { 0 };
        if (!property_of(&resource->resource, at->key, &value)) {
            value = label_of(resource, at->key);
        }
        if (value.len == 0 || !slice_eq(value, at->text)) {
            return false;
        }
    }
    return true;
}

/* An SLA speaks of its U-Cloud, an offer of what stands at the provider. */
static bool in_scope(const struct sla_document *document, const struct resource *resource)
{
    if (document->kind == SLA_PROVIDER_OFFER) {
        return slice_eq(resource->provider, document->party);
    }
    return slice_eq(resource->ucloud, document->ucloud);
}

/* The marked resources as an ascending list; empty past the limit, which is reported once. */
static size_t *take_marked(struct draft *draft, struct diag_span span, size_t *out_count)
{
    size_t count = 0;

    for (size_t i = 0; i < draft->resource_count; i++) {
        count += draft->marks[i] ? 1 : 0;
    }
    bool within = draft->pairs <= SLA_PAIRS_MAX;
    draft->pairs += count;
    if (within && draft->pairs > SLA_PAIRS_MAX) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, span,
                     "clauses speak of more than %d resources in all", SLA_PAIRS_MAX);
        diag_help(draft->diags, diag, "compile fewer documents at a time");
    }
    count = draft->pairs > SLA_PAIRS_MAX ? 0 : count;
    size_t *resources = ARENA_NEW(draft->arena, size_t, count + 1);
    *out_count = 0;
    for (size_t i = 0; i < draft->resource_count && *out_count < count; i++) {
        if (draft->marks[i]) {
            resources[(*out_count)++] = i;
        }
    }
    return resources;
}

/* What the resources in scope have under a key of `select`. */
static size_t values_in_scope(const struct draft *draft, const struct draft_document *document,
                              struct slice key, struct slice *out)
{
    size_t count = 0;

    for (size_t i = 0; i < draft->resource_count; i++) {
        const struct draft_resource *resource = draft->resources[i];
        if (resource->broken || !in_scope(&document->document, &resource->resource)) {
            continue;
        }
        if (!property_of(&resource->resource, key, &out[count])) {
            out[count] = label_of(resource, key);
        }
        count += out[count].len > 0 ? 1 : 0;
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
    const struct yaml_node *at = target->select != NULL ? target->select->first : NULL;

    for (; at != NULL; at = at->next) {
        *out_count = values_in_scope(draft, document, at->key, out);
        if (!has_value(out, *out_count, at->text)) {
            return at;
        }
    }
    return NULL;
}

static void report_nothing_selected(struct draft *draft, const struct draft_document *document,
                                    const struct draft_target *target)
{
    struct slice *names = ARENA_NEW(draft->arena, struct slice, draft->resource_count + 1);
    struct slice ucloud = document->document.ucloud;
    size_t count = 0;
    const struct yaml_node *misfit = misfit_of(draft, document, target, names, &count);
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_NOTHING_SELECTED,
                                 misfit != NULL ? yaml_span(misfit) : target->span,
                                 "target `%.*s` selects no resource", SLICE_ARG(target->id));

    if (misfit != NULL) {
        diag_label(draft->diags, diag, "no resource of U-Cloud `%.*s` has this `%.*s`",
                   SLICE_ARG(ucloud), SLICE_ARG(misfit->key));
    }
    if (misfit == NULL ||
        !sla_report_nearest(draft, diag, yaml_span(misfit), misfit->text, names, count)) {
        diag_help(draft->diags, diag,
                  "compare plane, layer and `select` with the resources of U-Cloud `%.*s`",
                  SLICE_ARG(ucloud));
    }
}

static void select_target(struct draft *draft, const struct draft_document *document,
                          struct draft_target *target)
{
    for (size_t i = 0; i < draft->resource_count; i++) {
        const struct draft_resource *resource = draft->resources[i];
        draft->marks[i] = !resource->broken && in_scope(&document->document, &resource->resource) &&
                          selects(target, resource);
    }
    target->resources = take_marked(draft, target->span, &target->resource_count);
    bool quiet =
        target->broken || document->without_ucloud || document->document.kind == SLA_PROVIDER_OFFER;
    if (target->resource_count == 0 && !quiet) {
        report_nothing_selected(draft, document, target);
    }
}

void sla_select_targets(struct draft *draft, struct draft_document *document)
{
    struct sla_target *targets =
        ARENA_NEW(draft->arena, struct sla_target, document->target_count + 1);

    for (size_t i = 0; i < document->target_count; i++) {
        struct draft_target *target = &document->targets[i];
        select_target(draft, document, target);
        targets[i] = (struct sla_target){ target->id, target->resources, target->resource_count,
                                          target->span };
    }
    document->document.targets = targets;
    document->document.target_count = document->target_count;
}

/* --- what a clause speaks of ----------------------------------------------------------------- */

static const struct draft_target *find_target(const struct draft_document *document,
                                              struct slice id)
{
    for (size_t i = 0; i < document->target_count; i++) {
        if (slice_eq(document->targets[i].id, id)) {
            return &document->targets[i];
        }
    }
    return NULL;
}

static void report_target(struct draft *draft, const struct draft_document *document,
                          const struct yaml_node *node)
{
    struct slice *names = ARENA_NEW(draft->arena, struct slice, document->target_count + 1);

    for (size_t i = 0; i < document->target_count; i++) {
        names[i] = document->targets[i].id;
    }
    (void)sla_report_name(draft, SLA_CODE_TARGET, yaml_span(node), node->text,
                          "a target of this document", names, document->target_count);
}

/* Planes on which a clause can mean something; 0 for a reaction: all. */
static unsigned planes_of(const struct draft_clause *clause)
{
    if (clause->reaction != NULL || clause->clause.term == NULL) {
        return 0;
    }
    if ((clause->clause.term->extras & SLA_EXTRA_ACTION) != 0) {
        return SLA_BIT(action_type(clause->clause.action)->plane);
    }
    return clause->clause.term->planes;
}

static void report_plane(struct draft *draft, const struct yaml_node *on,
                         const struct draft_target *target, const struct draft_clause *clause)
{
    const struct sla_clause *from = &clause->clause;
    bool action = (from->term->extras & SLA_EXTRA_ACTION) != 0;
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_PLANE, yaml_span(on),
                                 "%s `%s` means nothing on plane `%s`", action ? "action" : "term",
                                 action ? action_kind_name(from->action) : from->term->name,
                                 plane_kind_name(target->plane));

    diag_secondary(draft->diags, diag, target->span, "the target is of plane `%s`",
                   plane_kind_name(target->plane));
    diag_help(draft->diags, diag, "name a target of another plane, or leave `plane` out there");
}

/* Marks the resources of the targets in `on`. */
static void mark_on(struct draft *draft, const struct draft_document *document,
                    struct draft_clause *clause)
{
    unsigned planes = clause->broken ? 0 : planes_of(clause);

    for (const struct yaml_node *at = sla_texts_first(clause->on); at != NULL;
         at = sla_texts_next(clause->on, at)) {
        const struct draft_target *target = find_target(document, at->text);
        if (target == NULL) {
            report_target(draft, document, at);
            clause->broken = true;
            continue;
        }
        if (planes != 0 && target->has_plane && (planes & SLA_BIT(target->plane)) == 0) {
            report_plane(draft, at, target, clause);
        }
        for (size_t i = 0; i < target->resource_count; i++) {
            size_t resource = target->resources[i];
            enum plane_kind plane = draft->resources[resource]->resource.plane;
            draft->marks[resource] |= planes == 0 || (planes & SLA_BIT(plane)) != 0;
        }
    }
}

/* "ucloud" or "ucloud/resource". True: it is known, or may be in a document that is not here. */
static bool unmark(struct draft *draft, struct slice text)
{
    struct slice name = text;
    struct slice ucloud = slice_cut(&name, '/');
    bool has_ucloud = false;
    bool known = false;

    for (size_t i = 0; i < draft->resource_count; i++) {
        const struct resource *resource = &draft->resources[i]->resource;
        has_ucloud |= slice_eq(resource->ucloud, ucloud);
        if (slice_eq(resource->ucloud, ucloud) &&
            (name.ptr == NULL || slice_eq(resource->name, name))) {
            draft->marks[i] = false;
            known = true;
        }
    }
    return known || (draft->options.partial && !has_ucloud);
}

static void unmark_except(struct draft *draft, const struct draft_document *document,
                          const struct draft_clause *clause)
{
    for (const struct yaml_node *at = sla_texts_first(clause->except); at != NULL;
         at = sla_texts_next(clause->except, at)) {
        if (unmark(draft, at->text) || document->without_ucloud) {
            continue;
        }
        struct slice *names = ARENA_NEW(draft->arena, struct slice, draft->resource_count + 1);
        for (size_t i = 0; i < draft->resource_count; i++) {
            const struct resource *resource = &draft->resources[i]->resource;
            names[i] = arena_printf(draft->arena, "%.*s/%.*s", SLICE_ARG(resource->ucloud),
                                    SLICE_ARG(resource->name));
        }
        (void)sla_report_name(draft, SLA_CODE_EXCEPT, yaml_span(at), at->text, "a resource", names,
                              draft->resource_count);
    }
}

static void check_parties(struct draft *draft, const struct draft_clause *clause)
{
    const struct sla_parties *parties = &clause->clause.value.parties;
    const struct yaml_node *node = sla_texts_first(clause->value);

    for (size_t i = 0; i < parties->count && node != NULL; i++) {
        bool known = parties->items[i].by_role || draft->options.partial;
        for (size_t j = 0; j < draft->party_count && !known; j++) {
            known = slice_eq(draft->parties[j].name, parties->items[i].name);
        }
        if (!known) {
            struct slice *names = ARENA_NEW(draft->arena, struct slice, draft->party_count + 1);
            for (size_t j = 0; j < draft->party_count; j++) {
                names[j] = draft->parties[j].name;
            }
            struct diag *diag =
                sla_report_name(draft, SLA_CODE_PARTY, yaml_span(node), node->text,
                                "a party of these documents", names, draft->party_count);
            diag_note(draft->diags, diag,
                      "roles are tenant, user, provider and operator; parties are those that "
                      "wrote a document or hold a resource");
        }
        node = sla_texts_next(clause->value, node);
    }
}

/* A reaction whose action finds no resource of its plane would never act. */
static void check_reaction(struct draft *draft, const struct draft_clause *clause)
{
    for (size_t i = 0; i < clause->reaction->respond_count; i++) {
        enum action_kind kind = clause->reaction->respond[i];
        bool found = false;
        for (size_t j = 0; j < clause->clause.resource_count && !found; j++) {
            const struct draft_resource *resource = draft->resources[clause->clause.resources[j]];
            found = resource->resource.plane == action_type(kind)->plane;
        }
        if (!found) {
            struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_NOTHING_TO_ACT_ON,
                                         clause->clause.value_span,
                                         "`%s` has no resource to act on", action_kind_name(kind));
            diag_help(draft->diags, diag, "add a target of plane `%s` to `on`",
                      plane_kind_name(action_type(kind)->plane));
        }
    }
}

/* A target that selects nothing was told where it is declared: not once more where it is used. */
static bool has_empty_target(const struct draft_document *document,
                             const struct draft_clause *clause)
{
    for (const struct yaml_node *at = sla_texts_first(clause->on); at != NULL;
         at = sla_texts_next(clause->on, at)) {
        const struct draft_target *target = find_target(document, at->text);
        if (target != NULL && target->resource_count == 0) {
            return true;
        }
    }
    return false;
}

static void check_coverage(struct draft *draft, const struct draft_document *document,
                           const struct draft_clause *clause)
{
    if (clause->broken || document->without_ucloud ||
        document->document.kind == SLA_PROVIDER_OFFER || has_empty_target(document, clause)) {
        return;
    }
    if (clause->reaction != NULL) {
        check_reaction(draft, clause);
    } else if (clause->clause.resource_count == 0) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_WARNING, SLA_CODE_NOTHING_TO_ACT_ON, clause->clause.span,
                     "clause `%.*s` speaks of no resource", SLICE_ARG(clause->clause.ref.clause));
        diag_help(draft->diags, diag,
                  "compare `on` and `except` with the resources of the "
                  "U-Cloud and their planes");
    }
}

void sla_bind_clause(struct draft *draft, const struct draft_document *document,
                     struct draft_clause *clause)
{
    for (size_t i = 0; i < draft->resource_count; i++) {
        draft->marks[i] = false;
    }
    if (clause->on != NULL) {
        mark_on(draft, document, clause);
    }
    unmark_except(draft, document, clause);
    clause->clause.resources =
        take_marked(draft, clause->clause.span, &clause->clause.resource_count);
    if (clause->clause.value.domain == SLA_DOMAIN_PARTIES && clause->reaction == NULL) {
        check_parties(draft, clause);
    }
    check_coverage(draft, document, clause);
}
