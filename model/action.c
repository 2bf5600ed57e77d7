#include "model/action.h"

#include <string.h>

#include "model/node.h"

static const struct action_type types[ACTION_KINDS] = {
    [ACTION_NETWORK_DENY] = { .name = "network.deny",
                              .plane = PLANE_NETWORK,
                              .takes_source = true,
                              .openc2_action = "deny" },
    [ACTION_NETWORK_ISOLATE] = { .name = "network.isolate",
                                 .plane = PLANE_NETWORK,
                                 .openc2_action = "contain" },
    [ACTION_COMPUTE_SNAPSHOT] = { .name = "compute.snapshot",
                                  .plane = PLANE_COMPUTE,
                                  .takes_resource = true,
                                  .openc2_action = "copy" },
    [ACTION_COMPUTE_SUSPEND] = { .name = "compute.suspend",
                                 .plane = PLANE_COMPUTE,
                                 .takes_resource = true,
                                 .openc2_action = "stop" },
    [ACTION_DATA_FREEZE] = { .name = "data.freeze",
                             .plane = PLANE_DATA,
                             .takes_resource = true,
                             .openc2_action = "deny" },
};

const struct action_type *action_type(enum action_kind kind)
{
    return (size_t)kind < ACTION_KINDS ? &types[kind] : NULL;
}

const char *action_kind_name(enum action_kind kind)
{
    return (size_t)kind < ACTION_KINDS ? types[kind].name : "unknown";
}

bool action_kind_parse(struct slice text, enum action_kind *out)
{
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        if (slice_is(text, types[i].name)) {
            *out = (enum action_kind)i;
            return true;
        }
    }
    return false;
}

static bool is_terminated(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

static bool is_plain_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' || byte == '-';
}

/* What a domain or bucket may be called: safe in a path, an XML text and an argument. */
static bool is_plain_name(const char *name)
{
    if (name[0] == '\0' || name[0] == '.' || name[0] == '-') {
        return false;
    }
    for (const char *at = name; *at != '\0'; at++) {
        if (!is_plain_byte(*at)) {
            return false;
        }
    }
    return true;
}

static struct status check_names(const struct action *action)
{
    struct ulid id;

    if (!is_terminated(action->id.text, sizeof(action->id.text)) ||
        !is_terminated(action->node, sizeof(action->node)) ||
        !is_terminated(action->resource, sizeof(action->resource))) {
        return status_error(STATUS_INVALID, "action: text without an end");
    }
    TRY(status_wrap(ulid_parse(slice_from(action->id.text), &id), "action: id"));
    if (strcmp(id.text, action->id.text) != 0) {
        return status_error(STATUS_INVALID, "action: id `%s` is not in its one spelling",
                            action->id.text);
    }
    if (!node_name_is_valid(slice_from(action->node))) {
        return status_error(STATUS_INVALID, "action: `%s` is not a node name", action->node);
    }
    return STATUS_SUCCESS;
}

static struct status check_arguments(const struct action *action, const struct action_type *type)
{
    if (type->takes_source && !address_is_valid(&action->source)) {
        return status_error(STATUS_INVALID, "%s: needs a source address", type->name);
    }
    if (!type->takes_source && action->source.family != ADDRESS_NONE) {
        return status_error(STATUS_INVALID, "%s: takes no source address", type->name);
    }
    if (type->takes_resource && !is_plain_name(action->resource)) {
        return status_error(STATUS_INVALID, "%s: `%s` is not a plain resource name", type->name,
                            action->resource);
    }
    if (!type->takes_resource && action->resource[0] != '\0') {
        return status_error(STATUS_INVALID, "%s: takes no resource", type->name);
    }
    return STATUS_SUCCESS;
}

static struct status check_lease(const struct lease *lease)
{
    if (lease->polarity != LEASE_BAN && lease->polarity != LEASE_GRANT) {
        return status_error(STATUS_INVALID, "action: lease has no polarity");
    }
    if (lease->duration_ms < 0 || lease->duration_ms > LEASE_MAX_MS) {
        return status_error(STATUS_INVALID, "action: lease of %lld ms is not from 0 to %lld",
                            (long long)lease->duration_ms, (long long)LEASE_MAX_MS);
    }
    if (lease->limit_ms < lease->duration_ms || lease->limit_ms > LEASE_MAX_MS) {
        return status_error(STATUS_INVALID, "action: lease limit of %lld ms is not from %lld",
                            (long long)lease->limit_ms, (long long)lease->duration_ms);
    }
    return STATUS_SUCCESS;
}

struct status action_validate(const struct action *action)
{
    const struct action_type *type = action_type(action->kind);

    if (type == NULL) {
        return status_error(STATUS_INVALID, "action: kind %u is unknown", (unsigned)action->kind);
    }
    TRY(check_names(action));
    TRY(check_arguments(action, type));
    return check_lease(&action->lease);
}

bool action_same_effect(const struct action *a, const struct action *b)
{
    return a->kind == b->kind && strcmp(a->node, b->node) == 0 &&
           strcmp(a->resource, b->resource) == 0 && address_eq(&a->source, &b->source);
}
