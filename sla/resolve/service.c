#include "sla/resolve/service.h"

#include "sla/read/field_types.h"
#include "sla/read/gather.h"
#include "sla/read/index.h"
#include "sla/report.h"

/* The services of one U-Cloud while their parts are looked up. */
struct binding {
    struct draft *draft;
    struct draft_document *document;
    size_t from, to;          /* its resources */
    struct slice *part_names; /* for people; NULL: not asked for yet */
    size_t part_name_count;
};

bool sla_term_composes(const struct sla_term *term)
{
    static const char *const names[] = { "availability", "recovery.point", "recovery.time" };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (slice_is(slice_from(term->name), names[i])) {
            return true;
        }
    }
    return term->planes == SLA_PLANE_SERVICE;
}

/* --- parts ----------------------------------------------------------------------------------- */

static void list_part_names(struct binding *binding)
{
    const struct draft_document *document = binding->document;
    size_t room = 2 * (binding->to - binding->from) + document->service_count + 1;

    binding->part_names = ARENA_NEW(binding->draft->arena, struct slice, room);
    for (size_t i = binding->from; i < binding->to; i++) {
        const struct resource *resource = &binding->draft->resources[i]->resource;
        binding->part_names[binding->part_name_count++] = resource->name;
        if (resource->unit.len > 0 && !slice_eq(resource->unit, resource->name)) {
            binding->part_names[binding->part_name_count++] = resource->unit;
        }
    }
    for (size_t i = 0; i < document->service_count; i++) {
        binding->part_names[binding->part_name_count++] = document->services[i].service.id;
    }
}

static void report_part(struct binding *binding, const struct yaml_node *at)
{
    if (binding->part_names == NULL) {
        list_part_names(binding);
    }
    (void)sla_report_name(binding->draft, SLA_CODE_SERVICE, yaml_span(at), at->text,
                          "a resource, a unit or a service of this U-Cloud", binding->part_names,
                          binding->part_name_count);
}

/* What a name can mean in `needs`. */
struct meanings {
    bool is_resource;
    size_t resource;
    struct sla_run unit;
    const struct draft_service *service;
};

static struct meanings meanings_of(const struct binding *binding, struct slice name)
{
    struct draft *draft = binding->draft;
    struct meanings out = { .service = NULL };
    size_t from = 0, to = 0;
    uint32_t at = 0;

    sla_resource_range(draft, binding->document->document.ucloud, name, &from, &to);
    out.is_resource = from < to;
    out.resource = from;
    out.unit =
        sla_run_within(sla_index_find(draft, SLICE("unit"), name), binding->from, binding->to);
    if (out.is_resource && out.unit.count == 1 && out.unit.items[0].resource == from) {
        out.unit.count = 0; /* a unit of one is that resource */
    }
    if (sla_names_find(&binding->document->service_names, name, &at)) {
        out.service = &binding->document->services[at];
    }
    return out;
}

static bool is_one_thing(struct binding *binding, const struct yaml_node *at,
                         const struct meanings *meanings)
{
    struct draft *draft = binding->draft;
    unsigned count = (meanings->is_resource ? 1U : 0U) + (meanings->unit.count > 0 ? 1U : 0U) +
                     (meanings->service != NULL ? 1U : 0U);

    if (count == 0) {
        report_part(binding, at);
    }
    if (count <= 1) {
        return count == 1;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_REPEATED, yaml_span(at),
                                 "part `%.*s` has two meanings", SLICE_ARG(at->text));
    if (meanings->is_resource) {
        diag_secondary(draft->diags, diag, draft->resources[meanings->resource]->span,
                       "a resource");
    }
    if (meanings->unit.count > 0) {
        diag_secondary(draft->diags, diag, draft->resources[meanings->unit.items[0].resource]->span,
                       "first of its unit");
    }
    if (meanings->service != NULL) {
        diag_secondary(draft->diags, diag, meanings->service->service.span, "a service");
    }
    diag_help(draft->diags, diag, "give one of them another name");
    return false;
}

