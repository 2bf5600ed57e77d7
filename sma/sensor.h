/* sma/sensor.h - one source of records: a followed file, a pipe or standard input, cut into lines
 * or journal entries.
 *
 * Positions are those of sma/tail.h; a pipe counts the bytes since it was opened and cannot be read
 * again. Nothing here waits. One thread. */
#ifndef REDAN_SMA_SENSOR_H
#define REDAN_SMA_SENSOR_H

#include <stdint.h>

#include "base/slice.h"
#include "detect/journal_export.h"
#include "sma/tail.h"

enum sensor_kind { SENSOR_FILE, SENSOR_STDIN, SENSOR_JOURNALD };

struct sensor;

struct sensor_options {
    enum sensor_kind kind;
    const char *path; /* "" = standard input */
    enum tail_from from;
};

enum sensor_step {
    SENSOR_RECORD,
    SENSOR_DAMAGED, /* a record over its limit, or not in its format, was skipped */
    SENSOR_GAP,     /* something is lost or may be: see sensor_reason */
    SENSOR_AGAIN,   /* part of an over-long record was left out; there may be more now */
    SENSOR_DRY,     /* nothing more now */
    SENSOR_BROKEN   /* cannot be read now, or has ended: see sensor_reason */
};

/* Borrowed until the next call with the sensor. */
struct sensor_record {
    struct slice line;          /* SENSOR_FILE, SENSOR_STDIN: without its line feed */
    bool is_entry;              /* SENSOR_JOURNALD */
    struct journal_entry entry; /* likewise */
    struct tail_place place;    /* of its first byte */
};

/* `resume` NULL: never read before. */
struct sensor *sensor_new(const struct sensor_options *options, const struct tail_resume *resume);
void sensor_free(struct sensor **sensor); /* NULL is fine */

enum sensor_step sensor_next(struct sensor *sensor, struct sensor_record *out);
const char *sensor_reason(const struct sensor *sensor);
struct tail_place sensor_position(const struct sensor *sensor); /* of the next record */

/* What to wait for: readable input of a pipe (sensor_pipe_fd) or changes of a file
 * (sensor_file_fd); -1 where it does not apply. The file's changes when a successor is read. */
int sensor_pipe_fd(const struct sensor *sensor);
int sensor_file_fd(const struct sensor *sensor);
bool sensor_can_resume(const struct sensor *sensor);

#endif
