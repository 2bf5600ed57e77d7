#include "base/zone.h"

#include "base/cleanup.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum {
    NAMES_BYTES_MAX = 1024 * 1024,
    FILE_BYTES_MAX = 256 * 1024,
    HEADER_BYTES = 44,
    MINUTE_S = 60,
    WORD_MAX = 64
};

/* --- names ----------------------------------------------------------------------------------- */

static int zone_order(const void *left, const void *right)
{
    return slice_cmp(((const struct zone *)left)->name, ((const struct zone *)right)->name);
}

const struct zone *zone_find(const struct zone *zones, size_t count, struct slice name)
{
    const struct zone wanted = { .name = name };

    return count > 0 ? bsearch(&wanted, zones, count, sizeof(*zones), zone_order) : NULL;
}

/* "Z NAME ..." is a zone, "L TARGET NAME" another name of one (zic(8), short forms). */
static struct zone named_by(struct slice line)
{
    struct slice rest = line;
    struct slice word = slice_cut(&rest, ' ');
    struct zone zone = { .is_unread = false };

    if (slice_is(word, "L")) {
        zone.target = slice_cut(&rest, ' ');
        zone.name = slice_cut(&rest, ' ');
    } else if (slice_is(word, "Z")) {
        zone.name = slice_cut(&rest, ' ');
    }
    return zone;
}

static bool has_area(struct slice name)
{
    return slice_find(name, '/') < name.len && name.ptr[0] != '/' && name.len < WORD_MAX &&
           slice_find_text(name, SLICE("..")) == name.len;
}

static struct status load_names(struct arena *arena, const char *folder, struct zone **out,
                                size_t *out_count)
{
    struct slice text = { 0 };

    TRY(file_load(arena, arena_printf(arena, "%s/tzdata.zi", folder).ptr, NAMES_BYTES_MAX, &text));
    struct zone *zones = ARENA_NEW(arena, struct zone, ZONES_MAX);
    zones[(*out_count)++].name = SLICE("UTC");
    while (text.len > 0 && *out_count < ZONES_MAX) {
        struct zone zone = named_by(slice_cut(&text, '\n'));
        if (zone.name.len > 0 && has_area(zone.name)) {
            zones[(*out_count)++] = zone;
        }
    }
    qsort(zones, *out_count, sizeof(*zones), zone_order);
    *out = zones;
    return STATUS_SUCCESS;
}

/* --- offsets --------------------------------------------------------------------------------- */

struct offsets {
    int16_t items[ZONE_OFFSETS_MAX];
    size_t count;
};

static void add_offset(struct offsets *offsets, int64_t seconds)
{
    int64_t minutes = seconds / MINUTE_S;

    for (size_t i = 0; i < offsets->count; i++) {
        if (offsets->items[i] == minutes) {
            return;
        }
    }
    if (offsets->count < ZONE_OFFSETS_MAX && minutes > INT16_MIN && minutes < INT16_MAX) {
        offsets->items[offsets->count++] = (int16_t)minutes;
    }
}

static uint64_t read_be(const char *at, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++) {
        value = value << 8U | (unsigned char)at[i];
    }
    return value;
}

/* What a block of the file holds, by the counts of its header. */
struct block {
    size_t leaps, times, types, letters, standards, universals;
};

static bool read_header(struct slice text, struct block *out)
{
    if (text.len < HEADER_BYTES || memcmp(text.ptr, "TZif", 4) != 0) {
        return false;
    }
    const char *at = text.ptr + 20;
    out->universals = (size_t)read_be(at, 4);
    out->standards = (size_t)read_be(at + 4, 4);
    out->leaps = (size_t)read_be(at + 8, 4);
    out->times = (size_t)read_be(at + 12, 4);
    out->types = (size_t)read_be(at + 16, 4);
    out->letters = (size_t)read_be(at + 20, 4);
    return out->types > 0;
}

static size_t block_bytes(const struct block *block, size_t time_bytes)
{
    return block->times * (time_bytes + 1) + block->types * 6 + block->letters +
           block->leaps * (time_bytes + 4) + block->standards + block->universals;
}

/* The type in force at `since_s`, and all that come after. */
static void take_types(const char *at, const struct block *block, int64_t since_s,
                       struct offsets *out)
{
    const char *indices = at + block->times * 8;
    const char *types = indices + block->times;
    size_t first = 0;
    size_t now = 0;

    while (first < block->times && (int64_t)read_be(at + first * 8, 8) <= since_s) {
        now = (unsigned char)indices[first++];
    }
    for (size_t i = first; i <= block->times; i++) {
        if (now < block->types) {
            add_offset(out, (int32_t)read_be(types + now * 6, 4));
        }
        now = i < block->times ? (unsigned char)indices[i] : now;
    }
}

/* What goes on for ever. */
static void take_footer(struct slice footer, struct offsets *out, struct zone *zone)
{
    zone->has_rule = zone_rule_parse(footer, &zone->rule);
    if (zone->has_rule) {
        add_offset(out, zone->rule.standard_s);
        add_offset(out, zone->rule.summer_s);
    }
}

static int16_t offset_of(const char *types, const struct block *block, size_t type)
{
    int32_t seconds = type < block->types ? (int32_t)read_be(types + type * 6, 4) : 0;

    return (int16_t)(seconds / MINUTE_S);
}

