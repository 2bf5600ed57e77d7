/* wire/zap.h - the answer to "may this key connect?" (ZeroMQ RFC 27), from memory.
 *
 * One thread per ZeroMQ context, before any server socket binds in it. Reads the registry of a
 * cell, never a disk. Lets in enrolled and draining nodes of one role (and, for SMAs, of one
 * aggregator) over CURVE, nothing else; the User-Id of what it lets in is the peer's public key in
 * hex. Thread: zap_start, zap_stop and zap_read_counters belong to one thread. */
#ifndef REDAN_WIRE_ZAP_H
#define REDAN_WIRE_ZAP_H

#include <stdint.h>

#include "base/status.h"
#include "model/names.h"
#include "wire/registry.h"

struct zap;

struct zap_options {
    void *context;                  /* of libzmq */
    struct registry_cell *registry; /* outlives the handler */
    const char *domain;
    enum peer_role role;    /* who may connect */
    const char *aggregator; /* for PEER_SMA: only its own; NULL any */
};

struct zap_counters {
    uint64_t accepted;
    uint64_t refused_unknown; /* no such key */
    uint64_t refused_state;   /* revoked or pending */
    uint64_t refused_role;
    uint64_t refused_mechanism; /* not CURVE, wrong domain, malformed request */
};

struct status zap_start(const struct zap_options *options, struct zap **out) MUST_USE;
void zap_stop(struct zap **zap); /* NULL is fine; before the context ends */
struct zap_counters zap_read_counters(const struct zap *zap);

#endif
