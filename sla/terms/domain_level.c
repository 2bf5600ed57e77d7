#include "sla/read/field_types.h"
#include "sla/report.h"
#include "sla/terms/domain.h"

/* Words in an order: each asks for more than the one before. What is allowed runs from the word to
 * the last one, so levels are ranges of places in the list. */

static const char *const flag_names[] = { "no", "yes" };
const struct sla_words sla_flag_words = { flag_names, COUNT_OF(flag_names) };

static bool parse(struct sla_reading *reading, const struct sla_clause *clause,
                  const struct yaml_node *node, struct sla_value *out)
{
    const struct sla_words *words = clause->term->of;
    CLEANUP(buf_done) struct buf what = { 0 };

    if (!sla_value_has_shape(reading->draft, clause->term, node, node->kind == YAML_SCALAR)) {
        return false;
    }
    for (size_t i = 0; i < words->count; i++) {
        if (slice_is(node->text, words->names[i])) {
            out->range = (struct sla_range){ (int64_t)i, (int64_t)words->count - 1 };
            return true;
        }
    }
    buf_printf(&what, "a value of `%s`", clause->term->name);
    (void)sla_report_word(reading->draft, SLA_CODE_WORD, yaml_span(node), node->text, what.ptr,
                          words->names, words->count);
    return false;
}

static void print(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                  struct buf *out)
{
    const struct sla_words *words = term->of;

    (void)op;
    buf_add_cstr(out, words->names[value->range.least]);
}

static bool implies(const struct sla_term *term, const struct sla_value *a,
                    const struct sla_value *b)
{
    (void)term;
    return sla_range_implies(a, b);
}

static enum sla_meeting meet(const struct sla_term *term, struct arena *arena,
                             const struct sla_value *a, const struct sla_value *b,
                             struct sla_value *out)
{
    (void)term;
    (void)arena;
    return sla_range_meet(a, b, out);
}

static bool is_bottom(const struct sla_term *term, const struct sla_value *value)
{
    (void)term;
    return sla_range_is_bottom(value);
}

static int64_t cost(const struct sla_term *term, const struct sla_value *from,
                    const struct sla_value *to, const char **out_unit)
{
    int64_t steps = from->range.least - to->range.least;

    (void)term;
    *out_unit = "levels";
    return steps > 0 ? steps : 0;
}

static void schema(const struct sla_term *term, struct json_writer *writer)
{
    const struct sla_words *words = term->of;

    sla_schema_levels(writer, words->names, words->count);
}

static void sample(const struct sla_term *term, struct arena *arena, uint64_t *seed,
                   struct sla_value *out)
{
    const struct sla_words *words = term->of;

    (void)arena;
    *out = (struct sla_value){ .range = { (int64_t)sla_sample_below(seed, words->count),
                                          (int64_t)words->count - 1 } };
}

const struct sla_domain sla_domain_level = {
    .name = "level",
    .parse = parse,
    .print = print,
    .implies = implies,
    .meet = meet,
    .is_bottom = is_bottom,
    .cost = cost,
    .schema = schema,
    .sample = sample,
};
