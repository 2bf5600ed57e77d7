#include "sla/domain.h"
#include "sla/field_types.h"
#include "sla/quantity.h"

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

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    (void)term;
    return a->range.least >= b->range.least && a->range.most <= b->range.most;
}

static bool is_bottom(const struct sla_term *term, const struct sla_value *value)
{
    (void)term;
    return value->range.least > value->range.most;
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    struct sla_value both = *a;

    (void)arena;
    both.range.least = a->range.least > b->range.least ? a->range.least : b->range.least;
    both.range.most = a->range.most < b->range.most ? a->range.most : b->range.most;
    if (is_bottom(term, &both)) {
        return SLA_MEET_NONE;
    }
    *out = both;
    return SLA_MEET_ONE;
}

static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    const struct sla_quantity *quantity = term->of;
    int64_t lower = from->range.least - to->range.least;
    int64_t upper = to->range.most - from->range.most;

    *out_unit = quantity->unit;
    return (lower > 0 ? lower : 0) + (upper > 0 ? upper : 0);
}

static void schema(const struct sla_term *term, struct json_writer *writer)
{
    (void)term;
    sla_schema_scalar(writer);
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
}

const struct sla_domain sla_domain_amount = {
    .name = "amount",
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = is_bottom,
    .cost = cost,
    .schema = schema,
    .sample = sample,
};
