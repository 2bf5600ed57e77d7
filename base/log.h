/* base/log.h - structured log lines: "level actor event key=value ...".
 *
 * The event is a constant; values are quoted and escaped, so no peer can forge a line. Levels:
 * ERROR we gave up; WARN we carry on, say so; INFO state changed; DEBUG the rest. Repeats of one
 * (actor, event) are limited to LOG_BURST lines a LOG_PERIOD_MS; the next line after a cut says how
 * many were dropped. Library folders never log above debug; an actor's top frame logs once.
 * Thread-safe. */
#ifndef REDAN_BASE_LOG_H
#define REDAN_BASE_LOG_H

#include <stdint.h>

#include "base/clock.h"
#include "base/slice.h"
#include "base/status.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum { LOG_BURST = 10, LOG_PERIOD_MS = 1000 };

/* TEXT: "2026-..Z info net started peer=\"a\" port=22"; JOURNALD: "<6>info net started ..." on
 * stderr, the prefix sd-daemon(3) reads. AUTO picks JOURNALD when JOURNAL_STREAM names our stderr.
 */
enum log_format { LOG_FORMAT_AUTO, LOG_FORMAT_TEXT, LOG_FORMAT_JOURNALD };

/* Before the first thread starts. Lines go to `fd` (normally 2), one write(2) each. */
void log_setup(int fd, enum log_format format, enum log_level lowest);
/* Likewise: another source of time than clock_real, which must outlive the log. */
void log_use_clock(const struct clock_source *clock);

/* Pairs of key (const char *) and value (struct slice) built by the macros below. */
struct log_field {
    const char *key;
    struct slice text; /* used when `is_number` is false */
    int64_t number;
    bool is_number;
};

#define LOG_TEXT(key, slice_value) ((struct log_field){ (key), (slice_value), 0, false })
#define LOG_CSTR(key, cstr)        ((struct log_field){ (key), slice_from(cstr), 0, false })
#define LOG_NUMBER(key, value)     ((struct log_field){ (key), { 0 }, (int64_t)(value), true })

void log_write(enum log_level level, const char *actor, const char *event,
               const struct log_field *fields, size_t field_count);

/* log_info("net", "peer-refused", LOG_TEXT("key", key), LOG_NUMBER("count", n)); at least one field
 */
#define LOG_LINE(level, actor, event, ...)                                                         \
    log_write((level), (actor), (event), (const struct log_field[]){ __VA_ARGS__ },                \
              sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))
#define log_error(actor, event, ...) LOG_LINE(LOG_LEVEL_ERROR, actor, event, __VA_ARGS__)
#define log_warn(actor, event, ...)  LOG_LINE(LOG_LEVEL_WARN, actor, event, __VA_ARGS__)
#define log_info(actor, event, ...)  LOG_LINE(LOG_LEVEL_INFO, actor, event, __VA_ARGS__)
#define log_debug(actor, event, ...) LOG_LINE(LOG_LEVEL_DEBUG, actor, event, __VA_ARGS__)

/* Logs a failed status at `level`; a success is ignored. */
void log_status(enum log_level level, const char *actor, const char *event,
                const struct status *status);

#endif
