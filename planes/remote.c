#include "planes/remote.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/parse.h"
#include "planes/helper_codec.h"
#include "planes/queue.h"

/* Packets read in one dispatch: a long observe does not keep the owner from its other work. */
enum { READ_PACKETS_MAX = 256, SLOT_BITS = 16 };

/* A call under way. Its number on the wire is its slot and how often the slot was used. */
struct slot {
    struct plane_call *call; /* NULL: free */
    uint64_t uses;
    size_t control_cap;
};

struct remote_plane {
    struct plane_base base;
    struct plane_ops ops; /* of this plane: its name and kind are the helper's */
    char name[HELPER_NAME_MAX];
    struct plane_capability capabilities[ACTION_KINDS];
    struct plane_queue *queue;
    struct slot slots[PLANE_PENDING_MAX];
    size_t free_slots[PLANE_PENDING_MAX]; /* a stack */
    size_t free_count;
    struct buf unsent; /* whole messages */
    int socket_fd;
    int epoll_fd; /* the socket and the queue: what the owner polls */
    bool wants_write;
    struct status lost; /* why nothing more can come */
};

_Static_assert(PLANE_PENDING_MAX <= 1 << SLOT_BITS, "a slot fits its part of the number");

static struct remote_plane *self_of(struct plane *plane)
{
    return (struct remote_plane *)(void *)plane;
}

/* --- numbers -----------------------------------------------------------------------------------
 */

static uint64_t take_slot(struct remote_plane *self, struct plane_call *call)
{
    assert(self->free_count > 0); /* the queue bounds the calls to as many */
    size_t index = self->free_slots[--self->free_count];
    struct slot *slot = &self->slots[index];

    slot->call = call;
    slot->uses++;
    slot->control_cap = 0;
    return (slot->uses << SLOT_BITS) | index;
}

static struct slot *find_slot(struct remote_plane *self, uint64_t number)
{
    size_t index = number & ((1U << SLOT_BITS) - 1);

    if (index >= COUNT_OF(self->slots) || self->slots[index].uses != number >> SLOT_BITS) {
        return NULL;
    }
    return self->slots[index].call != NULL ? &self->slots[index] : NULL;
}

static void finish_slot(struct remote_plane *self, struct slot *slot)
{
    plane_queue_finish(self->queue, TAKE(slot->call));
    self->free_slots[self->free_count++] = (size_t)(slot - self->slots);
}

/* --- sending -----------------------------------------------------------------------------------
 */

static void lose(struct remote_plane *self, struct status why)
{
    if (status_ok(&self->lost)) {
        self->lost = status_wrap(why, "plane helper");
    }
}

static void watch(struct remote_plane *self, bool for_write)
{
    struct epoll_event event = { .events = EPOLLIN | (for_write ? EPOLLOUT : 0U) };

    if (for_write != self->wants_write) {
        self->wants_write = for_write;
        (void)epoll_ctl(self->epoll_fd, EPOLL_CTL_MOD, self->socket_fd, &event);
    }
}

static void send_what_fits(struct remote_plane *self)
{
    size_t sent = 0;

    while (sent < self->unsent.len && status_ok(&self->lost)) {
        ssize_t len = send(self->socket_fd, self->unsent.ptr + sent, HELPER_MESSAGE_BYTES,
                           MSG_NOSIGNAL | MSG_DONTWAIT);
        if (len == HELPER_MESSAGE_BYTES) {
            sent += HELPER_MESSAGE_BYTES;
        } else if (len < 0 && errno == EAGAIN) {
            break;
        } else if (!(len < 0 && errno == EINTR)) {
            lose(self, status_error(STATUS_UNAVAILABLE, "send: %s", strerrordesc_np(errno)));
        }
    }
    buf_drop_front(&self->unsent, sent);
    watch(self, self->unsent.len > 0);
}

static void post(struct remote_plane *self, const struct helper_message *message)
{
    uint8_t bytes[HELPER_MESSAGE_BYTES];

    helper_encode(message, bytes);
    buf_add(&self->unsent, bytes, sizeof(bytes));
    send_what_fits(self);
}

/* --- receiving ----------------------------------------------------------------------------------
 */

