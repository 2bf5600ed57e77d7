/* wire/registry_priv.h - the registry's file as the table of base/config.h sees it. For this
 * folder.
 */
#ifndef REDAN_WIRE_REGISTRY_PRIV_H
#define REDAN_WIRE_REGISTRY_PRIV_H

#include "base/config.h"
#include "wire/registry.h"

struct registry_service_doc {
    struct slice id;
    struct slice key;
    struct config_texts kinds;
    struct config_texts actions;
};

struct registry_node_doc {
    struct slice name;
    int role;  /* index into registry_role_names */
    int state; /* enum node_state */
    struct slice aggregator;
    struct slice curve;
    struct config_tables services;
};

struct registry_signer_doc {
    struct slice replica;
    struct slice key;
};

struct registry_doc {
    int api;
    int kind;
    struct slice orchestrator;
    struct slice orchestrator_key;
    uint32_t membership_epoch;
    uint32_t threshold;
    struct config_tables signers;
    struct config_tables nodes;
};

enum { REGISTRY_ROLE_AGGREGATOR, REGISTRY_ROLE_SMA };

extern const struct config_table registry_table;

/* The table's struct turned into a registry; checks what rows alone cannot. STATUS_INVALID. */
struct status registry_build(const struct registry_doc *doc, struct registry **out) MUST_USE;

#endif
