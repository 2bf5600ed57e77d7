/* model/event.h - what a sensor saw or a detector concluded. Plain data; slices are borrowed from
 * the arena of the unit of work that made them. */
#ifndef REDAN_MODEL_EVENT_H
#define REDAN_MODEL_EVENT_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"
#include "model/names.h"

enum { EVENT_FIELDS_MAX = 32, EVENT_VALUE_MAX = 4096, EVENT_NAME_MAX = 64 };

struct event_field {
    struct slice name; /* [a-z0-9_.], "src_ip" */
    struct slice value;
    enum provenance provenance;
};

struct event {
    struct slice node; /* the SMA that saw it */
    uint64_t epoch;    /* (node, epoch, seq) names an event for ever; 0 until spooled */
    uint64_t seq;
    int64_t time_us; /* wall time at the source, as written there */
    int64_t seen_us; /* wall time when the sensor read it */
    struct slice
        kind; /* "auth.failure", "auth.success", "detection", "sensor.silent", "sensor.gap" */
    enum severity severity;
    enum layer layer;
    enum plane_kind plane;
    struct event_field *fields;
    size_t field_count;
};

/* NULL when absent. */
const struct event_field *event_field(const struct event *event, const char *name);
struct slice event_value(const struct event *event, const char *name); /* "" when absent */

/* Limits, name syntax, enum ranges. Errors: STATUS_INVALID naming the field. */
struct status event_validate(const struct event *event) MUST_USE;

/* Names of kinds and fields that more than one folder uses. */
/* fields: rule, count, first_us, last_us, + group-by fields */
#define EVENT_DETECTION "detection"

#define EVENT_AUTH_FAILURE  "auth.failure" /* fields: user, src_ip, src_port, method, service */
#define EVENT_AUTH_SUCCESS  "auth.success"
#define EVENT_SENSOR_SILENT "sensor.silent"
#define EVENT_SENSOR_GAP    "sensor.gap" /* fields: from, to, count, reason */
#define EVENT_CONTROL_CHANGED                                                                      \
    "control.changed" /* fields: action, state, reason: lease ended, drift */

#endif
