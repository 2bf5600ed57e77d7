/* sla/certificate/kofn.h - is a figure for k of n parts true, and by no more than a unit too much?
 * For the checker of figures of services; shares no code with sla/kofn.*: no dependence without a
 * division, independent parts subset by subset (up to 12) or as exact rationals. Pure. */
#ifndef REDAN_SLA_CERTIFICATE_KOFN_H
#define REDAN_SLA_CERTIFICATE_KOFN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Does `figure` bound the time that fewer than `need` of the parts are up, whatever they have to do
 * with each other? */
bool sla_is_bound(const int64_t *down, size_t count, size_t need, int64_t whole, int64_t figure);
/* The same for parts that fail independently; fixed point may cost one unit more. */
bool sla_is_mean(const int64_t *down, size_t count, size_t need, int64_t whole, int64_t figure);

#endif
