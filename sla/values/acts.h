/* sla/values/acts.h - the closed universe of acts that rules speak of: what Redan does itself, and
 * what people and programs do with resources. An act is a row; its number is its place in a mask.
 *
 * Those that Redan executes have an action of model/action.h, which is signed wire vocabulary and
 * does not grow for this. Pure. */
#ifndef REDAN_SLA_VALUES_ACTS_H
#define REDAN_SLA_VALUES_ACTS_H

#include "base/slice.h"
#include "model/action.h"

#include <stdbool.h>
#include <stdint.h>

/* Those of enum action_kind first, in its order. */
enum sla_act {
    SLA_ACT_NETWORK_DENY,
    SLA_ACT_NETWORK_ISOLATE,
    SLA_ACT_COMPUTE_SNAPSHOT,
    SLA_ACT_COMPUTE_SUSPEND,
    SLA_ACT_DATA_FREEZE,
    SLA_ACT_COMPUTE_CONSOLE,
    SLA_ACT_COMPUTE_INTROSPECT,
    SLA_ACT_COMPUTE_MIGRATE,
    SLA_ACT_DATA_READ,
    SLA_ACT_DATA_WRITE,
    SLA_ACT_DATA_DELETE,
    SLA_ACT_DATA_SHARE,
    SLA_ACT_DATA_EXPORT,
    SLA_ACT_DATA_SCAN,
    SLA_ACT_KEY_USE,
    SLA_ACT_KEY_DESTROY,
    SLA_ACT_NETWORK_SCAN
};
enum { SLA_ACTS = 17, SLA_ACTS_MAX = 64 };

struct sla_act_type {
    const char *name; /* "data.read" */
    unsigned planes;  /* bit a plane of enum plane_kind: where there is something to do it to */
    const char *doc;
};

const struct sla_act_type *sla_act_type(enum sla_act act);
const char *sla_act_name(enum sla_act act);
bool sla_act_parse(struct slice text, enum sla_act *out);
/* False: Redan does not execute it. */
bool sla_act_action(enum sla_act act, enum action_kind *out);
enum sla_act sla_act_of_action(enum action_kind action);

#endif
