#include "base/parse.h"
#include "base/wide.h"
#include "sla/report.h"
#include "sla/terms/domain.h"

/* So much in any time of a length: money a month, events a second. As many of the shorter times as
 * are needed to fill the longer one hold at most so much each, which bounds the longer; hence the
 * order is reflexive and transitive. What neither bounds the other stands beside it, as do amounts
 * of two currencies: nothing is converted. */

/* --- money ------------------------------------------------------------------------------------ */

static bool read_money(struct draft *draft, const struct yaml_node *node, struct sla_value *out)
{
    struct sla_money money = { 0 };
    struct status status = sla_parse_money(node->text, &money);

    if (!status_ok(&status)) {
        sla_report_quantity(draft, node, "the amount", SLA_MEASURE_MONEY, &status);
        return false;
    }
    out->range = (struct sla_range){ 0, money.micros };
    out->unit = money.currency;
    return true;
}

static void print_money(const struct sla_value *value, struct buf *out)
{
    const struct sla_money money = { value->range.most, value->unit };

    sla_format_money(&money, out);
}

static const char *unit_of_money(const struct sla_value *value)
{
    return sla_currency_code(value->unit);
}

const struct sla_counting sla_counting_money = { read_money, print_money, unit_of_money };

/* --- events ----------------------------------------------------------------------------------- */

/* Its window is part of what is written; `per` is a member of the clause, and read before. */
static bool read_rate(struct draft *draft, const struct yaml_node *node, struct sla_value *out)
{
    struct sla_rate rate = { 0 };
    struct status status = sla_parse_rate(node->text, &rate);

    if (!status_ok(&status)) {
        sla_report_quantity(draft, node, "the rate", SLA_MEASURE_RATE, &status);
        return false;
    }
    out->range = (struct sla_range){ 0, rate.count };
    out->window_ms = rate.per_ms;
    return true;
}

static void print_rate(const struct sla_value *value, struct buf *out)
{
    const struct sla_rate rate = { value->range.most, value->window_ms };

    sla_format_rate(&rate, out);
}

static const char *unit_of_rate(const struct sla_value *value)
{
    (void)value;
    return "events";
}

const struct sla_counting sla_counting_events = { read_rate, print_rate, unit_of_rate };

/* --- both ------------------------------------------------------------------------------------- */

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    const struct sla_counting *of = clause->term->of;

    return sla_value_has_shape(reading->draft, clause->term, node, node->kind == YAML_SCALAR) &&
           of->read(reading->draft, node, out);
}

static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    const struct sla_counting *of = term->of;

    (void)op;
    of->print(value, out);
}

/* What `a` allows in the time of `b`, at most. */
static wide_t most_in(const struct sla_value *a, const struct sla_value *b)
{
    int64_t times = b->window_ms / a->window_ms + (b->window_ms % a->window_ms > 0 ? 1 : 0);

    return (wide_t)a->range.most * (wide_t)times;
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    (void)term;
    return a->unit == b->unit && most_in(a, b) <= (wide_t)b->range.most;
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    struct sla_value first = *a;
    struct sla_value second = *b;

    (void)arena;
    if (implies(term, &first, &second)) {
        *out = first;
        return SLA_MEET_ONE;
    }
    if (implies(term, &second, &first)) {
        *out = second;
        return SLA_MEET_ONE;
    }
    return SLA_MEET_BOTH;
}

/* What `to` may take more in the time of `from`; counted otherwise: all of it. */
static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    const struct sla_counting *of = term->of;
    wide_t more = most_in(to, from);
    wide_t before = from->unit == to->unit ? (wide_t)from->range.most : 0;

    *out_unit = of->unit(to);
    if (implies(term, to, from)) {
        return 0;
    }
    more = more > before ? more - before : 1;
    return more > INT64_MAX ? INT64_MAX : (int64_t)more;
}

static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    (void)term;
    (void)arena;
    *out = (struct sla_value){
        .range = { 0, 1 + (int64_t)sla_sample_below(seed, SLA_SAMPLE_AMOUNTS) },
        .unit = (uint32_t)sla_sample_below(seed, 2),
        .window_ms = 1 + (int64_t)sla_sample_below(seed, SLA_SAMPLE_AMOUNTS),
    };
}

const struct sla_domain sla_domain_counted = {
    .name = "counted",
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = sla_never_bottom,
    .cost = cost,
    .schema = sla_schema_one_scalar,
    .sample = sample,
};
