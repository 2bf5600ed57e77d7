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

/* How far the facts of offers can be trusted, whatever they say of themselves: a verdict says what
 * follows and who is bound by it, this says how it is known. From the least to the most. */
enum sla_evidence {
    SLA_NO_EVIDENCE, /* rests on no offer */
    SLA_CLAIMED,     /* written down from elsewhere, or said to be signed and not shown to be */
    SLA_MEASURED,    /* found out by the party that asserts it */
    SLA_ATTESTED     /* signed by its provider: an agreement in force pins its digest */
};

const char *sla_evidence_name(enum sla_evidence evidence); /* "attested"; "" for none */
/* Of several offers the least counts; none is no offer. */
enum sla_evidence sla_evidence_least(enum sla_evidence a, enum sla_evidence b);

const char *sla_verdict_name(enum sla_verdict verdict); /* "to-enforce" */

#endif
