/* sla/read/gets.h - what tests ask of services (`gets`): the comparison they expect. For sla/ only.
 */
#ifndef REDAN_SLA_READ_GETS_H
#define REDAN_SLA_READ_GETS_H

#include "sla/draft.h"

/* ">= 99.99 %", "<= 2h": of the test's term. Reports what is none; false: so it was. */
bool sla_read_bound(struct sla_reading *reading, const struct yaml_node *node,
                    struct sla_test *test);

#endif
