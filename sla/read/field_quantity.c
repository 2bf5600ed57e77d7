#include "sla/read/field_types.h"

#include "base/date.h"
#include "base/parse.h"
#include "sla/report.h"
#include "sla/values/written.h"

bool sla_read_count(struct sla_reading *reading, const struct sla_field *field,
                    const struct yaml_node *node, void *filled)
{
    const struct sla_limits *limits = &field->of.limits;
    uint32_t *out = sla_field_place(filled, field->offset);
    uint32_t count = 0;
    int64_t ignored = 0;
    struct status status = parse_u32(node->text, limits->least, limits->most, &count);

    if (status_ok(&status)) {
        status = sla_parse_count(node->text, &ignored); /* no leading zero */
    }
    if (!status_ok(&status)) {
        sla_report_quantity(reading->draft, node, field->what, SLA_MEASURE_COUNT, &status);
        return false;
    }
    *out = count;
    return true;
}

bool sla_read_duration(struct draft *draft, const struct yaml_node *node, const char *what,
                       int64_t min_ms, int64_t *out_ms)
{
    int64_t value_ms = 0;

    if (node == NULL) {
        return false;
    }
    struct status status = node->kind == YAML_SCALAR
                               ? parse_duration_ms(node->text, &value_ms)
                               : status_error(STATUS_INVALID, "expected one duration");
    if (status_ok(&status) && value_ms < min_ms) {
        status = status_error(STATUS_INVALID, "must be at least %lld ms", (long long)min_ms);
    }
    if (!status_ok(&status)) {
        sla_report_quantity(draft, node, what, SLA_MEASURE_DURATION, &status);
        return false;
    }
    *out_ms = value_ms;
    return true;
}

bool sla_read_duration_field(struct sla_reading *reading, const struct sla_field *field,
                             const struct yaml_node *node, void *filled)
{
    return sla_read_duration(reading->draft, node, field->what, field->of.least_ms,
                             sla_field_place(filled, field->offset));
}

bool sla_read_share(struct draft *draft, const struct yaml_node *node, const char *what,
                    int64_t *out_ppb)
{
    struct status status = parse_percent_ppb(node->text, out_ppb);

    if (!status_ok(&status)) {
        sla_report_quantity(draft, node, what, SLA_MEASURE_SHARE, &status);
    }
    return status_ok(&status);
}

bool sla_read_share_field(struct sla_reading *reading, const struct sla_field *field,
                          const struct yaml_node *node, void *filled)
{
    return sla_read_share(reading->draft, node, field->what,
                          sla_field_place(filled, field->offset));
}

bool sla_read_weekly(struct sla_reading *reading, const struct sla_field *field,
                     const struct yaml_node *node, void *filled)
{
    struct sla_weekly *windows =
        ARENA_NEW(reading->draft->arena, struct sla_weekly, sla_texts_count(node) + 1);
    const struct sla_weekly **out = sla_field_place(filled, field->offset);
    size_t *count = sla_field_place(filled, field->count);
    bool good = sla_is_not_empty(reading->draft, node);

    for (const struct yaml_node *at = sla_texts_first(node);
         at != NULL && !sla_is_full(reading->draft, at); at = sla_texts_next(node, at)) {
        struct status status = sla_parse_weekly(at->text, &windows[(*count)++]);
        if (!status_ok(&status)) {
            sla_report_quantity(reading->draft, at, field->what, SLA_MEASURE_WEEKLY, &status);
            good = false;
        }
    }
    *out = windows;
    return good;
}

bool sla_read_moment(struct sla_reading *reading, const struct sla_field *field,
                     const struct yaml_node *node, void *filled)
{
    struct status status = sla_parse_moment(node->text, sla_field_place(filled, field->offset));

    if (!status_ok(&status)) {
        sla_report_quantity(reading->draft, node, field->what, SLA_MEASURE_MOMENT, &status);
    }
    return status_ok(&status);
}

bool sla_read_date(struct sla_reading *reading, const struct sla_field *field,
                   const struct yaml_node *node, void *filled)
{
    struct status status = date_parse(node->text, sla_field_place(filled, field->offset));

    if (!status_ok(&status)) {
        sla_report_quantity(reading->draft, node, field->what, SLA_MEASURE_DATE, &status);
    }
    return status_ok(&status);
}
