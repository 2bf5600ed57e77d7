/* sla/read/validity.h - what is in force on the day that a world is compiled as of (design of the
 * language, section 10). Without a day every validity stands, as a condition. For sla/ only. */
#ifndef REDAN_SLA_READ_VALIDITY_H
#define REDAN_SLA_READ_VALIDITY_H

#include "sla/draft.h"
#include "sla/values/period.h"

enum { SLA_DORMANT_SHOWN = 8 }; /* clauses, in one finding */

/* On the day of the options; true without one. */
bool sla_is_in_force(const struct sla_options *options, const struct sla_period *period);

/* When the clauses of the world are sorted: its next day of change, and how many bounds of validity
 * lie behind the day. Keys of the options count for the first. */
void sla_take_days(const struct draft *draft, struct sla_world *world);

/* RDN0406: what was left out since it is not in force on the day. */
void sla_report_dormant(const struct draft *draft, const struct sla_world *world);

#endif
