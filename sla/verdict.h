/* sla/verdict.h - what is known of a requirement, on one resource or service: the worst over its
 * guards. Pure. */
#ifndef REDAN_SLA_VERDICT_H
#define REDAN_SLA_VERDICT_H

/* From the best to the worst. */
enum sla_verdict {
    SLA_PROVEN,     /* follows from what is promised */
    SLA_TO_ENFORCE, /* by ourselves: true when the controls are read back */
    SLA_ADVERTISED, /* rests on an offer that no agreement in force pins */
    SLA_ASSUMED,    /* holds only under assumptions that are named */
    SLA_UNPROVEN,   /* nobody offers it, or not enough of it */
    SLA_IMPOSSIBLE  /* cannot be had: a conflict */
};
enum { SLA_VERDICTS = 6 };

const char *sla_verdict_name(enum sla_verdict verdict); /* "to-enforce" */

#endif