static struct plane_control *grow_controls(struct plane_control *controls, size_t cap)
{
    struct plane_control *grown = reallocarray(controls, cap, sizeof(*controls));

    if (grown == NULL) {
        abort();
    }
    return grown;
}

static struct status add_control(struct slot *slot, const struct plane_control *control)
{
    struct plane_call *call = slot->call;

    if (call->control_count == PLANE_CONTROLS_MAX) {
        return status_error(STATUS_INVALID, "over %d controls", (int)PLANE_CONTROLS_MAX);
    }
    if (call->control_count == slot->control_cap) {
        slot->control_cap = slot->control_cap == 0 ? 16 : slot->control_cap * 2;
        call->controls = grow_controls(call->controls, slot->control_cap);
    }
    call->controls[call->control_count++] = *control;
    return STATUS_SUCCESS;
}

/* Which answer a call of each kind gets. */
static bool answers(enum helper_kind kind, const struct plane_call *call)
{
    switch (call->kind) {
    case PLANE_CALL_APPLY:
    case PLANE_CALL_UNDO:
        return kind == HELPER_DONE;
    case PLANE_CALL_READ_BACK:
        return kind == HELPER_READING;
    case PLANE_CALL_OBSERVE:
        return kind == HELPER_CONTROL || kind == HELPER_OBSERVED;
    case PLANE_CALL_PEER_SEEN:
        return kind == HELPER_PEER;
    }
    return false;
}

static struct status take_answer(struct remote_plane *self, const struct helper_message *message)
{
    struct slot *slot = find_slot(self, message->call);

    if (slot == NULL || !answers(message->kind, slot->call)) {
        return status_error(STATUS_INVALID, "message of kind %u answers no call",
                            (unsigned)message->kind);
    }
    if (message->kind == HELPER_CONTROL) {
        return add_control(slot, &message->control);
    }
    struct plane_call *call = slot->call;
    if (message->kind == HELPER_OBSERVED && message->count != call->control_count) {
        return status_error(STATUS_INVALID, "%u controls announced, %zu came", message->count,
                            call->control_count);
    }
    call->outcome = message->outcome;
    call->reading = message->reading;
    call->seen = message->seen;
    finish_slot(self, slot);
    return STATUS_SUCCESS;
}

/* `*out_got` false: nothing is there now. */
static struct status receive(int fd, struct helper_message *out, bool *out_got)
{
    uint8_t bytes[HELPER_MESSAGE_BYTES + 1];
    ssize_t len = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    *out_got = false;
    if (len < 0 && (errno == EAGAIN || errno == EINTR)) {
        return STATUS_SUCCESS;
    }
    if (len <= 0) {
        return status_error(STATUS_UNAVAILABLE, "%s",
                            len == 0 ? "it has hung up" : strerrordesc_np(errno));
    }
    TRY(helper_decode(bytes, (size_t)len, out));
    *out_got = true;
    return STATUS_SUCCESS;
}

static struct status receive_some(struct remote_plane *self)
{
    struct helper_message message;
    bool got = true;

    for (unsigned packets = 0; packets < READ_PACKETS_MAX && got; packets++) {
        TRY(receive(self->socket_fd, &message, &got));
        if (got) {
            TRY(take_answer(self, &message));
        }
    }
    return STATUS_SUCCESS;
}

static void end_calls(struct remote_plane *self)
{
    for (size_t i = 0; i < COUNT_OF(self->slots); i++) {
        struct slot *slot = &self->slots[i];
        if (slot->call != NULL) {
            slot->call->outcome = status_error(STATUS_UNAVAILABLE, "%s", self->lost.msg);
            slot->call->control_count = 0;
            finish_slot(self, slot);
        }
    }
}

/* --- plane.h
 * -------------------------------------------------------------------------------------- */

static void remote_capabilities(struct plane *plane, struct plane_capability out[ACTION_KINDS])
{
    memcpy(out, self_of(plane)->capabilities, sizeof(out[0]) * ACTION_KINDS);
}

static struct status check_alive(const struct remote_plane *self)
{
    return status_ok(&self->lost) ? STATUS_SUCCESS
                                  : status_error(STATUS_UNAVAILABLE, "%s", self->lost.msg);
}

