/* sla/policy/combine.h - what several decisions come to: the algebra of combining, and nothing
 * else.
 *
 * Within a tier the decisions of its rules are combined (design of the language, section 9.2).
 * There only SILENT, PERMIT and DENY occur, since guards cannot fail; the three values for errors
 * and the last two algorithms are there so that the algebra is that of XACML 3.0, appendix C, and
 * can be held against its published cases. Two strategies are no algebra of values and are not
 * here: `most-specific` compares the rules themselves, and only-one-applicable of XACML counts
 * targets. The ordered variants of XACML come to the same as the others.
 *
 * Pure. */
#ifndef REDAN_SLA_POLICY_COMBINE_H
#define REDAN_SLA_POLICY_COMBINE_H

#include <stddef.h>

enum sla_decision {
    SLA_DECISION_SILENT, /* not applicable */
    SLA_DECISION_PERMIT,
    SLA_DECISION_DENY,
    SLA_DECISION_FAILED_PERMIT, /* an error; else it could only have permitted */
    SLA_DECISION_FAILED_DENY,   /* an error; else it could only have denied */
    SLA_DECISION_FAILED         /* an error; else it could have done either */
};

enum sla_combining {
    SLA_COMBINE_FORBID_OVERRIDES,
    SLA_COMBINE_PERMIT_OVERRIDES,
    SLA_COMBINE_FORBID_UNLESS_PERMIT,
    SLA_COMBINE_PERMIT_UNLESS_FORBID,
    SLA_COMBINE_FIRST_APPLICABLE, /* the only one to which order matters */
    /* Policy sets of XACML 1.0 and 1.1, which no document can name: an error denies, or is weaker
     * than a denial. For policies those versions agree with 3.0. */
    SLA_COMBINE_FORBID_OVERRIDES_1_SET,
    SLA_COMBINE_PERMIT_OVERRIDES_1_SET
};

/* No decisions count as one that is SILENT. */
enum sla_decision sla_combine(enum sla_combining how, const enum sla_decision *decisions,
                              size_t count);

#endif
