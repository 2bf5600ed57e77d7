#include "model/node.h"

#include <stdio.h>

static const char *const services[] = { "monitor", "enforce" };
static const char *const states[] = { "pending", "enrolled", "draining", "revoked" };

static bool is_alnum(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

bool node_name_is_valid(struct slice name)
{
    if (name.len == 0 || name.len >= NODE_NAME_MAX || !is_alnum(name.ptr[0]) ||
        !is_alnum(name.ptr[name.len - 1])) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (!is_alnum(name.ptr[i]) && name.ptr[i] != '-') {
            return false;
        }
    }
    return true;
}

const char *service_kind_name(enum service_kind value)
{
    return (size_t)value < COUNT_OF(services) ? services[value] : "unknown";
}

static bool service_kind_parse(struct slice text, enum service_kind *out)
{
    for (size_t i = 0; i < COUNT_OF(services); i++) {
        if (slice_is(text, services[i])) {
            *out = (enum service_kind)i;
            return true;
        }
    }
    return false;
}

void service_id_format(const struct service_id *id, char out[SERVICE_ID_TEXT_MAX])
{
    (void)snprintf(out, SERVICE_ID_TEXT_MAX, "%s.%s.%s", layer_name(id->layer),
                   plane_kind_name(id->plane), service_kind_name(id->service));
}

bool service_id_parse(struct slice text, struct service_id *out)
{
    struct service_id id;
    struct slice rest = text;
    struct slice layer = slice_cut(&rest, '.');
    struct slice plane = slice_cut(&rest, '.');

    if (!layer_parse(layer, &id.layer) || !plane_kind_parse(plane, &id.plane) ||
        !service_kind_parse(rest, &id.service)) {
        return false;
    }
    *out = id;
    return true;
}

bool service_id_eq(const struct service_id *a, const struct service_id *b)
{
    return a->layer == b->layer && a->plane == b->plane && a->service == b->service;
}

static bool has_service(const struct service_id *ids, size_t count, const struct service_id *wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (service_id_eq(&ids[i], wanted)) {
            return true;
        }
    }
    return false;
}

struct status service_ids_check(const struct service_id *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct service_id monitor = { ids[i].layer, ids[i].plane, SERVICE_MONITOR };
        if (!has_service(ids, count, &monitor)) {
            char lonely[SERVICE_ID_TEXT_MAX];
            char wanted[SERVICE_ID_TEXT_MAX];
            service_id_format(&ids[i], lonely);
            service_id_format(&monitor, wanted);
            return status_error(STATUS_INVALID,
                                "%s without %s: the end of its controls could not "
                                "be reported",
                                lonely, wanted);
        }
    }
    return STATUS_SUCCESS;
}

const char *node_state_name(enum node_state value)
{
    return (size_t)value < COUNT_OF(states) ? states[value] : "unknown";
}

bool node_state_parse(struct slice text, enum node_state *out)
{
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        if (slice_is(text, states[i])) {
            *out = (enum node_state)i;
            return true;
        }
    }
    return false;
}