static void post_action(struct remote_plane *self, enum helper_kind kind, struct plane_call *call)
{
    post(self, &(struct helper_message){
                   .kind = kind, .call = take_slot(self, call), .action = call->action });
}

static struct status remote_apply(struct plane *plane, const struct action *action,
                                  plane_done_fn *done, void *arg)
{
    struct remote_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(check_alive(self));
    TRY(plane_queue_start(self->queue, PLANE_CALL_APPLY, action, done, arg, &call));
    post_action(self, HELPER_APPLY, call);
    return STATUS_SUCCESS;
}

static struct status remote_undo(struct plane *plane, const struct action *action,
                                 plane_done_fn *done, void *arg)
{
    struct remote_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(check_alive(self));
    TRY(plane_queue_start(self->queue, PLANE_CALL_UNDO, action, done, arg, &call));
    post_action(self, HELPER_UNDO, call);
    return STATUS_SUCCESS;
}

static struct status remote_read_back(struct plane *plane, const struct action *action,
                                      plane_read_fn *done, void *arg)
{
    struct remote_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(check_alive(self));
    TRY(plane_queue_start_read(self->queue, action, done, arg, &call));
    post_action(self, HELPER_READ_BACK, call);
    return STATUS_SUCCESS;
}

static struct status remote_observe(struct plane *plane, plane_observe_fn *done, void *arg)
{
    struct remote_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(check_alive(self));
    TRY(plane_queue_start_observe(self->queue, done, arg, &call));
    post(self, &(struct helper_message){ .kind = HELPER_OBSERVE, .call = take_slot(self, call) });
    return STATUS_SUCCESS;
}

static struct status remote_peer_seen(struct plane *plane, const struct plane_peer_query *query,
                                      plane_peer_fn *done, void *arg)
{
    struct remote_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(check_alive(self));
    TRY(plane_queue_start_peer(self->queue, query, done, arg, &call));
    post(self, &(struct helper_message){
                   .kind = HELPER_PEER_SEEN, .call = take_slot(self, call), .query = *query });
    return STATUS_SUCCESS;
}

static int remote_fd(const struct plane *plane)
{
    return ((const struct remote_plane *)(const void *)plane)->epoll_fd;
}

static struct status remote_dispatch(struct plane *plane)
{
    struct remote_plane *self = self_of(plane);

    if (status_ok(&self->lost)) {
        send_what_fits(self);
        struct status received = receive_some(self);
        if (!status_ok(&received)) {
            lose(self, received);
        }
    }
    if (!status_ok(&self->lost)) {
        end_calls(self);
    }
    plane_queue_dispatch(self->queue);
    return self->lost;
}

static void remote_close(struct plane *plane)
{
    struct remote_plane *self = self_of(plane);

    plane_queue_free(self->queue);
    buf_done(&self->unsent);
    if (self->epoll_fd >= 0) {
        (void)close(self->epoll_fd);
    }
    (void)close(self->socket_fd);
    free(self);
}

static const struct plane_ops remote_ops = {
    .capabilities = remote_capabilities,
    .apply = remote_apply,
    .undo = remote_undo,
    .read_back = remote_read_back,
    .observe = remote_observe,
    .peer_seen = remote_peer_seen,
    .fd = remote_fd,
    .dispatch = remote_dispatch,
    .close = remote_close,
};

/* --- opening
 * ---------------------------------------------------------------------------------------- */

static struct status watch_both(struct remote_plane *self)
{
    struct epoll_event event = { .events = EPOLLIN };

