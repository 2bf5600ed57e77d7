#include "sla/quantity.h"

#include "sla/field_types.h"
#include "sla/report.h"

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
    struct status status = parse_percent_ppb(node->text, out);

    if (status_ok(&status)) {
        return true;
    }
    struct diag *diag =
        sla_report_value(draft, SLA_CODE_QUANTITY, yaml_span(node), "the share", &status);
    diag_help(draft->diags, diag, "write a percentage with at most seven decimals: `99.99 %%`");
    return false;
}

const struct sla_quantity sla_quantity_share = {
    .name = "share",
    .unit = "ppb",
    .most = SLA_PPB,
    .read = read_share,
    .format = format_percent_ppb,
};
