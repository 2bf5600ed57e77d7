/* orchestrator/config.h - redand.yaml. */
#ifndef REDAN_ORCHESTRATOR_CONFIG_H
#define REDAN_ORCHESTRATOR_CONFIG_H

#include "base/config.h"

struct redand_config {
    struct slice state;             /* folder of the knowledge */
    struct slice keys;              /* folder with identity.yaml and registry.yaml */
    struct slice listen;            /* where aggregators connect */
    struct slice api;               /* unix socket of the API */
    struct config_texts rules;      /* files of rules, as the agents have them */
    struct config_texts party_keys; /* files of public keys, for agreements */
    int log_level;                  /* enum log_level */
    int log_format;                 /* enum log_format */
};

extern const struct config_table redand_config_table;

#endif
