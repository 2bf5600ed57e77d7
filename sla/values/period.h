/* sla/values/period.h - spans of days as documents write them (`valid`). Pure. */
#ifndef REDAN_SLA_VALUES_PERIOD_H
#define REDAN_SLA_VALUES_PERIOD_H

#include "base/buf.h"
#include "sla/world.h"

/* From ever, for ever. */
struct sla_period sla_period_ever(void);
bool sla_period_covers(const struct sla_period *outer, const struct sla_period *inner);

/* "from 2026-01-01 until 2027-01-01", as far as it is bounded. */
void sla_period_format(const struct sla_period *period, struct buf *out);

#endif
