/* sla/certificate/value.h - values that leave nothing between them, and offers that leave too much:
 * part of the checker of conflicts (sla/certificate/certificate.h), which has seen that the clauses
 * speak of one resource at one time. Pure.
 *
 * Errors: STATUS_INVALID, what does not follow. */
#ifndef REDAN_SLA_CERTIFICATE_VALUE_H
#define REDAN_SLA_CERTIFICATE_VALUE_H

#include "base/status.h"
#include "sla/world.h"

/* Closed sets, by the elements that the certificate names. */
struct status sla_certificate_set(const struct sla_conflict *conflict) MUST_USE;
/* Other values: nothing is left of all, and something of all but any one. */
struct status sla_certificate_clash(const struct sla_conflict *conflict) MUST_USE;
/* Requirements whose numbers do not fit each other. */
struct status sla_certificate_quorum(const struct sla_world *world,
                                     const struct sla_conflict *conflict) MUST_USE;
/* A requirement, and an offer within which it can be broken. */
struct status sla_certificate_shortfall(const struct sla_conflict *conflict) MUST_USE;

#endif
