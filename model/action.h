/* model/action.h - the closed set of things Redan can do to infrastructure, with typed arguments.
 *
 * A new action is a row in action.c's table, its contract in planner/contract.c and at least one
 * adapter below planes/. No strings are ever evaluated. Plain data. */
#ifndef REDAN_MODEL_ACTION_H
#define REDAN_MODEL_ACTION_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"
#include "base/ulid.h"
#include "model/address.h"
#include "model/names.h"

enum action_kind {
    ACTION_NETWORK_DENY, /* no packet between the node and `source`, both ways; sockets destroyed */
    ACTION_NETWORK_ISOLATE,  /* no packet to or from the node but those of protected peers */
    ACTION_COMPUTE_SNAPSHOT, /* keep the domain's state as evidence */
    ACTION_COMPUTE_SUSPEND,  /* pause the domain */
    ACTION_DATA_FREEZE       /* no write to the bucket by anyone */
};
enum { ACTION_KINDS = 5, ACTION_RESOURCE_MAX = 128, ACTION_NODE_MAX = 64 };
#define LEASE_MAX_MS ((int64_t)366 * 24 * 3600 * 1000) /* longer ones are renewed */

/* What happens when a lease ends while nobody renews it: a grant falls away; a ban stays as long as
 * local evidence lasts, up to the limit. Killing the orchestrator frees nobody. */
enum lease_polarity { LEASE_BAN, LEASE_GRANT };

struct lease {
    enum lease_polarity polarity;
    int64_t duration_ms; /* from enforcement; 0: until undone */
    int64_t limit_ms;    /* a ban's outer bound; >= duration_ms */
};

struct action {
    struct ulid id; /* of the step; the control it makes carries this id on the plane */
    enum action_kind kind;
    char node[ACTION_NODE_MAX];         /* SMA that carries it out */
    char resource[ACTION_RESOURCE_MAX]; /* domain or bucket; empty for network actions */
    struct address source;              /* ACTION_NETWORK_DENY: whom to cut */
    struct lease lease;
};

struct action_type {
    const char *name; /* "network.deny" */
    enum plane_kind plane;
    bool takes_source;
    bool takes_resource;
    const char *openc2_action; /* OpenC2 Language Specification 1.0, section 3.3.1.1 */
};

const struct action_type *action_type(enum action_kind kind);
const char *action_kind_name(enum action_kind kind);
bool action_kind_parse(struct slice text, enum action_kind *out);

/* Arguments fit the kind; names are plain; lease in range. Errors: STATUS_INVALID. */
struct status action_validate(const struct action *action) MUST_USE;
bool action_same_effect(const struct action *a, const struct action *b); /* all but id and lease */

#endif
