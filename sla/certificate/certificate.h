/* sla/certificate/certificate.h - the small independent checker of conflict findings: does the
 * witness show that the clauses cannot all hold, and that none can be left out?
 *
 * It reads clauses and certificates and shares no code with the search: membership, parties and
 * arithmetic are done again here, in another way. Pure. */
#ifndef REDAN_SLA_CERTIFICATE_CERTIFICATE_H
#define REDAN_SLA_CERTIFICATE_CERTIFICATE_H

#include "base/status.h"
#include "sla/world.h"

/* Errors: STATUS_INVALID, what does not follow. */
struct status sla_certificate_check(const struct sla_world *world,
                                    const struct sla_conflict *conflict) MUST_USE;

#endif
