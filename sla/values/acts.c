#include "sla/values/acts.h"

#include <assert.h>

#define COMPUTE (1U << PLANE_COMPUTE)
#define DATA    (1U << PLANE_DATA)
#define NETWORK (1U << PLANE_NETWORK)

static_assert((int)SLA_ACTS <= (int)SLA_ACTS_MAX, "acts are bits of 64");
static_assert((int)SLA_ACT_DATA_FREEZE == (int)ACTION_DATA_FREEZE, "acts begin with the actions");

static const struct sla_act_type acts[SLA_ACTS] = {
    [SLA_ACT_NETWORK_DENY] = { "network.deny", NETWORK,
                               "Stop all packets between a host and one peer." },
    [SLA_ACT_NETWORK_ISOLATE] = { "network.isolate", NETWORK,
                                  "Stop all packets of a host but those of protected peers." },
    [SLA_ACT_COMPUTE_SNAPSHOT] = { "compute.snapshot", COMPUTE,
                                   "Keep the state of a machine as evidence." },
    [SLA_ACT_COMPUTE_SUSPEND] = { "compute.suspend", COMPUTE, "Pause a machine." },
    [SLA_ACT_DATA_FREEZE] = { "data.freeze", DATA, "Stop all writes to a bucket." },
    [SLA_ACT_COMPUTE_CONSOLE] = { "compute.console", COMPUTE, "Open the console of a machine." },
    [SLA_ACT_COMPUTE_INTROSPECT] = { "compute.introspect", COMPUTE,
                                     "Look into the memory or disks of a machine from outside." },
    [SLA_ACT_COMPUTE_MIGRATE] = { "compute.migrate", COMPUTE, "Move a machine to another host." },
    [SLA_ACT_DATA_READ] = { "data.read", DATA, "Read data." },
    [SLA_ACT_DATA_WRITE] = { "data.write", DATA, "Add or change data." },
    [SLA_ACT_DATA_DELETE] = { "data.delete", DATA, "Delete data." },
    [SLA_ACT_DATA_SHARE] = { "data.share", DATA, "Let others read data." },
    [SLA_ACT_DATA_EXPORT] = { "data.export", DATA, "Take data out of the U-Cloud." },
    [SLA_ACT_DATA_SCAN] = { "data.scan", DATA, "Search data for what does not belong there." },
    [SLA_ACT_KEY_USE] = { "key.use", COMPUTE | DATA,
                          "Use the key that data or a disk is encrypted with." },
    [SLA_ACT_KEY_DESTROY] = { "key.destroy", COMPUTE | DATA,
                              "Destroy the key that data or a disk is encrypted with." },
    [SLA_ACT_NETWORK_SCAN] = { "network.scan", NETWORK,
                               "Probe a host for open ports and weaknesses." },
};

const struct sla_act_type *sla_act_type(enum sla_act act)
{
    return &acts[act];
}

const char *sla_act_name(enum sla_act act)
{
    return acts[act].name;
}

bool sla_act_parse(struct slice text, enum sla_act *out)
{
    for (unsigned i = 0; i < SLA_ACTS; i++) {
        if (slice_is(text, acts[i].name)) {
            *out = (enum sla_act)i;
            return true;
        }
    }
    return false;
}

bool sla_act_action(enum sla_act act, enum action_kind *out)
{
    if ((unsigned)act >= ACTION_KINDS) {
        return false;
    }
    *out = (enum action_kind)act;
    return true;
}

enum sla_act sla_act_of_action(enum action_kind action)
{
    return (enum sla_act)action;
}
