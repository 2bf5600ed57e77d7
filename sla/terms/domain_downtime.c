#include "sla/read/field_types.h"
#include "sla/terms/domain.h"
#include "sla/terms/quantity.h"
#include "sla/values/downtime.h"

/* A share of every window is an allowance of down time in each interval of the window's length.
 * One allowance implies another when what it can come to in the other's windows is within it. */

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    int64_t share_ppb = 0;

    if (!sla_value_has_shape(reading->draft, clause->term, node, node->kind == YAML_SCALAR) ||
        !sla_quantity_share.read(reading->draft, node, &share_ppb)) {
        return false;
    }
    out->range = (struct sla_range){ share_ppb, SLA_PPB };
    return true;
}

static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    char text[PARSE_TEXT_MAX];

    (void)term;
    (void)op;
    format_percent_ppb(value->range.least, text);
    buf_add_cstr(out, text);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The most that `allowed_ms` in every interval of `window_ms` comes to in one of `length_ms`:
 * exactly, for intervals cannot be aligned to dodge it. No overflow: it is below 2 * length_ms. */
static int64_t most_in(int64_t allowed_ms, int64_t window_ms, int64_t length_ms)
{
    return length_ms / window_ms * allowed_ms + smaller(allowed_ms, length_ms % window_ms);
}

static int64_t allowed(const struct sla_value *value)
{
    return smaller(sla_downtime_allowed_ms(value->range.least, value->window_ms) +
                       value->planned_ms,
                   value->window_ms);
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    (void)term;
    return most_in(allowed(a), a->window_ms, b->window_ms) <= allowed(b);
}

static bool is_bottom(const struct sla_term *term, const struct sla_value *value)
{
    (void)term;
    (void)value;
    return false; /* never to be down can be asked for */
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    (void)arena;
    if (implies(term, a, b)) {
        *out = *a;
        return SLA_MEET_ONE;
    }
    if (implies(term, b, a)) {
        *out = *b;
        return SLA_MEET_ONE;
    }
    return SLA_MEET_BOTH;
}

/* Over the windows of `from`. */
static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    int64_t more = most_in(allowed(to), to->window_ms, from->window_ms) - allowed(from);

    (void)term;
    *out_unit = "ms a window";
    return more > 0 ? more : 0;
}

static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    int64_t window_ms = 1 + (int64_t)sla_sample_below(seed, SLA_SAMPLE_AMOUNTS);
    int64_t lost = (int64_t)sla_sample_below(seed, (uint64_t)window_ms + 1);

    (void)term;
    (void)arena;
    *out = (struct sla_value){ .range = { SLA_PPB - SLA_PPB / window_ms * lost, SLA_PPB },
                               .window_ms = window_ms };
}

const struct sla_domain sla_domain_downtime = {
    .name = "down time",
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = is_bottom,
    .cost = cost,
    .schema = sla_schema_one_scalar,
    .sample = sample,
};
