/* detect/normalise.h - from a record of a log to an event in our field names.
 *
 * Fields made: service, user, src_ip, src_host, src_port, method, invalid_user, repeat, pid; all
 * of provenance app-log but service. Pure: times come in, memory is the caller's arena. */
#ifndef REDAN_DETECT_NORMALISE_H
#define REDAN_DETECT_NORMALISE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "detect/syslog.h"
#include "model/event.h"

struct normalise_context {
    struct slice node; /* who sees it */
    enum layer layer;
    enum plane_kind plane;
    int64_t seen_us;     /* wall time of reading */
    int32_t zone_east_s; /* of the log's writer, for times without a zone */
};

/* One thing seen. */
struct normalised {
    bool is_event; /* false: a good record that says nothing to us */
    struct event event;
    uint32_t weight; /* how many times it happened, at least 1 */
    /* For corroboration: */
    uint16_t src_port;   /* 0: unknown */
    uint16_t local_port; /* 0: unknown */
};

/* A syslog line. Errors: those of syslog_parse: the line is damaged. */
struct status normalise_syslog(struct arena *arena, struct slice line,
                               const struct normalise_context *context,
                               struct normalised *out) MUST_USE;

/* A message already taken apart (journal entries). A message without a time gets `seen_us`. */
void normalise_message(struct arena *arena, const struct syslog_message *message,
                       const struct normalise_context *context, struct normalised *out);

/* Raises the address of `event` to kernel provenance: the caller has asked the kernel. */
void normalise_corroborate(struct event *event);

#endif
