#include "sla/check.h"
#include "sla/expression.h"

#include "sla/report.h"

/* A service is chosen by its name alone, and by who knows the U-Cloud. */
static bool check_service_target(const struct sla_reading *reading)
{
    static const enum field_of_target others[] = { TARGET_PLANE, TARGET_LAYER, TARGET_SELECT };
    struct diag_list *diags = reading->draft->diags;
    bool good = true;

    if (reading->document->document.kind == SLA_PROVIDER_OFFER) {
        struct diag *diag =
            diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM,
                     sla_reading_span(reading, TARGET_SERVICE), "an offer knows no services");
        diag_help(diags, diag, "an offer speaks of resources: use `plane`, `layer` and `select`");
        good = false;
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        const struct yaml_node *node = reading->nodes[others[i]];
        if (node != NULL) {
            struct diag *diag =
                diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM, yaml_key_span(node),
                         "`%.*s` means nothing beside `service`", SLICE_ARG(node->key));
            diag_help(diags, diag, "a target is a service, or it selects resources");
            good = false;
        }
    }
    return good;
}

void sla_check_target(struct sla_reading *reading, void *filled)
{
    struct draft_target *out = filled;

    out->span = sla_reading_span(reading, TARGET_ID);
    out->service_span = sla_reading_span(reading, TARGET_SERVICE);
    if (sla_reading_has(reading, TARGET_SERVICE)) {
        reading->good &= check_service_target(reading);
    }
    out->has_plane = sla_reading_filled(reading, TARGET_PLANE);
    out->has_layer = sla_reading_filled(reading, TARGET_LAYER);
    if (sla_reading_filled(reading, TARGET_SELECT)) {
        reading->good &= sla_read_expressions(reading, out);
    }
    out->broken = !reading->good;
}

/* Its members are of one kind. */
static bool check_members(const struct sla_reading *reading, struct draft_set *set)
{
    static const enum field_of_set members[SLA_SET_KINDS] = {
        [SLA_SET_ADDRESSES] = SET_ADDRESSES, [SLA_SET_COUNTRIES] = SET_COUNTRIES
    };
    struct diag_list *diags = reading->draft->diags;
    size_t found = 0;

    for (unsigned kind = 0; kind < SLA_SET_KINDS; kind++) {
        if (sla_reading_has(reading, members[kind])) {
            set->kind = (enum sla_set_kind)kind;
            found++;
        }
    }
    set->has_kind = found == 1;
    if (found == 1) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, found == 0 ? SLA_CODE_MISSING_KEY : SLA_CODE_MEMBER_OF_TERM,
                 yaml_span(reading->mapping), "%s",
                 found == 0 ? "a set needs members" : "a set has members of one kind only");
    diag_help(diags, diag, "write one of `addresses` and `countries`");
    return false;
}

void sla_check_set(struct sla_reading *reading, void *filled)
{
    struct draft_set *out = filled;

    out->span = sla_reading_span(reading, SET_ID);
    reading->good &= check_members(reading, out);
    if (!sla_reading_filled(reading, SET_FROM)) {
        out->from_day = INT32_MIN;
    }
    out->broken = !reading->good;
}

/* Party, role and place; the clause's own id when it has one. */
static struct clause_ref ref_of(const struct draft_document *document, struct slice clause,
                                struct diag_span span)
{
    const struct sla_document *from = &document->document;

    return (struct clause_ref){
        .party = from->party,
        .role = from->role,
        .document = from->name,
        .clause = clause,
        .file = slice_from(from->source->name),
        .line = span.line,
    };
}

void sla_check_protected(struct sla_reading *reading, void *filled)
{
    struct draft_protected *out = filled;

    out->asset.clause = ref_of(reading->document, SLICE("protected"), yaml_span(reading->mapping));
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
    if (resource->plane != PLANE_DATA && reading->nodes[RESOURCE_CLASS] != NULL) {
        diag =
            diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM,
                     yaml_key_span(reading->nodes[RESOURCE_CLASS]),
                     "a resource of plane `%s` has no `class`", plane_kind_name(resource->plane));
        diag_help(diags, diag, "class: which data a bucket holds");
        return false;
    }
    if (host && !sla_reading_has(reading, RESOURCE_ADDRESSES)) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_MISSING_KEY, yaml_span(reading->mapping),
                        "a resource of plane `network` needs `addresses`");
        diag_help(diags, diag, "addresses: those of the host");
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

void sla_check_tier(struct sla_reading *reading, void *filled)
{
    struct draft_tier *out = filled;

    out->tier.span = sla_reading_span(reading, TIER_ID);
    out->broken = !reading->good;
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
    if (reading->good) {
        reading->good = check_reach(reading, resource);
    }
    out->broken = !reading->good;
}
