#include "sla/read/field_types.h"
#include "sla/terms/domain.h"
#include "sla/terms/quantity.h"

/* Amounts bounded from below, from above, or both: what is allowed is an interval, so whatever lies
 * within another implies it. */

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    const struct sla_quantity *quantity = clause->term->of;
    int64_t amount = 0;

    if (!sla_value_has_shape(reading->draft, clause->term, node, node->kind == YAML_SCALAR) ||
        !quantity->read(reading->draft, node, &amount)) {
        return false;
    }
    out->range = sla_op_is_lower_bound(clause->op) ? (struct sla_range){ amount, quantity->most }
                                                   : (struct sla_range){ 0, amount };
    return true;
}

static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    const struct sla_quantity *quantity = term->of;
    char text[PARSE_TEXT_MAX];

    quantity->format(sla_op_is_lower_bound(op) ? value->range.least : value->range.most, text);
    buf_add_cstr(out, text);
}

bool sla_range_is_bottom(const struct sla_value *value)
{
    return value->range.least > value->range.most;
}

static bool is_comparable(const struct sla_value *a, const struct sla_value *b)
{
    return a->unit == b->unit && a->window_ms == b->window_ms;
}

bool sla_range_implies(const struct sla_value *a, const struct sla_value *b)
{
    return is_comparable(a, b) && a->share_ppb >= b->share_ppb &&
           a->range.least >= b->range.least && a->range.most <= b->range.most;
}

enum sla_meeting sla_range_meet(const struct sla_value *a, const struct sla_value *b,
                                struct sla_value *out)
{
    struct sla_value both = *a;

    if (!is_comparable(a, b)) {
        return SLA_MEET_BOTH;
    }
    both.range.least = a->range.least > b->range.least ? a->range.least : b->range.least;
    both.range.most = a->range.most < b->range.most ? a->range.most : b->range.most;
    if (a->share_ppb == b->share_ppb) {
        bool bottom = sla_range_is_bottom(&both);
        *out = bottom ? *out : both;
        return bottom ? SLA_MEET_NONE : SLA_MEET_ONE;
    }
    if (sla_range_implies(a, b) || sla_range_implies(b, a)) {
        *out = sla_range_implies(a, b) ? *a : *b;
        return SLA_MEET_ONE;
    }
    return SLA_MEET_BOTH;
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    (void)term;
    return sla_range_implies(a, b);
}

static bool is_bottom(const struct sla_term *term, const struct sla_value *value)
{
    (void)term;
    return sla_range_is_bottom(value);
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    (void)term;
    (void)arena;
    return sla_range_meet(a, b, out);
}

static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    const struct sla_quantity *quantity = term->of;
    int64_t lower = from->range.least - to->range.least;
    int64_t upper = to->range.most - from->range.most;

    *out_unit = quantity->unit;
    int64_t more = (lower > 0 ? lower : 0) + (upper > 0 ? upper : 0);
    return more > 0 || implies(term, to, from) ? more : 1; /* of another kind: less in any case */
}

static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    const struct sla_quantity *quantity = term->of;
    bool lower = (term->ops & SLA_BIT(SLA_OP_AT_LEAST)) != 0;
    bool upper = (term->ops & SLA_BIT(SLA_OP_AT_MOST)) != 0;
    int64_t amount = 1 + (int64_t)sla_sample_below(seed, SLA_SAMPLE_AMOUNTS);

    (void)arena;
    *out = (struct sla_value){ .range = { 0, amount } };
    if (lower && (!upper || sla_sample_below(seed, 2) == 0)) {
        out->range = (struct sla_range){ amount, quantity->most };
    }
    if ((term->extras & SLA_EXTRA_SHARE) != 0) {
        out->share_ppb = 1 + (int64_t)sla_sample_below(seed, 2);
    }
    if ((term->extras & SLA_EXTRA_WINDOW) != 0) {
        out->window_ms = (int64_t)sla_sample_below(seed, 2);
    }
    if ((term->extras & SLA_EXTRA_BY) != 0) {
        out->unit = (uint32_t)sla_sample_below(seed, 2);
    }
}

const struct sla_domain sla_domain_amount = {
    .name = "amount",
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = is_bottom,
    .cost = cost,
    .schema = sla_schema_one_scalar,
    .sample = sample,
};
