/* sla/read/request.h - the requests of tests (`spec.tests`): from what was written to what
 * policy_decide is asked. For sla/ only. */
#ifndef REDAN_SLA_READ_REQUEST_H
#define REDAN_SLA_READ_REQUEST_H

#include "sla/draft.h"

/* Once the test's resource is known, and guards are: fills the request's facts but for subjects and
 * time. Reports what there is not; false: so it was. */
bool sla_bind_request(struct draft *draft, const struct draft_document *document,
                      struct sla_test *test);

#endif
