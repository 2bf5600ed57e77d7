#include "sla/values/guard.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "sla/values/guard_week.h"
#include "sla/values/universe.h"

enum { DAY_MINUTES = 24 * 60 };

static void next_member(struct buf *out, const char *key)
{
    buf_printf(out, "%s%s: ", out->len > 0 ? ", " : "", key);
}

static const char *severity_text(unsigned value)
{
    return severity_name((enum severity)value);
}

static const char *phase_text(unsigned value)
{
    return phase_name((enum phase)value);
}

/* One word as it is, several in brackets. */
static void print_words(unsigned mask, unsigned count, const char *(*name)(unsigned),
                        struct buf *out)
{
    bool several = (mask & (mask - 1)) != 0;
    bool first = true;

    buf_add_cstr(out, several ? "[" : "");
    for (unsigned i = 0; i < count; i++) {
        if ((mask >> i & 1U) != 0) {
            buf_printf(out, "%s%s", first ? "" : ", ", name(i));
            first = false;
        }
    }
    buf_add_cstr(out, several ? "]" : "");
}

/* A set that goes up or down to the end is a comparison. */
static void print_severities(unsigned mask, struct buf *out)
{
    unsigned lowest = 0;
    unsigned highest = SEVERITY_KINDS - 1;

    while ((mask >> lowest & 1U) == 0) {
        lowest++;
    }
    while ((mask >> highest & 1U) == 0) {
        highest--;
    }
    if (lowest == highest) {
        buf_add_cstr(out, severity_text(lowest));
    } else if (mask == (SLA_SEVERITIES_ALL & ~((1U << lowest) - 1U))) {
        buf_printf(out, "\">= %s\"", severity_text(lowest));
    } else if (mask == (1U << (highest + 1U)) - 1U) {
        buf_printf(out, "\"<= %s\"", severity_text(highest));
    } else {
        print_words(mask, SEVERITY_KINDS, severity_text, out);
    }
}

typedef struct slice(name_fn)(const struct sla_guards *guards, size_t at);

static void print_names(const struct sla_guards *guards, uint64_t mask, name_fn *name,
                        struct buf *out)
{
    bool several = (mask & (mask - 1)) != 0;
    bool first = true;

    buf_add_cstr(out, several ? "[" : "");
    for (size_t i = 0; i < SLA_GUARD_NAMES_MAX; i++) {
        if ((mask >> i & 1U) != 0) {
            buf_printf(out, "%s%.*s", first ? "" : ", ", SLICE_ARG(name(guards, i)));
            first = false;
        }
    }
    buf_add_cstr(out, several ? "]" : "");
}

static void print_places(const struct sla_guards *guards, uint32_t places, struct buf *out)
{
    const struct sla_places *set = sla_guards_places_at(guards, places);
    bool first = true;

    buf_add_char(out, '[');
    for (uint32_t i = 0; i < sla_countries.count; i++) {
        if ((set->bits[i / 64] >> (i % 64) & 1U) != 0) {
            buf_printf(out, "%s%s", first ? "" : ", ", sla_countries.names[i]);
            first = false;
        }
    }
    buf_add_char(out, ']');
}

/* The one whose zone comes next by name; NULL: that was the last. */
static const struct sla_week *next_week(const struct sla_guards *guards,
                                        const struct sla_times *times,
                                        const struct sla_week *before)
{
    const struct sla_week *next = NULL;

    for (size_t i = 0; i < times->count; i++) {
        const struct sla_week *week = &times->weeks[i];
        struct slice name = sla_guards_zone_name(guards, week->zone);
        bool after =
            before == NULL || slice_cmp(name, sla_guards_zone_name(guards, before->zone)) > 0;
        if (after &&
            (next == NULL || slice_cmp(name, sla_guards_zone_name(guards, next->zone)) < 0)) {
            next = week;
        }
    }
    return next;
}

/* Windows of several zones must all be open: a list for each. */
static void print_times(const struct sla_guards *guards, uint32_t number, struct buf *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct sla_times times = sla_guards_times(guards, &arena, number);

    for (const struct sla_week *week = next_week(guards, &times, NULL); week != NULL;
         week = next_week(guards, &times, week)) {
        next_member(out, "time");
        buf_add_char(out, '[');
        (void)sla_week_print(week, sla_guards_zone_name(guards, week->zone), out);
        buf_add_char(out, ']');
    }
}

