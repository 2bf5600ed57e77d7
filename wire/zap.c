#include "wire/zap.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/actor.h"
#include "wire/socket_priv.h"

/* ZeroMQ RFC 27, version 1.0: request = version, id, domain, address, identity, mechanism,
 * credentials; reply = version, id, code, text, user id, metadata. */
enum {
    PART_VERSION,
    PART_ID,
    PART_DOMAIN,
    PART_ADDRESS,
    PART_IDENTITY,
    PART_MECHANISM,
    PART_CREDENTIALS,
    PARTS,
    PART_BYTES_MAX = 256,
    BURST = 64
};

struct zap {
    struct zap_options options;
    struct actor *actor;
    void *socket;
    /* Written by the handler's thread, read by the owner's. */
    atomic_uint_fast64_t accepted;
    atomic_uint_fast64_t refused_unknown;
    atomic_uint_fast64_t refused_state;
    atomic_uint_fast64_t refused_role;
    atomic_uint_fast64_t refused_mechanism;
};

struct request {
    char bytes[PARTS][PART_BYTES_MAX];
    struct slice parts[PARTS];
    bool whole; /* exactly PARTS parts, none too long */
};

/* --- the decision ----------------------------------------------------------------------- */

static bool is_ours(const struct zap_options *options, const struct registry_node *node)
{
    if (node->role != options->role) {
        return false;
    }
    return node->role != PEER_SMA || options->aggregator == NULL ||
           slice_is(slice_from(options->aggregator), node->aggregator);
}

/* The key in hex when it may connect; the empty text otherwise. */
static bool decide(struct zap *zap, const struct request *request, char user_id[CURVE_HEX_MAX])
{
    CLEANUP(registry_unref) struct registry *registry = registry_cell_get(zap->options.registry);
    struct curve_public key;

    if (!request->whole || !slice_is(request->parts[PART_VERSION], "1.0") ||
        !slice_is(request->parts[PART_DOMAIN], zap->options.domain) ||
        !slice_is(request->parts[PART_MECHANISM], "CURVE") ||
        request->parts[PART_CREDENTIALS].len != sizeof(key.bytes)) {
        (void)atomic_fetch_add(&zap->refused_mechanism, 1);
        return false;
    }
    memcpy(key.bytes, request->parts[PART_CREDENTIALS].ptr, sizeof(key.bytes));
    const struct registry_node *node = registry_by_key(registry, &key);
    if (node == NULL) {
        (void)atomic_fetch_add(&zap->refused_unknown, 1);
        return false;
    }
    if (!is_ours(&zap->options, node)) {
        (void)atomic_fetch_add(&zap->refused_role, 1);
        return false;
    }
    if (node->state != NODE_ENROLLED && node->state != NODE_DRAINING) {
        (void)atomic_fetch_add(&zap->refused_state, 1);
        return false;
    }
    (void)atomic_fetch_add(&zap->accepted, 1);
    curve_public_hex(&key, user_id);
    return true;
}

/* --- the socket ------------------------------------------------------------------------- */

/* Reads all parts of one request, too many and too long ones as well. False: none there. */
static bool receive(void *socket, struct request *out)
{
    size_t count = 0;
    int more = 1;
    size_t size = sizeof(more);

    out->whole = true;
    while (more != 0) {
        char spare[PART_BYTES_MAX];
        char *at = count < PARTS ? out->bytes[count] : spare;
        int len = zmq_recv(socket, at, PART_BYTES_MAX, ZMQ_DONTWAIT);
        if (len < 0) {
            return false; /* parts come together: only before the first */
        }
        if (count < PARTS && len <= PART_BYTES_MAX) {
            out->parts[count] = (struct slice){ at, (size_t)len };
        } else {
            out->whole = false;
        }
        count++;
        (void)zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size);
    }
    out->whole = out->whole && count == PARTS;
    return true;
}

static void send_part(void *socket, struct slice part, int flags)
{
    /* The peer is libzmq itself, over inproc, one request at a time. */
    (void)zmq_send(socket, part.ptr, part.len, ZMQ_DONTWAIT | flags);
}

static void answer(void *socket, const struct request *request, bool yes, const char *user_id)
{
    send_part(socket, SLICE("1.0"), ZMQ_SNDMORE);
    send_part(socket, request->parts[PART_ID], ZMQ_SNDMORE);
    send_part(socket, yes ? SLICE("200") : SLICE("400"), ZMQ_SNDMORE);
    send_part(socket, yes ? SLICE("OK") : SLICE("no access"), ZMQ_SNDMORE);
    send_part(socket, slice_from(user_id), ZMQ_SNDMORE);
    send_part(socket, SLICE(""), 0);
}

static struct status on_request(struct actor_loop *loop, void *state)
{
    struct zap *zap = state;
    struct request request;

    (void)loop;
    memset(&request, 0, sizeof(request));
    for (int i = 0; i < BURST && receive(zap->socket, &request); i++) {
        char user_id[CURVE_HEX_MAX] = "";
        bool yes = decide(zap, &request, user_id);
        answer(zap->socket, &request, yes, user_id);
        memset(&request, 0, sizeof(request));
    }
    return STATUS_SUCCESS;
}

static struct status begin(struct actor_loop *loop, void *state)
{
    struct zap *zap = state;

    zap->socket = zmq_socket(zap->options.context, ZMQ_REP);
    if (zap->socket == NULL || zmq_bind(zap->socket, "inproc://zeromq.zap.01") != 0) {
        struct status failed = status_error(STATUS_UNAVAILABLE, "inproc://zeromq.zap.01: %s",
                                            zmq_strerror(zmq_errno()));
        if (zap->socket != NULL) {
            (void)zmq_close(zap->socket);
        }
        return failed;
    }
    TRY(socket_set_int(zap->socket, ZMQ_LINGER, 0));
    return actor_loop_socket(loop, zap->socket, on_request, zap);
}

static void end(struct actor_loop *loop, void *state)
{
    struct zap *zap = state;

    actor_loop_socket_end(loop, zap->socket);
    (void)zmq_close(zap->socket);
}

struct status zap_start(const struct zap_options *options, struct zap **out)
{
    struct zap *zap = calloc(1, sizeof(*zap));

    if (zap == NULL) {
        abort();
    }
    zap->options = *options;
    const struct actor_spec spec = { .name = "zap", .begin = begin, .end = end, .state = zap };
    struct status started = actor_start(&spec, &zap->actor);
    if (!status_ok(&started)) {
        free(zap);
        return started;
    }
    *out = zap;
    return STATUS_SUCCESS;
}

void zap_stop(struct zap **zap)
{
    struct zap *self = TAKE(*zap);

    if (self != NULL) {
        actor_stop(&self->actor);
        free(self);
    }
}

struct zap_counters zap_read_counters(const struct zap *zap)
{
    return (struct zap_counters){
        .accepted = atomic_load(&zap->accepted),
        .refused_unknown = atomic_load(&zap->refused_unknown),
        .refused_state = atomic_load(&zap->refused_state),
        .refused_role = atomic_load(&zap->refused_role),
        .refused_mechanism = atomic_load(&zap->refused_mechanism),
    };
}
