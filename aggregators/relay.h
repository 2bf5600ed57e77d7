/* aggregators/relay.h - what an aggregator does with each message: state in, actions out.
 *
 * Stateless in what matters: no event, command or ack is kept here, so nothing is lost with us; the
 * only ack is the orchestrator's. Kept are the last HELLO of each node that is here (said again
 * when the orchestrator comes back) and the last SNAPSHOT (answered while it is away). Frames pass
 * unchanged. Correlation over several nodes will grow here. Pure; one thread. */
#ifndef REDAN_AGGREGATORS_RELAY_H
#define REDAN_AGGREGATORS_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "wire/frame.h"
#include "wire/name_map.h"

enum relay_verb {
    RELAY_UP,       /* send `raw` to the orchestrator */
    RELAY_DOWN,     /* send `raw` to `node` */
    RELAY_WELCOME,  /* a WELCOME of our own, without credit: the orchestrator is away */
    RELAY_SNAPSHOT, /* `raw` is the kept SNAPSHOT, addressed to another node: address it to `node`
                     */
    RELAY_BYE       /* tell the orchestrator that `node` is gone */
};

struct relay_action {
    enum relay_verb verb;
    enum frame_type type;
    struct slice node;
    struct slice raw;
    struct relay_action *next;
};

/* Filled in the order in which to act. Slices borrow from the input and from the relay: act before
 * the next input. */
struct relay_output {
    struct arena *arena;
    struct relay_action *first, **tail;
};
void relay_output_init(struct relay_output *out, struct arena *arena);

struct relay_counters {
    uint64_t up, down; /* frames forwarded, by type in the arrays below */
    uint64_t up_by_type[FRAME_TYPES], down_by_type[FRAME_TYPES];
    uint64_t dropped_away; /* from below while the orchestrator was away; the sender repeats them */
    uint64_t welcomed_here; /* WELCOMEs of our own */
    uint64_t snapshots_served;
};

struct relay {
    bool orchestrator_is_up;
    struct name_map nodes;
    struct buf snapshot; /* the last one, as received; empty: none yet */
    struct relay_counters counters;
};

void relay_done(struct relay *relay);
/* From a node of ours that the server has let through. */
void relay_from_node(struct relay *relay, struct slice node, const struct frame *frame,
                     struct relay_output *out);
void relay_node_gone(struct relay *relay, struct slice node, struct relay_output *out);
/* From the orchestrator, about `node`, which is one of ours. */
void relay_from_orchestrator(struct relay *relay, struct slice node, const struct frame *frame,
                             struct relay_output *out);
void relay_orchestrator_up(struct relay *relay, struct relay_output *out);
void relay_orchestrator_down(struct relay *relay);
size_t relay_nodes_here(const struct relay *relay);

#endif
