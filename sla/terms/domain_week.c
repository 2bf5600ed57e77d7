#include "sla/read/field_types.h"
#include "sla/report.h"
#include "sla/terms/domain.h"
#include "sla/terms/when.h"
#include "sla/values/guard_week.h"

/* Windows of the week in which something is allowed: the fewer minutes, the tighter. Clocks of two
 * zones are not converted into each other: values of different zones are never compared. */

static struct sla_week week_of(const struct sla_value *value)
{
    return (struct sla_week){ .items = value->windows.items, .count = value->windows.count };
}

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    struct draft *draft = reading->draft;
    size_t count = 0;
    bool good = true;

    if (!sla_value_has_shape(draft, clause->term, node, sla_value_is_texts(node)) ||
        !sla_is_not_empty(draft, node)) {
        return false;
    }
    struct sla_weekly *windows = ARENA_NEW(draft->arena, struct sla_weekly, sla_texts_count(node));
    for (const struct yaml_node *at = sla_texts_first(node); at != NULL && !sla_is_full(draft, at);
         at = sla_texts_next(node, at)) {
        struct status status = sla_parse_weekly(at->text, &windows[count]);
        if (!status_ok(&status)) {
            sla_report_quantity(draft, at, "the window", SLA_MEASURE_WEEKLY, &status);
            good = false;
            continue;
        }
        good &= sla_zone_is_known(draft, at, windows[count++].zone);
    }
    if (!good || count == 0 || !sla_zones_are_one(draft, node, windows, count)) {
        return false;
    }
    struct sla_minutes *minutes =
        ARENA_NEW(draft->arena, struct sla_minutes, count * SLA_WEEK_DAYS);
    out->windows.count = sla_week_gather(windows, count, minutes);
    out->windows.items = minutes;
    out->windows.zone = windows[0].zone;
    return true;
}

static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    const struct sla_week week = week_of(value);

    (void)term;
    (void)op;
    buf_add_char(out, '{');
    (void)sla_week_print(&week, value->windows.zone, out);
    buf_add_char(out, '}');
}

static bool same_zone(const struct sla_value *a, const struct sla_value *b)
{
    return slice_eq(a->windows.zone, b->windows.zone);
}

/* Minutes of `a` that `b` has too. */
static unsigned common(const struct sla_value *a, const struct sla_value *b)
{
    const struct sla_offsets none = { 0 };
    const struct sla_week left = week_of(a);
    const struct sla_week right = week_of(b);
    unsigned least = 0;
    unsigned most = 0;

    sla_week_overlap(&left, &none, &right, &none, &least, &most); /* one zone: both are the same */
    return least;
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    const struct sla_week week = week_of(a);

    (void)term;
    return same_zone(a, b) && common(a, b) == sla_week_length(&week);
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    const struct sla_week left = week_of(a);
    const struct sla_week right = week_of(b);
    struct sla_value both = *a;

    (void)term;
    if (!same_zone(a, b)) {
        return SLA_MEET_BOTH;
    }
    struct sla_minutes *minutes =
        ARENA_NEW(arena, struct sla_minutes, left.count + right.count + 1);
    both.windows.count = sla_week_meet(&left, &right, minutes);
    both.windows.items = minutes;
    if (both.windows.count == 0) {
        return SLA_MEET_NONE;
    }
    *out = both;
    return SLA_MEET_ONE;
}

static bool is_bottom(const struct sla_term *term, const struct sla_value *value)
{
    (void)term;
    return value->windows.count == 0;
}

static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    const struct sla_week week = week_of(to);
    unsigned length = sla_week_length(&week);

    (void)term;
    *out_unit = "minutes a week";
    return (int64_t)length - (same_zone(from, to) ? common(to, from) : 0);
}

static void schema(const struct sla_term *term, struct json_writer *writer)
{
    (void)term;
    sla_schema_texts(writer);
}

static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    static const char *const zones[] = { "UTC", "Europe/Paris" };
    struct sla_weekly windows[2];
    size_t count = 1 + (size_t)sla_sample_below(seed, COUNT_OF(windows));

    (void)term;
    for (size_t i = 0; i < count; i++) {
        uint16_t from = (uint16_t)(sla_sample_below(seed, 8) * 3 * 60);
        windows[i] = (struct sla_weekly){
            .days = (uint8_t)(1 + sla_sample_below(seed, (1U << SLA_WEEK_DAYS) - 1)),
            .from_minute = from,
            .until_minute = (uint16_t)(from + 3 * 60),
        };
    }
    struct sla_minutes *minutes = ARENA_NEW(arena, struct sla_minutes, count * SLA_WEEK_DAYS);
    out->windows.count = sla_week_gather(windows, count, minutes);
    out->windows.items = minutes;
    out->windows.zone = slice_from(zones[sla_sample_below(seed, COUNT_OF(zones))]);
}

const struct sla_domain sla_domain_week = {
    .name = "week",
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = is_bottom,
    .cost = cost,
    .schema = schema,
    .sample = sample,
};