static void print_day(int32_t day, struct buf *out)
{
    char text[CLOCK_TEXT_MAX];

    clock_format_us((int64_t)day * DAY_MINUTES * 60 * 1000 * 1000, text);
    buf_printf(out, "%.10s", text);
}

static void print_valid(const struct sla_guard *box, struct buf *out)
{
    next_member(out, "valid");
    buf_add_char(out, '{');
    if (box->from_day != SLA_DAY_FIRST) {
        buf_add_cstr(out, "from: ");
        print_day(box->from_day, out);
    }
    if (box->until_day != SLA_DAY_LAST) {
        buf_add_cstr(out, box->from_day != SLA_DAY_FIRST ? ", until: " : "until: ");
        print_day(box->until_day, out);
    }
    buf_add_char(out, '}');
}

void sla_guards_print(const struct sla_guards *guards, uint32_t guard, struct buf *out)
{
    const struct sla_guard *box = sla_guards_at(guards, guard);
    CLEANUP(buf_done) struct buf text = { 0 };

    if (guard == SLA_GUARD_NEVER) {
        buf_add_cstr(out, "never");
        return;
    }
    if (box->severities != SLA_SEVERITIES_ALL) {
        next_member(&text, "severity");
        print_severities(box->severities, &text);
    }
    if (box->phases != SLA_PHASES_ALL) {
        next_member(&text, "phase");
        print_words(box->phases, PHASE_KINDS, phase_text, &text);
    }
    if (box->classes != SLA_MASK_ALL) {
        next_member(&text, "class");
        print_names(guards, box->classes, sla_guards_class_name, &text);
    }
    if (box->places != 0) {
        next_member(&text, "location");
        print_places(guards, box->places, &text);
    }
    print_times(guards, box->times, &text);
    if (box->purposes != SLA_MASK_ALL) {
        next_member(&text, "purpose");
        print_names(guards, box->purposes, sla_guards_purpose_name, &text);
    }
    if (box->from_day != SLA_DAY_FIRST || box->until_day != SLA_DAY_LAST) {
        print_valid(box, &text);
    }
    buf_add_slice(out, buf_slice(&text));
}

/* --- the least moment ------------------------------------------------------------------------ */

static uint64_t lowest_bit(uint64_t mask)
{
    return mask & (~mask + 1);
}

static uint32_t least_place(struct sla_guards *guards, uint32_t places)
{
    struct sla_places least = { { 0 } };
    size_t word = 0;

    while (sla_guards_places_at(guards, places)->bits[word] == 0) {
        word++;
    }
    least.bits[word] = lowest_bit(sla_guards_places_at(guards, places)->bits[word]);
    return sla_guards_places(guards, &least);
}

/* The first minute of a window. In several zones it would depend on their offsets: left alone. */
static uint32_t least_time(struct sla_guards *guards, uint32_t number)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct sla_times times = sla_guards_times(guards, &arena, number);

    if (times.count != 1) {
        return number;
    }
    const struct sla_minutes first = { times.weeks[0].items[0].from,
                                       (uint16_t)(times.weeks[0].items[0].from + 1) };
    const struct sla_week week = { times.weeks[0].zone, &first, 1 };
    return sla_guards_week(guards, &week);
}

uint32_t sla_guards_sample(struct sla_guards *guards, uint32_t guard)
{
    struct sla_guard least = *sla_guards_at(guards, guard);

    if (guard == SLA_GUARD_ALWAYS || guard == SLA_GUARD_NEVER) {
        return guard;
    }
    if (least.severities != SLA_SEVERITIES_ALL) {
        least.severities = (uint8_t)lowest_bit(least.severities);
    }
    if (least.phases != SLA_PHASES_ALL) {
        least.phases = (uint8_t)lowest_bit(least.phases);
    }
    least.classes = least.classes == SLA_MASK_ALL ? least.classes : lowest_bit(least.classes);
    least.purposes = least.purposes == SLA_MASK_ALL ? least.purposes : lowest_bit(least.purposes);
    least.places = least.places == 0 ? 0 : least_place(guards, least.places);
    least.times = least_time(guards, least.times);
    if (least.times != 0) {
        return sla_guards_add(guards, &least); /* which day that is, is not ours to say */
    }
    if (least.from_day != SLA_DAY_FIRST) {
        least.until_day = least.from_day + 1;
    } else if (least.until_day != SLA_DAY_LAST) {
        least.from_day = least.until_day - 1;
    }
    return sla_guards_add(guards, &least);
}
