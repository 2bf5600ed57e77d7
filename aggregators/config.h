/* aggregators/config.h - agg.yaml. */
#ifndef REDAN_AGGREGATORS_CONFIG_H
#define REDAN_AGGREGATORS_CONFIG_H

#include "base/config.h"

struct agg_config {
    struct slice keys;         /* folder with identity.yaml and trust.yaml */
    struct slice registry;     /* a copy of the orchestrator's registry.yaml */
    struct slice listen;       /* where SMAs connect */
    struct slice orchestrator; /* where redand listens */
    int64_t counters_ms;       /* a log line of counters this often; 0: never */
    int log_level;             /* enum log_level */
    int log_format;            /* enum log_format */
};

extern const struct config_table agg_config_table;

#endif
