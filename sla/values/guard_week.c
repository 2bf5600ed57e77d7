#include "sla/values/guard_week.h"

#include "base/cleanup.h"
#include "base/sorted.h"

enum { DAY_MINUTES = 24 * 60, DAYS = 7 };

static int min_of(int a, int b)
{
    return a < b ? a : b;
}

static int max_of(int a, int b)
{
    return a > b ? a : b;
}

static bool is_set(const uint64_t *bits, unsigned at)
{
    return (bits[at / 64] >> (at % 64) & 1U) != 0;
}

static void add_window(uint64_t *open, const struct sla_weekly *window)
{
    for (unsigned day = 0; day < SLA_WEEK_DAYS; day++) {
        for (unsigned at = window->from_minute;
             ((unsigned)window->days >> day & 1U) != 0 && at < window->until_minute; at++) {
            unsigned minute = day * DAY_MINUTES + at;
            open[minute / 64] |= UINT64_C(1) << (minute % 64);
        }
    }
}

size_t sla_week_gather(const struct sla_weekly *windows, size_t count, struct sla_minutes *out)
{
    uint64_t open[SLA_WEEK_MINUTES / 64 + 1] = { 0 };
    size_t made = 0;

    for (size_t i = 0; i < count; i++) {
        add_window(open, &windows[i]);
    }
    for (unsigned at = 0; at < SLA_WEEK_MINUTES; at++) {
        bool is_open = is_set(open, at);
        if (is_open && (at == 0 || !is_set(open, at - 1))) {
            out[made++].from = (uint16_t)at;
        }
        if (is_open) {
            out[made - 1].until = (uint16_t)(at + 1);
        }
    }
    return made;
}

unsigned sla_week_length(const struct sla_week *week)
{
    unsigned length = 0;

    for (size_t i = 0; i < week->count; i++) {
        length += (unsigned)(week->items[i].until - week->items[i].from);
    }
    return length;
}

size_t sla_week_meet(const struct sla_week *a, const struct sla_week *b, struct sla_minutes *out)
{
    size_t count = 0;

    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        int from = max_of(a->items[i].from, b->items[j].from);
        int until = min_of(a->items[i].until, b->items[j].until);
        if (from < until) {
            out[count++] = (struct sla_minutes){ (uint16_t)from, (uint16_t)until };
        }
        if (a->items[i].until < b->items[j].until) {
            i++;
        } else {
            j++;
        }
    }
    return count;
}

/* A window that ends by then comes before the minute. */
static int ends_by(const void *item, const void *key)
{
    const struct sla_minutes *window = item;
    const int *from = key;

    return (int)window->until <= *from ? -1 : 1;
}

/* Minutes common to [from, until), which may lie outside of the week, and the windows. */
static unsigned common(int from, int until, const struct sla_week *week)
{
    unsigned length = 0;
    size_t at = sorted_lower_bound(week->items, week->count, sizeof(*week->items), &from, ends_by);

    for (; at < week->count && week->items[at].from < until; at++) {
        int first = max_of(from, week->items[at].from);
        int last = min_of(until, week->items[at].until);
        length += (unsigned)(last - first);
    }
    return length;
}

/* Those of `a` moved by `by` minutes, around the week's end, that are in `b` too. */
static unsigned moved_overlap(const struct sla_week *a, const struct sla_week *b, int by)
{
    unsigned length = 0;

    for (size_t i = 0; i < a->count; i++) {
        for (int week = -1; week <= 1; week++) {
            int moved = by + week * SLA_WEEK_MINUTES;
            length += common(a->items[i].from + moved, a->items[i].until + moved, b);
        }
    }
    return length;
}

static void count_in(unsigned length, unsigned *least, unsigned *most)
{
    *least = length < *least ? length : *least;
    *most = length > *most ? length : *most;
}

static int least_offset(const struct sla_offsets *offsets)
{
    int least = offsets->count == 0 ? SLA_ZONE_EARLIEST_MIN : offsets->items[0];

    for (size_t i = 1; i < offsets->count; i++) {
        least = offsets->items[i] < least ? offsets->items[i] : least;
    }
    return least;
}

static int most_offset(const struct sla_offsets *offsets)
{
    int most = offsets->count == 0 ? SLA_ZONE_LATEST_MIN : offsets->items[0];

    for (size_t i = 1; i < offsets->count; i++) {
        most = offsets->items[i] > most ? offsets->items[i] : most;
    }
    return most;
}

