/* orchestrator/manager.h - security managers: autonomic loops of one service with a scope, and the
 * arbiter that joins what they ask for. Pure.
 *
 * A manager looks at an incident inside its scope and states goals; it never picks actions (the
 * planner does) and never talks to a node. A new manager is a row of manager.c's table. */
#ifndef REDAN_ORCHESTRATOR_MANAGER_H
#define REDAN_ORCHESTRATOR_MANAGER_H

#include <stdint.h>

#include "base/slice.h"
#include "model/names.h"

enum { MANAGERS_MAX = 8 };

/* What a loop may look at and act on. */
struct loop_scope {
    uint32_t planes; /* bit per enum plane_kind */
    enum layer lowest_layer;
};

/* The only facts a manager may use. */
struct manager_input {
    struct slice rule;
    enum severity severity;
    bool has_source;
    bool corroborated; /* of the incident's gravest alert */
    uint32_t planes;   /* planes on which the attacked unit has resources */
};

struct manager_output {
    uint32_t goals; /* enum goal of planner/planner.h; 0: nothing to do */
    const char *why;
};

struct manager {
    const char *name;
    struct loop_scope scope;
    struct manager_output (*step)(const struct manager_input *input);
};

const struct manager *manager_table(size_t *out_count);

struct manager_wish {
    const struct manager *manager;
    struct manager_output output;
};

/* What all managers together ask for: wishes inside their scopes, in the table's order. A wish of
 * one manager never removes another's: goals are joined, and a manager's goal on a plane outside
 * its scope is dropped. */
struct arbitration {
    uint32_t goals;
    struct manager_wish wishes[MANAGERS_MAX];
    size_t wish_count;
};
void arbiter_join(const struct manager_input *input, struct arbitration *out);

#endif
