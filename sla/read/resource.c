#include "sla/read/check.h"
#include "sla/read/field_types.h"
#include "sla/read/index.h"
#include "sla/report.h"

#include "base/parse.h"

/* Resources of a U-Cloud: what stands on which plane. */

bool sla_read_bytes(struct sla_reading *reading, const struct sla_field *field,
                    const struct yaml_node *node, void *filled)
{
    uint64_t *out = sla_field_place(filled, field->offset);
    uint64_t bytes = 0;
    struct status status = parse_bytes(node->text, &bytes);

    if (status_ok(&status) && bytes == 0) {
        status = status_error(STATUS_INVALID, "must be more than nothing");
    } else if (status_ok(&status) && parse_number_len(node->text) == node->text.len) {
        status = status_error(STATUS_INVALID, "a size has a unit");
    }
    if (!status_ok(&status)) {
        sla_report_quantity(reading->draft, node, field->what, SLA_MEASURE_BYTES, &status);
        return false;
    }
    *out = bytes;
    return true;
}

void sla_check_size(struct sla_reading *reading, void *filled)
{
    struct diag_list *diags = reading->draft->diags;

    (void)filled;
    if (reading->mapping->kind == YAML_MAPPING && reading->mapping->count == 0) {
        struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_EMPTY, yaml_span(reading->mapping),
                                     "the size names nothing");
        diag_help(diags, diag, "for example `{cpu: 4, memory: 16 GiB}`; leave it out otherwise");
        reading->good = false;
    }
}

enum { KINDS_OF_PLANE = 2 };
static const enum resource_kind plane_kinds[PLANE_KINDS][KINDS_OF_PLANE] = {
    [PLANE_COMPUTE] = { KIND_VM, KIND_CONTAINER },
    [PLANE_DATA] = { KIND_BUCKET, KIND_VOLUME },
    [PLANE_NETWORK] = { KIND_HOST, KIND_SEGMENT },
};

static bool check_kind(struct sla_reading *reading, const struct resource *resource)
{
    const enum resource_kind *kinds = plane_kinds[resource->plane];
    struct diag_list *diags = reading->draft->diags;

    if (resource->kind == kinds[0] || resource->kind == kinds[1]) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM,
                 sla_reading_span(reading, RESOURCE_KIND), "plane `%s` has no `%s`",
                 plane_kind_name(resource->plane), resource_kind_name(resource->kind));
    diag_help(diags, diag, "write `%s` or `%s`", resource_kind_name(kinds[0]),
              resource_kind_name(kinds[1]));
    return false;
}

/* Members that one plane alone has. */
static const struct {
    enum field_of_resource field;
    enum plane_kind plane;
    const char *help;
} members[] = {
    { RESOURCE_CLASS, PLANE_DATA, "class: which data a bucket holds" },
    { RESOURCE_SIZE, PLANE_COMPUTE, "size: how large a machine is" },
    { RESOURCE_SEGMENT, PLANE_NETWORK, "segment: what network a host is in" },
};

static bool check_members(struct sla_reading *reading, const struct resource *resource)
{
    struct diag_list *diags = reading->draft->diags;

    for (size_t i = 0; i < COUNT_OF(members); i++) {
        const struct yaml_node *node = reading->nodes[members[i].field];
        bool fits = resource->plane == members[i].plane && resource->kind != KIND_SEGMENT;
        if (node == NULL || fits) {
            continue;
        }
        bool segment = resource->kind == KIND_SEGMENT;
        struct diag *diag =
            diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM, yaml_key_span(node),
                     "a resource of %s `%s` has no `%.*s`", segment ? "kind" : "plane",
                     segment ? "segment" : plane_kind_name(resource->plane), SLICE_ARG(node->key));
        diag_help(diags, diag, "%s", members[i].help);
        return false;
    }
    return true;
}

