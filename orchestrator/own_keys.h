/* orchestrator/own_keys.h - the orchestrator's keys and the registry of nodes: each is good by
 * itself, and they belong together. */
#ifndef REDAN_ORCHESTRATOR_OWN_KEYS_H
#define REDAN_ORCHESTRATOR_OWN_KEYS_H

#include "wire/keys.h"
#include "wire/registry.h"

/* Loads both from `folder`. Errors: those of identity_load, registry_load, own_keys_agree; nothing
 * is left behind then. */
struct status own_keys_load(const char *folder, struct identity *out_identity,
                            struct registry **out_registry) MUST_USE;

/* Is this the identity of an orchestrator, and the one whose keys the nodes of this registry were
 * told to trust? Otherwise nobody would talk to us. Errors: STATUS_DENIED. */
struct status own_keys_agree(const struct identity *identity,
                             const struct registry *registry) MUST_USE;

#endif
