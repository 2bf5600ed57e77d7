#include "planes/fake/fake_plane.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

struct fake_control {
    struct action action;
    int64_t ends_ms; /* monotonic; -1: no lease */
    bool damaged;
};

struct fake_script {
    unsigned delay_turns;
    unsigned failures;
    struct status failure;
    bool with_effect;
    size_t calls;
};

struct fake_world {
    struct fake_world_spec spec;
    struct plane_capability capabilities[ACTION_KINDS];
    struct fake_script scripts[PLANE_CALL_KINDS];
    struct fake_control *controls;
    size_t control_count, control_cap;
    char (*resources)[ACTION_RESOURCE_MAX];
    size_t resource_count, resource_cap;
    struct plane_peer_query *peers;
    size_t peer_count, peer_cap;
};

struct waiting_call {
    struct plane_call *call;
    unsigned turns;
};

struct fake_plane {
    struct plane_base base;
    struct fake_world *world;
    struct plane_queue *queue;
    struct waiting_call waiting[PLANE_PENDING_MAX];
    size_t waiting_count;
    int event_fd; /* readable while a call waits, so that a real loop takes the turns */
};

static void *must(void *memory)
{
    if (memory == NULL) {
        abort();
    }
    return memory;
}

/* Room for one more. */
static void *grown(void *array, size_t count, size_t *cap, size_t size)
{
    if (count < *cap) {
        return array;
    }
    *cap = *cap == 0 ? 16 : *cap * 2;
    return must(reallocarray(array, *cap, size));
}

struct fake_world *fake_world_new(const struct fake_world_spec *spec)
{
    struct fake_world *world = must(calloc(1, sizeof(*world)));

    world->spec = *spec;
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        struct plane_capability *capability = &world->capabilities[i];
        *capability =
            (struct plane_capability){ .kind = (enum action_kind)i, .verified_by = VERIFIED_SELF };
        if (action_type((enum action_kind)i)->plane == spec->kind) {
            capability->supported = true;
            capability->reversible = true;
        } else {
            (void)snprintf(capability->why_not, sizeof(capability->why_not),
                           "not an action of the %s plane", plane_kind_name(spec->kind));
        }
    }
    return world;
}

void fake_world_free(struct fake_world *world)
{
    if (world != NULL) {
        free(world->controls);
        free(world->resources);
        free(world->peers);
        free(world);
    }
}

void fake_world_lack(struct fake_world *world, enum action_kind kind, const char *why_not)
{
    struct plane_capability *capability = &world->capabilities[kind];

    capability->supported = false;
    (void)snprintf(capability->why_not, sizeof(capability->why_not), "%s", why_not);
}

void fake_world_delay(struct fake_world *world, enum plane_call_kind call, unsigned turns)
{
    world->scripts[call].delay_turns = turns;
}

void fake_world_fail(struct fake_world *world, enum plane_call_kind call, unsigned times,
                     struct status outcome, bool with_effect)
{
    struct fake_script *script = &world->scripts[call];

    script->failures = times;
    script->failure = outcome;
    script->with_effect = with_effect;
}

void fake_world_add_resource(struct fake_world *world, const char *name)
{
    world->resources = grown(world->resources, world->resource_count, &world->resource_cap,
                             sizeof(world->resources[0]));
    (void)snprintf(world->resources[world->resource_count++], ACTION_RESOURCE_MAX, "%s", name);
}

void fake_world_add_peer(struct fake_world *world, const struct plane_peer_query *peer)
{
    world->peers =
        grown(world->peers, world->peer_count, &world->peer_cap, sizeof(world->peers[0]));
    world->peers[world->peer_count++] = *peer;
}

static void remove_control(struct fake_world *world, struct fake_control *control)
{
    size_t index = (size_t)(control - world->controls);

    memmove(control, control + 1, (world->control_count - index - 1) * sizeof(*control));
    world->control_count--;
}

static void end_leases(struct fake_world *world)
{
    int64_t now_ms = clock_mono_ms(world->spec.clock);

    for (size_t i = world->control_count; i-- > 0;) {
        struct fake_control *control = &world->controls[i];
        if (control->ends_ms >= 0 && control->ends_ms <= now_ms) {
            remove_control(world, control);
        }
    }
}

static struct fake_control *find_control(struct fake_world *world, const struct ulid *id)
{
    end_leases(world);
    for (size_t i = 0; i < world->control_count; i++) {
        if (strcmp(world->controls[i].action.id.text, id->text) == 0) {
            return &world->controls[i];
        }
    }
    return NULL;
}

bool fake_world_lose(struct fake_world *world, const struct ulid *id)
{
    struct fake_control *control = find_control(world, id);

    if (control != NULL) {
        remove_control(world, control);
    }
    return control != NULL;
}

bool fake_world_damage(struct fake_world *world, const struct ulid *id)
{
    struct fake_control *control = find_control(world, id);

    if (control != NULL) {
        control->damaged = true;
    }
    return control != NULL;
}

