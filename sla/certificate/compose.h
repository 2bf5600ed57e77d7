/* sla/certificate/compose.h - the small independent checker of figures of services: does each step
 * follow from those before it, rest on clauses and assumptions that are there, and is the verdict
 * the right one?
 *
 * It reads the world and the figure, and shares no code with sla/compose/: amounts in windows are
 * found by trying phases, k of n as sla/certificate/kofn.h does. Every figure must be reached, not
 * only be safe. Pure. */
#ifndef REDAN_SLA_CERTIFICATE_COMPOSE_H
#define REDAN_SLA_CERTIFICATE_COMPOSE_H

#include "base/status.h"
#include "sla/compose/compose.h"

/* Errors: STATUS_INVALID, what does not follow. */
struct status sla_figure_check(const struct sla_world *world,
                               const struct sla_figure *figure) MUST_USE;

#endif
