#include "sla/read.h"
#include "sla/record.h"
#include "sla/report.h"

#include "model/node.h"

static const char *const plane_names[] = { "compute", "data", "network" };
static const char *const layer_names[] = { "L0", "L1", "L2" };

bool sla_read_address(struct draft *draft, const struct yaml_node *node, struct address *out)
{
    struct status status = address_parse(node->text, out);

    if (status_ok(&status)) {
        return true;
    }
    struct diag *diag =
        sla_report_value(draft, SLA_CODE_ADDRESS, yaml_span(node), "the address", &status);
    diag_help(draft->diags, diag, "write `10.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`");
    return false;
}

static bool read_addresses(struct draft *draft, const struct yaml_node *node,
                           const struct address **out, size_t *out_count)
{
    size_t room = sla_texts_count(node);
    struct address *addresses = ARENA_NEW(draft->arena, struct address, room + 1);
    size_t count = 0;
    bool good = true;

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL && !sla_is_full(draft, at);
         at = sla_texts_next(node, at)) {
        if (sla_read_address(draft, at, &addresses[count])) {
            count++;
        } else {
            good = false;
        }
    }
    *out = addresses;
    *out_count = count;
    return good;
}

void sla_read_target(struct draft *draft, const struct yaml_node *node, struct draft_target *out)
{
    const struct yaml_node *members[SLA_MEMBERS_MAX];
    size_t found = 0;

    out->broken = !sla_record_read(draft, &sla_record_target, node, members);
    out->span = yaml_span(node);
    if (members[TARGET_ID] != NULL) {
        out->span = yaml_span(members[TARGET_ID]);
        out->broken |= !sla_read_name(draft, members[TARGET_ID], "the id of a target", &out->id);
    }
    if (members[TARGET_PLANE] != NULL) {
        out->has_plane = sla_read_word(draft, members[TARGET_PLANE], "a plane", plane_names,
                                       COUNT_OF(plane_names), &found);
        out->plane = (enum plane_kind)found;
        out->broken |= !out->has_plane;
    }
    found = 0;
    if (members[TARGET_LAYER] != NULL) {
        out->has_layer = sla_read_word(draft, members[TARGET_LAYER], "a layer", layer_names,
                                       COUNT_OF(layer_names), &found);
        out->layer = (enum layer)found;
        out->broken |= !out->has_layer;
    }
    out->select = members[TARGET_SELECT];
    if (out->select == NULL) {
        return;
    }
    for (const struct yaml_node *at = out->select->first; at != NULL; at = at->next) {
        if (at->kind != YAML_SCALAR) {
            struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(at),
                                         "`%.*s` is not one value", SLICE_ARG(at->key));
            diag_help(draft->diags, diag, "write one value a key: all of them must fit");
            out->broken = true;
        }
    }
}

