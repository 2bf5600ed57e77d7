/* sla/terms/measure.h - by whom, how and how often an objective is measured; what is known of it
 * follows (design of the language, section 2.2). Pure. */
#ifndef REDAN_SLA_TERMS_MEASURE_H
#define REDAN_SLA_TERMS_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct sla_clause;
struct sla_reading;

enum sla_measuring {
    SLA_MEASURED_BY_SELF,      /* where the resource is */
    SLA_MEASURED_FROM_VANTAGE, /* from where it is used */
    SLA_MEASURED_BY_PROVIDER,
    SLA_MEASURED_ATTESTED /* with a proof that others can check */
};
/* Ascending. */
enum sla_knowledge { SLA_KNOWN_CLAIMED, SLA_KNOWN_MEASURED, SLA_KNOWN_ATTESTED };

/* Functions take NULL for: nobody measures it. */
struct sla_measurement {
    struct slice party; /* by name or role; empty: as NULL */
    enum sla_measuring how;
    int64_t every_ms; /* 0: not told */
};

const char *sla_measuring_name(enum sla_measuring how);       /* "vantage" */
const char *sla_knowledge_name(enum sla_knowledge knowledge); /* "claimed" */
enum sla_knowledge sla_measure_known(const struct sla_measurement *measure);

/* For what refines a template: attested > vantage > self > provider > nobody; and as often. */
bool sla_measure_is_as_strong(const struct sla_measurement *own,
                              const struct sla_measurement *base);
bool sla_measure_is_as_often(const struct sla_measurement *own, const struct sla_measurement *base);

/* After the clause's value was read. False: reported. Warns of a measure that can miss a breach
 * whole (RDN0405): one that is taken less often than twice in what is bounded. */
bool sla_check_measure(struct sla_reading *reading, const struct sla_clause *clause);

#endif
