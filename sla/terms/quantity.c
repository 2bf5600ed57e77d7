#include "sla/terms/quantity.h"

#include "sla/read/field_types.h"
#include "sla/report.h"
#include "sla/values/written.h"

#include <inttypes.h>
#include <stdio.h>

static bool read_duration(struct draft *draft, const struct yaml_node *node, int64_t *out)
{
    return sla_read_duration(draft, node, "the duration", 1, out);
}

const struct sla_quantity sla_quantity_duration = {
    .name = "duration",
    .unit = "ms",
    .most = INT64_MAX,
    .read = read_duration,
    .format = format_duration_ms,
};

static bool read_share(struct draft *draft, const struct yaml_node *node, int64_t *out)
{
    return sla_read_share(draft, node, "the share", out);
}

const struct sla_quantity sla_quantity_share = {
    .name = "share",
    .unit = "ppb",
    .most = SLA_PPB,
    .read = read_share,
    .format = format_percent_ppb,
};

static bool read_count(struct draft *draft, const struct yaml_node *node, int64_t *out)
{
    struct status status = sla_parse_count(node->text, out);

    if (!status_ok(&status)) {
        sla_report_quantity(draft, node, "the count", SLA_MEASURE_COUNT, &status);
    }
    return status_ok(&status);
}

static void format_count(int64_t amount, char out[PARSE_TEXT_MAX])
{
    (void)snprintf(out, PARSE_TEXT_MAX, "%" PRId64, amount);
}

const struct sla_quantity sla_quantity_count = {
    .name = "count",
    .unit = "",
    .most = SLA_COUNT_MAX,
    .read = read_count,
    .format = format_count,
};

/* Settings may leave the unit out; here a number alone says no unit. */
static bool has_unit(struct slice text)
{
    return parse_number_len(text) < text.len;
}

static bool read_bytes(struct draft *draft, const struct yaml_node *node, int64_t *out)
{
    uint64_t bytes = 0;
    struct status status =
        has_unit(node->text)
            ? parse_bytes(node->text, &bytes)
            : status_error(STATUS_INVALID, "`%.*s` is not a size", SLICE_ARG(node->text));

    if (!status_ok(&status)) {
        sla_report_quantity(draft, node, "the size", SLA_MEASURE_BYTES, &status);
        return false;
    }
    *out = (int64_t)bytes;
    return true;
}

static void format_size(int64_t amount, char out[PARSE_TEXT_MAX])
{
    format_bytes((uint64_t)amount, out);
}

const struct sla_quantity sla_quantity_bytes = {
    .name = "bytes",
    .unit = "bytes",
    .most = INT64_MAX,
    .read = read_bytes,
    .format = format_size,
};

static bool read_bit_rate(struct draft *draft, const struct yaml_node *node, int64_t *out)
{
    uint64_t bits_per_s = 0;
    struct status status = parse_bit_rate(node->text, &bits_per_s);

    if (!status_ok(&status)) {
        sla_report_quantity(draft, node, "the bit rate", SLA_MEASURE_BIT_RATE, &status);
        return false;
    }
    *out = (int64_t)bits_per_s;
    return true;
}

static void format_rate(int64_t amount, char out[PARSE_TEXT_MAX])
{
    format_bit_rate((uint64_t)amount, out);
}

const struct sla_quantity sla_quantity_bit_rate = {
    .name = "bit rate",
    .unit = "bit/s",
    .most = INT64_MAX,
    .read = read_bit_rate,
    .format = format_rate,
};