    self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (self->epoll_fd < 0 ||
        epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, self->socket_fd, &event) != 0 ||
        epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, plane_queue_fd(self->queue), &event) != 0) {
        return status_error(STATUS_UNAVAILABLE, "epoll: %s", strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

/* Waits for one message until `deadline_ms`. */
static struct status await(int fd, int64_t deadline_ms, struct helper_message *out)
{
    bool got = false;

    while (!got) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        int64_t left_ms = deadline_ms - clock_mono_ms(&clock_real);
        if (left_ms <= 0) {
            return status_error(STATUS_TIMEOUT, "no welcome within %d ms",
                                (int)PLANE_REMOTE_OPEN_MS);
        }
        if (poll(&ready, 1, (int)left_ms) < 0 && errno != EINTR) {
            return status_error(STATUS_UNAVAILABLE, "poll: %s", strerrordesc_np(errno));
        }
        TRY(receive(fd, out, &got));
    }
    return STATUS_SUCCESS;
}

static struct status expect(int fd, int64_t deadline_ms, enum helper_kind kind,
                            struct helper_message *out)
{
    TRY(await(fd, deadline_ms, out));
    if (out->kind != kind) {
        return status_error(STATUS_INVALID, "message of kind %u instead of %u", (unsigned)out->kind,
                            (unsigned)kind);
    }
    return STATUS_SUCCESS;
}

static struct status greet(struct remote_plane *self)
{
    int64_t deadline_ms = clock_mono_ms(&clock_real) + PLANE_REMOTE_OPEN_MS;
    struct helper_message message = { .kind = HELPER_HELLO };

    post(self, &(struct helper_message){ .kind = HELPER_HELLO });
    TRY(self->lost);
    TRY(expect(self->socket_fd, deadline_ms, HELPER_WELCOME, &message));
    memcpy(self->name, message.name, sizeof(self->name));
    self->ops = remote_ops;
    self->ops.name = self->name;
    self->ops.kind = message.plane;
    if (message.plane != PLANE_NETWORK) {
        self->ops.peer_seen = NULL; /* only a network sees peers */
    }
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        TRY(expect(self->socket_fd, deadline_ms, HELPER_CAPABILITY, &message));
        if (message.capability.kind != (enum action_kind)i) {
            return status_error(STATUS_INVALID, "capabilities out of order");
        }
        self->capabilities[i] = message.capability;
    }
    return STATUS_SUCCESS;
}

static struct status set_up(struct remote_plane *self)
{
    TRY(plane_queue_new(&self->queue));
    TRY(watch_both(self));
    return greet(self);
}

struct status plane_remote_open(int fd, struct plane **out)
{
    struct remote_plane *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        abort();
    }
    self->base.ops = &self->ops;
    self->socket_fd = fd;
    self->epoll_fd = -1;
    for (size_t i = 0; i < COUNT_OF(self->slots); i++) {
        self->free_slots[self->free_count++] = COUNT_OF(self->slots) - 1 - i;
    }
    struct status ready = set_up(self);
    if (!status_ok(&ready)) {
        remote_close((struct plane *)(void *)self);
        return status_wrap(ready, "plane helper");
    }
    *out = (struct plane *)(void *)self;
    return STATUS_SUCCESS;
}

/* --- inheriting
 * -------------------------------------------------------------------------------------- */

void plane_remote_variable(enum plane_kind kind, char out[PLANE_REMOTE_VARIABLE_MAX])
{
    int len = snprintf(out, PLANE_REMOTE_VARIABLE_MAX, "REDAN_PLANE_%s_FD", plane_kind_name(kind));

    for (int i = 0; i < len && i < PLANE_REMOTE_VARIABLE_MAX - 1; i++) {
        out[i] = (char)toupper((unsigned char)out[i]);
    }
}

static bool is_packet_socket(int fd)
{
    int type = 0;
    socklen_t len = sizeof(type);

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_SEQPACKET;
}

struct status plane_remote_inherit(enum plane_kind kind, struct plane **out)
{
    char variable[PLANE_REMOTE_VARIABLE_MAX];
    uint32_t fd = 0;

    plane_remote_variable(kind, variable);
    struct slice text = slice_from(getenv(variable));
    if (text.ptr == NULL) {
        return status_error(STATUS_NOT_FOUND, "%s is not set: no helper has started this program",
                            variable);
    }
    TRY(status_wrap(parse_u32(text, 3, INT16_MAX, &fd), "%s", variable));
    (void)unsetenv(variable); /* NOLINT(concurrency-mt-unsafe): before the first thread */
    if (!is_packet_socket((int)fd) || fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0) {
        return status_error(STATUS_INVALID, "%s: descriptor %u is no helper's socket", variable,
                            fd);
    }
    struct plane *plane = NULL;
    TRY(plane_remote_open((int)fd, &plane));
    if (plane_kind_of(plane) != kind) {
        plane_close(&plane);
        return status_error(STATUS_INVALID, "%s: a helper of another plane", variable);
    }
    *out = plane;
    return STATUS_SUCCESS;
}
