/* planes/compute/suspend.h - compute.suspend on one domain. Blocking; see libvirt_plane.h. */
#ifndef REDAN_PLANES_COMPUTE_SUSPEND_H
#define REDAN_PLANES_COMPUTE_SUSPEND_H

#include <libvirt/libvirt.h>

#include "planes/blocking.h"

struct status suspend_apply(virDomainPtr domain, const struct action *action,
                            int64_t now_ms) MUST_USE;
struct status suspend_undo(virDomainPtr domain, const struct action *action) MUST_USE;
struct status suspend_read(virDomainPtr domain, const struct action *action,
                           struct plane_reading *out) MUST_USE;
/* Adds what holds this domain; a damaged note adds nothing. */
struct status suspend_observe(virDomainPtr domain, int64_t now_ms,
                              struct blocking_controls *out) MUST_USE;

#endif
