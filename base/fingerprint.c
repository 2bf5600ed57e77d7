#include "base/fingerprint.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"

enum { UNITS = 100, BASE = 37, UNIT_END = 0xFFFF, UNIT_REPLACEMENT = 0xFFFD };

/* A sum over the units so far; the sum over any 100 of them is a difference of two such sums. */
struct walk {
    struct fingerprints *prints;
    size_t *starts;  /* unit at which each line starts; its hash holds the sum before that */
    size_t complete; /* lines whose 100 units were seen */
    size_t lines_max;
    size_t at; /* units seen */
    uint64_t sum;
    uint64_t power; /* BASE^UNITS */
    bool at_line_start;
    bool after_cr;
};

static void add_unit(struct walk *walk, uint32_t unit)
{
    struct fingerprints *prints = walk->prints;

    walk->sum = walk->sum * BASE + unit;
    walk->at++;
    if (walk->complete < prints->count && walk->starts[walk->complete] + UNITS == walk->at) {
        uint64_t *hash = &prints->hashes[walk->complete++];
        *hash = walk->sum - *hash * walk->power;
    }
}

static void add_text_unit(struct walk *walk, uint32_t unit)
{
    bool after_cr = walk->after_cr;

    walk->after_cr = unit == '\r';
    if (unit == ' ' || unit == '\t' || (unit == '\n' && after_cr)) {
        return;
    }
    if (walk->at_line_start && walk->prints->count < walk->lines_max) {
        walk->starts[walk->prints->count] = walk->at;
        walk->prints->hashes[walk->prints->count++] = walk->sum;
    }
    walk->at_line_start = unit == '\n' || unit == '\r';
    add_unit(walk, unit == '\r' ? '\n' : unit);
}

static void add_code(struct walk *walk, uint32_t code)
{
    if (code > 0xFFFF) { /* a pair of surrogates */
        add_text_unit(walk, 0xD800 + ((code - 0x10000) >> 10));
        add_text_unit(walk, 0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
        add_text_unit(walk, code);
    }
}

static void walk_text(struct walk *walk, struct slice text)
{
    while (text.len > 0) {
        uint32_t code = UNIT_REPLACEMENT;
        size_t len = utf8_decode(text, &code);
        add_code(walk, code);
        text = slice_sub(text, len == 0 ? 1 : len, text.len);
    }
    add_text_unit(walk, UNIT_END);
    for (size_t i = 0; i < UNITS; i++) {
        add_unit(walk, 0);
    }
}

/* Which line of its kind each one is, by a table of the lines that were the first of theirs. */
static void count_equal(struct arena *scratch, struct fingerprints *prints)
{
    size_t slots = 2;

    while (slots < 2 * prints->count) {
        slots *= 2;
    }
    uint32_t *firsts = ARENA_NEW(scratch, uint32_t, slots); /* line + 1; 0: free */
    uint32_t *seen = ARENA_NEW(scratch, uint32_t, prints->count);
    for (size_t line = 0; line < prints->count; line++) {
        uint64_t hash = prints->hashes[line];
        size_t slot = (size_t)((hash ^ (hash >> 32)) & (slots - 1));
        while (firsts[slot] != 0 && prints->hashes[firsts[slot] - 1] != hash) {
            slot = (slot + 1) & (slots - 1);
        }
        if (firsts[slot] == 0) {
            firsts[slot] = (uint32_t)line + 1;
        }
        prints->nths[line] = ++seen[firsts[slot] - 1];
    }
}

static size_t lines_of(struct slice text)
{
    size_t lines = slice_count(text, '\n') + slice_count(text, '\r') + 1;

    return lines < FINGERPRINT_LINES_MAX ? lines : FINGERPRINT_LINES_MAX;
}

struct fingerprints fingerprints_of(struct arena *arena, struct slice text)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    size_t lines = lines_of(text);
    struct fingerprints prints = {
        .hashes = ARENA_NEW(arena, uint64_t, lines),
        .nths = ARENA_NEW(arena, uint32_t, lines),
    };
    struct walk walk = {
        .prints = &prints,
        .starts = ARENA_NEW(&scratch, size_t, lines),
        .lines_max = lines,
        .power = 1,
        .at_line_start = true,
    };

    for (size_t i = 0; i < UNITS; i++) {
        walk.power *= BASE;
    }
    walk_text(&walk, text);
    count_equal(&scratch, &prints);
    return prints;
}

void fingerprint_print(const struct fingerprints *prints, uint32_t line,
                       char out[FINGERPRINT_TEXT_MAX])
{
    size_t index = line > 0 ? line - 1 : 0;

    index = index < prints->count ? index : prints->count - 1;
    (void)snprintf(out, FINGERPRINT_TEXT_MAX, "%" PRIx64 ":%" PRIu32, prints->hashes[index],
                   prints->nths[index]);
}
