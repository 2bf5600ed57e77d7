/* sma/config.h - sma.yaml. */
#ifndef REDAN_SMA_CONFIG_H
#define REDAN_SMA_CONFIG_H

#include "base/config.h"

struct sma_sensor_config {
    int kind;          /* enum sensor_kind */
    struct slice path; /* file and journald; "" = standard input */
    int64_t silent_ms; /* report a sensor that says nothing for so long; 0: never */
    struct slice zone; /* "+02:00": of a log without zones */
    int from;          /* enum tail_from: where a file met for the first time is begun */
    int layer;         /* enum layer: of the events made of it */
    int plane;         /* enum plane_kind: likewise */
};

struct sma_config {
    struct slice state;            /* folder of spool, commands, checkpoints */
    struct slice keys;             /* folder with identity.yaml and trust.yaml */
    struct config_texts endpoints; /* of one or two aggregators */
    struct config_texts rules;     /* rule files */
    struct config_tables sensors;  /* struct sma_sensor_config */
    struct config_texts protect;   /* networks that are never cut */
    struct slice compute_uri;      /* libvirt; "" none */
    uint64_t spool_bytes;
    int log_level;  /* enum log_level */
    int log_format; /* enum log_format */
};

extern const struct config_table sma_config_table;

/* "+02:00" or "Z" to seconds east. Errors: STATUS_INVALID. */
struct status sma_config_zone(struct slice text, int32_t *out_east_s) MUST_USE;

#endif
