/* wire/client.h - the DEALER end of one session: an SMA's to its aggregator, an aggregator's to the
 * orchestrator.
 *
 * Lives inside one actor loop; nothing here is thread-safe or blocks. It connects outwards with
 * jittered reconnects, says HELLO on every new connection and after any silence, answers and sends
 * PINGs, and builds its socket anew when the server refuses the key (libzmq alone would never try
 * again) or stays silent. Two addresses: the next one is tried when the current one stays down.
 * A send before WELCOME is refused (STATUS_UNAVAILABLE). */
#ifndef REDAN_WIRE_CLIENT_H
#define REDAN_WIRE_CLIENT_H

#include <stdint.h>

#include "base/actor.h"
#include "base/clock.h"
#include "base/slice.h"
#include "base/status.h"
#include "wire/keys.h"
#include "wire/message.h"

enum {
    CLIENT_ENDPOINTS_MAX = 2,
    CLIENT_PING_MS = 10 * 1000,
    CLIENT_SILENCE_MS = 30 * 1000, /* then HELLO again; twice: a new socket */
    CLIENT_HELLO_MS = 2 * 1000,    /* repeat an unanswered HELLO */
    CLIENT_REBUILD_MIN_MS = 1000,
    CLIENT_REBUILD_MAX_MS = 60 * 1000
};

struct client;

struct client_options {
    const char *endpoints[CLIENT_ENDPOINTS_MAX]; /* the second may be NULL */
    const struct identity *identity;             /* borrowed for the client's life */
    const struct trust *trust;                   /* likewise */
    const char *version;                         /* "redan-sma 0.1.0" */
    const struct clock_source *clock;
    uint32_t ping_ms, silence_ms; /* 0: the values above */
    uint32_t reconnect_ms;        /* 0: random 200..1000 */
};

struct client_counters {
    uint64_t frames_in, frames_out;
    uint64_t bytes_in, bytes_out;
    uint64_t connects, disconnects;
    uint64_t auth_failures; /* the server refuses our key, or is not who we think */
    uint64_t rebuilds;
    uint64_t hellos;
    uint64_t send_full;    /* EAGAIN */
    uint64_t send_refused; /* not welcome yet */
    uint64_t bad_frames;   /* from the server: malformed or of a type it may not send */
};

struct client_handlers {
    /* Fill in stream_epoch, last_seq, last_command_seq; the rest is set. May be NULL. */
    void (*hello)(void *arg, struct hello *hello);
    /* WELCOME (also repeated ones), ACK, CMD, SNAPSHOT, ERROR, BYE. Valid during the call. */
    void (*message)(void *arg, const struct message *message, struct arena *arena);
    /* The session is lost; WELCOME will tell when it is back. */
    void (*down)(void *arg, struct slice reason);
    void *arg;
};

/* Starts connecting; returns at once. Errors: STATUS_INVALID (endpoint). */
struct status client_open(struct actor_loop *loop, const struct client_options *options,
                          const struct client_handlers *handlers, struct client **out) MUST_USE;
void client_close(struct client **client); /* NULL is fine; says BYE when there is a session */

bool client_is_up(const struct client *client); /* welcomed and not lost since */
/* The message's node field is the caller's: its own name, or the node it relays for.
 * Errors: STATUS_UNAVAILABLE (no session), STATUS_EXHAUSTED (queue full: try again later). */
struct status client_send(struct client *client, const struct message *message) MUST_USE;
/* A frame as received elsewhere (frame->raw), unchanged: for relays. */
struct status client_forward(struct client *client, const struct frame *frame) MUST_USE;
/* Ask for a fresh WELCOME, e.g. when an ack is overdue. */
void client_say_hello(struct client *client);
struct client_counters client_read_counters(const struct client *client);

#endif
