/* sla/certificate/modality.h - the small independent checker of two rules that disagree: one lets a
 * party do an act on a resource and the other does not, at a time when both speak, and no order of
 * rules says which holds. It shares no code with the search. Pure. */
#ifndef REDAN_SLA_CERTIFICATE_MODALITY_H
#define REDAN_SLA_CERTIFICATE_MODALITY_H

#include "base/status.h"
#include "sla/world.h"

/* Errors: STATUS_INVALID, what does not follow. */
struct status sla_certificate_modality(const struct sla_world *world,
                                       const struct sla_conflict *conflict) MUST_USE;

/* Two of the clauses, or the only one beside it, let the subject do two acts that a duty keeps
 * apart. */
struct status sla_certificate_duty(const struct sla_world *world,
                                   const struct sla_conflict *conflict) MUST_USE;

#endif