void sla_read_group(struct draft *draft, const struct yaml_node *node, struct draft_group *out)
{
    const struct yaml_node *members[SLA_MEMBERS_MAX];

    out->broken = !sla_record_read(draft, &sla_record_group, node, members);
    out->span = yaml_span(node);
    if (members[GROUP_ID] != NULL) {
        out->span = yaml_span(members[GROUP_ID]);
        out->broken |= !sla_read_name(draft, members[GROUP_ID], "the id of a group", &out->id);
    }
    if (members[GROUP_ADDRESSES] != NULL) {
        out->broken |=
            !read_addresses(draft, members[GROUP_ADDRESSES], &out->addresses, &out->count);
    }
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

void sla_read_protected(struct draft *draft, const struct draft_document *document,
                        const struct yaml_node *node, struct draft_protected *out)
{
    const struct yaml_node *members[SLA_MEMBERS_MAX];

    (void)sla_record_read(draft, &sla_record_protected, node, members);
    if (members[PROTECTED_NETWORK] != NULL) {
        (void)sla_read_address(draft, members[PROTECTED_NETWORK], &out->asset.network);
    }
    if (members[PROTECTED_WHY] != NULL) {
        out->asset.why = members[PROTECTED_WHY]->text;
    }
    out->asset.clause = ref_of(document, SLICE("protected"), yaml_span(node));
}

/* A node's name goes into certificates and sockets: an RFC 1123 label. */
static bool read_node_name(struct draft *draft, const struct yaml_node *node, struct slice *out)
{
    *out = node->text;
    if (node_name_is_valid(node->text)) {
        return true;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NAME, yaml_span(node),
                                 "`%.*s` cannot be the name of a node", SLICE_ARG(node->text));
    diag_help(draft->diags, diag, "names of nodes have a-z, 0-9 and, not at the ends, `-`");
    return false;
}

static bool read_resource_place(struct draft *draft,
                                const struct yaml_node *members[SLA_MEMBERS_MAX],
                                struct resource *resource)
{
    size_t plane = 0;
    size_t layer = 0;
    bool good = true;

    if (members[RESOURCE_PLANE] != NULL) {
        good = sla_read_word(draft, members[RESOURCE_PLANE], "a plane", plane_names,
                             COUNT_OF(plane_names), &plane);
        resource->plane = (enum plane_kind)plane;
    }
    if (members[RESOURCE_LAYER] != NULL) {
        good &= sla_read_word(draft, members[RESOURCE_LAYER], "a layer", layer_names,
                              COUNT_OF(layer_names), &layer);
        resource->layer = (enum layer)layer;
    }
    if (members[RESOURCE_NODE] != NULL) {
        good &= read_node_name(draft, members[RESOURCE_NODE], &resource->node);
    }
    if (members[RESOURCE_PROVIDER] != NULL) {
        good &= sla_read_name(draft, members[RESOURCE_PROVIDER], "the name of a party",
                              &resource->provider);
    }
    if (members[RESOURCE_UNIT] != NULL) {
        good &= sla_read_name(draft, members[RESOURCE_UNIT], "the name of a unit", &resource->unit);
    }
    return good;
}

/* Domains and buckets have a handle, hosts have addresses. */
static bool read_resource_reach(struct draft *draft, const struct yaml_node *node,
                                const struct yaml_node *members[SLA_MEMBERS_MAX],
                                struct resource *resource)
{
    bool host = resource->plane == PLANE_NETWORK;
    const struct yaml_node *handle = members[RESOURCE_HANDLE];
    const struct yaml_node *addresses = members[RESOURCE_ADDRESSES];
    const struct yaml_node *wrong = host ? handle : addresses;

    if (wrong != NULL) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM,
                                     yaml_key_span(wrong), "a resource of plane `%s` has no `%.*s`",
                                     plane_kind_name(resource->plane), SLICE_ARG(wrong->key));
        diag_help(draft->diags, diag, "%s",
                  host ? "a host is reached by its `addresses`"
                       : "a domain or bucket is reached by its `handle`");
        return false;
    }
    if (host && addresses == NULL && yaml_get(node, "addresses") == NULL) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MISSING_KEY, yaml_span(node),
                     "a resource of plane `network` needs `addresses`");
        diag_help(draft->diags, diag, "addresses: those of the host");
        return false;
    }
    if (host) {
        return read_addresses(draft, addresses, &resource->addresses, &resource->address_count);
    }
    resource->handle = handle != NULL ? handle->text : resource->name;
    if (resource->handle.len < ACTION_RESOURCE_MAX &&
        slice_find(resource->handle, '\0') == resource->handle.len) {
        return true;
    }
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NAME,
                 handle != NULL ? yaml_span(handle) : yaml_span(node),
                 "the handle is over %d bytes or holds a NUL", ACTION_RESOURCE_MAX - 1);
    diag_help(draft->diags, diag, "handle: the plane's own name of the domain or bucket");
    return false;
}

static bool read_labels(struct draft *draft, const struct yaml_node *labels)
{
    for (const struct yaml_node *at = labels != NULL ? labels->first : NULL; at != NULL;
         at = at->next) {
        bool reserved = false;
        for (size_t i = 0; i < SELECT_PROPERTIES; i++) {
            reserved |= slice_is(at->key, sla_select_properties[i]);
        }
        if (!reserved && at->kind == YAML_SCALAR) {
            continue;
        }
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, reserved ? SLA_CODE_NAME : SLA_CODE_SHAPE,
                     reserved ? yaml_key_span(at) : yaml_span(at), "`%.*s` cannot be a label",
                     SLICE_ARG(at->key));
        diag_help(draft->diags, diag, "%s",
                  reserved ? "selectors use this name for a property: choose another"
                           : "a label has one value");
        return false;
    }
    return true;
}

void sla_read_resource(struct draft *draft, const struct draft_document *document,
                       const struct yaml_node *node, struct draft_resource *out)
{
    const struct yaml_node *members[SLA_MEMBERS_MAX];
    struct resource *resource = &out->resource;

    out->document = document;
    out->node = node;
    out->broken = !sla_record_read(draft, &sla_record_resource, node, members);
    out->span = yaml_span(node);
    resource->ucloud = document->document.ucloud;
    if (members[RESOURCE_NAME] != NULL) {
        out->span = yaml_span(members[RESOURCE_NAME]);
        out->broken |= !sla_read_name(draft, members[RESOURCE_NAME], "the name of a resource",
                                      &resource->name);
    }
    out->broken |= !read_resource_place(draft, members, resource);
    if (!out->broken) {
        out->broken = !read_resource_reach(draft, node, members, resource);
    }
    if (members[RESOURCE_UNIT] == NULL) {
        resource->unit = resource->name;
    }
    out->labels = members[RESOURCE_LABELS];
    out->broken |= !read_labels(draft, out->labels);
}
