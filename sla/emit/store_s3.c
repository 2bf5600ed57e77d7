#include "sla/emit/store.h"

#include <string.h>

/* S3's storage classes and the lifecycle of objects (Amazon S3 User Guide, "Transitioning objects
 * using Amazon S3 Lifecycle"). Objects begin in STANDARD and move down only; days are whole, and a
 * move or an end comes at the midnight after the last one. STANDARD_IA takes no object before its
 * 30th day and keeps it as long. A filter on the size makes small objects move, too. */

enum { DAY_MS = 86400000, IA_DAYS = 30, VERSIONED_DAYS = 3, PLAIN_DAYS = 1 };

enum class { HOT, COOL, COLD, ARCHIVE };
static const struct {
    const char *word, *name;
} classes[] = {
    [HOT] = { "hot", "STANDARD" },
    [COOL] = { "cool", "STANDARD_IA" },
    [COLD] = { "cold", "GLACIER_IR" },
    [ARCHIVE] = { "archive", "DEEP_ARCHIVE" },
};

/* --- moves ------------------------------------------------------------------------------------ */

static bool may_lie(const struct desired_age *age, enum class class)
{
    for (size_t i = 0; i < age->name_count; i++) {
        if (slice_is(age->names[i], classes[class].word)) {
            return true;
        }
    }
    return false;
}

/* What came to STANDARD_IA at this age may stay there long enough. */
static bool may_stay_cool(const struct desired_fact *fact, size_t at)
{
    size_t next = at + 1;

    while (next < fact->age_count && may_lie(&fact->ages[next], COOL)) {
        next++;
    }
    return fact->ages[at].from_ms >= IA_DAYS * (int64_t)DAY_MS &&
           (next == fact->age_count ||
            fact->ages[next].from_ms - fact->ages[at].from_ms >= IA_DAYS * (int64_t)DAY_MS);
}

/* The hottest class that will do, none hotter than before. False: S3 has no way there. */
static bool next_class(const struct desired_fact *fact, size_t at, enum class *class)
{
    for (unsigned i = *class; i < COUNT_OF(classes); i++) {
        bool stays = i == (unsigned)*class;
        if (may_lie(&fact->ages[at], (enum class)i) &&
            (stays || i != COOL || may_stay_cool(fact, at))) {
            *class = (enum class)i;
            return true;
        }
    }
    return false;
}

bool emit_s3_plan(struct arena *arena, const struct desired_fact *fact, struct s3_moves *out)
{
    struct s3_move *moves = ARENA_NEW(arena, struct s3_move, fact->age_count + 1);
    enum class class = HOT;
    size_t count = 0;

    for (size_t i = 0; i < fact->age_count; i++) {
        enum class before = class;
        if (fact->ages[i].from_ms % DAY_MS != 0 || !next_class(fact, i, &class)) {
            return false;
        }
        if (class != before) {
            moves[count++] =
                (struct s3_move){ fact->ages[i].from_ms / DAY_MS, classes[class].name };
        }
    }
    *out = (struct s3_moves){ moves, count };
    return true;
}

/* --- rules ------------------------------------------------------------------------------------ */

static void open_rule(struct json_writer *writer, const char *id)
{
    json_open_object(writer);
    json_add_cstr(writer, "ID", id);
    json_add_cstr(writer, "Status", "Enabled");
    json_key(writer, "Filter");
    json_open_object(writer);
}

static void write_end(struct json_writer *writer, int64_t days, bool is_versioned)
{
    open_rule(writer, "redan-retention");
    json_close_object(writer);
    json_key(writer, "Expiration");
    json_open_object(writer);
    json_add_i64(writer, "Days", days);
    json_close_object(writer);
    if (is_versioned) {
        json_key(writer, "NoncurrentVersionExpiration");
        json_open_object(writer);
        json_add_i64(writer, "NoncurrentDays", 1);
        json_close_object(writer);
    }
    json_close_object(writer);
}

/* Versions that were replaced are left where they are: S3 counts their days from then on, so that
 * none would move at its age. */
static void write_moves(struct json_writer *writer, const struct s3_moves *moves, int64_t end)
{
    open_rule(writer, "redan-tiering");
    json_add_i64(writer, "ObjectSizeGreaterThan", 0);
    json_close_object(writer);
    json_key(writer, "Transitions");
    json_open_array(writer);
    for (size_t i = 0; i < moves->count && moves->items[i].day < end; i++) {
        json_open_object(writer);
        json_add_i64(writer, "Days", moves->items[i].day);
        json_add_cstr(writer, "StorageClass", moves->items[i].class);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

bool emit_s3_end(int64_t gone_days, bool is_versioned, int64_t *out_day)
{
    int64_t day = gone_days - (is_versioned ? VERSIONED_DAYS : PLAIN_DAYS);

    if (day < 1) {
        return false;
    }
    *out_day = day;
    return true;
}

void emit_s3_lifecycle(struct json_writer *writer, int64_t end_day, const struct s3_moves *moves,
                       bool is_versioned)
{
    bool ends = end_day != INT64_MAX;
    bool moves_first = moves->count > 0 && moves->items[0].day < end_day;

    if (!ends && !moves_first) {
        return;
    }
    json_key(writer, "PutBucketLifecycleConfiguration");
    json_open_object(writer);
    json_key(writer, "Rules");
    json_open_array(writer);
    if (ends) {
        write_end(writer, end_day, is_versioned);
    }
    if (moves_first) {
        write_moves(writer, moves, end_day);
    }
    json_close_array(writer);
    json_close_object(writer);
}
