/* planes/compute/snapshot.h - compute.snapshot on one domain. Blocking; see libvirt_plane.h. */
#ifndef REDAN_PLANES_COMPUTE_SNAPSHOT_H
#define REDAN_PLANES_COMPUTE_SNAPSHOT_H

#include <libvirt/libvirt.h>

#include "planes/blocking.h"

struct status snapshot_apply(virDomainPtr domain, const struct action *action,
                             int64_t now_ms) MUST_USE;
struct status snapshot_undo(virDomainPtr domain, const struct action *action) MUST_USE;
struct status snapshot_read(virDomainPtr domain, const struct action *action,
                            struct plane_reading *out) MUST_USE;
/* Adds this domain's snapshots that are ours. */
struct status snapshot_observe(virDomainPtr domain, int64_t now_ms,
                               struct blocking_controls *out) MUST_USE;

#endif