size_t fake_world_calls(const struct fake_world *world, enum plane_call_kind call)
{
    return world->scripts[call].calls;
}

size_t fake_world_controls(struct fake_world *world)
{
    end_leases(world);
    return world->control_count;
}

bool fake_world_holds(struct fake_world *world, const struct action *action)
{
    end_leases(world);
    for (size_t i = 0; i < world->control_count; i++) {
        if (action_same_effect(&world->controls[i].action, action)) {
            return true;
        }
    }
    return false;
}

/* --- the calls, when their turn has come ---------------------------------------------------- */

static struct status check_resource(const struct fake_world *world, const struct action *action)
{
    if (action->resource[0] == '\0' || world->resource_count == 0) {
        return STATUS_SUCCESS;
    }
    for (size_t i = 0; i < world->resource_count; i++) {
        if (strcmp(world->resources[i], action->resource) == 0) {
            return STATUS_SUCCESS;
        }
    }
    return status_error(STATUS_NOT_FOUND, "no resource `%s`", action->resource);
}

static struct status work_apply(struct fake_world *world, const struct action *action)
{
    TRY(check_resource(world, action));
    struct fake_control *control = find_control(world, &action->id);
    if (control == NULL) {
        if (world->control_count >= PLANE_CONTROLS_MAX) {
            return status_error(STATUS_EXHAUSTED, "%d controls are in force",
                                (int)PLANE_CONTROLS_MAX);
        }
        world->controls = grown(world->controls, world->control_count, &world->control_cap,
                                sizeof(world->controls[0]));
        control = &world->controls[world->control_count++];
    }
    *control = (struct fake_control){ .action = *action, .ends_ms = -1 };
    if (world->spec.keeps_leases && action->lease.duration_ms > 0) {
        control->ends_ms = clock_mono_ms(world->spec.clock) + action->lease.duration_ms;
    }
    return STATUS_SUCCESS;
}

static void read_control(const struct fake_world *world, const struct fake_control *control,
                         struct plane_reading *out)
{
    out->presence = control->damaged ? PLANE_PARTIAL : PLANE_PRESENT;
    out->verified_by = VERIFIED_SELF;
    out->lease_left_ms =
        control->ends_ms < 0 ? -1 : control->ends_ms - clock_mono_ms(world->spec.clock);
    (void)snprintf(out->detail, sizeof(out->detail), "%s",
                   control->damaged ? "half of it is missing" : "in force");
}

static struct status work_read(struct fake_world *world, struct plane_call *call)
{
    TRY(check_resource(world, &call->action));
    const struct fake_control *control = find_control(world, &call->action.id);
    if (control != NULL && action_same_effect(&control->action, &call->action)) {
        read_control(world, control, &call->reading);
        return STATUS_SUCCESS;
    }
    call->reading = (struct plane_reading){ .presence = PLANE_ABSENT,
                                            .verified_by = VERIFIED_SELF,
                                            .lease_left_ms = -1,
                                            .detail = "not in force" };
    return STATUS_SUCCESS;
}

static struct status work_observe(struct fake_world *world, struct plane_call *call)
{
    end_leases(world);
    call->controls = must(calloc(world->control_count + 1, sizeof(*call->controls)));
    for (size_t i = 0; i < world->control_count; i++) {
        call->controls[i].action = world->controls[i].action;
        read_control(world, &world->controls[i], &call->controls[i].reading);
    }
    call->control_count = world->control_count;
    return STATUS_SUCCESS;
}

static bool peer_matches(const struct plane_peer_query *peer, const struct plane_peer_query *query)
{
    return address_eq(&peer->peer, &query->peer) &&
           (query->peer_port == 0 || query->peer_port == peer->peer_port) &&
           (query->local_port == 0 || query->local_port == peer->local_port);
}

static struct status work_peer_seen(struct fake_world *world, struct plane_call *call)
{
    for (size_t i = 0; i < world->peer_count && !call->seen; i++) {
        call->seen = peer_matches(&world->peers[i], &call->query);
    }
    return STATUS_SUCCESS;
}

static struct status work(struct fake_world *world, struct plane_call *call)
{
    switch (call->kind) {
    case PLANE_CALL_APPLY:
        return work_apply(world, &call->action);
    case PLANE_CALL_UNDO:
        TRY(check_resource(world, &call->action));
        (void)fake_world_lose(world, &call->action.id);
        return STATUS_SUCCESS;
    case PLANE_CALL_READ_BACK:
        return work_read(world, call);
    case PLANE_CALL_OBSERVE:
        return work_observe(world, call);
    case PLANE_CALL_PEER_SEEN:
        return work_peer_seen(world, call);
    }
    return status_error(STATUS_INTERNAL, "unknown call");
}

static void take_turn(struct fake_world *world, struct plane_call *call)
{
    struct fake_script *script = &world->scripts[call->kind];

    script->calls++;
    if (script->failures == 0) {
        call->outcome = work(world, call);
        return;
    }
    script->failures--;
    if (script->with_effect) {
        struct status effect = work(world, call);
        (void)effect; /* the caller hears the scripted failure instead */
    }
    call->outcome = script->failure;
}