/* Hosts have addresses and no handle, domains and buckets the other way round. */
static bool check_reach(struct sla_reading *reading, const struct resource *resource)
{
    struct diag_list *diags = reading->draft->diags;
    bool host = resource->plane == PLANE_NETWORK;
    const struct yaml_node *wrong = reading->nodes[host ? RESOURCE_HANDLE : RESOURCE_ADDRESSES];
    struct diag *diag = NULL;

    if (wrong != NULL) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM, yaml_key_span(wrong),
                        "a resource of plane `%s` has no `%.*s`", plane_kind_name(resource->plane),
                        SLICE_ARG(wrong->key));
        diag_help(diags, diag, "%s",
                  host ? "a host is reached by its `addresses`"
                       : "a domain or bucket is reached by its `handle`");
        return false;
    }
    if (host && !sla_reading_has(reading, RESOURCE_ADDRESSES)) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_MISSING_KEY, yaml_span(reading->mapping),
                        "a resource of plane `network` needs `addresses`");
        diag_help(diags, diag, "addresses: those of the host, or the networks of a segment");
        return false;
    }
    if (resource->handle.len < ACTION_RESOURCE_MAX &&
        slice_find(resource->handle, '\0') == resource->handle.len) {
        return true;
    }
    diag = diag_add(diags, DIAG_ERROR, SLA_CODE_NAME, sla_reading_span(reading, RESOURCE_HANDLE),
                    "the handle is over %d bytes or holds a NUL", ACTION_RESOURCE_MAX - 1);
    diag_help(diags, diag, "handle: the plane's own name of the domain or bucket");
    return false;
}

void sla_check_resource(struct sla_reading *reading, void *filled)
{
    struct draft_resource *out = filled;
    struct resource *resource = &out->resource;

    out->document = reading->document;
    out->node = reading->mapping;
    out->span = sla_reading_span(reading, RESOURCE_NAME);
    resource->ucloud = reading->document->document.ucloud;
    if (reading->nodes[RESOURCE_UNIT] == NULL) {
        resource->unit = resource->name;
    }
    if (reading->nodes[RESOURCE_HANDLE] == NULL && resource->plane != PLANE_NETWORK) {
        resource->handle = resource->name;
    }
    if (!sla_reading_has(reading, RESOURCE_KIND)) {
        resource->kind = plane_kinds[resource->plane][0];
    }
    if (reading->good) {
        reading->good = check_kind(reading, resource) && check_members(reading, resource) &&
                        check_reach(reading, resource);
    }
    out->broken = !reading->good;
}

/* --- segments --------------------------------------------------------------------------------- */

static bool is_segment_of(const struct draft *draft, const struct resource *host)
{
    size_t from = 0;
    size_t to = 0;

    sla_resource_range(draft, host->ucloud, host->segment, &from, &to);
    for (size_t i = from; i < to; i++) {
        if (draft->resources[i]->broken || draft->resources[i]->resource.kind == KIND_SEGMENT) {
            return true;
        }
    }
    return false;
}

static void report_segment(struct draft *draft, const struct draft_resource *host)
{
    size_t from = 0;
    size_t to = 0;
    size_t count = 0;

    sla_resource_range(draft, host->resource.ucloud, (struct slice){ 0 }, &from, &to);
    struct slice *names = sla_may_compare(draft, to - from)
                              ? ARENA_NEW(draft->arena, struct slice, to - from + 1)
                              : NULL;
    for (size_t i = from; i < to && names != NULL; i++) {
        if (draft->resources[i]->resource.kind == KIND_SEGMENT) {
            names[count++] = draft->resources[i]->resource.name;
        }
    }
    struct diag *diag =
        sla_report_name(draft, SLA_CODE_NOT_HELD, yaml_span(yaml_get(host->node, "segment")),
                        host->resource.segment, "a segment of the U-Cloud", names, count);
    diag_note(draft->diags, diag,
              "a segment is a resource: `{name: lab-net, plane: network, kind: segment, ...}`");
}

void sla_bind_segments(struct draft *draft)
{
    sla_count_errors(draft);
    for (size_t i = 0; i < draft->resource_count; i++) {
        const struct draft_resource *host = draft->resources[i];
        if (host->resource.segment.len > 0 && !host->broken &&
            !is_segment_of(draft, &host->resource) && !sla_is_full_at(draft, &host->span)) {
            report_segment(draft, host);
        }
    }
}
