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
    HOUR_S = 3600,
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
static struct slice name_of(struct slice line)
{
    struct slice rest = line;
    struct slice word = slice_cut(&rest, ' ');

    if (slice_is(word, "L")) {
        (void)slice_cut(&rest, ' ');
        return slice_cut(&rest, ' ');
    }
    return slice_is(word, "Z") ? slice_cut(&rest, ' ') : (struct slice){ 0 };
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
        struct slice name = name_of(slice_cut(&text, '\n'));
        if (name.len > 0 && has_area(name)) {
            zones[(*out_count)++].name = name;
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

/* "WET", "<+03>": passes it. */
static bool pass_letters(struct slice *text)
{
    size_t at = 0;

    if (text->len > 0 && text->ptr[0] == '<') {
        at = slice_find(*text, '>') + 1;
    } else {
        while (at < text->len && ((text->ptr[at] >= 'A' && text->ptr[at] <= 'Z') ||
                                  (text->ptr[at] >= 'a' && text->ptr[at] <= 'z'))) {
            at++;
        }
    }
    *text = slice_sub(*text, at < text->len ? at : text->len, text->len);
    return at > 0;
}

static bool is_digit(struct slice text)
{
    return text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9';
}

/* "-3", "5:30": how far UTC is ahead. */
static bool take_hours(struct slice *text, int64_t *out_s)
{
    int64_t sign = text->len > 0 && text->ptr[0] == '-' ? -1 : 1;
    int64_t unit = HOUR_S;
    int64_t total = 0;

    if (text->len > 0 && (text->ptr[0] == '-' || text->ptr[0] == '+')) {
        *text = slice_sub(*text, 1, text->len);
    }
    if (!is_digit(*text)) {
        return false;
    }
    for (bool more = true; more && unit > 0; unit /= MINUTE_S) {
        int64_t number = 0;
        while (is_digit(*text) && number < HOUR_S) {
            number = number * 10 + (text->ptr[0] - '0');
            *text = slice_sub(*text, 1, text->len);
        }
        total += number * unit;
        more = text->len > 0 && text->ptr[0] == ':';
        *text = slice_sub(*text, more ? 1 : 0, text->len);
    }
    *out_s = sign * total;
    return true;
}

/* What goes on for ever, as POSIX writes it: "WET0WEST,M3.5.0/1,M10.5.0". Summer is an hour ahead
 * when it does not say how much. */
static void take_footer(struct slice footer, struct offsets *out)
{
    struct slice rest = footer;
    int64_t behind_s = 0;

    if (!pass_letters(&rest) || !take_hours(&rest, &behind_s)) {
        return;
    }
    add_offset(out, -behind_s);
    if (pass_letters(&rest)) {
        if (!take_hours(&rest, &behind_s)) {
            behind_s -= HOUR_S;
        }
        add_offset(out, -behind_s);
    }
}

static struct status take_file(struct slice text, int64_t since_s, struct offsets *out)
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
    rest = slice_sub(rest, HEADER_BYTES + block_bytes(&block, 8), rest.len);
    (void)slice_cut(&rest, '\n');
    take_footer(slice_cut(&rest, '\n'), out);
    return STATUS_SUCCESS;
}

static struct status load_offsets(struct arena *arena, const char *folder, int64_t since_s,
                                  struct zone *zone)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const char *path = arena_printf(&scratch, "%s/%.*s", folder, SLICE_ARG(zone->name)).ptr;
    struct offsets offsets = { .count = 0 };
    struct slice text = { 0 };

    TRY(file_load(&scratch, path, FILE_BYTES_MAX, &text));
    TRY(status_wrap(take_file(text, since_s, &offsets), "%s", path));
    int16_t *items = ARENA_NEW(arena, int16_t, offsets.count + 1);
    memcpy(items, offsets.items, offsets.count * sizeof(*items));
    zone->offsets_min = items;
    zone->offset_count = offsets.count;
    return STATUS_SUCCESS;
}

/* --- those that are meant -------------------------------------------------------------------- */

static bool is_of_name(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '+' || byte == '/';
}

/* Every word around a slash is looked up. */
static struct status find_in(struct arena *arena, const char *folder, struct slice text,
                             int64_t since_s, struct zone *zones, size_t count)
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
        if (found != NULL && found->offset_count == 0) {
            TRY(load_offsets(arena, folder, since_s, &zones[found - zones]));
        }
        at = to;
    }
    return STATUS_SUCCESS;
}

struct status zones_load(struct arena *arena, const char *folder, const struct slice *texts,
                         size_t text_count, int64_t since_s, const struct zone **out,
                         size_t *out_count)
{
    struct zone *zones = NULL;
    size_t count = 0;

    TRY(load_names(arena, folder, &zones, &count));
    for (size_t i = 0; i < text_count; i++) {
        TRY(find_in(arena, folder, texts[i], since_s, zones, count));
    }
    *out = zones;
    *out_count = count;
    return STATUS_SUCCESS;
}
