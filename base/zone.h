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

enum { ZONE_OFFSETS_MAX = 32, ZONES_MAX = 4096 };
#define ZONE_FOLDER "/usr/share/zoneinfo"

/* A zone, with the offsets that its clocks show from some time on. */
struct zone {
    struct slice name;          /* "Europe/Lisbon" */
    const int16_t *offsets_min; /* each once; minutes ahead of UTC */
    size_t offset_count;        /* 0: not asked for */
};

/* All zones of the folder that are named by an area, and UTC, ascending; with the offsets from
 * `since_s` (since 1970) on of those that occur in one of the texts. Everything lives in `arena`.
 * Errors: STATUS_NOT_FOUND (no such database), STATUS_CORRUPT. */
struct status zones_load(struct arena *arena, const char *folder, const struct slice *texts,
                         size_t text_count, int64_t since_s, const struct zone **out,
                         size_t *out_count) MUST_USE;
/* NULL: none of this name. */
const struct zone *zone_find(const struct zone *zones, size_t count, struct slice name);

#endif
