#include "sla/read/field_types.h"
#include "sla/read/gather.h"
#include "sla/read/index.h"
#include "sla/read/select.h"
#include "sla/report.h"
#include "sla/terms/domain.h"
#include "sla/terms/party.h"
#include "sla/words/form.h"

#include <assert.h>
#include <stdlib.h>

/* What a clause speaks of: the targets in `on`, without `except`. */

const struct draft_target *sla_target_find(const struct draft_document *document, struct slice id)
{
    uint32_t at = 0;

    return sla_names_find(&document->target_names, id, &at) ? &document->targets[at] : NULL;
}

/* Some that it declares could not be read, and were told: one of them may be meant. */
static bool lacks_targets(const struct draft_document *document)
{
    bool lacks = document->target_count == 0 && document->broken;

    for (size_t i = 0; i < document->target_count; i++) {
        lacks |= document->targets[i].id.len == 0;
    }
    return lacks;
}

void sla_target_report(struct draft *draft, struct draft_document *document, struct diag_span span,
                       struct slice id)
{
    if (lacks_targets(document)) {
        return;
    }
    if (document->target_ids == NULL) {
        assert(document->targets != NULL || document->target_count == 0);
        struct slice *names = ARENA_NEW(draft->arena, struct slice, document->target_count + 1);
        for (size_t i = 0; i < document->target_count; i++) {
            names[i] = document->targets[i].id;
        }
        document->target_ids = names;
    }
    (void)sla_report_name(draft, SLA_CODE_TARGET, span, id, "a target of this document",
                          document->target_ids, document->target_count);
}

/* Planes on which a clause can mean something; 0 for a reaction: all. */
static unsigned planes_of(const struct draft_clause *clause)
{
    if (clause->reaction != NULL || clause->clause.term == NULL) {
        return 0;
    }
    if ((clause->clause.term->extras & SLA_EXTRA_ACTION) == 0) {
        return clause->clause.term->planes;
    }
    const struct yaml_node *action = yaml_get(clause->clause.node, "action");
    bool known = action != NULL && slice_is(action->text, sla_act_name(clause->clause.action));
    return known ? sla_act_type(clause->clause.action)->planes : 0; /* reported, or open */
}

static void report_on_service(struct draft *draft, const struct yaml_node *on,
                              const struct draft_target *target, const struct sla_clause *clause)
{
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_PLANE, yaml_span(on),
                                 "term `%s` means nothing on a service", clause->term->name);

    diag_secondary(draft->diags, diag, target->span, "the target is service `%.*s`",
                   SLICE_ARG(target->service));
    diag_help(draft->diags, diag, "name a target that selects resources");
}

/* Those of `planes`, as "`data` or `network`". */
static void list_planes(struct buf *out, unsigned planes)
{
    for (unsigned i = 0; i < PLANE_KINDS; i++) {
        if ((planes & SLA_BIT(i)) != 0) {
            buf_printf(out, "%s`%s`", out->len > 0 ? " or " : "",
                       plane_kind_name((enum plane_kind)i));
        }
    }
}

static void report_plane(struct draft *draft, const struct yaml_node *on,
                         const struct draft_target *target, const struct draft_clause *clause,
                         unsigned planes)
{
    CLEANUP(buf_done) struct buf others = { 0 };
    const struct sla_clause *from = &clause->clause;
    bool action = (from->term->extras & SLA_EXTRA_ACTION) != 0;
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_PLANE, yaml_span(on),
                                 "%s `%s` means nothing on plane `%s`", action ? "action" : "term",
                                 action ? sla_act_name(from->action) : from->term->name,
                                 plane_kind_name(target->plane));

    diag_secondary(draft->diags, diag, target->span, "the target is of plane `%s`",
                   plane_kind_name(target->plane));
    list_planes(&others, planes);
    if (others.len == 0) {
        diag_help(draft->diags, diag, "the term is of services: name a target with `service:`");
        return;
    }
    diag_help(draft->diags, diag, "name a target of plane %s, or leave `plane` out there",
              others.ptr);
}

/* NULL: reported. */
static const struct draft_target *target_at(struct draft *draft, struct draft_document *document,
                                            struct draft_clause *clause, unsigned planes,
                                            const struct yaml_node *at)
{
    const struct draft_target *target = sla_target_find(document, at->text);

    if (target == NULL) {
        sla_target_report(draft, document, yaml_span(at), at->text);
        clause->broken = true;
    } else if (planes != 0 && target->service.len > 0) {
        if ((planes & SLA_PLANE_SERVICE) == 0) {
            report_on_service(draft, at, target, &clause->clause);
        }
    } else if (planes != 0 && target->has_plane && (planes & SLA_BIT(target->plane)) == 0) {
        report_plane(draft, at, target, clause, planes);
    }
    return target;
}

