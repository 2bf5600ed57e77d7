#include "sla/terms/domain.h"
#include "sla/terms/quantity.h"

/* What somebody answers for: in the order of enum sla_assuming (sla/resolve/assume.h). */

enum { IS_OR_AT_MOST = SLA_BIT(SLA_OP_IS) | SLA_BIT(SLA_OP_AT_MOST) };

#define GIVEN .chooser = SLA_GIVEN, .becomes = SLA_BECOMES_ASSUMPTION, .controls = { "nist:SI-13" }
#define FLAG  .domain = &sla_domain_level, .of = &sla_flag_words, .ops = SLA_BIT(SLA_OP_IS)

static const struct sla_term terms[] = {
    {
        .name = "failure.independent",
        FLAG,
        GIVEN,
        .planes = SLA_PLANE_SERVICE,
        .doc = "The parts of the service fail independently of each other. Parts that share a "
               "resource do not, whatever is assumed.",
        .value_doc = "`yes` or `no`",
        .example = "owner: hospital-a, term: failure.independent, op: is, value: yes",
    },
    {
        .name = "failure.common",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_share,
        .ops = IS_OR_AT_MOST,
        GIVEN,
        .planes = SLA_PLANE_SERVICE,
        .doc = "The part of each failure that takes all parts of the service at once. Needs "
               "`failure.independent` for the rest.",
        .value_doc = "a percentage",
        .example = "owner: hospital-a, term: failure.common, op: \"<=\", value: 5 %",
    },
    {
        .name = "failover.time",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .ops = IS_OR_AT_MOST,
        GIVEN,
        .planes = SLA_PLANE_SERVICE,
        .doc = "What it costs when the service switches from one part to another. Without "
               "`failover.count` that is without bound.",
        .value_doc = "a duration",
        .example = "owner: hospital-a, term: failover.time, op: \"<=\", value: 30 s",
    },
    {
        .name = "failover.count",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_count,
        .ops = IS_OR_AT_MOST,
        GIVEN,
        .planes = SLA_PLANE_SERVICE,
        .extras = SLA_EXTRA_WINDOW,
        .needed = SLA_EXTRA_WINDOW,
        .doc = "How often the service switches in any interval as long as the window. Needs "
               "`failover.time`.",
        .value_doc = "a count",
        .example = "owner: hospital-a, term: failover.count, op: \"<=\", value: 2, window: 30d",
    },
    {
        .name = "pause.count",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_count,
        .ops = IS_OR_AT_MOST,
        GIVEN,
        .planes = SLA_PLANES_ALL | SLA_PLANE_SERVICE,
        .extras = SLA_EXTRA_WINDOW,
        .needed = SLA_EXTRA_WINDOW,
        .doc = "How often our own responses stop a part in any interval as long as the window.",
        .value_doc = "a count",
        .example = "owner: hospital-a, term: pause.count, op: \"<=\", value: 1, window: 30d",
    },
    {
        .name = "restore.parallel",
        FLAG,
        GIVEN,
        .planes = SLA_PLANE_SERVICE,
        .doc = "The parts of the service are restored at the same time.",
        .value_doc = "`yes` or `no`",
        .example = "owner: hospital-a, term: restore.parallel, op: is, value: yes",
    },
    {
        .name = "replication.lag",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .ops = IS_OR_AT_MOST,
        GIVEN,
        .planes = SLA_PLANE_SERVICE,
        .doc = "By how much copies that must agree may differ.",
        .value_doc = "a duration",
        .example = "owner: hospital-a, term: replication.lag, op: \"<=\", value: 1 s",
    },
    {
        .name = "window.mean",
        FLAG,
        GIVEN,
        .planes = SLA_PLANE_SERVICE,
        .doc = "A window of this service behaves like the mean over all time.",
        .value_doc = "`yes` or `no`",
        .example = "owner: hospital-a, term: window.mean, op: is, value: yes",
    },
    {
        .name = "window.aligned",
        FLAG,
        GIVEN,
        .planes = SLA_PLANES_ALL | SLA_PLANE_SERVICE,
        .doc = "Offered and required windows of equal length begin together.",
        .value_doc = "`yes` or `no`",
        .example = "owner: hospital-a, term: window.aligned, op: is, value: yes",
    },
};

const struct sla_term_group sla_terms_given = { "Assumptions", terms, COUNT_OF(terms) };