/* Before its first turn a zone has its first type (RFC 9636, section 3.2). */
static void take_turns(struct arena *arena, const char *at, const struct block *block,
                       struct zone *zone)
{
    const char *indices = at + block->times * 8;
    const char *types = indices + block->times;
    struct zone_turn *turns = ARENA_NEW(arena, struct zone_turn, block->times + 1);

    turns[0] = (struct zone_turn){ INT64_MIN, offset_of(types, block, 0) };
    for (size_t i = 0; i < block->times; i++) {
        turns[i + 1] = (struct zone_turn){ (int64_t)read_be(at + i * 8, 8),
                                           offset_of(types, block, (unsigned char)indices[i]) };
    }
    zone->turns = turns;
    zone->turn_count = block->times + 1;
}

bool zone_offset_at(const struct zone *zone, int64_t utc_s, int16_t *out_min)
{
    size_t low = 0;
    size_t high = zone->turn_count;

    if (zone->turn_count == 0) {
        return false;
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        low = zone->turns[middle].at_s <= utc_s ? middle : low;
        high = zone->turns[middle].at_s <= utc_s ? high : middle;
    }
    *out_min = zone->turns[low].offset_min;
    if (zone->has_rule && low + 1 == zone->turn_count) {
        *out_min = (int16_t)(zone_rule_offset_s(&zone->rule, utc_s) / MINUTE_S);
    }
    return true;
}

static struct status take_file(struct arena *arena, struct slice text, int64_t since_s,
                               struct offsets *out, struct zone *zone)
{
    struct block block = { 0 };
    struct slice rest = text;

    if (!read_header(rest, &block) || text.ptr[4] < '2' ||
        block_bytes(&block, 4) > rest.len - HEADER_BYTES) {
        return status_error(STATUS_CORRUPT, "no time zone of version 2 or later");
    }
    rest = slice_sub(rest, HEADER_BYTES + block_bytes(&block, 4), rest.len);
    if (!read_header(rest, &block) || block_bytes(&block, 8) > rest.len - HEADER_BYTES) {
        return status_error(STATUS_CORRUPT, "the time zone is cut off");
    }
    take_types(rest.ptr + HEADER_BYTES, &block, since_s, out);
    take_turns(arena, rest.ptr + HEADER_BYTES, &block, zone);
    rest = slice_sub(rest, HEADER_BYTES + block_bytes(&block, 8), rest.len);
    (void)slice_cut(&rest, '\n');
    take_footer(slice_cut(&rest, '\n'), out, zone);
    return STATUS_SUCCESS;
}

static struct status load_file(struct arena *arena, const char *folder, struct slice name,
                               int64_t since_s, struct zone *zone)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const char *path = arena_printf(&scratch, "%s/%.*s", folder, SLICE_ARG(name)).ptr;
    struct offsets offsets = { .count = 0 };
    struct slice text = { 0 };

    TRY(file_load(&scratch, path, FILE_BYTES_MAX, &text));
    TRY(status_wrap(take_file(arena, text, since_s, &offsets, zone), "%s", path));
    int16_t *items = ARENA_NEW(arena, int16_t, offsets.count + 1);
    memcpy(items, offsets.items, offsets.count * sizeof(*items));
    zone->offsets_min = items;
    zone->offset_count = offsets.count;
    return STATUS_SUCCESS;
}

/* Systems leave out the files of older names (tzdata without its links), and still list them. */
static void load_offsets(struct arena *arena, const char *folder, int64_t since_s,
                         struct zone *zone)
{
    struct status own = load_file(arena, folder, zone->name, since_s, zone);
    struct status other = status_ok(&own) || !has_area(zone->target)
                              ? own
                              : load_file(arena, folder, zone->target, since_s, zone);

    zone->is_unread = !status_ok(&other);
}

/* --- those that are meant -------------------------------------------------------------------- */

static bool is_of_name(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '+' || byte == '/';
}

/* Every word around a slash is looked up. */
static void find_in(struct arena *arena, const char *folder, struct slice text, int64_t since_s,
                    struct zone *zones, size_t count)
{
    for (size_t at = 0; at < text.len; at++) {
        const char *slash = memchr(text.ptr + at, '/', text.len - at);
        size_t from = slash != NULL ? (size_t)(slash - text.ptr) : text.len;
        size_t to = from;
        while (from > at && is_of_name(text.ptr[from - 1])) {
            from--;
        }
        while (to < text.len && is_of_name(text.ptr[to])) {
            to++;
        }
        const struct zone *found = zone_find(zones, count, slice_sub(text, from, to));
        if (found != NULL && found->offset_count == 0 && !found->is_unread) {
            load_offsets(arena, folder, since_s, &zones[found - zones]);
        }
        at = to;
    }
}

struct status zones_load(struct arena *arena, const char *folder, const struct slice *texts,
                         size_t text_count, int64_t since_s, const struct zone **out,
                         size_t *out_count)
{
    struct zone *zones = NULL;
    size_t count = 0;

    TRY(load_names(arena, folder, &zones, &count));
    for (size_t i = 0; i < text_count; i++) {
        find_in(arena, folder, texts[i], since_s, zones, count);
    }
    *out = zones;
    *out_count = count;
    return STATUS_SUCCESS;
}
