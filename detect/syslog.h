/* detect/syslog.h - one syslog line taken apart: RFC 5424, RFC 3164 and the file format with RFC
 * 3339 times that rsyslog writes ("2026-11-21T20:55:38.000001+00:00 host app[1]: text").
 *
 * Parts are borrowed from the line. No clock is read: a time without a year or a zone takes both
 * from the reference. Pure; safe from any thread. */
#ifndef REDAN_DETECT_SYSLOG_H
#define REDAN_DETECT_SYSLOG_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

enum {
    SYSLOG_LINE_MAX = 8192,    /* bytes; a longer line is refused, never cut */
    SYSLOG_HOST_MAX = 255,     /* RFC 5424 section 6 */
    SYSLOG_APP_MAX = 48,       /* likewise */
    SYSLOG_PROCID_MAX = 128,   /* likewise */
    SYSLOG_MSGID_MAX = 32,     /* likewise */
    SYSLOG_PRIORITY_NONE = -1, /* the line had no <PRI> */
    SYSLOG_PRIORITY_MAX = 191
};

enum syslog_format { SYSLOG_RFC3164, SYSLOG_RFC3339, SYSLOG_RFC5424 };

/* What a year-less or zone-less time is read against. */
struct syslog_reference {
    int64_t now_us;      /* wall time; the year is chosen so that the time is not more than
                            SYSLOG_AHEAD_MAX_US after it */
    int32_t zone_east_s; /* of the writer: seconds east of UTC */
};
#define SYSLOG_AHEAD_MAX_US (INT64_C(86400) * 1000000)

struct syslog_message {
    enum syslog_format format;
    int priority;         /* facility * 8 + severity, or SYSLOG_PRIORITY_NONE */
    bool has_time;        /* RFC 5424 allows none ("-") */
    int64_t time_us;      /* wall time, UTC */
    struct slice host;    /* "" when absent, as all below */
    struct slice app;     /* "sshd" */
    struct slice procid;  /* "24200" */
    struct slice msgid;   /* RFC 5424 only */
    struct slice details; /* RFC 5424 structured data with its brackets, not unescaped */
    struct slice text;    /* the message, without a byte order mark and the trailing line feed */
};

/* `line` may end with "\n" or "\r\n". Errors: STATUS_INVALID (what is wrong and at which byte),
 * STATUS_EXHAUSTED (over SYSLOG_LINE_MAX). */
struct status syslog_parse(struct slice line, const struct syslog_reference *reference,
                           struct syslog_message *out) MUST_USE;

#endif
