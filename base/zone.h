/* base/zone.h - time zones of the system: their names, and what their clocks are ahead of UTC.
 *
 * Read from the files of the tz database as they are installed (RFC 9636), without the C library's
 * one zone of a process. Blocking, small files; thread-safe. */
#ifndef REDAN_BASE_ZONE_H
#define REDAN_BASE_ZONE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/zone_rule.h"

enum { ZONE_OFFSETS_MAX = 32, ZONES_MAX = 4096 };
#define ZONE_FOLDER "/usr/share/zoneinfo"

/* From then on (since 1970) the clocks show so many minutes ahead of UTC. */
struct zone_turn {
    int64_t at_s;
    int16_t offset_min;
};

/* A zone, with the offsets that its clocks show from some time on, and all that it ever did. */
struct zone {
    struct slice name;             /* "Europe/Lisbon" */
    struct slice target;           /* of another name of a zone: that zone; else empty */
    const int16_t *offsets_min;    /* each once; minutes ahead of UTC */
    size_t offset_count;           /* 0: not asked for, or unread */
    const struct zone_turn *turns; /* ascending; the first one is from ever on */
    size_t turn_count;
    bool has_rule; /* from the last turn on; else that one stays */
    struct zone_rule rule;
    bool is_unread; /* asked for, and its file is not there or damaged: any offset may be */
};

/* All zones of the folder that are named by an area, and UTC, ascending; with the offsets from
 * `since_s` (since 1970) on of those that occur in one of the texts. Another name whose own file is
 * not installed has the offsets of its target; a file that cannot be read says nothing of the other
 * zones, and so is no error. Everything lives in `arena`. Errors: STATUS_NOT_FOUND (no such
 * database). */
struct status zones_load(struct arena *arena, const char *folder, const struct slice *texts,
                         size_t text_count, int64_t since_s, const struct zone **out,
                         size_t *out_count) MUST_USE;
/* NULL: none of this name. */
const struct zone *zone_find(const struct zone *zones, size_t count, struct slice name);
/* What the clocks show at a time, in minutes ahead of UTC; false: the zone was not asked for. Pure.
 */
bool zone_offset_at(const struct zone *zone, int64_t utc_s, int16_t *out_min);

#endif