/* --- plane.h -------------------------------------------------------------------------------- */

static struct fake_plane *fake_of(struct plane *plane)
{
    return (struct fake_plane *)(void *)plane;
}

static void wait_for_turn(struct fake_plane *self, struct plane_call *call)
{
    const uint64_t one = 1;

    self->waiting[self->waiting_count++] =
        (struct waiting_call){ .call = call,
                               .turns = self->world->scripts[call->kind].delay_turns };
    ssize_t written = write(self->event_fd, &one, sizeof(one));
    (void)written;
}

static void fake_capabilities(struct plane *plane, struct plane_capability out[ACTION_KINDS])
{
    memcpy(out, fake_of(plane)->world->capabilities, sizeof(out[0]) * ACTION_KINDS);
}

static struct status fake_apply(struct plane *plane, const struct action *action,
                                plane_done_fn *done, void *arg)
{
    struct fake_plane *self = fake_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start(self->queue, PLANE_CALL_APPLY, action, done, arg, &call));
    wait_for_turn(self, call);
    return STATUS_SUCCESS;
}

static struct status fake_undo(struct plane *plane, const struct action *action,
                               plane_done_fn *done, void *arg)
{
    struct fake_plane *self = fake_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start(self->queue, PLANE_CALL_UNDO, action, done, arg, &call));
    wait_for_turn(self, call);
    return STATUS_SUCCESS;
}

static struct status fake_read_back(struct plane *plane, const struct action *action,
                                    plane_read_fn *done, void *arg)
{
    struct fake_plane *self = fake_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start_read(self->queue, action, done, arg, &call));
    wait_for_turn(self, call);
    return STATUS_SUCCESS;
}

static struct status fake_observe(struct plane *plane, plane_observe_fn *done, void *arg)
{
    struct fake_plane *self = fake_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start_observe(self->queue, done, arg, &call));
    wait_for_turn(self, call);
    return STATUS_SUCCESS;
}

static struct status fake_peer_seen(struct plane *plane, const struct plane_peer_query *query,
                                    plane_peer_fn *done, void *arg)
{
    struct fake_plane *self = fake_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start_peer(self->queue, query, done, arg, &call));
    wait_for_turn(self, call);
    return STATUS_SUCCESS;
}

static int fake_fd(const struct plane *plane)
{
    return ((const struct fake_plane *)(const void *)plane)->event_fd;
}

static struct status fake_dispatch(struct plane *plane)
{
    struct fake_plane *self = fake_of(plane);
    size_t kept = 0;

    for (size_t i = 0; i < self->waiting_count; i++) {
        struct waiting_call *waiting = &self->waiting[i];
        unsigned most = self->world->scripts[waiting->call->kind].delay_turns;
        waiting->turns = waiting->turns < most ? waiting->turns : most;
        if (waiting->turns > 0) {
            waiting->turns--;
            self->waiting[kept++] = *waiting;
            continue;
        }
        take_turn(self->world, waiting->call);
        plane_queue_finish(self->queue, waiting->call);
    }
    self->waiting_count = kept;
    if (kept == 0) {
        uint64_t count = 0;
        ssize_t got = read(self->event_fd, &count, sizeof(count));
        (void)got;
    }
    plane_queue_dispatch(self->queue);
    return STATUS_SUCCESS;
}

static void fake_close(struct plane *plane)
{
    struct fake_plane *self = fake_of(plane);

    plane_queue_free(self->queue);
    (void)close(self->event_fd);
    free(self);
}

#define FAKE_OPS(plane_kind, seen)                                                                 \
    {                                                                                              \
        .name = "fake", .kind = (plane_kind), .capabilities = fake_capabilities,                   \
        .apply = fake_apply, .undo = fake_undo, .read_back = fake_read_back,                       \
        .observe = fake_observe, .peer_seen = (seen), .fd = fake_fd, .dispatch = fake_dispatch,    \
        .close = fake_close                                                                        \
    }

static const struct plane_ops fake_ops[PLANE_KINDS] = {
    [PLANE_COMPUTE] = FAKE_OPS(PLANE_COMPUTE, NULL),
    [PLANE_DATA] = FAKE_OPS(PLANE_DATA, NULL),
    [PLANE_NETWORK] = FAKE_OPS(PLANE_NETWORK, fake_peer_seen),
};

struct status fake_plane_open(struct fake_world *world, struct plane **out)
{
    struct plane_queue *queue = NULL;
    int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (event_fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "eventfd: %s", strerrordesc_np(errno));
    }
    struct status made = plane_queue_new(&queue);
    if (!status_ok(&made)) {
        (void)close(event_fd);
        return made;
    }
    struct fake_plane *self = must(calloc(1, sizeof(*self)));
    self->base.ops = &fake_ops[world->spec.kind];
    self->world = world;
    self->queue = queue;
    self->event_fd = event_fd;
    *out = (struct plane *)(void *)self;
    return STATUS_SUCCESS;
}
