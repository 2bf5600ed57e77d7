/* orchestrator/knowledge/nodes.h - the known nodes and when they were last heard. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_NODES_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_NODES_H

#include "base/ulid.h"
#include "model/node.h"
#include "orchestrator/knowledge/ingest.h"

struct node_record {
    struct slice name;
    enum peer_role role;
    enum node_state state;
    struct slice services; /* "L2.network.enforce L2.network.monitor", sorted by the caller */
    struct slice via;      /* the aggregator it was last heard through; "" none */
    int64_t last_seen_ms;
    /* Filled by reads; written by knowledge_node_said alone. */
    struct slice capabilities; /* as in its last HELLO: "network.deny compute.suspend", sorted */
    struct ulid capable;       /* when it first said these; text "": never */
    struct ulid hello;         /* its last HELLO */
    struct ingest_mark mark;   /* filled by reads, ignored by writes */
};

/* Adds or replaces by name. */
struct status knowledge_put_node(struct knowledge *knowledge,
                                 const struct node_record *node) MUST_USE;
/* Only moves last_seen_ms forward and sets `via`. Errors: STATUS_NOT_FOUND. */
struct status knowledge_node_seen(struct knowledge *knowledge, struct slice name, struct slice via,
                                  int64_t at_ms) MUST_USE;
/* What a HELLO brings: name, capabilities, capable, hello. Errors: STATUS_NOT_FOUND. */
struct status knowledge_node_said(struct knowledge *knowledge,
                                  const struct node_record *node) MUST_USE;
/* Errors: STATUS_NOT_FOUND. */
struct status knowledge_get_node(struct knowledge_reader *reader, struct slice name,
                                 struct arena *arena, struct node_record *out) MUST_USE;

typedef struct status(node_row_fn)(void *arg, const struct node_record *row);
/* By name; page.after is a name. */
struct status knowledge_list_nodes(struct knowledge_reader *reader, struct knowledge_page page,
                                   node_row_fn *row, void *arg, bool *out_more) MUST_USE;

#endif