/* False: reported, or what it rests on was. */
static bool bind_part(struct binding *binding, const struct yaml_node *at, struct sla_part *out)
{
    struct draft *draft = binding->draft;
    struct meanings meanings = meanings_of(binding, at->text);

    *out = (struct sla_part){ .name = at->text };
    if (!is_one_thing(binding, at, &meanings)) {
        return false;
    }
    if (meanings.service != NULL) {
        out->service = &meanings.service->service;
        return !meanings.service->broken;
    }
    sla_gather_start(draft);
    if (meanings.is_resource) {
        sla_gather(draft, meanings.resource);
    }
    for (size_t i = 0; i < meanings.unit.count; i++) {
        sla_gather(draft, meanings.unit.items[i].resource);
    }
    struct draft_list list = sla_gather_take(draft, yaml_span(at));
    out->resources = list.resources;
    out->resource_count = list.count;
    return list.count > 0 && !draft->resources[list.resources[0]]->broken;
}

static bool is_repeated(struct binding *binding, const struct sla_service *service,
                        const struct yaml_node *at)
{
    struct diag_list *diags = binding->draft->diags;

    for (size_t i = 0; i < service->part_count; i++) {
        if (slice_eq(service->parts[i].name, at->text)) {
            struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_REPEATED, yaml_span(at),
                                         "part `%.*s` is repeated", SLICE_ARG(at->text));
            diag_help(diags, diag, "a part counts once: remove it");
            return true;
        }
    }
    return false;
}

static void bind_parts(struct binding *binding, struct draft_service *service)
{
    const struct yaml_node *of = service->needs.of;
    struct sla_part *parts =
        ARENA_NEW(binding->draft->arena, struct sla_part, sla_texts_count(of) + 1);

    service->service.parts = parts;
    for (const struct yaml_node *at = sla_texts_first(of);
         at != NULL && !sla_is_full(binding->draft, at); at = sla_texts_next(of, at)) {
        if (is_repeated(binding, &service->service, at) ||
            !bind_part(binding, at, &parts[service->service.part_count])) {
            service->broken = true;
        }
        service->service.part_count++;
    }
    service->service.need =
        service->needs.at_least > 0 ? service->needs.at_least : service->service.part_count;
}

/* --- from parts upwards ---------------------------------------------------------------------- */

/* Strongly connected components come out with what they need before them (Tarjan, SIAM J. Comput.
 * 1, 1972; without recursion). */
struct walk {
    struct binding *binding;
    size_t *number, *low; /* 0: not seen yet */
    size_t next_number;
    bool *is_open; /* in `open` */
    size_t *open;  /* seen, component not complete */
    size_t open_count;
    size_t *path, *part; /* the way down, and the part each service of it has come to */
    size_t path_count;
};

/* The service that a part is, as an index; or service_count. */
static size_t index_of(const struct draft_document *document, const struct sla_part *part)
{
    const struct draft_service *at = (const struct draft_service *)part->service;

    return at != NULL ? (size_t)(at - document->services) : document->service_count;
}

static void report_round(struct walk *walk, size_t from)
{
    const struct draft_document *document = walk->binding->document;
    struct diag_list *diags = walk->binding->draft->diags;
    const struct sla_service *last = &document->services[walk->open[from]].service;
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_ROUND, last->span,
                                 "service `%.*s` needs itself", SLICE_ARG(last->id));

    for (size_t i = from + 1; i < walk->open_count; i++) {
        const struct sla_service *other = &document->services[walk->open[i]].service;
        diag_secondary(diags, diag, other->span, "by way of this");
    }
    diag_help(diags, diag,
              "take one part out, so that every service rests on resources in the end");
}

