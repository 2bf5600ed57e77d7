/* sma/sense.h - the sensing half of an SMA: log records in, detections out.
 *
 * Records of all sensors are read as they come (inotify, no polling), normalised, corroborated by
 * the kernel through the network plane and fed to the detector in the order they were read. When
 * the kernel is slow to answer about a source, only the records of that source wait for it.
 * Detections go into the session's spool and are durable before anything is forgotten. What cannot
 * be read is an event: sensor.gap for what was lost, sensor.silent for a sensor that stopped.
 *
 * Restart: a checkpoint says from where each sensor is read again, the oldest record an open window
 * still needs. A detection made before a crash is known by its key and not emitted again.
 *
 * Thread: the loop's. Blocking: reads of files and the fsync of the checkpoint. */
#ifndef REDAN_SMA_SENSE_H
#define REDAN_SMA_SENSE_H

#include "base/actor.h"
#include "base/clock.h"
#include "detect/engine.h"
#include "planes/plane.h"
#include "sma/config.h"
#include "sma/session.h"

enum {
    SENSE_SENSORS_MAX = 16,
    SENSE_WAITING_MAX = 4096,    /* records waiting for the kernel's answer; then reading pauses */
    SENSE_CROWDED = 2048,        /* so many waiting: nobody is waited for longer than in order */
    SENSE_IN_ORDER_MS = 200,     /* for so long an answer holds up all records behind */
    SENSE_CORROBORATE_MS = 2000, /* then those of its source alone; a later answer is none */
    SENSE_CHECKPOINT_MS = 1000,
    SENSE_GAP_REPORT_MS = 60 * 1000 /* at most one report of damaged records a sensor */
};

struct sense;

struct sense_options {
    struct slice node;
    const struct rule_set *rules; /* borrowed, as all here */
    const struct sma_sensor_config *sensors;
    size_t sensor_count;
    const char *state;     /* folder of checkpoint and ledger */
    struct plane *network; /* answers plane_peer_seen; NULL: nothing is corroborated */
    struct session *session;
    const struct clock_source *clock;
};

/* Reads again what open windows need, then follows. Errors: STATUS_INVALID (sensors), those of
 * base/file.h for the state folder. A sensor that cannot be opened is no error: it is reported and
 * tried again. */
struct status sense_open(struct actor_loop *loop, const struct sense_options *options,
                         struct sense **out) MUST_USE;
void sense_close(struct sense **sense); /* writes the checkpoint; NULL is fine */

/* A lease_evidence_fn: does an open window hold corroborated records of this action's source?
 * `sense` may be NULL (not open yet): then evidence is assumed. */
bool sense_has_evidence(const struct sense *sense, const struct action *action);

struct sense_counters {
    uint64_t records, damaged, forged; /* read; not understood; under a false name */
    uint64_t relevant, asked, corroborated, unanswered;
    uint64_t detections, repeats; /* emitted; known from before a restart */
    uint64_t gaps, silences, rejected;
    uint64_t checkpoints;
    size_t waiting;
    struct detect_stats detect;
};
struct sense_counters sense_read_counters(const struct sense *sense);

#endif
