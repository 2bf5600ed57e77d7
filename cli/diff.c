#include "cli/diff.h"

#include <stdint.h>

#include "base/arena.h"

enum mark { MARK_SAME, MARK_GONE, MARK_NEW };

struct lines {
    struct slice *items; /* with their line feeds */
    size_t count;
};

/* One line of the result. */
struct edit {
    enum mark mark;
    struct slice line;
};

struct script {
    struct edit *edits;
    size_t count;
};

static struct lines split(struct arena *arena, struct slice text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == '\n' || i + 1 == text.len;
    }
    struct lines lines = { ARENA_NEW(arena, struct slice, count + 1), 0 };
    while (text.len > 0) {
        size_t end = slice_find(text, '\n');
        end += end < text.len ? 1 : 0;
        lines.items[lines.count++] = slice_sub(text, 0, end);
        text = slice_sub(text, end, text.len);
    }
    return lines;
}

static void push(struct script *script, enum mark mark, struct slice line)
{
    script->edits[script->count++] = (struct edit){ mark, line };
}

/* Lengths of the longest common subsequences of all suffixes, row by row. */
static uint16_t *common_lengths(struct arena *arena, const struct slice *a, size_t a_count,
                                const struct slice *b, size_t b_count)
{
    size_t width = b_count + 1;
    uint16_t *lengths = ARENA_NEW(arena, uint16_t, (a_count + 1) * width);

    for (size_t i = a_count; i-- > 0;) {
        for (size_t j = b_count; j-- > 0;) {
            uint16_t down = lengths[(i + 1) * width + j];
            uint16_t right = lengths[i * width + j + 1];
            uint16_t best = down > right ? down : right;
            if (slice_eq(a[i], b[j])) {
                best = (uint16_t)(lengths[(i + 1) * width + j + 1] + 1);
            }
            lengths[i * width + j] = best;
        }
    }
    return lengths;
}

/* The changed middle: along the longest common subsequence, removals first. */
static void compare_middle(struct arena *arena, struct script *script, const struct slice *a,
                           size_t a_count, const struct slice *b, size_t b_count)
{
    bool small = a_count <= DIFF_LINES_MAX && b_count <= DIFF_LINES_MAX;
    const uint16_t *lengths = small ? common_lengths(arena, a, a_count, b, b_count) : NULL;
    size_t width = b_count + 1;
    size_t i = 0;
    size_t j = 0;

    while (i < a_count || j < b_count) {
        if (small && i < a_count && j < b_count && slice_eq(a[i], b[j])) {
            push(script, MARK_SAME, a[i++]);
            j++;
        } else if (i < a_count && (j == b_count || !small ||
                                   lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
            push(script, MARK_GONE, a[i++]);
        } else {
            push(script, MARK_NEW, b[j++]);
        }
    }
}

static struct script compare(struct arena *arena, const struct lines *a, const struct lines *b)
{
    struct script script = { ARENA_NEW(arena, struct edit, a->count + b->count + 1), 0 };
    size_t head = 0;
    size_t tail = 0;

    while (head < a->count && head < b->count && slice_eq(a->items[head], b->items[head])) {
        push(&script, MARK_SAME, a->items[head++]);
    }
    while (tail < a->count - head && tail < b->count - head &&
           slice_eq(a->items[a->count - 1 - tail], b->items[b->count - 1 - tail])) {
        tail++;
    }
    compare_middle(arena, &script, a->items + head, a->count - head - tail, b->items + head,
                   b->count - head - tail);
    for (size_t i = a->count - tail; i < a->count; i++) {
        push(&script, MARK_SAME, a->items[i]);
    }
    return script;
}

/* Where the hunk that holds the change at `at` ends: past DIFF_CONTEXT equal lines that are not
 * followed by a change within as many again. */
static size_t hunk_end(const struct script *script, size_t at)
{
    size_t last_change = at;

    for (size_t i = at; i < script->count && i <= last_change + (size_t)2 * DIFF_CONTEXT; i++) {
        if (script->edits[i].mark != MARK_SAME) {
            last_change = i;
        }
    }
    size_t end = last_change + 1 + DIFF_CONTEXT;
    return end < script->count ? end : script->count;
}

static size_t count_lines(const struct script *script, size_t from, size_t to, enum mark left_out)
{
    size_t count = 0;

    for (size_t i = from; i < to; i++) {
        count += script->edits[i].mark != left_out;
    }
    return count;
}

/* The first line's number; before an empty range the line it comes after. */
static size_t first_line(const struct script *script, size_t from, size_t lines, enum mark left_out)
{
    return count_lines(script, 0, from, left_out) + (lines > 0 ? 1 : 0);
}

static void write_hunk(const struct script *script, size_t from, size_t to, struct buf *out)
{
    static const char signs[] = { [MARK_SAME] = ' ', [MARK_GONE] = '-', [MARK_NEW] = '+' };
    size_t old_lines = count_lines(script, from, to, MARK_NEW);
    size_t new_lines = count_lines(script, from, to, MARK_GONE);

    buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", first_line(script, from, old_lines, MARK_NEW),
               old_lines, first_line(script, from, new_lines, MARK_GONE), new_lines);
    for (size_t i = from; i < to; i++) {
        buf_add_char(out, signs[script->edits[i].mark]);
        buf_add_slice(out, script->edits[i].line);
        if (!slice_ends(script->edits[i].line, SLICE("\n"))) {
            buf_add_cstr(out, "\n\\ No newline at end of file\n");
        }
    }
}

void diff_write(const char *name, struct slice before, struct slice after, struct buf *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct lines a = split(&arena, before);
    struct lines b = split(&arena, after);
    struct script script = compare(&arena, &a, &b);
    size_t written = 0; /* edits that are in a hunk already, or before one */
    bool has_head = false;

    for (size_t i = 0; i < script.count; i++) {
        if (i < written || script.edits[i].mark == MARK_SAME) {
            continue;
        }
        if (!has_head) {
            buf_printf(out, "--- a/%s\n+++ b/%s\n", name, name);
            has_head = true;
        }
        size_t from = i - written > DIFF_CONTEXT ? i - DIFF_CONTEXT : written;
        written = hunk_end(&script, i);
        write_hunk(&script, from, written, out);
    }
}