static void report_depth(struct binding *binding, const struct sla_service *service)
{
    struct diag_list *diags = binding->draft->diags;
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_ROUND, service->span,
                                 "service `%.*s` rests on services %u deep", SLICE_ARG(service->id),
                                 service->depth);

    diag_help(diags, diag, "at most %d: name resources and units directly", SLA_SERVICE_DEPTH_MAX);
}

/* Depth and resources, from those of its parts. */
static void complete(struct binding *binding, struct draft_service *draft_service)
{
    struct draft *draft = binding->draft;
    struct sla_service *service = &draft_service->service;

    service->depth = 1;
    sla_gather_start(draft);
    for (size_t i = 0; i < service->part_count; i++) {
        const struct sla_part *part = &service->parts[i];
        const struct sla_service *below = part->service;
        const size_t *resources = below != NULL ? below->resources : part->resources;
        size_t count = below != NULL ? below->resource_count : part->resource_count;
        if (below != NULL) {
            draft_service->broken |= ((const struct draft_service *)below)->broken;
            service->depth = below->depth >= service->depth ? below->depth + 1 : service->depth;
        }
        for (size_t j = 0; j < count; j++) {
            sla_gather(draft, resources[j]);
        }
    }
    struct draft_list list = sla_gather_take(draft, service->span);
    service->resources = list.resources;
    service->resource_count = list.count;
    if (service->depth > SLA_SERVICE_DEPTH_MAX && !draft_service->broken) {
        report_depth(binding, service);
        draft_service->broken = true;
    }
}

static bool needs_itself(const struct walk *walk, size_t at)
{
    const struct draft_document *document = walk->binding->document;
    const struct sla_service *service = &document->services[at].service;

    for (size_t i = 0; i < service->part_count; i++) {
        if (index_of(document, &service->parts[i]) == at) {
            return true;
        }
    }
    return false;
}

/* The component whose first member is `at` is complete. */
static void close_component(struct walk *walk, size_t at)
{
    struct draft_document *document = walk->binding->document;
    size_t from = walk->open_count;

    do {
        from--;
    } while (walk->open[from] != at);
    bool goes_round = walk->open_count - from > 1 || needs_itself(walk, at);
    if (goes_round) {
        report_round(walk, from);
    }
    while (walk->open_count > from) {
        struct draft_service *service = &document->services[walk->open[--walk->open_count]];
        walk->is_open[walk->open[walk->open_count]] = false;
        if (goes_round) {
            service->broken = true;
        } else {
            complete(walk->binding, service);
        }
    }
}

static void enter(struct walk *walk, size_t at)
{
    walk->number[at] = walk->low[at] = ++walk->next_number;
    walk->is_open[at] = true;
    walk->open[walk->open_count++] = at;
    walk->path[walk->path_count] = at;
    walk->part[walk->path_count++] = 0;
}

static void lower(struct walk *walk, size_t at, size_t number)
{
    walk->low[at] = number < walk->low[at] ? number : walk->low[at];
}

/* One step from the end of the path: down to a service not seen yet, or back up. */
static void step(struct walk *walk)
{
    const struct draft_document *document = walk->binding->document;
    size_t at = walk->path[walk->path_count - 1];
    const struct sla_service *service = &document->services[at].service;
    size_t *part = &walk->part[walk->path_count - 1];

    while (*part < service->part_count) {
        size_t below = index_of(document, &service->parts[(*part)++]);
        if (below == document->service_count) {
            continue;
        }
        if (walk->number[below] == 0) {
            enter(walk, below);
            return;
        }
        if (walk->is_open[below]) {
            lower(walk, at, walk->number[below]);
        }
    }
    walk->path_count--;
    if (walk->low[at] == walk->number[at]) {
        close_component(walk, at);
    }
    if (walk->path_count > 0) {
        lower(walk, walk->path[walk->path_count - 1], walk->low[at]);
    }
}