/* By as many minutes, around the week's end. */
static void add_shift(struct sla_shifts *shifts, int by)
{
    unsigned minute = (unsigned)((by % SLA_WEEK_MINUTES + SLA_WEEK_MINUTES) % SLA_WEEK_MINUTES);

    shifts->bits[minute / 64] |= UINT64_C(1) << (minute % 64);
}

void sla_week_shifts(const struct sla_offsets *a, const struct sla_offsets *b,
                     struct sla_shifts *out)
{
    *out = (struct sla_shifts){ { 0 } };
    if (a->count == 0 || b->count == 0) {
        int last = most_offset(b) - least_offset(a);
        for (int by = least_offset(b) - most_offset(a); by <= last; by++) {
            add_shift(out, by);
        }
        return;
    }
    for (size_t i = 0; i < a->count; i++) {
        for (size_t j = 0; j < b->count; j++) {
            add_shift(out, b->items[j] - a->items[i]);
        }
    }
}

unsigned sla_shifts_next(const struct sla_shifts *shifts, unsigned from)
{
    unsigned at = from;

    while (at < SLA_WEEK_MINUTES && !is_set(shifts->bits, at)) {
        at = shifts->bits[at / 64] >> (at % 64) == 0 ? (at / 64 + 1) * 64 : at + 1;
    }
    return at < SLA_WEEK_MINUTES ? at : SLA_WEEK_MINUTES;
}

/* What is `t` on the one clock is `t + by` on the other. */
void sla_week_overlap(const struct sla_week *a, const struct sla_offsets *a_offsets,
                      const struct sla_week *b, const struct sla_offsets *b_offsets,
                      unsigned *out_least, unsigned *out_most)
{
    struct sla_shifts shifts = { { 1 } }; /* one clock */

    if (a->zone != b->zone) {
        sla_week_shifts(a_offsets, b_offsets, &shifts);
    }
    *out_least = UINT32_MAX;
    *out_most = 0;
    for (unsigned by = sla_shifts_next(&shifts, 0); by < SLA_WEEK_MINUTES;
         by = sla_shifts_next(&shifts, by + 1)) {
        count_in(moved_overlap(a, b, (int)by), out_least, out_most);
    }
}

/* --- text ------------------------------------------------------------------------------------ */

static const char *const day_names[DAYS] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

/* What of a window lies in a day, in minutes of that day. False: nothing. */
static bool cut(const struct sla_minutes *window, int day, struct sla_minutes *out)
{
    int start = day * DAY_MINUTES;
    int from = max_of(window->from, start) - start;
    int until = min_of(window->until, start + DAY_MINUTES) - start;

    if (from < until) {
        *out = (struct sla_minutes){ (uint16_t)from, (uint16_t)until };
    }
    return from < until;
}

static bool day_has(const struct sla_week *week, int day, const struct sla_minutes *wanted)
{
    struct sla_minutes window;

    for (size_t i = 0; i < week->count && day >= 0 && day < DAYS; i++) {
        if (cut(&week->items[i], day, &window) && window.from == wanted->from &&
            window.until == wanted->until) {
            return true;
        }
    }
    return false;
}

/* A window is told at the first of the days in a row that have it. */
static void print_window(const struct sla_week *week, int day, const struct sla_minutes *window,
                         struct slice zone, struct buf *out)
{
    int last = day;

    while (day_has(week, last + 1, window)) {
        last++;
    }
    buf_add_cstr(out, day_names[day]);
    if (last > day) {
        buf_printf(out, "-%s", day_names[last]);
    }
    buf_printf(out, " %02d:%02d-%02d:%02d %.*s", window->from / 60, window->from % 60,
               window->until / 60, window->until % 60, SLICE_ARG(zone));
}

size_t sla_week_print(const struct sla_week *week, struct slice zone, struct buf *out)
{
    size_t printed = 0;
    struct sla_minutes window;

    for (int day = 0; day < DAYS; day++) {
        for (size_t i = 0; i < week->count; i++) {
            if (cut(&week->items[i], day, &window) && !day_has(week, day - 1, &window)) {
                buf_add_cstr(out, printed++ > 0 ? ", " : "");
                print_window(week, day, &window, zone, out);
            }
        }
    }
    return printed;
}
