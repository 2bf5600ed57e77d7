#include "sla/terms/domain.h"

#include "base/parse.h"

uint64_t sla_sample_below(uint64_t *seed, uint64_t below)
{
    *seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = *seed;
    mixed = (mixed ^ (mixed >> 30U)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27U)) * UINT64_C(0x94d049bb133111eb);
    return (mixed ^ (mixed >> 31U)) % below;
}

bool sla_op_is_lower_bound(enum sla_op op)
{
    return op == SLA_OP_AT_LEAST;
}

static void put_types(struct json_writer *writer, bool list)
{
    json_key(writer, "type");
    json_open_array(writer);
    json_put_cstr(writer, "string");
    json_put_cstr(writer, "number");
    json_put_cstr(writer, "boolean");
    if (list) {
        json_put_cstr(writer, "array");
    }
    json_close_array(writer);
}

bool sla_never_bottom(const struct sla_term *term, const struct sla_value *value)
{
    (void)term;
    (void)value;
    return false;
}

void sla_schema_one_scalar(const struct sla_term *term, struct json_writer *writer)
{
    (void)term;
    sla_schema_scalar(writer);
}

void sla_schema_scalar(struct json_writer *writer)
{
    put_types(writer, false);
}

void sla_schema_texts(struct json_writer *writer)
{
    put_types(writer, true);
    json_key(writer, "items");
    json_open_object(writer);
    put_types(writer, false);
    json_close_object(writer);
}

/* Under `allOf`, since nothing beside a `$ref` counts in draft-07. */
void sla_schema_record(struct json_writer *writer, const struct sla_record *record)
{
    CLEANUP(buf_done) struct buf path = { 0 };

    buf_printf(&path, "#/definitions/%s", record->path);
    json_key(writer, "allOf");
    json_open_array(writer);
    json_open_object(writer);
    json_add_text(writer, "$ref", buf_slice(&path));
    json_close_object(writer);
    json_close_array(writer);
}

#define PARAMETER "^\\$[^$]" /* what a template leaves to it */

static void put_pattern(struct json_writer *writer, const char *pattern)
{
    json_open_object(writer);
    json_add_cstr(writer, "type", "string");
    json_add_cstr(writer, "pattern", pattern);
    json_close_object(writer);
}

/* One of the names, what fits the pattern, if there is one, or what a template leaves to its
 * parameter. */
static void put_names(struct json_writer *writer, const char *const *names, size_t count,
                      bool truths, const char *pattern)
{
    json_key(writer, "anyOf");
    json_open_array(writer);
    json_open_object(writer);
    json_key(writer, "enum");
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        if (names[i] != NULL) {
            json_put_cstr(writer, names[i]);
        }
    }
    if (truths) {
        json_put_bool(writer, false);
        json_put_bool(writer, true);
    }
    json_close_array(writer);
    json_close_object(writer);
    if (pattern != NULL) {
        put_pattern(writer, pattern);
    }
    put_pattern(writer, PARAMETER);
    json_close_array(writer);
}

void sla_schema_pattern(struct json_writer *writer, const char *pattern)
{
    json_key(writer, "anyOf");
    json_open_array(writer);
    put_pattern(writer, pattern);
    put_pattern(writer, PARAMETER);
    json_close_array(writer);
}

void sla_schema_words(struct json_writer *writer, const char *const *names, size_t count)
{
    put_names(writer, names, count, false, NULL);
}

void sla_schema_levels(struct json_writer *writer, const char *const *names, size_t count)
{
    put_names(writer, names, count, true, NULL);
}

void sla_schema_names(struct json_writer *writer, const char *const *names, size_t count,
                      const char *pattern)
{
    json_key(writer, "if");
    json_open_object(writer);
    json_add_cstr(writer, "type", "array");
    json_close_object(writer);
    json_key(writer, "then");
    json_open_object(writer);
    json_key(writer, "items");
    json_open_object(writer);
    put_names(writer, names, count, true, pattern);
    json_close_object(writer);
    json_close_object(writer);
    json_key(writer, "else");
    json_open_object(writer);
    put_names(writer, names, count, true, pattern);
    json_close_object(writer);
}

void sla_value_format(const struct sla_term *term, enum sla_op op, const struct sla_value *value,
                      struct buf *out)
{
    char text[PARSE_TEXT_MAX];

    term->domain->print(term, op, value, out);
    if (value->share_ppb > 0 && value->share_ppb < SLA_PPB) {
        format_percent_ppb(value->share_ppb, text);
        buf_printf(out, " in %s of the cases", text);
    }
    if ((term->extras & SLA_EXTRA_BY) != 0) {
        buf_printf(out, " by %s", sla_spread_words.names[value->unit]);
    }
    if ((term->extras & SLA_EXTRA_PER) != 0) {
        buf_printf(out, " per %s", sla_per_words.names[value->unit]);
    }
    if (value->window_ms > 0 && (term->extras & SLA_EXTRA_WINDOW) != 0) {
        format_duration_ms(value->window_ms, text);
        buf_printf(out, " over %s", text);
    }
    if (value->planned_ms > 0) {
        format_duration_ms(value->planned_ms, text);
        buf_printf(out, ", planned %s", text);
    }
    if (value->within_ms > 0) {
        format_duration_ms(value->within_ms, text);
        buf_printf(out, " within %s", text);
    }
}