/* Those on one of the planes, or all when there are none. */
static void gather_target(struct draft *draft, const struct draft_target *target, unsigned planes)
{
    for (size_t i = 0; i < target->list.count; i++) {
        size_t resource = target->list.resources[i];
        enum plane_kind plane = draft->resources[resource]->resource.plane;
        if (planes == 0 || (planes & SLA_BIT(plane)) != 0) {
            sla_gather(draft, resource);
        }
    }
}

static bool composes(const struct draft_clause *clause)
{
    return clause->reaction == NULL && clause->clause.term != NULL &&
           sla_term_composes(clause->clause.term);
}

static int service_order(const void *left, const void *right)
{
    const struct sla_service *a = *(const struct sla_service *const *)left;
    const struct sla_service *b = *(const struct sla_service *const *)right;

    return slice_cmp(a->id, b->id);
}

/* The services in `on`, each once, for a term that composes. */
static void bind_services(struct draft *draft, const struct draft_document *document,
                          struct draft_clause *clause)
{
    const struct sla_service **services =
        ARENA_NEW(draft->arena, const struct sla_service *, sla_texts_count(clause->on) + 1);
    size_t count = 0, kept = 0;

    for (const struct yaml_node *at = sla_texts_first(clause->on); at != NULL;
         at = sla_texts_next(clause->on, at)) {
        const struct draft_target *target = sla_target_find(document, at->text);
        if (target != NULL && target->bound != NULL) {
            services[count++] = target->bound;
        }
    }
    qsort(services, count, sizeof(const struct sla_service *), service_order);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || services[kept - 1] != services[i]) {
            services[kept++] = services[i];
        }
    }
    clause->clause.services = services;
    clause->clause.service_count = kept;
}

/* Gathers the resources of the targets in `on`. When that is what one target selects, and all of
 * it, gives that target instead. */
static const struct draft_target *gather_on(struct draft *draft, struct draft_document *document,
                                            struct draft_clause *clause)
{
    unsigned planes = clause->broken ? 0 : planes_of(clause);
    bool alone = sla_texts_count(clause->on) == 1 && clause->except == NULL;

    for (const struct yaml_node *at = sla_texts_first(clause->on);
         at != NULL && !sla_is_full(draft, at); at = sla_texts_next(clause->on, at)) {
        const struct draft_target *target = target_at(draft, document, clause, planes, at);
        if (target == NULL || (target->service.len > 0 && composes(clause))) {
            continue;
        }
        if (alone && (planes == 0 || (target->list.planes & ~planes) == 0)) {
            return target;
        }
        gather_target(draft, target, planes);
    }
    return NULL;
}

/* Whichever is fewer: the resources left out, or those gathered. */
static void unmark_range(struct draft *draft, size_t from, size_t to)
{
    if (to - from < draft->gathered_count) {
        for (size_t i = from; i < to; i++) {
            draft->marks[i] = 0;
        }
        return;
    }
    for (size_t i = 0; i < draft->gathered_count; i++) {
        size_t resource = draft->gathered[i];
        if (resource >= from && resource < to) {
            draft->marks[resource] = 0;
        }
    }
}

/* "ucloud" or "ucloud/resource". True: it is known, or may be in a document that is not here. */
static bool unmark(struct draft *draft, struct slice text)
{
    const struct slice any = { 0 };
    struct slice name = text;
    struct slice ucloud = slice_cut(&name, '/');
    size_t from = 0;
    size_t to = 0;

    sla_resource_range(draft, ucloud, name, &from, &to);
    unmark_range(draft, from, to);
    if (from < to || !draft->options.partial) {
        return from < to;
    }
    sla_resource_range(draft, ucloud, any, &from, &to);
    return from == to;
}

/* Of all resources that have a name, for people. */
static const struct slice *resource_paths(struct draft *draft)
{
    if (draft->resource_paths == NULL) {
        struct slice *names = ARENA_NEW(draft->arena, struct slice, draft->resource_count + 1);
        for (size_t i = 0; i < draft->resource_count; i++) {
            const struct resource *resource = &draft->resources[i]->resource;
            if (resource->name.len > 0) {
                names[draft->resource_path_count++] =
                    arena_printf(draft->arena, "%.*s/%.*s", SLICE_ARG(resource->ucloud),
                                 SLICE_ARG(resource->name));
            }
        }
        draft->resource_paths = names;
    }
    return draft->resource_paths;
}

