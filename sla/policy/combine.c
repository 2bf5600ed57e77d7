#include "sla/policy/combine.h"

#include <stdint.h>

/* Decisions as bits of what was seen. */
enum {
    SILENT = 1U << SLA_DECISION_SILENT,
    PERMIT = 1U << SLA_DECISION_PERMIT,
    DENY = 1U << SLA_DECISION_DENY,
    FAILED_PERMIT = 1U << SLA_DECISION_FAILED_PERMIT,
    FAILED_DENY = 1U << SLA_DECISION_FAILED_DENY,
    FAILED = 1U << SLA_DECISION_FAILED,
    ERROR = FAILED_PERMIT | FAILED_DENY | FAILED,
    ANY = SILENT | PERMIT | DENY | ERROR,
    ROWS_MAX = 7
};

/* The first row of which something of both sets was seen decides; the last row always does. */
static const struct row {
    uint8_t seen, and_seen;
    enum sla_decision verdict;
} tables[][ROWS_MAX] = {
    [SLA_COMBINE_FORBID_OVERRIDES] = { { DENY, ANY, SLA_DECISION_DENY },
                                       { FAILED, ANY, SLA_DECISION_FAILED },
                                       { FAILED_DENY, FAILED_PERMIT | PERMIT, SLA_DECISION_FAILED },
                                       { FAILED_DENY, ANY, SLA_DECISION_FAILED_DENY },
                                       { PERMIT, ANY, SLA_DECISION_PERMIT },
                                       { FAILED_PERMIT, ANY, SLA_DECISION_FAILED_PERMIT },
                                       { ANY, ANY, SLA_DECISION_SILENT } },
    [SLA_COMBINE_PERMIT_OVERRIDES] = { { PERMIT, ANY, SLA_DECISION_PERMIT },
                                       { FAILED, ANY, SLA_DECISION_FAILED },
                                       { FAILED_PERMIT, FAILED_DENY | DENY, SLA_DECISION_FAILED },
                                       { FAILED_PERMIT, ANY, SLA_DECISION_FAILED_PERMIT },
                                       { DENY, ANY, SLA_DECISION_DENY },
                                       { FAILED_DENY, ANY, SLA_DECISION_FAILED_DENY },
                                       { ANY, ANY, SLA_DECISION_SILENT } },
    [SLA_COMBINE_FORBID_UNLESS_PERMIT] = { { PERMIT, ANY, SLA_DECISION_PERMIT },
                                           { ANY, ANY, SLA_DECISION_DENY } },
    [SLA_COMBINE_PERMIT_UNLESS_FORBID] = { { DENY, ANY, SLA_DECISION_DENY },
                                           { ANY, ANY, SLA_DECISION_PERMIT } },
    [SLA_COMBINE_FORBID_OVERRIDES_1_SET] = { { DENY | ERROR, ANY, SLA_DECISION_DENY },
                                             { PERMIT, ANY, SLA_DECISION_PERMIT },
                                             { ANY, ANY, SLA_DECISION_SILENT } },
    [SLA_COMBINE_PERMIT_OVERRIDES_1_SET] = { { PERMIT, ANY, SLA_DECISION_PERMIT },
                                             { DENY, ANY, SLA_DECISION_DENY },
                                             { ERROR, ANY, SLA_DECISION_FAILED },
                                             { ANY, ANY, SLA_DECISION_SILENT } },
};

static enum sla_decision first_applicable(const enum sla_decision *decisions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (decisions[i] != SLA_DECISION_SILENT) {
            return decisions[i];
        }
    }
    return SLA_DECISION_SILENT;
}

enum sla_decision sla_combine(enum sla_combining how, const enum sla_decision *decisions,
                              size_t count)
{
    if (how == SLA_COMBINE_FIRST_APPLICABLE) {
        return first_applicable(decisions, count);
    }
    unsigned seen = SILENT; /* is heard only where nothing else decides */
    for (size_t i = 0; i < count; i++) {
        seen |= 1U << decisions[i];
    }
    const struct row *row = tables[how];
    while ((row->seen & seen) == 0 || (row->and_seen & seen) == 0) {
        row++;
    }
    return row->verdict;
}