static void complete_all(struct binding *binding)
{
    struct arena *arena = binding->draft->arena;
    size_t count = binding->document->service_count;
    struct walk walk = {
        .binding = binding,
        .number = ARENA_NEW(arena, size_t, count + 1),
        .low = ARENA_NEW(arena, size_t, count + 1),
        .is_open = ARENA_NEW(arena, bool, count + 1),
        .open = ARENA_NEW(arena, size_t, count + 1),
        .path = ARENA_NEW(arena, size_t, count + 1),
        .part = ARENA_NEW(arena, size_t, count + 1),
    };

    for (size_t i = 0; i < count; i++) {
        if (walk.number[i] == 0) {
            enter(&walk, i);
        }
        while (walk.path_count > 0) {
            step(&walk);
        }
    }
}

void sla_bind_services(struct draft *draft)
{
    const struct slice any = { 0 };

    for (size_t i = 0; i < draft->document_count; i++) {
        struct draft_document *document = draft->documents[i];
        struct binding binding = { .draft = draft, .document = document };
        if (document->service_count == 0) {
            continue;
        }
        sla_count_errors(draft);
        sla_resource_range(draft, document->document.ucloud, any, &binding.from, &binding.to);
        sla_names_init(&document->service_names, draft->arena, document->service_count);
        for (size_t j = 0; j < document->service_count; j++) {
            sla_names_add(&document->service_names, document->services[j].service.id, (uint32_t)j);
        }
        sla_names_sort(&document->service_names);
        for (size_t j = 0; j < document->service_count; j++) {
            document->services[j].service.index = draft->service_count + j;
            bind_parts(&binding, &document->services[j]);
        }
        complete_all(&binding);
        draft->service_count += document->service_count;
    }
}

/* --- targets --------------------------------------------------------------------------------- */

static const struct draft_document *ucloud_of(const struct draft *draft,
                                              const struct draft_document *document)
{
    uint32_t at = 0;

    return sla_names_find(&draft->uclouds, document->document.ucloud, &at) ? draft->documents[at]
                                                                           : NULL;
}

static void report_service(struct draft *draft, const struct draft_document *ucloud,
                           struct slice name, struct diag_span span)
{
    size_t count = sla_may_compare(draft, ucloud->service_count) ? ucloud->service_count : 0;
    struct slice *ids = NULL;
    struct slice what = arena_printf(draft->arena, "a service of U-Cloud `%.*s`",
                                     SLICE_ARG(ucloud->document.ucloud));

    if (count == ucloud->service_count) {
        ids = ARENA_NEW(draft->arena, struct slice, count + 1);
    }
    for (size_t i = 0; i < count; i++) {
        ids[i] = ucloud->services[i].service.id;
    }
    (void)sla_report_name(draft, SLA_CODE_SERVICE, span, name, what.ptr, ids, count);
}

const struct sla_service *sla_service_find(struct draft *draft,
                                           const struct draft_document *document, struct slice name,
                                           struct diag_span span)
{
    const struct draft_document *ucloud = ucloud_of(draft, document);
    uint32_t at = 0;

    if (ucloud == NULL) {
        return NULL; /* reported */
    }
    if (!sla_names_find(&ucloud->service_names, name, &at)) {
        report_service(draft, ucloud, name, span);
        return NULL;
    }
    return ucloud->services[at].broken ? NULL : &ucloud->services[at].service;
}

void sla_bind_service_target(struct draft *draft, const struct draft_document *document,
                             struct draft_target *target)
{
    if (target->broken || ucloud_of(draft, document) == NULL) {
        return; /* reported */
    }
    const struct sla_service *service =
        sla_service_find(draft, document, target->service, target->service_span);
    if (service == NULL) {
        target->broken = true;
        return;
    }
    target->bound = service;
    sla_gather_start(draft);
    for (size_t i = 0; i < service->resource_count; i++) {
        sla_gather(draft, service->resources[i]);
    }
    target->list = sla_gather_take(draft, target->span);
}
