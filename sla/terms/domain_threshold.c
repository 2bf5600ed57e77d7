#include "sla/report.h"
#include "sla/terms/domain.h"

/* So many of so many holders: fewer learn nothing, and as many as may be gone leave it readable. So
 * both k, of secrecy, and n - k, of availability, ask for more as they grow. */

static unsigned spare(struct sla_threshold threshold)
{
    return (unsigned)threshold.n - threshold.k;
}

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    struct draft *draft = reading->draft;

    if (!sla_value_has_shape(draft, clause->term, node, node->kind == YAML_SCALAR)) {
        return false;
    }
    struct status status = sla_parse_threshold(node->text, &out->threshold);
    if (!status_ok(&status)) {
        sla_report_quantity(draft, node, "the threshold", SLA_MEASURE_THRESHOLD, &status);
    }
    return status_ok(&status);
}

static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    (void)term;
    (void)op;
    sla_format_threshold(value->threshold, out);
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    (void)term;
    return a->threshold.k >= b->threshold.k && spare(a->threshold) >= spare(b->threshold);
}

/* Of two thresholds of up to SLA_HOLDERS_MAX holders: fits. */
static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    struct sla_value both = *a;
    unsigned k = a->threshold.k > b->threshold.k ? a->threshold.k : b->threshold.k;
    unsigned more =
        spare(a->threshold) > spare(b->threshold) ? spare(a->threshold) : spare(b->threshold);

    (void)term;
    (void)arena;
    both.threshold = (struct sla_threshold){ (uint8_t)k, (uint8_t)(k + more) };
    *out = both;
    return SLA_MEET_ONE;
}

static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    int64_t holders = (int64_t)from->threshold.k - to->threshold.k;
    int64_t spares = (int64_t)spare(from->threshold) - spare(to->threshold);

    (void)term;
    *out_unit = "holders";
    return (holders > 0 ? holders : 0) + (spares > 0 ? spares : 0);
}

static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    unsigned k = 1 + (unsigned)sla_sample_below(seed, SLA_SAMPLE_AMOUNTS);
    unsigned more = (unsigned)sla_sample_below(seed, SLA_SAMPLE_AMOUNTS);

    (void)term;
    (void)arena;
    *out = (struct sla_value){ .threshold = { (uint8_t)k, (uint8_t)(k + more) } };
}

const struct sla_domain sla_domain_threshold = {
    .name = "threshold",
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = sla_never_bottom,
    .cost = cost,
    .schema = sla_schema_one_scalar,
    .sample = sample,
};