/* One of the U-Cloud has no name that could be read, which was told: it may be meant. */
static bool lacks_name(const struct draft *draft, struct slice path)
{
    struct slice ucloud = slice_cut(&path, '/');
    size_t from = 0;
    size_t to = 0;

    sla_resource_range(draft, ucloud, (struct slice){ 0 }, &from, &to);
    return from < to && draft->resources[from]->resource.name.len == 0; /* it is sorted first */
}

struct diag *sla_resource_report(struct draft *draft, struct diag_span span, struct slice path)
{
    if (lacks_name(draft, path)) {
        return NULL;
    }
    const struct slice *paths = resource_paths(draft);
    return sla_report_name(draft, SLA_CODE_EXCEPT, span, path, "a resource", paths,
                           draft->resource_path_count);
}

static void unmark_except(struct draft *draft, const struct draft_document *document,
                          const struct draft_clause *clause)
{
    for (const struct yaml_node *at = sla_texts_first(clause->except);
         at != NULL && !sla_is_full(draft, at); at = sla_texts_next(clause->except, at)) {
        if (!unmark(draft, at->text) && !document->without_ucloud) {
            (void)sla_resource_report(draft, yaml_span(at), at->text);
        }
    }
}

/* A reaction whose action finds no resource of its plane would never act. */
static void check_reaction(struct draft *draft, const struct draft_clause *clause)
{
    for (size_t i = 0; i < clause->reaction->respond_count; i++) {
        enum action_kind kind = clause->reaction->respond[i];
        if ((clause->planes & SLA_BIT(action_type(kind)->plane)) == 0) {
            struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_NOTHING_TO_ACT_ON,
                                         clause->clause.value_span,
                                         "`%s` has no resource to act on", action_kind_name(kind));
            diag_help(draft->diags, diag, "add a target of plane `%s` to `on`",
                      plane_kind_name(action_type(kind)->plane));
        }
    }
}

/* What is wrong with a target was told where it is declared or named: not once more here. */
static bool has_told_target(const struct draft_document *document,
                            const struct draft_clause *clause)
{
    for (const struct yaml_node *at = sla_texts_first(clause->on); at != NULL;
         at = sla_texts_next(clause->on, at)) {
        const struct draft_target *target = sla_target_find(document, at->text);
        unsigned planes = planes_of(clause);
        bool elsewhere = target != NULL && target->has_plane && planes != 0 &&
                         (planes & SLA_BIT(target->plane)) == 0;
        if (target == NULL || target->list.count == 0 || elsewhere) {
            return true;
        }
    }
    return false;
}

static void check_coverage(struct draft *draft, const struct draft_document *document,
                           const struct draft_clause *clause)
{
    if (clause->broken || document->without_ucloud ||
        document->document.kind == SLA_PROVIDER_OFFER || has_told_target(document, clause)) {
        return;
    }
    if (clause->reaction != NULL) {
        check_reaction(draft, clause);
    } else if (clause->clause.resource_count == 0 && clause->clause.service_count == 0) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_WARNING, SLA_CODE_NOTHING_TO_ACT_ON, clause->clause.span,
                     "clause `%.*s` speaks of no resource", SLICE_ARG(clause->clause.ref.clause));
        diag_help(draft->diags, diag,
                  "compare `on` and `except` with the resources of the "
                  "U-Cloud and their planes");
    }
}

void sla_bind_clause(struct draft *draft, struct draft_document *document,
                     struct draft_clause *clause)
{
    const struct draft_target *whole = NULL;

    sla_gather_start(draft);
    if (clause->on != NULL) {
        whole = gather_on(draft, document, clause);
    }
    if (clause->on != NULL && composes(clause)) {
        bind_services(draft, document, clause);
    }
    unmark_except(draft, document, clause);
    struct draft_list list = whole != NULL
                                 ? sla_gather_share(draft, whole->list, clause->clause.span)
                                 : sla_gather_take(draft, clause->clause.span);
    clause->clause.resources = list.resources;
    clause->clause.resource_count = list.count;
    clause->planes = list.planes;
    sla_bind_peers(draft, document, clause);
    sla_bind_parties(draft, document, clause);
    check_coverage(draft, document, clause);
}

void sla_bind_assumption(struct draft *draft, struct draft_document *document,
                         struct draft_assumption *assumption)
{
    sla_bind_clause(draft, document, &assumption->head);
    if (!assumption->head.broken) {
        sla_bind_party(draft, document, assumption->owner_span, assumption->owner);
    }
}
