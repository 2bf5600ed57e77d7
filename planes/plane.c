#include "planes/plane.h"

#include <assert.h>
#include <string.h>

/* Every adapter's struct starts with its plane_base. */
static const struct plane_ops *ops_of(const struct plane *plane)
{
    return ((const struct plane_base *)(const void *)plane)->ops;
}

static struct status check_action(const struct plane_ops *ops, const struct action *action)
{
    TRY(action_validate(action));
    if (action_type(action->kind)->plane != ops->kind) {
        return status_error(STATUS_INVALID, "%s: not an action of the %s plane",
                            action_kind_name(action->kind), plane_kind_name(ops->kind));
    }
    return STATUS_SUCCESS;
}

static struct plane_capability capability_of(struct plane *plane, enum action_kind kind)
{
    struct plane_capability all[ACTION_KINDS];

    plane_capabilities(plane, all);
    return all[kind];
}

struct status plane_apply(struct plane *plane, const struct action *action, plane_done_fn *done,
                          void *arg)
{
    const struct plane_ops *ops = ops_of(plane);

    TRY(check_action(ops, action));
    struct plane_capability capability = capability_of(plane, action->kind);
    if (!capability.supported) {
        return status_error(STATUS_UNSUPPORTED, "%s: %s", action_kind_name(action->kind),
                            capability.why_not);
    }
    return ops->apply(plane, action, done, arg);
}

struct status plane_undo(struct plane *plane, const struct action *action, plane_done_fn *done,
                         void *arg)
{
    const struct plane_ops *ops = ops_of(plane);

    TRY(check_action(ops, action));
    struct plane_capability capability = capability_of(plane, action->kind);
    if (capability.supported && !capability.reversible) {
        return status_error(STATUS_UNSUPPORTED, "%s cannot be undone",
                            action_kind_name(action->kind));
    }
    return ops->undo(plane, action, done, arg);
}

struct status plane_read_back(struct plane *plane, const struct action *action, plane_read_fn *done,
                              void *arg)
{
    const struct plane_ops *ops = ops_of(plane);

    TRY(check_action(ops, action));
    return ops->read_back(plane, action, done, arg);
}

struct status plane_observe(struct plane *plane, plane_observe_fn *done, void *arg)
{
    return ops_of(plane)->observe(plane, done, arg);
}

struct status plane_peer_seen(struct plane *plane, const struct plane_peer_query *query,
                              plane_peer_fn *done, void *arg)
{
    const struct plane_ops *ops = ops_of(plane);

    if (!address_is_valid(&query->peer) || !address_is_host(&query->peer)) {
        return status_error(STATUS_INVALID, "a peer is one host address");
    }
    if (ops->peer_seen == NULL) {
        return status_error(STATUS_UNSUPPORTED, "the %s plane sees no peers",
                            plane_kind_name(ops->kind));
    }
    return ops->peer_seen(plane, query, done, arg);
}

void plane_capabilities(struct plane *plane, struct plane_capability out[ACTION_KINDS])
{
    memset(out, 0, sizeof(out[0]) * ACTION_KINDS);
    ops_of(plane)->capabilities(plane, out);
}

enum plane_kind plane_kind_of(const struct plane *plane)
{
    return ops_of(plane)->kind;
}

const char *plane_name(const struct plane *plane)
{
    return ops_of(plane)->name;
}

int plane_fd(const struct plane *plane)
{
    return ops_of(plane)->fd(plane);
}

struct status plane_dispatch(struct plane *plane)
{
    return ops_of(plane)->dispatch(plane);
}

void plane_close(struct plane **plane)
{
    struct plane *open = TAKE(*plane);

    if (open != NULL) {
        ops_of(open)->close(open);
    }
}
