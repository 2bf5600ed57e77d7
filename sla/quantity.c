#include "sla/quantity.h"

#include "sla/field_types.h"
#include "sla/report.h"

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
    struct status status = parse_i64(node->text, 0, INT32_MAX, out);

    if (status_ok(&status)) {
        return true;
    }
    struct diag *diag =
        sla_report_value(draft, SLA_CODE_QUANTITY, yaml_span(node), "the count", &status);
    diag_help(draft->diags, diag, "write digits alone: `3`");
    return false;
}

static void format_count(int64_t amount, char out[PARSE_TEXT_MAX])
{
    (void)snprintf(out, PARSE_TEXT_MAX, "%" PRId64, amount);
}

const struct sla_quantity sla_quantity_count = {
    .name = "count",
    .unit = "",
    .most = INT32_MAX,
    .read = read_count,
    .format = format_count,
};
