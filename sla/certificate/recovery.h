/* sla/certificate/recovery.h - the small independent checker of F7: how far back a service falls,
 * and how long until it is back. It goes from the service down, as the requirement is read, and
 * shares no code with sla/recovery.*. Pure. */
#ifndef REDAN_SLA_CERTIFICATE_RECOVERY_H
#define REDAN_SLA_CERTIFICATE_RECOVERY_H

#include "base/status.h"
#include "sla/compose/recovery.h"

/* Errors: STATUS_INVALID, what does not follow. */
struct status sla_recovery_check(const struct sla_world *world,
                                 const struct sla_recovery *recovery) MUST_USE;

#endif
